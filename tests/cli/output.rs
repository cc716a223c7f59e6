//! Where answers go: files, folders, pipes.

use super::{hold, printed, quiet_week, refused};
use crate::support::Sandbox;
use std::fs;
use std::io::Read as _;
use std::process::{Command, Stdio};

#[test]
fn a_file_is_written_in_the_format_of_its_name() {
    let sandbox = quiet_week();
    for (file, format) in [
        ("report.txt", "table"),
        ("report.csv", "csv"),
        ("report.json", "json"),
        ("report.md", "markdown"),
        ("report.html", "html"),
    ] {
        assert_eq!(printed(&sandbox, &format!("usage -o {file}")), "");
        let written = fs::read_to_string(sandbox.work().join(file)).unwrap();
        assert_eq!(written, printed(&sandbox, &format!("usage -f {format}")), "{file}");
    }
    assert_eq!(printed(&sandbox, "usage -o - -f csv"), printed(&sandbox, "usage -f csv"));
    let left: Vec<String> = fs::read_dir(sandbox.work())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("report.") && name != "metrics")
        .collect();
    assert_eq!(left, Vec::<String>::new(), "nothing is left behind");
}

#[test]
fn the_page_of_all_reports_is_the_same_twice() {
    let sandbox = quiet_week();
    let page = sandbox.work().join("report.html");
    let write = || {
        assert_eq!(printed(&sandbox, "--report all -o report.html"), "");
        fs::read(&page).unwrap()
    };
    assert_eq!(write(), write());
}

#[test]
fn a_folder_gets_one_file_for_each_report() {
    let sandbox = quiet_week();
    assert_eq!(printed(&sandbox, "usage cost runs -o out/"), "");
    let mut names: Vec<String> = fs::read_dir(sandbox.work().join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["cost.csv", "runs.csv", "usage.csv"]);
    let usage = fs::read_to_string(sandbox.work().join("out/usage.csv")).unwrap();
    assert_eq!(usage, printed(&sandbox, "usage -f csv"));
}

#[test]
fn what_cannot_be_written_is_named() {
    let extension = "hint: end it in .txt, .csv, .json, .md, .html, .svg or .png, or add `--format`\n";
    hold(&[
        ("usage -o report.pdf", &format!("error: the name `report.pdf` does not tell a format\n\n{extension}")),
        ("usage -o report", &format!("error: the name `report` does not tell a format\n\n{extension}")),
        (
            "usage -o out/of/reach.csv",
            "error: cannot write out/of/reach.csv: no such file or directory\n\n\
             hint: create the directory: `mkdir -p out/of`\n",
        ),
        ("usage -o /dev/null/report.csv", "error: cannot write /dev/null/report.csv: not a directory\n"),
        ("all -f csv", "error: a CSV file holds one report, not 14\n\nhint: write one file for each: `-o DIR/`\n"),
        (
            "usage -f csv --table nope",
            "error: report `usage` has no table `nope`; it has `usage`\n\n\
             hint: `--json` shows every table of a report with its id\n",
        ),
    ]);
}

#[test]
fn a_refused_answer_leaves_the_old_file_alone() {
    let sandbox = quiet_week();
    let page = sandbox.work().join("report.html");
    fs::write(&page, "last week").unwrap();
    let _ = refused(&sandbox, "usage --prompt nope -o report.html");
    assert_eq!(fs::read_to_string(&page).unwrap(), "last week");
}

#[test]
fn a_refusal_shows_what_a_terminal_would_obey() {
    let sandbox = quiet_week();
    for attack in ["\u{9b}31m", "\x1b]0;title\x07", "a\r", "\u{202e}txt", "\u{feff}"] {
        for args in [
            vec!["usage", "--by", attack],
            vec!["usage", "--prompt", attack],
            vec!["usage", "-z", attack],
            vec!["usage", "--since", attack],
            vec!["usage", "-f", attack],
            vec!["usage", "--dir", attack],
            vec!["usage", "--config", attack],
            vec!["record", "run", "prompt_id=a", &format!("rating={attack}")],
            vec!["record", attack],
            vec![attack],
        ] {
            let message = sandbox.run(&args).refused();
            let hidden = message
                .chars()
                .find(|&said| (said.is_control() && said != '\n') || attack.contains(said) && !said.is_ascii());
            assert_eq!(hidden, None, "{args:?} said {message:?}");
        }
    }
    let line = r#"{"event":"run","prompt_id":"a","rating":"\u009b31m\u202e\u001b[2J"}"#;
    let message = sandbox.run_with(["record", "-"], line.as_bytes()).refused();
    assert!(!message.contains(['\u{9b}', '\u{202e}', '\u{1b}']), "{message:?}");
}

#[test]
fn nothing_from_a_log_or_a_table_reaches_a_terminal_as_it_is() {
    let attack = "\u{9b}31m\u{1b}]0;x\u{202e}";
    let line = serde_json::json!({"ts": crate::support::NOW, "event": "run", "prompt_id": attack});
    let sandbox = Sandbox::new();
    sandbox.log("a.jsonl", format!("{line}\n"));
    let judged = sandbox.run(["rate", "5", "--prompt", attack]).ok();
    assert_eq!(judged, "rated 5 of 5: \\u{9b}31m␛]0;x\\u{202e}, just now\n");
    fs::write(sandbox.work().join("t.csv"), format!("ts,p\n{},{attack}\n", crate::support::NOW)).unwrap();
    let shown = sandbox.run(["import", "csv", "t.csv", "--map", "ts=ts,prompt_id=p", "--dry-run"]).stdout;
    assert!(!shown.contains(['\u{9b}', '\u{1b}', '\u{202e}']), "{shown:?}");
    let event: serde_json::Value = serde_json::from_str(shown.lines().next().unwrap()).unwrap();
    assert_eq!(event["prompt_id"], attack);
}

#[test]
fn a_use_to_judge_has_a_name() {
    let sandbox = quiet_week();
    let before = sandbox.snapshot();
    let message = sandbox.run(["rate", "5", "--run", ""]).refused();
    assert!(message.starts_with("error: `run_id` "), "{message}");
    assert_eq!(sandbox.snapshot(), before);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let sandbox = quiet_week();
    for format in ["table", "json", "html"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_prompt-analytics"))
            .args(["all", "-f", format])
            .env_clear()
            .env("HOME", sandbox.home())
            .current_dir(sandbox.work())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""), "{format}");
    }
}
