//! Reading one line: forgiving to fields, strict about what a line is. `serde_json` decides what is JSON.

use super::{Event, Field, Kind, Shape, VERSION, Value};
use crate::{fixed, time};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The longest line that is read, in bytes; a longer one is skipped without being held in memory.
pub const MAX_LINE_BYTES: usize = 16 << 20;

/// What a whole line turned out to be.
#[derive(Debug, PartialEq)]
pub enum Line<'a> {
    Blank,
    Event(Read<'a>),
    /// A sound line of a kind this version does not know; the kind's name.
    UnknownKind(Cow<'a, str>),
}

/// An event, and what had to be forgiven to read it.
#[derive(Debug, PartialEq)]
pub struct Read<'a> {
    pub event: Event<'a>,
    /// Fields whose value was not one they can hold; they are treated as missing.
    pub dropped: Vec<Field>,
    /// Whether `ts` named no zone and was taken as UTC.
    pub is_naive: bool,
}

/// Why a line could not be read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Skip {
    NotUtf8,
    NotJson,
    NotObject,
    /// There is no `ts`.
    NoTime,
    /// `ts` is not an instant, or lies before 2000.
    BadTime,
    /// There is no `event`.
    NoKind,
    /// Longer than [`MAX_LINE_BYTES`].
    TooLong,
    /// Written by a newer version of the schema.
    NewerVersion,
}

impl Skip {
    pub fn name(self) -> &'static str {
        match self {
            Skip::NotUtf8 => "not_utf8",
            Skip::NotJson => "not_json",
            Skip::NotObject => "not_object",
            Skip::NoTime => "no_time",
            Skip::BadTime => "bad_time",
            Skip::NoKind => "no_kind",
            Skip::TooLong => "too_long",
            Skip::NewerVersion => "newer_version",
        }
    }
}

/// Reads one line, without its newline.
///
/// # Errors
/// Why the line cannot be read at all; a bad field is no error.
pub fn parse_line(bytes: &[u8]) -> Result<Line<'_>, Skip> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Line::Blank);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Skip::NotUtf8)?;
    let raw: Raw = serde_json::from_str(text).map_err(|error| {
        let is_json = error.is_data() && serde_json::from_str::<IgnoredAny>(text).is_ok();
        if is_json { Skip::NotObject } else { Skip::NotJson }
    })?;
    let mut dropped = Vec::new();

    let version = raw.version.map_or(Some(VERSION), |raw| whole(raw.get()));
    if version.is_some_and(|version| version > VERSION) {
        return Err(Skip::NewerVersion);
    }
    let reading = instant(raw.ts.or(raw.timestamp).ok_or(Skip::NoTime)?.get())?;
    let name = raw.kind.and_then(|raw| text_of(raw.get())).ok_or(Skip::NoKind)?;
    let Some(kind) = Kind::named(&name) else {
        return Ok(Line::UnknownKind(name));
    };
    let mut slots = raw.slots;
    let kind = if name == OTEL_EVALUATION { evaluation(&mut slots) } else { kind };

    let mut fields = Vec::with_capacity(12);
    for (&field, slot) in Field::ALL.iter().zip(slots) {
        let Some(slot) = slot.filter(|_| kind.reads(field)) else { continue };
        match value(field.shape(), slot.raw.get(), slot.power) {
            Ok(Some(value)) => fields.push((field, value)),
            Ok(None) => {}
            Err(BadField) => dropped.push(field),
        }
    }
    let event = Event {
        kind,
        ts_ns: reading.ts_ns,
        id: raw.id.and_then(identity),
        rev: raw.rev.and_then(|raw| whole(raw.get())).unwrap_or(0),
        is_retracted: raw.retracted.is_some_and(|raw| raw.get() == "true"),
        fields,
    };
    Ok(Line::Event(Read { event, dropped, is_naive: reading.is_naive }))
}

