//! `gemini`: what Gemini CLI keeps of its chats, and what its telemetry writes to a file.
//!
//! A message of the type `gemini` is an answer, told by its id; of several records of one the last counts, with the time of
//! the first. One without counts is a use of unknown tokens. What was rewound was used all the same. A chat's notices
//! (`info`, `warning`, `error`) name no call of a model and are none; calls that broke are told by the telemetry.
//!
//! `input` includes `cached` there as it does here; what tools were prompted with (`tool`) is input besides, and `thoughts` is
//! output besides.

mod telemetry;

use super::document::{self, Row, moment};
use super::found::{Answer, Found, run, said, text};
use super::id::Id;
use super::tally::At;
use super::walk::Homes;
use super::{How, Origin, Source};
use crate::event::{Event, Field, Value as Held};
use anyhow::Result;
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use telemetry::Telemetry;

pub const GEMINI: Source = Source {
    name: "gemini",
    aliases: &["gemini-cli"],
    reads: "chats of Gemini CLI, as JSON or JSON lines, and its telemetry file",
    places,
    takes,
    how: How::Whole { version: 1, read },
};

/// The chats below `$GEMINI_DATA_DIR`, else below `.gemini` in `$GEMINI_CLI_HOME` or the home directory; and the telemetry
/// file that `$GEMINI_TELEMETRY_OUTFILE` or the settings name.
fn places(homes: &Homes) -> Vec<PathBuf> {
    let named = homes.paths("GEMINI_DATA_DIR");
    let usual = || homes.path("GEMINI_CLI_HOME").map(|home| home.join(".gemini")).or_else(|| homes.home(".gemini"));
    let folders: Vec<PathBuf> = if named.is_empty() { usual().into_iter().collect() } else { named };
    let outfile = homes.path("GEMINI_TELEMETRY_OUTFILE").or_else(|| {
        let settings = fs::read(folders.first()?.join("settings.json")).ok()?;
        let settings: Value = serde_json::from_slice(&settings).ok()?;
        let outfile = homes.resolved(settings.get("telemetry")?.get("outfile")?.as_str()?);
        outfile.is_absolute().then_some(outfile)
    });
    folders.iter().map(|folder| folder.join("tmp")).chain(outfile).collect()
}

/// Beside its chats Gemini CLI keeps what was typed, and checkpoints of files.
fn takes(path: &Path) -> bool {
    let parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
    let is_own = parts.windows(2).any(|pair| pair == [".gemini", "tmp"]);
    let is_kind = matches!(document::extension(path).as_str(), "json" | "jsonl" | "log");
    is_kind && (!is_own || parts.contains(&"chats"))
}

fn read(origin: &Origin, found: &mut Found) -> Result<()> {
    let bytes = document::bytes(origin.path)?;
    let mut chat = Chat::new(origin);
    let mut telemetry = Telemetry::default();
    document::values(&bytes, found, &mut |value, at, found| match Row::of(&value) {
        Some(row) if row.has("attributes") => telemetry.record(&row, at, found),
        Some(row) => chat.record(&row, at, found),
        None => found.skip(at, "not an object", ""),
    });
    chat.finish(found);
    Ok(())
}

/// Tokens as Gemini counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Tokens {
    input: i64,
    output: i64,
    cached: i64,
    thoughts: i64,
    tool: i64,
}

impl Tokens {
    fn sum(self) -> i64 {
        [self.input, self.output, self.thoughts, self.tool].into_iter().fold(0, i64::saturating_add)
    }

    fn set(self, at: At, event: &mut Event<'static>, found: &mut Found) {
        for (field, number) in [
            (Field::InputTokens, self.input.saturating_add(self.tool)),
            (Field::OutputTokens, self.output.saturating_add(self.thoughts)),
            (Field::CachedInputTokens, self.cached),
            (Field::ReasoningTokens, self.thoughts),
        ] {
            found.number(at, event, field, Some(number));
        }
    }

    /// The use that a chat and the telemetry both tell of, so that readers of the log see one: neither has an id of the
    /// other's, but they count the same tokens in the same session, in the same order.
    fn run_id(self, session: &str, number: u64) -> String {
        let numbers = [self.input, self.output, self.cached, self.thoughts, self.tool].map(i64::to_le_bytes);
        let parts = [session.as_bytes(), &number.to_le_bytes()];
        let parts = parts.into_iter().chain(numbers.iter().map(<[u8; 8]>::as_slice));
        Id::of(parts.collect::<Vec<_>>()).text()
    }
}

/// How often the same tokens were counted in a session so far.
#[derive(Default)]
struct Numbers(HashMap<(String, Tokens), u64>);

impl Numbers {
    fn next(&mut self, session: &str, tokens: Tokens) -> u64 {
        let number = self.0.entry((session.to_owned(), tokens)).or_default();
        *number += 1;
        *number
    }
}

/// An id of so many characters is like no other.
const UNIQUE_CHARS: usize = 20;

