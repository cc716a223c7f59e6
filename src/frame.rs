//! Frames: the columns of a log. Segments hold what the files say, the resolution what the lines mean to each other, and
//! a frame puts them together into columns of uses, ratings and assessments. The only place that knows the layout.

mod assemble;
mod broken;
pub mod container;
mod dealt;
mod dictionary;
mod filed;
mod key_list;
mod keys;
mod laid;
mod names;
mod packed;
mod priced;
mod raw;
mod resolution;
mod row;
mod schema;
mod segment;
mod tally;

pub use broken::Broken;
pub use dictionary::{Code, Dictionary, MISSING};
pub use names::Names;
pub use packed::NO_NUMBER;
pub use priced::Priced;
pub use row::{
    ASSESSMENT, BROKE, DID_NOT_HELP, HELPED, Marks, ORPHAN, Outcome, RATING, REMARK, STARTER, TEMPLATE, TOLD, USE,
};
pub use schema::{Number, Truth};
pub use segment::{Builder, Segment, UNIT_SEPARATOR};

use crate::coverage::Coverage;
use crate::event::{self, Field, Line};
use crate::price::Book;
use assemble::View;
use container::{BlobId, Container, Damage};
use laid::Laid;
use priced::{Overlay, Pricing};
pub use resolution::Places;
use resolution::Resolved;
use segment::Own;
use std::ops::Range;

/// The lines of the log, which can be read again one by one.
pub trait Lines: Send + Sync {
    /// The line of `len` bytes at `offset` of the file that a segment was made of; something else, or nothing, where the
    /// file has changed meanwhile.
    fn line(&self, segment: usize, offset: u64, len: u32) -> Vec<u8>;
}

/// What a log knows, by column.
pub struct Frame {
    segments: Vec<Segment>,
    resolved: Vec<Resolved>,
    decided_again: Vec<bool>,
    names: Names,
    lines: Box<dyn Lines>,
    coverage: Coverage,
    prices: Option<Overlay>,
    laid: Laid,
    threads: usize,
}

/// What a frame is made of.
pub struct Parts {
    pub segments: Vec<Segment>,
    pub names: Names,
    /// For each segment what is known of it beside all others that are known, if anything is.
    pub known: Vec<Option<Known>>,
}

/// What other lines make of the rows of a segment, out of the cache.
pub struct Known(Resolved);

impl Known {
    /// Reads it from a file; `places` are those of the segments by their serial numbers.
    ///
    /// # Errors
    /// The file is not what was stored; [`Damage::Missing`] where it names a segment that is gone.
    pub fn stored(container: &Container, places: &Places) -> Result<Known, Damage> {
        Resolved::stored(container, places).map(Known)
    }
}

/// Rows that are read together: few enough that their columns stay in the processor's cache.
const BLOCK_ROWS: usize = 1 << 13;

/// Some rows of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    segment: usize,
    rows: Range<usize>,
}

impl Block {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Frame {
    /// Puts segments together. The answer does not depend on their order.
    pub fn new(parts: Parts, lines: Box<dyn Lines>, now_ns: i64, threads: usize) -> Frame {
        let Parts { segments, names, known } = parts;
        let previous = known.into_iter().map(|known| known.map(|known| known.0)).collect();
        let (resolved, decided_again) = resolution::resolve(&segments, previous, &names, &*lines, threads);
        let laid = Laid::new(segments.iter().map(Segment::height));
        let mut frame = Frame {
            segments,
            resolved,
            decided_again,
            names,
            lines,
            coverage: Coverage::default(),
            prices: None,
            laid,
            threads,
        };
        frame.coverage = frame.account(now_ns);
        frame
    }

    fn account(&self, now_ns: i64) -> Coverage {
        let mut coverage = Coverage::default();
        let future_ns = now_ns.saturating_add(crate::time::NS_PER_DAY);
        for (segment, resolved) in self.segments.iter().zip(&self.resolved) {
            let verdict = &resolved.verdict;
            segment.add_to(&mut coverage);
            coverage.events += (segment.height() - resolved.copies.len()) as u64;
            coverage.duplicates += resolved.copies.len() as u64;
            coverage.conflicts += verdict.conflicts;
            coverage.orphans += verdict.orphans;
            coverage.inferred_outcomes += verdict.inferred;
            coverage.inherited_by_prompt += verdict.inherited_by_prompt;
            if let Some((oldest, newest)) = segment.bounds() {
                coverage.oldest_ns = Some(coverage.oldest_ns.map_or(oldest, |known| known.min(oldest)));
                coverage.newest_ns = coverage.newest_ns.max(Some(newest));
                if newest > future_ns {
                    coverage.future_times += resolved.times_after(segment, future_ns);
                }
            }
        }
        coverage
    }

    /// Lets go what only the resolution needed: keys, and columns that can be read again.
    pub fn release(&mut self) {
        self.segments.iter_mut().for_each(Segment::release);
    }

