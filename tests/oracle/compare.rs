//! Every table and fact of every report equals what the naive implementation works out.

use super::naive::Known;
use super::numbers::{Group, is_same};
use super::questions::{ZONES, everything, matching, name, question};
use super::row::Row;
use super::{behind, config, ingested_whole, listings, model, naive, now_ns, themes};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use prompt_analytics::fold::{Executor, Scope};
use prompt_analytics::ingest::Ingested;
use prompt_analytics::metric;
use prompt_analytics::query::{Dimension, Filters, Query, Sort};
use prompt_analytics::report::{self, Ask};
use prompt_analytics::sheet::{Block, Cell, Fact, Flat, Sheet, Table, Unit, Why};
use prompt_analytics::time::{Every, Period};
use proptest::prelude::*;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A report of one main table: what it is about, which rows make a group one of its rows, and what shares are of.
struct Told {
    report: &'static str,
    scope: Scope,
    has_row: fn(&Group<'_>, &Row) -> bool,
    share_of: Option<&'static str>,
}

#[allow(clippy::redundant_closure_for_method_calls, reason = "a method of a type with a lifetime is no such function")]
const TOLD: [Told; 10] = {
    use super::row::What;
    const fn told(report: &'static str, scope: Scope, has_row: fn(&Group<'_>, &Row) -> bool) -> Told {
        Told { report, scope, has_row, share_of: None }
    }
    [
        told("overview", Scope::Uses, |group, row| group.is_run(row)),
        Told { share_of: Some("runs"), ..told("usage", Scope::Uses, |group, row| group.is_run(row)) },
        told("performance", Scope::Uses, |group, row| group.is_ended(row)),
        told("quality", Scope::Uses, |_, row| matches!(row.what, What::Assessment)),
        told("feedback", Scope::Uses, |_, row| matches!(row.what, What::Rating | What::Remark)),
        Told { share_of: Some("cost_usd"), ..told("cost", Scope::Uses, |group, row| group.is_run(row)) },
        Told { share_of: Some("errors"), ..told("errors", Scope::Uses, |group, row| group.is_error(row)) },
        told("templates", Scope::Templates, |_, _| true),
        told("runs", Scope::Uses, |group, row| group.is_run(row)),
        told("starters", Scope::Starters, |_, _| true),
    ]
};

/// The oracle beside a sheet.
pub struct Beside<'a> {
    known: &'a Known,
    pub query: Query,
    pub zone: TimeZone,
    told: &'static Told,
}

type Names = Vec<Option<String>>;

