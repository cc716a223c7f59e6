//! Chats of Gemini CLI, aider's log, results of promptfoo, exports of Langfuse: what becomes of each record
//! (`tests/transcripts/README.md` argues it), and that no order, overlap, growth or loss of files moves what is counted.

use crate::support::{Sandbox, files, repository, shared};
use crate::transcripts::{World, number, sum, told};
use prompt_analytics::event::{Event, Field, Kind, Value};
use proptest::prelude::*;
use std::fs;

const SOURCES: [&str; 4] = ["gemini", "aider", "promptfoo", "langfuse"];

/// An event without its time, for a table has none but that of its file.
fn timeless(event: &Event) -> String {
    let mut event = event.clone();
    event.ts_ns = 1_795_168_800_000_000_000;
    event.rev = 0;
    event.line()
}

/// The events that count, without their times.
fn counted(world: &World) -> Vec<String> {
    let mut events: Vec<String> = world.live().iter().map(timeless).collect();
    events.sort();
    events
}

fn of(events: &[Event<'static>], kind: Kind) -> Vec<Event<'static>> {
    events.iter().filter(|event| event.kind == kind).cloned().collect()
}

/// `gpt-4o summarize pass in 100 out 10 ms 1200 nano-dollars 1000000`.
fn shown(event: &Event) -> String {
    let mut words: Vec<String> = Vec::new();
    for field in [Field::Model, Field::Variant, Field::PromptId, Field::PromptVersion, Field::ConversationId] {
        words.extend(event.text(field).map(str::to_owned));
    }
    if let Some(Value::Truth(success)) = event.value(Field::Success) {
        words.push(if *success { "pass" } else { "fail" }.to_owned());
    }
    words.extend(event.text(Field::ErrorType).map(str::to_owned));
    for (field, name, unit) in [
        (Field::InputTokens, "in", 1),
        (Field::OutputTokens, "out", 1),
        (Field::CachedInputTokens, "cached", 1),
        (Field::ReasoningTokens, "reasoning", 1),
        (Field::DurationMs, "ms", 1_000_000),
        (Field::CostUsd, "nano-dollars", 1),
    ] {
        words.extend(
            number(event, field).filter(|number| *number > 0).map(|number| format!("{name} {}", number / unit)),
        );
    }
    words.join(" ")
}

/// What an assessment or a judgement says: of which run, by whom, and how much in thousandths.
fn judged(event: &Event) -> String {
    let score = number(event, Field::QualityScore).or(number(event, Field::Rating)).unwrap_or(-1) / 1_000_000;
    let by = event.text(Field::Evaluator).or(event.text(Field::UserId)).unwrap_or("—");
    format!("{} {by} {score}", event.text(Field::Model).or(event.text(Field::RunId)).unwrap_or("—"))
}

fn sorted(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut words: Vec<String> = words.collect();
    words.sort();
    words
}

#[test]
fn every_answer_of_gemini_is_told_once_with_the_tokens_of_tools_and_thoughts() {
    let world = World::of_fixture("gemini");
    fs::remove_file(world.folder().join("telemetry.log")).unwrap();
    let tally = world.import();
    assert_eq!(
        world.shown(),
        [
            "10:00:01 sess-one gemini-2.5-pro in 107 out 15 cached 60 reasoning 5",
            "10:00:04 sess-one gemini-2.5-pro",
            "11:00:01 sess-two gemini-2.5-flash in 200 out 20",
            "11:00:03 sub-1 gemini-2.5-flash-lite in 40 out 5 reasoning 1",
            "11:00:04 sess-two gemini-2.5-flash in 300 out 30 cached 150",
            "11:00:05 sess-two gemini-2.5-flash in 300 out 30 cached 150",
        ]
    );
    let reasons: Vec<(&str, u64)> = tally.skipped.iter().map(|(reason, count)| (*reason, count.times)).collect();
    assert_eq!((tally.added, tally.repeated, reasons), (6, 2, vec![("bad time", 1), ("not JSON", 1)]));
    for event in world.live() {
        assert_eq!((event.text(Field::ProjectId), event.text(Field::Provider)), (Some("hash-shop"), Some("google")));
        assert_eq!((event.text(Field::Source), event.text(Field::Host)), (Some("gemini"), Some("host")));
    }
}

#[test]
fn an_answer_that_a_chat_and_the_telemetry_tell_is_one_use() {
    let sandbox = Sandbox::new();
    let told = told(sandbox.run(["import", "gemini", repository("tests/transcripts/gemini").to_str().unwrap()]));
    assert!(told.contains("gemini: added 12 events"), "{told}");
    let facts = &sandbox.run(["usage", "--json"]).json()["facts"];
    assert_eq!(
        (&facts["runs"], &facts["input_tokens"], &facts["output_tokens"]),
        (&8.into(), &956.into(), &101.into())
    );
    let facts = &sandbox.run(["performance", "--json"]).json()["facts"];
    assert_eq!((&facts["outcomes"], &facts["errors"]), (&8.into(), &1.into()));
    // 50 + 100 + 300 + 900 + 1000 + 1100 of six calls that the telemetry timed.
    assert_eq!(facts["mean_ms"], 575.0);
}

#[test]
fn an_answer_of_gemini_that_was_half_written_is_completed_by_a_revision() {
    let name = "shop/chats/session-2026-11-20T11-00-two.jsonl";
    let whole = World::of_fixture("gemini");
    let lines: Vec<String> = whole.read(name).split_inclusive('\n').map(str::to_owned).collect();
    let world = World::new("gemini");
    world.write(name, lines[..3].concat());
    assert_eq!(world.import().added, 1);
    assert_eq!(world.shown(), ["11:00:01 sess-two gemini-2.5-flash"]);
    world.write(name, lines[..4].concat() + &lines[4][..10]);
    let grown = world.import();
    assert_eq!((grown.added, grown.revised, grown.pending), (0, 1, 1), "{grown:?}");
    assert_eq!(world.shown(), ["11:00:01 sess-two gemini-2.5-flash in 200 out 20"]);
}

#[test]
fn every_call_of_aider_is_told_even_if_it_equals_another() {
    let world = World::of_fixture("aider");
    let tally = world.import();
    assert_eq!(
        sorted(world.live().iter().map(shown)),
        [
            "fail timeout",
            "gemini/gemini-2.5-pro pass in 1000 out 100 nano-dollars 13317500",
            "gpt-5.2 pass in 500 out 50 nano-dollars 100000000",
            "ollama/llama3 pass in 70 out 7",
            "ollama/llama3 pass in 70 out 7",
        ]
    );
    let reasons: Vec<(&str, u64)> = tally.skipped.iter().map(|(reason, count)| (*reason, count.times)).collect();
    assert_eq!((tally.added, tally.others, reasons), (5, 3, vec![("no time", 1), ("not JSON", 1)]));
    let events = world.live();
    let providers: Vec<&str> = events.iter().filter_map(|event| event.text(Field::Provider)).collect();
    assert_eq!(providers, ["gemini", "ollama", "ollama"]);
}

#[test]
fn a_second_half_of_an_aider_log_does_not_take_equal_calls_for_one() {
    let whole = World::of_fixture("aider").read("analytics.jsonl");
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let world = World::new("aider");
    world.write("analytics.jsonl", lines[..5].concat());
    assert_eq!(world.import().added, 3);
    world.write("analytics.jsonl", &whole);
    let rest = world.import();
    assert_eq!((rest.added, rest.known, rest.records), (2, 0, 5), "{rest:?}");
}

#[test]
fn results_of_promptfoo_are_runs_and_their_scores_assessments() {
    let world = World::of_fixture("promptfoo");
    let tally = world.import();
    let events = world.live();
    assert_eq!(
        sorted(of(&events, Kind::Run).iter().map(shown)),
        [
            "echo 9b1d pass in 20 out 2 reasoning 1 ms 5",
            "file://ask.py summarize fail ms 10",
            "gpt-4o big summarize fail",
            "gpt-4o big summarize fail 429 ms 30",
            "gpt-4o big summarize pass in 100 out 10 ms 1200 nano-dollars 1000000",
            "gpt-4o summarize fail timeout",
            "gpt-4o summarize pass",
            "gpt-4o summarize pass",
            "gpt-4o-mini prompt-0c86c96da559 fail",
            "judged fail",
            "judged pass",
        ]
    );
    let scores = of(&events, Kind::Quality);
    let named: Vec<String> = scores.iter().filter(|event| event.text(Field::Model).is_some()).map(judged).collect();
    assert_eq!(
        sorted(named.into_iter()),
        [
            "gpt-4o accuracy 500",
            "gpt-4o accuracy 500",
            "gpt-4o promptfoo 0",
            "gpt-4o promptfoo 1000",
            "gpt-4o promptfoo 1000",
            "gpt-4o promptfoo 750",
            "gpt-4o tone 250",
            "gpt-4o-mini promptfoo 0",
        ]
    );
    // Those of the program and of the judged answers.
    assert_eq!((scores.len(), sum(&scores, Field::QualityScore)), (11, (4000 + 250 + 500 + 1000) * 1_000_000));
    let reasons: Vec<(&str, u64)> = tally.skipped.iter().map(|(reason, count)| (*reason, count.times)).collect();
    assert_eq!(reasons, [("a score not from 0 to 1", 2), ("no result in it", 1)]);
    let log: String =
        files(&world.log()).values().map(|content| String::from_utf8_lossy(content).into_owned()).collect();
    assert!(!log.contains("Summarize") && !log.contains("too long") && !log.contains('…'), "no text is stored");
}

#[test]
fn generations_of_langfuse_are_runs_and_scores_what_they_honestly_are() {
    let world = World::of_fixture("langfuse");
    let tally = world.import();
    let events = world.live();
    assert_eq!(
        sorted(of(&events, Kind::Run).iter().map(shown)),
        [
            "gpt-4o fail timeout ms 30000",
            "gpt-4o greet 3 talk pass in 100 out 8 cached 90 reasoning 3 ms 2500 nano-dollars 3000000",
            "gpt-4o talk pass in 20 out 4 ms 1000 nano-dollars 500000",
            "own-model pass in 7 out 2 ms 1500",
        ]
    );
    assert_eq!(
        sorted(of(&events, Kind::Feedback).iter().map(judged)),
        ["g1 ada 1000", "g1 — 4000", "g1 — 5000", "g2 bob 1000", "g2 — 1000"]
    );
    assert_eq!(sorted(of(&events, Kind::Quality).iter().map(judged)), ["g1 grounded 1000", "g1 helpful 800"]);
    let reasons: Vec<(&str, u64)> = tally.skipped.iter().map(|(reason, count)| (*reason, count.times)).collect();
    assert_eq!(
        reasons,
        [
            ("a rating on a scale that is not told", 1),
            ("a score in words", 1),
            ("a score not from 0 to 1", 2),
            ("bad time", 1),
        ]
    );
    let first = of(&events, Kind::Run).into_iter().find(|event| event.text(Field::RunId) == Some("g1")).unwrap();
    assert_eq!(number(&first, Field::TimeToFirstTokenMs), Some(500_000_000));
    assert_eq!(first.value(Field::Tags), Some(&Value::Texts(vec!["shop".into()])));
}

#[test]
fn tables_inside_of_older_results_are_read() {
    let world = World::new("promptfoo");
    let output = |pass: bool| {
        format!(
            r#"{{"pass":{pass},"score":{},"text":"…","latencyMs":7,"cost":0.5,"tokenUsage":{{"prompt":3,"completion":2}},"gradingResult":{{"pass":{pass}}}}}"#,
            i32::from(pass)
        )
    };
    let table = format!(
        r#"{{"head":{{"vars":["x"],"prompts":[{{"label":"greet","raw":"Hello","provider":"openai:gpt-4o"}}]}},"body":[{{"vars":["…"],"outputs":[{}]}},{{"vars":["…"],"outputs":[{}]}}]}}"#,
        output(true),
        output(false)
    );
    world.write(
        "eval.json",
        format!(r#"{{"results":{{"version":2,"timestamp":"2026-11-20T10:00:00Z","results":[],"table":{table}}}}}"#),
    );
    let tally = world.import();
    let events = world.live();
    assert_eq!(
        sorted(of(&events, Kind::Run).iter().map(shown)),
        [
            "gpt-4o greet fail in 3 out 2 ms 7 nano-dollars 500000000",
            "gpt-4o greet pass in 3 out 2 ms 7 nano-dollars 500000000",
        ]
    );
    assert_eq!((tally.added, tally.skipped()), (4, 0));
}

#[test]
fn pages_of_the_api_of_langfuse_hold_traces_and_these_their_records() {
    let world = World::new("langfuse");
    let page = r#"{"data":[{"id":"t9","timestamp":"2026-11-20T10:00:00Z","sessionId":"talk","userId":"ada","observations":[
        {"id":"g9","traceId":"t9","type":"GENERATION","startTime":"2026-11-20T10:00:00Z","model":"m","usage":{"input":9223372036854775807,"output":1,"input_x":9223372036854775807}},
        {"id":"g8","traceId":"t9","type":"GENERATION","startTime":"2026-11-20T10:00:01Z","model":"m","promptTokens":5,"completionTokens":1}],
        "scores":[{"id":"s9","traceId":"t9","name":"helpful","value":0.5,"source":"EVAL","dataType":"NUMERIC","timestamp":"2026-11-20T10:00:02Z"}]},
        {"id":"t8","timestamp":"2026-11-20T10:00:00Z","observations":["g1","g2"]}],"meta":{"page":1}}"#;
    world.write("page.json", page);
    let tally = world.import();
    let events = world.live();
    assert_eq!(sorted(of(&events, Kind::Run).iter().map(shown)), ["m talk pass in 5 out 1", "m talk pass out 1"]);
    // Its trace has two generations, and it is of none of them.
    assert_eq!(of(&events, Kind::Quality).iter().map(judged).collect::<Vec<_>>(), ["— helpful 500"]);
    assert_eq!((tally.added, tally.others, tally.dropped.len()), (3, 3, 1));
}