/// An identity, which like any text may be spelled as a number; an empty one is none.
fn identity(raw: &RawValue) -> Option<Cow<'_, str>> {
    match value(Shape::Text, raw.get(), 0) {
        Ok(Some(Value::Text(id))) => Some(id),
        _ => None,
    }
}

/// The OpenTelemetry event that carries one score under a name of its own.
pub(super) const OTEL_EVALUATION: &str = "gen_ai.evaluation.result";

/// Moves an OpenTelemetry score to the field its evaluation's name means, and tells the kind that makes it.
fn evaluation(slots: &mut [Option<Slot<'_>>; Field::COUNT]) -> Kind {
    let name = slots[Field::Evaluator as usize].as_ref().and_then(|slot| text_of(slot.raw.get()));
    let (field, kind) = match name.as_deref() {
        Some("clarity") => (Field::ClarityScore, Kind::Quality),
        Some("specificity") => (Field::SpecificityScore, Kind::Quality),
        Some("efficiency") => (Field::EfficiencyScore, Kind::Quality),
        Some("user_rating") => (Field::Rating, Kind::Feedback),
        _ => return Kind::Quality,
    };
    slots.swap(Field::QualityScore as usize, field as usize);
    kind
}

pub(super) fn instant(raw: &str) -> Result<time::Reading, Skip> {
    let reading = match raw.as_bytes()[0] {
        b'"' => text_of(raw).and_then(|text| time::text(text.trim())),
        b'-' | b'0'..=b'9' => time::number(raw).map(|ts_ns| time::Reading { ts_ns, is_naive: false }),
        b'n' => return Err(Skip::NoTime),
        _ => None,
    };
    reading.filter(|reading| reading.ts_ns >= time::EARLIEST_NS).ok_or(Skip::BadTime)
}

/// A value that its field cannot hold.
pub(super) struct BadField;

/// Interprets a JSON value as `shape`; `None` when there is nothing (null, an empty text). A number may be spelled as a
/// text and a text as a number, since other tools write both.
pub(super) fn value(shape: Shape, raw: &str, power: u32) -> Result<Option<Value<'_>>, BadField> {
    let first = raw.as_bytes()[0];
    if first == b'n' {
        return Ok(None);
    }
    let is_scalar = matches!(first, b'"' | b'-' | b'0'..=b'9');
    match shape {
        Shape::Text => {
            let text = match first {
                b'[' => texts_of(raw).and_then(|texts| texts.into_iter().next()),
                _ if is_scalar => scalar(raw),
                _ => None,
            };
            Ok(Some(text.ok_or(BadField)?).filter(|text| !text.is_empty()).map(Value::Text))
        }
        Shape::Whole { .. } | Shape::Decimal { .. } => {
            let text = Some(raw).filter(|_| is_scalar).and_then(scalar).ok_or(BadField)?;
            let number = match shape {
                Shape::Decimal { decimals, .. } => fixed::parse(text.trim(), decimals + power),
                _ => whole(text.trim()),
            };
            number.filter(|number| shape.holds(*number)).map(|number| Some(Value::Number(number))).ok_or(BadField)
        }
        Shape::Truth => match raw {
            "true" | "\"true\"" => Ok(Some(Value::Truth(true))),
            "false" | "\"false\"" => Ok(Some(Value::Truth(false))),
            _ => Err(BadField),
        },
        Shape::Texts => {
            let texts = match first {
                b'[' => texts_of(raw),
                b'"' => text_of(raw).map(|text| vec![text]),
                _ => None,
            };
            let texts: Vec<_> = texts.ok_or(BadField)?.into_iter().filter(|text| !text.is_empty()).collect();
            Ok(Some(texts).filter(|texts| !texts.is_empty()).map(Value::Texts))
        }
        Shape::Map => (first == b'{').then(|| Some(Value::Map(raw.into()))).ok_or(BadField),
    }
}

