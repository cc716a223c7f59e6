//! Outliers: one run that is more than half of what all of them come to. A mean tells of that run then, and of no other.

use super::ask::Ask;
use crate::coverage::count;
use crate::fold::{Field, Filter, Fold, Listed, Measure, Number, RowColumn, Rows, Scope, Test, Value};
use crate::metric::{self, Metric};
use crate::sheet::{Cell, Fact, Finding, Severity, Unit};
use crate::stat;
use anyhow::Result;

/// What is added up over runs and has a mean.
pub struct Summed {
    number: Number,
    test: Test,
    mean: &'static Metric,
    /// What all of it is called: `the recorded cost`.
    whole: &'static str,
    /// What a run does: `a run costs`.
    does: &'static str,
    written: fn(f64) -> String,
}

pub const COST: Summed = Summed {
    number: Number::Cost,
    test: Test::Priced,
    mean: &metric::COST_PER_RUN,
    whole: "the recorded cost",
    does: "a run costs",
    written: dollars,
};

pub const LATENCY: Summed = Summed {
    number: Number::Duration,
    test: Test::Ended,
    mean: &metric::MEAN_MS,
    whole: "all the time that runs took",
    does: "a run takes",
    written: seconds,
};

/// What something comes to over runs.
struct Sums {
    sum: i128,
    squares: i128,
    n: u64,
    greatest: i128,
}

impl Sums {
    /// Whether one run is more than half of all.
    fn are_mostly_one(&self) -> bool {
        self.n >= FEW && self.greatest * 2 > self.sum
    }
}

impl Summed {
    /// Whether one run is more than half of all, by values that were folded, among them those of [`Summed::measures`].
    pub fn is_mostly_one(&self, measures: &[Measure], values: &[Value]) -> bool {
        self.sums(measures, values).is_some_and(|sums| sums.are_mostly_one())
    }

    /// What must be folded for it.
    pub fn measures(&self) -> [Measure; 4] {
        [Measure::Sum, Measure::SumSq, Measure::CountOf, Measure::Max].map(|of| of(self.number, self.test))
    }

    /// `None` of no runs.
    fn sums(&self, measures: &[Measure], values: &[Value]) -> Option<Sums> {
        let value = |wanted: Measure| Some(&values[measures.iter().position(|measure| *measure == wanted)?]);
        let [sum, squares, n, greatest] = self.measures().map(value);
        let greatest = i128::from(greatest?.extreme()?);
        Some(Sums { sum: sum?.int(), squares: squares?.int(), n: n?.count(), greatest })
    }
}

/// Of fewer runs than this, one is easily more than half.
const FEW: u64 = 5;

/// What there is to say where one run is more than half of all: how much it is, which one, and what the others come to in
/// the mean. `None` where no run is, and of fewer than five.
///
/// # Errors
/// The rows could not be put in order, which no question should bring about.
pub fn note(ask: &Ask<'_>, filter: Filter, summed: &Summed) -> Result<Option<String>> {
    let fold = Fold { filter, keys: Vec::new(), measures: summed.measures().to_vec() };
    let folded = ask.executor.fold(&fold);
    note_of(ask, fold.filter, summed, &folded.measures, &folded.total())
}

/// The same of values that were folded before, among them those of [`Summed::measures`].
///
/// # Errors
/// As [`note`].
pub fn note_of(
    ask: &Ask<'_>,
    filter: Filter,
    summed: &Summed,
    measures: &[Measure],
    values: &[Value],
) -> Result<Option<String>> {
    let sums = summed.sums(measures, values).filter(Sums::are_mostly_one);
    let Some(Sums { sum, squares, n, greatest }) = sums else { return Ok(None) };
    let others = [sum - greatest, squares - greatest * greatest, i128::from(n - 1)].map(Value::Int);
    let Cell::Estimate { value, interval, n } = summed.mean.of(summed.mean.measures, &others, &ask.query.zone) else {
        return Ok(None);
    };
    #[allow(clippy::cast_precision_loss, reason = "one rounding each of exact numbers")]
    let share = percent(greatest as f64 / sum as f64);
    let written = summed.written;
    let interval = interval.map_or(String::new(), |(low, high)| format!("{}–{}, ", written(low), written(high)));
    // What tokens come to was not recorded.
    let is_by_table = summed.number == Number::Cost && ask.executor.priced_question(&filter).table_runs > 0;
    let whole = if is_by_table { "the cost" } else { summed.whole };
    let name = name(ask, filter, summed)?;
    Ok(Some(format!(
        "One run is {share} of {whole}: {name}. Without it {} {} in the mean ({interval}{}).",
        summed.does,
        written(value),
        count(n, "run"),
    )))
}

/// A run that costs so many times the median one, and such a part of all, is told whatever the others come to.
const TIMES: i64 = 100;
const SHARE: i128 = 20;

