//! Questions in SQL: the answers of the reports come out again, nothing but the log is asked, and every format takes them.

mod refused;
mod reproduced;

use super::quiet_week;
use crate::support::schema::violations;
use crate::support::{FIXTURES, Sandbox, files};
use serde_json::{Value, json};

/// The answer to a statement as JSON.
fn asked(sandbox: &Sandbox, statement: &str, more: &[&str]) -> Value {
    sandbox.run([&["sql", statement, "--json"], more].concat()).json()
}

/// The rows of the answer to a statement.
fn rows(sandbox: &Sandbox, statement: &str) -> Value {
    asked(sandbox, statement, &[])["tables"][0]["rows"].clone()
}

#[test]
fn what_the_engine_is_needed_for_works() {
    let sandbox = quiet_week();
    for (statement, expected) in [
        ("SELECT count(*) AS runs FROM runs", json!([{ "runs": 54 }])),
        (
            "SELECT prompt, count(*) AS n FROM runs WHERE model LIKE 'gpt-%' GROUP BY prompt HAVING count(*) > 20",
            json!([{ "prompt": "extract-invoice", "n": 27 }]),
        ),
        (
            "SELECT CASE WHEN cost_usd IS NULL THEN 'unpriced' ELSE 'priced' END AS is, count(*) AS n FROM runs \
             GROUP BY is ORDER BY is",
            json!([{ "is": "priced", "n": 48 }, { "is": "unpriced", "n": 6 }]),
        ),
        (
            "SELECT week, count(DISTINCT user) AS users FROM runs GROUP BY week ORDER BY week",
            json!([{ "week": "2026-W46", "users": 2 }, { "week": "2026-W47", "users": 2 }]),
        ),
        (
            "SELECT strftime(local_time, '%A') AS name, count(*) AS n FROM runs WHERE extract(hour FROM local_time) < 10 \
             GROUP BY name ORDER BY n DESC, name LIMIT 1",
            json!([{ "name": "Friday", "n": 5 }]),
        ),
        (
            "WITH r AS (SELECT prompt, row_number() OVER (PARTITION BY prompt ORDER BY time) AS nth FROM runs) \
             SELECT count(*) AS firsts FROM r WHERE nth = 1",
            json!([{ "firsts": 5 }]),
        ),
        (
            "SELECT prompt, rank() OVER (ORDER BY n DESC) AS place FROM (SELECT prompt, count(*) AS n FROM runs GROUP BY prompt) \
             ORDER BY place LIMIT 2",
            json!([{ "prompt": "extract-invoice", "place": 1 }, { "prompt": "summarize-thread", "place": 2 }]),
        ),
        ("SELECT count(*) AS n FROM runs WHERE run IN (SELECT run FROM ratings WHERE rating < 3)", json!([{ "n": 3 }])),
        (
            "SELECT DISTINCT provider FROM runs WHERE provider NOT IN ('google', 'ollama') UNION SELECT 'nobody' AS provider ORDER BY provider",
            json!([{ "provider": "anthropic" }, { "provider": "nobody" }, { "provider": "openai" }]),
        ),
        (
            "SELECT a.prompt, b.quality_score FROM (SELECT prompt, max(time) AS time FROM runs GROUP BY prompt) a \
             JOIN assessments b ON a.prompt = b.prompt WHERE b.quality_score > 0.85",
            json!([{ "prompt": "draft-reply", "quality_score": 0.9 }]),
        ),
        ("SELECT CAST(day AS DATE) AS day FROM runs ORDER BY day LIMIT 1", json!([{ "day": "2026-11-09" }])),
        ("SELECT prompt FROM runs WHERE prompt = 'nobody'", json!([])),
        ("SELECT 1 + 1 AS two", json!([{ "two": 2 }])),
        ("SELECT -- a remark\n 'a;b' AS text;", json!([{ "text": "a;b" }])),
    ] {
        assert_eq!(rows(&sandbox, statement), expected, "{statement}");
    }
}

