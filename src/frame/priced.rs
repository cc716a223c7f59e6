//! Priced: what uses cost by a table of prices, laid over what was recorded of them. Nothing of it is kept with the columns:
//! another table is another answer.

use super::assemble::View;
use super::names::Names;
use super::resolution::Row;
use super::row::{Marks, USE};
use super::schema::Number;
use super::segment::Own;
use super::{Code, MISSING, NO_NUMBER};
use crate::event::Field;
use crate::price::{Book, Series, Tokens, Unpriced, Version, tier};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Prices for the uses of a frame. They are read when the first use needs one.
pub(super) struct Overlay {
    load: Box<dyn Fn() -> Book + Send + Sync>,
    book: OnceLock<Book>,
    /// What a model goes by at a provider, by their codes.
    series: Mutex<HashMap<(Code, Code), Arc<Series>>>,
    /// What was laid over blocks before: a report asks for the same column many times.
    laid: Mutex<HashMap<Place, Laid>>,
}

/// The number, the segment and the rows of a block.
type Place = (Number, usize, Range<usize>);
/// Rows of a block and their values.
type Laid = Arc<Vec<(usize, i64)>>;

/// A use and what a table of prices says of it.
#[derive(Clone, Copy, Debug)]
pub struct Priced<'a> {
    /// Its place in the block.
    pub row: usize,
    pub model: Code,
    pub provider: Code,
    pub tokens: Tokens,
    /// All that its model can go by, and the place of what does.
    pub series: &'a Series,
    pub at: Option<usize>,
    /// Nano-dollars.
    pub cost: Result<i64, Unpriced>,
}

impl<'a> Priced<'a> {
    /// The price that it goes by.
    pub fn version(&self) -> Option<&'a Version> {
        Some(&self.series.0[self.at?])
    }

    /// What its cached input would have cost more, sent anew, in nano-dollars.
    fn saved(&self) -> Option<i64> {
        if self.tokens.cached_input == 0 {
            return None;
        }
        self.version()?.rates(self.tokens.input?)?.saved(&self.tokens)
    }
}

/// Fewer rows than this part of a block are read one by one.
const FEW: usize = 8;

impl Overlay {
    pub fn new(load: impl Fn() -> Book + Send + Sync + 'static) -> Overlay {
        Overlay { load: Box::new(load), book: OnceLock::new(), series: Mutex::default(), laid: Mutex::default() }
    }

    pub fn book(&self) -> &Book {
        self.book.get_or_init(|| (self.load)())
    }

    /// What is laid over a block, worked out once.
    fn laid(&self, place: Place, work_out: impl FnOnce() -> Vec<(usize, i64)>) -> Laid {
        let known = || self.laid.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known().get(&place).map(Arc::clone);
        before.unwrap_or_else(|| {
            let laid = Arc::new(work_out());
            known().insert(place, Arc::clone(&laid));
            laid
        })
    }

    fn series(&self, names: &Names, model: Code, provider: Code) -> Arc<Series> {
        let mut known = self.series.lock().unwrap_or_else(PoisonError::into_inner);
        let series = known.entry((model, provider)).or_insert_with(|| {
            let provider = Some(provider).filter(|code| *code != MISSING);
            let provider = provider.and_then(|code| names.of(Field::Provider).name(code));
            let model = Some(model).filter(|code| *code != MISSING).and_then(|code| names.of(Field::Model).name(code));
            Arc::new(model.map_or_else(Series::default, |model| self.book().series(model, provider)))
        });
        Arc::clone(series)
    }
}

/// Prices over the columns of a frame.
#[derive(Clone, Copy)]
pub(super) struct Pricing<'a> {
    pub view: View<'a>,
    pub names: &'a Names,
    pub overlay: &'a Overlay,
}

