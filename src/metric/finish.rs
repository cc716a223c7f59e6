//! Finishes: from measures to the one number that is shown. The only place where integers become floats.

use super::{kept, moments};
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
    /// The same in nano-units.
    Sum,
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
    /// The least or greatest value.
    Extreme,
    /// The first or last instant.
    Instant,
}

impl Finish {
    /// The number of observations behind it.
    pub(super) fn observations(self, values: &[&Value]) -> u64 {
        match self {
            Finish::Share | Finish::SumOf | Finish::Sum | Finish::CostPer => values[1].count(),
            Finish::Mean | Finish::Score { .. } | Finish::Deviation => values[2].count(),
            _ => values[0].count(),
        }
    }

    pub(super) fn cell(self, unit: Unit, values: &[&Value], zone: &Zone) -> Cell {
        let shown = |value: f64| value / kept(unit);
        let nothing = Cell::Missing(Why::NoData);
        match self {
            Finish::SumOf | Finish::Sum if values[1].count() == 0 => nothing,
            Finish::Sum => Cell::Num(nano(values[0].int())),
            Finish::Int | Finish::SumOf => Cell::Int(values[0].int()),
            Finish::Share => match (values[0].count(), values[1].count()) {
                (_, 0) => nothing,
                (k, n) => {
                    let (low, high) = stat::wilson(k, n);
                    Cell::Share { k, n, low, high }
                }
            },
            Finish::Mean | Finish::Score { .. } => {
                let moments = moments(values);
                let Some(mean) = moments.mean() else { return nothing };
                let interval = match self {
                    Finish::Score { low, high } => stat::mean_interval(&moments.with(low).with(high))
                        .map(|interval| (interval.0.max(whole(low)), interval.1.min(whole(high)))),
                    // Durations, tokens and dollars are not negative, so neither is their mean.
                    _ => stat::mean_interval(&moments).map(|(low, high)| (low.max(0.0), high)),
                };
                let interval = interval.map(|(low, high)| (shown(low), shown(high)));
                Cell::Estimate { value: shown(mean), interval, n: moments.n }
            }
            Finish::Deviation => {
                let moments = moments(values);
                match moments.sd() {
                    Some(sd) => Cell::Estimate { value: shown(sd), interval: None, n: moments.n },
                    None if moments.n == 0 => nothing,
                    None => Cell::Missing(Why::TooFew { n: moments.n, least: 2 }),
                }
            }
            Finish::Quantile(quantile) => {
                let Value::Values(lists) = values[0] else { return nothing };
                match stat::quantile(lists, quantile.share()) {
                    Some(value) => Cell::Estimate { value: shown(value), interval: None, n: values[0].count() },
                    None => nothing,
                }
            }
            Finish::Cost => match (values[1].count(), values[2].count()) {
                (0, 0) => nothing,
                (0, _) => Cell::Missing(Why::Unpriced),
                (_, 0) => Cell::Num(nano(values[0].int())),
                _ => Cell::AtLeast(nano(values[0].int())),
            },
            Finish::CostPer => match values[1].count() {
                0 => nothing,
                n => {
                    // Divided in nano-dollars first, as a mean is: there an even share is whole, and so is its decimal text.
                    #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact sum")]
                    let nanos = values[0].int() as f64 / stat::float(n);
                    Cell::Estimate { value: nanos / 1e9, interval: None, n }
                }
            },
            Finish::Extreme | Finish::Instant => match values[0] {
                Value::Extreme(Some(ts_ns)) if self == Finish::Instant => Cell::Text(zone.instant(*ts_ns)),
                Value::Extreme(Some(extreme)) => Cell::Num(shown(whole(*extreme))),
                _ => nothing,
            },
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "one rounding of an exact sum")]
pub(super) fn nano(nanos: i128) -> f64 {
    nanos as f64 / 1e9
}

#[allow(clippy::cast_precision_loss, reason = "one rounding of an exact number")]
fn whole(number: i64) -> f64 {
    number as f64
}
