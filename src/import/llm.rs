//! `llm`: the database of the tool of that name, in the tables of all its generations. A row is an answer, and has an id of
//! its own. What was asked is read only where it is to be kept, what was answered never.
//!
//! Tokens are counted there as the provider does; where the details tell which way that is, they are converted.

mod database;

use super::found::{Answer, Found, run, said, text};
use super::id::Id;
use super::otel::{Input, Tokens};
use super::tally::At;
use super::walk::{Homes, is_named};
use super::{How, Origin, Source};
use crate::event::{Field, Value};
use crate::fixed;
use anyhow::Result;
use database::{Database, Row};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub const LLM: Source = Source {
    name: "llm",
    aliases: &["logs.db"],
    reads: "the database of Simon Willison's `llm`, logs.db",
    places,
    takes,
    how: How::Rows { version: 1, read },
};

/// `logs.db` in `$LLM_USER_PATH`, else where the platform keeps what belongs to an application.
fn places(homes: &Homes) -> Vec<PathBuf> {
    const NAME: &str = "io.datasette.llm";
    let folders = match homes.path("LLM_USER_PATH") {
        Some(folder) => vec![folder],
        None => [
            homes.config().map(|config| config.join(NAME)),
            homes.home("Library/Application Support").map(|support| support.join(NAME)),
        ]
        .into_iter()
        .flatten()
        .collect(),
    };
    folders.into_iter().map(|folder| folder.join("logs.db")).collect()
}

fn takes(path: &Path) -> bool {
    is_named(path, &["db", "sqlite", "sqlite3"])
}

/// A table of answers, and where it has what. Of several names the first that is there counts.
pub struct Table {
    name: &'static str,
    /// Whether its ids are of this database alone.
    is_numbered: bool,
    conversation: &'static str,
    time: &'static [&'static str],
}

/// Answers that moved from one generation to the next kept their ids.
const TABLES: &[Table] = &[
    Table { name: "turns", is_numbered: false, conversation: "thread_id", time: &["datetime_utc"] },
    Table { name: "responses", is_numbered: false, conversation: "conversation_id", time: &["datetime_utc"] },
    Table { name: "logs", is_numbered: true, conversation: "chat_id", time: &["datetime_utc", "timestamp_utc"] },
    Table {
        name: "log",
        is_numbered: true,
        conversation: "chat_id",
        time: &["timestamp", "timestamp_utc", "datetime_utc"],
    },
];

/// How far a table was read. Rows are numbered anew when a database is packed, so the last one is told by its id as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    row: i64,
    id: String,
    /// The rows up to it.
    rows: i64,
}

fn read(origin: &Origin, found: &mut Found) -> Result<String> {
    let mut places: BTreeMap<String, Place> = serde_json::from_str(origin.carried).unwrap_or_default();
    let database = Database::open(origin.path)?;
    let tables: Vec<&Table> = TABLES.iter().filter(|table| database.has(table.name)).collect();
    if tables.is_empty() {
        anyhow::bail!("there is no table of `llm` in it");
    }
    for table in tables {
        let known = places.remove(table.name);
        let last = database.rows(table, known.as_ref(), origin.has_text, |row| answer(table, row, found))?;
        if let Some(last) = last {
            places.insert(table.name.to_owned(), last);
        }
    }
    Ok(serde_json::to_string(&places)?)
}

