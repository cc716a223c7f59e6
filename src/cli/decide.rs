//! Deciding: a person says of findings that they are known, done or open again, which goes into the log as events.

use super::Trouble;
use super::args::{AlertAction, AlertVerb, Args, Everywhere, FilterArgs, RecommendAction, RecommendVerb};
use super::reading::{self, Voice};
use super::trouble::safe;
use super::{answer, ask, place, record};
use crate::event::{self, Event};
use crate::fold::Executor;
use crate::query::{Dimension, Query};
use crate::report::{self, Ask, Decided, State};
use crate::severity::Severity;
use crate::sheet::{Cell, Finding};
use crate::{spelling, time};
use anyhow::{Context as _, Result, anyhow};
use clap::Parser as _;
use serde_json::{Map, Value};
use std::io::Write as _;
use std::process::ExitCode;

/// What an event says of a finding.
pub struct Told {
    pub id: String,
    pub severity: Option<Severity>,
    /// The key of the metric; empty where it is not known.
    pub metric: String,
    /// What the metric is, in the unit it is reported in.
    pub observed: Option<f64>,
    /// The dimension of its subject, or another word where it has none, and the name.
    pub what: String,
    pub name: String,
}

/// Appends `alert` events of what a person said.
///
/// # Errors
/// There is no such alert, or the log cannot be read or written.
pub fn alert(verb: AlertVerb, everywhere: &Everywhere) -> Result<ExitCode> {
    let state = match verb.action {
        AlertAction::Ack => State::Acknowledged,
        AlertAction::Reopen => State::Open,
    };
    decide(&Findings { report: "alerts", kind: "alert" }, state, &verb.ids, verb.filters, everywhere)
}

/// Appends `recommendation` events of what a person said.
///
/// # Errors
/// There is no such recommendation, or the log cannot be read or written.
pub fn recommend(verb: RecommendVerb, everywhere: &Everywhere) -> Result<ExitCode> {
    let state = match verb.action {
        RecommendAction::Ack => State::Acknowledged,
        RecommendAction::Done => State::Done,
        RecommendAction::Reopen => State::Open,
    };
    decide(&Findings { report: "recommendations", kind: "recommendation" }, state, &verb.ids, verb.filters, everywhere)
}

/// The report that shows findings, and the kind of event that says what became of them.
struct Findings {
    report: &'static str,
    kind: &'static str,
}

fn decide(
    findings: &Findings,
    state: State,
    ids: &[String],
    filters: FilterArgs,
    everywhere: &Everywhere,
) -> Result<ExitCode> {
    if place::is_silenced() {
        return Ok(ExitCode::SUCCESS);
    }
    let now_ns = time::now(everywhere.now.as_deref())?;
    let (place, config) = place::find(everywhere)?;
    if !place.dir.is_dir() {
        return answer::no_log(&place, false);
    }
    // Asked as the report is where only filters are given.
    let mut asked = Args::try_parse_from(["prompt-analytics"]).context("nothing is a question too")?.asked;
    asked.filters = filters;
    let query = ask::query(&asked, &config, now_ns)?;
    let told = reading::with_log(&place, &config, everywhere, now_ns, Voice::Told, |ingested| {
        let executor = Executor::new(&ingested.frame, query.zone.clone(), now_ns);
        // What was shown with another confidence can be decided on too.
        let query = Query { min_confidence: 0.0, ..query.clone() };
        let ask = Ask { executor: &executor, query: &query, coverage: &ingested.coverage };
        let report = report::named(findings.report).ok_or_else(|| anyhow!("there is no report {}", findings.report))?;
        let sheet = (report.fill)(&ask)?;
        let shown: Vec<&Finding> = sheet.findings().collect();
        let decided = Decided::of(&ask)?;
        ids.iter().map(|id| told(findings, id, &shown, &decided)).collect::<Result<Vec<_>>>()
    })?;
    let said: Vec<String> = told.iter().map(|(told, words)| format!("{} {}{words}", verb(state), told.id)).collect();
    let events = told.into_iter().map(|(told, _)| event(findings.kind, state, told, now_ns));
    let (place, privacy) = place::to_write(everywhere)?;
    record::append(&place.dir, &privacy, events.collect::<Result<_>>()?)?;
    writeln!(std::io::stdout(), "{}", safe(&said.join("\n")))?;
    Ok(ExitCode::SUCCESS)
}

