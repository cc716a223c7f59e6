//! Answering: a question goes through ingest, reports and a renderer to standard output or a file.

use super::Trouble;
use super::alarm::Alarm;
use super::args::{Asked, Everywhere};
use super::ask;
use super::chart;
use super::compat;
use super::config::Config;
use super::output;
use super::place::{self, Place};
use super::reading::{self, Voice};
use super::watch;
use crate::coverage::Coverage;
use crate::fold::Executor;
use crate::query::Query;
use crate::render::{self, Format};
use crate::report::{self, Ask, NoColumn, Report};
use crate::sheet::Sheet;
use crate::threads;
use crate::time;
use anyhow::Result;
use std::io::Write;
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
    let format = output::format(&asked.output)?;
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
    match output::write(&sheets, format, &asked.output, asked.shape.top) {
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
    query.top_unasked = chart::rows(&asked.output.chart).unwrap_or(output::rows_unasked(format));
    query.has_charts = output::has_charts(format, &asked.output);
    query.counts_unpriced = format == Format::Json || asked.alarm.notify.is_some();
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
    reading::with_log(place, config, everywhere, query.now_ns, Voice::Told, |ingested| {
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

/// Past so many events reports are filled one after the other.
const MANY_EVENTS: u64 = 4_000_000;

fn fill(reports: &[&Report], executor: &Executor<'_>, query: &Query, coverage: &Coverage) -> Result<Vec<Sheet>> {
    let fill = |report: &Report, query| (report.fill)(&Ask { executor, query, coverage });
    let unsorted = Query { sort: None, ..query.clone() };
    let mut sheets = Vec::with_capacity(reports.len());
    let mut refused = Vec::new();
    // Folds share their work among threads; what reports make of them would leave all but one idle. Of a large log the folds
    // are nearly all, and what two reports hold at once is much.
    let at_once = if coverage.events > MANY_EVENTS { 1 } else { reading::threads() };
    let filled = threads::map(at_once, reports.len(), |at| fill(reports[at], query));
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
