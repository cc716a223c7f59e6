//! Reports: one question each, one file each, listed once. A report turns a query into a sheet and draws nothing.

mod alerts;
mod ask;
mod blocks;
mod causes;
mod compare;
mod cost;
mod decided;
mod errors;
mod feedback;
mod outlier;
pub mod prices;
mod pricing;
mod overview;
mod performance;
mod pictures;
mod quality;
mod recommendations;
mod runs;
mod same;
#[cfg(feature = "sql")]
pub mod sql;
mod starters;
pub mod status;
mod templates;
mod trends;
mod themes;
mod usage;

use ask::title;

pub use ask::{Ask, NoColumn};
pub use decided::{Decided, State};

use crate::fold::Test;
use crate::query::Dimension;
use crate::sheet::Sheet;
use anyhow::Result;

/// A question that can be asked of any log.
pub struct Report {
    pub name: &'static str,
    /// What it answers, as the person would ask it.
    pub question: &'static str,
    /// What it shows.
    pub shows: &'static str,
    /// How its numbers are computed.
    pub computed: &'static str,
    /// When it misleads.
    pub lies: &'static str,
    /// Its dimensions where none are asked for.
    pub by: &'static [Dimension],
    /// The flags that mean something to it, of those that mean nothing to some.
    pub takes: &'static [Flag],
    /// What happened if it has nothing to show (`nothing was rated`), and the rows it needs.
    pub nothing: (&'static str, Test),
    pub fill: fn(&Ask<'_>) -> Result<Sheet>,
}

/// A flag that means something to some reports and nothing to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    By,
    Every,
    Sort,
    Metric,
    Compare,
    Recompute,
    SessionLength,
    MinConfidence,
    FailOn,
    Notify,
}

impl Flag {
    /// The flag as it is typed, without its dashes.
    pub fn name(self) -> &'static str {
        match self {
            Flag::By => "by",
            Flag::Every => "every",
            Flag::Sort => "sort",
            Flag::Metric => "metric",
            Flag::Compare => "compare",
            Flag::Recompute => "recompute",
            Flag::SessionLength => "session-length",
            Flag::MinConfidence => "min-confidence",
            Flag::FailOn => "fail-on",
            Flag::Notify => "notify",
        }
    }
}

/// The flags that shape a table with a row for each combination of dimensions.
const SHAPED: &[Flag] = &[Flag::By, Flag::Every, Flag::Sort];

impl Report {
    /// Whether its sheet may have findings that somebody should act on.
    pub fn has_findings(&self) -> bool {
        self.takes.contains(&Flag::FailOn)
    }

    /// Whether what it finds is told and remembered.
    pub fn has_alerts(&self) -> bool {
        self.takes.contains(&Flag::Notify)
    }
}

/// Every report, in the order of `--report all`.
pub const ALL: &[&Report] = &[
    &overview::REPORT,
    &usage::REPORT,
    &performance::REPORT,
    &quality::REPORT,
    &feedback::REPORT,
    &cost::REPORT,
    &blocks::REPORT,
    &errors::REPORT,
    &trends::REPORT,
    &compare::REPORT,
    &templates::REPORT,
    &starters::REPORT,
    &alerts::REPORT,
    &recommendations::REPORT,
    &runs::REPORT,
];

/// The report called `name`.
pub fn named(name: &str) -> Option<&'static Report> {
    ALL.iter().copied().find(|report| report.name == name)
}

/// Every report's name.
pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|report| report.name).collect()
}
