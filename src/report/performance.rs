//! Performance: how often prompts help, how often they break, and how long they take.

use super::Report;
use super::ask::{Ask, Plan, column, title};
use crate::fold::{Filter, Scope, Test};
use crate::metric::{self, Metric, Spread};
use crate::query::{Dimension, Filters, Quantile};
use crate::sheet::{Block, Cell, Sheet, Table, Unit};
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
           and failures apart. A p99 of a hundred runs is one run. What was still running when its machine died has no outcome.",
    by: &[Dimension::Prompt],
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
    let mut blocks = ask.totalled(&plan)?;
    if ask.query.filters.success.is_none() {
        let apart = apart(ask)?;
        blocks.extend((!apart.rows.is_empty()).then_some(Block::Table(apart)));
    }
    ask.sheet(REPORT.name, title, Scope::Uses, blocks)
}

/// The latency of successes and failures apart.
fn apart(ask: &Ask<'_>) -> Result<Table> {
    let metrics: Vec<Metric> = [metric::OUTCOMES, metric::MEAN_MS, metric::SD_MS]
        .into_iter()
        .chain(ask.quantiles(Spread::Latency, QUANTILES))
        .collect();
    let mut columns = vec![column("outcome", "outcome", Unit::Name)];
    columns.extend(metrics.iter().map(Metric::column));
    let mut rows = Vec::new();
    for (name, success) in [("success", true), ("failure", false)] {
        let filters = Filters { success: Some(success), ..ask.query.filters.clone() };
        let filter = Filter { filters, ..ask.filter(Scope::Uses) };
        let folded = ask.fold(filter, &[], &metrics)?;
        let total = folded.total();
        let cells = metrics.iter().map(|metric| metric.of(&folded.measures, &total, &ask.query.zone));
        let row: Vec<Cell> = [Cell::Text(name.to_owned())].into_iter().chain(cells).collect();
        if row[1] != Cell::Int(0) {
            rows.push(row);
        }
    }
    Ok(Table {
        id: "latency_by_outcome",
        title: "Latency of successes and failures".to_owned(),
        columns,
        rows,
        others: None,
        total: None,
    })
}
