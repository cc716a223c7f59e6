//! Recommendations: what probably misses its target, how sure that is, what explains it, what to try and what it is worth.

mod advice;
mod done;
mod explain;
mod judge;
mod models;
mod subject;
mod worth;

use super::ask::{Ask, column, unit_column};
use super::decided::{self, Decided, State};
use super::same::Sameness;
use super::{Flag, Report};
use crate::coverage::count;
use crate::fold::{Scope, Test};
use crate::metric::Metric;
use crate::query::Dimension;
use crate::sheet::{Block, Cell, Column, Fact, Finding, Parts, Severity, Sheet, Table, Unit};
use anyhow::Result;
use done::{Done, Verdict};
use explain::Explained;
use judge::{Judged, Miss};
use subject::Subject;

pub const REPORT: Report = Report {
    name: "recommendations",
    question: "What probably misses its target, and what would help?",
    shows: "Templates, categories, prompts and the whole whose success, rating, latency, cost or quality is probably off target, \
            each with its evidence, what explains it, how it moved since the version before, what to try and what that is worth; \
            and cheaper models that are shown to be no worse. What was done (`recommend done ID`) is measured again from then on.",
    computed: "`confidence` is the posterior probability that the true value misses the target: Jeffreys' prior for rates, and \
               for quantiles the share beyond the target; Student's t for means (ratings and scores with one value added at each \
               end of their scale). It takes the metric's minimum of observations, 10 uses of a template or 20 of a category or \
               the whole, and `--min-confidence` (0.7). A cheaper model needs 0.95 after correction, success no lower than by 5 \
               points (Farrington and Manning) and ratings no lower than by 0.3 (Welch), where both have 10. The order is by \
               what would be mended: runs a month, at the pace of the days since the first, times the part of the scale that is \
               missing, times the confidence; the whole comes after its parts.",
    lies: "Many subjects are tested at once: the sheet says how many findings to expect to be false. A miss says nothing of its \
           cause: a hard task misses as surely as a bad prompt, and a model may be cheaper because it got the easy ones.",
    by: &[],
    takes: &[Flag::MinConfidence, Flag::FailOn],
    nothing: ("nothing was used", Test::Any),
    fill,
};

/// A recommendation, ready to be shown.
struct Entry {
    finding: Finding,
    row: Vec<Cell>,
    /// What ranks it.
    value: f64,
    /// Somebody knows of it.
    is_quiet: bool,
    /// The metric and the numbers it rests on, and whose they are; of the same uses the most particular is told.
    rests_on: Option<(String, Cell)>,
    subject: Subject,
}

/// Everything that is recommended, the most valuable first and what is known already last.
struct Advised {
    entries: Vec<Entry>,
    judged: Judged,
    done: Vec<Done>,
    pairs_tried: u64,
}

fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let advised = advise(ask)?;
    let found = advised.entries.len();
    let note = note(ask, &advised);
    let top = ask.query.top.filter(|top| *top > 0).unwrap_or(found);
    let is_asked_of_something = ask.executor.question(&ask.filter(Scope::Uses)).matched > 0;
    let tested = advised.judged.subjects.iter().map(|(_, subjects)| i128::from(*subjects)).sum();
    let facts = vec![
        Fact::new("subjects_tested", "subjects tested", Unit::Count, Cell::Int(tested)),
        Fact::new("targets_tested", "targets tested", Unit::Count, Cell::Int(advised.judged.tests.into())),
        Fact::new("recommendations", "recommendations", Unit::Count, Cell::Int(found as i128)),
    ];
    let table = table(advised.entries.iter().take(top).map(|entry| entry.row.clone()).collect());
    let (told, same) = once(ask, advised.entries);
    let findings: Vec<Finding> = told.into_iter().take(top).map(|entry| entry.finding).collect();
    let mut blocks = vec![Block::Totals(facts), Block::Findings(findings)];
    blocks.extend(is_asked_of_something.then_some(Block::Note(note)));
    if !same.is_empty() {
        let mut subjects: Vec<String> = same.iter().map(|entry| entry.finding.subject.clone()).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let says = format!("The same numbers are those of {}: told once, of the part.", listed(&subjects));
        blocks.push(Block::Note(says));
    }
    blocks.push(Block::Table(table));
    if !advised.done.is_empty() {
        blocks.push(Block::Table(done::table(ask, &advised.done)));
    }
    Ok(ask.sheet(REPORT.name, "Recommendations".to_owned(), Scope::Uses, blocks))
}

/// The most valuable findings about parts of the whole for another report's page, without what somebody knows of already.
///
/// # Errors
/// What became of findings could not be listed, which no question should bring about.
pub fn findings(ask: &Ask<'_>, limit: usize) -> Result<Vec<Finding>> {
    let entries = advise(ask)?.entries.into_iter();
    let loud = entries.filter(|entry| !entry.is_quiet && !entry.subject.is_whole()).collect();
    Ok(once(ask, loud).0.into_iter().take(limit).map(|entry| entry.finding).collect())
}

