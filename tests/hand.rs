//! Numbers worked out by hand, in the README of each fixture, so that rewriting golden files cannot change them.

use crate::support::Sandbox;
use serde_json::{Value, json};

/// A fact or a coverage entry that holds `expected` up to the last bits of a float.
fn hold(object: &Value, expected: &[(&str, Value)]) {
    for (key, value) in expected {
        let found = &object[key];
        let is_equal = match (found.as_f64(), value.as_f64()) {
            (Some(found), Some(value)) => (found - value).abs() <= 1e-9 * value.abs().max(1.0),
            _ => found == value,
        };
        assert!(is_equal, "{key} is {found}, by hand {value}");
    }
}

fn report(fixture: &str, args: &[&str]) -> Value {
    Sandbox::of_fixture(fixture).run(args.iter().chain(&["--json"])).json()
}

/// The row of the main table that is called `name`.
fn row<'a>(report: &'a Value, name: &str) -> &'a Value {
    let table = &report["tables"][0];
    let key = table["columns"][0]["key"].as_str().unwrap();
    let rows = table["rows"].as_array().unwrap();
    rows.iter().find(|row| row[key] == name).unwrap_or_else(|| panic!("no row {name} in {rows:?}"))
}

#[test]
fn the_quiet_week_beside_the_one_before() {
    hold(
        &report("quiet-week", &["overview"])["facts"],
        &[
            ("runs", json!(46)),
            ("runs_previous", json!(8)),
            ("success_rate", json!(35.0 / 45.0)),
            ("success_rate_previous", json!(1.0)),
            ("p95_ms", json!(11_800.0)),
            ("p95_ms_previous", json!(10_950.0)),
            ("cost_usd", json!(0.2006)),
            ("cost_usd_previous", json!(0.039)),
            ("mean_rating", json!(58.0 / 18.0)),
            ("mean_rating_n", json!(18)),
            ("quality_score", json!(0.72)),
            ("input_tokens", json!(94_500)),
            ("output_tokens", json!(12_750)),
        ],
    );
}

#[test]
fn the_quiet_weeks_in_all() {
    let usage = report("quiet-week", &["usage"]);
    hold(
        &usage["facts"],
        &[
            ("runs", json!(54)),
            ("prompts", json!(5)),
            ("users", json!(2)),
            ("conversations", json!(10)),
            ("input_tokens", json!(111_500)),
            ("output_tokens", json!(14_900)),
            ("cached_input_tokens", json!(12_000)),
            ("total_tokens", json!(126_400)),
        ],
    );
    hold(row(&usage, "extract-invoice"), &[("runs", json!(27)), ("share", json!(0.5)), ("users", json!(2))]);
    hold(&usage["coverage"], &[("lines", json!(70)), ("events", json!(70)), ("inherited_by_prompt", json!(4))]);
    hold(&usage["coverage"], &[("inferred_outcomes", json!(2)), ("unpriced_runs", json!(6))]);

    let performance = report("quiet-week", &["performance"]);
    hold(
        &performance["facts"],
        &[
            ("outcomes", json!(53)),
            ("successes", json!(43)),
            ("failures", json!(10)),
            ("errors", json!(8)),
            ("success_rate", json!(43.0 / 53.0)),
            ("error_rate", json!(8.0 / 53.0)),
            ("mean_ms", json!(223_300.0 / 53.0)),
            ("p50_ms", json!(2000.0)),
            ("p95_ms", json!(12_000.0)),
            ("p99_ms", json!(14_920.0)),
        ],
    );
    hold(
        row(&performance, "extract-invoice"),
        &[("success_rate", json!(19.0 / 27.0)), ("p50_ms", json!(1200.0)), ("p95_ms", json!(1670.0))],
    );
    hold(
        &report("quiet-week", &["cost"])["facts"],
        &[
            ("cost_usd", json!(0.2396)),
            ("cost_per_run_usd", json!(0.2396 / 48.0)),
            ("cost_per_success_usd", json!(0.2396 / 41.0)),
            ("unpriced_runs", json!(6)),
        ],
    );
    let feedback = report("quiet-week", &["feedback"]);
    hold(&feedback["facts"], &[("mean_rating", json!(62.0 / 19.0)), ("response_rate", json!(19.0 / 54.0))]);
    let points = [1, 2, 3, 4, 5].map(|point| feedback["facts"][format!("rating_{point}")].as_u64().unwrap());
    assert_eq!(points, [2, 4, 3, 7, 3]);
    hold(row(&feedback, "extract-invoice"), &[("mean_rating", json!(31.0 / 12.0)), ("mean_rating_n", json!(12))]);
}

