//! SQL: any question to the columns, in the words of the person who asks. polars answers it over tables made of the columns
//! that a statement names; only the log can be asked, and nothing can be changed.

mod answer;
mod order;
mod refused;
mod schema;
mod statement;
mod table;

pub use answer::{Answered, Answering, Kind, Value};
pub use refused::Refused;
pub use schema::{Column, Holds, TABLES, Table};
pub use statement::Statement;

use super::execute::Executor;
use crate::query::Filters;
use crate::time::Period;
use polars::error::set_warning_function;
use polars::prelude::{IntoLazy as _, LazyFrame, PolarsError};
use polars_sql::SQLContext;
use std::thread;

/// What a statement may be nested into: its parser, its plan and what drops them follow it inwards.
const STACK_BYTES: usize = 1 << 28;

impl Statement {
    /// Reads a statement.
    ///
    /// # Errors
    /// It is none, or asks for something else than the log.
    ///
    /// # Panics
    /// No thread can be had.
    pub fn new(text: &str) -> Result<Statement, Refused> {
        deep(|| Statement::read(text))
    }
}

impl Executor<'_> {
    /// The answer to a statement over what a period and filters let through: the first `top` rows, 0 being all.
    ///
    /// # Errors
    /// The statement names a column that there is not, or does with it what cannot be done.
    ///
    /// # Panics
    /// No thread can be had.
    pub fn sql(
        &self,
        statement: &Statement,
        period: Period,
        filters: &Filters,
        top: usize,
    ) -> Result<Answered, Refused> {
        // What it warns of is for those who call it, not for those who ask.
        set_warning_function(|_, _| {});
        let answer = || {
            let mut context = SQLContext::new();
            for table in &statement.tables {
                let columns = statement.columns(table);
                context.register(table.name, self.table(table, &columns, period, filters)?.lazy());
            }
            let plan = context.execute(&statement.asked)?.logical_plan;
            Answered::of(&LazyFrame::from(order::kept(plan)).collect()?, top)
        };
        deep(answer).map_err(|error| not_done(statement, &error))
    }
}

/// Works where there is room for what is nested.
fn deep<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let worker = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        worker.expect("a thread can be had").join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Characters of what the engine says that are passed on.
const MOST_SAID: usize = 200;

/// What the engine could not do, in our words.
fn not_done(statement: &Statement, error: &PolarsError) -> Refused {
    match error {
        PolarsError::Context { error, .. } | PolarsError::ExprContext { error, .. } => not_done(statement, error),
        PolarsError::ColumnNotFound(said) | PolarsError::SchemaFieldNotFound(said) => {
            refused::no_column(&statement.tables, quoted(said).unwrap_or(said))
        }
        other => {
            let said = other.to_string();
            let first = said.lines().next().unwrap_or_default().split(". ").next().unwrap_or_default();
            let first = first.trim_end_matches([':', '.', ' ']);
            // What it prints of its insides is of no use to a person.
            let end = first.char_indices().nth(MOST_SAID).map_or(first.len(), |(at, _)| at);
            let more = if end < first.len() { "…" } else { "" };
            Refused::new(format!("the statement cannot be answered: {}{more}", &first[..end]))
        }
    }
}

/// What stands in the first quotes.
fn quoted(said: &str) -> Option<&str> {
    let (_, rest) = said.split_once(['"', '\'', '`'])?;
    rest.split(['"', '\'', '`']).next()
}
