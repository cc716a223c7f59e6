//! `claude-code`: the transcripts of Claude Code. An answer is written on several lines with growing counts, and again into
//! every session that is resumed or forked from its own: it is told by the id of its message, everywhere.
//!
//! Input tokens are counted there without those read from or written to a cache; here they include both.

mod asked;

use super::found::{Answer, Found, run, said, text};
use super::id::Id;
use super::tally::At;
use super::walk::Homes;
use super::{How, Origin, Reader, Source};
use crate::event::{Event, Field, Value};
use crate::fixed;
use asked::Asked;
use memchr::memmem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

pub const CLAUDE_CODE: Source = Source {
    name: "claude-code",
    aliases: &["claude"],
    reads: "transcripts of Claude Code, those of subagents included",
    places,
    takes,
    how: How::Lines { version: 1, open: |origin| Box::new(Transcript::new(origin)) },
};

/// `$CLAUDE_CONFIG_DIR`, which may list several, else both homes that Claude Code has had.
fn places(homes: &Homes) -> Vec<PathBuf> {
    let named = homes.paths("CLAUDE_CONFIG_DIR");
    let places = if named.is_empty() {
        [homes.home(".claude"), homes.config().map(|config| config.join("claude"))].into_iter().flatten().collect()
    } else {
        named
    };
    let projects = |home: PathBuf| if home.ends_with("projects") { home } else { home.join("projects") };
    places.into_iter().map(projects).collect()
}

fn takes(path: &Path) -> bool {
    crate::log::encoding(path).is_some()
}

/// A line, as far as it matters. Texts borrow from it unless they hold an escape.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(borrow, default)]
    timestamp: Option<Word<'a>>,
    #[serde(borrow, default)]
    session_id: Option<Word<'a>>,
    #[serde(borrow, default)]
    request_id: Option<Word<'a>>,
    #[serde(borrow, default)]
    uuid: Option<Word<'a>>,
    #[serde(borrow, default)]
    cwd: Option<Word<'a>>,
    #[serde(default)]
    is_sidechain: bool,
    #[serde(default)]
    is_api_error_message: bool,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "costUSD")]
    cost_usd: Option<&'a RawValue>,
    #[serde(borrow, default)]
    message: Option<Message<'a>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, default)]
    id: Option<Word<'a>>,
    #[serde(borrow, default)]
    model: Option<Word<'a>>,
    #[serde(borrow, default)]
    role: Option<Word<'a>>,
    #[serde(borrow, default)]
    stop_reason: Option<Word<'a>>,
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
    #[serde(borrow, default)]
    usage: Option<Usage<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Usage<'a> {
    input_tokens: Option<i64>,
    output_tokens: Option<i64>,
    cache_creation_input_tokens: Option<i64>,
    cache_read_input_tokens: Option<i64>,
    cache_creation: Option<CacheCreation>,
    #[serde(borrow)]
    service_tier: Option<Word<'a>>,
    #[serde(borrow)]
    speed: Option<Word<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CacheCreation {
    ephemeral_5m_input_tokens: Option<i64>,
    ephemeral_1h_input_tokens: Option<i64>,
}

#[derive(Deserialize)]
struct Word<'a>(#[serde(borrow)] Cow<'a, str>);

fn word<'a>(word: Option<&'a Word>) -> Option<&'a str> {
    word.map(|word| &*word.0).filter(|word| !word.is_empty())
}

impl Usage<'_> {
    /// How it was served, where that is not how everything is.
    fn tier(&self) -> Option<&str> {
        let other = |word: Option<&Word<'_>>| word.is_some_and(|word| !["", "standard", "default"].contains(&&*word.0));
        let told = [self.speed.as_ref(), self.service_tier.as_ref()];
        told.into_iter().find(|word| other(*word)).flatten().map(|word| &*word.0)
    }

    /// Tokens written to a cache: the parts where they are told, else the sum.
    fn cache_write(&self) -> Option<i64> {
        let parts = self.cache_creation.as_ref();
        let parts = parts.map(|parts| [parts.ephemeral_5m_input_tokens, parts.ephemeral_1h_input_tokens]);
        match parts {
            Some([None, None]) | None => self.cache_creation_input_tokens,
            Some(parts) => Some(parts.into_iter().flatten().fold(0, i64::saturating_add)),
        }
    }

    /// All tokens sent, cached ones included.
    fn input(&self) -> Option<i64> {
        let parts = [self.input_tokens, self.cache_write(), self.cache_read_input_tokens];
        let known = || parts.iter().flatten();
        known().next()?;
        Some(known().fold(0, |sum, part| sum.saturating_add(*part)))
    }
}

/// The reader of one transcript.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Transcript {
    /// Where the session was started, whatever directories it went to later.
    project: Option<String>,
    asked: Asked,
    #[serde(skip)]
    has_text: bool,
}

impl Transcript {
    fn new(origin: &Origin) -> Transcript {
        let start = || Transcript { asked: Asked::of(origin.path), ..Transcript::default() };
        let transcript = serde_json::from_str(origin.carried).unwrap_or_else(|_| start());
        Transcript { has_text: origin.has_text, ..transcript }
    }
}

/// An id of so many characters is like no other; shorter ones are made up, and told apart by their requests.
const UNIQUE_CHARS: usize = 20;

