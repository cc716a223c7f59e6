//! Paths as text that gives the same path back, whatever bytes are in it: what is no UTF-8, a control character or `%` is
//! written as `%` and two hexadecimal digits. For `#[serde(with = "…")]`.

use serde::{Deserialize as _, Deserializer, Serializer, de};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&written(path))
}

/// # Errors
/// Those of the deserializer, and a `%` without its digits.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let text = String::deserialize(deserializer)?;
    read(&text).ok_or_else(|| de::Error::custom("a `%` has two hexadecimal digits"))
}

fn written(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_ascii_control() || character == '%' {
                let _ = write!(text, "%{:02x}", u32::from(character));
            } else {
                text.push(character);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "%{byte:02x}");
        }
    }
    text
}

fn read(text: &str) -> Option<PathBuf> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    Some(OsString::from_vec(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_path_comes_back_the_same() {
        let cases: [(&[u8], &str); 5] = [
            (b"events-2026-11.jsonl", "events-2026-11.jsonl"),
            ("laptop/größe.jsonl".as_bytes(), "laptop/größe.jsonl"),
            (b"100%.jsonl", "100%25.jsonl"),
            (b"a\nb\x7f.jsonl", "a%0ab%7f.jsonl"),
            (b"\xff\xc3.jsonl", "%ff%c3.jsonl"),
        ];
        for (bytes, text) in cases {
            let path = Path::new(std::ffi::OsStr::from_bytes(bytes));
            assert_eq!(written(path), text);
            assert_eq!(read(text).unwrap(), path);
        }
        for text in ["%", "%4", "%+1", "a%zz", "%é"] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
