//! Recommendations: which subjects probably miss which targets, worked out from scratch.

use super::numbers::{Group, is_same, posterior_below};
use super::questions::{everything, matching, name};
use super::row::Row;
use super::{config, ingested_whole, model, naive, now_ns};
use jiff::tz::TimeZone;
use prompt_analytics::fold::{Executor, Scope};
use prompt_analytics::query::{Dimension, Query};
use prompt_analytics::report::{self, Ask};
use prompt_analytics::sheet::Cell;
use proptest::prelude::*;
use std::collections::BTreeMap;

const SUBJECTS: [(Option<Dimension>, u64, Scope); 4] = [
    (None, 20, Scope::Uses),
    (Some(Dimension::Template), 10, Scope::Templates),
    (Some(Dimension::Category), 20, Scope::Uses),
    (Some(Dimension::Prompt), 0, Scope::Uses),
];

/// The default targets: metric, target, minimum of observations, whether less is better.
const TARGETS: [(&str, f64, u64, bool); 7] = [
    ("success_rate", 0.8, 20, false),
    ("mean_rating", 4.0, 10, false),
    ("mean_ms", 2000.0, 20, true),
    ("quality_score", 0.7, 10, false),
    ("clarity_score", 0.7, 10, false),
    ("specificity_score", 0.7, 10, false),
    ("efficiency_score", 0.7, 10, false),
];

#[allow(clippy::cast_precision_loss, reason = "a log of a hundred lines")]
/// The rows of the table, without what only the program can know: what, subject, metric, n, value, target, confidence and
/// what is mended in a month; in the order of their names.
fn expected(known: &naive::Known, query: &Query, zone: &TimeZone) -> Vec<Vec<Cell>> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let mut misses = Vec::new();
    for (dimension, minimum_uses, scope) in SUBJECTS {
        let mut subjects: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
        for row in matching(known, query, &query.filters, scope, zone).0 {
            let subject = dimension.map_or(Some(String::new()), |dimension| name(row, dimension, query, zone));
            subjects.entry(subject.unwrap_or("\u{0}".to_owned())).or_default().push(row);
        }
        subjects.remove("\u{0}");
        for (subject, rows) in &subjects {
            let group = Group { rows, scope, zone };
            let runs: Vec<&&Row> = rows.iter().filter(|row| group.is_run(row)).collect();
            if (runs.len() as u64) < minimum_uses {
                continue;
            }
            let first = runs.iter().map(|row| row.time).min();
            let days = first.map_or(1.0, |first| (now_ns() - first) as f64 / 86_400e9).max(1.0);
            let a_month = runs.len() as f64 / days * 30.0;
            for (metric, target, minimum, is_less_better) in TARGETS {
                let cell = group.cell(metric);
                let (n, value) = match cell {
                    Cell::Share { k, n, .. } => (n, k as f64 / n.max(1) as f64),
                    Cell::Estimate { n, value, .. } => (n, value),
                    _ => continue,
                };
                if n < minimum {
                    continue;
                }
                let below = posterior_below(&group, metric, target);
                let confidence = if is_less_better { 1.0 - below } else { below };
                if confidence < query.min_confidence {
                    continue;
                }
                let scale = match metric {
                    "mean_rating" => 4.0,
                    "mean_ms" => value,
                    _ => 1.0,
                };
                let mended = a_month * ((target - value).abs() / scale).clamp(0.0, 1.0);
                let what = text(dimension.map_or("all", Dimension::name));
                let names = [what, text(subject), text(metric), Cell::Int(n.into())];
                let numbers = [cell, Cell::Num(target), Cell::Num(confidence), Cell::Num(mended)];
                misses.push(names.into_iter().chain(numbers).collect());
            }
        }
    }
    by_name(misses)
}

fn by_name(mut rows: Vec<Vec<Cell>>) -> Vec<Vec<Cell>> {
    let names = |row: &Vec<Cell>| format!("{:?}", &row[..3]);
    rows.sort_by_cached_key(names);
    rows
}

/// What the program says of the same, and the weights of its rows in their order.
fn found(rows: &[Vec<Cell>]) -> (Vec<Vec<Cell>>, Vec<f64>) {
    let number = |cell: &Cell| cell.number().expect("a number");
    let is_part = |row: &&Vec<Cell>| row[1] != Cell::Text("all".to_owned());
    let weights = rows.iter().filter(is_part).map(|row| number(&row[8]) * number(&row[9])).collect();
    let told = |row: &Vec<Cell>| [1, 2, 3, 5, 6, 7, 8, 9].map(|at| row[at].clone()).to_vec();
    (by_name(rows.iter().map(told).collect()), weights)
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn the_recommendations_are_those_worked_out_by_hand(log in model::busy(), is_sure in any::<bool>()) {
        let known = naive::read([log.bytes().as_slice()], now_ns());
        let (ingested, _home) = ingested_whole(&log);
        // What is all but sure is compared too, where floats can hardly tell two confidences apart.
        let query = Query { min_confidence: if is_sure { 0.7 } else { 0.05 }, ..everything("UTC") };
        let executor = Executor::new(&ingested.frame, query.zone.clone(), query.now_ns);
        let ask = Ask { executor: &executor, query: &query, coverage: &ingested.coverage };
        let sheet = (report::named("recommendations").expect("a report").fill)(&ask).expect("a sheet");
        let (found, weights) = found(&sheet.tables().next().expect("a table").rows);
        prop_assert!(weights.is_sorted_by(|a, b| a >= b), "not the most valuable first: {:?}", weights);
        let expected = expected(&known, &query, &TimeZone::UTC);
        prop_assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            let is_same = found.iter().zip(expected).all(|(a, b)| is_same(a, b));
            prop_assert!(is_same, "found {:?}, expected {:?}", found, expected);
        }
    }
}
