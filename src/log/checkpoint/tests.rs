//! Tests of checkpoints: a file and what may happen to it.

use super::*;
use crate::log::{sources, take};
use std::io::Write as _;
use std::path::PathBuf;

const LATER_NS: i64 = i64::MAX / 2;

struct Log {
    _home: tempfile::TempDir,
    path: PathBuf,
}

impl Log {
    fn new(name: &str, content: impl AsRef<[u8]>) -> Log {
        let home = tempfile::tempdir().unwrap();
        let log = Log { path: home.path().join(name), _home: home };
        std::fs::write(&log.path, content).unwrap();
        log
    }

    fn source(&self) -> Source {
        let is_packed = self.path.extension().is_some_and(|extension| extension == "gz");
        let encoding = if is_packed { Encoding::Gzip } else { Encoding::Plain };
        Source { path: self.path.clone(), encoding, bytes: std::fs::metadata(&self.path).unwrap().len() }
    }

    fn stamp(&self) -> Stamp {
        Stamp::of(&self.path).unwrap()
    }

    /// The checkpoint of the whole file, recorded when its clock had long ticked on.
    fn checkpoint(&self) -> Checkpoint {
        let source = self.source();
        let taken = take(&source, 0..u64::MAX, true, |_| {}).unwrap();
        Checkpoint::new(&source, self.stamp(), LATER_NS, &[taken]).unwrap()
    }

    fn append(&self, content: &str) {
        File::options().append(true).open(&self.path).unwrap().write_all(content.as_bytes()).unwrap();
    }

    fn compared(&self, checkpoint: &Checkpoint) -> (Change, u64) {
        let comparison = compare(checkpoint, &self.source()).unwrap();
        assert_eq!(comparison.stamp, self.stamp());
        (comparison.change, comparison.bytes_read)
    }
}

/// Some 70 kB.
fn content() -> String {
    (0..10_000).fold(String::new(), |text, line| text + &format!("{line:6}\n"))
}

fn gzip(content: &str, level: u32) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    gzip.write_all(content.as_bytes()).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn a_file_left_alone_is_not_read() {
    for (name, bytes) in
        [("x.jsonl", content().into_bytes()), ("x.jsonl", b"torn".to_vec()), ("x.jsonl.gz", gzip("1\n2", 6))]
    {
        let log = Log::new(name, bytes);
        assert_eq!(log.compared(&log.checkpoint()), (Change::Same, 0));
    }
}

#[test]
fn a_checkpoint_says_what_was_taken() {
    let log = Log::new("x.jsonl", "1\n\n3\nto");
    let checkpoint = log.checkpoint();
    assert_eq!((checkpoint.committed, checkpoint.lines, checkpoint.pending), (5, 3, 2));
    let text = serde_json::to_string(&checkpoint).unwrap();
    assert_eq!(serde_json::from_str::<Checkpoint>(&text).unwrap(), checkpoint);
}

#[test]
fn of_a_file_that_grew_only_the_ends_are_read() {
    let log = Log::new("x.jsonl", content());
    let checkpoint = log.checkpoint();
    log.append("more");
    assert_eq!(log.compared(&checkpoint), (Change::Grown, 2 * END_BYTES));
}

#[test]
fn a_torn_line_that_is_completed_makes_a_file_grow() {
    let log = Log::new("x.jsonl", "whole\nto");
    let checkpoint = log.checkpoint();
    log.append("rn\n");
    assert_eq!(log.compared(&checkpoint).0, Change::Grown);
    let source = log.source();
    let taken = take(&source, checkpoint.committed..u64::MAX, true, |_| {}).unwrap();
    let checkpoint = checkpoint.extended(&source, log.stamp(), LATER_NS, &[taken]).unwrap();
    assert_eq!((checkpoint.committed, checkpoint.lines, checkpoint.pending), (11, 2, 0));
    assert_eq!(log.compared(&checkpoint), (Change::Same, 0));
}

