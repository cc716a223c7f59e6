//! Quantiles of two groups: how far apart they are.

use super::{Difference, Share, quantile, quantile_interval, share_difference};

/// The difference of one quantile of two groups, second less first, each given as lists that ascend; `None` where either
/// group is too small for an interval of its own.
///
/// The interval joins those of the two quantiles, which are order statistics, as Newcombe's joins those of two shares. The
/// p-value is that of the shares of each group above the quantile of both together.
///
/// Sources: G. Y. Zou and A. Donner, "Construction of confidence limits about effect measures: a general approach",
/// Statistics in Medicine 27 (2008); for the test A. M. Mood, "Introduction to the theory of statistics" (1950), on medians.
pub fn quantile_difference<L: AsRef<[i64]>>(first: &[L], second: &[L], p: f64) -> Option<Difference> {
    let (one, two) = (quantile(first, p)?, quantile(second, p)?);
    let ((low_one, high_one), (low_two, high_two)) = (quantile_interval(first, p)?, quantile_interval(second, p)?);
    let value = two - one;
    let both: Vec<&[i64]> = first.iter().chain(second).map(AsRef::as_ref).collect();
    let joint = quantile(&both, p)?;
    let above = |lists: &[L]| {
        #[allow(clippy::cast_precision_loss, reason = "compared with a quantile, itself a float")]
        let up_to = |list: &L| list.as_ref().partition_point(|held| *held as f64 <= joint) as u64;
        let n = lists.iter().map(|list| list.as_ref().len() as u64).sum();
        Share { k: n - lists.iter().map(up_to).sum::<u64>(), n }
    };
    let tested = share_difference(above(first), above(second))?;
    Some(Difference {
        value,
        low: value - (two - low_two).hypot(high_one - one),
        high: value + (high_two - two).hypot(one - low_one),
        p: tested.p,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_groups_differ_by_nothing_and_shifted_ones_by_the_shift() {
        let one: Vec<i64> = (0..100).collect();
        let same = quantile_difference(&[&one[..]], &[&one[..50], &one[50..]], 0.5).unwrap();
        assert!(same.value == 0.0 && same.p > 0.999 && same.low < 0.0 && same.high > 0.0, "{same:?}");
        let two: Vec<i64> = (100..200).collect();
        let shifted = quantile_difference(&[&one[..]], &[&two[..]], 0.5).unwrap();
        assert!((shifted.value - 100.0).abs() < 1e-9 && shifted.p < 1e-9, "{shifted:?}");
        // The interval of the median of 100 is the 40th and the 61st of them: 10.5 below and above it, joined by Pythagoras.
        assert!((100.0 - shifted.low - 10.5 * 2.0_f64.sqrt()).abs() < 1e-9, "{shifted:?}");
    }

    #[test]
    fn too_few_have_no_interval() {
        assert_eq!(quantile_difference(&[[1, 2, 3]], &[[1, 2, 3]], 0.95), None);
    }
}
