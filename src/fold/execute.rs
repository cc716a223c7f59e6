//! The executor: folds and rows by polars, over the columns of a frame that they need and no others.

use super::columns::{Columns, name_of};
use super::keys::{Seen, field};
use super::select::{self, Selected};
use super::value::{Folded, Group, Value};
use super::{Filter, Fold, Measure, RowColumn, Rows, Scope, Test};
use crate::coverage::Question;
use crate::frame::{Frame, Number};
use crate::query::{Dimension, Filters};
use crate::time::{Period, Zone};
use polars::prelude::*;
use std::sync::{Arc, Mutex, PoisonError};

/// What can go wrong while a fold is executed: nothing a person can mend.
pub type Answer<T> = PolarsResult<T>;

/// A cell of a listing.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub enum Listed {
    Missing,
    Text(String),
    Number(i64),
    Truth(bool),
}

/// Asks a frame. Remembers which rows a filter let through, since one report asks several times.
pub struct Executor<'a> {
    seen: Seen<'a>,
    selected: Mutex<Vec<(Filter, Arc<Selected>)>>,
}

impl<'a> Executor<'a> {
    pub fn new(frame: &'a Frame, zone: Zone, now_ns: i64) -> Executor<'a> {
        Executor { seen: Seen { frame, zone, now_ns }, selected: Mutex::default() }
    }

    /// What a filter matched, and what it could not decide about.
    ///
    /// # Errors
    /// polars could not do it, which no question should bring about.
    pub fn question(&self, filter: &Filter) -> Answer<Question> {
        Ok(self.select(filter)?.question.clone())
    }

    /// The time of the newest row that passes `test`, of all there is.
    ///
    /// # Errors
    /// polars could not do it, which no question should bring about.
    pub fn newest(&self, test: Test) -> Answer<Option<i64>> {
        let everything = Filter { scope: Scope::Uses, period: Period::default(), filters: Filters::default() };
        let fold = Fold { filter: everything, keys: Vec::new(), measures: vec![Measure::Max(Number::Time, test)] };
        match &self.fold(&fold)?.total()[0] {
            Value::Extreme(newest) => Ok(*newest),
            _ => Ok(None),
        }
    }

    fn select(&self, filter: &Filter) -> Answer<Arc<Selected>> {
        let mut held = self.selected.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, selected)) = held.iter().find(|(known, _)| known == filter) {
            return Ok(Arc::clone(selected));
        }
        let selected = Arc::new(select::select(&self.seen, filter)?);
        held.push((filter.clone(), Arc::clone(&selected)));
        Ok(selected)
    }

    /// Executes a fold.
    ///
    /// # Errors
    /// polars could not do it, which no question should bring about.
    pub fn fold(&self, fold: &Fold) -> Answer<Folded> {
        let selected = self.select(&fold.filter)?;
        let mut columns = Columns::new(self.seen.frame);
        let scope = fold.filter.scope;
        let aggregates: Vec<Expr> =
            fold.measures.iter().enumerate().map(|(at, measure)| columns.aggregate(*measure, scope, at)).collect();
        let mut keys = vec![col(ONE_GROUP)];
        columns.add(Column::new_scalar(ONE_GROUP.into(), Scalar::from(0_u32), self.seen.frame.height()));
        for key in &fold.keys {
            let column = match key {
                Dimension::Bucket(every) => {
                    let buckets: Int64Chunked =
                        self.seen.buckets(*every, fold.filter.period.until_ns.is_some()).into_iter().collect();
                    buckets.into_column()
                }
                key => self.seen.frame.text(field(*key)),
            };
            let name = format!("key_{}", key.name());
            keys.push(col(name.as_str()));
            columns.add(column.with_name(name.into()));
        }
        let frame = columns.frame(self.seen.frame.height())?.filter(&selected.mask)?;
        if frame.height() == 0 {
            return Ok(Folded { measures: fold.measures.clone(), groups: Vec::new() });
        }
        let folded = frame.lazy().group_by(keys).agg(aggregates).collect()?;
        let groups = (0..folded.height()).map(|row| self.group(fold, &folded, row)).collect::<Answer<_>>()?;
        Ok(Folded { measures: fold.measures.clone(), groups })
    }

    fn group(&self, fold: &Fold, folded: &DataFrame, row: usize) -> Answer<Group> {
        let mut keys = Vec::with_capacity(fold.keys.len());
        for key in &fold.keys {
            let column = folded.column(&format!("key_{}", key.name()))?;
            keys.push(match key {
                Dimension::Bucket(every) => column.i64()?.get(row).map(|bucket| every.label(bucket)),
                key => column
                    .u32()?
                    .get(row)
                    .and_then(|code| self.seen.frame.names(field(*key)).name(code))
                    .map(str::to_owned),
            });
        }
        let mut values = Vec::with_capacity(fold.measures.len());
        for (at, measure) in fold.measures.iter().enumerate() {
            values.push(value(*measure, folded.column(&name_of(at))?, row)?);
        }
        Ok(Group { keys, values })
    }

    /// Lists rows, the newest first; of one instant in the order of what is listed.
    ///
    /// # Errors
    /// polars could not do it, which no question should bring about.
    pub fn rows(&self, rows: &Rows) -> Answer<Vec<Vec<Listed>>> {
        let selected = self.select(&rows.filter)?;
        let mut columns = Columns::new(self.seen.frame);
        let test = columns.test(rows.test, rows.filter.scope);
        columns.add(self.seen.frame.number(Number::Time));
        for column in &rows.columns {
            columns.add(match column {
                RowColumn::Text(field) => self.seen.frame.text(*field),
                RowColumn::Number(number) => self.seen.frame.number(*number),
                RowColumn::Truth(truth) => self.seen.frame.truth(*truth),
            });
        }
        let listed = columns.frame(self.seen.frame.height())?.filter(&selected.mask)?.lazy().filter(test).collect()?;
        let times: Vec<i64> = listed.column(Number::Time.name())?.i64()?.into_no_null_iter().collect();
        let mut order: Vec<usize> = (0..times.len()).collect();
        order.sort_by_key(|row| std::cmp::Reverse(times[*row]));
        if rows.limit > 0 && order.len() > rows.limit {
            // Keep all of the last instant, so that the choice among them is made by what they say.
            let last = times[order[rows.limit - 1]];
            order.truncate(order.partition_point(|row| times[*row] >= last));
        }
        let mut cells: Vec<(i64, Vec<Listed>)> = Vec::with_capacity(order.len());
        for row in order {
            cells.push((times[row], self.listed(&rows.columns, &listed, row)?));
        }
        cells.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.partial_cmp(&b.1).unwrap_or(std::cmp::Ordering::Equal)));
        if rows.limit > 0 {
            cells.truncate(rows.limit);
        }
        Ok(cells.into_iter().map(|(_, cells)| cells).collect())
    }

    fn listed(&self, columns: &[RowColumn], listed: &DataFrame, row: usize) -> Answer<Vec<Listed>> {
        let cell = |column: &RowColumn| -> Answer<Listed> {
            Ok(match column {
                RowColumn::Text(field) => {
                    let code = listed.column(field.name())?.u32()?.get(row);
                    let name = code.and_then(|code| self.seen.frame.names(*field).name(code));
                    name.map_or(Listed::Missing, |name| Listed::Text(name.replace(crate::frame::UNIT_SEPARATOR, "; ")))
                }
                RowColumn::Number(number) => {
                    listed.column(number.name())?.i64()?.get(row).map_or(Listed::Missing, Listed::Number)
                }
                RowColumn::Truth(truth) => {
                    listed.column(truth.name())?.bool()?.get(row).map_or(Listed::Missing, Listed::Truth)
                }
            })
        };
        columns.iter().map(cell).collect()
    }
}

fn value(measure: Measure, column: &Column, row: usize) -> Answer<Value> {
    Ok(match measure {
        Measure::Min(..) | Measure::Max(..) => Value::Extreme(column.i64()?.get(row)),
        Measure::Distinct(..) => {
            let codes = column.list()?.get_as_series(row).unwrap_or_default();
            Value::Codes(codes.u32()?.iter().flatten().filter(|code| *code != crate::frame::MISSING).collect())
        }
        Measure::Values(..) => {
            let values = column.list()?.get_as_series(row).unwrap_or_default();
            Value::Values(values.i64()?.iter().flatten().collect())
        }
        _ => Value::Int(column.i128()?.get(row).unwrap_or(0)),
    })
}

/// The key of a fold without keys.
const ONE_GROUP: &str = "one_group";
