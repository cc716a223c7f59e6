//! Mean and standard deviation from exact integer sums, so that floats appear once.

use super::float;
use crate::fixed::ONE;

/// The count, sum and sum of squares of values in nano-units; means and deviations come out in whole units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    pub n: u64,
    pub sum: i128,
    pub sum_sq: i128,
}

impl Moments {
    /// The moments of values in nano-units.
    pub fn of(values: impl IntoIterator<Item = i64>) -> Moments {
        values.into_iter().fold(Moments::default(), Moments::with)
    }

    /// These moments and one value more.
    #[must_use]
    pub fn with(self, value: i64) -> Moments {
        let value = i128::from(value);
        Moments { n: self.n + 1, sum: self.sum + value, sum_sq: self.sum_sq + value * value }
    }

    /// The mean in whole units, `None` of nothing.
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| units(self.sum) / float(self.n))
    }

    /// The sample standard deviation (n − 1) in whole units, `None` of fewer than two values.
    ///
    /// The deviations are taken from the integer part of the mean, in integers: nothing cancels.
    pub fn sd(&self) -> Option<f64> {
        if self.n < 2 {
            return None;
        }
        let n = i128::from(self.n);
        let (whole, rest) = (self.sum.div_euclid(n), self.sum.rem_euclid(n));
        // Σ(x − w)² with Σx = n·w + r is Σx² − w·(Σx + r); the mean lies r/n above w, which takes r²/n off again.
        let around_whole = self.sum_sq - whole * (self.sum + rest);
        #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact sum")]
        let squares = around_whole as f64 - (rest as f64) * (rest as f64) / n as f64;
        #[allow(clippy::cast_precision_loss, reason = "10^9 is exact")]
        Some((squares.max(0.0) / float(self.n - 1)).sqrt() / ONE as f64)
    }
}

#[allow(clippy::cast_precision_loss, reason = "one rounding of an exact sum")]
fn units(nanos: i128) -> f64 {
    nanos as f64 / ONE as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_deviation_are_those_worked_out_by_hand() {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squares 32, n − 1 = 7.
        let moments = Moments::of([2, 4, 4, 4, 5, 5, 7, 9].map(|value| value * ONE));
        assert_eq!(moments.mean(), Some(5.0));
        assert_eq!(moments.sd(), Some((32.0_f64 / 7.0).sqrt()));
        assert_eq!(Moments::default().mean(), None);
        assert_eq!(Moments::of([ONE]).sd(), None);
    }

    #[test]
    fn nothing_cancels_beside_a_large_mean() {
        // NIST SmLs09's idea: 10^6 + 0.2, +0.1, +0.3 … has a deviation of 0.1 whatever the offset.
        let moments = Moments::of([100, 200, 300].map(|tenths| 1_000_000 * ONE + tenths * (ONE / 1000)));
        assert!((moments.sd().unwrap() - 0.1).abs() < 1e-15);
    }
}
