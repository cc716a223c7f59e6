//! The tables of a check: where each thing was found. One without a row is there for programs only.

use super::Found;
use crate::check::copies::{Copy, Group};
use crate::check::counts::{At, Broken, Examples, Names, Seen};
use crate::check::keys;
use crate::check::{Checked, FileCount, Text};
use crate::coverage::{count, thousands};
use crate::event::{Kind, Skip};
use crate::log::Encoding;
use crate::sheet::{Cell, Column, Parts, Table, Unit, Why};
use crate::time::{NS_PER_DAY, Zone};

pub fn tables(found: &Found<'_>) -> Vec<Table> {
    let checked = found.checked;
    let mut tables = vec![
        files(found),
        unread(found),
        skipped(checked),
        pending(checked),
        unknown_kinds(checked),
        unknown_fields(checked),
        dropped_fields(checked),
        ignored_fields(checked),
        copies(checked),
        times(checked, &found.zone),
        unpriced(found),
        permissions(found),
        disagreements(found),
        cache(found),
    ];
    tables.extend(listed(found));
    tables
}

impl Checked {
    /// `laptop/events-2026-11.jsonl:17`.
    pub(super) fn place(&self, at: At) -> String {
        let file = self.files.get(at.file as usize).map_or("", |file| file.name.as_str());
        format!("{file}:{}", at.line)
    }
}

/// A table whose rows are all there is.
fn table(id: &'static str, title: &str, columns: &[(&str, &str, Unit, u8)], rows: Vec<Vec<Cell>>) -> Table {
    let columns = columns.iter().map(|&(key, label, unit, rank)| Column {
        key: key.to_owned(),
        label: label.to_owned(),
        unit,
        parts: Parts::Value,
        least: 0,
        rank,
    });
    let title = if rows.is_empty() { String::new() } else { title.to_owned() };
    Table { id, title, columns: columns.collect(), rows, others: None, total: None }
}

/// The same, of which no more than some examples are shown.
fn first_of(table: Table, all: u64) -> Table {
    if all <= table.rows.len() as u64 {
        return table;
    }
    let title = format!("{}, the first {} of {}", table.title, table.rows.len(), thousands(all.into()));
    Table { title, ..table }
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn maybe(name: Option<&str>) -> Cell {
    name.filter(|name| !name.is_empty()).map_or(Cell::Missing(Why::NoData), text)
}

fn int(number: u64) -> Cell {
    Cell::Int(number.into())
}

fn files(found: &Found<'_>) -> Table {
    let files = &found.checked.files;
    let instant = |ts_ns: Option<i64>| maybe(ts_ns.map(|ts_ns| found.zone.instant(ts_ns)).as_deref());
    let row = |name: Cell, encoding: Cell, files: &[FileCount]| {
        let sum = |count: fn(&FileCount) -> u64| int(files.iter().map(count).sum());
        vec![
            name,
            encoding,
            sum(|file| file.bytes),
            sum(|file| file.lines),
            sum(|file| file.events),
            sum(|file| file.skipped),
            sum(|file| file.pending),
            instant(files.iter().filter_map(|file| file.oldest_ns).min()),
            instant(files.iter().filter_map(|file| file.newest_ns).max()),
        ]
    };
    let shown = files.len().min(found.files);
    let rows =
        files[..shown].iter().map(|file| row(text(&file.name), text(encoding(file)), std::slice::from_ref(file)));
    let columns = [
        ("file", "file", Unit::Name, 0),
        ("encoding", "encoding", Unit::Name, 1),
        ("bytes", "bytes", Unit::Count, 2),
        ("lines", "lines", Unit::Count, 0),
        ("event_lines", "event lines", Unit::Count, 0),
        ("skipped", "skipped", Unit::Count, 0),
        ("pending", "unfinished", Unit::Count, 0),
        ("oldest", "oldest", Unit::Instant, 3),
        ("newest", "newest", Unit::Instant, 3),
    ];
    let mut table = table("files", "Files", &columns, rows.collect());
    let nameless = || Cell::Missing(Why::NoData);
    if files.len() > shown {
        table.others = Some(((files.len() - shown) as u64, row(nameless(), nameless(), &files[shown..])));
    }
    if !table.rows.is_empty() {
        table.total = Some(row(nameless(), nameless(), files));
    }
    table
}

fn encoding(file: &FileCount) -> &'static str {
    match (file.text, file.encoding) {
        (Text::Utf16, _) => "utf-16",
        (Text::CarriageReturns, _) => "utf-8, CR",
        (Text::Utf8, Encoding::Plain) => "utf-8",
        (Text::Utf8, Encoding::Gzip) => "utf-8, gzip",
        (Text::Utf8, Encoding::Zstd) => "utf-8, zstd",
    }
}

