//! Fixed-point numbers: decimal text to integers and back, exactly.
//!
//! Every measure in the program is an integer with nine decimals of its unit (seconds, dollars, scores),
//! so sums do not depend on threads, order or layout. A leaf: it knows no field, event or file.

/// Nano-units in one unit: the scale of dollars, scores and ratings.
pub const ONE: i64 = 1_000_000_000;

/// Nanoseconds in a millisecond.
pub const NS_PER_MS: i64 = 1_000_000;

/// Reads a JSON number (`12`, `-0.5`, `1.3e-05`) as an integer counting units of 10^-`decimals`,
/// rounded half to even. `None` when the text is not such a number or the result does not fit.
pub fn parse(text: &str, decimals: u32) -> Option<i64> {
    let bytes = text.as_bytes();
    let (negative, mut at) = match bytes.first()? {
        b'-' => (true, 1),
        _ => (false, 0),
    };
    let mut digits: i128 = 0;
    let mut exponent: i64 = 0;
    let mut beyond = Beyond::Nothing;
    let mut seen_point = false;
    let mut seen_digit = false;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' => {
                seen_digit = true;
                let digit = i128::from(byte - b'0');
                // Past 30 digits only "was anything there, and where is the half" can matter.
                if digits < 10_i128.pow(30) {
                    digits = digits * 10 + digit;
                    exponent -= i64::from(seen_point);
                } else {
                    beyond = beyond.or_digit(digit);
                    exponent += i64::from(!seen_point);
                }
            }
            b'.' if !seen_point && seen_digit => seen_point = true,
            b'e' | b'E' if seen_digit => {
                let power: i64 = text.get(at + 1..)?.strip_prefix('+').unwrap_or(&text[at + 1..]).parse().ok()?;
                exponent = exponent.checked_add(power)?;
                at = bytes.len();
                continue;
            }
            _ => return None,
        }
        at += 1;
    }
    if !seen_digit || bytes.ends_with(b".") {
        return None;
    }
    let shift = exponent.checked_add(i64::from(decimals))?;
    let magnitude = if digits == 0 {
        0
    } else if shift >= 0 {
        let power = 10_i128.checked_pow(u32::try_from(shift).ok()?)?;
        digits.checked_mul(power)?
    } else {
        match u32::try_from(-shift).ok().and_then(|n| 10_i128.checked_pow(n)) {
            Some(power) => round_half_even(digits, power, beyond),
            None => 0,
        }
    };
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

/// What the digits beyond the kept precision were.
#[derive(Clone, Copy)]
enum Beyond {
    Nothing,
    Something,
}

impl Beyond {
    fn or_digit(self, digit: i128) -> Beyond {
        if digit == 0 { self } else { Beyond::Something }
    }
}

fn round_half_even(digits: i128, power: i128, beyond: Beyond) -> i128 {
    let (quotient, rest) = (digits / power, digits % power);
    let twice = rest * 2;
    let up = match twice.cmp(&power) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => matches!(beyond, Beyond::Something) || quotient % 2 == 1,
    };
    quotient + i128::from(up)
}

/// Writes an integer counting units of 10^-`decimals` as the shortest decimal text (`5.305332`, `12`).
pub fn text(value: i128, decimals: u32) -> String {
    let power = 10_u128.pow(decimals);
    let magnitude = value.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    let (whole, rest) = (magnitude / power, magnitude % power);
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let fraction = format!("{rest:0width$}", width = decimals as usize);
    format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_text_becomes_the_nearest_integer_half_to_even() {
        for (text, decimals, expected) in [
            ("12", 0, Some(12)),
            ("-0.5", 9, Some(-500_000_000)),
            ("0.013317500000000001", 9, Some(13_317_500)),
            ("1.3e-05", 9, Some(13_000)),
            ("1E3", 0, Some(1000)),
            ("1e+3", 0, Some(1000)),
            ("0.0000000005", 9, Some(0)),
            ("0.0000000015", 9, Some(2)),
            ("0.00000000050000000000000000000000000000000001", 9, Some(1)),
            ("9007199254740993", 0, Some(9_007_199_254_740_993)),
            ("1e400", 9, None),
            ("1e-400", 9, Some(0)),
            ("0e400", 9, Some(0)),
            ("", 9, None),
            ("-", 9, None),
            ("1.", 9, None),
            (".5", 9, None),
            ("1e", 9, None),
            ("0x10", 9, None),
            ("NaN", 9, None),
        ] {
            assert_eq!(parse(text, decimals), expected, "{text}");
        }
    }

    #[test]
    fn integers_are_written_as_the_shortest_decimal() {
        assert_eq!(text(5_305_332_000, 9), "5.305332");
        assert_eq!(text(-500_000_000, 9), "-0.5");
        assert_eq!(text(12_000_000_000, 9), "12");
        assert_eq!(text(1_234_567, 6), "1.234567");
    }
}
