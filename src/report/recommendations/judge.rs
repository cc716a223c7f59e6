//! Judging: which subjects probably miss which targets.

use super::subject::{KINDS, Kind, Subject};
use super::worth::Pace;
use crate::fold::{Fold, Measure, Number, Test, Value};
use crate::metric::{self, Metric};
use crate::query::{Dimension, Level};
use crate::report::ask::Ask;
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
    for kind in &KINDS {
        let mut subjects = 0;
        let (measures, groups) = fold(ask, kind, metrics);
        for (keys, values) in &groups {
            let is_named = kind.dimension.is_none() || keys.first().is_some_and(Option::is_some);
            if !is_named || values[0].count() < kind.least_runs {
                continue;
            }
            let subject = Subject::new(kind, keys.first().and_then(Option::as_deref));
            let tests = judge_one(ask, &subject, metrics, &measures, values, &mut judged.misses);
            judged.tests += tests;
            subjects += u64::from(tests > 0);
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

/// The longest that anything took: one run can be most of a mean.
const LONGEST: Measure = Measure::Max(Number::Duration, Test::Ended);

/// Whether one run took more than half of all the time.
fn has_outlier(measures: &[Measure], values: &[Value]) -> bool {
    let value = |measure: Measure| measures.iter().position(|known| *known == measure).map(|at| &values[at]);
    let sum = value(Measure::Sum(Number::Duration, Test::Ended)).map_or(0, Value::int);
    matches!(value(LONGEST), Some(Value::Extreme(Some(longest))) if i128::from(*longest) * 2 > sum)
}

type Groups = Vec<(Vec<Option<String>>, Vec<Value>)>;

/// What is measured of a subject: first its uses, then what its metrics and its pace take.
pub fn measures(metrics: &[Metric]) -> Vec<Measure> {
    let explains = metric::RESPONSE_RATE.measures.iter().copied().chain([LONGEST]);
    let own = metric::measures(metrics).into_iter().chain(Pace::measures()).chain(explains);
    metric::each_once([Measure::Count(Test::Run)].into_iter().chain(own))
}

fn fold(ask: &Ask<'_>, kind: &Kind, metrics: &[Metric]) -> (Vec<Measure>, Groups) {
    let keys = kind.dimension.into_iter().collect();
    let fold = Fold { filter: ask.filter(kind.scope), keys, measures: measures(metrics) };
    let folded = ask.executor.fold(&fold);
    (folded.measures, folded.groups.into_iter().map(|group| (group.keys, group.values)).collect())
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
                has_outlier: has_outlier(measures, values),
            });
        }
    }
    tests
}
