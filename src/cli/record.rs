//! `record`: append validated events. The hot path of every wrapper: no columns, no prices, one write.

use super::Trouble;
use super::args::{Everywhere, Record};
use super::place;
use super::trouble::safe;
use crate::event::{self, Event, Privacy};
use crate::{log, time};
use anyhow::{Context, Result, anyhow};
use std::io::{BufRead, Write as _};
use std::path::Path;
use std::process::ExitCode;

/// Appends the event of the command line, or those on standard input.
///
/// # Errors
/// An event is refused, or the log cannot be written.
pub fn record(record: &Record, everywhere: &Everywhere) -> Result<ExitCode> {
    if place::is_silenced() {
        return Ok(ExitCode::SUCCESS);
    }
    let now_ns = time::now(everywhere.now.as_deref())?;
    if record.kind == "-" {
        if let Some(extra) = record.pairs.first() {
            let says =
                format!("`{}` has no place beside `-`: events come from standard input", extra.to_string_lossy());
            return Err(Trouble::new(says).into());
        }
        return record_lines(everywhere, now_ns);
    }
    let pairs = record.pairs.iter().map(|pair| pair_of(&pair.to_string_lossy())).collect::<Result<Vec<_>>>()?;
    let event = event::from_pairs(&record.kind, &pairs, now_ns)?;
    let (place, privacy) = place::to_write(everywhere)?;
    append(&place.dir, &privacy, vec![event])?;
    Ok(ExitCode::SUCCESS)
}

fn pair_of(pair: &str) -> Result<(String, String)> {
    match pair.split_once('=') {
        Some((field, value)) => Ok((field.to_owned(), value.to_owned())),
        None => Err(Trouble::new(format!("`{pair}` is not FIELD=VALUE"))
            .hint("prompt-analytics record run prompt_id=summarize success=true")
            .into()),
    }
}

/// Gives each event an identity, takes out what privacy forbids, and appends them.
pub fn append(dir: &Path, privacy: &Privacy, events: Vec<Event<'static>>) -> Result<()> {
    let lines: Vec<(i64, String)> = events.into_iter().map(|event| (event.ts_ns, line(event, privacy))).collect();
    let appended = log::append(dir, &lines)?;
    if appended.is_beside {
        let file = appended.files.first().map_or_else(String::new, |file| place::shortened(file));
        let _ = writeln!(
            anstream::stderr(),
            "note: the log was busy for a second; written to {}, which is read as well",
            safe(&file)
        );
    }
    Ok(())
}

fn line(mut event: Event<'static>, privacy: &Privacy) -> String {
    privacy.apply(&mut event);
    if event.id.is_none() {
        event.id = Some(new_id(event.ts_ns).into());
    }
    event.line()
}

/// A ULID of the event's own time.
fn new_id(ts_ns: i64) -> String {
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_nanos(ts_ns.unsigned_abs());
    ulid::Ulid::from_datetime(at).to_string()
}

/// How many events of standard input are gathered for one write, while more are waiting.
const BATCH: usize = 4096;

fn record_lines(everywhere: &Everywhere, now_ns: i64) -> Result<ExitCode> {
    let (place, privacy) = place::to_write(everywhere)?;
    let mut input = std::io::BufReader::new(std::io::stdin().lock());
    let (mut line, mut number, mut refused) = (Vec::new(), 0_u64, 0_u64);
    let mut events = Vec::new();
    loop {
        line.clear();
        let is_end = input.read_until(b'\n', &mut line).context("cannot read standard input")? == 0;
        if !is_end && !line.trim_ascii().is_empty() {
            match event_of(&line, now_ns) {
                Ok(event) => events.push(event),
                Err(error) => {
                    refused += 1;
                    let refused = safe(&format!("line {}: {error:#}", number + 1));
                    let _ = writeln!(anstream::stderr(), "{refused}");
                }
            }
        }
        number += 1;
        // Lines that arrive one by one are written one by one.
        if !events.is_empty() && (is_end || input.buffer().is_empty() || events.len() >= BATCH) {
            append(&place.dir, &privacy, std::mem::take(&mut events))?;
        }
        if is_end {
            break;
        }
    }
    if refused > 0 {
        return Err(Trouble::new(format!(
            "{} refused, the others are recorded",
            crate::coverage::count(refused, "line")
        ))
        .into());
    }
    Ok(ExitCode::SUCCESS)
}

fn event_of(line: &[u8], now_ns: i64) -> Result<Event<'static>> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(line).map_err(|error| {
        // It is one line, and which one has been said.
        let cause = error.to_string().replace(" at line 1 column ", " at column ");
        if error.is_data() { anyhow!("not a JSON object") } else { anyhow!("not JSON: {cause}") }
    })?;
    event::from_json(&object, now_ns)
}
