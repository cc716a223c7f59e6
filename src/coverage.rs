//! Coverage: what was read and what was not. Every report carries one, so that nothing is lost in silence.

use std::collections::BTreeMap;

/// The accounting of a whole log, and of one question to it.
///
/// Every line is one thing: `lines = events + blank + pending + skipped + duplicates + unknown_kinds`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// The directory that was read, and how it was found.
    pub place: String,
    pub files: u64,
    pub lines: u64,
    pub events: u64,
    pub blank: u64,
    /// Unfinished last lines: no error, read when they are completed.
    pub pending: u64,
    pub skipped_by_reason: BTreeMap<&'static str, u64>,
    /// Lines that repeat an event, or that a later revision replaces.
    pub duplicates: u64,
    /// Sound lines of kinds this version does not know, by kind.
    pub unknown_kinds: BTreeMap<String, u64>,
    /// Values that their field cannot hold; they count as missing.
    pub dropped_fields: u64,
    /// Times without a zone, taken as UTC.
    pub naive_times: u64,
    /// Events more than a day in the future.
    pub future_times: u64,
    /// Uses whose success was told by their error or exit status.
    pub inferred_outcomes: u64,
    /// Identities that carry different content at one revision.
    pub conflicts: u64,
    /// Outcomes whose use was never recorded.
    pub orphans: u64,
    /// Events that took a description from the latest use of their prompt.
    pub inherited_by_prompt: u64,
    /// Files that could not be read, and why.
    pub unreadable: Vec<Unreadable>,
    /// Files whose lines are read from another one, and from which.
    pub left_out: Vec<Unreadable>,
    /// The first skipped line, for a person who wants to look.
    pub first_skipped: Option<Place>,
    /// The times of the oldest and newest event, `None` without events.
    pub oldest_ns: Option<i64>,
    pub newest_ns: Option<i64>,
    pub question: Question,
}

/// The accounting of one question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// Uses, orphan outcomes, ratings and assessments that the filters and the period let through.
    pub matched: u64,
    /// Those that a filter left out because what it asks for was not recorded.
    pub unknown_filtered: u64,
    /// Matching uses without a cost.
    pub unpriced_runs: u64,
    /// Those that have their cost by the price table, what that comes to, and what all costs come to, in nano-dollars; none
    /// where no dollars are shown or no use was priced by it.
    pub table_runs: u64,
    pub table_nanos: i128,
    pub cost_nanos: i128,
    /// The price table by its digest and day; empty where no use was priced by it.
    pub price_table: String,
}

/// A file that was not read, by what went wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Unreadable {
    pub file: String,
    pub why: String,
}

/// Where a line stands and why it was skipped.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub file: String,
    pub line: u64,
    pub reason: &'static str,
}

impl Coverage {
    /// This account of lines, with what the other one tells of files.
    pub fn with_files(self, of: Coverage) -> Coverage {
        let Coverage { files, unreadable, left_out, first_skipped, .. } = of;
        Coverage { files, unreadable, left_out, first_skipped, ..self }
    }

    pub fn skipped(&self) -> u64 {
        self.skipped_by_reason.values().sum()
    }

    pub fn unknown_kind_lines(&self) -> u64 {
        self.unknown_kinds.values().sum()
    }

    /// Whether every line is accounted for exactly once.
    pub fn adds_up(&self) -> bool {
        self.lines
            == self.events + self.blank + self.pending + self.skipped() + self.duplicates + self.unknown_kind_lines()
    }

    /// Whether there was nothing to read: no line, and no file that could not be read.
    pub fn is_blank(&self) -> bool {
        self.lines == 0 && self.unreadable.is_empty()
    }

    /// What was read, in one or two sentences for a person.
    pub fn sentence(&self) -> String {
        let mut parts = vec![count(self.events, "event")];
        for (number, what) in [(self.duplicates, "duplicate"), (self.pending, "unfinished line")] {
            if number > 0 {
                parts.push(count(number, what));
            }
        }
        if self.skipped() > 0 {
            let reasons: Vec<String> = self.skipped_by_reason.iter().map(|(why, n)| format!("{n} {why}")).collect();
            parts.push(format!("{} skipped ({})", self.skipped(), reasons.join(", ")));
        }
        if !self.unknown_kinds.is_empty() {
            let kinds: Vec<String> = self.unknown_kinds.iter().take(3).map(|(kind, _)| format!("`{kind}`")).collect();
            parts.push(format!("{} of unknown kind ({})", self.unknown_kind_lines(), kinds.join(", ")));
        }
        format!("read {} in {}: {}", count(self.lines, "line"), count(self.files, "file"), parts.join(", "))
    }
}

/// `1 line`, `2,345 lines`.
pub fn count(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {what}{plural}", thousands(i128::from(number)))
}

/// An integer with a comma between its thousands.
pub fn thousands(number: i128) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3 + 1);
    if number < 0 {
        grouped.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
