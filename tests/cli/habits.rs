//! What users of `ccusage` type: the names of its views, its JSON, and the line for a prompt.

use super::{printed, refused};
use crate::support::{BINARY, Ran, Sandbox};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};

fn five_hours() -> Sandbox {
    Sandbox::of_fixture("five-hours")
}

fn rows(report: &Value) -> &Vec<Value> {
    report["tables"][0]["rows"].as_array().expect("rows")
}

#[test]
fn a_view_is_a_report_in_a_shape() {
    let sandbox = five_hours();
    for (view, shape) in [
        ("daily", "cost --every day"),
        ("weekly", "cost --every week"),
        ("monthly", "cost --every month"),
        ("session", "cost --by conversation --sort last_used:asc --top 0"),
        ("--report daily", "cost --every day"),
        ("daily --every day", "cost --every day"),
        ("daily -b model", "cost --every day --by model"),
        ("session --by model --sort runs", "cost --by conversation,model --sort runs"),
        ("session --top 1", "cost --by conversation --sort last_used:asc --top 1"),
        ("daily --since 2026-11-20 --json", "cost --every day --period 2026-11-20 --json"),
    ] {
        let shown =
            printed(&sandbox, view).replace("\"since\": \"2026-11-20T00:00:00+00:00\",\n    \"until\": null", "");
        let expected = printed(&sandbox, shape)
            .replace("\"since\": \"2026-11-20T00:00:00+00:00\",\n    \"until\": \"2026-11-21T00:00:00+00:00\"", "");
        assert_eq!(shown, expected, "{view}");
    }
    let sessions = sandbox.run(["session", "--json"]).json();
    let names: Vec<&Value> = rows(&sessions).iter().map(|row| &row["conversation"]).collect();
    assert_eq!(names, ["s1", "s3", "s2"], "the newest is the last");
}

#[test]
fn a_view_that_is_contradicted_says_what_it_is() {
    let sandbox = five_hours();
    for (line, says) in [
        ("daily --every week", "`daily` is `cost --every day`, and takes no `--every week`"),
        ("daily,usage", "`daily` is `cost --every day`, a shape that `usage` would share"),
        ("usage session", "`session` is `cost --by conversation --sort last_used:asc --top 0`, a shape that"),
        ("daily weekly", "`daily` is `cost --every day`, a shape that `weekly` would share"),
        ("dayly", "did you mean `daily`?"),
        ("daily --session-length 4", "`--session-length` means nothing to `cost`"),
        ("blocks --session-length 0", "--session-length is 0, and must be hours from 1 to 168"),
        ("blocks --by model", "`--by` means nothing to `blocks`"),
    ] {
        let refused = refused(&sandbox, line);
        assert!(refused.contains(says), "{line}: {refused}");
    }
    let help = sandbox.run(["daily", "--help"]).ok();
    assert!(help.starts_with("daily: the same as `prompt-analytics cost --every day`"), "{help}");
    assert!(help.contains("\ncost: What do the uses cost"), "{help}");
}

#[test]
fn blocks_are_of_the_hours_asked_for_and_whole_at_the_edge_of_a_period() {
    let sandbox = five_hours();
    let starts = |line: &str| {
        let report: Value = serde_json::from_str(&printed(&sandbox, line)).expect("JSON");
        let block = |row: &Value| {
            let start = row["start"].as_str().filter(|_| row["state"] != "gap")?;
            Some(format!("{} {}", &start[8..16], row["runs"]))
        };
        rows(&report).iter().filter_map(block).collect::<Vec<String>>()
    };
    assert_eq!(starts("blocks --json"), ["19T08:00 2", "19T13:00 1", "20T09:00 3"]);
    assert_eq!(starts("blocks --json --session-length 6"), ["19T08:00 3", "20T09:00 3"]);
    assert_eq!(
        starts("blocks --json --session-length 1"),
        ["19T08:00 1", "19T12:00 1", "19T13:00 1", "20T09:00 1", "20T11:00 2"]
    );
    // The windows are those of the whole log, whatever is asked about.
    assert_eq!(starts("blocks --json --since 2026-11-20T11:30:00Z"), ["20T09:00 3"]);
    assert_eq!(starts("blocks --json --until 2026-11-19T09:00:00Z"), ["19T08:00 2"]);
    assert_eq!(starts("blocks --json --top 1"), ["20T09:00 3"]);
    assert_eq!(starts("blocks --json --model *haiku*"), ["19T12:00 1"]);
    // Windows begin at full hours in UTC, whatever the zone they are shown in.
    assert_eq!(starts("blocks --json -z Asia/Kathmandu"), ["19T13:45 2", "19T18:45 1", "20T14:45 3"]);
}

