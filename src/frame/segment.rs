//! Segments: one file's lines as columns, own fields only, duplicates included. A pure function of the bytes.

use super::dictionary::{Code, Dictionary, MISSING};
use crate::coverage::{Coverage, Place};
use crate::event::{self, Event, Field, Kind, Line, Skip, Value};
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

/// The columns of a part of a log, and the account of its lines.
pub struct Segment {
    pub(super) rows: Rows,
    pub(super) tally: Tally,
}

/// What became of the lines of a segment. Duplicates are not known yet: they take other segments to tell.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    lines: u64,
    blank: u64,
    pending: u64,
    skipped: BTreeMap<Skip, u64>,
    unknown_kinds: BTreeMap<String, u64>,
    dropped_fields: u64,
    naive_times: u64,
    first_skipped: Option<(u64, Skip)>,
}

impl Tally {
    pub(super) fn add_to(&self, coverage: &mut Coverage) {
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
}

impl Segment {
    /// Lines of this segment, so that the next part of the same file can count on.
    pub fn lines(&self) -> u64 {
        self.tally.lines
    }

    /// The first line that was skipped, in a file whose lines before this segment number `before`.
    pub fn first_skipped(&self, file: &str, before: u64) -> Option<Place> {
        let (line, skip) = self.tally.first_skipped?;
        Some(Place { file: file.to_owned(), line: before + line, reason: skip.name() })
    }
}

/// Builds a segment line by line.
#[derive(Default)]
pub struct Builder {
    rows: Rows,
    tally: Tally,
}

impl Builder {
    /// Takes a line without its newline; one that is not terminated counts when it is a whole object and is pending
    /// otherwise.
    ///
    /// # Panics
    /// The line is longer than 4 GiB; the log hands out none past 16 MiB.
    pub fn line(&mut self, bytes: &[u8], offset: u64, is_terminated: bool) {
        self.tally.lines += 1;
        match event::parse_line(bytes) {
            Ok(Line::Blank) => self.tally.blank += 1,
            Ok(Line::UnknownKind(kind)) => *self.tally.unknown_kinds.entry(kind.into_owned()).or_default() += 1,
            Ok(Line::Event(read)) => {
                self.tally.dropped_fields += read.dropped.len() as u64;
                self.tally.naive_times += u64::from(read.is_naive);
                let len = u32::try_from(bytes.len()).expect("a line is at most 16 MiB");
                self.rows.push(&read.event, LineAt { segment: 0, offset, len, hash: self.rows.hasher.hash_one(bytes) });
            }
            // What is no object yet may become one; a whole object says the same when its newline comes.
            Err(Skip::NotUtf8 | Skip::NotJson | Skip::NotObject) if !is_terminated => self.tally.pending += 1,
            Err(skip) => self.skip(skip),
        }
    }

    /// Takes a line that was too long to be held.
    pub fn too_long(&mut self) {
        self.tally.lines += 1;
        self.skip(Skip::TooLong);
    }

    fn skip(&mut self, skip: Skip) {
        *self.tally.skipped.entry(skip).or_default() += 1;
        self.tally.first_skipped.get_or_insert((self.tally.lines, skip));
    }

    pub fn finish(self) -> Segment {
        Segment { rows: self.rows, tally: self.tally }
    }
}

/// Where a line stands, and a hash of its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineAt {
    pub segment: u32,
    pub offset: u64,
    pub len: u32,
    pub hash: u64,
}

/// No number.
pub(super) const NO_NUMBER: i64 = i64::MIN;

/// Between the texts of a list that is kept as one text.
pub const UNIT_SEPARATOR: char = '\u{1f}';

/// The events of one or several segments, by column. A column that no event has stays empty.
pub(super) struct Rows {
    pub kinds: Vec<Kind>,
    pub times: Vec<i64>,
    pub revs: Vec<i64>,
    pub is_retracted: Vec<bool>,
    pub ids: TextColumn,
    pub lines: Vec<LineAt>,
    texts: Vec<TextColumn>,
    numbers: Vec<Vec<i64>>,
    segments: u32,
    /// One hasher for all segments, so that equal lines have equal hashes.
    hasher: &'static RandomState,
}

