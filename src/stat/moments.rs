//! Mean and standard deviation from exact integer sums, so that floats appear once.

use super::float;

/// The count, sum and sum of squares of integers; means and deviations are in the integers' own unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    pub n: u64,
    pub sum: i128,
    pub sum_sq: i128,
}

impl Moments {
    /// The moments of values.
    pub fn of(values: impl IntoIterator<Item = i64>) -> Moments {
        values.into_iter().fold(Moments::default(), Moments::with)
    }

    /// These moments and one value more.
    #[must_use]
    pub fn with(self, value: i64) -> Moments {
        let value = i128::from(value);
        Moments { n: self.n + 1, sum: self.sum + value, sum_sq: self.sum_sq + value * value }
    }

    /// The moments of both these values and others.
    #[must_use]
    pub fn and(self, other: Moments) -> Moments {
        Moments { n: self.n + other.n, sum: self.sum + other.sum, sum_sq: self.sum_sq + other.sum_sq }
    }

    /// The mean, `None` of nothing.
    pub fn mean(&self) -> Option<f64> {
        #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact sum")]
        (self.n > 0).then(|| self.sum as f64 / float(self.n))
    }

    /// The sample standard deviation (n − 1), `None` of fewer than two values.
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
        Some((squares.max(0.0) / float(self.n - 1)).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_deviation_are_those_worked_out_by_hand() {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squares 32, n − 1 = 7.
        let moments = Moments::of([2, 4, 4, 4, 5, 5, 7, 9]);
        assert_eq!(moments.mean(), Some(5.0));
        assert_eq!(moments.sd(), Some((32.0_f64 / 7.0).sqrt()));
        assert_eq!(Moments::of([2, 4, 4]).and(Moments::of([4, 5, 5, 7, 9])), moments);
        assert_eq!(Moments::default().mean(), None);
        assert_eq!(Moments::of([1]).sd(), None);
    }

    #[test]
    fn nothing_cancels_beside_a_large_mean() {
        // The idea of NIST's SmLs09: 1, 2, 3 deviate by 1 whatever is added to them.
        let moments = Moments::of([1, 2, 3].map(|value| 1_000_000_000_000_000 + value));
        assert_eq!(moments.sd(), Some(1.0));
    }
}
