//! `import`: other people's tables become events. Events of a dry run go to stdout, the accounting to stderr.

use super::Trouble;
use super::args::{Everywhere, Import};
use super::place::{self, Place};
use super::progress::Progress;
use super::trouble::safe;
use crate::coverage::count;
use crate::import::{self, Asked, Count, Job, Recipe, Refused, Tally};
use crate::{render, time};
use anyhow::Result;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

/// Imports files and says what became of every record.
///
/// # Errors
/// The recipe cannot be understood, a file cannot be read, the log cannot be written, or there was nothing to import.
pub fn import(asked: &Import, everywhere: &Everywhere) -> Result<ExitCode> {
    let source = import::named(&asked.source).map_err(trouble)?;
    let recipe = Asked {
        maps: &asked.map,
        sets: &asked.set,
        filter: asked.filter.as_deref(),
        epoch: asked.epoch.as_deref(),
        step: asked.step.as_deref(),
    };
    let recipe = Recipe::new(&recipe, source.name).map_err(trouble)?;
    if place::is_silenced() && !asked.dry_run {
        writeln!(anstream::stderr(), "nothing was written: PROMPT_ANALYTICS=off or DO_NOT_TRACK=1 is set")?;
        return Ok(ExitCode::SUCCESS);
    }
    let (place, privacy) = place::to_write(everywhere)?;
    let job =
        Job { source, files: &asked.files, recipe: &recipe, dir: &place.dir, privacy: &privacy, is_dry: asked.dry_run };
    let mut progress = Progress::new("importing");
    let tally = import::import(&job, &mut |done, total| progress.at(done, total, 0));
    drop(progress);
    let tally = tally.map_err(|error| match error.downcast::<Refused>() {
        Ok(refused) => trouble(refused),
        Err(error) => error,
    })?;
    if !tally.has_read_something() {
        return Err(nothing(&tally, source).into());
    }
    if asked.dry_run {
        let mut stdout = std::io::stdout().lock();
        tally.sample.iter().try_for_each(|line| writeln!(stdout, "{}", render::visible_json(line)))?;
    }
    anstream::stderr().write_all(safe(&told(&tally, &place, asked.dry_run)).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn trouble(refused: Refused) -> anyhow::Error {
    let trouble = Trouble::new(refused.says);
    match refused.hint {
        Some(hint) => trouble.hint(hint).into(),
        None => trouble.into(),
    }
}

/// No file held a single record that an event can be made of.
fn nothing(tally: &Tally, source: &import::Source) -> Trouble {
    let files = count(tally.files, "file");
    if tally.records == 0 {
        return Trouble::new(format!("nothing was imported: there is no record in {files}"))
            .hint(format!("`{}` reads {}", source.name, source.reads));
    }
    let mut skipped = String::new();
    list(&mut skipped, "skipped", &tally.skipped, |reason| reason);
    Trouble::new(format!("nothing was imported: no event can be made of {} in {files}", count(tally.records, "record")))
        .detail(skipped.trim())
        .hint("look at the record named above, and say what its columns mean: `--map 'ts=COLUMN'`, `--epoch`, `--step`")
}

/// The accounting, for a person.
fn told(tally: &Tally, place: &Place, is_dry: bool) -> String {
    let mut text = String::new();
    let verb = if is_dry { "would add" } else { "added" };
    let _ = writeln!(text, "{verb} {} to {}", count(tally.added, "event"), place.words());
    let read = format!("read {} in {}", count(tally.records, "record"), count(tally.files, "file"));
    let _ = write!(text, "  {read}: {} new, {} already there", plain(tally.added), plain(tally.known));
    for (number, what) in [(tally.left_out, "left out by `--where`"), (tally.skipped(), "skipped")] {
        if number > 0 {
            let _ = write!(text, ", {} {what}", plain(number));
        }
    }
    text.push('\n');
    if tally.added == 0 && tally.known > 0 {
        text.push_str("  a record is imported once, whatever the map\n");
    }
    if let (Some(first), Some(last)) = (tally.first_ns, tally.last_ns) {
        let _ = writeln!(text, "  from {} to {}", time::utc(first), time::utc(last));
    }
    if tally.naive_times > 0 {
        let _ = writeln!(text, "  {} without a zone, taken as UTC", count(tally.naive_times, "time"));
    }
    list(&mut text, "skipped", &tally.skipped, |reason| reason);
    list(&mut text, "left out of their events", &tally.dropped, super::super::event::field::Field::name);
    for file in &tally.beside {
        let _ = writeln!(text, "  the log was busy: written to {}, which is read as well", place::shortened(file));
    }
    for file in &tally.unreadable {
        let _ = writeln!(text, "  not searched for earlier imports: {file}");
    }
    text
}

fn plain(number: u64) -> String {
    crate::coverage::thousands(number.into())
}

/// One line for each reason: `  2 skipped: bad time (first at trace.csv:17: "soon")`.
fn list<K: Copy>(text: &mut String, what: &str, counts: &BTreeMap<K, Count>, name: impl Fn(K) -> &'static str) {
    for (key, count) in counts {
        let first = if count.times == 1 { "at" } else { "the first at" };
        let _ = writeln!(text, "  {} {what}: {} ({first} {})", plain(count.times), name(*key), count.first);
    }
}
