//! The tables behind charts: every number of them is the one worked out by hand, and every row is one that should be there.

use super::compare::{Beside, cell, same};
use super::numbers::Group;
use super::questions::name;
use super::row::Row;
use jiff::civil::Date;
use prompt_analytics::query::Dimension;
use prompt_analytics::sheet::{Cell, Table};
use prompt_analytics::time::Every;
use std::collections::BTreeMap;

#[allow(clippy::redundant_closure_for_method_calls, reason = "a method of a type with a lifetime is no such function")]
/// Checks one of them.
pub fn check(beside: &Beside<'_>, table: &Table, rows: &[&Row]) -> Result<(), String> {
    match table.id {
        "over_time" => over_time(beside, table, rows, |_, _| true),
        "latency" => over_time(beside, table, rows, |group, row| group.is_ended(row)),
        "errors_over_time" => over_time(beside, table, rows, |group, row| group.is_error(row)),
        "cost_over_time" => over_time(beside, table, rows, |group, row| group.is_run(row)),
        "usage_hours" => hours(beside, table, rows),
        "points" => points(beside, table, rows),
        "cost_and_worth" => front(beside, table, rows),
        other => Err(format!("nobody worked the table `{other}` out by hand")),
    }
}

fn groups<'a>(beside: &Beside<'_>, by: Dimension, rows: &[&'a Row]) -> BTreeMap<String, Vec<&'a Row>> {
    let mut groups: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        if let Some(name) = name(row, by, &beside.query, &beside.zone) {
            groups.entry(name).or_default().push(row);
        }
    }
    groups
}

fn over_time(
    beside: &Beside<'_>,
    table: &Table,
    rows: &[&Row],
    has_row: fn(&Group<'_>, &Row) -> bool,
) -> Result<(), String> {
    let every = Every::ALL.into_iter().find(|every| every.name() == table.columns[0].key).ok_or("no bucket")?;
    let mut groups = groups(beside, Dimension::Bucket(every), rows);
    groups.retain(|_, rows| rows.iter().any(|row| has_row(&beside.group(rows), row)));
    same(table.id, &names(table), &groups.keys().cloned().collect())?;
    // Its last column says whether a bucket is a whole one.
    let numbers = Table { columns: table.columns[..table.columns.len() - 1].to_vec(), ..table.clone() };
    for (row, rows) in table.rows.iter().zip(groups.values()) {
        beside.cells(&numbers, 1, row, &beside.group(rows), None)?;
    }
    Ok(())
}

fn names(table: &Table) -> Vec<String> {
    let name = |row: &Vec<Cell>| if let Cell::Text(name) = &row[0] { name.clone() } else { String::new() };
    table.rows.iter().map(name).collect()
}

fn hours(beside: &Beside<'_>, table: &Table, rows: &[&Row]) -> Result<(), String> {
    let mut counts = [[0_i128; 24]; 7];
    let group = beside.group(rows);
    for row in rows.iter().filter(|row| group.is_run(row)) {
        let Some(hour) = name(row, Dimension::Bucket(Every::Hour), &beside.query, &beside.zone) else { continue };
        let (date, hour) = hour.split_once('T').ok_or("no hour")?;
        let date: Date = date.parse().map_err(|_| "no date")?;
        let day = usize::try_from(date.weekday().to_monday_zero_offset()).map_err(|_| "no weekday")?;
        counts[day][hour.parse::<usize>().map_err(|_| "no hour")?] += 1;
    }
    for (found, expected) in table.rows.iter().zip(counts) {
        same("an hour", &found[1..].to_vec(), &expected.map(Cell::Int).to_vec())?;
    }
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    same("the days of a week", &names(table), &days.map(str::to_owned).to_vec())
}

fn points(beside: &Beside<'_>, table: &Table, rows: &[&Row]) -> Result<(), String> {
    same("points", &names(table), &["1", "2", "3", "4", "5"].map(str::to_owned).to_vec())?;
    for (row, points) in table.rows.iter().zip(1..) {
        cell("ratings", &row[1], &beside.group(rows).cell(&format!("rating_{points}")))?;
    }
    Ok(())
}

fn front(beside: &Beside<'_>, table: &Table, rows: &[&Row]) -> Result<(), String> {
    let by = Dimension::named(&table.columns[0].key).ok_or("no dimension")?;
    let groups = groups(beside, by, rows);
    for (row, name) in table.rows.iter().zip(names(table)) {
        let rows = groups.get(&name).ok_or_else(|| format!("`{name}` was never used"))?;
        for at in [1, 2] {
            cell("cost and worth", &row[at], &beside.group(rows).cell(&table.columns[at].key))?;
        }
        let value = |row: &[Cell]| [row[1].number(), row[2].number()].map(|number| number.expect("a number"));
        let [cost, worth] = value(row);
        let is_beaten = table.rows.iter().map(|other| value(other)).any(|[other_cost, other_worth]| {
            let is_no_worse = other_cost <= cost && other_worth >= worth;
            is_no_worse && (other_cost < cost || other_worth > worth)
        });
        same("the front", &matches!(row[3], Cell::Text(_)), &!is_beaten)?;
    }
    Ok(())
}
