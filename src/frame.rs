//! Frames: the columns of a log. Segments hold what the files say, the resolution what the lines mean to each other, and
//! a frame puts them together into columns of uses, ratings and assessments. The only place that knows the layout.

mod assemble;
pub mod container;
mod dictionary;
mod resolution;
mod schema;
mod segment;

pub use dictionary::{Code, Dictionary, MISSING};
pub use schema::{Number, Role, Truth};
pub use segment::{Builder, Segment, UNIT_SEPARATOR};

use crate::coverage::Coverage;
use crate::event::Field;
use assemble::Outcome;
use polars::prelude::Column;
use resolution::Resolution;
use segment::Rows;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Fetches the bytes of a line again: the number of its segment, its offset and its length. Asked only where two lines
/// would otherwise be equals.
pub type Fetch<'a> = dyn Fn(usize, u64, u32) -> Vec<u8> + 'a;

/// What a log knows, by column. Columns are assembled when they are first asked for.
pub struct Frame {
    rows: Rows,
    resolution: Resolution,
    coverage: Coverage,
    assembled: Mutex<BTreeMap<&'static str, Column>>,
    /// How each row ended.
    outcomes: Vec<Outcome>,
}

impl Frame {
    /// Puts segments together. The answer does not depend on their order.
    pub fn new(segments: Vec<Segment>, fetch: &Fetch<'_>, now_ns: i64) -> Frame {
        let mut rows = Rows::default();
        let mut coverage = Coverage::default();
        for segment in segments {
            segment.tally.add_to(&mut coverage);
            rows.append(segment.rows);
        }
        let resolution = Resolution::of(&rows, fetch);
        let verdict = resolution.verdict();
        coverage.duplicates = resolution.copies().len() as u64;
        coverage.conflicts = verdict.conflicts;
        coverage.orphans = verdict.orphans;
        coverage.inherited_by_prompt = verdict.inherited_by_prompt;
        coverage.events = rows.len() as u64 - coverage.duplicates;
        let future_ns = now_ns.saturating_add(crate::time::NS_PER_DAY);
        let future_copies = resolution.copies().iter().filter(|copy| rows.times[**copy as usize] > future_ns).count();
        coverage.future_times = rows.times_after(future_ns) - future_copies as u64;
        (coverage.oldest_ns, coverage.newest_ns) = rows.bounds();
        let mut frame = Frame { rows, resolution, coverage, assembled: Mutex::default(), outcomes: Vec::new() };
        frame.outcomes = assemble::outcomes(&frame);
        frame.coverage.inferred_outcomes = frame.outcomes.iter().filter(|outcome| outcome.is_inferred).count() as u64;
        frame
    }

    /// What was read, and what was not. The caller knows the files and adds them.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// The number of rows: uses, orphan outcomes, ratings, assessments, template and starter events.
    pub fn height(&self) -> usize {
        self.resolution.height()
    }

    /// The times of the rows, in nanoseconds.
    pub fn times(&self) -> &[i64] {
        self.resolution.times()
    }

    /// The names behind the codes of a text column.
    pub fn names(&self, field: Field) -> &Dictionary {
        self.rows.names(field)
    }

    /// What each row is, as [`Role`] numbers.
    pub fn roles(&self) -> Column {
        self.cached(schema::ROLE, || assemble::roles(&self.resolution))
    }

    /// A text column as codes; [`MISSING`] is no value.
    pub fn text(&self, field: Field) -> Column {
        self.cached(field.name(), || assemble::text(self, field))
    }

    /// A column of integers in nano-units, null where there is nothing.
    pub fn number(&self, number: Number) -> Column {
        self.cached(number.name(), || assemble::number(self, number))
    }

    /// A column of truths, null where it is not known.
    pub fn truth(&self, truth: Truth) -> Column {
        self.cached(truth.name(), || assemble::truth(self, truth))
    }

    fn cached(&self, name: &'static str, assemble: impl FnOnce() -> Column) -> Column {
        let held = self.assembled.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        held.unwrap_or_else(|| {
            let column = assemble();
            self.assembled.lock().unwrap_or_else(PoisonError::into_inner).insert(name, column.clone());
            column
        })
    }
}
