//! One span or log record, in whatever form its exporter has: identities, times, attributes. What they mean for a prompt is
//! not known here.

use crate::time;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Span,
    Log,
    Metric,
}

impl Shape {
    /// What a record that stands by itself is.
    pub fn of(object: &Map<String, Json>) -> Option<Shape> {
        let has = |names: &[&str]| member(object, names).is_some();
        match object.get("type").and_then(Json::as_str) {
            Some("span") => return Some(Shape::Span),
            Some("log") => return Some(Shape::Log),
            Some("metric") => return Some(Shape::Metric),
            _ => {}
        }
        if has(&["dataPoints", "data_points", "descriptor"]) {
            Some(Shape::Metric)
        } else if !has(&["attributes"]) {
            None
        } else if has(&["name"]) && has(&[START, &["endTime", "kind", "spanId", "context"]].concat()) {
            Some(Shape::Span)
        } else if has(&[TIME, &["body", "_body", "eventName", "event_name"]].concat()) {
            Some(Shape::Log)
        } else {
            None
        }
    }
}

const START: &[&str] = &["startTimeUnixNano", "start_time_unix_nano", "startTime", "start_time"];
const END: &[&str] = &["endTimeUnixNano", "end_time_unix_nano", "endTime", "end_time"];
const TIME: &[&str] = &[
    "timeUnixNano",
    "time_unix_nano",
    "hrTime",
    "timestamp",
    "observedTimeUnixNano",
    "observed_time_unix_nano",
    "hrTimeObserved",
    "observed_timestamp",
];

/// The member of an object under the first of some names that is there.
pub fn member<'a>(object: &'a Map<String, Json>, names: &[&str]) -> Option<&'a Json> {
    names.iter().find_map(|name| object.get(*name)).filter(|value| !value.is_null())
}

/// Attributes by name, their values without the envelopes of OTLP.
#[derive(Clone, Debug, Default)]
pub struct Attributes(Map<String, Json>);

impl Attributes {
    /// Reads a list of keys and values, or an object.
    pub fn read(json: Option<&Json>) -> Attributes {
        let mut attributes = Map::new();
        match json {
            Some(Json::Object(object)) => attributes.clone_from(object),
            Some(Json::Array(list)) => {
                for entry in list {
                    let (key, value) = match entry {
                        Json::Object(entry) => (entry.get("key"), entry.get("value")),
                        Json::Array(pair) => (pair.first(), pair.get(1)),
                        _ => continue,
                    };
                    if let (Some(Json::String(key)), Some(value)) = (key, value) {
                        attributes.insert(key.clone(), bare(value));
                    }
                }
            }
            _ => {}
        }
        Attributes(attributes)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&String, &Json)> {
        self.0.iter()
    }

    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text that is there and not empty; a number or a truth as it is written.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        match self.get(name)? {
            Json::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(Cow::Borrowed),
            Json::Array(values) => values.first().and_then(Json::as_str).map(Cow::Borrowed),
            scalar @ (Json::Number(_) | Json::Bool(_)) => Some(Cow::Owned(scalar.to_string())),
            _ => None,
        }
    }

    pub fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }
}

/// The value in an envelope such as `{"intValue":"5"}`.
fn bare(value: &Json) -> Json {
    let Json::Object(envelope) = value else { return value.clone() };
    let Some((kind, inner)) = envelope.iter().next().filter(|_| envelope.len() == 1) else { return value.clone() };
    match (kind.as_str(), inner) {
        ("arrayValue" | "array_value", Json::Object(array)) => match array.get("values") {
            Some(Json::Array(values)) => Json::Array(values.iter().map(bare).collect()),
            _ => Json::Array(Vec::new()),
        },
        ("kvlistValue" | "kvlist_value", Json::Object(list)) => Json::Object(Attributes::read(list.get("values")).0),
        (kind, inner) if kind.ends_with("Value") || kind.ends_with("_value") => inner.clone(),
        _ => value.clone(),
    }
}

/// A span, a log record, or an event of a span.
#[derive(Debug)]
pub struct Record<'a> {
    pub shape: Shape,
    /// The name of a span, or of the event that a log record is.
    pub name: Cow<'a, str>,
    pub trace: Option<String>,
    pub span: Option<String>,
    pub start_ns: Option<i64>,
    pub end_ns: Option<i64>,
    pub attributes: Attributes,
    pub resource: &'a Attributes,
    /// The library that wrote it.
    pub scope: &'a str,
    /// Whether its status says that it failed.
    pub has_failed: bool,
    object: &'a Map<String, Json>,
}

