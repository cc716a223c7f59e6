//! The resolution: what depends on other lines. Which copies count, which events make a use, what belongs to it, and
//! whose description an event takes. A pure function of the set of lines, never of their order; where no line depends on
//! another it is empty.

mod again;
mod copies;
mod describe;
mod filed;
mod tie;
mod uses;

use super::keys::Hash;
use super::row::{self, Marks, Outcome};
use super::segment::{Own, Segment};
use super::{Code, Lines, MISSING, NO_NUMBER, Names};
use crate::event::Field;
use crate::threads;
use again::Again;
use copies::Copies;
pub use filed::Places;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use tie::Tie;

/// A row of one of the segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Row {
    pub segment: u32,
    pub row: u32,
}

/// What other lines make of the rows of one segment. All lists ascend by row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Resolved {
    /// The rows that another one with their identity stands for.
    pub copies: Vec<u32>,
    /// The rows that play other roles than they would alone.
    pub marks: Patches,
    pub outcomes: Patches,
    /// The latest rating of the use that a row is or belongs to, where it is not the row's own.
    pub use_ratings: Patches,
    merged: Vec<Merged>,
    parts: Vec<Row>,
    heirs: Vec<Heir>,
    shared: Shared,
    pub verdict: Verdict,
}

/// What a segment shares with others: the hashes of identities and of `run_id`s, ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shared {
    ids: Vec<Hash>,
    runs: Vec<Hash>,
}

/// What was decided, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Verdict {
    /// Identities that carry different content at one revision; told by the segment with the winner.
    pub conflicts: u64,
    pub orphans: u64,
    pub inferred: u64,
    pub inherited_by_prompt: u64,
    /// Rows that would take a description, whether or not there is one; while there is none at all, all that might.
    wanting: u64,
}

/// Values that stand for those of the rows' own column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Patches(Vec<(u32, i64)>);

impl Patches {
    fn set(&mut self, row: u32, value: i64) {
        self.0.push((row, value));
    }

    fn sort(&mut self) {
        self.0.sort_unstable_by_key(|(row, _)| *row);
    }

    /// Those of a range of rows.
    pub fn within(&self, rows: &Range<usize>) -> &[(u32, i64)] {
        within(&self.0, rows, |(row, _)| *row)
    }

    /// Puts them over the codes or numbers of a range of rows.
    pub fn put<T: TryFrom<i64>>(&self, rows: &Range<usize>, over: &mut [T]) {
        for (row, value) in self.within(rows) {
            if let Ok(value) = T::try_from(*value) {
                over[*row as usize - rows.start] = value;
            }
        }
    }
}

fn within<'a, T>(all: &'a [T], rows: &Range<usize>, row: impl Fn(&T) -> u32) -> &'a [T] {
    let from = all.partition_point(|item| (row(item) as usize) < rows.start);
    let len = all[from..].partition_point(|item| (row(item) as usize) < rows.end);
    &all[from..from + len]
}

/// A use made of several events, by the row that stands for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Merged {
    pub row: u32,
    start: u32,
    len: u32,
}

/// A row that takes names from a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Heir {
    pub row: u32,
    pub takes: Takes,
    pub of: Row,
}

/// What an heir takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// Everything that says who and what: it is a part of the use.
    All,
    /// What it does not say itself.
    Missing,
    /// What describes the prompt and it does not say itself.
    Description,
}

impl Resolved {
    /// The uses made of several events, and the events, the most telling first.
    pub fn merged(&self, rows: &Range<usize>) -> impl Iterator<Item = (u32, &[Row])> {
        within(&self.merged, rows, |merged| merged.row).iter().map(|merged| (merged.row, self.parts_of(merged)))
    }

    fn parts_of(&self, merged: &Merged) -> &[Row] {
        &self.parts[merged.start as usize..(merged.start + merged.len) as usize]
    }

    /// The events a use is made of, `None` where it is one alone.
    pub fn parts(&self, row: u32) -> Option<&[Row]> {
        self.place(row).map(|place| self.parts_at(place))
    }

    /// The place of a use among those made of several events.
    pub fn place(&self, row: u32) -> Option<u32> {
        let place = self.merged.binary_search_by_key(&row, |merged| merged.row).ok()?;
        u32::try_from(place).ok()
    }

    /// The events that the use at a place is made of.
    pub fn parts_at(&self, place: u32) -> &[Row] {
        self.parts_of(&self.merged[place as usize])
    }

    pub fn heirs(&self, rows: &Range<usize>) -> &[Heir] {
        within(&self.heirs, rows, |heir| heir.row)
    }

