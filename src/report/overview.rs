//! Overview: how things are, at a glance.

use super::ask::{Ask, Plan};
use super::{Flag, Report, alerts, pictures, recommendations};
use crate::fold::{Filter, Measure, Scope, Test, Value};
use crate::metric::{self, Metric, Spread};
use crate::query::{Dimension, Quantile, Query};
use crate::sheet::{Block, Cell, Change, ChartKind, Fact, Finding, Sheet};
use crate::time::{self, Period};
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "overview",
    question: "How are things, and what should I look at?",
    shows: "Uses, success, p95 latency, cost, rating and quality beside the period before, open alerts and the most valuable \
            recommendations, and the most used prompts.",
    computed: "Without `--since`, `--until` or `--period` it looks at the last 7 days, if anything happened in them, and says so; \
               the period before has as many days. A change of a rate, mean or quantile is `real` where the 95 % interval of the \
               difference leaves out zero (as in `compare`, but not corrected for their number), else `noise`; totals are not \
               tested.",
    lies: "Of eight figures one or another is `real` by chance now and then: `compare` corrects for that. The alerts are those of \
           the period shown.",
    by: &[Dimension::Prompt],
    takes: &[Flag::By, Flag::Every, Flag::Sort, Flag::MinConfidence, Flag::FailOn],
    nothing: ("nothing happened", Test::Any),
    fill,
};

/// The table that shows how the key figures came about.
const COURSE: &str = "over_time";
/// Rows of the table of prompts, and findings, unless `--top` says otherwise.
const PROMPTS: usize = 5;
const FINDINGS: usize = 3;

fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let query = with_recent_period(ask)?;
    let ask = Ask { query: &query, ..*ask };
    let by = ask.by(REPORT.by);
    let p95 = metric::quantile(Spread::Latency, Quantile::P95);
    let key_figures = [
        metric::RUNS,
        metric::SUCCESS_RATE,
        p95.clone(),
        metric::COST_USD,
        metric::MEAN_RATING,
        metric::QUALITY,
        metric::INPUT_TOKENS,
        metric::OUTPUT_TOKENS,
    ];
    let mut facts = compared(&ask, &key_figures);
    let course = pictures::over_time(&ask, COURSE, (Scope::Uses, Test::Any), &key_figures);
    if course.is_some() {
        for fact in &mut facts {
            fact.over = Some(COURSE);
        }
    }
    let prompts: [Metric; 6] = [
        metric::RUNS,
        metric::OUTCOMES,
        metric::SUCCESS_RATE,
        p95,
        Metric { rank: 3, ..metric::COST_PER_RUN },
        Metric { rank: 2, ..metric::MEAN_RATING },
    ];
    let title = super::ask::title("Most used", &by);
    let plan =
        Plan { id: "overview", title, scope: Scope::Uses, by, metrics: &prompts, rows_of: Test::Run, share_of: None };
    let mut table = ask.table(&plan)?;
    if table.rows.is_empty() {
        // Judged or answered, but never used: what is left is a header, for programs.
        table.title.clear();
    }
    let findings = findings(&ask)?;
    let mut blocks = vec![Block::Facts(facts)];
    if !findings.is_empty() {
        blocks.push(Block::Findings(findings));
    }
    if let Some(course) = course.as_ref().filter(|_| query.has_charts) {
        blocks.push(pictures::over(ChartKind::Line, "Runs", course, &["runs"]));
    }
    blocks.push(Block::Table(table));
    blocks.extend(course.map(Block::Behind));
    Ok(ask.sheet(REPORT.name, "Overview".to_owned(), Scope::Uses, blocks))
}

/// What to look at: the alerts that nobody acknowledged, then the most valuable recommendations; what both speak of is told
/// once, with the words of both.
fn findings(ask: &Ask<'_>) -> Result<Vec<Finding>> {
    let metric =
        |finding: &Finding| finding.evidence.iter().find(|fact| fact.key == "metric").map(|fact| fact.cell.clone());
    let is_same = |a: &Finding, b: &Finding| a.subject == b.subject && metric(a) == metric(b);
    let mut alerts = alerts::findings(ask)?;
    alerts.truncate(FINDINGS);
    let mut advised = recommendations::findings(ask, FINDINGS + alerts.len())?;
    for alert in &mut alerts {
        if let Some(at) = advised.iter().position(|advice| is_same(alert, advice)) {
            let advice = advised.remove(at);
            for (told, more) in [
                (&mut alert.because, advice.because),
                (&mut alert.moved, advice.moved),
                (&mut alert.try_this, advice.try_this),
                (&mut alert.worth, advice.worth),
            ] {
                if told.is_empty() {
                    *told = more;
                }
            }
        }
    }
    advised.truncate(FINDINGS);
    Ok(alerts.into_iter().chain(advised).collect())
}

/// The query, about the last 7 days where no period was asked for and something happened in them.
fn with_recent_period(ask: &Ask<'_>) -> Result<Query> {
    let mut query = ask.query.clone();
    query.top = query.top.or(Some(PROMPTS));
    if query.period.is_none() {
        let week = time::span("7d", &query.zone, query.now_ns)?;
        let period = Period::from(week);
        let filter = Filter { period, ..ask.filter(Scope::Uses) };
        if ask.executor.question(&filter).matched > 0 {
            query.period = Some(period);
        }
    }
    Ok(query)
}

/// Key figures, each beside the same of the period before, if anything happened in it.
fn compared(ask: &Ask<'_>, metrics: &[Metric]) -> Vec<Fact> {
    let folded = ask.fold(ask.filter(Scope::Uses), &[], metrics);
    let is = folded.total();
    let mut facts: Vec<Fact> = metrics.iter().map(|metric| ask.fact(metric, &folded, &is)).collect();
    if let Some(previous) = ask.period().previous(&ask.query.zone) {
        let filter = Filter { period: previous, ..ask.filter(Scope::Uses) };
        if ask.executor.question(&filter).matched == 0 {
            return facts;
        }
        let before = ask.fold(filter, &[], metrics);
        let was = before.total();
        for (fact, metric) in facts.iter_mut().zip(metrics) {
            let previous = metric.of(&before.measures, &was, &ask.query.zone);
            fact.change = change(metric, &before.measures, [&was, &is], [&previous, &fact.cell]);
            fact.previous = Some(previous);
        }
    }
    facts
}

/// How far a metric moved from the first values to the second, and whether that is more than chance.
fn change(metric: &Metric, measures: &[Measure], values: [&[Value]; 2], cells: [&Cell; 2]) -> Option<Change> {
    let is_enough = values.iter().all(|values| metric.observations(measures, values) >= metric.least.max(1));
    if let Some(compared) = metric.compare(measures, values[0], values[1]).filter(|_| is_enough) {
        return Some(compared.change());
    }
    let [was, is] = [cells[0].number()?, cells[1].number()?];
    Some(Change::within(is - was, None))
}
