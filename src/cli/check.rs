//! `check`: the log line by line. The answer goes to standard output like a report, and its gravity into the exit status.

use super::Trouble;
use super::args::{Check, Everywhere};
use super::place::{self, Place};
use super::progress::Progress;
use super::reading::{self, Voice};
use super::{answer, ask, chart, output};
use crate::check::{self, Cached, Checked, Found, Listed, Settings, Unpriced};
use crate::fold::{self, Executor, Filter, Fold, Measure, Number, Scope, Test};
use crate::ingest::{Ingested, Standing};
use crate::query::{Dimension, Filters};
use crate::time::{self, Period, Zone};
use anyhow::{Context as _, Result};
use std::cmp::Reverse;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

/// Examples of each kind of trouble unless another number is asked for.
const EXAMPLES: usize = 20;

/// Checks the log, and says how it is: 0 sound, 1 damaged, or with `--strict` not as it was meant.
///
/// # Errors
/// There is no log, it cannot be read at all, or the answer or the list cannot be written.
pub fn check(asked: &Check, everywhere: &Everywhere) -> Result<ExitCode> {
    let format = output::format(&asked.output)?;
    let now_ns = time::now(everywhere.now.as_deref())?;
    let (place, config) = place::find(everywhere)?;
    let zone = ask::zone(&asked.output, &config)?;
    if !place.dir.is_dir() {
        return answer::no_log(&place, false);
    }
    if let Some(file) = &asked.list {
        refuse(file, asked.output.output.as_deref(), &place)?;
    }
    let all_of = |top: usize| if top == 0 { usize::MAX } else { top };
    let most = all_of(asked.top.unwrap_or(EXAMPLES));
    let checked = read(&place, now_ns, most)?;
    let (coverage, unpriced, cache) =
        reading::with_log(&place, &config, everywhere, now_ns, Voice::Told, |ingested| {
            Ok((ingested.coverage.clone(), unpriced(ingested, &zone, now_ns), cached(ingested, everywhere)))
        })?;
    let is_current = checked.is_current(&place.dir);
    let listed = asked.list.as_deref().map(|file| list(&checked, file)).transpose()?.flatten();
    let answer = check::sheet(Found {
        disagreements: is_current.then(|| check::disagreements(&checked, &coverage)),
        checked: &checked,
        beside: &check::beside(&place.dir, most),
        unpriced,
        listed,
        coverage,
        cache,
        zone,
        now_ns,
        files: all_of(asked.top.unwrap_or(output::rows_unasked(format))),
    });
    let mut sheets = [answer.sheet];
    chart::put(&asked.output.chart, &mut sheets)?;
    output::write(&sheets, format, &asked.output, asked.top)?;
    let is_bad = answer.is_damaged || asked.strict && answer.is_unclean;
    Ok(if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn read(place: &Place, now_ns: i64, most: usize) -> Result<Checked> {
    let progress = Mutex::new((Progress::new("checking"), 0));
    let tell = |bytes: u64, total: u64| {
        let (progress, done) = &mut *progress.lock().unwrap_or_else(PoisonError::into_inner);
        *done += bytes;
        progress.at(*done, total, 0);
    };
    check::check(&place.dir, &Settings { now_ns, threads: reading::threads(), most, progress: &tell })
}

/// The cache after the log was read with it.
fn cached(ingested: &Ingested, everywhere: &Everywhere) -> Cached {
    let root = if everywhere.no_cache { None } else { place::cache() };
    let state = ingested.cache();
    let words = match state.as_ref().map(|state| state.standing) {
        Some(Standing::Kept) => "in use",
        Some(Standing::MadeAgain) => "made again",
        Some(Standing::Busy) => "written by another process",
        None if everywhere.no_cache => "off (--no-cache)",
        None if root.is_none() => "off (there is no home)",
        Some(Standing::Refused) | None => "cannot be written",
    };
    Cached {
        place: root.as_deref().map(place::shortened),
        dir: state.as_ref().map(|state| place::shortened(&state.dir)),
        state: words,
        files: state.as_ref().map_or(0, |state| state.files),
        bytes: state.as_ref().map_or(0, |state| state.bytes),
        lines_cached: ingested.work.lines_cached,
        lines_parsed: ingested.work.lines_parsed,
    }
}

/// Uses with tokens and without a cost, by model and why, the most frequent first.
fn unpriced(ingested: &Ingested, zone: &Zone, now_ns: i64) -> Vec<Unpriced> {
    let executor = Executor::new(&ingested.frame, zone.clone(), now_ns);
    let everything = Filter { scope: Scope::Uses, period: Period::default(), filters: Filters::default() };
    let gaps = fold::Unpriced::ALL.map(Test::Gap);
    let of_tokens = |gap| [Measure::CountOf(Number::TotalTokens, gap), Measure::Sum(Number::TotalTokens, gap)];
    let measures = gaps.into_iter().flat_map(of_tokens).collect();
    let folded = executor.fold(&Fold { filter: everything, keys: vec![Dimension::Model], measures });
    let of = folded.groups.iter().flat_map(|group| {
        let values = group.values.as_chunks::<2>().0.iter().zip(fold::Unpriced::ALL);
        values.map(|([runs, tokens], why)| Unpriced {
            model: group.keys.first().cloned().flatten(),
            why: why.name(),
            runs: runs.count(),
            tokens: tokens.int(),
        })
    });
    let mut unpriced: Vec<Unpriced> = of.filter(|unpriced| unpriced.runs > 0).collect();
    unpriced
        .sort_by(|a, b| Reverse(a.runs).cmp(&Reverse(b.runs)).then_with(|| (&a.model, a.why).cmp(&(&b.model, b.why))));
    unpriced
}

/// Refuses a place for the list before anything is read.
fn refuse(file: &Path, answer: Option<&Path>, place: &Place) -> Result<()> {
    if file == Path::new("-") || Some(file) == answer {
        return Err(Trouble::new("the list has no place in the answer")
            .hint("name a file of its own, such as `--list broken.jsonl`")
            .into());
    }
    if file.symlink_metadata().is_ok() {
        return Err(is_there(file).into());
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let is_inside = || Some(folder.canonicalize().ok()?.starts_with(place.dir.canonicalize().ok()?));
    if is_inside() == Some(true) {
        let says = format!("{} would lie in the metrics directory, and be read as a log", file.display());
        return Err(Trouble::new(says).hint("name a file elsewhere, such as `--list broken.jsonl`").into());
    }
    Ok(())
}

fn is_there(file: &Path) -> Trouble {
    Trouble::new(format!("{} is already there", file.display())).hint("name another file, or move that one away")
}

/// Writes the skipped lines to a new file; none where nothing was skipped.
fn list(checked: &Checked, file: &Path) -> Result<Option<(String, Listed)>> {
    if checked.skipped() == 0 {
        return Ok(None);
    }
    let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let created = created.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => is_there(file),
        _ => Trouble::new(format!("cannot write {}: {}", file.display(), crate::log::cause(&error))),
    })?;
    match fill(checked, created) {
        Ok(listed) => Ok(Some((place::shortened(file), listed))),
        Err(error) => {
            // Half a list would pass for a whole one.
            let _ = std::fs::remove_file(file);
            Err(error.context(format!("cannot write {}", file.display())))
        }
    }
}

fn fill(checked: &Checked, file: File) -> Result<Listed> {
    let mut out = BufWriter::new(file);
    let listed = check::list(checked, &mut out)?;
    out.flush().context("the disk may be full")?;
    Ok(listed)
}
