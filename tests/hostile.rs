//! Attacks on the reading path: whatever the bytes, every line is accounted for and the others are read.

use crate::support::{Ran, Sandbox};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

const LINE: &str = r#"{"ts":"2026-11-20T09:00:00Z","event":"run","prompt_id":"a😀","tags":["x"],"duration_ms":1.5e2}"#;

/// The coverage of an answer, which must add up; `None` where there was nothing to answer from.
fn coverage(ran: &Ran) -> Option<Value> {
    assert!(matches!(ran.status, 0 | 2), "{ran:?}");
    if ran.stdout.is_empty() {
        assert!(ran.stderr.starts_with("error: "), "{ran:?}");
        return None;
    }
    let answer: Value = serde_json::from_str(&ran.stdout).expect("the answer is JSON");
    let coverage = answer["coverage"].clone();
    let count = |key: &str| coverage[key].as_u64().unwrap_or_else(|| panic!("no {key} in {coverage}"));
    let parts = ["events", "blank", "pending", "skipped", "duplicates", "unknown_kinds"];
    assert_eq!(count("lines"), parts.into_iter().map(count).sum::<u64>(), "{coverage}");
    Some(coverage)
}

fn read(sandbox: &Sandbox) -> Value {
    coverage(&sandbox.run(["usage", "--json"])).expect("a log with a sound line has an answer")
}

#[test]
fn a_line_torn_at_any_byte_costs_only_itself() {
    for cut in 0..=LINE.len() {
        let torn = &LINE.as_bytes()[..cut];
        let is_whole = u64::from(cut == LINE.len());
        let is_torn = u64::from(cut > 0) - is_whole;
        let sandbox = Sandbox::new();
        sandbox.log("a.jsonl", [format!("{LINE}\n").as_bytes(), torn].concat());
        let now = read(&sandbox);
        assert_eq!(
            (now["events"].as_u64(), now["pending"].as_u64()),
            (Some(1 + is_whole), Some(is_torn)),
            "cut at {cut}"
        );
        // A line appended after it is not glued to it.
        sandbox.log("events-2026-11.jsonl", torn);
        fs::remove_file(sandbox.metrics().join("a.jsonl")).unwrap();
        let _ = sandbox.run(["record", "run", "prompt_id=b"]).ok();
        let then = read(&sandbox);
        assert_eq!(
            (then["events"].as_u64(), then["skipped"].as_u64()),
            (Some(1 + is_whole), Some(is_torn)),
            "cut at {cut}"
        );
    }
}

