//! Where a series changed its level, from the order of its values.

use super::CONFIDENCE;
use super::multiple::holm;
use super::trend::median;

/// A change of level: the first place of the new level, the medians before and after, and the p-value of no change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    pub at: usize,
    pub before: f64,
    pub after: f64,
    pub p: f64,
}

/// Values on either side of a change are at least so many where several are looked for.
const LEAST_BETWEEN: usize = 5;

/// The most probable change of level in a series, by Pettitt's test with the usual approximation of its p-value; the earliest
/// of equals. It assumes values that do not depend on those before them. `None` of fewer than two values, and where one is
/// no number; p is 1 where all are equal.
///
/// Source: A. N. Pettitt, "A non-parametric approach to the change-point problem", Applied Statistics 28 (1979).
pub fn pettitt(values: &[f64]) -> Option<Change> {
    let (at, p) = split(values, 1)?;
    let (before, after) = values.split_at(at);
    Some(Change { at, before: median(&mut before.to_vec())?, after: median(&mut after.to_vec())?, p })
}

/// Every change of level in a series, in order, by splitting it at its most probable change and each part again. The
/// p-values are Pettitt's, adjusted by Holm for all splits that were tried, and below 0.05; the levels are the medians of
/// the parts between changes, which are of five values or more.
///
/// Source for the splitting: L. Yu. Vostrikova, "Detecting disorder in multidimensional random processes", Soviet
/// Mathematics Doklady 24 (1981).
pub fn changes(values: &[f64]) -> Vec<Change> {
    // Parts are tried after the whole they are of; its place in the list is kept.
    let mut tried: Vec<Split> = Vec::new();
    let mut parts = vec![(0, values.len(), None)];
    while let Some((from, to, within)) = parts.pop() {
        let Some((at, p)) = split(&values[from..to], LEAST_BETWEEN) else { continue };
        tried.push(Split { at: from + at, p, within });
        if p < 1.0 - CONFIDENCE {
            let own = Some(tried.len() - 1);
            parts.extend([(from + at, to, own), (from, from + at, own)]);
        }
    }
    let adjusted = holm(&tried.iter().map(|split| split.p).collect::<Vec<_>>());
    let mut is_kept = vec![false; tried.len()];
    for (place, split) in tried.iter().enumerate() {
        is_kept[place] = adjusted[place] < 1.0 - CONFIDENCE && split.within.is_none_or(|whole| is_kept[whole]);
    }
    let kept = tried.iter().zip(adjusted).zip(is_kept).filter(|(_, is_kept)| *is_kept);
    let mut found: Vec<(usize, f64)> = kept.map(|((split, p), _)| (split.at, p)).collect();
    found.sort_by_key(|(at, _)| *at);
    let ends: Vec<usize> = [0].into_iter().chain(found.iter().map(|(at, _)| *at)).chain([values.len()]).collect();
    let levels: Vec<f64> =
        ends.windows(2).map(|part| median(&mut values[part[0]..part[1]].to_vec()).unwrap_or(f64::NAN)).collect();
    let change = |(&(at, p), levels): (&(usize, f64), &[f64])| Change { at, before: levels[0], after: levels[1], p };
    found.iter().zip(levels.windows(2)).map(change).collect()
}

/// A split that was tried: where, its p-value, and which one made the part it is in.
struct Split {
    at: usize,
    p: f64,
    within: Option<usize>,
}

/// Where values change most, at least so many from either end, and the p-value; `None` where they are too few.
fn split(values: &[f64], least: usize) -> Option<(usize, f64)> {
    let n = values.len();
    if n < 2 * least || values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    // Twice the middle rank of each value, so that ties are whole numbers too.
    let twice_ranks = twice_ranks(values);
    let mut score = 0_i64;
    let (mut best, mut most) = (least, -1);
    let each = i64::try_from(n).ok()? + 1;
    for (at, rank) in twice_ranks.iter().enumerate().take(n - least) {
        score += rank - each;
        if at + 1 >= least && score.abs() > most {
            (best, most) = (at + 1, score.abs());
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "an approximation")]
    let (n, most) = (n as f64, most as f64);
    Some((best, (2.0 * (-6.0 * most * most / (n * n * n + n * n)).exp()).min(1.0)))
}

