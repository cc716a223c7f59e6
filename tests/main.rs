//! The integration tests, in one binary.

#![allow(clippy::format_push_string, clippy::format_collect, reason = "tests are read more often than run")]
#![allow(clippy::too_many_lines, reason = "a list of cases is as long as it is")]

mod alerts;
mod browser;
mod cache;
mod cli;
mod contract;
mod exports;
mod formats;
// What it holds is of the whole program.
#[cfg(feature = "sql")]
mod generated;
mod golden;
mod hand;
mod hostile;
mod import;
mod imports;
mod made_up;
mod oracle;
mod published;
// It shows the whole program.
#[cfg(feature = "sql")]
mod readme;
mod real;
mod scan;
mod simulated;
mod support;
mod transcripts;
mod trends;
mod wrappers;
