//! Events: what happened, as one JSON object per line. One file per kind, one table of fields; no I/O.
//!
//! Writing validates (`write`), reading forgives (`read`, and for speed `scan`); all speak through the same table of
//! fields, and the JSON Schema (`schema`) is that table in another dress.

mod alert;
mod feedback;
pub mod field;
mod performance;
mod privacy;
mod quality;
mod read;
mod recommendation;
mod run;
mod scan;
mod schema;
mod starter;
mod template;
mod usage;
mod write;

pub use field::{Field, Shape};
pub use privacy::{Keep, Privacy};
pub use read::{Line, MAX_LINE_BYTES, Read, Skip, parse_line};
pub use scan::{Scanned, Scanner};
pub use schema::schema;
pub use write::{from_json, from_pairs};

use crate::{fixed, time};
use std::borrow::Cow;
use std::fmt::Write as _;

/// The version of the event schema that this program writes, and the largest it reads.
pub const VERSION: i64 = 1;

/// What an event testifies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    Run,
    Performance,
    Usage,
    Quality,
    Feedback,
    Template,
    Starter,
    Alert,
    Recommendation,
}

/// How a kind is written, and what it may say.
pub struct Testimony {
    pub name: &'static str,
    /// Names other writers gave the same kind.
    pub aliases: &'static [&'static str],
    pub testifies: &'static str,
    /// The fields of its own, beside the subject fields that every kind has.
    pub own: &'static [Field],
    /// At least one of these must be present for the event to say anything (empty: nothing is required).
    pub any_of: &'static [Field],
}

impl Kind {
    pub const ALL: [Kind; 9] = [
        Kind::Run,
        Kind::Usage,
        Kind::Performance,
        Kind::Quality,
        Kind::Feedback,
        Kind::Template,
        Kind::Starter,
        Kind::Alert,
        Kind::Recommendation,
    ];

    pub fn testimony(self) -> &'static Testimony {
        match self {
            Kind::Run => &run::RUN,
            Kind::Usage => &usage::USAGE,
            Kind::Performance => &performance::PERFORMANCE,
            Kind::Quality => &quality::QUALITY,
            Kind::Feedback => &feedback::FEEDBACK,
            Kind::Template => &template::TEMPLATE,
            Kind::Starter => &starter::STARTER,
            Kind::Alert => &alert::ALERT,
            Kind::Recommendation => &recommendation::RECOMMENDATION,
        }
    }

    pub fn name(self) -> &'static str {
        self.testimony().name
    }

    /// The kind a log means by `name`, under its own or another writer's name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name || kind.testimony().aliases.contains(&name))
    }

    /// The kind with this discriminant; of no kind, the first.
    pub fn from_code(code: u32) -> Kind {
        const BY_CODE: [Kind; 9] = [
            Kind::Run,
            Kind::Performance,
            Kind::Usage,
            Kind::Quality,
            Kind::Feedback,
            Kind::Template,
            Kind::Starter,
            Kind::Alert,
            Kind::Recommendation,
        ];
        BY_CODE.get(code as usize).copied().unwrap_or(Kind::Run)
    }

    /// Whether events of this kind are assembled into uses.
    pub fn is_part_of_a_use(self) -> bool {
        matches!(self, Kind::Run | Kind::Usage | Kind::Performance)
    }

    /// Whether an event of this kind says something of a finding, and nothing of a prompt.
    pub fn is_of_a_finding(self) -> bool {
        matches!(self, Kind::Alert | Kind::Recommendation)
    }

    /// Whether an event of this kind may be written with `field`.
    pub fn allows(self, field: Field) -> bool {
        field.is_subject() || self.testimony().own.contains(&field)
    }

    /// Whether a line of this kind may carry `field` when it is read. The three kinds that make a use are read with one
    /// set of fields, because they are assembled into one thing.
    pub fn reads(self, field: Field) -> bool {
        let kind = if self.is_part_of_a_use() { Kind::Run } else { self };
        kind.allows(field) || field == Field::TokensUsed && kind == Kind::Run
    }
}

