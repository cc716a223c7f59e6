//! Listing: rows one by one, the newest or the greatest first. The executor finds them, polars puts them in order.

use super::execute::Executor;
use super::needs::{Columns, Needs};
use super::pass::Pass;
use super::select::Select;
use super::{RowColumn, Rows};
use crate::event::Field;
use crate::frame::{Block, Frame, MISSING, NO_NUMBER, Outcome, Truth, UNIT_SEPARATOR};
use polars::prelude::*;
use std::cmp::Reverse;

/// What can go wrong while polars works: nothing a person can mend.
pub type Answer<T> = PolarsResult<T>;

/// A cell of a listing.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub enum Listed {
    Missing,
    Text(String),
    Number(i64),
    Truth(bool),
}

/// A row that was found: what it is ordered by, its block and its place there.
#[derive(Clone, Copy)]
struct Found {
    weight: i64,
    block: usize,
    row: usize,
}

impl Executor<'_> {
    /// Lists rows, where the number they are ordered by is greatest first; of one number in the order of what is listed.
    ///
    /// # Errors
    /// polars could not do it, which no question should bring about.
    pub fn rows(&self, rows: &Rows) -> Answer<Vec<Vec<Listed>>> {
        let mut needs = Needs::new(self.seen.frame);
        let select = Select::new(&self.seen, &rows.filter, &mut needs);
        let pass = Pass::new(rows.test, rows.filter.scope, &mut needs);
        let weight = needs.number(rows.order);
        let found = self.in_blocks(&select, Columns::default, |columns, block| {
            needs.read(block, columns);
            let (mut marks, mut passing) = (Vec::new(), Vec::new());
            select.put(columns, &mut marks);
            let all = vec![1; marks.len()];
            pass.put(&marks, &all, columns, &mut passing);
            let found = passing.into_iter().map(|of| Found {
                weight: of.of(&columns.numbers[weight]),
                block: 0,
                row: of.row as usize,
            });
            (block.clone(), first(found.collect(), rows.limit))
        });
        let blocks: Vec<Block> = found.iter().map(|(block, _)| block.clone()).collect();
        let found = found
            .into_iter()
            .enumerate()
            .flat_map(|(block, (_, found))| found.into_iter().map(move |found| Found { block, ..found }));
        let found = first(found.collect(), rows.limit);
        let table = table(self.seen.frame, &rows.columns, &blocks, &found)?;
        let order: Vec<PlSmallStr> = table.columns().iter().map(|column| column.name().clone()).collect();
        let mut is_descending = vec![false; order.len()];
        is_descending[0] = true;
        let options = SortMultipleOptions::default().with_order_descending_multi(is_descending);
        let table = table.sort(order, options)?;
        let shown = if rows.limit > 0 { table.head(Some(rows.limit)) } else { table };
        (0..shown.height())
            .map(|row| rows.columns.iter().enumerate().map(|(at, _)| cell(&shown, at, row)).collect())
            .collect()
    }
}

/// The first of some rows, and all that are equal to the last of them, so that the choice among those is made by what they say.
fn first(mut found: Vec<Found>, limit: usize) -> Vec<Found> {
    if limit > 0 && found.len() > limit {
        let (_, last, _) = found.select_nth_unstable_by_key(limit - 1, |found| Reverse(found.weight));
        let last = last.weight;
        found.retain(|found| found.weight >= last);
    }
    found
}

/// What the rows that were found are ordered by, and their columns.
fn table(frame: &Frame, columns: &[RowColumn], blocks: &[Block], found: &[Found]) -> Answer<DataFrame> {
    let mut found = found.to_vec();
    found.sort_unstable_by_key(|found| (found.block, found.row));
    let weights: Vec<i64> = found.iter().map(|found| found.weight).collect();
    let mut table = vec![Column::new("weight".into(), weights)];
    for (at, column) in columns.iter().enumerate() {
        let name = PlSmallStr::from(format!("column_{at}"));
        let by_block = found.chunk_by(|a, b| a.block == b.block).map(|found| (&blocks[found[0].block], found));
        table.push(match *column {
            RowColumn::Text(field) => {
                let texts: Vec<Option<String>> =
                    by_block.flat_map(|(block, found)| texts(frame, block, field, found)).collect();
                Column::new(name, texts)
            }
            RowColumn::Number(number) => {
                let mut numbers: Vec<Option<i64>> = Vec::with_capacity(found.len());
                let mut read = Vec::new();
                for (block, found) in by_block {
                    frame.read_numbers(block, number, &mut read);
                    numbers.extend(found.iter().map(|found| Some(read[found.row]).filter(|held| *held != NO_NUMBER)));
                }
                Column::new(name, numbers)
            }
            RowColumn::Truth(truth) => {
                let mut truths: Vec<Option<bool>> = Vec::with_capacity(found.len());
                let mut read = Vec::new();
                for (block, found) in by_block {
                    frame.read_outcomes(block, &mut read);
                    let outcomes = found.iter().map(|found| Outcome::from_code(read[found.row]));
                    truths.extend(outcomes.map(|outcome| match truth {
                        Truth::Success => outcome.success,
                        Truth::Error => Some(outcome.is_error),
                    }));
                }
                Column::new(name, truths)
            }
        });
    }
    DataFrame::new(found.len(), table)
}

fn texts(frame: &Frame, block: &Block, field: Field, found: &[Found]) -> Vec<Option<String>> {
    if field == Field::RunId {
        return found.iter().map(|found| frame.run_id(block, found.row)).collect();
    }
    let mut codes = Vec::new();
    frame.read_codes(block, field, &mut codes);
    let name = |found: &Found| {
        Some(codes[found.row]).filter(|code| *code != MISSING).and_then(|code| frame.names(field).name(code))
    };
    found.iter().map(|found| name(found).map(|name| name.replace(UNIT_SEPARATOR, "; "))).collect()
}

/// A cell of the table; its first column is what it is ordered by.
fn cell(table: &DataFrame, at: usize, row: usize) -> Answer<Listed> {
    Ok(match table.columns()[at + 1].get(row)? {
        AnyValue::Int64(number) => Listed::Number(number),
        AnyValue::Boolean(truth) => Listed::Truth(truth),
        other => other.get_str().map_or(Listed::Missing, |text| Listed::Text(text.to_owned())),
    })
}