#[test]
fn a_block_that_has_just_begun_has_no_rate() {
    let sandbox = five_hours();
    for (now, is_known) in
        [("2026-11-20T11:00:00Z", true), ("2026-11-20T09:25:00Z", false), ("2026-11-20T14:00:00Z", false)]
    {
        let report = sandbox.run(["blocks", "--json", "--now", now]).json();
        let running = report["tables"].as_array().unwrap().iter().find(|table| table["id"] == "running");
        let rate = running.map_or(&Value::Null, |table| &table["rows"][0]["tokens_per_minute"]);
        assert_eq!(rate.is_number(), is_known, "{now}: {rate}");
    }
    let alone = Sandbox::new();
    alone.log("a.jsonl", "{\"ts\":\"2026-11-20T11:40:00Z\",\"event\":\"run\",\"input_tokens\":10,\"cost_usd\":1}\n");
    let said = printed(&alone, "blocks");
    assert!(said.contains("The running block has no rate yet: that takes 2 uses and 10 minutes."), "{said}");
}

fn compat(view: &str) -> Value {
    let line = format!("{view} --json --compat ccusage");
    serde_json::from_str(&printed(&five_hours(), &line)).expect("JSON")
}

fn counted(input: i64, output: i64, written: i64, read: i64) -> serde_json::Map<String, Value> {
    let counted = json!({
        "inputTokens": input, "outputTokens": output, "cacheCreationTokens": written, "cacheReadTokens": read,
    });
    counted.as_object().expect("an object").clone()
}

fn model(name: &str, counts: [i64; 4], cost: f64) -> Value {
    let [input, output, written, read] = counts;
    let mut model = counted(input, output, written, read);
    model.extend([("modelName".to_owned(), json!(name)), ("cost".to_owned(), json!(cost))]);
    if cost == 0.0 {
        model.insert("missingPricing".to_owned(), json!(true));
    }
    Value::Object(model)
}

fn period(key: &str, name: &str, counts: [i64; 4], (total, cost): (i64, f64), models: &[Value]) -> Value {
    let [input, output, written, read] = counts;
    let mut row = counted(input, output, written, read);
    let used: Vec<&Value> = models.iter().map(|model| &model["modelName"]).collect();
    for (key, value) in [
        (key, json!(name)),
        ("totalTokens", json!(total)),
        ("totalCost", json!(cost)),
        ("modelsUsed", json!(used)),
        ("modelBreakdowns", json!(models)),
    ] {
        row.insert(key.to_owned(), value);
    }
    Value::Object(row)
}

fn totals() -> Value {
    let mut totals = counted(13_000, 2800, 3000, 30_000);
    totals.insert("totalTokens".to_owned(), json!(48_800));
    totals.insert("totalCost".to_owned(), json!(0.67));
    totals.insert("unpricedModels".to_owned(), json!(["mystery-7b"]));
    Value::Object(totals)
}

#[test]
fn days_weeks_and_months_have_the_shape_that_ccusage_gives_them() {
    let sonnet = |counts, cost| model("claude-sonnet-4-5", counts, cost);
    let haiku = || model("claude-haiku-4-5", [2000, 100, 0, 0], 0.02);
    let mystery = || model("mystery-7b", [1000, 400, 0, 0], 0.0);
    let first = [sonnet([5000, 700, 1000, 7000], 0.15), haiku()];
    let second = [sonnet([5000, 1600, 2000, 23_000], 0.5), mystery()];
    let daily = json!([
        period("date", "2026-11-19", [7000, 800, 1000, 7000], (15_800, 0.17), &first),
        period("date", "2026-11-20", [6000, 2000, 2000, 23_000], (33_000, 0.5), &second),
    ]);
    assert_eq!(compat("daily"), json!({ "daily": daily, "totals": totals() }));
    assert_eq!(compat("cost --every day"), compat("daily"));
    assert_eq!(compat("daily -b model"), compat("daily"), "models are told in any case");
    let all = [sonnet([10_000, 2300, 3000, 30_000], 0.65), haiku(), mystery()];
    for (view, key, name) in [("weekly", "week", "2026-11-16"), ("monthly", "month", "2026-11")] {
        let row = period(key, name, [13_000, 2800, 3000, 30_000], (48_800, 0.67), &all);
        assert_eq!(compat(view), json!({ view: [row], "totals": totals() }));
    }
}

