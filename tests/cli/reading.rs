//! Logs that cannot be read, in whole or in part: the rest is read, and what is missing is said.

use super::{printed, quiet_week, refused};
use crate::support::Sandbox;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;

#[test]
fn a_file_that_cannot_be_read_is_named_after_the_answer() {
    let sandbox = quiet_week();
    symlink("/nowhere/at/all", sandbox.metrics().join("gone.jsonl")).unwrap();
    let ran = sandbox.run(["usage", "--top", "1"]);
    assert_eq!(
        ran.stdout,
        "Usage by prompt · all time · UTC

  prompt           runs  input tokens  output tokens  total tokens  last used           share
  extract-invoice    27        34,800          3,450        38,250  2026-11-20 09:15   50.0 %
  4 others           27        76,700         11,450        88,150  2026-11-20 11:10   50.0 %
  all                54       111,500         14,900       126,400  2026-11-20 11:10  100.0 %
  not shown in this width: prompts, users, conversations, cached tokens, mean input (95 %), first
  used, p50 input, p50 output

  read 70 lines in 1 file: 70 events
  from metrics/prompt-analytics (found in the working directory)
  not read: gone.jsonl: no such file or directory
  2 outcomes were told by errors and exit statuses; 4 events took their description from the
  prompt's latest use
"
    );
    assert_eq!(
        (ran.status, ran.stderr.as_str()),
        (
            2,
            "error: the answer is without gone.jsonl: no such file or directory\n\n\
             hint: make it readable, or move it out of the metrics directory\n"
        )
    );
}

#[test]
fn a_file_whose_lines_stand_in_another_one_is_said_to_be_left_out() {
    let sandbox = quiet_week();
    let (name, content) = sandbox.snapshot().pop_first().expect("the quiet week is one file");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&content).unwrap();
    sandbox.log(&format!("{name}.gz"), gzip.finish().unwrap());
    let says = format!("left out {name}.gz: the same as {name}");
    for format in ["table", "markdown", "html"] {
        let page = printed(&sandbox, &format!("usage -f {format}"));
        assert!(page.contains("read 70 lines in 1 file: 70 events") && page.contains(&says), "{page}");
        assert!(!printed(&quiet_week(), &format!("usage -f {format}")).contains("left out events"), "{format}");
    }
    let left_out = json!([{"file": format!("{name}.gz"), "why": format!("the same as {name}")}]);
    assert_eq!(sandbox.run(["usage", "--json"]).json()["coverage"]["left_out"], left_out);
    assert_eq!(sandbox.run(["check", "--json"]).json()["coverage"]["left_out"], left_out);
    assert_eq!(printed(&sandbox, "usage -f csv"), printed(&quiet_week(), "usage -f csv"));
}

#[test]
fn a_folder_with_the_name_of_a_log_is_named_too() {
    let sandbox = quiet_week();
    fs::create_dir(sandbox.metrics().join("x.jsonl")).unwrap();
    let ran = sandbox.run(["usage", "-f", "csv"]);
    assert_eq!(ran.stdout, printed(&quiet_week(), "usage -f csv"));
    let hint = "hint: make it readable, or move it out of the metrics directory";
    let says = format!("error: the answer is without x.jsonl: a directory\n\n{hint}\n");
    assert_eq!((ran.status, ran.stderr), (2, says));
}

#[test]
fn a_log_of_nothing_but_damage_says_what_the_damage_is() {
    let sandbox = Sandbox::new();
    sandbox.log("events-2026-11.jsonl", "not json\n[1]\n{\"event\":\"run\"}\n\n");
    let read = "read 4 lines in 1 file: 0 events, 3 skipped (1 no_time, 1 not_json, 1 not_object) from metrics/prompt-analytics \
                (found in the working directory)";
    let hint = "hint: `prompt-analytics check` shows every line that was skipped; the first is events-2026-11.jsonl:1 (not_json)";
    assert_eq!(refused(&sandbox, "usage"), format!("error: nothing was used\n  {read}\n\n{hint}\n"));
    assert_eq!(refused(&sandbox, ""), format!("error: nothing happened\n  {read}\n\n{hint}\n"));
}

#[test]
fn a_torn_last_line_is_read_when_it_is_whole() {
    let sandbox = Sandbox::new();
    let line = r#"{"ts":"2026-11-20T09:00:00Z","event":"run","prompt_id":"a"}"#;
    let runs = || -> serde_json::Value { sandbox.run(["usage", "--json"]).json()["facts"]["runs"].clone() };
    sandbox.log("a.jsonl", format!("{line}\n{}", &line[..30]));
    assert_eq!(runs(), 1);
    sandbox.log("a.jsonl", format!("{line}\n{line}"));
    assert_eq!(runs(), 2);
    sandbox.log("a.jsonl", format!("{line}\n{line}\n"));
    assert_eq!(runs(), 2);
}

#[test]
fn one_thread_or_two_give_one_answer() {
    let whole = printed(&Sandbox::of_fixture("messy-log"), "all --json");
    let alone = Sandbox::of_fixture("messy-log").with("PROMPT_ANALYTICS_THREADS", "1");
    assert_eq!(printed(&alone, "all --json"), whole);
}
