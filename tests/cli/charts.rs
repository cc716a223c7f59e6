//! Charts of a person's own: which table, which columns, and what is said where they cannot be drawn.

use super::{printed, quiet_week, refused};
use std::fs;

#[test]
fn a_chart_of_any_table_is_written_as_svg_and_as_png() {
    let sandbox = quiet_week();
    for (chart, says) in [
        ("bar --of usage --by model --y runs", "Runs by model"),
        ("line --of performance --every day --y p50_ms,mean_ms", "P50 latency, mean latency by day"),
        ("pie --of usage --top 2 --y runs", "3 others"),
        ("scatter --of usage --x input_tokens --y runs", "Runs against input tokens"),
        ("heatmap --of usage --by model,prompt", "Runs by prompt and model"),
        ("bar --of usage:usage_hours --y hour_09", "09 by weekday"),
    ] {
        for file in ["chart.svg", "chart.png"] {
            assert_eq!(printed(&sandbox, &format!("--chart {chart} -o {file}")), "");
        }
        let svg = fs::read_to_string(sandbox.work().join("chart.svg")).expect("a picture");
        assert!(svg.starts_with("<svg xmlns=") && svg.contains(says), "{chart}: {svg}");
        assert!(fs::read(sandbox.work().join("chart.png")).expect("a picture").starts_with(b"\x89PNG"));
    }
}

#[test]
fn the_chart_of_json_names_columns_of_a_table_of_the_same_report() {
    let sandbox = quiet_week();
    let asked = "--chart bar --of usage --x prompt --y total_tokens --json";
    let report: serde_json::Value = serde_json::from_str(&printed(&sandbox, asked)).expect("JSON");
    let chart = serde_json::json!([{
        "title": "Total tokens by prompt", "kind": "bar", "of": "usage", "x": "prompt", "y": ["total_tokens"], "mark": null
    }]);
    assert_eq!(report["charts"], chart);
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let sandbox = quiet_week();
    for (asked, says) in [
        ("--chart bar --of usge", "there is no report `usge`"),
        ("--chart bar --of usage:hours", "there is no table `hours`"),
        ("--chart bar --of usage --y rusn", "did you mean `runs`?"),
        ("--chart bar --of usage -r cost", "`--of usage` is none of the reports asked for"),
        ("--chart line --of usage", "a line goes over hours, days, weeks or months"),
        ("--chart pie --of performance --y success_rate", "`success_rate` is no part of a whole"),
        ("--chart bar --of usage --y runs,input_tokens", "count and tokens share no axis"),
        ("--chart bar --of usage -f csv", "`--chart` means nothing to the format csv"),
        ("usage --x prompt", "--chart is missing"),
        ("all -o all.svg", "a picture is of one report, not of "),
        ("recommendations -o some.svg", "it has no chart of its own"),
    ] {
        let error = refused(&sandbox, asked);
        assert!(error.contains(says), "{asked}: {error}");
    }
}
