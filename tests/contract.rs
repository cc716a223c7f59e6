//! The contract with programs: what `record` writes and what reports print is what the schemas say, and the keys that
//! were promised are there.

use crate::support::schema::violations;
use crate::support::{FIXTURES, Sandbox, repository};
use prompt_analytics::event::{self, Field, Kind, Line, Shape};
use prompt_analytics::query::Dimension;
use prompt_analytics::report;
use serde_json::Value;
use std::fs;

fn schema(what: &str) -> Value {
    Sandbox::new().run(["schema", what]).json()
}

/// Every JSON report among the expected files, with where it is from.
fn golden_reports() -> Vec<(String, Value)> {
    let mut reports = Vec::new();
    for fixture in FIXTURES {
        for name in report::names() {
            let path = repository("fixtures").join(fixture).join(format!("expected/{name}.json"));
            if let Ok(text) = fs::read_to_string(&path) {
                reports.push((path.display().to_string(), serde_json::from_str(&text).expect("a golden file is JSON")));
            }
        }
    }
    assert!(reports.len() > 30, "there are golden files");
    reports
}

fn keys(table: &Value) -> Vec<&str> {
    table["columns"].as_array().unwrap().iter().map(|column| column["key"].as_str().unwrap()).collect()
}

#[test]
fn every_report_keeps_to_the_schema() {
    let schema = schema("report");
    for (path, report) in golden_reports() {
        assert_eq!(violations(&schema, &report), Vec::<String>::new(), "{path}");
    }
    for fixture in FIXTURES {
        let all = Sandbox::of_fixture(fixture).run(["all", "--json"]).json();
        assert_eq!(violations(&schema, &all), Vec::<String>::new(), "{fixture}");
        let names: Vec<&str> =
            all["reports"].as_array().unwrap().iter().map(|report| report["report"].as_str().unwrap()).collect();
        assert_eq!(names, report::names());
    }
}

#[test]
fn every_line_is_accounted_for_in_every_report() {
    for (path, report) in golden_reports() {
        let coverage = &report["coverage"];
        let parts = ["events", "blank", "pending", "skipped", "duplicates", "unknown_kinds"];
        let sum: u64 = parts.iter().map(|part| coverage[part].as_u64().unwrap()).sum();
        assert_eq!(coverage["lines"].as_u64(), Some(sum), "{path}");
        let by_reason = coverage["skipped_by_reason"].as_object().unwrap();
        let skipped: u64 = by_reason.values().map(|count| count.as_u64().unwrap()).sum();
        assert_eq!(coverage["skipped"].as_u64(), Some(skipped), "{path}");
    }
}

#[test]
fn the_rows_of_json_have_the_columns_of_csv() {
    for (path, report) in golden_reports() {
        let csv = fs::read_to_string(path.replace(".json", ".csv")).expect("the same report as CSV");
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let table = &report["tables"][0];
        assert_eq!(keys(table), header, "{path}");
        let rows = table["rows"].as_array().unwrap();
        assert_eq!(rows.len(), reader.records().count(), "{path}");
        for row in rows {
            let mut of_row: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
            let mut of_header: Vec<&str> = header.iter().map(String::as_str).collect();
            of_row.sort_unstable();
            of_header.sort_unstable();
            assert_eq!(of_row, of_header, "{path}");
        }
    }
}

#[test]
fn the_promised_keys_are_in_their_reports() {
    let sandbox = Sandbox::of_fixture("quiet-week");
    for (name, promised) in [
        (
            "usage",
            "runs prompts users conversations input_tokens output_tokens cached_input_tokens total_tokens mean_input_tokens \
             first_used last_used share",
        ),
        (
            "performance",
            "outcomes successes failures errors success_rate success_rate_low success_rate_high error_rate mean_ms sd_ms p50_ms \
             p95_ms p99_ms",
        ),
        (
            "feedback",
            "ratings mean_rating mean_rating_low mean_rating_high response_rate rating_1 rating_2 rating_3 rating_4 rating_5",
        ),
        ("cost", "cost_usd cost_per_run_usd cost_per_run_usd_n cost_per_success_usd max_cost_usd unpriced_runs"),
        ("quality", "assessments quality_score clarity_score specificity_score efficiency_score"),
    ] {
        let report = sandbox.run([name, "--json"]).json();
        let keys = keys(&report["tables"][0]);
        let missing: Vec<&str> = promised.split_whitespace().filter(|key| !keys.contains(key)).collect();
        assert_eq!(missing, Vec::<&str>::new(), "{name} has {keys:?}");
    }
    let quantiles = sandbox.run(["performance", "--quantiles", "25,99.9", "--json"]).json();
    let keys = keys(&quantiles["tables"][0]);
    assert!(keys.contains(&"p25_ms") && keys.contains(&"p99.9_ms") && !keys.contains(&"p95_ms"), "{keys:?}");
}

