//! What can be imported on this machine: the sources, where they look, and what is there.

use super::super::place;
use super::super::trouble::safe;
use super::homes;
use crate::coverage::{count, thousands};
use crate::import;
use anyhow::Result;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

/// Lists the sources.
///
/// # Errors
/// Standard output cannot be written.
pub fn list(is_json: bool) -> Result<ExitCode> {
    let text = if is_json { json()? } else { table() };
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn table() -> String {
    let lookup = |name: &str| std::env::var(name).ok();
    let homes = homes(&lookup);
    let mut text = String::new();
    for source in import::ALL {
        let _ = writeln!(text, "{:<13} {}", source.name, source.reads);
        if source.how.is_table() {
            let _ = writeln!(text, "{:<13}   the files that are named", "");
        }
        for place in (source.places)(&homes) {
            let spots = import::found_in(source, &place);
            let there = match spots.files.len() as u64 {
                _ if !place.exists() => "not there".to_owned(),
                files => format!("{}, {} bytes", count(files, "file"), thousands(spots.bytes().into())),
            };
            let _ = writeln!(text, "{:<13}   {}: {there}", "", safe(&place::shortened(&place)));
        }
    }
    text
}

fn json() -> Result<String> {
    let lookup = |name: &str| std::env::var(name).ok();
    let homes = homes(&lookup);
    let sources = import::ALL.iter().map(|source| {
        let places = (source.places)(&homes).into_iter().map(|place| {
            let spots = import::found_in(source, &place);
            serde_json::json!({
                "path": place.to_string_lossy(),
                "exists": place.exists(),
                "files": spots.files.len(),
                "bytes": spots.bytes(),
            })
        });
        let places: Vec<_> = places.collect();
        serde_json::json!({ "source": source.name, "reads": source.reads, "places": places })
    });
    let sources: Vec<_> = sources.collect();
    Ok(serde_json::to_string_pretty(&serde_json::json!({ "sources": sources }))? + "\n")
}