fn verb(state: State) -> &'static str {
    match state {
        State::Acknowledged => "acknowledged",
        State::Done => "done",
        State::Open | State::Closed => "reopened",
    }
}

/// What is known of a finding now, and in words what it is about. One that is not shown may have been decided on before.
fn told(findings: &Findings, id: &str, shown: &[&Finding], decided: &Decided) -> Result<(Told, String)> {
    if let Some(finding) = shown.iter().find(|finding| finding.id == id && !id.is_empty()) {
        return Ok(of_finding(finding));
    }
    let is_of_kind = id.starts_with(&findings.kind[..1]);
    if let Some(last) = decided.last(id).filter(|last| is_of_kind && last.state != State::Closed) {
        let (severity, observed) = (last.severity, last.observed);
        let (metric, what, name) = Default::default();
        return Ok((Told { id: id.to_owned(), severity, metric, observed, what, name }, String::new()));
    }
    let ids: Vec<&str> = shown.iter().map(|finding| finding.id.as_str()).filter(|id| !id.is_empty()).collect();
    let says = match &ids[..] {
        [] => format!("there is no {} `{id}`, nor any other", findings.kind),
        ids => spelling::unknown(findings.kind, id, ids),
    };
    Err(Trouble::new(says).hint(format!("`prompt-analytics {}` shows them", findings.report)).into())
}

/// What a finding says of itself: its metric and value are evidence under these keys.
fn of_finding(finding: &Finding) -> (Told, String) {
    let evidence = |key: &str| finding.evidence.iter().find(|fact| fact.key == key);
    let metric = match evidence("metric").map(|fact| &fact.cell) {
        Some(Cell::Text(metric)) => metric.clone(),
        _ => String::new(),
    };
    let value = evidence("value");
    let (what, name) = finding.subject.split_once(' ').unwrap_or((&finding.subject, ""));
    let words = value.map(|value| format!(", {}", value.label)).unwrap_or_default();
    let told = Told {
        id: finding.id.clone(),
        severity: Some(finding.severity),
        metric,
        observed: value.and_then(|value| value.cell.number()),
        what: what.to_owned(),
        name: name.to_owned(),
    };
    (told, format!(": {}{words}", finding.subject))
}

/// The event that says what became of a finding.
///
/// # Errors
/// It says something that no event may say.
pub fn event(kind: &str, state: State, told: Told, now_ns: i64) -> Result<Event<'static>> {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| drop(object.insert(key.to_owned(), value));
    put("event", kind.into());
    put("finding_id", told.id.into());
    put("state", state.name().into());
    if let Some(severity) = told.severity {
        put("severity", severity.name().into());
    }
    if !told.metric.is_empty() {
        put("metric", told.metric.into());
    }
    // Six decimals are kept of it.
    let observed = told.observed.map(|observed| (observed * 1e6).round() / 1e6);
    if let Some(observed) = observed.and_then(serde_json::Number::from_f64) {
        put("observed", observed.into());
    }
    let field = match Dimension::named(&told.what) {
        Some(Dimension::Prompt) => "prompt_id",
        Some(Dimension::Template) => "template_id",
        Some(Dimension::Category) => "task_category",
        Some(Dimension::Model) => "model",
        _ => "",
    };
    if !field.is_empty() && !told.name.is_empty() {
        put(field, told.name.into());
    }
    event::from_json(&object, now_ns)
}
