//! `langfuse`: exports of Langfuse, from its pages, its API or its storage, as JSON, JSON lines or CSV: observations, traces and
//! scores, in one file or in several, under names in either spelling.
//!
//! An observation of the type `GENERATION` is a run, told by its id; `level` `ERROR` is an error. Its prompt is the managed one
//! it names. It takes session, user and tags from itself, else from its trace if that is in the same file. Other
//! observations, and traces themselves, are no uses of a model. A cost of 0 without details is what Langfuse
//! writes where it knows no price, and is left out. `score` says what becomes of scores, `usage` of tokens.

mod score;
mod usage;

use super::document::{self, Row, error_type, moment};
use super::found::{Answer, Found, run, said, text};
use super::id::Id;
use super::tally::At;
use super::{How, Origin, Source};
use crate::event::{Event, Field, Value as Held};
use anyhow::Result;
use score::Scales;
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;

pub const LANGFUSE: Source = Source {
    name: "langfuse",
    aliases: &[],
    reads: "exports of Langfuse (observations, traces, scores) that are named, as JSON, JSON lines or CSV",
    places: |_| Vec::new(),
    takes,
    how: How::Whole { version: 1, read },
};

fn takes(path: &Path) -> bool {
    matches!(document::extension(path).as_str(), "json" | "jsonl" | "ndjson" | "csv")
}

fn read(origin: &Origin, found: &mut Found) -> Result<()> {
    let bytes = document::bytes(origin.path)?;
    let mut values = Vec::new();
    if document::extension(origin.path) == "csv" {
        let sheet = document::sheet(&bytes, found);
        values.extend(sheet.rows.iter().map(|(line, cells)| (sheet.object(cells), At::Line(*line))));
    } else {
        document::values(&bytes, found, &mut |value, at, _| values.push((value, at)));
    }
    let mut records = Vec::new();
    for (value, at) in &values {
        records_in(value, *at, &mut records, found);
    }
    let export = Export::new(&records, origin.has_text);
    for record in &records {
        match record.kind {
            Kind::Observation => export.observation(record, found),
            Kind::Score => export.scales.score(record, &export, found),
            Kind::Trace => found.other(),
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Observation,
    Score,
    Trace,
}

struct Record<'a> {
    row: Row<'a>,
    kind: Kind,
    at: At,
}

/// The records in a value: itself, what a page of the API lists, and what a trace holds.
fn records_in<'a>(value: &'a Value, at: At, records: &mut Vec<Record<'a>>, found: &mut Found) {
    let Some(row) = Row::of(value) else { return found.skip(at, "not an object", "") };
    let inside = ["data", "observations", "scores"].into_iter().flat_map(|name| row.list(name));
    // A list of traces names their observations by id alone.
    for value in inside.filter(|value| value.is_object()) {
        records_in(value, at, records, found);
    }
    if row.get("data").is_some_and(Value::is_array) {
        return found.other();
    }
    let is_observed = row.has("starttime") || row.has("parentobservationid");
    let kind = match row.text("type") {
        Some(_) => Kind::Observation,
        None if is_observed => Kind::Observation,
        None if row.has("datatype") || row.has("name") && (row.has("value") || row.has("stringvalue")) => Kind::Score,
        None => Kind::Trace,
    };
    records.push(Record { row, kind, at });
}

/// What the records of a file say of each other.
struct Export<'a> {
    traces: HashMap<&'a str, &'a Row<'a>>,
    /// The generation of a trace, if it has but one.
    only: HashMap<&'a str, Option<&'a Row<'a>>>,
    scales: Scales,
    has_text: bool,
}

