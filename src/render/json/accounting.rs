//! The coverage of a report as JSON: the accounting of the log, and beside it that of the question.

use crate::coverage::{Coverage, Place, Unreadable};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
pub(super) struct CoverageOf<'a> {
    place: &'a str,
    files: u64,
    lines: u64,
    events: u64,
    blank: u64,
    pending: u64,
    skipped: u64,
    duplicates: u64,
    unknown_kinds: u64,
    skipped_by_reason: &'a BTreeMap<&'static str, u64>,
    unknown_kinds_by_name: &'a BTreeMap<String, u64>,
    first_skipped: Option<PlaceOf<'a>>,
    unreadable: Vec<FileOf<'a>>,
    left_out: Vec<FileOf<'a>>,
    dropped_fields: u64,
    naive_times: u64,
    future_times: u64,
    inferred_outcomes: u64,
    conflicts: u64,
    orphans: u64,
    inherited_by_prompt: u64,
    matched: u64,
    unknown_filtered: u64,
    unpriced_runs: u64,
}

#[derive(Serialize)]
struct PlaceOf<'a> {
    file: &'a str,
    line: u64,
    reason: &'static str,
}

#[derive(Serialize)]
struct FileOf<'a> {
    file: &'a str,
    why: &'a str,
}

impl<'a> CoverageOf<'a> {
    pub(super) fn of(coverage: &'a Coverage) -> CoverageOf<'a> {
        let place = |place: &'a Place| PlaceOf { file: &place.file, line: place.line, reason: place.reason };
        CoverageOf {
            place: &coverage.place,
            files: coverage.files,
            lines: coverage.lines,
            events: coverage.events,
            blank: coverage.blank,
            pending: coverage.pending,
            skipped: coverage.skipped(),
            duplicates: coverage.duplicates,
            unknown_kinds: coverage.unknown_kind_lines(),
            skipped_by_reason: &coverage.skipped_by_reason,
            unknown_kinds_by_name: &coverage.unknown_kinds,
            first_skipped: coverage.first_skipped.as_ref().map(place),
            unreadable: files(&coverage.unreadable),
            left_out: files(&coverage.left_out),
            dropped_fields: coverage.dropped_fields,
            naive_times: coverage.naive_times,
            future_times: coverage.future_times,
            inferred_outcomes: coverage.inferred_outcomes,
            conflicts: coverage.conflicts,
            orphans: coverage.orphans,
            inherited_by_prompt: coverage.inherited_by_prompt,
            matched: coverage.question.matched,
            unknown_filtered: coverage.question.unknown_filtered,
            unpriced_runs: coverage.question.unpriced_runs,
        }
    }
}

fn files(files: &[Unreadable]) -> Vec<FileOf<'_>> {
    files.iter().map(|it| FileOf { file: &it.file, why: &it.why }).collect()
}
