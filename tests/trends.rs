//! Trends: what counts, what does not, and what is said of too little. The numbers of a whole log stand in `hand.rs`.

use crate::support::Sandbox;
use serde_json::{Value, json};

/// Uses of prompts at times, as lines of a log.
fn uses<'a>(uses: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let line = |(prompt, rest): (&str, String)| {
        format!("{{\"v\":1,\"event\":\"run\",\"prompt_id\":\"{prompt}\",\"duration_ms\":1000,{rest}}}\n")
    };
    uses.into_iter().map(line).collect()
}

/// So many uses on each of several days of November, the first `good` of which helped.
fn days(counts: &[(u64, u64)]) -> String {
    let of_day = |(day, (count, good)): (usize, &(u64, u64))| {
        let (count, good) = (*count, *good);
        let rest = move |at: u64| {
            let day = day + 1;
            format!("\"ts\":\"2026-11-{day:02}T{:02}:{:02}:00Z\",\"success\":{}", 8 + at / 60, at % 60, at < good)
        };
        (0..count).map(move |at| ("a", rest(at)))
    };
    uses(counts.iter().enumerate().flat_map(of_day))
}

fn asked(log: &str, args: &[&str]) -> Value {
    let sandbox = Sandbox::new();
    sandbox.log("events-2026-11.jsonl", log);
    sandbox.run(["trends", "--json"].iter().chain(args)).json()
}

fn rows<'a>(report: &'a Value, id: &str) -> &'a Vec<Value> {
    let tables = report["tables"].as_array().expect("tables");
    tables.iter().find(|table| table["id"] == id).expect("the table")["rows"].as_array().expect("rows")
}

fn of<'a>(rows: &'a [Value], metric: &str) -> &'a Value {
    rows.iter().find(|row| row["metric"] == metric).unwrap_or_else(|| panic!("no {metric} in {rows:?}"))
}

#[test]
fn the_slope_is_that_worked_out_by_hand_and_one_wild_day_does_not_move_it() {
    // The first and the last day count for no total. 21 of the 28 pairs of the others rise by 1 a day, the 7 with the last by more:
    // 19/7, 18/6, 17/5 … The interval is from the 6th to the 23rd slope: √(8 · 7 · 21 / 18) · 1.96 = 15.8 on either side.
    let log = days(&[(9, 9), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 7), (20, 20), (4, 4)]);
    let report = asked(&log, &["--metric", "runs"]);
    let runs = &rows(&report, "directions")[0];
    for (key, expected) in
        [("slope", 1.0), ("slope_low", 1.0), ("slope_high", 3.0), ("first_level", 1.0), ("last_level", 8.0)]
    {
        assert!((runs[key].as_f64().unwrap() - expected).abs() < 1e-9, "{key}: {runs}");
    }
    // All 28 pairs rise: z = 27 / √(196 / 3) = 3.3404, and of one series nothing is corrected.
    assert!((runs["p"].as_f64().unwrap() - 0.000_836_7).abs() < 1e-6, "{runs}");
    assert_eq!(report["findings"][0]["says"], "runs rise by 1.00 a day (1.00 to 3.00)");
    assert_eq!(report["findings"][0]["severity"], "low");
}

#[test]
fn a_silent_day_has_no_uses_and_no_rate() {
    let report = asked(&days(&[(2, 1), (0, 0), (3, 3), (1, 1), (1, 0)]), &["--every", "day"]);
    let silent = &rows(&report, "trends")[1];
    assert_eq!((&silent["day"], &silent["runs"]), (&json!("2026-11-02"), &json!(0)));
    for key in ["success_rate", "success_rate_low", "mean_ms", "p95_ms", "cost_usd", "mean_rating"] {
        assert!(silent[key].is_null(), "{key}: {silent}");
    }
}

