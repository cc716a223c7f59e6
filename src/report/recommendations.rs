//! Recommendations: what probably misses its target, how sure that is, and what to try.

mod advice;

pub(super) use advice::quoted;

use super::Report;
use super::ask::{Ask, column};
use crate::coverage::count;
use crate::fold::{Filter, Fold, Measure, Scope, Test};
use crate::metric::{self, Metric};
use crate::query::{Dimension, Level};
use crate::sheet::{Block, Cell, Column, Fact, Finding, Parts, Severity, Sheet, Table, Unit};
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "recommendations",
    question: "What probably misses its target, and what would help?",
    shows: "Templates, categories and prompts whose success, rating, latency or quality is probably below target, each with its \
            evidence and what to try.",
    computed: "`confidence` is the posterior probability that the true value misses the target: Jeffreys' prior for rates, \
               Student's t for means (ratings and scores with one value added at each end of their scale). It takes the metric's \
               minimum of observations, 10 uses of a template or 20 of a category, and `--min-confidence` (0.7).",
    lies: "Many subjects are tested at once: the sheet says how many findings to expect to be false. A miss says nothing of its \
           cause: a hard task misses as surely as a bad prompt.",
    by: &[],
    nothing: ("nothing was used", Test::Any),
    fill,
};

/// What is judged: a dimension, the uses it takes, and where they are counted.
const SUBJECTS: [(Dimension, u64, Scope); 3] = [
    (Dimension::Template, 10, Scope::Templates),
    (Dimension::Category, 20, Scope::Uses),
    (Dimension::Prompt, 0, Scope::Uses),
];

/// The metrics that have targets.
const JUDGED: [Metric; 7] = [
    metric::SUCCESS_RATE,
    metric::MEAN_RATING,
    metric::MEAN_MS,
    metric::QUALITY,
    metric::CLARITY,
    metric::SPECIFICITY,
    metric::EFFICIENCY,
];

/// A metric of a subject that probably misses its target.
struct Miss {
    dimension: Dimension,
    subject: String,
    metric: &'static Metric,
    level: Level,
    cell: Cell,
    confidence: f64,
    /// Its uses; outcomes and judgements may stand alone.
    runs: u64,
    /// The types of errors among the failures, most frequent first.
    failures: Vec<(Option<String>, u64)>,
}

/// What was judged, and what was found.
#[derive(Default)]
struct Judged {
    /// Subjects by dimension, in the order of [`SUBJECTS`].
    subjects: Vec<(Dimension, u64)>,
    misses: Vec<Miss>,
}

#[allow(clippy::unnecessary_wraps, reason = "a report may fail, though this one does not")]
fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let mut judged = judge(ask);
    let found = judged.misses.len();
    judged.misses.truncate(ask.query.top.filter(|top| *top > 0).unwrap_or(found));
    let is_asked_of_something = ask.executor.question(&ask.filter(Scope::Uses)).matched > 0;
    let note = is_asked_of_something.then(|| Block::Note(note(ask, &judged)));
    let facts = vec![
        fact(
            "subjects_tested",
            "subjects tested",
            judged.subjects.iter().map(|(_, subjects)| u128::from(*subjects)).sum(),
        ),
        fact("recommendations", "recommendations", found as u128),
    ];
    let table = table(&judged.misses);
    let findings = judged.misses.iter().map(finding).collect();
    let blocks = [Block::Totals(facts), Block::Findings(findings)].into_iter().chain(note).chain([Block::Table(table)]);
    Ok(ask.sheet(REPORT.name, "Recommendations".to_owned(), Scope::Uses, blocks.collect()))
}

fn fact(key: &str, label: &str, count: u128) -> Fact {
    let cell = Cell::Int(i128::try_from(count).unwrap_or(i128::MAX));
    Fact::new(key, label, Unit::Count, cell)
}

/// The findings for another report's page: the `limit` surest ones, of those that rest on the same numbers the first.
pub fn findings(ask: &Ask<'_>, limit: usize) -> Vec<Finding> {
    let mut shown: Vec<Miss> = Vec::new();
    for miss in judge(ask).misses {
        let is_said = |known: &Miss| known.metric.key == miss.metric.key && known.cell == miss.cell;
        if shown.len() < limit && !shown.iter().any(is_said) {
            shown.push(miss);
        }
    }
    shown.iter().map(finding).collect()
}

fn judge(ask: &Ask<'_>) -> Judged {
    static METRICS: [Metric; 7] = JUDGED;
    let mut judged = Judged::default();
    for (dimension, minimum, scope) in SUBJECTS {
        let mut measures = metric::measures(&METRICS);
        let runs = measures.len();
        measures.push(Measure::Count(Test::Run));
        let folded = ask.executor.fold(&Fold { filter: ask.filter(scope), keys: vec![dimension], measures });
        let mut subjects = 0;
        for group in &folded.groups {
            let Some(subject) = group.keys[0].clone().filter(|_| group.values[runs].count() >= minimum) else {
                continue;
            };
            let mut is_tested = false;
            for level in ask.query.levels.of(dimension, &subject).iter() {
                let Some(metric) = METRICS.iter().find(|metric| metric.key == level.metric) else { continue };
                let Some(confidence) = metric.misses(level, &folded.measures, &group.values) else { continue };
                is_tested = true;
                if confidence >= ask.query.min_confidence {
                    let cell = metric.of(&folded.measures, &group.values, &ask.query.zone);
                    let (subject, level) = (subject.clone(), level.clone());
                    judged.misses.push(Miss {
                        dimension,
                        subject,
                        metric,
                        level,
                        cell,
                        confidence,
                        runs: group.values[runs].count(),
                        failures: Vec::new(),
                    });
                }
            }
            subjects += u64::from(is_tested);
        }
        judged.subjects.push((dimension, subjects));
        explain_failures(ask, ask.filter(scope), dimension, &mut judged.misses);
    }
    judged.misses.sort_by(|a, b| {
        let name = |miss: &Miss| (miss.subject.clone(), miss.dimension, miss.metric.key.clone());
        b.confidence
            .total_cmp(&a.confidence)
            .then_with(|| observations(b).cmp(&observations(a)))
            .then_with(|| name(a).cmp(&name(b)))
    });
    judged
}