    /// The segments.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The dictionaries.
    pub fn all_names(&self) -> &Names {
        &self.names
    }

    /// What other lines make of the rows of a segment, as the blobs of a file.
    pub fn resolution(&self, segment: usize) -> Vec<(BlobId, Vec<u8>)> {
        let serials: Vec<u32> = self.segments.iter().map(|segment| segment.serial).collect();
        self.resolved[segment].blobs(&serials)
    }

    /// Whether what other lines make of a segment is not what was known.
    pub fn is_decided_again(&self, segment: usize) -> bool {
        self.decided_again[segment]
    }

    /// What was read, and what was not. The caller knows the files and adds them.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// The number of threads that questions may use.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// All rows, in blocks by segment.
    pub fn blocks(&self) -> Vec<Vec<Block>> {
        let of = |(segment, of): (usize, &Segment)| {
            let height = of.height();
            let starts = (0..height).step_by(BLOCK_ROWS);
            starts.map(|start| Block { segment, rows: start..(start + BLOCK_ROWS).min(height) }).collect()
        };
        self.segments.iter().enumerate().map(of).collect()
    }

    /// The oldest and newest time of a block's segment.
    pub fn bounds(&self, block: &Block) -> (i64, i64) {
        self.segments[block.segment].bounds().unwrap_or((i64::MAX, i64::MIN))
    }

    /// The names behind the codes of a text column.
    pub fn names(&self, field: Field) -> &Dictionary {
        self.names.of(field)
    }

    /// The number of codes of a text column, the missing one included.
    pub fn count(&self, field: Field) -> usize {
        self.names.count(field)
    }

    /// The roles of the rows of a block.
    pub fn read_marks(&self, block: &Block, into: &mut Vec<Marks>) {
        self.resolved[block.segment].read_marks(&self.segments[block.segment], &block.rows, into);
    }

    /// How the rows of a block ended, as bits of [`HELPED`], [`DID_NOT_HELP`] and [`BROKE`].
    pub fn read_outcomes(&self, block: &Block, into: &mut Vec<u32>) {
        self.resolved[block.segment].read_outcomes(&self.segments[block.segment], &block.rows, into);
    }

    /// A text column of a block as codes; [`MISSING`] is no value.
    pub fn read_codes(&self, block: &Block, field: Field, into: &mut Vec<Code>) {
        self.view().codes(block.segment, field, &block.rows, into);
    }

    /// A column of integers of a block; [`NO_NUMBER`] is none.
    pub fn read_numbers(&self, block: &Block, number: Number, into: &mut Vec<i64>) {
        match self.pricing() {
            Some(pricing) if number.is_priced() => pricing.numbers(number, block.segment, &block.rows, into),
            None if number.is_priced() && number != Number::Cost => {
                into.clear();
                into.resize(block.len(), NO_NUMBER);
            }
            _ => self.view().numbers(block.segment, number, &block.rows, into),
        }
    }

    /// Prices the uses without a recorded cost by the book that `load` makes when it is first needed.
    pub fn price_by(&mut self, load: impl Fn() -> Book + Send + Sync + 'static) {
        self.prices = Some(Overlay::new(load));
    }

    /// The book that uses are priced by, if any.
    pub fn prices(&self) -> Option<&Book> {
        self.prices.as_ref().map(Overlay::book)
    }

    /// Tells the uses of a block with what the table of prices says of them; nothing where there is none.
    pub fn each_priced(&self, block: &Block, is_wanted: impl Fn(usize) -> bool, tell: impl FnMut(&Priced<'_>)) {
        if let Some(pricing) = self.pricing() {
            pricing.each(block.segment, &block.rows, is_wanted, tell);
        }
    }

    fn pricing(&self) -> Option<Pricing<'_>> {
        let overlay = self.prices.as_ref()?;
        Some(Pricing { view: self.view(), names: &self.names, overlay })
    }

    /// The `run_id` of a row, out of its line: it is in no column, since each is met about once.
    pub fn run_id(&self, block: &Block, row: usize) -> Option<String> {
        let row = u32::try_from(block.rows.start + row).ok()?;
        let at = self.segments[block.segment].line_at(row);
        match event::parse_line(&self.lines.line(block.segment, at.offset, at.len)) {
            Ok(Line::Event(read)) => read.event.text(Field::RunId).map(str::to_owned),
            _ => None,
        }
    }

    fn view(&self) -> View<'_> {
        View { segments: &self.segments, resolved: &self.resolved, laid: &self.laid }
    }
}

impl Resolved {
    /// The rows of a segment with a later time, but for copies.
    fn times_after(&self, segment: &Segment, ts_ns: i64) -> u64 {
        let mut times = Vec::new();
        segment.own(Own::Time).read_numbers(0..segment.height(), &mut times);
        let copies = self.copies.iter().map(|copy| times[*copy as usize]).filter(|time| *time > ts_ns).count();
        (times.iter().filter(|time| **time > ts_ns).count() - copies) as u64
    }
}
