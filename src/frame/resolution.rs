//! The resolution: what depends on other lines. Which copies count, which events make a use, what belongs to it, and
//! whose description an event takes. A pure function of the set of lines, never of their order.

mod duplicates;
mod ratings;

use super::segment::{NO_NUMBER, Rows};
use super::{Code, Fetch, MISSING, Role};
use crate::event::{self, Field, Kind, Line};
use duplicates::Copies;
use std::cell::RefCell;
use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;
use std::rc::Rc;

/// No row.
pub(super) const NONE: u32 = u32::MAX;

/// The rows of a frame, each as the events it is made of and the use it belongs to.
pub(super) struct Resolution {
    roles: Vec<Role>,
    times: Vec<i64>,
    /// Row `r` is made of the events `parts[starts[r]..starts[r + 1]]`, the most telling first.
    starts: Vec<u32>,
    parts: Vec<u32>,
    /// The use (a row) whose subject this row inherits, [`NONE`] for uses and for what belongs to none.
    parents: Vec<u32>,
    /// The use (a row) whose description this row takes by `prompt_id` alone.
    described_by: Vec<u32>,
    /// For rows that are uses: the event whose rating is the latest, [`NONE`] where nobody judged.
    rated_by: Vec<u32>,
    /// The events that are copies of others, or that a later revision replaces.
    copies: Vec<u32>,
    verdict: Verdict,
}

/// What was decided, in numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Verdict {
    pub conflicts: u64,
    pub orphans: u64,
    pub inherited_by_prompt: u64,
}

impl Resolution {
    pub fn of(rows: &Rows, fetch: &Fetch<'_>) -> Resolution {
        let tie = Tie { rows, fetch, held: RefCell::default() };
        let Copies { is_live, copies, conflicts } = duplicates::resolve(rows, &tie);
        let mut resolution = Resolution {
            roles: Vec::new(),
            times: Vec::new(),
            starts: vec![0],
            parts: Vec::with_capacity(rows.len()),
            parents: Vec::new(),
            described_by: Vec::new(),
            rated_by: Vec::new(),
            copies,
            verdict: Verdict { conflicts, ..Verdict::default() },
        };
        let uses = resolution.assemble_uses(rows, &is_live, &tie);
        resolution.rated_by = vec![NONE; resolution.height()];
        ratings::resolve(&mut resolution, rows, &is_live, &uses, &tie);
        resolution.add_assessments(rows, &is_live, &uses);
        resolution.add_extras(rows, &is_live, &uses);
        resolution.describe(rows);
        resolution
    }

    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The events that are copies of others, or that a later revision replaces.
    pub fn copies(&self) -> &[u32] {
        &self.copies
    }

    pub fn height(&self) -> usize {
        self.roles.len()
    }

