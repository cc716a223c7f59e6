//! Comparing: one metric of two groups, the difference, and whether it is more than chance.

use super::finish::Finish;
use super::{Metric, kept, moments};
use crate::fold::{Measure, Value};
use crate::sheet::Change;
use crate::stat::{self, Difference, Moments, Sample, Share};

/// How far the second group of a metric is from the first, in the reported unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared {
    pub difference: Difference,
    /// The test that the p-value is of.
    pub test: &'static str,
    /// The size of the difference without its unit: Cohen's h of shares, Hedges' g of means.
    pub effect: Option<f64>,
    /// Observations in each group.
    pub n: [u64; 2],
}

impl Compared {
    /// The same as a change from the first to the second.
    pub fn change(&self) -> Change {
        let Difference { value, low, high, .. } = self.difference;
        Change::within(value, Some((low, high)))
    }
}

impl Metric {
    /// The observations behind values of `measures`.
    pub fn observations(&self, measures: &[Measure], values: &[Value]) -> u64 {
        self.finish.observations(&self.own(measures, values))
    }

    /// Compares two groups' values of `measures`; `None` for totals, which are what they are, and where a group has too few
    /// observations to have a spread.
    pub fn compare(&self, measures: &[Measure], first: &[Value], second: &[Value]) -> Option<Compared> {
        let [first, second] = [first, second].map(|values| self.own(measures, values));
        let n = [&first, &second].map(|own| self.finish.observations(own));
        let (difference, test, effect) = match self.finish {
            Finish::Share => {
                let [first, second] = [&first, &second].map(|own| Share { k: own[0].count(), n: own[1].count() });
                (stat::share_difference(first, second)?, "chi-square or Fisher", stat::cohen_h(first, second))
            }
            Finish::Mean => self.means([moments(&first), moments(&second)], [moments(&first), moments(&second)])?,
            Finish::Score { low, high } => {
                let [first, second] = [moments(&first), moments(&second)];
                self.means([first, second], [first, second].map(|moments| moments.with(low).with(high)))?
            }
            Finish::Quantile(quantile) => {
                let (Value::Values(first), Value::Values(second)) = (first[0], second[0]) else { return None };
                let difference = stat::quantile_difference(first, second, quantile.share())?;
                (self.shown(difference), "shares above", None)
            }
            _ => return None,
        };
        Some(Compared { difference, test, effect, n })
    }

    /// The sample behind a mean, in the reported unit; on a scale with one more value at each end. `None` for what is no mean,
    /// and of fewer than two values.
    pub fn sample(&self, measures: &[Measure], values: &[Value]) -> Option<Sample> {
        let own = self.own(measures, values);
        let moments = match self.finish {
            Finish::Mean => moments(&own),
            Finish::Score { low, high } => moments(&own).with(low).with(high),
            _ => return None,
        };
        let units = kept(self.unit);
        let Sample { n, mean, sd } = Sample::of(&moments)?;
        Some(Sample { n, mean: mean / units, sd: sd / units })
    }

    /// Means as they are; what is said of chance is said of `spread`, which on a scale takes in a value at each end.
    fn means(&self, plain: [Moments; 2], spread: [Moments; 2]) -> Option<(Difference, &'static str, Option<f64>)> {
        let value = plain[1].mean()? - plain[0].mean()?;
        let [first, second] = [Sample::of(&spread[0])?, Sample::of(&spread[1])?];
        let difference = Difference { value, ..stat::mean_difference(first, second)? };
        Some((self.shown(difference), "Welch", stat::hedges_g(first, second)))
    }

    fn shown(&self, difference: Difference) -> Difference {
        let units = kept(self.unit);
        let Difference { value, low, high, p } = difference;
        Difference { value: value / units, low: low / units, high: high / units, p }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::{COST_USD, MEAN_MS, SUCCESS_RATE};

    fn ms(durations: &[i64]) -> Vec<Value> {
        let moments = Moments::of(durations.iter().map(|ms| ms * 1_000_000));
        vec![Value::Int(moments.sum), Value::Int(moments.sum_sq), Value::Int(moments.n.into())]
    }

    #[test]
    fn a_difference_is_in_the_unit_that_is_shown_and_second_less_first() {
        let compared = MEAN_MS.compare(MEAN_MS.measures, &ms(&[1000, 2000, 3000]), &ms(&[2000, 3000, 4000])).unwrap();
        assert!((compared.difference.value - 1000.0).abs() < 1e-9);
        // Two samples of 3 with sd 1000: error 1000 · sqrt(2/3) on 4 degrees of freedom, whose t(0.975) is 2.776445105197793.
        let half = 2.776_445_105_197_793 * 1000.0 * (2.0_f64 / 3.0).sqrt();
        assert!((compared.difference.high - 1000.0 - half).abs() < 1e-6, "{compared:?}");
        assert_eq!(compared.n, [3, 3]);
    }

    #[test]
    fn shares_are_compared_and_totals_are_not() {
        let values = |k: i128, n: i128| vec![Value::Int(k), Value::Int(n)];
        let compared = SUCCESS_RATE.compare(SUCCESS_RATE.measures, &values(90, 100), &values(66, 100)).unwrap();
        assert!((compared.difference.value + 0.24).abs() < 1e-12 && compared.difference.p < 0.001, "{compared:?}");
        let cost = || vec![Value::Int(5), Value::Int(1), Value::Int(0)];
        assert_eq!(COST_USD.compare(COST_USD.measures, &cost(), &cost()), None);
    }
}
