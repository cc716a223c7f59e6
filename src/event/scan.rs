//! The fast way to read a line: it expects what stood between the values of earlier lines and reads the values where they
//! stand. [`parse_line`](super::parse_line) decides what a line means; what is not understood here in full is left to it.
//! The tests hold the two equal, and for as long as one lets it `cargo +nightly fuzz run --fuzz-dir tests/fuzz scan`.

mod json;
mod row;
mod shape;

use super::{Field, Kind, Shape};
use row::Row;
use shape::{Place, Shapes};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

const _: () = assert!(Field::COUNT <= u64::BITS as usize, "sets of fields are bits");

/// Reads lines, and learns the shapes of those it has read.
pub struct Scanner {
    shapes: Shapes,
    row: Row,
    /// The fields that a line of each kind may carry.
    reads: [u64; Kind::ALL.len()],
}

/// A line that was understood, until the next is read.
#[derive(Clone, Copy)]
pub struct Scanned<'a> {
    row: &'a Row,
    line: &'a str,
    kind: Kind,
    reads: u64,
    reading: crate::time::Reading,
}

/// What to do with a value.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Meaning {
    Version,
    Id,
    Revision,
    Retracted,
    /// `ts`, and `timestamp`, which yields to it.
    Time {
        yields: bool,
    },
    Kind,
    Text(Key),
    Number(Key, Number),
    Truth(Key),
    Texts(Key),
    Map(Key),
    /// Ours is not to know it, only that it is JSON.
    Unknown,
    /// The value was part of what was expected: the kind of event, version 1.
    ThisKind(Kind),
    ThisVersion,
}

/// A name of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Key {
    field: Field,
    /// 0 for the canonical name, more for a weaker alias.
    yields: u8,
    /// How far the name's unit shifts the decimal point.
    power: u32,
}

/// How a number is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Number {
    is_whole: bool,
    /// The decimals it is kept with, the shift by the name's unit included.
    decimals: u32,
    min: i64,
    max: i64,
}

/// Powers of ten.
const POWERS: [i64; 19] = {
    let mut powers = [1; 19];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

impl Number {
    fn new(shape: Shape, power: u32) -> Number {
        match shape {
            Shape::Decimal { decimals, min, max } => {
                let one = 10_i64.pow(decimals);
                Number { is_whole: false, decimals: decimals + power, min: min * one, max: max * one }
            }
            Shape::Whole { min, max } => Number { is_whole: true, decimals: 0, min, max },
            _ => Number { is_whole: true, decimals: 0, min: 0, max: 0 },
        }
    }

    /// The integer a number is kept as, rounded half to even; `None` out of range.
    #[inline]
    fn kept(&self, plain: json::Plain) -> Option<i64> {
        let magnitude = if plain.places <= self.decimals {
            plain.digits.checked_mul(POWERS[(self.decimals - plain.places) as usize])?
        } else {
            // Past the table a number of 18 digits is below the half of one.
            POWERS.get((plain.places - self.decimals) as usize).map_or(0, |power| {
                let (quotient, twice) = (plain.digits / power, plain.digits % power * 2);
                quotient + i64::from(twice > *power || twice == *power && quotient % 2 == 1)
            })
        };
        let number = if plain.is_negative { -magnitude } else { magnitude };
        (self.min..=self.max).contains(&number).then_some(number)
    }
}

/// What every key means that means anything.
static MEANINGS: LazyLock<HashMap<&'static str, Meaning, BuildHasherDefault<Ends>>> = LazyLock::new(|| {
    let envelope = [
        ("v", Meaning::Version),
        ("id", Meaning::Id),
        ("rev", Meaning::Revision),
        ("retracted", Meaning::Retracted),
        ("ts", Meaning::Time { yields: false }),
        ("timestamp", Meaning::Time { yields: true }),
        ("event", Meaning::Kind),
    ];
    let names = Field::ALL.iter().flat_map(|field| {
        let aliases = field.aliases().iter().map(|alias| alias.name);
        aliases.chain([field.name()]).filter_map(|name| Some((name, Meaning::of_field(Field::of_key(name)?))))
    });
    names.chain(envelope).collect()
});

/// A hash of how a key begins and ends. Only our own names are ever put in, so nobody can crowd them.
#[derive(Default)]
struct Ends(u64);

