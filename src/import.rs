//! Imports: other people's logs become events. One source per file, listed once in `ALL`; what all of them share is
//! the receiving end (`sink`), the accounting (`tally`) and identities that make a second import add nothing (`id`).
//!
//! It knows files and the log; it does not know arguments, the terminal or the clock.

mod aider;
mod claude_code;
mod codex;
mod csv;
mod document;
mod expr;
mod found;
mod gather;
mod gemini;
mod held;
mod id;
mod json;
mod langfuse;
mod memory;
mod object;
mod parse;
mod promptfoo;
mod recipe;
mod refused;
mod sink;
mod table;
mod tally;
mod value;
mod walk;
mod when;

pub use found::{Answer, Found, run, said, text};
pub use gather::{Gathering, ROUND_BYTES, Tell, gather};
pub use id::Id;
pub use recipe::{Asked, Recipe};
pub use refused::{Refused, nearest};
pub use sink::Sink;
pub use tally::{At, Count, Meter, Tally};
pub use walk::{Homes, Spot, Spots, discover, found_in, named as named_files};

use crate::event::Privacy;
use anyhow::Result;
use held::Held;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A kind of file that events can be made of.
pub struct Source {
    /// What it is called on the command line, and in the `source` field of its events.
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    /// What it reads, in a few words.
    pub reads: &'static str,
    /// Where its files are on a machine that has any.
    pub places: fn(&Homes) -> Vec<PathBuf>,
    /// Whether a file in one of the places, or in a folder that a person names, is one of its own.
    pub takes: fn(&Path) -> bool,
    pub how: How,
}

/// How the files of a source are read.
pub enum How {
    /// Tables of any kind, by a recipe.
    Table {
        /// Looks whether a file can be imported, before anything of any file is.
        check: fn(&Input, &Recipe, &mut Meter) -> Result<()>,
        /// Puts every record of a file into the sink.
        read: fn(&Input, &Recipe, &mut Sink) -> Result<()>,
    },
    /// JSON lines that are only ever appended to: of a file that has grown the new lines are read.
    Lines {
        /// To be raised when the same lines are read another way, so that they are read again.
        version: u32,
        open: fn(&Origin) -> Box<dyn Reader>,
    },
    /// Any other form: a file that has changed is read again as a whole.
    Whole {
        /// As that of lines.
        version: u32,
        read: fn(&Origin, &mut Found) -> Result<()>,
    },
}

impl How {
    /// The version of the importer, as it is asked for texts or not.
    fn version(&self, has_text: bool) -> u32 {
        let (How::Lines { version, .. } | How::Whole { version, .. }) = self else { return 0 };
        2 * version + u32::from(has_text)
    }

    /// Whether it reads tables, which need a recipe.
    pub fn is_table(&self) -> bool {
        matches!(self, How::Table { .. })
    }
}

/// A file that is read, and what was known at the place in it where reading goes on.
pub struct Origin<'a> {
    pub path: &'a Path,
    /// What the reader of the lines before carried; empty at the start of a file.
    pub carried: &'a str,
    /// Whether the texts of prompts are kept.
    pub has_text: bool,
}

/// Reads the lines of one file in their order.
pub trait Reader {
    /// Takes a line that looks like an object, and counts it once: as an answer, a repetition, something else or skipped.
    fn line(&mut self, line: &[u8], at: At, found: &mut Found);

    /// What is to be known to go on after the last line.
    fn carried(&self) -> String {
        String::new()
    }
}

/// The sources there are.
pub const ALL: &[&Source] = &[
    &claude_code::CLAUDE_CODE,
    &codex::CODEX,
    &gemini::GEMINI,
    &aider::AIDER,
    &promptfoo::PROMPTFOO,
    &langfuse::LANGFUSE,
    &csv::CSV,
    &json::JSON,
];

/// The source called `name`.
///
/// # Errors
/// There is none of that name.
pub fn named(name: &str) -> Result<&'static Source, Refused> {
    let found = ALL.iter().find(|source| source.name == name || source.aliases.contains(&name));
    found.copied().ok_or_else(|| {
        let names: Vec<&str> = ALL.iter().map(|source| source.name).collect();
        let hint = match nearest(name, &names) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("there are {}; `prompt-analytics import csv {name} …` reads a table", names.join(", ")),
        };
        Refused::new(format!("there is no source `{name}`")).hint(hint)
    })
}

/// A file to import.
pub struct Input<'a> {
    pub path: &'a Path,
    /// Its name as the person gave it.
    pub shown: String,
    /// Bytes when it was found.
    pub bytes: u64,
}

/// An import of tables.
pub struct Job<'a> {
    pub source: &'static Source,
    pub files: &'a [PathBuf],
    pub recipe: &'a Recipe,
    /// The metrics directory; it is created with the first event.
    pub dir: &'a Path,
    pub privacy: &'a Privacy,
    /// Whether nothing is to be written.
    pub is_dry: bool,
}

/// Imports the records of all files that are not in the log yet. All files are looked at before anything is written.
/// `tell` is called now and then with the bytes done and those to do.
///
/// # Errors
/// A file cannot be read or is not what the source reads, a column is missing, or the log cannot be read or written.
pub fn import(job: &Job, tell: &mut dyn FnMut(u64, u64)) -> Result<Tally> {
    let How::Table { check, read } = job.source.how else {
        anyhow::bail!("`{}` reads no tables", job.source.name);
    };
    let inputs = job.files.iter().map(|path| Input::open(path)).collect::<Result<Vec<_>>>()?;
    // Every file is gone through twice: to look, and to import.
    let to_import: u64 = inputs.iter().map(|input| 2 * input.bytes).sum();
    let mut meter = Meter::new(to_import + log_bytes(job.dir), tell);
    for input in &inputs {
        check(input, job.recipe, &mut meter)?;
        meter.step(input.bytes);
    }
    let known = Held::read(job.dir, |bytes| meter.step(bytes))?;
    let mut sink = Sink::new(job.dir, job.privacy, job.is_dry, known, meter);
    for input in &inputs {
        sink.start(input.shown.clone());
        read(input, job.recipe, &mut sink)?;
        sink.end(input.bytes)?;
    }
    sink.finish()
}

impl Input<'_> {
    fn open(path: &Path) -> Result<Input<'_>> {
        let shown = path.display().to_string();
        let metadata = File::open(path).and_then(|file| file.metadata());
        let metadata =
            metadata.map_err(|error| Refused::new(format!("cannot read {shown}: {}", crate::log::cause(&error))))?;
        if metadata.is_file() {
            return Ok(Input { path, shown, bytes: metadata.len() });
        }
        let (what, hint) = if metadata.is_dir() {
            ("a directory", format!("name the files in it, such as `{}/*`", shown.trim_end_matches('/')))
        } else {
            ("not a regular file", "it is read twice, so save it to a file first".to_owned())
        };
        Err(Refused::new(format!("{shown} is {what}")).hint(hint).into())
    }
}

/// Bytes of log below a directory, for the meter; what cannot be listed is named by who reads it.
fn log_bytes(dir: &Path) -> u64 {
    crate::log::sources(dir).map_or(0, |(sources, _)| sources.iter().map(|source| source.bytes).sum())
}

#[cfg(test)]
mod tests;
