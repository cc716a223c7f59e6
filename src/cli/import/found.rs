//! What can be imported on this machine: the sources, where they look, and what is there.

use super::super::args::Everywhere;
use super::super::config::{Config, Recipe};
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
/// The config is broken, or standard output cannot be written.
pub fn list(is_json: bool, everywhere: &Everywhere) -> Result<ExitCode> {
    let (_, config) = place::find(everywhere)?;
    let text = if is_json { json(&config)? } else { table(&config) };
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn table(config: &Config) -> String {
    let lookup = |name: &str| std::env::var(name).ok();
    let homes = homes(&lookup);
    let mut text = String::new();
    for source in import::ALL {
        let _ = writeln!(text, "{:<13} {}", source.name, source.reads);
        let places = (source.places)(&homes);
        if places.is_empty() {
            let _ = writeln!(text, "{:<13}   the files that are named", "");
        }
        for place in places {
            let spots = import::found_in(source, &place);
            let there = match spots.files.len() as u64 {
                _ if !place.exists() => "not there".to_owned(),
                files => format!("{}, {} bytes", count(files, "file"), thousands(spots.bytes().into())),
            };
            let _ = writeln!(text, "{:<13}   {}: {there}", "", safe(&place::shortened(&place)));
        }
    }
    for recipe in config.recipes() {
        let own = |key| safe(recipe.text(key).unwrap_or_default());
        let _ = writeln!(text, "{:<13} a recipe of the config for `{}`", own("name"), own("source"));
        if let Some(files) = recipe.text("files") {
            let _ = writeln!(text, "{:<13}   {}", "", safe(files));
        }
    }
    text
}

fn json(config: &Config) -> Result<String> {
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
    let recipe = |key: &str, recipe: Recipe| serde_json::json!(recipe.text(key));
    let recipes = config.recipes().map(|of| {
        serde_json::json!({ "name": recipe("name", of), "source": recipe("source", of), "files": recipe("files", of) })
    });
    let recipes: Vec<_> = recipes.collect();
    Ok(serde_json::to_string_pretty(&serde_json::json!({ "sources": sources, "recipes": recipes }))? + "\n")
}
