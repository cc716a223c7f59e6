//! Dictionaries: texts as small integers. Code 0 is the missing text.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// A text of a dictionary.
pub type Code = u32;

/// The code of no text.
pub const MISSING: Code = 0;

/// Texts by code. Codes depend on the order of arrival, so nothing that is shown may depend on codes.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    /// All texts in a row; text `code` ends at `ends[code - 1]`.
    texts: String,
    ends: Vec<usize>,
    codes: HashTable<Entry>,
    hasher: DefaultHashBuilder,
}

/// A text's place in the table.
#[derive(Clone, Copy, Debug)]
struct Entry {
    short: Short,
    code: Code,
}

/// A text of up to 16 bytes, which most are: to find it nothing has to be read but the table, and most of the time a lookup
/// takes is waiting for memory. Of a longer text its length and hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Short {
    words: (u64, u64),
    len: u32,
}

/// The longest text that its two words tell.
const SHORT_BYTES: usize = 16;

impl Short {
    /// The words are the first and the last bytes, which may overlap.
    #[inline]
    fn of(text: &[u8]) -> Option<Short> {
        let len = text.len();
        let words = if let (true, Some(first), Some(last)) = (len <= SHORT_BYTES, text.first_chunk(), text.last_chunk())
        {
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
        } else if let (true, Some(first), Some(last)) = (len < 8, text.first_chunk(), text.last_chunk()) {
            (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into())
        } else if len < 4 {
            (text.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0)
        } else {
            return None;
        };
        Some(Short { words, len: u32::try_from(len).ok()? })
    }

    /// Texts of the same words differ in length alone, and are too few to crowd each other.
    #[inline]
    fn hash(self, hasher: &DefaultHashBuilder) -> u64 {
        hasher.hash_one(u128::from(self.words.0) << 64 | u128::from(self.words.1))
    }
}

impl Dictionary {
    /// The code of `name`, a new one where it was not known.
    ///
    /// # Panics
    /// There are four billion different names.
    #[inline]
    pub fn intern(&mut self, name: &str) -> Code {
        let Some(short) = Short::of(name.as_bytes()) else { return self.intern_long(name) };
        let hash = short.hash(&self.hasher);
        match self.codes.find(hash, |entry| entry.short == short) {
            Some(entry) => entry.code,
            None => self.insert(name, short, hash),
        }
    }

    fn intern_long(&mut self, name: &str) -> Code {
        let hash = self.hasher.hash_one(name);
        let short = Short { words: (hash, 0), len: u32::try_from(name.len()).unwrap_or(u32::MAX) };
        let is_it = |entry: &Entry| entry.short == short && text(&self.texts, &self.ends, entry.code) == name;
        match self.codes.find(hash, is_it) {
            Some(entry) => entry.code,
            None => self.insert(name, short, hash),
        }
    }

    #[cold]
    fn insert(&mut self, name: &str, short: Short, hash: u64) -> Code {
        let Dictionary { texts, ends, codes, hasher } = self;
        texts.push_str(name);
        ends.push(texts.len());
        let code = Code::try_from(ends.len()).expect("a log of four billion different names does not fit in memory");
        let is_short = |short: &Short| short.len as usize <= SHORT_BYTES;
        let hash_of = |short: &Short| if is_short(short) { short.hash(hasher) } else { short.words.0 };
        codes.insert_unique(hash, Entry { short, code }, |entry| hash_of(&entry.short));
        code
    }

    /// Adds a name that is not looked for by its text.
    pub(super) fn push(&mut self, name: &str) {
        self.texts.push_str(name);
        self.ends.push(self.texts.len());
    }

    /// The texts as bytes for a file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let ends = self.ends.iter().flat_map(|end| (*end as u64).to_le_bytes());
        let count = (self.ends.len() as u64).to_le_bytes();
        count.into_iter().chain(ends).chain(self.texts.bytes()).collect()
    }

    /// Adds the texts that were written by [`to_bytes`](Dictionary::to_bytes); `None` when the bytes are something else.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Option<()> {
        let (count, rest) = bytes.split_first_chunk()?;
        let ends = usize::try_from(u64::from_le_bytes(*count)).ok()?.checked_mul(8)?;
        let (ends, texts) = rest.split_at_checked(ends)?;
        let texts = std::str::from_utf8(texts).ok()?;
        let mut start = 0;
        for end in ends.as_chunks().0 {
            let end = usize::try_from(u64::from_le_bytes(*end)).ok()?;
            self.push(texts.get(start..end)?);
            start = end;
        }
        Some(())
    }

    /// The text of a code, `None` for [`MISSING`].
    pub fn name(&self, code: Code) -> Option<&str> {
        (code != MISSING).then(|| text(&self.texts, &self.ends, code))
    }

    /// All texts with their codes, without the missing one.
    pub fn iter(&self) -> impl Iterator<Item = (Code, &str)> {
        (1..).zip(&self.ends).map(|(code, _)| (code, text(&self.texts, &self.ends, code)))
    }

    /// The number of codes, the missing one included.
    pub fn len(&self) -> usize {
        self.ends.len() + 1
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

fn text<'a>(texts: &'a str, ends: &[usize], code: Code) -> &'a str {
    let at = code as usize - 1;
    &texts[if at == 0 { 0 } else { ends[at - 1] }..ends[at]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_code_and_a_code_one_text() {
        let mut names = Dictionary::default();
        assert!(names.is_empty());
        let codes = ["a", "", "b", "a", "ab"].map(|name| names.intern(name));
        assert_eq!(codes, [1, 2, 3, 1, 4]);
        assert_eq!((names.name(3), names.name(2), names.name(MISSING)), (Some("b"), Some(""), None));
        assert_eq!(names.len(), 5);
        assert_eq!(names.iter().collect::<Vec<_>>(), [(1, "a"), (2, ""), (3, "b"), (4, "ab")]);
    }

    #[test]
    fn texts_of_any_length_that_differ_anywhere_have_codes_of_their_own() {
        let mut names = Dictionary::default();
        let mut texts: Vec<String> = Vec::new();
        for len in 0..40 {
            texts.push("\0".repeat(len));
            texts.extend((0..len).map(|at| format!("{}b{}", "\0".repeat(at), "\0".repeat(len - at - 1))));
        }
        for _ in 0..2 {
            let codes: Vec<Code> = texts.iter().map(|text| names.intern(text)).collect();
            assert_eq!(codes, (1..).take(texts.len()).collect::<Vec<Code>>());
        }
        assert!(names.iter().zip(&texts).all(|((_, name), text)| name == text));
    }
}
