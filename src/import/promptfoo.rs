//! `promptfoo`: the results of its evaluations, as JSON, JSON lines or CSV. A result is a run: whether it passed is its
//! success, and it is told by its id, else by its evaluation, test and prompt, else by all results before it in its file.
//!
//! Its score, if it was graded at all, and each of its named scores from 0 to 1 are assessments (`quality`) of that run, by
//! `promptfoo` or by the name of the score. A prompt is called by its label, unless that is the text of the prompt: then by the
//! digest that promptfoo or else this program makes of it. The provider `openai:chat:gpt-4o` is the model `gpt-4o` of
//! `openai`; a label of its own is the variant, and the evaluation is the experiment.
//!
//! Tokens are those of the answer, not of the grader. A cost of 0 that no provider told is left out, as is a latency of 0;
//! what came from promptfoo's own cache bears the tag `cached`. A result without a time has that of its evaluation, else
//! that at which its file was last written.

mod model;
mod table;

use super::document::{self, Row, error_type};
use super::found::{Answer, Found, event, run, said, text};
use super::id::Id;
use super::tally::At;
use super::walk::Homes;
use super::{How, Origin, Source};
use crate::event::{Event, Field, Kind, Value as Held};
use crate::log::Stamp;
use crate::time;
use anyhow::Result;
use serde_json::Value;
use std::path::{Path, PathBuf};

pub const PROMPTFOO: Source = Source {
    name: "promptfoo",
    aliases: &[],
    reads: "results of promptfoo, as JSON, JSON lines or CSV",
    places,
    takes,
    how: How::Whole { version: 1, read },
};

/// The results that older versions keep in `output` of `$PROMPTFOO_CONFIG_DIR`, else of `~/.promptfoo`; newer ones are
/// exported to wherever a person says.
fn places(homes: &Homes) -> Vec<PathBuf> {
    let folder = homes.path("PROMPTFOO_CONFIG_DIR").or_else(|| homes.home(".promptfoo"));
    folder.map(|folder| folder.join("output")).into_iter().collect()
}

fn takes(path: &Path) -> bool {
    matches!(document::extension(path).as_str(), "json" | "jsonl" | "csv")
}

fn read(origin: &Origin, found: &mut Found) -> Result<()> {
    let bytes = document::bytes(origin.path)?;
    let written_ns = Stamp::of(origin.path)?.mtime_ns;
    if document::extension(origin.path) == "csv" {
        let name = origin.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        table::read(&bytes, &name, written_ns, found);
        return Ok(());
    }
    let mut results = Results { written_ns, has_text: origin.has_text, before: Id::of([]) };
    document::values(&bytes, found, &mut |value, at, found| match Row::of(&value) {
        Some(row) if row.has("results") => results.evaluation(&row, at, found),
        Some(row) => {
            let whole = Whole { eval: row.text("evalid").map(str::to_owned), ts_ns: None };
            results.result(&row, &Row::default(), &whole, at, found);
        }
        None => found.skip(at, "not an object", ""),
    });
    Ok(())
}

/// What an evaluation says for all its results.
struct Whole {
    eval: Option<String>,
    ts_ns: Option<i64>,
}

/// The reader of one file.
struct Results {
    written_ns: i64,
    has_text: bool,
    /// All results before the present one.
    before: Id,
}

impl Results {
    fn evaluation(&mut self, row: &Row, at: At, found: &mut Found) {
        found.other();
        let summary = row.row("results");
        let results = summary.as_ref().unwrap_or(row);
        let eval = row.text("evalid").or_else(|| row.text("id")).map(str::to_owned);
        let metadata = row.row("metadata").unwrap_or_default();
        let ts_ns = results
            .time("timestamp")
            .or_else(|| row.time("createdat"))
            .or_else(|| metadata.time("evaluationcreatedat"))
            .or_else(|| eval.as_deref().and_then(created))
            .or_else(|| metadata.time("exportedat"));
        let whole = Whole { eval, ts_ns };
        let list = results.list("results");
        for result in list {
            match Row::of(result) {
                Some(result) => self.result(&result, &Row::default(), &whole, at, found),
                None => found.skip(at, "not an object", ""),
            }
        }
        let Some(table) = results.row("table").filter(|_| list.is_empty()) else { return };
        let head = table.row("head").unwrap_or_default();
        for line in table.list("body").iter().filter_map(Row::of) {
            for (place, result) in line.list("outputs").iter().enumerate() {
                let prompt = head.list("prompts").get(place).and_then(Row::of).unwrap_or_default();
                match Row::of(result) {
                    Some(result) => self.result(&result, &prompt, &whole, at, found),
                    None => found.other(),
                }
            }
        }
    }

