//! `check`: what is wrong with a log and where, without a word of what people wrote in it; and a list of it.

mod cache;
mod wrong;

use super::{quiet_week, refused};
use crate::support::schema::violations;
use crate::support::{Ran, Sandbox};
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

const SOUND: &str = r#"{"ts":"2026-11-20T09:00:00Z","event":"run","prompt_id":"a","success":true}"#;

/// A world whose log is readable by its owner alone.
fn closed(sandbox: Sandbox) -> Sandbox {
    close(&sandbox.metrics());
    sandbox
}

fn close(path: &Path) {
    let is_dir = path.is_dir();
    fs::set_permissions(path, Permissions::from_mode(if is_dir { 0o700 } else { 0o600 })).unwrap();
    for entry in fs::read_dir(path).into_iter().flatten().map(|entry| entry.unwrap().path()) {
        if entry.exists() {
            close(&entry);
        }
    }
}

/// A closed log of files by their names.
fn log(files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::new();
    for (name, content) in files {
        sandbox.log(name, content);
    }
    closed(sandbox)
}

/// Runs a check; it changes nothing, and says nothing beside its answer.
fn check(sandbox: &Sandbox, args: &[&str]) -> Ran {
    let before = sandbox.snapshot();
    let ran = sandbox.run(["check"].iter().chain(args));
    assert_eq!(sandbox.snapshot(), before, "check changed the metrics directory");
    assert_eq!(ran.stderr, "", "{ran:?}");
    ran
}

/// The status of a check, and its answer as JSON.
fn answer(sandbox: &Sandbox) -> (i32, Value) {
    let ran = check(sandbox, &["--json"]);
    (ran.status, serde_json::from_str(&ran.stdout).expect("the output is JSON"))
}

fn rows(answer: &Value, table: &str) -> Value {
    let tables = answer["tables"].as_array().unwrap();
    tables.iter().find(|it| it["id"] == table).unwrap_or_else(|| panic!("there is no table {table}"))["rows"].clone()
}

/// Every finding as `severity says`.
fn findings(answer: &Value) -> Vec<String> {
    let findings = answer["findings"].as_array().unwrap().iter();
    findings.map(|it| format!("{} {}", it["severity"].as_str().unwrap(), it["says"].as_str().unwrap())).collect()
}

#[test]
fn a_sound_log_is_told_in_a_few_lines() {
    let sandbox = log(&[("events-2026-11.jsonl", &format!("{SOUND}\n\n{SOUND}\n"))]);
    for more in [&["--no-cache"][..], &["--no-cache", "--strict"]] {
        let ran = check(&sandbox, more);
        assert_eq!(
            ran.ok(),
            "Check · all time · UTC

  nothing is wrong

  Files
  file                  encoding  bytes  lines  event lines  skipped  unfinished  oldest
  events-2026-11.jsonl  utf-8       151      3            2        0           0  2026-11-20 09:00
  all                               151      3            2        0           0  2026-11-20 09:00
  not shown in this width: newest

  Cache
  in  state             lines kept before  lines parsed now  files  bytes
  —   off (--no-cache)                  0                 3      0      0

  read 3 lines in 1 file: 2 events
  from metrics/prompt-analytics (found in the working directory)
"
        );
    }
}

#[test]
fn its_counts_are_those_of_every_report() {
    for fixture in crate::support::FIXTURES {
        let (_, answer) = answer(&closed(Sandbox::of_fixture(fixture)));
        assert_eq!((&answer["report"], &answer["facts"]["disagreements"]), (&json!("check"), &json!(0)), "{fixture}");
        for key in
            ["files", "lines", "events", "blank", "pending", "skipped", "duplicates", "unknown_kinds", "conflicts"]
        {
            assert_eq!(answer["facts"][key], answer["coverage"][key], "{fixture}: {key}");
        }
        assert_eq!(violations(&Sandbox::new().run(["schema", "report"]).json(), &answer), Vec::<String>::new());
    }
}

