//! `json`: objects, as JSON lines, as one array, or one after the other; which of them a file is, it tells by itself.
//! Every form is streamed; numbers are taken as the file spells them.

use super::id::Id;
use super::object::Object;
use super::parse::Column;
use super::recipe::Recipe;
use super::refused::Refused;
use super::sink::Sink;
use super::table::{Table, missing_column};
use super::tally::{At, Meter};
use super::{How, Input, Source};
use crate::log::{self, Encoding, Piece};
use anyhow::{Context, Result};
use serde::de::{Deserializer as _, IgnoredAny, SeqAccess, Visitor};
use serde_json::Deserializer;
use serde_json::value::RawValue;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Seek as _};

pub const JSON: Source = Source {
    name: "json",
    aliases: &["jsonl", "ndjson"],
    reads: "an array of objects, one object, or JSON lines; it tells them apart by itself",
    places: |_| Vec::new(),
    takes: |path| super::walk::is_named(path, &["json", "jsonl", "ndjson"]),
    how: How::Table { check, read },
};

/// How the records of a file follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// One to a line.
    Lines,
    /// The elements of one array.
    Array,
    /// One after the other, over as many lines as they take.
    Values,
}

/// Takes one record: its bytes (none when it is too long to be held), its place, and how many bytes of the file are read.
type Each<'e> = &'e mut dyn FnMut(&[u8], At, u64);

/// A file that is one JSON text has to be sound to its end before anything is written; of JSON lines only as much is read
/// as it takes to see every column.
fn check(input: &Input, recipe: &Recipe, meter: &mut Meter) -> Result<()> {
    let form = form(input)?;
    let mut unseen: Vec<&Column> = recipe.columns.iter().filter(|column| column.needs > 0).collect();
    let mut has_objects = false;
    for part in [0..START_BYTES, START_BYTES..u64::MAX] {
        if has_objects && unseen.is_empty() {
            break;
        }
        let mut look = |bytes: &[u8], _: At, read: u64| {
            meter.at(read);
            let is_enough = has_objects && unseen.is_empty();
            if let Some(object) = (!is_enough).then(|| Object::read(bytes)).flatten() {
                has_objects = true;
                unseen.retain(|column| object.find(&column.name).is_none());
            }
        };
        if form != Form::Lines {
            values(input, form, &mut look)?;
            break;
        }
        lines(input, part, &mut look)?;
    }
    match unseen.first() {
        Some(column) if has_objects => Err(missing_column(&input.shown, &column.name, &names(input, form)).into()),
        _ => Ok(()),
    }
}

fn read(input: &Input, recipe: &Recipe, sink: &mut Sink) -> Result<()> {
    let mut table = Table::new(recipe, Id::of([]));
    let mut take = |bytes: &[u8], at: At, read: u64| {
        let id = Id::of([bytes]);
        let (object, values);
        let row = match Object::read(bytes) {
            Some(found) => {
                object = found;
                values = recipe.columns.iter().map(|column| object.value(&column.name)).collect::<Vec<_>>();
                Ok(values.as_slice())
            }
            None => Err(unreadable(bytes)),
        };
        table.row(id, at, row, sink);
        sink.read(read);
    };
    match form(input)? {
        Form::Lines => lines(input, 0..u64::MAX, &mut take),
        form => values(input, form, &mut take),
    }
}

/// Why the bytes of a record are no object.
fn unreadable(bytes: &[u8]) -> (&'static str, String) {
    match serde_json::from_slice::<IgnoredAny>(bytes) {
        _ if bytes.is_empty() => ("too long", String::new()),
        _ if std::str::from_utf8(bytes).is_err() => ("not UTF-8", String::new()),
        Ok(_) => ("not an object", String::new()),
        Err(error) => ("not JSON", error.to_string()),
    }
}

/// How much of a file of JSON lines is looked at first.
const START_BYTES: u64 = 1 << 20;