#[allow(clippy::float_cmp, reason = "ties are equal")]
fn twice_ranks(values: &[f64]) -> Vec<i64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0; values.len()];
    let mut below = 0_i64;
    for equal in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let tied = i64::try_from(equal.len()).unwrap_or(i64::MAX);
        for at in equal {
            ranks[*at] = 2 * below + tied + 1;
        }
        below += tied;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (i² · 3 + 7i) mod 53, scattered evenly.
    fn noise(n: i32) -> Vec<f64> {
        (0..n).map(|at| f64::from((at * at * 3 + at * 7) % 53)).collect()
    }

    fn stepped(n: i32, steps: &[(i32, f64)]) -> Vec<f64> {
        let step = |at| steps.iter().filter(|(from, _)| *from <= at).map(|(_, by)| by).sum::<f64>();
        noise(n).into_iter().zip(0..).map(|(value, at)| value + step(at)).collect()
    }

    #[test]
    fn pettitts_test_is_that_of_its_definition() {
        // numpy: K = max |Σ_{i < t} Σ_{j ≥ t} sign(x_j − x_i)| over t, p = 2·exp(−6K² / (n³ + n²)), and where.
        for (values, at, p) in [
            (stepped(60, &[(35, 30.0)]), 34, 1.939_357_627_767_714e-05),
            (noise(60), 28, 0.809_061_664_394_090_9),
            (vec![1.0, 1.0, 2.0, 1.0, 2.0, 2.0, 3.0, 3.0, 2.0, 3.0, 3.0, 3.0], 6, 0.060_978_286_644_457_44),
        ] {
            let found = pettitt(&values).unwrap();
            assert_eq!(found.at, at, "{found:?}");
            assert!((found.p - p).abs() < 1e-12, "{found:?}");
        }
    }

    #[test]
    fn a_change_tells_the_levels_before_and_after() {
        let values = [2.0, 3.0, 2.0, 4.0, 2.0, 9.0, 8.0, 9.0, 9.0];
        let found = pettitt(&values).unwrap();
        assert_eq!((found.at, found.before, found.after), (5, 2.0, 9.0));
        assert_eq!(pettitt(&[1.0]), None);
        assert_eq!(pettitt(&[1.0, f64::NAN, 2.0]), None);
        assert_eq!(pettitt(&[4.0; 9]), Some(Change { at: 1, before: 4.0, after: 4.0, p: 1.0 }));
    }

    #[test]
    fn several_changes_are_found_and_none_where_there_is_none() {
        let found = changes(&stepped(150, &[(50, 60.0), (100, -100.0)]));
        assert_eq!(found.iter().map(|change| change.at).collect::<Vec<_>>(), [50, 100]);
        assert_eq!(found[0].after.to_bits(), found[1].before.to_bits());
        assert!(found[0].before + 30.0 < found[0].after && found[1].after + 30.0 < found[1].before, "{found:?}");
        assert!(found.iter().all(|change| change.p < 1e-6), "{found:?}");
        assert_eq!(changes(&noise(150)), []);
        assert_eq!(changes(&[]), []);
        assert_eq!(changes(&[7.0; 40]), []);
    }

    #[test]
    fn p_values_count_every_split_that_was_tried() {
        // One clear step: itself and both parts are tried, so that its p-value is three times that of the test alone.
        let values = stepped(60, &[(35, 30.0)]);
        let [found] = changes(&values)[..] else { panic!("{:?}", changes(&values)) };
        let alone = pettitt(&values).unwrap();
        assert_eq!(found.at, alone.at);
        assert!((found.p - 3.0 * alone.p).abs() < 1e-12, "{found:?} {alone:?}");
    }
}