#[test]
fn no_word_and_no_secret_of_a_log_is_repeated() {
    let lines = [
        r#"{"ts":"2026-11-20T09:00:00Z","event":"feedback","feedback_text":"my horse","rating":2"#.to_owned(),
        r#"{"event":"run","prompt_text":"my horse","text":"horse","prompt_id":"sk-horse-0123456789"}"#.to_owned(),
        "Tell me about my horse and the key sk-horse0123456789".to_owned(),
        r#"{"ts":"2026-11-20T09:00:00Z","event":"what is my horse"}"#.to_owned(),
        r#"{"ts":"2026-11-20T09:00:00Z","event":"sk-horse-0123456789"}"#.to_owned(),
        r#"{"ts":"2026-11-20T09:00:00Z","event":"run","my horse":1,"ghp_horse0123456789":2}"#.to_owned(),
        "\u{1b}[2J\u{1b}]0;horse\u{7}{\"ts\":\u{9b}31m\0\0".to_owned(),
        r#"the horse of a line that was torn","event":"run","horse":"horse"}"#.to_owned(),
        r#"{"ts":"2026-11-20T09:00:00Z","event":"run","feedback":["a horse"#.to_owned(),
    ];
    let sandbox = log(&[("a.jsonl", &lines.join("\n"))]);
    for format in ["table", "csv", "json", "markdown", "html"] {
        for table in ["skipped", "pending", "unknown_fields", "unknown_kinds"] {
            let args: &[&str] = if format == "csv" { &["-f", "csv", "--table", table] } else { &["-f", format] };
            let page = check(&sandbox, args).stdout;
            assert!(!page.contains("horse"), "{format}\n{page}");
            assert!(!page.contains(['\u{1b}', '\u{9b}', '\u{7}', '\0']), "{format}\n{page}");
        }
    }
    let (_, answer) = answer(&sandbox);
    assert_eq!((&answer["facts"]["skipped"], &answer["facts"]["pending"]), (&json!(5), &json!(1)));
}

#[test]
fn a_file_name_cannot_move_the_cursor() {
    let sandbox = log(&[("a\u{1b}[2J\u{202e}.jsonl", "broken\n"), ("b\u{1b}[2J.json", "")]);
    let page = check(&sandbox, &[]).stdout;
    assert!(!page.contains(['\u{1b}', '\u{202e}']) && page.contains("a␛[2J\\u{202e}.jsonl:1"), "{page}");
}

#[test]
fn the_broken_lines_are_listed_as_they_are_and_can_be_recorded_once_repaired() {
    let torn = &SOUND[..SOUND.len() - 1];
    let sandbox = log(&[
        ("a.jsonl", &format!("{SOUND}\n{torn}\n{SOUND}\nbroken\n")),
        ("b.jsonl", &format!("{SOUND}\n")),
        ("c.jsonl", &format!("[1]\n{torn}")),
    ]);
    let ran = check(&sandbox, &["--list", "broken.jsonl", "--json"]);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    let list = sandbox.work().join("broken.jsonl");
    assert_eq!((ran.status, fs::read_to_string(&list).unwrap()), (1, format!("{torn}\nbroken\n[1]\n")));
    assert_eq!(fs::metadata(&list).unwrap().permissions().mode() & 0o777, 0o600);
    let parts = json!([
        {"file": "a.jsonl", "first_listed": 1, "last_listed": 2},
        {"file": "c.jsonl", "first_listed": 3, "last_listed": 3},
    ]);
    assert_eq!(rows(&answer, "listed"), parts);
    assert_eq!(
        answer["findings"][0]["try"],
        "repair broken.jsonl, then `prompt-analytics record - <broken.jsonl`; delete the broken lines where they stand"
    );

    fs::write(&list, fs::read_to_string(&list).unwrap().replace("broken\n[1]\n", "").replace("true\n", "true}\n"))
        .unwrap();
    assert_eq!(sandbox.run_with(["record", "-"], &fs::read(&list).unwrap()).ok(), "");
    let usage = sandbox.run(["usage", "--json"]).json();
    assert_eq!(usage["facts"]["runs"], 4);
}

