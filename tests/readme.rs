//! README is executed: what it shows is what the program prints.

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
    let readme = fs::read_to_string(repository("README.md")).expect("README.md");
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
        assert_eq!(printed.trim_end(), shown.trim_end(), "$ {command}");
    }
}
