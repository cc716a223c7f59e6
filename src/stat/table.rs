//! Counts in cells: whether rows differ in their shares.

use super::{Share, float, tail};

/// Fisher's exact test of a table of two by two, two-sided: the probability, rows and columns summing to what they do, of
/// a table as improbable as this one or more. 1 where a row or a column is empty.
///
/// Source: R. A. Fisher, "The logic of inductive inference", Journal of the Royal Statistical Society 98 (1935). Tables
/// within 10^-7 of its probability count as equal to it, as in R's `fisher.test`.
pub fn fisher(cells: [[u64; 2]; 2]) -> f64 {
    let [first, second] = cells.map(|row| row[0] + row[1]);
    let (own, column, n) = (cells[0][0], cells[0][0] + cells[1][0], first + second);
    let (least, most) = ((first + column).saturating_sub(n), first.min(column));
    if least == most {
        return 1.0;
    }
    // How much more probable one more in the first cell is.
    let rise = |x: u64| float(first - x) * float(column - x) / (float(x + 1) * float(n + x + 1 - first - column));
    // Tables are weighed against the most probable one, walking away from it until nothing is left to weigh.
    let mode = u64::try_from(u128::from(first + 1) * u128::from(column + 1) / u128::from(n + 2)).unwrap_or(most);
    let mode = mode.clamp(least, most);
    let above = |mode: u64| (mode..most).scan(1.0, move |weight, x| Some(walked(weight, rise(x), x + 1)));
    let below = |mode: u64| (least..mode).rev().scan(1.0, move |weight, x| Some(walked(weight, 1.0 / rise(x), x)));
    let weights = || {
        let seen = |(_, weight): &(u64, f64)| *weight > f64::MIN_POSITIVE;
        std::iter::once((mode, 1.0)).chain(above(mode).take_while(seen)).chain(below(mode).take_while(seen))
    };
    let own = weights().find(|(x, _)| *x == own).map_or(0.0, |(_, weight)| weight);
    let (mut whole, mut as_improbable) = (0.0, 0.0);
    for (_, weight) in weights() {
        whole += weight;
        if weight <= own * (1.0 + 1e-7) {
            as_improbable += weight;
        }
    }
    (as_improbable / whole).min(1.0)
}

/// A weight after one step, with where the step ended.
fn walked(weight: &mut f64, by: f64, to: u64) -> (u64, f64) {
    *weight *= by;
    (to, *weight)
}

/// A chi-square statistic, its degrees of freedom and the p-value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquare {
    pub statistic: f64,
    pub freedom: u64,
    pub p: f64,
}

/// Whether any of several groups has another share than the rest, by Pearson's chi-square; empty groups are left out.
/// `None` where fewer than two are left, or all or none are successes.
///
/// It is an approximation that wants five or more expected in each cell.
///
/// Source: K. Pearson, "On the criterion that a given system of deviations…", Philosophical Magazine 50 (1900).
pub fn chi_square(groups: &[Share]) -> Option<ChiSquare> {
    let groups = || groups.iter().filter(|group| group.n > 0);
    let freedom = u64::try_from(groups().count()).ok()?.checked_sub(1).filter(|freedom| *freedom > 0)?;
    let (k, n) = groups().fold((0, 0), |(k, n), group| (k + group.k, n + group.n));
    if k == 0 || k == n {
        return None;
    }
    let share = float(k) / float(n);
    let part = |group: &Share| {
        let off = float(group.k) - float(group.n) * share;
        off * off / (float(group.n) * share * (1.0 - share))
    };
    let statistic = groups().map(part).sum();
    Some(ChiSquare { statistic, freedom, p: tail::chi_square_above(statistic, float(freedom)) })
}

/// `McNemar`'s test of pairs, exact and two-sided, from how many succeeded only in the first way and only in the second;
/// 1 where there are none.
///
/// Source: Q. `McNemar`, "Note on the sampling error of the difference between correlated proportions or percentages",
/// Psychometrika 12 (1947); the binomial distribution in place of chi-square.
pub fn mcnemar(only_first: u64, only_second: u64) -> f64 {
    (2.0 * tail::binomial_tails(only_first.min(only_second), only_first + only_second, 0.5).0).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-9 * expected
    }

    #[test]
    fn fishers_test_is_that_of_scipy() {
        // scipy.stats.fisher_exact(table).pvalue; the first is the lady tasting tea, 34/70 by hand.
        for (table, expected) in [
            ([[3, 1], [1, 3]], 0.485_714_285_714_285_65),
            ([[8, 2], [1, 5]], 0.034_965_034_965_034_975),
            ([[10, 0], [3, 9]], 0.000_462_385_911_302_32),
            ([[100, 200], [130, 170]], 0.014_805_076_060_121_356),
            ([[1000, 9000], [1100, 8900]], 0.022_378_874_800_480_137),
            ([[7, 12], [0, 2]], 0.533_333_333_333_333_4),
            ([[50000, 50000], [50300, 49700]], 0.181_165_485_447_594_48),
        ] {
            let [[a, b], [c, d]] = table;
            for table in [table, [[c, d], [a, b]], [[b, a], [d, c]], [[a, c], [b, d]]] {
                assert!(is_near(fisher(table), expected), "{table:?}: {}", fisher(table));
            }
        }
        assert!(is_near(fisher([[3, 1], [1, 3]]), 34.0 / 70.0));
    }

    #[test]
    fn fishers_test_says_nothing_of_empty_rows_and_zero_of_what_cannot_be() {
        for table in [[[0, 0], [0, 0]], [[0, 0], [3, 4]], [[5, 0], [2, 0]], [[0, 5], [0, 2]]] {
            assert!(is_near(fisher(table), 1.0), "{table:?}");
        }
        assert!(fisher([[1_000_000, 0], [0, 1_000_000]]) < 1e-300);
        assert!(is_near(fisher([[1_000_000_000, 1_000_000_000], [1_000_000_000, 1_000_000_000]]), 1.0));
    }

    #[test]
    fn chi_square_is_that_of_scipy() {
        // scipy.stats.chi2_contingency([[20, 10], [30, 30], [5, 15]], correction=False)
        let groups = [(20, 30), (0, 0), (30, 60), (5, 20)].map(|(k, n)| Share { k, n });
        let found = chi_square(&groups).unwrap();
        assert_eq!(found.freedom, 2);
        assert!(
            is_near(found.statistic, 8.333_333_333_333_334) && is_near(found.p, 0.015_503_853_599_009_307),
            "{found:?}"
        );
        assert_eq!(chi_square(&groups[..2]), None);
        assert_eq!(chi_square(&[]), None);
        assert_eq!(chi_square(&[Share { k: 3, n: 3 }, Share { k: 5, n: 5 }]), None);
    }

    #[test]
    fn mcnemars_test_is_that_of_scipy() {
        // scipy.stats.binomtest(only_first, only_first + only_second).pvalue
        for (one, two, expected) in [
            (0, 5, 0.062_5),
            (1, 9, 0.021_484_375),
            (12, 25, 0.047_031_027_439_516_04),
            (400, 500, 0.000_956_444_136_918_937_3),
            (50000, 50500, 0.115_476_290_068_685_94),
        ] {
            assert!(is_near(mcnemar(one, two), expected), "{one} {two}: {}", mcnemar(one, two));
            assert!(is_near(mcnemar(two, one), expected));
        }
        assert_eq!((mcnemar(0, 0), mcnemar(7, 7)), (1.0, 1.0));
    }
}
