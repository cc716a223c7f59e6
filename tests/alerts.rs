//! Alerts asked of the library: levels with exceptions, silence, low usage and budgets, with numbers worked out by hand.

use crate::support::NOW;
use prompt_analytics::fold::Executor;
use prompt_analytics::ingest::{self, Settings, UseCache};
use prompt_analytics::query::{Budget, Dimension, Filter, Glob, Override, Query, Setting, Tested};
use prompt_analytics::report::{self, Ask};
use prompt_analytics::severity::Severity;
use prompt_analytics::sheet::{Block, Cell, Finding, Flat, Sheet};
use prompt_analytics::time::{self, Every, Zone};
use std::fmt::Write as _;

/// A log that is being made up, line by line.
#[derive(Default)]
struct Log(String);

impl Log {
    /// So many uses at an instant, the first `successes` of which helped; `fields` are more of each.
    fn uses(mut self, ts: &str, prompt: &str, (successes, uses): (u32, u32), fields: &str) -> Log {
        for at in 0..uses {
            let success = at < successes;
            let _ =
                writeln!(self.0, r#"{{"ts":"{ts}","event":"run","prompt_id":"{prompt}","success":{success}{fields}}}"#);
        }
        self
    }

    fn line(mut self, line: &str) -> Log {
        self.0.push_str(line);
        self.0.push('\n');
        self
    }

    fn alerts(&self, query: &Query) -> Sheet {
        let home = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(home.path().join("log.jsonl"), &self.0).expect("a file");
        let now_ns = query.now_ns;
        let settings = Settings { now_ns, clock_ns: now_ns, threads: 1, cache: UseCache::No, progress: &|_, _, _| {} };
        let ingested = ingest::ingest(home.path(), &settings).expect("the log is read");
        assert_eq!(ingested.coverage.dropped_fields, 0, "the log is sound");
        let executor = Executor::new(&ingested.frame, query.zone.clone(), now_ns);
        let ask = Ask { executor: &executor, query, coverage: &ingested.coverage };
        (report::named("alerts").expect("a report").fill)(&ask).expect("a sheet")
    }
}

fn at(now: &str) -> Query {
    Query::everything(time::text(now).expect("an instant").ts_ns, Zone::utc())
}

fn now() -> Query {
    at(NOW)
}

/// Severity, state and what each alert says.
fn said(sheet: &Sheet) -> Vec<String> {
    let line = |finding: &Finding| {
        let status = finding.status.split(',').next().unwrap_or_default();
        format!("{} {status}: {}: {}", finding.severity.name(), finding.subject, finding.says)
    };
    sheet.findings().map(line).collect()
}

fn notes(sheet: &Sheet) -> Vec<&str> {
    sheet.blocks.iter().filter_map(|block| if let Block::Note(note) = block { Some(&**note) } else { None }).collect()
}

/// The rows of a table, of some columns.
fn rows(sheet: &Sheet, table: &str, keys: &[&str]) -> Vec<Vec<Flat>> {
    let table = sheet.tables().find(|known| known.id == table).expect("a table");
    let columns = table.flat_columns();
    let at: Vec<usize> =
        keys.iter().map(|key| columns.iter().position(|column| column.key == *key).expect("a column")).collect();
    table.rows.iter().map(|row| table.flat_row(row)).map(|row| at.iter().map(|at| row[*at].clone()).collect()).collect()
}

fn alert(metric: &str, level: f64) -> Setting {
    Setting { metric: metric.to_owned(), alert: Some(Some(level)), ..Setting::default() }
}

#[test]
fn a_level_holds_from_the_minimum_of_observations_on_and_not_at_itself() {
    let day = "2026-11-19T10:00:00Z";
    let log = Log::default()
        .uses(day, "at", (14, 20), "")
        .uses(day, "past", (13, 20), "")
        .uses(day, "few", (0, 19), "")
        .uses(day, "good", (40, 40), "");
    let sheet = log.alerts(&now());
    // 67 of 99 are 67.7 %: everything together is past 70 % too.
    assert_eq!(
        said(&sheet),
        [
            "high new: everything: success is 67.7 %, below the alert level of 70 %",
            "high new: prompt past: success is 65.0 %, below the alert level of 70 %",
        ]
    );
    let enough = rows(&sheet, "watched", &["metric", "enough", "too_few", "past"]);
    assert_eq!(enough[0], [Flat::Text("success_rate".into()), Flat::Int(4), Flat::Int(1), Flat::Int(2)]);
    assert_eq!(
        notes(&sheet),
        ["4 subjects had enough observations of at least one of 8 metrics, 1 had too few of each."]
    );
}

#[test]
fn exceptions_change_levels_of_the_names_that_match_and_of_any_metric() {
    let day = "2026-11-19T10:00:00Z";
    let log = Log::default().uses(day, "draft-a", (13, 20), r#","duration_ms":9000"#).uses(
        day,
        "reply",
        (30, 30),
        r#","duration_ms":2000"#,
    );
    let mut query = now();
    query.levels.set(&alert("p95_ms", 8000.0));
    query.levels.set_for(Override {
        dimension: Dimension::Prompt,
        names: Glob::new("draft-*"),
        settings: vec![
            alert("success_rate", 0.5),
            Setting { severity: Some(Severity::Low), ..alert("mean_ms", 8500.0) },
        ],
    });
    let sheet = log.alerts(&query);
    assert_eq!(
        said(&sheet),
        [
            // 20 of all 50 uses took 9 s.
            "medium new: everything: p95 latency is 9.00 s, above the alert level of 8 s",
            "medium new: prompt draft-a: p95 latency is 9.00 s, above the alert level of 8 s",
            "low new: prompt draft-a: mean latency is 9.00 s, above the alert level of 8.5 s",
        ]
    );
    query.levels.set(&Setting { metric: "p95_ms".into(), alert: Some(None), ..Setting::default() });
    assert_eq!(said(&log.alerts(&query)).len(), 1, "a level can be taken away");
}

#[test]
fn what_a_category_or_a_model_is_alone_is_said_with_its_prompt() {
    let day = "2026-11-19T10:00:00Z";
    let fields = r#","task_category":"mail","model":"m","error_type":"timeout""#;
    let log = Log::default().uses(day, "a", (10, 20), fields).uses(day, "b", (40, 40), r#","model":"n""#);
    let sheet = log.alerts(&now());
    let because: Vec<&str> = sheet.findings().map(|finding| finding.because.as_str()).collect();
    let same = "the same uses are category mail and model m";
    assert_eq!(said(&sheet).len(), 3, "{:?}", said(&sheet));
    assert_eq!(
        because[1..],
        [&*format!("20 errors: 20 timeout; {same}"), &*format!("10 failures: 10 timeout; {same}")]
    );
    assert!(said(&sheet)[0].contains("everything: error rate is 33.3 %"), "20 of 60: {:?}", said(&sheet));
}

#[test]
fn an_alert_says_what_it_was_in_the_window_before() {
    let log =
        Log::default().uses("2026-11-10T10:00:00Z", "a", (20, 25), "").uses("2026-11-19T10:00:00Z", "a", (10, 20), "");
    let sheet = log.alerts(&now());
    let moved = sheet.findings().next().expect("an alert").moved.clone();
    assert_eq!(moved, "was 80.0 % before (n 25, 2026-11-07 to 2026-11-13)");
}

#[test]
fn one_finding_names_all_prompts_that_fell_out_of_use() {
    let (before, now_) = ("2026-11-10T10:00:00Z", "2026-11-19T10:00:00Z");
    let log = Log::default()
        .uses(before, "gone", (9, 9), "")
        .uses(before, "fewer", (5, 5), "")
        .uses(now_, "fewer", (4, 4), "")
        .uses(before, "rare", (4, 4), "")
        .uses(before, "same", (6, 6), "")
        .uses(now_, "same", (5, 5), "");
    let expected = ["low new: prompts: 2 prompts have fewer than 5 uses: gone (9 to 0), fewer (5 to 4)"];
    assert_eq!(said(&log.alerts(&now())), expected);
    let mut query = now();
    query.watch.low_usage = 0;
    assert!(said(&log.alerts(&query)).is_empty(), "0 switches it off");
    // Of a month that has begun little is to be expected yet.
    let month = time::span("this-month", &Zone::utc(), query.now_ns).expect("a span");
    let early = Query {
        period: Some(time::Period { since_ns: Some(month.start_ns), until_ns: Some(month.end_ns) }),
        ..at("2026-11-03T12:00:00Z")
    };
    let log =
        Log::default().uses("2026-10-10T10:00:00Z", "gone", (9, 9), "").uses("2026-11-02T10:00:00Z", "x", (1, 1), "");
    let sheet = log.alerts(&early);
    assert!(said(&sheet).is_empty());
    assert!(notes(&sheet)[1].starts_with("Silence and low usage are judged when four fifths"), "{:?}", notes(&sheet));
}

#[test]
fn silence_is_an_alert_where_the_config_says_so() {
    let log = Log::default()
        .uses("2026-11-10T10:00:00Z", "loud", (20, 20), r#","model":"m""#)
        .uses("2026-11-10T10:00:00Z", "few", (4, 4), "")
        .uses("2026-11-19T10:00:00Z", "other", (3, 3), "");
    assert_eq!(said(&log.alerts(&now())), ["low new: prompts: 1 prompt has fewer than 5 uses: loud (20 to 0)"]);
    let mut query = now();
    query.watch.is_silence_bad = true;
    query.watch.low_usage = 0;
    let sheet = log.alerts(&query);
    assert_eq!(said(&sheet), ["high new: prompt loud: is silent: nothing happened, after 20 before"]);
    assert_eq!(sheet.findings().next().expect("an alert").because, "the same uses are model m");
    // A log that is silent as a whole is one alert.
    let silent = Log::default().uses("2026-11-10T10:00:00Z", "loud", (20, 20), r#","model":"m""#).alerts(&query);
    assert_eq!(said(&silent), ["high new: everything: is silent: nothing happened, after 20 before"]);
    assert_eq!(notes(&silent), ["Nothing happened in the period (2026-11-14 to 2026-11-20)."]);
}

fn budget(every: Every, limit: f64, of: Option<(Dimension, Glob)>) -> Budget {
    Budget { every, limit, of, severity: Severity::High }
}

#[test]
fn a_budget_is_spent_or_will_be_at_this_rate() {
    // 19.5 of November's 30 days are over at noon of the 20th.
    let cost = |usd: &str| format!(r#","project_id":"web-1","cost_usd":{usd}"#);
    let log = Log::default()
        .uses("2026-10-31T23:59:59Z", "a", (1, 1), &cost("1000"))
        .uses("2026-11-02T10:00:00Z", "a", (1, 1), &cost("26"))
        .uses("2026-11-03T10:00:00Z", "a", (1, 1), &cost("13"))
        .uses("2026-11-20T10:00:00Z", "a", (1, 1), r#","project_id":"api","cost_usd":6.5"#);
    let web = || Some((Dimension::Project, Glob::new("web-*")));
    let mut query = now();
    query.watch.budgets = vec![
        budget(Every::Month, 45.5, None),
        budget(Every::Month, 59.0, web()),
        budget(Every::Month, 60.0, web()),
        budget(Every::Week, 5.0, None),
        budget(Every::Day, 100.0, None),
    ];
    let sheet = log.alerts(&query);
    assert_eq!(
        said(&sheet),
        [
            "high new: budget of the month: $45.50 of $45.50 is spent",
            "high new: budget of the week: $6.50 of $5.00 is spent",
            // 39 / 0.65 = 60.
            "medium new: budget of the month for project web-*: $39.00 of $59.00 is spent; at this rate $60.00 by the end of the month",
        ]
    );
    let table = rows(&sheet, "budgets", &["every", "of", "spent_usd", "limit_usd", "projected_usd"]);
    let text = |text: &str| Flat::Text(text.to_owned());
    assert_eq!(
        table,
        [
            [text("month"), text("everything"), Flat::Num(45.5), Flat::Num(45.5), Flat::Num(70.0)],
            [text("month"), text("project web-*"), Flat::Num(39.0), Flat::Num(59.0), Flat::Num(60.0)],
            [text("month"), text("project web-*"), Flat::Num(39.0), Flat::Num(60.0), Flat::Num(60.0)],
            // One day of uses is no rate.
            [text("week"), text("everything"), Flat::Num(6.5), Flat::Num(5.0), Flat::Missing],
            [text("day"), text("everything"), Flat::Num(6.5), Flat::Num(100.0), Flat::Missing],
        ]
    );
    query.filters.patterns =
        vec![Filter { tested: Tested::Dimension(Dimension::Prompt), patterns: vec!["a".to_owned()] }];
    assert!(log.alerts(&query).tables().all(|table| table.id != "budgets"), "a budget is nobody's part");
}

#[test]
fn what_has_no_price_makes_a_budget_a_lower_bound() {
    let log = Log::default().uses("2026-11-02T10:00:00Z", "a", (1, 1), r#","cost_usd":20"#).uses(
        "2026-11-03T10:00:00Z",
        "a",
        (1, 1),
        "",
    );
    let mut query = now();
    query.watch.budgets = vec![budget(Every::Month, 30.0, None), budget(Every::Month, 500.0, None)];
    let sheet = log.alerts(&query);
    // 20 / 0.65 = 30.77.
    assert_eq!(
        said(&sheet),
        [
            "medium new: budget of the month: at least $20.00 of $30.00 is spent; at this rate at least $30.77 by the end of the month"
        ]
    );
    let spent: Vec<Cell> = sheet
        .tables()
        .find(|table| table.id == "budgets")
        .expect("a table")
        .rows
        .iter()
        .map(|row| row[2].clone())
        .collect();
    assert_eq!(spent, [Cell::AtLeast(20.0), Cell::AtLeast(20.0)]);
}

#[test]
fn a_rate_is_not_said_before_a_tenth_of_the_month_is_over() {
    let log = Log::default().uses("2026-11-01T10:00:00Z", "a", (1, 1), r#","cost_usd":20"#).uses(
        "2026-11-02T10:00:00Z",
        "a",
        (1, 1),
        r#","cost_usd":20"#,
    );
    for (instant, number) in [("2026-11-03T23:59:59Z", 0), ("2026-11-04T00:00:00Z", 1)] {
        let mut query = at(instant);
        query.watch.budgets = vec![budget(Every::Month, 100.0, None)];
        assert_eq!(said(&log.alerts(&query)).len(), number, "{instant}");
    }
}

#[test]
fn under_a_filter_a_subject_has_alerts_of_its_own() {
    let day = "2026-11-19T10:00:00Z";
    let log = Log::default().uses(day, "a", (10, 20), r#","project_id":"x""#).uses(day, "b", (20, 20), "");
    let mut query = now();
    let ids = |query: &Query| log.alerts(query).findings().map(|finding| finding.id.clone()).collect::<Vec<_>>();
    let unfiltered = ids(&query);
    query.filters.patterns =
        vec![Filter { tested: Tested::Dimension(Dimension::Project), patterns: vec!["x".to_owned()] }];
    let filtered = log.alerts(&query);
    let finding = filtered.findings().next().expect("an alert");
    assert_eq!(unfiltered.len(), 1);
    assert_ne!(finding.id, unfiltered[0]);
    assert_eq!(finding.close, format!("`prompt-analytics alert ack {} --project x`", finding.id));
    assert_eq!(
        finding.try_this,
        "read the failing runs: `prompt-analytics runs --failed --prompt a --project x --since 2026-11-14`"
    );
}

#[test]
fn an_open_alert_of_what_nobody_uses_any_more_stays_open_and_says_why() {
    let id = {
        let log = Log::default().uses("2026-11-09T10:00:00Z", "a", (10, 20), "");
        log.alerts(&at("2026-11-10T12:00:00Z")).findings().next().expect("an alert").id.clone()
    };
    let open = format!(
        r#"{{"ts":"2026-11-10T12:00:00Z","event":"alert","finding_id":"{id}","state":"open","severity":"high","observed":0.5}}"#
    );
    let log = Log::default().uses("2026-10-09T10:00:00Z", "a", (10, 20), "").line(&open);
    let sheet = log.uses("2026-11-19T10:00:00Z", "b", (1, 1), "").alerts(&now());
    let finding = sheet.findings().next().expect("an alert");
    assert_eq!(finding.id, id);
    assert_eq!(finding.status, "open since 2026-11-10, too few observations to tell whether it is over");
    assert_eq!(finding.says, "success was below the alert level of 70 %, and 0 of 20 observations are there now");
}

#[test]
fn an_id_is_that_of_its_subject_and_metric_whatever_else_is_in_the_log() {
    let day = "2026-11-19T10:00:00Z";
    let of = |log: Log| -> Vec<String> {
        let sheet = log.alerts(&now());
        sheet.findings().filter(|finding| finding.subject == "prompt a").map(|finding| finding.id.clone()).collect()
    };
    let alone = of(Log::default().uses(day, "a", (10, 20), ""));
    let among = of(Log::default().uses(day, "z", (9, 30), "").uses("2026-11-18T10:00:00Z", "a", (3, 21), ""));
    assert_eq!(alone, among);
    assert_eq!(alone.len(), 1);
}
