//! Judging: which subjects probably miss which targets.

use super::subject::{KINDS, Kind, Subject};
use super::worth::Pace;
use crate::fold::{Fold, Folded, Measure, Test, Value};
use crate::metric::{self, Metric};
use crate::query::{Dimension, Level};
use crate::report::ask::Ask;
use crate::report::outlier;
use crate::sheet::Cell;
use std::borrow::Cow;

/// A metric of a subject that probably misses its target.
#[derive(Clone)]
pub struct Miss {
    pub subject: Subject,
    pub metric: Metric,
    pub level: Level,
    pub cell: Cell,
    pub confidence: f64,
    /// Its uses; outcomes and judgements may stand alone.
    pub runs: u64,
    pub pace: Pace,
    /// The score component that is lowest, of those that were assessed, for a quality that is low.
    pub lowest: Option<(&'static Metric, Cell)>,
    /// How many of its uses were rated.
    pub rated: Cell,
    /// Whether one run took more than half of all the time.
    pub has_outlier: bool,
}

impl Miss {
    /// The target that it misses.
    pub fn target(&self) -> f64 {
        self.level.target.unwrap_or(f64::NAN)
    }

    pub fn observations(&self) -> u64 {
        self.cell.observations()
    }
}

/// What was judged, and what was found.
#[derive(Default)]
pub struct Judged {
    /// Subjects that had enough to be judged, by kind, in the order of [`KINDS`].
    pub subjects: Vec<(Option<Dimension>, u64)>,
    /// Metrics that were held against their targets, over all subjects.
    pub tests: u64,
    pub misses: Vec<Miss>,
}

/// The metrics that anybody has a target for.
pub fn metrics(ask: &Ask<'_>) -> Vec<Metric> {
    ask.query.levels.metrics().into_iter().filter_map(metric::named).collect()
}

/// Judges every subject of every kind.
pub fn judge(ask: &Ask<'_>, metrics: &[Metric]) -> Judged {
    let mut judged = Judged::default();
    let by_kind = by_kind(ask, metrics);
    for (kind, named) in KINDS.iter().zip(&by_kind) {
        let mut subjects = 0;
        let mut judge = |name: Option<&str>, measures: &[Measure], values: &[Value]| {
            if values[0].count() >= kind.least_runs {
                let subject = Subject::new(kind, name);
                let tests = judge_one(ask, &subject, metrics, measures, values, &mut judged.misses);
                judged.tests += tests;
                subjects += u64::from(tests > 0);
            }
        };
        if let Some(Folded { measures, groups }) = named {
            for group in groups {
                if let [Some(name)] = &group.keys[..] {
                    judge(Some(name), measures, &group.values);
                }
            }
        } else {
            // What has no name is in some group too, so that the parts of any kind are the whole.
            let mut parts = KINDS.iter().zip(&by_kind).filter(|(part, _)| part.scope == kind.scope);
            if let Some(parts) = parts.find_map(|(_, named)| named.as_ref()) {
                judge(None, &parts.measures, &parts.total());
            }
        }
        judged.subjects.push((kind.dimension, subjects));
    }
    judged
}

/// The component of quality that is lowest, where at least two were assessed.
fn lowest(ask: &Ask<'_>, measures: &[Measure], values: &[Value]) -> Option<(&'static Metric, Cell)> {
    static COMPONENTS: [Metric; 3] = [metric::CLARITY, metric::SPECIFICITY, metric::EFFICIENCY];
    let is_measured = |metric: &&Metric| metric.measures.iter().all(|measure| measures.contains(measure));
    let cells =
        COMPONENTS.iter().filter(is_measured).map(|metric| (metric, metric.of(measures, values, &ask.query.zone)));
    let known: Vec<(&Metric, Cell, f64)> =
        cells.filter_map(|(metric, cell)| cell.number().map(|number| (metric, cell, number))).collect();
    let lowest = known.iter().filter(|_| known.len() > 1).min_by(|a, b| a.2.total_cmp(&b.2))?;
    Some((lowest.0, lowest.1.clone()))
}

/// What is measured of a subject: first its uses, then what its metrics and its pace take.
pub fn measures(metrics: &[Metric]) -> Vec<Measure> {
    let explains = metric::RESPONSE_RATE.measures.iter().copied().chain(outlier::LATENCY.measures());
    let own = metric::measures(metrics).into_iter().chain(Pace::measures()).chain(explains);
    metric::each_once([Measure::Count(Test::Run)].into_iter().chain(own))
}

/// What is measured of the subjects of each kind that has names.
fn by_kind(ask: &Ask<'_>, metrics: &[Metric]) -> [Option<Folded>; KINDS.len()] {
    let fold = |kind: &Kind| {
        let keys = vec![kind.dimension?];
        Some(Fold { filter: ask.filter(kind.scope), keys, measures: measures(metrics) })
    };
    let folds: Vec<Fold> = KINDS.iter().filter_map(fold).collect();
    let mut folded = ask.executor.folds(&folds).into_iter();
    KINDS.each_ref().map(|kind| kind.dimension.and_then(|_| folded.next()))
}

/// The levels that a subject is held against.
pub fn levels<'a>(ask: &'a Ask<'_>, subject: &Subject) -> Cow<'a, [Level]> {
    ask.query.levels.of(subject.dimension, &subject.name)
}

/// Holds one subject against its levels; how many of them it had enough observations for.
pub fn judge_one(
    ask: &Ask<'_>,
    subject: &Subject,
    metrics: &[Metric],
    measures: &[Measure],
    values: &[Value],
    misses: &mut Vec<Miss>,
) -> u64 {
    let mut tests = 0;
    for level in levels(ask, subject).iter() {
        let Some(metric) = metrics.iter().find(|metric| metric.key == level.metric) else { continue };
        let Some(confidence) = metric.misses(level, measures, values) else { continue };
        tests += 1;
        if confidence >= ask.query.min_confidence {
            misses.push(Miss {
                subject: subject.clone(),
                metric: metric.clone(),
                level: level.clone(),
                cell: metric.of(measures, values, &ask.query.zone),
                confidence,
                runs: values[0].count(),
                pace: Pace::of(ask.query, measures, values),
                lowest: lowest(ask, measures, values),
                rated: metric::RESPONSE_RATE.of(measures, values, &ask.query.zone),
                has_outlier: outlier::LATENCY.is_mostly_one(measures, values),
            });
        }
    }
    tests
}