/// The value of one field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Text(Cow<'a, str>),
    /// An integer, or a fixed-point number in the unit of its field's shape.
    Number(i64),
    Truth(bool),
    Texts(Vec<Cow<'a, str>>),
    /// A JSON object, as its text.
    Map(Cow<'a, str>),
}

impl Value<'_> {
    fn into_owned(self) -> Value<'static> {
        match self {
            Value::Text(text) => Value::Text(text.into_owned().into()),
            Value::Number(number) => Value::Number(number),
            Value::Truth(truth) => Value::Truth(truth),
            Value::Texts(texts) => Value::Texts(texts.into_iter().map(|text| text.into_owned().into()).collect()),
            Value::Map(map) => Value::Map(map.into_owned().into()),
        }
    }
}

/// One event: a fact someone could testify to.
#[derive(Clone, Debug, PartialEq)]
pub struct Event<'a> {
    pub kind: Kind,
    pub ts_ns: i64,
    /// With `ts_ns` the identity of the event; copies of one event repeat both.
    pub id: Option<Cow<'a, str>>,
    /// The highest revision of one identity wins.
    pub rev: i64,
    /// Whether this revision takes the event back.
    pub is_retracted: bool,
    /// The fields present, in the order of the field table.
    pub fields: Vec<(Field, Value<'a>)>,
}

impl<'a> Event<'a> {
    pub fn value(&self, field: Field) -> Option<&Value<'a>> {
        self.fields.iter().find(|(name, _)| *name == field).map(|(_, value)| value)
    }

    pub fn text(&self, field: Field) -> Option<&str> {
        match self.value(field) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Sets a field, replacing what it held.
    pub fn set(&mut self, field: Field, value: Value<'a>) {
        match self.fields.binary_search_by_key(&field, |(name, _)| *name) {
            Ok(at) => self.fields[at].1 = value,
            Err(at) => self.fields.insert(at, (field, value)),
        }
    }

    pub fn remove(&mut self, field: Field) -> Option<Value<'a>> {
        let at = self.fields.iter().position(|(name, _)| *name == field)?;
        Some(self.fields.remove(at).1)
    }

    pub fn into_owned(self) -> Event<'static> {
        Event {
            kind: self.kind,
            ts_ns: self.ts_ns,
            id: self.id.map(|id| id.into_owned().into()),
            rev: self.rev,
            is_retracted: self.is_retracted,
            fields: self.fields.into_iter().map(|(field, value)| (field, value.into_owned())).collect(),
        }
    }

    /// The event as one line of canonical JSON, without the newline: envelope, subject, own fields, in the table's order.
    pub fn line(&self) -> String {
        let mut line = format!("{{\"v\":{VERSION}");
        if let Some(id) = &self.id {
            push_key(&mut line, "id");
            push_text(&mut line, id);
        }
        if self.rev != 0 {
            push_key(&mut line, "rev");
            let _ = write!(line, "{}", self.rev);
        }
        if self.is_retracted {
            line.push_str(",\"retracted\":true");
        }
        push_key(&mut line, "ts");
        push_text(&mut line, &time::utc(self.ts_ns));
        push_key(&mut line, "event");
        push_text(&mut line, self.kind.name());
        for (field, value) in &self.fields {
            push_key(&mut line, field.name());
            match value {
                Value::Text(text) => push_text(&mut line, text),
                Value::Number(number) => line.push_str(&fixed::text(i128::from(*number), field.shape().decimals())),
                Value::Truth(truth) => line.push_str(if *truth { "true" } else { "false" }),
                Value::Texts(texts) => {
                    for (at, text) in texts.iter().enumerate() {
                        line.push(if at == 0 { '[' } else { ',' });
                        push_text(&mut line, text);
                    }
                    line.push_str(if texts.is_empty() { "[]" } else { "]" });
                }
                Value::Map(map) => line.push_str(map),
            }
        }
        line.push('}');
        line
    }
}

fn push_key(line: &mut String, key: &str) {
    let _ = write!(line, ",\"{key}\":");
}

fn push_text(line: &mut String, text: &str) {
    line.push_str(&serde_json::Value::from(text).to_string());
}