#[test]
fn damage_of_every_kind_leaves_the_lines_around_it() {
    let deep = format!("{}\n{}", "[".repeat(100_000), r#"{"a":"#.repeat(100_000));
    let glued = format!("{LINE}{LINE}");
    let nuls = "\0".repeat(9000);
    let half = format!("{}{nuls}", &LINE[..30]);
    let huge = format!(r#"{{"ts":1e400,"event":"run","rev":{}}}"#, "9".repeat(400));
    let damages: [&[u8]; 9] = [
        deep.as_bytes(),
        glued.as_bytes(),
        nuls.as_bytes(),
        half.as_bytes(),
        huge.as_bytes(),
        b"{\"ts\":\"2026-11-20T09:00:00Z\",\"event\":\"run\",\"prompt_id\":\"\xff\xfe\"}",
        b"\xed\xa0\x80",
        b"{\"ts\":\"9999-12-31T23:59:59Z\",\"event\":\"run\"}",
        b"\xef\xbb\xbf{}",
    ];
    for damage in damages {
        let sandbox = Sandbox::new();
        let lines = damage.split(|byte| *byte == b'\n').count() as u64;
        sandbox.log("a.jsonl", [LINE.as_bytes(), damage, LINE.as_bytes(), b""].join(&b'\n'));
        let coverage = read(&sandbox);
        let shown = String::from_utf8_lossy(&damage[..damage.len().min(80)]);
        assert_eq!((coverage["events"].as_u64(), coverage["skipped"].as_u64()), (Some(2), Some(lines)), "{shown}");
    }
}

#[test]
fn each_oddity_of_other_systems_has_one_answer() {
    let utf_16 = |order: fn(u16) -> [u8; 2]| format!("\u{feff}{LINE}\n").encode_utf16().flat_map(order).collect();
    let marked = |line: &str| format!("\u{feff}{line}\n").into_bytes();
    let with = |more: &str| format!("{}{more}}}\n", &LINE[..LINE.len() - 1]).into_bytes();
    let cases: [(&str, Vec<u8>, &str); 10] = [
        ("lines that end as on Windows", format!("{LINE}\r\n\r\n{LINE}\r\n").into_bytes(), "2 events, 1 blank"),
        ("a mark before the first line", marked(LINE), "1 events"),
        ("a mark before another", [LINE.as_bytes(), b"\n", &marked(LINE)].concat(), "1 events, 1 not_json"),
        ("UTF-16", utf_16(u16::to_le_bytes), "1 not_utf8, 1 pending"),
        ("UTF-16 the other way round", utf_16(u16::to_be_bytes), "1 not_utf8"),
        ("NULs after the line", [LINE.as_bytes(), &[0; 4096], b"\n"].concat(), "1 not_json"),
        ("a line of 64 MB", with(&format!(r#","x":"{}""#, "x".repeat(64 << 20))), "1 too_long"),
        ("a number past all bounds", with(&format!(r#","input_tokens":1{}"#, "0".repeat(400))), "1 events, 1 dropped"),
        ("a key twice", with(r#","duration_ms":-1,"duration_ms":7"#), "1 events"),
        ("lists in lists", with(&format!(r#","x":{}{}"#, "[".repeat(100_000), "]".repeat(100_000))), "1 events"),
    ];
    for (name, log, expected) in cases {
        let sandbox = Sandbox::new();
        sandbox.log("sound.jsonl", format!("{LINE}\n")).log("x.jsonl", log);
        let coverage = read(&sandbox);
        let count = |key: &str| coverage[key].as_u64().unwrap_or_default();
        let mut parts = vec![(count("events") - 1, "events".to_owned()), (count("blank"), "blank".to_owned())];
        for (reason, count) in coverage["skipped_by_reason"].as_object().expect("counts by reason") {
            parts.push((count.as_u64().expect("a count"), reason.clone()));
        }
        parts.push((count("pending"), "pending".to_owned()));
        parts.push((count("dropped_fields"), "dropped".to_owned()));
        let answer: Vec<String> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        assert_eq!(answer.join(", "), expected, "{name}: {coverage}");
    }
}

/// Files of JSON that is sound (`y_`) or not (`n_`), which are not ours to copy.
#[test]
fn every_file_of_the_json_test_suite_has_a_verdict() {
    let shared = std::env::var_os("PROMPT_ANALYTICS_SHARED")
        .map_or_else(|| crate::support::repository("../shared/data"), PathBuf::from);
    let Ok(suite) = fs::read_dir(shared.join("bad-input/json-test-suite")) else {
        println!("skipped: there is no JSON test suite in {}", shared.display());
        return;
    };
    let files: Vec<(String, Vec<u8>)> = suite
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    assert!(files.len() > 200, "{} files", files.len());

    let whole = Sandbox::new();
    whole.log("sound.jsonl", format!("{LINE}\n"));
    for (name, bytes) in &files {
        whole.log(&format!("{name}l"), bytes);
    }
    assert_eq!(read(&whole)["events"], 1);

    for (kind, reasons) in [("y_", ["no_time", "not_object"]), ("n_", ["not_json", "not_utf8"])] {
        let sandbox = Sandbox::new();
        let mut log = Vec::new();
        // Written over several lines, one of the unsound files is sound once its newline is a space.
        let of_kind =
            files.iter().filter(|(name, _)| name.starts_with(kind) && name != "n_string_unescaped_newline.json");
        for (_, bytes) in of_kind.clone() {
            log.extend(bytes.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }));
            log.extend_from_slice(format!("\n{LINE}\n").as_bytes());
        }
        sandbox.log("a.jsonl", log);
        let (coverage, count) = (read(&sandbox), of_kind.count());
        assert_eq!((&coverage["lines"], &coverage["events"]), (&(2 * count).into(), &count.into()), "{kind}");
        for reason in coverage["skipped_by_reason"].as_object().unwrap().keys() {
            assert!(reasons.contains(&reason.as_str()), "{kind} {reason}: {coverage}");
        }
    }
}
