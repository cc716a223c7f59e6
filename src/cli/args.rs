//! The command line as a table: man page, completions and the check of the help grow from it.

mod findings;
mod import;

pub use findings::{AlarmArgs, AlertAction, AlertVerb, RecommendAction, RecommendVerb};
pub use import::Import;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
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
    #[command(flatten)]
    pub alarm: AlarmArgs,
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
    /// Show recommendations from this probability on, 0 to 1
    #[arg(long, value_name = "P")]
    pub min_confidence: Option<f64>,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Draw as table, csv, json, markdown or html
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
    /// Days and weeks of the IANA zone ZONE
    #[arg(short = 'z', long, value_name = "ZONE", env = "PROMPT_ANALYTICS_TIMEZONE", hide_env = true)]
    pub timezone: Option<String>,
    /// Colour: auto, always or never
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_default_value = true, hide_possible_values = true)]
    pub color: Colour,
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
    Alert(AlertVerb),
    Recommend(RecommendVerb),
    Config(Config),
    #[cfg(feature = "sql")]
    Sql(Box<Sql>),
    Completions(Completions),
    Schema(Schema),
}

/// Append validated events to the log
#[derive(clap::Args)]
#[command(after_long_help = RECORD_HELP)]
pub struct Record {
    /// The kind of event, or `-` to read JSON lines from standard input
    #[arg(value_name = "KIND")]
    pub kind: String,
    /// The fields, such as `prompt_id=summarize duration_ms=1200 success=true`
    #[arg(value_name = "FIELD=VALUE")]
    pub pairs: Vec<OsString>,
}

const RECORD_HELP: &str = "\
A dot puts a value into a map (`parameters.tone=dry`), repetition makes a list (`tags=a tags=b`).
`ts` is now and `id` is new unless they are given. A bad value is refused with its range, and nothing is written.

  prompt-analytics record run prompt_id=summarize success=true duration_ms=1200
  echo '{\"event\":\"feedback\",\"run_id\":\"r1\",\"rating\":4}' | prompt-analytics record -";

/// Judge a use from 1 to 5
#[derive(clap::Args)]
pub struct Rate {
    /// 1 (useless) to 5 (could not be better)
    #[arg(value_name = "RATING", allow_negative_numbers = true)]
    pub rating: String,
    /// Why, in a few words
    #[arg(value_name = "TEXT")]
    pub text: Vec<String>,
    /// The use to judge; without it, your newest use on this machine within a day
    #[arg(long, value_name = "ID", conflicts_with = "prompt")]
    pub run: Option<String>,
    /// Judge the newest use of the prompt ID
    #[arg(long, value_name = "ID")]
    pub prompt: Option<String>,
}

/// Say what was read of the log, what was not, where and why
#[derive(clap::Args)]
#[command(after_long_help = CHECK_HELP)]
pub struct Check {
    /// Write the lines that could not be read to FILE, as they are
    #[arg(long, value_name = "FILE")]
    pub list: Option<PathBuf>,
    /// Exit with 1 also where something was not read as it was meant
    #[arg(long)]
    pub strict: bool,
    /// Show the first N of each kind of trouble (20 unless it is given); 0 shows all
    #[arg(short = 'n', long, value_name = "N")]
    pub top: Option<usize>,
    #[command(flatten)]
    pub output: OutputArgs,
}

const CHECK_HELP: &str = "\
Every file is read line by line, and what is counted is compared with what the reports say they read.

Exit status: 1 where there is damage, the findings of high severity (lines skipped, files unreadable or in another encoding, \
contradictions); with --strict also for those of medium severity (unfinished lines, unknown kinds and fields, values that their \
field cannot hold); 2 where it could not be done. What is low is worth knowing.

Of a broken line only its form is shown: keys, and names of what every event has. Texts, and whatever looks like a secret, are `…`.

A time is far from the one above it in its file when it is more than a day before it or more than 30 days after it. One wrong \
time counts once, and so does a clock that was moved; revisions do not count.

--list writes the skipped lines in the order of files and lines, byte by byte, readable by you alone; the table `listed` says which \
are from where, and `--top 0 -f csv --table skipped` names each. Once repaired they can be recorded again. FILE must not exist.

  prompt-analytics check
  prompt-analytics check --strict -o check.json
  prompt-analytics check --list broken.jsonl
  prompt-analytics record - <broken.jsonl";

