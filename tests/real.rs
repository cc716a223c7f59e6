//! Real logs of other people, beside the repository. Where they are absent the tests say that they are skipped.

use crate::support::{Sandbox, shared};
use serde_json::Value;
use std::path::Path;

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Imports a file and answers a question about it.
fn imported(file: &Path, import: &[&str], question: &[&str]) -> Value {
    let sandbox = Sandbox::new();
    let file = file.display().to_string();
    let args: Vec<&str> = ["import", import[0], &file].into_iter().chain(import[1..].iter().copied()).collect();
    let ran = sandbox.run(&args);
    assert_eq!(ran.status, 0, "{ran:?}");
    let again = sandbox.run(&args);
    assert!(again.stderr.contains("added 0 events"), "{again:?}");
    sandbox.run(question.iter().chain(&["--json"])).json()
}

#[test]
fn a_trace_of_requests_gives_its_known_sums_and_medians() {
    let Some(file) = shared("traces/azure-code-2023/AzureLLMInferenceTrace_code.csv") else { return };
    let map = "ts=TIMESTAMP,input_tokens=ContextTokens,output_tokens=GeneratedTokens";
    let report = imported(&file, &["csv", "--map", map, "--set", "event=run,model=code"], &["usage"]);
    let facts = &report["facts"];
    assert_eq!(facts["runs"], 8819);
    assert_eq!(facts["input_tokens"], 18_059_974);
    assert_eq!(facts["output_tokens"], 245_896);
    assert_eq!(facts["p50_input_tokens"], 1469.0);
    assert_eq!(facts["p50_output_tokens"], 13.0);
}

#[test]
fn published_latency_summaries_are_reproduced() {
    let Some(folder) = shared("traces/llmperf/individual") else { return };
    for name in ["anyscale_7b", "anyscale_13b", "anyscale_70b", "together_7b", "together_13b", "together_70b"] {
        let summary = std::fs::read(folder.join(format!("../summary/{name}.json"))).expect("the published summary");
        let summary: Value = serde_json::from_slice(&summary).expect("JSON");
        let map = "duration_ms=end_to_end_latency_s*1000,success=error_code==null,error_type=error_code";
        let import = ["json", "--map", map, "--set", "event=run", "--epoch", "2023-12-01T00:00:00Z", "--step", "1s"];
        let file = folder.join(format!("{name}.json"));
        let question = ["performance", "--success", "--quantiles", "25,50,75,90,95,99"];
        let facts = &imported(&file, &import, &question)["facts"];
        let published = |key: &str| number(&summary[format!("results_end_to_end_latency_s_{key}")]);
        for (ours, theirs) in [
            ("p25_ms", "quantiles_p25"),
            ("p50_ms", "quantiles_p50"),
            ("p75_ms", "quantiles_p75"),
            ("p90_ms", "quantiles_p90"),
            ("p95_ms", "quantiles_p95"),
            ("p99_ms", "quantiles_p99"),
            ("mean_ms", "mean"),
            ("sd_ms", "stddev"),
        ] {
            let off = (number(&facts[ours]) / 1000.0 - published(theirs)).abs();
            assert!(off < 1e-9, "{name}: {ours} is {off} s off");
        }
        let all = &imported(&file, &import, &["performance"])["facts"];
        assert_eq!(all["errors"], summary["results_number_errors"], "{name}");
    }
}

#[test]
fn an_analytics_log_gives_its_calls_tokens_and_dollars() {
    let Some(file) = shared("agent-logs/aider/sample-analytics.jsonl") else { return };
    let map = "ts=time,prompt_id=event,model=properties.main_model,input_tokens=properties.prompt_tokens,output_tokens=properties.completion_tokens,cost_usd=properties.cost";
    let import = ["json", "--map", map, "--set", "event=run"];
    let facts = &imported(&file, &import, &["usage,cost", "--prompt", "message_send"])["reports"];
    assert_eq!(facts[0]["facts"]["runs"], 107);
    assert_eq!(facts[0]["facts"]["input_tokens"], 2_484_349);
    assert_eq!(facts[0]["facts"]["output_tokens"], 45_772);
    assert_eq!(facts[1]["facts"]["cost_usd"], 5.305_332);
}

/// What `ccusage` 20.0.24 says of these transcripts in UTC: by day and model input, output, written to a cache, read from one.
const COUNTED_BY_CCUSAGE: [(&str, &str, [i64; 4]); 2] = [
    ("2025-09-03", "claude-sonnet-4-20250514", [1111, 52_906, 150_674, 3_751_073]),
    ("2025-09-07", "claude-sonnet-4-20250514", [129, 3629, 47_747, 324_259]),
];

#[test]
fn transcripts_have_the_tokens_by_day_and_model_that_ccusage_counts() {
    let Some(folder) = shared("agent-logs/claude-code") else { return };
    let sandbox = Sandbox::new();
    let ran = sandbox.run(["import", "claude-code", &folder.display().to_string()]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let own = sandbox.run(["--report", "cost", "--every", "day", "--by", "model", "--json"]).json();
    let tokens = |row: &Value| {
        let [input, output, written, read] =
            ["input_tokens", "output_tokens", "cache_write_tokens", "cached_input_tokens"]
                .map(|key| row[key].as_i64().expect("a count"));
        [input - written - read, output, written, read]
    };
    let rows = own["tables"][0]["rows"].as_array().expect("rows");
    let found: Vec<(&str, &str, [i64; 4])> =
        rows.iter().map(|row| (row["day"].as_str().unwrap(), row["model"].as_str().unwrap(), tokens(row))).collect();
    assert_eq!(found, COUNTED_BY_CCUSAGE);

    let compat = sandbox.run(["daily", "--json", "--compat", "ccusage"]).json();
    for (day, (date, model, [input, output, written, read])) in
        compat["daily"].as_array().expect("days").iter().zip(COUNTED_BY_CCUSAGE)
    {
        assert_eq!((&day["date"], &day["modelsUsed"][0]), (&Value::from(date), &Value::from(model)));
        let keys = ["inputTokens", "outputTokens", "cacheCreationTokens", "cacheReadTokens"];
        assert_eq!(keys.map(|key| &day[key]), [input, output, written, read].map(Value::from).each_ref());
    }
    assert_eq!(compat["totals"]["totalTokens"], 4_331_528);
    let off = (number(&compat["totals"]["totalCost"]) - 2.818_423_35).abs();
    assert!(off < 1e-9, "{off} dollars off");
    let blocks = sandbox.run(["blocks", "--json", "--compat", "ccusage"]).json();
    let told: Vec<(&Value, &Value)> =
        blocks["blocks"].as_array().unwrap().iter().map(|block| (&block["id"], &block["entries"])).collect();
    let gap = &Value::from("gap-2025-09-03T06:02:03.000Z");
    let ids = ["2025-09-03T00:00:00.000Z", "2025-09-07T09:00:00.000Z"].map(Value::from);
    assert_eq!(told, [(&ids[0], &179.into()), (gap, &0.into()), (&ids[1], &20.into())]);
}
