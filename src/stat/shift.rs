//! How far one group lies from another: the median of all differences, which no outlier moves.

use super::rank::orders;
use super::{CONFIDENCE, tail};

/// How much the second group is above the first, in the values' own unit, and the 95 % interval; `None` in place of the
/// interval where the groups are too small to have one (4 and 4, or 3 and 5, are not).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    pub value: f64,
    pub interval: Option<(f64, f64)>,
}

/// Differences are at most so many where the interval is exact.
const FEW_PAIRS: u64 = 2_500;

/// The shift of Hodges and Lehmann: the median of the differences of every second value from every first one, and the
/// interval that the test of Mann and Whitney leaves. `None` where either group is empty.
///
/// The differences are counted, never listed: a million values against a million take seconds and no memory. The interval
/// is exact for at most 2,500 pairs without ties (ties make it wider, if anything), and by the normal approximation above.
///
/// Sources: J. L. Hodges and E. L. Lehmann, "Estimates of location based on rank tests", Annals of Mathematical Statistics
/// 34 (1963); the interval as in M. Hollander and D. A. Wolfe, "Nonparametric statistical methods", section 4.3.
pub fn shift(first: &[i64], second: &[i64]) -> Option<Shift> {
    let (mut first, mut second) = (first.to_vec(), second.to_vec());
    first.sort_unstable();
    second.sort_unstable();
    let pairs = first.len() as u64 * second.len() as u64;
    let last = pairs.checked_sub(1)?;
    let differences = Differences { first: &first, second: &second };
    let value = f64::midpoint(differences.at(last / 2), differences.at(pairs / 2));
    // The interval leaves out as many differences at either end.
    let interval = left_out(first.len() as u64, second.len() as u64)
        .map(|left_out| (differences.at(left_out), differences.at(last - left_out)));
    Some(Shift { value, interval })
}

/// How many differences are below the interval, and above it; `None` where even the outermost cover less.
#[allow(clippy::cast_precision_loss, reason = "one rounding of exact counts")]
fn left_out(first: u64, second: u64) -> Option<u64> {
    let (small, large) = (first.min(second), first.max(second));
    let (pairs, either) = (small * large, (1.0 - CONFIDENCE) / 2.0);
    if pairs <= FEW_PAIRS {
        let ways = orders(small, large);
        let all = ways.iter().sum::<i128>() as f64;
        let up_to = ways.iter().scan(0, |sum, ways| {
            *sum += ways;
            Some(*sum as f64 / all)
        });
        return (up_to.take_while(|share| *share <= either).count() as u64).checked_sub(1);
    }
    let (pairs, n) = (pairs as f64, (first + second) as f64);
    let reach = tail::normal_quantile(1.0 - either) * (pairs * (n + 1.0) / 12.0).sqrt();
    let nth = (pairs / 2.0 - reach).floor();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, below the number of pairs")]
    (nth >= 1.0).then(|| nth as u64 - 1)
}

/// All differences of two ascending lists, in order without being listed.
struct Differences<'a> {
    first: &'a [i64],
    second: &'a [i64],
}

impl Differences<'_> {
    /// The difference at a position of all in ascending order.
    #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact integer")]
    fn at(&self, position: u64) -> f64 {
        let end = |list: &[i64], last: bool| i128::from(if last { list[list.len() - 1] } else { list[0] });
        let mut low = end(self.second, false) - end(self.first, true);
        let mut high = end(self.second, true) - end(self.first, false);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.up_to(middle) > position { high = middle } else { low = middle + 1 }
        }
        low as f64
    }

    /// How many differences are at most `most`.
    fn up_to(&self, most: i128) -> u64 {
        let mut within = 0;
        let mut count = 0;
        for first in self.first {
            let highest = i128::from(*first) + most;
            while self.second.get(within).is_some_and(|second| i128::from(*second) <= highest) {
                within += 1;
            }
            count += within as u64;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shift_is_the_median_of_all_differences() {
        for (first, second) in [
            (vec![1, 2, 4], vec![3, 9]),
            (vec![5], vec![7]),
            ((0..37).map(|at| at * at % 29).collect(), (0..52).map(|at| at * 17 % 43 - 9).collect()),
            (vec![i64::MIN, 0], vec![i64::MAX, 0]),
        ] {
            let mut all: Vec<i128> =
                second.iter().flat_map(|b| first.iter().map(move |a| i128::from(*b) - i128::from(*a))).collect();
            all.sort_unstable();
            #[allow(clippy::cast_precision_loss, reason = "as it does")]
            let median = f64::midpoint(all[(all.len() - 1) / 2] as f64, all[all.len() / 2] as f64);
            let found = shift(&first, &second).unwrap();
            assert!((found.value - median).abs() < 1e-9 * median.abs().max(1.0), "{found:?} is not {median}");
        }
        assert_eq!(shift(&[], &[1]), None);
        assert_eq!(shift(&[1], &[]), None);
    }

    #[test]
    fn the_interval_leaves_out_what_the_table_of_u_says() {
        // The critical values of U for two-sided 0.05, as every table of them has it.
        for (first, second, critical) in [(4, 4, 0), (5, 5, 2), (5, 8, 6), (10, 10, 23), (20, 20, 127), (3, 5, 0)] {
            assert_eq!(left_out(first, second), Some(critical), "{first} {second}");
        }
        for (first, second) in [(3, 4), (2, 7), (1, 30)] {
            assert_eq!(left_out(first, second), None, "{first} {second}");
        }
        // Both ways meet where one takes over from the other.
        let (exact, near) = (left_out(50, 50).unwrap(), left_out(50, 51).unwrap());
        assert!(near > exact && near < exact + 25, "{exact} {near}");
    }

    #[test]
    fn a_shift_that_was_made_is_found_again() {
        let first: Vec<i64> = (0..1_000).map(|at| at * 7_919 % 1_009).collect();
        let second: Vec<i64> = first.iter().map(|value| value + 40).collect();
        let Shift { value, interval: Some((low, high)) } = shift(&first, &second).unwrap() else { panic!() };
        assert!((value - 40.0).abs() < 1e-9 && low < 40.0 && high > 40.0 && (low + high - 80.0).abs() < 2.0);
        // 1.96 · √(n²·(2n + 1) / 12) pairs of n² to either side, at a density of about one difference in 1,009.
        assert!((high - low - 51.0).abs() < 3.0, "{low} {high}");
        assert_eq!(shift(&[4; 9], &[4; 9]), Some(Shift { value: 0.0, interval: Some((0.0, 0.0)) }));
    }
}
