//! The values of one line, taken from where they stand. Common spellings are read here; what is odd is validated here
//! and interpreted by the general path.

use super::json;
use super::{Key, Meaning, Number};
use crate::event::read::{self, BadField};
use crate::event::{Field, Kind, Shape, VERSION, Value};
use crate::time;

/// Between the texts of a list that is handed out as one text, as the columns keep it.
const UNIT_SEPARATOR: char = '\u{1f}';

/// Where a text stands in the line, or in the scratch.
#[derive(Clone, Copy, Default)]
struct Stretch {
    start: u32,
    end: u32,
}

impl Stretch {
    fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}

/// What a line said. Sets of fields are bits by `field as u8`; what is not in `present` is of an earlier line.
pub struct Row {
    pub kind: Option<Kind>,
    pub ts: Option<time::Reading>,
    /// What counts where there is no `ts`.
    pub timestamp: Option<time::Reading>,
    pub rev: i64,
    pub is_retracted: bool,
    /// Fields with a value.
    pub present: u64,
    /// Fields with a value they cannot hold.
    pub bad: u64,
    id: Option<Stretch>,
    id_is_in_scratch: bool,
    /// Fields that were named at all, under names that yield this much.
    named: u64,
    yields: [u8; Field::COUNT],
    texts: [Stretch; Field::COUNT],
    numbers: [i64; Field::COUNT],
    /// Fields whose text had to be written anew.
    in_scratch: u64,
    scratch: String,
}

fn bit(field: Field) -> u64 {
    1 << field as u8
}

#[allow(clippy::cast_possible_truncation, reason = "a line is shorter than 4 GiB, or it is not read here")]
fn stretch(start: usize, end: usize) -> Stretch {
    Stretch { start: start as u32, end: end as u32 }
}

/// What stands in the quotes of the string at `at`, and its end. `None` for one with an escape, and for what is none.
fn plain_string(line: &str, at: usize) -> Option<(Stretch, usize)> {
    let inside = json::word_end(line.as_bytes(), at, b"\"")?;
    let end = json::string_end(line.as_bytes(), inside)?;
    end.is_plain.then_some((stretch(inside, end.quote), end.quote + 1))
}

impl Row {
    pub fn new() -> Row {
        Row {
            kind: None,
            ts: None,
            timestamp: None,
            rev: 0,
            is_retracted: false,
            present: 0,
            bad: 0,
            id: None,
            id_is_in_scratch: false,
            named: 0,
            yields: [0; Field::COUNT],
            texts: [Stretch::default(); Field::COUNT],
            numbers: [0; Field::COUNT],
            in_scratch: 0,
            scratch: String::new(),
        }
    }

    pub fn clear(&mut self) {
        (self.kind, self.ts, self.timestamp) = (None, None, None);
        (self.rev, self.is_retracted, self.id) = (0, false, None);
        (self.present, self.bad, self.named) = (0, 0, 0);
        self.in_scratch = 0;
        self.scratch.clear();
    }

    pub fn id<'a>(&'a self, line: &'a str) -> Option<&'a str> {
        self.id.map(|id| id.of(if self.id_is_in_scratch { &self.scratch } else { line }))
    }

    pub fn text<'a>(&'a self, field: Field, line: &'a str) -> &'a str {
        let is_in_scratch = self.in_scratch & bit(field) != 0;
        self.texts[field as usize].of(if is_in_scratch { &self.scratch } else { line })
    }

    pub fn number(&self, field: Field) -> i64 {
        self.numbers[field as usize]
    }

    /// Takes the value that starts at `at`, and gives its end.
    #[allow(clippy::inline_always, reason = "a call for each value shows")]
    #[inline(always)]
    pub fn take(&mut self, meaning: &Meaning, line: &str, at: usize) -> Option<usize> {
        match meaning {
            Meaning::Text(key) => self.take_text(*key, line, at),
            Meaning::Number(key, number) => self.take_number(*key, number, line, at),
            _ => self.take_other(meaning, line, at),
        }
    }

    fn take_other(&mut self, meaning: &Meaning, line: &str, at: usize) -> Option<usize> {
        match meaning {
            // Taken already; calling them from here too would keep them from being inlined there.
            Meaning::Text(_) | Meaning::Number(..) => None,
            Meaning::Time { yields } => self.take_time(*yields, line, at),
            Meaning::Unknown => json::value_end(line.as_bytes(), at),
            Meaning::ThisKind(kind) => {
                self.kind = Some(*kind);
                Some(at)
            }
            Meaning::ThisVersion => Some(at),
            Meaning::Id => self.take_id(line, at),
            Meaning::Truth(key) => self.take_truth(*key, line, at),
            Meaning::Texts(key) => self.take_texts(*key, line, at),
            Meaning::Map(key) => self.take_map(*key, line, at),
            Meaning::Kind => self.take_kind(line, at),
            Meaning::Version | Meaning::Revision | Meaning::Retracted => self.take_envelope(meaning, line, at),
        }
    }

