//! Folds: a question to the columns as a value, and what executes it: sums, counts and values by group in integers, block by
//! block. polars puts listings in order, and stops here.

mod accumulate;
mod distinct;
mod execute;
mod keys;
mod listing;
mod needs;
mod pass;
mod prices;
mod radix;
mod select;
#[cfg(feature = "sql")]
pub mod sql;
mod texts;
mod value;

pub use crate::event::Field;
pub use crate::frame::{Number, Truth};
pub use crate::price::{Book, Unpriced, Version};
pub use distinct::Codes;
pub use execute::Executor;
pub use listing::{Answer, Listed};
pub use prices::PriceUsed;
pub use texts::Texts;
pub use value::{Folded, Group, List, Value};

use crate::query::{Dimension, Filters};
use crate::time::Period;

/// Which rows a question is about, before any filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Uses, orphan outcomes and what was said about them.
    Uses,
    /// What carries a template; a template event that no use tells of counts as a use.
    Templates,
    /// What carries a starter; a starter event that no use tells of counts as a use.
    Starters,
    /// What became of findings: alerts that were raised, recommendations that were done.
    Findings,
}

/// Which rows a fold takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    pub scope: Scope,
    pub period: Period,
    pub filters: Filters,
}

/// Measures of the rows that a filter lets through, by group.
#[derive(Clone, Debug)]
pub struct Fold {
    pub filter: Filter,
    /// The groups: one for each combination, missing ones included. None: one group of everything.
    pub keys: Vec<Dimension>,
    pub measures: Vec<Measure>,
}

/// A test of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    Any,
    /// It is a use.
    Run,
    /// It is a use or orphan outcome that is known to have helped or not.
    Outcome,
    Success,
    Failure,
    /// It is a use or orphan outcome of which nobody knows whether it helped.
    Unsettled,
    /// It is a use or orphan outcome.
    Ended,
    Error,
    /// It is a use somebody judged.
    Rated,
    /// It is a use with, or without, a cost.
    Priced,
    Unpriced,
    /// It is a use with a cost and a known outcome.
    PricedOutcome,
    PricedSuccess,
    /// It is a use with a cost that somebody judged, or judged to be worth four points at least.
    PricedRated,
    PricedGood,
    /// It is a use without a cost for this reason.
    Gap(Unpriced),
    /// It is a rating that counts.
    Rating,
    /// It is a rating that counts, nearest to this many points (halves go up).
    Points(u8),
    /// It is a rating or a remark.
    Judgement,
    /// It is a judgement in words.
    Remark,
    /// It is an assessment.
    Assessment,
}

/// Something that is counted or added up, and that merges: two groups' values make the value of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Rows that pass the test.
    Count(Test),
    /// Rows that pass the test and have the number.
    CountOf(Number, Test),
    Sum(Number, Test),
    SumSq(Number, Test),
    Min(Number, Test),
    Max(Number, Test),
    /// The different texts of a column.
    Distinct(Field, Test),
    /// All values, for a quantile.
    Values(Number, Test),
}

impl Measure {
    /// The same of the rows that pass another test.
    #[must_use]
    pub fn of(self, test: Test) -> Measure {
        match self {
            Measure::Count(_) => Measure::Count(test),
            Measure::CountOf(number, _) => Measure::CountOf(number, test),
            Measure::Sum(number, _) => Measure::Sum(number, test),
            Measure::SumSq(number, _) => Measure::SumSq(number, test),
            Measure::Min(number, _) => Measure::Min(number, test),
            Measure::Max(number, _) => Measure::Max(number, test),
            Measure::Distinct(field, _) => Measure::Distinct(field, test),
            Measure::Values(number, _) => Measure::Values(number, test),
        }
    }

    /// The test that rows must pass.
    pub fn test(self) -> Test {
        match self {
            Measure::Count(test)
            | Measure::CountOf(_, test)
            | Measure::Sum(_, test)
            | Measure::SumSq(_, test)
            | Measure::Min(_, test)
            | Measure::Max(_, test)
            | Measure::Distinct(_, test)
            | Measure::Values(_, test) => test,
        }
    }
}

/// Rows one by one: the first of an order, or all of them.
#[derive(Clone, Debug)]
pub struct Rows {
    pub filter: Filter,
    pub test: Test,
    pub columns: Vec<RowColumn>,
    /// Where it is greatest comes first: of the time, the newest. Rows without it come last.
    pub order: Number,
    /// How many of the first; 0 is no limit.
    pub limit: usize,
}

/// A column of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowColumn {
    Text(Field),
    Number(Number),
    Truth(Truth),
}
