//! The first minutes: no log, help, version, config.

use super::{printed, quiet_week, refused};
use crate::support::{Sandbox, repository};
use std::fs;

const WAYS: &str = r#"
  scripts/run-prompt.sh summarize -- llm -m gpt-4o "…"    wrap a command
  prompt-analytics import csv FILE --map 'ts=TIME,…'      take over another log
  prompt-analytics --dir fixtures/quiet-week/log          look at an example
"#;

#[test]
fn a_fresh_home_is_told_three_ways_to_begin() {
    let sandbox = Sandbox::new();
    let empty = "No events yet in metrics/prompt-analytics (found in the working directory). Three ways to begin:";
    assert_eq!(printed(&sandbox, ""), format!("{empty}{WAYS}"));
    fs::remove_dir(sandbox.metrics()).unwrap();
    let nowhere = "No events yet in ~/.local/share/prompt-analytics (the user's data directory). Three ways to begin:";
    assert_eq!(printed(&sandbox, ""), format!("{nowhere}{WAYS}"));
    assert!(!sandbox.home().join(".local").exists(), "looking makes no directory");
}

#[test]
fn whoever_asks_for_a_report_of_an_empty_directory_is_told_that_it_is_empty() {
    let read = "read 0 lines in 0 files: 0 events from metrics/prompt-analytics (found in the working directory)";
    let message = format!("error: nothing was used\n  {read}\n\nhint: three ways to begin:{WAYS}");
    assert_eq!(refused(&Sandbox::new(), "usage"), message);
}

#[test]
fn a_directory_that_is_none_is_named_with_its_reason() {
    let sandbox = Sandbox::new();
    let hint = format!("\n\nhint: three ways to begin:{WAYS}");
    let missing = format!("error: the metrics directory nowhere (from --dir) does not exist{hint}");
    assert_eq!(refused(&sandbox, "--dir nowhere"), missing);
    assert_eq!(refused(&sandbox, "usage --dir nowhere"), missing);
    fs::write(sandbox.work().join("notes.txt"), "not a log").unwrap();
    let file = format!("error: the metrics directory notes.txt (from --dir) is not a directory{hint}");
    assert_eq!(refused(&sandbox, "--dir notes.txt"), file);
    let by_env = Sandbox::new().with("PROMPT_ANALYTICS_DIR", "/nowhere/at/all");
    let message =
        format!("error: the metrics directory /nowhere/at/all (from $PROMPT_ANALYTICS_DIR) does not exist{hint}");
    assert_eq!(refused(&by_env, "usage"), message);
}

#[test]
fn the_version_is_the_programs() {
    assert_eq!(printed(&quiet_week(), "--version"), format!("prompt-analytics {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(printed(&quiet_week(), "-V"), printed(&quiet_week(), "--version"));
}

#[test]
fn help_fits_in_a_head_and_a_report_explains_itself() {
    let sandbox = quiet_week();
    let help = printed(&sandbox, "--help");
    assert_eq!(help, printed(&sandbox, "-h"));
    assert!(help.lines().count() <= 50, "{help}");
    for report in prompt_analytics::report::ALL {
        assert!(help.contains(report.question), "{}", report.name);
        let explained = printed(&sandbox, &format!("{} --help", report.name));
        assert!(explained.starts_with(&format!("{}: {}\n\nShows\n", report.name, report.question)), "{explained}");
        assert!(explained.contains("\n\nComputed\n") && explained.contains("\n\nLies when\n"), "{explained}");
        assert!(explained.lines().all(|line| line.chars().count() <= 100), "{explained}");
    }
    assert_eq!(printed(&sandbox, "--report usage --help"), printed(&sandbox, "usage --help"));
}

#[test]
fn the_example_is_where_the_hint_says() {
    assert!(repository("fixtures/quiet-week/log").is_dir());
    assert!(repository("scripts/run-prompt.sh").is_file());
}

#[test]
fn a_variable_set_to_nothing_is_as_good_as_none() {
    let names = ["PROMPT_ANALYTICS_CONFIG", "PROMPT_ANALYTICS_TIMEZONE", "PROMPT_ANALYTICS_DIR"];
    let sandbox = names.iter().fold(quiet_week(), |sandbox, name| sandbox.with(name, ""));
    assert_eq!(sandbox.run(["usage"]).ok(), quiet_week().run(["usage"]).ok());
    assert_eq!(sandbox.run(["record", "run", "prompt_id=a"]).ok(), "");
}
