//! Answering: a question goes through ingest, reports and a renderer to standard output or a file.

use super::Trouble;
use super::alarm::Alarm;
use super::args::{Asked, Colour, Everywhere, OutputArgs};
use super::ask;
use super::place::{self, Place};
use super::reading;
use crate::coverage::Coverage;
use crate::fold::Executor;
use crate::query::Query;
use crate::render::{self, Format, Style};
use crate::report::{self, Ask, NoColumn, Report};
use crate::sheet::Sheet;
use crate::time;
use anyhow::{Context, Result};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

/// Prints the reports asked for.
///
/// # Errors
/// The question is not understood, the log cannot be read, there is nothing to show, or the answer cannot be written.
pub fn answer(asked: &Asked, everywhere: &Everywhere) -> Result<ExitCode> {
    let named = ask::reports(asked)?;
    ask::check_shape(named.as_deref().unwrap_or_default(), &asked.shape)?;
    let alarm = Alarm::new(&asked.alarm, named.as_deref().unwrap_or(&report::ALL[..1]))?;
    let format = format(&asked.output)?;
    let now_ns = time::now(everywhere.now.as_deref())?;
    let (place, config) = place::find(everywhere)?;
    let mut query = ask::query(asked, &config, now_ns)?;
    if format == Format::Table {
        query.top_unasked = ROWS_ON_A_SCREEN;
    }
    if !place.dir.is_dir() {
        return no_log(&place, named.is_none() && everywhere.dir.is_none());
    }
    let is_first_time = named.is_none() && everywhere.dir.is_none();
    let reports = named.unwrap_or_else(|| vec![report::ALL[0]]);
    // Of several reports the word of one on why it is empty is no answer.
    let is_nothing = |sheet: &Sheet| sheet.is_empty() || reports.len() > 1 && sheet.is_only_words();
    let _turn = alarm.turn(&place)?;
    let (sheets, coverage) = reading::with_log(&place, &config, everywhere, now_ns, |ingested| {
        let executor = Executor::new(&ingested.frame, query.zone.clone(), now_ns);
        let sheets = fill(&reports, &executor, &query, &ingested.coverage)?;
        if sheets.iter().all(is_nothing) && !(is_first_time && ingested.coverage.is_blank()) {
            return Err(nothing(reports[0], &executor, &query, &ingested.coverage).into());
        }
        Ok((sheets, ingested.coverage.clone()))
    })?;
    if is_first_time && coverage.is_blank() {
        return no_log(&place, true);
    }
    // An alarm rings before the answer is drawn: who reads only its beginning closes the pipe.
    let rung = alarm.ring(&sheets, everywhere, now_ns);
    match write(&sheets, format, &asked.output) {
        Err(error) if !super::is_closed_pipe(&error) => return Err(error),
        _ => rung?,
    }
    unreadable(&coverage)?;
    Ok(alarm.status(&sheets))
}

/// Rows of a table in a terminal unless another number is asked for; the others come in one row.
pub(super) const ROWS_ON_A_SCREEN: usize = 30;

/// The format that the arguments ask for.
///
/// # Errors
/// There is no such format, or it has no use for a flag.
pub(super) fn format(output: &OutputArgs) -> Result<Format> {
    let format = named_format(output)?;
    let of_csv = [("--table", output.table.is_some()), ("--csv-raw", output.csv_raw)];
    match of_csv.into_iter().find(|(_, is_given)| *is_given && format != Format::Csv) {
        Some((flag, _)) => {
            let says = format!("`{flag}` means nothing to the format {}", format.name());
            Err(Trouble::new(says).hint("add `--format csv`").into())
        }
        None => Ok(format),
    }
}

fn named_format(output: &OutputArgs) -> Result<Format> {
    if output.json {
        return Ok(Format::Json);
    }
    if let Some(name) = &output.format {
        let names = Format::ALL.map(Format::name);
        let unknown = || Trouble::new(crate::spelling::unknown("format", name, &names));
        return Ok(Format::named(name).ok_or_else(unknown)?);
    }
    let Some(path) = output.output.as_deref().filter(|path| !is_stdout(path)) else { return Ok(Format::Table) };
    if is_directory(path) {
        return Ok(Format::Csv);
    }
    Format::of_extension(path).ok_or_else(|| {
        Trouble::new(format!("the name `{}` does not tell a format", path.display()))
            .hint("end it in .txt, .csv, .json, .md or .html, or add `--format`")
            .into()
    })
}

fn fill(reports: &[&Report], executor: &Executor<'_>, query: &Query, coverage: &Coverage) -> Result<Vec<Sheet>> {
    let fill = |report: &Report, query| (report.fill)(&Ask { executor, query, coverage });
    let unsorted = Query { sort: None, ..query.clone() };
    let mut sheets = Vec::with_capacity(reports.len());
    let mut refused = Vec::new();
    for report in reports {
        match fill(report, query) {
            // Of several reports those are sorted that have the column.
            Err(error) if error.is::<NoColumn>() => {
                refused.push(error);
                sheets.push(fill(report, &unsorted)?);
            }
            sheet => sheets.push(sheet?),
        }
    }
    if refused.len() == reports.len() {
        return Err(refused.swap_remove(0));
    }
    Ok(sheets)
}

