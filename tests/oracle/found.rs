//! What the oracle has found, each with the lines that showed it.

use super::questions::everything;
use super::{ingested, model::File, now_ns};
use prompt_analytics::coverage::Coverage;
use prompt_analytics::fold::Executor;
use prompt_analytics::query::{Filters, Query};
use prompt_analytics::report::{self, Ask};
use prompt_analytics::sheet::Cell;

fn file(text: &str) -> Vec<File> {
    vec![("log.jsonl".to_owned(), text.as_bytes().to_vec())]
}

fn coverage(text: &str) -> Coverage {
    ingested(&file(text), 1).0.coverage
}

/// A fact of a report about all time.
fn fact(text: &str, report: &str, key: &str, query: &Query) -> Cell {
    let (ingested, _home) = ingested(&file(text), 1);
    let executor = Executor::new(&ingested.frame, query.zone.clone(), now_ns());
    let ask = Ask { executor: &executor, query, coverage: &ingested.coverage };
    let sheet = (report::named(report).expect("a report").fill)(&ask).expect("a sheet");
    sheet.facts().find(|fact| fact.key == key).expect("a fact").cell.clone()
}

#[test]
fn an_empty_id_is_no_id() {
    let lines = "{\"ts\":\"2026-11-20T11:00:00Z\",\"event\":\"run\",\"id\":\"\"}\n".repeat(2);
    assert_eq!(coverage(&lines).duplicates, 0);
    assert_eq!(fact(&lines, "usage", "runs", &everything("UTC")), Cell::Int(2));
}

#[test]
fn a_copy_of_an_event_in_the_future_is_no_second_one() {
    let lines = "{\"ts\":\"2026-12-24T18:00:00Z\",\"event\":\"run\",\"id\":\"a\"}\n".repeat(2);
    assert_eq!(coverage(&lines).future_times, 1);
}

#[test]
fn an_event_that_takes_a_description_counts_once() {
    let lines = r#"{"ts":"2026-11-20T11:00:00Z","event":"run","prompt_id":"p","task_category":"c"}
{"ts":"2026-11-20T11:01:00Z","event":"performance","prompt_id":"p","rating":1}
{"ts":"2026-11-20T11:02:00Z","event":"template","prompt_id":"p","template_id":"t","quality_score":0.5}
"#;
    assert_eq!(coverage(lines).inherited_by_prompt, 2);
}

#[test]
fn a_whole_object_without_a_newline_is_not_pending_even_if_it_is_no_event() {
    for (line, pending, reason) in [
        (r#"{"event":"run"}"#, 0, Some("no_time")),
        (r#"{"ts":"soon","event":"run"}"#, 0, Some("bad_time")),
        (r#"{"ts":1795172400}"#, 0, Some("no_kind")),
        (r#"{"v":2,"ts":1795172400,"event":"run"}"#, 0, Some("newer_version")),
        (r#"{"ts":1795172400,"ev"#, 1, None),
        ("12", 1, None),
    ] {
        let coverage = coverage(line);
        assert_eq!(coverage.pending, pending, "{line}");
        assert_eq!(coverage.skipped_by_reason.keys().copied().next(), reason, "{line}");
        assert!(coverage.adds_up(), "{line}");
    }
}

#[test]
fn a_filter_by_rating_tests_the_use_and_keeps_all_ratings_of_it() {
    let lines = r#"{"ts":"2026-11-20T11:00:00Z","event":"run","run_id":"r"}
{"ts":"2026-11-20T11:01:00Z","event":"feedback","run_id":"r","user_id":"ann","rating":2}
{"ts":"2026-11-20T11:02:00Z","event":"feedback","run_id":"r","user_id":"bob","rating":5}
"#;
    let mut query = everything("UTC");
    query.filters.min_rating = Some(4_000_000_000);
    assert_eq!(fact(lines, "feedback", "ratings", &query), Cell::Int(2));
    query.filters = Filters { max_rating: Some(2_000_000_000), ..Filters::default() };
    assert_eq!(fact(lines, "feedback", "ratings", &query), Cell::Int(0));
}

#[test]
fn whole_milliseconds_are_shown_whole() {
    let line = r#"{"ts":"2026-11-20T11:00:00Z","event":"run","duration_ms":1001}"#;
    for key in ["mean_ms", "p50_ms"] {
        let Cell::Estimate { value, .. } = fact(line, "performance", key, &everything("UTC")) else { panic!("{key}") };
        assert_eq!(value.to_string(), "1001", "{key}");
    }
}

#[test]
fn copies_that_differ_in_a_field_without_a_column_are_in_conflict() {
    let line = |rest: &str| format!("{{\"ts\":1795172400,\"event\":\"usage\",\"id\":\"a\",{rest}}}\n");
    let tone = |tone: &str| line(&format!("\"prompt_id\":\"p\",\"parameters\":{{\"tone\":\"{tone}\"}}"));
    let turned = line("\"parameters\":{\"tone\":\"dry\"},\"unknown\":1,\"prompt_id\":\"p\"");
    assert_eq!(coverage(&(tone("dry") + &tone("wet"))).conflicts, 1);
    assert_eq!(coverage(&(tone("dry") + &turned)).conflicts, 0);
}