    /// Whether a value under this key counts: the canonical name beats an alias, of a repeated key the last counts.
    #[inline]
    fn counts(&mut self, key: Key) -> bool {
        let bit = bit(key.field);
        let yields = &mut self.yields[key.field as usize];
        if self.named & bit != 0 {
            if key.yields > *yields {
                return false;
            }
            self.present &= !bit;
            self.bad &= !bit;
            self.in_scratch &= !bit;
        }
        self.named |= bit;
        *yields = key.yields;
        true
    }

    #[allow(clippy::inline_always, reason = "most of a line is such values, and a call for each shows")]
    #[inline(always)]
    fn take_text(&mut self, key: Key, line: &str, at: usize) -> Option<usize> {
        if !self.counts(key) {
            return json::value_end(line.as_bytes(), at);
        }
        if line.as_bytes().get(at) != Some(&b'"') {
            return self.take_text_of_number(key, line, at);
        }
        let start = at + 1;
        let end = json::string_end(line.as_bytes(), start)?;
        if !end.is_plain {
            return self.take_escaped(key, line, at, end.quote);
        }
        self.texts[key.field as usize] = stretch(start, end.quote);
        self.present |= u64::from(end.quote > start) << key.field as u8;
        Some(end.quote + 1)
    }

    #[inline(never)]
    fn take_text_of_number(&mut self, key: Key, line: &str, at: usize) -> Option<usize> {
        if !matches!(line.as_bytes().get(at)?, b'-' | b'0'..=b'9') {
            return self.take_odd(key, line, at);
        }
        let end = json::number_end(line.as_bytes(), at)?;
        self.texts[key.field as usize] = stretch(at, end);
        self.present |= bit(key.field);
        Some(end)
    }

    #[inline(never)]
    fn take_escaped(&mut self, key: Key, line: &str, at: usize, quote: usize) -> Option<usize> {
        let start = self.scratch.len();
        if json::unescape(&line[at + 1..quote], &mut self.scratch).is_none() {
            return self.take_odd(key, line, at);
        }
        self.keep_scratch(key.field, start);
        Some(quote + 1)
    }

    fn keep_scratch(&mut self, field: Field, start: usize) {
        self.texts[field as usize] = stretch(start, self.scratch.len());
        self.in_scratch |= bit(field);
        self.present |= u64::from(self.scratch.len() > start) << field as u8;
    }

    #[allow(clippy::inline_always, reason = "most of a line is such values, and a call for each shows")]
    #[inline(always)]
    fn take_number(&mut self, key: Key, shape: &Number, line: &str, at: usize) -> Option<usize> {
        let bytes = line.as_bytes();
        if !self.counts(key) {
            return json::value_end(bytes, at);
        }
        let is_text = bytes.get(at) == Some(&b'"');
        let Some(plain) = json::plain_number(bytes, at + usize::from(is_text)) else {
            return self.take_odd(key, line, at);
        };
        if (is_text && bytes.get(plain.end) != Some(&b'"')) || (shape.is_whole && plain.places > 0) {
            return self.take_odd(key, line, at);
        }
        match shape.kept(plain) {
            Some(number) => {
                self.numbers[key.field as usize] = number;
                self.present |= bit(key.field);
            }
            None => self.bad |= bit(key.field),
        }
        Some(plain.end + usize::from(is_text))
    }

    fn take_truth(&mut self, key: Key, line: &str, at: usize) -> Option<usize> {
        let bytes = line.as_bytes();
        if !self.counts(key) {
            return json::value_end(bytes, at);
        }
        let word = match bytes.get(at)? {
            b't' => json::word_end(bytes, at, b"true").map(|end| (end, 1)),
            b'f' => json::word_end(bytes, at, b"false").map(|end| (end, 0)),
            _ => None,
        };
        let Some((end, truth)) = word else { return self.take_odd(key, line, at) };
        self.numbers[key.field as usize] = truth;
        self.present |= bit(key.field);
        Some(end)
    }

    fn take_texts(&mut self, key: Key, line: &str, at: usize) -> Option<usize> {
        if !self.counts(key) {
            return json::value_end(line.as_bytes(), at);
        }
        let start = self.scratch.len();
        let Some(end) = self.join(line, at) else {
            self.scratch.truncate(start);
            return self.take_odd(key, line, at);
        };
        self.keep_scratch(key.field, start);
        Some(end)
    }

