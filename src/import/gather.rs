//! Importing the logs of another tool: many files, read once, side by side; what they tell of one answer is laid together,
//! held against the log, and written round by round, so that a stopped import goes on where it was.

use super::found::{Answer, Forks, Found, TAKEN_BACK, rank};
use super::held::{self, Held, Version};
use super::id::Id;
use super::memory::{Memory, Read};
use super::tally::{At, Tally};
use super::walk::Spots;
use super::{How, Origin, Reader, Source};
use crate::event::{Event, Field, Kind, MAX_LINE_BYTES, Privacy, Value};
use crate::log::{self, Change, Checkpoint, Encoding, Piece, Stamp};
use crate::threads;
use anyhow::Result;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Bytes of files that are usually read, held against the log and written at a time.
pub const ROUND_BYTES: u64 = 256 << 20;

/// Bytes of lines written under one lock.
const BATCH_BYTES: u64 = 1 << 20;

/// An import of another tool's logs.
pub struct Gathering<'a> {
    pub source: &'static Source,
    pub spots: &'a Spots,
    /// The metrics directory; it is created with the first event.
    pub dir: &'a Path,
    pub privacy: &'a Privacy,
    /// The machine it is done on.
    pub host: &'a str,
    /// Whether nothing is to be written.
    pub is_dry: bool,
    /// Whether files are read from their start, whatever was read of them before.
    pub is_again: bool,
    /// Whether the texts of prompts are kept.
    pub has_text: bool,
    pub threads: usize,
    /// Bytes of files to read before what they tell is written; what is stopped then is kept.
    pub round_bytes: u64,
    /// The machine's clock.
    pub now_ns: i64,
    /// Becomes true when the import is to stop.
    pub stop: &'a AtomicBool,
}

/// Told the bytes done and those to do.
pub type Tell<'t> = &'t mut (dyn FnMut(u64, u64) + Send);

/// Imports what is new in the files.
///
/// # Errors
/// The log cannot be read or written. What was written before stays, and the next import goes on from there.
pub fn gather(job: &Gathering, tell: Tell) -> Result<Tally> {
    let mut memory = if job.is_again { Memory::default() } else { Memory::read(job.dir) };
    let known = Forks(memory.of(job.source.name).forks.clone());
    let mut import = Gathered { job, held: None, forks: known.clone(), tally: Tally::default() };
    import.tally.failed.clone_from(&job.spots.unreadable);
    import.all(&mut memory, tell)?;
    if import.forks.are_deeper(&known) && !import.tally.is_stopped {
        // What was imported as the origin of forks was one itself: its copies have to find each other.
        memory.of(job.source.name).files.clear();
        let first = std::mem::take(&mut import.tally);
        import.all(&mut memory, tell)?;
        import.tally.follow(first);
    }
    Ok(import.tally)
}

/// The end of the first items that come to so many bytes, or are all.
fn end_of<T>(items: &[T], limit: u64, bytes: impl Fn(&T) -> u64) -> usize {
    let mut sum = 0;
    let fit = items.iter().take_while(|item| {
        let fits = sum < limit;
        sum += bytes(item);
        fits
    });
    fit.count()
}

/// How far the files are read.
struct Done<'t> {
    bytes: AtomicU64,
    total: u64,
    tell: Mutex<Tell<'t>>,
}

impl Done<'_> {
    fn file(&self, bytes: u64) {
        let done = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if let Ok(mut tell) = self.tell.try_lock() {
            tell(done.min(self.total), self.total);
        }
    }
}

/// What became of one file.
enum One {
    Unchanged,
    Read { path: String, found: Box<Found>, read: Box<Read>, bytes: u64 },
    Failed(String),
}

/// Reads what is new in a file.
fn one(job: &Gathering, path: &Path, known: Option<&Read>) -> One {
    let shown = path.display().to_string();
    match read(job, path, &shown, known) {
        Ok(one) => one,
        Err(error) => {
            let why = error.downcast_ref::<io::Error>().map_or_else(|| format!("{error:#}"), log::cause);
            One::Failed(format!("{shown}: {why}"))
        }
    }
}

