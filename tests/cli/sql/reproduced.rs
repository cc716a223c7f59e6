//! The answers of the reports, told again in SQL over the same log.

use super::rows;
use crate::support::Sandbox;
use serde_json::Value;

/// Holds every column of a statement's rows against the column of that name in the main table of a report.
fn reproduces(fixture: &str, report: &str, statement: &str) {
    let sandbox = Sandbox::of_fixture(fixture);
    let told = sandbox.run([report, "--json"]).json()["tables"][0]["rows"].clone();
    let (told, found) = (told.as_array().unwrap(), rows(&sandbox, statement));
    let found = found.as_array().unwrap();
    assert_eq!(found.len(), told.len(), "{fixture} {report}: {found:#?}");
    for (told, found) in told.iter().zip(found) {
        for (key, value) in found.as_object().unwrap() {
            let expected = told.get(key).unwrap_or_else(|| panic!("{report} has no {key}"));
            assert!(is_same(expected, value), "{fixture} {report} {key}: {expected}, in SQL {value} in {found}");
        }
    }
}

/// Equal, as far as a float can tell.
fn is_same(told: &Value, found: &Value) -> bool {
    match (told.as_f64(), found.as_f64()) {
        (Some(told), Some(found)) => (told - found).abs() <= 1e-13 * told.abs().max(1.0),
        _ => told == found,
    }
}

const BOTH: [&str; 2] = ["quiet-week", "messy-log"];

#[test]
fn usage_comes_out_again() {
    for fixture in BOTH {
        reproduces(
            fixture,
            "usage",
            "SELECT prompt, count(*) AS runs, count(DISTINCT user) AS users, sum(input_tokens) AS input_tokens, \
             sum(output_tokens) AS output_tokens, sum(cached_input_tokens) AS cached_input_tokens, \
             sum(total_tokens) AS total_tokens, avg(input_tokens) AS mean_input_tokens, min(time) AS first_used, \
             max(time) AS last_used, quantile_cont(input_tokens, 0.5) AS p50_input_tokens \
             FROM runs GROUP BY prompt ORDER BY runs DESC, prompt NULLS LAST",
        );
        reproduces(
            fixture,
            "usage",
            "WITH used AS (SELECT prompt, count(*) AS runs FROM runs GROUP BY prompt) \
             SELECT prompt, runs, runs / sum(runs) OVER () AS share FROM used ORDER BY runs DESC, prompt NULLS LAST",
        );
    }
}

#[test]
fn performance_comes_out_again() {
    for fixture in BOTH {
        reproduces(
            fixture,
            "performance",
            "SELECT prompt, count(success) AS outcomes, coalesce(sum(success), 0) AS successes, \
             count(success) - coalesce(sum(success), 0) AS failures, sum(is_error) AS errors, avg(success) AS success_rate, \
             CASE WHEN count(success) > 0 THEN sum(is_error) / count(success) END AS error_rate, avg(duration_ms) AS mean_ms, \
             count(duration_ms) AS mean_ms_n, stddev(duration_ms) AS sd_ms, quantile_cont(duration_ms, 0.5) AS p50_ms, \
             quantile_cont(duration_ms, 0.95) AS p95_ms, quantile_cont(duration_ms, 0.99) AS p99_ms \
             FROM outcomes GROUP BY prompt ORDER BY outcomes DESC, prompt NULLS LAST",
        );
    }
}

#[test]
fn quality_comes_out_again() {
    for fixture in BOTH {
        reproduces(
            fixture,
            "quality",
            "SELECT prompt, count(*) AS assessments, avg(quality_score) AS quality_score, count(quality_score) AS quality_score_n, \
             avg(clarity_score) AS clarity_score, avg(specificity_score) AS specificity_score, \
             avg(efficiency_score) AS efficiency_score \
             FROM assessments GROUP BY prompt ORDER BY assessments DESC, prompt NULLS LAST",
        );
    }
}

#[test]
fn feedback_comes_out_again() {
    for fixture in BOTH {
        reproduces(
            fixture,
            "feedback",
            "WITH said AS (SELECT prompt, coalesce(prompt, '') AS key, count(*) AS ratings, avg(rating) AS mean_rating, \
             sum(CASE WHEN rating < 1.5 THEN 1 ELSE 0 END) AS rating_1, \
             sum(CASE WHEN rating >= 4.5 THEN 1 ELSE 0 END) AS rating_5 FROM ratings GROUP BY prompt), \
             used AS (SELECT coalesce(prompt, '') AS key, count(rating) / count(*) AS response_rate FROM runs GROUP BY key) \
             SELECT prompt, ratings, mean_rating, rating_1, rating_5, response_rate \
             FROM said LEFT JOIN used USING (key) ORDER BY ratings DESC, prompt NULLS LAST",
        );
    }
}

#[test]
fn cost_comes_out_again() {
    for fixture in BOTH {
        reproduces(
            fixture,
            "cost",
            "WITH spent AS (SELECT prompt, count(*) AS runs, sum(cost_usd) AS cost_usd, avg(cost_usd) AS cost_per_run_usd, \
             CASE WHEN sum(CASE WHEN cost_usd IS NOT NULL THEN success END) > 0 THEN \
               sum(CASE WHEN success IS NOT NULL THEN cost_usd END) / sum(CASE WHEN cost_usd IS NOT NULL THEN success END) END \
               AS cost_per_success_usd, \
             count(*) - count(cost_usd) AS unpriced_runs FROM runs GROUP BY prompt) \
             SELECT *, cost_usd / sum(cost_usd) OVER () AS share FROM spent ORDER BY runs DESC, prompt NULLS LAST",
        );
    }
}

#[test]
fn templates_and_starters_come_out_again() {
    reproduces(
        "quiet-week",
        "templates",
        "SELECT template, count(*) AS runs, count(success) AS outcomes, avg(success) AS success_rate, \
         sum(cost_usd) AS cost_usd, max(time) AS last_used FROM templates GROUP BY template ORDER BY runs DESC, template",
    );
    reproduces(
        "messy-log",
        "starters",
        "SELECT starter, count(*) AS runs FROM starters GROUP BY starter ORDER BY runs DESC, starter",
    );
}

#[test]
fn days_come_out_again_in_a_zone() {
    let sandbox = Sandbox::of_fixture("quiet-week").with("TZ", "Pacific/Auckland");
    let told = sandbox.run(["usage", "--by", "day", "--json"]).json()["tables"][0]["rows"].clone();
    let found = rows(&sandbox, "SELECT day, count(*) AS runs FROM runs GROUP BY day ORDER BY day");
    let of = |rows: &Value| -> Vec<(String, u64)> {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| (row["day"].as_str().unwrap().to_owned(), row["runs"].as_u64().unwrap())).collect()
    };
    assert_eq!(of(&told), of(&found));
}