/// One answer of a chat, as far as its records tell.
struct Message {
    id: String,
    at: At,
    ts_ns: i64,
    model: Option<String>,
    tokens: Option<Tokens>,
    /// What it is the first answer to.
    words: Option<String>,
    /// How often other counts were told.
    changes: i64,
}

/// A chat that is read.
#[derive(Default)]
struct Chat {
    session: Option<String>,
    project: Option<String>,
    /// The session whose subagent it is: the folder it is in, below `chats`.
    parent: Option<String>,
    has_text: bool,
    /// What a person said that was not answered yet.
    words: Option<String>,
    messages: Vec<Message>,
    places: HashMap<String, usize>,
}

impl Chat {
    fn new(origin: &Origin) -> Chat {
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let folder = origin.path.parent();
        let is_below = folder.and_then(Path::parent).and_then(name).is_some_and(|above| above == "chats");
        Chat { parent: folder.filter(|_| is_below).and_then(name), has_text: origin.has_text, ..Chat::default() }
    }

    fn record(&mut self, row: &Row, at: At, found: &mut Found) {
        let set = row.row("set");
        let patch = row.row("patch");
        for told in [Some(row), set.as_ref(), patch.as_ref()].into_iter().flatten() {
            if let Some(session) = told.text("sessionid") {
                self.session.get_or_insert_with(|| session.to_owned());
            }
            if let Some(project) = told.text("projecthash") {
                self.project.get_or_insert_with(|| project.to_owned());
            }
            for message in told.list("messages").iter().chain(told.list("updates")) {
                match Row::of(message) {
                    Some(message) => self.message(&message, at, found),
                    None => found.skip(at, "not an object", ""),
                }
            }
        }
        if row.has("id") && !row.has("messages") {
            self.message(row, at, found);
        } else {
            found.other();
        }
    }

    fn message(&mut self, row: &Row, at: At, found: &mut Found) {
        let known = row.text("id").and_then(|id| self.places.get(id)).copied();
        let is_answer = row.text("type") == Some("gemini") || known.is_some() && !row.has("type");
        if !is_answer {
            if row.text("type") == Some("user") {
                self.words = row.get("content").filter(|_| self.has_text).and_then(words);
            }
            return found.other();
        }
        let Some(id) = row.text("id") else { return found.skip(at, "no id", "") };
        let place = if let Some(place) = known {
            found.repeat();
            place
        } else {
            let Some(ts_ns) = moment(row.get("timestamp"), at, found) else { return };
            self.places.insert(id.to_owned(), self.messages.len());
            let words = self.words.take();
            let id = id.to_owned();
            self.messages.push(Message { id, at, ts_ns, model: None, tokens: None, words, changes: 0 });
            self.messages.len() - 1
        };
        let message = &mut self.messages[place];
        if let Some(model) = row.text("model") {
            message.model = Some(model.to_owned());
        }
        if let Some(told) = row.row("tokens") {
            let count = |name| told.whole(name).unwrap_or(0);
            let tokens = Tokens {
                input: count("input"),
                output: count("output"),
                cached: count("cached"),
                thoughts: count("thoughts"),
                tool: count("tool"),
            };
            message.changes += i64::from(message.tokens != Some(tokens));
            message.tokens = Some(tokens);
        }
    }

    fn finish(self, found: &mut Found) {
        let mut numbers = Numbers::default();
        let session = self.session.as_deref().unwrap_or_default();
        let counted_in = self.parent.as_deref().unwrap_or(session);
        for message in self.messages {
            let at = message.at;
            let mut event = run(message.ts_ns);
            text(&mut event, Field::ConversationId, Some(session));
            text(&mut event, Field::ProjectId, self.project.as_deref());
            text(&mut event, Field::Provider, Some("google"));
            text(&mut event, Field::Model, message.model.as_deref());
            event.set(Field::Success, Held::Truth(true));
            let tokens = message.tokens.filter(|tokens| tokens.sum() > 0);
            let run_id = tokens.map(|tokens| tokens.run_id(counted_in, numbers.next(counted_in, tokens)));
            text(&mut event, Field::RunId, run_id.as_deref());
            if let Some(tokens) = tokens {
                tokens.set(at, &mut event, found);
            }
            let rank = message.changes.min(127) << 36 | tokens.map_or(0, Tokens::sum).clamp(0, (1 << 36) - 1);
            let rank = rank << 1 | i64::from(message.words.is_some());
            said(&mut event, message.words);
            // Ids that are not made up at random are used again in other sessions.
            let told_in = if message.id.len() < UNIQUE_CHARS { session } else { "" };
            let key = Id::of([&b"message"[..], told_in.as_bytes(), message.id.as_bytes()]);
            found.answer(Answer { key, family: None, rank, event });
        }
    }
}

/// The words in the content of a message: a text, a part with one, or a list of them.
fn words(content: &Value) -> Option<String> {
    let part = |part: &Value| part.as_str().or_else(|| part.get("text")?.as_str()).map(str::to_owned);
    let parts = content.as_array().map(|parts| parts.iter().filter_map(part).collect::<Vec<_>>().join("\n"));
    parts.or_else(|| part(content)).filter(|words| !words.is_empty())
}
