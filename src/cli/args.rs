//! The command line as a table: help, man page and completions grow from it.

use clap::{Parser, Subcommand};
use std::path::PathBuf;

#[derive(Parser)]
#[command(name = "prompt-analytics", version, about, disable_help_subcommand = true)]
pub struct Args {
    #[command(flatten)]
    pub everywhere: Everywhere,
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
    #[arg(long, value_name = "FILE", global = true, env = "PROMPT_ANALYTICS_CONFIG")]
    pub config: Option<PathBuf>,
    /// The clock: what "now" is, for tests and for repeating an answer
    #[arg(long, value_name = "INSTANT", global = true, env = "PROMPT_ANALYTICS_NOW", hide = true)]
    pub now: Option<String>,
}

#[derive(Subcommand)]
pub enum Verb {
    Record(Record),
    Rate(Rate),
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
    pub pairs: Vec<std::ffi::OsString>,
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