/// Finds what the failures of subjects with a low success rate broke on.
fn explain_failures(ask: &Ask<'_>, filter: Filter, dimension: Dimension, misses: &mut [Miss]) {
    let is_low_success = |miss: &Miss| miss.dimension == dimension && miss.metric.key == metric::SUCCESS_RATE.key;
    if !misses.iter().any(is_low_success) {
        return;
    }
    let keys = vec![dimension, Dimension::ErrorType];
    let folded = ask.executor.fold(&Fold { filter, keys, measures: vec![Measure::Count(Test::Failure)] });
    for miss in misses.iter_mut().filter(|miss| is_low_success(miss)) {
        let of_subject = folded.groups.iter().filter(|group| group.keys[0].as_ref() == Some(&miss.subject));
        let types = of_subject.map(|group| (group.keys[1].clone(), group.values[0].count()));
        miss.failures = types.filter(|(_, failures)| *failures > 0).collect();
        miss.failures.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    }
}

fn observations(miss: &Miss) -> u64 {
    match miss.cell {
        Cell::Share { n, .. } | Cell::Estimate { n, .. } => n,
        _ => 0,
    }
}

/// How many were tested, and how many of the shown are to be expected false.
fn note(ask: &Ask<'_>, judged: &Judged) -> String {
    let tested: Vec<String> = judged
        .subjects
        .iter()
        .filter(|(_, subjects)| *subjects > 0)
        .map(|(dimension, subjects)| match (dimension, subjects) {
            (Dimension::Category, subjects) if *subjects != 1 => format!("{subjects} categories"),
            (dimension, subjects) => count(*subjects, dimension.label()),
        })
        .collect();
    let is_one = judged.subjects.iter().map(|(_, subjects)| subjects).sum::<u64>() == 1;
    let were = if is_one { "was" } else { "were" };
    let confidence = ask.query.min_confidence;
    if tested.is_empty() {
        return "Nothing had enough uses and observations to be judged: it takes each metric's minimum of observations, and \
                10 uses of a template or 20 of a category."
            .to_owned();
    }
    let tested = tested.join(", ");
    if judged.misses.is_empty() {
        return format!("{tested} {were} tested; none probably misses a target at confidence {confidence:.2}.");
    }
    let false_ones: f64 = judged.misses.iter().map(|miss| 1.0 - miss.confidence).sum();
    let false_ones = if false_ones < 0.05 { "fewer than 0.1".to_owned() } else { format!("{false_ones:.1}") };
    format!(
        "{tested} {were} tested at confidence {confidence:.2}; expect {false_ones} of the {} shown to be false.",
        judged.misses.len()
    )
}

fn finding(miss: &Miss) -> Finding {
    let severity = match miss.confidence {
        sure if sure >= 0.95 => Severity::High,
        sure if sure >= 0.9 => Severity::Medium,
        _ => Severity::Low,
    };
    let subject = format!("{} {}", miss.dimension.label(), miss.subject);
    Finding {
        because: advice::because(miss),
        try_this: advice::try_this(miss),
        confidence: Some(miss.confidence),
        evidence: vec![
            Fact::new("metric", "metric", Unit::Name, Cell::Text(miss.metric.key.to_string())),
            Fact::new("value", &*miss.metric.label, miss.metric.unit, miss.cell.clone()),
            Fact::new("n", "observations", Unit::Count, Cell::Int(i128::from(observations(miss)))),
            Fact::new("target", "target", miss.metric.unit, Cell::Num(miss.level.target.unwrap_or(f64::NAN))),
        ],
        ..Finding::new(severity, subject, advice::says(miss))
    }
}

fn table(misses: &[Miss]) -> Table {
    let ranked = |column: Column, rank: u8| Column { rank, ..column };
    let columns = vec![
        column("dimension", "what", Unit::Name),
        column("subject", "subject", Unit::Name),
        column("metric", "metric", Unit::Name),
        column("n", "n", Unit::Count),
        Column { parts: Parts::Interval, ..column("value", "value", Unit::Score) },
        ranked(column("target", "target", Unit::Score), 1),
        column("confidence", "confidence", Unit::Score),
    ];
    let row = |miss: &Miss| {
        vec![
            Cell::Text(miss.dimension.name().to_owned()),
            Cell::Text(miss.subject.clone()),
            Cell::Text(miss.metric.key.to_string()),
            Cell::Int(i128::from(observations(miss))),
            miss.cell.clone(),
            Cell::Num(miss.level.target.unwrap_or(f64::NAN)),
            Cell::Num(miss.confidence),
        ]
    };
    let rows = misses.iter().map(row).collect();
    // Without rows it is only a header, for programs.
    let title = if misses.is_empty() { "" } else { "Evidence" }.to_owned();
    Table { id: "recommendations", title, columns, rows, others: None, total: None }
}
