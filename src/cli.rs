//! The command line: the only place that knows arguments, environment, home and standard streams.

mod args;
mod config;
mod import;
mod place;
mod progress;
mod rate;
mod record;
mod trouble;

pub use trouble::Trouble;

use anyhow::Result;
use args::{Args, Verb};
use clap::Parser as _;
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

/// Runs the program and answers with its exit status: 0 done, 1 done and the answer is bad, 2 could not do it.
pub fn run(argv: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(argv) {
        Ok(args) => args,
        Err(error) => return refuse(&error),
    };
    match dispatch(args) {
        Ok(status) => status,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(anstream::stderr(), "{}", trouble::message(&error));
            ExitCode::from(2)
        }
    }
}

fn dispatch(args: Args) -> Result<ExitCode> {
    match args.verb {
        Some(Verb::Record(record)) => record::record(&record, &args.everywhere),
        Some(Verb::Rate(rate)) => rate::rate(&rate, &args.everywhere),
        Some(Verb::Import(import)) => import::import(&import, &args.everywhere),
        None => anyhow::bail!("no reports yet"),
    }
}

/// What clap has to say about arguments it did not take: help on stdout, errors in our shape on stderr.
fn refuse(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// A reader that has seen enough is no failure of ours.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
