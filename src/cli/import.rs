//! `import`: other people's logs and tables become events. Events of a dry run go to stdout, the accounting to stderr.

mod found;
mod told;

use super::Trouble;
use super::args::{Everywhere, Import, Listing};
use super::place::{self, Place};
use super::progress::Progress;
use super::reading;
use super::trouble::safe;
use crate::coverage::count;
use crate::event::Privacy;
use crate::import::{self, Asked, Gathering, Homes, Job, Recipe, Refused, Source, Spots, Tally};
use crate::{render, time};
use anyhow::Result;
use signal_hook::consts::SIGINT;
use signal_hook::flag;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The exit status of a program that was stopped by Ctrl-C.
const STOPPED: u8 = 130;

/// Imports and says what became of every record.
///
/// # Errors
/// The recipe cannot be understood, a file cannot be read, the log cannot be written, or there was nothing to import.
pub fn import(asked: &Import, everywhere: &Everywhere) -> Result<ExitCode> {
    let Some(name) = asked.source.as_deref().filter(|_| !asked.listing.list) else {
        return found::list(asked.listing.json, everywhere);
    };
    let is_all = name == "all";
    let source = match import::named(name) {
        Ok(source) => Some(source),
        Err(_) if is_all => None,
        Err(unknown) => return by_recipe(name, unknown, asked, everywhere),
    };
    if let Some(source) = source.filter(|source| source.how.is_table()) {
        return tables(source, asked, &asked.files, everywhere);
    }
    if let Some(flag) = flag_of_tables(asked) {
        let says = format!("`{flag}` is for tables, and `{name}` is none");
        return Err(Trouble::new(says).hint("`prompt-analytics import csv FILE --map …` reads a table").into());
    }
    if is_all && !asked.files.is_empty() {
        let says = "`import all` imports what is found, and no files that are named";
        return Err(Trouble::new(says).hint("say whose they are: `prompt-analytics import claude-code FILE`").into());
    }
    if place::is_silenced() && !asked.dry_run {
        return silenced();
    }
    let lookup = |name: &str| std::env::var(name).ok();
    let homes = homes(&lookup);
    let sources = source.map_or_else(|| import::ALL.to_vec(), |source| vec![source]);
    let mut found = Vec::new();
    for source in sources.iter().copied().filter(|source| !source.how.is_table()) {
        let spots = if asked.files.is_empty() {
            import::discover(source, &homes)
        } else {
            import::named_files(source, &asked.files).map_err(refused)?
        };
        if !spots.files.is_empty() || !spots.unreadable.is_empty() {
            found.push((source, spots));
        }
    }
    let recipes = if is_all { recipes_with_files(everywhere)? } else { Vec::new() };
    if found.is_empty() && recipes.is_empty() {
        return Err(not_found(&sources, &homes, asked).into());
    }
    let status = logs(&found, asked, everywhere)?;
    if status == ExitCode::SUCCESS {
        for recipe in recipes {
            by_recipe(&recipe, Refused::new(""), asked, everywhere)?;
        }
    }
    Ok(status)
}

/// The recipes of the config that say which files they are for, where there are any.
fn recipes_with_files(everywhere: &Everywhere) -> Result<Vec<String>> {
    let (_, config) = place::find(everywhere)?;
    let is_there = |files: &str| place::with_home(Path::new(files)).exists();
    let recipes = config.recipes().filter(|recipe| recipe.text("files").is_some_and(is_there));
    Ok(recipes.filter_map(|recipe| recipe.text("name")).map(str::to_owned).collect())
}

