//! In any zone hours, days, weeks and months add up to the total, and periods to the whole, with events at the very instants
//! where clocks are set and days begin.

use super::compare::same;
use super::model::{self, Log};
use super::zones::{self, NASTY, date_at, first_instant, timestamp};
use super::{config, ingested_whole, now_ns};
use crate::support::Sandbox;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use prompt_analytics::fold::Executor;
use prompt_analytics::ingest::Ingested;
use prompt_analytics::query::{Dimension, Query};
use prompt_analytics::report::{self, Ask};
use prompt_analytics::sheet::{Cell, Table};
use prompt_analytics::time::{self, Every, Period, Zone};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::BTreeMap;

/// What adds up, by report.
const ADDITIVE: [(&str, &[&str]); 6] = [
    ("usage", &["runs", "input_tokens", "output_tokens", "cached_input_tokens", "total_tokens"]),
    ("performance", &["outcomes", "successes", "failures", "errors"]),
    ("feedback", &["ratings", "rating_1", "rating_2", "rating_3", "rating_4", "rating_5"]),
    ("quality", &["assessments"]),
    (
        "cost",
        &[
            "runs",
            "cost_usd",
            "unpriced_runs",
            "input_tokens",
            "output_tokens",
            "cache_write_tokens",
            "cached_input_tokens",
        ],
    ),
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

/// What a line says beside its time; all that adds up is in some of them.
const SAYS: [&str; 9] = [
    r#""event":"run","input_tokens":7,"output_tokens":2,"cached_input_tokens":3,"success":true,"cost_usd":0.25"#,
    r#""event":"run","input_tokens":1,"exit_code":1,"error_type":"timeout""#,
    r#""event":"run","tokens_used":5,"success":false,"cost_usd":0.000000001,"rating":2"#,
    r#""event":"run","run_id":"r1","success":true"#,
    r#""event":"usage","run_id":"r2","input_tokens":11"#,
    r#""event":"performance","run_id":"r2","success":true,"cost_usd":1.5,"rating":4.5"#,
    r#""event":"performance","success":false,"output_tokens":4"#,
    r#""event":"feedback","rating":5,"user_id":"ann""#,
    r#""event":"quality","quality_score":0.5"#,
];

/// A log of one zone.
#[derive(Clone, Debug)]
struct Here {
    name: String,
    /// Instants, and which of [`SAYS`] happened there.
    events: Vec<(i64, usize)>,
    /// A date to split at.
    cut: Date,
}

impl Here {
    fn log(&self) -> Log {
        let line = |(ts_ns, says): &(i64, usize)| {
            format!("{{\"ts\":\"{:.9}\",{}}}", timestamp(*ts_ns), SAYS[*says]).into_bytes()
        };
        Log { lines: self.events.iter().map(line).collect(), torn: None }
    }
}

/// Instants where the clocks of a zone are set and days begin around there, beside edges of weeks, months and years.
fn edges(name: &str) -> Vec<i64> {
    let (_, tz) = zones::both(name);
    let transitions = zones::transitions(&tz);
    // The newest are enough, but for Samoa's day.
    let recent =
        transitions.iter().rev().take(12).chain(transitions.iter().filter(|at| date_at(**at, &tz).year() == 2011));
    let mut edges = Vec::new();
    for at in recent {
        let day = date_at(*at, &tz);
        edges.push(*at);
        edges.extend((-1..=1).map(|days| first_instant(day.checked_add(days.days()).expect("a date"), &tz)));
    }
    for day in [date(2024, 2, 29), date(2024, 12, 30), date(2026, 1, 1), date(2026, 11, 16), date(2026, 11, 1)] {
        edges.push(first_instant(day, &tz));
    }
    edges
}

fn here() -> impl Strategy<Value = Here> {
    zones::name().prop_flat_map(|name| {
        let edges = edges(&name);
        let (_, tz) = zones::both(&name);
        let instant = (select(edges.clone()), select(&[-1_i64, 0, 1, 1_800_000_000_000, -86_399_999_999_999][..]));
        let instant = instant.prop_map(|(edge, beside)| edge + beside);
        let events = proptest::collection::vec((instant, 0..SAYS.len()), 1..40);
        let cut = (select(edges), -1_i64..2).prop_map(move |(edge, beside)| date_at(edge + beside, &tz));
        (Just(name), events, cut).prop_map(|(name, events, cut)| Here { name, events, cut })
    })
}

/// A zone, and a log: one of its own, or any.
fn log() -> impl Strategy<Value = (String, Log)> {
    prop_oneof![2 => here().prop_map(|here| (here.name.clone(), here.log())), 1 => (zones::name(), model::log(60))]
}

/// The table of a report in a zone.
fn table(ingested: &Ingested, zone: &Zone, report: &str, by: Vec<Dimension>, period: Period) -> Table {
    let executor = Executor::new(&ingested.frame, zone.clone(), now_ns());
    let period = Some(period).filter(|period| *period != Period::default());
    let query = Query { by: Some(by), period, ..Query::everything(now_ns(), zone.clone()) };
    let ask = Ask { executor: &executor, query: &query, coverage: &ingested.coverage };
    let sheet = (report::named(report).expect("a report").fill)(&ask).expect("a sheet");
    sheet.tables().next().expect("a table").clone()
}

/// What adds up of a period, by report and key.
fn amounts(ingested: &Ingested, zone: &Zone, period: Period) -> BTreeMap<(&'static str, &'static str), i128> {
    let mut amounts = BTreeMap::new();
    for (report, keys) in ADDITIVE {
        let table = table(ingested, zone, report, Vec::new(), period);
        amounts.extend(keys.iter().map(|key| ((report, *key), sum(&table, key))));
    }
    amounts
}

/// What periods come to together.
fn together(ingested: &Ingested, zone: &Zone, periods: &[Period]) -> BTreeMap<(&'static str, &'static str), i128> {
    let mut sums = BTreeMap::new();
    for period in periods {
        for (key, amount) in amounts(ingested, zone, *period) {
            *sums.entry(key).or_default() += amount;
        }
    }
    sums
}

fn span(expression: &str, zone: &Zone) -> Period {
    let span = time::span(expression, zone, now_ns()).expect("a date");
    Period { since_ns: Some(span.start_ns), until_ns: Some(span.end_ns) }
}

/// What a bucket is called, by what `jiff` says of the instant.
fn label(every: Every, ts_ns: i64, zone: &jiff::tz::TimeZone) -> String {
    let local = timestamp(ts_ns).to_zoned(zone.clone()).datetime();
    let week = local.date().iso_week_date();
    match every {
        Every::Hour => format!("{}T{:02}", local.date(), local.hour()),
        Every::Day => local.date().to_string(),
        Every::Week => format!("{}-W{:02}", week.year(), week.week()),
        Every::Month => format!("{}-{:02}", local.year(), local.month()),
    }
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn hours_days_weeks_and_months_add_up_to_the_total_in_any_zone((name, log) in log()) {
        let (ingested, _home) = ingested_whole(&log);
        let (zone, _) = zones::both(&name);
        let total = amounts(&ingested, &zone, Period::default());
        for (report, keys) in ADDITIVE {
            for every in Every::ALL {
                let buckets = table(&ingested, &zone, report, vec![Dimension::Bucket(every)], Period::default());
                for key in keys {
                    let what = format!("{key} by {} in {name}", every.name());
                    prop_assert_eq!(same(&what, &sum(&buckets, key), &total[&(report, *key)]), Ok(()));
                }
            }
        }
    }

    #[test]
    fn buckets_ascend_and_are_those_the_calendar_on_the_wall_names(here in here()) {
        let events = here.events.iter().map(|(ts_ns, _)| (*ts_ns, 0)).collect();
        let (ingested, _home) = ingested_whole(&Here { events, ..here.clone() }.log());
        let (zone, tz) = zones::both(&here.name);
        for every in Every::ALL {
            let mut expected: BTreeMap<String, i128> = BTreeMap::new();
            for (ts_ns, _) in &here.events {
                *expected.entry(label(every, *ts_ns, &tz)).or_default() += 1;
            }
            let table = table(&ingested, &zone, "usage", vec![Dimension::Bucket(every)], Period::default());
            let found: Vec<(Cell, Cell)> = table.rows.iter().map(|row| (row[0].clone(), row[1].clone())).collect();
            let expected: Vec<(Cell, Cell)> =
                expected.into_iter().map(|(name, runs)| (Cell::Text(name), Cell::Int(runs))).collect();
            prop_assert_eq!(found, expected, "{} in {}", every.name(), here.name);
        }
    }

    #[test]
    fn a_period_cut_at_any_date_adds_up_to_the_whole(here in here(), edge in any::<Index>()) {
        let (ingested, _home) = ingested_whole(&here.log());
        let (zone, tz) = zones::both(&here.name);
        let until = Period { since_ns: None, ..span(&here.cut.to_string(), &zone) };
        let since = Period { until_ns: None, ..span(&here.cut.tomorrow().expect("a date").to_string(), &zone) };
        prop_assert_eq!(until.until_ns, since.since_ns, "{} is inclusive", here.cut);
        let whole = amounts(&ingested, &zone, Period::default());
        prop_assert_eq!(together(&ingested, &zone, &[until, since]), whole);

        let day = date_at(edge.get(&here.events).0, &tz);
        let week = day.iso_week_date();
        let monday = week.weekday().to_monday_zero_offset();
        let days = (0..7).map(|at| day.checked_add((at - i64::from(monday)).days()).expect("a date").to_string());
        let days: Vec<Period> = days.map(|day| span(&day, &zone)).collect();
        let week = span(&format!("{}-W{:02}", week.year(), week.week()), &zone);
        prop_assert_eq!(together(&ingested, &zone, &days), amounts(&ingested, &zone, week));
    }
}

#[test]
fn the_program_buckets_and_splits_days_in_every_odd_zone() {
    for name in NASTY {
        let (zone, tz) = zones::both(name);
        let events: Vec<(i64, usize)> =
            edges(name).iter().flat_map(|at| [at - 1, *at, at + 1]).map(|at| (at, 0)).collect();
        let sandbox = Sandbox::new().with("TZ", name);
        let here = Here { name: name.to_owned(), events, cut: date(2026, 1, 1) };
        sandbox.log("a.jsonl", here.log().bytes());
        let rows = |args: &[&str]| {
            let answer = sandbox.run(["usage", "--json"].iter().chain(args)).json();
            assert_eq!(answer["period"]["timezone"], zone.name, "{name}");
            answer["tables"][0]["rows"].as_array().expect("rows").clone()
        };
        for every in Every::ALL {
            let mut expected: BTreeMap<String, u64> = BTreeMap::new();
            for (ts_ns, _) in &here.events {
                *expected.entry(label(every, *ts_ns, &tz)).or_default() += 1;
            }
            let found = rows(&["--every", every.name()]);
            let found = found.iter().map(|row| (row[every.name()].as_str().expect("a label"), row["runs"].as_u64()));
            let expected = expected.iter().map(|(name, runs)| (name.as_str(), Some(*runs)));
            assert!(found.eq(expected), "{} in {name}", every.name());
        }
        let runs = |args: &[&str]| {
            let rows = rows(&[&["--by", "source"], args].concat());
            rows[0]["runs"].as_u64().expect("a count")
        };
        let whole = here.events.len() as u64;
        for (until, since) in [("2025-12-31", "2026-01-01"), ("2026-W46", "2026-W47"), ("2024-02", "2024-03")] {
            assert_eq!(runs(&["--until", until]) + runs(&["--since", since]), whole, "{until} and {since} in {name}");
        }
    }
}
