//! Alerts: what is past its level now, of what was told before only what is not over, and what it is past.

mod absence;
mod alert;
mod budgets;
mod levels;
mod standing;
mod tables;
mod watched;

use super::ask::Ask;
use super::causes;
use super::decided::Decided;
use super::same::Sameness;
use super::{Flag, Report};
use crate::coverage::count;
use crate::fold::{Filter, Scope, Test};
use crate::query::{Dimension, Filters, Query};
use crate::sheet::{Block, Cell, Fact, Finding, Severity, Sheet, Table, Unit};
use crate::time::{self, Period};
use alert::Alert;
use anyhow::{Context as _, Result};
use budgets::Spending;
use levels::Watched;
use standing::Standing;
use std::cmp::Reverse;
use watched::{Panel, Watching};

pub const REPORT: Report = Report {
    name: "alerts",
    question: "What is past its level now, and what of it is new?",
    shows: "Everything together, and every prompt, template, category and model, whose success, errors, latency, rating or \
            quality is past its alert level; prompts that fell out of use; budgets that are spent, or will be at this rate. \
            And how much was watched, and how much had too few observations.",
    computed: "An alert states what was observed, with at least the level's minimum of observations, in the period asked for, \
               else in the last 7 days (`window` in the config). An alert that `--notify` or `--remember` recorded is open until \
               its value is back at `clear`, or a tenth of the level on its good side, with as many observations; one that was \
               acknowledged is quiet until its severity rises or it is worse by more than a tenth of the level. Budgets are of \
               the day, week or month that it is in the time zone; the rate needs a tenth of it and 2 days with uses (of a day, \
               2 hours). What is new and rests on the same uses as another alert is said there.",
    lies: "A level is no test: of many subjects just on the good side some are past it by chance each week; \
           `recommendations` says how sure a miss is. A value that nobody can observe (too few observations) raises no alert and \
           closes none. Under a filter a subject is another one, with alerts of its own, and budgets are not looked at. A period \
           with an open end has none before it, so that nothing can have fallen silent or out of use.",
    by: &[],
    takes: &[Flag::FailOn, Flag::Notify],
    nothing: ("nothing happened", Test::Any),
    fill,
};

fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let query = with_window(ask)?;
    let ask = Ask { query: &query, ..*ask };
    let decided = Decided::of(&ask)?;
    let watching = Watching { ask: &ask, decided: &decided, previous: ask.period().previous(&query.zone) };
    let metrics = levels::metrics(&watching);
    let panels = watched::panels(&watching, &metrics);
    let (mut found, watched) = levels::alerts(&watching, &metrics, &panels);
    found.extend(absence::silence(&watching, &metrics, &panels));
    let mut alerts = levels::without_repetition(found, &mut Sameness::new(&ask));
    let is_of_prompts = |panel: &&Panel| panel.dimension == Some(Dimension::Prompt);
    alerts.extend(panels.iter().find(is_of_prompts).and_then(|prompts| absence::low_usage(&watching, prompts)));
    let is_budgeted = query.filters == Filters::default() && period_holds_now(&query);
    let spending = if is_budgeted { budgets::spending(&watching)? } else { Vec::new() };
    alerts.extend(spending.iter().filter_map(|spending| spending.alert(&watching)));
    alerts.sort_by(|a, b| {
        let rank = |alert: &Alert| (!alert.standing.is_loud(), Reverse(alert.severity), alert.standing);
        let name = |alert: &Alert| (alert.what, alert.name.clone(), alert.metric.clone(), alert.id.clone());
        rank(a).cmp(&rank(b)).then_with(|| name(a).cmp(&name(b)))
    });
    let blocks = blocks(&watching, &alerts, &watched, &spending);
    Ok(ask.sheet(REPORT.name, "Alerts".to_owned(), Scope::Uses, blocks))
}

/// The budgets beside what was spent of them, for another report's page; `None` where there is none, or the question is not
/// the budgets'.
///
/// # Errors
/// As [`findings`].
pub fn budgets(ask: &Ask<'_>) -> Result<Option<Table>> {
    let is_budgeted = ask.query.filters == Filters::default() && ask.period().contains(ask.query.now_ns - 1);
    if ask.query.watch.budgets.is_empty() || !is_budgeted {
        return Ok(None);
    }
    let decided = Decided::of(ask)?;
    let watching = Watching { ask, decided: &decided, previous: None };
    Ok(Some(budgets::table(&budgets::spending(&watching)?)))
}

/// What is past its level and not acknowledged, for another report's page; it looks at that report's period.
///
/// # Errors
/// What was decided of alerts could not be listed, or the window is no time.
pub fn findings(ask: &Ask<'_>) -> Result<Vec<Finding>> {
    Ok(fill(ask)?.findings().filter(|finding| !finding.is_quiet).cloned().collect())
}

