//! Logs of coding agents: what becomes of each line (`tests/transcripts/README.md` argues it), and that no order, overlap,
//! growth or loss of files moves what is counted.

use crate::support::{Ran, Sandbox, files, repository, shared};
use prompt_analytics::event::{self, Event, Field, Line, Privacy, Value};
use prompt_analytics::import::{self, Gathering, ROUND_BYTES, Tally};
use prompt_analytics::log::{self, Piece};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;

mod databases;
mod recipes;
mod traces;

/// An import into `home/log`.
pub struct World {
    home: TempDir,
    source: &'static str,
}

impl World {
    pub fn new(source: &'static str) -> World {
        let world = World { home: tempfile::tempdir().unwrap(), source };
        fs::create_dir(world.folder()).unwrap();
        world
    }

    /// The files of a fixture, in a folder that may be changed.
    pub fn of_fixture(source: &'static str) -> World {
        let world = World::new(source);
        for (name, content) in files(&repository("tests/transcripts").join(source)) {
            world.write(&name, &content);
        }
        world
    }

    pub fn folder(&self) -> PathBuf {
        self.home.path().join("files")
    }

    pub fn log(&self) -> PathBuf {
        self.home.path().join("log")
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.folder().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder().join(name)).unwrap()
    }

    pub fn import(&self) -> Tally {
        self.import_of(&[self.folder()])
    }

    pub fn import_of(&self, paths: &[PathBuf]) -> Tally {
        self.import_as(paths, ROUND_BYTES, &AtomicBool::new(false))
    }

    /// A clock that is far from the times of all files trusts their stamps.
    fn import_as(&self, paths: &[PathBuf], round_bytes: u64, stop: &AtomicBool) -> Tally {
        let source = import::named(self.source).unwrap();
        let spots = import::named_files(source, paths).unwrap();
        let job = Gathering {
            source,
            spots: &spots,
            dir: &self.log(),
            privacy: &Privacy::default(),
            host: "host",
            is_dry: false,
            is_again: false,
            has_text: false,
            threads: 2,
            round_bytes,
            now_ns: 4_000_000_000_000_000_000,
            stop,
        };
        let tally = import::gather(&job, &mut |_, _| ()).unwrap();
        assert_eq!(
            tally.records,
            tally.added + tally.revised + tally.known + tally.repeated + tally.others + tally.skipped(),
            "{tally:?}"
        );
        tally
    }

    pub fn live(&self) -> Vec<Event<'static>> {
        live(&self.log())
    }

    /// The answers that count, shortly.
    pub fn shown(&self) -> Vec<String> {
        self.live().iter().map(shown).collect()
    }
}

/// The events that a reader of the log counts: of each identity the highest revision, unless it takes the event back.
fn live(dir: &Path) -> Vec<Event<'static>> {
    let mut events = BTreeMap::<(String, i64), Event<'static>>::new();
    for source in log::sources(dir).map_or_else(|_| Vec::new(), |(sources, _)| sources) {
        log::lines(&source, 0..u64::MAX, |piece| {
            let Piece::Line { bytes, is_terminated: true, .. } = piece else { panic!("not a whole line") };
            let Ok(Line::Event(read)) = event::parse_line(bytes) else { panic!("not an event") };
            assert!(read.dropped.is_empty() && !read.is_naive);
            let event = read.event.into_owned();
            let identity = (event.id.clone().unwrap().into_owned(), event.ts_ns);
            let is_newer = events.get(&identity).is_none_or(|known| known.rev < event.rev);
            if is_newer {
                events.insert(identity, event);
            }
        })
        .unwrap();
    }
    let mut events: Vec<Event> = events.into_values().filter(|event| !event.is_retracted).collect();
    events.sort_by_key(|event| (event.ts_ns, event.line()));
    events
}

pub fn number(event: &Event, field: Field) -> Option<i64> {
    match event.value(field) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    }
}

pub fn sum(events: &[Event], field: Field) -> i64 {
    events.iter().filter_map(|event| number(event, field)).sum()
}

