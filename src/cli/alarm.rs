//! Alarms: what is done about findings. A command is told of an alert once, the log remembers that it was, and cron gets a
//! status.

use super::Trouble;
use super::args::{AlarmArgs, Everywhere};
use super::decide::{self, Told};
use super::place::{self, Place};
use super::record;
use crate::render::{self, Format, Style};
use crate::report::{Report, State};
use crate::severity::Severity;
use crate::sheet::{Cell, Sheet, Table};
use crate::spelling;
use anyhow::{Context as _, Result};
use std::fs::File;
use std::io::Write as _;
use std::process::{Command, ExitCode, Stdio};

/// What the arguments want done.
pub struct Alarm<'a> {
    fail_on: Option<Severity>,
    command: Option<&'a str>,
    is_remembered: bool,
}

impl<'a> Alarm<'a> {
    /// What the arguments want done about these reports.
    ///
    /// # Errors
    /// There is no such severity, or none of the reports has what the flag is about.
    pub fn new(args: &'a AlarmArgs, reports: &[&Report]) -> Result<Alarm<'a>> {
        let severity = |name: &String| {
            let unknown = || Trouble::new(spelling::unknown("severity", name, &Severity::ALL.map(Severity::name)));
            Severity::named(name).ok_or_else(unknown)
        };
        let fail_on = args.fail_on.as_ref().map(severity).transpose()?;
        let refused = |flag: &str, what: &str, value: &str| {
            let name = reports.first().map_or("", |report| report.name);
            Trouble::new(format!("`{flag}` means nothing to `{name}`, which has no {what}"))
                .hint(format!("prompt-analytics alerts {flag}{value}"))
        };
        if let Some(severity) = fail_on
            && !reports.iter().any(|report| report.has_findings())
        {
            return Err(refused("--fail-on", "findings", &format!(" {}", severity.name())).into());
        }
        let told = [("--notify", args.notify.is_some(), " COMMAND"), ("--remember", args.remember, "")];
        match told.into_iter().find(|(_, is_given, _)| *is_given) {
            Some((flag, _, value)) if !reports.iter().any(|report| report.has_alerts()) => {
                Err(refused(flag, "alerts", value).into())
            }
            given => Ok(Alarm { fail_on, command: args.notify.as_deref(), is_remembered: given.is_some() }),
        }
    }

    /// Waits until no other alarm of this log is between reading what was told and recording what it tells, and keeps the
    /// others waiting until the handle is dropped: what was told is told to no other. The directory itself is locked, so that
    /// nothing is left in it.
    ///
    /// # Errors
    /// The metrics directory cannot be opened or locked.
    pub fn turn(&self, place: &Place) -> Result<Option<File>> {
        if !self.is_remembered || place::is_silenced() {
            return Ok(None);
        }
        let held = File::open(&place.dir).and_then(|dir| dir.lock().map(|()| dir));
        held.map(Some).with_context(|| format!("cannot lock {}", place.dir.display()))
    }

    /// Tells the command of what is new, worse or over, and then the log that it was told.
    ///
    /// # Errors
    /// The alerts are not of now; the command failed, so that nothing counts as told; or the log cannot be written.
    pub fn ring(&self, sheets: &[Sheet], everywhere: &Everywhere, now_ns: i64) -> Result<()> {
        let of = |sheet: &'_ Sheet| sheet.tables().any(|table| table.id == "alerts");
        let Some(sheet) = sheets.iter().find(|sheet| of(sheet)).filter(|_| self.is_remembered) else { return Ok(()) };
        if !sheet.period.contains(sheet.generated_ns.saturating_sub(1)) {
            // What was past its level once would be told as open, or what is open as over.
            return Err(Trouble::new("alerts of a period that is not now cannot be told or remembered")
                .hint("leave out the period, or end it with today: `--period 7d`")
                .into());
        }
        let turns: Vec<(State, Told)> = sheet.tables().filter(|table| table.id == "alerts").flat_map(turns).collect();
        if turns.is_empty() {
            return Ok(());
        }
        if let Some(command) = self.command {
            tell(command, sheet, turns.iter().filter(|(state, _)| *state == State::Open).count())?;
        }
        if place::is_silenced() {
            return Ok(());
        }
        let events = turns.into_iter().map(|(state, told)| decide::event("alert", state, told, now_ns));
        let (place, privacy) = place::to_write(everywhere)?;
        record::append(&place.dir, &privacy, events.collect::<Result<_>>()?)
    }

    /// 1 where a finding is shown that is bad enough and that nobody acknowledged.
    pub fn status(&self, sheets: &[Sheet]) -> ExitCode {
        let is_bad = |least: Severity| {
            sheets.iter().flat_map(Sheet::findings).any(|finding| !finding.is_quiet && finding.severity >= least)
        };
        if self.fail_on.is_some_and(is_bad) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

/// The alerts of which there is something to tell, and what each is now.
fn turns(table: &Table) -> Vec<(State, Told)> {
    let at = |key: &str| table.columns.iter().position(|column| column.key == key);
    let turn = |row: &Vec<Cell>| {
        let cell = |key: &str| row.get(at(key)?);
        let text = |key: &str| if let Some(Cell::Text(text)) = cell(key) { text.clone() } else { String::new() };
        let state = match &*text("state") {
            "new" | "worse" => State::Open,
            "closed" => State::Closed,
            _ => return None,
        };
        let told = Told {
            id: text("id"),
            severity: Severity::named(&text("severity")),
            metric: text("metric"),
            observed: cell("value").and_then(Cell::number),
            what: text("what"),
            name: text("subject"),
        };
        Some((state, told))
    };
    table.rows.iter().filter_map(turn).collect()
}

/// Runs a command in a shell with the alerts on its standard input. What it prints is conversation, and goes to ours.
fn tell(command: &str, sheet: &Sheet, open: usize) -> Result<()> {
    let json =
        render::render(Format::Json, std::slice::from_ref(sheet), &Style::default()).context("cannot be told")?;
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).env("PROMPT_ANALYTICS_ALERTS", open.to_string());
    shell.stdin(Stdio::piped()).stdout(std::io::stderr());
    let mut child = shell.spawn().context("cannot run `sh`")?;
    if let Some(mut stdin) = child.stdin.take() {
        // Nobody waits for this thread: a command may end without reading, and leave the pipe to a child that never does.
        std::thread::spawn(move || {
            let _ = stdin.write_all(&json);
        });
    }
    let status = child.wait().context("cannot wait for the command of --notify")?;
    if status.success() {
        return Ok(());
    }
    // `exit status: 3`, `signal: 9 (SIGKILL)`
    let how = status.to_string().replacen(": ", " ", 1);
    Err(Trouble::new(format!("the command of --notify ended with {how}"))
        .detail("nothing counts as told: the next run tells it again")
        .hint("try it alone: `prompt-analytics alerts --json | sh -c COMMAND`")
        .into())
}
