//! `codex`: the rollouts of Codex. Tokens are told as running totals, again and again: a call is the step from one total to
//! the next. A fork or subagent begins with what was said before, under new times: its calls are those of its parent.

use super::found::{Answer, Found, run, said, text};
use super::id::Id;
use super::tally::At;
use super::walk::Homes;
use super::{How, Origin, Reader, Source};
use crate::event::{Field, Value};
use memchr::memmem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::path::{Path, PathBuf};

pub const CODEX: Source = Source {
    name: "codex",
    aliases: &[],
    reads: "rollouts of Codex, archived and packed ones included",
    places,
    takes,
    how: How::Lines { version: 1, open: |origin| Box::new(Rollout::new(origin)) },
};

/// The sessions below `$CODEX_HOME`, else `~/.codex`.
fn places(homes: &Homes) -> Vec<PathBuf> {
    let named = homes.paths("CODEX_HOME");
    let homes = if named.is_empty() { homes.home(".codex").into_iter().collect() } else { named };
    homes.iter().flat_map(|home| [home.join("sessions"), home.join("archived_sessions")]).collect()
}

fn takes(path: &Path) -> bool {
    crate::log::encoding(path).is_some()
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(default)]
    timestamp: Option<String>,
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SessionMeta {
    id: Option<String>,
    cwd: Option<String>,
    model_provider: Option<String>,
    forked_from_id: Option<String>,
    parent_thread_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TurnContext {
    model: Option<String>,
    cwd: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message {
    #[serde(rename = "type")]
    kind: String,
    message: String,
    info: Option<Counts>,
    codex_error_info: Option<serde_json::Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Counts {
    model: Option<String>,
    total_token_usage: Option<Tokens>,
    last_token_usage: Option<Tokens>,
}

/// Tokens as Codex counts them: cached ones are part of the input, reasoning is part of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Tokens {
    input_tokens: i64,
    cached_input_tokens: i64,
    cache_write_input_tokens: i64,
    output_tokens: i64,
    reasoning_output_tokens: i64,
}

impl Tokens {
    fn numbers(self) -> [i64; 5] {
        let Tokens { input_tokens, cached_input_tokens, cache_write_input_tokens, .. } = self;
        let output = [self.output_tokens, self.reasoning_output_tokens];
        [input_tokens, cached_input_tokens, cache_write_input_tokens, output[0], output[1]]
    }

    fn of([input, cached, written, output, reasoning]: [i64; 5]) -> Tokens {
        Tokens {
            input_tokens: input,
            cached_input_tokens: cached,
            cache_write_input_tokens: written,
            output_tokens: output,
            reasoning_output_tokens: reasoning,
        }
    }

    fn with(self, other: Tokens, join: impl Fn(i64, i64) -> i64) -> Tokens {
        let (left, right) = (self.numbers(), other.numbers());
        Tokens::of(std::array::from_fn(|at| join(left[at], right[at])))
    }

    /// What came on top of an earlier total; `None` when the counter began anew.
    fn since(self, earlier: Tokens) -> Option<Tokens> {
        let step = self.with(earlier, i64::saturating_sub);
        let is_growth = step.input_tokens >= 0 && step.output_tokens >= 0;
        // Of a total that grew, a part may be told late.
        is_growth.then(|| step.with(Tokens::default(), i64::max))
    }

    fn is_nothing(self) -> bool {
        self == Tokens::default()
    }
}

/// The reader of one rollout, which is all that the lines after the present one depend on.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Rollout {
    session: Option<String>,
    project: Option<String>,
    provider: Option<String>,
    model: Option<String>,
    /// The running total.
    total: Option<Tokens>,
    /// How often it began anew.
    resets: u64,
    /// Errors since the total was last told.
    errors: u64,
    /// The words of the prompt, where they are kept, until there is an answer to them.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<String>,
    #[serde(skip)]
    has_text: bool,
    /// How many sessions were named so far: those after the first came with what was copied.
    sessions: u64,
}

impl Rollout {
    fn new(origin: &Origin) -> Rollout {
        let mut rollout: Rollout = serde_json::from_str(origin.carried).unwrap_or_default();
        rollout.has_text = origin.has_text;
        if rollout.session.is_none() {
            // A rollout that never says which session it is has a name all the same.
            let name = origin.path.file_name().map(|name| name.to_string_lossy().into_owned());
            rollout.session = name.map(|name| name.split(".jsonl").next().unwrap_or_default().to_owned());
        }
        rollout
    }

    fn meta(&mut self, meta: SessionMeta, found: &mut Found) {
        let Some(id) = meta.id else { return };
        let parent = meta.forked_from_id.or(meta.parent_thread_id).filter(|parent| *parent != id);
        if let Some(parent) = parent {
            found.forks.push((id.clone(), parent));
        }
        if self.sessions == 0 {
            self.session = Some(id);
            self.project = meta.cwd;
            self.provider = meta.model_provider;
        } else if let Some(session) = self.session.clone().filter(|session| self.sessions == 1 && *session != id) {
            // Older versions say nothing of a fork, but copy the line that names what it was forked from.
            found.forks.push((session, id));
        }
        self.sessions += 1;
    }

    fn count(&mut self, counts: Counts, at: At, timestamp: Option<&str>, found: &mut Found) {
        let (before, last) = (self.total, counts.last_token_usage);
        let total = match (counts.total_token_usage, last) {
            (Some(total), _) => total,
            (None, Some(last)) => before.unwrap_or_default().with(last, i64::saturating_add),
            (None, None) => return found.other(),
        };
        // The first total of a session that goes on from another counts what was used before as well.
        let step = match before {
            None => last.unwrap_or(total),
            Some(before) => total.since(before).unwrap_or_else(|| {
                self.resets += 1;
                last.unwrap_or(total)
            }),
        };
        self.total = Some(total);
        if step.is_nothing() {
            return found.repeat();
        }
        self.errors = 0;
        let Some(ts_ns) = found.time(at, timestamp) else { return };
        let mut event = run(ts_ns);
        text(&mut event, Field::ConversationId, self.session.as_deref());
        text(&mut event, Field::ProjectId, self.project.as_deref());
        text(&mut event, Field::Provider, Some(self.provider.as_deref().unwrap_or("openai")));
        text(&mut event, Field::Model, counts.model.as_deref().or(self.model.as_deref()));
        event.set(Field::Success, Value::Truth(true));
        let written = (step.cache_write_input_tokens > 0).then_some(step.cache_write_input_tokens);
        for (field, number) in [
            (Field::InputTokens, Some(step.input_tokens)),
            (Field::OutputTokens, Some(step.output_tokens)),
            (Field::CachedInputTokens, Some(step.cached_input_tokens)),
            (Field::CacheWriteTokens, written),
            (Field::ReasoningTokens, Some(step.reasoning_output_tokens)),
        ] {
            found.number(at, &mut event, field, number);
        }
        let key = self.key("call", self.resets);
        let words = self.words.take();
        let rank = 1 + i64::from(words.is_some());
        said(&mut event, words);
        found.answer(Answer { key, family: self.session.clone(), rank, event });
    }

    /// What tells a call from all others of its family: the running total, which is the same in every copy, and there once
    /// in a session.
    fn key(&self, what: &str, number: u64) -> Id {
        let total = self.total.unwrap_or_default().numbers().map(i64::to_le_bytes);
        let number = number.to_le_bytes();
        Id::of([what.as_bytes(), &number].into_iter().chain(total.iter().map(<[u8; 8]>::as_slice)))
    }

    fn message(&mut self, message: Message, at: At, timestamp: Option<&str>, found: &mut Found) {
        match (message.kind.as_str(), message.info) {
            ("token_count", Some(counts)) => self.count(counts, at, timestamp, found),
            ("error", _) => {
                let Some(ts_ns) = found.time(at, timestamp) else { return };
                let mut event = run(ts_ns);
                text(&mut event, Field::ConversationId, self.session.as_deref());
                text(&mut event, Field::ProjectId, self.project.as_deref());
                text(&mut event, Field::Provider, Some(self.provider.as_deref().unwrap_or("openai")));
                text(&mut event, Field::Model, self.model.as_deref());
                event.set(Field::Success, Value::Truth(false));
                event.set(Field::ErrorType, Value::Text(error_type(message.codex_error_info.as_ref()).into()));
                self.errors += 1;
                let key = self.key("error", self.errors);
                found.answer(Answer { key, family: self.session.clone(), rank: 1, event });
            }
            ("user_message", _) => {
                self.words = Some(message.message).filter(|words| self.has_text && !words.is_empty());
                found.other();
            }
            _ => found.other(),
        }
    }
}

/// The kind of an error, such as `usage_limit_exceeded`.
fn error_type(told: Option<&serde_json::Value>) -> String {
    match told {
        Some(serde_json::Value::String(name)) if !name.is_empty() => name.clone(),
        Some(serde_json::Value::Object(told)) => told.keys().next().cloned().unwrap_or_else(|| "error".to_owned()),
        _ => "error".to_owned(),
    }
}

/// What a line holds that matters; most hold what was said.
const NEEDLES: [&[u8]; 4] = [b"\"token_count\"", b"\"session_meta\"", b"\"turn_context\"", b"\"error\""];

impl Reader for Rollout {
    fn line(&mut self, line: &[u8], at: At, found: &mut Found) {
        let holds = |needle: &[u8]| memmem::find(line, needle).is_some();
        if !(NEEDLES.iter().any(|needle| holds(needle)) || self.has_text && holds(b"\"user_message\"")) {
            return found.other();
        }
        let Ok(record) = serde_json::from_slice::<Record>(line) else {
            return match serde_json::from_slice::<serde::de::IgnoredAny>(line) {
                Ok(_) => found.other(),
                Err(_) => found.skip(at, "not JSON", ""),
            };
        };
        let payload = record.payload.map_or("", RawValue::get);
        let timestamp = record.timestamp.as_deref();
        match record.kind.as_deref() {
            Some("session_meta") => {
                if let Ok(meta) = serde_json::from_str(payload) {
                    self.meta(meta, found);
                }
                found.other();
            }
            Some("turn_context") => {
                if let Ok(context) = serde_json::from_str::<TurnContext>(payload) {
                    self.model = context.model.or(self.model.take());
                    self.project = self.project.take().or(context.cwd);
                }
                found.other();
            }
            Some("event_msg") => match serde_json::from_str(payload) {
                Ok(message) => self.message(message, at, timestamp, found),
                Err(_) => found.skip(at, "not understood", ""),
            },
            _ => found.other(),
        }
    }

    fn carried(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