impl<'a> Export<'a> {
    fn new(records: &'a [Record<'a>], has_text: bool) -> Export<'a> {
        let mut export =
            Export { traces: HashMap::new(), only: HashMap::new(), scales: Scales::new(records), has_text };
        for Record { row, kind, .. } in records {
            match kind {
                Kind::Trace => {
                    if let Some(id) = row.text("id") {
                        export.traces.insert(id, row);
                    }
                }
                Kind::Observation if is_generation(row) => {
                    if let Some(trace) = row.text("traceid") {
                        let is_same = |known: &&Row| known.text("id") == row.text("id");
                        let only = export.only.entry(trace).or_insert(Some(row));
                        *only = only.filter(is_same);
                    }
                }
                Kind::Observation | Kind::Score => {}
            }
        }
        export
    }

    /// Sets what a record shares with its trace.
    fn shared(&self, row: &Row, event: &mut Event<'static>) {
        let trace = row.text("traceid").and_then(|trace| self.traces.get(trace));
        let told = |name: &str| row.text(name).or_else(|| trace?.text(name));
        text(event, Field::ConversationId, told("sessionid"));
        text(event, Field::UserId, told("userid"));
        text(event, Field::ProjectId, told("projectid"));
    }

    fn tags(&self, row: &Row, event: &mut Event<'static>) {
        let trace = row.text("traceid").and_then(|trace| self.traces.get(trace));
        let tags = ["tags", "tracetags"].into_iter().find_map(|name| row.get(name)).or_else(|| trace?.get("tags"));
        let tags = tags.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let tags: Vec<_> = tags.iter().filter_map(Value::as_str).map(|tag| tag.to_owned().into()).collect();
        if !tags.is_empty() {
            event.set(Field::Tags, Held::Texts(tags));
        }
    }

    fn observation(&self, record: &Record, found: &mut Found) {
        let Record { row, at, .. } = record;
        let at = *at;
        if !is_generation(row) {
            return found.other();
        }
        let Some(id) = row.text("id") else { return found.skip(at, "no id", "") };
        let Some(ts_ns) = moment(row.get("starttime").or_else(|| row.get("timestamp")), at, found) else { return };
        let mut event = run(ts_ns);
        text(&mut event, Field::RunId, Some(id));
        self.shared(row, &mut event);
        self.tags(row, &mut event);
        text(&mut event, Field::Model, row.text("model").or_else(|| row.text("providedmodelname")));
        if let Some(name) = row.text("promptname") {
            text(&mut event, Field::PromptId, Some(name));
            text(&mut event, Field::PromptVersion, row.word("promptversion").as_deref());
        }
        let tokens = usage::tokens(row);
        tokens.set(at, &mut event, found);
        let cost = usage::cost(row).filter(|cost| *cost != 0 || usage::has_cost_details(row));
        found.number(at, &mut event, Field::CostUsd, cost);
        let ended_ns = row.time("endtime");
        let seconds = |name| row.decimal(name, 9);
        let since = |end_ns: Option<i64>| end_ns?.checked_sub(ts_ns);
        found.number(at, &mut event, Field::DurationMs, since(ended_ns).or_else(|| seconds("latency")));
        let first = since(row.time("completionstarttime")).or_else(|| seconds("timetofirsttoken"));
        found.number(at, &mut event, Field::TimeToFirstTokenMs, first);
        if row.text("level") == Some("ERROR") {
            event.set(Field::Success, Held::Truth(false));
            let told = row.text("statusmessage").unwrap_or_default();
            event.set(Field::ErrorType, Held::Text(error_type(told).into()));
        } else if ended_ns.is_some() || row.has("latency") || tokens.sum() > 0 {
            event.set(Field::Success, Held::Truth(true));
        }
        if let (true, Some(input)) = (self.has_text, row.get("input")) {
            said(&mut event, Some(input.as_str().map_or_else(|| input.to_string(), str::to_owned)));
        }
        // Exports differ in what they leave out.
        let known = i64::try_from(event.fields.len()).unwrap_or(0).min(63);
        let rank = tokens.sum().clamp(0, 1 << 37) << 6 | known;
        found.answer(Answer { key: Id::of([&b"observation"[..], id.as_bytes()]), family: None, rank, event });
    }
}

/// A use of a model; where exports of generations alone leave out the type, what names a model.
fn is_generation(row: &Row) -> bool {
    match row.text("type") {
        Some(kind) => kind.eq_ignore_ascii_case("GENERATION"),
        None => row.has("starttime") && (row.has("model") || row.has("providedmodelname")),
    }
}
