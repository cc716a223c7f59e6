//! `record` and `rate`: what is refused is refused before the log is touched.

use super::{quiet_week, refused};
use crate::support::{Ran, Sandbox};

fn person() -> Sandbox {
    quiet_week().with("PROMPT_USER", "ana").with("PROMPT_HOST", "nuc")
}

/// The log's lines without the quiet week's own.
fn added(sandbox: &Sandbox) -> Vec<String> {
    let log = String::from_utf8(sandbox.snapshot()["events-2026-11.jsonl"].clone()).unwrap();
    log.lines().skip(70).map(str::to_owned).collect()
}

#[test]
fn a_rating_out_of_range_is_refused() {
    for (line, shown) in [
        ("rate 7", "7"),
        ("rate 0", "0"),
        ("rate -1", "-1"),
        ("rate 5.1", "5.1"),
        ("rate great", "\"great\""),
        ("record feedback run_id=a rating=7", "7"),
        ("record feedback run_id=a rating=great", "\"great\""),
    ] {
        let message = format!("error: `rating` is {shown}, and must be a number from 1 to 5\n");
        assert_eq!(refused(&person(), line), message, "{line}");
    }
}

#[test]
fn an_event_that_is_not_one_is_refused_with_what_it_could_be() {
    for (line, message) in [
        ("record usgae prompt_id=a", "error: there is no kind `usgae`; did you mean `usage`?\n"),
        (
            "record banana",
            "error: there is no kind `banana`; there are run usage performance quality feedback template starter alert recommendation\n",
        ),
        ("record run prmopt_id=a", "error: there is no field `prmopt_id`; did you mean `prompt_id`?\n"),
        (
            "record usage rating=4",
            "error: `rating` is not a field of `usage`; it belongs to run, performance, feedback\n",
        ),
        (
            "record run input_tokens=-3",
            "error: `input_tokens` is -3, and must be a whole number from 0 to 1000000000000\n",
        ),
        ("record quality quality_score=1.5", "error: `quality_score` is 1.5, and must be a number from 0 to 1\n"),
        ("record run success=maybe", "error: `success` is \"maybe\", and must be true or false\n"),
        (
            "record run ts=soon",
            "error: `ts` is \"soon\", and must be an instant such as 2026-11-20T14:30:00Z, from the year 2000 on\n",
        ),
        ("record run prompt_id=a prompt_id=b", "error: `prompt_id` is given twice\n"),
        (
            "record run prompt_id",
            "error: `prompt_id` is not FIELD=VALUE\n\nhint: prompt-analytics record run prompt_id=summarize success=true\n",
        ),
        (
            "record feedback run_id=a",
            "error: a `feedback` event says nothing without one of `rating`, `feedback_text`\n",
        ),
        ("record", "error: KIND is missing\n\nhint: prompt-analytics record <KIND> [FIELD=VALUE]...\n"),
        ("rate", "error: RATING is missing\n\nhint: prompt-analytics rate <RATING> [TEXT]...\n"),
        ("record - prompt_id=a", "error: `prompt_id=a` has no place beside `-`: events come from standard input\n"),
    ] {
        assert_eq!(refused(&person(), line), message, "{line}");
    }
}

#[test]
fn bad_lines_on_standard_input_are_named_and_the_others_recorded() {
    let sandbox = person();
    let lines = concat!(
        r#"{"event":"run","id":"one","prompt_id":"a"}"#,
        "\n\nnot json\n",
        r#"{"event":"feedback","run_id":"r","rating":9}"#,
        "\n",
        r#"{"event":"run","id":"two","prompt_id":"b"}"#,
        "\n[]\n",
        r#"{"prompt_id":"c"}"#,
    );
    let ran = sandbox.run_with(["record", "-"], lines.as_bytes());
    assert_eq!(
        ran,
        Ran {
            status: 2,
            stdout: String::new(),
            stderr: "line 3: not JSON: expected ident at column 2\n\
                     line 4: `rating` is 9, and must be a number from 1 to 5\n\
                     line 6: not a JSON object\n\
                     line 7: there is no `event`: it is the kind, one of run usage performance quality feedback template starter alert recommendation\n\
                     error: 4 lines refused, the others are recorded\n"
                .to_owned(),
        }
    );
    assert_eq!(
        added(&sandbox),
        [
            r#"{"v":1,"id":"one","ts":"2026-11-20T12:00:00.000Z","event":"run","prompt_id":"a"}"#,
            r#"{"v":1,"id":"two","ts":"2026-11-20T12:00:00.000Z","event":"run","prompt_id":"b"}"#,
        ]
    );
}

