//! Status: what was spent today, this week and in the running block, for one line of a prompt. It is no report of the list: it
//! is asked many times an hour, and so asks for little.

use super::ask::Ask;
use super::blocks;
use crate::fold::{Filter, Fold, Measure, Scope, Test};
use crate::metric;
use crate::query::{self, Dimension, Filters, Glob, Tested};
use crate::sheet::{Block, Cell, Fact, Sheet, Unit, Why};
use crate::time::{self, Period};
use anyhow::Result;

/// What whoever asks knows of the session that it is in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    pub id: Option<String>,
    /// The model, as a person calls it.
    pub model: Option<String>,
    /// Dollars, as the agent counts them.
    pub cost_usd: Option<f64>,
}

/// What the line is drawn of.
///
/// # Errors
/// A span of time is not understood, which none of these should bring about.
pub fn status(ask: &Ask<'_>, session: &Session) -> Result<Sheet> {
    let (zone, now_ns) = (&ask.query.zone, ask.query.now_ns);
    let text = |text: &str| Cell::Text(text.to_owned());
    let mut facts = Vec::new();
    if let Some(model) = &session.model {
        facts.push(Fact::new("model", "model", Unit::Name, text(model)));
    }
    let dollars = |key: &str, label: &str, cell: Cell| Fact::new(key, label, Unit::Dollars, cell);
    if let Some(cost) = of_session(ask, session) {
        facts.push(dollars("session_cost_usd", "session", cost));
    }
    let today = time::span("today", zone, now_ns)?;
    let (cost, runs) = spent(ask, today.start_ns, Filters::default());
    facts.push(dollars("today_cost_usd", "today", cost));
    facts.push(Fact::new("today_runs", "runs today", Unit::Count, Cell::Int(runs.into())));
    if let Some(window) = blocks::running_window(ask) {
        let (cost, _) = spent(ask, window.start_ns, Filters::default());
        let rate = match (&cost, window.hours(now_ns)) {
            (Cell::Num(cost), Some(hours)) => Cell::Num(cost / hours),
            (Cell::AtLeast(cost), Some(hours)) => Cell::AtLeast(cost / hours),
            _ => Cell::Missing(Why::NoData),
        };
        let left_ms = window.hours_left(now_ns) * 3.6e6;
        facts.push(dollars("block_cost_usd", "block", cost));
        facts.push(Fact::new("block_left_ms", "left of the block", Unit::Millis, Cell::Num(left_ms)));
        facts.push(dollars("block_cost_per_hour_usd", "an hour", rate));
    }
    let week = time::span("this-week", zone, now_ns)?;
    facts.push(dollars("week_cost_usd", "week", spent(ask, week.start_ns, Filters::default()).0));
    Ok(Sheet {
        report: "status",
        title: "Status".to_owned(),
        generated_ns: now_ns,
        zone: zone.clone(),
        period: Period::default(),
        filters: Vec::new(),
        coverage: ask.coverage.clone(),
        blocks: vec![Block::Facts(facts)],
    })
}

/// What the agent says that the session costs; else what the log has of it, if anything.
fn of_session(ask: &Ask<'_>, session: &Session) -> Option<Cell> {
    if let Some(cost) = session.cost_usd {
        return Some(Cell::Num(cost));
    }
    let id = session.id.as_deref()?;
    let of = query::Filter { tested: Tested::Dimension(Dimension::Conversation), patterns: vec![Glob::literal(id)] };
    let (cost, runs) = spent(ask, i64::MIN, Filters { patterns: vec![of], ..Filters::default() });
    (runs > 0).then_some(cost)
}

/// What was spent since then, and in how many runs; nothing where nothing was used.
fn spent(ask: &Ask<'_>, since_ns: i64, filters: Filters) -> (Cell, u64) {
    let period = Period { since_ns: Some(since_ns), until_ns: Some(ask.query.now_ns.saturating_add(1)) };
    let mut measures = metric::COST_USD.measures.to_vec();
    measures.push(Measure::Count(Test::Run));
    let filter = Filter { scope: Scope::Uses, period, filters };
    let folded = ask.executor.fold(&Fold { filter, keys: Vec::new(), measures });
    let total = folded.total();
    let runs = total.last().map_or(0, crate::fold::Value::count);
    let cost = match metric::COST_USD.of(&folded.measures, &total, &ask.query.zone) {
        Cell::Missing(Why::NoData) => Cell::Num(0.0),
        cost => cost,
    };
    (cost, runs)
}
