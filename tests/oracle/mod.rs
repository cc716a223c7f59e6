//! The oracle: a naive second implementation must say what the program says, of logs made to confuse both.

mod account;
mod behind;
mod blocks;
mod compare;
mod dates;
mod found;
mod judged;
mod line;
mod listings;
pub mod model;
mod naive;
mod numbers;
pub mod order;
pub mod questions;
mod row;
mod sums;
mod themes;
mod year;
mod zones;

use crate::support::NOW;
use model::File;
use prompt_analytics::ingest::{self, Ingested, Settings, UseCache};
use prompt_analytics::time;
use proptest::test_runner::Config;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// As many cases as the property can afford on every run; `PROPTEST_CASES` asks for another number.
pub fn config(cases: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    Config { cases: asked.unwrap_or(cases), failure_persistence: None, max_shrink_iters: 3000, ..Config::default() }
}

fn now_ns() -> i64 {
    time::text(NOW).expect("an instant").ts_ns
}

/// Reads files with the program.
fn ingested(files: &[File], threads: usize) -> (Ingested, TempDir) {
    let home = tempfile::tempdir().expect("a temporary directory");
    (ingested_in(home.path(), files, threads), home)
}

/// The same in a directory that stays.
fn ingested_in(home: &Path, files: &[File], threads: usize) -> Ingested {
    for (name, bytes) in files {
        let path = home.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, bytes).expect("a file");
    }
    let cache = UseCache::No;
    let settings = Settings { now_ns: now_ns(), clock_ns: now_ns(), threads, cache, progress: &|_, _, _| {} };
    ingest::ingest(home, &settings).expect("the log is read")
}

/// Reads one log as one file with the program.
fn ingested_whole(log: &model::Log) -> (Ingested, TempDir) {
    ingested(&[("log.jsonl".to_owned(), log.bytes())], 1)
}
