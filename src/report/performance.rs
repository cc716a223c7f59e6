//! Performance: how often prompts help, how often they break, and how long they take.

use super::ask::{Ask, Plan, column, title};
use super::{Report, SHAPED, outlier, pictures};
use crate::coverage::{count, thousands};
use crate::fold::{Folded, Measure, Scope, Test, Value};
use crate::metric::{self, Metric, Spread};
use crate::query::{Dimension, Quantile};
use crate::sheet::{Block, Cell, ChartKind, Sheet, Table, Unit};
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "performance",
    question: "How often do prompts help, how often do they break, and how long do they take?",
    shows: "Outcomes, successes with a 95 % interval, errors, and latency: mean, deviation, quantiles; and the latency of \
            successes and failures apart.",
    computed: "A failure did not help, an error broke. Without a word on success an error means failure and exit status 0 means \
               success (the footer counts these). Intervals of rates are Wilson's. Quantiles are exact, by linear interpolation \
               (R type 7), over all uses and orphan outcomes with a duration; the deviation divides by n - 1.",
    lies: "Where failures are quick (refused at once) or slow (timeouts), the latency of all mixes two things: look at successes \
           and failures apart. A p99 of a hundred runs is one run. One long run can be most of a mean: where one of at \
           least 5 is more than half of all the time, a line says so. What was still running when its machine died has no outcome.",
    by: &[Dimension::Prompt],
    takes: SHAPED,
    nothing: ("nothing ended", Test::Ended),
    fill,
};

/// The quantiles of latency unless others are asked for.
const QUANTILES: &[Quantile] = &[Quantile::P50, Quantile::P95, Quantile::P99];

fn metrics(ask: &Ask<'_>) -> Vec<Metric> {
    const RATES: [Metric; 8] = [
        metric::OUTCOMES,
        metric::SUCCESSES,
        metric::FAILURES,
        metric::ERRORS,
        metric::SUCCESS_RATE,
        metric::ERROR_RATE,
        metric::MEAN_MS,
        metric::SD_MS,
    ];
    RATES.into_iter().chain(ask.quantiles(Spread::Latency, QUANTILES)).collect()
}

fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let by = ask.by(REPORT.by);
    let metrics = metrics(ask);
    let title = title("Performance", &by);
    let plan = Plan {
        id: "performance",
        title: title.clone(),
        scope: Scope::Uses,
        by,
        metrics: &metrics,
        rows_of: Test::Ended,
        share_of: None,
    };
    let latency = latency(ask);
    let is_apart = ask.query.filters.success.is_none();
    let apart = |test: Test| metric::measures(&latency).into_iter().map(move |measure| measure.of(test));
    let mut own = vec![Measure::Count(Test::Unsettled), Measure::Count(Test::Ended)];
    own.extend(outlier::LATENCY.measures());
    if is_apart {
        own.extend(APART.iter().flat_map(|(_, test)| apart(*test)));
    }
    let folded = ask.fold_of(&plan, own);
    let mut blocks = ask.totalled_of(&plan, &folded)?;
    let total = folded.total();
    blocks.extend(unsettled(total[0].count(), total[1].count()).map(Block::Note));
    let note = outlier::note_of(ask, ask.filter(Scope::Uses), &outlier::LATENCY, &folded.measures, &total)?;
    blocks.extend(note.map(Block::Note));
    if is_apart {
        let apart = table_of_outcomes(ask, &latency, &folded);
        // One kind alone has nothing to be told apart from.
        blocks.extend((apart.rows.len() > 1).then_some(Block::Table(apart)));
    }
    if ask.query.has_charts {
        blocks = pictures::drawn(ask, blocks, "Success", &["success_rate"]);
        let [p50, p95] = [Quantile::P50, Quantile::P95].map(|quantile| metric::quantile(Spread::Latency, quantile));
        if let Some(table) = pictures::over_time(ask, "latency", (Scope::Uses, Test::Ended), &[p50, p95]) {
            let line = pictures::over(ChartKind::Line, "Latency", &table, &["p50_ms", "p95_ms"]);
            blocks = pictures::beside(blocks, line, table);
        }
    }
    Ok(ask.sheet(REPORT.name, title, Scope::Uses, blocks))
}

/// What there is to say where it is not known of more than a fifth how they ended: the rates are about the others.
fn unsettled(unsettled: u64, ended: u64) -> Option<String> {
    let is_said = unsettled > 0 && unsettled.saturating_mul(5) > ended;
    is_said.then(|| {
        let known = ended - unsettled;
        let rates = match known {
            0 => "there is no rate of success or of errors".to_owned(),
            _ => format!("success and errors are told of the other {}", thousands(known.into())),
        };
        format!("Nobody recorded how {} of {} ended: {rates}.", thousands(unsettled.into()), count(ended, "run"))
    })
}

/// What successes and failures are compared by.
fn latency(ask: &Ask<'_>) -> Vec<Metric> {
    let quantiles = ask.quantiles(Spread::Latency, QUANTILES);
    [metric::OUTCOMES, metric::MEAN_MS, metric::SD_MS].into_iter().chain(quantiles).collect()
}

const APART: [(&str, Test); 2] = [("success", Test::Success), ("failure", Test::Failure)];

/// The latency of successes and failures apart, out of one fold that measured both.
fn table_of_outcomes(ask: &Ask<'_>, metrics: &[Metric], folded: &Folded) -> Table {
    let mut columns = vec![column("outcome", "outcome", Unit::Name)];
    columns.extend(metrics.iter().map(Metric::column));
    let total = folded.total();
    let mut rows = Vec::new();
    for (name, test) in APART {
        let measures = metric::measures(metrics);
        let place = |measure: &Measure| folded.measures.iter().position(|known| *known == measure.of(test));
        let values: Vec<Value> = measures.iter().filter_map(place).map(|at| total[at].clone()).collect();
        let cells = metrics.iter().map(|metric| metric.of(&measures, &values, &ask.query.zone));
        let row: Vec<Cell> = [Cell::Text(name.to_owned())].into_iter().chain(cells).collect();
        if row[1] != Cell::Int(0) {
            rows.push(row);
        }
    }
    Table {
        id: "latency_by_outcome",
        title: "Latency of successes and failures".to_owned(),
        columns,
        rows,
        others: None,
        total: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_that_nobody_recorded_are_said_past_a_fifth() {
        let none = "Nobody recorded how 4 of 4 runs ended: there is no rate of success or of errors.";
        assert_eq!(unsettled(4, 4).as_deref(), Some(none));
        let some = "Nobody recorded how 300 of 1,400 runs ended: success and errors are told of the other 1,100.";
        assert_eq!(unsettled(300, 1400).as_deref(), Some(some));
        assert_eq!((unsettled(1, 5), unsettled(0, 0)), (None, None));
    }
}
