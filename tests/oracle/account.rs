//! Every line is accounted for, and what adds up over days adds up over weeks, months and all time.

use super::compare::same;
use super::questions::everything;
use super::{config, ingested_whole, model, naive, now_ns};
use prompt_analytics::coverage::Coverage;
use prompt_analytics::fold::Executor;
use prompt_analytics::query::{Dimension, Query};
use prompt_analytics::report::{self, Ask};
use prompt_analytics::sheet::{Cell, Table};
use prompt_analytics::time::Every;
use proptest::prelude::*;

/// What two coverages of one log share: all but the names of places.
pub fn accounts(coverage: &Coverage) -> Coverage {
    Coverage { place: String::new(), first_skipped: None, ..coverage.clone() }
}

/// What adds up, by report.
const ADDITIVE: [(&str, &[&str]); 6] = [
    ("usage", &["runs", "input_tokens", "output_tokens", "cached_input_tokens", "total_tokens"]),
    ("performance", &["outcomes", "successes", "failures", "errors"]),
    ("feedback", &["ratings", "rating_1", "rating_2", "rating_3", "rating_4", "rating_5"]),
    ("quality", &["assessments"]),
    ("cost", &["runs", "cost_usd", "unpriced_runs"]),
    ("errors", &["errors"]),
];

/// A whole number, or dollars in nano-dollars; what is missing adds nothing.
fn amount(cell: &Cell) -> i128 {
    match cell {
        Cell::Int(int) => *int,
        #[allow(clippy::cast_possible_truncation, reason = "the dollars of a few uses have at most 16 digits")]
        Cell::Num(dollars) | Cell::AtLeast(dollars) => (dollars * 1e9).round() as i128,
        _ => 0,
    }
}

fn sum(table: &Table, key: &str) -> i128 {
    let at = table.columns.iter().position(|column| column.key == key).expect("a column");
    table.rows.iter().map(|row| amount(&row[at])).sum()
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn every_line_is_one_thing_and_every_count_is_the_one_made_by_hand(log in model::log(60)) {
        let known = naive::read([log.bytes().as_slice()], now_ns());
        let (ingested, _home) = ingested_whole(&log);
        prop_assert!(ingested.coverage.adds_up());
        prop_assert_eq!(accounts(&ingested.coverage), known.coverage);
    }
}

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn days_weeks_and_months_add_up_to_the_total_in_every_zone(log in model::log(60)) {
        let (ingested, _home) = ingested_whole(&log);
        for zone in ["Europe/Lisbon", "America/New_York", "Asia/Kolkata"] {
            let query = everything(zone);
            let executor = Executor::new(&ingested.frame, query.zone.clone(), query.now_ns);
            for (report, keys) in ADDITIVE {
                let table = |by: Vec<Dimension>| {
                    let query = Query { by: Some(by), ..query.clone() };
                    let ask = Ask { executor: &executor, query: &query, coverage: &ingested.coverage };
                    let sheet = (report::named(report).expect("a report").fill)(&ask).expect("a sheet");
                    sheet.tables().next().expect("a table").clone()
                };
                let total = table(Vec::new());
                for every in Every::ALL {
                    let buckets = table(vec![Dimension::Bucket(every)]);
                    for key in keys {
                        let what = format!("{key} by {} in {zone}", every.name());
                        prop_assert_eq!(same(&what, &sum(&buckets, key), &sum(&total, key)), Ok(()));
                    }
                }
            }
        }
    }
}
