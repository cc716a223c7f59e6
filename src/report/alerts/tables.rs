//! Tables: every alert as a row, and how much was watched.

use super::alert::Alert;
use super::levels::Watched;
use crate::query::Level;
use crate::report::ask::{column, unit_column};
use crate::sheet::{Cell, Column, Parts, Table, Unit, Why};
use crate::time::Zone;

/// Every alert, those that are over included.
pub fn alerts(alerts: &[Alert], zone: &Zone) -> Table {
    let columns = vec![
        column("id", "id", Unit::Name),
        column("severity", "severity", Unit::Name),
        column("state", "state", Unit::Name),
        column("what", "what", Unit::Name).ranked(1),
        column("subject", "subject", Unit::Name),
        column("metric", "metric", Unit::Name),
        unit_column(),
        column("n", "n", Unit::Count).ranked(2),
        Column { parts: Parts::Interval, ..column("value", "value", Unit::Mixed) },
        column("level", "level", Unit::Mixed),
        column("since", "since", Unit::Instant).ranked(3),
    ];
    let nothing = || Cell::Missing(Why::NoData);
    let row = |alert: &Alert| {
        vec![
            Cell::Text(alert.id.clone()),
            Cell::Text(alert.severity.name().to_owned()),
            Cell::Text(alert.standing.name().to_owned()),
            Cell::Text(alert.what.to_owned()),
            if alert.name.is_empty() { nothing() } else { Cell::Text(alert.name.clone()) },
            Cell::Text(alert.metric.clone()),
            Cell::Text(alert.unit.name().to_owned()),
            Cell::Int(i128::from(alert.n)),
            alert.cell.clone(),
            alert.level.map_or_else(nothing, Cell::Num),
            alert.since_ns.map_or_else(nothing, |since| Cell::Text(zone.instant(since))),
        ]
    };
    let rows = alerts.iter().map(row).collect();
    // Without rows it is only a header, for programs.
    let title = if alerts.is_empty() { "" } else { "Evidence" }.to_owned();
    Table { id: "alerts", title, columns, rows, others: None, total: None }
}

/// Every metric that is watched, with the level of those that have none of their own.
pub fn watched(watched: &Watched, base: &[Level]) -> Table {
    let columns = vec![
        column("metric", "metric", Unit::Name),
        unit_column(),
        column("level", "level", Unit::Mixed),
        Column { rank: 1, ..column("minimum", "minimum n", Unit::Count) },
        column("enough", "enough", Unit::Count),
        column("too_few", "too few", Unit::Count),
        column("past", "past the level", Unit::Count),
    ];
    let nothing = || Cell::Missing(Why::NoData);
    let count = |number: u64| Cell::Int(i128::from(number));
    let seen = watched.tallies.iter().filter(|tally| tally.enough + tally.too_few > 0);
    let rows = seen.map(|tally| {
        let level = base.iter().find(|level| level.metric == tally.metric.key);
        vec![
            Cell::Text(tally.metric.key.to_string()),
            Cell::Text(tally.metric.unit.name().to_owned()),
            level.and_then(|level| level.alert).map_or_else(nothing, Cell::Num),
            level.map_or_else(nothing, |level| count(level.minimum_n)),
            count(tally.enough),
            count(tally.too_few),
            count(tally.past),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let title = if rows.is_empty() { "" } else { "Subjects with enough observations" }.to_owned();
    Table { id: "watched", title, columns, rows, others: None, total: None }
}
