//! Filed resolutions: what is known of one segment as the blobs of a file and back. Rows of other segments are named by the
//! serial numbers of these, which stay while segments come and go.

use super::{Heir, Merged, Patches, Resolved, Row, Shared, Takes, Verdict};
use crate::frame::container::{BlobId, Container, Damage};
use crate::frame::keys::Hash;
use crate::frame::packed::Packed;
use std::collections::HashMap;

/// The places of segments by their serial numbers.
pub type Places = HashMap<u32, u32>;

const VERDICT: u16 = 0;
const COPIES: u16 = 1;
const MARKS: u16 = 2;
const OUTCOMES: u16 = 4;
const USE_RATINGS: u16 = 6;
const MERGED: u16 = 8;
const PARTS: u16 = 11;
const HEIRS: u16 = 13;
const SHARED_IDS: u16 = 17;
const SHARED_RUNS: u16 = 18;

fn id(kind: u16) -> BlobId {
    BlobId { kind, sub: 0 }
}

/// Writes lists of numbers as blobs.
#[derive(Default)]
struct Writer(Vec<(BlobId, Vec<u8>)>);

impl Writer {
    fn numbers(&mut self, kind: u16, numbers: impl ExactSizeIterator<Item = i64>) {
        if numbers.len() == 0 {
            return;
        }
        let count = (numbers.len() as u64).to_le_bytes();
        let mut bytes = Packed::numbers(&numbers.collect::<Vec<_>>()).into_bytes();
        bytes.extend(count);
        self.0.push((id(kind), bytes));
    }

    fn patches(&mut self, kind: u16, patches: &Patches) {
        self.numbers(kind, patches.0.iter().map(|(row, _)| i64::from(*row)));
        self.numbers(kind + 1, patches.0.iter().map(|(_, value)| *value));
    }

    fn rows(&mut self, kind: u16, serials: &[u32], rows: impl ExactSizeIterator<Item = Row> + Clone) {
        self.numbers(kind, rows.clone().map(|row| i64::from(serials[row.segment as usize])));
        self.numbers(kind + 1, rows.map(|row| i64::from(row.row)));
    }

    fn hashes(&mut self, kind: u16, hashes: &[Hash]) {
        if !hashes.is_empty() {
            self.0.push((id(kind), hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect()));
        }
    }
}

impl Resolved {
    /// The resolution of a segment as blobs of a file; `serials` are those of all segments, by place.
    pub fn blobs(&self, serials: &[u32]) -> Vec<(BlobId, Vec<u8>)> {
        let mut writer = Writer::default();
        writer.0.push((id(VERDICT), serde_json::to_vec(&self.verdict).expect("counts are JSON")));
        writer.numbers(COPIES, self.copies.iter().map(|row| i64::from(*row)));
        writer.patches(MARKS, &self.marks);
        writer.patches(OUTCOMES, &self.outcomes);
        writer.patches(USE_RATINGS, &self.use_ratings);
        writer.numbers(MERGED, self.merged.iter().map(|merged| i64::from(merged.row)));
        writer.numbers(MERGED + 1, self.merged.iter().map(|merged| i64::from(merged.start)));
        writer.numbers(MERGED + 2, self.merged.iter().map(|merged| i64::from(merged.len)));
        writer.rows(PARTS, serials, self.parts.iter().copied());
        writer.numbers(HEIRS, self.heirs.iter().map(|heir| i64::from(heir.row)));
        writer.numbers(HEIRS + 1, self.heirs.iter().map(|heir| heir.takes as i64));
        writer.rows(HEIRS + 2, serials, self.heirs.iter().map(|heir| heir.of));
        writer.hashes(SHARED_IDS, &self.shared.ids);
        writer.hashes(SHARED_RUNS, &self.shared.runs);
        writer.0
    }

    /// The resolution out of a file.
    ///
    /// # Errors
    /// The file is not what was stored; [`Damage::Missing`] where it names a segment that is gone.
    pub fn stored(container: &Container, places: &Places) -> Result<Resolved, Damage> {
        let reader = Reader { container, places };
        let verdict = container.read(id(VERDICT))?.ok_or(Damage::Torn)?;
        let verdict: Verdict = serde_json::from_slice(&verdict).map_err(|_| Damage::Torn)?;
        let merged = reader.numbers::<u32>(MERGED)?.into_iter();
        let merged = merged.zip(reader.numbers(MERGED + 1)?).zip(reader.numbers(MERGED + 2)?);
        let merged = merged.map(|((row, start), len)| Merged { row, start, len });
        let heirs = reader.numbers::<u32>(HEIRS)?.into_iter();
        let heirs = heirs.zip(reader.numbers::<u8>(HEIRS + 1)?).zip(reader.rows(HEIRS + 2)?);
        let heirs = heirs.map(|((row, takes), of)| {
            let takes = [Takes::All, Takes::Missing, Takes::Description].get(usize::from(takes)).copied();
            Ok(Heir { row, takes: takes.ok_or(Damage::Torn)?, of })
        });
        Ok(Resolved {
            copies: reader.numbers(COPIES)?,
            marks: reader.patches(MARKS)?,
            outcomes: reader.patches(OUTCOMES)?,
            use_ratings: reader.patches(USE_RATINGS)?,
            merged: merged.collect(),
            parts: reader.rows(PARTS)?,
            heirs: heirs.collect::<Result<_, Damage>>()?,
            shared: Shared { ids: reader.hashes(SHARED_IDS)?, runs: reader.hashes(SHARED_RUNS)? },
            verdict,
        })
    }
}

struct Reader<'a> {
    container: &'a Container,
    places: &'a Places,
}

impl Reader<'_> {
    fn numbers<T: TryFrom<i64>>(&self, kind: u16) -> Result<Vec<T>, Damage> {
        let Some(mut bytes) = self.container.read(id(kind))? else { return Ok(Vec::new()) };
        let count = *bytes.last_chunk().ok_or(Damage::Torn)?;
        let count = usize::try_from(u64::from_le_bytes(count)).map_err(|_| Damage::Torn)?;
        bytes.truncate(bytes.len() - 8);
        let mut numbers = Vec::new();
        Packed::from_bytes(bytes).ok_or(Damage::Torn)?.read_numbers(0..count, &mut numbers);
        numbers.into_iter().map(|number| T::try_from(number).map_err(|_| Damage::Torn)).collect()
    }

    fn patches(&self, kind: u16) -> Result<Patches, Damage> {
        Ok(Patches(self.numbers(kind)?.into_iter().zip(self.numbers(kind + 1)?).collect()))
    }

    fn rows(&self, kind: u16) -> Result<Vec<Row>, Damage> {
        let serials = self.numbers::<u32>(kind)?.into_iter().zip(self.numbers::<u32>(kind + 1)?);
        let (mut last, mut place) = (None, 0);
        serials
            .map(|(serial, row)| {
                if last != Some(serial) {
                    place = *self.places.get(&serial).ok_or(Damage::Missing)?;
                    last = Some(serial);
                }
                Ok(Row { segment: place, row })
            })
            .collect()
    }

    fn hashes(&self, kind: u16) -> Result<Vec<Hash>, Damage> {
        let bytes = self.container.read(id(kind))?.unwrap_or_default();
        let (hashes, rest) = bytes.as_chunks();
        if !rest.is_empty() {
            return Err(Damage::Torn);
        }
        Ok(hashes.iter().map(|hash| Hash::from_le_bytes(*hash)).collect())
    }
}
