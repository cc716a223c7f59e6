//! Listings: rows one by one, the newest or the dearest first, those that are equal in that by what they say.

use super::numbers::Group;
use super::row::{Row, What};
use prompt_analytics::event::Field;
use prompt_analytics::query::Query;
use prompt_analytics::sheet::{Cell, Table, Why};
use std::cmp::Reverse;

/// A cell before it is drawn up, in the order of its kinds.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Raw {
    Missing,
    Text(String),
    Number(i64),
    Truth(bool),
}

fn raw(row: &Row, key: &str) -> Raw {
    let text = |field| row.text(field).map_or(Raw::Missing, |text| Raw::Text(text.to_owned()));
    let number = |number: Option<i64>| number.map_or(Raw::Missing, Raw::Number);
    match key {
        "time" => Raw::Number(row.time),
        "prompt" => text(Field::PromptId),
        "model" => text(Field::Model),
        "run" => text(Field::RunId),
        "error_type" => text(Field::ErrorType),
        "remark" => text(Field::FeedbackText),
        "outcome" => row.success.map_or(Raw::Missing, Raw::Truth),
        "duration_ms" => number(row.number(Field::DurationMs)),
        "exit_code" => number(row.number(Field::ExitCode)),
        "input_tokens" => number(row.number(Field::InputTokens)),
        "output_tokens" => number(row.number(Field::OutputTokens)),
        "cost_usd" => number(row.number(Field::CostUsd)),
        "rating" if row.what == What::Use => number(row.use_rating),
        "rating" => number(row.number(Field::Rating)),
        other => panic!("nobody listed `{other}` by hand"),
    }
}

#[allow(clippy::cast_precision_loss, reason = "one rounding of an exact number")]
fn cell(raw: &Raw, key: &str, query: &Query) -> Cell {
    match (raw, key) {
        (Raw::Missing, _) => Cell::Missing(Why::NoData),
        (Raw::Text(text), _) => Cell::Text(text.clone()),
        (Raw::Truth(success), _) => Cell::Text(if *success { "success" } else { "failure" }.to_owned()),
        (Raw::Number(ts_ns), "time") => Cell::Text(query.zone.instant(*ts_ns)),
        (Raw::Number(nanos), "duration_ms") => Cell::Num(*nanos as f64 / 1e6),
        (Raw::Number(nanos), "cost_usd" | "rating") => Cell::Num(*nanos as f64 / 1e9),
        (Raw::Number(number), _) => Cell::Int((*number).into()),
    }
}

/// The rows that a listing should have, in order.
pub fn expected(table: &Table, group: &Group<'_>, query: &Query) -> Vec<Vec<Cell>> {
    let is_listed = |row: &&&Row| match table.id {
        "runs" => group.is_run(row),
        "newest_errors" => group.is_error(row),
        "dearest" => row.what == What::Use && row.number(Field::CostUsd).is_some(),
        _ => matches!(row.what, What::Rating | What::Remark) && row.text(Field::FeedbackText).is_some(),
    };
    let limit = match (table.id, query.top) {
        ("runs", Some(0)) => usize::MAX,
        ("runs", top) => top.unwrap_or(20),
        ("dearest", _) => 5,
        _ => 10,
    };
    let weight = |row: &Row| if table.id == "dearest" { row.number(Field::CostUsd) } else { Some(row.time) };
    let keys: Vec<&str> =
        table.columns.iter().map(|column| column.key.as_str()).filter(|key| *key != "share").collect();
    let raws = |row: &Row| keys.iter().map(|key| raw(row, key)).collect::<Vec<_>>();
    let mut rows: Vec<_> = group.rows.iter().filter(is_listed).map(|row| (Reverse(weight(row)), raws(row))).collect();
    rows.sort();
    rows.truncate(limit);
    let cells = |raws: Vec<Raw>| raws.iter().zip(&keys).map(|(raw, key)| cell(raw, key, query)).collect();
    rows.into_iter().map(|(_, raws)| cells(raws)).collect()
}
