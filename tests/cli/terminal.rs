//! On a terminal: what a locale can show, and the pager for what is taller than the screen.

use super::quiet_week;
use crate::support::{BINARY, Sandbox, skipped};
use std::process::{Command, Stdio};

/// What a command line prints on a terminal of so many lines, and its status; `None` and a word without `script`.
fn on_terminal(sandbox: &Sandbox, lines: usize, line: &str) -> Option<(String, i32)> {
    if Command::new("script").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        skipped("there is no `script` to make a terminal with");
        return None;
    }
    let shell = format!("stty cols 100 rows {lines}; exec {BINARY} {line}");
    let mut command = sandbox.command("script", ["-qec", &shell, "/dev/null"]);
    let output = command.env("SHELL", "/bin/sh").env("TERM", "xterm").stdin(Stdio::null()).output().expect("it ends");
    let text = String::from_utf8(output.stdout).expect("UTF-8").replace('\r', "");
    Some((text, output.status.code().unwrap_or(-1)))
}

/// A world with a terminal of UTF-8 and a pager that marks its lines.
fn world() -> Sandbox {
    quiet_week().with("LANG", "C.UTF-8").with("NO_COLOR", "1").with("PAGER", "sed 's/^/paged /'")
}

#[test]
fn what_is_taller_than_the_screen_goes_through_the_pager_and_nothing_else_does() {
    let sandbox = world();
    let whole = sandbox.run(["usage"]).ok();
    let paged: String = whole.lines().map(|line| format!("paged {line}\n")).collect();
    for (lines, args, expected) in [(10, "usage", &paged), (25, "usage", &whole), (10, "usage --no-pager", &whole)] {
        let Some(printed) = on_terminal(&sandbox, lines, args) else { return };
        assert_eq!(printed, (expected.clone(), 0), "{args} on {lines} lines");
    }
    assert_eq!(sandbox.run(["usage"]).ok(), whole, "a pipe has no pager");
    let own = world().with("PROMPT_ANALYTICS_PAGER", "tr a-z A-Z");
    assert_eq!(on_terminal(&own, 10, "usage"), Some((whole.to_uppercase(), 0)));
    let asked = world().with("PAGER", "echo LESS is $LESS; cat >/dev/null");
    assert_eq!(on_terminal(&asked, 10, "usage"), Some(("LESS is FRX\n".to_owned(), 0)));
}

#[test]
fn without_a_pager_the_answer_is_printed_and_one_that_is_left_early_is_no_failure() {
    let whole = quiet_week().run(["usage"]).ok();
    for none in ["", "cat"] {
        let Some(printed) = on_terminal(&world().with("PAGER", none), 10, "usage") else { return };
        assert_eq!(printed, (whole.clone(), 0), "{none:?}");
    }
    let (printed, status) = on_terminal(&world().with("PAGER", "no-such-pager-here"), 10, "usage").unwrap();
    assert!(status == 0 && printed.ends_with(&whole), "{printed}");
    let (printed, status) = on_terminal(&world().with("PAGER", "head -n 1"), 10, "usage").unwrap();
    assert_eq!((printed.as_str(), status), ("Usage by prompt · all time · UTC\n", 0));
}

#[test]
fn a_terminal_without_utf_8_gets_ascii_and_a_file_or_pipe_does_not() {
    let line = serde_json::json!({"ts": crate::support::NOW, "event": "run", "prompt_id": "要約\u{1b}[2J"});
    for locale in ["C", "en_US.ISO-8859-1"] {
        let sandbox = world().with("LC_ALL", locale).with("PAGER", "cat");
        sandbox.log("events-2026-12.jsonl", format!("{line}\n"));
        let Some((printed, status)) = on_terminal(&sandbox, 100, "usage") else { return };
        assert!(printed.is_ascii() && status == 0, "{printed}");
        assert!(!printed.contains('\u{1b}'), "{printed:?}");
        assert!(printed.starts_with("Usage by prompt - all time - UTC\n"), "{printed}");
        assert!(
            printed.contains("\n  extract-invoice   27  ########") && printed.contains("\n  ?????[2J"),
            "{printed}"
        );
        assert!(sandbox.run(["usage"]).ok().starts_with("Usage by prompt · all time · UTC\n"));
    }
}

#[test]
fn a_terminal_with_room_shows_one_small_chart_and_a_small_one_none() {
    let sandbox = world().with("PAGER", "cat");
    let Some((tall, _)) = on_terminal(&sandbox, 40, "errors") else { return };
    assert!(tall.contains("\n  invalid_json  5  ████████████████████████████████████████\n"), "{tall}");
    let (low, _) = on_terminal(&sandbox, 24, "errors").unwrap();
    assert_eq!(low, sandbox.run(["errors"]).ok());
    let (course, _) = on_terminal(&sandbox, 40, "overview").unwrap();
    assert!(course.contains("\n  ▅▅▇█▇▇▇  ") && !course.contains("Runs by day"), "{course}");
}
