//! Priced: what uses cost by a table of prices, laid over what was recorded of them. Nothing of it is kept with the columns:
//! another table is another answer.

use super::assemble::View;
use super::laid::Over;
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
use std::slice;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Prices for the uses of a frame. They are read when the first use needs one.
pub(super) struct Overlay {
    load: Box<dyn Fn() -> Book + Send + Sync>,
    book: OnceLock<Book>,
    /// What a model goes by at a provider, by their codes.
    series: Mutex<HashMap<(Code, Code), Arc<Series>>>,
}

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
        Overlay { load: Box::new(load), book: OnceLock::new(), series: Mutex::default() }
    }

    pub fn book(&self) -> &Book {
        self.book.get_or_init(|| (self.load)())
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
    /// A column that is made of recorded costs and the table of prices. Only uses have a price.
    pub fn numbers(&self, number: Number, at: usize, rows: &Range<usize>, into: &mut Vec<i64>) {
        if number == Number::Cost {
            self.view.field_numbers(at, Field::CostUsd, rows, into);
        } else {
            into.clear();
            into.resize(rows.len(), NO_NUMBER);
        }
        let lay = |values: &mut [i64]| self.lay(number, at, rows, values);
        self.view.laid.over_numbers(Over::Priced(number), (at, rows), into, lay);
    }

    /// Lays over a column what the table of prices says of all uses, or of those without a recorded cost.
    fn lay(&self, number: Number, at: usize, rows: &Range<usize>, over: &mut [i64]) {
        let (mut recorded, mut other) = (Vec::new(), Vec::new());
        self.view.field_numbers(at, Field::CostUsd, rows, &mut recorded);
        match number {
            Number::CacheSavings => self.view.field_numbers(at, Field::CachedInputTokens, rows, &mut other),
            Number::DerivedCost | Number::Gap => self.numbers(Number::Cost, at, rows, &mut other),
            _ => {}
        }
        if number == Number::DerivedCost {
            let derived = over.iter_mut().zip(&other).zip(&recorded).filter(|(_, recorded)| **recorded == NO_NUMBER);
            derived.for_each(|((over, cost), _)| *over = *cost);
            return;
        }
        let is_wanted = |row: usize| match number {
            Number::Cost => recorded[row] == NO_NUMBER,
            Number::Gap => other[row] == NO_NUMBER,
            Number::CacheSavings => other[row] > 0,
            _ => true,
        };
        self.each(at, rows, is_wanted, |priced| {
            let cost = priced.cost.ok();
            let recorded = Some(recorded[priced.row]).filter(|cost| *cost != NO_NUMBER);
            let value = match number {
                Number::CostDifference => cost.zip(recorded).map(|(cost, recorded)| cost - recorded),
                Number::CacheSavings => priced.saved(),
                Number::Gap => priced.cost.err().map(|why| why as i64),
                _ => cost,
            };
            if let Some(value) = value {
                over[priced.row] = value;
            }
        });
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
        let read = Reading::new(self.view, at, rows, &uses);
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
    /// Of few uses what each is made of.
    few: Option<Vec<Use<'a>>>,
}

/// A use and the events it is made of, `None` of one alone.
type Use<'a> = (Row, Option<&'a [Row]>);

impl<'a> Reading<'a> {
    fn new(view: View<'a>, at: usize, rows: &'a Range<usize>, uses: &'a [usize]) -> Reading<'a> {
        let number = |number: usize| u32::try_from(number).expect("rows are numbered in 32 bits");
        let of = |place: &usize| {
            let row = Row { segment: number(at), row: number(rows.start + place) };
            (row, view.resolved[at].parts(row.row))
        };
        let are_few = uses.len() < rows.len() / FEW;
        Reading { view, at, rows, uses, few: are_few.then(|| uses.iter().map(of).collect()) }
    }

    /// What `read` makes of the events of each use, where these are few.
    fn one_by_one<T>(&self, read: impl Fn(&[Row]) -> T) -> Option<Vec<T>> {
        let few = self.few.as_ref()?;
        Some(few.iter().map(|(row, parts)| read(parts.unwrap_or(slice::from_ref(row)))).collect())
    }

    fn numbers(&self, field: Field) -> Vec<i64> {
        if let Some(numbers) = self.one_by_one(|parts| self.view.parts_number(parts, field)) {
            return numbers;
        }
        let mut read = Vec::new();
        self.view.field_numbers(self.at, field, self.rows, &mut read);
        self.uses.iter().map(|place| read[*place]).collect()
    }

    fn codes(&self, field: Field) -> Vec<Code> {
        if let Some(codes) = self.one_by_one(|parts| self.view.parts_code(parts, field)) {
            return codes;
        }
        let mut read = Vec::new();
        self.view.codes(self.at, field, self.rows, &mut read);
        self.uses.iter().map(|place| read[*place]).collect()
    }
}
