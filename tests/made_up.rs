//! The made-up year that the benchmarks read: it is the same every time, and as odd as it says.

#[path = "bench/year/mod.rs"]
pub mod year;

use prompt_analytics::event::{Kind, Line, parse_line};
use std::collections::BTreeMap;

const EVENTS: u64 = 20_000;

fn made_up(seed: u64) -> Vec<u8> {
    let mut log = Vec::new();
    year::year(EVENTS, seed, |_, line| {
        log.extend_from_slice(line);
        Ok(())
    })
    .expect("a sink that refuses nothing");
    log
}

#[test]
fn the_same_seed_makes_the_same_year_up() {
    assert!(made_up(7) == made_up(7));
    assert!(made_up(7) != made_up(8));
}

#[test]
fn a_made_up_year_has_every_kind_and_few_odd_lines() {
    let log = made_up(1);
    let (mut kinds, mut skipped, mut dropped) = (BTreeMap::new(), 0, 0);
    let mut lines = 0;
    for line in log.split_inclusive(|byte| *byte == b'\n') {
        lines += 1;
        match parse_line(line.strip_suffix(b"\n").expect("a whole line")) {
            Ok(Line::Event(read)) => {
                *kinds.entry(read.event.kind).or_insert(0) += 1;
                dropped += read.dropped.len();
            }
            Ok(Line::Blank | Line::UnknownKind(_)) => {}
            Err(_) => skipped += 1,
        }
    }
    assert_eq!(lines, EVENTS);
    let of_prompts = Kind::ALL.iter().filter(|kind| !kind.is_of_a_finding());
    assert!(of_prompts.into_iter().all(|kind| kinds.get(kind).is_some_and(|count| *count > 50)), "{kinds:?}");
    assert!((1..lines / 100).contains(&skipped), "{skipped} lines skipped");
    assert!((1..200).contains(&dropped), "{dropped} fields dropped");
}
