//! Keys: what a segment knows itself by, sorted, so that two segments find what they share without reading each other's rows.
//!
//! A key is 96 bits of the XXH3-128 hash of an identity, over 32 bits for the row. Among ten million identities two
//! different ones have the same 96 bits with a probability of 10^-15.

use super::dealt;
use super::key_list::KeyList;
use crate::threads;
use std::ops::Range;
use twox_hash::XxHash3_128;

/// The part of a key that says what it is of.
pub type Hash = u128;

/// The bits of a key that number a row.
const ROW_BITS: u32 = 32;

/// The hash of a text, as it stands in a key.
pub fn hash(bytes: &[u8]) -> Hash {
    XxHash3_128::oneshot(bytes) >> ROW_BITS
}

/// The hash of an event's identity: copies of one event repeat both.
pub fn identity(id: &str, ts_ns: i64) -> Hash {
    // The two halves are mixed by the outer hash; the id's length cannot be mistaken for another's.
    let mut both = [0; 24];
    both[..16].copy_from_slice(&XxHash3_128::oneshot(id.as_bytes()).to_le_bytes());
    both[16..].copy_from_slice(&ts_ns.to_le_bytes());
    hash(&both)
}

/// The keys of a segment's rows, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys(Vec<u128>);

impl Keys {
    /// Sorts the hashes of rows, which are spread evenly.
    pub fn sorted(keys: &[u128]) -> Keys {
        let bits = keys.len().max(2).ilog2();
        let hand = |key: &u128| usize::try_from(key >> (u128::BITS - bits)).unwrap_or(0);
        Keys(dealt::sorted(keys, 1 << bits, hand, <[u128]>::sort_unstable))
    }

    /// A key to be sorted.
    pub fn key(hash: Hash, row: u32) -> u128 {
        hash << ROW_BITS | u128::from(row)
    }

    /// The rows with one hash, by hash.
    pub fn groups(&self) -> impl Iterator<Item = (Hash, Rows<'_>)> {
        by_hash(&self.0).map(|keys| (keys[0] >> ROW_BITS, Rows(keys)))
    }

    /// The keys whose first bits are `part`.
    fn part(&self, part: usize) -> &[u128] {
        let start = |part: usize| self.0.partition_point(|key| usize::try_from(key >> PART_SHIFT).unwrap_or(0) < part);
        &self.0[start(part)..start(part + 1)]
    }

    /// The rows with this hash.
    pub fn find(&self, hash: Hash) -> Rows<'_> {
        Rows(&self.0[self.range(hash)])
    }

    fn range(&self, hash: Hash) -> Range<usize> {
        // Hashes are spread evenly: the place of one is known within a few positions.
        let guess = usize::try_from(((hash >> 64) * self.0.len() as u128) >> 32).unwrap_or(0).min(self.0.len());
        let (mut low, mut high) = (guess, guess);
        let mut step = 8;
        while low > 0 && self.0[low - 1] >> ROW_BITS >= hash {
            low = low.saturating_sub(step);
            step *= 2;
        }
        step = 8;
        while high < self.0.len() && self.0[high] >> ROW_BITS <= hash {
            high = (high + step).min(self.0.len());
            step *= 2;
        }
        let near = &self.0[low..high];
        let start = low + near.partition_point(|key| key >> ROW_BITS < hash);
        let end = low + near.partition_point(|key| key >> ROW_BITS <= hash);
        start..end
    }

    /// The bytes it takes in memory.
    pub fn len_bytes(&self) -> usize {
        self.0.len() * size_of::<u128>()
    }

    /// All keys.
    pub fn as_slice(&self) -> &[u128] {
        &self.0
    }

    /// Keys from the bytes of a file; `None` when they are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Keys> {
        let (keys, rest) = bytes.as_chunks();
        let keys: Vec<u128> = keys.iter().map(|key| u128::from_le_bytes(*key)).collect();
        (rest.is_empty() && keys.is_sorted()).then_some(Keys(keys))
    }
}

/// Keys as bytes for a file.
pub fn to_bytes(keys: &[u128]) -> Vec<u8> {
    let mut bytes = vec![0; size_of_val(keys)];
    bytes.as_chunks_mut().0.iter_mut().zip(keys).for_each(|(place, key)| *place = key.to_le_bytes());
    bytes
}

/// Rows that share a hash, ascending.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a>(&'a [u128]);

impl Rows<'_> {
    pub fn len(self) -> usize {
        self.0.len()
    }

    #[allow(clippy::cast_possible_truncation, reason = "the low bits are the row")]
    pub fn iter(self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|key| *key as u32)
    }
}

