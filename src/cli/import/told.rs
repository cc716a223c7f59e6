//! What a person is told of an import: where every record went, and why some did not.

use super::super::place::{self, Place};
use crate::coverage::{count, thousands};
use crate::event::Field;
use crate::import::{Count, Tally};
use crate::time;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The accounting of an import.
pub fn told(tally: &Tally, place: &Place, is_dry: bool) -> String {
    let mut text = String::new();
    let verb = if is_dry { "would add" } else { "added" };
    let _ = writeln!(text, "{verb} {} to {}", count(tally.added, "event"), place.words());
    let _ = writeln!(text, "  {}", records(tally));
    if tally.added == 0 && tally.known > 0 {
        text.push_str("  a record is imported once, whatever the map\n");
    }
    rest(&mut text, tally);
    text
}

/// The accounting of an import of another tool's logs.
pub fn told_of_logs(name: &str, tally: &Tally, place: &Place, is_dry: bool) -> String {
    let mut text = String::new();
    let verb = if is_dry { "would add" } else { "added" };
    let _ = writeln!(text, "{name}: {verb} {} to {}", count(tally.added, "event"), place.words());
    if tally.files == tally.unchanged && tally.files > 0 {
        let _ = writeln!(text, "  {} as before: nothing was read", count(tally.files, "file"));
    } else {
        let _ = writeln!(text, "  {}", records(tally));
        let mut bytes = format!("{} bytes", plain(tally.bytes));
        if tally.unchanged > 0 {
            let _ = write!(bytes, "; {} as before", count(tally.unchanged, "file"));
        }
        let _ = writeln!(text, "  {bytes}");
    }
    if tally.pending > 0 {
        let _ = writeln!(text, "  {} not finished yet: read when it is", count(tally.pending, "last line"));
    }
    rest(&mut text, tally);
    for failed in &tally.failed {
        let _ = writeln!(text, "  not imported: {failed}");
    }
    text
}

/// `read 524 records in 5 files: 199 new, 0 already there, 108 told again, 217 of something else`.
fn records(tally: &Tally) -> String {
    let read = format!("read {} in {}", count(tally.records, "record"), count(tally.files, "file"));
    let mut text = format!("{read}: {} new, {} already there", plain(tally.added), plain(tally.known));
    for (number, what) in [
        (tally.revised, "completed"),
        (tally.repeated, "told again"),
        (tally.others, "of something else"),
        (tally.left_out, "left out by `--where`"),
        (tally.skipped(), "skipped"),
    ] {
        if number > 0 {
            let _ = write!(text, ", {} {what}", plain(number));
        }
    }
    text
}

fn rest(text: &mut String, tally: &Tally) {
    if let (Some(first), Some(last)) = (tally.first_ns, tally.last_ns) {
        let _ = writeln!(text, "  from {} to {}", time::utc(first), time::utc(last));
    }
    if tally.naive_times > 0 {
        let _ = writeln!(text, "  {} without a zone, taken as UTC", count(tally.naive_times, "time"));
    }
    list(text, "skipped", &tally.skipped, |reason| reason);
    list(text, "left out of their events", &tally.dropped, Field::name);
    for file in &tally.beside {
        let _ = writeln!(text, "  the log was busy: written to {}, which is read as well", place::shortened(file));
    }
    for file in &tally.unreadable {
        let _ = writeln!(text, "  not searched for earlier imports: {file}");
    }
}

fn plain(number: u64) -> String {
    thousands(number.into())
}

/// One line for each reason: `  2 skipped: bad time (first at trace.csv:17: "soon")`.
pub fn list<K: Copy>(text: &mut String, what: &str, counts: &BTreeMap<K, Count>, name: impl Fn(K) -> &'static str) {
    for (key, count) in counts {
        let first = if count.times == 1 { "at" } else { "the first at" };
        let _ = writeln!(text, "  {} {what}: {} ({first} {})", plain(count.times), name(*key), count.first);
    }
}
