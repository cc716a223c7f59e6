//! Which prompts work, what they cost and what to fix, from JSONL lines on the local disk.
//!
//! ```text
//!  shell wrapper ─┐
//!  importers     ─┼─> event ─> log ─> ingest ─> frame ─> fold ─> report ─> sheet ─> render ─> terminal csv json md html
//!  `record` verb ─┘
//! ```
//!
//! Data moves along the arrows and never back. The modules below stand in the order of the pipeline, each with what it may
//! import; a test holds them to it. `fixed`, `severity`, `spelling` and `threads` are leaves that all of them may use.

/// Exact decimal numbers as integers.
pub mod fixed;
/// How much a finding matters.
pub mod severity;
/// The nearest known name.
pub mod spelling;
/// Work shared among threads.
pub mod threads;
/// Clock, zones, periods, buckets. Imports nothing.
pub mod time;
/// What was read and what was not. Imports nothing.
pub mod coverage;
/// What happened. Imports `time`.
pub mod event;
/// Bytes on disk: append and read whole lines. Imports `event`, `time`, `coverage`.
pub mod log;
/// Other people's tables become events. Imports `event`, `log`, `time`.
pub mod import;
/// Dollars per token, dated. Imports `time`.
pub mod price;
/// Columns. Imports `event`, `price`, `time`, `coverage`.
pub mod frame;
/// Log to frame. Imports `event`, `log`, `frame`, `coverage`.
pub mod ingest;
/// What every report is asked. Imports `time`.
pub mod query;
/// A question to the columns, and its executor. Imports `frame`, `price`, `query`, `time`, `coverage`, and of `event` the names of fields.
pub mod fold;
/// Every number, once. Imports `fold`, `query`, `sheet`, `stat`, `time`.
pub mod metric;
/// Intervals, tests, posteriors, quantiles, trends, forecasts. Imports nothing.
pub mod stat;
/// What is known, undrawn. Imports `time`, `coverage`.
pub mod sheet;
/// The log line by line: what is wrong with it, and where. Imports `event`, `log`, `time`, `coverage`, `sheet`.
pub mod check;
/// Questions. Imports `fold`, `metric`, `price`, `query`, `sheet`, `stat`, `time`, `coverage`.
pub mod report;
/// Drawing. Imports `sheet`, `time`, `coverage`.
pub mod render;
/// Arguments, environment, home, standard streams. May import all.
pub mod cli;
