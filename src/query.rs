//! Queries: what every report is asked. Period, filters, dimensions, shape and the levels to judge by; a plain value.

mod glob;
mod levels;
mod watch;

pub use glob::Glob;
pub use levels::{Level, Levels, Override, Setting};
pub use watch::{Budget, Watch};

use crate::time::{Every, Period, Zone};

/// What a report can be broken down by and filtered on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    Prompt,
    Template,
    Starter,
    Category,
    Domain,
    Provider,
    Model,
    Project,
    Conversation,
    User,
    PromptVersion,
    Variant,
    Source,
    Host,
    ErrorType,
    Bucket(Every),
}

impl Dimension {
    pub const ALL: [Dimension; 19] = [
        Dimension::Prompt,
        Dimension::Template,
        Dimension::Starter,
        Dimension::Category,
        Dimension::Domain,
        Dimension::Provider,
        Dimension::Model,
        Dimension::Project,
        Dimension::Conversation,
        Dimension::User,
        Dimension::PromptVersion,
        Dimension::Variant,
        Dimension::Source,
        Dimension::Host,
        Dimension::ErrorType,
        Dimension::Bucket(Every::Hour),
        Dimension::Bucket(Every::Day),
        Dimension::Bucket(Every::Week),
        Dimension::Bucket(Every::Month),
    ];

    /// The key in `--by`, JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Prompt => "prompt",
            Dimension::Template => "template",
            Dimension::Starter => "starter",
            Dimension::Category => "category",
            Dimension::Domain => "domain",
            Dimension::Provider => "provider",
            Dimension::Model => "model",
            Dimension::Project => "project",
            Dimension::Conversation => "conversation",
            Dimension::User => "user",
            Dimension::PromptVersion => "prompt_version",
            Dimension::Variant => "variant",
            Dimension::Source => "source",
            Dimension::Host => "host",
            Dimension::ErrorType => "error_type",
            Dimension::Bucket(every) => every.name(),
        }
    }

    /// The name in prose.
    pub fn label(self) -> &'static str {
        match self {
            Dimension::PromptVersion => "version",
            Dimension::ErrorType => "error type",
            other => other.name(),
        }
    }

    /// Finds a dimension by its key; a plural or a longer field name means the same.
    pub fn named(name: &str) -> Option<Dimension> {
        let name = match name {
            "version" | "versions" => "prompt_version",
            "task_category" | "categories" => "category",
            "task_domain" => "domain",
            other => other.strip_suffix("_id").unwrap_or(other),
        };
        let found = |name: &str| Dimension::ALL.into_iter().find(|dimension| dimension.name() == name);
        found(name).or_else(|| found(name.strip_suffix('s')?))
    }
}

/// What a filter tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tested {
    Dimension(Dimension),
    /// Any of the tags.
    Tag,
}

impl Tested {
    pub fn name(self) -> &'static str {
        match self {
            Tested::Dimension(dimension) => dimension.name(),
            Tested::Tag => "tag",
        }
    }
}

/// Keeps what matches any of its patterns (globs). What was not recorded does not match, and is counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    pub tested: Tested,
    pub patterns: Vec<String>,
}

/// All the filters of a question; they hold together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filters {
    pub patterns: Vec<Filter>,
    /// Keep only successful, or only failed uses.
    pub success: Option<bool>,
    /// Keep uses rated at least, at most (nano-points).
    pub min_rating: Option<i64>,
    pub max_rating: Option<i64>,
}

impl Filters {
    /// Each filter by its key and what it asks, for the reader of an answer.
    pub fn words(&self) -> Vec<(&'static str, String)> {
        let mut words: Vec<_> =
            self.patterns.iter().map(|filter| (filter.tested.name(), filter.patterns.join(" or "))).collect();
        words.extend(self.success.map(|success| ("success", success.to_string())));
        words.extend(self.min_rating.map(|rating| ("min_rating", crate::fixed::text(i128::from(rating), 9))));
        words.extend(self.max_rating.map(|rating| ("max_rating", crate::fixed::text(i128::from(rating), 9))));
        words
    }
}

/// The order of a table: by one of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    pub key: String,
    /// `None`: names ascend, numbers descend.
    pub is_descending: Option<bool>,
}

/// A quantile, in thousandths of a percent: 95 % is 95,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantile(pub u32);

impl Quantile {
    pub const P50: Quantile = Quantile(50_000);
    pub const P95: Quantile = Quantile(95_000);
    pub const P99: Quantile = Quantile(99_000);

    /// Reads a percentage between 0 and 100: `95`, `99.9`.
    pub fn percent(text: &str) -> Option<Quantile> {
        let thousandths = crate::fixed::parse(text, 3)?;
        u32::try_from(thousandths).ok().filter(|thousandths| (0..=100_000).contains(thousandths)).map(Quantile)
    }

    /// `p95`, `p99.9`.
    pub fn name(self) -> String {
        format!("p{}", crate::fixed::text(i128::from(self.0), 3))
    }

    /// The share of values below it, 0 to 1.
    pub fn share(self) -> f64 {
        f64::from(self.0) / 100_000.0
    }
}

/// What is put side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compare {
    /// Names of one dimension, the first being what the others are compared with; none: the two most used.
    Names(Dimension, Vec<String>),
    /// The period asked about, with the one before it.
    Period,
}

/// One question, asked of any report.
#[derive(Clone, Debug)]
pub struct Query {
    /// The only clock of a report.
    pub now_ns: i64,
    pub zone: Zone,
    /// `None`: the report decides (all time, but for the overview).
    pub period: Option<Period>,
    pub filters: Filters,
    /// `None`: the report's own dimensions.
    pub by: Option<Vec<Dimension>>,
    pub every: Option<Every>,
    /// Rows to keep; 0 keeps all, `None` leaves it to the report.
    pub top: Option<usize>,
    /// Rows to keep where the report has no say either; 0 keeps all.
    pub top_unasked: usize,
    pub sort: Option<Sort>,
    /// `None`: the report's own.
    pub quantiles: Option<Vec<Quantile>>,
    /// Keys of the metrics to look at, where a report has a choice; `None`: its own.
    pub metrics: Option<Vec<String>>,
    pub min_confidence: f64,
    pub levels: Levels,
    pub watch: Watch,
    pub compare: Option<Compare>,
    /// Whether the answer is drawn with charts, so that the tables behind them are worth filling.
    pub has_charts: bool,
    /// Whether uses without a cost are counted even where nothing is in dollars, as programs are told and nobody else.
    pub counts_unpriced: bool,
    /// Whether what was recorded of a cost is put beside what the price table says.
    pub is_recomputed: bool,
    /// The hours of a window of use that a block is.
    pub block_hours: u32,
}

/// The hours that an allowance of the agents' plans runs for.
pub const BLOCK_HOURS: u32 = 5;

impl Query {
    /// A question about everything.
    pub fn everything(now_ns: i64, zone: Zone) -> Query {
        Query {
            now_ns,
            zone,
            period: None,
            filters: Filters::default(),
            by: None,
            every: None,
            top: None,
            top_unasked: 0,
            sort: None,
            quantiles: None,
            metrics: None,
            min_confidence: 0.7,
            levels: Levels::default(),
            watch: Watch::default(),
            compare: None,
            has_charts: false,
            counts_unpriced: true,
            is_recomputed: false,
            block_hours: BLOCK_HOURS,
        }
    }
}