/// The query, about the window that is watched where no period was asked for.
fn with_window(ask: &Ask<'_>) -> Result<Query> {
    let mut query = ask.query.clone();
    if query.period.is_none() {
        let window = time::span(&query.watch.window, &query.zone, query.now_ns).context("the window of alerts")?;
        query.period = Some(window.into());
    }
    Ok(query)
}

/// Whether the question is about now, as budgets are.
fn period_holds_now(query: &Query) -> bool {
    query.period.is_none_or(|period| period.contains(query.now_ns.saturating_sub(1)))
}

fn blocks(watching: &Watching<'_>, alerts: &[Alert], watched: &Watched, spending: &[Spending<'_>]) -> Vec<Block> {
    let ask = watching.ask;
    let flags = causes::flags(&ask.query.filters);
    let shown = alerts.iter().filter(|alert| alert.standing != Standing::Closed);
    let findings: Vec<_> = shown.map(|alert| alert.finding(&flags)).collect();
    let top = ask.query.top.filter(|top| *top > 0).unwrap_or(findings.len());
    // The loud ones come first, so that what is cut off hides none behind a quiet one; the table has them all.
    let findings = findings.into_iter().take(top).collect();
    let notes = notes(watching, alerts, watched).into_iter().map(Block::Note);
    let mut blocks = vec![Block::Totals(facts(alerts)), Block::Findings(findings)];
    blocks.extend(notes);
    blocks.push(Block::Table(tables::alerts(alerts, &ask.query.zone)));
    if !spending.is_empty() {
        blocks.push(Block::Table(budgets::table(spending)));
    }
    blocks.push(Block::Table(tables::watched(watched, ask.query.levels.base())));
    blocks
}

fn facts(alerts: &[Alert]) -> Vec<Fact> {
    let fact = |key: &str, label: &str, is: &dyn Fn(&Alert) -> bool| {
        let number = alerts.iter().filter(|alert| is(alert)).count();
        Fact::new(key, label, Unit::Count, Cell::Int(i128::try_from(number).unwrap_or(i128::MAX)))
    };
    let of = |severity: Severity| move |alert: &Alert| alert.standing.is_loud() && alert.severity == severity;
    let is = |standing: Standing| move |alert: &Alert| alert.standing == standing;
    vec![
        fact("open_alerts", "open", &|alert| alert.standing.is_loud()),
        fact("new_alerts", "new", &is(Standing::New)),
        fact("worse_alerts", "worse", &is(Standing::Worse)),
        fact("acknowledged_alerts", "acknowledged", &is(Standing::Acknowledged)),
        fact("closed_alerts", "over", &is(Standing::Closed)),
        fact("high_alerts", "high", &of(Severity::High)),
        fact("medium_alerts", "medium", &of(Severity::Medium)),
        fact("low_alerts", "low", &of(Severity::Low)),
    ]
}

/// What else there is to say: how much was watched, what is over, and what could not be told.
fn notes(watching: &Watching<'_>, alerts: &[Alert], watched: &Watched) -> Vec<String> {
    let ask = watching.ask;
    let matched = |period: Period| {
        let filter = Filter { period, ..ask.filter(Scope::Uses) };
        ask.executor.question(&filter).matched
    };
    if matched(Period::default()) == 0 {
        return Vec::new();
    }
    let mut notes = Vec::new();
    let over: Vec<String> = alerts
        .iter()
        .filter(|alert| alert.standing == Standing::Closed)
        .map(|alert| format!("{}: {}", alert.subject(), alert.says))
        .collect();
    if !over.is_empty() {
        notes.push(format!("Over: {}.", over.join("; ")));
    }
    let metrics = count(watched.tallies.len() as u64, "metric");
    let is_quiet = alerts.iter().all(|alert| alert.standing == Standing::Closed);
    let says = |words: String| {
        let (first, rest) = words.split_at(1);
        if is_quiet {
            format!("Nothing is past its level: {words}.")
        } else {
            format!("{}{rest}.", first.to_uppercase())
        }
    };
    if matched(ask.period()) == 0 {
        notes.push(says(format!("nothing happened in the period ({})", ask.period().words(&ask.query.zone))));
        return notes;
    }
    let (enough, too_few) = (count(watched.enough, "subject"), count(watched.too_few, "subject"));
    notes.push(says(match (watched.enough, watched.too_few) {
        (0, 0) => format!("none of {metrics} was observed"),
        (0, _) => format!("{too_few} had too few observations of each of {metrics}"),
        (_, few) => {
            format!("{enough} had enough observations of at least one of {metrics}, {few} had too few of each")
        }
    }));
    if watching.previous.is_some() && !watching.is_mostly_over() {
        notes.push("Silence and low usage are judged when four fifths of the period are over.".to_owned());
    }
    notes
}