#[test]
fn every_column_can_be_named_grouped_by_and_ordered_by() {
    let sandbox = quiet_week();
    let schema = sandbox.run(["sql", "--schema", "--json"]).json();
    let columns = schema["tables"][0]["rows"].as_array().unwrap();
    assert!(columns.len() > 40, "{columns:?}");
    for column in columns {
        let name = column["column"].as_str().unwrap();
        let all = schema["tables"][1]["rows"].as_array().unwrap();
        let tables: Vec<&str> = match column["tables"].as_str().unwrap() {
            "all" => all.iter().map(|table| table["table"].as_str().unwrap()).collect(),
            several => several.split(' ').collect(),
        };
        for table in tables {
            let statement = format!(
                "SELECT {name}, count(*) AS n, min({name}) AS least FROM {table} GROUP BY {name} ORDER BY {name}"
            );
            let found = rows(&sandbox, &statement);
            let sum: u64 = found.as_array().unwrap().iter().map(|row| row["n"].as_u64().unwrap()).sum();
            let count = &rows(&sandbox, &format!("SELECT count(*) AS n FROM {table}"))[0]["n"];
            assert_eq!(Some(sum), count.as_u64(), "{statement}");
        }
    }
}

#[test]
fn the_schema_comes_in_every_format_and_needs_no_log() {
    let sandbox = Sandbox::new();
    let text = sandbox.run(["sql", "--schema"]).ok();
    for word in ["duration_ms", "milliseconds", "real", "feedback_text", "remarks", "outcomes"] {
        assert!(text.contains(word), "{word}\n{text}");
    }
    let csv = sandbox.run(["sql", "--schema", "-f", "csv"]).ok();
    assert!(csv.starts_with("column,type,unit,meaning,tables\ntime,text,instant,"), "{csv}");
    assert!(!csv.contains("prompt_text"), "text of prompts has no column");
    let tables = sandbox.run(["sql", "--schema", "-f", "csv", "--table", "tables"]).ok();
    assert!(tables.starts_with("table,rows\nruns,"), "{tables}");
    for format in ["markdown", "html"] {
        assert!(sandbox.run(["sql", "--schema", "-f", format]).ok().contains("time_to_first_token_ms"), "{format}");
    }
    let report = sandbox.run(["sql", "--schema", "--json"]).json();
    assert_eq!(violations(&sandbox.run(["schema", "report"]).json(), &report), Vec::<String>::new());
}

#[test]
fn an_answer_keeps_to_the_schema_of_reports_and_carries_its_coverage() {
    let schema = Sandbox::new().run(["schema", "report"]).json();
    for fixture in FIXTURES {
        let sandbox = Sandbox::of_fixture(fixture);
        for table in ["runs", "outcomes", "ratings", "remarks", "assessments", "templates", "starters"] {
            let report = asked(&sandbox, &format!("SELECT * FROM {table}"), &[]);
            assert_eq!(violations(&schema, &report), Vec::<String>::new(), "{fixture} {table}");
            let usage = sandbox.run(["overview", "--since", "2020", "--json"]).json();
            assert_eq!(report["coverage"]["lines"], usage["coverage"]["lines"]);
            assert_eq!(report["coverage"]["matched"], usage["coverage"]["matched"], "{fixture} {table}");
        }
    }
}

