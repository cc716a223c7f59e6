//! Answering: a question goes through ingest, reports and a renderer to standard output or a file.

use super::Trouble;
use super::alarm::Alarm;
use super::args::{Asked, Colour, Everywhere, OutputArgs};
use super::ask;
use super::chart;
use super::compat;
use super::config::Config;
use super::pager;
use super::place::{self, Place};
use super::reading;
use super::screen::{self, Screen};
use super::watch;
use crate::coverage::Coverage;
use crate::fold::Executor;
use crate::query::Query;
use crate::render::{self, Format, Logo, Style};
use crate::report::{self, Ask, NoColumn, Report};
use crate::sheet::Sheet;
use crate::threads;
use crate::time;
use anyhow::{Context, Result};
use std::io::Write;
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::ExitCode;

/// Prints the reports asked for.
///
/// # Errors
/// The question is not understood, the log cannot be read, there is nothing to show, or the answer cannot be written.
pub fn answer(asked: &Asked, everywhere: &Everywhere) -> Result<ExitCode> {
    if asked.watch {
        return watch::watch(asked, everywhere);
    }
    if asked.compat.is_some() {
        return compat::answer(asked, everywhere);
    }
    let named = ask::reports(asked)?;
    ask::check_shape(named.as_deref().unwrap_or_default(), &asked.shape)?;
    let alarm = Alarm::new(&asked.alarm, named.as_deref().unwrap_or(&report::ALL[..1]))?;
    let format = format(&asked.output)?;
    let now_ns = time::now(everywhere.now.as_deref())?;
    let (place, config) = place::find(everywhere)?;
    let query = query(asked, &config, format, now_ns)?;
    if !place.dir.is_dir() {
        return no_log(&place, named.is_none() && everywhere.dir.is_none());
    }
    chart::is_of(&asked.output.chart, named.as_deref().unwrap_or(&report::ALL[..1]))?;
    let _turn = alarm.turn(&place)?;
    let (sheets, coverage) = match find(asked, named.as_deref(), (&place, &config), everywhere, &query)? {
        Answer::Sheets(sheets, coverage) => (sheets, coverage),
        Answer::Nothing(nothing, _) => return Err(nothing.into()),
        Answer::NoLog => return no_log(&place, true),
    };
    // An alarm rings before the answer is drawn: who reads only its beginning closes the pipe.
    let rung = alarm.ring(&sheets, everywhere, now_ns);
    match write(&sheets, format, &asked.output, asked.shape.top) {
        Err(error) if !super::is_closed_pipe(&error) => return Err(error),
        _ => rung?,
    }
    unreadable(&coverage)?;
    Ok(alarm.status(&sheets))
}

/// What a question finds.
pub(super) enum Answer {
    Sheets(Vec<Sheet>, Coverage),
    /// There is nothing to show, and where something is.
    Nothing(Trouble, Coverage),
    /// There is no log, or none yet for whoever comes for the first time.
    NoLog,
}

/// The question of what is shown in a format.
///
/// # Errors
/// A flag's value is not understood, or a setting of the config.
pub(super) fn query(asked: &Asked, config: &Config, format: Format, now_ns: i64) -> Result<Query> {
    let mut query = ask::query(asked, config, now_ns)?;
    query.top_unasked = chart::rows(&asked.output.chart).unwrap_or(rows_unasked(format));
    query.has_charts = has_charts(format, &asked.output);
    Ok(query)
}

/// Asks the log of a place for reports; for the overview where none is named.
///
/// # Errors
/// The log cannot be read, or no report can answer the question.
pub(super) fn find(
    asked: &Asked,
    named: Option<&[&Report]>,
    (place, config): (&Place, &Config),
    everywhere: &Everywhere,
    query: &Query,
) -> Result<Answer> {
    if !place.dir.is_dir() {
        return Ok(Answer::NoLog);
    }
    let is_first_time = named.is_none() && everywhere.dir.is_none();
    let reports = named.unwrap_or(&report::ALL[..1]);
    // Of several reports the word of one on why it is empty is no answer.
    let is_nothing = |sheet: &Sheet| sheet.is_empty() || reports.len() > 1 && sheet.is_only_words();
    reading::with_log(place, config, everywhere, query.now_ns, |ingested| {
        let executor = Executor::new(&ingested.frame, query.zone.clone(), query.now_ns);
        let coverage = &ingested.coverage;
        let mut sheets = fill(reports, &executor, query, coverage)?;
        Ok(if is_first_time && coverage.is_blank() {
            Answer::NoLog
        } else if sheets.iter().all(is_nothing) {
            Answer::Nothing(nothing(reports[0], &executor, query, coverage), coverage.clone())
        } else {
            chart::put(&asked.output.chart, &mut sheets)?;
            Answer::Sheets(sheets, coverage.clone())
        })
    })
}

