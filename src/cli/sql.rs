//! `sql`: a question of the person's own. The answer goes through a sheet like any report's.

use super::Trouble;
use super::answer;
use super::args::{Everywhere, Sql};
use super::output;
use super::place;
use super::reading::{self, Voice};
use super::{ask, chart};
use crate::fold::Executor;
use crate::fold::sql::{Refused, Statement};
use crate::report::{self, Ask};
use crate::time;
use anyhow::{Context as _, Result};
use std::io::{Read as _, Write as _};
use std::process::ExitCode;

/// Answers a statement, or says which tables there are.
///
/// # Errors
/// The statement is not understood or cannot be answered, the log cannot be read, or the answer cannot be written.
pub fn sql(asked: &Sql, everywhere: &Everywhere) -> Result<ExitCode> {
    let format = output::format(&asked.output)?;
    let now_ns = time::now(everywhere.now.as_deref())?;
    let (place, config) = place::find(everywhere)?;
    let mut query = ask::filtered(&asked.filters, &asked.output, &config, now_ns)?;
    query.top = asked.top;
    query.top_unasked = output::rows_unasked(format);
    if asked.schema {
        output::write(&[report::sql::schema(&query)], format, &asked.output, asked.top)?;
        return Ok(ExitCode::SUCCESS);
    }
    let text = text(asked)?;
    survive();
    let statement = Statement::new(&text).map_err(trouble)?;
    if !place.dir.is_dir() {
        return answer::no_log(&place, false);
    }
    let (sheet, coverage) = reading::with_log(&place, &config, everywhere, now_ns, Voice::Told, |ingested| {
        let executor = Executor::new(&ingested.frame, query.zone.clone(), now_ns);
        let ask = Ask { executor: &executor, query: &query, coverage: &ingested.coverage };
        Ok((report::sql::answer(&ask, &statement).map_err(trouble)?, ingested.coverage.clone()))
    })?;
    let mut sheets = [sheet];
    chart::put(&asked.output.chart, &mut sheets)?;
    output::write(&sheets, format, &asked.output, asked.top)?;
    answer::unreadable(&coverage)
}

/// The statement, out of the arguments or from standard input.
fn text(asked: &Sql) -> Result<String> {
    match asked.statement.as_deref().unwrap_or_default() {
        "-" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("cannot read a statement from standard input")?;
            Ok(text)
        }
        statement => Ok(statement.to_owned()),
    }
}

/// Where the engine breaks on a statement, on whatever thread, that is told as what it is: something that could not be done.
fn survive() {
    std::panic::set_hook(Box::new(|panic| {
        let trouble = Trouble::new(format!("the statement broke the engine: {panic}"))
            .hint("put it in other words; `prompt-analytics sql --schema` lists tables and columns");
        let _ = writeln!(anstream::stderr(), "{}", super::trouble::message(&trouble.into()));
        std::process::exit(2);
    }));
}

fn trouble(refused: Refused) -> Trouble {
    let trouble = Trouble::new(refused.says);
    trouble.hint(refused.hint.unwrap_or_else(|| "`prompt-analytics sql --schema` lists tables and columns".to_owned()))
}
