//! `config`: the settings that hold and where each is from, and a file to begin with.

use super::layer::{Origin, Said, Table, Value};
use super::settings::{self, TOP};
use super::{Config, directory_path, draw, user_path};
use crate::cli::args::{self, ConfigInit, ConfigShow, ConfigVerb, Everywhere};
use crate::cli::place::{self, Place};
use crate::cli::trouble::safe;
use crate::cli::{Trouble, ask};
use crate::log::cause;
use crate::spelling;
use crate::time::Zone;
use anyhow::{Context, Result};
use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::process::ExitCode;

/// Shows the settings, or writes a file to begin with.
///
/// # Errors
/// A config file is broken, or a file cannot be written or is there already.
pub fn config(config: &args::Config, everywhere: &Everywhere) -> Result<ExitCode> {
    match &config.what {
        None => show(&ConfigShow::default(), everywhere),
        Some(ConfigVerb::Show(asked)) => show(asked, everywhere),
        Some(ConfigVerb::Init(asked)) => init(asked, everywhere),
    }
}

fn show(asked: &ConfigShow, everywhere: &Everywhere) -> Result<ExitCode> {
    let (place, config) = place::find(everywhere)?;
    let mut top = Table::of(&TOP);
    top.said.extend(dir(&place, &config));
    top.said.extend(timezone(asked, &config)?);
    let rest = config.tables.into_iter().filter(|table| table.section.name != TOP.name).map(settings::completed);
    let tables: Vec<Table> = std::iter::once(top).chain(rest).collect();
    let mut text = if asked.origin { looked_at(&place, everywhere) } else { String::new() };
    text.push_str(&draw::settings(&tables, asked.origin));
    for name in std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()) {
        if let Some(note) = not_read(&name) {
            let _ = writeln!(anstream::stderr(), "{}", safe(&note));
        }
    }
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The metrics directory as a setting; none of a path that TOML, which is UTF-8, cannot hold.
fn dir(place: &Place, config: &Config) -> Option<Said> {
    let said = config.tables.iter().find_map(|table| table.get("dir"));
    let from = match said {
        Some(said) if place.why == place::BY_CONFIG => said.from.clone(),
        _ => Origin::Words(place.why.trim_start_matches("from ").trim_start_matches('$').to_owned()),
    };
    let dir = std::path::absolute(&place.dir).ok()?.to_str()?.to_owned();
    Some(Said { setting: TOP.setting("dir")?, value: Value::Text(dir), from })
}

/// The zone as a setting; none of a machine whose own zone has no name.
fn timezone(asked: &ConfigShow, config: &Config) -> Result<Option<Said>> {
    let variable = std::env::var("PROMPT_ANALYTICS_TIMEZONE").ok();
    let by_file = config.tables.iter().find_map(|table| table.get("timezone")).cloned();
    let words = |words: &str| Origin::Words(words.to_owned());
    let (name, from) = match (&asked.timezone, &variable, by_file) {
        (Some(name), ..) if !name.is_empty() => (ask::zone_named(name)?.name, words("--timezone")),
        (_, Some(name), _) if !name.is_empty() => (ask::zone_named(name)?.name, words("PROMPT_ANALYTICS_TIMEZONE")),
        (_, _, Some(said)) => return Ok(Some(said)),
        _ => (Zone::system().unwrap_or_else(Zone::utc).name, words("default: TZ, else the machine's")),
    };
    let setting = TOP.setting("timezone").filter(|_| Zone::named(&name).is_ok());
    Ok(setting.map(|setting| Said { setting, value: Value::Text(name), from }))
}

/// The files that were looked at, as comments.
fn looked_at(place: &Place, everywhere: &Everywhere) -> String {
    let user = user_path(place::named(everywhere));
    let files = [("the user's", user), ("the metrics directory's", Some(directory_path(&place.dir)))];
    let lines = files.into_iter().filter_map(|(whose, path)| {
        let path = path?;
        let is_there = if path.exists() { "" } else { " (there is none)" };
        Some(safe(&format!("# {whose}: {}{is_there}", place::shortened(&path)).replace('\n', " ")) + "\n")
    });
    lines.chain(["\n".to_owned()]).collect()
}

/// The variables that are understood.
const VARIABLES: [&str; 7] = [
    "PROMPT_ANALYTICS",
    "PROMPT_ANALYTICS_CONFIG",
    "PROMPT_ANALYTICS_DIR",
    "PROMPT_ANALYTICS_NOW",
    "PROMPT_ANALYTICS_PAGER",
    "PROMPT_ANALYTICS_THREADS",
    "PROMPT_ANALYTICS_TIMEZONE",
];

/// What to say of a variable that looks like one of ours and is none. Only `config show` says it: whoever wonders why a
/// setting does not hold looks there, and cron needs no mail about it.
fn not_read(variable: &str) -> Option<String> {
    let own = variable.strip_prefix("PROMPT_ANALYTICS_").filter(|_| !VARIABLES.contains(&variable))?;
    let known: Vec<&str> = VARIABLES.iter().filter_map(|known| known.strip_prefix("PROMPT_ANALYTICS_")).collect();
    let meant = spelling::nearest(own, &known).map(|known| format!("; did you mean PROMPT_ANALYTICS_{known}?"));
    Some(format!("note: nothing reads {variable}{}", meant.unwrap_or_default()))
}

fn init(asked: &ConfigInit, everywhere: &Everywhere) -> Result<ExitCode> {
    let text = draw::beginning(asked.local);
    let mut stdout = std::io::stdout().lock();
    if asked.print {
        stdout.write_all(text.as_bytes())?;
        stdout.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    let path = if asked.local {
        directory_path(&place::to_write(everywhere)?.0.dir)
    } else {
        user_path(place::named(everywhere)).context("there is no home directory; give --config")?
    };
    begin(&path, &text)?;
    writeln!(stdout, "{}", safe(&path.display().to_string()))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a file that only its owner can read: it may come to hold a salt.
fn begin(path: &Path, text: &str) -> Result<()> {
    let cannot = |error: std::io::Error| Trouble::new(format!("cannot write {}: {}", path.display(), cause(&error)));
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(cannot)?;
    }
    let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = created.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Trouble::new(format!("{} is there already", path.display()))
            .hint("`prompt-analytics config init --print` prints what would have been written"),
        _ => cannot(error),
    })?;
    file.write_all(text.as_bytes()).map_err(|error| {
        // Half a config would pass for a whole one.
        let _ = std::fs::remove_file(path);
        cannot(error).into()
    })
}
