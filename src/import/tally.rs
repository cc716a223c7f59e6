//! What an import did, record by record. It counts; how that is told is the command line's business.

use crate::event::Field;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// The accounting of one import: `records = added + revised + known + repeated + others + left_out + skipped`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    pub files: u64,
    /// Files of which nothing was new, and nothing was read.
    pub unchanged: u64,
    /// Bytes of them that were read.
    pub bytes: u64,
    /// Last lines that are not finished yet; they are read when they are.
    pub pending: u64,
    pub records: u64,
    /// Events appended, or to be appended in a dry run.
    pub added: u64,
    /// Events of the log of which more was known now.
    pub revised: u64,
    /// Records that are in the log already.
    pub known: u64,
    /// Records that tell again of what another one tells.
    pub repeated: u64,
    /// Records that tell of nothing that is an event.
    pub others: u64,
    /// Records that `--where` does not want.
    pub left_out: u64,
    /// Records no event could be made of, by reason.
    pub skipped: BTreeMap<&'static str, Count>,
    /// Values that their field could not hold; the events are there without them.
    pub dropped: BTreeMap<Field, Count>,
    /// Times without a zone, taken as UTC.
    pub naive_times: u64,
    /// The times of the earliest and latest event added.
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
    /// The first few events added, as lines.
    pub sample: Vec<String>,
    /// Files that were written beside the usual ones, because the log was busy.
    pub beside: Vec<PathBuf>,
    /// Log files that could not be searched for records imported before.
    pub unreadable: Vec<String>,
    /// Files that could not be imported, with the reason.
    pub failed: Vec<String>,
    /// Whether somebody stopped it; what was added stays, and the next import goes on from there.
    pub is_stopped: bool,
}

/// How many of the first events a dry run shows.
const SAMPLE: usize = 3;

/// How often something happened, and where first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Count {
    pub times: u64,
    /// `trace.csv:17: "abc", and must be …`
    pub first: String,
}

impl Count {
    pub(super) fn add(&mut self, file: &str, at: At, why: &str) {
        if self.times == 0 {
            self.first = if why.is_empty() { at.in_file(file) } else { format!("{}: {why}", at.in_file(file)) };
        }
        self.times += 1;
    }

    fn join(&mut self, other: Count) {
        if self.times == 0 {
            self.first = other.first;
        }
        self.times += other.times;
    }
}

impl Tally {
    pub fn skipped(&self) -> u64 {
        self.skipped.values().map(|count| count.times).sum()
    }

    /// Whether any record could be read at all.
    pub fn has_read_something(&self) -> bool {
        self.added + self.known + self.left_out > 0
    }

    /// Adds what was counted in one file.
    pub(super) fn add(&mut self, other: Tally) {
        self.pending += other.pending;
        self.records += other.records;
        self.repeated += other.repeated;
        self.others += other.others;
        self.naive_times += other.naive_times;
        for (reason, count) in other.skipped {
            self.skipped.entry(reason).or_default().join(count);
        }
        for (field, count) in other.dropped {
            self.dropped.entry(field).or_default().join(count);
        }
    }

    /// Becomes the accounting of both: all files were read again after `first`, and its answers are no news here.
    pub(super) fn follow(&mut self, first: Tally) {
        let answers = self.added + self.revised + self.known;
        self.added += first.added;
        self.revised = (self.revised + first.revised).min(answers.saturating_sub(self.added));
        self.known = answers.saturating_sub(self.added + self.revised);
        self.bytes += first.bytes;
        self.failed = first.failed;
        self.sample = first.sample;
        self.first_ns = first.first_ns.or(self.first_ns);
        self.last_ns = first.last_ns.or(self.last_ns);
    }

    /// An event that is added: its line, and when it was.
    pub(super) fn note(&mut self, ts_ns: i64, line: &str) {
        self.first_ns = Some(self.first_ns.map_or(ts_ns, |first| first.min(ts_ns)));
        self.last_ns = Some(self.last_ns.map_or(ts_ns, |last| last.max(ts_ns)));
        if self.sample.len() < SAMPLE {
            self.sample.push(line.to_owned());
        }
    }
}

/// Where a record stands in its file, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Line(u64),
    Record(u64),
}

impl At {
    fn in_file(self, file: &str) -> String {
        match self {
            At::Line(line) => format!("{file}:{line}"),
            At::Record(record) => format!("{file} record {record}"),
        }
    }
}

/// Bytes done and to do, told to whoever shows them.
pub struct Meter<'a> {
    done: u64,
    total: u64,
    tell: &'a mut dyn FnMut(u64, u64),
}

impl<'a> Meter<'a> {
    /// A meter of `total` bytes; `tell` is called with the bytes done and the total.
    pub fn new(total: u64, tell: &'a mut dyn FnMut(u64, u64)) -> Meter<'a> {
        Meter { done: 0, total, tell }
    }

    /// So many bytes of the present step are done.
    pub fn at(&mut self, bytes: u64) {
        (self.tell)((self.done + bytes).min(self.total), self.total);
    }

    /// The present step, of `bytes` in all, is done.
    pub fn step(&mut self, bytes: u64) {
        self.done += bytes;
        self.at(0);
    }
}

impl fmt::Debug for Meter<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {} bytes", self.done, self.total)
    }
}
