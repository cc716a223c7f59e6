//! Finishes: from measures to the one number that is shown. The only place where integers become floats.

use super::moments;
use crate::fold::Value;
use crate::query::Quantile;
use crate::sheet::{Cell, Unit, Why};
use crate::stat;
use crate::time::Zone;

/// How a metric's number comes from its measures, named with what they are, in order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Finish {
    /// A count or a sum of whole things.
    Int,
    /// A sum, and how many had something to add: missing where nothing had.
    SumOf,
    /// Successes of trials.
    Share,
    /// Sum, sum of squares, count; interval by t.
    Mean,
    /// Sum, sum of squares, count on a scale from `low` to `high` (nano-units); the interval is that of the values and
    /// one more at each end of the scale, clipped to it: a plain t interval of a few ratings is far too narrow.
    Score { low: i64, high: i64 },
    /// Sum, sum of squares, count: the sample standard deviation.
    Deviation,
    /// All values.
    Quantile(Quantile),
    /// Nano-dollars, priced, unpriced.
    Cost,
    /// Nano-dollars over a count.
    CostPer,
    /// Tokens over a count.
    TokensPer,
    /// The first or last instant.
    Instant,
}

impl Finish {
    /// The number of observations behind it.
    pub(super) fn observations(self, values: &[&Value]) -> u64 {
        match self {
            Finish::Share | Finish::SumOf | Finish::CostPer | Finish::TokensPer => values[1].count(),
            Finish::Mean | Finish::Score { .. } | Finish::Deviation => values[2].count(),
            _ => values[0].count(),
        }
    }

    pub(super) fn cell(self, unit: Unit, values: &[&Value], zone: &Zone) -> Cell {
        // Time is kept in nanoseconds and shown in milliseconds, divided once: in floats 1.001 s times 1,000 is not 1,001 ms.
        let per_shown = if unit == Unit::Millis { 1e6 } else { 1e9 };
        let nothing = Cell::Missing(Why::NoData);
        match self {
            Finish::Int => Cell::Int(values[0].int()),
            Finish::SumOf if values[1].count() == 0 => nothing,
            Finish::SumOf => Cell::Int(values[0].int()),
            Finish::Share => match (values[0].count(), values[1].count()) {
                (_, 0) => nothing,
                (k, n) => {
                    let (low, high) = stat::wilson(k, n);
                    Cell::Share { k, n, low, high }
                }
            },
            Finish::Mean | Finish::Score { .. } => self.mean(values, per_shown),
            Finish::Deviation => {
                let moments = moments(values);
                match moments.sd() {
                    Some(sd) => Cell::Estimate { value: sd * (1e9 / per_shown), interval: None, n: moments.n },
                    None if moments.n == 0 => nothing,
                    None => Cell::Missing(Why::TooFew { n: moments.n, least: 2 }),
                }
            }
            Finish::Quantile(quantile) => {
                let Value::Values(values) = values[0] else { return nothing };
                let mut ascending = values.clone();
                ascending.sort_unstable();
                let n = ascending.len() as u64;
                match stat::quantile(&ascending, quantile.share()) {
                    Some(value) => Cell::Estimate { value: value / per_shown, interval: None, n },
                    None => nothing,
                }
            }
            Finish::Cost => match (values[1].count(), values[2].count()) {
                (0, 0) => nothing,
                (0, _) => Cell::Missing(Why::Unpriced),
                (_, 0) => Cell::Num(nano(values[0].int())),
                _ => Cell::AtLeast(nano(values[0].int())),
            },
            Finish::CostPer | Finish::TokensPer => match values[1].count() {
                0 => nothing,
                n => {
                    #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact sum")]
                    let sum = values[0].int() as f64;
                    let sum = if self == Finish::CostPer { sum / 1e9 } else { sum };
                    Cell::Estimate { value: sum / stat::float(n), interval: None, n }
                }
            },
            Finish::Instant => match values[0] {
                Value::Extreme(Some(ts_ns)) => Cell::Text(zone.instant(*ts_ns)),
                _ => nothing,
            },
        }
    }
    /// The mean of values of which `per_shown` make one of the shown unit, with its interval.
    fn mean(self, values: &[&Value], per_shown: f64) -> Cell {
        let moments = moments(values);
        if moments.n == 0 {
            return Cell::Missing(Why::NoData);
        }
        let interval = match self {
            Finish::Score { low, high } => stat::mean_interval(&moments.with(low).with(high))
                .map(|interval| (interval.0.max(whole(low)), interval.1.min(whole(high)))),
            _ => stat::mean_interval(&moments),
        };
        let shown = |value: f64| value * (1e9 / per_shown);
        #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact sum")]
        let value = moments.sum as f64 / per_shown / stat::float(moments.n);
        Cell::Estimate { value, interval: interval.map(|(low, high)| (shown(low), shown(high))), n: moments.n }
    }
}

#[allow(clippy::cast_precision_loss, reason = "one rounding of an exact sum")]
fn nano(nanos: i128) -> f64 {
    nanos as f64 / 1e9
}

#[allow(clippy::cast_precision_loss, reason = "the ends of a scale are small")]
fn whole(nanos: i64) -> f64 {
    nanos as f64 / 1e9
}