/// Ask the log a question of your own, in SQL
#[cfg(feature = "sql")]
#[derive(clap::Args)]
#[command(after_long_help = SQL_HELP)]
pub struct Sql {
    /// A SELECT, or `-` to read it from standard input
    #[arg(value_name = "STATEMENT", required_unless_present = "schema")]
    pub statement: Option<String>,
    /// List the tables and their columns, with type, unit and meaning
    #[arg(long, conflicts_with = "statement")]
    pub schema: bool,
    /// Show the first N rows; 0 shows all. Unless it is given, a terminal shows 30, and every other format all
    #[arg(short = 'n', long, value_name = "N")]
    pub top: Option<usize>,
    #[command(flatten)]
    pub filters: FilterArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

#[cfg(feature = "sql")]
const SQL_HELP: &str = "\
The tables are runs, outcomes, ratings, remarks, assessments, templates and starters; --schema says what is in them. They hold what \
the reports count, after the filters; text of prompts and answers is nowhere.

SELECT and WITH are understood as polars understands SQL: joins, subqueries, CASE, windows, QUANTILE_CONT(duration_ms, 0.95) (R type \
7, as in the reports), STRFTIME(local_time, '%A'). Names of tables and columns are in lower case. `/` divides to a fraction; null is \
first in a descending order unless NULLS LAST says otherwise. Only the log can be asked: no file, no network, nothing is changed. \
Zero rows are an answer, and exit with 0.

Without ORDER BY rows come by time, groups by their first row. The name of a column tells its unit, so call yours p95_ms, spent_usd, \
input_tokens, success_rate or mean_rating.

  prompt-analytics sql --schema
  prompt-analytics sql 'SELECT prompt, avg(success) AS success_rate FROM runs GROUP BY prompt'
  prompt-analytics sql 'SELECT day, sum(cost_usd) AS cost_usd FROM runs GROUP BY day' -o spend.csv
  prompt-analytics sql - --json <question.sql";

/// Print the completions of a shell, or the man page
#[derive(clap::Args)]
pub struct Completions {
    /// bash, zsh, fish or man
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: Shell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    /// The man page.
    Man,
}

/// Show the settings that hold, or begin a config file
#[derive(clap::Args)]
#[command(after_long_help = CONFIG_HELP)]
pub struct Config {
    #[command(subcommand)]
    pub what: Option<ConfigVerb>,
}

#[derive(Subcommand)]
pub enum ConfigVerb {
    Show(ConfigShow),
    Init(ConfigInit),
}

/// Print the settings that hold, as TOML
#[derive(clap::Args, Default)]
pub struct ConfigShow {
    /// Say beside each where it is from
    #[arg(long)]
    pub origin: bool,
    /// Days and weeks of the IANA zone ZONE
    #[arg(short = 'z', long, value_name = "ZONE")]
    pub timezone: Option<String>,
}

/// Write a config file with every setting and its default, commented out
#[derive(clap::Args)]
pub struct ConfigInit {
    /// Write `config.toml` of the metrics directory instead of the user's own
    #[arg(long)]
    pub local: bool,
    /// Print it instead
    #[arg(long)]
    pub print: bool,
}

const CONFIG_HELP: &str = "\
Defaults, the user's file, `config.toml` of the metrics directory, variables and flags are laid over each other in this order, \
setting by setting; `[[override]]` and `[[budget]]` of both files hold, in this order.

Variables: PROMPT_ANALYTICS_CONFIG (--config), PROMPT_ANALYTICS_DIR (--dir), PROMPT_ANALYTICS_TIMEZONE (--timezone), \
PROMPT_ANALYTICS_NOW (an instant to take for now), PROMPT_ANALYTICS_THREADS (how many read the log); PROMPT_ANALYTICS=off \
silences every writer. Set to nothing they are as good as none.

A secret (`salt`) is never shown. `config init` overwrites nothing.

  prompt-analytics config show --origin
  prompt-analytics config init
  prompt-analytics schema config                   for editors that check TOML";

/// Print the JSON Schema of event lines, of reports, or of the config
#[derive(clap::Args)]
pub struct Schema {
    /// event, report or config
    #[arg(value_name = "WHAT", value_enum)]
    pub what: SchemaOf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    Event,
    Report,
    Config,
}