#[test]
fn a_second_import_reads_nothing_and_one_without_memory_adds_nothing() {
    for source in SOURCES {
        let world = World::of_fixture(source);
        let first = world.import();
        let expected = counted(&world);
        let again = world.import();
        assert_eq!((again.bytes, again.records, again.unchanged, again.added), (0, 0, again.files, 0), "{source}");
        fs::remove_file(world.log().join(".imports.json")).unwrap();
        let without = world.import();
        assert_eq!((without.added, without.revised, without.known), (0, 0, first.added), "{source}");
        assert_eq!(counted(&world), expected);
    }
}

#[test]
fn what_an_owner_does_to_a_file_changes_nothing_that_was_imported() {
    for source in SOURCES {
        let world = World::of_fixture(source);
        let _ = world.import();
        let expected = counted(&world);
        for (name, whole) in files(&world.folder()) {
            for content in [&whole[..whole.len() / 2], b"", &whole] {
                world.write(&name, content);
                assert_eq!(world.import().added, 0, "{source} {name}");
                assert_eq!(counted(&world), expected);
            }
            fs::remove_file(world.folder().join(&name)).unwrap();
            assert_eq!(world.import().added, 0);
            assert_eq!(counted(&world), expected);
        }
    }
}

#[test]
fn packed_exports_are_read() {
    let plain = World::of_fixture("langfuse");
    let _ = plain.import();
    let packed = World::new("langfuse");
    for (name, content) in files(&plain.folder()) {
        packed.write(&format!("{name}.zst"), zstd::encode_all(&content[..], 3).unwrap());
    }
    assert_eq!(packed.import().files, 3);
    assert_eq!(counted(&packed), counted(&plain));
}

