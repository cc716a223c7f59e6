//! Errors: what broke, where and when.

use super::ask::{Ask, Listing, Plan, column, title};
use super::{Report, SHAPED, pictures};
use crate::fold::{Field, Number, RowColumn, Scope, Test};
use crate::metric::{self, Metric};
use crate::query::Dimension;
use crate::sheet::{Block, ChartKind, Column, Sheet, Unit};
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "errors",
    question: "What broke, where, and when last?",
    shows: "Errors by type with their share of all errors, how many prompts they hit and when they last occurred; and the newest \
            ones.",
    computed: "An error is a use or orphan outcome with an `error_type`, an exit status other than 0, or the finish reason \
               `error`. An error that was marked successful still counts here.",
    lies: "A failure without an error is not here: it ended well and did not help. A killed wrapper leaves a use without an \
           outcome, not an error.",
    by: &[Dimension::ErrorType],
    takes: SHAPED,
    nothing: ("no error was recorded", Test::Error),
    fill,
};

const METRICS: &[Metric] = &[
    Metric { rank: 0, ..metric::ERRORS },
    metric::ERROR_PROMPTS,
    metric::ERROR_MODELS,
    metric::FIRST_ERROR,
    metric::LAST_ERROR,
];

/// How many errors are listed.
const NEWEST: usize = 10;

fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let by = ask.by(REPORT.by);
    let facts = ask.facts(Scope::Uses, &[metric::OUTCOMES, metric::ERRORS, metric::ERROR_RATE, metric::FAILURES]);
    let title = title("Errors", &by);
    let plan = Plan {
        id: "errors",
        title: title.clone(),
        scope: Scope::Uses,
        by,
        metrics: METRICS,
        rows_of: Test::Error,
        share_of: Some(&metric::ERRORS),
    };
    let table = ask.table(&plan)?;
    let columns = [
        (RowColumn::Number(Number::Time), column("time", "time", Unit::Instant)),
        (RowColumn::Text(Field::PromptId), column("prompt", "prompt", Unit::Name)),
        (RowColumn::Text(Field::ErrorType), column("error_type", "error type", Unit::Name)),
        (RowColumn::Number(Number::ExitCode), Column { rank: 1, ..column("exit_code", "exit", Unit::Count) }),
        (RowColumn::Text(Field::Model), Column { rank: 2, ..column("model", "model", Unit::Name) }),
        (RowColumn::Text(Field::RunId), Column { rank: 3, ..column("run", "run", Unit::Name) }),
    ];
    let newest = Listing {
        id: "newest_errors",
        title: "Newest errors",
        test: Test::Error,
        columns: &columns,
        order: Number::Time,
        limit: NEWEST,
    };
    let newest = ask.listing(&newest)?;
    let mut blocks = vec![Block::Totals(facts), Block::Table(table)];
    if !newest.rows.is_empty() {
        blocks.push(Block::Table(newest));
    }
    if ask.query.has_charts {
        blocks = pictures::drawn(ask, blocks, "Errors", &["errors"]);
        if let Some(table) = pictures::over_time(ask, "errors_over_time", (Scope::Uses, Test::Error), &[metric::ERRORS])
        {
            blocks = pictures::beside(blocks, pictures::over(ChartKind::Bar, "Errors", &table, &["errors"]), table);
        }
    }
    Ok(ask.sheet(REPORT.name, title, Scope::Uses, blocks))
}