/// Names as a sentence lists them, the first few.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if names.len() <= 4 => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", names[..3].join(", "), names.len() - 3),
    }
}

/// Parts those whose uses are those of another, more particular one, which tells of the same metric, from the others.
fn once(ask: &Ask<'_>, entries: Vec<Entry>) -> (Vec<Entry>, Vec<Entry>) {
    let mut sameness = Sameness::new(ask);
    let is_told: Vec<bool> = entries
        .iter()
        .map(|entry| {
            entry.rests_on.is_none()
                || !entries.iter().any(|other| {
                    other.subject.depth() > entry.subject.depth()
                        && other.rests_on == entry.rests_on
                        && sameness.is_same(other.subject.key(), entry.subject.key())
                })
        })
        .collect();
    let mut is_told = is_told.into_iter();
    entries.into_iter().partition(|_| is_told.next().unwrap_or(true))
}

fn advise(ask: &Ask<'_>) -> Result<Advised> {
    let decided = Decided::of(ask)?;
    let metrics = judge::metrics(ask);
    let mut judged = judge::judge(ask, &metrics);
    let mut done = done::done(ask, &decided, &metrics);
    // What was done is judged by what came since, and by nothing before.
    let is_done = |miss: &Miss| done.iter().any(|done| done.id == id(miss));
    let (followed, left): (Vec<Miss>, Vec<Miss>) = std::mem::take(&mut judged.misses).into_iter().partition(is_done);
    // A whole that rests on the same numbers is followed with its part.
    let mut sameness = Sameness::new(ask);
    let mut is_same = |a: &Miss, b: &Miss| {
        a.metric.key == b.metric.key && a.cell == b.cell && sameness.is_same(a.subject.key(), b.subject.key())
    };
    judged.misses = left.into_iter().filter(|miss| !followed.iter().any(|done| is_same(miss, done))).collect();
    for done in &mut done {
        if let Verdict::Missed(miss) = &mut done.verdict {
            judged.misses.push((**miss).clone());
        }
    }
    let explained = explain::explain(ask, &judged)?;
    let mut entries: Vec<Entry> =
        judged.misses.iter().zip(&explained).map(|(miss, explained)| entry(ask, miss, explained, &decided)).collect();
    let (cheaper, pairs_tried) = models::cheaper(ask);
    entries.extend(cheaper.iter().filter_map(|cheaper| {
        let (status, is_quiet) = status(ask, &decided, &cheaper.id())?;
        let finding = Finding { status, is_quiet, ..cheaper.finding() };
        Some(Entry {
            finding,
            row: cheaper.row(),
            value: cheaper.value(),
            is_quiet,
            rests_on: None,
            subject: cheaper.subject.clone(),
        })
    }));
    entries.sort_by(|a, b| {
        // The whole is mended by mending its parts: they come first.
        let order = a.is_quiet.cmp(&b.is_quiet).then_with(|| a.subject.is_whole().cmp(&b.subject.is_whole()));
        let order = order.then_with(|| b.value.total_cmp(&a.value));
        let order = order.then_with(|| b.subject.depth().cmp(&a.subject.depth()));
        order.then_with(|| (&a.finding.subject, &a.finding.says).cmp(&(&b.finding.subject, &b.finding.says)))
    });
    Ok(Advised { entries, judged, done, pairs_tried })
}

fn id(miss: &Miss) -> String {
    decided::id('r', miss.subject.dimension, &miss.subject.name, &miss.metric.key)
}

/// What was said of a recommendation before, and whether it is to be quiet; `None` of a model change that was done.
fn status(ask: &Ask<'_>, decided: &Decided, id: &str) -> Option<(String, bool)> {
    let Some(last) = decided.last(id) else { return Some((String::new(), false)) };
    let date = ask.query.zone.date(last.ts_ns);
    match last.state {
        State::Acknowledged => Some((format!("acknowledged on {date}"), true)),
        State::Done => None,
        State::Open | State::Closed => Some((String::new(), false)),
    }
}

fn entry(ask: &Ask<'_>, miss: &Miss, explained: &Explained, decided: &Decided) -> Entry {
    let id = id(miss);
    let (status, is_quiet) = status(ask, decided, &id).unwrap_or_else(|| {
        let date = decided.last(&id).map_or_else(String::new, |done| ask.query.zone.date(done.ts_ns));
        (format!("done on {date}; this is since then"), false)
    });
    let mended = worth::mended(miss);
    let target = Cell::Num(miss.target());
    let row = row(&id, &miss.subject, &miss.metric, &miss.cell, target, miss.confidence, mended);
    let value = worth::ranked(mended, miss.confidence);
    let rests_on = Some((miss.metric.key.to_string(), miss.cell.clone()));
    let subject = miss.subject.clone();
    Entry {
        finding: Finding { is_quiet, ..finding(id, miss, explained, status) },
        row,
        value,
        is_quiet,
        rests_on,
        subject,
    }
}

