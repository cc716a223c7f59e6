//! Identities of imported events: a hash of what the record is and where it stands, never of what was made of it. So the
//! same record has the same identity in every copy of its file, under every map, today and after the file has grown.

use sha2::{Digest, Sha256};

/// 128 bits of SHA-256; written as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Id(u128);

impl Id {
    /// The identity of parts; where one part ends and the next begins counts.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Id {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let digest = hash.finalize();
        Id(digest.iter().take(16).fold(0, |id, byte| id << 8 | u128::from(*byte)))
    }

    /// The identity of a record that stands after all that this one identifies. Two files are told apart from the first
    /// record on in which they differ, and a record keeps its identity however much is appended after it.
    #[must_use]
    pub fn then(self, record: Id) -> Id {
        Id::of([&self.0.to_le_bytes()[..], &record.0.to_le_bytes()])
    }

    pub fn text(self) -> String {
        format!("{:032x}", self.0)
    }

    /// The identity that `text` is, if an import wrote it.
    pub fn read(text: &str) -> Option<Id> {
        let is_ours = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_ours.then(|| u128::from_str_radix(text, 16).ok().map(Id)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_made_of_what_stands_before_a_record_and_of_itself() {
        // printf '\1\0\0\0\0\0\0\0a' | sha256sum | head -c 32
        assert_eq!(Id::of([&b"a"[..]]).text(), "ae6121c88ba555f64c3d812123eb799d");
        assert_ne!(Id::of([&b"ab"[..], b"c"]), Id::of([&b"a"[..], b"bc"]));
        let (head, record) = (Id::of([&b"head"[..]]), Id::of([&b"record"[..]]));
        let id = head.then(record);
        assert_ne!(id, id.then(record), "the same record again is another one");
        assert_ne!(id, record.then(record));
        assert_eq!(Id::read(&id.text()), Some(id));
        assert_eq!(Id::read("01ARZ3NDEKTSV4RRFFQ69G5FAV"), None);
        assert_eq!(Id::read(&"G".repeat(32)), None);
    }
}
