//! What is parsed is what is new, by count.

use super::world::{Clock, World, answer};
use flate2::Compression;
use flate2::write::GzEncoder;
use prompt_analytics::ingest::{Ingested, Work};
use std::fs;
use std::io::Write as _;

fn line(number: usize) -> String {
    format!(
        "{{\"ts\":\"2026-11-{:02}T09:00:00Z\",\"event\":\"run\",\"prompt_id\":\"p{}\"}}\n",
        number % 19 + 1,
        number % 3
    )
}

fn lines(numbers: std::ops::Range<usize>) -> String {
    numbers.map(line).collect()
}

fn gzip(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content.as_bytes()).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

/// Two files of 30 lines each, which were read.
fn read_before() -> World {
    let world = World::new();
    world.write("a.jsonl", lines(0..30));
    world.write("b.jsonl", lines(30..60));
    assert_eq!(world.cached().work.lines_parsed, 60);
    world
}

/// Lines and bytes parsed, and lines out of the cache, of an answer that is right.
fn work(world: &World) -> (u64, u64, u64) {
    let Work { lines_parsed, bytes_parsed, lines_cached, .. } = right(world, &world.cached()).work;
    (lines_parsed, bytes_parsed, lines_cached)
}

fn right<'a>(world: &World, ingested: &'a Ingested) -> &'a Ingested {
    assert_eq!(answer(ingested), answer(&world.fresh()));
    assert_eq!(ingested.notices, Vec::<String>::new());
    ingested
}

#[test]
fn a_second_run_parses_nothing() {
    let world = read_before();
    assert_eq!(work(&world), (0, 0, 60));
    assert_eq!(work(&world), (0, 0, 60));
}

#[test]
fn one_line_more_is_one_line_parsed() {
    let world = read_before();
    let line = line(60);
    world.append("a.jsonl", &line);
    assert_eq!(work(&world), (1, line.len() as u64, 60));
    assert_eq!(work(&world), (0, 0, 61));
}

#[test]
fn a_file_that_appears_is_the_only_one_parsed() {
    let world = read_before();
    for (name, parsed) in [("0.jsonl", 5), ("deep/er/z.jsonl", 7)] {
        world.write(name, lines(100..100 + parsed));
        let before = right(&world, &world.cached()).work;
        assert_eq!(before.lines_parsed, parsed as u64, "{name}");
    }
    assert_eq!(work(&world), (0, 0, 72));
}

#[test]
fn a_file_that_is_touched_is_not_parsed() {
    let world = read_before();
    for name in ["a.jsonl", "b.jsonl"] {
        let file = fs::File::options().append(true).open(world.log().join(name)).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    }
    assert_eq!(work(&world), (0, 0, 60));
}

#[test]
fn a_file_that_is_deleted_takes_its_lines_along_and_nothing_is_parsed() {
    let world = read_before();
    fs::remove_file(world.log().join("a.jsonl")).unwrap();
    assert_eq!(work(&world), (0, 0, 30));
    fs::remove_file(world.log().join("b.jsonl")).unwrap();
    assert_eq!(work(&world), (0, 0, 0));
}

#[test]
fn a_file_under_another_name_or_packed_is_not_parsed_again() {
    let world = read_before();
    fs::rename(world.log().join("a.jsonl"), world.log().join("a-1.jsonl")).unwrap();
    assert_eq!(work(&world), (0, 0, 60));
    world.write("a-1.jsonl.gz", gzip(&lines(0..30)));
    fs::remove_file(world.log().join("a-1.jsonl")).unwrap();
    assert_eq!(work(&world), (0, 0, 60));
    world.write("a.jsonl", lines(0..30));
    fs::remove_file(world.log().join("a-1.jsonl.gz")).unwrap();
    assert_eq!(work(&world), (0, 0, 60));
    // Rotated, packed and begun anew at once.
    world.write("b-1.jsonl.gz", gzip(&lines(30..60)));
    world.write("b.jsonl", line(60));
    assert_eq!(work(&world).0, 1);
}

#[test]
fn what_is_left_out_as_the_same_in_another_form_is_not_parsed() {
    let world = read_before();
    world.write("a.jsonl.gz", gzip(&lines(0..30)));
    assert_eq!(work(&world), (0, 0, 60));
    assert_eq!(world.cached().coverage.left_out.len(), 1);
}

#[test]
fn a_change_that_no_size_or_time_tells_is_found_in_what_was_written_just_before() {
    let world = World::new();
    world.write("a.jsonl", lines(0..9));
    assert_eq!(world.cached_at(Clock::Real, 1).work.lines_parsed, 9);
    let before = fs::metadata(world.log().join("a.jsonl")).unwrap().modified().unwrap();
    world.write("a.jsonl", lines(0..9).replace("p0", "p7"));
    fs::File::options().append(true).open(world.log().join("a.jsonl")).unwrap().set_modified(before).unwrap();
    let read = world.cached_at(Clock::Real, 1);
    assert_eq!(right(&world, &read).work.lines_parsed, 9);
}

