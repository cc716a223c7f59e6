//! Sheets: what a report knows, undrawn. The one value between knowing a number and drawing it.

mod fact;
mod finding;
mod flat;

pub use crate::severity::Severity;
pub use fact::{Better, Change, Fact, Verdict};
pub use finding::Finding;
pub use flat::{Flat, FlatColumn};

use crate::coverage::Coverage;
use crate::time::{Period, Zone};
use std::borrow::Cow;

/// The answer of one report.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The report's name.
    pub report: &'static str,
    /// What it shows here: `Performance by prompt and model`.
    pub title: String,
    /// What it was computed at; the report's only clock.
    pub generated_ns: i64,
    pub zone: Zone,
    pub period: Period,
    /// Each filter's key, once, and what it asked for.
    pub filters: Vec<(&'static str, String)>,
    pub coverage: Coverage,
    pub blocks: Vec<Block>,
}

impl Sheet {
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Table(table) | Block::Behind(table) => Some(table),
            _ => None,
        })
    }

    pub fn charts(&self) -> impl Iterator<Item = &Chart> {
        self.blocks.iter().filter_map(|block| if let Block::Chart(chart) = block { Some(chart) } else { None })
    }

    /// The table called `id`.
    pub fn table(&self, id: &str) -> Option<&Table> {
        self.tables().find(|table| table.id == id)
    }

    /// The cells that show how a fact came about, one for each whole bucket of time in order; empty where it does not say.
    pub fn course(&self, fact: &Fact) -> Vec<&Cell> {
        let Some(table) = fact.over.and_then(|id| self.table(id)) else { return Vec::new() };
        let partial = table.column(PARTIAL_KEY);
        let is_whole = |at: usize| partial.get(at).is_none_or(|cell| matches!(cell, Cell::Missing(_)));
        table.column(&fact.key).into_iter().enumerate().filter(|(at, _)| is_whole(*at)).map(|(_, cell)| cell).collect()
    }

    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.blocks
            .iter()
            .filter_map(|block| if let Block::Facts(facts) | Block::Totals(facts) = block { Some(facts) } else { None })
            .flatten()
    }

    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.blocks
            .iter()
            .filter_map(|block| if let Block::Findings(findings) = block { Some(findings) } else { None })
            .flatten()
    }

    /// Whether there is nothing to show: no row, no finding, and no word on why there is none.
    pub fn is_empty(&self) -> bool {
        self.is_only_words() && !self.blocks.iter().any(|block| matches!(block, Block::Note(_)))
    }

    /// Whether there is no row, no finding and no figure, but at most a word on why there is none.
    pub fn is_only_words(&self) -> bool {
        let figures =
            self.blocks.iter().filter_map(|block| if let Block::Facts(facts) = block { Some(facts) } else { None });
        let is_seen = |fact: &Fact| !matches!(fact.cell, Cell::Missing(_) | Cell::Int(0) | Cell::Share { n: 0, .. });
        self.tables().all(|table| table.rows.is_empty())
            && self.findings().next().is_none()
            && !figures.flatten().any(is_seen)
    }
}

/// A part of a sheet, in the order it is read.
#[derive(Clone, Debug)]
pub enum Block {
    /// The figures the page is about.
    Facts(Vec<Fact>),
    /// The total row of the main table as facts, for programs; a person finds it under the table.
    Totals(Vec<Fact>),
    Table(Table),
    /// The table behind charts and the course of facts: programs and pages have it, a terminal shows what is drawn of it.
    Behind(Table),
    Chart(Chart),
    Findings(Vec<Finding>),
    /// A sentence about the numbers around it.
    Note(String),
}

/// Rows of cells under columns. `rows` alone are the data: `others` and `total` fold what is or is not shown.
#[derive(Clone, Debug)]
pub struct Table {
    pub id: &'static str,
    pub title: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
    /// How many rows were left out, and what they come to together.
    pub others: Option<(u64, Vec<Cell>)>,
    /// What all rows come to, the others included.
    pub total: Option<Vec<Cell>>,
}

impl Table {
    /// The cells of the column called `key`, one for each row; empty where there is none.
    pub fn column(&self, key: &str) -> Vec<&Cell> {
        let at = self.columns.iter().position(|column| column.key == key);
        at.map_or_else(Vec::new, |at| self.rows.iter().filter_map(|row| row.get(at)).collect())
    }

    /// Whether it has neither a title nor a row: a header that only programs read.
    pub fn is_header(&self) -> bool {
        self.title.is_empty() && self.rows.is_empty() && self.total.is_none()
    }
}

/// What a column holds.
#[derive(Clone, Debug)]
pub struct Column {
    pub key: String,
    pub label: String,
    pub unit: Unit,
    pub parts: Parts,
    /// Fewer observations than this make its numbers too few to show to a person.
    pub least: u64,
    /// What to leave out first where the room is short: 0 stays, larger goes earlier.
    pub rank: u8,
}

impl Column {
    /// What it is called where no table stands around it: `p95 latency`, `cost per run`.
    pub fn whole_label(&self) -> Cow<'_, str> {
        let label = self.label.as_str();
        match self.unit {
            Unit::Millis if !label.contains("latency") => format!("{label} latency").into(),
            Unit::Dollars if label.contains(' ') && !label.contains("cost") => format!("cost {label}").into(),
            Unit::Dollars if !label.contains("cost") => format!("{label} cost").into(),
            Unit::Tokens if !label.contains("tokens") && !label.ends_with('s') => format!("{label} tokens").into(),
            _ => label.into(),
        }
    }

    /// The same, left out in a room as short as `rank` says.
    #[must_use]
    pub fn ranked(self, rank: u8) -> Column {
        Column { rank, ..self }
    }
}