#[test]
fn what_the_assessments_and_extras_of_the_quiet_week_belong_to() {
    let by_template = report("quiet-week", &["quality", "--by", "template"]);
    // The assessment of 16 November came before the template, the others with it.
    hold(row(&by_template, "json-answer"), &[("assessments", json!(2)), ("quality_score", json!(0.55))]);
    let by_version = report("quiet-week", &["quality", "--by", "prompt_version"]);
    hold(row(&by_version, "6"), &[("assessments", json!(1)), ("quality_score", json!(0.8))]);
    let templates = report("quiet-week", &["templates"]);
    hold(row(&templates, "json-answer"), &[("runs", json!(12)), ("outcomes", json!(12)), ("ratings", json!(8))]);
    let starters = report("quiet-week", &["starters"]);
    hold(row(&starters, "polite-reply"), &[("runs", json!(5)), ("outcomes", json!(5)), ("success_rate", json!(0.8))]);
}

#[test]
fn what_the_quiet_week_recommends() {
    let recommended = report("quiet-week", &["recommendations", "--since", "7d"]);
    let rows = recommended["tables"][0]["rows"].as_array().unwrap();
    let keys = ["dimension", "subject", "metric", "n"];
    let said: Vec<[&Value; 4]> = rows.iter().map(|row| keys.map(|key| &row[key])).collect();
    assert_eq!(
        json!(said),
        json!([
            ["prompt", "extract-invoice", "mean_rating", 11],
            ["category", "extraction", "mean_rating", 11],
            ["prompt", "extract-invoice", "success_rate", 22],
            ["category", "extraction", "success_rate", 22],
            ["all", "", "mean_ms", 45],
            ["all", "", "mean_rating", 18],
        ])
    );
    // 22 uses in the 6 days and 2 hours from the first of them to now, for 30 days. Of the scale from 1 to 5 the ratings miss
    // 4 − 27 / 11, and of 100 uses 80 − 14 / 22 · 100 fail that should not.
    let a_month = 22.0 / (6.0 + 2.0 / 24.0) * 30.0;
    hold(
        &rows[0],
        &[
            ("value", json!(27.0 / 11.0)),
            ("target", json!(4.0)),
            ("mended_a_month", json!(a_month * (4.0 - 27.0 / 11.0) / 4.0)),
        ],
    );
    hold(
        &rows[2],
        &[
            ("value", json!(14.0 / 22.0)),
            ("target", json!(0.8)),
            ("mended_a_month", json!(a_month * (0.8 - 14.0 / 22.0))),
        ],
    );
    for row in &rows[..4] {
        let confidence = row["confidence"].as_f64().unwrap();
        assert!((0.95..1.0).contains(&confidence), "{row}");
    }
}

