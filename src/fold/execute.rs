//! The executor: folds and rows by polars, over the columns of a frame that they need and no others.

use super::select::{self, Selected};
use super::value::{Folded, Group, Value};
use super::{Filter, Fold, Measure, RowColumn, Rows, Scope, Test};
use crate::coverage::Question;
pub use crate::event::Field;
use crate::frame::{Frame, Number, Role, Truth};
use crate::query::{Dimension, Filters};
use crate::time::{self, Calendar, Every, Period, Zone};
use polars::prelude::*;
use std::collections::BTreeMap;
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
    pub(super) frame: &'a Frame,
    zone: Zone,
    now_ns: i64,
    selected: Mutex<Vec<(Filter, Arc<Selected>)>>,
}

/// The event field a dimension is read from.
pub(super) fn field(dimension: Dimension) -> Field {
    match dimension {
        Dimension::Prompt => Field::PromptId,
        Dimension::Template => Field::TemplateId,
        Dimension::Starter => Field::StarterId,
        Dimension::Category => Field::TaskCategory,
        Dimension::Domain => Field::TaskDomain,
        Dimension::Provider => Field::Provider,
        Dimension::Model => Field::Model,
        Dimension::Project => Field::ProjectId,
        Dimension::Conversation => Field::ConversationId,
        Dimension::User => Field::UserId,
        Dimension::PromptVersion => Field::PromptVersion,
        Dimension::Variant => Field::Variant,
        Dimension::Source => Field::Source,
        Dimension::Host => Field::Host,
        Dimension::ErrorType => Field::ErrorType,
        Dimension::Bucket(_) => unreachable!("a bucket is made of the time, not of a field"),
    }
}