/// Keys are compared part by part, so that what is known of one stays in the processor's cache.
const PARTS: usize = 64;
const PART_SHIFT: u32 = u128::BITS - PARTS.trailing_zeros();

/// The hashes that more than one of these segments has, ascending.
pub fn shared(segments: &[&KeyList], threads: usize) -> Vec<Hash> {
    if segments.len() < 2 {
        return Vec::new();
    }
    threads::map(threads, PARTS, |part| shared_part(segments, part)).concat()
}

/// What segments share of one part. A table of bits tells which hashes may be in two of them (in order, so that it is walked
/// and not searched); only those are sorted out exactly.
fn shared_part(segments: &[&KeyList], part: usize) -> Vec<Hash> {
    let lists: Vec<Vec<&[u128]>> =
        segments.iter().map(|keys| keys.lists_about(part, PARTS).map(|list| list.part(part)).collect()).collect();
    let count: usize = lists.iter().flatten().map(|keys| keys.len()).sum();
    let bits = (count * 16).next_power_of_two().max(64);
    let shift = PART_SHIFT - bits.trailing_zeros();
    let place = |key: u128| usize::try_from(key >> shift & (bits as u128 - 1)).unwrap_or(0);
    let mut seen = vec![0_u64; bits / 64];
    let mut twice = vec![0_u64; bits / 64];
    for keys in lists.iter().flatten() {
        for same in by_hash(keys) {
            let (at, bit) = (place(same[0]) / 64, 1 << (place(same[0]) % 64));
            twice[at] |= seen[at] & bit;
            seen[at] |= bit;
        }
    }
    let mut suspects: Vec<Hash> = Vec::new();
    for keys in lists.iter().flatten() {
        let is_suspect = |key: u128| twice[place(key) / 64] >> (place(key) % 64) & 1 == 1;
        suspects.extend(by_hash(keys).map(|same| same[0]).filter(|key| is_suspect(*key)).map(|key| key >> ROW_BITS));
    }
    suspects.sort_unstable();
    suspects.chunk_by(|a, b| a == b).filter(|same| same.len() > 1).map(|same| same[0]).collect()
}

fn by_hash(keys: &[u128]) -> impl Iterator<Item = &[u128]> {
    keys.chunk_by(|a, b| a >> ROW_BITS == b >> ROW_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(of: &[(&str, u32)]) -> Keys {
        Keys::sorted(&of.iter().map(|(text, row)| Keys::key(hash(text.as_bytes()), *row)).collect::<Vec<_>>())
    }

    #[test]
    fn every_row_is_found_by_its_hash_and_no_other() {
        let names: Vec<String> = (0..5_000).map(|at| format!("run-{}", at % 4_000)).collect();
        let of: Vec<(&str, u32)> = (0..).zip(&names).map(|(row, name)| (name.as_str(), row)).collect();
        let keys = keys(&of);
        for name in &names {
            let rows: Vec<u32> = keys.find(hash(name.as_bytes())).iter().collect();
            let expected: Vec<u32> = of.iter().filter(|(other, _)| other == name).map(|(_, row)| *row).collect();
            assert_eq!(rows, expected);
        }
        assert_eq!(keys.find(hash(b"another")).len(), 0);
        assert_eq!(Keys::default().find(hash(b"another")).len(), 0);
        assert_eq!(Keys::from_bytes(&to_bytes(keys.as_slice())), Some(keys));
    }

    #[test]
    fn what_two_segments_share_is_found_and_what_one_repeats_is_not() {
        let names: Vec<String> = (0..3_000).map(|at| format!("run-{at}")).collect();
        let own = |range: Range<u32>| range.map(|row| (names[row as usize].as_str(), row)).collect::<Vec<_>>();
        let segments = [own(0..1_000), own(900..2_000), [own(2_000..3_000), own(2_000..2_100), own(950..960)].concat()];
        let lists = segments.each_ref().map(|segment| KeyList::Held(keys(segment)));
        let mut expected: Vec<Hash> = names[900..1_000].iter().map(|name| hash(name.as_bytes())).collect();
        expected.sort_unstable();
        for threads in [1, 2] {
            assert_eq!(shared(&lists.each_ref(), threads), expected);
        }
        assert!(shared(&[&lists[0]], 1).is_empty());
        assert!(shared(&[&lists[0], &KeyList::default()], 1).is_empty());
    }

    #[test]
    fn an_identity_is_both_the_id_and_the_time() {
        assert_eq!(identity("a", 1), identity("a", 1));
        assert_ne!(identity("a", 1), identity("a", 2));
        assert_ne!(identity("a", 1), identity("b", 1));
    }
}