#[test]
fn every_dimension_is_the_key_of_its_column() {
    let sandbox = Sandbox::of_fixture("quiet-week");
    for dimension in Dimension::ALL.map(Dimension::name) {
        let report = sandbox.run(["usage", "--by", dimension, "--json"]).json();
        assert_eq!(report["tables"][0]["columns"][0]["key"], dimension);
    }
    let rows = |by: &str| sandbox.run(["usage", "--by", by, "--json"]).json()["tables"][0]["rows"].clone();
    for (bucket, oldest) in
        [("hour", "2026-11-09T09"), ("day", "2026-11-09"), ("week", "2026-W46"), ("month", "2026-11")]
    {
        assert_eq!(rows(bucket)[0][bucket], oldest);
    }
    assert_eq!(rows("variant")[0]["variant"], Value::Null, "what was not recorded is null");
}

#[test]
fn the_coverage_has_every_promised_key() {
    let report = Sandbox::of_fixture("messy-log").run(["usage", "--json"]).json();
    let promised = "files lines events blank pending skipped duplicates unknown_kinds skipped_by_reason unreadable left_out \
                    dropped_fields naive_times future_times inferred_outcomes conflicts orphans inherited_by_prompt matched unknown_filtered unpriced_runs";
    for key in promised.split_whitespace() {
        assert!(!report["coverage"][key].is_null(), "{key}");
    }
}

/// A value of a field that a person could type.
fn typed(field: Field) -> Vec<(String, String)> {
    let name = field.name();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    match field.shape() {
        Shape::Text => vec![pair(name, &format!("a \"{name}\" = \\ ü\n2"))],
        Shape::Whole { .. } => vec![pair(name, "17")],
        Shape::Decimal { max: 1, .. } => vec![pair(name, "0.123456789")],
        Shape::Decimal { max: 5, .. } => vec![pair(name, "4.5")],
        Shape::Decimal { .. } => vec![pair(name, "1234.567891")],
        Shape::Truth => vec![pair(name, "false")],
        Shape::Texts => vec![pair(name, "one"), pair(name, "two")],
        Shape::Map => vec![pair(&format!("{name}.tone"), "dry"), pair(&format!("{name}.depth"), "2")],
    }
}

#[test]
fn every_kind_with_every_field_is_written_by_the_schema_and_read_back_equal() {
    let schema = schema("event");
    let now_ns = prompt_analytics::time::now(Some(crate::support::NOW)).unwrap();
    for kind in Kind::ALL {
        let sandbox = Sandbox::new();
        let fields = Field::ALL.iter().filter(|field| kind.allows(**field));
        let pairs: Vec<(String, String)> = fields.flat_map(|field| typed(*field)).collect();
        let words = pairs.iter().map(|(field, value)| format!("{field}={value}"));
        let args: Vec<String> = ["record".to_owned(), kind.name().to_owned()].into_iter().chain(words).collect();
        assert_eq!(sandbox.run(&args).ok(), "");

        let log = fs::read_to_string(sandbox.metrics().join("events-2026-11.jsonl")).expect("the month of the event");
        let line = log.strip_suffix('\n').expect("a line is ended");
        let object: Value = serde_json::from_str(line).expect("a line is JSON");
        assert_eq!(violations(&schema, &object), Vec::<String>::new(), "{line}");

        let Ok(Line::Event(read)) = event::parse_line(line.as_bytes()) else { panic!("{line}") };
        let mut written = event::from_pairs(kind.name(), &pairs, now_ns).unwrap();
        written.id = Some(object["id"].as_str().expect("every event gets an id").into());
        assert_eq!((read.event, read.dropped, read.is_naive), (written, vec![], false), "{line}");
    }
}

#[test]
fn the_lines_of_the_fixtures_are_events() {
    let schema = schema("event");
    for fixture in FIXTURES.into_iter().filter(|fixture| *fixture != "messy-log") {
        for (file, bytes) in Sandbox::of_fixture(fixture).snapshot() {
            if file.ends_with("config.toml") {
                continue;
            }
            for line in String::from_utf8(bytes).unwrap().lines() {
                let object: Value = serde_json::from_str(line).expect("a line is JSON");
                assert_eq!(violations(&schema, &object), Vec::<String>::new(), "{fixture}/{file}: {line}");
            }
        }
    }
}

#[test]
fn the_schema_of_events_refuses_what_record_refuses() {
    let schema = schema("event");
    for line in [
        r#"{"ts":"2026-11-20T12:00:00Z","event":"feedback","rating":7}"#,
        r#"{"ts":"2026-11-20T12:00:00Z","event":"feedback"}"#,
        r#"{"ts":"2026-11-20T12:00:00Z","event":"usgae"}"#,
        r#"{"ts":"2026-11-20T12:00:00Z","event":"usage","rating":4}"#,
        r#"{"ts":"2026-11-20T12:00:00Z","event":"run","prompt_text":"secret"}"#,
        r#"{"ts":"2026-11-20T12:00:00Z","event":"run","input_tokens":-1}"#,
        r#"{"event":"run"}"#,
    ] {
        let object: Value = serde_json::from_str(line).unwrap();
        assert_ne!(violations(&schema, &object), Vec::<String>::new(), "{line}");
        if line.contains("\"ts\"") {
            let ran = Sandbox::new().run_with(["record", "-"], line.as_bytes());
            assert_eq!(ran.status, 2, "{line}: {ran:?}");
        }
    }
}