    /// Takes a result; `head` says of its column what a table does not repeat.
    fn result(&mut self, row: &Row, head: &Row, whole: &Whole, at: At, found: &mut Found) {
        let Some(success) = row.truth("success").or_else(|| row.truth("pass")) else {
            return found.skip(at, "no result in it", "");
        };
        let key = self.key(row, whole);
        let ts_ns = row.time("timestamp").or_else(|| row.time("createdat")).or(whole.ts_ns);
        let mut event = run(ts_ns.unwrap_or(self.written_ns));
        let response = row.row("response").unwrap_or_default();
        let is_error = match row.whole("failurereason") {
            Some(reason) => reason == 2,
            None => response.has("error") || row.has("error") && !row.has("gradingresult"),
        };
        text(&mut event, Field::RunId, Some(&key.text()));
        text(&mut event, Field::ExperimentId, whole.eval.as_deref());
        text(&mut event, Field::PromptId, prompt_id(row, head).as_deref());
        let provider = row.row("provider").unwrap_or_default();
        let name = provider.text("id").or_else(|| row.text("provider")).or_else(|| head.text("provider"));
        model::set(&mut event, name.unwrap_or_default(), provider.text("label"));
        event.set(Field::Success, Held::Truth(success && !is_error));
        if is_error {
            let told = row.text("error").or_else(|| response.text("error")).unwrap_or_default();
            event.set(Field::ErrorType, Held::Text(error_type(told).into()));
        }
        Results::measures(row, &response, at, &mut event, found);
        if self.has_text {
            let prompt = row.row("prompt").unwrap_or_default();
            said(&mut event, prompt.text("raw").map(str::to_owned));
        }
        let grading = row.row("gradingresult");
        let mut scores = Vec::new();
        if let (false, Some(_)) = (is_error, &grading) {
            scores.push(("promptfoo".to_owned(), row.get("score").cloned()));
        }
        if let Some(Value::Object(named)) = row.get("namedscores") {
            scores.extend(named.iter().map(|(name, score)| (name.clone(), Some(score.clone()))));
        }
        assessments(&event, key, &scores, at, found);
        let rank = 1 + i64::from(event.value(Field::Parameters).is_some());
        found.answer(Answer { key, family: None, rank, event });
    }

    fn key(&mut self, row: &Row, whole: &Whole) -> Id {
        if let Some(id) = row.text("id") {
            return Id::of([&b"result"[..], id.as_bytes()]);
        }
        if let (Some(eval), Some(test), Some(prompt)) =
            (&whole.eval, row.whole("testidx").or_else(|| row.whole("testindex")), row.whole("promptidx"))
        {
            return Id::of([&b"test"[..], eval.as_bytes(), &test.to_le_bytes(), &prompt.to_le_bytes()]);
        }
        let all: Vec<String> = row.members().map(|(name, value)| format!("{name}={value}")).collect();
        let eval = whole.eval.as_deref().unwrap_or_default();
        self.before = self.before.then(Id::of([eval.as_bytes()].into_iter().chain(all.iter().map(String::as_bytes))));
        self.before
    }

    fn measures(row: &Row, response: &Row, at: At, event: &mut Event<'static>, found: &mut Found) {
        found.number(at, event, Field::DurationMs, row.decimal("latencyms", 6).filter(|ns| *ns > 0));
        let tokens = response.row("tokenusage").or_else(|| row.row("tokenusage")).unwrap_or_default();
        let count = |name| tokens.whole(name).filter(|count| *count > 0);
        found.number(at, event, Field::InputTokens, count("prompt"));
        found.number(at, event, Field::OutputTokens, count("completion"));
        let details = tokens.row("completiondetails").unwrap_or_default();
        found.number(at, event, Field::ReasoningTokens, details.whole("reasoning").filter(|count| *count > 0));
        let told = response.decimal("cost", 9);
        let cost = told.or_else(|| row.decimal("cost", 9).filter(|cost| *cost != 0));
        found.number(at, event, Field::CostUsd, cost);
        text(event, Field::FinishReason, response.text("finishreason"));
        if response.truth("cached") == Some(true) {
            event.set(Field::Tags, Held::Texts(vec!["cached".into()]));
        }
    }
}

/// Assessments of a run, one for each score.
fn assessments(of: &Event, run: Id, scores: &[(String, Option<Value>)], at: At, found: &mut Found) {
    for (name, score) in scores {
        let Some(score) = score.as_ref().and_then(|score| document::decimal(score, 9)) else { continue };
        if !Field::QualityScore.shape().holds(score) {
            found.skip(at, "a score not from 0 to 1", name);
            continue;
        }
        let mut assessment = event(Kind::Quality, of.ts_ns);
        for field in [Field::RunId, Field::PromptId, Field::Model, Field::Provider, Field::Variant, Field::ExperimentId]
        {
            text(&mut assessment, field, of.text(field));
        }
        text(&mut assessment, Field::Evaluator, Some(name));
        assessment.set(Field::QualityScore, Held::Number(score));
        let key = run.then(Id::of([&b"score"[..], name.as_bytes()]));
        found.answer(Answer { key, family: None, rank: 1, event: assessment });
    }
}

/// When an evaluation was made, as its id says: `eval-abc-2026-11-20T10:00:00`.
fn created(eval: &str) -> Option<i64> {
    let start = eval.len().checked_sub("2026-11-20T10:00:00".len())?;
    Some(time::text(eval.get(start..)?)?.ts_ns)
}

/// What a prompt is called.
fn prompt_id(row: &Row, head: &Row) -> Option<String> {
    let prompt = row.row("prompt").unwrap_or_default();
    let label = prompt.text("label").or_else(|| head.text("label"));
    // A table holds the prompt as it was filled; the others hold the template.
    let raw = prompt.text("raw").or_else(|| head.text("raw")).unwrap_or_default();
    let name = label.and_then(|label| model::prompt_name(label, raw));
    let digest = || row.text("promptid").or_else(|| prompt.text("id")).or_else(|| head.text("id")).map(str::to_owned);
    let text = label.unwrap_or(raw);
    name.or_else(digest).or_else(|| (!text.is_empty()).then(|| model::digest(text)))
}
