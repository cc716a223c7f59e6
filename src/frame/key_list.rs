//! Key lists: the keys of a segment, held in memory or stored in parts, of which one is read to look for one key.

use super::broken::Broken;
use super::container::{BlobId, Container, Damage};
use super::keys::{self, Hash, Keys, Rows};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// The keys of a segment.
pub(super) enum KeyList {
    Held(Keys),
    Stored(Stored),
}

impl Default for KeyList {
    fn default() -> KeyList {
        KeyList::Held(Keys::default())
    }
}

/// Keys in a file, in parts by the first bits of their hashes.
pub(super) struct Stored {
    container: Arc<Container>,
    broken: Broken,
    kind: u16,
    parts: Vec<OnceLock<Keys>>,
}

/// About this many keys are in one part.
const PART_KEYS: usize = 1 << 12;
/// More parts than this are not made.
const MOST_PARTS: usize = 1 << 8;
/// The bits of a hash.
const HASH_BITS: u32 = 96;

impl KeyList {
    /// Keys that were [stored](KeyList::blobs) as blobs of this kind.
    pub fn stored(container: Arc<Container>, broken: &Broken, kind: u16) -> KeyList {
        let parts = container.ids().filter(|id| id.kind == kind).count();
        if parts == 0 {
            return KeyList::default();
        }
        // Of another number of parts no hash would be found where it is looked for.
        let parts = if parts.is_power_of_two() { parts } else { 1 };
        KeyList::Stored(Stored {
            container,
            broken: broken.clone(),
            kind,
            parts: (0..parts).map(|_| OnceLock::new()).collect(),
        })
    }

    /// The keys as blobs of a kind; none of no keys.
    pub fn blobs(&self, kind: u16) -> Vec<(BlobId, Vec<u8>)> {
        let all = match self {
            KeyList::Held(keys) => Cow::Borrowed(keys.as_slice()),
            KeyList::Stored(_) => self.iter().collect(),
        };
        if all.is_empty() {
            return Vec::new();
        }
        let parts = (all.len() / PART_KEYS).next_power_of_two().clamp(1, MOST_PARTS);
        let part_of = |key: &u128| place(*key >> 32, parts);
        let mut blobs = Vec::with_capacity(parts);
        let mut rest = &all[..];
        for part in 0..parts {
            let (keys, later) = rest.split_at(rest.partition_point(|key| part_of(key) <= part));
            rest = later;
            let sub = u16::try_from(part).unwrap_or(u16::MAX);
            blobs.push((BlobId { kind, sub }, keys::to_bytes(keys)));
        }
        blobs
    }

    /// All keys, as lists in the order of their hashes.
    pub fn lists(&self) -> impl Iterator<Item = &Keys> {
        let count = match self {
            KeyList::Held(_) => 1,
            KeyList::Stored(stored) => stored.parts.len(),
        };
        (0..count).map(|part| self.list(part))
    }

    /// All keys, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u128> {
        self.lists().flat_map(|keys| keys.as_slice().iter().copied())
    }

    /// The lists that may hold keys of one of `parts` equal parts of all hashes.
    pub fn lists_about(&self, part: usize, parts: usize) -> impl Iterator<Item = &Keys> {
        let count = match self {
            KeyList::Held(_) => 1,
            KeyList::Stored(stored) => stored.parts.len(),
        };
        let end = ((part + 1) * count).div_ceil(parts);
        (part * count / parts..end).map(|part| self.list(part))
    }

    /// The rows with one hash, by hash.
    pub fn groups(&self) -> impl Iterator<Item = (Hash, Rows<'_>)> {
        self.lists().flat_map(Keys::groups)
    }

    /// The rows with this hash.
    pub fn find(&self, hash: Hash) -> Rows<'_> {
        let part = match self {
            KeyList::Held(_) => 0,
            KeyList::Stored(stored) => place(hash, stored.parts.len()),
        };
        self.list(part).find(hash)
    }

    fn list(&self, part: usize) -> &Keys {
        match self {
            KeyList::Held(keys) => keys,
            KeyList::Stored(stored) => stored.parts[part].get_or_init(|| stored.read(part)),
        }
    }

    /// The bytes it takes in memory.
    pub fn len_bytes(&self) -> usize {
        match self {
            KeyList::Held(keys) => keys.len_bytes(),
            KeyList::Stored(stored) => stored.parts.iter().filter_map(OnceLock::get).map(Keys::len_bytes).sum(),
        }
    }
}

impl Stored {
    fn read(&self, part: usize) -> Keys {
        let id = BlobId { kind: self.kind, sub: u16::try_from(part).unwrap_or(u16::MAX) };
        let bytes = self.container.read(id).and_then(|bytes| bytes.ok_or(Damage::Torn));
        let keys = bytes.and_then(|bytes| Keys::from_bytes(&bytes).ok_or(Damage::Torn));
        self.broken.note(keys).unwrap_or_default()
    }
}

/// The part that a hash is in.
fn place(hash: Hash, parts: usize) -> usize {
    let bits = parts.trailing_zeros();
    if bits == 0 { 0 } else { usize::try_from(hash >> (HASH_BITS - bits)).unwrap_or(0) }
}
