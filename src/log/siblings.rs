//! Siblings: one log in two forms. `x.jsonl` and the `x.jsonl.gz` made of it are told by their content, and counted once.

use super::checkpoint::Stamp;
use super::lines::{fill, unpacking};
use super::path_text;
use super::sources::{Encoding, Source};
use crate::coverage::Unreadable;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

const BLOCK_BYTES: usize = 1 << 18;

/// How the contents of two files lie to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overlap {
    Equal,
    /// The first one is where the second one begins.
    FirstInSecond,
    SecondInFirst,
    /// As are an empty file and any other.
    Different,
}

/// A comparison of siblings, good as long as their stamps are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sibling {
    /// Relative to the metrics directory.
    #[serde(with = "path_text")]
    pub first: PathBuf,
    pub first_stamp: Stamp,
    #[serde(with = "path_text")]
    pub second: PathBuf,
    pub second_stamp: Stamp,
    pub recorded_ns: i64,
    pub overlap: Overlap,
    /// Whether one of them can only be unpacked in part.
    pub is_damaged: bool,
}

/// The files of a directory without those whose content stands in a sibling.
pub struct Siblings {
    pub sources: Vec<Source>,
    /// Those, and where their content stands.
    pub left_out: Vec<Unreadable>,
    /// What was found, to be known next time.
    pub compared: Vec<Sibling>,
}

/// Leaves out of the files of `dir` each whose content is that of a sibling or a part of its beginning: of equals the
/// compressed one. Two that differ are both read, and so are two with equal content that are no siblings.
///
/// Files that cannot be read are left for the reader to name. `known` saves comparing again what has not changed since.
pub fn siblings(dir: &Path, sources: Vec<Source>, known: &[Sibling], now_ns: i64) -> Siblings {
    let mut families: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (at, source) in sources.iter().enumerate() {
        families.entry(stem(source)).or_default().push(at);
    }
    let (mut covered, mut compared) = (BTreeMap::new(), Vec::new());
    for mut family in families.into_values().filter(|family| family.len() > 1) {
        family.sort_by_key(|at| sources[*at].encoding != Encoding::Plain);
        for (place, second) in family.iter().enumerate() {
            for first in &family[..place] {
                if covered.contains_key(first) || covered.contains_key(second) {
                    continue;
                }
                let Some(sibling) = compare(dir, &sources[*first], &sources[*second], known, now_ns) else { continue };
                match sibling.overlap {
                    Overlap::Different => {}
                    Overlap::Equal | Overlap::SecondInFirst => drop(covered.insert(*second, words(&sibling, true))),
                    Overlap::FirstInSecond => drop(covered.insert(*first, words(&sibling, false))),
                }
                compared.push(sibling);
            }
        }
    }
    let sources = sources.into_iter().enumerate().filter(|(at, _)| !covered.contains_key(at));
    let sources = sources.map(|(_, source)| source).collect();
    Siblings { sources, left_out: covered.into_values().collect(), compared }
}

/// What to say of the one that is left out.
fn words(sibling: &Sibling, is_second: bool) -> Unreadable {
    let names = (sibling.first.display(), sibling.second.display());
    let (file, other) = if is_second { (names.1, names.0) } else { names };
    let relation = if sibling.overlap == Overlap::Equal { "the same as" } else { "a part of" };
    let limit = if sibling.is_damaged && is_second { ", as far as it can be unpacked" } else { "" };
    Unreadable { file: file.to_string(), why: format!("{relation} {other}{limit}") }
}

/// The path without the ending that says how the file is packed.
fn stem(source: &Source) -> &[u8] {
    let path = source.path.as_os_str().as_bytes();
    let ending: &[u8] = match source.encoding {
        Encoding::Plain => b"",
        Encoding::Gzip => b".gz",
        Encoding::Zstd => b".zst",
    };
    path.strip_suffix(ending).unwrap_or(path)
}

fn relative<'a>(dir: &Path, source: &'a Source) -> &'a Path {
    source.path.strip_prefix(dir).unwrap_or(&source.path)
}

/// `None` if one of them cannot be read at all.
fn compare(dir: &Path, first: &Source, second: &Source, known: &[Sibling], now_ns: i64) -> Option<Sibling> {
    let (first_stamp, second_stamp) = (Stamp::of(&first.path).ok()?, Stamp::of(&second.path).ok()?);
    let (first_name, second_name) = (relative(dir, first), relative(dir, second));
    let known = known.iter().find(|known| {
        let is = |stamp: Stamp, recorded: Stamp| stamp.is_like(&recorded) && !stamp.is_racy(known.recorded_ns);
        (known.first.as_path(), known.second.as_path()) == (first_name, second_name)
            && is(first_stamp, known.first_stamp)
            && is(second_stamp, known.second_stamp)
    });
    if let Some(known) = known {
        return Some(known.clone());
    }
    let content = |source: &Source| unpacking(File::open(&source.path)?, source.encoding);
    let contents = [(first.encoding, content(first).ok()?), (second.encoding, content(second).ok()?)];
    let (overlap, is_damaged) = overlap(contents).ok()?;
    let (first, second) = (first_name.to_owned(), second_name.to_owned());
    Some(Sibling { first, first_stamp, second, second_stamp, recorded_ns: now_ns, overlap, is_damaged })
}

