//! Sorting many values: they are dealt out by their digits, the last first, which takes a few passes where a comparing sort
//! takes as many as the logarithm of their number.

/// Bits of a digit.
const DIGIT_BITS: u32 = 11;
const DIGITS: usize = 1 << DIGIT_BITS;
/// Fewer values than this are compared.
const FEW: usize = 1 << 11;
/// Values that are spread over more digits are compared.
const MOST_PASSES: u32 = 4;

/// Sorts values in ascending order, in room that is kept from one time to the next.
pub(super) fn sort(values: &mut [i64], room: &mut Vec<i64>) {
    let (least, greatest) = values.iter().fold((i64::MAX, i64::MIN), |(a, b), value| (a.min(*value), b.max(*value)));
    let bits = u64::BITS - greatest.abs_diff(least).leading_zeros();
    let passes = bits.div_ceil(DIGIT_BITS);
    if values.len() < FEW || passes > MOST_PASSES {
        return values.sort_unstable();
    }
    room.resize(values.len(), 0);
    let (mut from, mut to) = (&mut *values, &mut room[..]);
    for pass in 0..passes {
        deal(from, to, |value| {
            let digit = value.abs_diff(least) >> (pass * DIGIT_BITS) & (DIGITS as u64 - 1);
            usize::try_from(digit).unwrap_or(0)
        });
        std::mem::swap(&mut from, &mut to);
    }
    if passes % 2 == 1 {
        to.copy_from_slice(from);
    }
}

/// Puts values in the order of one digit; those with the same digit stay in theirs.
fn deal(from: &[i64], to: &mut [i64], digit: impl Fn(i64) -> usize) {
    let mut starts = [0_usize; DIGITS];
    for value in from {
        starts[digit(*value)] += 1;
    }
    let mut start = 0;
    for count in &mut starts {
        start += std::mem::replace(count, start);
    }
    for value in from {
        let start = &mut starts[digit(*value)];
        to[*start] = *value;
        *start += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_values_are_sorted_as_by_comparing() {
        for (count, spread) in [(0, 1), (1, 1), (FEW, 1), (10_000, 1_000), (10_000, 1 << 40), (10_000, i64::MAX)] {
            let mut state = 7_u64;
            let mut values: Vec<i64> = (0..count)
                .map(|_| {
                    // The generator of Knuth's MMIX.
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    i64::try_from(state >> 1).unwrap() % spread - spread / 2
                })
                .collect();
            let mut expected = values.clone();
            expected.sort_unstable();
            sort(&mut values, &mut Vec::new());
            assert_eq!(values, expected, "{count} values over {spread}");
        }
    }
}