impl Hasher for Ends {
    fn write(&mut self, bytes: &[u8]) {
        let word = |eight: Option<&[u8; 8]>| eight.map(|eight| u64::from_le_bytes(*eight));
        let ends = match (word(bytes.first_chunk()), word(bytes.last_chunk())) {
            (Some(first), Some(last)) => first ^ last.rotate_left(29),
            _ => bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        // The golden ratio, as in Knuth, "The Art of Computer Programming", volume 3, 6.4.
        self.0 = (self.0 ^ ends ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_u8(&mut self, _: u8) {}

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

impl Meaning {
    fn of_key(key: &str) -> Meaning {
        MEANINGS.get(key).copied().unwrap_or(Meaning::Unknown)
    }

    fn of_field((field, yields, power): (Field, u8, u32)) -> Meaning {
        let key = Key { field, yields, power };
        match field.shape() {
            Shape::Text => Meaning::Text(key),
            shape @ (Shape::Whole { .. } | Shape::Decimal { .. }) => Meaning::Number(key, Number::new(shape, power)),
            Shape::Truth => Meaning::Truth(key),
            Shape::Texts => Meaning::Texts(key),
            Shape::Map => Meaning::Map(key),
        }
    }
}

impl Default for Scanner {
    fn default() -> Scanner {
        Scanner::new()
    }
}

impl Scanner {
    pub fn new() -> Scanner {
        let mut reads = [0; Kind::ALL.len()];
        for kind in Kind::ALL {
            for &field in Field::ALL.iter().filter(|field| kind.reads(**field)) {
                reads[kind as usize] |= 1 << field as u8;
            }
        }
        Scanner { shapes: Shapes::new(), row: Row::new(), reads }
    }

    /// Reads one line without its newline; `None`: not understood in full, `parse_line` decides.
    pub fn scan<'a>(&'a mut self, line: &'a str) -> Option<Scanned<'a>> {
        u32::try_from(line.len()).ok()?;
        self.row.clear();
        self.walk(line)?;
        let kind = self.row.kind?;
        let reading = self.row.ts.or(self.row.timestamp)?;
        Some(Scanned { row: &self.row, line, kind, reads: self.reads[kind as usize], reading })
    }

    /// Takes every value of a line. `None` if it is no object, or more than that.
    fn walk(&mut self, line: &str) -> Option<()> {
        let bytes = line.as_bytes();
        let (mut place, mut at) = (shape::START, 0);
        loop {
            if let Some((next, meaning, value)) = self.shapes.next(place, bytes, at) {
                at = self.row.take(meaning, line, json::whitespace_end(bytes, value))?;
                place = next;
            } else {
                (place, at) = self.unexpected(place, line, at)?;
            }
            if bytes.get(at) != Some(&b',') {
                let end = json::whitespace_end(bytes, at);
                match bytes.get(end)? {
                    b',' => {}
                    b'}' => return (json::whitespace_end(bytes, end + 1) == bytes.len()).then_some(()),
                    _ => return None,
                }
            }
        }
    }

    /// Takes the next value where it is none that earlier lines had here, and learns what stands before it.
    #[cold]
    #[inline(never)]
    fn unexpected(&mut self, place: Place, line: &str, at: usize) -> Option<(Place, usize)> {
        let bytes = line.as_bytes();
        let opening = json::word_end(bytes, json::whitespace_end(bytes, at), if at == 0 { b"{" } else { b"," })?;
        let key = json::whitespace_end(bytes, opening);
        let end = json::string_end(bytes, json::word_end(bytes, key, b"\"")?)?;
        let value = json::value_place(bytes, end.quote + 1)?;
        let meaning = if end.is_plain {
            Meaning::of_key(&line[key + 1..end.quote])
        } else {
            Meaning::of_key(&serde_json::from_str::<String>(&line[key..=end.quote]).ok()?)
        };
        let end = self.row.take(&meaning, line, value)?;
        // There are few kinds and one version: expected together with the value, each has a shape of its own.
        let (literal, meaning) = match (meaning, self.row.kind) {
            (Meaning::Kind, Some(kind)) => (&bytes[at..end], Meaning::ThisKind(kind)),
            (Meaning::Version, _) if &bytes[value..end] == b"1" => (&bytes[at..end], Meaning::ThisVersion),
            _ => (&bytes[at..value], meaning),
        };
        Some((self.shapes.learn(place, literal, meaning), end))
    }
}

impl<'a> Scanned<'a> {
    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn ts_ns(&self) -> i64 {
        self.reading.ts_ns
    }

    /// Whether `ts` named no zone and was taken as UTC.
    pub fn is_naive(&self) -> bool {
        self.reading.is_naive
    }

    pub fn id(&self) -> Option<&'a str> {
        self.row.id(self.line)
    }

    pub fn rev(&self) -> i64 {
        self.row.rev
    }

    pub fn is_retracted(&self) -> bool {
        self.row.is_retracted
    }

    /// How many fields held a value that is none of theirs; they are treated as missing.
    pub fn dropped(&self) -> u64 {
        u64::from((self.row.bad & self.reads).count_ones())
    }

    /// The fields with a value, a bit by `field as u8` for each. Maps are checked, but never here: no column holds them.
    pub fn present(&self) -> u64 {
        self.row.present & self.reads
    }

    /// The text of a field that is present and holds one; the texts of a list with U+001F between them.
    pub fn text(&self, field: Field) -> &'a str {
        self.row.text(field, self.line)
    }

    /// The number of a field that is present and holds one, in the integers of its shape; truths are 0 and 1.
    pub fn number(&self, field: Field) -> i64 {
        self.row.number(field)
    }
}
