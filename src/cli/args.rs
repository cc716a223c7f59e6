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
    Import(Import),
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

/// Turn tables (CSV or JSON) into events, each record once
#[derive(clap::Args)]
#[command(after_long_help = IMPORT_HELP)]
pub struct Import {
    /// What the files are: csv or json (array, object or JSON lines)
    #[arg(value_name = "SOURCE")]
    pub source: String,
    /// The files to import
    #[arg(value_name = "FILE", required = true)]
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
    /// Show what would be added, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

const IMPORT_HELP: &str = "\
FIELD is a field of an event, such as `ts`, `input_tokens` or `parameters.tone`. `event` is `run` and `source` is SOURCE, \
unless they are given.

EXPR is made of columns (a CSV header, a JSON key, a path such as `usage.input_tokens`; an odd name stands in backticks), \
numbers, 'texts', true, false, null, and of + - * / == != < <= > >= && || ! and parentheses. `a ?? b` is b where there is no \
a; the column a may then be absent from a file. Arithmetic is exact. An empty cell, a missing key or null stays nothing, and \
leaves its field out.

A time is RFC 3339 or an epoch number; without a zone it is UTC, and a date alone is its midnight.

The identity of an event follows from the file and the record's place in it, not from the map. So importing again, importing \
a copy, or importing the file after it has grown adds only the records that are new.

  prompt-analytics import csv trace.csv --map 'ts=TIMESTAMP,input_tokens=ContextTokens'
  prompt-analytics import json log.jsonl --map ts=time --where 'event == \"sent\"'
  prompt-analytics import json bench.json --map 'duration_ms=latency_s*1000' \\
    --set model=gpt-4o --epoch 2026-11-20T00:00:00Z --step 1s --dry-run";