/// Takes one row.
fn answer(table: &Table, row: &Row, found: &mut Found) {
    found.tally.bytes += row.bytes;
    let at = At::Record(row.row.unsigned_abs());
    // The column says that it is UTC, whether or not its text does.
    let time = row.time.as_deref().map(|time| {
        let has_zone = time.ends_with('Z') || time.get(11..).is_some_and(|clock| clock.contains(['+', '-']));
        if has_zone { time.to_owned() } else { format!("{time}Z") }
    });
    let Some(ts_ns) = found.time(at, time.as_deref()) else { return };
    let mut event = run(ts_ns);
    let model = row.model.as_deref().or(row.resolved_model.as_deref());
    text(&mut event, Field::Model, model);
    text(&mut event, Field::Provider, model.and_then(provider));
    let conversation = match (&row.conversation, table.is_numbered) {
        (conversation, false) => conversation.clone(),
        // The first of a chat names no chat: the others name the first.
        (conversation, true) => Some(format!("{} {}", table.name, conversation.as_deref().unwrap_or(&row.id))),
    };
    text(&mut event, Field::ConversationId, conversation.as_deref());
    if !table.is_numbered {
        text(&mut event, Field::RunId, Some(&row.id));
    }
    // Nothing is written of an answer that was not given.
    event.set(Field::Success, Value::Truth(true));
    text(&mut event, Field::FinishReason, row.finish_reason.as_deref());
    let duration_ns = row.duration_ms.map(|ms| ms.saturating_mul(fixed::NS_PER_MS));
    found.number(at, &mut event, Field::DurationMs, duration_ns);
    let tokens = tokens(row);
    for (field, number) in [
        (Field::InputTokens, tokens.input),
        (Field::OutputTokens, tokens.output),
        (Field::CachedInputTokens, tokens.cached),
        (Field::CacheWriteTokens, tokens.written),
        (Field::ReasoningTokens, tokens.reasoning),
    ] {
        found.number(at, &mut event, field, number);
    }
    said(&mut event, row.prompt.clone());
    let key = if table.is_numbered {
        let parts = [row.id.as_str(), row.time.as_deref().unwrap_or_default(), model.unwrap_or_default()];
        Id::of([&b"numbered"[..]].into_iter().chain(parts.map(str::as_bytes)))
    } else {
        Id::of([&b"answer"[..], row.id.as_bytes()])
    };
    let rank = tokens.input.unwrap_or(0).saturating_add(tokens.output.unwrap_or(0)).clamp(0, 1 << 40);
    found.answer(Answer { key, family: None, rank, event });
}

/// Whose a model is by its name, which most plugins begin with it.
fn provider(model: &str) -> Option<&str> {
    let begins = |starts: &[&str]| starts.iter().any(|start| model.starts_with(start));
    match model.split_once('/') {
        Some((provider, _)) => Some(provider),
        None if begins(&["gpt-", "chatgpt-", "o1", "o3", "o4", "text-embedding-"]) => Some("openai"),
        None if begins(&["claude-"]) => Some("anthropic"),
        None if begins(&["gemini-"]) => Some("gemini"),
        None => None,
    }
}

/// Where the API of Anthropic tells cached tokens apart.
const APART: [&str; 2] = ["/cache_read_input_tokens", "/cache_creation_input_tokens"];

/// The tokens of a row under the rule of events. `token_details` holds what the provider told beyond two numbers, under its
/// names; before there were columns for numbers, all of it stands in the answer as `usage`.
fn tokens(row: &Row) -> Tokens {
    let json = |text: Option<&str>| text.and_then(|text| serde_json::from_str::<Json>(text).ok()).unwrap_or_default();
    let (details, usage) = (json(row.token_details.as_deref()), json(row.usage.as_deref()));
    let number = |paths: &[&str]| {
        let found = paths.iter().flat_map(|path| [details.pointer(path), usage.pointer(path)]);
        found.flatten().find_map(Json::as_i64)
    };
    let told = Tokens {
        input: row.input_tokens.or_else(|| number(&["/prompt_tokens", "/input_tokens", "/promptTokenCount"])),
        output: row
            .output_tokens
            .or_else(|| number(&["/completion_tokens", "/output_tokens", "/candidatesTokenCount"])),
        cached: number(&[
            APART[0],
            "/prompt_tokens_details/cached_tokens",
            "/input_tokens_details/cached_tokens",
            "/cachedContentTokenCount",
        ]),
        written: number(&[APART[1]]),
        reasoning: number(&[
            "/completion_tokens_details/reasoning_tokens",
            "/output_tokens_details/reasoning_tokens",
            "/thoughtsTokenCount",
        ]),
        total: None,
    };
    // Of the counts of Gemini the plugin first took the answer out, and later left it in once it had added the thoughts.
    let is_thought_apart = details.get("thoughtsTokenCount").is_some() && details.get("candidatesTokenCount").is_none();
    let input = if number(&APART).is_some() { Input::Rest } else { Input::Whole };
    told.inclusive(input, is_thought_apart)
}