#[test]
fn what_is_not_whole_counts_for_no_total_and_what_is_not_over_for_nothing() {
    let sandbox = Sandbox::new();
    let log = days(&[(5, 5); 20]);
    sandbox.log("events-2026-11.jsonl", &log);
    let report = sandbox.run(["trends", "--json", "--since", "2026-11-04T12", "--metric", "runs,success_rate"]).json();
    let days = rows(&report, "trends");
    // Nothing happened after noon of the 4th.
    assert_eq!(
        (&days[0]["day"], &days[0]["partial"], &days[0]["runs"]),
        (&json!("2026-11-04"), &json!("cut"), &json!(0))
    );
    assert_eq!(days[16]["partial"], "not over");
    let directions = rows(&report, "directions");
    assert_eq!(of(directions, "runs")["buckets"], 15);
    assert_eq!(of(directions, "success_rate")["buckets"], 15);
    let report = sandbox.run(["trends", "--json", "--until", "2026-11-10", "--metric", "runs,success_rate"]).json();
    assert_eq!(rows(&report, "trends").last().unwrap()["partial"], Value::Null, "the log goes on after the 10th");
    let directions = rows(&report, "directions");
    assert_eq!([&of(directions, "runs")["buckets"], &of(directions, "success_rate")["buckets"]], [9, 10]);
}

#[test]
fn the_day_on_which_a_log_ends_is_no_whole_one_unless_it_was_yesterday() {
    let last = |log: &str| rows(&asked(log, &[]), "trends").last().unwrap().clone();
    let old = last(&days(&[(1, 1); 10]));
    assert_eq!((&old["day"], &old["partial"]), (&json!("2026-11-10"), &json!("ends")));
    let live = last(&days(&[(1, 1); 19]));
    assert_eq!((&live["day"], &live["partial"]), (&json!("2026-11-19"), &Value::Null));
    // An event of a wrong clock makes no silence, and has no day.
    let ahead = uses([("a", "\"ts\":\"2027-05-01T00:00:00Z\"".to_owned())]);
    let report = asked(&format!("{}{ahead}", days(&[(1, 1); 10])), &[]);
    let days: Vec<&Value> = rows(&report, "trends").iter().map(|row| &row["day"]).collect();
    assert_eq!((days.len(), days[9], days[10]), (11, &json!("2026-11-10"), &Value::Null));
}

#[test]
fn a_rate_of_four_outcomes_is_left_out_and_one_of_five_is_not() {
    let counts: Vec<(u64, u64)> = (0..12).map(|day| if day % 2 == 0 { (4, 2) } else { (5, 3) }).collect();
    let report = asked(&days(&counts), &["--metric", "success_rate"]);
    let success = &rows(&report, "directions")[0];
    assert_eq!([&success["buckets"], &success["left_out"], &success["gaps"]], [6, 6, 0]);
    assert_eq!(success["direction"], "too few (6 of 8 days)");
    assert!(success["slope"].is_null() && success["p"].is_null());
}

#[test]
fn the_span_decides_the_width_unless_it_is_asked_for() {
    let at = |ts: &str| ("a", format!("\"ts\":\"{ts}\""));
    let title = |first: &str, args: &[&str]| {
        let report = asked(&uses([at(first), at("2026-11-19T09:00:00Z")]), args);
        (report["tables"][0]["title"].clone(), report["tables"][0]["columns"][0]["key"].clone())
    };
    for (first, width) in [
        ("2026-11-19T08:00:00Z", "hour"),
        ("2026-11-16T09:00:01Z", "hour"),
        ("2026-11-16T09:00:00Z", "day"),
        ("2026-09-10T10:00:00Z", "day"),
        ("2026-09-10T08:00:00Z", "week"),
        ("2025-06-01T08:00:00Z", "week"),
        ("2024-11-01T08:00:00Z", "month"),
    ] {
        assert_eq!(title(first, &[]), (json!(format!("Trends by {width}")), json!(width)), "{first}");
    }
    assert_eq!(title("2024-11-01T08:00:00Z", &["--every", "week"]).1, "week");
    assert_eq!(title("2024-11-01T08:00:00Z", &["--by", "month,day"]).1, "day");
}

#[test]
fn the_hour_that_a_clock_repeats_is_one_bucket_and_no_other_is_missing() {
    let at = |ts: &str| ("a", format!("\"ts\":\"{ts}\""));
    let log = uses(["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T03:30:00Z"].map(at));
    let report = asked(&log, &["-z", "Europe/Lisbon"]);
    let hours: Vec<[&Value; 2]> = rows(&report, "trends").iter().map(|row| [&row["hour"], &row["runs"]]).collect();
    let expected = json!([["2026-10-25T01", 2], ["2026-10-25T02", 0], ["2026-10-25T03", 1]]);
    assert_eq!(json!(hours), expected);
}

