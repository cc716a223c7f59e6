//! The two parsers of a line, `parse_line` and the scanner, are held equal.

mod agreement;
mod lines;

use crate::support::shared;
use agreement::is_answered;
use prompt_analytics::event::{Line, Scanner, Skip, parse_line};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::Config;
use std::fs;

/// As many cases as the property can afford on every run; `PROPTEST_CASES` asks for another number.
fn config(cases: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    Config { cases: asked.unwrap_or(cases), failure_persistence: None, max_shrink_iters: 3000, ..Config::default() }
}

proptest! {
    #![proptest_config(config(400))]

    /// Each line twice, so that the second finds the shape of the first.
    #[test]
    fn the_scanner_says_what_the_general_path_says(lines in vec(lines::any_line(), 1..20)) {
        let mut scanner = Scanner::new();
        for line in lines.iter().chain(&lines) {
            is_answered(&mut scanner, line);
        }
    }

    #[test]
    fn every_sound_event_is_answered_in_any_order_and_spacing(
        lines in vec((lines::event(), any::<u64>()), 1..8)
    ) {
        let mut scanner = Scanner::new();
        for (event, order) in lines.iter().chain(&lines) {
            let line = event.line();
            prop_assert!(is_answered(&mut scanner, line.as_bytes()), "{line}");
            let mut pairs = lines::pairs(&line);
            pairs.sort_by_cached_key(|(key, _)| key.bytes().fold(*order, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)));
            for space in ["", " "] {
                let line = lines::line(&pairs, space);
                prop_assert!(is_answered(&mut scanner, line.as_bytes()), "{line}");
            }
        }
    }
}

#[test]
fn spellings_that_some_writer_always_uses_are_answered() {
    let mut scanner = Scanner::new();
    for _ in 0..2 {
        for line in [
            r#"{"ts":"2026-11-20T12:00:00Z","event":"run"}"#,
            r#"{"v":1,"ts":"2026-11-20T12:00:00.123Z","event":"run","v":1}"#,
            r#"{"v": 1, "ts": "2026-11-20T12:00:00.123456+02:00", "event": "usage", "input_tokens": 12}"#,
            r#"{"timestamp":1795176000.25,"event":"prompt_usage","cost":"0.02","completion_time":1.5}"#,
            r#"{"ts":"2026-11-20 12:00","event":"run","model":null,"success":null,"tags":null,"cost_usd":null}"#,
            r#"{"ts":1795176000123,"event":"run","model":"","tags":[],"prompt_version":3,"success":"true"}"#,
            r#"{"ts":1795176000,"event":"run","prompt_id":"a\n\"b\" \u00e9 \ud83d\ude00","id":"\u0061","tags":["a\tb","c"]}"#,
            r#"{"ts":1795176000,"event":"run","input_tokens":-1,"rating":9,"parameters":3,"model":{},"tags":7,"id":7}"#,
            r#"{"ts":1795176000,"event":"feedback","rating":4.5,"input_tokens":"not ours to read","cost_usd":1e400}"#,
            r#"{"ts":1795176000,"event":"run","cost_usd":1.3e-05,"duration_ms":1234.56789012345678901,"exit_code":1.0}"#,
            r#"{"ts":1795176000,"event":"run","gen_ai.request.model":"a","gen_ai.response.model":"b","error.type":"x"}"#,
            r#"{"event":"run","input_tokens":1,"token_count":9,"input_tokens":2,"ts":1795176000,"rev":2,"retracted":true}"#,
            r#"{"ts":1795176000,"event":"run","gen_ai.usage.cache_creation.input_tokens":1}"#,
            r#"{"ts":1795176000,"event":"run","gen_ai.usage.cache_creation.input_images":2}"#,
            r#"{"ts":1795176000,"event":"run","other":{"a":[1,-2.5e+3,"\ud800",{}],"b":{"c":null}},"\u006dodel":"m"}"#,
            "  {\t\"ts\" : 1795176000 , \"event\" : \"starter\" , \"success\" : false }  \r",
        ] {
            assert!(is_answered(&mut scanner, line.as_bytes()), "{line}");
        }
    }
}

