//! Whether a series rises or falls, and how fast, from the order of its values: no shape is assumed and no outlier counts
//! for more than one.
//!
//! Both functions assume that one value does not depend on those before it. Where it does (a week's rhythm, a drift that
//! wanders) p-values are too small and intervals too narrow.

use super::{CONFIDENCE, tail};

/// A slope per unit of x, its 95 % interval, and the line's value at x = 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    pub value: f64,
    pub low: f64,
    pub high: f64,
    pub intercept: f64,
}

/// Points are at most so many: all pairs of them are listed, 8 bytes each.
const MOST_POINTS: usize = 4_096;

/// The slope of Theil and Sen: the median of the slopes between any two points, at different x; its interval is what the
/// test of Mann and Kendall leaves. Points need not be evenly spaced: leave out what is missing.
///
/// `None` of fewer than five points (no interval has 95 %) or of more than 4,096, where all x are the same, and where a
/// coordinate is no number.
///
/// Source: P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63 (1968).
#[allow(clippy::float_cmp, reason = "only points at the very same x have no slope")]
pub fn theil_sen(points: &[(f64, f64)]) -> Option<Slope> {
    if !(5..=MOST_POINTS).contains(&points.len()) || !are_finite(points) {
        return None;
    }
    let mut slopes: Vec<f64> = Vec::with_capacity(points.len() * (points.len() - 1) / 2);
    for (at, one) in points.iter().enumerate() {
        let apart = points[at + 1..].iter().filter(|other| other.0 != one.0);
        slopes.extend(apart.map(|other| (other.1 - one.1) / (other.0 - one.0)));
    }
    let last = slopes.len().checked_sub(1)?;
    let value = median(&mut slopes)?;
    // Equation 2.6 of the paper: ties of either coordinate take from the variance.
    let own = |axis: fn(&(f64, f64)) -> f64| Ties::of(points.iter().map(axis)).first;
    let n = points.len();
    let spread = (first_term(n) - own(|point| point.0) - own(|point| point.1)).max(0.0) / 18.0;
    let reach = tail::normal_quantile(f64::midpoint(1.0, CONFIDENCE)) * spread.sqrt();
    #[allow(clippy::cast_precision_loss, reason = "at most eight million slopes")]
    let (count, most) = (slopes.len() as f64, last as f64);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a position, clamped")]
    let nth = |position: f64| position.clamp(0.0, most) as usize;
    let low = nth(f64::midpoint(count, -reach).round_ties_even() - 1.0);
    let high = nth(f64::midpoint(count, reach).round_ties_even());
    let (low, high) =
        (*slopes.select_nth_unstable_by(low, f64::total_cmp).1, *slopes.select_nth_unstable_by(high, f64::total_cmp).1);
    let middle = |axis: fn(&(f64, f64)) -> f64| median(&mut points.iter().map(axis).collect::<Vec<_>>());
    let intercept = middle(|point| point.1)? - value * middle(|point| point.0)?;
    Some(Slope { value, low, high, intercept })
}

/// The test of Mann and Kendall for a trend: how many pairs rise less how many fall, Kendall's tau-b (between −1 and 1), and
/// the two-sided p-value of no trend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    pub rising_less_falling: i64,
    pub tau: f64,
    pub p: f64,
}

