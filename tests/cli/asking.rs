//! Questions that are not understood, and questions without an answer.

use super::{hold, printed, quiet_week, refused};
use crate::support::Sandbox;

const ALL: &str = "all reports: overview usage performance quality feedback cost blocks errors trends compare templates starters alerts recommendations runs, and daily weekly monthly session";

#[test]
fn a_misspelt_name_gets_its_nearest_neighbour() {
    hold(&[
        ("perfomance", &format!("error: there is no report `perfomance`\n\nhint: did you mean `performance`? {ALL}\n")),
        (
            "--report usage,perfomance",
            &format!("error: there is no report `perfomance`\n\nhint: did you mean `performance`? {ALL}\n"),
        ),
        ("banana", &format!("error: there is no report `banana`\n\nhint: {ALL}\n")),
        (
            "recrod run prompt_id=a",
            "error: there is no report or command `recrod`\n\n\
             hint: did you mean `record`? `prompt-analytics record --help` says what it takes\n",
        ),
        ("--repotr usage", "error: there is no flag `--repotr`\n\nhint: did you mean `--report`?\n"),
        (
            "usage --banana",
            "error: there is no flag `--banana`\n\nhint: `prompt-analytics --help` shows what there is\n",
        ),
        ("usage --by modle", "error: there is no dimension `modle`; did you mean `model`?\n"),
        (
            "usage --by banana",
            "error: there is no dimension `banana`; there are prompt template starter category domain provider model project \
             conversation user prompt_version variant source host error_type hour day week month\n",
        ),
        ("usage --every fortnight", "error: there is no bucket `fortnight`; there are hour day week month\n"),
        ("usage --format yaml", "error: there is no format `yaml`; there are table csv json markdown html svg png\n"),
        ("usage --format jsno", "error: there is no format `jsno`; did you mean `json`?\n"),
        ("usage --sort run", "error: cannot sort usage: there is no column `run`; did you mean `runs`?\n"),
        ("usage --sort runs:up", "error: --sort goes `asc` or `desc`, not `up`\n"),
        (
            "usage -z Europe/Lisboa",
            "error: there is no time zone `Europe/Lisboa`\n\n\
             hint: zones have names such as `Europe/Lisbon` or `UTC`\n",
        ),
    ]);
}

#[test]
fn a_tz_that_is_no_zone_means_utc_and_says_so() {
    let answer = |zone: &str, args: &[&str]| {
        let ran = quiet_week().with("TZ", zone).run(["usage", "--every", "day", "--json"].iter().chain(args));
        assert_eq!(ran.status, 0, "{ran:?}");
        let answer: serde_json::Value = serde_json::from_str(&ran.stdout).expect("the answer is JSON");
        (answer["period"]["timezone"].as_str().expect("a zone").to_owned(), ran.stderr)
    };
    let note = |zone: &str| format!("note: TZ is `{zone}`, which is no zone known here: days are UTC\n");
    let said = |zone: &str, note: &str| (zone.to_owned(), note.to_owned());
    assert_eq!(answer("Foo/Bar", &[]), said("UTC", &note("Foo/Bar")));
    assert_eq!(answer("Europe/Lisboa", &[]), said("UTC", &note("Europe/Lisboa")));
    assert_eq!(answer("a\u{1b}[2J", &[]), said("UTC", &note("a\u{241b}[2J")));
    for zone in ["", "UTC", "Etc/UTC"] {
        assert_eq!(answer(zone, &[]), said("UTC", ""), "{zone}");
    }
    assert_eq!(answer(":Asia/Kathmandu", &[]), said("Asia/Kathmandu", ""));
    assert_eq!(answer("Foo/Bar", &["-z", "Europe/Lisbon"]), said("Europe/Lisbon", ""), "it is not asked");
}

#[test]
fn a_flag_that_would_change_nothing_is_refused() {
    let hint = "hint: `prompt-analytics runs --help` says what it shows\n";
    let says =
        |flag: &str| format!("error: `{flag}` means nothing to `runs`, which has no rows by dimension\n\n{hint}");
    hold(&[
        ("runs --by model", &says("--by")),
        ("runs,recommendations --every day", &says("--every")),
        ("runs --sort cost_usd", &says("--sort")),
        ("usage --table usage", "error: `--table` means nothing to the format table\n\nhint: add `--format csv`\n"),
        ("usage --json --csv-raw", "error: `--csv-raw` means nothing to the format json\n\nhint: add `--format csv`\n"),
        ("usage --logo a.png", "error: `--logo` means nothing to the format table\n\nhint: add `--format html`\n"),
        ("usage -j --refresh 60", "error: `--refresh` means nothing to the format json\n\nhint: add `--format html`\n"),
    ]);
    let sandbox = quiet_week();
    assert!(
        printed(&sandbox, "usage,performance --sort p95_ms").contains("Performance"),
        "who has the column sorts by it"
    );
    assert!(printed(&sandbox, "all --by model").contains("Newest uses"), "what others take, `all` takes");
}

#[test]
fn the_first_recommendations_are_the_most_valuable() {
    let sandbox = quiet_week();
    let report: serde_json::Value = serde_json::from_str(&printed(&sandbox, "recommendations -j --top 1")).unwrap();
    assert_eq!(report["facts"]["recommendations"], 6);
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert_eq!(report["findings"][0]["subject"], "prompt extract-invoice");
    let note = report["notes"][0].as_str().unwrap();
    assert!(note.ends_with("expect fewer than 1 of the 6 found to be false."), "{note}");
}