#[test]
fn where_the_silent_week_goes_and_where_it_broke() {
    let trends = report("silent-week", &["trends"]);
    let table = |id: &str| {
        let tables = trends["tables"].as_array().unwrap();
        tables.iter().find(|table| table["id"] == id).unwrap()["rows"].as_array().unwrap().clone()
    };
    let of = |rows: &[Value], metric: &str| rows.iter().find(|row| row["metric"] == metric).unwrap().clone();
    let days = table("trends");
    assert_eq!(days.len(), 47);
    let partial: Vec<[&Value; 2]> = days.iter().map(|row| [&row["day"], &row["partial"]]).collect();
    assert_eq!(json!(partial[0]), json!(["2026-10-05", "begins"]));
    assert_eq!(json!(partial[46]), json!(["2026-11-20", "not over"]));
    assert!(partial[1..46].iter().all(|row| row[1].is_null()));
    hold(row(&trends, "2026-11-03"), &[("runs", json!(0)), ("success_rate", json!(null)), ("mean_ms", json!(null))]);

    let directions = table("directions");
    let latency = of(&directions, "mean_ms");
    hold(
        &latency,
        &[
            ("direction", json!("rising")),
            ("meaning", json!("worse")),
            ("slope", json!(10.0)),
            ("slope_low", json!(10.0)),
            ("slope_high", json!(10.0)),
            ("first_level", json!(1000.0)),
            ("last_level", json!(1450.0)),
            ("buckets", json!(39)),
            ("gaps", json!(7)),
        ],
    );
    assert!(latency["p"].as_f64().unwrap() < 1e-15, "{latency}");
    hold(&of(&directions, "success_rate"), &[("direction", json!("stepped down")), ("buckets", json!(39))]);
    let silent =
        [("direction", json!("no trend seen")), ("slope", json!(0)), ("buckets", json!(45)), ("gaps", json!(0))];
    hold(&of(&directions, "runs"), &silent);
    hold(&of(&directions, "p95_ms"), &[("buckets", json!(0)), ("left_out", json!(39)), ("slope", json!(null))]);

    let changes = table("changes");
    assert_eq!(changes.len(), 1, "{changes:?}");
    hold(
        &changes[0],
        &[
            ("metric", json!("success_rate")),
            ("at", json!("2026-11-10")),
            ("before", json!(0.8)),
            ("after", json!(0.5)),
            // 5 series, 3 splits each with Pettitt's K = 29 · 10.
            ("p", json!(5.0 * 3.0 * 2.0 * (-6.0 * 290.0_f64.powi(2) / (39.0_f64.powi(3) + 39.0_f64.powi(2))).exp())),
            ("coincides_with", json!("version 2 of triage first used that day")),
        ],
    );
    let says: Vec<&Value> = trends["findings"].as_array().unwrap().iter().map(|finding| &finding["says"]).collect();
    let expected =
        ["success fell from 80.0 % to 50.0 % on 2026-11-10", "mean latency rises by 10.0 ms a day (10.0 to 10.0)"];
    assert_eq!(json!(says), json!(expected));
}

#[test]
fn every_line_of_the_messy_log() {
    let coverage = report("messy-log", &["usage"])["coverage"].clone();
    hold(
        &coverage,
        &[
            ("files", json!(4)),
            ("lines", json!(52)),
            ("events", json!(36)),
            ("blank", json!(2)),
            ("pending", json!(1)),
            ("skipped", json!(8)),
            ("duplicates", json!(4)),
            ("unknown_kinds", json!(1)),
            ("dropped_fields", json!(4)),
            ("naive_times", json!(1)),
            ("future_times", json!(1)),
            ("inferred_outcomes", json!(2)),
            ("conflicts", json!(1)),
            ("orphans", json!(1)),
            ("inherited_by_prompt", json!(2)),
            ("unpriced_runs", json!(3)),
        ],
    );
    assert_eq!(
        coverage["skipped_by_reason"],
        json!({"bad_time": 2, "newer_version": 1, "no_kind": 1, "no_time": 1, "not_json": 1, "not_object": 1, "not_utf8": 1})
    );
}

#[test]
fn what_the_messy_log_comes_to() {
    hold(
        &report("messy-log", &["usage"])["facts"],
        &[
            ("runs", json!(22)),
            ("prompts", json!(9)),
            ("users", json!(2)),
            ("input_tokens", json!(881)),
            ("output_tokens", json!(86)),
            ("total_tokens", json!(1467)),
        ],
    );
    hold(
        &report("messy-log", &["performance"])["facts"],
        &[
            ("outcomes", json!(22)),
            ("successes", json!(17)),
            ("failures", json!(5)),
            ("errors", json!(3)),
            ("mean_ms", json!(22_800.0 / 22.0)),
            ("p50_ms", json!(750.0)),
            ("p95_ms", json!(2950.0)),
            ("p99_ms", json!(4738.0)),
        ],
    );
    hold(
        &report("messy-log", &["cost"])["facts"],
        &[
            ("cost_usd", json!(0.346)),
            ("cost_per_run_usd", json!(0.346 / 19.0)),
            ("cost_per_success_usd", json!(0.346 / 15.0)),
            ("unpriced_runs", json!(3)),
        ],
    );
    hold(
        &report("messy-log", &["feedback"])["facts"],
        &[
            ("ratings", json!(5)),
            ("mean_rating", json!(3.0)),
            ("response_rate", json!(4.0 / 22.0)),
            ("rating_1", json!(1)),
            ("rating_4", json!(1)),
        ],
    );
}

