//! Names: the dictionaries of a frame, one for each text field, shared by those who build its segments. What is in the cache
//! already is found there by its hash; the texts are only read where they are shown.

use super::broken::Broken;
use super::container::{BlobId, Container, Damage};
use super::dictionary::{Code, Dictionary};
use super::key_list::KeyList;
use super::keys::{self, Keys};
use crate::event::Field;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The dictionaries by field.
#[derive(Default)]
pub struct Names {
    fields: Vec<OfField>,
    stored: Vec<Arc<Container>>,
    broken: Broken,
}

/// The names of one field: those in the cache have the first codes.
#[derive(Default)]
struct OfField {
    indexes: Vec<KeyList>,
    stored: Code,
    fresh: Mutex<Dictionary>,
    all: OnceLock<Dictionary>,
}

/// The kinds of blobs in a file of names; a blob's second number is the field's, but for the keys of the index.
const COUNTS: BlobId = BlobId { kind: 0, sub: 0 };
const TEXTS: u16 = 1;
/// The index of field `f` is in blobs of kind `INDEX + f`: the codes by the hashes of their texts.
const INDEX: u16 = 0x100;

impl Names {
    /// No names.
    pub fn new() -> Names {
        let fields = (0..Field::COUNT).map(|_| OfField::default()).collect();
        Names { fields, stored: Vec::new(), broken: Broken::default() }
    }

    /// The names that were stored, in the order in which they were.
    ///
    /// # Errors
    /// A file is not what was stored.
    pub fn stored(containers: Vec<Container>, broken: &Broken) -> Result<Names, Damage> {
        let mut names = Names { broken: broken.clone(), ..Names::new() };
        for container in containers {
            let container = Arc::new(container);
            let counts = container.read(COUNTS)?.ok_or(Damage::Torn)?;
            let (counts, rest) = counts.as_chunks();
            if counts.len() != Field::COUNT || !rest.is_empty() {
                return Err(Damage::Torn);
            }
            for ((field, count), index) in names.fields.iter_mut().zip(counts).zip(INDEX..) {
                let count = u32::from_le_bytes(*count);
                if count > 0 {
                    field.stored = field.stored.checked_add(count).ok_or(Damage::Torn)?;
                    field.indexes.push(KeyList::stored(Arc::clone(&container), broken, index));
                }
            }
            names.stored.push(container);
        }
        Ok(names)
    }

    /// The codes of some names, new ones where they were not known.
    pub(super) fn codes<'a>(&self, field: Field, names: impl Iterator<Item = &'a str>, into: &mut Vec<Code>) {
        let of = &self.fields[field as usize];
        let mut fresh = of.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        for name in names {
            let hash = (of.stored > 0).then(|| keys::hash(name.as_bytes()));
            let known = hash.and_then(|hash| of.indexes.iter().find_map(|index| index.find(hash).iter().next()));
            into.push(known.unwrap_or_else(|| of.stored + fresh.intern(name)));
        }
    }

    /// The number of codes of a field, the missing one included.
    pub fn count(&self, field: Field) -> usize {
        let of = &self.fields[field as usize];
        of.stored as usize + of.fresh.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The names of a field. To be asked when nobody builds any more.
    pub fn of(&self, field: Field) -> &Dictionary {
        let of = &self.fields[field as usize];
        of.all.get_or_init(|| {
            let fresh = of.fresh.lock().unwrap_or_else(PoisonError::into_inner);
            let mut all = Dictionary::default();
            for container in &self.stored {
                let texts = container.read(BlobId { kind: TEXTS, sub: field as u16 });
                let texts =
                    texts.and_then(|texts| texts.map_or(Ok(()), |texts| all.append(&texts).ok_or(Damage::Torn)));
                self.broken.note(texts);
            }
            // What is damaged is noted; until the answer is given again, every code has a name.
            (all.len()..=of.stored as usize).for_each(|_| all.push(""));
            fresh.iter().for_each(|(_, name)| all.push(name));
            all
        })
    }

    /// The blobs of the names that are not stored yet; none if there are none.
    pub fn fresh(&self) -> Vec<(BlobId, Vec<u8>)> {
        let fresh: Vec<_> =
            self.fields.iter().map(|of| of.fresh.lock().unwrap_or_else(PoisonError::into_inner)).collect();
        if fresh.iter().all(|names| names.is_empty()) {
            return Vec::new();
        }
        let all = (0..).zip(self.fields.iter().zip(&fresh)).zip(INDEX..);
        blobs(all.map(|((sub, (of, fresh)), index)| (sub, index, of.stored, &**fresh)))
    }

    /// The blobs of all names, stored or not, under the codes they have.
    pub fn whole(&self) -> Vec<(BlobId, Vec<u8>)> {
        let all = (0..).zip(Field::ALL).zip(INDEX..);
        blobs(all.map(|((sub, field), index)| (sub, index, 0, self.of(*field))))
    }
}

/// Dictionaries as blobs: of each its field, the kind of its index, the code before its first, and its names.
fn blobs<'a>(all: impl Iterator<Item = (u16, u16, Code, &'a Dictionary)>) -> Vec<(BlobId, Vec<u8>)> {
    let mut blobs = Vec::new();
    let mut counts = Vec::new();
    for (field, index, before, names) in all {
        counts.extend(u32::try_from(names.len() - 1).unwrap_or(0).to_le_bytes());
        if !names.is_empty() {
            blobs.push((BlobId { kind: TEXTS, sub: field }, names.to_bytes()));
            let keys = names.iter().map(|(code, name)| Keys::key(keys::hash(name.as_bytes()), before + code));
            blobs.extend(KeyList::Held(Keys::sorted(&keys.collect::<Vec<_>>())).blobs(index));
        }
    }
    blobs.push((COUNTS, counts));
    blobs
}