#[test]
fn where_everything_stays_the_same_nothing_is_said() {
    let report = asked(&days(&[(6, 3); 19]), &[]);
    assert_eq!(report["findings"], json!([]));
    let judged = rows(&report, "directions").iter().filter(|row| !row["p"].is_null());
    for row in judged {
        assert_eq!((&row["direction"], row["slope"].as_f64()), (&json!("no trend seen"), Some(0.0)), "{row}");
    }
    assert!(rows(&report, "changes").is_empty());
}

#[test]
fn too_little_is_said_to_be_too_little_in_every_format() {
    let five_days = days(&[(5, 4), (5, 5), (0, 0), (7, 1), (1, 0)]);
    for log in [days(&[(1, 1)]), days(&[(40, 20)]), days(&[(3, 0), (2, 2)]), five_days] {
        let sandbox = Sandbox::new();
        sandbox.log("events-2026-11.jsonl", &log);
        for args in [&["--every", "day"][..], &["--every", "month"], &["--by", "prompt"], &["--until", "2026-11-01"]] {
            for format in ["table", "csv", "json", "markdown", "html"] {
                let printed = sandbox.run(["trends", "-f", format].iter().chain(args)).ok();
                // The page of HTML has a script that knows the word.
                let page = printed.split("<main").last().unwrap_or_default();
                assert!(!page.contains("NaN"), "{page}");
            }
            let report = sandbox.run(["trends", "--json"].iter().chain(args)).json();
            assert_eq!(report["findings"], json!([]));
            for row in rows(&report, "directions") {
                // Two days are enough hours for uses to stay where they are, and for nothing else.
                let direction = row["direction"].as_str().unwrap();
                let is_runs = row["metric"] == "runs" && direction == "no trend seen";
                assert!(is_runs || direction.starts_with("too few ("), "{row}");
            }
        }
    }
}

#[test]
fn forecasts_stay_within_what_can_be() {
    let report = Sandbox::of_fixture("silent-week").run(["trends", "--json"]).json();
    let ahead: Vec<&Value> = rows(&report, "forecast").iter().filter(|row| !row["bucket"].is_null()).collect();
    assert_eq!(ahead.len(), 5 * 7, "five series, a week ahead each");
    assert_eq!(ahead[0]["bucket"], "2026-11-20");
    for row in ahead {
        let [low, value, high] = ["value_low", "value", "value_high"].map(|key| row[key].as_f64().unwrap());
        assert!(0.0 <= low && low <= value && value <= high, "{row}");
        assert!(row["unit"] != "ratio" || high <= 1.0, "{row}");
        assert!(!row["error"].is_null() && !row["method"].is_null() && !row["covered"].is_null(), "{row}");
    }
}

#[test]
fn the_most_used_subjects_are_followed_and_the_others_are_counted() {
    let at = |prompt: &'static str, day: u64| (prompt, format!("\"ts\":\"2026-11-{day:02}T09:00:00Z\""));
    let log = uses((1..15).flat_map(|day| [at("a", day), at("a", day), at("b", day)]).chain([at("c", 3)]));
    let report = asked(&log, &["--by", "prompt", "--top", "1", "--metric", "runs"]);
    let table = &report["tables"][0];
    assert!(rows(&report, "trends").iter().all(|row| row["prompt"] == "a"));
    assert_eq!([&table["total"]["runs"], &table["others"]["row"]["runs"], &table["others"]["count"]], [43, 15, 15]);
    assert_eq!(rows(&report, "directions").len(), 1);
    let all = asked(&log, &["--by", "prompt", "--top", "0", "--metric", "runs"]);
    assert_eq!(rows(&all, "directions").len(), 3);
    let uses: u64 = rows(&all, "trends").iter().map(|row| row["runs"].as_u64().unwrap()).sum();
    assert_eq!(uses, 43);
    // A subject is silent after its last use, and was not there before its first.
    let of_c: Vec<&Value> = rows(&all, "trends").iter().filter(|row| row["prompt"] == "c").collect();
    assert_eq!((of_c.len(), &of_c[0]["day"], &of_c[11]["runs"]), (12, &json!("2026-11-03"), &json!(0)));
}

