//! The first minutes: no log, help, version, config.

use super::{hold, printed, quiet_week, refused};
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
fn a_typo_in_the_config_is_told_with_file_and_line() {
    let sandbox = quiet_week();
    let path = sandbox.metrics().join("config.toml");
    for (config, says) in [
        (
            "# targets\ntimezon = \"UTC\"\n",
            "2: unknown field `timezon`, expected one of `dir`, `timezone`, `privacy`, `targets`",
        ),
        ("[privacy]\nuser = \"hide\"\n", "2: unknown variant `hide`, expected one of `keep`, `hash`, `drop`"),
        ("[targets.success_rate]\n\ntarget = \"high\"\n", "3: invalid type: string \"high\", expected f64"),
    ] {
        fs::write(&path, config).unwrap();
        let message = refused(&sandbox, "usage");
        let hint = "fix that line, or comment it out with `#`";
        assert_eq!(
            message,
            format!("error: [HOME]/work/metrics/prompt-analytics/config.toml:{says}\n\nhint: {hint}\n")
        );
    }
    fs::write(&path, "[targets.succes_rate]\ntarget = 0.9\n").unwrap();
    assert_eq!(
        refused(&sandbox, "usage"),
        "error: [targets.succes_rate] in the config: there is no target `succes_rate`; did you mean `success_rate`?\n"
    );
    for (metric, target, says) in [
        ("success_rate", "90", "`target` is 90, and must be a number from 0 to 1"),
        ("mean_rating", "0.8", "`target` is 0.8, and must be a number from 1 to 5"),
        ("mean_ms", "nan", "`target` is NaN, and must be a number of milliseconds"),
    ] {
        fs::write(&path, format!("[targets.{metric}]\ntarget = {target}\n")).unwrap();
        assert_eq!(refused(&sandbox, "usage"), format!("error: [targets.{metric}] in the config: {says}\n"));
    }
    fs::write(&path, "timezone = \"Mars/Olympus\"\n").unwrap();
    assert_eq!(
        refused(&sandbox, "usage"),
        "error: there is no time zone `Mars/Olympus`\n\nhint: zones have names such as `Europe/Lisbon` or `UTC`\n"
    );
    hold(&[("usage --config nope.toml", "error: there is no config nope.toml\n")]);
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