impl Beside<'_> {
    fn rows(&self, filters: &Filters) -> Vec<&Row> {
        matching(self.known, &self.query, filters, self.told.scope, &self.zone).0
    }

    pub fn group<'a>(&'a self, rows: &'a [&'a Row]) -> Group<'a> {
        Group { rows, scope: self.told.scope, zone: &self.zone }
    }

    fn check(&self, sheet: &Sheet, by: &[Dimension]) -> Result<(), String> {
        let (rows, question) = matching(self.known, &self.query, &self.query.filters, self.told.scope, &self.zone);
        same("the question's account", &sheet.coverage.question, &question)?;
        for fact in sheet.facts() {
            self.fact(fact, &rows)?;
        }
        for block in &sheet.blocks {
            let table = match block {
                Block::Table(table) => table,
                Block::Behind(table) => {
                    behind::check(self, table, &rows)?;
                    continue;
                }
                _ => continue,
            };
            match table.id {
                "latency_by_outcome" => self.apart(table)?,
                "runs" | "newest_errors" | "remarks" => {
                    let expected = listings::expected(table, &self.group(&rows), &self.query);
                    same(table.id, &table.rows, &expected)?;
                }
                "dearest" => self.dearest(table, &rows)?,
                "themes" => themes::check(table, &self.group(&rows))?,
                "pace" => self.pace(table)?,
                _ => self.table(table, by, &rows)?,
            }
        }
        Ok(())
    }

    /// The dearest uses, each with its part of what all cost.
    fn dearest(&self, table: &Table, rows: &[&Row]) -> Result<(), String> {
        let group = self.group(rows);
        let all = group.cell("cost_usd").number().filter(|all| *all > 0.0);
        let mut listed: Vec<Vec<Cell>> = table.rows.clone();
        for row in &mut listed {
            let share = row.pop().expect("a share");
            let part = row.last().and_then(Cell::number).expect("a cost");
            let expected = all.map_or(Cell::Missing(Why::NoData), |all| Cell::Num(part / all));
            cell("a part of the cost", &share, &expected)?;
        }
        same(table.id, &listed, &listings::expected(table, &group, &self.query))
    }

    /// What the last seven whole days and the month so far cost, and the month if it goes on like them.
    fn pace(&self, table: &Table) -> Result<(), String> {
        let now = Timestamp::from_nanosecond(self.query.now_ns.into()).expect("an instant").to_zoned(self.zone.clone());
        let today = now.start_of_day().expect("a day");
        let first = today.first_of_month().expect("a month").start_of_day().expect("a day");
        let next = first.checked_add(1.month()).expect("a month").start_of_day().expect("a day");
        let week = today.checked_sub(7.days()).expect("a week").start_of_day().expect("a day");
        let ns = |zoned: &Zoned| i64::try_from(zoned.timestamp().as_nanosecond()).expect("near now");
        let cost = |since_ns: i64, until_ns: i64| {
            let period = Some(Period { since_ns: Some(since_ns), until_ns: Some(until_ns) });
            let query = Query { period, ..self.query.clone() };
            let (rows, _) = matching(self.known, &query, &query.filters, self.told.scope, &self.zone);
            self.group(&rows).cell("cost_usd")
        };
        let (spent, so_far) = (cost(ns(&week), ns(&today)), cost(ns(&first), self.query.now_ns + 1));
        let is_bound = [&spent, &so_far].iter().any(|cell| matches!(cell, Cell::AtLeast(_)));
        let a_day = spent.number().expect("without a cost there is no pace") / 7.0;
        #[allow(clippy::cast_precision_loss, reason = "a month of nanoseconds, of which days are told")]
        let days_left = (ns(&next) - self.query.now_ns) as f64 / 86_400e9;
        let row = &table.rows[0];
        let like = |found: &Cell| matches!(found, Cell::AtLeast(_));
        same("whether a day is a bound", &like(&row[1]), &matches!(spent, Cell::AtLeast(_)))?;
        near("a day", row[1].number(), Some(a_day))?;
        near(
            "the month so far",
            row[3].number(),
            so_far.number().or_else(|| (so_far == Cell::Missing(Why::NoData)).then_some(0.0)),
        )?;
        let projected = row[3].number().map(|so_far| so_far + a_day * days_left);
        near("the month", row[4].number(), projected)?;
        same("whether the month is a bound", &like(&row[4]), &(is_bound && projected.is_some()))
    }

    fn fact(&self, fact: &Fact, rows: &[&Row]) -> Result<(), String> {
        cell(&format!("fact {}", fact.key), &fact.cell, &self.group(rows).cell(&fact.key))?;
        let previous = self.query.period.and_then(|period| period.previous(&self.query.zone));
        match (&fact.previous, previous) {
            (Some(found), Some(previous)) => {
                let query = Query { period: Some(previous), ..self.query.clone() };
                let (rows, _) = matching(self.known, &query, &query.filters, self.told.scope, &self.zone);
                cell(&format!("fact {} before", fact.key), found, &self.group(&rows).cell(&fact.key))
            }
            _ => Ok(()),
        }
    }

    fn apart(&self, table: &Table) -> Result<(), String> {
        let mut expected = 0;
        for (name, success) in [("success", true), ("failure", false)] {
            let rows = self.rows(&Filters { success: Some(success), ..self.query.filters.clone() });
            let group = self.group(&rows);
            let row = table.rows.iter().find(|row| row[0] == Cell::Text(name.to_owned()));
            match row {
                Some(row) => self.cells(table, 1, row, &group, None)?,
                None => same("outcomes of no row", &group.cell("outcomes"), &Cell::Int(0))?,
            }
            expected += usize::from(row.is_some());
        }
        same("rows apart", &table.rows.len(), &expected)
    }

    /// The cells of a row from the column `from` on.
    pub fn cells(
        &self,
        t: &Table,
        from: usize,
        row: &[Cell],
        group: &Group<'_>,
        all: Option<&Cell>,
    ) -> Result<(), String> {
        for (column, found) in t.columns.iter().zip(row).skip(from) {
            let what = || format!("{} of {:?} in {}", column.key, &row[..from], t.id);
            if column.key == "share" {
                let part = group.cell(self.told.share_of.expect("a report with shares")).number();
                let all = all.and_then(Cell::number).filter(|all| *all > 0.0);
                let share = all.and_then(|all| Some(Cell::Num(part? / all)));
                cell(&what(), found, &share.unwrap_or(Cell::Missing(Why::NoData)))?;
            } else {
                cell(&what(), found, &group.cell(&column.key))?;
            }
        }
        Ok(())
    }

    fn table(&self, table: &Table, by: &[Dimension], rows: &[&Row]) -> Result<(), String> {
        let mut groups: BTreeMap<Names, Vec<&Row>> = BTreeMap::new();
        for row in rows {
            let names = by.iter().map(|dimension| name(row, *dimension, &self.query, &self.zone)).collect();
            groups.entry(names).or_default().push(row);
        }
        if by.is_empty() {
            groups.entry(Vec::new()).or_default();
        } else {
            groups.retain(|_, rows| rows.iter().any(|row| (self.told.has_row)(&self.group(rows), row)));
        }
        let keys: Vec<&str> = table.columns.iter().take(by.len()).map(|column| column.key.as_str()).collect();
        same("dimensions", &keys, &by.iter().map(|dimension| dimension.name()).collect())?;
        let mut total = self.told.share_of.map(|key| self.group(rows).cell(key));
        if by.is_empty() {
            // A table of one row is its own total.
            total = total.filter(|_| table.total.is_none());
        }
        for row in &table.rows {
            let names: Names = row[..by.len()].iter().map(named).collect();
            let rows = groups.remove(&names).ok_or_else(|| format!("{names:?} is no row of {}", table.id))?;
            self.cells(table, by.len(), row, &self.group(&rows), total.as_ref())?;
        }
        match &table.others {
            Some((count, row)) => {
                same("the number of other rows", count, &(groups.len() as u64))?;
                let rows: Vec<&Row> = groups.into_values().flatten().collect();
                self.cells(table, by.len(), row, &self.group(&rows), total.as_ref())?;
            }
            None => same("rows that the table lacks", &groups.keys().collect(), &Vec::<&Names>::new())?,
        }
        if let Some(row) = &table.total {
            self.cells(table, by.len(), row, &self.group(rows), total.as_ref())?;
        }
        in_order(table, by, self.query.sort.as_ref())
    }
}