/// `10:00:01 first claude-sonnet-4-5 in 123 out 40 cached 100 written 20`.
fn shown(event: &Event) -> String {
    let time = prompt_analytics::time::utc(event.ts_ns);
    let mut text = time[11..19].to_owned();
    for field in [Field::ConversationId, Field::PromptId, Field::Model, Field::ErrorType] {
        text.extend(event.text(field).map(|text| format!(" {text}")));
    }
    for (field, name) in [
        (Field::InputTokens, "in"),
        (Field::OutputTokens, "out"),
        (Field::CachedInputTokens, "cached"),
        (Field::CacheWriteTokens, "written"),
        (Field::ReasoningTokens, "reasoning"),
        (Field::CostUsd, "nano-dollars"),
    ] {
        text.extend(number(event, field).filter(|number| *number > 0).map(|number| format!(" {name} {number}")));
    }
    text
}

const CLAUDE_CODE: [&str; 8] = [
    "10:00:01 first claude-sonnet-4-5 in 123 out 40 cached 100 written 20",
    "10:01:00 first claude-sonnet-4-5 in 1049 out 60 cached 1000 written 42 nano-dollars 12500000",
    "10:01:30 first @reviewer claude-sonnet-4-5 in 3 out 6",
    "10:02:00 first rate_limit",
    "10:04:00 first claude-sonnet-4-5 in 3 out 1",
    "10:04:01 first claude-sonnet-4-5 in 3 out 2",
    "10:05:00 first claude-sonnet-4-5 in 3 out 4",
    "11:00:05 fork /review claude-sonnet-4-5 in 3 out 8",
];

const CODEX: [&str; 8] = [
    "12:00:03 parent gpt-5.2-codex in 100 out 10 cached 40 reasoning 4",
    "12:00:04 subagent gpt-5.1-codex-mini in 70 out 7",
    "12:00:05 parent gpt-5.2-codex in 150 out 20 cached 100",
    "12:00:06 parent gpt-5.2-codex usage_limit_exceeded",
    "12:00:07 parent gpt-5.2-codex in 60 out 5",
    "13:00:09 child gpt-5.3-codex in 30 out 3 cached 10",
    "14:00:08 grandchild in 5 out 1",
    "15:00:07 resumed in 9000 out 1",
];

#[test]
fn every_answer_of_claude_code_is_told_once_with_its_first_time_and_its_last_counts() {
    let world = World::of_fixture("claude-code");
    let tally = world.import();
    assert_eq!(world.shown(), CLAUDE_CODE);
    let events = world.live();
    assert_eq!((sum(&events, Field::InputTokens), sum(&events, Field::OutputTokens)), (1187, 121));
    assert_eq!((tally.added, tally.repeated, tally.others, tally.skipped()), (8, 4, 4, 3));
    let reasons: Vec<(&str, u64)> = tally.skipped.iter().map(|(reason, count)| (*reason, count.times)).collect();
    assert_eq!(reasons, [("bad time", 1), ("not JSON", 2)]);
    assert!(tally.skipped["bad time"].first.ends_with("demo/first.jsonl:14: \"yesterday\""), "{tally:?}");
    assert_eq!(sum(&events, Field::CacheWrite1hTokens), 12);
    for event in &events {
        assert_eq!(event.text(Field::ProjectId), Some("/home/ada/shop"));
        assert_eq!((event.text(Field::Source), event.text(Field::Host)), (Some("claude-code"), Some("host")));
        let is_error = event.text(Field::ErrorType).is_some();
        assert_eq!(event.value(Field::Success), Some(&Value::Truth(!is_error)));
    }
}

#[test]
fn every_call_of_codex_is_told_once_however_often_its_total_is() {
    let world = World::of_fixture("codex");
    let tally = world.import();
    assert_eq!(world.shown(), CODEX);
    let events = world.live();
    assert_eq!((sum(&events, Field::InputTokens), sum(&events, Field::OutputTokens)), (9415, 47));
    assert_eq!((tally.added, tally.skipped["not JSON"].times), (8, 1));
}

