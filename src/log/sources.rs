//! The files of a metrics directory: every `*.jsonl`, plain or compressed, each once.

use crate::coverage::Unreadable;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// How a file's lines are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    Plain,
    Gzip,
    Zstd,
}

/// A file to read lines from.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: PathBuf,
    pub encoding: Encoding,
    /// Bytes on disk when it was found; what a writer appends later belongs to the next answer.
    pub bytes: u64,
}

/// The files to read below `dir` in the order of their paths, and those that cannot be.
///
/// # Errors
/// `dir` itself cannot be listed.
pub fn sources(dir: &Path) -> Result<(Vec<Source>, Vec<Unreadable>)> {
    std::fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let mut sources = Vec::new();
    let mut unreadable = Vec::new();
    let mut seen = HashSet::new();
    for entry in WalkDir::new(dir).follow_links(true).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                // A loop of links leads only to what is read anyway.
                if error.loop_ancestor().is_none() {
                    let path = error.path().unwrap_or(dir).to_owned();
                    unreadable.push(refuse(&path, dir, error));
                }
                continue;
            }
        };
        let Some(encoding) = encoding(entry.path()) else { continue };
        if !entry.file_type().is_file() {
            let why = if entry.file_type().is_dir() { "a directory" } else { "not a regular file" };
            unreadable.push(Unreadable { file: relative(entry.path(), dir), why: why.to_owned() });
            continue;
        }
        match entry.metadata() {
            // One file under two names is one file.
            Ok(metadata) if !seen.insert((metadata.dev(), metadata.ino())) => {}
            Ok(metadata) => sources.push(Source { path: entry.into_path(), encoding, bytes: metadata.len() }),
            Err(error) => unreadable.push(refuse(entry.path(), dir, error)),
        }
    }
    Ok((sources, unreadable))
}

fn refuse(path: &Path, dir: &Path, error: walkdir::Error) -> Unreadable {
    let why = error.into_io_error().map_or_else(|| "cannot be opened".to_owned(), |error| cause(&error));
    Unreadable { file: relative(path, dir), why }
}

/// An I/O error in the words of the system, without its number.
pub fn cause(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

fn relative(path: &Path, dir: &Path) -> String {
    path.strip_prefix(dir).unwrap_or(path).display().to_string()
}

/// How the lines of a file are packed, by its name; `None` of one that holds no lines of JSON.
pub fn encoding(path: &Path) -> Option<Encoding> {
    let name = path.file_name()?.as_encoded_bytes();
    match name {
        name if name.starts_with(b".") => None,
        name if name.ends_with(b".jsonl") => Some(Encoding::Plain),
        name if name.ends_with(b".jsonl.gz") => Some(Encoding::Gzip),
        name if name.ends_with(b".jsonl.zst") => Some(Encoding::Zstd),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_need_not_be_text() {
        use std::os::unix::ffi::OsStrExt as _;
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join(std::ffi::OsStr::from_bytes(b"\xff.jsonl")), "").unwrap();
        let (sources, unreadable) = sources(home.path()).unwrap();
        assert_eq!((sources.len(), unreadable), (1, Vec::new()));
    }

    #[test]
    fn every_jsonl_below_the_directory_is_read_once_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path();
        std::fs::create_dir_all(dir.join("laptop/deep")).unwrap();
        std::fs::create_dir(dir.join("folder.jsonl")).unwrap();
        for file in ["b.jsonl", "laptop/deep/a.jsonl", "old.jsonl.gz", "old.jsonl.zst", "notes.txt", ".hidden.jsonl"] {
            std::fs::write(dir.join(file), "").unwrap();
        }
        std::fs::hard_link(dir.join("b.jsonl"), dir.join("c.jsonl")).unwrap();
        std::os::unix::fs::symlink(dir.join("b.jsonl"), dir.join("d.jsonl")).unwrap();
        std::os::unix::fs::symlink(dir, dir.join("laptop/loop")).unwrap();
        std::os::unix::fs::symlink("nowhere", dir.join("dangling.jsonl")).unwrap();
        let (sources, unreadable) = sources(dir).unwrap();
        let names: Vec<String> = sources.iter().map(|source| relative(&source.path, dir)).collect();
        assert_eq!(names, ["b.jsonl", "laptop/deep/a.jsonl", "old.jsonl.gz", "old.jsonl.zst"]);
        let refused: Vec<_> = unreadable.iter().map(|file| (file.file.as_str(), file.why.as_str())).collect();
        assert_eq!(refused, [("dangling.jsonl", "no such file or directory"), ("folder.jsonl", "a directory")]);
    }
}