/// As asked; else time runs down the page and everything else comes by weight; then by name. What is missing comes last.
fn in_order(table: &Table, by: &[Dimension], sort: Option<&Sort>) -> Result<(), String> {
    if table.rows.len() < 2 {
        return Ok(());
    }
    let keys = table.flat_columns();
    let mut order: Vec<(usize, bool)> = match sort {
        Some(sort) => {
            let at = keys.iter().position(|column| column.key == sort.key).expect("a column to sort by");
            vec![(at, sort.is_descending.unwrap_or(keys[at].unit != Unit::Name))]
        }
        None if matches!(by.first(), Some(Dimension::Bucket(_))) => vec![(0, false), (by.len(), true)],
        None => vec![(by.len(), true)],
    };
    order.extend((0..by.len()).map(|name| (name, false)));
    let compared = |a: &Flat, b: &Flat, is_descending: bool| {
        let ascending = match (a, b) {
            (Flat::Missing, _) | (_, Flat::Missing) => return (*a == Flat::Missing).cmp(&(*b == Flat::Missing)),
            (Flat::Text(a), Flat::Text(b)) => a.cmp(b),
            (Flat::Int(a), Flat::Int(b)) => a.cmp(b),
            (Flat::Num(a), Flat::Num(b)) => a.total_cmp(b),
            _ => panic!("{a:?} and {b:?} in one column"),
        };
        if is_descending { ascending.reverse() } else { ascending }
    };
    for pair in table.rows.windows(2) {
        let (a, b) = (table.flat_row(&pair[0]), table.flat_row(&pair[1]));
        let orders = order.iter().map(|&(at, is_descending)| compared(&a[at], &b[at], is_descending));
        if orders.fold(Ordering::Equal, Ordering::then) != Ordering::Less {
            return Err(format!("{:?} stands before {:?} in {}", pair[0], pair[1], table.id));
        }
    }
    Ok(())
}

fn named(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Text(name) => Some(name.clone()),
        _ => None,
    }
}

pub fn cell(what: &str, found: &Cell, expected: &Cell) -> Result<(), String> {
    if is_same(found, expected) { Ok(()) } else { Err(format!("{what}: found {found:?}, expected {expected:?}")) }
}

pub fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: found {found:?}, expected {expected:?}")) }
}