/// The dearest run as a finding, where it costs a hundred times the median one and a twentieth of all: what all cost without
/// it, and what half of the runs cost at most. The median does not move with it, as a mean and a deviation do. `values` are
/// of all uses, among them those of [`Summed::measures`].
///
/// # Errors
/// As [`note`].
pub fn finding(ask: &Ask<'_>, measures: &[Measure], values: &[Value]) -> Result<Option<Finding>> {
    let Some(Sums { sum, n, greatest, .. }) = COST.sums(measures, values) else { return Ok(None) };
    if n < FEW || greatest <= 0 || greatest * SHARE < sum {
        return Ok(None);
    }
    let filter = ask.filter(Scope::Uses);
    let all = vec![Measure::Values(COST.number, COST.test)];
    let total = ask.executor.fold(&Fold { filter: filter.clone(), keys: Vec::new(), measures: all }).total();
    let Value::Values(lists) = &total[0] else { return Ok(None) };
    let Some(median) = stat::quantile(lists, 0.5) else { return Ok(None) };
    #[allow(clippy::cast_precision_loss, reason = "compared with a multiple of a hundred")]
    let is_far = greatest as f64 >= median * TIMES as f64;
    if !is_far {
        return Ok(None);
    }
    let nanos = |nanos: i128| dollars(metric::nano(nanos));
    #[allow(clippy::cast_precision_loss, reason = "one rounding each of exact numbers")]
    let share = percent(greatest as f64 / sum as f64);
    let without = Cell::Num(metric::nano(sum - greatest));
    let says = format!(
        "one run of {} costs {}, {share} of {}",
        count(n, "run").trim_end_matches(" runs"),
        nanos(greatest),
        nanos(sum)
    );
    Ok(Some(Finding {
        because: format!(
            "without it all cost {}, and half of the runs cost no more than {}",
            nanos(sum - greatest),
            dollars(median / 1e9)
        ),
        try_this: "where a unit or a point slipped, record it again with a higher `rev`; else see what it was for"
            .to_owned(),
        evidence: vec![
            Fact::new("cost_usd", "cost", Unit::Dollars, Cell::Num(metric::nano(greatest))),
            Fact::new("cost_without_usd", "all without it", Unit::Dollars, without),
            Fact::new("median_cost_usd", "median", Unit::Dollars, Cell::Num(median / 1e9)),
            Fact::new("n", "runs", Unit::Count, Cell::Int(n.into())),
        ],
        ..Finding::new(Severity::Medium, format!("run {}", name(ask, filter, &COST)?), says)
    }))
}

/// `r17, code-review, 2026-11-18`: the run that has most, as far as it is known.
fn name(ask: &Ask<'_>, filter: Filter, summed: &Summed) -> Result<String> {
    let texts = [Field::RunId, Field::PromptId].map(RowColumn::Text);
    let columns = texts.into_iter().chain([RowColumn::Number(Number::Time)]).collect();
    let rows = Rows { filter, test: summed.test, columns, order: summed.number, limit: 1 };
    let rows = ask.executor.rows(&rows)?;
    let words = rows.into_iter().flatten().filter_map(|listed| match listed {
        Listed::Text(text) => Some(text),
        Listed::Number(ts_ns) => ask.query.zone.instant(ts_ns).split('T').next().map(str::to_owned),
        _ => None,
    });
    Ok(words.collect::<Vec<_>>().join(", "))
}

/// A part that is not all, so that rounding must not make it all.
fn percent(share: f64) -> String {
    let percent = format!("{:.1} %", share * 100.0);
    if share < 1.0 && percent == "100.0 %" { ">99.9 %".to_owned() } else { percent }
}

/// Cents, or hundredths of a cent, or two figures of something smaller.
fn dollars(value: f64) -> String {
    let decimals = match value {
        large if large >= 1.0 || large <= 0.0 => 2,
        large if large >= 0.001 => 4,
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 5 and 9")]
        small => (1.0 - small.log10().floor()).clamp(5.0, 9.0) as usize,
    };
    format!("${value:.decimals$}")
}

/// Milliseconds, or seconds where there are any.
fn seconds(ms: f64) -> String {
    if ms < 1000.0 { format!("{ms:.0} ms") } else { format!("{:.1} s", ms / 1000.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_keep_two_figures_of_what_is_small() {
        for (value, said) in
            [(12.3, "$12.30"), (0.5, "$0.5000"), (0.004, "$0.0040"), (0.000_012_3, "$0.000012"), (0.0, "$0.00")]
        {
            assert_eq!(dollars(value), said);
        }
        assert_eq!([seconds(12.4), seconds(582_000.0)], ["12 ms", "582.0 s"]);
    }

    #[test]
    fn a_part_is_never_rounded_to_all() {
        assert_eq!([percent(0.98), percent(0.999_99), percent(1.0)], ["98.0 %", ">99.9 %", "100.0 %"]);
    }
}
