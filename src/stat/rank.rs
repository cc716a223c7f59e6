//! Whether values of one group tend to be larger than those of another, from ranks: outliers and shapes do not matter.

use super::{float, tail};

/// A test by ranks: its statistic, the two-sided p-value, the effect, and whether the p-value is exact or by the normal
/// approximation with corrections for ties and continuity.
///
/// The effect is between −1 and 1: how much more probable it is that a value of the second group is above one of the
/// first than below. It is Cliff's delta of two groups, and the matched-pairs rank-biserial correlation of pairs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankTest {
    pub statistic: f64,
    pub p: f64,
    pub effect: f64,
    pub is_exact: bool,
}

/// The smaller group is at most so large where a p-value is exact.
const SMALL_GROUP: u64 = 8;
/// The pairs of one value of each group are at most so many where a p-value is exact.
const FEW_PAIRS: u64 = 100_000;
/// Pairs are at most so many where the p-value of signed ranks is exact.
const FEW_DIFFERENCES: u64 = 50;

/// The test of Mann and Whitney for two independent groups in any order; the statistic is U of the second, the number of
/// pairs in which it is above, ties counting a half. `None` where either group is empty.
///
/// Exact without ties where the smaller group has at most 8 values (and the groups have at most 100,000 pairs); where
/// all values are equal p is 1.
///
/// Sources: H. B. Mann and D. R. Whitney, "On a test of whether one of two random variables is stochastically larger than
/// the other", Annals of Mathematical Statistics 18 (1947); the choice as in scipy's `mannwhitneyu`; N. Cliff, "Dominance
/// statistics", Psychological Bulletin 114 (1993), for the effect.
pub fn mann_whitney(first: &[i64], second: &[i64]) -> Option<RankTest> {
    if first.is_empty() || second.is_empty() {
        return None;
    }
    let mut all: Vec<(i64, bool)> = first.iter().map(|value| (*value, false)).collect();
    all.extend(second.iter().map(|value| (*value, true)));
    all.sort_unstable();
    let (small, large) = (first.len().min(second.len()) as u64, first.len().max(second.len()) as u64);
    let pairs = small * large;
    // Twice U, so that ties are whole numbers too.
    let (mut twice_u, mut below, mut ties) = (0, 0, 0_u128);
    for equal in all.chunk_by(|a, b| a.0 == b.0) {
        let of_second = equal.iter().filter(|(_, is_second)| *is_second).count() as u64;
        let of_first = equal.len() as u64 - of_second;
        twice_u += u128::from(of_second) * u128::from(2 * below + of_first);
        below += of_first;
        ties += cubed_less_itself(equal.len());
    }
    #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact sum")]
    let u = twice_u as f64 / 2.0;
    let effect = 2.0 * u / float(pairs) - 1.0;
    let is_exact = ties == 0 && small <= SMALL_GROUP && pairs <= FEW_PAIRS;
    let p = if is_exact {
        // Without ties twice U is even.
        let u = u64::try_from(twice_u / 2).unwrap_or(pairs);
        (2.0 * probability_up_to(&orders(small, large), u.min(pairs - u))).min(1.0)
    } else {
        let n = float(small + large);
        #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact sum")]
        let variance = float(pairs) / 12.0 * (n + 1.0 - ties as f64 / (n * (n - 1.0)));
        normal_beyond(u - float(pairs) / 2.0, variance)
    };
    Some(RankTest { statistic: u, p, effect, is_exact })
}