/// The rank of a column that only programs are shown.
pub const FOR_PROGRAMS: u8 = u8::MAX;

/// What a column says besides its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// Only the value.
    Value,
    /// The ends of its interval too: a share, whose `k` and `n` have columns of their own.
    Interval,
    /// The ends of its interval and the number of observations.
    Observed,
}

/// What a number counts, so that an edge can write it for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Name,
    Count,
    Tokens,
    Dollars,
    Millis,
    Ratio,
    Score,
    Instant,
    /// Each row has a unit of its own: the name in its column [`UNIT_KEY`].
    Mixed,
    /// The difference of two such numbers: shares differ by points.
    Difference,
    /// A number of which nobody said what it counts.
    Number,
}

/// The key of the column that says of a bucket of time that it is not a whole one, and why.
pub const PARTIAL_KEY: &str = "partial";

/// The key of the column that names the unit of each row.
pub const UNIT_KEY: &str = "unit";

impl Unit {
    /// Whether each row has its own.
    pub fn is_of_row(self) -> bool {
        matches!(self, Unit::Mixed | Unit::Difference)
    }

    pub const ALL: [Unit; 11] = [
        Unit::Name,
        Unit::Count,
        Unit::Tokens,
        Unit::Dollars,
        Unit::Millis,
        Unit::Ratio,
        Unit::Score,
        Unit::Instant,
        Unit::Mixed,
        Unit::Difference,
        Unit::Number,
    ];

    /// The unit called `name`.
    pub fn named(name: &str) -> Option<Unit> {
        Unit::ALL.into_iter().find(|unit| unit.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Unit::Name => "name",
            Unit::Count => "count",
            Unit::Tokens => "tokens",
            Unit::Dollars => "dollars",
            Unit::Millis => "milliseconds",
            Unit::Ratio => "ratio",
            Unit::Score => "score",
            Unit::Instant => "instant",
            Unit::Mixed => "mixed",
            Unit::Difference => "difference",
            Unit::Number => "number",
        }
    }
}

/// One value, raw: how it looks is an edge's business.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A name, or an instant as RFC 3339.
    Text(String),
    Int(i128),
    Num(f64),
    /// A sum that some of its parts are missing from.
    AtLeast(f64),
    /// `k` of `n`, with its 95 % interval.
    Share {
        k: u64,
        n: u64,
        low: f64,
        high: f64,
    },
    /// A number computed from `n` observations, with its 95 % interval where there is one.
    Estimate {
        value: f64,
        interval: Option<(f64, f64)>,
        n: u64,
    },
    Missing(Why),
}

impl Cell {
    /// The observations behind a share or an estimate, 0 of anything else.
    pub fn observations(&self) -> u64 {
        match *self {
            Cell::Share { n, .. } | Cell::Estimate { n, .. } => n,
            _ => 0,
        }
    }

    /// The one number a cell stands for, if it is one.
    pub fn number(&self) -> Option<f64> {
        match *self {
            #[allow(
                clippy::cast_precision_loss,
                reason = "for ordering and comparing, where the 53rd bit is past noise"
            )]
            Cell::Int(int) => Some(int as f64),
            Cell::Num(num) | Cell::AtLeast(num) => Some(num),
            #[allow(clippy::cast_precision_loss, reason = "counts of uses are far below 2^53")]
            Cell::Share { k, n, .. } => (n > 0).then(|| k as f64 / n as f64),
            Cell::Estimate { value, .. } => Some(value),
            Cell::Text(_) | Cell::Missing(_) => None,
        }
    }
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nothing was recorded.
    NoData,
    /// `n` observations where `least` are needed.
    TooFew { n: u64, least: u64 },
    /// No use has a cost.
    Unpriced,
}

/// A picture of a table of the same sheet. It owns no numbers.
#[derive(Clone, Debug)]
pub struct Chart {
    pub title: String,
    pub kind: ChartKind,
    /// The id of the table.
    pub of: &'static str,
    /// The key of the column along the axis: names or instants, of a scatter numbers.
    pub x: String,
    /// The keys of the columns drawn; of a heatmap the column down its side, then the one that colours it.
    pub y: Vec<String>,
    /// The key of the column that names what is to be seen first: rows where it is not missing.
    pub mark: Option<String>,
}

impl Chart {
    /// A chart that marks nothing, of columns of a table; its title begins with a capital.
    pub fn new<'a>(kind: ChartKind, title: &str, of: &Table, x: &str, y: impl IntoIterator<Item = &'a str>) -> Chart {
        let mut rest = title.chars();
        let title = rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect());
        let y = y.into_iter().map(str::to_owned).collect();
        Chart { title, kind, of: of.id, x: x.to_owned(), y, mark: None }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
    Line,
    Bar,
    Pie,
    Scatter,
    Heatmap,
}

impl ChartKind {
    pub fn name(self) -> &'static str {
        match self {
            ChartKind::Line => "line",
            ChartKind::Bar => "bar",
            ChartKind::Pie => "pie",
            ChartKind::Scatter => "scatter",
            ChartKind::Heatmap => "heatmap",
        }
    }
}
