//! Importing the logs of another tool: many files, read once, side by side; what they tell of one answer is laid together,
//! held against the log, and written round by round, so that a stopped import goes on where it was.

use super::found::{Answer, Found, TAKEN_BACK};
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
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Bytes of files that are read, held against the log and written at a time.
const ROUND_BYTES: u64 = 256 << 20;

/// Bytes of lines written under one lock.
const BATCH_BYTES: usize = 1 << 20;

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
    let mut round = Gathered { job, held: None, forks: Forks::default(), tally: Tally::default() };
    round.forks.0.clone_from(&memory.of(job.source.name).forks);
    round.tally.failed.clone_from(&job.spots.unreadable);
    let done = Done { bytes: AtomicU64::new(0), total: job.spots.bytes(), tell: Mutex::new(tell) };
    let files = &job.spots.files;
    let mut start = 0;
    while start < files.len() && !round.tally.is_stopped {
        let mut bytes = 0;
        let size = files[start..].iter().take_while(|file| {
            let fits = bytes < ROUND_BYTES;
            bytes += file.bytes;
            fits
        });
        let end = start + size.count();
        let remembered = memory.of(job.source.name);
        let read = threads::map(job.threads, end - start, |at| {
            let file = &files[start + at];
            let known = remembered.files.get(&*file.path.to_string_lossy());
            let read = (!job.stop.load(Ordering::Relaxed)).then(|| one(job, &file.path, known));
            done.file(file.bytes);
            read
        });
        if read.iter().any(Option::is_none) {
            round.tally.is_stopped = true;
            break;
        }
        let answers = round.fold(read.into_iter().flatten(), &mut memory)?;
        let is_new = !answers.is_empty();
        round.write(answers)?;
        if !job.is_dry && (is_new || end == files.len()) {
            memory.of(job.source.name).forks.clone_from(&round.forks.0);
            memory.save(job.dir)?;
        }
        start = end;
    }
    Ok(round.tally)
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
        How::Table { .. } => anyhow::bail!("`{}` reads tables", job.source.name),
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

/// Hands the lines of a file to its reader. A last line without a newline is looked at once it is a whole object, but what
/// the reader knew before it is carried, for it will be read again.
fn lines(
    source: &log::Source,
    range: std::ops::Range<u64>,
    mut number: u64,
    reader: &mut dyn Reader,
    found: &mut Found,
) -> io::Result<(log::Taken, String)> {
    let mut carried = None;
    let taken = log::take(source, range, true, |piece| {
        number += 1;
        let at = At::Line(number);
        match piece {
            Piece::Line { bytes, is_terminated: true, .. } => one_line(bytes, at, reader, found),
            Piece::Line { bytes, .. } if bytes.trim_ascii_end().ends_with(b"}") => {
                carried = Some(reader.carried());
                one_line(bytes, at, reader, found);
            }
            Piece::Line { .. } => found.tally.pending += 1,
            Piece::TooLong { .. } => found.skip(at, "too long", ""),
        }
    })?;
    Ok((taken, carried.unwrap_or_else(|| reader.carried())))
}

fn one_line(line: &[u8], at: At, reader: &mut dyn Reader, found: &mut Found) {
    let line = line.trim_ascii();
    if line.is_empty() {
        return;
    }
    if !(line.starts_with(b"{") && line.ends_with(b"}")) {
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
        return found.skip(at, if is_json { "not an object" } else { "not JSON" }, "");
    }
    reader.line(line, at, found);
}

/// Forks of conversations, each with what it was forked from.
#[derive(Debug, Default)]
struct Forks(BTreeMap<String, String>);

impl Forks {
    /// The conversation that a fork goes back to.
    fn root<'f>(&'f self, conversation: &'f str) -> &'f str {
        let mut root = conversation;
        // A loop of forks is nobody's, but must not be ours for ever.
        for _ in 0..=self.0.len() {
            match self.0.get(root) {
                Some(parent) if parent != conversation => root = parent,
                _ => break,
            }
        }
        root
    }