#[test]
fn a_last_line_without_newline_counts_and_is_parsed_until_it_has_one() {
    for ending in ["jsonl", "jsonl.gz", "jsonl.zst"] {
        let world = World::new();
        let name = format!("a.{ending}");
        let packed = |content: &str| match ending {
            "jsonl" => content.as_bytes().to_vec(),
            "jsonl.gz" => gzip(content),
            _ => zstd::encode_all(content.as_bytes(), 1).expect("memory takes everything"),
        };
        let (whole, next) = (lines(0..3), line(3));
        let next = next.trim_end();
        // A piece is pending, a whole object counts, and its newline makes it one of the lines.
        for (content, events, pending) in [
            (format!("{whole}{}", &next[..20]), 3, 1),
            (format!("{whole}{next}"), 4, 0),
            (format!("{whole}{next}"), 4, 0),
            (format!("{whole}{next}\n"), 4, 0),
        ] {
            world.write(&name, packed(&content));
            let read = world.cached();
            let coverage = &right(&world, &read).coverage;
            assert_eq!((coverage.events, coverage.pending), (events, pending), "{content}");
            assert!(read.work.lines_cached <= 3);
        }
        assert_eq!(work(&world), (0, 0, 4));
    }
}

#[test]
fn a_last_line_that_is_too_long_and_has_no_newline_counts_once() {
    let world = World::new();
    let long = "x".repeat((16 << 20) + 1);
    world.write("a.jsonl", format!("{}{long}", lines(0..2)));
    for _ in 0..2 {
        assert_eq!(right(&world, &world.cached()).coverage.lines, 3);
    }
    world.append("a.jsonl", format!("\n{}", line(2)));
    for _ in 0..2 {
        assert_eq!(right(&world, &world.cached()).coverage.lines, 4);
    }
}

#[test]
fn a_line_that_stays_without_newline_does_not_write_the_cache_again_and_again() {
    let world = World::new();
    world.write("a.jsonl", lines(0..3).trim_end());
    drop(world.cached());
    let before = world.cache_bytes();
    drop(world.cached());
    assert_eq!(world.cache_bytes(), before);
}

#[test]
fn an_archive_that_cannot_be_unpacked_does_not_write_the_cache_again_and_again() {
    let world = read_before();
    let packed = gzip(&lines(0..2000));
    world.write("c.jsonl.gz", &packed[..packed.len() - 20]);
    let _ = right(&world, &world.cached());
    let before = world.cache_bytes();
    let read = world.cached();
    assert_eq!(right(&world, &read).coverage.unreadable.len(), 1);
    assert_eq!(read.work.lines_cached, 60);
    drop(read);
    assert_eq!(world.cache_bytes(), before);
    // It is read when it is whole.
    world.write("c.jsonl.gz", packed);
    assert_eq!(work(&world).2, 60);
    assert_eq!(work(&world), (0, 0, 2060));
}

#[test]
fn many_small_appends_leave_few_files_and_a_small_manifest() {
    let world = World::new();
    for number in 0..500 {
        let name = if number % 10 == 0 { "b.jsonl" } else { "a.jsonl" };
        world.append(name, line(number).replace("p0", &format!("p{number}")));
        let read = world.cached_at(Clock::Real, 1);
        assert_eq!((read.work.lines_parsed, read.work.lines_cached), (1, number as u64));
    }
    assert_eq!(work(&world), (0, 0, 500));
    let files = world.cache_files();
    // Two logarithms of segments, as many resolutions, at most seventeen files of names, and the manifest.
    assert!(files.len() <= 50, "{} files", files.len());
    let manifest = files.iter().find(|path| path.ends_with("manifest")).expect("a manifest");
    let bytes = fs::metadata(manifest).unwrap().len();
    assert!(bytes < 8_000, "{bytes} bytes");
}

#[test]
fn two_logs_have_two_caches_and_a_link_to_a_log_has_its() {
    let (one, mut other) = (read_before(), World::new());
    other.write("a.jsonl", lines(0..5));
    other = other.with_root_of(&one);
    assert_eq!(other.cached().work.lines_parsed, 5);
    assert_eq!((work(&one), work(&other)), ((0, 0, 60), (0, 0, 5)));
    let link = World::linked_to(&one).with_root_of(&one);
    assert_eq!(link.cached().work.lines_parsed, 0);
}

#[test]
fn the_names_of_lines_that_are_gone_are_not_carried_along_for_ever() {
    let world = read_before();
    world.write("many.jsonl", "\n".repeat(100_200));
    assert_eq!(world.cached().work.lines_parsed, 100_200);
    fs::remove_file(world.log().join("many.jsonl")).unwrap();
    assert_eq!(work(&world), (0, 0, 60));
    // Two thirds of what was named is gone: the cache is made again, once, and nobody need be told.
    assert_eq!(work(&world).0, 60);
    assert_eq!(work(&world), (0, 0, 60));
}

#[test]
fn columns_that_are_put_away_while_others_are_read_are_kept_like_any_other() {
    let world = World::new();
    let line = |number: usize| {
        let (day, run) = (number % 19 + 1, number % 39_990);
        format!(
            "{{\"ts\":\"2026-11-{day:02}T09:00:00Z\",\"event\":\"run\",\"run_id\":\"r{run}\",\"id\":\"i{number}\"}}\n"
        )
    };
    world.write("a.jsonl", (0..40_000).map(line).collect::<String>());
    world.write("b.jsonl", line(7));
    assert_eq!(work(&world).0, 40_001);
    let largest = world.cache_bytes().into_values().map(|bytes| bytes.len()).max().unwrap_or_default();
    assert!(largest > 1 << 20, "it is large enough to be put away: {largest}");
    assert_eq!(work(&world), (0, 0, 40_001));
    world.append("a.jsonl", line(40_000));
    assert_eq!((work(&world).0, work(&world).0), (1, 0));
}