/// Whether y rises or falls with x, by the normal approximation corrected for ties (of either) and continuity. Points may
/// be in any order, unevenly spaced. `None` of fewer than three points, where all x are the same, and where a coordinate is
/// no number; where all y are the same p is 1 and tau 0.
///
/// Sources: H. B. Mann, "Nonparametric tests against trend", Econometrica 13 (1945); M. G. Kendall, "Rank correlation
/// methods", 4th edition (1970), chapter 5, for ties.
pub fn mann_kendall(points: &[(f64, f64)]) -> Option<Trend> {
    let n = points.len();
    if n < 3 || !are_finite(points) {
        return None;
    }
    let (x, y) = (Ties::of(points.iter().map(|point| point.0)), Ties::of(points.iter().map(|point| point.1)));
    let sign = |off: f64| i64::from(off > 0.0) - i64::from(off < 0.0);
    let against = |at: usize| {
        let signs = points[at + 1..].iter().map(move |other| {
            let one = points[at];
            sign(other.0 - one.0) * sign(other.1 - one.1)
        });
        signs.sum::<i64>()
    };
    let rising_less_falling = (0..n).map(against).sum::<i64>();
    #[allow(clippy::cast_precision_loss, reason = "pairs of far fewer than 2^26 points")]
    let (pairs, many, score) = ((n * (n - 1)) as f64, n as f64, rising_less_falling as f64);
    if x.pairs >= pairs {
        return None;
    }
    let variance = (first_term(n) - x.first - y.first) / 18.0
        + x.pairs * y.pairs / (2.0 * pairs)
        + x.triples * y.triples / (9.0 * pairs * (many - 2.0));
    if y.pairs >= pairs {
        return Some(Trend { rising_less_falling, tau: 0.0, p: 1.0 });
    }
    let p = (2.0 * tail::normal_above((score.abs() - 1.0) / variance.sqrt())).min(1.0);
    let tau = 2.0 * score / ((pairs - x.pairs) * (pairs - y.pairs)).sqrt();
    Some(Trend { rising_less_falling, tau, p })
}

/// Sums over groups of t equal values.
struct Ties {
    /// t·(t − 1)
    pairs: f64,
    /// t·(t − 1)·(t − 2)
    triples: f64,
    /// t·(t − 1)·(2t + 5)
    first: f64,
}

impl Ties {
    #[allow(clippy::float_cmp, reason = "ties are equal")]
    fn of(values: impl Iterator<Item = f64>) -> Ties {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let mut ties = Ties { pairs: 0.0, triples: 0.0, first: 0.0 };
        for equal in values.chunk_by(|a, b| a == b) {
            #[allow(clippy::cast_precision_loss, reason = "a count of points")]
            let t = equal.len() as f64;
            ties.pairs += t * (t - 1.0);
            ties.triples += t * (t - 1.0) * (t - 2.0);
            ties.first += first_term(equal.len());
        }
        ties
    }
}

/// n·(n − 1)·(2n + 5): eighteen times the variance of Kendall's score without ties.
#[allow(clippy::cast_precision_loss, reason = "a count of points")]
fn first_term(n: usize) -> f64 {
    let n = n as f64;
    n * (n - 1.0) * (2.0 * n + 5.0)
}

fn are_finite(points: &[(f64, f64)]) -> bool {
    points.iter().all(|point| point.0.is_finite() && point.1.is_finite())
}