#[test]
fn a_new_model_is_named_where_latency_changed() {
    let of = |day: u64| {
        let is_new = day >= 11;
        let (model, ms) = if is_new { ("slow", 4000 + day % 2) } else { ("quick", 1000 + day % 3) };
        (0..3).map(move |at| {
            format!(
                "{{\"v\":1,\"event\":\"run\",\"ts\":\"2026-11-{day:02}T{at:02}:00:00Z\",\"model\":\"{model}\",\"duration_ms\":{ms}}}\n"
            )
        })
    };
    let log: String = (1..20).flat_map(of).collect();
    let report = asked(&log, &["--metric", "mean_ms"]);
    let [change] = &rows(&report, "changes")[..] else { panic!("{report}") };
    assert_eq!((&change["at"], &change["meaning"]), (&json!("2026-11-11"), &json!("worse")));
    assert_eq!(change["coincides_with"], "model slow first used that day");
    assert_eq!(report["findings"].as_array().unwrap().len(), 1, "the change explains the slope");
    let try_this = report["findings"][0]["try"].as_str().unwrap();
    assert!(try_this.contains("`prompt-analytics performance --since 2026-11-01 --by model`"), "{try_this}");
}

#[test]
fn metrics_are_chosen_by_key_and_an_unknown_one_has_a_neighbour() {
    let sandbox = Sandbox::of_fixture("quiet-week");
    let report = sandbox.run(["trends", "--json", "--metric", "p50_ms,runs", "--metric", "runs"]).json();
    let keys: Vec<&Value> = report["tables"][0]["columns"].as_array().unwrap().iter().map(|it| &it["key"]).collect();
    assert_eq!(json!(keys), json!(["day", "p50_ms", "runs", "partial"]));
    let refused = sandbox.run(["trends", "--metric", "succes_rate"]).refused();
    assert!(refused.contains("there is no metric `succes_rate`; did you mean `success_rate`?"), "{refused}");
    let refused = sandbox.run(["trends", "--metric", "first_used"]).refused();
    assert!(refused.contains("there is no metric `first_used`"), "{refused}");
    for report in [&["usage"][..], &[]] {
        let refused = sandbox.run(report.iter().chain(&["--metric", "runs"])).refused();
        assert!(refused.contains("`--metric` means nothing to"), "{refused}");
        assert!(
            refused.contains("hint: `trends` and `compare` take it: `prompt-analytics trends --help`"),
            "{refused}"
        );
    }
    assert_eq!(sandbox.run(["usage,trends", "--metric", "runs"]).status, 0);
}

#[test]
fn of_a_quarter_of_a_century_of_hours_the_newest_are_shown_and_the_others_counted() {
    let sandbox = Sandbox::new();
    let at = |ts: &str| ("a", format!("\"ts\":\"{ts}\""));
    sandbox.log("events.jsonl", uses([at("2001-01-01T00:00:00Z"), at("2026-11-19T00:00:00Z")]));
    let table = &sandbox.run(["trends", "--every", "hour", "--json"]).json()["tables"][0];
    assert_eq!(table["rows"].as_array().unwrap().len(), 10_000);
    assert_eq!([&table["others"]["count"], &table["others"]["row"]["runs"], &table["total"]["runs"]], [1, 1, 2]);
    let page = sandbox.run(["trends", "--every", "hour"]).ok();
    assert!(page.contains("The newest 10,000 hours are shown"), "{}", &page[..800]);
    assert_eq!(sandbox.run(["trends", "--json"]).json()["tables"][0]["rows"].as_array().unwrap().len(), 25 * 12 + 11);
}

#[test]
fn rows_are_sorted_by_a_column_where_that_is_asked_for() {
    let log = days(&[(2, 2), (5, 5), (1, 1), (3, 3)]);
    let report = asked(&log, &["--every", "day", "--sort", "runs"]);
    let runs: Vec<&Value> = rows(&report, "trends").iter().map(|row| &row["runs"]).collect();
    assert_eq!(json!(runs), json!([5, 3, 2, 1]));
}