/// A whole number, also when it is written `12.0` or `1.2e1`.
pub(super) fn whole(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| {
        let millionths = fixed::parse(text, 6)?;
        (millionths % 1_000_000 == 0).then_some(millionths / 1_000_000)
    })
}

/// The text of a JSON string, or of a number as it is written.
fn scalar(raw: &str) -> Option<Cow<'_, str>> {
    if raw.starts_with('"') { text_of(raw) } else { Some(raw.into()) }
}

fn text_of(raw: &str) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Text>(raw).ok().map(|text| text.0)
}

fn texts_of(raw: &str) -> Option<Vec<Cow<'_, str>>> {
    let texts: Vec<Text> = serde_json::from_str(raw).ok()?;
    Some(texts.into_iter().map(|text| text.0).collect())
}

/// A JSON string that borrows from its line unless it holds an escape.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A field's value as it stands in the line.
#[derive(Clone, Copy)]
struct Slot<'a> {
    raw: &'a RawValue,
    /// 0 for the canonical name, more for a weaker alias.
    yields: u8,
    power: u32,
}

/// A line taken apart, not yet interpreted.
struct Raw<'a> {
    version: Option<&'a RawValue>,
    id: Option<&'a RawValue>,
    rev: Option<&'a RawValue>,
    retracted: Option<&'a RawValue>,
    ts: Option<&'a RawValue>,
    timestamp: Option<&'a RawValue>,
    kind: Option<&'a RawValue>,
    slots: [Option<Slot<'a>>; Field::COUNT],
}

