//! Cost: what the uses cost, as it was recorded or by the price table, and how much of it is a single use.

use super::ask::{Ask, Listing, Plan, column, title};
use super::{Flag, Report, alerts, outlier, pictures, pricing};
use crate::coverage::count;
use crate::fold::{Field, Measure, Number, RowColumn, Scope, Test};
use crate::metric::{self, Metric};
use crate::query::Dimension;
use crate::sheet::{Block, Cell, ChartKind, Column, FOR_PROGRAMS, Sheet, Table, Unit, Why};
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "cost",
    question: "What do the uses cost, and what does a success cost?",
    shows: "Cost in dollars, the tokens it is for, per use with its interval, per success and per use rated 4 or better, what \
            cached input saved, the dearest uses; which uses have no cost and why; which prices the others went by and how these were found; what the \
            month comes to at this rate, and budgets.",
    computed: "The sum over uses, in integer nano-dollars, of recorded `cost_usd`, else of tokens times the price in force on \
               the use's day in UTC, rounded once. Input includes what was read from and written to a cache, output includes \
               reasoning; each part goes by its own price where there is one. Cost per use divides by the uses that have a \
               cost, and its interval is Student's t; cost per success divides the cost of uses with an outcome, failures \
               included, by their successes, and cost per good one the cost of rated uses by those rated 4 or better. Where \
               one of at least 5 uses is more than half of the total, a line says so, and what the others cost; one that costs \
               a hundred times the median and a twentieth of the total is a finding. `--recompute` shows what was recorded \
               beside what the table says, and the difference where there is both.",
    lies: "A use that has neither a cost nor a price is unpriced, not free: the total is then \"at least\". A list price knows no \
           discount and no free quota. A use that was many calls is priced as one long one. One long call can be most of a \
           total, and the next one is not foretold by the interval of a mean that it is not part of.",
    by: &[Dimension::Prompt],
    takes: &[Flag::By, Flag::Every, Flag::Sort, Flag::Recompute, Flag::FailOn],
    nothing: ("nothing was used", Test::Run),
    fill,
};

const METRICS: &[Metric] = &[
    metric::RUNS,
    metric::COST_USD,
    metric::INPUT_TOKENS,
    metric::OUTPUT_TOKENS,
    metric::CACHE_WRITE_TOKENS,
    metric::CACHED_INPUT_TOKENS,
    metric::TOTAL_TOKENS,
    metric::COST_PER_RUN,
    metric::COST_PER_SUCCESS,
    metric::COST_PER_GOOD,
    metric::MAX_COST,
    metric::CACHE_SAVINGS,
    metric::UNPRICED_RUNS,
    metric::FIRST_USED,
    metric::LAST_USED,
];

/// What `--recompute` puts behind the cost.
const RECOMPUTED: [Metric; 3] = [metric::RECORDED_USD, metric::RECOMPUTED_USD, metric::DIFFERENCE_USD];

/// How many of the dearest uses are listed.
const DEAREST: usize = 5;

fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let by = ask.by(REPORT.by);
    let title = title("Cost", &by);
    let metrics = metrics(ask, &by);
    let plan = Plan {
        id: "cost",
        title: title.clone(),
        scope: Scope::Uses,
        by,
        metrics: &metrics,
        rows_of: Test::Run,
        share_of: Some(&metric::COST_USD),
    };
    let mut own = vec![LEAST, MOST, Measure::Count(Test::PricedOutcome)];
    own.extend(outlier::COST.measures());
    let folded = ask.fold_of(&plan, own);
    let total = folded.total();
    let mut blocks = ask.totalled_of(&plan, &folded)?;
    if let Some(Block::Totals(facts)) = blocks.first_mut() {
        facts.extend(pricing::facts(ask));
    }
    let note = outlier::note_of(ask, ask.filter(Scope::Uses), &outlier::COST, &folded.measures, &total)?;
    blocks.extend(note.map(Block::Note));
    let finding = outlier::finding(ask, &folded.measures, &total)?;
    blocks.extend(finding.map(|finding| Block::Findings(vec![finding])));
    blocks
        .extend(no_success(total[2].count(), &metric::COST_PER_SUCCESS.of(&folded.measures, &total, &ask.query.zone)));
    // Where all cost the same, none is the dearest.
    if total[0] != total[1] {
        let all = metric::COST_USD.of(&folded.measures, &total, &ask.query.zone).number();
        blocks.push(Block::Table(dearest(ask, all.filter(|all| *all > 0.0))?));
    }
    if ask.query.has_charts {
        blocks = with_charts(ask, blocks);
    }
    let tables = [pricing::unpriced(ask), pricing::prices(ask), pricing::pace(ask)?, alerts::budgets(ask)?];
    blocks.extend(tables.into_iter().flatten().map(Block::Table));
    Ok(ask.sheet(REPORT.name, title, Scope::Uses, blocks))
}

