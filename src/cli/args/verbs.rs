//! What each verb takes: its arguments, and the help that explains them.

use super::{FilterArgs, OutputArgs};
use clap::{Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

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

/// Show what models cost and since when, or read a price list
#[derive(clap::Args)]
#[command(after_long_help = PRICES_HELP)]
pub struct Prices {
    #[command(subcommand)]
    pub what: PricesVerb,
}

#[derive(Subcommand)]
pub enum PricesVerb {
    Show(PricesShow),
    List(PricesList),
    Update(PricesUpdate),
}

/// Show every price that a model can go by, the rule that found it, and an example
#[derive(clap::Args)]
pub struct PricesShow {
    /// The model, as the log has it
    #[arg(value_name = "MODEL")]
    pub model: String,
    /// Only what holds on DATE
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
    /// The provider, as the log has it
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// List the rows of the price table
#[derive(clap::Args)]
pub struct PricesList {
    /// Only models and providers whose name holds TEXT
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Read the price list of `litellm` into your own price file: what is new, and what changed from today on
#[derive(clap::Args)]
pub struct PricesUpdate {
    /// Its `model_prices_and_context_window.json`
    #[arg(long, value_name = "FILE", required = true)]
    pub from: PathBuf,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

const PRICES_HELP: &str = "\
A use without a recorded cost costs its tokens at the price in force on its day, in UTC. Prices are looked for in `[[price]]` of the \
config, then in your price file, then in the table that is built in; by the name as it is, by another name, without the provider, \
without the date at its end. A model that is not found is unpriced: listed, and never free.

`update` reads a file and no network. A price that differs from the one that is known holds from today on; what was before stays.

  prompt-analytics prices show gpt-4o
  prompt-analytics prices show o3 --on 2025-06-09
  prompt-analytics prices list anthropic
  prompt-analytics prices update --from model_prices_and_context_window.json";

/// Print what was spent, on one line for a prompt or a status bar
#[derive(clap::Args)]
#[command(after_long_help = STATUSLINE_HELP)]
pub struct Statusline {
    /// Days and weeks of the IANA zone ZONE
    #[arg(short = 'z', long, value_name = "ZONE", env = "PROMPT_ANALYTICS_TIMEZONE", hide_env = true)]
    pub timezone: Option<String>,
    /// Say on standard error what went wrong
    #[arg(long)]
    pub verbose: bool,
}

const STATUSLINE_HELP: &str = "\
What today cost, the running block of five hours with the time that is left of it and dollars an hour, and this week. `≥` stands \
before a sum that some runs without a price are missing from. What cannot be told is told in a few words on the same line, and the \
exit status is 0.

Where standard input is the JSON that Claude Code gives its status line, the model and the cost of the session come first. It reads \
the log alone: what was not imported is not in it.

  prompt-analytics statusline
  set -g status-right '#(prompt-analytics statusline)'                          tmux
  PS1='$(prompt-analytics statusline </dev/null)\\n> '                            bash
  { \"statusLine\": { \"type\": \"command\", \"command\": \"prompt-analytics statusline\" } }   Claude Code";

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
setting by setting; `[[override]]`, `[[budget]]` and `[[import]]` of both files hold, in this order.

Variables: PROMPT_ANALYTICS_CONFIG (--config), PROMPT_ANALYTICS_DIR (--dir), PROMPT_ANALYTICS_TIMEZONE (--timezone), \
PROMPT_ANALYTICS_NOW (an instant to take for now), PROMPT_ANALYTICS_PAGER (instead of PAGER), PROMPT_ANALYTICS_THREADS (how many read the log); PROMPT_ANALYTICS=off \
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

/// Turn the logs of other tools, and tables, into events, each record once
#[derive(clap::Args)]
#[command(after_long_help = IMPORT_HELP)]
pub struct Import {
    /// Whose logs they are: one that --list names, or all; csv or json (array, object or JSON lines) for tables
    #[arg(value_name = "SOURCE", required_unless_present = "list")]
    pub source: Option<String>,
    /// The files to import, or folders of them; without any, those that --list names
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Fill fields from columns, such as `ts=TIMESTAMP,duration_ms=latency_s*1000`
    #[arg(long, value_name = "FIELD=EXPR,…")]
    pub map: Vec<String>,
    /// Fill fields with the same text for every record, such as `event=run,model=gpt-4o`
    #[arg(long, value_name = "FIELD=TEXT,…")]
    pub set: Vec<String>,
    /// Import only the records for which EXPR is true
    #[arg(long = "where", value_name = "EXPR")]
    pub filter: Option<String>,
    /// Count `ts` from INSTANT: in seconds, or in units of --step; without `ts`, start at it
    #[arg(long, value_name = "INSTANT")]
    pub epoch: Option<String>,
    /// The unit of a relative `ts`, or the time between two records without one, such as `1ms` or `1m`
    #[arg(long, value_name = "DURATION")]
    pub step: Option<String>,
    /// Read files from their start, whatever was read of them before
    #[arg(long)]
    pub again: bool,
    #[command(flatten)]
    pub listing: Listing,
    /// Show what would be added, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What there is to import, and what is kept of it.
#[derive(clap::Args)]
pub struct Listing {
    /// List the sources, the paths they look at, and what is there
    #[arg(long, conflicts_with_all = ["source", "files", "map", "set", "filter", "epoch", "step", "dry_run", "again"])]
    pub list: bool,
    /// The listing as JSON
    #[arg(short, long, requires = "list")]
    pub json: bool,
    /// Keep the words of prompts, as `parameters.prompt_text`
    #[arg(long)]
    pub with_text: bool,
}

const IMPORT_HELP: &str = "\
Logs of other tools are found where the tools keep them (--list), or in the files and folders that are named. An answer is \
imported once, however many lines, sessions and copies of files tell of it: with its first time and its last counts. What was \
read of each file is kept in `.imports.json` beside the log, so that only new lines are read; without it they are read again, \
and nothing is added twice. No words of prompts are kept but for --with-text, and of answers none. Ctrl-C leaves a sound log, and the next import goes on.

Tables: FIELD is a field of an event, such as `ts`, `input_tokens` or `parameters.tone`. `event` is `run` and `source` is SOURCE, \
unless they are given.

EXPR is made of columns (a CSV header, a JSON key, a path such as `usage.input_tokens`; an odd name stands in backticks), \
numbers, 'texts', true, false, null, and of + - * / == != < <= > >= && || ! and parentheses. `a ?? b` is b where there is no \
a; the column a may then be absent from a file. json(body).error.type reaches into a text that is JSON, and is nothing where it is \
none; if(status >= 400, status, null) chooses; before(uri, '/') and after(uri, '://') cut a text at the first '/' or '://', and are \
nothing where there is none; lower(name) is in lower case. Arithmetic is exact. An empty cell, a missing key or null stays nothing, and \
leaves its field out.

A time is RFC 3339 or an epoch number; without a zone it is UTC, and a date alone is its midnight. The date of a mail or \
of an answer over HTTP (`Fri, 20 Nov 2026 12:06:07 GMT`) is one too.

The identity of an event follows from its record and those before it in the file, not from the map. So importing again, importing \
a copy, or importing the file after it has grown adds only the records that are new; two files are told apart from the first \
record on in which they differ.

  prompt-analytics import --list
  prompt-analytics import all
  prompt-analytics import claude-code ~/backup/projects --dry-run
  prompt-analytics import csv trace.csv --map 'ts=TIMESTAMP,input_tokens=ContextTokens'
  prompt-analytics import json log.jsonl --map ts=time --where 'event == \"sent\"'
  prompt-analytics import json bench.json --map 'duration_ms=latency_s*1000' \\
    --set model=gpt-4o --epoch 2026-11-20T00:00:00Z --step 1s --dry-run";
