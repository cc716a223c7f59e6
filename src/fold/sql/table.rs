//! Tables: the columns of a frame that a statement names, as the engine wants them. Rows stand in the order of their times,
//! those of one instant in the order of what they hold, so that the answer does not depend on files or threads.

use super::schema::{Column as Of, Source, Table};
use crate::event::Field;
use crate::fold::execute::Executor;
use crate::fold::keys::Buckets;
use crate::fold::listing::Answer;
use crate::fold::needs::{Columns, Needs};
use crate::fold::pass::{Pass, Passing};
use crate::fold::select::Select;
use crate::fold::{Filter, Number};
use crate::frame::{BROKE, Code, DID_NOT_HELP, Frame, HELPED, NO_NUMBER, UNIT_SEPARATOR, USE};
use crate::query::Filters;
use crate::threads;
use crate::time::{Calendar, Every, Period};
use polars::prelude::*;
use std::cmp::Ordering;

/// A column of the rows that were found.
enum Held {
    Codes(Field, Vec<Code>),
    Numbers(Vec<i64>),
    Texts(Vec<Option<String>>),
    /// Made of the time.
    OfTime,
}

/// What a column is read from, by its place among those of a block.
#[derive(Clone, Copy)]
enum Place {
    Codes(usize),
    Numbers(usize),
    Other,
}

/// The rows of some blocks: their times, and their columns.
#[derive(Default)]
struct Found {
    times: Vec<i64>,
    held: Vec<Held>,
}

impl Executor<'_> {
    /// A table of the log with some of its columns.
    pub(super) fn table(&self, table: &Table, columns: &[&Of], period: Period, filters: &Filters) -> Answer<DataFrame> {
        let filter = Filter { scope: table.scope, period, filters: filters.clone() };
        let found = self.found(table, columns, &filter);
        let order = order(&found, self.seen.frame);
        let times: Vec<i64> = order.iter().map(|row| found.times[*row as usize]).collect();
        let made = columns.iter().zip(found.held).map(|(column, held)| {
            let name = PlSmallStr::from_static(column.name);
            match held {
                Held::Codes(field, codes) => self.text_column(name, field, &pick(&codes, &order)),
                Held::Numbers(numbers) => Ok(counted(name, column.source, &pick(&numbers, &order))),
                Held::Texts(mut texts) => {
                    let texts = order.iter().map(|row| texts[*row as usize].take()).collect::<Vec<_>>();
                    Ok(Column::new(name, texts))
                }
                Held::OfTime => self.of_time(name, column.source, &times, &filter),
            }
        });
        let made = made.collect::<Answer<Vec<Column>>>()?;
        DataFrame::new(times.len(), made)
    }

    fn found(&self, table: &Table, columns: &[&Of], filter: &Filter) -> Found {
        let frame = self.seen.frame;
        let mut needs = Needs::new(frame);
        let select = Select::new(&self.seen, filter, &mut needs);
        let pass = Pass::new(table.test, table.scope, &mut needs);
        let time = needs.number(Number::Time);
        let places: Vec<Place> = columns.iter().map(|column| place(column.source, &mut needs)).collect();
        let parts = self.in_blocks(&select, Columns::default, |read, block| {
            needs.read(block, read);
            let (mut marks, mut passing) = (Vec::new(), Vec::new());
            select.put(read, &mut marks);
            let all = vec![1; marks.len()];
            pass.put(&marks, &all, read, &mut passing);
            let held = columns.iter().zip(&places).map(|(column, place)| match (*place, column.source) {
                (Place::Codes(at), Source::Text(field)) => Held::Codes(field, of_rows(&passing, &read.codes[at])),
                (Place::Numbers(at), _) => Held::Numbers(of_rows(&passing, &read.numbers[at])),
                (_, Source::Run) => {
                    Held::Texts(passing.iter().map(|of| frame.run_id(block, of.row as usize)).collect())
                }
                (_, Source::Success) => {
                    Held::Numbers(passing.iter().map(|of| success(of.of(&read.outcomes))).collect())
                }
                (_, Source::Error) => {
                    Held::Numbers(passing.iter().map(|of| i64::from(of.of(&read.outcomes) & BROKE != 0)).collect())
                }
                (_, Source::IsUse) => {
                    Held::Numbers(passing.iter().map(|of| i64::from(of.of(&read.marks) & USE != 0)).collect())
                }
                _ => Held::OfTime,
            });
            Found { times: of_rows(&passing, &read.numbers[time]), held: held.collect() }
        });
        let nothing = Found { times: Vec::new(), held: columns.iter().map(|column| nothing(column.source)).collect() };
        parts.into_iter().fold(nothing, Found::with)
    }

    /// Names by their codes, of which 0 is none; each is kept once, however many rows have it.
    fn text_column(&self, name: PlSmallStr, field: Field, codes: &[Code]) -> Answer<Column> {
        let names = self.seen.frame.names(field);
        let shown = |name: &str| name.replace(UNIT_SEPARATOR, "; ");
        let texts: Vec<Option<String>> =
            std::iter::once(None).chain(names.iter().map(|(_, name)| Some(shown(name)))).collect();
        Column::new(name, texts).take(&IdxCa::from_vec(PlSmallStr::EMPTY, codes.to_vec()))
    }

    fn of_time(&self, name: PlSmallStr, source: Source, times: &[i64], filter: &Filter) -> Answer<Column> {
        match source {
            Source::Bucket(every) => self.labels(name, every, times, filter.period.until_ns.is_some()),
            Source::Clock => {
                let coverage = self.seen.frame.coverage();
                let (from, to) = coverage.oldest_ns.zip(coverage.newest_ns).unwrap_or_default();
                let calendar = Calendar::new(&self.seen.zone, from, to);
                let local: Vec<i64> = times.iter().map(|ts_ns| calendar.local_ns(*ts_ns)).collect();
                Column::new(name, local).cast(&DataType::Datetime(TimeUnit::Nanoseconds, None))
            }
            _ => {
                let chunks: Vec<&[i64]> = times.chunks(TOGETHER).collect();
                let words = threads::map(self.seen.frame.threads(), chunks.len(), |at| {
                    chunks[at].iter().map(|ts_ns| self.seen.zone.instant(*ts_ns)).collect::<Vec<_>>()
                });
                Ok(Column::new(name, words.concat()))
            }
        }
    }

    /// Buckets by their names, made once for each.
    fn labels(&self, name: PlSmallStr, every: Every, times: &[i64], is_future_wanted: bool) -> Answer<Column> {
        let buckets = Buckets::new(&self.seen, every, is_future_wanted);
        let mut names: Vec<Option<String>> = vec![None];
        let mut last = None;
        // Times ascend, and so do buckets.
        let codes: Vec<IdxSize> = times
            .iter()
            .map(|ts_ns| match buckets.of(*ts_ns) {
                None => 0,
                bucket => {
                    if bucket != last {
                        names.push(bucket.map(|bucket| every.label(bucket)));
                        last = bucket;
                    }
                    IdxSize::try_from(names.len() - 1).unwrap_or(0)
                }
            })
            .collect();
        Column::new(name, names).take(&IdxCa::from_vec(PlSmallStr::EMPTY, codes))
    }
}

