//! The shell wrappers, run as a person runs them: each test in a home, a working directory and a PATH of its own.

use prompt_analytics::event::{self, Event, Field, Line, Value};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

mod passing;
mod tools;
mod writing;

const RUN: &str = "run-prompt.sh";
const ENHANCED: &str = "run-prompt-enhanced.sh";

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts").join(name)
}

/// Whether the program is on PATH, or the wrapper has to write by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Program {
    With,
    Without,
}

const BOTH: [Program; 2] = [Program::With, Program::Without];

/// A world of its own.
struct World {
    root: tempfile::TempDir,
}

impl World {
    fn new(program: Program) -> World {
        let root = tempfile::tempdir().unwrap();
        for dir in ["home", "work", "bin"] {
            fs::create_dir(root.path().join(dir)).unwrap();
        }
        if program == Program::With {
            symlink(env!("CARGO_BIN_EXE_prompt-analytics"), root.path().join("bin/prompt-analytics")).unwrap();
        }
        World { root }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    fn log(&self) -> PathBuf {
        self.path("log")
    }

    /// A command in this world that knows nothing of ours.
    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut path = OsString::from(self.path("bin"));
        path.push(":/usr/bin:/bin");
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.path("home"))
            .env("USER", "ada")
            .env("PROMPT_HOST", "desk")
            .env("PROMPT_ANALYTICS_DIR", self.log())
            .current_dir(self.path("work"))
            .stdin(Stdio::null());
        command
    }

    fn wrapper(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = self.command(script(name));
        command.args(arguments);
        command
    }

    fn run(&self, name: &str, arguments: &[&str]) -> Output {
        self.wrapper(name, arguments).output().unwrap()
    }

    /// An executable of this world's PATH.
    fn tool(&self, name: &str, text: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn config(&self, text: &str) {
        let dir = self.path("home/.config/prompt-analytics");
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("config.toml"), text).unwrap();
    }

    fn events(&self) -> Vec<Event<'static>> {
        events_in(&self.log())
    }

    fn event(&self) -> Event<'static> {
        let mut events = self.events();
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }
}

/// The log files of a directory.
fn files(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension() == Some(OsStr::new("jsonl")));
    files.sort();
    files
}

/// The events of a directory's files, all of whose lines must be whole, sound and complete.
fn events_in(dir: &Path) -> Vec<Event<'static>> {
    files(dir).iter().flat_map(|path| parsed(&fs::read(path).unwrap())).collect()
}

fn parsed(bytes: &[u8]) -> Vec<Event<'static>> {
    assert_eq!(bytes.last(), Some(&b'\n'));
    let lines = bytes[..bytes.len() - 1].split(|byte| *byte == b'\n');
    lines
        .map(|line| match event::parse_line(line) {
            Ok(Line::Event(read)) => {
                assert_eq!((read.dropped, read.is_naive), (vec![], false));
                read.event.into_owned()
            }
            other => panic!("{other:?}: {}", String::from_utf8_lossy(line)),
        })
        .collect()
}

/// The event without what differs from one run to the next.
fn settled(mut event: Event<'static>) -> Event<'static> {
    event.id = None;
    event.ts_ns = 0;
    event.remove(Field::RunId);
    event.remove(Field::DurationMs);
    event
}

fn shown(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// Waits until `child` has said `word` on its stdout.
fn until_it_says(child: &mut Child, word: &str) {
    let mut said = vec![0; word.len()];
    child.stdout.as_mut().unwrap().read_exact(&mut said).unwrap();
    assert_eq!(said, word.as_bytes());
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap().success());
}
