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

const SUBJECTS: [(Dimension, u64, Scope); 3] = [
    (Dimension::Template, 10, Scope::Templates),
    (Dimension::Category, 20, Scope::Uses),
    (Dimension::Prompt, 0, Scope::Uses),
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

/// The rows of the table, the surest first.
fn expected(known: &naive::Known, query: &Query, zone: &TimeZone) -> Vec<Vec<Cell>> {
    let mut misses = Vec::new();
    for (dimension, minimum_uses, scope) in SUBJECTS {
        let mut subjects: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
        for row in matching(known, query, &query.filters, scope, zone).0 {
            if let Some(subject) = name(row, dimension, query, zone) {
                subjects.entry(subject).or_default().push(row);
            }
        }
        for (subject, rows) in &subjects {
            let group = Group { rows, scope, zone };
            if (rows.iter().filter(|row| group.is_run(row)).count() as u64) < minimum_uses {
                continue;
            }
            for (metric, target, minimum, is_less_better) in TARGETS {
                let cell = group.cell(metric);
                let n = match cell {
                    Cell::Share { n, .. } | Cell::Estimate { n, .. } => n,
                    _ => 0,
                };
                if n < minimum {
                    continue;
                }
                let below = posterior_below(&group, metric, target);
                let confidence = if is_less_better { 1.0 - below } else { below };
                if confidence >= query.min_confidence {
                    misses.push((confidence, n, subject.clone(), dimension, metric, cell, target));
                }
            }
        }
    }
    misses.sort_by(|a, b| {
        let names = (&a.2, a.3, a.4).cmp(&(&b.2, b.3, b.4));
        b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then(names)
    });
    let text = |text: &str| Cell::Text(text.to_owned());
    let row = |(confidence, n, subject, dimension, metric, cell, target): (_, u64, String, Dimension, &str, _, _)| {
        let what = [text(dimension.name()), text(&subject), text(metric), Cell::Int(n.into())];
        what.into_iter().chain([cell, Cell::Num(target), Cell::Num(confidence)]).collect()
    };
    misses.into_iter().map(row).collect()
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
        let found = &sheet.tables().next().expect("a table").rows;
        let expected = expected(&known, &query, &TimeZone::UTC);
        prop_assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            let is_same = found.iter().zip(expected).all(|(a, b)| is_same(a, b));
            prop_assert!(is_same, "found {:?}, expected {:?}", found, expected);
        }
    }
}
