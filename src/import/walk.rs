//! Where other tools keep their logs, and the files found there. What the environment says is handed in.

use super::Source;
use super::refused::Refused;
use crate::log::cause;
use anyhow::Result;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Whether a file has one of some extensions.
pub fn is_named(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|own| extensions.iter().any(|extension| own.eq_ignore_ascii_case(extension)))
}

/// What a machine says of where its tools keep their logs.
pub struct Homes<'a> {
    /// The home directory.
    pub home: Option<PathBuf>,
    /// The value of an environment variable, if it is set.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Homes<'_> {
    /// The value of a variable that is set to something.
    pub fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.trim().is_empty())
    }

    /// A path below the home directory.
    pub fn home(&self, path: &str) -> Option<PathBuf> {
        Some(self.home.as_ref()?.join(path))
    }

    /// The path that a variable names, with its leading `~/` resolved.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        Some(self.resolved(self.variable(name)?.trim()))
    }

    /// The paths that a variable lists with commas between them.
    pub fn paths(&self, name: &str) -> Vec<PathBuf> {
        let value = self.variable(name).unwrap_or_default();
        value.split(',').map(str::trim).filter(|path| !path.is_empty()).map(|path| self.resolved(path)).collect()
    }

    /// `$XDG_CONFIG_HOME`, else `~/.config`.
    pub fn config(&self) -> Option<PathBuf> {
        self.path("XDG_CONFIG_HOME").or_else(|| self.home(".config"))
    }

    /// A path with its leading `~/` resolved.
    pub fn resolved(&self, path: &str) -> PathBuf {
        match path.strip_prefix("~/").and_then(|rest| self.home(rest)) {
            Some(path) => path,
            None => path.into(),
        }
    }
}

/// A file to import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    pub path: PathBuf,
    /// Bytes when it was found.
    pub bytes: u64,
}

/// Files to import, and what could not be looked at.
#[derive(Clone, Debug, Default)]
pub struct Spots {
    pub files: Vec<Spot>,
    /// `PATH: why`
    pub unreadable: Vec<String>,
}

impl Spots {
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// The files of a source in one of its places.
pub fn found_in(source: &Source, place: &Path) -> Spots {
    let mut spots = Spots::default();
    if place.exists() {
        add(source, place, &mut spots);
    }
    settled(spots)
}

/// The files of a source in the places where it keeps them.
pub fn discover(source: &Source, homes: &Homes) -> Spots {
    let mut spots = Spots::default();
    for place in (source.places)(homes).into_iter().filter(|place| place.exists()) {
        add(source, &place, &mut spots);
    }
    settled(spots)
}

/// The files of a source that a person named, or that are in folders which a person named.
///
/// # Errors
/// Something named is not there.
pub fn named(source: &Source, paths: &[PathBuf]) -> Result<Spots> {
    let mut spots = Spots::default();
    for path in paths {
        if let Err(error) = std::fs::metadata(path) {
            return Err(Refused::new(format!("cannot read {}: {}", path.display(), cause(&error))).into());
        }
        add(source, path, &mut spots);
    }
    Ok(settled(spots))
}

/// Adds a file, or the files of a source below a folder.
fn add(source: &Source, place: &Path, spots: &mut Spots) {
    let is_folder = place.is_dir();
    for entry in WalkDir::new(place).follow_links(true).sort_by_file_name() {
        match entry {
            Ok(entry) => {
                if !entry.file_type().is_file() || is_folder && !(source.takes)(entry.path()) {
                    continue;
                }
                let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
                spots.files.push(Spot { path: entry.into_path(), bytes });
            }
            Err(error) if error.loop_ancestor().is_some() => {}
            Err(error) => {
                let path = error.path().unwrap_or(place).display().to_string();
                let why = error.into_io_error().map_or_else(|| "cannot be opened".to_owned(), |error| cause(&error));
                spots.unreadable.push(format!("{path}: {why}"));
            }
        }
    }
}

/// Each file once, and not the packed copy of one that is there unpacked.
fn settled(mut spots: Spots) -> Spots {
    for file in &mut spots.files {
        if let Ok(path) = file.path.canonicalize() {
            file.path = path;
        }
    }
    spots.files.sort_by(|a, b| a.path.cmp(&b.path));
    spots.files.dedup_by(|a, b| a.path == b.path);
    let is_unpacked = |path: &Path| {
        let is_packed = path.extension().is_some_and(|extension| extension == "zst" || extension == "gz");
        is_packed && spots.files.binary_search_by(|file| file.path.as_path().cmp(&path.with_extension(""))).is_ok()
    };
    let kept = spots.files.iter().filter(|file| !is_unpacked(&file.path)).cloned().collect();
    Spots { files: kept, ..spots }
}