/// The median, `None` of nothing; the values are put in another order.
pub(crate) fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len().checked_sub(1)? / 2;
    let is_even = values.len().is_multiple_of(2);
    let (_, low, above) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let low = *low;
    let high = if is_even { above.iter().copied().fold(f64::INFINITY, f64::min) } else { low };
    Some(f64::midpoint(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-9 * expected.abs().max(1.0)
    }

    /// y = (i² · by + 7i) mod within + i · rise, at 0, 1, 2, and so on.
    fn scattered(n: i32, by: i32, within: i32, rise: f64) -> Vec<(f64, f64)> {
        (0..n).map(|at| (f64::from(at), f64::from((at * at * by + at * 7) % within) + f64::from(at) * rise)).collect()
    }

    /// Uneven x, x in twos, ties of y.
    const UNEVEN: [(f64, f64); 9] =
        [(0.0, 3.0), (1.0, 5.0), (1.0, 4.0), (4.0, 4.0), (5.0, 8.0), (9.0, 8.0), (9.5, 8.0), (20.0, 7.0), (21.0, 30.0)];

    #[test]
    fn slopes_are_those_of_scipy() {
        // scipy.stats.theilslopes(y, x, 0.95): slope, low_slope, high_slope, intercept
        for (points, [value, low, high, intercept]) in [
            (scattered(5, 1, 9, 1.0), [2.5, -7.0, 9.0, 1.0]),
            (scattered(40, 3, 53, 0.5), [0.5, 0.0, 1.0, 31.25]),
            (scattered(200, 3, 20, -0.1), [-0.1, -0.100_000_000_000_000_02, -0.1, 9.0]),
            (UNEVEN.to_vec(), [0.526_315_789_473_684_2, 0.0, 1.3, 4.368_421_052_631_579]),
        ] {
            let found = theil_sen(&points).unwrap();
            assert!(is_near(found.value, value) && is_near(found.intercept, intercept), "{found:?}");
            assert!(is_near(found.low, low) && is_near(found.high, high), "{found:?}");
        }
    }

    #[test]
    fn the_test_of_mann_and_kendall_is_that_of_pymannkendall() {
        // pymannkendall.original_test(y): s and p
        for (points, score, p) in [
            (scattered(5, 1, 9, 1.0), 6, 0.220_671_361_919_846_82),
            (scattered(40, 3, 53, 0.5), 163, 0.058_942_545_984_280_06),
            (scattered(200, 3, 20, -0.1), -9_920, 0.0),
            (scattered(200, 3, 20, 0.0), 120, 0.898_138_100_394_235_3),
        ] {
            let found = mann_kendall(&points).unwrap();
            assert_eq!(found.rising_less_falling, score);
            assert!(is_near(found.p, p), "{found:?}");
        }
        // scipy.stats.kendalltau(x, y).statistic, and its p-value without the continuity correction.
        let found = mann_kendall(&UNEVEN).unwrap();
        assert!(is_near(found.tau, 0.687_256_450_367_276_3), "{found:?}");
        #[allow(clippy::cast_precision_loss, reason = "a small score")]
        let score = found.rising_less_falling as f64;
        let deviation = score / tail::normal_quantile(1.0 - 0.013_369_579_322_397_449 / 2.0);
        assert!(is_near(found.p, 2.0 * tail::normal_above((score - 1.0) / deviation)), "{found:?}");
    }

    #[test]
    fn a_trend_needs_points_that_differ() {
        assert_eq!(mann_kendall(&[(0.0, 1.0), (1.0, 2.0)]), None);
        assert_eq!(mann_kendall(&[(3.0, 1.0), (3.0, 2.0), (3.0, 5.0)]), None);
        assert_eq!(mann_kendall(&[(1.0, 1.0), (2.0, f64::NAN), (3.0, 5.0)]), None);
        let level: Vec<(f64, f64)> = (0..6).map(|at| (f64::from(at), 4.0)).collect();
        assert_eq!(mann_kendall(&level), Some(Trend { rising_less_falling: 0, tau: 0.0, p: 1.0 }));
        assert_eq!(theil_sen(&level), Some(Slope { value: 0.0, low: 0.0, high: 0.0, intercept: 4.0 }));
        assert_eq!(theil_sen(&level[..4]), None);
        assert_eq!(theil_sen(&[(3.0, 1.0); 8]), None);
        assert_eq!(theil_sen(&vec![(0.0, 0.0); MOST_POINTS + 1]), None);
    }

    #[test]
    fn a_gap_leaves_the_slope_where_it_was() {
        let whole: Vec<(f64, f64)> = (0..30).map(|at| (f64::from(at), 2.0 * f64::from(at) + 1.0)).collect();
        let with_gap: Vec<(f64, f64)> = whole.iter().copied().filter(|(x, _)| !(8.0..20.0).contains(x)).collect();
        let found = theil_sen(&with_gap).unwrap();
        assert!(is_near(found.value, 2.0) && is_near(found.intercept, 1.0), "{found:?}");
        assert!(is_near(mann_kendall(&with_gap).unwrap().tau, 1.0));
    }
}