impl Reader for Transcript {
    fn line(&mut self, line: &[u8], at: At, found: &mut Found) {
        if memmem::find(line, b"\"usage\"").is_none() {
            self.asked.line(line, self.has_text);
            return found.other();
        }
        let record: Record = match serde_json::from_slice(line) {
            Ok(record) => record,
            Err(_) if serde_json::from_slice::<serde::de::IgnoredAny>(line).is_err() => {
                return found.skip(at, "not JSON", "");
            }
            Err(error) => {
                // The message would show what was found there, which may be what somebody said.
                return found.skip(at, "not understood", &format!("column {}", error.column()));
            }
        };
        let Some(message) = record.message.as_ref() else { return found.other() };
        let Some(usage) = message.usage.as_ref() else {
            self.asked.line(line, self.has_text);
            return found.other();
        };
        if word(message.role.as_ref()).is_some_and(|role| role != "assistant") {
            return found.other();
        }
        let is_synthetic = word(message.model.as_ref()) == Some("<synthetic>");
        if is_synthetic && !record.is_api_error_message {
            return found.other();
        }
        let Some(key) = key(&record, message) else { return found.skip(at, "no id", "") };
        let Some(ts_ns) = found.time(at, word(record.timestamp.as_ref())) else { return };
        if let (None, Some(cwd)) = (&self.project, word(record.cwd.as_ref())) {
            self.project = Some(cwd.to_owned());
        }
        let mut event = run(ts_ns);
        text(&mut event, Field::ConversationId, word(record.session_id.as_ref()));
        text(&mut event, Field::ProjectId, self.project.as_deref());
        text(&mut event, Field::Provider, Some("anthropic"));
        if record.is_sidechain {
            event.set(Field::Tags, Value::Texts(vec!["sidechain".into()]));
        }
        text(&mut event, Field::PromptId, self.asked.prompt.as_deref());
        let rank = if record.is_api_error_message {
            event.set(Field::Success, Value::Truth(false));
            event.set(Field::ErrorType, Value::Text(error_type(&record, message).into()));
            0
        } else {
            // An id that is used again would make one use of two.
            text(&mut event, Field::RunId, word(message.id.as_ref()).filter(|id| id.len() >= UNIQUE_CHARS));
            text(&mut event, Field::Model, word(message.model.as_ref()));
            outcome(message, usage, &record, at, &mut event, found)
        };
        let words = self.asked.words(key);
        let has_words = words.is_some();
        said(&mut event, words);
        // The words are worth a revision of what was imported without them.
        let rank = rank << 1 | i64::from(has_words);
        found.answer(Answer { key, family: None, rank, event });
    }

    fn carried(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What tells an answer from all others: the id of its message; of a short one its request as well; of none the request, or
/// the line.
fn key(record: &Record, message: &Message) -> Option<Id> {
    let request = word(record.request_id.as_ref());
    let uuid = word(record.uuid.as_ref());
    let parts = match word(message.id.as_ref()) {
        Some(id) if id.len() >= UNIQUE_CHARS => ["message", id, ""],
        Some(id) => ["message", id, request.unwrap_or_default()],
        None => match (request, uuid) {
            (Some(request), _) => ["request", request, ""],
            (None, Some(uuid)) => ["line", uuid, ""],
            (None, None) => return None,
        },
    };
    Some(Id::of(parts.map(str::as_bytes)))
}

/// Sets what became of an answer, and says how complete that is.
fn outcome(
    message: &Message,
    usage: &Usage<'_>,
    record: &Record,
    at: At,
    event: &mut Event<'static>,
    found: &mut Found,
) -> i64 {
    let stop_reason = word(message.stop_reason.as_ref());
    found.number(at, event, Field::InputTokens, usage.input());
    found.number(at, event, Field::OutputTokens, usage.output_tokens);
    found.number(at, event, Field::CachedInputTokens, usage.cache_read_input_tokens);
    found.number(at, event, Field::CacheWriteTokens, usage.cache_write());
    let hour = usage.cache_creation.as_ref().and_then(|parts| parts.ephemeral_1h_input_tokens);
    found.number(at, event, Field::CacheWrite1hTokens, hour.filter(|tokens| *tokens > 0));
    // An answer that is there was given; that it was declined is for the model to say.
    event.set(Field::Success, Value::Truth(stop_reason != Some("refusal")));
    text(event, Field::FinishReason, stop_reason);
    text(event, Field::ServiceTier, usage.tier());
    let cost = record.cost_usd.map(RawValue::get).filter(|cost| *cost != "null");
    found.number(at, event, Field::CostUsd, cost.map(|cost| fixed::parse(cost, 9).unwrap_or(-1)));
    let tokens = usage.output_tokens.unwrap_or(0).saturating_add(usage.input().unwrap_or(0));
    tokens.clamp(0, 1 << 40) << 2 | i64::from(stop_reason.is_some()) << 1 | i64::from(cost.is_some())
}

/// The kind of an error: as it is told, else the status in the text that the person was shown.
fn error_type(record: &Record, message: &Message) -> String {
    let told = record.error.and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
    if let Some(told) = told.filter(|told| !told.is_empty()) {
        return told;
    }
    let content = message.content.map_or("", RawValue::get);
    let status = content.split("API Error: ").nth(1).map(|rest| rest.chars().take(3).collect::<String>());
    match status.filter(|status| status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(status) => status,
        None => "api_error".to_owned(),
    }
}