#[test]
fn sessions_and_blocks_have_the_shape_that_ccusage_gives_them() {
    let sessions = compat("session");
    assert_eq!(sessions["totals"], totals());
    let mut newest = period(
        "sessionId",
        "s2",
        [4000, 800, 0, 9000],
        (13_800, 0.25),
        &[model("claude-sonnet-4-5", [4000, 800, 0, 9000], 0.25)],
    );
    newest["firstActivity"] = json!("2026-11-19T13:00:00.000Z");
    newest["lastActivity"] = json!("2026-11-20T11:50:00.000Z");
    newest["projectPath"] = json!("/home/ada/shop");
    assert_eq!(sessions["sessions"][2], newest);
    let names: Vec<&Value> = sessions["sessions"].as_array().unwrap().iter().map(|row| &row["sessionId"]).collect();
    assert_eq!(names, ["s1", "s3", "s2"]);

    let blocks = compat("blocks");
    let blocks = blocks["blocks"].as_array().unwrap();
    let running = json!({
        "id": "2026-11-20T09:00:00.000Z",
        "startTime": "2026-11-20T09:00:00.000Z",
        "endTime": "2026-11-20T14:00:00.000Z",
        "actualEndTime": "2026-11-20T11:50:00.000Z",
        "isActive": true,
        "isGap": false,
        "entries": 3,
        "tokenCounts": {
            "inputTokens": 6000, "outputTokens": 2000,
            "cacheCreationInputTokens": 2000, "cacheReadInputTokens": 23_000,
        },
        "totalTokens": 33_000,
        "costUSD": 0.5,
        "missingPricing": true,
        "models": ["claude-sonnet-4-5", "mystery-7b"],
        "burnRate": { "tokensPerMinute": 206.25, "tokensPerMinuteForIndicator": 50.0, "costPerHour": 0.1875 },
        "projection": { "totalTokens": 57_750, "totalCost": 0.875, "remainingMinutes": 120 },
    });
    let gap = json!({
        "id": "gap-2026-11-19T18:00:00.000Z",
        "startTime": "2026-11-19T18:00:00.000Z",
        "endTime": "2026-11-20T09:20:00.000Z",
        "actualEndTime": null,
        "isActive": false,
        "isGap": true,
        "entries": 0,
        "tokenCounts": {
            "inputTokens": 0, "outputTokens": 0, "cacheCreationInputTokens": 0, "cacheReadInputTokens": 0,
        },
        "totalTokens": 0,
        "costUSD": 0.0,
        "models": [],
        "burnRate": null,
        "projection": null,
    });
    assert_eq!((blocks.len(), &blocks[2], &blocks[3]), (4, &gap, &running));
    assert_eq!([&blocks[0]["isActive"], &blocks[0]["burnRate"]], [&json!(false), &Value::Null]);
}

#[test]
fn what_ccusage_has_not_is_refused_and_nothing_found_is_an_empty_list() {
    let sandbox = five_hours();
    for (line, says) in [
        ("daily --compat ccusage", "`--compat ccusage` is JSON, and the format is table"),
        ("daily --compat ccusage -f csv", "and the format is csv"),
        ("usage --compat ccusage --json", "ccusage has no such view"),
        ("--compat ccusage --json", "ccusage has no such view"),
        ("cost --every hour --compat ccusage --json", "ccusage has no such view"),
        ("daily -b user --compat ccusage --json", "ccusage has no such view"),
        ("cost,blocks --compat ccusage --json", "ccusage has no such view"),
        ("daily --compat ccusage --json --top 1", "cannot be used with `--top"),
        ("daily --compat ccusage --json --fail-on high", "cannot be used with `--fail-on"),
        ("daily --compat other --json", "other"),
    ] {
        let refused = refused(&sandbox, line);
        assert!(refused.contains(says), "{line}: {refused}");
    }
    let nothing = compat("daily --since 2026-11-21");
    let mut zero = counted(0, 0, 0, 0);
    zero.extend([("totalTokens".to_owned(), json!(0)), ("totalCost".to_owned(), json!(0.0))]);
    assert_eq!(nothing, json!({ "daily": [], "totals": zero }));
    assert_eq!(compat("blocks --since 2026-11-21"), json!({ "blocks": [] }));
    printed(&sandbox, "daily --compat ccusage -o ../daily.json");
}

