//! Damage to each part of each file of a cache: it is told once, and costs time.

use super::world::{Clock, World, answer};
use prompt_analytics::frame::container::Container;
use prompt_analytics::ingest::made_again;
use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Two files whose lines have much to do with each other.
const LOG: [(&str, &str); 2] = [
    (
        "a.jsonl",
        r#"{"id":"a","ts":"2026-11-19T09:00:00Z","event":"usage","run_id":"r1","prompt_id":"p","template_id":"t","input_tokens":7}
{"id":"b","ts":"2026-11-19T09:00:01Z","event":"performance","run_id":"r2","prompt_id":"p","success":false,"rating":2}
{"ts":"2026-11-19T09:00:02Z","event":"usgae"}
{"ts":"2026-11-19T09:00:03Z","event":"feedback","prompt_id":"p","rating":5,"feedback_text":"fine"}
not json
"#,
    ),
    (
        "b.jsonl",
        r#"{"id":"a","ts":"2026-11-19T09:00:00Z","event":"usage","run_id":"r1","prompt_id":"p","rev":1,"task_category":"c"}
{"id":"c","ts":"2026-11-19T10:00:00Z","event":"performance","run_id":"r1","success":true,"duration_ms":12.5,"cost_usd":0.01}
{"ts":"2026-11-19T11:00:00Z","event":"feedback","run_id":"r1","user_id":"ann","rating":4}
{"ts":"2026-11-19T11:30:00Z","event":"feedback","run_id":"r1","user_id":"ann","rating":1,"feedback_text":"no"}
{"ts":"2026-11-19T12:00:00Z","event":"quality","prompt_id":"p","quality_score":0.5,"tags":["x"]}
"#,
    ),
];

/// What comes later, and has to do with all of it.
const MORE: &str = r#"{"id":"b","ts":"2026-11-19T09:00:01Z","event":"performance","run_id":"r2","rev":2,"success":true,"prompt_id":"p"}
{"ts":"2026-11-19T08:59:00Z","event":"usage","run_id":"r2","prompt_id":"p","template_id":"u"}
"#;

struct Damaged {
    world: World,
    cache: BTreeMap<PathBuf, Vec<u8>>,
}

impl Damaged {
    fn new() -> Damaged {
        let world = World::new();
        for (name, content) in LOG {
            world.write(name, content);
        }
        drop(world.cached());
        let cache = world.cache_bytes();
        Damaged { world, cache }
    }

    /// Damages one file of the whole cache, and looks what comes of it.
    fn with(&self, path: &Path, bytes: &[u8], is_told: Range<usize>) {
        let _ = fs::remove_dir_all(self.world.root());
        for (path, bytes) in &self.cache {
            fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            fs::write(path, bytes).expect("a file");
        }
        fs::write(path, bytes).expect("a file");
        let expected = answer(&self.world.fresh());
        let mut read = self.world.cached_at(Clock::Real, 2);
        let mut notices = read.notices.clone();
        let mut answered = answer(&read);
        if let Some(damage) = read.damage() {
            notices.push(made_again(&damage));
            drop(read);
            read = self.world.made_again(Clock::Real, 2);
            answered = answer(&read);
        }
        drop(read);
        assert_eq!(answered, expected, "{}", path.display());
        assert!(is_told.contains(&notices.len()), "{}: {notices:?}", path.display());
        let read = self.world.cached_at(Clock::Real, 2);
        assert_eq!((read.work.lines_parsed, &read.notices), (0, &Vec::new()), "{}", path.display());
        assert_eq!(answer(&read), expected, "{}", path.display());
    }
}

/// Where the blobs of a file lie; none in a manifest.
fn blobs(path: &Path, bytes: &[u8]) -> Vec<Range<usize>> {
    let Ok(container) = Container::open(path) else { return Vec::new() };
    let lengths: Vec<usize> =
        container.ids().map(|id| container.read(id).expect("undamaged").expect("a blob").len()).collect();
    let mut start = bytes.len() - lengths.iter().sum::<usize>();
    let range = |length: usize| {
        start += length;
        start - length..start
    };
    lengths.into_iter().map(range).filter(|blob| !blob.is_empty()).collect()
}

#[test]
fn a_file_that_is_cut_or_gone_is_told_once_and_made_again() {
    let damaged = Damaged::new();
    let files: Vec<_> = damaged.cache.keys().filter(|path| !path.ends_with(".lock")).collect();
    assert_eq!(files.len(), 2 + 2 + 1 + 1, "two segments, two resolutions, names and a manifest: {files:?}");
    for path in files {
        for cut in [0, 1, 25, damaged.cache[path].len() / 2, damaged.cache[path].len() - 1] {
            damaged.with(path, &damaged.cache[path][..cut], 1..2);
        }
    }
}

#[test]
fn a_bit_that_flips_is_told_once_if_it_is_ever_read() {
    let damaged = Damaged::new();
    for (path, bytes) in damaged.cache.iter().filter(|(path, _)| !path.ends_with(".lock")) {
        let flipped = |at: usize| {
            let mut bytes = bytes.clone();
            bytes[at] ^= 4;
            bytes
        };
        for at in [0, 26, 33, 60, bytes.len().min(200) - 1] {
            damaged.with(path, &flipped(at), 0..2);
        }
        for blob in blobs(path, bytes) {
            damaged.with(path, &flipped(blob.start + blob.len() / 2), 0..2);
        }
    }
}

#[test]
fn a_bit_that_flips_in_what_later_lines_are_held_against_makes_no_difference() {
    let damaged = Damaged::new();
    damaged.world.append("b.jsonl", MORE);
    for (path, bytes) in damaged.cache.iter().filter(|(path, _)| !path.ends_with(".lock")) {
        for blob in blobs(path, bytes) {
            let mut bytes = bytes.clone();
            bytes[blob.start + blob.len() / 2] ^= 4;
            damaged.with(path, &bytes, 0..2);
        }
    }
}

#[test]
fn a_cache_of_another_version_is_made_again() {
    let damaged = Damaged::new();
    for (path, bytes) in damaged.cache.iter().filter(|(path, _)| !path.ends_with(".lock")) {
        let mut bytes = bytes.clone();
        let at = if path.ends_with("manifest") { "prompt-analytics manifest ".len() } else { 25 };
        bytes[at] += 1;
        damaged.with(path, &bytes, 1..2);
    }
}

#[test]
fn a_log_that_is_empty_replaces_what_is_damaged_too() {
    let world = World::new();
    world.write("a.jsonl", LOG[0].1);
    drop(world.cached());
    fs::remove_file(world.log().join("a.jsonl")).unwrap();
    let manifest = world.cache_files().into_iter().find(|path| path.ends_with("manifest")).expect("a manifest");
    fs::write(manifest, "").unwrap();
    assert_eq!(world.cached().notices.len(), 1);
    assert_eq!(world.cached().notices, Vec::<String>::new());
}