    /// A conversation with all that go back to the same one.
    fn family<'f>(&'f self, conversation: &'f str) -> BTreeSet<&'f str> {
        let root = self.root(conversation);
        let members = self.0.keys().map(String::as_str).filter(|fork| self.root(fork) == root);
        members.chain([root, conversation]).collect()
    }
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
    /// Counts what was read and lays the copies of each answer over each other; they come in the order of their files.
    fn fold(&mut self, read: impl Iterator<Item = One>, memory: &mut Memory) -> Result<Vec<Answer>> {
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
            return Ok(answers);
        }
        let held = if let Some(held) = self.held.take() {
            held
        } else {
            let held = Held::read(self.job.dir, |_| ())?;
            self.tally.unreadable.clone_from(&held.unreadable);
            held
        };
        let mut places = HashMap::<Id, usize>::with_capacity(answers.len());
        let mut laid = Vec::<Answer>::with_capacity(answers.len());
        for mut answer in answers {
            answer.key = self.id(&answer, &held);
            if let Some(place) = places.get(&answer.key) {
                self.tally.repeated += 1;
                laid[*place].lay(answer);
            } else {
                places.insert(answer.key, laid.len());
                laid.push(answer);
            }
        }
        self.held = Some(held);
        Ok(laid)
    }

    /// The identity of an answer: of one in a family that under which any of its members has it in the log, for what a fork
    /// goes back to may be learned after it was imported.
    fn id(&self, answer: &Answer, held: &Held) -> Id {
        let source = self.job.source.name.as_bytes();
        let key = answer.key.text();
        let id = |family: Option<&str>| Id::of([source, key.as_bytes()].into_iter().chain(family.map(str::as_bytes)));
        let Some(conversation) = answer.family.as_deref() else { return id(None) };
        let root = id(Some(self.forks.root(conversation)));
        if held.holds(root) || self.forks.0.is_empty() {
            return root;
        }
        let family = self.forks.family(conversation);
        family.into_iter().map(|member| id(Some(member))).find(|id| held.holds(*id)).unwrap_or(root)
    }

    /// Writes what the log does not hold, or not all of.
    fn write(&mut self, answers: Vec<Answer>) -> Result<()> {
        let Some(mut held) = self.held.take() else { return Ok(()) };
        let mut lines = Vec::new();
        let mut partly = Vec::new();
        for answer in answers {
            match held.live(answer.key) {
                None if held.holds(answer.key) => self.tally.known += 1,
                None => {
                    self.tally.added += 1;
                    self.put(answer, &mut held, &mut lines);
                }
                Some(known) => {
                    let rev = answer.rev();
                    let is_later = answer.event.ts_ns > known.ts_ns;
                    if is_later && rev >> 8 <= known.rev >> 8 || answer.event.ts_ns == known.ts_ns && rev <= known.rev {
                        self.tally.known += 1;
                    } else {
                        partly.push((answer, known));
                    }
                }
            }
        }
        let wanted: HashSet<(Id, i64)> = partly.iter().map(|(answer, known)| (answer.key, known.ts_ns)).collect();
        let mut logged = held::fetch(self.job.dir, &wanted)?;
        for (mut answer, known) in partly {
            self.tally.revised += 1;
            if let Some(event) = logged.remove(&answer.key) {
                let mut laid = Answer::logged(answer.key, event);
                laid.lay(answer);
                answer = laid;
            }
            if answer.event.ts_ns < known.ts_ns {
                let version = Version { ts_ns: known.ts_ns, rev: TAKEN_BACK, is_retracted: true };
                lines.push((known.ts_ns, taken_back(answer.key, known.ts_ns)));
                held.add(answer.key, version);
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
            let mut bytes = 0;
            let size = lines[start..].iter().take_while(|(_, line)| {
                let fits = bytes < BATCH_BYTES;
                bytes += line.len();
                fits
            });
            let end = start + size.count();
            let appended = log::append(self.job.dir, &lines[start..end])?;
            if appended.is_beside {
                self.tally.beside.extend(appended.files);
            }
            start = end;
        }
        Ok(())
    }
}

/// The line that takes back an event which turned out to be a later copy.
fn taken_back(key: Id, ts_ns: i64) -> String {
    let id = Some(key.text().into());
    Event { kind: Kind::Run, ts_ns, id, rev: TAKEN_BACK, is_retracted: true, fields: Vec::new() }.line()
}
