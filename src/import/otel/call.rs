//! From a record to an event: which records call a model, and whose names mean what. The names of the conventions are those
//! of the table of fields, where a line of a log has them too.

use super::record::{Record, Shape};
use super::tokens::{Input, Tokens};
use super::words::words;
use crate::event::{self, Event, Field, Kind, Line, Value};
use crate::import::found::{Answer, Found, said, text};
use crate::import::id::Id;
use crate::import::tally::At;
use crate::import::value::clipped;
use crate::time::EARLIEST_NS;
use serde_json::{Map, Value as Json};

/// The event of an assessment.
const EVALUATION: &str = "gen_ai.evaluation.result";

/// Operations that call a model, in the words of all conventions.
const CALLS: &[&str] = &[
    "chat",
    "text_completion",
    "generate_content",
    "embeddings",
    "completion",
    "embedding",
    "rerank",
    "message",
    "LLM",
    "EMBEDDING",
    "RERANKER",
];

/// A tool with events of its own names.
struct Tool {
    /// What its event of a call is called, and that of a call which failed.
    answered: &'static [&'static str],
    failed: &'static [&'static str],
    provider: &'static str,
    /// Its names, and those of the table of fields.
    names: &'static [(&'static str, &'static str)],
    input: Input,
    is_reasoning_apart: bool,
}

const TOOLS: &[Tool] = &[
    Tool {
        answered: &["claude_code.api_request", "claude_code.llm_request"],
        failed: &["claude_code.api_error"],
        provider: "anthropic",
        names: &[
            ("model", "model"),
            ("input_tokens", "input_tokens"),
            ("output_tokens", "output_tokens"),
            ("cache_read_tokens", "cached_input_tokens"),
            ("cache_creation_tokens", "cache_write_tokens"),
            ("cost_usd", "cost_usd"),
            ("duration_ms", "duration_ms"),
            ("ttft_ms", "time_to_first_token_ms"),
        ],
        input: Input::Rest,
        is_reasoning_apart: false,
    },
    Tool {
        answered: &["gemini_cli.api_response"],
        failed: &["gemini_cli.api_error"],
        provider: "gcp.gemini",
        names: &[
            ("model", "model"),
            ("model_name", "model"),
            ("input_token_count", "input_tokens"),
            ("output_token_count", "output_tokens"),
            ("cached_content_token_count", "cached_input_tokens"),
            ("thoughts_token_count", "reasoning_tokens"),
            ("duration_ms", "duration_ms"),
        ],
        input: Input::Whole,
        is_reasoning_apart: true,
    },
];

impl Record<'_> {
    pub fn is_evaluation(&self) -> bool {
        self.name == EVALUATION
    }

    /// Whether it is one call of a model.
    pub fn is_call(&self) -> bool {
        if self.tool().is_some() {
            return true;
        }
        let text = |name: &str| self.attributes.text(name);
        let operation =
            ["gen_ai.operation.name", "llm.request.type", "openinference.span.kind"].into_iter().find_map(text);
        let has = |field: Field| field.aliases().iter().any(|alias| self.attributes.get(alias.name).is_some());
        let has_tokens = has(Field::InputTokens) || has(Field::OutputTokens) || has(Field::TokensUsed);
        match (self.shape, operation.as_deref()) {
            // Other events of a call tell what was said, or a part of what its span tells.
            (Shape::Log, _) => {
                self.name == "gen_ai.client.inference.operation.details" || self.name.starts_with("GenAI inference:")
            }
            (_, Some(operation)) => CALLS.contains(&operation),
            (_, None) => has(Field::Model) && (has_tokens || self.name.starts_with("chat ")),
        }
    }

    fn tool(&self) -> Option<(&'static Tool, bool)> {
        let is = |names: &[&str]| {
            names.iter().any(|name| {
                let short = name.split_once('.').map_or(*name, |(_, short)| short);
                let service = self.resource.text("service.name").unwrap_or_default().replace('-', "_");
                self.name == *name || self.name == short && name.starts_with(&service) && !service.is_empty()
            })
        };
        TOOLS.iter().find_map(|tool| match (is(tool.answered), is(tool.failed)) {
            (true, _) => Some((tool, false)),
            (_, true) => Some((tool, true)),
            _ => None,
        })
    }

    /// What its attributes say, under names of the table of fields.
    fn said(&self, tool: Option<&Tool>) -> Map<String, Json> {
        let mut said = Map::new();
        for (key, value) in self.attributes.iter().filter(|(_, value)| !value.is_null()) {
            let own = key.strip_prefix("prompt_analytics.").map(|own| own.replace('.', "_"));
            let theirs = tool.and_then(|tool| tool.names.iter().find(|(name, _)| name == key));
            match (own, theirs) {
                (Some(own), _) => said.insert(own, value.clone()),
                (None, Some((_, name))) => said.insert((*name).to_owned(), value.clone()),
                // A plain word may mean anything in the attributes of a program.
                (None, None) if key.contains('.') && Field::of_key(key).is_some() => {
                    said.insert(key.clone(), value.clone())
                }
                _ => None,
            };
        }
        for name in ["session.id", "user.id"] {
            if let Some(value) = self.resource.get(name) {
                said.entry(name.to_owned()).or_insert_with(|| value.clone());
            }
        }
        said
    }

    /// What broke, if anything did.
    fn error_type(&self, has_failed: bool) -> Option<String> {
        let told = |name: &str| self.attributes.text(name).map(String::from);
        let exception =
            || self.events().iter().find_map(|event| event.attributes.text("exception.type").map(String::from));
        if let Some(told) = told("error.type") {
            return Some(told);
        }
        if !has_failed && !self.has_failed {
            return None;
        }
        let status = ["status_code", "http.response.status_code", "http.status_code"].into_iter().find_map(told);
        let status = status.filter(|status| status.bytes().all(|byte| byte.is_ascii_digit()) && status != "0");
        let named = ["exception.type", "error_type"].into_iter().find_map(told);
        Some(named.or_else(exception).or(status).unwrap_or_else(|| "_OTHER".to_owned()))
    }

    /// The id that the provider gave the answer, or the request.
    fn response(&self) -> Option<String> {
        let names = ["gen_ai.response.id", "llm.response.id", "request_id"].into_iter();
        names.filter_map(|name| self.attributes.text(name)).map(String::from).next()
    }

    /// What tells this call from all others. An answer has one id, whoever tells of it; a short one is made up, and told
    /// apart by the place. The events of a tool may all be in one place.
    fn key(&self) -> Id {
        let response = self.response().unwrap_or_default();
        if response.len() >= UNIQUE_CHARS {
            return Id::of([&b"answer"[..], response.as_bytes()]);
        }
        if self.shape == Shape::Span || self.tool().is_none() {
            return Id::of([&b"place"[..], &self.identity(), response.as_bytes()]);
        }
        let session = self.attributes.text("session.id").or_else(|| self.resource.text("session.id"));
        match (self.attributes.number("event.sequence"), session) {
            (Some(sequence), Some(session)) => {
                let start = self.start_ns.unwrap_or(0).to_le_bytes();
                Id::of([&b"event"[..], session.as_bytes(), &sequence.to_le_bytes(), &start])
            }
            _ => Id::of([&b"event"[..], &self.whole()]),
        }
    }
}

