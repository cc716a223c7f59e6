//! Raw rows: the columns of a segment while its lines come in.

use super::dictionary::{Code, Dictionary, MISSING};
use super::keys::{self, Keys};
use super::names::Names;
use super::packed::{NO_NUMBER, Numbers};
use super::row::{self, Outcome};
use super::segment::UNIT_SEPARATOR;
use crate::event::{Event, Field, Kind, Scanned, Shape, Value};
use twox_hash::XxHash3_64;

/// The names one thread has met, and what their codes are for all threads.
pub(super) struct Locals {
    names: Vec<Dictionary>,
    shared: Vec<Vec<Code>>,
}

impl Default for Locals {
    fn default() -> Locals {
        Locals { names: vec![Dictionary::default(); Field::COUNT], shared: vec![vec![MISSING]; Field::COUNT] }
    }
}

impl Locals {
    /// The shared codes of the local ones.
    pub fn shared(&mut self, field: Field, names: &Names) -> &[Code] {
        let (local, shared) = (&self.names[field as usize], &mut self.shared[field as usize]);
        if shared.len() < local.len() {
            let known = shared.len() - 1;
            names.codes(field, local.iter().skip(known).map(|(_, name)| name), shared);
        }
        shared
    }
}

/// The events since the last segment, by column. A column is shorter than the others where the rest is missing.
pub(super) struct Raw {
    pub kinds: Vec<u32>,
    pub marks: Vec<u32>,
    pub outcomes: Vec<u32>,
    pub times: Numbers,
    pub revs: Numbers,
    pub is_retracted: Vec<u32>,
    pub line_at: Numbers,
    pub line_len: Numbers,
    pub line_hash: Numbers,
    pub ids: Vec<u128>,
    pub runs: Vec<u128>,
    pub texts: Vec<Vec<Code>>,
    pub numbers: Vec<Numbers>,
}

impl Default for Raw {
    fn default() -> Raw {
        Raw {
            kinds: Vec::new(),
            marks: Vec::new(),
            outcomes: Vec::new(),
            times: Numbers::default(),
            revs: Numbers::default(),
            is_retracted: Vec::new(),
            line_at: Numbers::default(),
            line_len: Numbers::default(),
            line_hash: Numbers::default(),
            ids: Vec::new(),
            runs: Vec::new(),
            texts: vec![Vec::new(); Field::COUNT],
            numbers: std::iter::repeat_with(Numbers::default).take(Field::COUNT).collect(),
        }
    }
}

/// The fields that hold texts.
const TEXTS: row::Fields = {
    let (mut texts, mut at) = (0, 0);
    while at < Field::COUNT {
        if matches!(Field::ALL[at].shape(), Shape::Text | Shape::Texts) {
            texts |= row::bit(Field::ALL[at]);
        }
        at += 1;
    }
    texts
};

/// The reason to finish that is an error.
const BY_ERROR: &str = "error";

/// The fields of a set.
fn fields(mut left: row::Fields) -> impl Iterator<Item = Field> {
    std::iter::from_fn(move || {
        let field = *Field::ALL.get(left.trailing_zeros() as usize)?;
        left &= left - 1;
        Some(field)
    })
}

/// What the fields of one event tell of how it ended.
#[derive(Default)]
struct Ending {
    success: Option<bool>,
    exit_code: Option<i64>,
    has_error_type: bool,
    finished_by_error: bool,
}

impl Raw {
    /// Forgets the events and keeps the room they took.
    pub fn clear(&mut self) {
        let Raw { kinds, marks, outcomes, times, revs, is_retracted, line_at, line_len, line_hash, .. } = self;
        [kinds, marks, outcomes, is_retracted].into_iter().for_each(Vec::clear);
        [times, revs, line_at, line_len, line_hash].into_iter().for_each(Numbers::clear);
        [&mut self.ids, &mut self.runs].into_iter().for_each(Vec::clear);
        self.texts.iter_mut().for_each(Vec::clear);
        self.numbers.iter_mut().for_each(Numbers::clear);
    }