/// Rows of a table in a terminal unless another number is asked for; the others come in one row.
const ROWS_ON_A_SCREEN: usize = 30;

/// As many of a page, in which they are searched and sorted; it says where the others are.
const ROWS_ON_A_PAGE: usize = 100;

/// The most rows of a table over time on a page: the days of a leap year and the hours of a fortnight fit.
const BUCKETS_ON_A_PAGE: usize = 400;

/// The seconds after which a page may read its file again: long enough to be read, at most a day.
const REFRESH: RangeInclusive<u32> = 5..=86_400;

/// Rows of a table in this format unless another number is asked for; 0 is all.
pub(super) fn rows_unasked(format: Format) -> usize {
    match format {
        Format::Table => ROWS_ON_A_SCREEN,
        Format::Html => ROWS_ON_A_PAGE,
        _ => 0,
    }
}

/// Whether charts are seen in this answer.
fn has_charts(format: Format, output: &OutputArgs) -> bool {
    match format {
        Format::Html | Format::Svg | Format::Png | Format::Json => true,
        Format::Table => {
            output.chart.chart.is_some()
                || !is_to_file(output) && Screen::of(&std::io::stdout(), output.color).has_room_for_charts()
        }
        Format::Csv | Format::Markdown | Format::Ccusage => false,
    }
}

/// The format that the arguments ask for.
///
/// # Errors
/// There is no such format, or it has no use for a flag.
pub(super) fn format(output: &OutputArgs) -> Result<Format> {
    let format = named_format(output)?;
    let draws_none = matches!(format, Format::Csv | Format::Markdown | Format::Ccusage);
    let of_one = [
        ("--chart", output.chart.chart.is_some() && draws_none, Format::Svg),
        ("--table", output.table.is_some(), Format::Csv),
        ("--csv-raw", output.csv_raw, Format::Csv),
        ("--logo", output.logo.is_some(), Format::Html),
        ("--refresh", output.refresh.is_some(), Format::Html),
    ];
    match of_one.into_iter().find(|(_, is_given, of)| *is_given && format != *of) {
        Some((flag, _, of)) => {
            let says = format!("`{flag}` means nothing to the format {}", format.name());
            Err(Trouble::new(says).hint(format!("add `--format {}`", of.name())).into())
        }
        None => match output.refresh.filter(|seconds| !REFRESH.contains(seconds)) {
            Some(seconds) => {
                let says =
                    format!("--refresh is {seconds} seconds, and must be {} to {}", REFRESH.start(), REFRESH.end());
                Err(Trouble::new(says).hint("`--refresh 300` reads the file again every five minutes").into())
            }
            None => Ok(format),
        },
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
            .hint("end it in .txt, .csv, .json, .md, .html, .svg or .png, or add `--format`")
            .into()
    })
}

