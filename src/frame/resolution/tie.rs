//! Ties: events that nothing else tells apart are ordered by the bytes of their lines.

use super::Row;
use crate::event::{self, Line};
use crate::frame::Lines;
use crate::frame::segment::{LineAt, Segment};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Orders events by their lines, which it reads again where it must.
pub struct Tie<'a> {
    segments: &'a [Segment],
    lines: &'a dyn Lines,
    held: Mutex<Held>,
}

/// Lines that were read again, by what tells a line from others, so that a long sort reads each once, and sees it the same
/// throughout while a log changes.
#[derive(Default)]
struct Held {
    lines: HashMap<(i64, u32), Arc<[u8]>>,
    bytes: usize,
}

/// Of lines past this many bytes those that are held are let go.
const HELD_BYTES: usize = 64 << 20;

impl<'a> Tie<'a> {
    pub fn new(segments: &'a [Segment], lines: &'a dyn Lines) -> Tie<'a> {
        Tie { segments, lines, held: Mutex::default() }
    }

    /// The smaller line comes first. Of equal lines the one whose segment was known first does, whatever the order of the
    /// files by now: what is decided in one run must fit to what was decided in those before.
    pub fn smaller_line(&self, a: Row, b: Row) -> Ordering {
        let place = |row: Row| (self.segments[row.segment as usize].serial, row.row);
        if self.is_same_line(a, b) { place(a).cmp(&place(b)) } else { self.line(a).cmp(&self.line(b)) }
    }

    /// Whether two events say the same, in whatever order and with whatever unknown fields. The lines tell, since not
    /// every field has a column.
    pub fn says_the_same(&self, a: Row, b: Row) -> bool {
        self.is_same_line(a, b) || {
            let (a, b) = (self.line(a), self.line(b));
            match (event::parse_line(&a), event::parse_line(&b)) {
                (Ok(Line::Event(a)), Ok(Line::Event(b))) => a.event == b.event,
                _ => true,
            }
        }
    }

    fn is_same_line(&self, a: Row, b: Row) -> bool {
        let (a, b) = (self.line_at(a), self.line_at(b));
        a.hash == b.hash && a.len == b.len
    }

    fn line_at(&self, row: Row) -> LineAt {
        self.segments[row.segment as usize].line_at(row.row)
    }

    fn line(&self, row: Row) -> Arc<[u8]> {
        let at = self.line_at(row);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = held.lines.get(&(at.hash, at.len)) {
            return Arc::clone(line);
        }
        let line: Arc<[u8]> = self.lines.line(row.segment as usize, at.offset, at.len).into();
        if held.bytes + line.len() > HELD_BYTES {
            *held = Held::default();
        }
        held.bytes += line.len();
        held.lines.insert((at.hash, at.len), Arc::clone(&line));
        line
    }
}