    /// Adds a line that the scanner understood.
    ///
    /// # Panics
    /// There are four billion events in one segment.
    pub fn push_scanned(&mut self, locals: &mut Locals, scanned: &Scanned<'_>, line: &[u8], offset: u64) {
        let row = u32::try_from(self.times.len()).expect("a segment is a small part of a log");
        let present = scanned.present();
        fields(present & TEXTS).for_each(|field| self.text(locals, field, row, scanned.text(field)));
        fields(present & !TEXTS).for_each(|field| self.number(field, row, scanned.number(field)));
        let has = |field: Field| present & row::bit(field) != 0;
        let ending = Ending {
            success: has(Field::Success).then(|| scanned.number(Field::Success) == 1),
            exit_code: has(Field::ExitCode).then(|| scanned.number(Field::ExitCode)),
            has_error_type: has(Field::ErrorType),
            finished_by_error: has(Field::FinishReason) && scanned.text(Field::FinishReason) == BY_ERROR,
        };
        self.envelope(scanned.kind(), scanned.ts_ns(), scanned.rev(), scanned.is_retracted(), row);
        self.close(scanned.kind(), present, scanned.is_retracted(), ending);
        if let Some(id) = scanned.id() {
            self.ids.push(Keys::key(keys::identity(id, scanned.ts_ns()), row));
        }
        self.line(row, line, offset);
    }

    /// Adds an event and its line.
    ///
    /// # Panics
    /// There are four billion events in one segment.
    pub fn push(&mut self, locals: &mut Locals, event: &Event<'_>, line: &[u8], offset: u64) {
        let row = u32::try_from(self.times.len()).expect("a segment is a small part of a log");
        let mut present = 0;
        let mut ending = Ending::default();
        for (field, value) in &event.fields {
            match value {
                Value::Text(text) => self.text(locals, *field, row, text),
                Value::Texts(texts) => {
                    self.text(locals, *field, row, &texts.join(UNIT_SEPARATOR.encode_utf8(&mut [0; 4])));
                }
                Value::Number(number) => self.number(*field, row, *number),
                Value::Truth(truth) => self.number(*field, row, i64::from(*truth)),
                // Parameters and free measurements are kept in the log; no report asks for them.
                Value::Map(_) => continue,
            }
            match (field, value) {
                (Field::Success, Value::Truth(success)) => ending.success = Some(*success),
                (Field::ExitCode, Value::Number(exit_code)) => ending.exit_code = Some(*exit_code),
                (Field::ErrorType, _) => ending.has_error_type = true,
                (Field::FinishReason, Value::Text(reason)) => ending.finished_by_error = reason == BY_ERROR,
                _ => {}
            }
            present |= row::bit(*field);
        }
        self.envelope(event.kind, event.ts_ns, event.rev, event.is_retracted, row);
        self.close(event.kind, present, event.is_retracted, ending);
        if let Some(id) = &event.id {
            self.ids.push(Keys::key(keys::identity(id, event.ts_ns), row));
        }
        self.line(row, line, offset);
    }

    #[inline]
    fn text(&mut self, locals: &mut Locals, field: Field, row: u32, text: &str) {
        // A use is found by it, and it is read again from its line where it is shown.
        if field == Field::RunId {
            self.runs.push(Keys::key(keys::hash(text.as_bytes()), row));
            return;
        }
        let codes = &mut self.texts[field as usize];
        if codes.len() < row as usize {
            codes.resize(row as usize, MISSING);
        }
        codes.push(locals.names[field as usize].intern(text));
    }

    #[inline]
    fn number(&mut self, field: Field, row: u32, number: i64) {
        self.numbers[field as usize].push(row as usize, number);
    }

    fn envelope(&mut self, kind: Kind, ts_ns: i64, rev: i64, is_retracted: bool, row: u32) {
        self.kinds.push(kind as u32);
        self.times.push(row as usize, ts_ns);
        if rev != 0 {
            self.revs.push(row as usize, rev.max(NO_NUMBER + 1));
        }
        if is_retracted {
            self.is_retracted.resize(row as usize, 0);
            self.is_retracted.push(1);
        }
    }

    fn close(&mut self, kind: Kind, present: row::Fields, is_retracted: bool, ending: Ending) {
        let Ending { success, exit_code, has_error_type, finished_by_error } = ending;
        let outcome = if kind.is_part_of_a_use() {
            Outcome::of_use(success, exit_code, has_error_type, finished_by_error)
        } else {
            Outcome { success, ..Outcome::default() }
        };
        self.outcomes.push(outcome.code());
        self.marks.push(if is_retracted { 0 } else { row::marks(kind, present) });
    }

    #[allow(clippy::cast_possible_wrap, reason = "offsets are far below 2^63, and a hash has no sign")]
    fn line(&mut self, row: u32, line: &[u8], offset: u64) {
        self.line_at.push(row as usize, offset as i64);
        self.line_len.push(row as usize, line.len() as i64);
        // Two bits less, so that packing has room for what is missing.
        self.line_hash.push(row as usize, (XxHash3_64::oneshot(line) >> 2) as i64);
    }
}
