//! Metrics: every number of every report, defined once: its measures, its finish, its unit and which way is better.

mod catalogue;
mod compare;
mod finish;

pub use crate::sheet::Better;
pub use catalogue::*;
pub use compare::Compared;
pub use finish::Finish;

use crate::fold::{List, Measure, Value};
use crate::query::Level;
use crate::sheet::{Cell, Column, Parts, Unit, Why};
use crate::stat::{self, Moments};
use crate::time::Zone;
use std::borrow::Cow;

/// A number that reports show.
#[derive(Clone, Debug)]
pub struct Metric {
    /// The key in JSON, CSV and `--sort`.
    pub key: Cow<'static, str>,
    pub label: Cow<'static, str>,
    pub unit: Unit,
    pub better: Better,
    /// What is counted and added up for it.
    pub measures: &'static [Measure],
    /// How the number comes from its measures.
    pub finish: Finish,
    /// Fewer observations are too few to show to a person.
    pub least: u64,
    /// What to leave out first where the room is short: 0 stays.
    pub rank: u8,
}

impl Metric {
    pub fn column(&self) -> Column {
        Column {
            key: self.key.to_string(),
            label: self.label.to_string(),
            unit: self.unit,
            parts: self.parts(),
            least: self.least,
            rank: self.rank,
        }
    }

    /// What it is called where no table stands around it: `mean latency`, `cost per run`.
    pub fn whole_label(&self) -> String {
        self.column().whole_label().into_owned()
    }

    fn parts(&self) -> Parts {
        match self.finish {
            Finish::Share => Parts::Interval,
            Finish::Mean | Finish::Score { .. } => Parts::Observed,
            _ => Parts::Value,
        }
    }

    /// Picks this metric's values out of those of a fold.
    fn own<'a>(&self, measures: &[Measure], values: &'a [Value]) -> Vec<&'a Value> {
        let at = |measure: &Measure| {
            measures.iter().position(|known| known == measure).expect("a fold asks for all measures of its metrics")
        };
        self.measures.iter().map(|measure| &values[at(measure)]).collect()
    }

    /// The number that values of `measures` come to.
    pub fn of(&self, measures: &[Measure], values: &[Value], zone: &Zone) -> Cell {
        self.finish.cell(self.unit, &self.own(measures, values), zone)
    }

    /// The number of observations that values of `measures` make a share, a mean or a quantile of.
    pub fn observations(&self, measures: &[Measure], values: &[Value]) -> u64 {
        self.finish.observations(&self.own(measures, values))
    }

    /// The least and the greatest that it can be, in the unit it is shown in.
    pub fn range(&self) -> (f64, f64) {
        match self.finish {
            Finish::Share => (0.0, 1.0),
            Finish::Score { low, high } => (finish::nano(low.into()), finish::nano(high.into())),
            _ => (0.0, f64::MAX),
        }
    }

    /// The posterior probability that the true value misses the level's target, `None` where there is no target, nothing
    /// was observed or the observations are fewer than the level's minimum.
    pub fn misses(&self, level: &Level, measures: &[Measure], values: &[Value]) -> Option<f64> {
        let target = level.target?;
        let own = self.own(measures, values);
        let observations = self.finish.observations(&own);
        if observations == 0 || observations < level.minimum_n {
            return None;
        }
        let below = match self.finish {
            Finish::Share => Some(stat::share_below(own[0].count(), own[1].count(), target)),
            Finish::Mean => stat::mean_below(&moments(&own), target * kept(self.unit)),
            Finish::Score { low, high } => {
                stat::mean_below(&moments(&own).with(low).with(high), target * kept(self.unit))
            }
            // A quantile lies below the target where more than its share of all values does.
            Finish::Quantile(quantile) => {
                let Value::Values(lists) = own[0] else { return None };
                let most = target * kept(self.unit);
                #[allow(clippy::cast_precision_loss, reason = "compared with a target, which is no more exact")]
                let up_to = |list: &List| list.as_ref().partition_point(|value| *value as f64 <= most) as u64;
                let below = lists.iter().map(up_to).sum();
                Some(1.0 - stat::share_below(below, observations, quantile.share()))
            }
            _ => None,
        }?;
        // Rounding makes certainty of many observations; a posterior is never certain.
        Some(if self.better == Better::Lower { 1.0 - below } else { below }.min(1.0 - f64::EPSILON))
    }
}

/// Nano-units in units.
pub fn nano(nanos: i128) -> f64 {
    finish::nano(nanos)
}

/// A part of a whole that was counted and is no sample: it has no interval.
pub fn part(part: u64, whole: u64) -> Cell {
    if whole == 0 { Cell::Missing(Why::NoData) } else { Cell::Num(stat::float(part) / stat::float(whole)) }
}

/// How many of the integers that are kept make one of the shown unit.
fn kept(unit: Unit) -> f64 {
    match unit {
        Unit::Millis => 1e6,
        Unit::Tokens | Unit::Count => 1.0,
        _ => 1e9,
    }
}

/// Sum, sum of squares and count, in that order, as moments.
fn moments(values: &[&Value]) -> Moments {
    Moments { sum: values[0].int(), sum_sq: values[1].int(), n: values[2].count() }
}

/// All measures of some metrics, each once.
pub fn measures<'a>(metrics: impl IntoIterator<Item = &'a Metric>) -> Vec<Measure> {
    each_once(metrics.into_iter().flat_map(|metric| metric.measures.iter().copied()))
}

/// Measures in their order, without those that came before.
pub fn each_once(measures: impl IntoIterator<Item = Measure>) -> Vec<Measure> {
    let mut once: Vec<Measure> = Vec::new();
    for measure in measures {
        if !once.contains(&measure) {
            once.push(measure);
        }
    }
    once
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Levels, Setting};

    #[test]
    fn a_metric_is_named_without_its_column() {
        for (metric, said) in [
            (MEAN_MS, "mean latency"),
            (COST_PER_RUN, "cost per run"),
            (MAX_COST, "dearest cost"),
            (COST_USD, "cost"),
            (CACHE_SAVINGS, "cost saved by cache"),
            (CACHED_INPUT_TOKENS, "cached tokens"),
            (MEAN_INPUT_TOKENS, "mean input tokens"),
            (SUCCESS_RATE, "success"),
        ] {
            assert_eq!(metric.whole_label(), said);
        }
    }

    #[test]
    fn without_an_observation_there_is_no_opinion_whatever_the_minimum() {
        let mut levels = Levels::default();
        levels.set(&Setting { metric: "success_rate".into(), minimum_n: Some(0), ..Setting::default() });
        let level = &levels.base()[0];
        let misses = |k, n| SUCCESS_RATE.misses(level, SUCCESS_RATE.measures, &[Value::Int(k), Value::Int(n)]);
        assert_eq!(misses(0, 0), None);
        assert!(misses(0, 1).is_some_and(|confidence| confidence > 0.8));
    }
}
