//! Where a source puts what it found: events go to the log in batches, everything else is counted.

use super::held::{Held, Version};
use super::id::Id;
use super::tally::{At, Meter, Tally};
use crate::event::{Event, Field, MAX_LINE_BYTES, Privacy};
use crate::log;
use std::path::Path;

/// Bytes of lines gathered for one write under one lock.
const BATCH_BYTES: usize = 1 << 20;

/// The receiving end of an import.
#[derive(Debug)]
pub struct Sink<'a> {
    dir: &'a Path,
    privacy: &'a Privacy,
    is_dry: bool,
    known: Held,
    lines: Vec<(i64, String)>,
    bytes: usize,
    /// The name of the file that is being read, as it is told to a person.
    file: String,
    tally: Tally,
    meter: Meter<'a>,
    /// What went wrong on writing; nothing is written after it.
    failure: Option<anyhow::Error>,
}

impl<'a> Sink<'a> {
    pub(super) fn new(dir: &'a Path, privacy: &'a Privacy, is_dry: bool, known: Held, meter: Meter<'a>) -> Sink<'a> {
        let tally = Tally { unreadable: known.unreadable.clone(), ..Tally::default() };
        let (lines, bytes, file, failure) = (Vec::new(), 0, String::new(), None);
        Sink { dir, privacy, is_dry, known, lines, bytes, file, tally, meter, failure }
    }

    pub(super) fn start(&mut self, file: String) {
        self.file = file;
        self.tally.files += 1;
    }

    /// So many bytes of the present file are read.
    pub fn read(&mut self, bytes: u64) {
        self.meter.at(bytes);
    }

    pub(super) fn end(&mut self, bytes: u64) -> anyhow::Result<()> {
        self.meter.step(bytes);
        self.failure.take().map_or(Ok(()), Err)
    }

    /// A record that nobody asked for.
    pub fn leave_out(&mut self) {
        self.tally.records += 1;
        self.tally.left_out += 1;
    }

    /// A record no event can be made of.
    pub fn skip(&mut self, at: At, reason: &'static str, detail: &str) {
        self.tally.records += 1;
        self.tally.skipped.entry(reason).or_default().add(&self.file, at, detail);
    }

    /// Whether an event is in the log already; then its record is counted, and that is all there is to do.
    pub fn knows(&mut self, id: Id) -> bool {
        let is_known = self.known.holds(id);
        self.tally.records += u64::from(is_known);
        self.tally.known += u64::from(is_known);
        is_known
    }

    /// A value that its field cannot hold, of an event that is added.
    pub fn drop_field(&mut self, at: At, field: Field, why: &str) {
        self.tally.dropped.entry(field).or_default().add(&self.file, at, why);
    }

    /// An event to append under its identity, of which the log knows nothing yet.
    pub fn add(&mut self, at: At, id: Id, mut event: Event<'static>, is_naive: bool) {
        self.privacy.apply(&mut event);
        event.id = Some(id.text().into());
        let line = event.line();
        if line.len() > MAX_LINE_BYTES {
            return self.skip(at, "too long", "");
        }
        self.known.add(id, Version { ts_ns: event.ts_ns, rev: event.rev, is_retracted: false });
        self.tally.records += 1;
        self.tally.added += 1;
        self.tally.naive_times += u64::from(is_naive);
        let ts_ns = event.ts_ns;
        self.tally.note(ts_ns, &line);
        if self.is_dry {
            return;
        }
        self.bytes += line.len();
        self.lines.push((ts_ns, line));
        if self.bytes >= BATCH_BYTES {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if self.lines.is_empty() || self.failure.is_some() {
            return;
        }
        match log::append(self.dir, &self.lines) {
            Ok(appended) if appended.is_beside => self.tally.beside.extend(appended.files),
            Ok(_) => {}
            Err(error) => self.failure = Some(error),
        }
        self.lines.clear();
        self.bytes = 0;
    }

    /// Writes what is left and tells what was done.
    ///
    /// # Errors
    /// The log cannot be written; what was written before stays, and importing again goes on from there.
    pub(super) fn finish(mut self) -> anyhow::Result<Tally> {
        self.flush();
        self.failure.take().map_or(Ok(self.tally), Err)
    }
}
