//! Digests: 128 bits that stand for bytes. They tell a changed log from the same one; they are no guard against a person
//! who wants two logs to look alike, who could as well edit the answer.

use serde::{Deserialize, Serialize};
use std::fmt;
use twox_hash::XxHash3_128;
use twox_hash::xxhash3_128::Hasher;

/// What stands for some bytes; written as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Digest(u128);

impl Digest {
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(XxHash3_128::oneshot(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Digest, Self::Error> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digest = is_hex.then(|| u128::from_str_radix(&text, 16).ok()).flatten();
        digest.map(Digest).ok_or("a digest has 32 hexadecimal digits")
    }
}

/// A digest in the making.
#[derive(Clone, Default)]
pub struct Digester(Hasher);

impl Digester {
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    /// The digest of all bytes so far.
    pub fn digest(&self) -> Digest {
        Digest(self.0.finish_128())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_that_of_the_bytes_however_they_arrive() {
        let bytes: Vec<u8> = (0..=255).cycle().take(5_000).collect();
        for cut in [0, 1, 64, 4_999, 5_000] {
            let mut digester = Digester::default();
            digester.update(&bytes[..cut]);
            digester.update(&bytes[cut..]);
            assert_eq!(digester.digest(), Digest::of(&bytes));
        }
        assert_ne!(Digest::of(&bytes), Digest::of(&bytes[1..]));
    }

    #[test]
    fn a_digest_is_read_as_it_was_written() {
        for digest in [Digest::of(b""), Digest::of(b"x"), Digest(1), Digest(u128::MAX)] {
            let text = serde_json::to_string(&digest).unwrap();
            assert_eq!(text.len(), 34);
            assert_eq!(serde_json::from_str::<Digest>(&text).unwrap(), digest);
        }
        for text in ["\"\"", "\"1\"", "\"+0000000000000000000000000000001\"", "7"] {
            assert!(serde_json::from_str::<Digest>(text).is_err(), "{text}");
        }
    }
}