/// An id of so many characters is like no other.
const UNIQUE_CHARS: usize = 20;

/// Makes an event of what was said, as if it stood in a line of a log.
fn event(said: &Map<String, Json>, name: &str, ts_ns: i64, at: At, found: &mut Found) -> Option<Event<'static>> {
    let mut line = Map::from_iter([("ts".to_owned(), Json::from(ts_ns)), ("event".to_owned(), Json::from(name))]);
    line.extend(said.iter().map(|(key, value)| (key.clone(), value.clone())));
    let line = serde_json::to_string(&line).unwrap_or_default();
    let Ok(Line::Event(read)) = event::parse_line(line.as_bytes()) else {
        found.skip(at, "not understood", "");
        return None;
    };
    for field in &read.dropped {
        let key = said.keys().find(|key| Field::of_key(key).is_some_and(|(of, ..)| of == *field));
        let told = key.and_then(|key| said.get(key)).map(Json::to_string).unwrap_or_default();
        found.drop_field(at, *field, &format!("{}, and must be {}", clipped(told), field.shape().range()));
    }
    let mut event = read.event.into_owned();
    event.ts_ns = ts_ns;
    Some(event)
}

/// The time of a record.
fn time_of(record: &Record, at: At, found: &mut Found) -> Option<i64> {
    let told = record.start_ns.or(record.end_ns);
    if told.is_none() {
        found.skip(at, "no time", "");
        return None;
    }
    let ts_ns = told.filter(|ns| *ns >= EARLIEST_NS);
    if ts_ns.is_none() {
        found.skip(at, "bad time", "");
    }
    ts_ns
}

/// Says whose it is and where it was.
fn subject(event: &mut Event<'static>, record: &Record) {
    let (span, response) = (record.span.as_deref(), record.response());
    // Other records than spans may be of a span that holds several calls.
    let run = match (record.shape, event.kind) {
        (Shape::Log, Kind::Run) if record.tool().is_some() => response,
        (Shape::Log, Kind::Run) => response.or(span.map(str::to_owned)),
        _ => span.map(str::to_owned).or(response),
    };
    let set = |event: &mut Event<'static>, field, told: Option<&str>| {
        if event.value(field).is_none() {
            text(event, field, told);
        }
    };
    set(event, Field::RunId, run.as_deref());
    // What belongs to a use has the conversation of the use.
    set(event, Field::ConversationId, record.trace.as_deref().filter(|_| event.kind == Kind::Run || span.is_none()));
    set(event, Field::Host, record.resource.text("host.name").as_deref());
    let named =
        |name: &str| record.resource.text(name).filter(|name| !IS_A_TOOL.iter().any(|tool| name.starts_with(tool)));
    set(event, Field::ProjectId, named("service.namespace").or_else(|| named("service.name")).as_deref());
}

/// Names of services that are not what anything was done for.
const IS_A_TOOL: &[&str] = &["unknown_service", "claude-code", "copilot", "github-copilot", "gemini-cli"];

