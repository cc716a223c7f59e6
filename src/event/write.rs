//! Writing: an event is validated before it reaches a log. A bad value is refused with its field, itself and the range.

use super::{Event, Field, Kind, Shape, Value};
use crate::{fixed, spelling, time};
use anyhow::{Result, anyhow, bail};
use serde_json::{Map, Value as Json};

/// Builds an event from `FIELD=VALUE` pairs. `a.b=1` puts `b` into the object `a`; a repeated list field grows its list.
/// `ts` defaults to `now_ns`; an `id` is the caller's to give.
///
/// # Errors
/// An unknown kind or field, a field of another kind, a value out of range, or an event that says nothing.
pub fn from_pairs(kind: &str, pairs: &[(String, String)], now_ns: i64) -> Result<Event<'static>> {
    let mut object = Map::new();
    object.insert("event".to_owned(), kind.into());
    for (key, text) in pairs {
        if key == "event" {
            bail!("the kind is given once, as the first word: `record {kind} …`");
        }
        if let Some((map, inner)) = key.split_once('.').filter(|_| Field::of_key(key).is_none()) {
            let slot = object.entry(map).or_insert_with(|| Json::Object(Map::new()));
            let Json::Object(slot) = slot else { bail!("`{map}` is given both as a value and with a dot") };
            slot.insert(inner.to_owned(), guess(text));
            continue;
        }
        let is_list = Field::of_key(key).is_some_and(|(field, ..)| field.shape() == Shape::Texts);
        if is_list {
            let Json::Array(list) = object.entry(key).or_insert_with(|| Json::Array(Vec::new())) else {
                unreachable!("a list field is only ever inserted as a list")
            };
            list.push(text.as_str().into());
        } else if object.insert(key.clone(), typed(key, text)).is_some() {
            bail!("`{key}` is given twice");
        }
    }
    from_json(&object, now_ns)
}

/// The JSON value a command-line text stands for, given the shape of the field it is for.
fn typed(key: &str, text: &str) -> Json {
    let shape = Field::of_key(key).map(|(field, ..)| field.shape());
    match (shape, key) {
        (Some(Shape::Text), _) | (_, "id" | "ts" | "timestamp") => text.into(),
        _ => guess(text),
    }
}

/// A number, a truth or an object where the text is one, else the text itself.
fn guess(text: &str) -> Json {
    match serde_json::from_str(text) {
        Ok(json @ (Json::Number(_) | Json::Bool(_) | Json::Object(_))) => json,
        _ => text.into(),
    }
}

/// Builds an event from a JSON object, as strictly as from pairs.
///
/// # Errors
/// As [`from_pairs`].
pub fn from_json(object: &Map<String, Json>, now_ns: i64) -> Result<Event<'static>> {
    let name = match object.get("event") {
        Some(Json::String(name)) => name,
        Some(other) => bail!("`event` is {other}, and must be the name of a kind: {}", kinds()),
        None => bail!("there is no `event`: it is the kind, one of {}", kinds()),
    };
    let kind = Kind::named(name).ok_or_else(|| anyhow!(spelling::unknown("kind", name, &Kind::ALL.map(Kind::name))))?;
    let mut event = Event { kind, ts_ns: now_ns, id: None, rev: 0, is_retracted: false, fields: Vec::new() };
    let mut strength = [u8::MAX; Field::COUNT];
    for (key, json) in object {
        match key.as_str() {
            "event" => {}
            "v" => {
                if json.as_i64().is_none_or(|version| version != super::VERSION) {
                    bail!("`v` is {json}, and this program writes version {}", super::VERSION);
                }
            }
            "ts" | "timestamp" => event.ts_ns = ts(key, json)?,
            "id" => event.id = Some(text(key, json)?.into()),
            "rev" => {
                event.rev =
                    json.as_i64().filter(|rev| *rev >= 0).ok_or_else(|| refused(key, json, "a whole number from 0"))?;
            }
            "retracted" => {
                event.is_retracted = json.as_bool().ok_or_else(|| refused(key, json, &Shape::Truth.range()))?;
            }
            _ => {
                let (field, yields, power) = known(key, kind)?;
                let value = value(key, field.shape(), power, json)?;
                if yields < strength[field as usize] {
                    strength[field as usize] = yields;
                    event.set(field, value);
                }
            }
        }
    }
    let any_of = kind.testimony().any_of;
    if !any_of.is_empty() && !event.is_retracted && !any_of.iter().any(|field| event.value(*field).is_some()) {
        bail!("a `{}` event says nothing without one of {}", kind.name(), listed(any_of));
    }
    Ok(event)
}

fn known(key: &str, kind: Kind) -> Result<(Field, u8, u32)> {
    let Some(found) = Field::of_key(key).filter(|(field, ..)| *field != Field::TokensUsed) else {
        let fields: Vec<&str> =
            Field::ALL.iter().filter(|field| kind.allows(**field)).map(|field| field.name()).collect();
        bail!(spelling::unknown("field", key, &fields));
    };
    if !kind.allows(found.0) {
        let owners: Vec<&str> = Kind::ALL.into_iter().filter(|kind| kind.allows(found.0)).map(Kind::name).collect();
        bail!("`{key}` is not a field of `{}`; it belongs to {}", kind.name(), owners.join(", "));
    }
    Ok(found)
}

