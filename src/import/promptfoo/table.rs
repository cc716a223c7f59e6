//! Tables of results, of three forms: each prompt a column whose cells begin with `[PASS]`, `[FAIL]` or `[ERROR]`; each prompt
//! a column followed by `Status` and `Score`; and one judged answer to a row, with a column of true and false that says
//! whether it is right and columns from 0 to 1 that say how good it is in a respect.
//!
//! A table knows neither times nor ids. A result is told by all rows up to its own, so a table that was cut off or goes on
//! holds the same results; as rows of judged answers alone are soon alike, theirs go by the name of the file as well.

use super::super::document::{Sheet, error_type, plain, sheet};
use super::super::found::{Answer, Found, run, text};
use super::super::id::Id;
use super::super::tally::At;
use super::{assessments, model};
use crate::event::{Event, Field, Value as Held};
use serde_json::Value;

/// What the columns of a table are.
#[derive(Default)]
struct Columns {
    /// Those with what a prompt gave, each with the one that says whether it passed, if that is another.
    outputs: Vec<(usize, Option<usize>)>,
    /// That which says whether an answer is right, and those with scores.
    right: Option<usize>,
    scores: Vec<usize>,
}

/// Reads a table; `name` is that of its file, and `written_ns` when it was written.
pub fn read(bytes: &[u8], name: &str, written_ns: i64, found: &mut Found) {
    let sheet = sheet(bytes, found);
    let columns = columns(&sheet);
    let stem = name.split(".csv").next().unwrap_or_default();
    let named = columns.right.map_or("", |_| stem);
    let head = sheet.header.iter().map(String::as_bytes);
    let mut before = Id::of([named.as_bytes()].into_iter().chain(head));
    for (line, cells) in &sheet.rows {
        let at = At::Line(*line);
        before = before.then(Id::of(cells.iter().map(String::as_bytes)));
        if columns.outputs.is_empty() && columns.right.is_none() {
            found.skip(at, "no result in it", "");
        }
        for (place, status) in &columns.outputs {
            let head = sheet.header[*place].as_str();
            let key = before.then(Id::of([&place.to_le_bytes()[..]]));
            output(head, (cells, *place, *status), &sheet.header, key, written_ns, at, found);
        }
        if let Some(right) = columns.right {
            judged(&sheet, cells, right, &columns.scores, (before, stem, written_ns), at, found);
        }
    }
}

fn columns(sheet: &Sheet) -> Columns {
    let mut columns = Columns::default();
    let cells = |place: usize| sheet.rows.iter().map(move |(_, cells)| cells[place].as_str());
    for place in 0..sheet.header.len() {
        let next = |offset: usize| sheet.header.get(place + offset).map(|name| plain(name));
        if next(1).as_deref() == Some("status") && next(2).as_deref() == Some("score") {
            columns.outputs.push((place, Some(place + 1)));
        } else if cells(place).any(|cell| verdict(cell).is_some()) {
            columns.outputs.push((place, None));
        }
    }
    if !columns.outputs.is_empty() {
        return columns;
    }
    let told = |place: usize| cells(place).filter(|cell| !cell.trim().is_empty());
    let is_all = |place: usize, fits: &dyn Fn(&str) -> bool| told(place).next().is_some() && told(place).all(fits);
    let is_right = |place: &usize| {
        let name = plain(&sheet.header[*place]);
        let says = ["pass", "passed", "correct", "success"].iter().any(|end| name.ends_with(end));
        says && is_all(*place, &|cell| truth(cell).is_some())
    };
    columns.right = (0..sheet.header.len()).find(is_right);
    if columns.right.is_some() {
        let is_score = |place: &usize| is_all(*place, &|cell| score(cell).is_some());
        columns.scores = (0..sheet.header.len()).filter(is_score).collect();
    }
    columns
}

fn truth(cell: &str) -> Option<bool> {
    super::super::document::truth(&Value::from(cell.trim()))
}

fn score(cell: &str) -> Option<i64> {
    let score = crate::fixed::parse(cell.trim(), 9)?;
    Field::QualityScore.shape().holds(score).then_some(score)
}

/// The verdict that a cell begins with, and the rest of the cell.
fn verdict(cell: &str) -> Option<(&str, &str)> {
    let (verdict, rest) = cell.strip_prefix('[')?.split_once(']')?;
    matches!(verdict, "PASS" | "FAIL" | "ERROR").then_some((verdict, rest))
}

