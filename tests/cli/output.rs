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
        ("all -f csv", "error: a CSV file holds one report, not 15\n\nhint: write one file for each: `-o DIR/`\n"),
        (
            "usage -f csv --table nope",
            "error: report `usage` has no table `nope`; it has `usage`\n\n\
             hint: `--json` shows every table of a report with its id\n",
        ),
    ]);
}

#[test]
fn a_page_has_the_title_the_logo_and_the_seconds_asked_for() {
    let sandbox = quiet_week();
    fs::write(sandbox.work().join("logo.bin"), b"GIF89a\x01\0\x01\0\0\0\0;").unwrap();
    fs::write(sandbox.work().join("large.png"), [b"\x89PNG\r\n\x1a\n".to_vec(), vec![0; 300_000]].concat()).unwrap();
    let page = printed(&sandbox, "usage -f html --title Monday --logo logo.bin --refresh 300");
    for part in [
        "<title>Monday</title>",
        "<img src=\"data:image/gif;base64,R0lGODlhAQABAAAAADs=\" alt=\"Logo\">",
        "<html lang=\"en\" data-refresh=\"300\">",
        "<noscript><meta http-equiv=\"refresh\" content=\"300\"></noscript>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let image = "hint: take a PNG, JPEG, SVG, WebP or GIF file\n";
    let seconds = "hint: `--refresh 300` reads the file again every five minutes\n";
    for (args, says) in [
        ("--logo none.png", format!("error: cannot read the logo none.png: no such file or directory\n\n{image}")),
        ("--logo metrics", format!("error: cannot read the logo metrics: is a directory\n\n{image}")),
        ("--logo large.png", format!("error: large.png is 293 KiB large, and a logo has at most 256 KiB\n\n{image}")),
        (
            "--logo metrics/prompt-analytics/events-2026-11.jsonl",
            format!(
                "error: metrics/prompt-analytics/events-2026-11.jsonl is no image: its content is none of PNG, JPEG, \
                 SVG, WebP and GIF\n\n{image}"
            ),
        ),
        ("--refresh 4", format!("error: --refresh is 4 seconds, and must be 5 to 86400\n\n{seconds}")),
        ("--refresh 86401", format!("error: --refresh is 86401 seconds, and must be 5 to 86400\n\n{seconds}")),
    ] {
        assert_eq!(refused(&sandbox, &format!("usage -f html {args}")), says, "{args}");
    }
}

#[test]
fn a_page_says_what_it_leaves_out_and_leaves_nothing_out_if_asked() {
    let sandbox = Sandbox::new();
    let event = |at: usize| format!("{{\"ts\":\"2026-11-19T10:00:00Z\",\"event\":\"run\",\"prompt_id\":\"p{at}\"}}\n");
    sandbox.log("events.jsonl", (0..150).map(event).collect::<String>());
    let page = printed(&sandbox, "usage -f html");
    assert!(
        page.contains("<p class=\"quiet\">50 rows are in one line of sums; <code>--top 0</code> lists every row</p>")
    );
    let whole = printed(&sandbox, "usage -f html --top 0");
    let rows = |page: &str| page.matches("<th scope=\"row\" class=\"t\">p").count();
    assert_eq!((rows(&page), rows(&whole)), (100, 150));
    assert!(!whole.contains("<code>--top 0</code>"));
}

#[test]
fn a_page_of_a_year_is_light() {
    let sandbox = Sandbox::new();
    let mut log = Vec::new();
    let write = |_: &str, line: &[u8]| {
        log.extend_from_slice(line);
        Ok(())
    };
    crate::made_up::year::year(30_000, 1, write).unwrap();
    sandbox.log("events.jsonl", log);
    let sandbox = sandbox.with("PROMPT_ANALYTICS_NOW", "2026-01-01T12:00:00Z");
    let page = printed(&sandbox, "all -f html");
    assert!(page.len() < 1_500_000, "{} bytes", page.len());
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
