//! Packed columns: integers as narrow as their values allow, so that ten million rows fit in memory and little is read.
//!
//! A stored number is `(value - base) / scale + 1` in 0, 1, 2, 4 or 8 bytes; 0 is a missing value. The scale is 1, or a
//! thousand or a million where times and durations are whole micro- or milliseconds.

use std::ops::Range;

/// No number.
pub const NO_NUMBER: i64 = i64::MIN;

/// One column, immutable. Rows past what is stored are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    base: i64,
    scale: u64,
    /// Bytes of a stored number.
    width: u8,
    /// The stored numbers and the three above, as they are written to a file.
    bytes: Vec<u8>,
}

impl Default for Packed {
    fn default() -> Packed {
        Packed::of(0, 0, 0, std::iter::empty())
    }
}

/// A column of numbers in the making; shorter than others where the rest is missing.
#[derive(Debug, Default)]
pub struct Numbers {
    values: Vec<i64>,
    bounds: Bounds,
}

/// The least and the greatest of some numbers, of which [`NO_NUMBER`] is none.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    least: i64,
    greatest: i64,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { least: i64::MAX, greatest: NO_NUMBER }
    }
}

impl Bounds {
    #[inline]
    fn take(&mut self, number: i64) {
        // One less, none is the greatest of all.
        self.least = if number.wrapping_sub(1) < self.least.wrapping_sub(1) { number } else { self.least };
        self.greatest = self.greatest.max(number);
    }
}

impl Numbers {
    /// Adds the number of a row that is past all before it.
    #[inline]
    pub fn push(&mut self, row: usize, number: i64) {
        if self.values.len() < row {
            self.values.resize(row, NO_NUMBER);
        }
        self.values.push(number);
        self.bounds.take(number);
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// The least and the greatest, `None` of none.
    pub fn bounds(&self) -> Option<(i64, i64)> {
        let Bounds { least, greatest } = self.bounds;
        (greatest != NO_NUMBER).then_some((least, greatest))
    }

    /// Forgets the numbers and keeps the room they took.
    pub fn clear(&mut self) {
        self.values.clear();
        self.bounds = Bounds::default();
    }

    pub fn pack(&self) -> Packed {
        Packed::between(&self.values, self.bounds)
    }
}

/// The bytes after the stored numbers.
const TAIL_BYTES: usize = 17;

impl Packed {
    /// Packs numbers, of which [`NO_NUMBER`] is none.
    pub fn numbers(values: &[i64]) -> Packed {
        let mut bounds = Bounds::default();
        for value in values {
            bounds.take(*value);
        }
        Packed::between(values, bounds)
    }

    fn between(values: &[i64], Bounds { least, greatest }: Bounds) -> Packed {
        if greatest == NO_NUMBER {
            return Packed::default();
        }
        // The scales are constants for the sake of the compiler, which divides by multiplying.
        if greatest.abs_diff(least) < u64::from(u32::MAX) {
            Packed::scaled::<1>(values, least, greatest)
        } else if is_whole::<1_000_000>(values, least) {
            Packed::scaled::<1_000_000>(values, least, greatest)
        } else if is_whole::<1_000>(values, least) {
            Packed::scaled::<1_000>(values, least, greatest)
        } else {
            Packed::scaled::<1>(values, least, greatest)
        }
    }

    fn scaled<const SCALE: u64>(values: &[i64], least: i64, greatest: i64) -> Packed {
        let stored = |value: i64| value.wrapping_sub(least).cast_unsigned() / SCALE + 1;
        let stored = |value: &i64| if *value == NO_NUMBER { 0 } else { stored(*value) };
        Packed::of(least, SCALE, (greatest.abs_diff(least) / SCALE).saturating_add(1), values.iter().map(stored))
    }

    /// Packs codes, of which 0 is none.
    pub fn codes(codes: &[u32]) -> Packed {
        Packed::codes_to(codes.iter().copied().max().unwrap_or(0), codes)
    }

    /// Packs codes of which none is greater than `greatest`.
    pub fn codes_to(greatest: u32, codes: &[u32]) -> Packed {
        Packed::of(1, 1, u64::from(greatest), codes.iter().map(|code| u64::from(*code)))
    }