fn finding(id: String, miss: &Miss, explained: &Explained, status: String) -> Finding {
    let severity = match miss.confidence {
        sure if sure >= 0.95 => Severity::High,
        sure if sure >= 0.9 => Severity::Medium,
        _ => Severity::Low,
    };
    Finding {
        close: format!("`prompt-analytics recommend done {id}`"),
        id,
        because: advice::because(miss, explained),
        moved: explained.moved.as_ref().map_or_else(String::new, |moved| advice::moved(miss, moved)),
        try_this: advice::try_this(miss, explained),
        worth: worth::words(miss),
        status,
        confidence: Some(miss.confidence),
        evidence: vec![
            Fact::new("metric", "metric", Unit::Name, Cell::Text(miss.metric.key.to_string())),
            Fact::new("value", &*miss.metric.label, miss.metric.unit, miss.cell.clone()),
            Fact::new("n", "observations", Unit::Count, Cell::Int(i128::from(miss.observations()))),
            Fact::new("target", "target", miss.metric.unit, Cell::Num(miss.target())),
        ],
        ..Finding::new(severity, miss.subject.words(), advice::says(miss))
    }
}

/// How many were tested, and how many of the shown are to be expected false.
fn note(ask: &Ask<'_>, advised: &Advised) -> String {
    let judged = &advised.judged;
    let tested: Vec<String> = judged
        .subjects
        .iter()
        .filter(|(_, subjects)| *subjects > 0)
        .map(|(dimension, subjects)| match (dimension, subjects) {
            (None, _) => "the whole".to_owned(),
            (Some(Dimension::Category), subjects) if *subjects != 1 => format!("{subjects} categories"),
            (Some(dimension), subjects) => count(*subjects, dimension.label()),
        })
        .collect();
    if tested.is_empty() {
        return "Nothing had enough uses and observations to be judged: it takes each metric's minimum of observations, and \
                10 uses of a template or 20 of a category or of everything."
            .to_owned();
    }
    let is_one = judged.subjects.iter().map(|(_, subjects)| subjects).sum::<u64>() == 1;
    let tested = format!("{} {}", listed(&tested), if is_one { "was" } else { "were" });
    let targets = count(judged.tests, "target");
    let confidence = ask.query.min_confidence;
    let models = match advised.pairs_tried {
        0 => String::new(),
        pairs => format!(
            " {} of a cheaper model for one prompt {} tried.",
            count(pairs, "pair"),
            if pairs == 1 { "was" } else { "were" }
        ),
    };
    if advised.entries.is_empty() {
        let but = match advised.done.len() as u64 {
            0 => "none is".to_owned(),
            done => format!(
                "but for the {} below, none is",
                if done == 1 { "one done".to_owned() } else { format!("{done} done") }
            ),
        };
        return format!(
            "{tested} held against {targets}; {but} probably missed at confidence {confidence:.2}.{models}"
        );
    }
    let sure = advised.entries.iter().filter_map(|entry| entry.finding.confidence);
    let false_ones: f64 = sure.map(|confidence| 1.0 - confidence).sum();
    // Of a few, a part of one says less than that it may be none.
    let false_ones = if false_ones < 0.95 { "fewer than 1".to_owned() } else { format!("about {false_ones:.0}") };
    format!(
        "{tested} held against {targets} at confidence {confidence:.2}; expect {false_ones} of the {} found to be false.{models}",
        advised.entries.len()
    )
}

/// A row of evidence, under the columns of [`table`].
fn row(
    id: &str,
    subject: &Subject,
    metric: &Metric,
    value: &Cell,
    target: Cell,
    confidence: f64,
    mended: f64,
) -> Vec<Cell> {
    vec![
        Cell::Text(id.to_owned()),
        Cell::Text(subject.dimension.map_or("all", Dimension::name).to_owned()),
        Cell::Text(subject.name.clone()),
        Cell::Text(metric.key.to_string()),
        Cell::Text(metric.unit.name().to_owned()),
        Cell::Int(value.observations().into()),
        value.clone(),
        target,
        Cell::Num(confidence),
        Cell::Num(mended),
    ]
}

fn table(rows: Vec<Vec<Cell>>) -> Table {
    let columns = vec![
        column("id", "id", Unit::Name).ranked(2),
        column("dimension", "what", Unit::Name),
        column("subject", "subject", Unit::Name),
        column("metric", "metric", Unit::Name),
        unit_column(),
        column("n", "n", Unit::Count),
        Column { parts: Parts::Interval, ..column("value", "value", Unit::Mixed) },
        column("target", "target", Unit::Mixed).ranked(1),
        column("confidence", "confidence", Unit::Score),
        column("mended_a_month", "mended a month", Unit::Count).ranked(3),
    ];
    // Without rows it is only a header, for programs.
    let title = if rows.is_empty() { "" } else { "Evidence" }.to_owned();
    Table { id: "recommendations", title, columns, rows, others: None, total: None }
}
