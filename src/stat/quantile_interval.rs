//! The interval of a quantile, whatever the values are distributed like: two of the values themselves.

use super::quantile::Ordered;
use super::{CONFIDENCE, float, tail};

/// The ranks of the values that enclose a quantile, counted from 0 in ascending order, and the probability (at least 0.95)
/// that they do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranks {
    pub low: u64,
    pub high: u64,
    pub coverage: f64,
}

/// The ranks that enclose the `p`-quantile of `n` values with 95 %; `None` where n is too small for that (below 6 at the
/// median, 59 at 0.95, 299 at 0.99) and where p is not between 0 and 1.
///
/// Either end errs with at most 2.5 %. Where even the outermost value would err more often on its side, it is the end, and
/// the other end gets what is left of the 5 %. Of equal values coverage is higher.
///
/// Source: W. J. Conover, "Practical nonparametric statistics", 3rd edition (1999), section 3.2: the number of values below
/// a quantile is binomial.
pub fn quantile_ranks(n: u64, p: f64) -> Option<Ranks> {
    if n == 0 || !(p > 0.0 && p < 1.0) {
        return None;
    }
    let (all, half) = (1.0 - CONFIDENCE, (1.0 - CONFIDENCE) / 2.0);
    // What the outermost values miss: the quantile is below all of them, or above all.
    let (below_all, above_all) = (tail::binomial_tails(0, n, p).0, p.powf(float(n)));
    let (mut low_errs, mut high_errs) = (half, half);
    if below_all > half {
        (low_errs, high_errs) = (below_all, all - below_all);
    } else if above_all > half {
        (low_errs, high_errs) = (all - above_all, above_all);
    }
    if low_errs < below_all || high_errs < above_all {
        return None;
    }
    // The value of rank r is above the quantile with the probability that at most r values are below it.
    let low = last_where(n, |rank| tail::binomial_tails(rank, n, p).0 <= low_errs)?;
    let above = |rank: u64| if rank == 0 { 1.0 } else { tail::binomial_tails(rank, n, p).1 };
    // It is below the quantile with the probability that more than r are below.
    let high = match last_where(n, |rank| rank + 1 < n && above(rank) > high_errs) {
        Some(short) => short + 1,
        None => 0,
    };
    let coverage = 1.0 - tail::binomial_tails(low, n, p).0 - if high + 1 < n { above(high) } else { above_all };
    (low < high && coverage >= CONFIDENCE - 1e-12).then_some(Ranks { low, high, coverage })
}

/// The values that enclose a quantile of values, given as lists that each ascend, with 95 %, in the values' own unit; `None`
/// where they are too few for that, as [`quantile_ranks`] says.
pub fn quantile_interval<L: AsRef<[i64]>>(lists: &[L], p: f64) -> Option<(f64, f64)> {
    let ordered = Ordered::new(lists);
    let ranks = quantile_ranks(ordered.len as u64, p)?;
    let value = |rank: u64| {
        let rank = usize::try_from(rank).ok()?;
        #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact integer")]
        Some(ordered.at(rank, rank).0 as f64)
    };
    Some((value(ranks.low)?, value(ranks.high)?))
}

/// The last of 0 … n − 1 where a claim that holds up to some place does hold.
fn last_where(n: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut from, mut to) = (0, n);
    while from < to {
        let middle = u64::midpoint(from, to);
        if holds(middle) { from = middle + 1 } else { to = middle }
    }
    from.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_the_binomial_tables() {
        // low = binom.ppf(0.025, n, p) − 1 and high = binom.isf(0.025, n, p) (scipy, from 0), the coverage
        // binom.cdf(high, n, p) − binom.cdf(low, n, p).
        for (n, p, low, high, coverage) in [
            (10, 0.5, 1, 8, 0.978_515_625),
            (100, 0.5, 39, 60, 0.964_799_799_782_295_2),
            (100, 0.25, 16, 34, 0.962_462_637_701_025),
            (500, 0.9, 435, 463, 0.963_395_297_002_785_4),
            (1_000, 0.99, 982, 996, 0.976_094_763_497_977),
            (1_000_000, 0.95, 949_571, 950_427, 0.950_446_812_048_716_8),
            (1_000_000_000, 0.5, 499_969_009, 500_030_990, 0.950_005_532_442_38),
        ] {
            let found = quantile_ranks(n, p).unwrap();
            assert_eq!((found.low, found.high), (low, high), "{n} {p}");
            assert!((found.coverage - coverage).abs() < 1e-9, "{n} {p}: {found:?}");
        }
    }

    #[test]
    fn too_few_values_have_no_interval() {
        for (p, least) in [(0.5, 6), (0.05, 59), (0.95, 59), (0.99, 299), (0.999, 2_995)] {
            assert_eq!(quantile_ranks(least - 1, p), None, "{p}");
            let found = quantile_ranks(least, p).unwrap();
            assert!(found.coverage >= 0.95, "{p}: {found:?}");
            assert_eq!((found.low == 0, found.high == least - 1), (p <= 0.5, p >= 0.5), "{p}: {found:?}");
        }
        assert_eq!(quantile_ranks(0, 0.5), None);
        assert_eq!(quantile_ranks(1_000, 0.0), None);
        assert_eq!(quantile_ranks(1_000, 1.0), None);
    }

    #[test]
    fn every_interval_covers_what_it_says_and_both_tails_mirror() {
        for n in (6..400).step_by(7) {
            for p in [0.1, 0.25, 0.5, 0.9, 0.97] {
                let Some(found) = quantile_ranks(n, p) else { continue };
                let mirrored = quantile_ranks(n, 1.0 - p).unwrap();
                assert!(found.coverage >= 0.95, "{n} {p}: {found:?}");
                assert_eq!((n - 1 - mirrored.high, n - 1 - mirrored.low), (found.low, found.high), "{n} {p}");
            }
        }
    }

    #[test]
    fn the_interval_is_of_values_in_lists() {
        let all: Vec<i64> = (0..100).map(|at| at * 10).collect();
        let (even, odd): (Vec<i64>, Vec<i64>) = all.iter().partition(|value| **value % 20 == 0);
        // Of 100 the median lies between the 40th and the 61st value.
        assert_eq!(quantile_interval(&[all], 0.5), Some((390.0, 600.0)));
        assert_eq!(quantile_interval(&[even, odd], 0.5), Some((390.0, 600.0)));
        assert_eq!(quantile_interval(&[[7; 30]], 0.5), Some((7.0, 7.0)));
        assert_eq!(quantile_interval(&[[1, 2, 3]], 0.5), None);
        assert_eq!(quantile_interval::<&[i64]>(&[], 0.5), None);
    }
}