/// What was not read, or not to its end, and what to do.
fn unread(found: &Found<'_>) -> Table {
    const MEND: &str = "make it readable, or move it out of the metrics directory";
    let row = |file: &str, why: &str, try_this: &str| vec![text(file), text(why), text(try_this)];
    let failures = found.checked.failures().map(|(file, why)| row(file, why, MEND));
    let strays = found.beside.strays.first.iter().map(|(_, stray)| row(&stray.file, stray.why, &stray.try_this));
    let columns = [("file", "file", Unit::Name, 0), ("why", "why", Unit::Name, 0), ("try", "try", Unit::Name, 1)];
    let all = found.checked.failures().count() as u64 + found.beside.strays.count;
    first_of(table("not_read", "Not read", &columns, failures.take(found.checked.most).chain(strays).collect()), all)
}

const BROKEN: [(&str, &str, Unit, u8); 4] = [
    ("at", "at", Unit::Name, 0),
    ("reason", "reason", Unit::Name, 0),
    ("because", "because", Unit::Name, 1),
    ("begins", "begins", Unit::Name, 2),
];

fn broken(checked: &Checked, reason: &str, examples: &Examples<Broken>) -> Vec<(At, Vec<Cell>)> {
    let row = |(at, broken): &(At, Broken)| {
        let place = text(checked.place(*at));
        (*at, vec![place, text(reason), text(&broken.because), maybe(Some(&broken.begins))])
    };
    examples.first.iter().map(row).collect()
}

fn skipped(checked: &Checked) -> Table {
    let of = |(skip, examples): (&Skip, _)| broken(checked, skip.name(), examples);
    let mut rows: Vec<(At, Vec<Cell>)> = checked.counts.skipped.iter().flat_map(of).collect();
    rows.sort_by_key(|(at, _)| *at);
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    first_of(table("skipped", "Skipped lines", &BROKEN, rows), checked.skipped())
}

fn pending(checked: &Checked) -> Table {
    let rows = broken(checked, "unfinished", &checked.counts.pending);
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    first_of(table("pending", "Unfinished last lines", &BROKEN, rows), checked.counts.pending.count)
}

/// Names in the order of how often they were seen.
fn by_count<'a, K: Ord>(seen: impl Iterator<Item = (K, &'a Seen)>) -> Vec<(K, &'a Seen)> {
    let mut seen: Vec<(K, &Seen)> = seen.collect();
    seen.sort_by(|(a, left), (b, right)| right.count.cmp(&left.count).then_with(|| a.cmp(b)));
    seen
}

/// The kind that was probably meant by a name that is none.
pub(super) fn meant_kind(name: &str) -> Option<&'static str> {
    crate::spelling::nearest(name, &Kind::ALL.map(Kind::name))
}

fn unknown_kinds(checked: &Checked) -> Table {
    names(checked, ("unknown_kinds", "Unknown kinds", "kind"), &checked.counts.unknown_kinds, meant_kind)
}

fn unknown_fields(checked: &Checked) -> Table {
    names(checked, ("unknown_fields", "Unknown fields", "field"), &checked.counts.unknown_fields, keys::meant)
}