impl Pricing<'_> {
    /// Lays over a column of recorded costs what `number` asks for. Only uses have a price.
    pub fn put(&self, number: Number, at: usize, rows: &Range<usize>, into: &mut [i64]) {
        let are_all = !matches!(number, Number::Cost | Number::DerivedCost | Number::Gap);
        if !are_all && !into.contains(&NO_NUMBER) {
            if number != Number::Cost {
                into.fill(NO_NUMBER);
            }
            return;
        }
        let laid = self.overlay.laid((number, at, rows.clone()), || self.lay(number, at, rows, into, are_all));
        if number != Number::Cost {
            into.fill(NO_NUMBER);
        }
        for (row, value) in laid.iter() {
            into[*row] = *value;
        }
    }

    /// What is laid over a column of recorded costs: of all uses, or of those without one.
    fn lay(&self, number: Number, at: usize, rows: &Range<usize>, into: &[i64], are_all: bool) -> Vec<(usize, i64)> {
        let mut cached = Vec::new();
        if number == Number::CacheSavings {
            self.view.field_numbers(at, Field::CachedInputTokens, rows, &mut cached);
        }
        let is_wanted = |row: usize| match number {
            Number::CacheSavings => cached[row] > 0,
            _ => are_all || into[row] == NO_NUMBER,
        };
        let mut laid = Vec::new();
        self.each(at, rows, is_wanted, |priced| {
            let cost = priced.cost.ok();
            let recorded = Some(into[priced.row]).filter(|cost| *cost != NO_NUMBER);
            let value = match number {
                Number::CostDifference => cost.zip(recorded).map(|(cost, recorded)| cost - recorded),
                Number::CacheSavings => priced.saved(),
                Number::Gap => priced.cost.err().map(|why| why as i64),
                _ => cost,
            };
            laid.extend(value.map(|value| (priced.row, value)));
        });
        laid
    }

    /// Tells the uses of a block that are wanted, with what they cost.
    pub fn each(
        &self,
        at: usize,
        rows: &Range<usize>,
        is_wanted: impl Fn(usize) -> bool,
        mut tell: impl FnMut(&Priced<'_>),
    ) {
        let mut marks: Vec<Marks> = Vec::new();
        self.view.resolved[at].read_marks(&self.view.segments[at], rows, &mut marks);
        let uses = marks.iter().enumerate().filter(|(row, marks)| **marks & USE != 0 && is_wanted(*row));
        let uses: Vec<usize> = uses.map(|(row, _)| row).collect();
        if uses.is_empty() {
            return;
        }
        let read = Reading { view: self.view, at, rows, uses: &uses };
        let numbers = |field| read.numbers(field);
        let [input, output, total] = [Field::InputTokens, Field::OutputTokens, Field::TokensUsed].map(numbers);
        let parts =
            [Field::CachedInputTokens, Field::CacheWriteTokens, Field::CacheWrite1hTokens, Field::ReasoningTokens];
        let parts = parts.map(numbers);
        let [model, provider, tiers] =
            [Field::Model, Field::Provider, Field::ServiceTier].map(|field| read.codes(field));
        let known = |number: i64| Some(number).filter(|number| *number != NO_NUMBER);
        let none = Series::default();
        let mut met: Vec<((Code, Code), Arc<Series>)> = Vec::new();
        for (place, row) in uses.iter().enumerate() {
            let [cached_input, cache_write, cache_write_1h, reasoning] =
                [0, 1, 2, 3].map(|part: usize| known(parts[part][place]).unwrap_or(0));
            let (input, output, total) = (known(input[place]), known(output[place]), known(total[place]));
            let tokens = Tokens { input, output, total, cached_input, cache_write, cache_write_1h, reasoning };
            let (model, provider) = (model[place], provider[place]);
            let checked = tokens.check();
            // What no price could price is no reason to read any.
            let (series, in_force) = if checked.is_ok() {
                let known = met.iter().position(|(names, _)| *names == (model, provider)).unwrap_or_else(|| {
                    met.push(((model, provider), self.overlay.series(self.names, model, provider)));
                    met.len() - 1
                });
                let series = &*met[known].1;
                let tier = match tiers[place] {
                    MISSING => "".into(),
                    code => tier(self.names.of(Field::ServiceTier).name(code).unwrap_or_default()),
                };
                (series, series.at(&tier, self.view.segments[at].own(Own::Time).number(rows.start + row)))
            } else {
                (&none, None)
            };
            let cost = checked.and_then(|()| {
                let version = &series.0[in_force.ok_or(Unpriced::NoPrice)?];
                version.rates(tokens.input.unwrap_or(0)).ok_or(Unpriced::NoPrice)?.cost(&tokens)
            });
            tell(&Priced { row: *row, model, provider, tokens, series, at: in_force, cost });
        }
    }
}

/// The columns of some uses of a block: all of it where they are many, row by row where they are few.
struct Reading<'a> {
    view: View<'a>,
    at: usize,
    rows: &'a Range<usize>,
    uses: &'a [usize],
}

impl Reading<'_> {
    fn row(&self, place: usize) -> Row {
        let number = |number: usize| u32::try_from(number).expect("rows are numbered in 32 bits");
        Row { segment: number(self.at), row: number(self.rows.start + place) }
    }

    fn are_few(&self) -> bool {
        self.uses.len() < self.rows.len() / FEW
    }

    fn numbers(&self, field: Field) -> Vec<i64> {
        if self.are_few() {
            return self.uses.iter().map(|place| self.view.use_number(self.row(*place), field)).collect();
        }
        let mut read = Vec::new();
        self.view.field_numbers(self.at, field, self.rows, &mut read);
        self.uses.iter().map(|place| read[*place]).collect()
    }

    fn codes(&self, field: Field) -> Vec<Code> {
        if self.are_few() {
            return self.uses.iter().map(|place| self.view.use_code(self.row(*place), field)).collect();
        }
        let mut read = Vec::new();
        self.view.codes(self.at, field, self.rows, &mut read);
        self.uses.iter().map(|place| read[*place]).collect()
    }
}