    pub fn times(&self) -> &[i64] {
        &self.times
    }

    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The events a row is made of, the most telling first.
    pub fn parts(&self, row: usize) -> &[u32] {
        &self.parts[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    pub fn parent(&self, row: usize) -> Option<usize> {
        Some(self.parents[row] as usize).filter(|parent| *parent != NONE as usize)
    }

    pub fn described_by(&self, row: usize) -> Option<usize> {
        Some(self.described_by[row] as usize).filter(|use_row| *use_row != NONE as usize)
    }

    /// The event with the latest rating of a use.
    pub fn rated_by(&self, row: usize) -> Option<usize> {
        self.rated_by.get(row).map(|event| *event as usize).filter(|event| *event != NONE as usize)
    }

    fn push(&mut self, role: Role, ts_ns: i64, parts: &[u32], parent: u32) {
        self.roles.push(role);
        self.times.push(ts_ns);
        self.parts.extend_from_slice(parts);
        self.starts.push(u32::try_from(self.parts.len()).expect("rows are numbered in 32 bits"));
        self.parents.push(parent);
    }

    /// Uses and orphan outcomes: the events of one `run_id` together, an event without one by itself.
    fn assemble_uses(&mut self, rows: &Rows, is_live: &[bool], tie: &Tie<'_>) -> Uses {
        let mut by_run: Vec<Vec<u32>> = vec![Vec::new(); rows.names(Field::RunId).len()];
        let mut alone = Vec::new();
        for event in live(rows, is_live).filter(|event| rows.kinds[*event as usize].is_part_of_a_use()) {
            match rows.code(Field::RunId, event as usize) {
                MISSING => alone.push(event),
                run => by_run[run as usize].push(event),
            }
        }
        let mut uses = Uses { of_run: vec![NONE; by_run.len()], of_event: HashMap::new() };
        for event in alone {
            self.push_use(rows, &[event]);
            if rows.number(Field::Rating, event as usize) != NO_NUMBER {
                uses.of_event.insert(event, self.last());
            }
        }
        for (run, mut events) in by_run.into_iter().enumerate().filter(|(_, events)| !events.is_empty()) {
            events.sort_by(|&a, &b| {
                let order = |event: u32| (rows.kinds[event as usize], Reverse(rows.times[event as usize]));
                order(a).cmp(&order(b)).then_with(|| tie.smaller_line(a, b))
            });
            self.push_use(rows, &events);
            if self.roles.last() == Some(&Role::Use) {
                uses.of_run[run] = self.last();
            }
        }
        self.verdict.orphans = self.roles.iter().filter(|role| **role == Role::Orphan).count() as u64;
        uses
    }

    fn push_use(&mut self, rows: &Rows, events: &[u32]) {
        let time = |event: &u32| rows.times[*event as usize];
        let begun = events.iter().filter(|event| rows.kinds[**event as usize] != Kind::Performance).map(time).min();
        let ended = events.iter().map(time).min().expect("a use has events");
        let role = if begun.is_some() { Role::Use } else { Role::Orphan };
        self.push(role, begun.unwrap_or(ended), events, NONE);
    }

    fn last(&self) -> u32 {
        u32::try_from(self.roles.len() - 1).expect("rows are numbered in 32 bits")
    }

    fn add_assessments(&mut self, rows: &Rows, is_live: &[bool], uses: &Uses) {
        let scores = Kind::Quality.testimony().any_of;
        for event in live(rows, is_live) {
            let at = event as usize;
            let says = |field: &Field| rows.number(*field, at) != NO_NUMBER || rows.code(*field, at) != MISSING;
            if matches!(rows.kinds[at], Kind::Quality | Kind::Template) && scores.iter().any(says) {
                self.push(Role::Assessment, rows.times[at], &[event], uses.of(rows, event));
            }
        }
    }

    /// Template and starter events whose use does not carry the same template or starter.
    fn add_extras(&mut self, rows: &Rows, is_live: &[bool], uses: &Uses) {
        for event in live(rows, is_live) {
            let (role, field) = match rows.kinds[event as usize] {
                Kind::Template => (Role::Template, Field::TemplateId),
                Kind::Starter => (Role::Starter, Field::StarterId),
                _ => continue,
            };
            let parent = uses.of(rows, event);
            let own = rows.code(field, event as usize);
            let is_told = parent != NONE && {
                let theirs = self.code(rows, field, parent as usize);
                theirs != MISSING && (own == MISSING || own == theirs)
            };
            if !is_told {
                self.push(role, rows.times[event as usize], &[event], parent);
            }
        }
    }

    /// The first code that the events of a row have for `field`.
    fn code(&self, rows: &Rows, field: Field, row: usize) -> Code {
        let codes = self.parts(row).iter().map(|event| rows.code(field, *event as usize));
        codes.into_iter().find(|code| *code != MISSING).unwrap_or(MISSING)
    }

    /// Rows that belong to no use take their prompt's description from the latest use at or before them.
    fn describe(&mut self, rows: &Rows) {
        self.described_by = vec![NONE; self.height()];
        if Field::DESCRIPTION.iter().all(|field| rows.is_absent(*field)) {
            return;
        }
        let wanting: Vec<usize> = (0..self.height())
            .filter(|&row| self.roles[row] != Role::Use && self.parents[row] == NONE)
            .filter(|&row| self.code(rows, Field::PromptId, row) != MISSING)
            .filter(|&row| Field::DESCRIPTION.iter().any(|field| self.code(rows, *field, row) == MISSING))
            .collect();
        if wanting.is_empty() {
            return;
        }
        let mut uses_of: HashMap<Code, Vec<usize>> =
            wanting.iter().map(|row| (self.code(rows, Field::PromptId, *row), Vec::new())).collect();
        for row in (0..self.height()).filter(|row| self.roles[*row] == Role::Use) {
            if let Some(uses) = uses_of.get_mut(&self.code(rows, Field::PromptId, row)) {
                uses.push(row);
            }
        }
        let description = |row: usize| {
            Field::DESCRIPTION.map(|field| rows.names(field).name(self.code(rows, field, row)).unwrap_or_default())
        };
        for uses in uses_of.values_mut() {
            // Uses of one instant are told apart by what they say, so that their order of arrival does not matter.
            uses.sort_by(|&a, &b| self.times[a].cmp(&self.times[b]).then_with(|| description(a).cmp(&description(b))));
        }
        let mut takes = Vec::new();
        for row in wanting {
            let uses = &uses_of[&self.code(rows, Field::PromptId, row)];
            let until = uses.partition_point(|use_row| self.times[*use_row] <= self.times[row]);
            let Some(&latest) = until.checked_sub(1).and_then(|at| uses.get(at)) else { continue };
            let fills =
                |field: &Field| self.code(rows, *field, row) == MISSING && self.code(rows, *field, latest) != MISSING;
            if Field::DESCRIPTION.iter().any(fills) {
                takes.push((row, latest));
            }
        }
        // A template event with a score is a use and an assessment, and one event.
        let mut events: Vec<u32> = takes.iter().flat_map(|(row, _)| self.parts(*row)).copied().collect();
        events.sort_unstable();
        events.dedup();
        self.verdict.inherited_by_prompt = events.len() as u64;
        for (row, latest) in takes {
            self.described_by[row] = u32::try_from(latest).expect("rows are numbered in 32 bits");
        }
    }
}

/// Which row is the use of a `run_id`, or of an event that is a use by itself.
struct Uses {
    of_run: Vec<u32>,
    /// Only for events that carry a rating.
    of_event: HashMap<u32, u32>,
}

impl Uses {
    /// The use an event belongs to by its `run_id`.
    fn of(&self, rows: &Rows, event: u32) -> u32 {
        match rows.code(Field::RunId, event as usize) {
            MISSING => NONE,
            run => self.of_run[run as usize],
        }
    }
}

fn live<'a>(rows: &'a Rows, is_live: &'a [bool]) -> impl Iterator<Item = u32> + 'a {
    (0..rows.len())
        .filter(|event| is_live[*event])
        .map(|event| u32::try_from(event).expect("rows are numbered in 32 bits"))
}

/// Orders events that nothing else tells apart by the bytes of their lines.
struct Tie<'a> {
    rows: &'a Rows,
    fetch: &'a Fetch<'a>,
    held: RefCell<Held>,
}

/// Lines that were fetched, by what tells a line from others, so that a long sort fetches each once, and sees it the same
/// throughout while a log changes.
#[derive(Default)]
struct Held {
    lines: HashMap<(u64, u32), Rc<[u8]>>,
    bytes: usize,
}

/// Of lines past this many bytes those that are held are let go.
const HELD_BYTES: usize = 64 << 20;

impl Tie<'_> {
    fn smaller_line(&self, a: u32, b: u32) -> Ordering {
        if self.is_same_line(a, b) { Ordering::Equal } else { self.line(a).cmp(&self.line(b)) }
    }