    #[allow(clippy::cast_possible_truncation, reason = "the width was chosen for the greatest")]
    fn of(base: i64, scale: u64, greatest: u64, stored: impl ExactSizeIterator<Item = u64>) -> Packed {
        let (width, mut bytes) = match greatest {
            0 => (0, vec![0; TAIL_BYTES]),
            g if u8::try_from(g).is_ok() => (1, flat(stored.map(|number| [number as u8]))),
            g if u16::try_from(g).is_ok() => (2, flat(stored.map(|number| (number as u16).to_le_bytes()))),
            g if u32::try_from(g).is_ok() => (4, flat(stored.map(|number| (number as u32).to_le_bytes()))),
            _ => (8, flat(stored.map(u64::to_le_bytes))),
        };
        let tail = bytes.len() - TAIL_BYTES;
        bytes[tail..tail + 8].copy_from_slice(&base.to_le_bytes());
        bytes[tail + 8..tail + 16].copy_from_slice(&scale.to_le_bytes());
        bytes[tail + 16] = width;
        Packed { base, scale, width, bytes }
    }

    /// Whether no row has a value.
    pub fn is_absent(&self) -> bool {
        self.width == 0
    }

    /// The bytes it takes in memory.
    pub fn len_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The stored numbers.
    fn numbers_stored(&self) -> &[u8] {
        &self.bytes[..self.bytes.len() - TAIL_BYTES]
    }

    fn stored(&self, row: usize) -> u64 {
        let bytes = self.numbers_stored();
        match self.width {
            0 => 0,
            1 => bytes.get(row).map_or(0, |byte| u64::from(*byte)),
            2 => bytes.as_chunks().0.get(row).map_or(0, |bytes| u16::from_le_bytes(*bytes).into()),
            4 => bytes.as_chunks().0.get(row).map_or(0, |bytes| u32::from_le_bytes(*bytes).into()),
            _ => bytes.as_chunks().0.get(row).map_or(0, |bytes| u64::from_le_bytes(*bytes)),
        }
    }

    /// The number of a row, [`NO_NUMBER`] for none.
    pub fn number(&self, row: usize) -> i64 {
        self.unpacked(self.stored(row))
    }

    /// The code of a row, 0 for none.
    pub fn code(&self, row: usize) -> u32 {
        code(self.stored(row))
    }

    fn unpacked(&self, stored: u64) -> i64 {
        let value = self.base.wrapping_add_unsigned(stored.wrapping_sub(1).wrapping_mul(self.scale));
        if stored == 0 { NO_NUMBER } else { value }
    }

    /// Unpacks the numbers of some rows.
    pub fn read_numbers(&self, rows: Range<usize>, into: &mut Vec<i64>) {
        if self.scale == 1 {
            // Many columns are as they were recorded, and then there is nothing to multiply.
            let before = self.base.wrapping_sub(1);
            let unpacked = |stored: u64| if stored == 0 { NO_NUMBER } else { before.wrapping_add_unsigned(stored) };
            self.read(rows, into, NO_NUMBER, unpacked);
        } else {
            self.read(rows, into, NO_NUMBER, |stored| self.unpacked(stored));
        }
    }

    /// Unpacks the codes of some rows.
    pub fn read_codes(&self, rows: Range<usize>, into: &mut Vec<u32>) {
        self.read(rows, into, 0, code);
    }

    fn read<T: Copy>(&self, rows: Range<usize>, into: &mut Vec<T>, missing: T, unpacked: impl Fn(u64) -> T) {
        into.clear();
        let (width, bytes) = (usize::from(self.width), self.numbers_stored());
        let end = (rows.end * width).min(bytes.len());
        let bytes = &bytes[(rows.start * width).min(end)..end];
        match self.width {
            0 => {}
            1 => into.extend(bytes.iter().map(|byte| unpacked(u64::from(*byte)))),
            2 => into.extend(bytes.as_chunks().0.iter().map(|bytes| unpacked(u16::from_le_bytes(*bytes).into()))),
            4 => into.extend(bytes.as_chunks().0.iter().map(|bytes| unpacked(u32::from_le_bytes(*bytes).into()))),
            _ => into.extend(bytes.as_chunks().0.iter().map(|bytes| unpacked(u64::from_le_bytes(*bytes)))),
        }
        into.resize(rows.len(), missing);
    }