/// Why there is nothing to show, and where something is.
fn nothing(report: &Report, executor: &Executor<'_>, query: &Query, coverage: &Coverage) -> Trouble {
    let (what, test) = report.nothing;
    let mut says = what.to_owned();
    if let Some(period) = query.period {
        let words = period.words(&query.zone);
        let is_span = period.since_ns.is_some() && period.until_ns.is_some();
        let is_day = is_span && !words.contains(" to ");
        says.push_str(if is_day {
            " on "
        } else if is_span {
            " from "
        } else {
            " "
        });
        says.push_str(&words);
    }
    let filters = render::asked(&query.filters.words());
    if !filters.is_empty() {
        says.push_str(" with ");
        says.push_str(&filters);
    }
    let hint = match executor.newest(test) {
        None if coverage.is_blank() => WAYS_TO_BEGIN.to_owned(),
        Some(_) if !filters.is_empty() => "leave out a filter; what was not recorded matches none".to_owned(),
        Some(newest) if query.period.is_some() => {
            let date = query.zone.date(newest);
            format!("the newest is from {date}: try `--since {date}` and no `--until`")
        }
        None if coverage.events == 0 && coverage.first_skipped.is_some() => {
            let place =
                coverage.first_skipped.iter().map(|place| format!("{}:{} ({})", place.file, place.line, place.reason));
            let first = place.collect::<String>();
            format!("`prompt-analytics check` shows every line that was skipped; the first is {first}")
        }
        _ => format!("`prompt-analytics {} --help` says which events it takes", report.name),
    };
    Trouble::new(says).detail(format!("{} from {}", coverage.sentence(), coverage.place)).hint(hint)
}

const WAYS_TO_BEGIN: &str = "three ways to begin:
  scripts/run-prompt.sh summarize -- llm -m gpt-4o \"…\"    wrap a command
  prompt-analytics import csv FILE --map 'ts=TIME,…'      take over another log
  prompt-analytics --dir fixtures/quiet-week/log          look at an example";

/// There is no log: the first steps for whoever comes for the first time, an error for whoever named a directory.
pub(super) fn no_log(place: &Place, is_first_time: bool) -> Result<ExitCode> {
    if is_first_time {
        let (_, ways) = WAYS_TO_BEGIN.split_once('\n').unwrap_or_default();
        writeln!(std::io::stdout(), "No events yet in {}. Three ways to begin:\n{ways}", place.words())?;
        return Ok(ExitCode::SUCCESS);
    }
    let says = if place.dir.exists() { "is not a directory" } else { "does not exist" };
    Err(Trouble::new(format!("the metrics directory {} {says}", place.words())).hint(WAYS_TO_BEGIN).into())
}

/// Draws sheets where the arguments want them.
///
/// # Errors
/// They cannot be drawn so, or not written.
pub(super) fn write(sheets: &[Sheet], format: Format, output: &OutputArgs) -> Result<()> {
    let mut style = Style {
        width: None,
        colour: false,
        title: output.title.clone(),
        csv_raw: output.csv_raw,
        table: output.table.clone(),
    };
    match output.output.as_deref() {
        Some(path) if is_directory(path) => {
            std::fs::create_dir_all(path).with_context(|| format!("cannot create {}", path.display()))?;
            let extension = if format == Format::Markdown { "md" } else { format.name() }.replace("table", "txt");
            for sheet in sheets {
                let file = path.join(format!("{}.{extension}", sheet.report));
                publish(&file, &draw(format, std::slice::from_ref(sheet), &style)?)?;
            }
            Ok(())
        }
        Some(path) if !is_stdout(path) => {
            style.width = columns().or(Some(100));
            style.colour = output.color == Colour::Always;
            publish(path, &draw(format, sheets, &style)?)
        }
        _ => {
            let stdout = std::io::stdout();
            style.width = terminal_size::terminal_size_of(&stdout).map(|(width, _)| width.0.into()).or_else(columns);
            style.colour = is_coloured(output.color, &stdout);
            let mut stdout = stdout.lock();
            stdout.write_all(draw(format, sheets, &style)?.as_bytes())?;
            Ok(stdout.flush()?)
        }
    }
}

fn draw(format: Format, sheets: &[Sheet], style: &Style) -> Result<String> {
    render::render(format, sheets, style).map_err(|error| {
        let hint = match error {
            render::RenderError::CsvOfSeveral { .. } => "write one file for each: `-o DIR/`",
            render::RenderError::NoTable { .. } => "`--json` shows every table of a report with its id",
        };
        Trouble::new(error.to_string()).hint(hint).into()
    })
}

/// Writes a file whole or not at all.
fn publish(path: &Path, text: &str) -> Result<()> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        // A report is meant to be shared: it gets the permissions of any new file, not those of a temporary one.
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
        let mut file = tempfile::Builder::new().prefix(".report-").permissions(permissions).tempfile_in(dir)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|error| {
        let trouble = Trouble::new(format!("cannot write {}: {}", path.display(), crate::log::cause(&error)));
        if dir.exists() { trouble } else { trouble.hint(format!("create the directory: `mkdir -p {}`", dir.display())) }
            .into()
    })
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

fn is_directory(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().to_string_lossy().ends_with('/')
}

/// `COLUMNS`, which tells the width where there is no terminal to ask.
fn columns() -> Option<usize> {
    std::env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns >= 20)
}

fn is_coloured(colour: Colour, stdout: &std::io::Stdout) -> bool {
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => stdout.is_terminal() && anstream::AutoStream::choice(stdout) != anstream::ColorChoice::Never,
    }
}

/// An answer that files are missing from is given, and then named as such.
///
/// # Errors
/// Files are missing from it.
pub(super) fn unreadable(coverage: &Coverage) -> Result<ExitCode> {
    let Some(first) = coverage.unreadable.first() else { return Ok(ExitCode::SUCCESS) };
    let others = match coverage.unreadable.len() - 1 {
        0 => String::new(),
        others => format!(" and {} more", crate::coverage::count(others as u64, "file")),
    };
    Err(Trouble::new(format!("the answer is without {}{others}: {}", first.file, first.why))
        .hint("make it readable, or move it out of the metrics directory")
        .into())
}