/// Takes a call of a model.
pub fn run(record: &Record, at: At, has_text: bool, found: &mut Found) {
    let Some(ts_ns) = time_of(record, at, found) else { return };
    let tool = record.tool();
    let told = record.said(tool.map(|(tool, _)| tool));
    let Some(mut event) = event(&told, "run", ts_ns, at, found) else { return };
    if let Some((tool, _)) = tool
        && event.value(Field::Provider).is_none()
    {
        text(&mut event, Field::Provider, Some(tool.provider));
    }
    let tier =
        record.attributes.text("speed").filter(|tier| tool.is_some() && !["normal", "standard"].contains(&&**tier));
    text(&mut event, Field::ServiceTier, tier.as_deref());
    subject(&mut event, record);
    tokens(&mut event, record, tool.map(|(tool, _)| tool), at, found);
    if record.shape == Shape::Span {
        found.number(at, &mut event, Field::DurationMs, record.duration_ns());
    }
    let error = record.error_type(tool.is_some_and(|(_, has_failed)| has_failed));
    if event.value(Field::Success).is_none() {
        event.set(Field::Success, Value::Truth(error.is_none()));
    }
    text(&mut event, Field::ErrorType, error.as_deref());
    let rank = rank(&event, record.shape);
    said(&mut event, has_text.then(|| words(&record.attributes)).flatten());
    found.answer(Answer { key: record.key(), family: None, rank, event });
}

/// How much a copy tells: its tokens, then whether it is the span itself, then how many fields it has.
fn rank(event: &Event, shape: Shape) -> i64 {
    let number = |field| match event.value(field) {
        Some(Value::Number(number)) => *number,
        _ => 0,
    };
    let tokens = number(Field::InputTokens).saturating_add(number(Field::OutputTokens)).min(1 << 36);
    let fields = i64::try_from(event.fields.len()).unwrap_or(0).min(63);
    tokens << 7 | i64::from(shape == Shape::Span) << 6 | fields
}

/// Sets the tokens under the rule of events.
fn tokens(event: &mut Event<'static>, record: &Record, tool: Option<&Tool>, at: At, found: &mut Found) {
    let mut number = |field| match event.remove(field) {
        Some(Value::Number(number)) => Some(number),
        _ => None,
    };
    let told = Tokens {
        input: number(Field::InputTokens),
        output: number(Field::OutputTokens),
        cached: number(Field::CachedInputTokens),
        written: number(Field::CacheWriteTokens),
        reasoning: number(Field::ReasoningTokens),
        total: number(Field::TokensUsed),
    };
    let input = tool.map_or_else(|| convention(event, record), |tool| tool.input);
    let whole = told.inclusive(input, tool.is_some_and(|tool| tool.is_reasoning_apart));
    for (field, number) in [
        (Field::InputTokens, whole.input),
        (Field::OutputTokens, whole.output),
        (Field::CachedInputTokens, whole.cached),
        (Field::CacheWriteTokens, whole.written),
        (Field::ReasoningTokens, whole.reasoning),
    ] {
        found.number(at, event, field, number);
    }
}

/// Names that are spelled as the API of Anthropic spells them are most likely its own numbers, in which cached tokens stand
/// apart; the instrumentation of `OpenLLMetry` uses these names for sums. All other names are those of conventions by which
/// the input is the whole.
fn convention(event: &Event, record: &Record) -> Input {
    let raw = ["gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.cache_creation_input_tokens"];
    let is_raw = raw.iter().any(|name| record.attributes.get(name).is_some());
    let is_anthropic = event.text(Field::Provider).is_some_and(|provider| provider.eq_ignore_ascii_case("anthropic"));
    let is_summed =
        record.scope.starts_with("opentelemetry.instrumentation.") || record.scope.starts_with("@traceloop/");
    if is_raw && is_anthropic && !is_summed { Input::Rest } else { Input::Whole }
}

/// Takes the assessment of an answer.
pub fn evaluation(record: &Record, at: At, found: &mut Found) {
    let Some(ts_ns) = time_of(record, at, found) else { return };
    let told = record.said(None);
    let Some(mut event) = event(&told, EVALUATION, ts_ns, at, found) else { return };
    if event.kind == Kind::Quality
        && let Some(label) = record.attributes.text("gen_ai.evaluation.score.label")
    {
        event.set(Field::Feedback, Value::Texts(vec![label.into_owned().into()]));
    }
    // What was said about an answer quotes it.
    event.remove(Field::FeedbackText);
    subject(&mut event, record);
    let any_of = event.kind.testimony().any_of;
    if !any_of.iter().any(|field| event.value(*field).is_some()) {
        return found.skip(at, "an evaluation without a result", "");
    }
    let name = record.attributes.text("gen_ai.evaluation.name").unwrap_or_default();
    let response = record.attributes.text("gen_ai.response.id").unwrap_or_default();
    let place = record.identity();
    let key = Id::of([&b"evaluation"[..], &place, name.as_bytes(), response.as_bytes(), &ts_ns.to_le_bytes()]);
    found.answer(Answer { key, family: None, rank: 1, event });
}
