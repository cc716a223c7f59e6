//! The command line as a table: man page, completions and the check of the help grow from it.

mod chart;
mod findings;
mod verbs;

pub use chart::{ChartArgs, Kind};
pub use findings::{AlarmArgs, AlertAction, AlertVerb, RecommendAction, RecommendVerb};
pub use verbs::*;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Parser)]
#[command(name = "prompt-analytics", version, about, disable_help_subcommand = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(flatten)]
    pub everywhere: Everywhere,
    #[command(flatten)]
    pub asked: Asked,
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// What every command understands.
#[derive(clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Everywhere {
    /// Read and write the metrics directory DIR
    #[arg(short, long, value_name = "DIR", global = true)]
    pub dir: Option<PathBuf>,
    /// Read the config FILE instead of the user's own
    #[arg(long, value_name = "FILE", global = true, env = "PROMPT_ANALYTICS_CONFIG", hide_env = true, value_parser = path())]
    pub config: Option<PathBuf>,
    /// Read the whole log again and keep no columns of it
    #[arg(long, global = true)]
    pub no_cache: bool,
    /// The clock: what "now" is, for tests and for repeating an answer
    #[arg(long, value_name = "INSTANT", global = true, env = "PROMPT_ANALYTICS_NOW", hide = true)]
    pub now: Option<String>,
}

/// Any path, also an empty one: a variable set to nothing is as good as none.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

/// A question to the log.
#[derive(clap::Args)]
pub struct Asked {
    /// Reports to print: names, or `all`
    #[arg(value_name = "REPORT", value_delimiter = ',')]
    pub bare: Vec<String>,
    /// Reports to print: names with commas between them, or `all`
    #[arg(short, long = "report", value_name = "NAME", value_delimiter = ',')]
    pub report: Vec<String>,
    #[command(flatten)]
    pub filters: FilterArgs,
    #[command(flatten)]
    pub shape: ShapeArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    /// Draw again when the log grows: on the terminal, or as the file of --output
    #[arg(long, help_heading = "Output")]
    pub watch: bool,
    /// Shape the JSON of daily, weekly, monthly, session and blocks as that tool does
    #[arg(long, value_name = "ccusage", value_enum, help_heading = "Output", hide_possible_values = true,
          conflicts_with_all = ["watch", "top", "recompute", "chart", "title", "fail_on", "notify", "remember"])]
    pub compat: Option<Compat>,
    #[command(flatten)]
    pub alarm: AlarmArgs,
}

/// Whose output is imitated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Compat {
    Ccusage,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Filters")]
