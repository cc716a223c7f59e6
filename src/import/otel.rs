//! `otel`: traces and logs of OpenTelemetry, as its file exporters write them. What calls a model becomes a use, what
//! assesses an answer a `quality` event. The names of all generations are those of the table of fields.
//!
//! Only the call itself counts: the span of an agent or a chain sums up the calls below it.

mod call;
mod record;
mod tokens;
mod values;
mod words;

use super::tally::At;
use super::walk::{Homes, is_named};
use super::{Found, How, Origin, Reader, Source};
use record::{Attributes, Record, Shape, member};
use serde_json::{Map, Value as Json};
use std::path::{Path, PathBuf};
pub use tokens::{Input, Tokens};
use values::{Value, Values};

pub const OTEL: Source = Source {
    name: "otel",
    aliases: &["otlp", "opentelemetry"],
    reads: "traces and logs of OpenTelemetry as JSON, those of Claude Code and Copilot included",
    places,
    takes,
    how: How::Lines { version: 1, open: |origin| Box::new(Telemetry::new(origin)) },
};

/// Where Copilot and Gemini CLI write, and where the file exporter is told to by nobody else.
fn places(homes: &Homes) -> Vec<PathBuf> {
    let named = ["COPILOT_OTEL_FILE_EXPORTER_PATH", "GEMINI_TELEMETRY_OUTFILE"].map(|name| homes.path(name));
    [homes.home(".copilot/otel")].into_iter().chain(named).flatten().collect()
}

fn takes(path: &Path) -> bool {
    let unpacked = if is_named(path, &["gz", "zst"]) { path.with_extension("") } else { path.to_owned() };
    is_named(&unpacked, &["json", "jsonl", "ndjson", "log"])
}

/// The reader of one file.
struct Telemetry {
    values: Values,
    has_text: bool,
}

impl Telemetry {
    fn new(origin: &Origin) -> Telemetry {
        Telemetry { values: Values::default(), has_text: origin.has_text }
    }
}

impl Reader for Telemetry {
    fn line(&mut self, line: &[u8], at: At, found: &mut Found) {
        self.text(line, at, found);
    }

    fn text(&mut self, line: &[u8], at: At, found: &mut Found) {
        let has_text = self.has_text;
        self.values.line(line, at, |value, at| match value {
            Value::Sound(json) => document(&json, at, has_text, found),
            Value::Broken(reason) => found.skip(at, reason, ""),
        });
    }

    fn may_end_with(&self, line: &[u8]) -> bool {
        line.ends_with(b"}") || line.ends_with(b"]")
    }

    fn is_between(&self) -> bool {
        self.values.is_between()
    }
}

/// Takes what one value of a file holds: an export, a part of one, or a single record.
fn document(json: &Json, at: At, has_text: bool, found: &mut Found) {
    match json {
        Json::Array(values) => values.iter().for_each(|value| document(value, at, has_text, found)),
        Json::Object(object) => self::object(object, at, has_text, found),
        _ => found.skip(at, "not an object", ""),
    }
}

const SPANS: &[&str] = &["resourceSpans", "resource_spans"];
const LOGS: &[&str] = &["resourceLogs", "resource_logs"];
const METRICS: &[&str] = &["resourceMetrics", "resource_metrics"];
const SCOPE_SPANS: &[&str] = &["scopeSpans", "scope_spans", "instrumentationLibrarySpans"];
const SCOPE_LOGS: &[&str] = &["scopeLogs", "scope_logs", "instrumentationLibraryLogs"];
const SCOPE_METRICS: &[&str] = &["scopeMetrics", "scope_metrics"];

fn object(object: &Map<String, Json>, at: At, has_text: bool, found: &mut Found) {
    let mut is_export = false;
    for names in [SPANS, LOGS, METRICS] {
        if let Some(Json::Array(resources)) = member(object, names) {
            is_export = true;
            resources.iter().filter_map(Json::as_object).for_each(|object| resource(object, at, has_text, found));
        }
    }
    if [SCOPE_SPANS, SCOPE_LOGS, SCOPE_METRICS].iter().any(|names| member(object, names).is_some()) {
        is_export = true;
        resource(object, at, has_text, found);
    }
    if !is_export {
        flat(object, at, has_text, found);
    }
}

/// Takes the records of one program.
fn resource(object: &Map<String, Json>, at: At, has_text: bool, found: &mut Found) {
    let own = object.get("resource").and_then(Json::as_object).and_then(|own| own.get("attributes"));
    let resource = Attributes::read(own);
    for (names, records, shape) in [
        (SCOPE_SPANS, ["spans", "spans"], Shape::Span),
        (SCOPE_LOGS, ["logRecords", "log_records"], Shape::Log),
        (SCOPE_METRICS, ["metrics", "metrics"], Shape::Metric),
    ] {
        let Some(Json::Array(scopes)) = member(object, names) else { continue };
        for scope in scopes.iter().filter_map(Json::as_object) {
            let name = member(scope, &["scope", "instrumentationLibrary"]).and_then(|scope| scope.get("name"));
            let Some(Json::Array(records)) = member(scope, &records) else { continue };
            for record in records {
                let Some(object) = record.as_object() else {
                    found.skip(at, "not an object", "");
                    continue;
                };
                one(&Record::read(object, shape, &resource, name.and_then(Json::as_str)), at, has_text, found);
            }
        }
    }
}

/// Takes a record that stands by itself, as exporters to a console and that of Copilot write it.
fn flat(object: &Map<String, Json>, at: At, has_text: bool, found: &mut Found) {
    let own = object.get("resource").and_then(Json::as_object);
    let own = own.and_then(|own| own.get("attributes").or_else(|| own.get("_rawAttributes")));
    let resource = Attributes::read(own);
    match Shape::of(object) {
        Some(shape) => {
            let scope = member(object, &["instrumentationScope", "instrumentationLibrary", "scope"]);
            let name = scope.and_then(|scope| scope.get("name")).and_then(Json::as_str);
            one(&Record::read(object, shape, &resource, name), at, has_text, found);
        }
        None => found.skip(at, "not of OpenTelemetry", ""),
    }
}

/// Takes one record.
fn one(record: &Record, at: At, has_text: bool, found: &mut Found) {
    if record.shape == Shape::Metric {
        return found.skip(at, "a metric, which is no event", "");
    }
    if record.is_evaluation() {
        return call::evaluation(record, at, found);
    }
    if record.is_call() {
        call::run(record, at, has_text, found);
    } else {
        found.other();
    }
    for event in record.events() {
        if event.is_evaluation() {
            call::evaluation(&event, at, found);
        }
    }
}