#[test]
fn words_of_prompts_are_kept_where_a_person_asks_for_them_alone() {
    for (source, file, words) in [
        ("gemini", "gemini/shop", "add a cart"),
        ("promptfoo", "promptfoo/results.json", "Summarize {{text}}"),
        ("langfuse", "langfuse/export.json", "what is a cart?"),
    ] {
        let sandbox = Sandbox::new();
        let path = repository("tests/transcripts").join(file);
        let import = ["import", source, path.to_str().unwrap()];
        let log = || -> String {
            let files = sandbox.snapshot();
            files.values().map(|content| String::from_utf8_lossy(content).into_owned()).collect()
        };
        let _ = told(sandbox.run(import));
        assert!(!log().contains(words), "{source}");
        let said = told(sandbox.run(import.into_iter().chain(["--with-text"])));
        assert!(said.contains("added 0 events"), "{said}");
        assert!(log().contains(&format!(r#""parameters":{{"prompt_text":"{words}"}}"#)), "{}", log());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Imports of any files, in any order, each as far as it was written then; at last all files, whole.
    #[test]
    fn no_order_and_no_overlap_moves_what_is_counted(
        which in 0_usize..4,
        steps in prop::collection::vec((0_usize..5, 0_usize..=100, any::<bool>()), 0..5),
    ) {
        let whole = World::of_fixture(SOURCES[which]);
        let _ = whole.import();
        let world = World::new(SOURCES[which]);
        let found: Vec<(String, Vec<u8>)> = files(&whole.folder()).into_iter().collect();
        for (at, percent, is_forgotten) in steps {
            let (name, content) = &found[at % found.len()];
            // A table in which a line is half written holds another result there.
            let lines = name.ends_with(".csv");
            let mut end = content.len() * percent / 100;
            while lines && end > 0 && content[end - 1] != b'\n' {
                end -= 1;
            }
            world.write(name, &content[..end]);
            let _ = world.import_of(&[world.folder().join(name)]);
            if is_forgotten {
                let _ = fs::remove_file(world.log().join(".imports.json"));
            }
        }
        for (name, content) in &found {
            world.write(name, content);
        }
        let _ = world.import();
        prop_assert_eq!(counted(&world), counted(&whole));
        let copy = world.import_of(&[whole.folder(), world.folder()]);
        prop_assert_eq!(copy.added, 0);
    }
}

#[test]
fn what_these_tools_left_on_a_machine_is_found() {
    let sandbox = Sandbox::new();
    let place = |from: &str, to: &str| {
        for (name, content) in files(&repository("tests/transcripts").join(from)) {
            let path = sandbox.home().join(to).join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    };
    place("gemini", ".gemini/tmp");
    place("promptfoo", ".promptfoo/output");
    place("aider", "logs");
    let gemini = sandbox.home().join(".gemini");
    fs::write(gemini.join("tmp/shop/logs.json"), "[]").unwrap();
    fs::write(gemini.join("settings.json"), r#"{"telemetry":{"outfile":"~/.gemini/tmp/telemetry.log"}}"#).unwrap();
    fs::write(sandbox.home().join(".aider.conf.yml"), "dark-mode: true\nanalytics-log: ~/logs/analytics.jsonl # all\n")
        .unwrap();
    let list = sandbox.run(["import", "--list"]).ok();
    for says in
        ["~/.gemini/tmp: 3 files, ", "~/.gemini/tmp/telemetry.log: 1 file, ", "~/logs/analytics.jsonl: 1 file, "]
    {
        assert!(list.contains(says), "{list}");
    }
    assert!(list.contains("~/.promptfoo/output: 5 files, ") && list.contains("langfuse"), "{list}");
    let said = told(sandbox.run(["import", "all"]));
    for says in ["gemini: added 12 events", "aider: added 5 events", "promptfoo: added 22 events"] {
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn real_chats_logs_and_results_give_their_known_answers() {
    let Some(folder) = shared("agent-logs") else { return };
    let aider = World::new("aider");
    let tally = aider.import_of(&[folder.join("aider/sample-analytics.jsonl")]);
    let events = aider.live();
    assert_eq!((tally.records, events.len()), (1000, 107));
    assert_eq!((sum(&events, Field::InputTokens), sum(&events, Field::OutputTokens)), (2_484_349, 45_772));
    // Each cost is rounded to a nano-dollar.
    assert_eq!(sum(&events, Field::CostUsd), 5_305_332_000);
    for (path, calls, input, output, cached) in [
        // Seven answers: 13629 + 6219 + 6286 + 6402 + 21501 + 6550 + 6686 in; 300 out and 377 thought.
        ("edge-cases/agtrace/gemini_session.json", 7, 67_273, 677, 43_377),
        // Two answers, one and one, of which nothing was counted; notices are none.
        ("edge-cases/agentsview/gemini", 4, 0, 0, 0),
    ] {
        let world = World::new("gemini");
        let _ = world.import_of(&[folder.join(path)]);
        let events = world.live();
        let seen = [Field::InputTokens, Field::OutputTokens, Field::CachedInputTokens].map(|field| sum(&events, field));
        assert_eq!((events.len(), seen), (calls, [input, output, cached]), "{path}");
    }
    let Some(folder) = shared("evaluations/promptfoo") else { return };
    let world = World::new("promptfoo");
    let _ = world.import_of(&[folder]);
    let runs = of(&world.live(), Kind::Run);
    let passed = |variant: Option<&str>| {
        let of_it = runs.iter().filter(|run| run.text(Field::Variant) == variant);
        let results: Vec<_> = of_it.map(|run| run.value(Field::Success) == Some(&Value::Truth(true))).collect();
        (results.iter().filter(|passed| **passed).count(), results.len())
    };
    let stem = "retrieval_augmented_generation_csvs_evaluation_results_detailed";
    assert_eq!(passed(None), (18, 30));
    for (end, count) in [("", 73), ("_one", 72), ("_level_two", 80), ("_level_three", 84)] {
        assert_eq!(passed(Some(&format!("{stem}{end}"))), (count, 100), "{end}");
    }
}
