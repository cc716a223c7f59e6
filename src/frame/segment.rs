//! Segments: lines as packed columns, own fields only, duplicates included. What a segment says follows from its lines
//! alone; what they mean to other lines is the resolution's.

use super::broken::Broken;
use super::container::Container;
use super::dictionary::{Code, MISSING};
use super::key_list::KeyList;
use super::keys::Keys;
use super::names::Names;
use super::packed::{NO_NUMBER, Packed};
use super::raw::{Locals, Raw};
use super::tally::Tally;
use crate::coverage::{Coverage, Place};
use crate::event::{self, Field, Kind, Line, Scanner, Skip};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

/// Between the texts of a list that is kept as one text.
pub const UNIT_SEPARATOR: char = '\u{1f}';

/// A column of a segment, beside those of the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    Kind,
    Marks,
    Outcome,
    Time,
    Rev,
    Retracted,
    LineAt,
    LineLen,
    LineHash,
}

/// The number of columns of a segment.
pub(super) const COLUMNS: usize = Own::LineHash as usize + 1 + Field::COUNT;

/// The columns of a part of a log, and the account of its lines. Columns in the cache are read when they are first asked
/// for.
pub struct Segment {
    /// What the segment is called among those of one log, whatever its place among them.
    pub serial: u32,
    pub(super) facts: Facts,
    pub(super) columns: Vec<OnceLock<Packed>>,
    pub(super) ids: KeyList,
    pub(super) runs: KeyList,
    /// Where the columns are that are not here.
    pub(super) stored: Option<(Arc<Container>, Broken)>,
}

/// What is known of a segment without its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    pub height: usize,
    /// The oldest and the newest time, `None` of no events.
    pub bounds: Option<(i64, i64)>,
    pub tally: Tally,
}

impl Segment {
    /// Lines of this segment, so that the next part of the same file can count on.
    pub fn lines(&self) -> u64 {
        self.facts.tally.lines
    }

    /// The first line that was skipped, in a file whose lines before this segment number `before`.
    pub fn first_skipped(&self, file: &str, before: u64) -> Option<Place> {
        self.facts.tally.first_skipped(file, before)
    }

    pub(super) fn add_to(&self, coverage: &mut Coverage) {
        self.facts.tally.add_to(coverage);
    }

    /// The number of events.
    pub fn height(&self) -> usize {
        self.facts.height
    }

    /// The oldest and the newest time, `None` of no events.
    pub fn bounds(&self) -> Option<(i64, i64)> {
        self.facts.bounds
    }

    pub(super) fn own(&self, own: Own) -> &Packed {
        self.column(own as usize)
    }

    pub(super) fn field(&self, field: Field) -> &Packed {
        self.column(Own::LineHash as usize + 1 + field as usize)
    }

    pub(super) fn column(&self, at: usize) -> &Packed {
        self.columns[at].get_or_init(|| self.read_column(at))
    }

    /// The identities of the rows that have one.
    pub(super) fn ids(&self) -> &KeyList {
        &self.ids
    }

    /// The `run_id`s of the rows that have one.
    pub(super) fn runs(&self) -> &KeyList {
        &self.runs
    }

    pub(super) fn kind(&self, row: u32) -> Kind {
        Kind::from_code(self.own(Own::Kind).code(row as usize))
    }

    pub(super) fn time(&self, row: u32) -> i64 {
        self.own(Own::Time).number(row as usize)
    }

    pub(super) fn rev(&self, row: u32) -> i64 {
        match self.own(Own::Rev).number(row as usize) {
            NO_NUMBER => 0,
            rev => rev,
        }
    }

    pub(super) fn code(&self, field: Field, row: u32) -> Code {
        self.field(field).code(row as usize)
    }

    /// A number in the integers of its field's shape (truths as 0 and 1), [`NO_NUMBER`] for none.
    pub(super) fn number(&self, field: Field, row: u32) -> i64 {
        self.field(field).number(row as usize)
    }

    /// Where the line of a row stands, and a hash of its bytes.
    pub(super) fn line_at(&self, row: u32) -> LineAt {
        let number = |own: Own| self.own(own).number(row as usize);
        LineAt {
            offset: u64::try_from(number(Own::LineAt)).unwrap_or(0),
            len: u32::try_from(number(Own::LineLen)).unwrap_or(0),
            hash: number(Own::LineHash),
        }
    }

    pub(super) fn held(facts: Facts, columns: Vec<Packed>, ids: Keys, runs: Keys) -> Segment {
        let columns = columns.into_iter().map(OnceLock::from).collect();
        Segment { serial: 0, facts, columns, ids: KeyList::Held(ids), runs: KeyList::Held(runs), stored: None }
    }