#[test]
fn a_second_import_reads_nothing_and_one_without_memory_adds_nothing() {
    for (source, expected) in [("claude-code", &CLAUDE_CODE[..]), ("codex", &CODEX), ("otel", &traces::OTEL)] {
        let world = World::of_fixture(source);
        let _ = world.import();
        let log = files(&world.log());
        let again = world.import();
        assert_eq!((again.bytes, again.records, again.unchanged, again.added), (0, 0, again.files, 0));
        fs::remove_file(world.log().join(".imports.json")).unwrap();
        let without = world.import();
        assert_eq!((without.added, without.revised, without.known), (0, 0, expected.len() as u64));
        assert_eq!(files(&world.log()).keys().collect::<Vec<_>>(), log.keys().collect::<Vec<_>>());
        assert_eq!(world.shown(), expected);
    }
}

#[test]
fn what_the_log_lost_is_imported_again() {
    let world = World::of_fixture("claude-code");
    let _ = world.import();
    fs::remove_file(world.log().join("events-2026-11.jsonl")).unwrap();
    assert_eq!(world.import().added, 8);
    assert_eq!(world.shown(), CLAUDE_CODE);
    fs::remove_dir_all(world.log()).unwrap();
    assert_eq!(world.import().added, 8);
}

#[test]
fn what_an_owner_does_to_a_file_changes_nothing_that_was_imported() {
    for (source, name, expected) in [
        ("claude-code", "demo/first.jsonl", &CLAUDE_CODE[..]),
        ("codex", "sessions/2026/11/20/rollout-parent.jsonl", &CODEX),
        ("otel", "shop/traces.jsonl", &traces::OTEL),
        ("otel", "console.json", &traces::OTEL),
    ] {
        let world = World::of_fixture(source);
        let _ = world.import();
        let whole = world.read(name);
        for content in [&whole[..whole.len() / 2], "", &whole] {
            world.write(name, content);
            let tally = world.import();
            assert_eq!((tally.added, tally.revised), (0, 0), "{tally:?}");
            assert_eq!(world.shown(), expected);
        }
        fs::remove_file(world.folder().join(name)).unwrap();
        assert_eq!(world.import().added, 0);
        assert_eq!(world.shown(), expected);
    }
}

#[test]
fn an_answer_that_was_half_written_is_completed_by_a_revision() {
    let world = World::new("claude-code");
    let fixture = fs::read_to_string(repository("tests/transcripts/claude-code/demo/first.jsonl")).unwrap();
    let lines: Vec<&str> = fixture.split_inclusive('\n').collect();
    world.write("a.jsonl", lines[..3].concat());
    assert_eq!(world.import().added, 1);
    assert_eq!(world.shown(), ["10:00:01 first claude-sonnet-4-5 in 123 out 5 cached 100 written 20"]);
    // Half a line is no line yet.
    world.write("a.jsonl", lines[..3].concat() + &lines[3][..100]);
    let half = world.import();
    assert_eq!((half.added, half.revised, half.skipped(), half.pending), (0, 0, 0, 1));
    // A whole one counts, and counts once when its newline follows.
    world.write("a.jsonl", lines[..3].concat() + lines[3].trim_end());
    let whole = world.import();
    assert_eq!((whole.added, whole.revised), (0, 1), "{whole:?}");
    world.write("a.jsonl", lines[..6].concat());
    assert_eq!(
        (world.import().added, world.shown()),
        (1, CLAUDE_CODE[..2].to_vec().into_iter().map(str::to_owned).collect())
    );
}

#[test]
fn a_copy_found_first_gives_way_to_the_original() {
    for (source, copy, expected) in [
        ("claude-code", "demo/fork.jsonl", CLAUDE_CODE),
        ("codex", "archived_sessions/rollout-grandchild.jsonl", CODEX),
        ("codex", "archived_sessions/rollout-resumed.jsonl", CODEX),
    ] {
        let world = World::of_fixture(source);
        let _ = world.import_of(&[world.folder().join(copy)]);
        let tally = world.import();
        assert!(tally.revised > 0, "{tally:?}");
        assert_eq!(world.shown(), expected);
        assert_eq!(world.import().bytes, 0);
    }
}