/// The last 7 civil days of the zone, today included.
fn last_week(zone: &TimeZone) -> Period {
    let now = jiff::Timestamp::from_nanosecond(now_ns().into()).expect("an instant").to_zoned(zone.clone());
    let midnight = |days: i64| {
        let date = now.date().checked_add(days.days()).expect("a date");
        let start = date.to_zoned(zone.clone()).expect("a day").timestamp().as_nanosecond();
        i64::try_from(start).ok()
    };
    Period { since_ns: midnight(-6), until_ns: midnight(1) }
}

/// Asks every report, and the oracle beside it.
fn check(known: &Known, ingested: &Ingested, query: &Query) -> Result<(), String> {
    check_reports(known, ingested, query, &TOLD.map(|told| told.report))
}

/// Asks some reports, and the oracle beside them.
pub fn check_reports(known: &Known, ingested: &Ingested, query: &Query, reports: &[&str]) -> Result<(), String> {
    let executor = Executor::new(&ingested.frame, query.zone.clone(), query.now_ns);
    let ask = Ask { executor: &executor, query, coverage: &ingested.coverage };
    let zone = TimeZone::get(&query.zone.name).map_err(|error| error.to_string())?;
    for told in TOLD.iter().filter(|told| reports.contains(&told.report)) {
        let report = report::named(told.report).expect("a report");
        let mut query = Query { has_charts: true, ..query.clone() };
        let sheet = match (report.fill)(&Ask { query: &query, ..ask }) {
            Err(error) if query.sort.is_some() && error.to_string().contains("there is no column") => {
                query.sort = None;
                (report.fill)(&Ask { query: &query, ..ask })
            }
            answer => answer,
        };
        let sheet = sheet.map_err(|error| error.to_string())?;
        let by = dimensions(&query, report.by);
        let mut beside = Beside { known, query, zone: zone.clone(), told };
        if told.report == "overview" && beside.query.period.is_none() {
            beside.query.period = Some(last_week(&zone));
            if beside.rows(&beside.query.filters).is_empty() {
                beside.query.period = None;
            }
        }
        same("the period", &sheet.period, &beside.query.period.unwrap_or_default())?;
        beside.check(&sheet, &by).map_err(|error| format!("{}: {error}", told.report))?;
    }
    Ok(())
}

fn dimensions(query: &Query, default: &[Dimension]) -> Vec<Dimension> {
    let asked = query.by.clone().unwrap_or_else(|| if query.every.is_some() { Vec::new() } else { default.to_vec() });
    match query.every.map(Dimension::Bucket) {
        Some(bucket) => [bucket].into_iter().chain(asked.into_iter().filter(|by| *by != bucket)).collect(),
        None => asked,
    }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn every_number_of_every_report_is_the_one_worked_out_by_hand(log in model::log(40), query in question()) {
        let known = naive::read([log.bytes().as_slice()], now_ns());
        let (ingested, _home) = ingested_whole(&log);
        prop_assert_eq!(check(&known, &ingested, &query), Ok(()));
    }
}

proptest! {
    #![proptest_config(config(6))]

    #[test]
    fn every_dimension_and_bucket_cuts_every_report_like_the_one_worked_out_by_hand(log in model::log(120)) {
        let known = naive::read([log.bytes().as_slice()], now_ns());
        let (ingested, _home) = ingested_whole(&log);
        for by in Dimension::ALL {
            let query = Query { by: Some(vec![by]), ..everything("UTC") };
            prop_assert_eq!(check(&known, &ingested, &query), Ok(()), "by {}", by.name());
        }
        for (zone, every) in ZONES.into_iter().flat_map(|zone| [Every::Day, Every::Week].map(|every| (zone, every))) {
            let query = Query { every: Some(every), ..everything(zone) };
            prop_assert_eq!(check(&known, &ingested, &query), Ok(()), "{} in {}", every.name(), zone);
        }
    }
}

#[test]
fn every_metric_has_been_worked_out_by_hand() {
    let group = Group { rows: &[], scope: Scope::Uses, zone: &TimeZone::UTC };
    for metric in metric::ALL {
        assert!(!matches!(group.cell(&metric.key), Cell::Text(_)), "{}", metric.key);
    }
}

/// Two numbers up to the last bits of a float.
fn near(what: &str, found: Option<f64>, expected: Option<f64>) -> Result<(), String> {
    match (found, expected) {
        (Some(found), Some(expected)) if (found - expected).abs() <= 1e-9 * expected.abs().max(1e-9) => Ok(()),
        _ => same(what, &found, &expected),
    }
}
