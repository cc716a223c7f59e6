//! One line: its values by key, and how a writer lays them out.

use super::random::Random;
use super::world;
use std::fmt::Write as _;

macro_rules! keys {
    ($($key:ident $name:literal),* $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Key { $($key),* }

        /// Every key, in the order in which our own writer writes it.
        const KEYS: &[(Key, &str)] = &[$((Key::$key, $name)),*];
    };
}

keys! {
    V "v", Id "id", Rev "rev", Retracted "retracted", Ts "ts", Event "event", RunId "run_id", PromptId "prompt_id",
    PromptVersion "prompt_version", TemplateId "template_id", StarterId "starter_id", TaskCategory "task_category",
    TaskDomain "task_domain", Provider "provider", Model "model", ProjectId "project_id",
    ConversationId "conversation_id", UserId "user_id", Source "source", Host "host", Tags "tags",
    InputTokens "input_tokens", Parameters "parameters", Success "success", ErrorType "error_type",
    ExitCode "exit_code", FinishReason "finish_reason", DurationMs "duration_ms",
    TimeToFirstTokenMs "time_to_first_token_ms", OutputTokens "output_tokens",
    CachedInputTokens "cached_input_tokens", CostUsd "cost_usd", Metrics "metrics", QualityScore "quality_score",
    ClarityScore "clarity_score", SpecificityScore "specificity_score", EfficiencyScore "efficiency_score",
    Feedback "feedback", Evaluator "evaluator", Rating "rating", FeedbackText "feedback_text",
}

/// How a writer writes a time.
#[derive(Clone, Copy)]
pub enum TsStyle {
    Utc,
    /// Two hours east.
    Offset,
    EpochMs,
}

/// A program that writes events, with its habits.
#[derive(Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each habit is its own")]
pub struct Writer {
    pub source: &'static str,
    /// One `usage` and one `performance` line for a use, not one `run` line.
    pub splits: bool,
    /// As Python's json module does it: blanks after commas and colons, nothing beyond ASCII.
    pub is_spaced: bool,
    /// Writes all it knows.
    pub is_wordy: bool,
    pub is_late: bool,
    pub has_version: bool,
    /// Tells an exit status, not a reason to finish.
    pub has_exit: bool,
    pub ts: TsStyle,
    pub order: Vec<Key>,
}

pub enum Order {
    /// Ours.
    Canonical,
    /// As a sorted map.
    Alphabetical,
    /// Its own.
    Shuffled,
}

impl Order {
    pub fn keys(&self, random: &mut Random) -> Vec<Key> {
        let mut keys = KEYS.to_vec();
        match self {
            Order::Canonical => {}
            Order::Alphabetical => keys.sort_by_key(|(_, name)| *name),
            Order::Shuffled => {
                for at in (1..keys.len()).rev() {
                    keys.swap(at, random.index(at + 1));
                }
            }
        }
        keys.into_iter().map(|(key, _)| key).collect()
    }
}

/// The values of a line as JSON text; an empty one is absent.
#[derive(Clone)]
pub struct Line {
    values: [String; KEYS.len()],
    is_ascii: bool,
    /// A key written under another writer's name.
    alias: Option<(Key, &'static str)>,
    /// A field that nobody knows, with its value.
    pub unknown: Option<&'static str>,
}

impl Default for Line {
    fn default() -> Line {
        Line { values: [const { String::new() }; KEYS.len()], is_ascii: false, alias: None, unknown: None }
    }
}

impl Line {
    /// An empty line in the alphabet of `writer`.
    pub fn of(writer: &Writer) -> Line {
        Line { is_ascii: writer.is_spaced, ..Line::default() }
    }

    pub fn has(&self, key: Key) -> bool {
        !self.values[key as usize].is_empty()
    }

    pub fn raw(&mut self, key: Key, json: &str) -> &mut Line {
        json.clone_into(&mut self.values[key as usize]);
        self
    }

    pub fn text(&mut self, key: Key, text: &str) -> &mut Line {
        let value = &mut self.values[key as usize];
        value.clear();
        value.push('"');
        for character in text.chars() {
            match character {
                '"' => value.push_str("\\\""),
                '\\' => value.push_str("\\\\"),
                '\n' => value.push_str("\\n"),
                _ if character.is_ascii() || !self.is_ascii => value.push(character),
                _ => {
                    for unit in character.encode_utf16(&mut [0; 2]) {
                        let _ = write!(value, "\\u{unit:04x}");
                    }
                }
            }
        }
        value.push('"');
        self
    }

    pub fn number(&mut self, key: Key, number: u64) -> &mut Line {
        self.decimal(key, number, 0)
    }

    /// A number of `units`, each 10^-`decimals`.
    pub fn decimal(&mut self, key: Key, units: u64, decimals: u32) -> &mut Line {
        let value = &mut self.values[key as usize];
        let one = 10_u64.pow(decimals);
        value.clear();
        let _ = write!(value, "{}", units / one);
        if !units.is_multiple_of(one) {
            let _ = write!(value, ".{:0width$}", units % one, width = decimals as usize);
            value.truncate(value.trim_end_matches('0').len());
        }
        self
    }

    pub fn truth(&mut self, key: Key, truth: bool) -> &mut Line {
        self.raw(key, if truth { "true" } else { "false" })
    }

    pub fn copy(&mut self, key: Key, from: &Line) {
        self.raw(key, &from.values[key as usize]);
    }

    pub fn ts(&mut self, ms: u64, style: TsStyle) {
        let (local, zone) = match style {
            TsStyle::Utc => (ms, "Z"),
            TsStyle::Offset => (ms + 2 * world::HOUR, "+02:00"),
            TsStyle::EpochMs => {
                self.number(Key::Ts, ms);
                return;
            }
        };
        let (year, month, day) = world::date(local);
        let (seconds, millis) = (local / 1000 % 86_400, local % 1000);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let value = &mut self.values[Key::Ts as usize];
        value.clear();
        let _ = write!(value, "\"{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}{zone}\"");
    }

    /// Says `key` under another name from now on; seconds are milliseconds shifted.
    pub fn alias(&mut self, (key, name): (Key, &'static str)) {
        self.alias = Some((key, name));
        let value = &self.values[key as usize];
        if name == "completion_time" && !value.is_empty() {
            let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
            let micros = format!("{whole}{fraction:0<3}").parse().unwrap_or(0);
            self.decimal(key, micros, 6);
        }
    }

    /// The line as `writer` lays it out.
    pub fn bytes(&self, writer: &Writer) -> Vec<u8> {
        let (colon, comma) = if writer.is_spaced { ("\": ", ", ") } else { ("\":", ",") };
        let mut bytes = Vec::with_capacity(640);
        bytes.push(b'{');
        for key in &writer.order {
            let value = &self.values[*key as usize];
            if value.is_empty() {
                continue;
            }
            let name = match self.alias {
                Some((aliased, name)) if aliased == *key => name,
                _ => KEYS[*key as usize].1,
            };
            if bytes.len() > 1 {
                bytes.extend_from_slice(comma.as_bytes());
            }
            bytes.push(b'"');
            for part in [name, colon, value] {
                bytes.extend_from_slice(part.as_bytes());
            }
        }
        if let Some(unknown) = self.unknown {
            bytes.extend_from_slice(comma.as_bytes());
            bytes.extend_from_slice(unknown.as_bytes());
        }
        bytes.extend_from_slice(b"}\n");
        bytes
    }
}
