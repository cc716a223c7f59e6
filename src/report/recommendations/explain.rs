//! Explanations: what a miss broke on, which model or component is behind it, and how it moved since the version before.

use super::judge::{Judged, Miss};
use super::subject::KINDS;
use super::worth;
use crate::fold::{Fold, Folded, Group, Measure, Number, Test, Value};
use crate::metric::{self, Better, Compared, Metric};
use crate::query::Dimension;
use crate::report::ask::Ask;
use crate::report::causes::{self, Kinds};
use crate::report::outlier;
use crate::report::themes::{Theme, Themes};
use crate::sheet::Cell;
use anyhow::Result;
use std::collections::HashMap;

/// What is known of why a metric misses its target.
#[derive(Default)]
pub struct Explained {
    /// What failures or errors broke on.
    pub kinds: Kinds,
    /// The slowest of several models, and the others together.
    pub slowest: Option<Slowest>,
    /// What most of the remarks that speak of anything speak of.
    pub theme: Option<Theme>,
    /// The one run that took most of the time.
    pub outlier: Option<String>,
    pub moved: Option<Moved>,
}

/// A model that is slower than the others of the same subject, by more than chance.
pub struct Slowest {
    pub model: String,
    pub mean: Cell,
    pub others: Cell,
}

/// The version used last beside the one before it.
pub struct Moved {
    pub latest: (String, Cell),
    pub before: (String, Cell),
    pub compared: Option<Compared>,
    /// Whether the version used last reaches the target.
    pub is_mended: bool,
}

impl Moved {
    /// Whether the version used last is worse than the one before, by more than chance.
    pub fn is_worse(&self, metric: &Metric) -> bool {
        self.compared.is_some_and(|Compared { difference, .. }| match metric.better {
            Better::Lower => difference.low > 0.0,
            _ => difference.high < 0.0,
        })
    }
}

/// Ratings whose remarks are read: those that it would mend most to raise.
const REMARKS_READ: usize = 10;

/// Explains every miss, in their order.
///
/// # Errors
/// Rows could not be put in order, which no question should bring about.
pub fn explain(ask: &Ask<'_>, judged: &Judged) -> Result<Vec<Explained>> {
    let mut explained: Vec<Explained> = judged.misses.iter().map(|_| Explained::default()).collect();
    for kind in &KINDS {
        let of_kind = |miss: &Miss| miss.subject.dimension == kind.dimension;
        let misses = || judged.misses.iter().enumerate().filter(|(_, miss)| of_kind(miss));
        let metrics: Vec<Metric> = misses().map(|(_, miss)| miss.metric.clone()).collect();
        if metrics.is_empty() {
            continue;
        }
        let filter = || ask.filter(kind.scope);
        for (key, test) in [("success_rate", Test::Failure), ("error_rate", Test::Error)] {
            if metrics.iter().any(|metric| metric.key == key) {
                let mut kinds = causes::of(ask, filter(), kind.dimension, test);
                for (at, miss) in misses().filter(|(_, miss)| miss.metric.key == key) {
                    explained[at].kinds = kinds.remove(&miss.subject.name).unwrap_or_default();
                }
            }
        }
        if metrics.iter().any(|metric| metric.key == metric::MEAN_MS.key) {
            let keys = kind.dimension.into_iter().chain([Dimension::Model]).collect();
            let by_model = by_subject(ask.executor.fold(&Fold {
                filter: filter(),
                keys,
                measures: metric::MEAN_MS.measures.to_vec(),
            }));
            for (at, miss) in misses().filter(|(_, miss)| miss.metric.key == metric::MEAN_MS.key) {
                explained[at].slowest = by_model.of(miss).and_then(|models| slowest(ask, models, &by_model.measures));
            }
        }
        if let Some(dimension) = kind.dimension.filter(|dimension| *dimension != Dimension::Category) {
            let mut measures = metric::measures(&metrics);
            measures.push(Measure::Min(Number::Time, Test::Ended));
            let fold = Fold { filter: filter(), keys: vec![dimension, Dimension::PromptVersion], measures };
            let by_version = by_subject(ask.executor.fold(&fold));
            for (at, miss) in misses() {
                explained[at].moved =
                    by_version.of(miss).and_then(|versions| moved(ask, miss, versions, &by_version.measures));
            }
        }
    }
    let is_rating = |at: &usize| judged.misses[*at].metric.key == metric::MEAN_RATING.key;
    let mut rated: Vec<usize> = (0..judged.misses.len()).filter(is_rating).collect();
    rated.sort_by(|a, b| worth::mended(&judged.misses[*b]).total_cmp(&worth::mended(&judged.misses[*a])));
    for at in rated.into_iter().take(REMARKS_READ) {
        let themes = Themes::of(ask, judged.misses[at].subject.filter(ask, None));
        // What is praised is no cause: of the themes whose ratings are below the mean the one that most speak of.
        let mean = judged.misses[at].cell.number().unwrap_or(f64::NAN) * 1e9;
        let is_below = |theme: &Theme| theme.k > 0 && theme.ratings.mean().is_some_and(|rated| rated < mean);
        explained[at].theme = themes.spoken.into_iter().find(is_below);
    }
    for (miss, explained) in judged.misses.iter().zip(&mut explained) {
        if miss.has_outlier && miss.metric.key == metric::MEAN_MS.key {
            explained.outlier = outlier::note(ask, miss.subject.filter(ask, None), &outlier::LATENCY)?;
        }
    }
    Ok(explained)
}