/// How two contents lie to each other, and whether one is damaged. A damaged archive ends where the damage is: it may be
/// one that is being written, from the very file beside it.
///
/// # Errors
/// A file that is no archive cannot be read.
fn overlap(contents: [(Encoding, Box<dyn Read>); 2]) -> io::Result<(Overlap, bool)> {
    let [(of_first, mut first), (of_second, mut second)] = contents;
    let (mut a, mut b) = (vec![0; BLOCK_BYTES], vec![0; BLOCK_BYTES]);
    let mut is_start = true;
    loop {
        let (in_first, first_result) = fill(&mut first, &mut a);
        let (in_second, second_result) = fill(&mut second, &mut b);
        let is_damaged = is_damage(of_first, first_result)? || is_damage(of_second, second_result)?;
        let both = in_first.min(in_second);
        if a[..both] != b[..both] || is_start && both == 0 {
            return Ok((Overlap::Different, is_damaged));
        }
        is_start = false;
        match in_first.cmp(&in_second) {
            Ordering::Less => return Ok((Overlap::FirstInSecond, is_damaged)),
            Ordering::Greater => return Ok((Overlap::SecondInFirst, is_damaged)),
            Ordering::Equal if both < BLOCK_BYTES => return Ok((Overlap::Equal, is_damaged)),
            Ordering::Equal => {}
        }
    }
}

fn is_damage(encoding: Encoding, result: io::Result<()>) -> io::Result<bool> {
    match result {
        Err(error) if encoding == Encoding::Plain => Err(error),
        result => Ok(result.is_err()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::sources;
    use std::io::Write as _;

    const LATER_NS: i64 = i64::MAX / 2;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(content).unwrap();
        gzip.finish().unwrap()
    }

    fn found(dir: &Path, known: &[Sibling]) -> (Vec<String>, Vec<String>, Vec<Sibling>) {
        let found = siblings(dir, sources(dir).unwrap().0, known, LATER_NS);
        let read = found.sources.iter().map(|source| relative(dir, source).display().to_string());
        let left_out = found.left_out.iter().map(|file| format!("{}: {}", file.file, file.why));
        (read.collect(), left_out.collect(), found.compared)
    }

    #[test]
    fn one_log_in_two_forms_is_read_once() {
        let long: Vec<u8> = (0..200_000).flat_map(|line| format!("{line}\n").into_bytes()).collect();
        let torn = &gzip(&long)[..100_000];
        let cases: [(&str, &[u8], &[u8], &str); 8] = [
            ("equal", b"1\n2\n", &gzip(b"1\n2\n"), "x.jsonl.gz: the same as x.jsonl"),
            ("longer than a block", &long, &gzip(&long), "x.jsonl.gz: the same as x.jsonl"),
            ("appended to since", b"1\n2\n3\n", &gzip(b"1\n2\n"), "x.jsonl.gz: a part of x.jsonl"),
            ("cut since", b"1\n", &gzip(b"1\n2\n"), "x.jsonl: a part of x.jsonl.gz"),
            ("begun anew", b"", &gzip(b"1\n2\n"), ""),
            ("different", b"1\n3\n", &gzip(b"1\n2\n"), ""),
            ("being compressed", &long, torn, "x.jsonl.gz: a part of x.jsonl, as far as it can be unpacked"),
            ("no archive", b"1\n", b"1\n", ""),
        ];
        for (name, plain, packed, expected) in cases {
            let home = tempfile::tempdir().unwrap();
            std::fs::write(home.path().join("x.jsonl"), plain).unwrap();
            std::fs::write(home.path().join("x.jsonl.gz"), packed).unwrap();
            let (read, left_out, _) = found(home.path(), &[]);
            assert_eq!(left_out.join("; "), expected, "{name}");
            assert_eq!(read.len() + left_out.len(), 2, "{name}");
        }
    }

    #[test]
    fn equal_files_that_are_no_siblings_are_both_read() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("old")).unwrap();
        for (name, content) in [("x.jsonl", &b"1\n"[..]), ("y.jsonl", b"1\n"), ("old/x.jsonl.gz", &gzip(b"1\n"))] {
            std::fs::write(home.path().join(name), content).unwrap();
        }
        let (read, left_out, _) = found(home.path(), &[]);
        assert_eq!((read.len(), left_out.len()), (3, 0));
    }

    #[test]
    fn of_three_forms_one_is_read() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("x.jsonl.gz"), gzip(b"1\n")).unwrap();
        std::fs::write(home.path().join("x.jsonl.zst"), zstd::encode_all(&b"1\n2\n"[..], 1).unwrap()).unwrap();
        assert_eq!(found(home.path(), &[]).1, ["x.jsonl.gz: a part of x.jsonl.zst"]);
        std::fs::write(home.path().join("x.jsonl"), "1\n2\n").unwrap();
        let expected = ["x.jsonl.gz: a part of x.jsonl", "x.jsonl.zst: the same as x.jsonl"];
        assert_eq!(found(home.path(), &[]).1, expected);
    }

    #[test]
    fn what_was_compared_is_known_until_a_file_changes() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("x.jsonl"), "1\n").unwrap();
        std::fs::write(home.path().join("x.jsonl.gz"), gzip(b"1\n")).unwrap();
        let (_, left_out, mut compared) = found(home.path(), &[]);
        assert_eq!(left_out.len(), 1);
        // Told otherwise, it does not look.
        compared[0].overlap = Overlap::Different;
        let text = serde_json::to_string(&compared).unwrap();
        let known: Vec<Sibling> = serde_json::from_str(&text).unwrap();
        assert_eq!(found(home.path(), &known).1.len(), 0);
        std::fs::write(home.path().join("x.jsonl"), "1\n2\n").unwrap();
        assert_eq!(found(home.path(), &known).1.len(), 1);
    }
}
