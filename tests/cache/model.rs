//! The model: whatever happens to a log and to its cache, the answer is the one without a cache.

use super::world::{Clock, World, answer_to};
use crate::oracle::config;
use crate::oracle::model::line;
use crate::oracle::questions::question;
use flate2::Compression;
use flate2::write::GzEncoder;
use prompt_analytics::query::Query;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::fmt;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;

/// What happens between two readings.
#[derive(Clone)]
enum Action {
    /// Whole lines at the end of a file that has this name, or a new one.
    Append(&'static str, Vec<Vec<u8>>),
    /// One line after the other, with a reading after each.
    Drip(&'static str, Vec<Vec<u8>>),
    /// A piece of a line.
    Torn(&'static str, Vec<u8>, Index),
    /// The rest of it, with or without its newline.
    Complete(bool),
    /// To another name, or into a folder.
    Rename(Index, &'static str),
    /// Copied to another name and emptied.
    CopyTruncate(Index, &'static str),
    /// Packed beside or instead.
    Compress(Index, &'static str, bool),
    Unpack(Index),
    Delete(Index),
    Truncate(Index, Index),
    /// Its lines in another order, in place.
    Reverse(Index),
    /// One byte is another.
    Edit(Index, Index, u8),
    HardLink(Index, &'static str),
    Symlink(Index, &'static str),
    /// To the cache: a bit, the end, a file, its version, all.
    FlipBit(Index, Index, u8),
    CutCache(Index, Index),
    DeleteCache(Index),
    OtherVersion(Index),
    DeleteAll,
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |lines: &[Vec<u8>]| {
            lines.iter().map(|line| format!("\n    {}", String::from_utf8_lossy(line))).collect::<String>()
        };
        match self {
            Action::Append(name, lines) => write!(f, "append to {name}{}", text(lines)),
            Action::Drip(name, lines) => write!(f, "drip to {name}{}", text(lines)),
            Action::Torn(name, line, at) => write!(f, "torn in {name} {at:?} of {}", String::from_utf8_lossy(line)),
            Action::Complete(is_ended) => write!(f, "complete {is_ended}"),
            Action::Rename(at, to) => write!(f, "rename {at:?} {to}"),
            Action::CopyTruncate(at, to) => write!(f, "copytruncate {at:?} {to}"),
            Action::Compress(at, ending, is_kept) => write!(f, "compress {at:?} {ending} {is_kept}"),
            Action::Unpack(at) => write!(f, "unpack {at:?}"),
            Action::Delete(at) => write!(f, "delete {at:?}"),
            Action::Truncate(at, to) => write!(f, "truncate {at:?} {to:?}"),
            Action::Reverse(at) => write!(f, "reverse {at:?}"),
            Action::Edit(at, byte, to) => write!(f, "edit {at:?} {byte:?} {to}"),
            Action::HardLink(at, to) => write!(f, "hard link {at:?} {to}"),
            Action::Symlink(at, to) => write!(f, "symlink {at:?} {to}"),
            Action::FlipBit(at, byte, bit) => write!(f, "flip bit {at:?} {byte:?} {bit}"),
            Action::CutCache(at, to) => write!(f, "cut cache {at:?} {to:?}"),
            Action::DeleteCache(at) => write!(f, "delete of cache {at:?}"),
            Action::OtherVersion(at) => write!(f, "other version {at:?}"),
            Action::DeleteAll => write!(f, "delete the cache"),
        }
    }
}

/// Names to write to, and to move to.
const LIVE: [&str; 3] = ["b.jsonl", "d.jsonl", "deep/er.jsonl"];
const ARCHIVED: [&str; 5] = ["a.jsonl", "b-1.jsonl", "c.jsonl", "deep/a.jsonl", "z.jsonl"];

fn action() -> impl Strategy<Value = Action> {
    let at = any::<Index>;
    let lines = |count| proptest::collection::vec(line(), 1..count);
    let whole = |lines: Vec<Vec<u8>>| lines.into_iter().filter(|line| !line.contains(&b'\n')).collect();
    prop_oneof![
        8 => (select(&LIVE[..]), lines(8)).prop_map(move |(name, lines)| Action::Append(name, whole(lines))),
        2 => (select(&LIVE[..]), lines(6)).prop_map(|(name, lines)| Action::Drip(name, lines)),
        3 => (select(&LIVE[..]), line(), at()).prop_map(|(name, line, at)| Action::Torn(name, line, at)),
        3 => any::<bool>().prop_map(Action::Complete),
        3 => (at(), select(&ARCHIVED[..])).prop_map(|(at, to)| Action::Rename(at, to)),
        1 => (at(), select(&ARCHIVED[..])).prop_map(|(at, to)| Action::CopyTruncate(at, to)),
        3 => (at(), select(&["gz", "zst"][..]), any::<bool>()).prop_map(|(at, to, kept)| Action::Compress(at, to, kept)),
        1 => at().prop_map(Action::Unpack),
        1 => at().prop_map(Action::Delete),
        1 => (at(), at()).prop_map(|(at, to)| Action::Truncate(at, to)),
        1 => at().prop_map(Action::Reverse),
        1 => (at(), at(), any::<u8>()).prop_map(|(at, byte, to)| Action::Edit(at, byte, to)),
        1 => (at(), select(&ARCHIVED[..])).prop_map(|(at, to)| Action::HardLink(at, to)),
        1 => (at(), select(&ARCHIVED[..])).prop_map(|(at, to)| Action::Symlink(at, to)),
        2 => (at(), at(), 0_u8..8).prop_map(|(at, byte, bit)| Action::FlipBit(at, byte, bit)),
        1 => (at(), at()).prop_map(|(at, to)| Action::CutCache(at, to)),
        1 => at().prop_map(Action::DeleteCache),
        1 => at().prop_map(Action::OtherVersion),
        1 => Just(Action::DeleteAll),
    ]
}

/// A question, which takes a page to print and has never yet been at fault.
#[derive(Clone)]
struct Asked(Query);

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "by {:?} every {:?} in {:?}", self.0.by, self.0.every, self.0.period)
    }
}

/// An action, whether the log is read after it, by which clock and with how many threads.
type Step = (Action, bool, Clock, usize);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let clock = prop_oneof![3 => Just(Clock::Real), 1 => Just(Clock::Later)];
    proptest::collection::vec((action(), prop::bool::weighted(0.7), clock, 1_usize..3), 2..24)
}

/// The world, and the rest of a line that was torn.
struct Run {
    world: World,
    query: Query,
    torn: Option<(&'static str, Vec<u8>)>,
}

fn joined(lines: &[Vec<u8>]) -> Vec<u8> {
    lines.iter().flat_map(|line| line.iter().chain(b"\n")).copied().collect()
}

fn packed(ending: &str, bytes: &[u8]) -> Vec<u8> {
    if ending == "zst" {
        return zstd::encode_all(bytes, 1).expect("memory takes everything");
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

fn unpacked(path: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    if path.ends_with(".zst") {
        return zstd::decode_all(bytes).ok();
    }
    let mut content = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut content).ok()?;
    Some(content)
}

impl Run {
    fn file(&self, at: Index) -> Option<PathBuf> {
        let names = self.world.names();
        (!names.is_empty()).then(|| self.world.log().join(at.get(&names)))
    }

    fn plain(&self, at: Index) -> Option<PathBuf> {
        self.file(at).filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
    }

    fn cache_file(&self, at: Index) -> Option<PathBuf> {
        let files = self.world.cache_files();
        (!files.is_empty()).then(|| at.get(&files).clone())
    }

    /// A name to move a file to; of an archive it keeps the ending.
    fn target(&self, from: &std::path::Path, to: &str) -> PathBuf {
        let ending = from.extension().and_then(|ending| ending.to_str()).filter(|ending| *ending != "jsonl");
        let to = self.world.log().join(ending.map_or(to.to_owned(), |ending| format!("{to}.{ending}")));
        fs::create_dir_all(to.parent().expect("a parent")).expect("a directory");
        to
    }

    /// Does it, and says whether the log must be read before anything else happens: what is edited in the middle of a file
    /// that grows before it is looked at is not found.
    fn act(&mut self, action: &Action, threads: usize) -> bool {
        let world = &self.world;
        match action {
            Action::Append(name, lines) => self.append(name, &joined(lines)),
            Action::Drip(name, lines) => {
                for line in lines {
                    self.append(name, &joined(std::slice::from_ref(line)));
                    drop(self.world.cached_at(Clock::Real, threads));
                }
            }
            Action::Torn(name, line, at) => {
                let cut = at.index(line.len() + 1);
                self.append(name, &line[..cut]);
                self.torn = Some((name, line[cut..].to_vec()));
            }
            Action::Complete(is_ended) => {
                if let Some((name, mut rest)) = self.torn.take() {
                    rest.extend(is_ended.then_some(b'\n'));
                    self.append(name, &rest);
                }
            }
            Action::Rename(at, to) => {
                if let Some(from) = self.file(*at) {
                    let _ = fs::rename(&from, self.target(&from, to));
                }
            }
            Action::CopyTruncate(at, to) => {
                if let Some(from) = self.file(*at) {
                    let to = self.target(&from, to);
                    if fs::canonicalize(&from).ok() != fs::canonicalize(&to).ok() && fs::copy(&from, &to).is_ok() {
                        let _ = fs::write(&from, "");
                    }
                }
            }
            Action::Compress(at, ending, is_kept) => {
                if let Some(from) = self.plain(*at) {
                    let bytes = fs::read(&from).unwrap_or_default();
                    fs::write(format!("{}.{ending}", from.display()), packed(ending, &bytes)).expect("a file");
                    if !is_kept {
                        let _ = fs::remove_file(&from);
                    }
                }
            }
            Action::Unpack(at) => {
                if let Some(from) =
                    self.file(*at).filter(|path| path.extension().is_some_and(|ending| ending != "jsonl"))
                {
                    let to = from.with_extension("");
                    let content = unpacked(&from.display().to_string(), &fs::read(&from).unwrap_or_default());
                    if let Some(content) = content.filter(|_| !to.exists()) {
                        fs::write(to, content).expect("a file");
                        let _ = fs::remove_file(&from);
                    }
                }
            }
            Action::Delete(at) => drop(self.file(*at).map(fs::remove_file)),
            Action::Truncate(at, to) => {
                if let Some(file) = self.file(*at).and_then(|path| fs::OpenOptions::new().write(true).open(path).ok()) {
                    let bytes = usize::try_from(file.metadata().expect("metadata").len()).expect("a small file");
                    file.set_len(to.index(bytes + 1) as u64).expect("a shorter file");
                }
            }
            Action::Reverse(at) => {
                if let Some(path) = self.plain(*at) {
                    let bytes = fs::read(&path).unwrap_or_default();
                    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
                    lines.reverse();
                    let _ = fs::write(&path, lines.concat());
                    return true;
                }
            }
            Action::Edit(at, byte, to) => {
                if let Some(path) = self.file(*at) {
                    let mut bytes = fs::read(&path).unwrap_or_default();
                    if !bytes.is_empty() {
                        let byte = byte.index(bytes.len());
                        bytes[byte] = *to;
                        let _ = fs::write(&path, bytes);
                        return true;
                    }
                }
            }
            Action::HardLink(at, to) => {
                if let Some(from) = self.file(*at) {
                    let _ = fs::hard_link(&from, self.target(&from, to));
                }
            }
            Action::Symlink(at, to) => {
                if let Some(from) = self.file(*at) {
                    let _ = std::os::unix::fs::symlink(&from, self.target(&from, to));
                }
            }
            Action::FlipBit(at, byte, bit) => self.damage(*at, |bytes| {
                if !bytes.is_empty() {
                    let byte = byte.index(bytes.len());
                    bytes[byte] ^= 1 << bit;
                }
            }),
            Action::CutCache(at, to) => self.damage(*at, |bytes| bytes.truncate(to.index(bytes.len() + 1))),
            Action::DeleteCache(at) => drop(self.cache_file(*at).map(fs::remove_file)),
            Action::OtherVersion(at) => self.damage(*at, |bytes| {
                if let Some(byte) = bytes.iter_mut().skip(25).find(|byte| **byte == 1 || **byte == b'1') {
                    *byte += 1;
                }
            }),
            Action::DeleteAll => drop(fs::remove_dir_all(world.root())),
        }
        false
    }

    fn append(&self, name: &str, bytes: &[u8]) {
        let path = self.world.log().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        let file = fs::OpenOptions::new().create(true).append(true).open(path);
        file.and_then(|mut file| file.write_all(bytes)).expect("room for it");
    }

    fn damage(&self, at: Index, how: impl FnOnce(&mut Vec<u8>)) {
        if let Some(path) = self.cache_file(at) {
            let mut bytes = fs::read(&path).expect("a file of the cache");
            how(&mut bytes);
            fs::write(&path, bytes).expect("a file of the cache");
        }
    }

    /// Reads the log with and without the cache.
    fn check(&self, clock: Clock, threads: usize) -> Result<(), TestCaseError> {
        let before = self.world.bytes();
        let fresh = self.world.fresh();
        let expected = answer_to(&fresh, &self.query);
        let mut cached = self.world.cached_at(clock, threads);
        let mut answer = answer_to(&cached, &self.query);
        prop_assert!(cached.notices.len() <= 1, "{:?}", cached.notices);
        if cached.damage().is_some() {
            drop(cached);
            cached = self.world.made_again(clock, threads);
            answer = answer_to(&cached, &self.query);
        }
        prop_assert_eq!(&expected, &answer);
        drop(cached);
        let again = self.world.cached_at(clock, threads);
        prop_assert_eq!(&expected, &answer_to(&again, &self.query));
        prop_assert_eq!(&again.notices, &Vec::<String>::new());
        prop_assert!(again.damage().is_none());
        // What has no newline is parsed again, and what can only be unpacked in part.
        if again.coverage.unreadable.is_empty() {
            prop_assert!(again.work.lines_parsed <= again.coverage.files, "{:?}", again.work);
        }
        prop_assert_eq!(before, self.world.bytes());
        Ok(())
    }
}

proptest! {
    #![proptest_config(config(16))]

    #[test]
    fn whatever_happens_to_a_log_and_its_cache_the_answer_is_that_without_one(steps in steps(), query in question().prop_map(Asked)) {
        let mut run = Run { world: World::new(), query: query.0, torn: None };
        for (action, is_read, clock, threads) in &steps {
            let must_be_read = run.act(action, *threads);
            if *is_read || must_be_read {
                run.check(*clock, *threads)?;
            }
        }
        run.check(Clock::Real, 1)?;
    }
}
