//! Done: recommendations that somebody followed, measured again from that day on.

use super::judge::{self, Miss};
use super::subject::{KINDS, Kind, Subject};
use crate::fold::{Fold, Measure, Test};
use crate::metric::Metric;
use crate::query::Level;
use crate::report::ask::{Ask, column, unit_column};
use crate::report::decided::{self, Decided, Decision, State};
use crate::sheet::{Cell, Column, Parts, Table, Unit, Why};

/// A recommendation that was done.
pub struct Done {
    pub id: String,
    pub subject: Subject,
    pub metric: Metric,
    pub level: Level,
    pub decision: Decision,
    /// What it came to since then.
    pub since: Cell,
    pub verdict: Verdict,
}

pub enum Verdict {
    Reached,
    /// It still probably misses its target, counting only what came since.
    Missed(Box<Miss>),
    /// It lies near its target: neither probable.
    Open,
    TooFew,
}

/// Measures again what was done.
pub fn done(ask: &Ask<'_>, decided: &Decided, metrics: &[Metric]) -> Vec<Done> {
    let is_done = |id: &str| decided.last(id).is_some_and(|decision| decision.state == State::Done);
    if !decided.ids().any(is_done) {
        return Vec::new();
    }
    let mut done = Vec::new();
    for kind in &KINDS {
        for subject in subjects(ask, kind) {
            for level in super::judge::levels(ask, &subject).iter().filter(|level| level.target.is_some()) {
                let id = decided::id('r', subject.dimension, &subject.name, &level.metric);
                let metric = metrics.iter().find(|metric| metric.key == level.metric);
                if let (Some(metric), Some(decision)) = (metric, decided.last(&id).filter(|_| is_done(&id))) {
                    done.push(again(ask, id, &subject, metric, level, *decision));
                }
            }
        }
    }
    done.sort_by(|a, b| b.decision.ts_ns.cmp(&a.decision.ts_ns).then_with(|| a.id.cmp(&b.id)));
    done
}

/// Every subject of a kind that the question is about.
fn subjects(ask: &Ask<'_>, kind: &Kind) -> Vec<Subject> {
    let Some(dimension) = kind.dimension else { return vec![Subject::new(kind, None)] };
    let measures = vec![Measure::Count(Test::Any)];
    let folded = ask.executor.fold(&Fold { filter: ask.filter(kind.scope), keys: vec![dimension], measures });
    folded.groups.iter().filter_map(|group| Some(Subject::new(kind, Some(group.keys[0].as_ref()?)))).collect()
}

fn again(ask: &Ask<'_>, id: String, subject: &Subject, metric: &Metric, level: &Level, decision: Decision) -> Done {
    let metrics = std::slice::from_ref(metric);
    let measures = judge::measures(metrics);
    let filter = subject.filter(ask, Some(decision.ts_ns));
    let folded = ask.executor.fold(&Fold { filter, keys: Vec::new(), measures });
    let total = folded.total();
    let mut misses = Vec::new();
    let tests = judge::judge_one(ask, subject, metrics, &folded.measures, &total, &mut misses);
    let confidence = metric.misses(level, &folded.measures, &total);
    let verdict = match (misses.pop(), confidence) {
        (Some(miss), _) => Verdict::Missed(Box::new(miss)),
        _ if tests == 0 => Verdict::TooFew,
        (None, Some(confidence)) if confidence <= 1.0 - ask.query.min_confidence => Verdict::Reached,
        _ => Verdict::Open,
    };
    Done {
        id,
        subject: subject.clone(),
        metric: metric.clone(),
        level: level.clone(),
        decision,
        since: metric.of(&folded.measures, &total, &ask.query.zone),
        verdict,
    }
}

impl Done {
    fn words(&self) -> String {
        match self.verdict {
            Verdict::Reached => "target reached".to_owned(),
            Verdict::Missed(_) => "still misses it".to_owned(),
            Verdict::Open => "too near to tell".to_owned(),
            Verdict::TooFew => {
                format!("too few ({} of {})", self.since.observations(), self.level.minimum_n)
            }
        }
    }
}

/// What was done, and what came of it.
pub fn table(ask: &Ask<'_>, done: &[Done]) -> Table {
    let mixed = |key: &str, label: &str, parts: Parts| Column { parts, ..column(key, label, Unit::Mixed) };
    let columns = vec![
        column("id", "id", Unit::Name),
        column("subject", "subject", Unit::Name),
        column("metric", "metric", Unit::Name),
        unit_column(),
        column("done", "done", Unit::Instant),
        mixed("before", "before", Parts::Value),
        mixed("since", "since then", Parts::Observed),
        mixed("target", "target", Parts::Value),
        column("verdict", "verdict", Unit::Name),
    ];
    let row = |done: &Done| {
        vec![
            Cell::Text(done.id.clone()),
            Cell::Text(done.subject.words()),
            Cell::Text(done.metric.whole_label()),
            Cell::Text(done.metric.unit.name().to_owned()),
            Cell::Text(ask.query.zone.instant(done.decision.ts_ns)),
            done.decision.observed.map_or(Cell::Missing(Why::NoData), Cell::Num),
            done.since.clone(),
            done.level.target.map_or(Cell::Missing(Why::NoData), Cell::Num),
            Cell::Text(done.words()),
        ]
    };
    let rows = done.iter().map(row).collect();
    Table { id: "done", title: "Done, and measured again since".to_owned(), columns, rows, others: None, total: None }
}