const LINE: &str = "today ≥$0.50 (3 runs) · block ≥$0.50, 2 h 00 m left, ≥$0.19/h · week ≥$0.67\n";

#[test]
fn the_line_of_a_prompt_says_what_today_the_block_and_the_week_cost() {
    let sandbox = five_hours();
    assert_eq!(printed(&sandbox, "statusline"), LINE);
    assert_eq!(printed(&sandbox, "statusline"), LINE, "warm as cold");
    assert_eq!(printed(&sandbox, "statusline --now 2026-11-23T08:00:00Z"), "today $0.00 (0 runs) · week $0.00\n");
    let late = printed(&sandbox, "statusline --now 2026-11-20T23:30:00Z -z Pacific/Auckland");
    assert_eq!(late, "today ≥$0.20 (2 runs) · week ≥$0.67\n", "there it is Saturday since 11:00 in UTC");
}

#[test]
fn the_line_begins_with_what_the_agent_says_of_its_session() {
    let sandbox = five_hours();
    let said = |hook: &str| sandbox.run_with(["statusline"], hook.as_bytes()).ok();
    let full = r#"{"session_id":"s2","model":{"id":"claude-opus-4","display_name":"Opus"},"cost":{"total_cost_usd":1.234},"cwd":"/"}"#;
    assert_eq!(said(full), format!("Opus · session $1.23 · {LINE}"));
    assert_eq!(said(r#"{"session_id":"s2"}"#), format!("session $0.25 · {LINE}"), "what the log has of it");
    assert_eq!(said(r#"{"session_id":"s?"}"#), LINE, "an id is no pattern");
    for odd in ["", "no json", "[1,2]", "{", r#"{"cost":7}"#, r#"{"cost":{"total_cost_usd":-1}}"#, "null"] {
        assert_eq!(said(odd), LINE, "{odd}");
    }
    let hostile = said("{\"model\":{\"display_name\":\"a\\u001b[2J\\nb\"}}");
    assert_eq!(hostile.lines().count(), 1, "{hostile}");
    assert!(!hostile.contains('\u{1b}'), "{hostile}");
}

#[test]
fn the_line_does_not_wait_for_the_end_of_its_input() {
    let sandbox = five_hours();
    let mut child = sandbox.command(BINARY, ["statusline"]).spawn().expect("the binary starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(b"{\"session_id\":\"s2\"}").expect("a pipe takes it");
    let mut line = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut line).expect("a line");
    assert_eq!(line, format!("session $0.25 · {LINE}"));
    drop(input);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn trouble_is_a_few_words_on_the_line() {
    let quiet = |ran: Ran, says: &str| {
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran:?}");
        assert_eq!(ran.stdout, format!("prompt-analytics: {says}\n"));
    };
    let empty = Sandbox::new();
    quiet(empty.run(["statusline"]), "no log");
    quiet(empty.run(["statusline", "--dir", "nowhere"]), "no log");
    let sandbox = five_hours();
    let why = "no answer; `statusline --verbose` says why";
    quiet(sandbox.run(["statusline", "-z", "Nowhere/Land"]), why);
    sandbox.log("config.toml", "timezon = 1\n");
    quiet(sandbox.run(["statusline"]), why);
    let told = sandbox.run(["statusline", "--verbose"]);
    assert_eq!((told.status, told.stdout.as_str()), (0, format!("prompt-analytics: {why}\n").as_str()));
    assert!(told.stderr.contains("there is no setting `timezon`"), "{told:?}");
}
