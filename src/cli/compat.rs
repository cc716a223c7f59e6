//! Compat: what other programs answer, in their shape, for scripts that were written for them.

use super::Trouble;
use super::answer;
use super::args::{Asked, Everywhere};
use super::ask;
use super::output;
use super::place;
use super::reading::{self, Voice};
use crate::fold::Executor;
use crate::query::{Dimension, Query, Sort};
use crate::render::Format;
use crate::report::{Ask, Report};
use crate::time::{self, Every};
use anyhow::Result;
use std::process::ExitCode;

/// What there is to ask for.
pub const VIEWS: &str = "it has these: `prompt-analytics daily|weekly|monthly|session|blocks --json --compat ccusage`";

/// Prints costs by day, week, month or session, or blocks, as `ccusage` does. Nothing found is an empty list, as there.
///
/// # Errors
/// It has no such view, the format is another one, the log cannot be read, or the answer cannot be written.
pub fn answer(asked: &Asked, everywhere: &Everywhere) -> Result<ExitCode> {
    let named = ask::reports(asked)?.unwrap_or_default();
    ask::check_shape(&named, &asked.shape)?;
    let format = output::format(&asked.output)?;
    if format != Format::Json {
        let says = format!("`--compat ccusage` is JSON, and the format is {}", format.name());
        return Err(Trouble::new(says).hint("add `--json`").into());
    }
    let now_ns = time::now(everywhere.now.as_deref())?;
    let (place, config) = place::find(everywhere)?;
    let query = answer::query(asked, &config, Format::Ccusage, now_ns)?;
    let no_view = || Trouble::new("ccusage has no such view").hint(VIEWS);
    let ([report], Some(queries)) = (&named[..], queries(&named, &query)) else { return Err(no_view().into()) };
    if !place.dir.is_dir() {
        return answer::no_log(&place, false);
    }
    let (sheets, coverage) = reading::with_log(&place, &config, everywhere, now_ns, Voice::Told, |ingested| {
        let executor = Executor::new(&ingested.frame, query.zone.clone(), now_ns);
        let coverage = &ingested.coverage;
        let fill = |query| (report.fill)(&Ask { executor: &executor, query, coverage });
        Ok((queries.iter().map(fill).collect::<Result<Vec<_>>>()?, coverage.clone()))
    })?;
    output::write(&sheets, Format::Ccusage, &asked.output, None)?;
    answer::unreadable(&coverage)
}

/// What is asked of the report: its view, and the same by model; `None` where there is no such view.
fn queries(reports: &[&Report], query: &Query) -> Option<Vec<Query>> {
    match reports {
        [report] if report.name == "blocks" => return Some(vec![query.clone()]),
        [report] if report.name == "cost" => {}
        _ => return None,
    }
    let mut by = query.by.clone().unwrap_or_default();
    by.extend(query.every.map(Dimension::Bucket));
    // Models are told in any case.
    by.retain(|dimension| *dimension != Dimension::Model);
    by.dedup();
    match by[..] {
        [Dimension::Bucket(Every::Day | Every::Week | Every::Month)] => {}
        [Dimension::Conversation] => by.push(Dimension::Project),
        _ => return None,
    }
    let main = Query { by: Some(by.clone()), every: None, ..query.clone() };
    by.push(Dimension::Model);
    let dearest = Sort { key: "cost_usd".to_owned(), is_descending: None };
    let by_model = Query { by: Some(by), every: None, sort: Some(dearest), ..query.clone() };
    Some([main, by_model].map(|query| Query { top: Some(0), ..query }).to_vec())
}