#[test]
fn filters_period_and_zone_hold_as_for_reports() {
    let sandbox = quiet_week();
    let runs =
        |more: &[&str]| asked(&sandbox, "SELECT count(*) AS n FROM runs", more)["tables"][0]["rows"][0]["n"].clone();
    for more in [
        &["--model", "gpt-*"][..],
        &["--since", "2026-11-16"],
        &["--period", "2026-W47", "--failed"],
        &["--min-rating", "3"],
        &["--prompt", "extract-*", "--prompt", "draft-*", "--success"],
    ] {
        let usage = sandbox.run([&["usage", "--json"], more].concat()).json();
        assert_eq!(runs(more), usage["facts"]["runs"], "{more:?}");
    }
    let report = asked(&sandbox, "SELECT time, day, local_time FROM runs LIMIT 1", &["-z", "Asia/Kolkata"]);
    assert_eq!(
        report["tables"][0]["rows"][0],
        json!({ "time": "2026-11-09T14:35:00+05:30", "day": "2026-11-09", "local_time": "2026-11-09T14:35:00" })
    );
    assert_eq!(report["period"]["timezone"], "Asia/Kolkata");
    let more = ["--conversation", "*"];
    let (filtered, usage) = (
        asked(&sandbox, "SELECT 1 AS one FROM runs", &more),
        sandbox.run(["usage", "--json", more[0], more[1]]).json(),
    );
    assert!(
        filtered["coverage"]["unknown_filtered"].as_u64() > Some(0),
        "what a filter cannot decide about is counted"
    );
    assert_eq!(filtered["coverage"], usage["coverage"]);
    assert_eq!(filtered["filters"], usage["filters"]);
}

#[test]
fn a_terminal_shows_thirty_rows_and_programs_get_all() {
    let sandbox = quiet_week();
    let statement = "SELECT prompt, model FROM runs";
    let text = sandbox.run(["sql", statement]).ok();
    assert!(text.contains("… 24 more rows; `--top 0` shows all"), "{text}");
    assert!(!sandbox.run(["sql", statement, "--top", "0"]).ok().contains("more row"));
    assert_eq!(sandbox.run(["sql", statement, "-f", "csv"]).ok().lines().count(), 55);
    let one = asked(&sandbox, statement, &["--top", "53"]);
    assert_eq!(one["tables"][0]["rows"].as_array().unwrap().len(), 53);
    assert_eq!(one["notes"][0], "… 1 more row; `--top 0` shows all");
}

#[test]
fn a_person_reads_units_and_programs_raw_numbers() {
    let sandbox = quiet_week();
    let statement = "SELECT max(time) AS last_used, avg(success) AS success_rate, max(duration_ms) AS max_ms, \
                     sum(cost_usd) AS spent_usd, avg(rating) AS mean_rating, sum(input_tokens) AS input_tokens, \
                     avg(duration_ms) / 7 AS odd FROM runs";
    let text = sandbox.run(["sql", statement]).ok();
    for shown in ["2026-11-20 11:10", "81.1 %", "17.0 s", "$0.2396", "3.26", "111,500", "601.89"] {
        assert!(text.contains(shown), "{shown}\n{text}");
    }
    let report = asked(&sandbox, statement, &[]);
    let units: Vec<&str> =
        report["tables"][0]["columns"].as_array().unwrap().iter().map(|c| c["unit"].as_str().unwrap()).collect();
    assert_eq!(units, ["instant", "ratio", "milliseconds", "dollars", "score", "tokens", "number"]);
    assert_eq!(report["tables"][0]["rows"][0]["spent_usd"], 0.2396);
    assert_eq!(report["notes"][0].as_str().unwrap().split_whitespace().next(), Some("SELECT"));
}

#[test]
fn nothing_found_is_an_answer() {
    let sandbox = quiet_week();
    let text = sandbox.run(["sql", "SELECT prompt FROM runs WHERE model = 'nobody'"]).ok();
    assert!(text.contains("nothing to show") && text.contains("read 70 lines"), "{text}");
    assert_eq!(sandbox.run(["sql", "SELECT prompt FROM runs WHERE 1 = 2", "-f", "csv"]).ok(), "prompt\n");
    let blank = Sandbox::new();
    assert_eq!(rows(&blank, "SELECT * FROM runs"), json!([]));
    assert_eq!(
        rows(&blank, "SELECT count(*) AS n, sum(cost_usd) AS cost_usd FROM runs"),
        json!([{ "n": 0, "cost_usd": null }])
    );
}