#[test]
fn packed_rollouts_are_read_and_not_beside_their_unpacked_form() {
    let world = World::of_fixture("codex");
    for (name, content) in files(&world.folder()) {
        world.write(&format!("{name}.zst"), zstd::encode_all(&content[..], 3).unwrap());
        if name.contains("archived") {
            fs::remove_file(world.folder().join(name)).unwrap();
        }
    }
    let tally = world.import();
    assert_eq!(tally.files, 5);
    assert_eq!(world.shown(), CODEX);
    assert_eq!(world.import().bytes, 0);
}

#[test]
fn an_import_that_is_stopped_keeps_what_it_wrote_and_goes_on_from_there() {
    let world = World::of_fixture("claude-code");
    let stop = AtomicBool::new(true);
    let nothing = world.import_as(&[world.folder()], ROUND_BYTES, &stop);
    assert!(nothing.is_stopped && nothing.added == 0 && !world.log().exists());

    // Stopped once the first round is written.
    let stop = AtomicBool::new(false);
    let source = import::named("claude-code").unwrap();
    let spots = import::named_files(source, &[world.folder()]).unwrap();
    let (log, privacy) = (world.log(), Privacy::default());
    let job = Gathering {
        source,
        spots: &spots,
        dir: &log,
        privacy: &privacy,
        host: "host",
        is_dry: false,
        is_again: false,
        has_text: false,
        threads: 1,
        round_bytes: 1,
        now_ns: 4_000_000_000_000_000_000,
        stop: &stop,
    };
    let stopped = import::gather(&job, &mut |_, _| stop.store(true, Ordering::Relaxed)).unwrap();
    assert!(stopped.is_stopped && stopped.added > 0 && stopped.added < 8, "{stopped:?}");
    let rest = world.import();
    assert_eq!((rest.unchanged, rest.added + stopped.added), (1, 8));
    assert_eq!(world.shown(), CLAUDE_CODE);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Imports of any files, in any order, each as far as it was written then; at last all files, whole.
    #[test]
    fn no_order_and_no_overlap_moves_a_total(
        source in 0_usize..3,
        steps in prop::collection::vec((0_usize..5, 0_usize..=100, any::<bool>()), 0..6),
    ) {
        let sources = [("codex", &CODEX[..]), ("claude-code", &CLAUDE_CODE), ("otel", &traces::OTEL)];
        let (source, expected) = sources[source];
        let whole = World::of_fixture(source);
        let world = World::new(source);
        let found: Vec<(String, Vec<u8>)> = files(&whole.folder()).into_iter().collect();
        for (at, percent, is_forgotten) in steps {
            let (name, content) = &found[at % found.len()];
            world.write(name, &content[..content.len() * percent / 100]);
            let _ = world.import_of(&[world.folder().join(name)]);
            if is_forgotten {
                let _ = fs::remove_file(world.log().join(".imports.json"));
            }
        }
        let _ = world.import_of(&[whole.folder()]);
        prop_assert_eq!(world.shown(), expected);
        let copy = world.import_of(&[whole.folder(), world.folder()]);
        prop_assert_eq!(copy.added + copy.revised, 0);
    }
}

pub fn told(ran: Ran) -> String {
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{ran:?}");
    ran.stderr
}