    /// Lets the keys go, for which nobody will look any more, and the columns that are in a file.
    pub(super) fn release(&mut self) {
        (self.ids, self.runs) = (KeyList::default(), KeyList::default());
        if self.stored.is_some() {
            self.columns.iter_mut().for_each(|column| drop(column.take()));
        }
    }

    /// The bytes it takes in memory.
    pub fn len_bytes(&self) -> usize {
        let columns: usize = self.columns.iter().filter_map(OnceLock::get).map(Packed::len_bytes).sum();
        columns + self.ids.len_bytes() + self.runs.len_bytes()
    }
}

/// Where a line stands in its file, and a hash of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LineAt {
    pub offset: u64,
    pub len: u32,
    pub hash: i64,
}

/// Builds segments line by line, one after the other.
pub struct Builder<'a> {
    names: &'a Names,
    scanner: Scanner,
    locals: Locals,
    raw: Raw,
    tally: Tally,
}

impl<'a> Builder<'a> {
    /// A builder that shares its names with others.
    pub fn new(names: &'a Names) -> Builder<'a> {
        Builder {
            names,
            scanner: Scanner::new(),
            locals: Locals::default(),
            raw: Raw::default(),
            tally: Tally::default(),
        }
    }

    /// Takes a line without its newline, and the same as text where it is; one that is not terminated counts when it is a
    /// whole object and is pending otherwise.
    pub fn line(&mut self, bytes: &[u8], text: Option<&str>, offset: u64, is_terminated: bool) {
        self.tally.lines += 1;
        if let Some(scanned) = text.and_then(|text| self.scanner.scan(text)) {
            self.tally.dropped_fields += scanned.dropped();
            self.tally.naive_times += u64::from(scanned.is_naive());
            return self.raw.push_scanned(&mut self.locals, &scanned, bytes, offset);
        }
        match event::parse_line(bytes) {
            Ok(Line::Blank) => self.tally.blank += 1,
            Ok(Line::UnknownKind(kind)) => self.tally.unknown_kind(&kind),
            Ok(Line::Event(read)) => {
                self.tally.dropped_fields += read.dropped.len() as u64;
                self.tally.naive_times += u64::from(read.is_naive);
                self.raw.push(&mut self.locals, &read.event, bytes, offset);
            }
            // What is no object yet may become one; a whole object says the same when its newline comes.
            Err(Skip::NotUtf8 | Skip::NotJson | Skip::NotObject) if !is_terminated => self.tally.pending += 1,
            Err(skip) => self.tally.skip(skip),
        }
    }

    /// Takes a line that was too long to be held.
    pub fn too_long(&mut self) {
        self.tally.lines += 1;
        self.tally.skip(Skip::TooLong);
    }

    /// The segment of the lines taken since the last one.
    pub fn finish(&mut self) -> Segment {
        let tally = std::mem::take(&mut self.tally);
        let segment = self.raw.pack(&mut self.locals, self.names, tally);
        self.raw.clear();
        segment
    }
}

impl Raw {
    fn pack(&mut self, locals: &mut Locals, names: &Names, tally: Tally) -> Segment {
        let height = self.times.len();
        let mut columns = vec![Packed::default(); COLUMNS];
        columns[Own::Kind as usize] = Packed::codes(&self.kinds);
        columns[Own::Marks as usize] = Packed::codes(&self.marks);
        columns[Own::Outcome as usize] = Packed::codes(&self.outcomes);
        columns[Own::Time as usize] = self.times.pack();
        columns[Own::Rev as usize] = self.revs.pack();
        columns[Own::Retracted as usize] = Packed::codes(&self.is_retracted);
        columns[Own::LineAt as usize] = self.line_at.pack();
        columns[Own::LineLen as usize] = self.line_len.pack();
        columns[Own::LineHash as usize] = self.line_hash.pack();
        let fields = &mut columns[Own::LineHash as usize + 1..];
        for (field, (codes, numbers)) in Field::ALL.iter().zip(self.texts.iter_mut().zip(&self.numbers)) {
            if codes.is_empty() {
                fields[*field as usize] = numbers.pack();
                continue;
            }
            let shared = locals.shared(*field, names);
            let mut greatest = MISSING;
            for code in codes.iter_mut() {
                *code = shared[*code as usize];
                greatest = greatest.max(*code);
            }
            fields[*field as usize] = Packed::codes_to(greatest, codes);
        }
        let facts = Facts { height, bounds: self.times.bounds(), tally };
        Segment::held(facts, columns, Keys::sorted(&self.ids), Keys::sorted(&self.runs))
    }
}
