//! Transcripts of the real binary: what a person types, what comes back, and that reading changes nothing.

mod alerts;
mod asking;
mod beginning;
mod charts;
mod check;
mod config;
mod habits;
mod output;
mod prices;
mod reading;
mod recommend;
#[cfg(feature = "sql")]
mod sql;
mod terminal;
mod watch;
mod writing;

use crate::support::Sandbox;

/// The quiet week, which every question here is asked of.
fn quiet_week() -> Sandbox {
    Sandbox::of_fixture("quiet-week")
}

/// What a read command that is refused says; it prints nothing and changes nothing.
fn refused(sandbox: &Sandbox, line: &str) -> String {
    let before = sandbox.snapshot();
    let message = sandbox.run(words(line)).refused();
    assert_eq!(sandbox.snapshot(), before, "`{line}` changed the metrics directory");
    message
}

/// What a read command prints; it says nothing else and changes nothing.
fn printed(sandbox: &Sandbox, line: &str) -> String {
    let before = sandbox.snapshot();
    let text = sandbox.run(words(line)).ok();
    assert_eq!(sandbox.snapshot(), before, "`{line}` changed the metrics directory");
    text
}

/// A command line as words; `''` is an empty one.
fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().map(|word| if word == "''" { "" } else { word }).collect()
}

/// Each line refused with its message, over the quiet week.
fn hold(cases: &[(&str, &str)]) {
    let sandbox = quiet_week();
    for (line, message) in cases {
        assert_eq!(refused(&sandbox, line), *message, "prompt-analytics {line}");
    }
}
