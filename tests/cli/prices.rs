//! Prices: what is shown of them, what a price list changes, and what becomes of a log under another table.

use super::{printed, refused};
use crate::support::{Sandbox, shared};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

fn priced() -> Sandbox {
    Sandbox::of_fixture("priced")
}

/// Where the sandbox's person has a price file.
fn price_file(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join(".config/prompt-analytics/prices.csv")
}

fn facts(sandbox: &Sandbox, args: &[&str]) -> Value {
    sandbox.run(args.iter().chain(&["--json"])).json()["facts"].clone()
}

#[test]
fn a_price_is_shown_with_its_days_its_rule_and_an_example() {
    let sandbox = priced();
    let shown = printed(&sandbox, "prices show openai/o3-2025-04-16 --on 2025-06-09");
    for says in [
        "`openai/o3-2025-04-16` is priced as `o3` (rule: date suffix stripped).",
        "For example on 2025-06-09: 1,000 tokens in at $10 and 500 out at $40 for a million are $0.03.",
        "2025-04-16  2025-06-10",
    ] {
        assert!(shown.contains(says), "{says}\n{shown}");
    }
    let all = sandbox.run(["prices", "show", "o3", "--json"]).json();
    let rows = all["tables"][0]["rows"].as_array().unwrap();
    let inputs: Vec<&Value> = rows.iter().map(|row| &row["input_usd_per_mtok"]).collect();
    assert_eq!(inputs, ["2", "1", "10", "5"]);
    let own = printed(&sandbox, "prices show local-mistral -f csv");
    assert!(own.contains("local-*,") && own.contains(",0.1,0.2,"), "{own}");
}

#[test]
fn a_price_that_nobody_knows_is_refused_with_the_nearest() {
    let sandbox = priced();
    for (line, message) in [
        (
            "prices show gpt-4oo",
            "error: no price of `gpt-4oo` is known\n\nhint: there are gpt-4o; a price of your own goes into the config as \
             `[[price]]`\n",
        ),
        (
            "prices show o3 --on 2024-01-01",
            "error: no price of `o3` is known for 2024-01-01\n\nhint: `prompt-analytics prices show o3` shows all that are\n",
        ),
        (
            "prices list nobody",
            "error: no model or provider in the table is called like `nobody`\n\nhint: `prompt-analytics prices list` lists \
             them all\n",
        ),
        (
            "usage --recompute",
            "error: `--recompute` means nothing to `usage`\n\nhint: the report `cost` takes it: `prompt-analytics cost \
             --help`\n",
        ),
    ] {
        assert_eq!(refused(&sandbox, line), message, "{line}");
    }
}

const LIST: &str = r#"{
    "o3": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 4e-06,
        "cache_read_input_token_cost": 2.5e-07},
    "mystery-7b": {"litellm_provider": "somewhere", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06},
    "draw": {"litellm_provider": "openai", "mode": "image_generation", "output_cost_per_image": 0.04}
}"#;

#[test]
fn a_price_list_is_read_once_and_changes_nothing_that_was() {
    let sandbox = priced();
    fs::write(sandbox.home().join("list.json"), LIST).unwrap();
    let list = sandbox.home().join("list.json").display().to_string();
    let before = facts(&sandbox, &["cost"]);
    let update = ["prices", "update", "--from", &list];
    let told = sandbox.run([&update[..], &["--dry-run"]].concat()).ok();
    assert!(!price_file(&sandbox).exists(), "{told}");
    let told = sandbox.run(update).ok();
    for says in [
        "read prices of 2 models as of 2026-11-20: 1 price new, 1 changed\n",
        "  o3 of openai: input 2 to 1, output 8 to 4, cached_input 0.5 to 0.25\n",
        "1 model without a price for tokens",
    ] {
        assert!(told.contains(says), "{says}\n{told}");
    }
    assert_eq!(fs::metadata(price_file(&sandbox)).unwrap().permissions().mode() & 0o777, 0o600);
    let file = fs::read(price_file(&sandbox)).unwrap();
    assert!(sandbox.run(update).ok().contains("nothing to write"));
    assert_eq!(fs::read(price_file(&sandbox)).unwrap(), file);
    // The uses of o3 are of days on which it cost more; mystery-7b has a price now: 1,000 at $1 and 200 at $2.
    let after = facts(&sandbox, &["cost"]);
    let difference = after["cost_usd"].as_f64().unwrap() - before["cost_usd"].as_f64().unwrap();
    assert!((difference - 0.0014).abs() < 1e-12, "{difference}");
    assert_eq!(after["unpriced_runs"], 2);
    assert_ne!(after["price_table"], before["price_table"], "another table is another answer");
}

