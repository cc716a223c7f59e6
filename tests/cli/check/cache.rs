//! What a check says of the cache, which is never damage.

use super::{SOUND, answer, check, close, log, rows};
use crate::support::Sandbox;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// The directory of the cache that is there.
fn dir(sandbox: &Sandbox) -> PathBuf {
    let mut caches = fs::read_dir(sandbox.home().join(".cache/prompt-analytics")).unwrap();
    caches.next().unwrap().unwrap().path()
}

/// The state of the cache, lines that were in it and lines parsed.
fn told(answer: &Value) -> (String, u64, u64) {
    let row = &rows(answer, "cache")[0];
    for (fact, column) in [
        ("cache_files", "files"),
        ("cache_bytes", "bytes"),
        ("lines_cached", "lines_cached"),
        ("lines_parsed", "lines_parsed"),
    ] {
        assert_eq!(answer["facts"][fact], row[column], "{fact}");
    }
    let count = |key: &str| row[key].as_u64().unwrap();
    (row["state"].as_str().unwrap().to_owned(), count("lines_cached"), count("lines_parsed"))
}

fn in_use(cached: u64, parsed: u64) -> (String, u64, u64) {
    ("in use".to_owned(), cached, parsed)
}

#[test]
fn a_first_check_fills_the_cache_and_a_second_parses_only_new_lines() {
    let sandbox = log(&[("a.jsonl", &format!("{SOUND}\n{SOUND}\n"))]);
    assert_eq!(told(&answer(&sandbox).1), in_use(0, 2));
    assert_eq!(told(&answer(&sandbox).1), in_use(2, 0));
    sandbox.log("b.jsonl", format!("{SOUND}\n"));
    close(&sandbox.metrics());
    let (status, answer) = answer(&sandbox);
    assert_eq!((status, told(&answer)), (0, in_use(2, 1)));

    let stored = |name: &PathBuf| !name.ends_with("manifest") && !name.ends_with(".lock");
    let files = fs::read_dir(dir(&sandbox)).unwrap().map(|entry| entry.unwrap().path());
    let bytes: Vec<u64> = files.filter(stored).map(|path| fs::metadata(path).unwrap().len()).collect();
    let row = &rows(&answer, "cache")[0];
    assert_eq!((&row["files"], &row["bytes"]), (&json!(bytes.len()), &json!(bytes.iter().sum::<u64>())));
    assert_eq!(row["place"], "~/.cache/prompt-analytics");
    let name = dir(&sandbox).file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(answer["facts"]["cache_dir"], format!("~/.cache/prompt-analytics/{name}"));
}

#[test]
fn without_a_cache_it_is_said_to_be_off() {
    let sandbox = log(&[("a.jsonl", &format!("{SOUND}\n"))]);
    let _ = check(&sandbox, &[]);
    let answer: Value = serde_json::from_str(&check(&sandbox, &["--json", "--no-cache"]).ok()).unwrap();
    assert_eq!(told(&answer), ("off (--no-cache)".to_owned(), 0, 1));
    assert_eq!((&rows(&answer, "cache")[0]["place"], &answer["facts"]["cache_dir"]), (&Value::Null, &Value::Null));
}

#[test]
fn a_cache_that_cannot_be_written_is_no_damage() {
    let sandbox = log(&[("a.jsonl", &format!("{SOUND}\n"))]);
    fs::write(sandbox.home().join(".cache"), "a file").unwrap();
    let ran = sandbox.run(["check", "--json", "--strict"]);
    assert!(ran.stderr.starts_with("the answer is right, but its columns cannot be kept in "), "{ran:?}");
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.status, told(&answer)), (0, ("cannot be written".to_owned(), 0, 1)));
    assert_eq!(answer["findings"], json!([]));
}

#[test]
fn a_cache_that_somebody_else_writes_is_read_and_said_to_be_so() {
    let sandbox = log(&[("a.jsonl", &format!("{SOUND}\n"))]);
    let _ = check(&sandbox, &[]);
    let lock = fs::File::options().write(true).open(dir(&sandbox).join(".lock")).unwrap();
    lock.lock().unwrap();
    let (status, answer) = answer(&sandbox);
    assert_eq!((status, told(&answer)), (0, ("written by another process".to_owned(), 1, 0)));
}

#[test]
fn a_bit_that_flipped_in_the_cache_is_found_and_the_answer_is_right() {
    let sandbox = log(&[("a.jsonl", &format!("{SOUND}\n{SOUND}\n"))]);
    let _ = check(&sandbox, &[]);
    let (_, sound) = answer(&sandbox);
    for ending in ["manifest", ".segment", ".names", ".resolution"] {
        // At the front, which is always read, and in the last column of the file.
        for from_end in [false, true] {
            let mut files = fs::read_dir(dir(&sandbox)).unwrap().map(|entry| entry.unwrap().path());
            let file = files.find(|path| path.to_str().unwrap().ends_with(ending)).unwrap();
            let mut bytes = fs::read(&file).unwrap();
            let at = if from_end { bytes.len() - 1 } else { 40 };
            bytes[at] ^= 1;
            fs::write(&file, bytes).unwrap();
            let ran = sandbox.run(["check", "--json", "--strict"]);
            let answered: Value = serde_json::from_str(&ran.stdout).unwrap();
            assert_eq!((ran.status, &answered["coverage"]), (0, &sound["coverage"]), "{ending}: {ran:?}");
            if ran.stderr.is_empty() && from_end {
                // Nobody asked for that column.
                assert_eq!(told(&answered), in_use(2, 0), "{ending}");
                fs::remove_dir_all(dir(&sandbox)).unwrap();
                let _ = check(&sandbox, &[]);
            } else {
                assert!(ran.stderr.starts_with("the cache is made again from the log: "), "{ending}: {}", ran.stderr);
                assert_eq!(ran.stderr.lines().count(), 1, "{ending}: {}", ran.stderr);
                assert_eq!(told(&answered).0, "made again", "{ending}");
            }
            assert_eq!(answer(&sandbox).1, sound, "{ending}");
        }
    }
}