/// Groups by the name of their subject, each with the last of its keys.
struct BySubject {
    measures: Vec<Measure>,
    groups: HashMap<String, Vec<(String, Vec<Value>)>>,
}

impl BySubject {
    fn of(&self, miss: &Miss) -> Option<&[(String, Vec<Value>)]> {
        self.groups.get(&miss.subject.name).map(Vec::as_slice)
    }
}

/// What has no name, of the subject or within it, is left out.
fn by_subject(folded: Folded) -> BySubject {
    let mut groups: HashMap<String, Vec<(String, Vec<Value>)>> = HashMap::new();
    for Group { keys, values } in folded.groups {
        let (subject, name) = match &keys[..] {
            [Some(subject), Some(name)] => (subject.clone(), name.clone()),
            [Some(name)] => (String::new(), name.clone()),
            _ => continue,
        };
        groups.entry(subject).or_default().push((name, values));
    }
    for of_subject in groups.values_mut() {
        of_subject.sort_by(|a, b| a.0.cmp(&b.0));
    }
    BySubject { measures: folded.measures, groups }
}

/// Observations that a model or a version needs to be spoken of.
const LEAST: u64 = 10;

fn slowest(ask: &Ask<'_>, models: &[(String, Vec<Value>)], measures: &[Measure]) -> Option<Slowest> {
    let metric = metric::MEAN_MS;
    let cell = |values: &[Value]| metric.of(measures, values, &ask.query.zone);
    let enough = models.iter().filter(|(_, values)| metric.observations(measures, values) >= LEAST);
    let mean = |values: &[Value]| cell(values).number().unwrap_or(0.0);
    let (model, values) = enough.max_by(|a, b| mean(&a.1).total_cmp(&mean(&b.1)))?;
    let mut others: Option<Vec<Value>> = None;
    for (_, other) in models.iter().filter(|(name, _)| name != model) {
        match &mut others {
            None => others = Some(other.clone()),
            Some(others) => {
                for ((held, measure), value) in others.iter_mut().zip(measures).zip(other) {
                    held.merge(*measure, value);
                }
            }
        }
    }
    let others = others.filter(|others| metric.observations(measures, others) >= LEAST)?;
    let is_slower = metric.compare(measures, &others, values)?.difference.low > 0.0;
    is_slower.then(|| Slowest { model: model.clone(), mean: cell(values), others: cell(&others) })
}

fn moved(ask: &Ask<'_>, miss: &Miss, versions: &[(String, Vec<Value>)], measures: &[Measure]) -> Option<Moved> {
    let first = |values: &[Value]| match values.last() {
        Some(Value::Extreme(first)) => *first,
        _ => None,
    };
    // Versions may be called anything: they came in the order in which they were first used.
    let mut used: Vec<&(String, Vec<Value>)> =
        versions.iter().filter(|(_, values)| miss.metric.observations(measures, values) >= LEAST).collect();
    used.sort_by_key(|(name, values)| (first(values), name));
    let [.., before, latest] = &used[..] else { return None };
    // Versions that began together did not follow each other.
    if first(&before.1) == first(&latest.1) {
        return None;
    }
    let cell = |values: &[Value]| miss.metric.of(measures, values, &ask.query.zone);
    let reaches = miss.metric.misses(&miss.level, measures, &latest.1).is_some_and(|confidence| confidence < 0.5);
    Some(Moved {
        latest: (latest.0.clone(), cell(&latest.1)),
        before: (before.0.clone(), cell(&before.1)),
        compared: miss.metric.compare(measures, &before.1, &latest.1),
        is_mended: reaches,
    })
}