    fn sort(&mut self) {
        self.marks.sort();
        self.outcomes.sort();
        self.use_ratings.sort();
        self.merged.sort_unstable_by_key(|merged| merged.row);
        self.heirs.sort_unstable_by_key(|heir| heir.row);
    }

    /// Counts the orphans and the inferred outcomes of a segment.
    fn count(&mut self, segment: &Segment) {
        let rows = 0..segment.height();
        let (mut marks, mut outcomes) = (Vec::new(), Vec::new());
        self.read_marks(segment, &rows, &mut marks);
        self.read_outcomes(segment, &rows, &mut outcomes);
        self.verdict.orphans = marks.iter().filter(|marks| **marks & row::ORPHAN != 0).count() as u64;
        let ended = |marks: u32| marks & (row::USE | row::ORPHAN) != 0;
        let is_inferred = |(marks, outcome): &(&u32, &u32)| ended(**marks) && Outcome::from_code(**outcome).is_inferred;
        self.verdict.inferred = marks.iter().zip(&outcomes).filter(is_inferred).count() as u64;
    }

    /// The marks of some rows of the segment.
    pub fn read_marks(&self, segment: &Segment, rows: &Range<usize>, into: &mut Vec<Marks>) {
        segment.own(Own::Marks).read_codes(rows.clone(), into);
        self.marks.put(rows, into);
    }

    /// The outcomes of some rows of the segment, as their codes.
    pub fn read_outcomes(&self, segment: &Segment, rows: &Range<usize>, into: &mut Vec<u32>) {
        segment.own(Own::Outcome).read_codes(rows.clone(), into);
        self.outcomes.put(rows, into);
    }
}

/// Resolves segments: one result for each, and whether it is another than before. `previous` has the results of those that
/// were resolved together before; only what the others touch is decided again.
pub(super) fn resolve(
    segments: &[Segment],
    previous: Vec<Option<Resolved>>,
    names: &Names,
    lines: &dyn Lines,
    threads: usize,
) -> (Vec<Resolved>, Vec<bool>) {
    let tie = Tie::new(segments, lines);
    let again = Again::of(segments, &previous, threads);
    let copies = Copies::of(segments, &previous, &again, &tie, threads);
    if copies.are_others(&previous) {
        // What counted before does not, or the other way round: too much may hang on it.
        return resolve(segments, vec![None; segments.len()], names, lines, threads);
    }
    let finished_by_error = names.of(Field::FinishReason).iter().find(|(_, name)| *name == "error");
    let finished_by_error = finished_by_error.map_or(MISSING, |(code, _)| code);
    let log = Log { segments, copies: &copies, tie: &tie, shared: &again.runs, finished_by_error };
    let decide = |at: usize| again.segments[at].then(|| uses::resolve(&log, at));
    let decided = threads::map(threads, segments.len(), decide);
    let mut resolved = Vec::with_capacity(segments.len());
    for (at, (decided, previous)) in decided.into_iter().zip(previous).enumerate() {
        let Some(decided) = decided else {
            resolved.extend(previous);
            continue;
        };
        let verdict = Verdict { conflicts: copies.of_segments[at].conflicts, ..Verdict::default() };
        let shared = again.shared_by(&segments[at]);
        resolved.push(Resolved { copies: copies.of_segments[at].copies.clone(), verdict, shared, ..decided });
    }
    let described = again.described(segments, &resolved);
    describe::resolve(segments, &mut resolved, names, &described, threads);
    threads::each(threads, &mut resolved, |at, resolved| {
        if again.segments[at] {
            resolved.count(&segments[at]);
        }
    });
    (resolved, described)
}

/// A log whose copies are known.
struct Log<'a> {
    segments: &'a [Segment],
    copies: &'a Copies,
    tie: &'a Tie<'a>,
    /// The hashes of `run_id`s that more than one segment has.
    shared: &'a [Hash],
    /// The code of the reason to finish that is an error.
    finished_by_error: Code,
}

impl Log<'_> {
    fn segment(&self, row: Row) -> &Segment {
        &self.segments[row.segment as usize]
    }

    /// The first code that the events of a use have for `field`, the most telling first.
    fn code(&self, parts: &[Row], field: Field) -> Code {
        let codes = parts.iter().map(|part| self.segment(*part).code(field, part.row));
        codes.into_iter().find(|code| *code != MISSING).unwrap_or(MISSING)
    }

    fn number(&self, parts: &[Row], field: Field) -> Option<i64> {
        parts.iter().map(|part| self.segment(*part).number(field, part.row)).find(|number| *number != NO_NUMBER)
    }
}
