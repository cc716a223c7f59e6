//! README is executed: what it shows is what the program prints. `UPDATE=1` writes it anew.

use crate::support::{NOW, repository};
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

/// A command of a `console` block and the output that README shows under it.
struct Example {
    command: String,
    shown: String,
}

fn examples(readme: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut is_console = false;
    for line in readme.lines() {
        match line.strip_prefix("$ ") {
            _ if line.starts_with("```") => is_console = line == "```console",
            _ if !is_console => {}
            Some(command) => examples.push(Example { command: command.to_owned(), shown: String::new() }),
            None => {
                let example = examples.last_mut().expect("a console block starts with a command");
                example.shown.push_str(line);
                example.shown.push('\n');
            }
        }
    }
    examples
}

#[test]
fn every_console_block_shows_what_the_program_prints() {
    let mut readme = fs::read_to_string(repository("README.md")).expect("README.md");
    let is_update = std::env::var_os("UPDATE").is_some();
    let examples = examples(&readme);
    assert!(examples.len() >= 8, "README shows {} commands", examples.len());
    let home = tempfile::tempdir().expect("a home");
    for folder in ["fixtures", "scripts"] {
        symlink(repository(folder), home.path().join(folder)).expect("a link");
    }
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_prompt-analytics"));
    let path = format!("{}:/usr/bin:/bin", binary.parent().expect("a folder").display());
    for Example { command, shown } in examples {
        let ran = Command::new("bash")
            .args(["-c", &format!("{{ {command}\n}} 2>&1")])
            .current_dir(home.path())
            .env_clear()
            .envs([("HOME", home.path().as_os_str()), ("PATH", path.as_ref()), ("TZ", "UTC".as_ref())])
            .envs([("PROMPT_ANALYTICS_NOW", NOW), ("COLUMNS", "100"), ("USER", "ada"), ("PROMPT_HOST", "laptop")])
            .output()
            .expect("bash");
        let printed = String::from_utf8_lossy(&ran.stdout);
        let printed = printed.trim_end();
        if is_update {
            readme = readme.replacen(&format!("$ {command}\n{shown}"), &format!("$ {command}\n{printed}\n"), 1);
        } else {
            assert_eq!(printed, shown.trim_end(), "$ {command}");
        }
    }
    if is_update {
        fs::write(repository("README.md"), readme).expect("README.md");
    }
}

#[test]
fn the_tables_list_every_report_and_every_kind() {
    let readme = fs::read_to_string(repository("README.md")).expect("README.md");
    for report in prompt_analytics::report::ALL {
        let row = format!("| `{}` | {} |", report.name, report.question);
        assert!(readme.contains(&row), "{row}");
    }
    for kind in prompt_analytics::event::Kind::ALL {
        let row = format!("| `{}` | {} |", kind.name(), kind.testimony().testifies);
        assert!(readme.contains(&row), "{row}");
    }
}