fn read(job: &Gathering, path: &Path, shown: &str, known: Option<&Read>) -> Result<One> {
    let stamp = Stamp::of(path)?;
    let encoding = log::encoding(path).unwrap_or(Encoding::Plain);
    let source = log::Source { path: path.to_owned(), encoding, bytes: stamp.bytes };
    let version = job.source.how.version(job.has_text);
    let known = known.filter(|known| known.reader == version);
    if let How::Rows { read, .. } = job.source.how {
        return rows(read, &source, stamp, (job, shown, version, known));
    }
    let comparison = known.map(|known| log::compare(&known.checkpoint, &source)).transpose()?;
    let change = comparison.map(|comparison| comparison.change);
    let mut bytes = comparison.map_or(0, |comparison| comparison.bytes_read);
    let known = match (known, change) {
        (Some(_), Some(Change::Same)) if bytes == 0 => return Ok(One::Unchanged),
        (Some(known), Some(Change::Same | Change::Grown)) => Some(known),
        _ => None,
    };
    let mut found = Found::new(shown.to_owned());
    let carried = known.map_or("", |known| known.carried.as_str());
    let (from, first) = known.map_or((0, 0), |known| (known.checkpoint.committed, known.checkpoint.lines));
    let origin = |carried| Origin { path, carried, has_text: job.has_text };
    let (taken, carried) = match &job.source.how {
        How::Lines { open, .. } => {
            let mut reader = open(&origin(carried));
            lines(&source, from..stamp.bytes, first, &mut *reader, &mut found)?
        }
        How::Whole { read, .. } => {
            let is_new = known.is_none() || change != Some(Change::Same);
            if is_new {
                read(&origin(""), &mut found)?;
            }
            // Its bytes are what the next import compares; a file of this kind is read whole or not at all.
            (log::take(&source, from..stamp.bytes, true, |_| ())?, String::new())
        }
        How::Table { .. } | How::Rows { .. } => anyhow::bail!("`{}` reads tables", job.source.name),
    };
    bytes += taken.range.end.saturating_sub(taken.range.start) + taken.pending;
    let taken = std::slice::from_ref(&taken);
    let checkpoint = match known {
        Some(known) => known.checkpoint.extended(&source, stamp, job.now_ns, taken)?,
        None => Checkpoint::new(&source, stamp, job.now_ns, taken)?,
    };
    let read = Box::new(Read { reader: version, checkpoint, carried });
    Ok(One::Read { path: path.to_string_lossy().into_owned(), found: Box::new(found), read, bytes })
}

/// Reads the new rows of a database. They are told by themselves, for their bytes may wait in another file.
fn rows(
    read: fn(&Origin, &mut Found) -> Result<String>,
    source: &log::Source,
    stamp: Stamp,
    (job, shown, version, known): (&Gathering, &str, u32, Option<&Read>),
) -> Result<One> {
    let before = known.map_or("", |known| known.carried.as_str());
    let mut found = Found::new(shown.to_owned());
    let carried = read(&Origin { path: &source.path, carried: before, has_text: job.has_text }, &mut found)?;
    if found.tally.records == 0 && known.is_some() && carried == before {
        return Ok(One::Unchanged);
    }
    let checkpoint = Checkpoint::new(source, stamp, job.now_ns, &[])?;
    let (bytes, read) = (found.tally.bytes, Box::new(Read { reader: version, checkpoint, carried }));
    Ok(One::Read { path: source.path.to_string_lossy().into_owned(), found: Box::new(found), read, bytes })
}

/// Hands the lines of a file to its reader. A last line without a newline is looked at once it may be whole, but what the
/// reader knew before it is carried, for it will be read again. Of a file that ends within something, nothing is taken.
fn lines(
    source: &log::Source,
    range: std::ops::Range<u64>,
    mut number: u64,
    reader: &mut dyn Reader,
    found: &mut Found,
) -> io::Result<(log::Taken, String)> {
    let start = range.start;
    let mut before = None;
    let mut taken = log::take(source, range, true, |piece| {
        number += 1;
        let at = At::Line(number);
        match piece {
            Piece::Line { bytes, .. } if bytes.trim_ascii().is_empty() => {}
            Piece::Line { bytes, is_terminated: true, .. } => reader.text(bytes, at, found),
            Piece::Line { bytes, .. } if reader.may_end_with(bytes.trim_ascii_end()) => {
                before = Some((reader.carried(), reader.is_between()));
                reader.text(bytes, at, found);
            }
            Piece::Line { .. } => found.tally.pending += 1,
            Piece::TooLong { .. } => found.skip(at, "too long", ""),
        }
    })?;
    if !reader.is_between() {
        found.tally.pending = 1;
    }
    let (carried, is_between) = before.unwrap_or_else(|| (reader.carried(), reader.is_between()));
    if !is_between {
        let pending = taken.pending + taken.range.end.saturating_sub(start);
        taken = log::Taken { range: start..start, digest: None, lines: 0, pending };
    }
    Ok((taken, carried))
}