/// Imports tables as a recipe of the config says.
fn by_recipe(name: &str, unknown: Refused, asked: &Import, everywhere: &Everywhere) -> Result<ExitCode> {
    let (_, config) = place::find(everywhere)?;
    let Some(recipe) = config.recipe(name) else {
        let names: Vec<&str> = config.recipes().filter_map(|recipe| recipe.text("name")).collect();
        let unknown = match crate::spelling::nearest(name, &names) {
            Some(nearest) => unknown.hint(format!("did you mean the recipe `{nearest}`?")),
            None => unknown,
        };
        return Err(trouble(unknown));
    };
    if let Some(flag) = flag_of_tables(asked) {
        let says = format!("`{flag}` is for the recipe `{name}` to say");
        return Err(Trouble::new(says).hint("`prompt-analytics config show` prints it").into());
    }
    let source = import::named(recipe.text("source").unwrap_or_default()).map_err(trouble)?;
    let list = |key: &str| recipe.text(key).map(str::to_owned).into_iter().collect();
    let text = |key: &str| recipe.text(key).map(str::to_owned);
    let said = Import {
        source: Some(source.name.to_owned()),
        files: Vec::new(),
        listing: Listing { list: false, json: false, with_text: asked.listing.with_text },
        map: list("map"),
        set: list("set"),
        filter: text("where"),
        epoch: text("epoch"),
        step: text("step"),
        again: asked.again,
        dry_run: asked.dry_run,
    };
    let own = || recipe.text("files").map(|files| place::with_home(Path::new(files)));
    let named = if asked.files.is_empty() { own().into_iter().collect() } else { asked.files.clone() };
    if named.is_empty() {
        let says = format!("the recipe `{name}` names no files");
        return Err(Trouble::new(says)
            .hint(format!("`prompt-analytics import {name} FILE`, or `files = …` in it"))
            .into());
    }
    let spots = import::named_files(source, &named).map_err(refused)?;
    let files: Vec<PathBuf> = spots.files.into_iter().map(|file| file.path).collect();
    if files.is_empty() {
        return Err(Trouble::new(format!("there is no file to import in {}", place::shortened(&named[0]))).into());
    }
    tables(source, &said, &files, everywhere)
}

fn silenced() -> Result<ExitCode> {
    writeln!(anstream::stderr(), "nothing was written: PROMPT_ANALYTICS=off or DO_NOT_TRACK=1 is set")?;
    Ok(ExitCode::SUCCESS)
}

/// What this machine says of where logs are.
fn homes(variable: &dyn Fn(&str) -> Option<String>) -> Homes<'_> {
    Homes { home: directories::BaseDirs::new().map(|base| base.home_dir().to_owned()), variable }
}

/// A flag that was given and means nothing to the logs of a tool.
fn flag_of_tables(asked: &Import) -> Option<&'static str> {
    let given = [
        (!asked.map.is_empty(), "--map"),
        (!asked.set.is_empty(), "--set"),
        (asked.filter.is_some(), "--where"),
        (asked.epoch.is_some(), "--epoch"),
        (asked.step.is_some(), "--step"),
    ];
    given.into_iter().find(|(is_given, _)| *is_given).map(|(_, flag)| flag)
}

/// Nothing is there to import; where was looked.
fn not_found(sources: &[&Source], homes: &Homes, asked: &Import) -> Trouble {
    if let Some(file) = asked.files.first() {
        let says = format!("there is nothing to import in {}", file.display());
        return Trouble::new(says).hint(format!("`{}` reads {}", sources[0].name, sources[0].reads));
    }
    let places: Vec<String> =
        sources.iter().flat_map(|source| (source.places)(homes)).map(|place| place::shortened(&place)).collect();
    if let ([source], true) = (sources, places.is_empty()) {
        return Trouble::new(format!("`{}` reads the files that are named", source.name))
            .hint(format!("`prompt-analytics import {} FILE`", source.name));
    }
    Trouble::new("there is nothing to import on this machine")
        .detail(format!("looked at {}", places.join(", ")))
        .hint("name the files: `prompt-analytics import claude-code FILE`; `prompt-analytics import --list` says who looks where")
}

