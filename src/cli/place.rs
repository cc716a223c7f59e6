//! Where the metrics directory is: one rule for writers and readers, and the reason to print with every answer.

use super::args::Everywhere;
use super::config::{self, Config, File};
use crate::event::Privacy;
use anyhow::{Context, Result};
use directories::ProjectDirs;
use std::path::{Path, PathBuf};

/// The metrics directory and how it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub dir: PathBuf,
    pub why: String,
}

impl Place {
    /// `metrics/prompt-analytics (found from the repository root)`.
    pub fn words(&self) -> String {
        format!("{} ({})", shortened(&self.dir), self.why)
    }
}

/// Why it is where the user's config says.
pub const BY_CONFIG: &str = "from `dir` in the config";

/// The metrics directory below a project.
const IN_PROJECT: &str = "metrics/prompt-analytics";

/// Finds the metrics directory, and the settings that hold in it.
///
/// # Errors
/// A config file is broken, or there is no home to fall back on.
pub fn find(everywhere: &Everywhere) -> Result<(Place, Config)> {
    let (place, files) = files(everywhere)?;
    Ok((place, Config::of(&files)?))
}

/// Finds the metrics directory for a writer, and what is to be kept out of it. What the config says of reports is not
/// looked at: a wrong target stops no line.
///
/// # Errors
/// A config file cannot be read, its `dir` or `[privacy]` is broken, or there is no home to fall back on.
pub fn to_write(everywhere: &Everywhere) -> Result<(Place, Privacy)> {
    let (place, files) = files(everywhere)?;
    Ok((place, config::privacy(&files)))
}

/// The config that was named instead of the user's own.
pub fn named(everywhere: &Everywhere) -> Option<&Path> {
    everywhere.config.as_deref().filter(|path| !path.as_os_str().is_empty())
}

/// The metrics directory and the config files that hold in it, in the order they are laid over each other.
fn files(everywhere: &Everywhere) -> Result<(Place, Vec<File>)> {
    let user = config::user(named(everywhere))?;
    let place = locate(everywhere, user.as_ref().and_then(File::dir))?;
    let files = user.into_iter().chain(config::in_directory(&place.dir)?).collect();
    Ok((place, files))
}

fn locate(everywhere: &Everywhere, by_user: Option<PathBuf>) -> Result<Place> {
    if let Some(dir) = &everywhere.dir {
        return Ok(Place { dir: dir.clone(), why: "from --dir".to_owned() });
    }
    if let Some(dir) = std::env::var_os("PROMPT_ANALYTICS_DIR").filter(|dir| !dir.is_empty()) {
        return Ok(Place { dir: dir.into(), why: "from $PROMPT_ANALYTICS_DIR".to_owned() });
    }
    if let Some(dir) = by_user {
        return Ok(Place { dir: with_home(&dir), why: BY_CONFIG.to_owned() });
    }
    let here = std::env::current_dir().context("cannot tell the working directory; was it deleted?")?;
    if let Some(place) = in_project(&here) {
        return Ok(place);
    }
    let dirs = ProjectDirs::from("", "", "prompt-analytics").context("there is no home directory; give --dir")?;
    Ok(Place { dir: dirs.data_dir().to_owned(), why: "the user's data directory".to_owned() })
}

/// `metrics/prompt-analytics` here or in a parent up to the root of the repository.
fn in_project(here: &Path) -> Option<Place> {
    let root = here.ancestors().position(|dir| dir.join(".git").exists()).unwrap_or(0);
    here.ancestors().take(root + 1).enumerate().find_map(|(up, dir)| {
        let found = dir.join(IN_PROJECT);
        let why = match up {
            0 => "found in the working directory",
            _ if up == root => "found from the repository root",
            _ => "found in a parent directory",
        };
        found.is_dir().then(|| Place { dir: found, why: why.to_owned() })
    })
}

/// A leading `~/` is the home directory.
pub fn with_home(dir: &Path) -> PathBuf {
    match (dir.strip_prefix("~"), directories::BaseDirs::new()) {
        (Ok(rest), Some(base)) => base.home_dir().join(rest),
        _ => dir.to_owned(),
    }
}

/// A path as a person would type it here: relative to the working directory, or to the home.
pub fn shortened(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    if let Some(rest) = here.and_then(|here| path.strip_prefix(here).ok()).filter(|rest| !rest.as_os_str().is_empty()) {
        return rest.display().to_string();
    }
    let home = directories::BaseDirs::new();
    match home.as_ref().and_then(|base| path.strip_prefix(base.home_dir()).ok()) {
        Some(rest) => Path::new("~").join(rest).display().to_string(),
        None => path.display().to_string(),
    }
}

/// The directory of all caches: `$XDG_CACHE_HOME/prompt-analytics` or what the platform has for it.
pub fn cache() -> Option<PathBuf> {
    Some(ProjectDirs::from("", "", "prompt-analytics")?.cache_dir().to_owned())
}

/// Whether the person asked that nothing be recorded.
pub fn is_silenced() -> bool {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|set| set == value);
    is("PROMPT_ANALYTICS", "off") || is("DO_NOT_TRACK", "1")
}

/// Who is writing: `PROMPT_USER`, else the name of the login.
pub fn user() -> Option<String> {
    ["PROMPT_USER", "USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok().filter(|user| !user.is_empty()))
}

/// The machine: `PROMPT_HOST`, else its name.
pub fn host() -> String {
    let host = std::env::var("PROMPT_HOST").ok().filter(|host| !host.is_empty());
    host.unwrap_or_else(|| gethostname::gethostname().to_string_lossy().into_owned())
}
