//! Beside the log: files in its directory that a person may have meant to be read and that are not, and what others may
//! read. It opens none of them.

use super::counts::{At, Examples};
use std::fs::Metadata;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use walkdir::WalkDir;

/// A file that is not read.
#[derive(Clone, Debug, PartialEq)]
pub struct Stray {
    pub file: String,
    pub why: &'static str,
    pub try_this: String,
}

/// A file or directory that more than its owner may read or write.
#[derive(Clone, Debug, PartialEq)]
pub struct Wide {
    pub file: String,
    /// The permissions, as `chmod` takes them: `644`.
    pub mode: String,
    pub should: &'static str,
}

/// What lies beside the lines of a log.
pub struct Beside {
    pub strays: Examples<Stray>,
    pub wide: Examples<Wide>,
}

/// Looks at every name below `dir`; at most `most` of each are kept.
pub fn beside(dir: &Path, most: usize) -> Beside {
    let mut beside = Beside { strays: Examples::new(most), wide: Examples::new(most) };
    let mut line = 0;
    for entry in WalkDir::new(dir).follow_links(true).sort_by_file_name().into_iter().flatten() {
        let Ok(metadata) = entry.metadata() else { continue };
        let below = entry.path().strip_prefix(dir).unwrap_or(entry.path()).display().to_string();
        let file = if below.is_empty() { ".".to_owned() } else { below };
        let name = entry.file_name().to_string_lossy();
        let at = At { file: 0, line };
        line = line.saturating_add(1);
        let is_log =
            !name.starts_with('.') && [".jsonl", ".jsonl.gz", ".jsonl.zst"].iter().any(|ending| name.ends_with(ending));
        if metadata.is_file()
            && !is_log
            && let Some((why, try_this)) = meant(&name)
        {
            beside.strays.add(at, || Stray { file: file.clone(), why, try_this });
        }
        if (is_log || metadata.is_dir())
            && let Some((mode, should)) = too_wide(&metadata)
        {
            beside.wide.add(at, || Wide { file, mode, should });
        }
    }
    beside
}

fn too_wide(metadata: &Metadata) -> Option<(String, &'static str)> {
    let should = if metadata.is_dir() { "700" } else { "600" };
    let mode = metadata.permissions().mode() & 0o777;
    (metadata.is_file() || metadata.is_dir()).then_some(())?;
    (mode & 0o077 != 0).then(|| (format!("{mode:o}"), should))
}

/// Why a file of this name is not read, though it may have been meant to be, and what to do.
fn meant(name: &str) -> Option<(&'static str, String)> {
    const RENAME: &str = "if its lines are events, give it a name that ends in .jsonl";
    let lower = name.to_lowercase();
    if name.starts_with('.') {
        return None;
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    let is_of_log = lower.contains(".jsonl") || lower.contains(".ndjson");
    Some(if ends(&[".jsonl", ".jsonl.gz", ".jsonl.zst"]) {
        ("the ending is not in small letters", RENAME.to_owned())
    } else if ends(&[".bz2", ".xz", ".lz4", ".br", ".zip", ".7z", ".lzma", ".z", ".tar", ".tgz"]) {
        (
            "packed in a way that is not read",
            "unpack it, or pack it with gzip or zstd, as .jsonl.gz or .jsonl.zst".to_owned(),
        )
    } else if is_of_log && ends(&["~", ".bak", ".old", ".orig", ".tmp", ".swp", ".save"]) {
        ("the name of a copy", "delete it if it is one; if it is not, give it a name that ends in .jsonl".to_owned())
    } else if is_of_log {
        ("the name does not end in .jsonl", RENAME.to_owned())
    } else if ends(&[".csv", ".tsv"]) {
        ("a table, not a log", "import it: `prompt-analytics import csv --help`".to_owned())
    } else if ends(&[".json", ".json.gz", ".json.zst", ".jl"]) {
        let import = "or import it: `prompt-analytics import json --help`";
        ("the name does not end in .jsonl", format!("{RENAME}, {import}"))
    } else if ends(&[".log", ".log.gz", ".log.zst", ".gz", ".zst"]) {
        ("the name does not end in .jsonl", RENAME.to_owned())
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_may_have_been_meant_are_told_from_those_that_were_not() {
        for (name, is_meant) in [
            ("a.json", true),
            ("a.ndjson", true),
            ("a.jsonl.bz2", true),
            ("a.jsonl.1", true),
            ("a.jsonl-20261101", true),
            ("a.jsonl~", true),
            ("a.JSONL", true),
            ("a.log", true),
            ("trace.csv", true),
            ("config.toml", false),
            ("README.md", false),
            ("report.html", false),
            (".lock", false),
            (".a.jsonl.swp", false),
        ] {
            assert_eq!(meant(name).is_some(), is_meant, "{name}");
        }
    }
}