/// Imports the logs of tools, one after the other.
fn logs(found: &[(&'static Source, Spots)], asked: &Import, everywhere: &Everywhere) -> Result<ExitCode> {
    let (place, privacy) = place::to_write(everywhere)?;
    let stop = Arc::new(AtomicBool::new(false));
    // Whoever asks twice does not want to wait for the batch.
    flag::register_conditional_shutdown(SIGINT, i32::from(STOPPED), Arc::clone(&stop))?;
    flag::register(SIGINT, Arc::clone(&stop))?;
    for (source, spots) in found {
        let tally = logs_of(source, spots, asked, (&place, &privacy), &stop)?;
        if asked.dry_run {
            sample(&tally)?;
        }
        anstream::stderr()
            .write_all(safe(&told::told_of_logs(source.name, &tally, &place, asked.dry_run)).as_bytes())?;
        if tally.is_stopped {
            writeln!(anstream::stderr(), "stopped; importing again goes on from there")?;
            return Ok(ExitCode::from(STOPPED));
        }
        if asked.files.is_empty() || tally.records > tally.skipped() || tally.unchanged > 0 {
            continue;
        }
        if tally.skipped() > 0 || !tally.failed.is_empty() {
            return Err(Trouble::new("nothing was imported: no event can be made of any record")
                .hint(format!("`{}` reads {}", source.name, source.reads))
                .into());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn logs_of(
    source: &'static Source,
    spots: &Spots,
    asked: &Import,
    (place, privacy): (&Place, &Privacy),
    stop: &AtomicBool,
) -> Result<Tally> {
    let mut progress = Progress::new("importing");
    let job = Gathering {
        source,
        spots,
        dir: &place.dir,
        privacy,
        host: &place::host(),
        is_dry: asked.dry_run,
        is_again: asked.again,
        has_text: asked.listing.with_text,
        threads: reading::threads(),
        round_bytes: import::ROUND_BYTES,
        now_ns: time::now(None)?,
        stop,
    };
    import::gather(&job, &mut |done, total| progress.at(done, total, 0)).map_err(refused)
}

/// Imports the records of tables.
fn tables(source: &'static Source, asked: &Import, files: &[PathBuf], everywhere: &Everywhere) -> Result<ExitCode> {
    if files.is_empty() {
        let says = format!("`{}` reads the files that are named", source.name);
        let hint = format!("`prompt-analytics import {} FILE --map 'ts=COLUMN,…'`", source.name);
        return Err(Trouble::new(says).hint(hint).into());
    }
    if asked.again {
        let says =
            format!("`--again` means nothing to `{}`, which reads its files from their start every time", source.name);
        return Err(Trouble::new(says).into());
    }
    let recipe = Asked {
        maps: &asked.map,
        sets: &asked.set,
        filter: asked.filter.as_deref(),
        epoch: asked.epoch.as_deref(),
        step: asked.step.as_deref(),
    };
    let recipe = Recipe::new(&recipe, source.name).map_err(trouble)?;
    if place::is_silenced() && !asked.dry_run {
        return silenced();
    }
    let (place, privacy) = place::to_write(everywhere)?;
    let job = Job { source, files, recipe: &recipe, dir: &place.dir, privacy: &privacy, is_dry: asked.dry_run };
    let mut progress = Progress::new("importing");
    let tally = import::import(&job, &mut |done, total| progress.at(done, total, 0));
    drop(progress);
    let tally = tally.map_err(refused)?;
    if !tally.has_read_something() {
        return Err(nothing(&tally, source).into());
    }
    if asked.dry_run {
        sample(&tally)?;
    }
    anstream::stderr().write_all(safe(&told::told(&tally, &place, asked.dry_run)).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// The first events of a dry run.
fn sample(tally: &Tally) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    tally.sample.iter().try_for_each(|line| writeln!(stdout, "{}", render::visible_json(line)))?;
    Ok(stdout.flush()?)
}

fn refused(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<Refused>() {
        Ok(refused) => trouble(refused),
        Err(error) => error,
    }
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
    told::list(&mut skipped, "skipped", &tally.skipped, |reason| reason);
    Trouble::new(format!("nothing was imported: no event can be made of {} in {files}", count(tally.records, "record")))
        .detail(skipped.trim())
        .hint("look at the record named above, and say what its columns mean: `--map 'ts=COLUMN'`, `--epoch`, `--step`")
}