fn value(key: &str, shape: Shape, power: u32, json: &Json) -> Result<Value<'static>> {
    let refuse = || refused(key, json, &shape.range());
    Ok(match shape {
        Shape::Text => Value::Text(text(key, json)?.into()),
        Shape::Whole { .. } | Shape::Decimal { .. } => {
            let Json::Number(number) = json else { return Err(refuse()) };
            let number = match shape {
                Shape::Whole { .. } => number.as_i64(),
                _ => fixed::parse(&number.to_string(), shape.decimals() + power),
            };
            Value::Number(number.filter(|number| shape.holds(*number)).ok_or_else(refuse)?)
        }
        Shape::Truth => Value::Truth(json.as_bool().ok_or_else(refuse)?),
        Shape::Texts => {
            let list = json.as_array().ok_or_else(refuse)?;
            Value::Texts(list.iter().map(|item| text(key, item).map(Into::into)).collect::<Result<_>>()?)
        }
        Shape::Map => Value::Map(json.as_object().map(|_| json.to_string()).ok_or_else(refuse)?.into()),
    })
}

fn text(key: &str, json: &Json) -> Result<String> {
    match json {
        Json::String(text) if !text.is_empty() => Ok(text.clone()),
        _ => Err(refused(key, json, &Shape::Text.range())),
    }
}

fn ts(key: &str, json: &Json) -> Result<i64> {
    let ts_ns = match json {
        Json::String(text) => time::text(text).map(|reading| reading.ts_ns),
        Json::Number(number) => time::number(&number.to_string()),
        _ => None,
    };
    ts_ns
        .filter(|ts_ns| *ts_ns >= time::EARLIEST_NS)
        .ok_or_else(|| refused(key, json, "an instant such as 2026-11-20T14:30:00Z, from the year 2000 on"))
}

fn refused(key: &str, json: &Json, range: &str) -> anyhow::Error {
    // A refused text can be a whole answer; its beginning is enough to find it.
    let mut shown = json.to_string();
    if shown.chars().count() > 60 {
        shown = shown.chars().take(60).chain(['…']).collect();
    }
    anyhow!("`{key}` is {shown}, and must be {range}")
}

fn kinds() -> String {
    Kind::ALL.map(Kind::name).join(" ")
}

fn listed(fields: &[Field]) -> String {
    fields.iter().map(|field| format!("`{}`", field.name())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::{Line, Read, parse_line};
    use super::*;

    const NOON: i64 = 1_795_176_000_000_000_000;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_event_is_written_in_one_canonical_order_and_read_back_equal() {
        let event = from_pairs(
            "run",
            &pairs(&[
                ("duration_ms", "1500.25"),
                ("tags", "a"),
                ("prompt_id", "7"),
                ("tags", "b"),
                ("parameters.tone", "dry"),
                ("success", "true"),
                ("cost_usd", "0.0133175"),
            ]),
            NOON,
        )
        .unwrap();
        let line = event.line();
        assert_eq!(
            line,
            r#"{"v":1,"ts":"2026-11-20T12:00:00.000Z","event":"run","prompt_id":"7","tags":["a","b"],"parameters":{"tone":"dry"},"success":true,"duration_ms":1500.25,"cost_usd":0.0133175}"#
        );
        assert_eq!(parse_line(line.as_bytes()), Ok(Line::Event(Read { event, dropped: vec![], is_naive: false })));
    }

    #[test]
    fn a_bad_value_is_refused_with_the_field_the_value_and_the_range() {
        for (kind, pair, message) in [
            ("feedback", ("rating", "7"), "`rating` is 7, and must be a number from 1 to 5"),
            ("feedback", ("rating", "great"), "`rating` is \"great\", and must be a number from 1 to 5"),
            ("quality", ("quality_score", "1.01"), "`quality_score` is 1.01, and must be a number from 0 to 1"),
            ("run", ("input_tokens", "-3"), "`input_tokens` is -3, and must be a whole number from 0 to 1000000000000"),
            ("run", ("success", "maybe"), "`success` is \"maybe\", and must be true or false"),
            ("run", ("prompt_id", ""), "`prompt_id` is \"\", and must be a text that is not empty"),
            ("run", ("prmopt_id", "a"), "there is no field `prmopt_id`; did you mean `prompt_id`?"),
            ("usage", ("rating", "4"), "`rating` is not a field of `usage`; it belongs to run, performance, feedback"),
            ("usgae", ("prompt_id", "a"), "there is no kind `usgae`; did you mean `usage`?"),
            ("feedback", ("run_id", "a"), "a `feedback` event says nothing without one of `rating`, `feedback_text`"),
            (
                "run",
                ("ts", "soon"),
                "`ts` is \"soon\", and must be an instant such as 2026-11-20T14:30:00Z, from the year 2000 on",
            ),
        ] {
            let error = from_pairs(kind, &pairs(&[pair]), NOON).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }
}
