//! Privacy: what is kept of a person before an event reaches the disk.

use super::{Event, Field, Value};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// What becomes of a personal value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    #[default]
    Keep,
    /// Replaced by a hash: equal values stay equal, and nothing else is left of them.
    Hash,
    Drop,
}

impl Keep {
    pub const ALL: [Keep; 3] = [Keep::Keep, Keep::Hash, Keep::Drop];

    /// The word in a config.
    pub fn name(self) -> &'static str {
        match self {
            Keep::Keep => "keep",
            Keep::Hash => "hash",
            Keep::Drop => "drop",
        }
    }

    /// What the word `name` asks for.
    pub fn named(name: &str) -> Option<Keep> {
        Keep::ALL.into_iter().find(|keep| keep.name() == name)
    }
}

/// What becomes of each personal value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Privacy {
    /// `user_id`.
    pub user: Keep,
    /// The values of `parameters`.
    pub parameters: Keep,
    /// `feedback_text` and `feedback`.
    pub text: Keep,
    /// Put before a value that is hashed, so that a list of names is not enough to undo it.
    pub salt: String,
}

impl Privacy {
    /// Takes out of `event` what is not to be kept.
    pub fn apply(&self, event: &mut Event<'static>) {
        self.one(event, Field::UserId, self.user);
        self.one(event, Field::Parameters, self.parameters);
        self.one(event, Field::FeedbackText, self.text);
        self.one(event, Field::Feedback, self.text);
    }

    fn one(&self, event: &mut Event<'static>, field: Field, keep: Keep) {
        if keep == Keep::Keep {
            return;
        }
        if let (Some(value), Keep::Hash) = (event.remove(field), keep) {
            event.set(field, self.hashed(value));
        }
    }

    fn hashed(&self, value: Value<'static>) -> Value<'static> {
        match value {
            Value::Text(text) => Value::Text(self.hash(&text).into()),
            Value::Texts(texts) => Value::Texts(texts.iter().map(|text| Cow::Owned(self.hash(text))).collect()),
            Value::Map(map) => {
                let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&map).unwrap_or_default();
                let hashed = object.into_iter().map(|(key, value)| {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    (key, serde_json::Value::from(self.hash(&text)))
                });
                Value::Map(serde_json::Value::Object(hashed.collect()).to_string().into())
            }
            other => other,
        }
    }

    /// The first 16 hexadecimal digits of SHA-256 over salt and text.
    pub fn hash(&self, text: &str) -> String {
        let digest = Sha256::new().chain_update(&self.salt).chain_update(text).finalize();
        let first: [u8; 8] = std::array::from_fn(|at| digest[at]);
        format!("{:016x}", u64::from_be_bytes(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hashed_stays_comparable_and_what_is_dropped_is_gone() {
        let privacy = Privacy { user: Keep::Hash, parameters: Keep::Hash, text: Keep::Drop, salt: String::new() };
        let pairs = [("rating", "4"), ("user_id", "ada"), ("feedback_text", "private")];
        let pairs = pairs.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let mut event = super::super::from_pairs("feedback", &pairs, 1_795_176_000_000_000_000).unwrap();
        privacy.apply(&mut event);
        // printf ada | sha256sum
        assert_eq!(event.text(Field::UserId), Some("fdee430d40bd57de"));
        assert_eq!(event.text(Field::FeedbackText), None);
    }
}
