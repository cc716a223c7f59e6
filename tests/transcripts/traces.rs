//! Traces: what becomes of each record, in every form that exporters give them.

use super::{World, number, sum};
use prompt_analytics::event::{Field, Kind, Value};
use std::fs;

pub const OTEL: [&str; 10] = [
    "12:00:01 conv-1 greet gpt-4o in 1000 out 50 cached 800 reasoning 20",
    "12:00:04",
    "12:00:10 5b8efff798038103d269b633813fc60c claude-3-5-sonnet in 105 out 7 cached 90 written 10",
    "12:00:20 5b8efff798038103d269b633813fc60c claude-3-5-sonnet in 205 out 8 cached 90 written 10",
    "12:00:30 5b8efff798038103d269b633813fc60c gpt-4o APITimeoutError",
    "12:01:40 session-1 claude-sonnet-4-5 in 1000 out 40 cached 900 written 90 nano-dollars 12500000",
    "12:01:41 session-1 claude-sonnet-4-5 529",
    "12:03:20 chat-9 gpt-5 in 300 out 30 cached 100 reasoning 12",
    "12:05:00 dddddddddddddddddddddddddddddddd gemini-2.5-pro in 60 out 15 reasoning 9",
    "12:06:00 s-2 mistral-large in 20 out 4",
];

#[test]
fn every_call_in_a_trace_is_told_once_whoever_tells_of_it() {
    let world = World::of_fixture("otel");
    let tally = world.import();
    assert_eq!(world.shown(), OTEL);
    let events = world.live();
    assert_eq!((sum(&events, Field::InputTokens), sum(&events, Field::OutputTokens)), (2690, 154));
    assert_eq!((tally.added, tally.repeated, tally.others), (10, 3, 6), "{tally:?}");
    let reasons: Vec<(&str, u64)> = tally.skipped.iter().map(|(reason, count)| (*reason, count.times)).collect();
    assert_eq!(reasons, [("a metric, which is no event", 3), ("an evaluation without a result", 1), ("not JSON", 1)]);
    let first = &events[0];
    assert_eq!(first.text(Field::RunId), Some("00f067aa0ba902b7"));
    assert_eq!((first.text(Field::PromptId), first.text(Field::FinishReason)), (Some("greet"), Some("stop")));
    assert_eq!(
        (number(first, Field::DurationMs), number(first, Field::TimeToFirstTokenMs)),
        (Some(1_500_000_000), Some(250_000_000))
    );
    assert_eq!((first.text(Field::ProjectId), first.text(Field::Host)), (Some("shop-bot"), Some("box")));
    let quality = &events[1];
    assert_eq!((quality.kind, quality.text(Field::RunId)), (Kind::Quality, first.text(Field::RunId)));
    assert_eq!(
        (number(quality, Field::QualityScore), quality.text(Field::Evaluator)),
        (Some(750_000_000), Some("relevance"))
    );
    assert_eq!(quality.value(Field::Feedback), Some(&Value::Texts(vec!["relevant".into()])));
    assert_eq!(number(&events[7], Field::TimeToFirstTokenMs), Some(450_000_000));
    for event in events.iter().filter(|event| event.kind == Kind::Run) {
        let is_error = event.text(Field::ErrorType).is_some();
        assert_eq!(event.value(Field::Success), Some(&Value::Truth(!is_error)));
        assert_eq!(event.text(Field::Source), Some("otel"));
    }
    for source in fs::read_dir(world.log()).unwrap() {
        let written = fs::read_to_string(source.unwrap().path()).unwrap();
        assert!(!written.contains("SECRET"), "{written}");
    }
}

#[test]
fn a_document_that_is_still_being_written_is_read_when_it_is_whole() {
    let world = World::new("otel");
    let whole = fs::read_to_string(crate::support::repository("tests/transcripts/otel/console.json")).unwrap();
    let first = whole.find("\n}\n").unwrap() + 3;
    world.write("console.json", &whole[..first + 200]);
    let part = world.import();
    assert_eq!((part.added, part.pending, part.skipped()), (1, 1, 0), "{part:?}");
    world.write("console.json", whole.trim_end());
    let rest = world.import();
    assert_eq!((rest.added, rest.known, rest.pending), (1, 1, 0), "{rest:?}");
    assert_eq!(world.shown(), OTEL[8..]);
    let again = world.import();
    assert_eq!((again.bytes, again.unchanged), (0, 1), "{again:?}");
}

#[test]
fn calls_that_share_a_span_are_calls_of_their_own() {
    let world = World::new("otel");
    let record = |second: u32, name: &str, attributes: &str| {
        format!(
            r#"{{"timeUnixNano":"17951760{second:02}000000000","eventName":"{name}","traceId":"{:032x}","spanId":"{:016x}","attributes":[{attributes}]}}"#,
            1, 2
        )
    };
    let text = |key: &str, value: &str| format!(r#"{{"key":"{key}","value":{{"stringValue":"{value}"}}}}"#);
    let details = |second, response: &str| {
        let attributes = [
            text("gen_ai.request.model", "m"),
            text("gen_ai.usage.input_tokens", "5"),
            text("gen_ai.response.id", response),
        ];
        record(second, "gen_ai.client.inference.operation.details", &attributes.join(","))
    };
    let request = |second| {
        let attributes = [text("model", "m"), text("input_tokens", "7")];
        record(second, "claude_code.api_request", &attributes.join(","))
    };
    let records = [details(1, "r1"), details(2, "r2"), details(2, "r2"), request(3), request(4), request(4)].join(",");
    world.write("a.jsonl", format!("{{\"resourceLogs\":[{{\"scopeLogs\":[{{\"logRecords\":[{records}]}}]}}]}}\n"));
    let tally = world.import();
    assert_eq!((tally.added, tally.repeated), (4, 2), "{tally:?}");
    let events = world.live();
    assert_eq!(sum(&events, Field::InputTokens), 24);
    let runs: Vec<_> = events.iter().map(|event| event.text(Field::RunId)).collect();
    assert_eq!(runs, [Some("r1"), Some("r2"), None, None]);
}