#[test]
fn what_the_scanner_does_not_decide_is_left_to_the_general_path() {
    let deep = |depth| {
        format!(r#"{{"ts":1795176000,"event":"run","x":{}1{}}}"#, "[".repeat(depth), "]".repeat(depth)).into_bytes()
    };
    let utf_16: Vec<u8> = r#"{"ts":1795176000,"event":"run"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let lines = [
        b"".to_vec(),
        b" \r".to_vec(),
        b"{}".to_vec(),
        b"[1]".to_vec(),
        b"null".to_vec(),
        br#"{"ts":1795176000}"#.to_vec(),
        br#"{"event":"run"}"#.to_vec(),
        br#"{"ts":null,"event":"run"}"#.to_vec(),
        br#"{"ts":null,"timestamp":1795176000,"event":"run"}"#.to_vec(),
        br#"{"ts":"1999-12-31T23:59:59Z","event":"run"}"#.to_vec(),
        br#"{"ts":1795176000,"event":"usgae"}"#.to_vec(),
        br#"{"ts":1795176000,"event":"gen_ai.evaluation.result"}"#.to_vec(),
        br#"{"v":2,"ts":1795176000,"event":"run"}"#.to_vec(),
        br#"{"v":1,"ts":1795176000,"event":"run"} {}"#.to_vec(),
        br#"{"v":1,"ts":1795176000,"event":"run",}"#.to_vec(),
        br#"{"v":1,"ts":1795176000,"event":"run","x":01}"#.to_vec(),
        br#"{"v":1,"ts":1795176000,"event":"run","\ud800":1}"#.to_vec(),
        b"\xef\xbb\xbf{\"ts\":1795176000,\"event\":\"run\"}".to_vec(),
        b"{\"ts\":1795176000,\"event\":\"run\"\0}".to_vec(),
        b"{\"ts\":1795176000,\"event\":\"run\",\"x\":\"\xed\xa0\x80\"}".to_vec(),
        utf_16,
        deep(65),
        deep(100_000),
    ];
    let mut scanner = Scanner::new();
    for line in &lines {
        assert!(!is_answered(&mut scanner, line), "{}", String::from_utf8_lossy(&line[..line.len().min(99)]));
    }
    assert!(is_answered(&mut scanner, &deep(64)));
}

/// A writer that names a new key in every line, or never the same order twice, may slow itself down and harm nobody.
#[test]
fn shapes_without_end_are_read_all_the_same() {
    let mut scanner = Scanner::new();
    for at in 0..5000_u64 {
        let line = format!(
            r#"{{"key{at}":{at},"ts":{},"event":"run","key{}":[],"input_tokens":{at}}}"#,
            1_795_176_000 + at,
            at % 100
        );
        assert!(is_answered(&mut scanner, line.as_bytes()), "{line}");
    }
}

/// Files of JSON that is sound (`y_`), not (`n_`), or a matter of taste (`i_`), which are not ours to copy.
#[test]
fn both_parsers_judge_every_file_of_the_json_test_suite() {
    let Some(suite) = shared("bad-input/json-test-suite") else { return };
    let mut scanner = Scanner::new();
    let mut count = 0;
    for path in fs::read_dir(suite).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let bytes = fs::read(&path).expect("a file");
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        count += 1;
        assert!(!is_answered(&mut scanner, &bytes), "{name} has no time");
        match (name.as_bytes()[0], parse_line(&bytes)) {
            (b'y', Err(Skip::NoTime | Skip::NotObject)) | (b'n', Err(Skip::NotJson | Skip::NotUtf8)) | (b'i', _) => {}
            (b'n', Ok(Line::Blank)) if bytes.trim_ascii().is_empty() => {}
            (_, parsed) => panic!("{name}: {parsed:?}"),
        }
        // The same as the value of a key that nobody knows.
        let (before, after) = (&br#"{"ts":1795176000,"x":"#[..], &br#","event":"run"}"#[..]);
        for _ in 0..2 {
            let answered = is_answered(&mut scanner, &[before, &bytes, after].concat());
            assert!(name.starts_with("i_") || answered == name.starts_with("y_"), "{name}: {answered}");
        }
    }
    assert!(count > 200, "{count} files");
}
