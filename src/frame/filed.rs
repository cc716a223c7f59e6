//! Filed segments: a segment as the blobs of a file and back, and several small ones as one.

use super::broken::Broken;
use super::container::{BlobId, Container, Damage};
use super::key_list::KeyList;
use super::keys::Keys;
use super::packed::{NO_NUMBER, Packed};
use super::segment::{COLUMNS, Facts, Own, Segment};
use crate::event::{Field, Shape};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

const FACTS: BlobId = BlobId { kind: 0, sub: 0 };
const COLUMN: u16 = 1;
const IDS: u16 = 2;
const RUNS: u16 = 3;

fn column(at: usize) -> BlobId {
    BlobId { kind: COLUMN, sub: u16::try_from(at).unwrap_or(u16::MAX) }
}

impl Segment {
    /// The segment as blobs of a file.
    ///
    /// # Panics
    /// Never: what is known of a segment is counts and names.
    pub fn blobs(&self) -> Vec<(BlobId, Cow<'_, [u8]>)> {
        let facts = serde_json::to_vec(&self.facts).expect("counts and names are JSON");
        let mut blobs = vec![(FACTS, facts.into())];
        let columns = (0..COLUMNS).map(|at| (column(at), self.column(at)));
        let columns = columns.filter(|(_, packed)| !packed.is_absent());
        blobs.extend(columns.map(|(id, packed)| (id, packed.as_bytes().into())));
        let keys = self.ids.blobs(IDS).into_iter().chain(self.runs.blobs(RUNS));
        blobs.extend(keys.map(|(id, bytes)| (id, bytes.into())));
        blobs
    }

    /// The segment of a file; its columns are read when they are first asked for.
    ///
    /// # Errors
    /// The file is not what was stored.
    pub fn stored(container: Container, serial: u32, broken: &Broken) -> Result<Segment, Damage> {
        let facts = container.read(FACTS)?.ok_or(Damage::Torn)?;
        let facts: Facts = serde_json::from_slice(&facts).map_err(|_| Damage::Torn)?;
        let container = Arc::new(container);
        let columns = (0..COLUMNS).map(|_| OnceLock::new()).collect();
        Ok(Segment {
            serial,
            facts,
            columns,
            ids: KeyList::stored(Arc::clone(&container), broken, IDS),
            runs: KeyList::stored(Arc::clone(&container), broken, RUNS),
            stored: Some((container, broken.clone())),
        })
    }

    /// A column out of the file; what is not in it has no values.
    pub(super) fn read_column(&self, at: usize) -> Packed {
        let Some((container, broken)) = &self.stored else { return Packed::default() };
        let bytes = container.read(column(at));
        let packed = bytes.and_then(|bytes| match bytes {
            None => Ok(Packed::default()),
            Some(bytes) => Packed::from_bytes(bytes).ok_or(Damage::Torn),
        });
        broken.note(packed).unwrap_or_default()
    }

    /// Segments of lines that follow each other, as one.
    pub fn joined(segments: &[Segment]) -> Segment {
        let mut facts = Facts::default();
        let (mut ids, mut runs) = (Vec::new(), Vec::new());
        for segment in segments {
            let rows = facts.height as u128;
            ids.extend(segment.ids.iter().map(|key| key + rows));
            runs.extend(segment.runs.iter().map(|key| key + rows));
            facts.height += segment.facts.height;
            facts.tally.append(&segment.facts.tally);
            facts.bounds = match (facts.bounds, segment.facts.bounds) {
                (Some((oldest, newest)), Some(other)) => Some((oldest.min(other.0), newest.max(other.1))),
                (bounds, other) => bounds.or(other),
            };
        }
        let columns = (0..COLUMNS).map(|at| join(segments, at)).collect();
        Segment::held(facts, columns, Keys::sorted(&ids), Keys::sorted(&runs))
    }
}