impl Default for Rows {
    fn default() -> Rows {
        static HASHER: std::sync::OnceLock<RandomState> = std::sync::OnceLock::new();
        Rows {
            kinds: Vec::new(),
            times: Vec::new(),
            revs: Vec::new(),
            is_retracted: Vec::new(),
            ids: TextColumn::default(),
            lines: Vec::new(),
            texts: (0..Field::COUNT).map(|_| TextColumn::default()).collect(),
            numbers: vec![Vec::new(); Field::COUNT],
            segments: 0,
            hasher: HASHER.get_or_init(RandomState::new),
        }
    }
}

/// Codes by row, shorter than the rows where the rest is missing.
#[derive(Default)]
pub(super) struct TextColumn {
    pub names: Dictionary,
    codes: Vec<Code>,
}

impl TextColumn {
    fn set(&mut self, row: usize, name: &str) {
        self.codes.resize(row, MISSING);
        self.codes.push(self.names.intern(name));
    }

    pub fn code(&self, row: usize) -> Code {
        self.codes.get(row).copied().unwrap_or(MISSING)
    }

    fn append(&mut self, height: usize, other: &TextColumn) {
        if other.codes.is_empty() {
            return;
        }
        self.codes.resize(height, MISSING);
        let mut recoded = vec![MISSING; other.names.len()];
        for (code, name) in other.names.iter() {
            recoded[code as usize] = self.names.intern(name);
        }
        self.codes.extend(other.codes.iter().map(|code| recoded[*code as usize]));
    }
}

impl Rows {
    pub fn len(&self) -> usize {
        self.times.len()
    }

    fn push(&mut self, event: &Event<'_>, line: LineAt) {
        let row = self.len();
        self.kinds.push(event.kind);
        self.times.push(event.ts_ns);
        self.revs.push(event.rev);
        self.is_retracted.push(event.is_retracted);
        self.lines.push(line);
        if let Some(id) = &event.id {
            self.ids.set(row, id);
        }
        for (field, value) in &event.fields {
            match value {
                Value::Text(text) => self.texts[*field as usize].set(row, text),
                Value::Texts(texts) => self.texts[*field as usize].set(row, &texts.join(&UNIT_SEPARATOR.to_string())),
                Value::Number(number) => self.set_number(*field, row, *number),
                Value::Truth(truth) => self.set_number(*field, row, i64::from(*truth)),
                // Parameters and free measurements are kept in the log; no report asks for them.
                Value::Map(_) => {}
            }
        }
    }

    fn set_number(&mut self, field: Field, row: usize, number: i64) {
        let column = &mut self.numbers[field as usize];
        column.resize(row, NO_NUMBER);
        column.push(number);
    }

    /// Adds the rows of the next segment.
    pub fn append(&mut self, mut other: Rows) {
        let height = self.len();
        let segment = self.segments;
        self.segments += 1;
        other.lines.iter_mut().for_each(|line| line.segment = segment);
        self.kinds.append(&mut other.kinds);
        self.times.append(&mut other.times);
        self.revs.append(&mut other.revs);
        self.is_retracted.append(&mut other.is_retracted);
        self.lines.append(&mut other.lines);
        self.ids.append(height, &other.ids);
        for (column, other) in self.texts.iter_mut().zip(&other.texts) {
            column.append(height, other);
        }
        for (column, mut other) in self.numbers.iter_mut().zip(other.numbers) {
            if !other.is_empty() {
                column.resize(height, NO_NUMBER);
                column.append(&mut other);
            }
        }
    }

    pub fn code(&self, field: Field, row: usize) -> Code {
        self.texts[field as usize].code(row)
    }

    /// A number in the integers of its field's shape (truths as 0 and 1), [`NO_NUMBER`] for none.
    pub fn number(&self, field: Field, row: usize) -> i64 {
        self.numbers[field as usize].get(row).copied().unwrap_or(NO_NUMBER)
    }

    pub fn names(&self, field: Field) -> &Dictionary {
        &self.texts[field as usize].names
    }

    /// Whether no event has the field.
    pub fn is_absent(&self, field: Field) -> bool {
        self.texts[field as usize].codes.is_empty() && self.numbers[field as usize].is_empty()
    }

    pub fn times_after(&self, ts_ns: i64) -> u64 {
        self.times.iter().filter(|time| **time > ts_ns).count() as u64
    }

    /// The oldest and newest time.
    pub fn bounds(&self) -> (Option<i64>, Option<i64>) {
        (self.times.iter().min().copied(), self.times.iter().max().copied())
    }
}
