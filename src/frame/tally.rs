//! Tallies: what became of the lines of a segment. Duplicates are not known yet: they take other lines to tell.

use crate::coverage::{Coverage, Place};
use crate::event::Skip;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The account of a segment's lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    pub lines: u64,
    pub blank: u64,
    pub pending: u64,
    pub dropped_fields: u64,
    pub naive_times: u64,
    skipped: BTreeMap<Skip, u64>,
    unknown_kinds: BTreeMap<String, u64>,
    first_skipped: Option<(u64, Skip)>,
}

impl Tally {
    /// The current line cannot be read.
    pub fn skip(&mut self, skip: Skip) {
        *self.skipped.entry(skip).or_default() += 1;
        self.first_skipped.get_or_insert((self.lines, skip));
    }

    pub fn unknown_kind(&mut self, kind: &str) {
        if let Some(count) = self.unknown_kinds.get_mut(kind) {
            *count += 1;
        } else {
            self.unknown_kinds.insert(kind.to_owned(), 1);
        }
    }

    /// Takes in the account of the lines that follow.
    pub fn append(&mut self, other: &Tally) {
        if let Some((line, skip)) = other.first_skipped {
            self.first_skipped.get_or_insert((self.lines + line, skip));
        }
        self.lines += other.lines;
        self.blank += other.blank;
        self.pending += other.pending;
        self.dropped_fields += other.dropped_fields;
        self.naive_times += other.naive_times;
        for (skip, count) in &other.skipped {
            *self.skipped.entry(*skip).or_default() += count;
        }
        for (kind, count) in &other.unknown_kinds {
            *self.unknown_kinds.entry(kind.clone()).or_default() += count;
        }
    }

    pub fn add_to(&self, coverage: &mut Coverage) {
        coverage.lines += self.lines;
        coverage.blank += self.blank;
        coverage.pending += self.pending;
        coverage.dropped_fields += self.dropped_fields;
        coverage.naive_times += self.naive_times;
        for (skip, count) in &self.skipped {
            *coverage.skipped_by_reason.entry(skip.name()).or_default() += count;
        }
        for (kind, count) in &self.unknown_kinds {
            *coverage.unknown_kinds.entry(kind.clone()).or_default() += count;
        }
    }

    /// The first line that was skipped, in a file whose lines before this segment number `before`.
    pub fn first_skipped(&self, file: &str, before: u64) -> Option<Place> {
        let (line, skip) = self.first_skipped?;
        Some(Place { file: file.to_owned(), line: before + line, reason: skip.name() })
    }
}