#[test]
fn rate_judges_the_newest_use_of_this_person_on_this_machine() {
    let sandbox = person();
    assert_eq!(sandbox.run(["rate", "4", "short", "and", "kind"]).ok(), "rated 4 of 5: draft-reply, 50 min ago\n");
    let line: serde_json::Value = serde_json::from_str(&added(&sandbox)[0]).unwrap();
    for (field, value) in
        [("event", "feedback"), ("prompt_id", "draft-reply"), ("user_id", "ana"), ("feedback_text", "short and kind")]
    {
        assert_eq!(line[field], value);
    }
    assert_eq!(sandbox.run(["rate", "2", "--run", "rev-20"]).ok(), "rated 2 of 5: run rev-20\n");
    assert_eq!(
        sandbox.run(["rate", "3", "--prompt", "extract-invoice"]).ok(),
        "rated 3 of 5: extract-invoice, 3 h 27 min ago\n"
    );
    assert_eq!(
        sandbox.run(["rate", "3", "--prompt", "nobody-knows"]).ok(),
        "rated 3 of 5: nobody-knows, no use of it in the last day\n"
    );
}

#[test]
fn nothing_to_rate_is_said_with_two_ways_out() {
    let nobody = quiet_week().with("PROMPT_USER", "zoe").with("PROMPT_HOST", "elsewhere");
    let says = "error: you used no prompt on this machine in the last day\n  looked in metrics/prompt-analytics (found in the \
                working directory)\n\nhint: name the use or the prompt: `prompt-analytics rate 4 --run ID` or `--prompt ID`\n";
    assert_eq!(refused(&nobody, "rate 4"), says);
    assert_eq!(refused(&Sandbox::new(), "rate 4"), says);
}

#[test]
fn who_asked_for_silence_writes_nothing() {
    for (name, value) in [("PROMPT_ANALYTICS", "off"), ("DO_NOT_TRACK", "1")] {
        let sandbox = person().with(name, value);
        let before = sandbox.snapshot();
        for line in [&["rate", "4"][..], &["record", "run", "prompt_id=a"]] {
            assert_eq!(sandbox.run(line).ok(), "");
        }
        assert_eq!(sandbox.snapshot(), before);
    }
}

#[test]
fn what_a_log_says_of_itself_cannot_move_the_cursor_of_who_is_told() {
    let run = r#"{"ts":"2026-11-20T11:00:00Z","event":"run","prompt_id":"\u001b[2Jgone"}"#;
    let sandbox = Sandbox::new();
    sandbox.log("events-2026-11.jsonl", format!("{run}\n"));
    assert_eq!(sandbox.run(["rate", "4"]).ok(), "rated 4 of 5: ␛[2Jgone, 1 h 00 min ago\n");
    sandbox.log("events-2026-11.jsonl", run.replace("\"run\"", "\"\\u009b2J\\u001b[2J\""));
    let said = refused(&sandbox, "usage");
    assert!(said.contains("1 of unknown kind (`\\u{9b}2J␛[2J`)"), "{said}");
    let ran = sandbox.run_with(["record", "-"], r#"{"event":"run","\u001b[2J":1}"#.as_bytes());
    assert!(ran.stderr.starts_with("line 1: there is no field `␛[2J`"), "{ran:?}");
}