#[test]
fn a_list_overwrites_nothing_and_is_no_log() {
    let sandbox = log(&[("a.jsonl", "broken\n")]);
    fs::write(sandbox.work().join("there.jsonl"), "mine").unwrap();
    let hint = "\n\nhint: name another file, or move that one away\n";
    assert_eq!(refused(&sandbox, "check --list there.jsonl"), format!("error: there.jsonl is already there{hint}"));
    assert_eq!(fs::read_to_string(sandbox.work().join("there.jsonl")).unwrap(), "mine");
    assert_eq!(
        refused(&sandbox, "check --list metrics/prompt-analytics/b.jsonl"),
        "error: metrics/prompt-analytics/b.jsonl would lie in the metrics directory, and be read as a log\n\n\
         hint: name a file elsewhere, such as `--list broken.jsonl`\n"
    );
    assert_eq!(
        refused(&sandbox, "check --list no/such/folder.jsonl"),
        "error: cannot write no/such/folder.jsonl: no such file or directory\n"
    );
    let elsewhere = "hint: name a file of its own, such as `--list broken.jsonl`\n";
    for line in ["check --list -", "check --list a.txt -o a.txt"] {
        let message = refused(&sandbox, line);
        assert!(
            message.starts_with("error: the list has no place in the answer\n") && message.ends_with(elsewhere),
            "{message}"
        );
    }
    let sound = log(&[("a.jsonl", &format!("{SOUND}\n"))]);
    assert_eq!(check(&sound, &["--list", "broken.jsonl"]).status, 0);
    assert!(!sound.work().join("broken.jsonl").exists(), "of nothing there is no list");
}

#[test]
fn examples_are_few_and_counts_are_exact() {
    let sandbox = log(&[("a.jsonl", &"broken\n".repeat(50)), ("b.jsonl", &"[1]\n".repeat(30))]);
    let page = check(&sandbox, &[]).stdout;
    assert!(page.contains("high    80 lines were skipped: 50 not_json, 30 not_object"), "{page}");
    assert!(page.contains("Skipped lines, the first 40 of 80\n"), "{page}");
    let shown = |args: &[&str]| check(&sandbox, args).stdout.matches(".jsonl:").count();
    assert_eq!(shown(&["-f", "csv", "--table", "skipped"]), 40);
    assert_eq!(shown(&["-f", "csv", "--table", "skipped", "--top", "1"]), 2);
    assert_eq!(shown(&["-f", "csv", "--table", "skipped", "--top", "0"]), 80);
}

#[test]
fn one_thread_or_two_find_the_same() {
    let page = |threads: &str| {
        let sandbox = closed(Sandbox::of_fixture("messy-log")).with("PROMPT_ANALYTICS_THREADS", threads);
        // A cache is named after the directory of the log, which is another one in each world.
        check(&sandbox, &["--json", "--no-cache"]).stdout
    };
    assert_eq!(page("1"), page("4"));
}

#[test]
fn an_answer_goes_where_it_is_wanted() {
    let sandbox = closed(Sandbox::of_fixture("messy-log"));
    let ran = check(&sandbox, &["-o", "check.html", "-z", "Europe/Lisbon"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    let page = fs::read_to_string(sandbox.work().join("check.html")).unwrap();
    assert!(page.contains("events-2026-11.jsonl:11") && page.contains("Europe/Lisbon"));
    assert_eq!(
        check(&sandbox, &["-f", "csv"]).stdout.lines().next().unwrap(),
        "file,encoding,bytes,lines,event_lines,skipped,pending,oldest,newest"
    );
}

#[test]
fn where_nothing_is_there_is_nothing_wrong_and_what_is_missing_cannot_be_checked() {
    let empty = closed(Sandbox::new());
    assert_eq!(
        check(&empty, &["--strict"]).ok(),
        "Check · all time · UTC\n\n  there is nothing to read yet\n\n  read 0 lines in 0 files: 0 events\n  \
         from metrics/prompt-analytics (found in the working directory)\n"
    );
    let message = refused(&empty, "check --dir nowhere");
    assert!(message.starts_with("error: the metrics directory nowhere (from --dir) does not exist\n"), "{message}");
    fs::remove_dir(empty.metrics()).unwrap();
    let message = empty.run(["check"]).refused();
    assert!(
        message.starts_with("error: the metrics directory ~/.local/share/prompt-analytics (the user's"),
        "{message}"
    );
}

#[test]
fn a_check_is_of_the_whole_log_and_says_so() {
    let sandbox = quiet_week();
    let takes = "hint: `prompt-analytics check --help` says what it takes";
    for (line, says) in [
        ("check --since 7d", "error: there is no flag `--since`\n".to_owned()),
        ("check --by model", "error: there is no flag `--by`\n".to_owned()),
        ("check usage", "error: unexpected argument `usage` found\n".to_owned()),
        ("--since 7d check", format!("error: `--since` before `check` means nothing to it\n\n{takes}")),
        ("usage check", format!("error: `check` is a command, and no report beside others\n\n{takes}")),
    ] {
        let message = refused(&sandbox, line);
        assert!(message.starts_with(&says), "{line}: {message}");
    }
}
