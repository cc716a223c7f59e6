//! Compare: two models, versions, variants or periods side by side, and whether what differs is more than chance.

mod groups;
mod judged;
mod words;

use super::ask::{Ask, column, unit_column};
use super::{Flag, Report};
use crate::fold::{Scope, Test};
use crate::metric::{self, Metric, Spread};
use crate::query::{Compare, Quantile};
use crate::sheet::{Block, Cell, Column, FOR_PROGRAMS, Fact, Parts, Sheet, Table, Unit};
use anyhow::Result;
use groups::Groups;
use judged::Judged;

pub const REPORT: Report = Report {
    name: "compare",
    question: "Is one model, version, variant or week better than another, or is it chance?",
    shows: "Each metric of both sides with its interval, the difference with its interval, the test and its p-value, the size of \
            the effect, and what to make of it.",
    computed: "`--compare model=a,b` compares with the first; `--compare model` the two most used; `--compare period` the period \
               with the one before (without any, the last 7 days). Shares: Newcombe's interval, chi-square or Fisher's exact test, \
               Cohen's h. Means: Welch's t, Hedges' g; ratings and scores with one value added at each end of their scale. \
               P-values are corrected for the number of comparisons made (Holm); a difference is seen where the corrected p is \
               below 0.05 and the interval leaves out zero.",
    lies: "Nobody drew lots: if the harder tasks go to one model, it looks worse for it (compare within a prompt: `--by prompt`). \
           No difference seen is not no difference: the note says how large a one could have been missed. Looking every day \
           until something shows finds something.",
    by: &[],
    takes: &[Flag::By, Flag::Every, Flag::Metric, Flag::Compare],
    nothing: ("nothing was used", Test::Any),
    fill,
};

/// What is compared unless `--metric` asks for something else.
fn metrics() -> Vec<Metric> {
    vec![
        metric::SUCCESS_RATE,
        metric::MEAN_MS,
        metric::quantile(Spread::Latency, Quantile::P95),
        metric::COST_PER_RUN,
        metric::MEAN_RATING,
        metric::QUALITY,
    ]
}

fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let mut query = ask.query.clone();
    if !matches!(query.compare, Some(Compare::Names(..))) {
        query.period = Some(groups::current(&query)?);
    }
    let ask = &Ask { query: &query, ..*ask };
    let metrics = ask.metrics().unwrap_or_else(metrics);
    let groups = Groups::of(ask, &metrics)?;
    let judged = judged::judge(&groups, &metrics, &ask.query.zone);
    let mut blocks = vec![Block::Totals(facts(&judged)), Block::Table(table(&groups, &judged, ask))];
    blocks.extend(words::notes(&groups, &judged).into_iter().map(Block::Note));
    Ok(ask.sheet(REPORT.name, groups.title(), Scope::Uses, blocks))
}

fn facts(judged: &[Judged]) -> Vec<Fact> {
    let count = |is: &dyn Fn(&&Judged) -> bool| Cell::Int(judged.iter().filter(is).count() as i128);
    vec![
        Fact::new("comparisons", "comparisons", Unit::Count, count(&|judged| judged.compared.is_some())),
        Fact::new("differences", "differences seen", Unit::Count, count(&|judged| judged.is_seen())),
    ]
}

fn table(groups: &Groups, judged: &[Judged], ask: &Ask<'_>) -> Table {
    let mixed = |key: &str, label: &str, parts: Parts| Column { parts, ..column(key, label, Unit::Mixed) };
    let [base, other] = groups.labels();
    // Of two sides the headings tell.
    let names = if groups.is_pair() { FOR_PROGRAMS } else { 0 };
    let mut columns: Vec<Column> =
        groups.by.iter().map(|dimension| column(dimension.name(), dimension.label(), Unit::Name)).collect();
    columns.extend([
        column("metric", "metric", Unit::Name),
        column("base", "base", Unit::Name).ranked(names),
        column("other", "other", Unit::Name).ranked(names),
        unit_column(),
        mixed("base_value", &base, Parts::Observed).ranked(2),
        mixed("other_value", &other, Parts::Observed).ranked(1),
        Column { parts: Parts::Interval, ..column("difference", "difference", Unit::Difference) },
        column("verdict", "verdict", Unit::Name),
        column("p", "p", Unit::Score).ranked(3),
        column("effect", "effect", Unit::Score).ranked(4),
        column("needed_n", "n needed", Unit::Count).ranked(6),
        column("test", "test", Unit::Name).ranked(7),
    ]);
    let rows: Vec<Vec<Cell>> = judged.iter().map(|judged| judged.row(groups)).collect();
    let top = ask.query.top.unwrap_or(ask.query.top_unasked);
    let rows = if top > 0 { rows.into_iter().take(top).collect() } else { rows };
    Table { id: "compare", title: groups.title(), columns, rows, others: None, total: None }
}