impl<'a> Executor<'a> {
    pub fn new(frame: &'a Frame, zone: Zone, now_ns: i64) -> Executor<'a> {
        Executor { frame, zone, now_ns, selected: Mutex::default() }
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
        let selected = Arc::new(select::select(self, filter)?);
        held.push((filter.clone(), Arc::clone(&selected)));
        Ok(selected)
    }

    /// The buckets of all rows; `None` for what lies more than a day in the future, unless the future was asked for.
    pub(super) fn buckets(&self, every: Every, is_future_wanted: bool) -> Vec<Option<i64>> {
        let times = self.frame.times();
        let limit = self.now_ns.saturating_add(time::NS_PER_DAY);
        let (Some(&from), Some(&to)) = (times.iter().min(), times.iter().max()) else { return Vec::new() };
        let calendar = Calendar::new(&self.zone, from, to);
        let bucket = |ts_ns: &i64| (is_future_wanted || *ts_ns <= limit).then(|| calendar.bucket(every, *ts_ns));
        times.iter().map(bucket).collect()
    }

    /// Executes a fold.
    ///
    /// # Errors
    /// polars could not do it, which no question should bring about.
    pub fn fold(&self, fold: &Fold) -> Answer<Folded> {
        let selected = self.select(&fold.filter)?;
        let mut columns = Columns::new(self.frame);
        let scope = fold.filter.scope;
        let aggregates: Vec<Expr> =
            fold.measures.iter().enumerate().map(|(at, measure)| columns.aggregate(*measure, scope, at)).collect();
        let mut keys = vec![col(ONE_GROUP)];
        columns.add(Column::new_scalar(ONE_GROUP.into(), Scalar::from(0_u32), self.frame.height()));
        for key in &fold.keys {
            let column = match key {
                Dimension::Bucket(every) => {
                    let buckets: Int64Chunked =
                        self.buckets(*every, fold.filter.period.until_ns.is_some()).into_iter().collect();
                    buckets.into_column()
                }
                key => self.frame.text(field(*key)),
            };
            let name = format!("key_{}", key.name());
            keys.push(col(name.as_str()));
            columns.add(column.with_name(name.into()));
        }
        let frame = columns.frame(self.frame.height())?.filter(&selected.mask)?;
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
                key => {
                    column.u32()?.get(row).and_then(|code| self.frame.names(field(*key)).name(code)).map(str::to_owned)
                }
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
        let mut columns = Columns::new(self.frame);
        let test = columns.test(rows.test, rows.filter.scope);
        columns.add(self.frame.number(Number::Time));
        for column in &rows.columns {
            columns.add(match column {
                RowColumn::Text(field) => self.frame.text(*field),
                RowColumn::Number(number) => self.frame.number(*number),
                RowColumn::Truth(truth) => self.frame.truth(*truth),
            });
        }
        let listed = columns.frame(self.frame.height())?.filter(&selected.mask)?.lazy().filter(test).collect()?;
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
                    let name = code.and_then(|code| self.frame.names(*field).name(code));
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

fn name_of(measure: usize) -> String {
    format!("measure_{measure}")
}

/// Gathers the columns that expressions need.
struct Columns<'a> {
    frame: &'a Frame,
    held: BTreeMap<String, Column>,
}

impl<'a> Columns<'a> {
    fn new(frame: &'a Frame) -> Columns<'a> {
        Columns { frame, held: BTreeMap::new() }
    }

    fn add(&mut self, column: Column) {
        self.held.insert(column.name().to_string(), column);
    }

    fn frame(self, height: usize) -> Answer<DataFrame> {
        DataFrame::new(height, self.held.into_values().collect())
    }

    fn number(&mut self, number: Number) -> Expr {
        self.add(self.frame.number(number));
        col(number.name())
    }

    fn truth(&mut self, truth: Truth) -> Expr {
        self.add(self.frame.truth(truth));
        col(truth.name())
    }

    fn is(&mut self, roles: &[Role]) -> Expr {
        let column = self.frame.roles();
        let name = column.name().to_string();
        self.add(column);
        let is = |role: &Role| col(name.as_str()).eq(lit(*role as u8));
        roles.iter().map(is).reduce(Expr::or).unwrap_or_else(|| lit(false))
    }

    fn test(&mut self, test: Test, scope: Scope) -> Expr {
        let runs: &[Role] = match scope {
            Scope::Uses => &[Role::Use],
            Scope::Templates => &[Role::Use, Role::Template],
            Scope::Starters => &[Role::Use, Role::Starter],
        };
        let ended: &[Role] = match scope {
            Scope::Starters => &[Role::Use, Role::Orphan, Role::Starter],
            _ => &[Role::Use, Role::Orphan],
        };
        match test {
            Test::Any => lit(true),
            Test::Run => self.is(runs),
            Test::Ended => self.is(ended),
            Test::Outcome => self.is(ended).and(self.truth(Truth::Success).is_not_null()),
            Test::Success => self.is(ended).and(self.truth(Truth::Success).fill_null(lit(false))),
            Test::Failure => self.is(ended).and(self.truth(Truth::Success).fill_null(lit(true)).not()),
            Test::Error => self.is(ended).and(self.truth(Truth::Error)),
            Test::Rated => self.is(&[Role::Use]).and(self.number(Number::UseRating).is_not_null()),
            Test::Priced => self.is(&[Role::Use]).and(self.number(Number::Cost).is_not_null()),
            Test::Unpriced => self.is(&[Role::Use]).and(self.number(Number::Cost).is_null()),
            Test::PricedOutcome => self.test(Test::Priced, scope).and(self.test(Test::Outcome, scope)),
            Test::PricedSuccess => self.test(Test::Priced, scope).and(self.test(Test::Success, scope)),
            Test::Rating => self.is(&[Role::Rating]),
            Test::Points(points) => {
                let half = crate::fixed::ONE / 2;
                let from = i64::from(points) * crate::fixed::ONE - half;
                let rating = self.number(Number::Rating);
                self.is(&[Role::Rating]).and(rating.clone().gt_eq(lit(from))).and(rating.lt(lit(from + 2 * half)))
            }
            Test::Judgement => self.is(&[Role::Rating, Role::Remark]),
            Test::Remark => {
                self.add(self.frame.text(Field::FeedbackText));
                self.is(&[Role::Rating, Role::Remark])
                    .and(col(Field::FeedbackText.name()).neq(lit(crate::frame::MISSING)))
            }
            Test::Assessment => self.is(&[Role::Assessment]),
        }
    }

    fn aggregate(&mut self, measure: Measure, scope: Scope, at: usize) -> Expr {
        let wide = |expr: Expr| expr.cast(DataType::Int128).sum();
        let expr = match measure {
            Measure::Count(test) => wide(self.test(test, scope)),
            Measure::CountOf(number, test) => wide(self.tested(number, test, scope).is_not_null()),
            Measure::Sum(number, test) => wide(self.tested(number, test, scope)),
            Measure::SumSq(number, test) => {
                let number = self.tested(number, test, scope).cast(DataType::Int128);
                (number.clone() * number).sum()
            }
            Measure::Min(number, test) => self.tested(number, test, scope).min(),
            Measure::Max(number, test) => self.tested(number, test, scope).max(),
            Measure::Distinct(field, test) => {
                self.add(self.frame.text(field));
                when(self.test(test, scope))
                    .then(col(field.name()))
                    .otherwise(lit(crate::frame::MISSING))
                    .unique()
                    .implode(false)
            }
            Measure::Values(number, test) => self.tested(number, test, scope).drop_nulls().implode(false),
        };
        expr.alias(name_of(at).as_str())
    }

    /// A number where the row passes the test, null elsewhere.
    fn tested(&mut self, number: Number, test: Test, scope: Scope) -> Expr {
        let number = self.number(number);
        if test == Test::Any {
            return number;
        }
        when(self.test(test, scope)).then(number).otherwise(lit(NULL))
    }
}