pub struct FilterArgs {
    /// From the start of WHEN: a date, week, month or instant, `7d`, `36h`, `yesterday`, `last-month`
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Up to the end of WHEN, inclusive for a date
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// Exactly WHEN, such as `2026-11` or `7d`
    #[arg(long, value_name = "WHEN", conflicts_with_all = ["since", "until"])]
    pub period: Option<String>,
    /// Keep prompts that match GLOB
    #[arg(long, value_name = "GLOB")]
    pub prompt: Vec<String>,
    /// Keep templates that match GLOB
    #[arg(long, value_name = "GLOB")]
    pub template: Vec<String>,
    /// Keep starters that match GLOB
    #[arg(long, value_name = "GLOB")]
    pub starter: Vec<String>,
    /// Keep task categories that match GLOB
    #[arg(long, value_name = "GLOB")]
    pub category: Vec<String>,
    /// Keep task domains that match GLOB
    #[arg(long, value_name = "GLOB")]
    pub domain: Vec<String>,
    /// Keep models that match GLOB
    #[arg(short, long, value_name = "GLOB")]
    pub model: Vec<String>,
    /// Keep providers that match GLOB
    #[arg(long, value_name = "GLOB")]
    pub provider: Vec<String>,
    /// Keep projects that match GLOB
    #[arg(short, long, value_name = "GLOB")]
    pub project: Vec<String>,
    /// Keep conversations that match GLOB
    #[arg(long, value_name = "GLOB")]
    pub conversation: Vec<String>,
    /// Keep users that match GLOB
    #[arg(long, value_name = "GLOB")]
    pub user: Vec<String>,
    /// Keep prompt versions that match GLOB
    #[arg(long, value_name = "GLOB")]
    pub prompt_version: Vec<String>,
    /// Keep variants that match GLOB
    #[arg(long, value_name = "GLOB")]
    pub variant: Vec<String>,
    /// Keep sources that match GLOB
    #[arg(long, value_name = "GLOB")]
    pub source: Vec<String>,
    /// Keep hosts that match GLOB
    #[arg(long, value_name = "GLOB")]
    pub host: Vec<String>,
    /// Keep what carries a tag that matches GLOB
    #[arg(long, value_name = "GLOB")]
    pub tag: Vec<String>,
    /// Keep errors whose type matches GLOB
    #[arg(long, value_name = "GLOB")]
    pub error_type: Vec<String>,
    /// Keep what helped
    #[arg(long, conflicts_with = "failed")]
    pub success: bool,
    /// Keep what did not help
    #[arg(long)]
    pub failed: bool,
    /// Keep uses rated at least N
    #[arg(long, value_name = "N")]
    pub min_rating: Option<String>,
    /// Keep uses rated at most N
    #[arg(long, value_name = "N")]
    pub max_rating: Option<String>,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Shape")]
pub struct ShapeArgs {
    /// Break down by dimensions, such as `prompt,model` or `project,week`
    #[arg(short, long, value_name = "DIM", value_delimiter = ',')]
    pub by: Vec<String>,
    /// One row for every hour, day, week or month
    #[arg(long, value_name = "hour|day|week|month")]
    pub every: Option<String>,
    /// Keep the first N rows; 0 keeps all
    #[arg(short = 'n', long, value_name = "N")]
    pub top: Option<usize>,
    /// Sort by a column's key, such as `runs`, `p95_ms:asc` or `prompt`
    #[arg(long, value_name = "KEY[:asc|:desc]")]
    pub sort: Option<String>,
    /// Quantiles of latency (performance) and tokens (usage), in percent
    #[arg(long, value_name = "P", value_delimiter = ',')]
    pub quantiles: Vec<String>,
    /// Metrics to look at (trends, compare), by the keys of their columns, such as `success_rate,p95_ms`
    #[arg(long, value_name = "KEY", value_delimiter = ',')]
    pub metric: Vec<String>,
    /// Compare names of a dimension with the first of them, such as `model=a,b`; the two most used of `model`; or `period`
    #[arg(long, value_name = "DIM[=A,B]|period")]
    pub compare: Option<String>,
    /// Put recorded cost beside what the price table says, and the difference (cost)
    #[arg(long)]
    pub recompute: bool,
    /// Hours of a block: 1 to 168, 5 unless it is given (blocks)
    #[arg(long, value_name = "HOURS")]
    pub session_length: Option<u32>,
    /// Show recommendations from this probability on, 0 to 1
    #[arg(long, value_name = "P")]
    pub min_confidence: Option<f64>,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Draw as table, csv, json, markdown, html, svg or png
    #[arg(short, long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// The same as --format json
    #[arg(short, long, conflicts_with = "format")]
    pub json: bool,
    /// Write FILE, in the format of its extension
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// CSV of the table ID instead of the report's main table
    #[arg(long, value_name = "ID")]
    pub table: Option<String>,
    /// CSV text as it is, even where a spreadsheet would run it
    #[arg(long)]
    pub csv_raw: bool,
    /// Head the page with TEXT
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Put the image FILE beside the title of an HTML page: PNG, JPEG, SVG, WebP or GIF
    #[arg(long, value_name = "FILE")]
    pub logo: Option<PathBuf>,
    /// Let an HTML page read its file again every SECONDS, for a screen on a wall: 5 to 86400
    #[arg(long, value_name = "SECONDS")]
    pub refresh: Option<u32>,
    /// Days and weeks of the IANA zone ZONE
    #[arg(short = 'z', long, value_name = "ZONE", env = "PROMPT_ANALYTICS_TIMEZONE", hide_env = true)]
    pub timezone: Option<String>,
    /// Colour: auto, always or never
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_default_value = true, hide_possible_values = true)]
    pub color: Colour,
    /// Print what is taller than the terminal as it is
    #[arg(long)]
    pub no_pager: bool,
    #[command(flatten)]
    pub chart: ChartArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
pub enum Verb {
    Record(Record),
    Rate(Rate),
    Import(Import),
    Check(Check),
    Config(Config),
    Prices(Box<Prices>),
    #[cfg(feature = "sql")]
    Sql(Box<Sql>),
    Alert(AlertVerb),
    Recommend(RecommendVerb),
    Statusline(Statusline),
    Completions(Completions),
    Schema(Schema),
}
