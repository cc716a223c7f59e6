//! Runs: the uses one by one.

use super::Report;
use super::ask::{Ask, Listing, column};
use crate::fold::{Field, Number, RowColumn, Scope, Test, Truth};
use crate::metric;
use crate::sheet::{Block, Column, Sheet, Unit};
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "runs",
    question: "What were the last uses, one by one?",
    shows: "The newest uses: when, which prompt and model, how they ended, how long they took, tokens, cost and rating.",
    computed: "A use is assembled from the events of its run_id, field by field: `run` beats `performance` beats `usage`. Its time \
               is its earliest. `--top` says how many (20 unless it is given; 0 lists all).",
    lies: "The newest uses are not typical ones: whoever looks is usually looking for trouble.",
    by: &[],
    takes: &[],
    nothing: ("nothing was used", Test::Run),
    fill,
};

/// How many uses are listed unless another number is asked for.
const NEWEST: usize = 20;

fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let ranked = |key: &str, label: &str, unit: Unit, rank: u8| Column { rank, ..column(key, label, unit) };
    let columns = [
        (RowColumn::Number(Number::Time), column("time", "time", Unit::Instant)),
        (RowColumn::Text(Field::PromptId), column("prompt", "prompt", Unit::Name)),
        (RowColumn::Text(Field::Model), ranked("model", "model", Unit::Name, 2)),
        (RowColumn::Truth(Truth::Success), column("outcome", "outcome", Unit::Name)),
        (RowColumn::Text(Field::ErrorType), ranked("error_type", "error type", Unit::Name, 3)),
        (RowColumn::Number(Number::Duration), ranked("duration_ms", "duration", Unit::Millis, 1)),
        (RowColumn::Number(Number::InputTokens), ranked("input_tokens", "input tokens", Unit::Tokens, 4)),
        (RowColumn::Number(Number::OutputTokens), ranked("output_tokens", "output tokens", Unit::Tokens, 4)),
        (RowColumn::Number(Number::Cost), ranked("cost_usd", "cost", Unit::Dollars, 5)),
        (RowColumn::Number(Number::UseRating), ranked("rating", "rating", Unit::Score, 5)),
        (RowColumn::Text(Field::RunId), ranked("run", "run", Unit::Name, 6)),
    ];
    let limit = ask.query.top.unwrap_or(NEWEST);
    let order = Number::Time;
    let plan = Listing { id: "runs", title: "Newest uses", test: Test::Run, columns: &columns, order, limit };
    let facts = ask.facts(Scope::Uses, &[metric::RUNS]);
    let table = ask.listing(&plan)?;
    Ok(ask.sheet(REPORT.name, "Runs".to_owned(), Scope::Uses, vec![Block::Totals(facts), Block::Table(table)]))
}
