//! Several processes at one log and one cache, some of which die.

use crate::support::{BINARY, Sandbox, files};
use prompt_analytics::log;
use serde_json::Value;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const ALL: [&str; 2] = ["all", "--json"];

/// A log that takes a moment: `lines` in each of three files, some of which are about each other.
fn busy(lines: usize) -> Sandbox {
    let sandbox = Sandbox::new();
    for file in 0..3 {
        sandbox.log(&format!("{file}.jsonl"), content(file, 0..lines));
    }
    sandbox
}

fn content(file: usize, lines: std::ops::Range<usize>) -> String {
    lines.map(|line| event(file, line) + "\n").collect()
}

fn event(file: usize, line: usize) -> String {
    let kind = ["usage", "performance", "feedback"][file];
    let own = ["\"input_tokens\":10,\"template_id\":\"t\"", "\"success\":true,\"duration_ms\":5", "\"rating\":4"][file];
    let (day, id) = (line % 19 + 1, line / 2);
    format!(
        "{{\"ts\":\"2026-11-{day:02}T09:00:00Z\",\"event\":\"{kind}\",\"id\":\"{file}-{id}\",\"run_id\":\"r{line}\",\"prompt_id\":\"p{}\",{own}}}",
        line % 7
    )
}

fn caches(sandbox: &Sandbox) -> usize {
    fs::read_dir(sandbox.home().join(".cache/prompt-analytics")).map_or(0, Iterator::count)
}

#[test]
fn of_several_who_build_at_once_each_has_the_answer_and_one_cache_is_left() {
    let sandbox = busy(1500);
    let expected = sandbox.run(["all", "--json", "--no-cache"]).ok();
    for _ in 0..2 {
        std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| sandbox.run(ALL).ok())).collect();
            for run in runs {
                assert_eq!(run.join().unwrap(), expected);
            }
        });
        assert_eq!(caches(&sandbox), 1);
        // Another round, with something new for all of them.
        sandbox.log("1.jsonl", content(1, 0..1500));
    }
    assert_eq!(sandbox.run(ALL).ok(), expected);
}

#[test]
fn of_several_who_add_to_a_cache_at_once_each_has_an_answer() {
    let sandbox = busy(300);
    let _ = sandbox.run(ALL).ok();
    for round in 0..6 {
        let path = sandbox.metrics().join(format!("{}.jsonl", round % 3));
        let old = fs::read(&path).unwrap();
        fs::write(&path, [old, content(round % 3, 1000 + round..1003 + round).into_bytes()].concat()).unwrap();
        let expected = sandbox.run(["all", "--json", "--no-cache"]).ok();
        std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| sandbox.run(ALL).ok())).collect();
            for run in runs {
                assert_eq!(run.join().unwrap(), expected);
            }
        });
    }
}

#[test]
fn whenever_a_run_is_killed_the_next_one_is_right() {
    let sandbox = busy(400);
    let mut expected = sandbox.run(["all", "--json", "--no-cache"]).ok();
    for round in 0_u64..36 {
        if round % 3 == 0 {
            let _ = fs::remove_dir_all(sandbox.home().join(".cache"));
        } else {
            let path = sandbox.metrics().join("2.jsonl");
            let line = event(2, usize::try_from(round).unwrap() * 3);
            fs::write(&path, [fs::read(&path).unwrap(), format!("{line}\n").into_bytes()].concat()).unwrap();
            expected = sandbox.run(["all", "--json", "--no-cache"]).ok();
        }
        let mut child = sandbox.command(BINARY, ALL).spawn().expect("the binary starts");
        // As good as random: where it is by then is for the machine to say.
        std::thread::sleep(Duration::from_micros(round * 7919 % 60_000));
        let _ = child.kill();
        let _ = child.wait();
        assert_eq!(sandbox.run(ALL).ok(), expected, "round {round}");
    }
    let _ = sandbox.run(ALL).ok();
    let left: Vec<_> = files(&sandbox.home().join(".cache")).into_keys().collect();
    assert!(left.len() < 40 && !left.iter().any(|name| name.contains(".new-")), "{left:?}");
}

#[test]
fn whoever_reads_while_others_write_sees_whole_lines_and_never_less_than_before() {
    let sandbox = Sandbox::new();
    sandbox.log("events-2026-11.jsonl", content(0, 0..10));
    let is_done = AtomicBool::new(false);
    let dir = sandbox.metrics();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let day_ns = 1_795_176_000_000_000_000;
            for line in 0..400 {
                log::append(&dir, &[(day_ns, event(line % 3, 100 + line))]).expect("a line is appended");
            }
            is_done.store(true, Ordering::Relaxed);
        });
        let mut before = 0;
        while !is_done.load(Ordering::Relaxed) {
            let answer = sandbox.run(["usage", "--json"]).json();
            let of = |key: &str| answer["coverage"][key].as_u64().expect("a count");
            let lines = of("lines") - of("pending");
            assert!(lines >= before && of("skipped") == 0, "{lines} after {before}");
            assert_eq!(of("events") + of("duplicates"), lines);
            before = lines;
        }
    });
    let expected = sandbox.run(["all", "--json", "--no-cache"]).ok();
    assert_eq!(sandbox.run(ALL).ok(), expected);
    assert_eq!(sandbox.run(ALL).json()["reports"][0]["coverage"]["lines"], 410);
}

/// An answer without what tells of files.
fn of_lines(answer: &str) -> Value {
    let mut answer: Value = serde_json::from_str(answer).expect("JSON");
    for report in answer["reports"].as_array_mut().expect("reports") {
        let coverage = report["coverage"].as_object_mut().expect("an account");
        coverage.remove("files");
        coverage.remove("first_skipped");
    }
    answer
}

#[test]
fn one_file_or_forty_one_thread_or_two_cold_or_warm_give_one_answer() {
    let mut lines: Vec<String> = (0..3).flat_map(|file| (0..60).map(move |line| event(file, line))).collect();
    lines.push("not json".to_owned());
    let one = Sandbox::new();
    one.log("a.jsonl", lines.join("\n") + "\n");
    let forty = Sandbox::new();
    for file in 0..40 {
        let content: String = lines.iter().skip(file).step_by(40).map(|line| format!("{line}\n")).collect();
        forty.log(&format!("{file}.jsonl"), content);
    }
    let expected = one.run(ALL).ok();
    for (mut sandbox, is_one) in [(one, true), (forty, false)] {
        for threads in ["1", "2"] {
            sandbox = sandbox.with("PROMPT_ANALYTICS_THREADS", threads);
            let _ = fs::remove_dir_all(sandbox.home().join(".cache"));
            let (cold, warm) = (sandbox.run(ALL).ok(), sandbox.run(ALL).ok());
            assert_eq!(cold, warm);
            if is_one {
                assert_eq!(cold, expected, "{threads} threads");
            } else {
                assert_eq!(of_lines(&cold), of_lines(&expected), "{threads} threads");
            }
        }
    }
}
