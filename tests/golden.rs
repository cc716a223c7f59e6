//! Golden files: what the real binary prints about every fixture, as files a person can read. `UPDATE=1` rewrites them;
//! the diff is the review. The numbers that matter are held apart, by hand, in `hand.rs`.

use crate::support::{FIXTURES, Sandbox, repository};
use prompt_analytics::report;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use unicode_width::UnicodeWidthStr;

/// Every format that is kept per report, with the ending of its file.
const FORMATS: [(&str, &str); 4] = [("table", "txt"), ("csv", "csv"), ("json", "json"), ("markdown", "md")];
/// Reports that are also kept as they look in another width.
const RESIZED: [&str; 4] = ["overview", "performance", "recommendations", "trends"];
const WIDTHS: [usize; 2] = [60, 200];

/// Files by their name.
type Files = BTreeMap<String, String>;

#[test]
fn golden_quiet_week() {
    hold("quiet-week");
}

#[test]
fn golden_five_hours() {
    hold("five-hours");
}

#[test]
fn golden_messy_log() {
    hold("messy-log");
}

#[test]
fn golden_silent_week() {
    hold("silent-week");
}

#[test]
fn golden_three_runs() {
    hold("three-runs");
}

#[test]
fn golden_no_outcomes() {
    hold("no-outcomes");
}

#[test]
fn golden_one_outlier() {
    hold("one-outlier");
}

#[test]
fn golden_priced() {
    hold("priced");
}

#[test]
fn golden_unhappy_raters() {
    hold("unhappy-raters");
}

#[test]
fn golden_all_failures() {
    hold("all-failures");
}

#[test]
fn golden_all_successes() {
    hold("all-successes");
}

#[test]
fn golden_fixtures_are_all_of_them() {
    let folders = fs::read_dir(repository("fixtures")).expect("fixtures");
    let mut found: Vec<String> = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap()).collect();
    found.sort_unstable();
    assert_eq!(found, FIXTURES);
}

#[test]
fn no_table_is_wider_than_the_terminal() {
    for fixture in FIXTURES {
        for width in [40, 60, 72, 80, 100, 132, 200] {
            let sandbox = Sandbox::of_fixture(fixture).with("COLUMNS", &width.to_string());
            for line in sandbox.run(["all"]).ok().lines() {
                assert!(line.width() <= width, "{fixture} at {width}: {} columns\n{line}", line.width());
            }
        }
    }
}

/// Compares what the binary prints now with the files of the fixture, or rewrites them.
fn hold(fixture: &str) {
    let folder = repository("fixtures").join(fixture).join("expected");
    let sandbox = Sandbox::of_fixture(fixture);
    let before = sandbox.snapshot();
    let printed = printed(fixture, &sandbox);
    assert_eq!(sandbox.snapshot(), before, "a report changed the metrics directory");
    if std::env::var("UPDATE").is_ok_and(|update| update == "1") {
        return rewrite(&folder, &printed);
    }
    let expected = read(&folder);
    let mut wrong = Vec::new();
    for name in expected.keys().filter(|name| !printed.contains_key(*name)) {
        wrong.push(format!("{name}: nothing prints it any more"));
    }
    for (name, text) in &printed {
        match expected.get(name) {
            None => wrong.push(format!("{name}: there is no such file")),
            Some(expected) if expected != text => wrong.push(format!("{name}\n{}", diff(expected, text))),
            Some(_) => {}
        }
    }
    let hint = "`UPDATE=1 cargo test golden` rewrites the files; review the diff";
    assert!(wrong.is_empty(), "{}\n\n{}\n\n{hint}", folder.display(), wrong.join("\n\n"));
}

/// Everything the binary prints about a fixture.
fn printed(fixture: &str, sandbox: &Sandbox) -> Files {
    let mut files = Files::new();
    for name in report::names() {
        for (format, ending) in FORMATS {
            let ran = sandbox.run(["--report", name, "--format", format]);
            // A report without anything to show says so in the same words whatever the format.
            let (file, text) = match ran.status {
                0 => (format!("{name}.{ending}"), ran.ok()),
                _ => (format!("{name}.stderr"), ran.refused()),
            };
            let held = files.entry(file).or_insert_with(|| text.clone());
            assert_eq!(*held, text, "{name} as {format}");
        }
    }
    files.insert("all.html".to_owned(), sandbox.run(["all", "--format", "html"]).ok());
    for width in WIDTHS {
        let resized = Sandbox::of_fixture(fixture).with("COLUMNS", &width.to_string());
        for name in RESIZED {
            files.insert(format!("{name}.{width}.txt"), resized.run([name]).ok());
        }
    }
    files
}

fn read(folder: &Path) -> Files {
    let Ok(entries) = fs::read_dir(folder) else { return Files::new() };
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.expect("an expected file");
        let text = fs::read_to_string(entry.path()).expect("expected files are UTF-8");
        (entry.file_name().into_string().expect("its name is UTF-8"), text)
    };
    entries.map(file).collect()
}

fn rewrite(folder: &Path, printed: &Files) {
    fs::create_dir_all(folder).expect("a folder for expected files");
    for name in read(folder).keys().filter(|name| !printed.contains_key(*name)) {
        fs::remove_file(folder.join(name)).expect("a stale file can go");
    }
    for (name, text) in printed {
        fs::write(folder.join(name), text).expect("an expected file can be written");
    }
}

/// The lines that differ, with two around them: everything between the equal beginning and the equal end.
fn diff(expected: &str, printed: &str) -> String {
    const AROUND: usize = 2;
    const SHOWN: usize = 30;
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), printed.lines().collect());
    let equal = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let head = old.iter().zip(&new).take_while(equal).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(equal).count();
    let part = |sign: &str, lines: &[&str]| {
        let shown = lines.iter().take(SHOWN).map(|line| format!("{sign} {line}"));
        let more = lines.len().checked_sub(SHOWN + 1).map(|more| format!("{sign} … {} more", more + 1));
        shown.chain(more).collect::<Vec<_>>()
    };
    let mut lines = vec![format!("@ line {}", head + 1)];
    lines.extend(part(" ", &old[head.saturating_sub(AROUND)..head]));
    lines.extend(part("-", &old[head..old.len() - tail]));
    lines.extend(part("+", &new[head..new.len() - tail]));
    lines.extend(part(" ", &old[old.len() - tail..(old.len() - tail + AROUND).min(old.len())]));
    lines.join("\n")
}

#[test]
fn a_difference_is_shown_with_the_lines_around_it() {
    assert_eq!(
        diff("one\ntwo\nthree\nfour\nfive\nsix\n", "one\ntwo\nthree\n4\nfive\nsix\n"),
        "@ line 4\n  two\n  three\n- four\n+ 4\n  five\n  six"
    );
    assert_eq!(diff("one\n", "one\ntwo\n"), "@ line 2\n  one\n+ two");
}
