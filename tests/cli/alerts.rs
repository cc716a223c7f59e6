//! `alerts` from cron: an alert is told once, stays open until its number is back, and is quiet while somebody knows of it.

use crate::support::schema::violations;
use crate::support::{Ran, Sandbox};
use serde_json::Value;
use std::fs;

/// Uses of the prompt `a` on a day, the first `successes` of which helped.
fn uses(day: &str, successes: usize, uses: usize) -> String {
    let line = |at: usize| {
        let success = at < successes;
        format!("{{\"ts\":\"2026-11-{day}T10:00:00Z\",\"event\":\"run\",\"prompt_id\":\"a\",\"success\":{success}}}\n")
    };
    (0..uses).map(line).collect()
}

/// A log of one prompt; `everything` is that prompt.
fn sandbox(days: &[(&str, usize, usize)]) -> Sandbox {
    let sandbox = Sandbox::new();
    let log = days.iter().map(|(day, successes, all)| uses(day, *successes, *all)).collect::<String>();
    sandbox.log("uses.jsonl", log);
    sandbox
}

/// `alerts` as cron asks at noon of a day, with a command that keeps what it is told.
fn cron(sandbox: &Sandbox, day: &str) -> Ran {
    let now = format!("2026-11-{day}T12:00:00Z");
    let keep = "cat >told.json; echo \"$PROMPT_ANALYTICS_ALERTS\" >count";
    sandbox.run(["alerts", "--period", "1d", "--now", &now, "--fail-on", "high", "--notify", keep, "--json"])
}

/// A log with 3,001 alerts, which make more JSON than a pipe holds.
fn many_alerts() -> Sandbox {
    let line = |prompt: usize| {
        let fields = format!("\"ts\":\"2026-11-20T10:00:00Z\",\"event\":\"run\",\"prompt_id\":\"prompt-{prompt}\"");
        format!("{{{fields},\"success\":false}}\n").repeat(2)
    };
    let sandbox = Sandbox::new();
    sandbox.log("uses.jsonl", (0..3000).map(line).collect::<String>());
    sandbox.log("config.toml", "[targets.success_rate]\nminimum = 2\n");
    sandbox
}

/// The state and the metric of every alert that a report shows.
fn states(report: &Value) -> Vec<String> {
    let rows = report["tables"][0]["rows"].as_array().expect("rows");
    rows.iter().map(|row| format!("{} {}", row["state"].as_str().unwrap(), row["metric"].as_str().unwrap())).collect()
}

/// What the command was told of since the last time: how many alerts are new or worse, and the state of all.
fn told(sandbox: &Sandbox) -> Option<(String, Vec<String>)> {
    let json = fs::read_to_string(sandbox.work().join("told.json")).ok()?;
    fs::remove_file(sandbox.work().join("told.json")).expect("a file");
    let count = fs::read_to_string(sandbox.work().join("count")).expect("a count");
    Some((count.trim().to_owned(), states(&serde_json::from_str(&json).expect("JSON"))))
}

/// Asserts the exit status of a run of cron, what it shows and what it told.
fn holds(sandbox: &Sandbox, day: &str, status: i32, shown: &[&str], expected: Option<&str>) {
    let ran = cron(sandbox, day);
    assert_eq!((ran.status, ran.stderr.as_str()), (status, ""), "{day}");
    assert_eq!(states(&serde_json::from_str(&ran.stdout).expect("JSON")), shown, "{day}");
    let told = told(sandbox);
    assert_eq!(told.as_ref().map(|(count, _)| count.as_str()), expected, "{day}");
    if let Some((_, states)) = told {
        assert_eq!(states, shown, "{day}: the command is told what is shown");
    }
}

/// The one alert of a log, as its report shows it.
fn finding(sandbox: &Sandbox, args: &[&str]) -> Value {
    let report: Value =
        serde_json::from_str(&sandbox.run([&["alerts", "--json"], args].concat()).stdout).expect("JSON");
    assert_eq!(report["findings"].as_array().expect("findings").len(), 1, "{report:#}");
    report["findings"][0].clone()
}