/// Names, the most frequent first, with what was probably meant.
fn names(
    checked: &Checked,
    (id, title, key): (&'static str, &str, &str),
    names: &Names,
    meant: fn(&str) -> Option<&'static str>,
) -> Table {
    let rows = by_count(names.seen.iter())
        .into_iter()
        .take(checked.most)
        .map(|(name, seen)| vec![text(name), int(seen.count), text(checked.place(seen.first)), maybe(meant(name))]);
    let columns = [
        (key, key, Unit::Name, 0),
        ("lines", "lines", Unit::Count, 0),
        ("first", "first at", Unit::Name, 0),
        ("meant", "did you mean", Unit::Name, 0),
    ];
    let known = names.seen.len();
    // Past so many, names are no longer told apart.
    let title =
        if names.is_cut() { format!("{title}, more than {}", thousands(known as i128)) } else { title.to_owned() };
    first_of(table(id, &title, &columns, rows.collect()), known as u64)
}

fn dropped_fields(checked: &Checked) -> Table {
    let rows = by_count(checked.counts.dropped_fields.iter()).into_iter().map(|(field, seen)| {
        vec![text(field.name()), int(seen.count), text(checked.place(seen.first)), text(field.shape().range())]
    });
    let columns = [
        ("field", "field", Unit::Name, 0),
        ("values", "values", Unit::Count, 0),
        ("first", "first at", Unit::Name, 0),
        ("must_be", "must be", Unit::Name, 0),
    ];
    table("dropped_fields", "Values that their field cannot hold", &columns, rows.collect())
}

fn ignored_fields(checked: &Checked) -> Table {
    let rows = by_count(checked.counts.ignored_fields.iter()).into_iter().map(|((field, kind), seen)| {
        vec![text(field.name()), text(kind.name()), int(seen.count), text(checked.place(seen.first))]
    });
    let columns = [
        ("field", "field", Unit::Name, 0),
        ("kind", "in a line of kind", Unit::Name, 0),
        ("lines", "lines", Unit::Count, 0),
        ("first", "first at", Unit::Name, 0),
    ];
    table("ignored_fields", "Fields that their kind does not have", &columns, rows.collect())
}

fn copies(checked: &Checked) -> Table {
    let row = |(first, group): &(At, Group)| {
        let places = [checked.place(*first), checked.place(group.second)].map(text);
        let [first, second] = places;
        vec![first, second, int(group.lines), text(Copy::name(group.what))]
    };
    let copies = &checked.copies;
    let columns = [
        ("first", "first at", Unit::Name, 0),
        ("second", "again at", Unit::Name, 0),
        ("lines", "lines", Unit::Count, 0),
        ("what", "what", Unit::Name, 0),
    ];
    let rows = copies.conflicts.first.iter().chain(&copies.others.first).map(row);
    let all = copies.conflicts.count + copies.others.count;
    first_of(table("duplicates", "Lines with one identity", &columns, rows.collect()), all)
}

fn times(checked: &Checked, zone: &Zone) -> Table {
    let counts = &checked.counts;
    let row =
        |at: At, ts_ns: i64, what: String| (at, vec![text(checked.place(at)), text(zone.instant(ts_ns)), text(what)]);
    let naive = counts.naive_times.first.iter().map(|(at, ts_ns)| row(*at, *ts_ns, "no zone, taken as UTC".to_owned()));
    let future = counts.future_times.first.iter().map(|(at, ts_ns)| row(*at, *ts_ns, "in the future".to_owned()));
    let jumps = counts.jumps.first.iter().map(|(at, jump)| {
        let days = jump.ts_ns.abs_diff(jump.before_ns) / NS_PER_DAY.unsigned_abs();
        let side = if jump.ts_ns < jump.before_ns { "before" } else { "after" };
        row(*at, jump.ts_ns, format!("{} {side} the lines above it", count(days, "day")))
    });
    let mut rows: Vec<(At, Vec<Cell>)> = naive.chain(future).chain(jumps).collect();
    rows.sort_by_key(|(at, _)| *at);
    let columns = [("at", "at", Unit::Name, 0), ("time", "time", Unit::Instant, 0), ("what", "what", Unit::Name, 0)];
    let all = counts.naive_times.count + counts.future_times.count + counts.jumps.count;
    first_of(table("times", "Odd times", &columns, rows.into_iter().map(|(_, row)| row).collect()), all)
}

fn unpriced(found: &Found<'_>) -> Table {
    let rows = found.unpriced.iter().take(found.checked.most);
    let rows = rows.map(|it| vec![maybe(it.model.as_deref()), text(it.why), int(it.runs), Cell::Int(it.tokens)]);
    let columns = [
        ("model", "model", Unit::Name, 0),
        ("reason", "why", Unit::Name, 0),
        ("runs", "runs", Unit::Count, 0),
        ("total_tokens", "tokens", Unit::Tokens, 0),
    ];
    first_of(table("unpriced_models", "Tokens without a cost", &columns, rows.collect()), found.unpriced.len() as u64)
}

fn permissions(found: &Found<'_>) -> Table {
    let rows = found.beside.wide.first.iter();
    let rows = rows.map(|(_, wide)| vec![text(&wide.file), text(&wide.mode), text(wide.should)]);
    let columns =
        [("file", "file", Unit::Name, 0), ("mode", "permissions", Unit::Name, 0), ("should", "enough", Unit::Name, 0)];
    first_of(table("permissions", "Open to others", &columns, rows.collect()), found.beside.wide.count)
}

fn disagreements(found: &Found<'_>) -> Table {
    let rows = found.disagreements.iter().flatten();
    let rows = rows.map(|it| vec![text(&it.what), Cell::Int(it.counted), Cell::Int(it.reported)]);
    let columns = [
        ("what", "what", Unit::Name, 0),
        ("counted", "line by line", Unit::Count, 0),
        ("reported", "in reports", Unit::Count, 0),
    ];
    table("disagreements", "Counts that differ", &columns, rows.collect())
}

/// How the cache is, where there is something to keep.
fn cache(found: &Found<'_>) -> Table {
    let cache = &found.cache;
    let row = || {
        let counts = [cache.lines_cached, cache.lines_parsed, cache.files, cache.bytes];
        let words = [maybe(cache.place.as_deref()), text(cache.state)];
        words.into_iter().chain(counts.map(int)).collect()
    };
    let columns = [
        ("place", "in", Unit::Name, 2),
        ("state", "state", Unit::Name, 0),
        ("lines_cached", "lines kept before", Unit::Count, 0),
        ("lines_parsed", "lines parsed now", Unit::Count, 0),
        ("files", "files", Unit::Count, 1),
        ("bytes", "bytes", Unit::Count, 1),
    ];
    table("cache", "Cache", &columns, (!found.checked.is_empty()).then(row).into_iter().collect())
}

/// Where the lines of the list are from.
fn listed(found: &Found<'_>) -> Option<Table> {
    let (name, listed) = found.listed.as_ref()?;
    let rows = listed
        .parts
        .iter()
        .map(|(file, first, last)| vec![text(&found.checked.files[*file].name), int(*first), int(*last)]);
    let columns = [
        ("file", "from", Unit::Name, 0),
        ("first_listed", "first line of the list", Unit::Count, 0),
        ("last_listed", "last", Unit::Count, 0),
    ];
    Some(table("listed", &format!("Listed in {name}"), &columns, rows.collect()))
}
