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

/// A text's place in the table: its hash spares most comparisons.
#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u64,
    code: Code,
}

impl Dictionary {
    /// The code of `name`, a new one where it was not known.
    ///
    /// # Panics
    /// There are four billion different names.
    pub fn intern(&mut self, name: &str) -> Code {
        let hash = self.hasher.hash_one(name);
        let Dictionary { texts, ends, codes, .. } = self;
        let is_it = |entry: &Entry| entry.hash == hash && text(texts, ends, entry.code) == name;
        if let Some(entry) = codes.find(hash, is_it) {
            return entry.code;
        }
        texts.push_str(name);
        ends.push(texts.len());
        let code = Code::try_from(ends.len()).expect("a log of four billion different names does not fit in memory");
        codes.insert_unique(hash, Entry { hash, code }, |entry| entry.hash);
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
}
