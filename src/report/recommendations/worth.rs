//! Worth: what it would mend in a month to reach a target.

use super::judge::Miss;
use crate::fold::{Measure, Number, Test, Value};
use crate::metric;
use crate::query::Query;
use crate::report::causes;
use crate::sheet::{Cell, Unit};
use crate::time::NS_PER_DAY;

/// The days of a month, where a pace is carried on.
const MONTH_DAYS: f64 = 30.0;

/// How fast a subject is used, and at what cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    /// Uses in 30 days at the pace of the days that were looked at.
    pub runs_a_month: f64,
    /// Dollars per priced use.
    pub cost_per_run: Option<f64>,
}

impl Pace {
    /// What is measured for it.
    pub fn measures() -> Vec<Measure> {
        let own = [Measure::Count(Test::Run), Measure::Min(Number::Time, Test::Run)];
        own.into_iter().chain(metric::COST_PER_RUN.measures.iter().copied()).collect()
    }

    /// The pace of what values of `measures` were measured of: its uses over the days from the first of them to the end of
    /// the period or now; at least a day, so that an hour's burst is not carried on for a month.
    pub fn of(query: &Query, measures: &[Measure], values: &[Value]) -> Pace {
        let value = |measure: Measure| measures.iter().position(|known| *known == measure).map(|at| &values[at]);
        let runs = value(Measure::Count(Test::Run)).map_or(0, Value::count);
        let first = value(Measure::Min(Number::Time, Test::Run)).and_then(Value::extreme);
        let Some(first) = first else { return Pace::default() };
        let period = query.period.unwrap_or_default();
        let ends = period.until_ns.unwrap_or(query.now_ns).min(query.now_ns);
        #[allow(clippy::cast_precision_loss, reason = "days, of which nobody counts the nanoseconds")]
        let days = (ends.saturating_sub(first) as f64 / NS_PER_DAY as f64).max(1.0);
        #[allow(clippy::cast_precision_loss, reason = "counts of uses are far below 2^53")]
        let runs_a_month = runs as f64 / days * MONTH_DAYS;
        let cost = metric::COST_PER_RUN.of(measures, values, &query.zone);
        Pace { runs_a_month, cost_per_run: cost.number() }
    }
}

/// How many runs a month reaching the target would mend, each in full: the runs times the part of the scale that is missing.
/// Of a success rate it is the failures avoided. It ranks recommendations of different metrics.
pub fn mended(miss: &Miss) -> f64 {
    miss.pace.runs_a_month * missing(miss)
}

/// What recommendations are ranked by: what it would mend, as far as it is sure.
pub fn ranked(mended: f64, confidence: f64) -> f64 {
    mended * confidence
}

/// How far the target is missed, as a part of the metric's scale, or of the value where the scale has no end.
fn missing(miss: &Miss) -> f64 {
    let Some(value) = miss.cell.number() else { return 0.0 };
    let (low, high) = miss.metric.range();
    let scale = if high < f64::MAX { high - low } else { value };
    ((miss.target() - value).abs() / scale).clamp(0.0, 1.0)
}

/// `about 14 failures fewer per 100 runs, 31 a month at this pace, $0.90 a month spent on them`.
pub fn words(miss: &Miss) -> String {
    let pace = miss.pace;
    let Some(value) = miss.cell.number() else { return String::new() };
    let gap = (miss.target() - value).abs();
    let runs = pace.runs_a_month;
    match (&miss.cell, miss.metric.unit) {
        (Cell::Share { .. }, _) => {
            let what = if &*miss.metric.key == "success_rate" { "failures" } else { "errors" };
            let avoided = gap * runs;
            let dollars = pace.cost_per_run.map(|cost| cost * avoided).filter(|dollars| *dollars > 0.0);
            let spent = dollars.map_or_else(String::new, |dollars| {
                format!(", {} a month spent on them", causes::number(Unit::Dollars, dollars))
            });
            format!(
                "about {} {what} fewer per 100 runs, {} a month at this pace{spent}",
                about(gap * 100.0),
                about(avoided)
            )
        }
        (_, Unit::Millis) => {
            let hours = gap * runs / 3_600_000.0;
            let waited = if hours >= 1.0 {
                format!("{} hours", about(hours))
            } else {
                format!("{} minutes", about(hours * 60.0))
            };
            format!("{} less per run, {waited} of waiting a month at this pace", causes::number(Unit::Millis, gap))
        }
        (_, Unit::Dollars) => format!("{} a month at this pace", causes::number(Unit::Dollars, gap * runs)),
        _ if runs > 0.0 => format!("touches {} runs a month at this pace", about(runs)),
        _ => String::new(),
    }
}

/// A number that is an estimate: whole above ten, else with one decimal.
fn about(number: f64) -> String {
    if number >= 9.95 { crate::coverage::thousands(whole(number)) } else { format!("{number:.1}") }
}

#[allow(clippy::cast_possible_truncation, reason = "a float beyond i64 saturates, which is a large number still")]
fn whole(number: f64) -> i128 {
    i128::from(number.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_not_said_to_the_last_digit() {
        for (number, said) in [(24.7, "25"), (1234.5, "1,235"), (0.26, "0.3"), (9.96, "10")] {
            assert_eq!(about(number), said);
        }
    }
}