#[test]
fn what_tools_left_on_a_machine_is_found_and_imported() {
    let sandbox = Sandbox::new();
    let nothing = sandbox.run(["import", "all"]).refused();
    assert!(
        nothing.contains("looked at ~/.claude/projects, ~/.config/claude/projects, ~/.codex/sessions"),
        "{nothing}"
    );
    for (place, source) in [(".claude/projects", "claude-code"), (".codex", "codex")] {
        for (name, content) in files(&repository("tests/transcripts").join(source)) {
            let path = sandbox.home().join(place).join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }
    let list = sandbox.run(["import", "--list"]).ok();
    assert!(list.contains("~/.claude/projects: 3 files, "), "{list}");
    let json = sandbox.run(["import", "--list", "--json"]).json();
    assert_eq!(json["sources"][1]["places"][1]["files"], 4);
    let dry = sandbox.run(["import", "all", "--dry-run"]);
    assert_eq!((dry.status, dry.stdout.lines().count(), sandbox.snapshot().len()), (0, 6, 0), "{dry:?}");
    let said = told(sandbox.run(["import", "all"]));
    assert!(said.contains("claude-code: added 8 events to"), "{said}");
    assert!(said.contains("codex: added 8 events to"), "{said}");
    let again = told(sandbox.run(["import", "codex"]));
    assert!(again.contains("codex: added 0 events to"), "{again}");
    let elsewhere = told(sandbox.run(["--dir", "other", "import", "claude-code"]));
    assert!(elsewhere.contains("added 8 events"), "{elsewhere}");
    let moved = sandbox.with("CODEX_HOME", "~/none, ~/.codex");
    let list = moved.run(["import", "--list"]).ok();
    assert!(list.contains("~/none/sessions: not there") && list.contains("~/.codex/sessions: 1 file, "), "{list}");
    let facts = &moved.run(["usage", "--json"]).json()["facts"];
    assert_eq!((&facts["runs"], &facts["input_tokens"]), (&16.into(), &(1187 + 9415).into()));
}

#[test]
fn words_are_kept_only_where_that_is_asked_for_and_privacy_lets_them() {
    let sandbox = Sandbox::new();
    let folder = repository("tests/transcripts/claude-code").display().to_string();
    let words = |sandbox: &Sandbox| {
        let is_said = |event: &&Event| event.value(Field::Parameters).is_some();
        let events = live(&sandbox.metrics());
        events
            .iter()
            .filter(is_said)
            .map(|event| (shown(event), event.value(Field::Parameters).cloned()))
            .collect::<Vec<_>>()
    };
    let _ = told(sandbox.run(["import", "claude-code", &folder]));
    assert_eq!(words(&sandbox), []);
    assert!(sandbox.snapshot().values().all(|file| !String::from_utf8_lossy(file).contains("add a cart")));
    let with = told(sandbox.run(["import", "claude-code", &folder, "--with-text"]));
    assert!(with.contains("0 new, 6 already there, 2 completed"), "{with}");
    let said = words(&sandbox);
    assert_eq!(said[0], (CLAUDE_CODE[0].to_owned(), Some(Value::Map(r#"{"prompt_text":"add a cart"}"#.into()))));
    assert_eq!((said.len(), &said[1].0), (2, &CLAUDE_CODE[7].to_owned()));
    // To have them is to know more; not to ask for them again takes nothing back.
    let without = told(sandbox.run(["import", "claude-code", &folder]));
    assert!(without.contains("0 new, 8 already there"), "{without}");
    assert_eq!(words(&sandbox), said);

    let private = Sandbox::new();
    private.log("config.toml", "[privacy]\nparameters = \"drop\"\n");
    let _ = told(private.run(["import", "claude-code", &folder, "--with-text"]));
    assert_eq!((live(&private.metrics()).len(), words(&private)), (8, vec![]));
}

#[test]
fn what_means_nothing_to_logs_of_tools_is_refused() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.work().join("notes.jsonl"), "hello\n").unwrap();
    for (args, says) in [
        (&["claude-code", "notes.jsonl", "--map", "ts=t"][..], "`--map` is for tables, and `claude-code` is none"),
        (&["all", "notes.jsonl"], "`import all` imports what is found, and no files that are named"),
        (&["csv"], "`csv` reads the files that are named"),
        (&["csv", "notes.jsonl", "--again", "--map", "ts=t"], "`--again` means nothing to `csv`"),
        (&["codex", "absent"], "cannot read absent: no such file or directory"),
        (&["claude", "notes.jsonl"], "nothing was imported: no event can be made of any record"),
        (&["cladue-code"], "there is no source `cladue-code`\n\nhint: did you mean `claude-code`?"),
    ] {
        let ran = sandbox.run([&["import"], args].concat());
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{ran:?}");
        assert!(ran.stderr.contains(says), "{ran:?}");
    }
    assert_eq!(sandbox.snapshot().len(), 0);
}

#[test]
fn real_transcripts_give_their_known_answers() {
    let Some(folder) = shared("agent-logs/claude-code") else { return };
    let world = World::new("claude-code");
    let tally = world.import_of(&[folder]);
    assert_eq!((tally.records, tally.added, tally.repeated, tally.skipped()), (524, 199, 108, 0));
    let events = world.live();
    assert_eq!(events.len(), 199);
    assert_eq!(sum(&events, Field::OutputTokens), 56_535);
    assert_eq!(sum(&events, Field::CacheWriteTokens), 198_421);
    assert_eq!(sum(&events, Field::CachedInputTokens), 4_075_332);
    assert_eq!(sum(&events, Field::InputTokens), 1_240 + 198_421 + 4_075_332);
    assert!(events.iter().all(|event| event.text(Field::Model) == Some("claude-sonnet-4-20250514")));
}

#[test]
fn real_rollouts_and_edge_cases_give_their_known_answers() {
    let Some(folder) = shared("agent-logs") else { return };
    for (source, path, calls, input, output) in [
        ("codex", "codex-smoke", 2, 15, 2),
        // Eight running totals, the last 26740/408; six are told twice.
        ("codex", "edge-cases/agtrace/codex_session.jsonl", 7, 26_740, 408),
        // No file of these counts tokens.
        ("codex", "edge-cases/agentsview/codex", 0, 0, 0),
        ("codex", "edge-cases/agtrace/codex_parent_with_spawns.jsonl", 0, 0, 0),
        ("codex", "edge-cases/agtrace/codex_subagent_matched.jsonl", 0, 0, 0),
        ("codex", "edge-cases/agtrace/codex_subagent_matched_2.jsonl", 0, 0, 0),
        ("codex", "edge-cases/agtrace/codex_subagent_unmatched.jsonl", 0, 0, 0),
        ("codex", "edge-cases/agtrace/rollout-parent-019b88e0.jsonl", 0, 0, 0),
        ("codex", "edge-cases/agtrace/rollout-subagent-019b88e5.jsonl", 0, 0, 0),
        ("codex", "edge-cases/ccusage/fixtures/codex", 2, 3500, 425),
        // Answers without counts are told by nothing.
        ("claude-code", "edge-cases/agentsview/claude", 0, 0, 0),
        ("claude-code", "edge-cases/simonw-transcripts", 0, 0, 0),
        // 135 + 295 + 340 and 70 + 115 in, told apart by cache.
        ("claude-code", "edge-cases/ccusage/fixtures/claude", 5, 930, 310),
        ("claude-code", "edge-cases/claude-code-log/session_b.jsonl", 1, 20, 35),
        // One answer of a subagent by itself.
        ("claude-code", "edge-cases/agtrace/claude_agent.jsonl", 1, 487, 130),
        // Thirteen lines of six answers: 16038 + 16500 + 16668 + 16371 + 16529 + 16679 in with the cache, out the greatest
        // of each: 436 + 126 + 112 + 123 + 1 + 46.
        ("claude-code", "edge-cases/agtrace/claude_session.jsonl", 6, 98_785, 844),
        // 35 + 200 + 85 + 168 in, 145 + 25 + 180 + 85 out, beside a text, a number and a list that are no records.
        ("claude-code", "edge-cases/claude-code-log/edge_cases.jsonl", 4, 488, 435),
        // 25 + 45 + 78 + 25 + 45 in, 120 + 85 + 95 + 35 + 110 out.
        ("claude-code", "edge-cases/claude-code-log/representative_messages.jsonl", 5, 218, 445),
        // 20 + 25 + 150 + 168 + 250 + 270 in, 25 + 85 + 18 + 85 + 20 + 95 out.
        ("claude-code", "edge-cases/claude-code-log/todowrite_examples.jsonl", 6, 883, 328),
        // Usage without a time or an id is of nothing that could be told twice.
        ("claude-code", "edge-cases/ccusage/test-transcript.jsonl", 0, 0, 0),
    ] {
        let world = World::new(source);
        let _ = world.import_of(&[folder.join(path)]);
        let events = world.live();
        let seen = (events.len(), sum(&events, Field::InputTokens), sum(&events, Field::OutputTokens));
        assert_eq!(seen, (calls, input, output), "{path}");
    }
}