impl<'de> Deserialize<'de> for Raw<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw<'de>, A::Error> {
        let mut raw = Raw {
            version: None,
            id: None,
            rev: None,
            retracted: None,
            ts: None,
            timestamp: None,
            kind: None,
            slots: [None; Field::COUNT],
        };
        while let Some(Text(key)) = map.next_key::<Text>()? {
            match key.as_ref() {
                "v" => raw.version = Some(map.next_value()?),
                "id" => raw.id = Some(map.next_value()?),
                "rev" => raw.rev = Some(map.next_value()?),
                "retracted" => raw.retracted = Some(map.next_value()?),
                "ts" => raw.ts = Some(map.next_value()?),
                "timestamp" => raw.timestamp = Some(map.next_value()?),
                "event" => raw.kind = Some(map.next_value()?),
                key => match Field::of_key(key) {
                    Some((field, yields, power)) => {
                        let slot = &mut raw.slots[field as usize];
                        let raw = map.next_value()?;
                        // The canonical name beats an alias; of a repeated key the last counts.
                        if slot.as_ref().is_none_or(|held| yields <= held.yields) {
                            *slot = Some(Slot { raw, yields, power });
                        }
                    }
                    None => {
                        map.next_value::<IgnoredAny>()?;
                    }
                },
            }
        }
        Ok(raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Read<'_> {
        match parse_line(line.as_bytes()) {
            Ok(Line::Event(read)) => read,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn other_writers_names_and_units_are_understood() {
        let read = read(
            r#"{"timestamp":1795176000,"event":"prompt_usage","token_count":12,"completion_time":1.5,"user_rating":4,"cost":"0.02","gen_ai.request.model":"m","prompt_version":3}"#,
        );
        assert_eq!(read.event.kind, Kind::Run);
        assert_eq!(read.event.value(Field::InputTokens), Some(&Value::Number(12)));
        assert_eq!(read.event.value(Field::DurationMs), Some(&Value::Number(1_500_000_000)));
        assert_eq!(read.event.value(Field::Rating), Some(&Value::Number(4_000_000_000)));
        assert_eq!(read.event.value(Field::CostUsd), Some(&Value::Number(20_000_000)));
        assert_eq!(read.event.text(Field::Model), Some("m"));
        assert_eq!(read.event.text(Field::PromptVersion), Some("3"));
        assert!(read.dropped.is_empty());
    }

    #[test]
    fn the_canonical_name_beats_an_alias_and_the_last_of_a_repeated_key_counts() {
        let line = r#"{"ts":1795176000,"event":"run","input_tokens":1,"token_count":9,"input_tokens":2}"#;
        assert_eq!(read(line).event.value(Field::InputTokens), Some(&Value::Number(2)));
        assert_eq!(read(r#"{"ts":1795176000,"event":"run","id":7}"#).event.id.as_deref(), Some("7"));
        let line = r#"{"ts":1795176000,"event":"run","gen_ai.response.model":"b","gen_ai.request.model":"a"}"#;
        assert_eq!(read(line).event.text(Field::Model), Some("a"));
    }

    #[test]
    fn a_bad_field_is_missing_and_counted_a_null_or_empty_one_is_only_missing() {
        let line = r#"{"ts":1795176000,"event":"performance","rating":9,"duration_ms":-1,"success":"yes","exit_code":1.5,"error_type":"","output_tokens":null,"cost_usd":1e400,"model":"\ud800"}"#;
        let read = read(line);
        assert_eq!(read.event.fields, []);
        assert_eq!(
            read.dropped,
            [Field::Model, Field::Success, Field::ExitCode, Field::DurationMs, Field::CostUsd, Field::Rating]
        );
    }

    #[test]
    fn an_opentelemetry_evaluation_is_the_score_its_name_says() {
        let line = r#"{"ts":1795176000,"event":"gen_ai.evaluation.result","gen_ai.evaluation.name":"clarity","gen_ai.evaluation.score.value":0.5}"#;
        assert_eq!(read(line).event.value(Field::ClarityScore), Some(&Value::Number(500_000_000)));
        let line = r#"{"ts":1795176000,"event":"gen_ai.evaluation.result","gen_ai.evaluation.name":"user_rating","gen_ai.evaluation.score.value":4}"#;
        assert_eq!(
            (read(line).event.kind, read(line).event.value(Field::Rating)),
            (Kind::Feedback, Some(&Value::Number(4_000_000_000)))
        );
    }

    #[test]
    fn a_line_that_cannot_be_read_says_why() {
        for (line, skip) in [
            (&b"{\"ts\":"[..], Skip::NotJson),
            (b"{} {}", Skip::NotJson),
            (b"\x00\x00", Skip::NotJson),
            (b"[1]", Skip::NotObject),
            (b"17", Skip::NotObject),
            (b"{\"a\":\"\xff\"}", Skip::NotUtf8),
            (b"{}", Skip::NoTime),
            (b"{\"ts\":null,\"event\":\"run\"}", Skip::NoTime),
            (b"{\"ts\":\"yesterday\",\"event\":\"run\"}", Skip::BadTime),
            (b"{\"ts\":\"1999-12-31T23:59:59Z\",\"event\":\"run\"}", Skip::BadTime),
            (b"{\"ts\":1795176000}", Skip::NoKind),
            (b"{\"v\":2,\"ts\":1795176000,\"event\":\"run\"}", Skip::NewerVersion),
        ] {
            assert_eq!(parse_line(line).unwrap_err(), skip, "{}", String::from_utf8_lossy(line));
        }
        assert_eq!(parse_line(b" \r"), Ok(Line::Blank));
        assert_eq!(parse_line(br#"{"ts":1795176000,"event":"usgae"}"#), Ok(Line::UnknownKind("usgae".into())));
    }

    #[test]
    fn deep_nesting_and_huge_numbers_are_read_without_harm() {
        let deep = format!(r#"{{"ts":1795176000,"event":"run","x":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(read(&deep).event.kind, Kind::Run);
        let huge = format!(r#"{{"ts":1795176000,"event":"run","input_tokens":1{}}}"#, "0".repeat(400));
        assert_eq!(read(&huge).dropped, [Field::InputTokens]);
    }
}