#[test]
fn an_alert_is_told_once_stays_open_until_it_is_back_and_is_new_again() {
    // 70 % is the level, 77 % is where it is closed, 20 outcomes are the least.
    let sandbox = sandbox(&[("02", 12, 20), ("03", 15, 20), ("04", 1, 5), ("05", 16, 20), ("06", 13, 20)]);
    let (new, open, closed) = (["new success_rate"], ["open success_rate"], ["closed success_rate"]);
    holds(&sandbox, "02", 1, &new, Some("1"));
    holds(&sandbox, "02", 1, &open, None);
    holds(&sandbox, "03", 1, &open, None);
    holds(&sandbox, "04", 1, &open, None);
    let few = finding(&sandbox, &["--period", "1d", "--now", "2026-11-04T12:00:00Z"]);
    assert_eq!(few["status"], "open since 2026-11-02, too few observations to tell whether it is over");
    holds(&sandbox, "05", 0, &closed, Some("0"));
    holds(&sandbox, "05", 0, &[], None);
    holds(&sandbox, "06", 1, &new, Some("1"));
    let log = String::from_utf8(sandbox.snapshot()["events-2026-11.jsonl"].clone()).expect("UTF-8");
    let said: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("an event")).collect();
    let brief: Vec<String> = said
        .iter()
        .map(|event| format!("{} {} {} {}", event["ts"], event["state"], event["prompt_id"], event["observed"]))
        .collect();
    assert_eq!(
        brief,
        [
            r#""2026-11-02T12:00:00.000Z" "open" "a" 0.6"#,
            r#""2026-11-05T12:00:00.000Z" "closed" "a" 0.8"#,
            r#""2026-11-06T12:00:00.000Z" "open" "a" 0.65"#,
        ]
    );
}

#[test]
fn an_acknowledged_alert_is_quiet_until_it_is_worse() {
    // 0.60, 0.53 (no more than a tenth of 0.70 below), 0.50.
    let sandbox = sandbox(&[("02", 12, 20), ("03", 53, 100), ("04", 10, 20)]);
    holds(&sandbox, "02", 1, &["new success_rate"], Some("1"));
    let id = finding(&sandbox, &["--period", "1d", "--now", "2026-11-02T13:00:00Z"])["id"].as_str().unwrap().to_owned();
    let ack = ["alert", "ack", &id, "--period", "1d", "--now", "2026-11-02T13:00:00Z"];
    assert_eq!(sandbox.run(ack).ok(), format!("acknowledged {id}: prompt a, success\n"));
    holds(&sandbox, "03", 0, &["acknowledged success_rate"], None);
    let quiet = finding(&sandbox, &["--period", "1d", "--now", "2026-11-03T13:00:00Z"]);
    assert_eq!((&quiet["status"], &quiet["close"]), (&"acknowledged on 2026-11-02".into(), &"".into()));
    let facts =
        sandbox.run(["alerts", "--period", "1d", "--now", "2026-11-03T13:00:00Z", "--json"]).json()["facts"].clone();
    let fact = |key: &str| facts[key].as_f64().or_else(|| facts[key]["value"].as_f64());
    assert_eq!([fact("open_alerts"), fact("acknowledged_alerts"), fact("high_alerts")], [0.0, 1.0, 0.0].map(Some));
    holds(&sandbox, "04", 1, &["worse success_rate"], Some("1"));
    holds(&sandbox, "04", 1, &["open success_rate"], None);
    let reopen = ["alert", "reopen", &id, "--period", "1d", "--now", "2026-11-04T14:00:00Z"];
    assert_eq!(sandbox.run(reopen).ok(), format!("reopened {id}: prompt a, success\n"));
}

#[test]
fn a_command_that_fails_has_told_nobody() {
    let sandbox = sandbox(&[("20", 10, 20)]);
    let before = sandbox.snapshot();
    for (command, how) in
        [("exit 3", "exit status 3"), ("kill -9 $$", "signal 9 (SIGKILL)"), ("no-such-command-here", "exit status 127")]
    {
        let ran = sandbox.run(["alerts", "--notify", command]);
        assert_eq!(ran.status, 2, "{command}");
        assert!(ran.stdout.starts_with("Alerts"), "the answer is given all the same: {ran:?}");
        assert!(ran.stderr.contains(&format!("error: the command of --notify ended with {how}\n")), "{}", ran.stderr);
        assert_eq!(sandbox.snapshot(), before, "{command}");
    }
    assert_eq!(finding(&sandbox, &[])["status"], "new");
}