/// Wilcoxon's signed-rank test of pairs of a first and a second value; the statistic is the sum of ranks of pairs whose
/// second is larger. Pairs of equal values are left out; `None` where none remains.
///
/// Exact without ties for at most 50 pairs.
///
/// Sources: F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1 (1945); D. S. Kerby, "The
/// simple difference formula", Comprehensive Psychology 3 (2014), for the effect.
pub fn wilcoxon(pairs: &[(i64, i64)]) -> Option<RankTest> {
    let mut differences: Vec<(u64, bool)> =
        pairs.iter().filter(|(a, b)| a != b).map(|(a, b)| (b.abs_diff(*a), b > a)).collect();
    if differences.is_empty() {
        return None;
    }
    differences.sort_unstable();
    let n = differences.len() as u64;
    // Twice the sum of ranks, so that the middle of tied ranks is a whole number too.
    let (mut twice_sum, mut below, mut ties) = (0, 0, 0_u128);
    for equal in differences.chunk_by(|a, b| a.0 == b.0) {
        let rising = equal.iter().filter(|(_, rises)| *rises).count() as u64;
        let tied = equal.len() as u64;
        twice_sum += u128::from(rising) * u128::from(2 * below + tied + 1);
        below += tied;
        ties += cubed_less_itself(equal.len());
    }
    #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact sum")]
    let (sum, tied) = (twice_sum as f64 / 2.0, ties as f64);
    let most = float(n) * float(n + 1) / 2.0;
    let is_exact = ties == 0 && n <= FEW_DIFFERENCES;
    let p = if is_exact {
        let (sum, most) = (u64::try_from(twice_sum / 2).unwrap_or(0), n * (n + 1) / 2);
        (2.0 * probability_up_to(&subsets(n), sum.min(most - sum))).min(1.0)
    } else {
        let variance = most * (2.0 * float(n) + 1.0) / 12.0 - tied / 48.0;
        normal_beyond(sum - most / 2.0, variance)
    };
    Some(RankTest { statistic: sum, p, effect: 2.0 * sum / most - 1.0, is_exact })
}

fn cubed_less_itself(tied: usize) -> u128 {
    let tied = tied as u128;
    tied * tied * tied - tied
}

/// The two-sided p-value of a statistic so far from what is expected, in steps of one half or more.
fn normal_beyond(off: f64, variance: f64) -> f64 {
    if variance <= 0.0 {
        return 1.0;
    }
    (2.0 * tail::normal_above((off.abs() - 0.5) / variance.sqrt())).min(1.0)
}

/// In how many orders of two groups without ties U is 0, 1, 2 …: the coefficients of the Gaussian binomial, whole.
pub(crate) fn orders(small: u64, large: u64) -> Vec<i128> {
    let most = usize::try_from(small * large).unwrap_or(0);
    let mut ways = vec![0_i128; most + 1];
    ways[0] = 1;
    for factor in 1..=usize::try_from(small).unwrap_or(0) {
        // Times 1 − q^(large + factor), then divided by 1 − q^factor; both within the degree that is asked for.
        let power = usize::try_from(large).unwrap_or(0) + factor;
        for u in (power..=most).rev() {
            ways[u] -= ways[u - power];
        }
        for u in factor..=most {
            ways[u] += ways[u - factor];
        }
    }
    ways
}

/// In how many ways signs give a sum of ranks of 0, 1, 2 ….
fn subsets(n: u64) -> Vec<i128> {
    let n = usize::try_from(n).unwrap_or(0);
    let mut ways = vec![0_i128; n * (n + 1) / 2 + 1];
    ways[0] = 1;
    for rank in 1..=n {
        for sum in (rank..ways.len()).rev() {
            ways[sum] += ways[sum - rank];
        }
    }
    ways
}