#[test]
fn a_broken_price_file_is_named_with_its_line_only_by_who_needs_prices() {
    let sandbox = priced();
    fs::create_dir_all(price_file(&sandbox).parent().unwrap()).unwrap();
    let top = "model,provider,from,to,tier,above,input,output,cached_input,cache_write,cache_write_1h,reasoning,currency,source,retrieved\n";
    fs::write(price_file(&sandbox), format!("{top}o3,openai,,,,,two,8,,,,,USD,,\n")).unwrap();
    let message = refused(&sandbox, "cost");
    assert!(
        message.starts_with(
            "error: [HOME]/.config/prompt-analytics/prices.csv: it is no table of prices: line 2: input: `two`"
        ) || message.starts_with(
            "error: ~/.config/prompt-analytics/prices.csv: it is no table of prices: line 2: input: `two`"
        ),
        "{message}"
    );
    assert!(refused(&sandbox, "prices show o3").contains("line 2"));
    // Nothing that was recorded waits for prices.
    assert_eq!(Sandbox::of_fixture("one-outlier").run(["cost"]).status, 0);
    let recorded = Sandbox::of_fixture("one-outlier");
    fs::create_dir_all(price_file(&recorded).parent().unwrap()).unwrap();
    fs::write(price_file(&recorded), "broken").unwrap();
    assert_eq!(recorded.run(["cost"]).status, 0);
    assert_eq!(recorded.run(["record", "run", "prompt_id=p"]).status, 0);
}

#[test]
fn a_wrong_price_in_the_config_is_told_with_its_line() {
    let sandbox = Sandbox::new();
    for (config, says) in [
        ("[[price]]\nmodel = \"m\"\n", "1: this `[[price]]` needs `input_usd_per_mtok`, or `same_as`"),
        (
            "[[price]]\nmodel = \"m\"\ninput_usd_per_mtok = \"-1\"\noutput_usd_per_mtok = 1\n",
            "3: `input_usd_per_mtok` is `-1`, and must be dollars for a million tokens, such as `\"2.50\"`",
        ),
        (
            "[[price]]\nmodel = \"m\"\nsame_as = \"o3\"\nprovider = \"x\"\n",
            "1: one `[[price]]` has both `same_as` and `provider`; `same_as` takes every price",
        ),
        (
            "[[price]]\nmodel = \"m\"\ninput_usd_per_mtok = 1\noutput_usd_per_mtok = 1\nfrom = \"2026-02-01\"\nto = \"2026-01-01\"\n",
            "1: this `[[price]]` holds from 2026-02-01 and no longer on 2026-01-01",
        ),
        (
            "[[price]]\nmodel = \"m\"\nfrom = \"soon\"\n",
            "3: `from` is `soon`, and must be a date such as `\"2025-06-10\"`",
        ),
    ] {
        sandbox.log("config.toml", config);
        let message = refused(&sandbox, "cost");
        assert!(message.contains(&format!("config.toml:{says}\n")), "{message}");
    }
}

/// A log of runs of one recorded cost, and one of $9,990.
fn with_one_dear_run(others: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let mut lines = String::new();
    for run in 0..5563 {
        let cost = if run == 2000 { "9990" } else { others };
        let (minute, hour) = (run % 60, run / 60 % 24);
        let day = 10 + run / 1440;
        let _ = writeln!(
            lines,
            r#"{{"id":"c{run}","ts":"2026-11-{day}T{hour:02}:{minute:02}:00Z","event":"run","run_id":"c{run}","prompt_id":"p","cost_usd":{cost}}}"#
        );
    }
    sandbox.log("events-2026-11.jsonl", lines);
    sandbox
}

#[test]
fn one_run_of_9990_dollars_among_5563_does_not_pass_unseen() {
    // 5,562 runs of 5 cents come to 278.10; of 2 dollars to 11,124, so that the one is less than half of all.
    for (others, share, all, without, median) in
        [("0.05", "97.3 %", "$10268.10", "$278.10", "$0.0500"), ("2", "47.3 %", "$21114.00", "$11124.00", "$2.00")]
    {
        let sandbox = with_one_dear_run(others);
        let cost = sandbox.run(["cost", "--json"]).json();
        let finding = &cost["findings"][0];
        assert_eq!(finding["subject"], "run c2000, p, 2026-11-11");
        assert_eq!(finding["severity"], "medium");
        assert_eq!(finding["says"], format!("one run of 5,563 costs $9990.00, {share} of {all}"));
        let because = format!("without it all cost {without}, and half of the runs cost no more than {median}");
        assert_eq!(finding["because"], json!(because));
        assert_eq!(sandbox.run(["cost", "--fail-on", "medium"]).status, 1);
    }
    assert_eq!(priced().run(["cost", "--fail-on", "low"]).status, 0);
}

#[test]
fn the_share_of_the_table_is_said_where_dollars_are_and_nowhere_else() {
    let sandbox = priced();
    let said = "7.8 % of the cost was recorded, 92.2 % is tokens at the prices of the price table";
    for (line, is_said) in [("cost", true), ("runs", true), ("usage", false), ("performance", false)] {
        let text = printed(&sandbox, line).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(text.contains(said), is_said, "{line}\n{text}");
    }
}

#[test]
fn costs_that_were_recorded_win_over_the_table() {
    let Some(file) = shared("agent-logs/aider/sample-analytics.jsonl") else { return };
    let sandbox = Sandbox::new();
    let file = file.display().to_string();
    let map = "ts=time,model=properties.main_model,input_tokens=properties.prompt_tokens,\
               output_tokens=properties.completion_tokens,cost_usd=properties.cost";
    let import = ["import", "json", &file, "--map", map, "--where", "event == \"message_send\""];
    assert_eq!(sandbox.run(import).status, 0);
    let facts = facts(&sandbox, &["cost", "--recompute"]);
    assert_eq!(facts["recorded_usd"], 5.305_332);
    assert_eq!(facts["cost_usd"], 5.305_332, "{facts}");
    assert_eq!(facts["runs"], 107);
    assert_eq!(facts["table_priced_runs"], 0);
}