#[test]
fn what_was_appended_before_the_stamp_but_not_read_is_not_forgotten() {
    let log = Log::new("x.jsonl", "1\n");
    let source = log.source();
    log.append("2\n");
    let taken = take(&source, 0..u64::MAX, true, |_| {}).unwrap();
    let checkpoint = Checkpoint::new(&source, log.stamp(), LATER_NS, &[taken]).unwrap();
    assert_eq!(checkpoint.committed, 2);
    assert_eq!(log.compared(&checkpoint), (Change::Grown, 0));
}

#[test]
fn a_file_with_its_old_content_is_the_same_whatever_was_done_to_it() {
    let log = Log::new("x.jsonl", content());
    let checkpoint = log.checkpoint();
    // Touched.
    File::open(&log.path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    let all = 2 * END_BYTES + checkpoint.committed;
    assert_eq!(log.compared(&checkpoint), (Change::Same, all));
    let seen = checkpoint.extended(&log.source(), log.stamp(), LATER_NS, &[]).unwrap();
    assert_eq!(log.compared(&seen), (Change::Same, 0));
    // Copied back.
    let copy = log.path.with_extension("copy");
    std::fs::copy(&log.path, &copy).unwrap();
    std::fs::rename(&copy, &log.path).unwrap();
    assert_eq!(log.compared(&seen), (Change::Same, all));
    // Touched, and only its torn end is another.
    let log = Log::new("x.jsonl", "1\nto");
    let checkpoint = log.checkpoint();
    std::fs::write(&log.path, "1\nt").unwrap();
    assert_eq!(log.compared(&checkpoint).0, Change::Grown);
}

#[test]
fn a_file_without_its_old_content_is_replaced() {
    let old = content();
    let edited = old.replace("  5000\n", "  5001\n");
    let longer_other_start = format!("other\n{old}");
    let longer_other_end = format!("{}y\n{old}", &old[..old.len() - 2]);
    for (name, new) in [
        ("shorter", &old[..100]),
        ("empty", ""),
        ("edited in the middle", &edited),
        ("longer, with another start", &longer_other_start),
        ("longer, with another end", &longer_other_end),
    ] {
        let log = Log::new("x.jsonl", &old);
        let checkpoint = log.checkpoint();
        let before = std::fs::metadata(&log.path).unwrap().modified().unwrap();
        std::fs::write(&log.path, new).unwrap();
        // As `touch -r` would hide it.
        File::open(&log.path).unwrap().set_modified(before).unwrap();
        let mut checkpoint = checkpoint;
        // The clock of the file system may not have ticked since, which only `is_racy` can know of.
        checkpoint.recorded_ns = checkpoint.stamp.ctime_ns;
        assert_eq!(log.compared(&checkpoint).0, Change::Replaced, "{name}");
    }
}

#[test]
fn a_file_recorded_right_after_it_changed_is_not_trusted_by_its_stamp() {
    let log = Log::new("x.jsonl", content());
    let mut checkpoint = log.checkpoint();
    std::fs::write(&log.path, content().replace("  5000\n", "  5001\n")).unwrap();
    // As if the clock had stood still.
    checkpoint.stamp = log.stamp();
    assert_eq!(log.compared(&checkpoint), (Change::Same, 0));
    checkpoint.recorded_ns = checkpoint.stamp.ctime_ns + 9_000_000;
    assert_eq!(log.compared(&checkpoint).0, Change::Replaced);
}

#[test]
fn how_long_a_stamp_is_not_trusted_depends_on_the_clock() {
    let second = NS_PER_SECOND;
    for (mtime_ns, ctime_ns, recorded_ns, is_racy) in [
        (1_000 * second, 1_000 * second, 1_001 * second, true),
        (1_000 * second, 1_000 * second, 1_002 * second, false),
        (1_000 * second + 1, 1_000 * second + 1, 1_000 * second + 50_000_000, true),
        (1_000 * second + 1, 1_000 * second + 1, 1_001 * second, false),
        // Copied with its times: only the ctime knows.
        (10 * second, 1_000 * second + 1, 1_000 * second + 1, true),
        // A file system without one.
        (1_000 * second, 0, 1_001 * second, true),
        // An mtime in the future says nothing, a ctime that the clock is not what it was.
        (9_000 * second, 1_000 * second, 1_002 * second, false),
        (1_000 * second, 9_000 * second, 1_002 * second, true),
        (i64::MIN, i64::MIN, i64::MAX, false),
    ] {
        let stamp = Stamp { device: 1, inode: 1, bytes: 1, mtime_ns, ctime_ns };
        assert_eq!(stamp.is_racy(recorded_ns), is_racy, "{stamp:?} at {recorded_ns}");
    }
}

#[test]
fn a_compressed_file_is_told_by_what_is_packed_in_it() {
    let log = Log::new("x.jsonl.gz", gzip(&content(), 1));
    let checkpoint = log.checkpoint();
    for (new, change) in [
        (gzip(&content(), 9), Change::Same),
        (gzip(&(content() + "more\n"), 9), Change::Grown),
        (gzip(&content().replace("  5000\n", "  5001\n"), 9), Change::Replaced),
        (gzip("", 9), Change::Replaced),
    ] {
        std::fs::write(&log.path, new).unwrap();
        assert_eq!(log.compared(&checkpoint).0, change);
    }
    std::fs::write(&log.path, &gzip(&content(), 9)[..100]).unwrap();
    assert!(compare(&checkpoint, &log.source()).is_err());
}

#[test]
fn a_file_that_grows_in_small_steps_has_few_stretches() {
    let log = Log::new("x.jsonl", content());
    let mut checkpoint = log.checkpoint();
    for line in 0..1_000 {
        log.append(&format!("{line}\n"));
        assert_eq!(log.compared(&checkpoint).0, Change::Grown);
        let source = log.source();
        let taken = take(&source, checkpoint.committed..u64::MAX, true, |_| {}).unwrap();
        checkpoint = checkpoint.extended(&source, log.stamp(), LATER_NS, &[taken]).unwrap();
        assert!(checkpoint.stretches.len() <= 16, "{} stretches after {line}", checkpoint.stretches.len());
    }
    assert_eq!(checkpoint.lines, 11_000);
    File::open(&log.path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(log.compared(&checkpoint), (Change::Same, 2 * END_BYTES + checkpoint.committed));
}

#[test]
fn ranges_that_do_not_lie_side_by_side_make_no_checkpoint() {
    let log = Log::new("x.jsonl", "1\n2\n");
    let taken = take(&log.source(), 1..u64::MAX, true, |_| {}).unwrap();
    let error = Checkpoint::new(&log.source(), log.stamp(), LATER_NS, &[taken]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn what_was_taken_without_a_digest_makes_no_checkpoint() {
    let log = Log::new("x.jsonl", "1\n2\n");
    let [with, without] = [true, false].map(|has| take(&log.source(), 0..u64::MAX, has, |_| {}).unwrap());
    assert_eq!(without, Taken { digest: None, ..with });
    let error = Checkpoint::new(&log.source(), log.stamp(), LATER_NS, &[without]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn a_file_that_became_another_one_meanwhile_has_no_checkpoint_and_one_that_grew_has() {
    for (name, packed) in [("a.jsonl", false), ("a.jsonl.gz", true)] {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(name);
        let write = |content: &str| {
            let bytes = if packed { gzip(content, 1) } else { content.as_bytes().to_vec() };
            std::fs::write(&path, bytes).unwrap();
        };
        for (then, is_recorded) in [("1\n2\n3\n", true), ("1\n3\n3\n", false), ("1\n", false)] {
            write("1\n2\n");
            let source = &sources(home.path()).unwrap().0[0];
            let stamp = Stamp::of(&path).unwrap();
            let taken = take(source, 0..u64::MAX, true, |_| {}).unwrap();
            write(then);
            let checkpoint = Checkpoint::new(source, stamp, LATER_NS, &[taken]);
            assert_eq!(checkpoint.is_ok(), is_recorded, "{name} {then:?}");
        }
    }
}
