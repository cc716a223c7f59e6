//! What the oracle has found, each with the lines that showed it.

use super::questions::everything;
use super::{ingested, model::File, now_ns};
use prompt_analytics::coverage::Coverage;
use prompt_analytics::fold::Executor;
use prompt_analytics::query::Query;
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
