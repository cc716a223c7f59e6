//! Histories that once had another answer with the cache than without it.

use super::world::{Clock, World, answer};
use std::fs;

/// Reads with the cache, after which the answer must be the one without it.
fn read(world: &World) {
    let read = world.cached_at(Clock::Real, 2);
    assert_eq!(answer(&read), answer(&world.fresh()));
    assert_eq!(read.notices, Vec::<String>::new());
}

fn event(kind: &str, hour: usize, fields: &str) -> String {
    format!("{{\"ts\":\"2026-11-19T{hour:02}:00:00Z\",\"event\":\"{kind}\",{fields}}}\n")
}

#[test]
fn equal_lines_of_one_use_stand_in_for_each_other_alike_when_their_files_change_order() {
    let world = World::new();
    let (one, other) = (event("run", 9, "\"run_id\":\"r1\""), event("run", 9, "\"run_id\":\"r2\""));
    world.write("b.jsonl", format!("{one}{other}"));
    world.write("c.jsonl", &one);
    read(&world);
    fs::rename(world.log().join("c.jsonl"), world.log().join("a.jsonl")).unwrap();
    // What is said of the other use makes one of the two segments be decided again.
    world.write("d.jsonl", &other);
    read(&world);
}

#[test]
fn the_first_description_in_a_log_reaches_what_was_said_before() {
    let world = World::new();
    world.write("a.jsonl", event("feedback", 10, "\"prompt_id\":\"p\",\"rating\":4"));
    read(&world);
    world.write("b.jsonl", event("usage", 9, "\"prompt_id\":\"p\",\"template_id\":\"t\""));
    read(&world);
}

#[test]
fn what_was_known_of_a_file_that_is_gone_is_not_said_of_another() {
    let world = World::new();
    world.write("a.jsonl", event("usage", 9, "\"run_id\":\"r1\""));
    world.write("b.jsonl", event("performance", 10, "\"run_id\":\"r1\",\"success\":true"));
    read(&world);
    fs::remove_file(world.log().join("b.jsonl")).unwrap();
    world.append("a.jsonl", event("usage", 11, "\"run_id\":\"r3\"").trim_end());
    read(&world);
    world.write("c.jsonl", event("performance", 12, "\"run_id\":\"r9\",\"success\":false"));
    read(&world);
}

#[test]
fn an_outcome_of_several_lines_counts_its_heirs_anew_when_one_of_them_takes_another_description() {
    let world = World::new();
    let outcome = |hour: usize, fields: &str| event("performance", hour, &format!("\"run_id\":\"r1\",{fields}"));
    world.write("a.jsonl", event("usage", 8, "\"prompt_id\":\"p\",\"template_id\":\"t\""));
    world.write("b.jsonl", outcome(9, "\"prompt_id\":\"p\",\"success\":true"));
    world.write("c.jsonl", outcome(11, "\"prompt_id\":\"p\",\"template_id\":\"u\",\"rating\":4"));
    read(&world);
    world.write("d.jsonl", event("usage", 10, "\"prompt_id\":\"p\",\"task_category\":\"c\""));
    read(&world);
}
