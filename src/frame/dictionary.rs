//! Dictionaries: texts as small integers. Code 0 is the missing text.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// A text of a dictionary.
pub type Code = u32;

/// The code of no text.
pub const MISSING: Code = 0;

/// Texts by code. Codes depend on the order of arrival, so nothing that is shown may depend on codes.
#[derive(Clone, Debug)]
pub struct Dictionary {
    names: Vec<Box<str>>,
    codes: HashTable<Code>,
    hasher: DefaultHashBuilder,
}

impl Default for Dictionary {
    fn default() -> Dictionary {
        Dictionary { names: vec!["".into()], codes: HashTable::new(), hasher: DefaultHashBuilder::default() }
    }
}

impl Dictionary {
    /// The code of `name`, a new one where it was not known.
    ///
    /// # Panics
    /// There are four billion different names.
    pub fn intern(&mut self, name: &str) -> Code {
        let Dictionary { names, codes, hasher } = self;
        let hash = hasher.hash_one(name);
        let entry =
            codes.entry(hash, |code| &*names[*code as usize] == name, |code| hasher.hash_one(&*names[*code as usize]));
        *entry
            .or_insert_with(|| {
                names.push(name.into());
                Code::try_from(names.len() - 1).expect("a log of four billion different names does not fit in memory")
            })
            .get()
    }

    /// The text of a code, `None` for [`MISSING`].
    pub fn name(&self, code: Code) -> Option<&str> {
        (code != MISSING).then(|| &*self.names[code as usize])
    }

    /// All texts with their codes, without the missing one.
    pub fn iter(&self) -> impl Iterator<Item = (Code, &str)> {
        (MISSING..).zip(&self.names).skip(1).map(|(code, name)| (code, &**name))
    }

    /// The number of codes, the missing one included.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn is_empty(&self) -> bool {
        self.names.len() == 1
    }
}
