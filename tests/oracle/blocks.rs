//! Blocks, use by use: each is in the window of the one before it, or opens one at its full hour.

use super::compare::{cell, same};
use super::numbers::Group;
use super::questions::{matching, question};
use super::row::{Row, What};
use super::{config, ingested_whole, model, naive, now_ns};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use prompt_analytics::fold::{Executor, Scope};
use prompt_analytics::ingest::Ingested;
use prompt_analytics::query::{Filters, Query};
use prompt_analytics::report::{self, Ask, status};
use prompt_analytics::sheet::{Cell, Table, Why};
use prompt_analytics::time::{NS_PER_DAY, NS_PER_HOUR};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A window and its uses, in order.
struct Window<'a> {
    start: i64,
    rows: Vec<&'a Row>,
}

fn windows<'a>(known: &'a naive::Known, query: &Query, zone: &TimeZone, length: i64) -> Vec<Window<'a>> {
    let whole = Query { period: None, ..query.clone() };
    let (mut rows, _) = matching(known, &whole, &query.filters, Scope::Uses, zone);
    let is_future_wanted = query.period.is_some_and(|period| period.until_ns.is_some());
    rows.retain(|row| row.what == What::Use && (is_future_wanted || row.time <= now_ns() + NS_PER_DAY));
    rows.sort_by_key(|row| row.time);
    let mut windows: Vec<Window<'_>> = Vec::new();
    for row in rows {
        match windows.last_mut() {
            Some(window) if row.time < window.start + length => window.rows.push(row),
            _ => windows.push(Window { start: row.time - row.time.rem_euclid(NS_PER_HOUR), rows: vec![row] }),
        }
    }
    let period = query.period.unwrap_or_default();
    windows.retain(|window| {
        let (first, last) = (window.rows[0].time, window.rows[window.rows.len() - 1].time);
        period.since_ns.is_none_or(|since| last >= since) && period.until_ns.is_none_or(|until| first < until)
    });
    windows
}

fn instant(ts_ns: i64, zone: &TimeZone) -> Cell {
    let instant = Timestamp::from_nanosecond(ts_ns.into()).expect("an instant").to_zoned(zone.clone());
    Cell::Text(instant.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

fn rows<'a>(windows: &[Window<'a>]) -> Vec<&'a Row> {
    windows.iter().flat_map(|window| window.rows.clone()).collect()
}

const NONE: Cell = Cell::Missing(Why::NoData);

fn row(table: &Table, found: &[Cell], lead: &[Cell], rows: &[&Row], zone: &TimeZone) -> Result<(), String> {
    same("the window", &&found[..lead.len()], &lead)?;
    let group = Group { rows, scope: Scope::Uses, zone };
    for (column, found) in table.columns.iter().zip(found).skip(3).filter(|(column, _)| column.key != "models") {
        cell(&column.key, found, &group.cell(&column.key))?;
    }
    Ok(())
}

fn check(known: &naive::Known, ingested: &Ingested, query: &Query) -> Result<(), String> {
    let zone = TimeZone::get(&query.zone.name).map_err(|error| error.to_string())?;
    let executor = Executor::new(&ingested.frame, query.zone.clone(), query.now_ns);
    let ask = Ask { executor: &executor, query, coverage: &ingested.coverage };
    let sheet = (report::named("blocks").expect("a report").fill)(&ask).map_err(|error| error.to_string())?;
    let length = i64::from(query.block_hours) * NS_PER_HOUR;
    let windows = windows(known, query, &zone, length);
    let table = sheet.table("blocks").ok_or("no table")?;
    let mut found = table.rows.iter();
    let top = query.top.filter(|top| *top > 0).unwrap_or(windows.len());
    let (older, newest) = windows.split_at(windows.len().saturating_sub(top));
    for (at, window) in newest.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| newest[at].rows.last());
        if let Some(quiet) = before.map(|row| row.time + length).filter(|quiet| *quiet < window.rows[0].time) {
            let lead = [instant(quiet, &zone), instant(window.rows[0].time, &zone), Cell::Text("gap".to_owned())];
            row(table, found.next().ok_or("no gap")?, &lead, &[], &zone)?;
        }
        let is_running = (window.start..window.start + length).contains(&query.now_ns);
        let state = if is_running { Cell::Text("running".to_owned()) } else { NONE };
        let lead = [instant(window.start, &zone), instant(window.start + length, &zone), state];
        let shown = found.next().ok_or("a window is not shown")?;
        row(table, shown, &lead, &window.rows, &zone)?;
        let models: BTreeSet<&str> =
            window.rows.iter().filter_map(|row| row.text(prompt_analytics::event::Field::Model)).collect();
        let models = models.into_iter().collect::<Vec<_>>().join(", ");
        let at = table.columns.iter().position(|column| column.key == "models").ok_or("no models")?;
        same("the models", &shown[at], &if models.is_empty() { NONE } else { Cell::Text(models) })?;
    }
    same("rows too many", &found.len(), &0)?;
    same("how many others", &table.others.as_ref().map_or(0, |others| others.0), &(older.len() as u64))?;
    if let Some((_, others)) = &table.others {
        row(table, others, &[NONE, NONE, NONE], &rows(older), &zone)?;
    }
    match &table.total {
        Some(total) => row(table, total, &[NONE, NONE, NONE], &rows(&windows), &zone),
        None => same("windows without a total", &windows.len(), &0),
    }
}

/// The line of a prompt finds the running window in the newest uses alone.
fn check_running(known: &naive::Known, ingested: &Ingested, query: &Query) -> Result<(), String> {
    let zone = TimeZone::get(&query.zone.name).map_err(|error| error.to_string())?;
    let executor = Executor::new(&ingested.frame, query.zone.clone(), query.now_ns);
    let ask = Ask { executor: &executor, query, coverage: &ingested.coverage };
    let sheet = status::status(&ask, &status::Session::default()).map_err(|error| error.to_string())?;
    let left = sheet.facts().find(|fact| fact.key == "block_left_ms").and_then(|fact| fact.cell.number());
    let length = i64::from(query.block_hours) * NS_PER_HOUR;
    let windows = windows(known, query, &zone, length);
    let running = windows.iter().find(|window| (window.start..window.start + length).contains(&query.now_ns));
    #[allow(clippy::cast_precision_loss, reason = "hours of a week at most")]
    let expected = running.map(|window| (window.start + length - query.now_ns) as f64 / 1e6);
    same("the time that is left", &left.map(f64::round), &expected.map(f64::round))
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn every_block_is_the_one_found_use_by_use(
        log in model::log(40),
        query in question(),
        hours in prop_oneof![Just(5_u32), 1..30_u32, Just(168)],
    ) {
        let known = naive::read([log.bytes().as_slice()], now_ns());
        let (ingested, _home) = ingested_whole(&log);
        let query = Query { block_hours: hours, ..query };
        prop_assert_eq!(check(&known, &ingested, &query), Ok(()));
        let whole = Query { period: None, filters: Filters::default(), ..query };
        prop_assert_eq!(check_running(&known, &ingested, &whole), Ok(()));
    }
}