/// The probability of at most so much, every way being as probable as another.
fn probability_up_to(ways: &[i128], most: u64) -> f64 {
    let most = usize::try_from(most).unwrap_or(usize::MAX).min(ways.len() - 1);
    #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact sum")]
    let sum = |ways: &[i128]| ways.iter().sum::<i128>() as f64;
    sum(&ways[..=most]) / sum(ways)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 2e-9 * expected.abs()
    }

    /// Numbers with ties, the same in the test and in the call that made its values.
    fn scattered(n: i64, by: i64, within: i64) -> Vec<i64> {
        (0..n).map(|at| (at * at * by + at * 7) % within).collect()
    }

    #[test]
    fn the_test_of_mann_and_whitney_is_that_of_scipy() {
        // s = lambda n, by, within: [(i * i * by + i * 7) % within for i in range(n)]
        // scipy.stats.mannwhitneyu(second, first), its statistic and p-value; exact where both say so.
        let cases = [
            (vec![19, 22, 16, 29, 24], vec![20, 11, 17, 12], (3.0, 0.111_111_111_111_111_1), true),
            (vec![1], vec![2], (1.0, 1.0), true),
            (vec![1, 2, 3, 4, 5, 6, 7, 8], (10..40).collect(), (240.0, 4.089_687_501_252_467e-08), true),
            (vec![1, 2, 2, 3], vec![2, 5, 6, 6, 7], (18.0, 0.060_568_860_202_657_45), false),
            (scattered(40, 3, 101), scattered(60, 5, 113), (1_184.0, 0.913_145_627_421_729_6), false),
            (scattered(1000, 3, 50), scattered(2000, 5, 55), (924_560.0, 0.000_737_179_887_016_734), false),
        ];
        for (first, second, (statistic, p), is_exact) in cases {
            let found = mann_whitney(&first, &second).unwrap();
            assert!(is_near(found.statistic + 1.0, statistic + 1.0) && is_near(found.p, p), "{found:?}");
            assert_eq!(found.is_exact, is_exact);
            let other = mann_whitney(&second, &first).unwrap();
            assert!(is_near(other.p, p) && (other.effect + found.effect).abs() < 1e-12, "{other:?}");
        }
    }

    #[test]
    fn ranks_stand_nothing_equals_and_millions() {
        assert_eq!(mann_whitney(&[], &[1]), None);
        assert_eq!(mann_whitney(&[1], &[]), None);
        let equal = mann_whitney(&[3; 20], &[3; 30]).unwrap();
        assert_eq!(equal, RankTest { statistic: 300.0, p: 1.0, effect: 0.0, is_exact: false });
        let apart = mann_whitney(&[i64::MIN; 20], &[i64::MAX; 20]).unwrap();
        assert!(apart.p < 1e-8 && is_near(apart.effect, 1.0), "{apart:?}");
        // All of the second shifted by one of 10^6: of pairs, those one apart turn into ties or inversions.
        let first: Vec<i64> = (0..1_000_000).collect();
        let second: Vec<i64> = (1..1_000_001).rev().collect();
        let found = mann_whitney(&first, &second).unwrap();
        assert!(is_near(found.statistic, 5e11 + 1e6 - 0.5), "{found:?}");
        assert!(found.p > 0.99);
    }

    #[test]
    fn cliffs_delta_is_the_share_of_pairs_above_less_that_below() {
        // Of 3 · 2 pairs the second is above in 4, below in 1, and equal in 1.
        let found = mann_whitney(&[1, 2, 4], &[3, 4]).unwrap();
        assert!(is_near(found.effect, 3.0 / 6.0), "{found:?}");
    }

    #[test]
    fn signed_ranks_are_those_of_scipy() {
        // Exact: scipy.stats.wilcoxon(second, first, alternative="two-sided", method="exact"); else method="approx" and
        // correction=True. The statistic is that of alternative="greater".
        let pairs = |first: Vec<i64>, second: Vec<i64>| first.into_iter().zip(second).collect::<Vec<_>>();
        let cases = [
            (pairs(vec![0; 8], vec![6, 8, -1, 14, 20, -3, 2, 9]), (32.0, 0.054_687_5), true),
            (pairs(vec![5; 6], vec![5, 8, 5, 14, 20, 2]), (8.5, 0.269_294_136_719_736_7), false),
            (
                pairs((0..60).collect(), (0..60).map(|at| at + (at * 37) % 61 - 20).collect()),
                (1_376.5, 0.000_210_303_392_728_619_9),
                false,
            ),
            (pairs(scattered(300, 3, 101), scattered(300, 5, 113)), (22_474.5, 0.587_442_430_210_677_4), false),
        ];
        for (pairs, (statistic, p), is_exact) in cases {
            let found = wilcoxon(&pairs).unwrap();
            assert!(is_near(found.statistic, statistic) && is_near(found.p, p), "{found:?}");
            assert_eq!(found.is_exact, is_exact);
        }
        assert_eq!(wilcoxon(&[]), None);
        assert_eq!(wilcoxon(&[(1, 1), (7, 7)]), None);
        let extreme = wilcoxon(&[(i64::MIN, i64::MAX)]).unwrap();
        assert!(is_near(extreme.p, 1.0) && is_near(extreme.effect, 1.0), "{extreme:?}");
    }
}
