//! Sheets to draw in tests: every kind of block, cell and gap, with attacks where a log could plant them.

use crate::coverage::{Coverage, Place, Question, Unreadable};
use crate::sheet::{
    Better, Block, Cell, Change, Chart, ChartKind, Column, Fact, Finding, Parts, Severity, Sheet, Table, Unit, Why,
};
use crate::time::{self, Period, Zone};

/// Text that would do harm in every target at once.
pub const ATTACK: &str = "=<script>alert(1)</script>|`\x1b[31m\u{202e}\"'&";

/// A report with everything in it.
pub fn sheet() -> Sheet {
    let zone = Zone::named("Europe/Lisbon").unwrap();
    let now = time::now(Some("2026-11-20T14:30:00Z")).unwrap();
    let period = time::span("7d", &zone, now).unwrap();
    Sheet {
        report: "performance",
        title: "Performance by prompt and model".into(),
        generated_ns: now,
        zone,
        period: period.into(),
        filters: vec![("model", "gpt-*".into()), ("error_type", "timeout".into())],
        coverage: coverage(),
        blocks: vec![
            Block::Facts(facts()),
            Block::Findings(findings()),
            Block::Table(by_prompt()),
            Block::Chart(Chart {
                title: "Latency by prompt".into(),
                kind: ChartKind::Bar,
                of: "by_prompt",
                x: "prompt".into(),
                y: vec!["p95_ms".into()],
                mark: None,
            }),
            Block::Note("p95 is exact; an interval holds the true value in 95 of 100 cases.".into()),
            Block::Table(by_day()),
        ],
    }
}

/// A report of which nothing is known.
pub fn empty() -> Sheet {
    Sheet {
        report: "feedback",
        title: "Feedback".into(),
        generated_ns: 0,
        zone: Zone::utc(),
        period: Period::default(),
        filters: Vec::new(),
        coverage: Coverage::default(),
        blocks: vec![Block::Table(Table { rows: Vec::new(), others: None, total: None, ..by_day() })],
    }
}

pub fn fact(key: &str, label: &str, unit: Unit, cell: Cell, previous: Option<Cell>) -> Fact {
    Fact { previous, ..Fact::new(key, label, unit, cell) }
}

pub fn share(k: u64, n: u64, low: f64, high: f64) -> Cell {
    Cell::Share { k, n, low, high }
}

fn estimate(value: f64, low: f64, high: f64, n: u64) -> Cell {
    Cell::Estimate { value, interval: Some((low, high)), n }
}

fn facts() -> Vec<Fact> {
    let rating = estimate(4.1, 3.98, 4.2, 371);
    let success = share(3790, 4152, 0.904, 0.921);
    let success = fact("success_rate", "Success", Unit::Ratio, success, Some(share(3480, 3730, 0.924, 0.94)));
    let p95 = fact("p95_ms", "p95 latency", Unit::Millis, Cell::Num(6_812.5), Some(Cell::Num(5_900.0)));
    let cost = fact("cost_usd", "Cost", Unit::Dollars, Cell::AtLeast(38.14), Some(Cell::Num(35.02)));
    let runs = fact("runs", "Runs", Unit::Count, Cell::Int(4182), Some(Cell::Int(3734)));
    vec![
        Fact { over: Some("by_day"), change: Some(Change::within(448.0, None)), ..runs },
        Fact { better: Better::Higher, change: Some(Change::within(-0.021, Some((-0.033, -0.009)))), ..success },
        Fact { better: Better::Lower, change: Some(Change::within(912.5, Some((-100.0, 1900.0)))), ..p95 },
        Fact { over: Some("by_day"), ..cost },
        fact("mean_rating", "Rating", Unit::Score, rating, None),
        fact("quality_score", "Quality", Unit::Score, Cell::Missing(Why::NoData), None),
        fact("last_used", "Last used", Unit::Instant, Cell::Text("2026-11-20T14:02:11Z".into()), None),
    ]
}

fn findings() -> Vec<Finding> {
    vec![
        Finding {
            id: "r-7f3a09".into(),
            because: "invalid_json is 61 % of its failures, timeout 9 %".into(),
            moved: "version 6 failed 9.1 % (difference 24.7 points, 21.2 to 28.1)".into(),
            try_this: "go back to version 6, or state the JSON shape and give one example".into(),
            worth: "about 25 failures per 100 runs".into(),
            close: "`prompt-analytics recommend done r-7f3a09`".into(),
            status: "acknowledged on 2026-11-18".into(),
            confidence: Some(0.9994),
            evidence: vec![
                fact("success_rate", "success", Unit::Ratio, share(591, 893, 0.63, 0.692), None),
                fact("target", "target", Unit::Ratio, Cell::Num(0.8), None),
            ],
            ..Finding::new(Severity::High, "prompt extract-invoice", "success is 66.2 %, below the target of 80 %")
        },
        Finding::new(Severity::Low, ATTACK, format!("{ATTACK} fell out of use")),
    ]
}

pub fn column(key: &str, label: &str, unit: Unit, parts: Parts, least: u64, rank: u8) -> Column {
    Column { key: key.into(), label: label.into(), unit, parts, least, rank }
}

