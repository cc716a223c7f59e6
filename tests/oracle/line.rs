//! The naive reading of one line: `serde_json` and `jiff` understand it, a table by hand says what its keys mean, and
//! decimals are strings of digits. Of the program it takes the names of things and nothing that reads.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use prompt_analytics::event::{Event, Field, Kind, Value};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// What a line is.
pub enum Reading {
    Blank,
    UnknownKind(String),
    /// Cannot be read, for a reason.
    Skipped(&'static str),
    /// An event, how many of its fields hold what they cannot, and whether its time named no zone.
    Event(Event<'static>, u64, bool),
}

/// What a field holds; decimals are counted in units of so many places, within limits in the field's own unit.
#[derive(Clone, Copy)]
enum Holds {
    Text,
    Texts,
    Truth,
    Map,
    Whole(i128, i128),
    Decimal(i32, i128, i128),
}

const TOKENS: Holds = Holds::Whole(0, 1_000_000_000_000);
const MILLIS: Holds = Holds::Decimal(6, 0, 10_000_000_000);
const SCORE: Holds = Holds::Decimal(9, 0, 1);

/// Every field with its names, the canonical one first.
const FIELDS: [(Field, &[&str], Holds); 40] = [
    (Field::RunId, &["run_id"], Holds::Text),
    (Field::PromptId, &["prompt_id", "gen_ai.prompt.name"], Holds::Text),
    (Field::PromptVersion, &["prompt_version"], Holds::Text),
    (Field::TemplateId, &["template_id"], Holds::Text),
    (Field::StarterId, &["starter_id"], Holds::Text),
    (Field::TaskCategory, &["task_category"], Holds::Text),
    (Field::TaskDomain, &["task_domain"], Holds::Text),
    (Field::Provider, &["provider"], Holds::Text),
    (Field::Model, &["model", "gen_ai.request.model"], Holds::Text),
    (Field::ProjectId, &["project_id"], Holds::Text),
    (Field::ConversationId, &["conversation_id"], Holds::Text),
    (Field::UserId, &["user_id"], Holds::Text),
    (Field::ExperimentId, &["experiment_id"], Holds::Text),
    (Field::Variant, &["variant"], Holds::Text),
    (Field::Source, &["source"], Holds::Text),
    (Field::Host, &["host"], Holds::Text),
    (Field::Tags, &["tags"], Holds::Texts),
    (Field::InputTokens, &["input_tokens", "token_count"], TOKENS),
    (Field::Parameters, &["parameters"], Holds::Map),
    (Field::Success, &["success"], Holds::Truth),
    (Field::ErrorType, &["error_type"], Holds::Text),
    (Field::ExitCode, &["exit_code"], Holds::Whole(-2_147_483_648, 2_147_483_647)),
    (Field::FinishReason, &["finish_reason"], Holds::Text),
    (Field::DurationMs, &["duration_ms", "completion_time", "response_time_ms"], MILLIS),
    (Field::TimeToFirstTokenMs, &["time_to_first_token_ms"], MILLIS),
    (Field::OutputTokens, &["output_tokens", "gen_ai.usage.output_tokens"], TOKENS),
    (Field::CachedInputTokens, &["cached_input_tokens"], TOKENS),
    (Field::CacheWriteTokens, &["cache_write_tokens"], TOKENS),
    (Field::ReasoningTokens, &["reasoning_tokens"], TOKENS),
    (Field::TokensUsed, &["tokens_used"], TOKENS),
    (Field::CostUsd, &["cost_usd", "cost"], Holds::Decimal(9, 0, 1_000_000)),
    (Field::Metrics, &["metrics"], Holds::Map),
    (Field::QualityScore, &["quality_score"], SCORE),
    (Field::ClarityScore, &["clarity_score"], SCORE),
    (Field::SpecificityScore, &["specificity_score"], SCORE),
    (Field::EfficiencyScore, &["efficiency_score"], SCORE),
    (Field::Feedback, &["feedback"], Holds::Texts),
    (Field::Evaluator, &["evaluator"], Holds::Text),
    (Field::Rating, &["rating", "user_rating"], Holds::Decimal(9, 1, 5)),
    (Field::FeedbackText, &["feedback_text"], Holds::Text),
];

/// Fields that only assessments and judgements have.
const OPINIONS: [Field; 7] = [
    Field::QualityScore,
    Field::ClarityScore,
    Field::SpecificityScore,
    Field::EfficiencyScore,
    Field::Feedback,
    Field::Evaluator,
    Field::FeedbackText,
];

/// What only the events of findings say.
const OF_FINDINGS: &[Field] = &[Field::FindingId, Field::State, Field::Severity, Field::Metric, Field::Observed];

fn is_read(kind: Kind, field: Field) -> bool {
    let own: &[Field] = match kind {
        Kind::Run | Kind::Usage | Kind::Performance => {
            return !OPINIONS.contains(&field) && !OF_FINDINGS.contains(&field);
        }
        Kind::Quality => &OPINIONS[..6],
        Kind::Feedback => &[Field::Rating, Field::FeedbackText],
        Kind::Template => &[Field::QualityScore, Field::InputTokens],
        Kind::Starter => &[Field::Success],
        Kind::Alert | Kind::Recommendation => OF_FINDINGS,
    };
    field <= Field::Tags || own.contains(&field)
}

fn kind_of(name: &str) -> Option<Kind> {
    Some(match name {
        "run" | "prompt_usage" => Kind::Run,
        "usage" => Kind::Usage,
        "performance" => Kind::Performance,
        "quality" => Kind::Quality,
        "feedback" => Kind::Feedback,
        "template" | "template_usage" => Kind::Template,
        "starter" | "starter_usage" => Kind::Starter,
        "alert" => Kind::Alert,
        "recommendation" => Kind::Recommendation,
        _ => return None,
    })
}

/// Reads a line without its newline.
pub fn read(bytes: &[u8]) -> Reading {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Reading::Blank;
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Reading::Skipped("not_utf8") };
    let Ok(values) = serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(text) else {
        let is_json = serde_json::from_str::<&RawValue>(text).is_ok();
        return Reading::Skipped(if is_json { "not_object" } else { "not_json" });
    };
    let raw = |key: &str| values.get(key).map(|value| value.get());
    if raw("v").and_then(whole).is_some_and(|version| version > 1) {
        return Reading::Skipped("newer_version");
    }
    let (ts_ns, is_naive) = match raw("ts").or(raw("timestamp")).filter(|raw| *raw != "null").map(instant) {
        None => return Reading::Skipped("no_time"),
        Some(Some((ts_ns, is_naive))) if ts_ns >= 946_684_800_000_000_000 => (ts_ns, is_naive),
        Some(_) => return Reading::Skipped("bad_time"),
    };
    let Some(name) = raw("event").and_then(string) else { return Reading::Skipped("no_kind") };
    let Some(kind) = kind_of(&name) else { return Reading::UnknownKind(name) };
    let mut fields = Vec::new();
    let mut dropped = 0;
    for (field, names, holds) in FIELDS.iter().filter(|(field, ..)| is_read(kind, *field)) {
        let Some((name, raw)) = names.iter().find_map(|name| Some((*name, raw(name)?))) else { continue };
        match value(*holds, raw, if name == "completion_time" { 3 } else { 0 }) {
            Some(Some(value)) => fields.push((*field, value)),
            Some(None) => {}
            None => dropped += 1,
        }
    }
    fields.sort_by_key(|(field, _)| *field);
    let id = raw("id").and_then(|raw| match value(Holds::Text, raw, 0)? {
        Some(Value::Text(id)) => Some(id),
        _ => None,
    });
    let rev = raw("rev").and_then(whole).and_then(|rev| i64::try_from(rev).ok()).unwrap_or(0);
    let is_retracted = raw("retracted") == Some("true");
    Reading::Event(Event { kind, ts_ns, id, rev, is_retracted, fields }, dropped, is_naive)
}

fn instant(raw: &str) -> Option<(i64, bool)> {
    if !raw.starts_with('"') {
        let places = match decimal(raw, 0)?.abs() {
            seconds if seconds < 100_000_000_000 => 9,
            millis if millis < 100_000_000_000_000 => 6,
            micros if micros < 100_000_000_000_000_000 => 3,
            _ => 0,
        };
        return Some((i64::try_from(decimal(raw, places)?).ok()?, false));
    }
    let text = string(raw)?;
    let in_utc = |civil: DateTime| civil.to_zoned(TimeZone::UTC).ok().as_ref().map(Zoned::timestamp);
    let (timestamp, is_naive) = match text.parse::<Timestamp>() {
        Ok(timestamp) => (timestamp, false),
        Err(_) => (in_utc(text.parse().ok()?)?, true),
    };
    Some((i64::try_from(timestamp.as_nanosecond()).ok()?, is_naive))
}

fn string(raw: &str) -> Option<String> {
    serde_json::from_str(raw).ok()
}

/// `None`: the field cannot hold this. `Some(None)`: there is nothing to hold.
#[allow(clippy::option_option, reason = "nothing and nonsense are different answers")]
fn value(holds: Holds, raw: &str, shift: i32) -> Option<Option<Value<'static>>> {
    let is_number = raw.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let scalar = || if is_number { Some(raw.to_owned()) } else { string(raw) };
    let list = || serde_json::from_str::<Vec<String>>(raw).ok();
    let within = |number: i128, low: i128, high: i128| {
        (low..=high).contains(&number).then(|| i64::try_from(number).ok().map(Value::Number))
    };
    if raw == "null" {
        return Some(None);
    }
    Some(match holds {
        Holds::Text => {
            let text = scalar().or_else(|| list()?.into_iter().next())?;
            (!text.is_empty()).then(|| Value::Text(text.into()))
        }
        Holds::Texts => {
            let texts = list().or_else(|| Some(vec![string(raw)?]))?;
            let texts: Vec<_> = texts.into_iter().filter(|text| !text.is_empty()).map(Into::into).collect();
            (!texts.is_empty()).then_some(Value::Texts(texts))
        }
        Holds::Truth => match raw.trim_matches('"') {
            "true" => Some(Value::Truth(true)),
            "false" => Some(Value::Truth(false)),
            _ => return None,
        },
        Holds::Map => raw.starts_with('{').then(|| Some(Value::Map(raw.to_owned().into())))?,
        Holds::Whole(low, high) => within(whole(scalar()?.trim())?, low, high)?,
        Holds::Decimal(places, low, high) => {
            let one = 10_i128.pow(places.unsigned_abs());
            within(decimal(scalar()?.trim(), places + shift)?, low * one, high * one)?
        }
    })
}