    /// Appends the texts of a list to the scratch, empty ones left out. `None` for anything else than a list of strings.
    fn join(&mut self, line: &str, at: usize) -> Option<usize> {
        let bytes = line.as_bytes();
        let mut at = json::whitespace_end(bytes, json::word_end(bytes, at, b"[")?);
        let start = self.scratch.len();
        if bytes.get(at) == Some(&b']') {
            return Some(at + 1);
        }
        loop {
            let inside = json::word_end(bytes, at, b"\"")?;
            let end = json::string_end(bytes, inside)?;
            if end.quote > inside && self.scratch.len() > start {
                self.scratch.push(UNIT_SEPARATOR);
            }
            if end.is_plain {
                self.scratch.push_str(&line[inside..end.quote]);
            } else {
                json::unescape(&line[inside..end.quote], &mut self.scratch)?;
            }
            at = json::whitespace_end(bytes, end.quote + 1);
            match bytes.get(at)? {
                b',' => at = json::whitespace_end(bytes, at + 1),
                b']' => return Some(at + 1),
                _ => return None,
            }
        }
    }

    /// A map is an object or it is bad; nobody asks what is in it.
    fn take_map(&mut self, key: Key, line: &str, at: usize) -> Option<usize> {
        let end = json::value_end(line.as_bytes(), at)?;
        if self.counts(key) && !matches!(line.as_bytes()[at], b'{' | b'n') {
            self.bad |= bit(key.field);
        }
        Some(end)
    }

    /// Takes a value in a spelling that is rare, as the general path reads it.
    #[cold]
    fn take_odd(&mut self, key: Key, line: &str, at: usize) -> Option<usize> {
        let end = json::value_end(line.as_bytes(), at)?;
        let start = self.scratch.len();
        match read::value(key.field.shape(), &line[at..end], key.power) {
            Ok(Some(Value::Number(number))) => self.numbers[key.field as usize] = number,
            Ok(Some(Value::Truth(truth))) => self.numbers[key.field as usize] = i64::from(truth),
            Ok(Some(Value::Text(text))) => {
                self.scratch.push_str(&text);
                self.keep_scratch(key.field, start);
            }
            Ok(Some(Value::Texts(texts))) => {
                self.scratch.push_str(&texts.join(&UNIT_SEPARATOR.to_string()));
                self.keep_scratch(key.field, start);
            }
            Ok(Some(Value::Map(_)) | None) => return Some(end),
            Err(BadField) => {
                self.bad |= bit(key.field);
                return Some(end);
            }
        }
        self.present |= bit(key.field);
        Some(end)
    }

    fn take_id(&mut self, line: &str, at: usize) -> Option<usize> {
        if let Some((inside, end)) = plain_string(line, at) {
            self.id = Some(inside).filter(|inside| inside.end > inside.start);
            self.id_is_in_scratch = false;
            return Some(end);
        }
        let end = json::value_end(line.as_bytes(), at)?;
        let start = self.scratch.len();
        if let Ok(Some(Value::Text(id))) = read::value(Shape::Text, &line[at..end], 0) {
            self.scratch.push_str(&id);
        }
        self.id = Some(stretch(start, self.scratch.len())).filter(|id| id.end > id.start);
        self.id_is_in_scratch = true;
        Some(end)
    }

    /// A time that is none makes the line unreadable under `ts`, and under `timestamp` only where there is no `ts`.
    fn take_time(&mut self, yields: bool, line: &str, at: usize) -> Option<usize> {
        let (reading, end) = if let Some((inside, end)) = plain_string(line, at) {
            (time::text(inside.of(line).trim()).filter(|reading| reading.ts_ns >= time::EARLIEST_NS), end)
        } else {
            let end = json::value_end(line.as_bytes(), at)?;
            (read::instant(&line[at..end]).ok(), end)
        };
        if yields {
            self.timestamp = reading;
        } else {
            self.ts = Some(reading?);
        }
        Some(end)
    }

    /// `None` also for kinds that the general path counts or takes apart.
    fn take_kind(&mut self, line: &str, at: usize) -> Option<usize> {
        let (name, end) = plain_string(line, at)?;
        let name = Some(name.of(line)).filter(|name| *name != read::OTEL_EVALUATION)?;
        self.kind = Some(Kind::named(name)?);
        Some(end)
    }

    fn take_envelope(&mut self, meaning: &Meaning, line: &str, at: usize) -> Option<usize> {
        let end = json::value_end(line.as_bytes(), at)?;
        let raw = &line[at..end];
        match meaning {
            Meaning::Version if read::whole(raw).is_some_and(|version| version > VERSION) => return None,
            Meaning::Revision => self.rev = read::whole(raw).unwrap_or(0),
            Meaning::Retracted => self.is_retracted = raw == "true",
            _ => {}
        }
        Some(end)
    }
}