fn by_prompt() -> Table {
    let text = |text: &str| Cell::Text(text.into());
    Table {
        id: "by_prompt",
        title: "Performance by prompt and model".into(),
        columns: vec![
            column("prompt", "prompt", Unit::Name, Parts::Value, 0, 0),
            column("model", "model", Unit::Name, Parts::Value, 0, 0),
            column("outcomes", "outcomes", Unit::Count, Parts::Value, 0, 1),
            column("success_rate", "success", Unit::Ratio, Parts::Interval, 20, 0),
            column("error_rate", "errors", Unit::Ratio, Parts::Value, 20, 2),
            column("mean_ms", "mean", Unit::Millis, Parts::Value, 3, 5),
            column("p50_ms", "p50", Unit::Millis, Parts::Value, 20, 6),
            column("p95_ms", "p95", Unit::Millis, Parts::Value, 20, 0),
            column("cost_per_run_usd", "cost per run", Unit::Dollars, Parts::Value, 0, 3),
            column("mean_rating", "rating", Unit::Score, Parts::Observed, 3, 4),
            column("last_used", "last used", Unit::Instant, Parts::Value, 0, 7),
        ],
        rows: vec![
            by_prompt_row(text("code-review"), text("claude-sonnet-4-5"), (537, 571), 12_400.0, Some(102)),
            by_prompt_row(
                text("summarize-thread-of-the-whole-support-mailbox-by-customer"),
                text("gemini-2.5-pro"),
                (517, 540),
                14_100.0,
                Some(88),
            ),
            by_prompt_row(text(ATTACK), text("gpt-4o-mini"), (591, 893), 2_200.0, Some(41)),
            by_prompt_row(text("要約してください"), Cell::Missing(Why::NoData), (5, 7), 850.0, None),
        ],
        others: Some((
            37,
            by_prompt_row(Cell::Missing(Why::NoData), Cell::Missing(Why::NoData), (2038, 2141), 7_000.0, Some(140)),
        )),
        total: Some(by_prompt_row(
            Cell::Missing(Why::NoData),
            Cell::Missing(Why::NoData),
            (3790, 4152),
            6_812.5,
            Some(371),
        )),
    }
}

#[allow(clippy::cast_precision_loss, reason = "a sample of small counts")]
fn by_prompt_row(prompt: Cell, model: Cell, (k, n): (u64, u64), p95: f64, rated: Option<u64>) -> Vec<Cell> {
    let rate = k as f64 / n as f64;
    let latency = |value| if n < 20 { Cell::Missing(Why::TooFew { n, least: 20 }) } else { Cell::Num(value) };
    vec![
        prompt,
        model,
        Cell::Int(n.into()),
        share(k, n, rate - 0.02, (rate + 0.02).min(1.0)),
        share(n - k, n, 0.0, 1.0),
        Cell::Estimate { value: p95 / 2.0, interval: None, n },
        Cell::Estimate { value: p95 / 3.0, interval: None, n },
        latency(p95),
        if n < 20 { Cell::Missing(Why::Unpriced) } else { Cell::Num(p95 / 1e6) },
        rated.map_or(Cell::Missing(Why::NoData), |n| estimate(4.3, 4.12, 4.44, n)),
        Cell::Text("2026-11-20T14:02:11Z".into()),
    ]
}

fn by_day() -> Table {
    let day = |day: &str, runs: i128, cost: Cell| vec![Cell::Text(day.into()), Cell::Int(runs), cost];
    Table {
        id: "by_day",
        title: "Runs by day".into(),
        columns: vec![
            column("day", "day", Unit::Instant, Parts::Value, 0, 0),
            column("runs", "runs", Unit::Count, Parts::Value, 0, 0),
            column("cost_usd", "cost", Unit::Dollars, Parts::Value, 0, 1),
        ],
        rows: vec![
            day("2026-11-18", 1204, Cell::Num(12.5)),
            day("2026-11-19", 0, Cell::Missing(Why::NoData)),
            day("2026-11-20", 88, Cell::AtLeast(0.004)),
        ],
        others: None,
        total: None,
    }
}

fn coverage() -> Coverage {
    Coverage {
        place: "metrics/prompt-analytics (found from the repository root)".into(),
        files: 3,
        lines: 9413,
        events: 9400,
        blank: 1,
        pending: 1,
        skipped_by_reason: [("not_json", 2), ("bad_time", 1)].into(),
        duplicates: 6,
        unknown_kinds: [("usgae".to_owned(), 1), (ATTACK.to_owned(), 1)].into(),
        dropped_fields: 4,
        naive_times: 1,
        orphans: 2,
        unreadable: vec![Unreadable { file: "old.jsonl.gz".into(), why: "not a gzip file".into() }],
        left_out: vec![Unreadable {
            file: "events-2026-10.jsonl.gz".into(),
            why: "the same as events-2026-10.jsonl".into(),
        }],
        first_skipped: Some(Place {
            file: "metrics/prompt-analytics/events-2026-11.jsonl".into(),
            line: 214,
            reason: "not_json",
        }),
        question: Question { matched: 4152, unknown_filtered: 12, unpriced_runs: 212, ..Question::default() },
        ..Coverage::default()
    }
}
