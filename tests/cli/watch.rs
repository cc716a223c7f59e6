//! Watching: the answer follows the log, on the terminal or in a file, until a signal ends it.

use super::{quiet_week, refused};
use crate::support::{BINARY, NOW, Sandbox, skipped};
use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, Command, Stdio};

/// Appends a use to the log of a world.
fn append(sandbox: &Sandbox, prompt: &str) {
    let line = serde_json::json!({"ts": "2026-11-20T11:59:00Z", "event": "run", "prompt_id": prompt});
    let path = sandbox.metrics().join("watched.jsonl");
    fs::create_dir_all(sandbox.metrics()).unwrap();
    writeln!(fs::OpenOptions::new().create(true).append(true).open(path).unwrap(), "{line}").unwrap();
}

/// The program in a world whose clock runs.
fn begun(sandbox: &Sandbox, program: &str, args: &[&str]) -> Child {
    let mut command = sandbox.command(program, args);
    command.env_remove("PROMPT_ANALYTICS_NOW").env("SHELL", "/bin/sh").env("TERM", "xterm").env("LANG", "C.UTF-8");
    command.spawn().expect("it starts")
}

fn interrupt(child: &Child) {
    let ended = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("a signal");
    assert!(ended.success());
}

/// Reads until a text appears, and gives all that was read.
fn until(from: &mut impl Read, text: &str) -> String {
    let mut seen = Vec::new();
    let mut byte = [0];
    while !String::from_utf8_lossy(&seen).ends_with(text) {
        let read = from.read(&mut byte).expect("output");
        assert!(read == 1, "it ended before {text:?} after {:?}", String::from_utf8_lossy(&seen));
        seen.extend(byte);
    }
    String::from_utf8(seen).expect("UTF-8")
}

#[test]
fn a_file_is_rewritten_when_the_log_grows() {
    let sandbox = Sandbox::new();
    append(&sandbox, "first-prompt");
    let mut child = begun(&sandbox, BINARY, &["usage", "--watch", "-o", "page.html"]);
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut wrote = || said.next().expect("a line").expect("UTF-8");
    let first = wrote();
    assert!(first.contains(" wrote page.html: 1 event, 0 new events since "), "{first}");
    let page = || fs::read_to_string(sandbox.work().join("page.html")).unwrap();
    assert!(page().contains("first-prompt") && !page().contains("second-prompt"));
    append(&sandbox, "second-prompt");
    let second = wrote();
    assert!(second.contains(" wrote page.html: 2 events, 1 new event since "), "{second}");
    assert!(page().contains("second-prompt"));
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let left: Vec<_> = fs::read_dir(sandbox.work()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "nothing is left beside the page and the log: {left:?}");
}

#[test]
fn a_directory_that_is_not_there_yet_is_waited_for() {
    let sandbox = Sandbox::new();
    fs::remove_dir_all(sandbox.work().join("metrics")).unwrap();
    let dir = sandbox.metrics();
    let dir = dir.to_str().unwrap();
    let mut child = begun(&sandbox, BINARY, &["usage", "--watch", "-o", "page.csv", "--dir", dir]);
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut wrote = || said.next().expect("a line").expect("UTF-8");
    let waits = wrote();
    assert!(waits.contains(" waiting for the first event in metrics/prompt-analytics (from --dir)"), "{waits}");
    append(&sandbox, "first-prompt");
    // It may see the directory before the line in it.
    let mut line = wrote();
    while !line.contains(" wrote page.csv: 1 event, 1 new event since ") {
        assert!(line.contains("nothing was used"), "{line}");
        line = wrote();
    }
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_terminal_is_drawn_again_in_place_and_left_as_it_was() {
    if Command::new("script").arg("--version").stdout(Stdio::null()).status().is_err() {
        return skipped("there is no `script` to make a terminal with");
    }
    let sandbox = Sandbox::new();
    append(&sandbox, "first-prompt");
    let shell = format!("stty cols 100 rows 24; exec {BINARY} usage --watch");
    let mut child = begun(&sandbox, "script", &["-qec", &shell, "/dev/null"]);
    let mut screen = child.stdout.take().unwrap();
    let first = until(&mut screen, "Ctrl-C quits\x1b[K");
    assert!(first.starts_with("\x1b[?1049h\x1b[?25l\x1b[H"), "{first:?}");
    assert!(first.contains("first-prompt") && first.contains("\x1b[24;1Hdrawn "), "{first:?}");
    append(&sandbox, "second-\u{9b}prompt");
    let second = until(&mut screen, "Ctrl-C quits\x1b[K");
    assert!(second.starts_with("\x1b[H") && second.contains("second-\\u{9b}prompt"), "{second:?}");
    assert!(second.contains(" · 1 new event since "), "{second:?}");
    child.stdin.as_mut().unwrap().write_all(b"\x03").unwrap();
    let mut rest = String::new();
    screen.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("\x1b[?25h\x1b[?1049l"), "{rest:?}");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let mut child = begun(&quiet_week(), BINARY, &["--watch"]);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(
        said,
        "error: `--watch` draws on a terminal, and standard output is none\n\n\
         hint: let it rewrite a file: `--watch -o report.html`\n"
    );
    assert_eq!(child.wait().unwrap().code(), Some(2));
    for (args, says) in [
        (vec!["alerts", "--watch", "--remember"], "`--remember` is for a single answer"),
        (vec!["usage", "--watch", "--json"], "`--watch` draws on the terminal, where json has no place"),
        (vec!["usage", "--watch", "-o", "out/of/reach.html"], "cannot write out/of/reach.html"),
        (vec!["usage", "--watch", "-o", "page.html", "--prompt", "a", "--sort", "nothing"], "cannot sort usage"),
        (vec!["--watch", "check"], "`--watch` before `check` means nothing to it"),
    ] {
        let sandbox = quiet_week();
        let mut child = begun(&sandbox, BINARY, &args);
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(said.starts_with(&format!("error: {says}")), "{said}");
        assert_eq!(child.wait().unwrap().code(), Some(2), "{args:?}");
    }
    let stopped = refused(&quiet_week(), "usage --watch -o page.html");
    assert!(stopped.starts_with("error: `--watch` needs a clock that runs"), "{stopped} at {NOW}");
}
