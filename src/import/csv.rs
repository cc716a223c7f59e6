//! `csv`: a table with a header, its cells apart by commas, semicolons or tabs. Streams; a row is all it holds.

use super::id::Id;
use super::recipe::Recipe;
use super::refused::Refused;
use super::sink::Sink;
use super::table::{Table, missing_column};
use super::tally::{At, Meter};
use super::value::Value;
use super::{How, Input, Source};
use ::csv::{ByteRecord, Position, Reader, ReaderBuilder};
use anyhow::{Context, Result};
use std::fs::File;
use std::io::{BufRead, BufReader};

pub const CSV: Source = Source {
    name: "csv",
    aliases: &["tsv"],
    reads: "a table with a header, its cells apart by commas, semicolons or tabs",
    places: |_| Vec::new(),
    takes: |path| super::walk::is_named(path, &["csv", "tsv"]),
    how: How::Table { check, read },
};

/// The columns are told by the header alone, so nothing else needs to be read before writing.
fn check(input: &Input, recipe: &Recipe, _: &mut Meter) -> Result<()> {
    let (_, header) = open(input)?;
    places(input, recipe, &header).map(|_| ())
}

fn read(input: &Input, recipe: &Recipe, sink: &mut Sink) -> Result<()> {
    let (mut reader, header) = open(input)?;
    let places = places(input, recipe, &header)?;
    let mut table = Table::new(recipe, Id::of(header.iter()));
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).with_context(|| format!("cannot read {}", input.shown))? {
        let position = record.position().map_or(0, Position::line);
        let at = At::Line(position);
        let values;
        let row = if record.len() == header.len() {
            values = places.iter().map(|place| cell(&record, *place)).collect::<Option<Vec<Value>>>();
            values.as_deref().ok_or_else(|| ("not UTF-8", String::new()))
        } else {
            Err(("a row of another length", format!("{} cells below a header of {}", record.len(), header.len())))
        };
        table.row(Id::of(record.iter()), at, row, sink);
        if position.is_multiple_of(1024) {
            sink.read(reader.position().byte());
        }
    }
    Ok(())
}

/// The value of a cell; `None` when it is not text.
fn cell(record: &ByteRecord, place: Option<usize>) -> Option<Value<'_>> {
    match place {
        Some(place) => std::str::from_utf8(&record[place]).ok().map(Value::cell),
        None => Some(Value::Null),
    }
}

fn open(input: &Input) -> Result<(Reader<BufReader<File>>, ByteRecord)> {
    let context = || format!("cannot read {}", input.shown);
    let mut file = BufReader::with_capacity(1 << 16, File::open(input.path).with_context(context)?);
    let start = file.fill_buf().with_context(context)?;
    if start.starts_with(b"{\"") || start.starts_with(b"[{") || start.starts_with(b"[\n") {
        let says = format!("{} is JSON, not a table with a header", input.shown);
        return Err(Refused::new(says).hint("import it as `json`").into());
    }
    let delimiter = delimiter(start);
    let mut reader = ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(file);
    let header = reader.byte_headers().with_context(context)?.clone();
    Ok((reader, header))
}

/// A comma, unless the header has none and another separator.
fn delimiter(start: &[u8]) -> u8 {
    let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let has = |byte| header.contains(&byte);
    [b'\t', b';'].into_iter().find(|other| !has(b',') && has(*other)).unwrap_or(b',')
}

/// Where each column of the recipe stands; `None` for one that may be absent and is.
fn places(input: &Input, recipe: &Recipe, header: &ByteRecord) -> Result<Vec<Option<usize>>> {
    let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    let place = |column: &super::parse::Column| {
        let mut found = names.iter().enumerate().filter(|(_, name)| **name == column.name).map(|(at, _)| at);
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => {
                let says = format!("the header of {} has the column `{}` twice", input.shown, column.name);
                Err(Refused::new(says).hint("rename one of them in the file's first line").into())
            }
            // A file without a header has no record either, and that is what will be said of it.
            (None, _) if column.needs > 0 && !names.is_empty() => {
                Err(missing_column(&input.shown, &column.name, &names).into())
            }
            (found, _) => Ok(found),
        }
    };
    recipe.columns.iter().map(place).collect()
}
