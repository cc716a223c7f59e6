//! What a check finds wrong with a log, how bad that is, and where.

use super::{SOUND, answer, check, closed, findings, log, rows};
use crate::support::Sandbox;
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};

#[test]
fn everything_that_is_wrong_with_a_log_is_told_with_its_place() {
    let sandbox = closed(Sandbox::of_fixture("messy-log"));
    let ran = check(&sandbox, &[]);
    assert_eq!(ran.status, 1);
    for part in [
        "  ● high    8 lines were skipped: 2 bad_time, 1 newer_version, 1 no_kind, 1 no_time, 1 not_json, 1
            not_object, 1 not_utf8
",
        "  ● high    1 event has two contents at one revision
            why  laptop/events-2026-11.jsonl:6 and laptop/events-2026-11.jsonl:7 share `id`, `ts`
                 and `rev`; the smaller line counts
            try  write what is right once more, with a higher `rev`
  ● medium  1 last line is unfinished
            why  a writer is at work, or was interrupted; it is read when it is completed
  ● medium  1 line is of a kind that is unknown: usgae (did you mean usage?)
            why  such lines are counted and not read
  ● medium  4 values do not fit their fields: success, duration_ms, cost_usd and 1 more
            why  the first is at events-2026-11.jsonl:21; what does not fit counts as missing
  ○ low     4 lines repeat or revise an event, which counts once
  ○ low     1 time has no zone
            why  taken as UTC
  ○ low     1 event is more than a day in the future
            why  a clock was wrong, or a unit
  ○ low     1 time lies far from the one above it
            why  a clock was wrong, or old lines were added later
  ○ low     2 runs have tokens and no cost
            why  sums of dollars are lower bounds
            try  a price of your own goes into the config as `[[price]]`; what is known:
                 `prompt-analytics prices list`

  Files
",
        "
  Lines with one identity
  first at                       again at                       lines  what
  laptop/events-2026-11.jsonl:6  laptop/events-2026-11.jsonl:7      2  conflict
  events-2026-10.jsonl:1         laptop/events-2026-11.jsonl:1      2  copy
  laptop/events-2026-11.jsonl:2  laptop/events-2026-11.jsonl:3      2  revision
  laptop/events-2026-11.jsonl:4  laptop/events-2026-11.jsonl:5      2  revision

  Odd times
  at                       time              what
  events-2026-10.jsonl:3   2026-10-30 10:00  no zone, taken as UTC
  events-2026-11.jsonl:29  2026-12-24 18:00  in the future
  events-2026-11.jsonl:29  2026-12-24 18:00  49 days after the lines above it
",
    ] {
        assert!(ran.stdout.contains(part), "{part}\n{}", ran.stdout);
    }
    let wide = closed(Sandbox::of_fixture("messy-log")).with("COLUMNS", "200");
    let skipped = "  Skipped lines
  at                       reason         because                     begins
  events-2026-11.jsonl:11  not_json       cut short                   {\"v\":1,\"ts\":\"2026-11-04T09:10:00Z\",\"event\":\"run\",\"prompt_id…
  events-2026-11.jsonl:12  not_utf8       byte 66 is not UTF-8        {\"v\":1,\"ts\":\"2026-11-04T09:11:00Z\",\"event\":\"run\",\"prompt_id…
  events-2026-11.jsonl:13  not_object     JSON, but no object         […,…,…]
  events-2026-11.jsonl:14  bad_time       `ts` is no time since 2000  {\"v\":1,\"ts\":\"yesterday\",\"event\":\"run\",\"prompt_id\":\"greet\"}
  events-2026-11.jsonl:15  bad_time       `ts` is no time since 2000  {\"v\":1,\"ts\":\"1999-12-31T23:59:59Z\",\"event\":\"run\",\"prompt_id…
  events-2026-11.jsonl:16  newer_version  `v` is above 1              {\"v\":2,\"ts\":\"2026-11-04T09:13:00Z\",\"event\":\"run\",\"prompt_id…
  events-2026-11.jsonl:17  no_time        no `ts`                     {\"v\":1,\"event\":\"run\",\"prompt_id\":\"greet\"}
  events-2026-11.jsonl:18  no_kind        no `event`                  {\"v\":1,\"ts\":\"2026-11-04T09:14:00Z\",\"prompt_id\":\"greet\"}
";
    let page = check(&wide, &[]).stdout;
    assert!(page.contains(skipped), "{page}");
    for width in [40, 60, 80, 132] {
        let narrow = closed(Sandbox::of_fixture("messy-log")).with("COLUMNS", &width.to_string());
        let page = check(&narrow, &[]).stdout;
        assert!(page.lines().all(|line| line.chars().count() <= width), "{width}\n{page}");
    }
}

#[test]
fn fields_that_nobody_reads_are_named_with_what_was_meant() {
    let line = |more: &str| format!("{}{more}}}\n", &SOUND[..SOUND.len() - 1]);
    let lines = [
        line(r#","duraton_ms":5,"parameters":{"duraton_ms":1,"own":2},"metrics":{"own":3}"#),
        line(r#","duraton_ms":5,"promptId":"x","weather":"fine""#),
        line(r#","clarity_score":0.5,"duration_ms":-1,"rating":9"#),
    ];
    let sandbox = log(&[("a.jsonl", &lines.concat())]);
    let (status, answer) = answer(&sandbox);
    assert_eq!(
        findings(&answer),
        [
            "medium 4 fields have names that are unknown: duraton_ms (did you mean duration_ms?), promptId (did you mean \
             prompt_id?), weather",
            "medium 2 values do not fit their fields: duration_ms, rating",
            "low 1 field stands in a line whose kind does not have it: clarity_score of run",
        ]
    );
    assert_eq!((status, check(&sandbox, &["--strict"]).status), (0, 1));
    let unknown = json!([
        {"field": "duraton_ms", "lines": 2, "first": "a.jsonl:1", "meant": "duration_ms"},
        {"field": "promptId", "lines": 1, "first": "a.jsonl:2", "meant": "prompt_id"},
        {"field": "weather", "lines": 1, "first": "a.jsonl:2", "meant": null},
    ]);
    assert_eq!(rows(&answer, "unknown_fields"), unknown);
    let dropped = json!([
        {"field": "duration_ms", "values": 1, "first": "a.jsonl:3", "must_be": "a number from 0 to 10000000000"},
        {"field": "rating", "values": 1, "first": "a.jsonl:3", "must_be": "a number from 1 to 5"},
    ]);
    assert_eq!(rows(&answer, "dropped_fields"), dropped);
    let ignored = json!([{"field": "clarity_score", "kind": "run", "lines": 1, "first": "a.jsonl:3"}]);
    assert_eq!(rows(&answer, "ignored_fields"), ignored);
}

#[test]
fn what_is_odd_but_whole_is_damage_only_where_something_is_lost() {
    let copy = r#"{"ts":"2026-11-20T09:00:00Z","event":"run","id":"x"}"#;
    let other = r#"{"ts":"2026-11-20T09:00:00Z","event":"run","id":"x","success":true}"#;
    for (what, content, status, strict) in [
        ("copies", format!("{copy}\n{copy}\n"), 0, 0),
        ("an unfinished line", format!("{SOUND}\n{}", &SOUND[..40]), 0, 1),
        ("an unknown kind", SOUND.replace("run", "usgae") + "\n", 0, 1),
        ("an unknown field", SOUND.replace("success", "sucess") + "\n", 0, 1),
        ("a time without a zone", SOUND.replace("00Z", "00") + "\n", 0, 0),
        ("a conflict", format!("{copy}\n{other}\n"), 1, 1),
        ("a broken line", format!("{SOUND}\nbroken\n"), 1, 1),
    ] {
        let sandbox = log(&[("a.jsonl", &content)]);
        assert_eq!((check(&sandbox, &[]).status, check(&sandbox, &["--strict"]).status), (status, strict), "{what}");
    }
}

#[test]
fn files_that_cannot_be_read_or_are_not_are_named_with_what_to_do() {
    let sandbox =
        log(&[("a.jsonl", &format!("{SOUND}\n")), ("notes.json", "{}"), ("b.jsonl.bz2", "x"), ("c.jsonl.1", "x")]);
    let utf16: Vec<u8> = format!("\u{feff}{SOUND}\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    sandbox.log("wide.jsonl", utf16);
    sandbox.log("old mac.jsonl", format!("{SOUND}\r{SOUND}\r"));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(format!("{SOUND}\n").as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    sandbox.log("torn.jsonl.gz", &gzip[..gzip.len() - 4]);
    sandbox.log("whole.jsonl.gz", &gzip);
    sandbox.log("whole.jsonl.zst", zstd::encode_all(format!("{SOUND}\nbroken\n").as_bytes(), 1).unwrap());
    symlink("/nowhere", sandbox.metrics().join("gone.jsonl")).unwrap();
    let sandbox = closed(sandbox);
    let (status, answer) = answer(&sandbox);
    assert_eq!(
        (status, findings(&answer)),
        (
            1,
            [
                "high 2 lines were skipped: 1 not_json, 1 not_utf8",
                "high 2 files were not read to the end: gone.jsonl: no such file or directory, torn.jsonl.gz: unexpected end of \
                 file",
                "high old mac.jsonl ends its lines with carriage returns alone, and is not understood",
                "high wide.jsonl is written in UTF-16, and is not understood",
                "medium 2 last lines are unfinished",
                "low 3 files beside the log are not read: b.jsonl.bz2, c.jsonl.1, notes.json",
                "low 1 file is left out: whole.jsonl.gz (a part of whole.jsonl.zst)",
            ]
            .map(str::to_owned)
            .into()
        )
    );
    let ways: Vec<&str> = answer["findings"].as_array().unwrap().iter().map(|it| it["try"].as_str().unwrap()).collect();
    assert_eq!(
        ways[2..4],
        [
            "in the metrics directory: tr '\\r' '\\n' <'old mac.jsonl' >'old mac.jsonl'.new && mv 'old mac.jsonl'.new 'old mac.jsonl'",
            "in the metrics directory: iconv -f UTF-16 -t UTF-8 wide.jsonl >wide.jsonl.new && mv wide.jsonl.new wide.jsonl",
        ]
    );
    let of = |table: &str, key: &str| {
        let of_row = |row: &Value| row[key].as_str().unwrap_or("—").to_owned();
        rows(&answer, table).as_array().unwrap().iter().map(of_row).collect::<Vec<_>>()
    };
    assert_eq!(of("files", "encoding"), ["utf-8", "utf-8, CR", "utf-8, gzip", "utf-8, zstd", "utf-16"], "{answer:#}");
    assert_eq!(of("skipped", "at"), ["whole.jsonl.zst:2", "wide.jsonl:1"]);
    assert_eq!(of("not_read", "file"), ["gone.jsonl", "torn.jsonl.gz", "b.jsonl.bz2", "c.jsonl.1", "notes.json"]);
}

#[test]
fn what_others_may_read_is_a_notice() {
    let sandbox = log(&[("a.jsonl", &format!("{SOUND}\n"))]);
    fs::set_permissions(sandbox.metrics().join("a.jsonl"), Permissions::from_mode(0o644)).unwrap();
    let (status, answer) = answer(&sandbox);
    assert_eq!(
        (status, rows(&answer, "permissions")),
        (0, json!([{"file": "a.jsonl", "mode": "644", "should": "600"}]))
    );
    assert_eq!(findings(&answer), ["low 1 file or directory can be read or written by others"]);
}