#[test]
fn a_value_out_of_range_is_refused_with_the_range() {
    hold(&[
        ("usage --min-rating 9", "error: --min-rating is `9`, and must be a number from 1 to 5\n"),
        ("usage --max-rating great", "error: --max-rating is `great`, and must be a number from 1 to 5\n"),
        ("performance --quantiles 101", "error: --quantiles: `101` is not a percentage from 0 to 100\n"),
        ("performance --quantiles 50,x", "error: --quantiles: `x` is not a percentage from 0 to 100\n"),
        ("recommendations --min-confidence 2", "error: --min-confidence is 2, and must be a probability from 0 to 1\n"),
        (
            "usage --top x",
            "error: --top is `x`, and must be a number\n\nhint: `prompt-analytics --help` shows what there is\n",
        ),
        (
            "usage --success --failed",
            "error: the argument `--success` cannot be used with `--failed`\n\n\
             hint: `prompt-analytics --help` shows what there is\n",
        ),
    ]);
}

#[test]
fn a_bad_date_is_refused_with_good_ones() {
    let dates = "hint: a date looks like `2026-11-20`, `2026-11`, `2026-W47`, `7d`, `36h`, `yesterday`, `last-month` or an instant \
                 such as `2026-11-20T14:30:00Z`\n";
    hold(&[
        ("usage --since soon", &format!("error: --since: `soon` is not a date\n\n{dates}")),
        ("usage --until 2026-02-30", &format!("error: --until: `2026-02-30` is not a date\n\n{dates}")),
        ("usage --period 2026-W60", &format!("error: --period: `2026-W60` is not a date\n\n{dates}")),
        ("usage --since ''", &format!("error: --since: `` is not a date\n\n{dates}")),
        (
            "usage --since 2026-11-20 --until 2026-11-01",
            "error: --since 2026-11-20 does not begin before --until 2026-11-01 ends\n\n\
             hint: swap them: `--since 2026-11-01 --until 2026-11-20`\n",
        ),
        (
            "usage --min-rating 4 --max-rating 2.5",
            "error: --min-rating 4 is above --max-rating 2.5\n\n\
             hint: swap them: `--min-rating 2.5 --max-rating 4`\n",
        ),
    ]);
}

#[test]
fn what_was_judged_but_never_used_is_shown_and_judged() {
    let sandbox = Sandbox::new();
    let rating = |n: u32| {
        let rating = 1 + n % 3;
        format!(
            r#"{{"ts":"2026-11-{:02}T10:00:00Z","event":"feedback","prompt_id":"greet","rating":{rating}}}"#,
            1 + n % 20
        )
    };
    sandbox.log("a.jsonl", (0..600).map(rating).collect::<Vec<_>>().join("\n"));
    let page = printed(&sandbox, "overview --period 2026-11");
    for said in ["2.00 (1.94–2.07)", "n 600", "prompt greet: mean rating is 2.00", "alert level of 3"] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    assert!(!page.contains("Most used"), "{page}");
    assert!(printed(&sandbox, "recommendations").contains("expect fewer than 1 of the 1 found"));
    let nothing = refused(&sandbox, "overview --prompt nobody");
    assert!(nothing.starts_with("error: nothing happened with prompt nobody\n"), "{nothing}");
}

#[test]
fn a_question_without_an_answer_says_what_was_read_and_where_something_is() {
    let read = "read 70 lines in 1 file: 70 events from metrics/prompt-analytics (found in the working directory)";
    let newest = "hint: the newest is from 2026-11-20: try `--since 2026-11-20` and no `--until`\n";
    let filter = "hint: leave out a filter; what was not recorded matches none\n";
    hold(&[
        ("usage --until 2025-12-31", &format!("error: nothing was used until 2025-12-31\n  {read}\n\n{newest}")),
        (
            "feedback --since 2026-11-20T11:00",
            &format!("error: nothing was rated since 2026-11-20 11:00\n  {read}\n\n{newest}"),
        ),
        (
            "errors --period 2026-11-15",
            "error: no error was recorded on 2026-11-15\n  \
             read 70 lines in 1 file: 70 events from metrics/prompt-analytics (found in the working directory)\n\n\
             hint: the newest is from 2026-11-20: try `--since 2026-11-20` and no `--until`\n",
        ),
        ("usage --prompt nope", &format!("error: nothing was used with prompt nope\n  {read}\n\n{filter}")),
        (
            "quality --model gpt-* --user eve --failed",
            &format!("error: nothing was assessed with model gpt-*, user eve, failure\n  {read}\n\n{filter}"),
        ),
        ("all --prompt nope", &format!("error: nothing happened with prompt nope\n  {read}\n\n{filter}")),
    ]);
}

#[test]
fn a_date_is_inclusive_and_an_instant_splits_exactly() {
    let sandbox = quiet_week();
    let runs = |line: &str| {
        let report: serde_json::Value = serde_json::from_str(&printed(&sandbox, line)).unwrap();
        report["facts"]["runs"].as_u64().unwrap()
    };
    // Seven uses on the 20th; the one of 09:15 is in the second half when it is split there.
    assert_eq!(runs("usage -j --since 2026-11-20"), 7);
    assert_eq!(runs("usage -j --since 2026-11-20 --until 2026-11-20T09:15:00Z"), 3);
    assert_eq!(runs("usage -j --since 2026-11-20T09:15:00Z"), 4);
    assert_eq!(runs("usage -j --until 2026-11-19") + runs("usage -j --since 2026-11-20"), 54);
    // Ten uses on Saturday 14 and Sunday 15 November.
    assert_eq!(runs("usage -j --period 2026-W47"), 54 - 8 - 10);
}