#[test]
fn who_inherits_what_in_the_messy_log() {
    let performance = report("messy-log", &["performance", "--by", "template"]);
    hold(row(&performance, "parse-json"), &[("outcomes", json!(2)), ("successes", json!(1))]);
    let quality = report("messy-log", &["quality", "--by", "category"]);
    hold(row(&quality, "code"), &[("assessments", json!(1)), ("quality_score", json!(0.6))]);
    let unknown = quality["tables"][0]["rows"].as_array().unwrap().iter().find(|row| row["category"].is_null());
    hold(unknown.expect("a row without a category"), &[("assessments", json!(2)), ("quality_score", json!(0.85))]);
    let templates = report("messy-log", &["templates"]);
    for (template, runs) in [("letter", 2), ("parse-json", 1), ("parse-yaml", 1)] {
        hold(row(&templates, template), &[("runs", json!(runs))]);
    }
    hold(row(&report("messy-log", &["starters"]), "hello"), &[("runs", json!(1)), ("success_rate", json!(0.0))]);
    // Midnight in Cairo is the day before in Greenwich.
    let days = report("messy-log", &["usage", "--by", "day", "--prompt", "greet"]);
    hold(row(&days, "2026-11-04"), &[("runs", json!(3))]);
}

#[test]
fn one_use_is_nearly_all_of_the_cost() {
    let cost = report("one-outlier", &["cost"]);
    hold(
        &cost["facts"],
        &[
            ("cost_usd", json!(3.8)),
            ("cost_per_run_usd", json!(0.19)),
            ("cost_per_success_usd", json!(0.2)),
            ("max_cost_usd", json!(3.724)),
        ],
    );
    let dearest = &cost["tables"][1]["rows"][0];
    hold(dearest, &[("run", json!("r17")), ("cost_usd", json!(3.724)), ("share", json!(0.98))]);
    let said = "One run is 98.0 % of the recorded cost: r17, code-review, 2026-11-18. Without it a run costs $0.0040 in the mean \
                ($0.0036–$0.0044, 19 runs).";
    assert_eq!(cost["notes"], json!([said]));
    let performance = report("one-outlier", &["performance"]);
    hold(
        &performance["facts"],
        &[("mean_ms", json!(30_550.0)), ("p50_ms", json!(2000.0)), ("p95_ms", json!(31_000.0))],
    );
    let said = "One run is 95.3 % of all the time that runs took: r17, code-review, 2026-11-18. Without it a run takes 1.5 s in \
                the mean (1.3 s–1.8 s, 19 runs).";
    assert_eq!(performance["notes"], json!([said]));
}

#[test]
fn tokens_cost_what_the_table_said_on_their_day() {
    let cost = report("priced", &["cost", "--by", "model", "--recompute"]);
    hold(
        &cost["facts"],
        &[
            ("runs", json!(14)),
            ("cost_usd", json!(0.641_727_5)),
            ("cost_per_run_usd", json!(0.641_727_5 / 11.0)),
            ("cost_per_success_usd", json!(0.064_172_75)),
            ("cost_per_good_usd", json!(0.265_688_75)),
            ("max_cost_usd", json!(0.501_502_5)),
            ("cache_savings_usd", json!(0.0167)),
            ("unpriced_runs", json!(3)),
            ("recorded_usd", json!(0.05)),
            ("recomputed_usd", json!(0.596_227_5)),
            ("difference_usd", json!(-0.0455)),
            ("table_priced_runs", json!(10)),
            ("table_priced_usd", json!(0.591_727_5)),
        ],
    );
    for (model, usd) in [
        ("o3", 0.036),
        ("gpt-4o-mini", 0.000_975),
        ("openai/gpt-4o-2024-08-06", 0.004),
        ("claude-sonnet-4-5-20250929", 0.0483),
        ("gemini-2.5-pro", 0.501_502_5),
        ("gpt-4o", 0.05),
        ("local-llama", 0.0002),
        ("house-model", 0.000_75),
    ] {
        hold(row(&cost, model), &[("cost_usd", json!(usd))]);
    }
    assert_eq!(row(&cost, "mystery-7b")["cost_usd"], Value::Null, "unpriced is not free");
    let said = "One run is 78.1 % of the cost: r7, digest, 2026-11-17. Without it a run costs $0.0140 in the mean";
    assert!(cost["notes"][0].as_str().unwrap().starts_with(said), "{}", cost["notes"]);
}

