//! The keys of a line, which tell what its writer said and nobody read. It looks at no value.

use crate::event::Field;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// The names that are no field: what every event has.
const ENVELOPE: [&str; 7] = ["v", "id", "rev", "retracted", "ts", "timestamp", "event"];

/// What a key of a line means to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Envelope,
    Field(Field),
    Unknown,
}

pub fn meaning(key: &str) -> Meaning {
    match Field::of_key(key) {
        Some((field, ..)) => Meaning::Field(field),
        None if ENVELOPE.contains(&key) => Meaning::Envelope,
        None => Meaning::Unknown,
    }
}

/// Calls `each` with every key of the object that `line` is; those of nested objects are their own.
pub fn keys(line: &str, each: impl FnMut(&str)) {
    // The line has been parsed before: that it is an object is known.
    let _ = serde_json::Deserializer::from_str(line).deserialize_map(Keys(each));
}

/// The field that was probably meant by a key that means none.
pub fn meant(key: &str) -> Option<&'static str> {
    let fields = Field::ALL.iter().map(|field| field.name());
    crate::spelling::meant(key, &fields.chain(ENVELOPE).collect::<Vec<_>>())
}

struct Keys<F>(F);

impl<'de, F: FnMut(&str)> Visitor<'de> for Keys<F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            (self.0)(&key);
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

/// A key that borrows from its line unless it holds an escape.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_the_line_itself_are_told_and_no_others() {
        let mut told = Vec::new();
        keys(r#"{"ts":1,"parameters":{"tone":"dry"},"duraton_ms":[{"x":1}],"\u0061":null}"#, |key| {
            told.push(key.to_owned());
        });
        assert_eq!(told, ["ts", "parameters", "duraton_ms", "a"]);
    }

    #[test]
    fn a_slip_names_its_field_and_another_word_names_none() {
        for (key, field) in [
            ("duraton_ms", Some("duration_ms")),
            ("durationMs", Some("duration_ms")),
            ("timeToFirstTokenMs", Some("time_to_first_token_ms")),
            ("promptId", Some("prompt_id")),
            ("prompt", Some("prompt_id")),
            ("duration", Some("duration_ms")),
            ("sucess", Some("success")),
            ("time", None),
            ("prompt_text", None),
            ("answer", None),
            ("x", None),
        ] {
            assert_eq!(meant(key), field, "{key}");
        }
    }
}
