//! The life of a recommendation: it is made, done, and measured again from that day on.

use crate::support::Sandbox;
use serde_json::Value;

/// Uses of prompt `a` on a day of November, one a minute from nine.
fn uses(day: &str, successes: usize, all: usize) -> String {
    let line = |minute: usize| {
        let success = minute < successes;
        let hour = 9 + minute / 60;
        format!(
            "{{\"ts\":\"2026-11-{day}T{hour:02}:{:02}:00Z\",\"event\":\"run\",\"prompt_id\":\"a\",\"success\":{success}}}\n",
            minute % 60
        )
    };
    (0..all).map(line).collect()
}

fn asked(sandbox: &Sandbox, now: &str) -> Value {
    sandbox.run(["recommendations", "--json", "--now", &format!("2026-11-{now}:00:00Z")]).json()
}

fn findings(report: &Value) -> &Vec<Value> {
    report["findings"].as_array().expect("findings")
}

/// What became of what was done: the verdict, and the observations since.
fn since(report: &Value) -> (String, u64) {
    let done = report["tables"].as_array().unwrap().iter().find(|table| table["id"] == "done").expect("what was done");
    let row = &done["rows"][0];
    (row["verdict"].as_str().unwrap().to_owned(), row["since_n"].as_u64().unwrap())
}

#[test]
fn what_was_done_is_measured_again_from_that_day_on() {
    let sandbox = Sandbox::new();
    sandbox.log("a.jsonl", uses("10", 12, 30));
    let before = asked(&sandbox, "11T12");
    let id = findings(&before)[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(findings(&before)[0]["close"], format!("`prompt-analytics recommend done {id}`"));
    let ran = sandbox.run(["recommend", "done", &id, "--now", "2026-11-11T13:00:00Z"]).ok();
    assert_eq!(ran, format!("done {id}: prompt a, success\n"));

    // Nothing was seen since: it is no recommendation any more, neither of the prompt nor of the whole, which is that prompt.
    let after = asked(&sandbox, "11T14");
    assert_eq!((findings(&after).len(), since(&after)), (0, ("too few (0 of 20)".to_owned(), 0)));

    sandbox.log("b.jsonl", uses("12", 8, 8));
    assert_eq!(since(&asked(&sandbox, "12T12")), ("too few (8 of 20)".to_owned(), 8));

    sandbox.log("b.jsonl", uses("12", 29, 30));
    let reached = asked(&sandbox, "12T12");
    assert_eq!(since(&reached), ("target reached".to_owned(), 30));

    // 10 of 30 since then are judged alone: 22 of 60 in all are not what is said.
    sandbox.log("b.jsonl", uses("12", 10, 30));
    let missed = asked(&sandbox, "12T12");
    assert_eq!(since(&missed), ("still misses it".to_owned(), 30));
    let finding = findings(&missed).iter().find(|finding| finding["id"] == id.as_str()).expect("it is back");
    assert_eq!(finding["says"], "success is 33.3 %, below the target of 80 %");
    assert_eq!(finding["status"], "done on 2026-11-11; this is since then");
}

#[test]
fn what_is_acknowledged_is_told_last_until_it_is_taken_up_again() {
    let sandbox = Sandbox::new();
    sandbox.log("a.jsonl", uses("10", 2, 30) + &uses("10", 15, 30).replace("\"a\"", "\"b\""));
    let first = asked(&sandbox, "11T12");
    let id = findings(&first)[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(findings(&first)[0]["subject"], "prompt a");
    let _ = sandbox.run(["recommend", "ack", &id, "--now", "2026-11-11T13:00:00Z"]).ok();
    let then = asked(&sandbox, "11T14");
    let last = findings(&then).last().unwrap();
    assert_eq!((&last["id"], &last["status"]), (&id.as_str().into(), &"acknowledged on 2026-11-11".into()));
    assert_eq!(findings(&then)[0]["subject"], "prompt b");
    let _ = sandbox.run(["recommend", "reopen", &id, "--now", "2026-11-11T15:00:00Z"]).ok();
    let again = asked(&sandbox, "11T16");
    assert_eq!((&findings(&again)[0]["id"], &findings(&again)[0]["status"]), (&id.as_str().into(), &"".into()));
}

/// Uses of prompt `a` on a model, so many of each ten of which fail; what one costs wavers around `usd`.
fn on_model(model: &str, uses: usize, failures_of_ten: usize, usd: f64) -> String {
    let line = |at: usize| {
        let success = at % 10 >= failures_of_ten;
        let cost = usd * [0.9, 1.0, 1.1][at % 3];
        let (hour, minute, second) = (at / 3600, at / 60 % 60, at % 60);
        format!(
            "{{\"ts\":\"2026-11-10T{hour:02}:{minute:02}:{second:02}Z\",\"event\":\"run\",\"prompt_id\":\"a\",\
             \"model\":\"{model}\",\"success\":{success},\"cost_usd\":{cost:.6}}}\n"
        )
    };
    (0..uses).map(line).collect()
}

/// What is said of cheaper models, where anything is.
fn cheaper(lines: String) -> Vec<String> {
    let sandbox = Sandbox::new();
    sandbox.log("a.jsonl", lines);
    let report = asked(&sandbox, "11T00");
    let is_of_cost = |finding: &&Value| finding["evidence"]["metric"] == "cost_per_run_usd";
    let said = findings(&report).iter().filter(is_of_cost);
    said.map(|finding| finding["says"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_cheaper_model_is_recommended_only_where_it_is_shown_to_be_no_worse() {
    let dear = || on_model("large", 900, 1, 0.02);
    // 10 failures of 100 on both: 600 uses are enough to tell that it is not 15.
    let says = ["small costs $0.0050 a run where large costs $0.02, and is no worse"];
    assert_eq!(cheaper(dear() + &on_model("small", 600, 1, 0.005)), says);
    // 30 uses cannot tell, and neither is 20 failures of 100 no worse than 10.
    assert_eq!(cheaper(dear() + &on_model("small", 30, 1, 0.005)), [""; 0]);
    assert_eq!(cheaper(dear() + &on_model("small", 600, 2, 0.005)), [""; 0]);
    // What costs the same saves nothing, and what is used most may be the cheap one already.
    assert_eq!(cheaper(dear() + &on_model("small", 600, 1, 0.02)), [""; 0]);
    assert_eq!(cheaper(on_model("large", 600, 1, 0.02) + &on_model("small", 900, 1, 0.005)), [""; 0]);
}