/// Times that one thread writes at once.
const TOGETHER: usize = 1 << 13;

fn place(source: Source, needs: &mut Needs<'_>) -> Place {
    match source {
        Source::Text(field) => Place::Codes(needs.codes(field)),
        Source::Number(number) => Place::Numbers(needs.number(number)),
        Source::Success | Source::Error => {
            needs.outcomes();
            Place::Other
        }
        Source::Run | Source::IsUse | Source::Instant | Source::Clock | Source::Bucket(_) => Place::Other,
    }
}

fn nothing(source: Source) -> Held {
    match source {
        Source::Text(field) => Held::Codes(field, Vec::new()),
        Source::Run => Held::Texts(Vec::new()),
        Source::Number(_) | Source::Success | Source::Error | Source::IsUse => Held::Numbers(Vec::new()),
        Source::Instant | Source::Clock | Source::Bucket(_) => Held::OfTime,
    }
}

fn of_rows<T: Copy>(passing: &[Passing], column: &[T]) -> Vec<T> {
    passing.iter().map(|of| of.of(column)).collect()
}

fn success(outcome: u32) -> i64 {
    match outcome {
        outcome if outcome & HELPED != 0 => 1,
        outcome if outcome & DID_NOT_HELP != 0 => 0,
        _ => NO_NUMBER,
    }
}

impl Found {
    fn with(mut self, mut next: Found) -> Found {
        self.times.append(&mut next.times);
        for (held, next) in self.held.iter_mut().zip(next.held) {
            match (held, next) {
                (Held::Codes(_, held), Held::Codes(_, mut next)) => held.append(&mut next),
                (Held::Numbers(held), Held::Numbers(mut next)) => held.append(&mut next),
                (Held::Texts(held), Held::Texts(mut next)) => held.append(&mut next),
                _ => {}
            }
        }
        self
    }
}

/// The rows by their times; those of one instant by what they hold, so that equal places have equal rows.
fn order(found: &Found, frame: &Frame) -> Vec<u32> {
    let count = u32::try_from(found.times.len()).expect("rows are numbered in 32 bits");
    let mut order: Vec<u32> = (0..count).collect();
    let time = |row: &u32| found.times[*row as usize];
    order.sort_by_key(time);
    for same in order.chunk_by_mut(|a, b| time(a) == time(b)).filter(|same| same.len() > 1) {
        same.sort_by(|a, b| {
            let (a, b) = (*a as usize, *b as usize);
            let orders = found.held.iter().map(|held| match held {
                Held::Codes(_, codes) if codes[a] == codes[b] => Ordering::Equal,
                Held::Codes(field, codes) => {
                    frame.names(*field).name(codes[a]).cmp(&frame.names(*field).name(codes[b]))
                }
                Held::Numbers(numbers) => numbers[a].cmp(&numbers[b]),
                Held::Texts(texts) => texts[a].cmp(&texts[b]),
                Held::OfTime => Ordering::Equal,
            });
            orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
    }
    order
}

fn pick<T: Copy>(held: &[T], order: &[u32]) -> Vec<T> {
    order.iter().map(|row| held[*row as usize]).collect()
}

/// A column of numbers: whole ones as they are, kept with decimals as the nearest float.
fn counted(name: PlSmallStr, source: Source, numbers: &[i64]) -> Column {
    let known = |number: &i64| Some(*number).filter(|number| *number != NO_NUMBER);
    #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact number")]
    let scaled = |units: i64| -> Vec<Option<f64>> {
        numbers.iter().map(|number| known(number).map(|number| number as f64 / units as f64)).collect()
    };
    match source.holds().units() {
        Some(units) => Column::new(name, scaled(units)),
        None => Column::new(name, numbers.iter().map(known).collect::<Vec<_>>()),
    }
}
