//! Pricing: which uses have no cost and why, by which prices the others went, and what a month comes to at this rate.

use super::ask::{Ask, column};
use crate::coverage::count;
use crate::fold::{Filter, Fold, Group, Measure, Number, PriceUsed, Scope, Test, Unpriced, Value};
use crate::metric;
use crate::price::{Day, Layer, Rate, Version, per_million};
use crate::query::Dimension;
use crate::sheet::{Cell, Column, FOR_PROGRAMS, Fact, Table, Unit, Why};
use crate::time::{self, NS_PER_DAY, Period};
use anyhow::Result;
use std::cmp::Reverse;

/// How much of the cost is the price table's, as facts for programs.
pub fn facts(ask: &Ask<'_>) -> Vec<Fact> {
    let question = ask.accounted(Scope::Uses);
    let runs = Cell::Int(question.table_runs.into());
    let table =
        if question.price_table.is_empty() { Cell::Missing(Why::NoData) } else { Cell::Text(question.price_table) };
    let by_table = metric::nano(question.table_nanos);
    vec![
        Fact::new("table_priced_runs", "priced by table", Unit::Count, runs),
        Fact::new("table_priced_usd", "priced by table", Unit::Dollars, Cell::Num(by_table)),
        Fact::new("price_table", "price table", Unit::Name, table),
    ]
}

/// The uses that have no cost, by model and why; `None` where there is none.
pub fn unpriced(ask: &Ask<'_>) -> Option<Table> {
    let gaps = Unpriced::ALL.map(Test::Gap);
    let tokens = gaps.map(|gap| Measure::Sum(Number::TotalTokens, gap));
    let mut measures: Vec<Measure> = gaps.map(Measure::Count).into_iter().chain(tokens).collect();
    measures.push(Measure::Count(Test::Run));
    let keys = vec![Dimension::Model, Dimension::Provider];
    let folded = ask.executor.fold(&Fold { filter: ask.filter(Scope::Uses), keys, measures });
    let all = folded.total()[Unpriced::ALL.len() * 2].count();
    let rows_of = |group: &Group| {
        let name = |key: usize| group.keys[key].clone().map_or(Cell::Missing(Why::NoData), Cell::Text);
        let row = |(at, why): (usize, &Unpriced)| {
            let runs = group.values[at].count();
            let tokens = Cell::Int(group.values[Unpriced::ALL.len() + at].int());
            let share = metric::part(runs, all);
            let row = vec![name(0), name(1), Cell::Text(why.name().to_owned()), Cell::Int(runs.into()), tokens, share];
            (runs > 0).then_some((Reverse(runs), group.keys.clone(), *why, row))
        };
        Unpriced::ALL.iter().enumerate().filter_map(row).collect::<Vec<_>>()
    };
    let mut rows: Vec<_> = folded.groups.iter().flat_map(rows_of).collect();
    rows.sort_by(|a, b| (a.0, &a.1, a.2).cmp(&(b.0, &b.1, b.2)));
    let columns = vec![
        column("model", "model", Unit::Name),
        column("provider", "provider", Unit::Name).ranked(1),
        column("reason", "why", Unit::Name),
        column("runs", "runs", Unit::Count),
        column("total_tokens", "tokens", Unit::Tokens),
        column("share", "of all runs", Unit::Ratio).ranked(1),
    ];
    let rows: Vec<Vec<Cell>> = rows.into_iter().map(|(.., row)| row).collect();
    let title = "Runs without a cost".to_owned();
    (!rows.is_empty()).then_some(Table { id: "unpriced", title, columns, rows, others: None, total: None })
}

/// The prices that uses went by, each with the rule that found it; `None` where every cost was recorded.
pub fn prices(ask: &Ask<'_>) -> Option<Table> {
    let used = ask.executor.prices_used(&ask.filter(Scope::Uses), ask.query.is_recomputed);
    let named = |name: Option<String>| name.map_or(Cell::Missing(Why::NoData), Cell::Text);
    let row = |PriceUsed { model, provider, version, runs, cost }| {
        let mut row = vec![named(model), named(provider), Cell::Int(i128::from(runs)), Cell::Num(metric::nano(cost))];
        row.extend(described(&version));
        row
    };
    let rows: Vec<Vec<Cell>> = used.into_iter().map(row).collect();
    let columns: Vec<Column> = [
        column("model", "model", Unit::Name),
        column("provider", "provider", Unit::Name).ranked(6),
        column("runs", "runs", Unit::Count),
        column("cost_usd", "cost", Unit::Dollars),
    ]
    .into_iter()
    .chain(version_columns())
    .collect();
    let title = "Prices".to_owned();
    (!rows.is_empty()).then_some(Table { id: "prices", title, columns, rows, others: None, total: None })
}