    /// The column as bytes for a file.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// As [`as_bytes`](Packed::as_bytes).
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// A column from the bytes of a file; `None` when they are none.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Packed> {
        let (stored, tail) = bytes.split_last_chunk::<TAIL_BYTES>()?;
        let width = tail[TAIL_BYTES - 1];
        let base = i64::from_le_bytes(*tail.first_chunk()?);
        let scale = u64::from_le_bytes(*tail[8..].first_chunk()?);
        let is_whole = if width == 0 { stored.is_empty() } else { stored.len().is_multiple_of(width.into()) };
        (matches!(width, 0 | 1 | 2 | 4 | 8) && is_whole).then_some(Packed { base, scale, width, bytes })
    }
}

/// Numbers as bytes, and room for what is stored behind them.
fn flat<const N: usize>(numbers: impl ExactSizeIterator<Item = [u8; N]>) -> Vec<u8> {
    let mut bytes = vec![0; numbers.len() * N + TAIL_BYTES];
    bytes.as_chunks_mut().0.iter_mut().zip(numbers).for_each(|(place, number)| *place = number);
    bytes
}

/// Whether all numbers lie a multiple of the scale above the least.
fn is_whole<const SCALE: u64>(values: &[i64], least: i64) -> bool {
    let is_whole = |value: i64| value.wrapping_sub(least).cast_unsigned().is_multiple_of(SCALE);
    values.iter().all(|value| *value == NO_NUMBER || is_whole(*value))
}

#[allow(clippy::cast_possible_truncation, reason = "codes are packed from 32 bits")]
fn code(stored: u64) -> u32 {
    stored as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were_in_as_few_bytes_as_they_need() {
        let second = 1_000_000_000;
        for (values, width) in [
            (vec![], 0),
            (vec![NO_NUMBER, NO_NUMBER], 0),
            (vec![7], 1),
            (vec![-3, NO_NUMBER, 251], 1),
            (vec![-3, 252], 2),
            (vec![0, 65_534], 2),
            (vec![0, 65_535], 4),
            (vec![0, i64::from(u32::MAX) - 1], 4),
            (vec![5, 5 + i64::from(u32::MAX)], 8),
            (vec![1_795_176_000 * second, 1_795_190_000 * second + 123_000_000], 4),
            (vec![1_795_176_000 * second, 1_795_276_000 * second + 123_000], 8),
            (vec![0, 4_000 * second + 1_000], 4),
            (vec![i64::MIN + 1, i64::MAX, 0, NO_NUMBER], 8),
        ] {
            let packed = Packed::numbers(&values);
            assert_eq!(packed.width, width, "{values:?}");
            let read: Vec<i64> = (0..values.len()).map(|row| packed.number(row)).collect();
            assert_eq!(read, values);
            let mut all = Vec::new();
            packed.read_numbers(0..values.len() + 2, &mut all);
            assert_eq!(all[..values.len()], values);
            assert_eq!(all[values.len()..], [NO_NUMBER; 2], "rows past the last are missing");
            assert_eq!(Packed::from_bytes(packed.as_bytes().to_vec()), Some(packed));
        }
    }

    #[test]
    fn codes_come_back_and_none_is_none() {
        for codes in [vec![0, 1, 255], vec![0, 256], vec![70_000, 0], vec![u32::MAX, 1], vec![0, 0]] {
            let packed = Packed::codes(&codes);
            let mut read = Vec::new();
            packed.read_codes(0..codes.len(), &mut read);
            assert_eq!(read, codes);
            assert_eq!(packed.code(1), codes[1]);
            packed.read_codes(1..codes.len() + 1, &mut read);
            assert_eq!(read, [&codes[1..], &[0]].concat());
            assert_eq!(Packed::from_bytes(packed.as_bytes().to_vec()), Some(packed));
        }
    }

    #[test]
    fn bytes_that_are_no_column_are_refused() {
        for bytes in [vec![], vec![1; 16], [&[0; 16][..], &[3]].concat(), [&[0; 17][..], &[4]].concat()] {
            assert_eq!(Packed::from_bytes(bytes), None);
        }
    }
}