impl<'a> Record<'a> {
    pub fn read(
        object: &'a Map<String, Json>,
        shape: Shape,
        resource: &'a Attributes,
        scope: Option<&'a str>,
    ) -> Record<'a> {
        let attributes = Attributes::read(object.get("attributes"));
        let body = || member(object, &["body", "_body"]).map(bare).and_then(|body| Some(body.as_str()?.to_owned()));
        let name = match shape {
            Shape::Log => member(object, &["eventName", "event_name"])
                .and_then(Json::as_str)
                .map(|name| Cow::Owned(name.to_owned()))
                .or_else(|| attributes.text("event.name").map(|name| Cow::Owned(name.into_owned())))
                .or_else(|| body().map(Cow::Owned)),
            _ => object.get("name").and_then(Json::as_str).map(Cow::Borrowed),
        };
        let ns = |names| member(object, names).and_then(instant).filter(|ns| *ns > 0);
        let context = member(object, &["spanContext", "context"]).and_then(Json::as_object);
        let id = |names: &[&str]| identity(member(object, names).or_else(|| member(context?, names)));
        Record {
            shape,
            name: name.unwrap_or_default(),
            trace: id(&["traceId", "trace_id"]),
            span: id(&["spanId", "span_id", "id"]),
            // Exporters to a console have one that is called the time of a span.
            start_ns: ns(&[START, TIME].concat()),
            end_ns: ns(END),
            attributes,
            resource,
            scope: scope.unwrap_or_default(),
            has_failed: has_failed(object.get("status")),
            object,
        }
    }

    /// What happened during a span, in its place.
    pub fn events(&self) -> Vec<Record<'a>> {
        let Some(Json::Array(events)) = self.object.get("events") else { return Vec::new() };
        let events = events.iter().filter_map(Json::as_object).map(|object| Record {
            name: object.get("name").and_then(Json::as_str).unwrap_or_default().into(),
            shape: Shape::Log,
            trace: self.trace.clone(),
            span: self.span.clone(),
            start_ns: member(object, &[TIME, &["time"]].concat()).and_then(instant).or(self.end_ns).or(self.start_ns),
            ..Record::read(object, Shape::Log, self.resource, Some(self.scope))
        });
        events.collect()
    }

    /// How long it took, from whatever tells it.
    pub fn duration_ns(&self) -> Option<i64> {
        let between = self.end_ns.zip(self.start_ns).map(|(end, start)| end - start);
        between.filter(|ns| *ns >= 0).or_else(|| match self.object.get("duration") {
            Some(pair @ Json::Array(_)) => pair_ns(pair),
            // The exporter to a console counts microseconds.
            Some(micros) => micros.as_i64().and_then(|micros| micros.checked_mul(1000)),
            None => None,
        })
    }

    /// Its place, as far as that is told; records without any are told by all they say.
    pub fn identity(&self) -> Vec<u8> {
        match (&self.trace, &self.span) {
            (trace, Some(span)) => format!("{}/{span}", trace.as_deref().unwrap_or_default()).into_bytes(),
            _ => self.whole(),
        }
    }

    /// All it says.
    pub fn whole(&self) -> Vec<u8> {
        serde_json::to_vec(self.object).unwrap_or_default()
    }
}

/// An id as text, in lower case and without the `0x` that some write before it; one of zeros is none.
fn identity(json: Option<&Json>) -> Option<String> {
    let id = json?.as_str()?.trim();
    let id = id.strip_prefix("0x").unwrap_or(id).to_ascii_lowercase();
    id.bytes().any(|byte| byte != b'0').then_some(id)
}

/// An instant: nanoseconds, another epoch number, a text, or seconds and nanoseconds.
fn instant(json: &Json) -> Option<i64> {
    match json {
        Json::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => time::number(text),
        Json::String(text) => time::text(text).map(|reading| reading.ts_ns),
        Json::Number(number) => time::number(&number.to_string()),
        pair @ Json::Array(_) => pair_ns(pair),
        _ => None,
    }
}

fn pair_ns(pair: &Json) -> Option<i64> {
    let number = |at: usize| pair.get(at).and_then(Json::as_i64);
    number(0)?.checked_mul(time::NS_PER_SECOND)?.checked_add(number(1)?)
}

fn has_failed(status: Option<&Json>) -> bool {
    let code = status.and_then(|status| status.get("code").or_else(|| status.get("status_code")));
    match code {
        Some(Json::Number(code)) => code.as_i64() == Some(2),
        Some(Json::String(code)) => ["ERROR", "STATUS_CODE_ERROR", "2"].contains(&code.as_str()),
        _ => status.and_then(Json::as_str) == Some("ERROR"),
    }
}