fn fill(reports: &[&Report], executor: &Executor<'_>, query: &Query, coverage: &Coverage) -> Result<Vec<Sheet>> {
    let fill = |report: &Report, query| (report.fill)(&Ask { executor, query, coverage });
    let unsorted = Query { sort: None, ..query.clone() };
    let mut sheets = Vec::with_capacity(reports.len());
    let mut refused = Vec::new();
    // Folds share their work among threads; what reports make of them would leave all but one idle.
    let filled = threads::map(reading::threads(), reports.len(), |at| fill(reports[at], query));
    for (report, sheet) in reports.iter().zip(filled) {
        match sheet {
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

/// Draws sheets where the arguments want them; where no `top` is asked for, a page has room for so much.
///
/// # Errors
/// They cannot be drawn so, or not written.
pub(super) fn write(sheets: &[Sheet], format: Format, output: &OutputArgs, top: Option<usize>) -> Result<()> {
    let style = Style {
        title: output.title.clone(),
        csv_raw: output.csv_raw,
        table: output.table.clone(),
        rows: top.is_none().then_some(BUCKETS_ON_A_PAGE),
        logo: output.logo.as_deref().map(logo).transpose()?,
        refresh: output.refresh,
        is_charted: output.chart.chart.is_some(),
        ..Style::default()
    };
    match output.output.as_deref() {
        Some(path) if is_directory(path) => folder(path, sheets, format, &style),
        Some(path) if !is_stdout(path) => {
            let style =
                Style { width: screen::columns().or(Some(100)), colour: output.color == Colour::Always, ..style };
            publish(path, &draw(format, sheets, &style)?)
        }
        _ => {
            let screen = Screen::of(&std::io::stdout(), output.color);
            if format == Format::Png && screen.is_terminal {
                return Err(Trouble::new("a PNG is nothing for a terminal")
                    .hint("write a file: `-o chart.png`")
                    .into());
            }
            pager::print(&draw(format, sheets, &screen.style(style))?, screen, !output.no_pager)
        }
    }
}

fn logo(path: &Path) -> Result<Logo> {
    let hint = "take a PNG, JPEG, SVG, WebP or GIF file";
    let bytes = std::fs::read(path).map_err(|error| {
        Trouble::new(format!("cannot read the logo {}: {}", path.display(), crate::log::cause(&error))).hint(hint)
    })?;
    Ok(Logo::of(&bytes).map_err(|no| Trouble::new(format!("{} {no}", path.display())).hint(hint))?)
}

/// Whether the answer goes to a file or a folder.
pub(super) fn is_to_file(output: &OutputArgs) -> bool {
    output.output.as_deref().is_some_and(|path| !is_stdout(path))
}

/// Writes one file for each report into a folder; a report without a chart has no picture.
fn folder(path: &Path, sheets: &[Sheet], format: Format, style: &Style) -> Result<()> {
    let is_drawn = |sheet: &&Sheet| {
        !format.is_picture() || sheet.charts().any(|chart| render::why_undrawn(chart, sheet).is_none())
    };
    let drawn: Vec<&Sheet> = sheets.iter().filter(is_drawn).collect();
    if drawn.is_empty() {
        return Err(Trouble::new("none of these reports has a chart").hint(A_CHART_OF_YOUR_OWN).into());
    }
    std::fs::create_dir_all(path).with_context(|| format!("cannot create {}", path.display()))?;
    let extension = match format {
        Format::Markdown => "md",
        Format::Table => "txt",
        other => other.name(),
    };
    for sheet in drawn {
        let file = path.join(format!("{}.{extension}", sheet.report));
        publish(&file, &draw(format, std::slice::from_ref(sheet), style)?)?;
    }
    Ok(())
}

const A_CHART_OF_YOUR_OWN: &str = "draw one of your own: `--chart bar --y COLUMN`";

/// Draws sheets.
///
/// # Errors
/// They cannot be drawn so.
pub(super) fn draw(format: Format, sheets: &[Sheet], style: &Style) -> Result<Vec<u8>> {
    render::render(format, sheets, style).map_err(|error| {
        let hint = match error {
            render::RenderError::CsvOfSeveral { .. } => "write one file for each: `-o DIR/`",
            render::RenderError::NoTable { .. } => "`--json` shows every table of a report with its id",
            render::RenderError::PictureOfSeveral { .. } => "one picture for each: `-o DIR/ --format svg`",
            render::RenderError::NoPicture { .. } => A_CHART_OF_YOUR_OWN,
            render::RenderError::NotOfCcusage { .. } => compat::VIEWS,
        };
        Trouble::new(error.to_string()).hint(hint).into()
    })
}

/// Writes a file whole or not at all.
fn publish(path: &Path, bytes: &[u8]) -> Result<()> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        // A report is meant to be shared: it gets the permissions of any new file, not those of a temporary one.
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
        let mut file = tempfile::Builder::new().prefix(".report-").permissions(permissions).tempfile_in(dir)?;
        file.write_all(bytes)?;
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