/// A number without a fraction, whether or not it is written with a point.
fn whole(text: &str) -> Option<i128> {
    let (parts, one) = (decimal(text, 12)?, 10_i128.pow(12));
    (parts % one == 0).then_some(parts / one)
}

/// A decimal in units of 10^-`places`, rounded half to even; what has more than 37 digits is none.
fn decimal(text: &str, places: i32) -> Option<i128> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = format!("{before}{after}");
    if before.is_empty() || digits.bytes().any(|byte| !byte.is_ascii_digit()) {
        return None;
    }
    // Where the point falls among the digits.
    let point = i32::try_from(before.len()).ok()? + exponent.parse::<i32>().ok()? + places;
    if point.abs() > 1000 {
        return (point < 0 || digits.bytes().all(|byte| byte == b'0')).then_some(0);
    }
    digits.insert_str(0, &"0".repeat(usize::try_from(-point).unwrap_or(0)));
    let point = usize::try_from(point).unwrap_or(0);
    digits.push_str(&"0".repeat(point.saturating_sub(digits.len())));
    let (kept, cut) = digits.split_at(point);
    let kept = kept.trim_start_matches('0');
    let mut units: i128 = if kept.is_empty() { 0 } else { Some(kept).filter(|kept| kept.len() < 38)?.parse().ok()? };
    let half = format!("5{}", "0".repeat(cut.len().saturating_sub(1)));
    if cut > half.as_str() || cut == half && units % 2 == 1 {
        units += 1;
    }
    Some(if negative { -units } else { units })
}