#[test]
fn a_statement_comes_from_standard_input_too() {
    let ran = quiet_week().run_with(["sql", "-", "-f", "csv"], b"-- how many\nSELECT count(*) AS runs\nFROM runs;\n");
    assert_eq!(ran.ok(), "runs\n54\n");
}

#[test]
fn the_answer_does_not_depend_on_files_threads_or_the_cache() {
    let sandbox = quiet_week();
    let statements = [
        "SELECT * FROM outcomes",
        "SELECT model, prompt, sum(cost_usd) AS cost_usd, avg(duration_ms) AS mean_ms FROM runs GROUP BY model, prompt",
        "SELECT DISTINCT user, model FROM runs WHERE duration_ms > 900",
        "SELECT r.prompt, a.quality_score FROM runs r JOIN assessments a ON r.prompt = a.prompt",
        "SELECT prompt, model FROM runs ORDER BY model LIMIT 7",
        "SELECT prompt FROM runs UNION SELECT model FROM runs",
    ];
    let split = Sandbox::new();
    for (name, bytes) in files(&sandbox.metrics()) {
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        for (at, line) in lines.iter().rev().enumerate() {
            split.log(&format!("{at}-{name}"), line);
        }
    }
    let one_thread =
        Sandbox::of_fixture("quiet-week").with("PROMPT_ANALYTICS_THREADS", "1").with("POLARS_MAX_THREADS", "1");
    for statement in statements {
        let csv =
            |sandbox: &Sandbox, more: &[&str]| sandbox.run([&["sql", statement, "-f", "csv"], more].concat()).ok();
        let expected = csv(&sandbox, &[]);
        assert!(expected.lines().count() > 2, "{statement}");
        assert_eq!(csv(&sandbox, &[]), expected, "warm: {statement}");
        assert_eq!(csv(&sandbox, &["--no-cache"]), expected, "{statement}");
        assert_eq!(csv(&one_thread, &[]), expected, "one thread: {statement}");
        assert_eq!(csv(&split, &[]), expected, "seventy files: {statement}");
    }
}

#[test]
fn whatever_stands_in_the_log_or_the_statement_stays_text() {
    let sandbox = Sandbox::new();
    let attack = "=cmd|' /C calc'!A0<script>alert(1)</script>\u{1b}[31m";
    let line = json!({ "ts": "2026-11-20T09:00:00Z", "event": "run", "prompt_id": attack, "tags": ["a", "b"] });
    sandbox.log("events-2026-11.jsonl", format!("{line}\n"));
    let statement = "SELECT prompt, tags, '=1+1' AS \"=2+2\", 1 AS \"<b>\" FROM runs";
    let csv = sandbox.run(["sql", statement, "-f", "csv"]).ok();
    assert!(
        csv.starts_with("prompt,tags,'=2+2,<b>\n") && csv.contains("'=cmd") && csv.contains(",a; b,'=1+1,1"),
        "{csv}"
    );
    for format in ["table", "csv", "json", "markdown", "html"] {
        let drawn = sandbox.run(["sql", statement, "-f", format]).ok();
        assert!(!drawn.contains('\u{1b}'), "{format}: {drawn}");
        if matches!(format, "html" | "markdown") {
            assert!(!drawn.contains("<script>alert") && !drawn.contains("<b>"), "{format}: {drawn}");
        }
    }
    let raw = sandbox.run(["sql", statement, "-f", "csv", "--csv-raw"]).ok();
    assert!(raw.contains(",=1+1,"), "{raw}");
}

#[test]
fn a_file_gets_the_format_of_its_extension() {
    let sandbox = quiet_week();
    let _ = sandbox.run(["sql", "SELECT prompt, count(*) AS n FROM runs GROUP BY prompt", "-o", "counts.md"]).ok();
    let page = std::fs::read_to_string(sandbox.work().join("counts.md")).unwrap();
    assert!(page.starts_with("# SQL\n") && page.contains("| extract-invoice  |  27 |"), "{page}");
}
