//! The sandbox: a world of its own for the real binary, with its own home, clock, zone and width.

pub mod schema;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The instant that is "now" in every sandbox.
pub const NOW: &str = "2026-11-20T12:00:00Z";

/// The scenarios under `fixtures/`, in the order of their names.
pub const FIXTURES: [&str; 11] = [
    "all-failures",
    "all-successes",
    "five-hours",
    "messy-log",
    "no-outcomes",
    "one-outlier",
    "priced",
    "quiet-week",
    "silent-week",
    "three-runs",
    "unhappy-raters",
];

/// The program.
pub const BINARY: &str = env!("CARGO_BIN_EXE_prompt-analytics");

/// A home, a working directory in it, and an empty metrics directory below that.
pub struct Sandbox {
    home: TempDir,
    env: Vec<(String, String)>,
}

impl Sandbox {
    pub fn new() -> Sandbox {
        let home = tempfile::tempdir().expect("a temporary directory");
        fs::create_dir_all(home.path().join("work/metrics/prompt-analytics")).expect("a metrics directory");
        let sandbox = Sandbox { home, env: Vec::new() };
        sandbox.with("PROMPT_ANALYTICS_NOW", NOW).with("TZ", "UTC").with("COLUMNS", "100")
    }

    /// A world whose metrics directory holds the log of a fixture.
    pub fn of_fixture(name: &str) -> Sandbox {
        let sandbox = Sandbox::new();
        let log = repository("fixtures").join(name).join("log");
        for (path, content) in files(&log) {
            sandbox.log(&path, content);
        }
        sandbox
    }

    /// The same world with one more variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Sandbox {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The working directory of every command.
    pub fn work(&self) -> PathBuf {
        self.home.path().join("work")
    }

    /// The metrics directory, which commands find from the working directory.
    pub fn metrics(&self) -> PathBuf {
        self.work().join("metrics/prompt-analytics")
    }

    /// Writes a file of the metrics directory.
    pub fn log(&self, name: &str, content: impl AsRef<[u8]>) -> &Sandbox {
        let path = self.metrics().join(name);
        fs::create_dir_all(path.parent().expect("a file has a parent")).expect("its directory");
        fs::write(path, content).expect("a log file");
        self
    }

    /// Every file of the metrics directory with its bytes, to be compared before and after.
    pub fn snapshot(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.metrics())
    }

    /// Runs the binary.
    pub fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ran {
        self.run_with(args, b"")
    }

    /// The binary, or a program that runs it, in this world.
    pub fn command<S: AsRef<OsStr>>(&self, program: impl AsRef<OsStr>, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(program);
        command.args(args).env_clear().env("HOME", self.home()).envs(self.env.iter().cloned()).current_dir(self.work());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the binary in a shell that has done something before.
    pub fn run_after<S: AsRef<OsStr>>(&self, before: &str, args: impl IntoIterator<Item = S>) -> Ran {
        let mut command = self.command("sh", ["-c", &format!("{before} && exec \"$0\" \"$@\""), BINARY]);
        self.ended(command.args(args), b"")
    }

    /// Runs the binary with something on standard input.
    pub fn run_with<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>, stdin: &[u8]) -> Ran {
        self.ended(&mut self.command(BINARY, args), stdin)
    }

    fn ended(&self, command: &mut Command, stdin: &[u8]) -> Ran {
        let mut child = command.spawn().expect("the binary starts");
        // A command that does not read its input closes the pipe; that is its right.
        let _ = child.stdin.take().expect("a pipe").write_all(stdin);
        let output = child.wait_with_output().expect("the binary ends");
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).expect("output is UTF-8");
            text.replace(&self.home().display().to_string(), "[HOME]")
        };
        Ran { status: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// What a command did. Paths in the sandbox's home are shown as `[HOME]`.
#[must_use = "a command that nobody looks at tests nothing"]
#[derive(Debug, PartialEq, Eq)]
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The output of a command that succeeded in silence.
    pub fn ok(self) -> String {
        assert_eq!((self.status, self.stderr.as_str()), (0, ""), "{self:?}");
        self.stdout
    }

    /// The message of a command that could not do it.
    pub fn refused(self) -> String {
        assert_eq!((self.status, self.stdout.as_str()), (2, ""), "{self:?}");
        self.stderr
    }

    /// The JSON output of a command that succeeded in silence.
    pub fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.ok()).expect("the output is JSON")
    }
}

/// Says that a test is skipped where a person sees it: what a passing test prints is kept back.
pub fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// A file of the real data beside the checkout, which is no part of the repository; `None` and a word where there is none.
pub fn shared(path: &str) -> Option<PathBuf> {
    let beside = || repository("../shared/data");
    let path = std::env::var_os("PROMPT_ANALYTICS_SHARED").map_or_else(beside, PathBuf::from).join(path);
    if path.exists() {
        return Some(path);
    }
    skipped(&format!("there is no {}", path.display()));
    None
}

/// A folder of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Every file below a folder by its path in it.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.expect("an entry of a folder");
        let name = entry.file_name().into_string().expect("its name is UTF-8");
        if entry.path().is_dir() {
            found.extend(files(&entry.path()).into_iter().map(|(path, bytes)| (format!("{name}/{path}"), bytes)));
        } else {
            found.insert(name, fs::read(entry.path()).unwrap_or_default());
        }
    }
    found
}