/// The columns of a price.
fn version_columns() -> Vec<Column> {
    let rate = |key: &str, label: &str, rank| column(key, label, Unit::Name).ranked(rank);
    vec![
        column("matched", "priced as", Unit::Name).ranked(2),
        column("rule", "found by", Unit::Name).ranked(1),
        column("tier", "tier", Unit::Name).ranked(7),
        rate("input_usd_per_mtok", "$/M input", 1),
        rate("output_usd_per_mtok", "output", 1),
        rate("cached_input_usd_per_mtok", "cached", 5),
        column("from", "from", Unit::Name).ranked(3),
        column("until", "until", Unit::Name).ranked(7),
        column("price_provider", "price of", Unit::Name).ranked(7),
        column("layer", "table", Unit::Name).ranked(8),
        column("source", "source", Unit::Name).ranked(FOR_PROGRAMS),
    ]
}

fn described(version: &Version) -> Vec<Cell> {
    let text = |text: &str| if text.is_empty() { Cell::Missing(Why::NoData) } else { Cell::Text(text.to_owned()) };
    // What the shortest input costs: longer ones may have prices of their own.
    let base = version.bands.last().map(|(_, rates)| rates);
    // As the decimal it is: rounded to cents it would be another price.
    let rate = |rate: Option<Rate>| rate.map_or(Cell::Missing(Why::NoData), |rate| Cell::Text(per_million(rate)));
    let day = |day: Option<Day>| day.map_or(Cell::Missing(Why::NoData), |day| Cell::Text(day.to_string()));
    vec![
        text(&version.matched),
        text(version.rule.name()),
        text(&version.tier),
        rate(base.map(|rates| rates.input)),
        rate(base.map(|rates| rates.output)),
        rate(base.and_then(|rates| rates.cached_input)),
        day(version.from),
        day(version.to),
        text(&version.provider),
        text(if version.layer == Layer::BuiltIn { "" } else { version.layer.name() }),
        text(&version.source),
    ]
}

/// Days that a rate is taken from.
const DAYS: i64 = 7;

/// What a day costs, by the last seven whole ones, and what the month comes to if it goes on like that; `None` where the
/// question is not of now, or nothing was spent in them.
///
/// # Errors
/// A span of time is not understood, which none of these should bring about.
pub fn pace(ask: &Ask<'_>) -> Result<Option<Table>> {
    let (zone, now_ns) = (&ask.query.zone, ask.query.now_ns);
    if !ask.period().contains(now_ns.saturating_sub(1)) {
        return Ok(None);
    }
    let [today, month] = ["today", "this-month"].map(|span| time::span(span, zone, now_ns));
    let (today, month) = (today?, month?);
    let week = time::span("7d", zone, today.start_ns - 1)?;
    let cost = |since_ns: i64, until_ns: i64| {
        let period = Period { since_ns: Some(since_ns), until_ns: Some(until_ns) };
        let filter = Filter { period, ..ask.filter(Scope::Uses) };
        let folded =
            ask.executor.fold(&Fold { filter, keys: Vec::new(), measures: metric::COST_USD.measures.to_vec() });
        let total: Vec<Value> = folded.total();
        metric::COST_USD.of(&folded.measures, &total, zone)
    };
    let spent = cost(week.start_ns, week.end_ns);
    let Some(dollars) = spent.number().filter(|dollars| *dollars > 0.0) else { return Ok(None) };
    let so_far = match cost(month.start_ns, now_ns.saturating_add(1)) {
        Cell::Missing(Why::NoData) => Cell::Num(0.0),
        so_far => so_far,
    };
    #[allow(clippy::cast_precision_loss, reason = "a number of days")]
    let [a_day, left] = [dollars / DAYS as f64, (month.end_ns - now_ns).max(0) as f64 / NS_PER_DAY as f64];
    let is_bound = [&spent, &so_far].iter().any(|cell| matches!(cell, Cell::AtLeast(_)));
    let bound = |value: f64| if is_bound { Cell::AtLeast(value) } else { Cell::Num(value) };
    let projected = so_far.number().map_or(Cell::Missing(Why::Unpriced), |so_far| bound(so_far + a_day * left));
    let columns = vec![
        column("days", "whole days", Unit::Name).ranked(1),
        column("cost_per_day_usd", "a day", Unit::Dollars),
        column("month", "month", Unit::Name),
        column("month_so_far_usd", "so far", Unit::Dollars),
        column("projected_month_usd", "projected", Unit::Dollars),
    ];
    let days = format!("{} to {}", zone.date(week.start_ns), zone.date(week.end_ns - 1));
    let month = zone.date(month.start_ns)[..7].to_owned();
    let a_day = if matches!(spent, Cell::AtLeast(_)) { Cell::AtLeast(a_day) } else { Cell::Num(a_day) };
    let row = vec![Cell::Text(days), a_day, Cell::Text(month), so_far, projected];
    let title = format!("At the rate of the last {}: a projection", count(DAYS.unsigned_abs(), "whole day"));
    Ok(Some(Table { id: "pace", title, columns, rows: vec![row], others: None, total: None }))
}
