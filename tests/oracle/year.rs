//! A year of a hundred thousand made-up events: every figure of usage, performance, quality, feedback and cost is the one
//! that plain loops over its lines come to.

use super::account::accounts;
use super::compare::check_reports;
use super::naive::{self, Known};
use super::questions::everything;
use super::{ingested_in, now_ns};
use crate::made_up::year;
use prompt_analytics::ingest::Ingested;
use prompt_analytics::query::{Dimension, Quantile, Query};
use prompt_analytics::time::Every;
use std::path::Path;
use std::sync::LazyLock;

const EVENTS: u64 = 100_000;
const REPORTS: [&str; 5] = ["usage", "performance", "quality", "feedback", "cost"];

/// The year as both understand it, for all tests.
static YEAR: LazyLock<(Known, Ingested)> = LazyLock::new(|| {
    let mut log = Vec::new();
    let made_up = year::year(EVENTS, 27, |_, line| {
        log.extend_from_slice(line);
        Ok(())
    });
    made_up.expect("a sink that refuses nothing");
    let known = naive::read([log.as_slice()], now_ns());
    // A listing reads the ids of uses from their lines, as long as the tests run.
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("year");
    let ingested = ingested_in(&home, &[("log.jsonl".to_owned(), log)], 2);
    assert_eq!(accounts(&ingested.coverage), known.coverage);
    (known, ingested)
});

fn hold(by: Vec<Dimension>, zone: &str) {
    let (known, ingested) = &*YEAR;
    let quantiles = ["10", "50", "95", "99.9"].into_iter().filter_map(Quantile::percent).collect();
    let query = Query { by: Some(by), quantiles: Some(quantiles), ..everything(zone) };
    assert_eq!(check_reports(known, ingested, &query, &REPORTS), Ok(()), "{zone}");
}

#[test]
fn every_figure_of_a_year_by_prompt_is_the_one_worked_out_by_hand() {
    hold(vec![Dimension::Prompt], "UTC");
}

#[test]
fn every_figure_of_a_year_by_model_is_the_one_worked_out_by_hand() {
    hold(vec![Dimension::Model], "UTC");
}

#[test]
fn every_figure_of_a_year_by_project_and_category_is_the_one_worked_out_by_hand() {
    hold(vec![Dimension::Project, Dimension::Category], "UTC");
}

#[test]
fn every_figure_of_a_year_by_day_is_the_one_worked_out_by_hand_in_three_zones() {
    for zone in ["UTC", "America/St_Johns", "Asia/Kathmandu"] {
        hold(vec![Dimension::Bucket(Every::Day)], zone);
    }
}