/// A column of several segments, one after the other.
fn join(segments: &[Segment], at: usize) -> Packed {
    if segments.iter().all(|segment| segment.column(at).is_absent()) {
        return Packed::default();
    }
    if holds_codes(at) {
        let (mut codes, mut read) = (Vec::new(), Vec::new());
        for segment in segments {
            segment.column(at).read_codes(0..segment.height(), &mut read);
            codes.append(&mut read);
        }
        return Packed::codes(&codes);
    }
    let (mut numbers, mut read) = (Vec::new(), Vec::new());
    for segment in segments {
        let column = segment.column(at);
        column.read_numbers(0..segment.height(), &mut read);
        debug_assert!(!column.is_absent() || read.iter().all(|number| *number == NO_NUMBER));
        numbers.append(&mut read);
    }
    Packed::numbers(&numbers)
}

/// Whether a column holds codes, not numbers.
fn holds_codes(at: usize) -> bool {
    const CODES: [Own; 4] = [Own::Kind, Own::Marks, Own::Outcome, Own::Retracted];
    let field = at.checked_sub(Own::LineHash as usize + 1).and_then(|field| Field::ALL.get(field));
    field.map_or_else(
        || CODES.iter().any(|own| *own as usize == at),
        |field| matches!(field.shape(), Shape::Text | Shape::Texts),
    )
}

#[cfg(test)]
mod tests {
    use super::super::names::Names;
    use super::super::{Builder, container};
    use super::*;

    const LINES: [&str; 5] = [
        r#"{"id":"a","ts":"2026-11-20T09:00:00Z","event":"run","run_id":"r1","prompt_id":"p","duration_ms":12.5,"success":true}"#,
        "broken",
        r#"{"id":"b","ts":"2026-11-20T09:00:01Z","event":"feedback","run_id":"r1","rating":4,"feedback_text":"fine"}"#,
        r#"{"ts":"2026-11-20T09:00:02Z","event":"usgae"}"#,
        r#"{"id":"c","ts":"2026-11-19T09:00:02Z","event":"run","prompt_id":"q","rev":2,"retracted":true,"exit_code":1}"#,
    ];

    fn built(names: &Names, lines: std::ops::Range<usize>) -> Segment {
        let mut builder = Builder::new(names);
        for (at, line) in LINES.iter().enumerate().skip(lines.start).take(lines.len()) {
            builder.line(line.as_bytes(), Some(line), at as u64 * 1000, true);
        }
        builder.finish()
    }

    fn is_same(a: &Segment, b: &Segment) -> bool {
        let keys = |list: &KeyList| list.iter().collect::<Vec<_>>();
        let column = |segment: &Segment, at: usize| {
            let mut numbers = Vec::new();
            segment.column(at).read_numbers(0..segment.height(), &mut numbers);
            numbers
        };
        let columns = |segment: &Segment| (0..COLUMNS).map(|at| column(segment, at)).collect::<Vec<_>>();
        a.facts == b.facts && columns(a) == columns(b) && keys(&a.ids) == keys(&b.ids) && keys(&a.runs) == keys(&b.runs)
    }

    #[test]
    fn a_segment_comes_back_from_its_file() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("x.segment");
        let segment = built(&Names::new(), 0..5);
        let blobs = segment.blobs();
        let blobs: Vec<(BlobId, &[u8])> = blobs.iter().map(|(id, bytes)| (*id, &bytes[..])).collect();
        container::write(&path, &blobs).unwrap();
        let broken = Broken::default();
        let stored = Segment::stored(Container::open(&path).unwrap(), 7, &broken).unwrap();
        assert!(is_same(&segment, &stored));
        assert_eq!((stored.serial, stored.height(), broken.take().is_none()), (7, 3, true));
    }

    #[test]
    fn segments_one_after_the_other_are_as_one_of_all_their_lines() {
        for cut in 0..=5 {
            let names = Names::new();
            let whole = built(&names, 0..5);
            let joined = Segment::joined(&[built(&names, 0..cut), built(&names, cut..5)]);
            assert!(is_same(&whole, &joined), "cut at {cut}");
        }
    }
}
