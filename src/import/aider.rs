//! `aider`: the analytics log of aider. A `message_send` is a call that was answered, with its tokens and its cost; a
//! `message_send_exception` is one that broke. Nothing else in it is a use of a model.
//!
//! The log has no ids: a record is told by all it says, and by how many equal ones were told at its second before it. It
//! names no conversation either. A cost of 0 is what aider writes of a model whose price it does not know, and is left out. Models are called as aider calls them, and a prefix such as `gemini/` is the provider too.

use super::document::{Row, error_type, moment};
use super::found::{Answer, Found, run, text};
use super::id::Id;
use super::tally::At;
use super::walk::Homes;
use super::{How, Origin, Reader, Source};
use crate::event::{Field, Value};
use memchr::memmem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub const AIDER: Source = Source {
    name: "aider",
    aliases: &[],
    reads: "the log that aider's `--analytics-log` writes",
    places,
    takes,
    how: How::Lines { version: 1, open: |origin| Box::new(Analytics::new(origin)) },
};

/// `$AIDER_ANALYTICS_LOG`, else what `analytics-log` in `~/.aider.conf.yml` says: aider writes no log unless it is told where.
/// Else where such a log is likely to be.
fn places(homes: &Homes) -> Vec<PathBuf> {
    let told = homes.path("AIDER_ANALYTICS_LOG").or_else(|| {
        let config = fs::read_to_string(homes.home(".aider.conf.yml")?).ok()?;
        let value = config.lines().find_map(|line| line.strip_prefix("analytics-log:"))?;
        let value = value.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        let path = homes.resolved(value);
        path.is_absolute().then_some(path)
    });
    told.or_else(|| homes.home(".aider/analytics.jsonl")).into_iter().collect()
}

fn takes(path: &Path) -> bool {
    crate::log::encoding(path).is_some()
}

/// The reader of a log: what was told at the second of the last record, for equal ones are told apart by their number.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Analytics {
    second: String,
    told: BTreeMap<String, u64>,
}

impl Analytics {
    fn new(origin: &Origin) -> Analytics {
        serde_json::from_str(origin.carried).unwrap_or_default()
    }

    /// What tells a record from all others.
    fn key(&mut self, line: &serde_json::Value, second: String) -> Id {
        if second != self.second {
            self.told.clear();
            self.second = second;
        }
        let record = Id::of([line.to_string().as_bytes()]);
        let told = self.told.entry(record.text()).or_default();
        *told += 1;
        Id::of([record.text().as_bytes(), &told.to_le_bytes()[..]])
    }
}

impl Reader for Analytics {
    fn line(&mut self, line: &[u8], at: At, found: &mut Found) {
        if memmem::find(line, b"message_send").is_none() {
            return match serde_json::from_slice::<serde::de::IgnoredAny>(line) {
                Ok(_) => found.other(),
                Err(_) => found.skip(at, "not JSON", ""),
            };
        }
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(line) else {
            return found.skip(at, "not JSON", "");
        };
        let row = Row::of(&value).unwrap_or_default();
        let properties = row.row("properties").unwrap_or_default();
        let kind = row.text("event");
        if !matches!(kind, Some("message_send" | "message_send_exception")) {
            return found.other();
        }
        let Some(ts_ns) = moment(row.get("time"), at, found) else { return };
        let mut event = run(ts_ns);
        let model = properties.text("mainmodel").filter(|model| *model != "None");
        text(&mut event, Field::Model, model);
        text(&mut event, Field::Provider, model.and_then(|model| model.split_once('/')).map(|(provider, _)| provider));
        text(&mut event, Field::UserId, row.text("userid"));
        if let Some(format) = properties.text("editformat") {
            event.set(Field::Tags, Value::Texts(vec![format.to_owned().into()]));
        }
        event.set(Field::Success, Value::Truth(kind == Some("message_send")));
        if kind == Some("message_send") {
            found.number(at, &mut event, Field::InputTokens, properties.whole("prompttokens"));
            found.number(at, &mut event, Field::OutputTokens, properties.whole("completiontokens"));
            let cost = properties.decimal("cost", 9).filter(|cost| *cost != 0);
            found.number(at, &mut event, Field::CostUsd, cost);
        } else {
            let told = properties.text("exception").unwrap_or_default();
            event.set(Field::ErrorType, Value::Text(error_type(told).into()));
        }
        let second = row.word("time").unwrap_or_default();
        found.answer(Answer { key: self.key(&value, second), family: None, rank: 1, event });
    }

    fn carried(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