/// An import under way.
struct Gathered<'a> {
    job: &'a Gathering<'a>,
    /// What the log holds, once it matters.
    held: Option<Held>,
    forks: Forks,
    tally: Tally,
}

impl Gathered<'_> {
    /// Imports all files, round by round.
    fn all(&mut self, memory: &mut Memory, tell: Tell) -> Result<()> {
        let job = self.job;
        let name = job.source.name;
        let files = &job.spots.files;
        let done = Done { bytes: AtomicU64::new(0), total: job.spots.bytes(), tell: Mutex::new(tell) };
        let mut start = 0;
        while start < files.len() {
            let end = end_of(&files[start..], job.round_bytes, |file| file.bytes) + start;
            let remembered = memory.of(name);
            let read = threads::map(job.threads, end - start, |at| {
                let file = &files[start + at];
                let known = remembered.files.get(&*file.path.to_string_lossy());
                let read = (!job.stop.load(Ordering::Relaxed)).then(|| one(job, &file.path, known));
                done.file(file.bytes);
                read
            });
            let Some(read) = read.into_iter().collect::<Option<Vec<One>>>() else {
                self.tally.is_stopped = true;
                return Ok(());
            };
            let answers = self.fold(read, memory)?;
            let is_new = !answers.is_empty();
            self.write(answers)?;
            if !job.is_dry && (is_new || end == files.len()) {
                memory.of(name).forks.clone_from(&self.forks.0);
                if end == files.len() {
                    memory.prune(name);
                }
                memory.save(job.dir)?;
            }
            start = end;
        }
        Ok(())
    }

    /// Counts what was read and lays the copies of each answer over each other; they come in the order of their files.
    fn fold(&mut self, read: Vec<One>, memory: &mut Memory) -> Result<Vec<(Answer, Vec<Id>)>> {
        let mut answers = Vec::new();
        for one in read {
            self.tally.files += 1;
            match one {
                One::Unchanged => self.tally.unchanged += 1,
                One::Failed(why) => self.tally.failed.push(why),
                One::Read { path, mut found, read, bytes } => {
                    self.tally.bytes += bytes;
                    answers.append(&mut found.answers);
                    for (fork, parent) in found.forks {
                        self.forks.0.entry(fork).or_insert(parent);
                    }
                    self.tally.add(found.tally);
                    memory.of(self.job.source.name).files.insert(path, *read);
                }
            }
        }
        if answers.is_empty() {
            return Ok(Vec::new());
        }
        let held = if let Some(held) = self.held.take() {
            held
        } else {
            let held = Held::read(self.job.dir, |_| ())?;
            self.tally.unreadable.clone_from(&held.unreadable);
            held
        };
        let between = self.forks.between();
        let mut places = HashMap::<Id, usize>::with_capacity(answers.len());
        let mut laid = Vec::<(Answer, Vec<Id>)>::with_capacity(answers.len());
        for mut answer in answers {
            let (id, others) = self.identity(&answer, &between, &held);
            answer.key = id;
            if let Some(place) = places.get(&answer.key) {
                self.tally.repeated += 1;
                laid[*place].0.lay(answer);
            } else {
                places.insert(answer.key, laid.len());
                laid.push((answer, others));
            }
        }
        self.held = Some(held);
        Ok(laid)
    }

    /// The identity of an answer, and others that the log holds it under: what a fork goes back to may be learned after
    /// copies were imported from several members of its family.
    fn identity(&self, answer: &Answer, between: &HashMap<&str, BTreeSet<&str>>, held: &Held) -> (Id, Vec<Id>) {
        let source = self.job.source.name.as_bytes();
        let key = answer.key.text();
        let id = |family: Option<&str>| Id::of([source, key.as_bytes()].into_iter().chain(family.map(str::as_bytes)));
        let Some(conversation) = answer.family.as_deref() else { return (id(None), Vec::new()) };
        let root = self.forks.root(conversation);
        let others = between.get(root).into_iter().flatten().map(|origin| id(Some(origin)));
        (id(Some(root)), others.filter(|id| held.live(*id).is_some()).collect())
    }

    /// Writes what the log does not hold, or not all of.
    fn write(&mut self, answers: Vec<(Answer, Vec<Id>)>) -> Result<()> {
        let Some(mut held) = self.held.take() else { return Ok(()) };
        let mut lines = Vec::new();
        let mut partly = Vec::new();
        for (answer, others) in answers {
            let ids = [answer.key].into_iter().chain(others);
            let known: Vec<(Id, Version)> = ids.filter_map(|id| Some((id, held.live(id)?))).collect();
            match known[..] {
                [] if held.holds(answer.key) => self.tally.known += 1,
                [] => {
                    self.tally.added += 1;
                    self.put(answer, &mut held, &mut lines);
                }
                [(id, known)] if id == answer.key && !is_news(&answer, known) => self.tally.known += 1,
                _ => partly.push((answer, known)),
            }
        }
        let wanted: HashSet<(Id, i64)> =
            partly.iter().flat_map(|(_, known)| known).map(|(id, known)| (*id, known.ts_ns)).collect();
        let mut logged = held::fetch(self.job.dir, &wanted)?;
        for (mut answer, known) in partly {
            self.tally.revised += 1;
            let key = answer.key;
            for (id, _) in &known {
                if let Some(event) = logged.remove(id) {
                    answer.lay(Answer::logged(key, event));
                }
            }
            for (id, known) in known.into_iter().filter(|(id, known)| (*id, known.ts_ns) != (key, answer.event.ts_ns)) {
                lines.push((known.ts_ns, taken_back(id, known.ts_ns)));
                held.add(id, Version { ts_ns: known.ts_ns, rev: TAKEN_BACK, is_retracted: true });
            }
            self.put(answer, &mut held, &mut lines);
        }
        self.held = Some(held);
        self.append(lines)
    }

    /// Makes the line of an answer.
    fn put(&mut self, answer: Answer, held: &mut Held, lines: &mut Vec<(i64, String)>) {
        let (key, rev) = (answer.key, answer.rev());
        let mut event = answer.event;
        event.id = Some(key.text().into());
        event.rev = rev;
        event.set(Field::Source, Value::Text(self.job.source.name.into()));
        if event.value(Field::Host).is_none() && !self.job.host.is_empty() {
            event.set(Field::Host, Value::Text(self.job.host.to_owned().into()));
        }
        self.job.privacy.apply(&mut event);
        let mut line = event.line();
        if line.len() > MAX_LINE_BYTES {
            event.remove(Field::Parameters);
            line = event.line();
        }
        held.add(key, Version { ts_ns: event.ts_ns, rev, is_retracted: false });
        self.tally.note(event.ts_ns, &line);
        lines.push((event.ts_ns, line));
    }

    /// Appends lines in the order of their times.
    fn append(&mut self, mut lines: Vec<(i64, String)>) -> Result<()> {
        if self.job.is_dry {
            return Ok(());
        }
        lines.sort();
        let mut start = 0;
        while start < lines.len() {
            let end = start + end_of(&lines[start..], BATCH_BYTES, |(_, line)| line.len() as u64);
            let appended = log::append(self.job.dir, &lines[start..end])?;
            if appended.is_beside {
                self.tally.beside.extend(appended.files);
            }
            start = end;
        }
        Ok(())
    }
}

/// Whether an answer tells more than the log does: that it was given earlier, or to somebody else, or how it went on.
fn is_news(answer: &Answer, known: Version) -> bool {
    let rev = answer.rev();
    match answer.event.ts_ns.cmp(&known.ts_ns) {
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Equal => rev > known.rev,
        std::cmp::Ordering::Greater => rank(rev) > rank(known.rev),
    }
}

/// The line that takes back an event which turned out to be a later copy.
fn taken_back(key: Id, ts_ns: i64) -> String {
    let id = Some(key.text().into());
    Event { kind: Kind::Run, ts_ns, id, rev: TAKEN_BACK, is_retracted: true, fields: Vec::new() }.line()
}