#[test]
fn the_command_is_given_json_that_keeps_to_the_schema_and_need_not_read_it() {
    let sandbox = many_alerts();
    assert_eq!(sandbox.run(["alerts", "--notify", "exit 1", "--top", "1"]).status, 2);
    let keep = "cat >told.json; echo printed";
    let ran = sandbox.run(["alerts", "--notify", keep, "--top", "1", "--json"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, "printed\n"), "what it prints is no part of the answer");
    let told: Value =
        serde_json::from_slice(&fs::read(sandbox.work().join("told.json")).expect("a file")).expect("JSON");
    let schema = sandbox.run(["schema", "report"]).json();
    assert_eq!(violations(&schema, &told), Vec::<String>::new());
    assert_eq!(states(&told).len(), 3001, "what is cut from a page is told all the same");
    assert_eq!(
        told.to_string().replace(' ', ""),
        serde_json::from_str::<Value>(&ran.stdout).unwrap().to_string().replace(' ', "")
    );
    // Everything is told by now, so that the command is not run.
    assert_eq!(sandbox.run(["alerts", "--notify", "exit 1", "--top", "1"]).status, 0);
}

#[test]
fn a_command_that_leaves_its_input_unread_is_waited_for_and_no_longer() {
    let sandbox = many_alerts();
    // The shell ends; what it leaves behind holds the pipe, which is full, until it is let go.
    let wait =
        "i=0; until [ -e let-go ] || [ $i = 200 ]; do sleep 0.1; i=$((i + 1)); done; [ -e let-go ] || touch gave-up";
    let command = format!("exec 3<&0; sh -c '{wait}' <&3 >/dev/null 2>&1 3<&- & true");
    let ran = sandbox.run(["alerts", "--notify", &command, "--top", "1", "--json"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert!(!sandbox.work().join("gave-up").exists(), "nobody waited for what reads nothing");
    fs::write(sandbox.work().join("let-go"), "").expect("a file");
}

#[test]
fn a_command_is_told_of_unpriced_uses_whatever_is_shown() {
    let sandbox = sandbox(&[("20", 10, 20)]);
    for format in ["table", "csv", "json"] {
        assert_eq!(sandbox.run(["alerts", "--notify", "cat >told.json", "--format", format]).status, 0);
        let told = fs::read_to_string(sandbox.work().join("told.json")).expect("what was told");
        let told: Value = serde_json::from_str(&told).expect("JSON");
        assert_eq!(told["coverage"]["unpriced_runs"], 20, "{format}");
    }
}

#[test]
fn remember_records_without_a_command_and_a_silenced_writer_records_nothing() {
    let world = || sandbox(&[("20", 10, 20)]);
    for silence in [("DO_NOT_TRACK", "1"), ("PROMPT_ANALYTICS", "off")] {
        let sandbox = world().with(silence.0, silence.1);
        let before = sandbox.snapshot();
        assert!(sandbox.run(["alerts", "--remember"]).ok().starts_with("Alerts"));
        assert_eq!(sandbox.run(["alerts", "--notify", "cat >told.json"]).status, 0);
        assert!(sandbox.work().join("told.json").exists(), "to tell is not to write");
        let id = finding(&sandbox, &[])["id"].as_str().unwrap().to_owned();
        assert_eq!(sandbox.run(["alert", "ack", &id]).ok(), "");
        assert_eq!(sandbox.snapshot(), before, "{silence:?}");
    }
    let sandbox = world();
    assert!(sandbox.run(["alerts", "--remember"]).ok().contains("· new"));
    assert_eq!(finding(&sandbox, &[])["status"], "open since 2026-11-20");
    let sound = sandbox.run(["check", "--strict"]);
    assert_eq!(sound.status, 0, "what is recorded is sound: {sound:?}");
}

#[test]
fn fail_on_is_about_findings_of_a_severity_or_worse_in_any_report_that_has_them() {
    let sandbox = sandbox(&[("20", 10, 20)]);
    for (args, status) in [
        (&["alerts", "--fail-on", "low"][..], 1),
        (&["alerts", "--fail-on", "high"], 1),
        (&["recommendations", "--fail-on", "low"], 1),
        (&["usage,overview", "--fail-on", "high"], 1),
        (&["--fail-on", "high"], 1),
        (&["alerts", "--fail-on", "low", "--prompt", "a", "--success"], 0),
    ] {
        let ran = sandbox.run(args);
        assert_eq!((ran.status, ran.stderr.as_str()), (status, ""), "{args:?}");
    }
    for (line, message) in [
        (
            "usage --fail-on high",
            "error: `--fail-on` means nothing to `usage`, which has no findings\n\nhint: prompt-analytics alerts --fail-on high\n",
        ),
        (
            "overview --notify x",
            "error: `--notify` means nothing to `overview`, which has no alerts\n\nhint: prompt-analytics alerts --notify COMMAND\n",
        ),
        ("alerts --fail-on hihg", "error: there is no severity `hihg`; did you mean `high`?\n"),
        (
            "alerts --remember --period 2026-10",
            "error: alerts of a period that is not now cannot be told or remembered\n\n\
             hint: leave out the period, or end it with today: `--period 7d`\n",
        ),
    ] {
        let ran = sandbox.run(super::words(line));
        assert_eq!((ran.status, ran.stderr.as_str()), (2, message), "{line}");
    }
}

#[test]
fn a_quiet_week_is_no_trouble_for_cron() {
    let sandbox = sandbox(&[("02", 10, 20)]);
    let quiet = sandbox.run(["alerts", "--fail-on", "low", "--now", "2026-11-25T12:00:00Z"]).ok();
    assert!(
        quiet.contains("Nothing is past its level: nothing happened in the period (2026-11-19 to 2026-11-25)."),
        "{quiet}"
    );
    let hour = sandbox.run(["alerts", "--since", "1h"]).ok();
    assert!(hour.contains("nothing happened in the period"), "{hour}");
    assert!(sandbox.run(["all", "--since", "2026-11-19"]).refused().starts_with("error: nothing happened since"));
}

#[test]
fn only_what_is_found_can_be_decided_on() {
    let sandbox = sandbox(&[("20", 10, 20)]);
    let id = finding(&sandbox, &[])["id"].as_str().unwrap().to_owned();
    let before = sandbox.snapshot();
    for (args, message) in [
        (
            vec!["alert", "ack", &id, "b-1"],
            format!("error: there is no alert `b-1`; there are {id}\n\nhint: `prompt-analytics alerts` shows them\n"),
        ),
        (vec!["alert", "ack"], "error: ID is missing\n\nhint: prompt-analytics alert <ACTION> <ID>...\n".to_owned()),
        (
            vec!["-r", "alert"],
            "error: `alert` is a command, and no report beside others\n\nhint: did you mean the report `alerts`? \
             `prompt-analytics alert --help` says what it takes\n"
                .to_owned(),
        ),
    ] {
        assert_eq!(sandbox.run(args).refused(), message);
    }
    let done = sandbox.run(["recommend", "done", &id]).refused();
    assert!(done.starts_with(&format!("error: there is no recommendation `{id}`")), "{done}");
    assert_eq!(sandbox.snapshot(), before, "one that is refused refuses all");
    // What is done is shown no more, and can be taken up again.
    sandbox.run(["record", "recommendation", "finding_id=r-1", "state=done"]).ok();
    assert_eq!(sandbox.run(["recommend", "reopen", "r-1", "--now", "2026-11-20T13:00:00Z"]).ok(), "reopened r-1\n");
    assert!(sandbox.run(["alert", "reopen", "r-1"]).refused().starts_with("error: there is no alert `r-1`"));
}

#[test]
fn an_alert_of_a_hidden_pair_of_dimensions_is_told_by_the_most_particular() {
    let line =
        "{\"ts\":\"2026-11-20T10:00:00Z\",\"event\":\"run\",\"prompt_id\":\"a\",\"model\":\"m\",\"success\":false}\n";
    let sandbox = Sandbox::new();
    sandbox.log("uses.jsonl", line.repeat(20));
    let finding = finding(&sandbox, &[]);
    assert_eq!(finding["subject"], "prompt a");
    assert_eq!(finding["because"], "20 failures: 20 without an error; the same uses are model m and everything");
}

#[test]
fn the_config_says_what_is_watched_and_how() {
    let sandbox = sandbox(&[("10", 30, 30), ("19", 13, 20)]);
    sandbox.log(
        "costs.jsonl",
        [("02", 26.0), ("03", 13.0)]
            .map(|(day, usd)| {
                let fields = "\"event\":\"run\",\"prompt_id\":\"gone\",\"project_id\":\"web-1\"";
                format!("{{\"ts\":\"2026-11-{day}T10:00:00Z\",{fields},\"cost_usd\":{usd}}}\n")
            })
            .concat(),
    );
    let subjects = |config: &str| {
        sandbox.log("config.toml", config);
        let report = sandbox.run(["alerts", "--json"]).json();
        let word = |finding: &Value| {
            format!("{} {}", finding["severity"].as_str().unwrap(), finding["subject"].as_str().unwrap())
        };
        report["findings"].as_array().unwrap().iter().map(word).collect::<Vec<_>>()
    };
    assert_eq!(subjects(""), ["high prompt a"]);
    assert_eq!(subjects("[targets.success_rate]\nalert = 0.65\n"), [""; 0]);
    assert_eq!(subjects("[targets.success_rate]\nseverity = \"low\"\n"), ["low prompt a"]);
    assert_eq!(subjects("[targets.success_rate]\nminimum = 21\n"), [""; 0]);
    let exception = "[[override]]\nprompt = \"a*\"\n[override.success_rate]\nalert = 0.5\n";
    assert_eq!(subjects(exception), ["high everything"], "an exception is of the names that match");
    assert_eq!(subjects("[alerts]\nwindow = \"12h\"\n"), [""; 0], "the uses are 26 h ago");
    // At noon of the 20th 65 % of the month is over: 39 are 60 by its end.
    let budget = |usd: u32| {
        subjects(&format!(
            "[alerts]\nwindow = \"1d\"\n[[budget]]\nevery = \"month\"\nusd = {usd}\nproject = \"web-*\"\nseverity = \"high\"\n"
        ))
    };
    let of_month = |severity: &str| vec![format!("{severity} budget of the month for project web-*")];
    assert_eq!([budget(39), budget(59), budget(60)], [of_month("high"), of_month("medium"), Vec::new()]);
}

#[test]
fn a_recommendation_that_somebody_knows_of_is_no_reason_to_fail() {
    let sandbox = sandbox(&[("20", 10, 20)]);
    let ask = ["recommendations", "--json", "--fail-on", "low", "--now", "2026-11-20T13:00:00Z"];
    let ran = sandbox.run(ask);
    assert_eq!(ran.status, 1);
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let ids: Vec<&str> =
        report["tables"][0]["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert!(!ids.is_empty());
    for id in ids {
        // Of those that rest on the same numbers one is told; what was said holds for it.
        let _ = sandbox.run(["recommend", "ack", id]);
    }
    let ran = sandbox.run(ask);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.stdout.contains("acknowledged on 2026-11-20"), "{ran:?}");
    let log = String::from_utf8(sandbox.snapshot()["events-2026-11.jsonl"].clone()).expect("UTF-8");
    let said: Value = serde_json::from_str(log.lines().next().expect("a line")).expect("an event");
    let promised =
        [("event", "recommendation"), ("state", "acknowledged"), ("metric", "success_rate"), ("prompt_id", "a")];
    for (key, value) in promised {
        assert_eq!(said[key], value, "{said}");
    }
    assert_eq!(said["observed"], 0.5);
}

#[test]
fn of_alarms_at_once_one_tells() {
    let sandbox = sandbox(&[("20", 2, 30)]);
    let notify = ["alerts", "--notify", "echo told >>told.txt", "--json", "--now", "2026-11-20T12:00:00Z"];
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| sandbox.run(notify).ok());
        }
    });
    assert_eq!(fs::read_to_string(sandbox.work().join("told.txt")).expect("told"), "told\n");
}

#[test]
fn subjects_that_share_numbers_by_chance_are_both_told() {
    let sandbox = Sandbox::new();
    // At the same instants the same outcomes, but of other uses.
    let of = |names: &str| {
        let line = |at: usize| {
            let fields = format!("\"ts\":\"2026-11-20T{:02}:00:00Z\",\"event\":\"run\",{names}", at % 12);
            format!("{{{fields},\"success\":{}}}\n", at.is_multiple_of(2))
        };
        (0..30).map(line).collect::<String>()
    };
    sandbox.log("a.jsonl", of("\"prompt_id\":\"a\"") + &of("\"template_id\":\"b\""));
    for report in ["alerts", "recommendations"] {
        let answer = sandbox.run([report, "--json"]).json();
        let findings = answer["findings"].as_array().unwrap();
        for subject in ["prompt a", "template b"] {
            assert!(findings.iter().any(|finding| finding["subject"] == subject), "{report}: {subject}");
        }
    }
}
