//! What the log holds of imported events: their identities, times and revisions. It reads the envelopes of lines that this
//! program wrote without parsing the rest of them.

use super::id::Id;
use crate::event::{self, Event, Line};
use crate::log::{self, Piece};
use crate::time;
use anyhow::Result;
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// One event of the log under an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    pub ts_ns: i64,
    pub rev: i64,
    pub is_retracted: bool,
}

/// The identities that a metrics directory holds.
#[derive(Debug, Default)]
pub struct Held {
    versions: HashMap<Id, Vec<Version>>,
    /// Files that could not be read to the end: what they hold may be imported again, which readers then see as copies.
    pub unreadable: Vec<String>,
}

impl Held {
    /// Reads the log below `dir`; `each` is told the bytes of every file once it is read.
    ///
    /// # Errors
    /// The directory is there and cannot be listed.
    pub fn read(dir: &Path, each: impl FnMut(u64)) -> Result<Held> {
        let mut versions = HashMap::<Id, Vec<Version>>::new();
        let unreadable = scan(dir, each, |id, version, _| note(versions.entry(id).or_default(), version))?;
        Ok(Held { versions, unreadable })
    }

    pub fn holds(&self, id: Id) -> bool {
        self.versions.contains_key(&id)
    }

    /// The event of an identity that counts: of several the earliest that was not taken back.
    pub fn live(&self, id: Id) -> Option<Version> {
        let versions = self.versions.get(&id)?.iter();
        versions.filter(|version| !version.is_retracted).min_by_key(|version| version.ts_ns).copied()
    }

    pub fn add(&mut self, id: Id, version: Version) {
        note(self.versions.entry(id).or_default(), version);
    }
}

/// The highest revision of each time.
fn note(versions: &mut Vec<Version>, version: Version) {
    match versions.iter_mut().find(|known| known.ts_ns == version.ts_ns) {
        Some(known) if known.rev < version.rev => *known = version,
        Some(_) => {}
        None => versions.push(version),
    }
}

/// The events of the log under some identities, each as its highest revision that is not taken back.
///
/// # Errors
/// The directory is there and cannot be listed.
pub fn fetch(dir: &Path, wanted: &HashSet<(Id, i64)>) -> Result<HashMap<Id, Event<'static>>> {
    let mut found = HashMap::<Id, Event<'static>>::new();
    if wanted.is_empty() {
        return Ok(found);
    }
    scan(
        dir,
        |_| (),
        |id, version, line| {
            if version.is_retracted || !wanted.contains(&(id, version.ts_ns)) {
                return;
            }
            if found.get(&id).is_some_and(|known| known.rev >= version.rev) {
                return;
            }
            if let Ok(Line::Event(read)) = event::parse_line(line) {
                found.insert(id, read.event.into_owned());
            }
        },
    )?;
    Ok(found)
}

/// Hands out every line of the log that an import wrote, and says which files could not be read.
fn scan(dir: &Path, mut each: impl FnMut(u64), mut take: impl FnMut(Id, Version, &[u8])) -> Result<Vec<String>> {
    if !dir.exists() {
        return Ok(Vec::new());
    }
    let (sources, unreadable) = log::sources(dir)?;
    let mut unreadable: Vec<String> =
        unreadable.into_iter().map(|file| format!("{}: {}", file.file, file.why)).collect();
    for source in &sources {
        let read = log::lines(source, 0..u64::MAX, |piece| {
            let Piece::Line { bytes, .. } = piece else { return };
            if let Some((id, version)) = envelope(bytes).or_else(|| parsed(bytes)) {
                take(id, version, bytes);
            }
        });
        if let Err(error) = read {
            unreadable.push(format!("{}: {}", source.path.display(), log::cause(&error)));
        }
        each(source.bytes);
    }
    Ok(unreadable)
}

/// The envelope of a line in the form that [`Event::line`] gives it.
fn envelope(line: &[u8]) -> Option<(Id, Version)> {
    let rest = line.strip_prefix(b"{\"v\":1,\"id\":\"")?;
    let (id, rest) = rest.split_at_checked(32)?;
    let id = Id::read(std::str::from_utf8(id).ok()?)?;
    let mut rest = rest.strip_prefix(b"\"")?;
    let mut rev = 0;
    if let Some(number) = rest.strip_prefix(b",\"rev\":") {
        let digits = number.iter().take_while(|byte| byte.is_ascii_digit()).count();
        rev = std::str::from_utf8(&number[..digits]).ok()?.parse().ok()?;
        rest = &number[digits..];
    }
    let retracted = rest.strip_prefix(b",\"retracted\":true");
    let is_retracted = retracted.is_some();
    let time = retracted.unwrap_or(rest).strip_prefix(b",\"ts\":\"")?;
    let end = memchr::memchr(b'"', time)?;
    let ts_ns = time::text(std::str::from_utf8(&time[..end]).ok()?)?.ts_ns;
    Some((id, Version { ts_ns, rev, is_retracted }))
}

/// The envelope of a line in any other form.
fn parsed(line: &[u8]) -> Option<(Id, Version)> {
    memchr::memmem::find(line, b"\"id\"")?;
    let Ok(Line::Event(read)) = event::parse_line(line) else { return None };
    let id = read.event.id.as_deref().and_then(Id::read)?;
    Some((id, Version { ts_ns: read.event.ts_ns, rev: read.event.rev, is_retracted: read.event.is_retracted }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_is_read_as_the_whole_line_is() {
        let id = "ae6121c88ba555f64c3d812123eb799d";
        for rest in [
            r#""ts":"2026-11-20T12:00:00.000Z","event":"run"}"#,
            r#""rev":77,"ts":"2026-11-20T12:00:00.000Z","event":"run"}"#,
            r#""rev":9007199254740991,"retracted":true,"ts":"2026-11-20T12:00:00.5Z","event":"run"}"#,
        ] {
            let line = format!("{{\"v\":1,\"id\":\"{id}\",{rest}");
            assert!(envelope(line.as_bytes()).is_some(), "{line}");
            assert_eq!(envelope(line.as_bytes()), parsed(line.as_bytes()), "{line}");
            let other = line.replacen("\"v\":1,", "", 1);
            assert_eq!((envelope(other.as_bytes()), parsed(other.as_bytes())), (None, parsed(line.as_bytes())));
        }
        assert_eq!(parsed(br#"{"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","ts":"2026-11-20T12:00:00Z","event":"run"}"#), None);
    }

    #[test]
    fn of_an_identity_the_earliest_that_was_not_taken_back_counts() {
        let id = Id::of([&b"a"[..]]);
        let version = |ts_ns, rev, is_retracted| Version { ts_ns, rev, is_retracted };
        let mut held = Held::default();
        assert!(!held.holds(id));
        held.add(id, version(5, 1, false));
        held.add(id, version(3, 9, true));
        held.add(id, version(3, 1, false));
        held.add(id, version(5, 4, false));
        assert_eq!((held.holds(id), held.live(id)), (true, Some(version(5, 4, false))));
    }
}
