//! Makes up a year of believable events: the same seed gives the same bytes, on any machine.
//!
//! ```text
//! cargo run --release --example generate -- 1000000 > events.jsonl       one file
//! cargo run --release --example generate -- 1000000 7 -o log             seed 7, a file per month as the writers make them
//! ```
//!
//! EVENTS counts lines, the odd ones included: a log of this size holds exact copies, revisions, aliases, values out of
//! range and torn lines, 2 % of them together. Floats are only added and multiplied here, so no libm has a say.

mod year;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: generate EVENTS [SEED] [-o DIR]";

fn main() -> ExitCode {
    let Some((events, seed, dir)) = arguments(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match write(events, seed, dir) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
        _ => ExitCode::SUCCESS,
    }
}

fn write(events: u64, seed: u64, dir: Option<PathBuf>) -> io::Result<()> {
    let mut log = Log::open(dir)?;
    year::year(events, seed, |month, line| log.append(month, line))?;
    log.close()
}

fn arguments(mut given: impl Iterator<Item = String>) -> Option<(u64, u64, Option<PathBuf>)> {
    let mut numbers = Vec::new();
    let mut dir = None;
    while let Some(argument) = given.next() {
        if argument == "-o" {
            dir = Some(PathBuf::from(given.next()?));
        } else {
            numbers.push(argument.parse().ok()?);
        }
    }
    match numbers[..] {
        [events] => Some((events, 1, dir)),
        [events, seed] => Some((events, seed, dir)),
        _ => None,
    }
}

/// Where the lines go: standard output, or one file per UTC month.
enum Log {
    Stream(BufWriter<io::StdoutLock<'static>>),
    Months(PathBuf, BTreeMap<String, BufWriter<File>>),
}

impl Log {
    fn open(dir: Option<PathBuf>) -> io::Result<Log> {
        let Some(dir) = dir else { return Ok(Log::Stream(BufWriter::with_capacity(1 << 20, io::stdout().lock()))) };
        fs::create_dir_all(&dir)?;
        Ok(Log::Months(dir, BTreeMap::new()))
    }

    fn append(&mut self, month: &str, line: &[u8]) -> io::Result<()> {
        match self {
            Log::Stream(stream) => stream.write_all(line),
            Log::Months(_, files) if files.contains_key(month) => {
                files.get_mut(month).map_or(Ok(()), |f| f.write_all(line))
            }
            Log::Months(dir, files) => {
                let file = File::create(dir.join(format!("events-{month}.jsonl")))?;
                files.entry(month.to_owned()).or_insert(BufWriter::with_capacity(1 << 20, file)).write_all(line)
            }
        }
    }

    fn close(self) -> io::Result<()> {
        match self {
            Log::Stream(mut stream) => stream.flush(),
            Log::Months(_, files) => files.into_values().try_for_each(|mut file| file.flush()),
        }
    }
}
