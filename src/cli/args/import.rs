//! Arguments of `import`: what the files are, and how their records become events.

use std::path::PathBuf;

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

The identity of an event follows from its record and those before it in the file, not from the map. So importing again, importing \
a copy, or importing the file after it has grown adds only the records that are new; two files are told apart from the first \
record on in which they differ.

  prompt-analytics import csv trace.csv --map 'ts=TIMESTAMP,input_tokens=ContextTokens'
  prompt-analytics import json log.jsonl --map ts=time --where 'event == \"sent\"'
  prompt-analytics import json bench.json --map 'duration_ms=latency_s*1000' \\
    --set model=gpt-4o --epoch 2026-11-20T00:00:00Z --step 1s --dry-run";