/// The verdict on a prompt's cell, what follows it there, and the scores.
type Told<'a> = (&'a str, &'a str, Vec<(String, Option<Value>)>);

/// What the columns after a prompt's say of its cell.
fn told_beside<'a>(cells: &'a [String], place: usize, status: usize, header: &[String]) -> Told<'a> {
    let mut scores = vec![("promptfoo".to_owned(), Some(Value::from(cells[status + 1].as_str())))];
    let named = header.get(status + 2).filter(|name| plain(name) == "namedscores");
    let named = named.and_then(|_| serde_json::from_str::<Value>(&cells[status + 2]).ok());
    if let Some(Value::Object(named)) = named {
        scores.extend(named.into_iter().map(|(name, score)| (name, Some(score))));
    }
    (cells[status].as_str(), cells[place].as_str(), scores)
}

/// What a cell says itself: `[PASS] (1.00, accuracy: 0.50)` and what the prompt gave.
fn told_within(cell: &str) -> Option<Told<'_>> {
    let (verdict, rest) = verdict(cell)?;
    let told = rest.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let parts = told.map_or("", |(told, _)| told).split(", ");
    let score = |part: &str| {
        let (name, score) = part.split_once(": ").unwrap_or(("promptfoo", part));
        (name.to_owned(), Some(Value::from(score)))
    };
    Some((verdict, rest, parts.map(score).collect()))
}

/// One cell of a prompt's column, as a run.
fn output(
    head: &str,
    (cells, place, status): (&[String], usize, Option<usize>),
    header: &[String],
    key: Id,
    ts_ns: i64,
    at: At,
    found: &mut Found,
) {
    let told = match status {
        Some(status) => Some(told_beside(cells, place, status, header)),
        None => told_within(&cells[place]),
    };
    let is_empty = cells[place].is_empty() && status.is_none_or(|status| cells[status].is_empty());
    let Some((verdict, rest, mut scores)) = told.filter(|told| matches!(told.0, "PASS" | "FAIL" | "ERROR")) else {
        return if is_empty { found.other() } else { found.skip(at, "no result in it", "") };
    };
    let mut event = run(ts_ns);
    let (provider, label) = provider_and_label(head);
    text(&mut event, Field::RunId, Some(&key.text()));
    let prompt = model::prompt_name(label, "").unwrap_or_else(|| model::digest(label));
    text(&mut event, Field::PromptId, Some(&prompt));
    model::set(&mut event, provider, None);
    ended(&mut event, verdict == "PASS");
    if verdict == "ERROR" {
        event.set(Field::ErrorType, Held::Text(error_type(rest).into()));
        // What gave no answer was not graded.
        scores.clear();
    }
    assessments(&event, key, &scores, at, found);
    found.answer(Answer { key, family: None, rank: 1, event });
}

fn ended(event: &mut Event<'static>, is_success: bool) {
    event.set(Field::Success, Held::Truth(is_success));
}

/// `[provider] label`, where there is a provider.
fn provider_and_label(head: &str) -> (&str, &str) {
    let parts = head.trim().strip_prefix('[').and_then(|rest| rest.split_once("] "));
    parts.map_or(("", head.trim()), |(provider, label)| (provider.trim(), label.trim()))
}

/// One judged answer.
fn judged(
    sheet: &Sheet,
    cells: &[String],
    right: usize,
    scores: &[usize],
    (key, stem, ts_ns): (Id, &str, i64),
    at: At,
    found: &mut Found,
) {
    let Some(is_right) = truth(&cells[right]) else { return found.skip(at, "no result in it", "") };
    let mut event = run(ts_ns);
    text(&mut event, Field::RunId, Some(&key.text()));
    text(&mut event, Field::ExperimentId, Some(stem));
    text(&mut event, Field::Variant, Some(stem));
    ended(&mut event, is_right);
    let scores: Vec<(String, Option<Value>)> =
        scores.iter().map(|place| (sheet.header[*place].clone(), Some(Value::from(cells[*place].as_str())))).collect();
    assessments(&event, key, &scores, at, found);
    found.answer(Answer { key, family: None, rank: 1, event });
}
