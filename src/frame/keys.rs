//! Keys: what a segment knows itself by, sorted, so that two segments find what they share without reading each other's rows.
//!
//! A key is 96 bits of the XXH3-128 hash of an identity, over 32 bits for the row. Among ten million identities two
//! different ones have the same 96 bits with a probability of 10^-15.

use super::resolution::Row;
use crate::threads;
use xxhash_rust::xxh3::xxh3_128;

/// The part of a key that says what it is of.
pub type Hash = u128;

/// The bits of a key that number a row.
const ROW_BITS: u32 = 32;

/// The hash of a text, as it stands in a key.
pub fn hash(bytes: &[u8]) -> Hash {
    xxh3_128(bytes) >> ROW_BITS
}

/// The hash of an event's identity: copies of one event repeat both.
pub fn identity(id: &str, ts_ns: i64) -> Hash {
    // The two halves are mixed by the outer hash; the id's length cannot be mistaken for another's.
    let mut both = [0; 24];
    both[..16].copy_from_slice(&xxh3_128(id.as_bytes()).to_le_bytes());
    both[16..].copy_from_slice(&ts_ns.to_le_bytes());
    hash(&both)
}

/// The keys of a segment's rows, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys(Vec<u128>);

impl Keys {
    /// Sorts the hashes of rows. Hashes are spread evenly: dealt out by their first bits, few are left to be sorted together.
    pub fn sorted(keys: &[u128]) -> Keys {
        let bits = (keys.len() / 4).max(2).ilog2();
        let place = |key: u128| usize::try_from(key >> (u128::BITS - bits)).unwrap_or(0);
        let mut starts = vec![0; (1 << bits) + 1];
        for key in keys {
            starts[place(*key) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut sorted = vec![0; keys.len()];
        for key in keys {
            let start = &mut starts[place(*key)];
            sorted[*start] = *key;
            *start += 1;
        }
        // Where a hand started, the one before it ends now.
        let mut from = 0;
        for end in starts {
            sorted[from..end].sort_unstable();
            from = end;
        }
        Keys(sorted)
    }

    /// A key to be sorted.
    pub fn key(hash: Hash, row: u32) -> u128 {
        hash << ROW_BITS | u128::from(row)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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

    /// The bytes it takes in memory.
    pub fn len_bytes(&self) -> usize {
        self.0.len() * size_of::<u128>()
    }

    /// The keys as bytes for a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|key| key.to_le_bytes()).collect()
    }

    /// Keys from the bytes of a file; `None` when they are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Keys> {
        let (keys, rest) = bytes.as_chunks();
        let keys: Vec<u128> = keys.iter().map(|key| u128::from_le_bytes(*key)).collect();
        (rest.is_empty() && keys.is_sorted()).then_some(Keys(keys))
    }
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

/// The rows of hashes that more than one segment has.
#[derive(Debug, Default)]
pub struct Shared {
    /// By hash, and then by row.
    rows: Vec<(Hash, Row)>,
    /// Where the rows begin of each hash that a segment has, ascending.
    of_segments: Vec<Vec<usize>>,
}

/// Keys are compared part by part, so that what is known of one stays in the processor's cache.
const PARTS: usize = 64;
const PART_SHIFT: u32 = u128::BITS - PARTS.trailing_zeros();

impl Shared {
    /// What these segments share.
    pub fn of(segments: &[&Keys], threads: usize) -> Shared {
        let mut shared = Shared { rows: Vec::new(), of_segments: vec![Vec::new(); segments.len()] };
        if segments.len() < 2 {
            return shared;
        }
        shared.rows = threads::map(threads, PARTS, |part| shared_part(segments, part)).concat();
        let mut start = 0;
        for rows in shared.rows.chunk_by(|a, b| a.0 == b.0) {
            for rows in rows.chunk_by(|a, b| a.1.segment == b.1.segment) {
                shared.of_segments[rows[0].1.segment as usize].push(start);
            }
            start += rows.len();
        }
        shared
    }

    /// The rows with each hash.
    pub fn groups(&self) -> impl Iterator<Item = &[(Hash, Row)]> {
        self.rows.chunk_by(|a, b| a.0 == b.0)
    }

    /// The hashes that a segment shares, ascending, with their rows in all segments.
    pub fn of_segment(&self, segment: usize) -> impl Iterator<Item = (Hash, &[(Hash, Row)])> {
        self.of_segments[segment].iter().map(|start| {
            let (hash, rest) = (self.rows[*start].0, &self.rows[*start..]);
            (hash, &rest[..rest.iter().take_while(|(other, _)| *other == hash).count()])
        })
    }
}

/// What segments share of one part. A table of bits tells which hashes may be in two of them; only those are sorted out
/// exactly.
fn shared_part(segments: &[&Keys], part: usize) -> Vec<(Hash, Row)> {
    let parts: Vec<&[u128]> = segments.iter().map(|keys| keys.part(part)).collect();
    let bits = (parts.iter().map(|keys| keys.len()).sum::<usize>() * 16).next_power_of_two().max(64);
    let shift = PART_SHIFT - bits.trailing_zeros();
    let place = |keys: &[u128]| usize::try_from(keys[0] >> shift & (bits as u128 - 1)).unwrap_or(0);
    let mut seen = vec![0_u64; bits / 64];
    let mut twice = vec![0_u64; bits / 64];
    for keys in &parts {
        for same in by_hash(keys) {
            let (at, bit) = (place(same) / 64, 1 << (place(same) % 64));
            twice[at] |= seen[at] & bit;
            seen[at] |= bit;
        }
    }
    let mut suspects: Vec<(Hash, Row)> = Vec::new();
    for (segment, keys) in (0..).zip(parts) {
        for same in by_hash(keys).filter(|same| twice[place(same) / 64] >> (place(same) % 64) & 1 == 1) {
            suspects.extend(Rows(same).iter().map(|row| (same[0] >> ROW_BITS, Row { segment, row })));
        }
    }
    suspects.sort_unstable();
    let are_shared = |rows: &&[(Hash, Row)]| rows[0].1.segment != rows[rows.len() - 1].1.segment;
    suspects.chunk_by(|a, b| a.0 == b.0).filter(are_shared).flatten().copied().collect()
}

fn by_hash(keys: &[u128]) -> impl Iterator<Item = &[u128]> {
    keys.chunk_by(|a, b| a >> ROW_BITS == b >> ROW_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::Range;

    fn keys(of: &[(&str, u32)]) -> Keys {
        Keys::sorted(&of.iter().map(|(text, row)| Keys::key(hash(text.as_bytes()), *row)).collect::<Vec<_>>())
    }

    #[test]
    fn keys_are_sorted_however_many_there_are_and_however_they_are_spread() {
        for count in [0, 1, 2, 9, 5_000] {
            let spread: Vec<u128> = (0..count).map(|row: u32| Keys::key(hash(&row.to_le_bytes()), row % 7)).collect();
            let crowded: Vec<u128> = (0..count).map(|row| Keys::key(7, row ^ 5)).collect();
            for keys in [spread, crowded] {
                let sorted = Keys::sorted(&keys);
                let mut expected = keys;
                expected.sort_unstable();
                assert_eq!(sorted.0, expected);
                assert_eq!(Keys::from_bytes(&sorted.to_bytes()), Some(sorted));
            }
        }
    }

    #[test]
    fn what_two_segments_share_is_found_and_what_one_repeats_is_not() {
        let names: Vec<String> = (0..3_000).map(|at| format!("run-{at}")).collect();
        let own = |range: Range<u32>| range.map(|row| (names[row as usize].as_str(), row)).collect::<Vec<_>>();
        let segments = [own(0..1_000), own(900..2_000), [own(2_000..3_000), own(2_000..2_100), own(950..960)].concat()];
        let keys = segments.each_ref().map(|segment| keys(segment));
        for threads in [1, 2] {
            let shared = Shared::of(&keys.each_ref(), threads);
            let rows = |group: &[(Hash, Row)]| group.iter().map(|(_, row)| (row.segment, row.row)).collect::<Vec<_>>();
            let mut found: Vec<Vec<(u32, u32)>> = shared.groups().map(rows).collect();
            found.sort();
            let in_third = |row: u32| if (950..960).contains(&row) { vec![(2, row)] } else { Vec::new() };
            let expected: Vec<_> = (900..1_000).map(|row| [vec![(0, row), (1, row)], in_third(row)].concat()).collect();
            assert_eq!(found, expected);
            let mut third: Vec<(Hash, Vec<(u32, u32)>)> =
                shared.of_segment(2).map(|(hash, group)| (hash, rows(group))).collect();
            assert!(third.is_sorted());
            third.sort_by_key(|(_, rows)| rows[0]);
            assert_eq!(third.into_iter().map(|(_, rows)| rows).collect::<Vec<_>>(), expected[50..60]);
        }
        assert_eq!(Shared::of(&[&keys[0]], 1).groups().count(), 0);
        assert_eq!(Shared::of(&[&keys[0], &Keys::default()], 1).groups().count(), 0);
    }

    #[test]
    fn an_identity_is_both_the_id_and_the_time() {
        assert_eq!(identity("a", 1), identity("a", 1));
        assert_ne!(identity("a", 1), identity("a", 2));
        assert_ne!(identity("a", 1), identity("b", 1));
    }
}