/// The metrics of the table. Where the rows are a diary of days or of sessions, the tokens are what is looked for beside the
/// cost, and what a use or a success costs is left out first; elsewhere the report of usage has them.
fn metrics(ask: &Ask<'_>, by: &[Dimension]) -> Vec<Metric> {
    let is_of_diary = |dimension: &Dimension| matches!(dimension, Dimension::Bucket(_) | Dimension::Conversation);
    let is_diary = by.iter().any(is_of_diary);
    let of_sessions = by.contains(&Dimension::Conversation);
    let rank = |metric: &Metric| match metric.unit {
        Unit::Tokens if is_diary && metric.rank >= 8 => 3,
        Unit::Tokens if is_diary => 2,
        Unit::Instant if of_sessions && metric.key == metric::LAST_USED.key => 1,
        Unit::Dollars if is_diary && metric.rank > 0 => metric.rank + 4,
        Unit::Tokens | Unit::Instant => FOR_PROGRAMS,
        _ => metric.rank,
    };
    let mut metrics: Vec<Metric> =
        METRICS.iter().map(|metric| Metric { rank: rank(metric), ..metric.clone() }).collect();
    if ask.query.is_recomputed {
        metrics.splice(2..2, RECOMPUTED);
    }
    metrics
}

/// What the uses cost by and by, and what success or quality is had for it.
fn with_charts(ask: &Ask<'_>, blocks: Vec<Block>) -> Vec<Block> {
    let mut blocks = pictures::drawn(ask, blocks, "Cost", &["cost_usd"]);
    if let Some(table) = pictures::over_time(ask, "cost_over_time", (Scope::Uses, Test::Run), &[metric::COST_USD]) {
        blocks = pictures::beside(blocks, pictures::over(ChartKind::Bar, "Cost", &table, &["cost_usd"]), table);
    }
    let by = [Dimension::Model, Dimension::Prompt];
    let worth = [metric::QUALITY, metric::MEAN_RATING, metric::SUCCESS_RATE];
    let front = |by| pictures::front(ask, "cost_and_worth", by, &metric::COST_PER_RUN, &worth);
    if let Some(table) = by.into_iter().find_map(front) {
        blocks = pictures::beside(blocks, pictures::scatter(&table), table);
    }
    blocks
}

const LEAST: Measure = Measure::Min(Number::Cost, Test::Priced);
const MOST: Measure = Measure::Max(Number::Cost, Test::Priced);

/// Why there is no cost per success though there were outcomes.
fn no_success(outcomes: u64, per_success: &Cell) -> Option<Block> {
    let is_said = outcomes > 0 && matches!(per_success, Cell::Missing(_));
    is_said.then(|| {
        Block::Note(format!("No success in {} with a cost: there is no cost per success.", count(outcomes, "outcome")))
    })
}

/// The dearest uses, each with its part of what all cost.
fn dearest(ask: &Ask<'_>, all: Option<f64>) -> Result<Table> {
    let ranked = |key: &str, label: &str, rank: u8| Column { rank, ..column(key, label, Unit::Name) };
    let columns = [
        (RowColumn::Number(Number::Time), column("time", "time", Unit::Instant)),
        (RowColumn::Text(Field::PromptId), column("prompt", "prompt", Unit::Name)),
        (RowColumn::Text(Field::Model), ranked("model", "model", 2)),
        (RowColumn::Text(Field::RunId), ranked("run", "run", 3)),
        (RowColumn::Number(Number::Cost), column("cost_usd", "cost", Unit::Dollars)),
    ];
    let plan = Listing {
        id: "dearest",
        title: "Dearest uses",
        test: Test::Priced,
        columns: &columns,
        order: Number::Cost,
        limit: DEAREST,
    };
    let mut table = ask.listing(&plan)?;
    table.columns.push(column("share", "share", Unit::Ratio));
    for row in &mut table.rows {
        let share = row.last().and_then(Cell::number).zip(all).map(|(part, all)| part / all);
        row.push(share.map_or(Cell::Missing(Why::NoData), Cell::Num));
    }
    Ok(table)
}
