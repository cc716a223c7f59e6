//! Check: the log line by line, without columns. It reads every file itself and counts what it finds there, so that what
//! reports say they read can be held against it. It keeps counts and the first examples, never a log.

mod beside;
mod compare;
mod copies;
mod counts;
mod excerpt;
mod keys;
mod list;
mod reading;
mod sheet;

pub use beside::{Beside, Stray, Wide, beside};
pub use compare::{Disagreement, disagreements};
pub use list::{Listed, list};
pub use sheet::{Answer, Cached, Found, Unpriced, sheet};

use crate::coverage::Unreadable;
use crate::log::{self, Encoding, Source};
use crate::threads;
use anyhow::Result;
use copies::Copies;
use counts::Counts;
use std::path::Path;

/// How to read.
pub struct Settings<'a> {
    pub now_ns: i64,
    pub threads: usize,
    /// Examples kept of each kind of trouble, the first ones.
    pub most: usize,
    /// Called with the bytes read since the last call and those of the whole log.
    pub progress: &'a (dyn Fn(u64, u64) + Sync),
}

/// A log that was read line by line.
pub struct Checked {
    /// In the order of their paths.
    files: Vec<FileCount>,
    sources: Vec<Source>,
    unreadable: Vec<Unreadable>,
    /// Files whose lines stand in another one as well.
    left_out: Vec<Unreadable>,
    counts: Counts,
    copies: Copies,
    /// Examples kept of each kind of trouble.
    most: usize,
}

/// What one file holds.
#[derive(Clone, Debug, PartialEq)]
struct FileCount {
    /// Its path below the metrics directory.
    name: String,
    encoding: Encoding,
    text: Text,
    bytes: u64,
    lines: u64,
    /// Lines that are events, copies included.
    events: u64,
    skipped: u64,
    pending: u64,
    oldest_ns: Option<i64>,
    newest_ns: Option<i64>,
    /// What went wrong while it was read; the lines before it count.
    failure: Option<String>,
}

/// How the text of a file is written, as far as its beginning tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Text {
    #[default]
    Utf8,
    Utf16,
    /// Lines ended by carriage returns alone, which makes one line of them all.
    CarriageReturns,
}

/// Reads every file below `dir` line by line. A file that cannot be read is named, and the others are read.
///
/// # Errors
/// The directory itself cannot be read.
pub fn check(dir: &Path, settings: &Settings<'_>) -> Result<Checked> {
    let (sources, unreadable) = log::sources(dir)?;
    let log::Siblings { sources, left_out, .. } = log::siblings(dir, sources, &[], settings.now_ns);
    let total = sources.iter().map(|source| source.bytes).sum();
    let read = threads::map(settings.threads, sources.len(), |at| {
        let read = reading::read(&sources[at], dir, at, settings);
        (settings.progress)(sources[at].bytes, total);
        read
    });
    let (mut files, mut counts) = (Vec::with_capacity(read.len()), Counts::new(settings.most));
    for (file, of_file) in read {
        files.push(file);
        counts.merge(of_file);
    }
    let copies = copies::resolve(std::mem::take(&mut counts.identities), settings);
    Ok(Checked { files, sources, unreadable, left_out, counts, copies, most: settings.most })
}

impl Checked {
    /// Whether the files are still those that were read, as far as their names and sizes tell. A writer may be at work.
    pub fn is_current(&self, dir: &Path) -> bool {
        let of = |sources: &[Source]| {
            let files = sources.iter().map(|source| (source.path.clone(), source.bytes));
            files.collect::<Vec<_>>()
        };
        // What was left out is not looked at again: whoever reads now would leave it out as well.
        let is_read = |source: &Source| {
            let name = source.path.strip_prefix(dir).unwrap_or(&source.path).display().to_string();
            !self.left_out.iter().any(|file| file.file == name)
        };
        let current = |sources: Vec<Source>| sources.into_iter().filter(is_read).collect::<Vec<_>>();
        log::sources(dir).is_ok_and(|(sources, _)| of(&current(sources)) == of(&self.sources))
    }

    /// Lines that could not be read at all.
    pub fn skipped(&self) -> u64 {
        self.counts.skipped.values().map(|examples| examples.count).sum()
    }

    /// Files that were read to their end.
    fn read(&self) -> u64 {
        self.files.iter().filter(|file| file.failure.is_none()).count() as u64
    }

    /// Files that could not be read, or not to their end, and why.
    fn failures(&self) -> impl Iterator<Item = (&str, &str)> {
        let whole = self.unreadable.iter().map(|file| (file.file.as_str(), file.why.as_str()));
        whole.chain(self.files.iter().filter_map(|file| Some((file.name.as_str(), file.failure.as_deref()?))))
    }

    fn is_empty(&self) -> bool {
        self.files.is_empty() && self.unreadable.is_empty()
    }
}

/// The instant from which on an event is in the future: more than a day ahead of now.
fn future_ns(now_ns: i64) -> i64 {
    now_ns.saturating_add(crate::time::NS_PER_DAY)
}