/// Tells the form of a file from its beginning, and from all of it when that is not enough.
fn form(input: &Input) -> Result<Form> {
    let mut file = open(input)?;
    let mut line = Vec::new();
    while line.trim_ascii().is_empty() {
        line.clear();
        let most = crate::event::MAX_LINE_BYTES as u64;
        let length = file.by_ref().take(most).read_until(b'\n', &mut line).with_context(|| cannot_read(input))?;
        if length == 0 {
            return Ok(Form::Lines);
        }
    }
    let line = line.trim_ascii();
    if line.starts_with(b"[") {
        return Ok(Form::Array);
    }
    if Object::read(line).is_some() {
        return Ok(Form::Lines);
    }
    // An object over several lines, or lines of which the first is damaged: the former is sound as a whole.
    let sound = values(input, Form::Values, &mut |_, _, _| {});
    if sound.is_ok() {
        return Ok(Form::Values);
    }
    let mut has_objects = false;
    lines(input, 0..u64::MAX, &mut |bytes, _, _| has_objects |= !has_objects && Object::read(bytes).is_some())?;
    if has_objects { Ok(Form::Lines) } else { sound.map(|()| Form::Values) }
}

/// The names of the columns of the first records, for a person who missed one.
fn names(input: &Input, form: Form) -> Vec<String> {
    const LOOKED_AT: u32 = 200;
    let mut names = Vec::new();
    let mut looked = 0;
    let mut look = |bytes: &[u8], _: At, _: u64| {
        looked += 1;
        if let Some(object) = Object::read(bytes).filter(|_| looked <= LOOKED_AT) {
            object.names(&mut names);
        }
    };
    // What cannot be read was said before.
    let _ = match form {
        Form::Lines => lines(input, 0..START_BYTES, &mut look),
        form => values(input, form, &mut look),
    };
    names
}

fn cannot_read(input: &Input) -> String {
    format!("cannot read {}", input.shown)
}

/// The file, past the byte order mark it may begin with.
fn open(input: &Input) -> Result<BufReader<File>> {
    let mut file = File::open(input.path).with_context(|| cannot_read(input))?;
    let mut start = [0; 3];
    let is_marked = file.read_exact(&mut start).is_ok() && start == *b"\xef\xbb\xbf";
    if !is_marked {
        file.rewind().with_context(|| cannot_read(input))?;
    }
    Ok(BufReader::with_capacity(1 << 16, file))
}

fn lines(input: &Input, range: std::ops::Range<u64>, each: Each) -> Result<()> {
    let source = log::Source { path: input.path.to_owned(), encoding: Encoding::Plain, bytes: input.bytes };
    let mut number = 0;
    let mut read = 0;
    log::lines(&source, range, |piece| {
        number += 1;
        match piece {
            Piece::Line { bytes, offset, .. } => {
                read = offset;
                let line = bytes.trim_ascii();
                if !line.is_empty() {
                    each(line, At::Line(number), read);
                }
            }
            Piece::TooLong { .. } => each(&[], At::Line(number), read),
        }
    })
    .with_context(|| cannot_read(input))
}

/// Hands out the values of a file that is one array, or values one after the other.
fn values(input: &Input, form: Form, each: Each) -> Result<()> {
    let mut json = Deserializer::from_reader(open(input)?);
    let mut record = 0;
    let mut read = 0;
    let mut take = |raw: &RawValue| {
        record += 1;
        read += raw.get().len() as u64;
        each(raw.get().as_bytes(), At::Record(record), read);
    };
    let taken = if form == Form::Array {
        json.deserialize_seq(Elements(&mut take)).and_then(|()| json.end())
    } else {
        json.into_iter::<Box<RawValue>>().try_for_each(|raw| raw.map(|raw| take(&raw)))
    };
    taken.map_err(|error| {
        if error.is_io() {
            return anyhow::Error::from(error).context(cannot_read(input));
        }
        let hint = match record {
            0 => "a table with a header is imported as `csv`".to_owned(),
            _ => format!(
                "the first {} sound; nothing of the file was imported",
                if record == 1 { "record is".to_owned() } else { format!("{record} records are") }
            ),
        };
        Refused::new(format!("{} is not sound JSON: {error}", input.shown)).hint(hint).into()
    })
}

/// Takes the elements of an array one at a time.
struct Elements<'e>(&'e mut dyn FnMut(&RawValue));

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(raw) = elements.next_element::<Box<RawValue>>()? {
            (self.0)(&raw);
        }
        Ok(())
    }
}