    fn is_same_line(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.rows.lines[a as usize], self.rows.lines[b as usize]);
        a.hash == b.hash && a.len == b.len
    }

    fn line(&self, event: u32) -> Rc<[u8]> {
        let at = self.rows.lines[event as usize];
        let mut held = self.held.borrow_mut();
        if let Some(line) = held.lines.get(&(at.hash, at.len)) {
            return Rc::clone(line);
        }
        let line: Rc<[u8]> = (self.fetch)(at.segment as usize, at.offset, at.len).into();
        if held.bytes + line.len() > HELD_BYTES {
            *held = Held::default();
        }
        held.bytes += line.len();
        held.lines.insert((at.hash, at.len), Rc::clone(&line));
        line
    }

    /// Whether two events say the same, in whatever order and with whatever unknown fields. The lines tell, since not
    /// every field has a column.
    fn says_the_same(&self, a: u32, b: u32) -> bool {
        self.is_same_line(a, b) || {
            let (a, b) = (self.line(a), self.line(b));
            match (event::parse_line(&a), event::parse_line(&b)) {
                (Ok(Line::Event(a)), Ok(Line::Event(b))) => a.event == b.event,
                _ => true,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Builder;
    use std::cell::Cell;

    #[test]
    fn a_line_is_fetched_once_however_many_it_is_compared_with() {
        let lines: Vec<String> = (0..500)
            .map(|at| {
                format!(
                    r#"{{"ts":"2026-11-20T09:00:00Z","event":"run","run_id":"r","duration_ms":{}}}"#,
                    at * 7919 % 500
                )
            })
            .collect();
        let mut builder = Builder::default();
        for (at, line) in lines.iter().enumerate() {
            builder.line(line.as_bytes(), at as u64, true);
        }
        let mut rows = Rows::default();
        rows.append(builder.finish().rows);
        let fetched = Cell::new(0);
        let fetch = |_: usize, at: u64, _: u32| {
            fetched.set(fetched.get() + 1);
            lines[usize::try_from(at).unwrap()].clone().into_bytes()
        };
        let resolution = Resolution::of(&rows, &fetch);
        assert_eq!((resolution.height(), fetched.get()), (1, 500));
    }
}