/// The rows of a table by some of their cells, as one text each.
fn cells(report: &Value, table: &str, keys: &[&str]) -> Vec<String> {
    let tables = report["tables"].as_array().unwrap();
    let table = tables.iter().find(|of| of["id"] == table).unwrap_or_else(|| panic!("no table {table}"));
    let cell = |row: &Value, key: &str| match &row[key] {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    let row = |row: &Value| keys.iter().map(|key| cell(row, key)).collect::<Vec<_>>().join(" | ");
    table["rows"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn five_hours_are_three_blocks_a_gap_and_what_the_running_one_comes_to() {
    let blocks = report("five-hours", &["blocks"]);
    let keys = ["start", "end", "state", "runs", "total_tokens", "cost_usd"];
    assert_eq!(
        cells(&blocks, "blocks", &keys),
        [
            "2026-11-19T08:00:00+00:00 | 2026-11-19T13:00:00+00:00 | - | 2 | 12600 | 0.12",
            "2026-11-19T13:00:00+00:00 | 2026-11-19T18:00:00+00:00 | - | 1 | 3200 | 0.05",
            "2026-11-19T18:00:00+00:00 | 2026-11-20T09:20:00+00:00 | gap | 0 | - | -",
            "2026-11-20T09:00:00+00:00 | 2026-11-20T14:00:00+00:00 | running | 3 | 33000 | 0.5",
        ]
    );
    let keys = ["input_tokens", "output_tokens", "cache_write_tokens", "cached_input_tokens", "models"];
    assert_eq!(
        cells(&blocks, "blocks", &keys),
        [
            "12000 | 600 | 1000 | 6000 | claude-haiku-4-5, claude-sonnet-4-5",
            "3000 | 200 | - | 1000 | claude-sonnet-4-5",
            "- | - | - | - | -",
            "31000 | 2000 | 2000 | 23000 | claude-sonnet-4-5, mystery-7b",
        ]
    );
    let keys = ["left_ms", "tokens_per_minute", "new_tokens_per_minute", "cost_per_hour_usd"];
    assert_eq!(cells(&blocks, "running", &keys), ["7200000.0 | 206.25 | 50.0 | 0.1875"]);
    assert_eq!(cells(&blocks, "running", &["projected_tokens", "projected_cost_usd"]), ["57750 | 0.875"]);
    hold(
        &blocks["facts"],
        &[
            ("runs", json!(6)),
            ("input_tokens", json!(46_000)),
            ("cached_input_tokens", json!(30_000)),
            ("cache_write_tokens", json!(3000)),
            ("total_tokens", json!(48_800)),
            ("cost_usd", json!(0.67)),
        ],
    );
}

#[test]
fn every_price_tells_its_rule_and_every_gap_its_reason() {
    let cost = report("priced", &["cost"]);
    assert_eq!(
        cells(&cost, "unpriced", &["model", "reason", "runs", "total_tokens"]),
        ["gpt-4o | no tokens | 1 | 0", "gpt-4o | tokens not split | 1 | 500", "mystery-7b | no price | 1 | 1200"]
    );
    let keys = ["model", "matched", "rule", "tier", "input_usd_per_mtok", "from", "runs", "cost_usd"];
    assert_eq!(
        cells(&cost, "prices", &keys),
        [
            "gemini-2.5-pro | gemini-2.5-pro | exact | - | 1.25 | 2025-06-17 | 1 | 0.5015025",
            "o3 | o3 | exact | - | 10 | 2025-04-16 | 1 | 0.03",
            "claude-sonnet-4-5-20250929 | claude-sonnet-4-5 | date suffix stripped | - | 3 | 2025-09-29 | 1 | 0.0258",
            "claude-sonnet-4-5-20250929 | claude-sonnet-4-5 | date suffix stripped | batch | 1.5 | 2025-09-29 | 1 | 0.0225",
            "o3 | o3 | exact | - | 2 | 2025-06-10 | 1 | 0.006",
            "openai/gpt-4o-2024-08-06 | gpt-4o-2024-08-06 | provider stripped | - | 2.5 | 2024-08-06 | 1 | 0.004",
            "gpt-4o-mini | gpt-4o-mini | exact | - | 0.15 | 2024-07-18 | 2 | 0.000975",
            "house-model | gpt-4o-mini | alias | - | 0.15 | 2024-07-18 | 1 | 0.00075",
            "local-llama | local-* | pattern | - | 0.1 | - | 1 | 0.0002",
        ]
    );
    let tables = cost["tables"].as_array().unwrap();
    let pace = &tables.iter().find(|of| of["id"] == "pace").unwrap()["rows"][0];
    hold(
        pace,
        &[
            ("cost_per_day_usd", json!(0.086_532_5)),
            ("month_so_far_usd", json!(0.605_727_5)),
            ("projected_month_usd", json!(1.514_318_75)),
        ],
    );
    let budget = &tables.iter().find(|of| of["id"] == "budgets").unwrap()["rows"][0];
    hold(budget, &[("spent_usd", json!(0.605_727_5)), ("projected_usd", json!(0.605_727_5 / 0.65))]);
}

#[test]
fn whoever_speaks_of_cost_sees_the_same() {
    let total = json!(0.641_727_5);
    let by_month = report("priced", &["cost", "--every", "month"]);
    let rows = by_month["tables"][0]["rows"].as_array().unwrap();
    let sum: f64 = rows.iter().filter_map(|row| row["cost_usd"].as_f64()).sum();
    hold(&json!({ "sum": sum }), &[("sum", total.clone())]);
    hold(&report("priced", &["overview", "--since", "2025-01-01"])["facts"], &[("cost_usd", total.clone())]);
    hold(&report("priced", &["usage"])["coverage"], &[("unpriced_runs", json!(3))]);
    let runs = report("priced", &["runs", "--top", "0"]);
    let rows = runs["tables"][0]["rows"].as_array().unwrap();
    let sum: f64 = rows.iter().filter_map(|row| row["cost_usd"].as_f64()).sum();
    hold(&json!({ "sum": sum }), &[("sum", total.clone())]);
    if cfg!(feature = "sql") {
        let sql = report("priced", &["sql", "SELECT sum(cost_usd) AS cost_usd FROM runs"]);
        hold(&sql["tables"][0]["rows"][0], &[("cost_usd", total)]);
    }
}

#[test]
fn a_dozen_unhappy_raters_are_not_the_others() {
    let feedback = report("unhappy-raters", &["feedback"]);
    hold(
        &feedback["facts"],
        &[
            ("ratings", json!(12)),
            ("mean_rating", json!(1.5)),
            ("response_rate", json!(0.05)),
            ("raters", json!(12)),
            ("most_by_one_rater", json!(1)),
        ],
    );
    assert!(feedback["notes"][0].as_str().unwrap().starts_with("12 of 240 uses were rated (5.0 %)"));
    let themes = feedback["tables"][1]["rows"].as_array().unwrap();
    let spoken: Vec<[&Value; 4]> =
        themes.iter().map(|row| ["theme", "remarks", "of_remarks", "mean_rating"].map(|key| &row[key])).collect();
    assert_eq!(
        json!(spoken),
        json!([
            ["accuracy", 2, 8, 1.0],
            ["speed", 2, 8, 1.0],
            ["clarity", 1, 8, 1.0],
            ["helpfulness", 1, 8, 2.0],
            ["none of these", 3, 8, 5.0 / 3.0]
        ])
    );
    assert_eq!(themes[1]["newest"], "took a long time");
}

#[test]
fn where_nothing_or_everything_helped_nothing_is_certain() {
    // The square of the 97.5 % quantile of the normal distribution.
    const Z2: f64 = 3.841_458_820_694_124;
    let failures = report("all-failures", &["performance"]);
    hold(
        &failures["facts"],
        &[
            ("success_rate", json!(0.0)),
            ("success_rate_high", json!(Z2 / (25.0 + Z2))),
            ("mean_ms", json!(18_080.0)),
            ("p50_ms", json!(30_000.0)),
        ],
    );
    let cost = report("all-failures", &["cost"]);
    hold(&cost["facts"], &[("cost_usd", json!(0.05)), ("cost_per_success_usd", json!(null))]);
    assert_eq!(cost["notes"], json!(["No success in 25 outcomes with a cost: there is no cost per success."]));
    let successes = report("all-successes", &["performance"]);
    hold(row(&successes, "greet"), &[("success_rate", json!(1.0)), ("success_rate_low", json!(20.0 / (20.0 + Z2)))]);
    hold(row(&successes, "greet"), &[("mean_ms", json!(1000)), ("mean_ms_low", json!(null)), ("sd_ms", json!(0))]);
}
