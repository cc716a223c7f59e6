//! Explanations: what a miss broke on, which model or component is behind it, and how it moved since the version before.

use super::judge::{Judged, Miss};
use super::subject::{KINDS, Kind, Subject};
use super::worth;
use crate::fold::{Fold, Folded, Group, Measure, Number, Scope, Test, Value};
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

/// What subjects of a kind are taken apart by.
enum By {
    /// The errors behind a rate.
    Causes(&'static str),
    Models,
    Versions,
}

/// Explains every miss, in their order.
///
/// # Errors
/// Rows could not be put in order, which no question should bring about.
pub fn explain(ask: &Ask<'_>, judged: &Judged) -> Result<Vec<Explained>> {
    let mut explained: Vec<Explained> = judged.misses.iter().map(|_| Explained::default()).collect();
    let mut asked: Vec<(&Kind, By, Fold)> = KINDS.iter().flat_map(|kind| asked(ask, kind, judged)).collect();
    // What has one filter is folded in one pass.
    asked.sort_by_key(|(kind, ..)| kind.scope == Scope::Templates);
    let folds: Vec<Fold> = asked.iter().map(|(.., fold)| fold.clone()).collect();
    for ((kind, by, _), folded) in asked.iter().zip(ask.executor.folds(&folds)) {
        let misses = judged.misses.iter().zip(&mut explained);
        let misses = misses.filter(|(miss, _)| miss.subject.dimension == kind.dimension);
        match by {
            By::Causes(key) => {
                let mut kinds = causes::by_name(&folded);
                for (miss, explained) in misses.filter(|(miss, _)| miss.metric.key == *key) {
                    explained.kinds = kinds.remove(&miss.subject.name).unwrap_or_default();
                }
            }
            By::Models => {
                let models = by_subject(folded);
                for (miss, explained) in misses.filter(|(miss, _)| miss.metric.key == metric::MEAN_MS.key) {
                    explained.slowest = models.of(miss).and_then(|of| slowest(ask, of, &models.measures));
                }
            }
            By::Versions => {
                let versions = by_subject(folded);
                for (miss, explained) in misses {
                    explained.moved = versions.of(miss).and_then(|of| moved(ask, miss, of, &versions.measures));
                }
            }
        }
    }
    explain_ratings(ask, judged, &mut explained);
    for (miss, explained) in judged.misses.iter().zip(&mut explained) {
        if miss.has_outlier && miss.metric.key == metric::MEAN_MS.key {
            explained.outlier = outlier::note(ask, miss.subject.filter(ask, None), &outlier::LATENCY)?;
        }
    }
    Ok(explained)
}

/// What must be folded to explain the misses of a kind.
fn asked<'a>(ask: &Ask<'_>, kind: &'a Kind, judged: &Judged) -> Vec<(&'a Kind, By, Fold)> {
    let misses = judged.misses.iter().filter(|miss| miss.subject.dimension == kind.dimension);
    let metrics: Vec<Metric> = misses.map(|miss| miss.metric.clone()).collect();
    let is_missed = |key: &str| metrics.iter().any(|metric| metric.key == key);
    let filter = || ask.filter(kind.scope);
    let mut asked = Vec::new();
    for (key, test) in [("success_rate", Test::Failure), ("error_rate", Test::Error)] {
        if is_missed(key) {
            asked.push((kind, By::Causes(key), causes::fold(filter(), kind.dimension, test)));
        }
    }
    if is_missed(&metric::MEAN_MS.key) {
        let keys = kind.dimension.into_iter().chain([Dimension::Model]).collect();
        let measures = metric::MEAN_MS.measures.to_vec();
        asked.push((kind, By::Models, Fold { filter: filter(), keys, measures }));
    }
    let versioned = kind.dimension.filter(|dimension| *dimension != Dimension::Category && !metrics.is_empty());
    if let Some(dimension) = versioned {
        let mut measures = metric::measures(&metrics);
        measures.push(Measure::Min(Number::Time, Test::Ended));
        let keys = vec![dimension, Dimension::PromptVersion];
        asked.push((kind, By::Versions, Fold { filter: filter(), keys, measures }));
    }
    asked
}

/// Explains the ratings that it would mend most to raise by what the remarks with them speak of.
fn explain_ratings(ask: &Ask<'_>, judged: &Judged, explained: &mut [Explained]) {
    let is_rating = |at: &usize| judged.misses[*at].metric.key == metric::MEAN_RATING.key;
    let mut rated: Vec<usize> = (0..judged.misses.len()).filter(is_rating).collect();
    rated.sort_by(|a, b| worth::mended(&judged.misses[*b]).total_cmp(&worth::mended(&judged.misses[*a])));
    rated.truncate(REMARKS_READ);
    for kind in &KINDS {
        let of_kind = |at: &&usize| judged.misses[**at].subject.dimension == kind.dimension;
        let rated: Vec<usize> = rated.iter().filter(of_kind).copied().collect();
        let subjects: Vec<&Subject> = rated.iter().map(|at| &judged.misses[*at].subject).collect();
        if subjects.is_empty() {
            continue;
        }
        let themes = Themes::by(ask, Subject::filter_of(ask, &subjects), kind.dimension);
        for at in rated {
            let miss = &judged.misses[at];
            // What is praised is no cause: of the themes whose ratings are below the mean the one that most speak of.
            let mean = miss.cell.number().unwrap_or(f64::NAN) * 1e9;
            let is_below = |theme: &&Theme| theme.k > 0 && theme.ratings.mean().is_some_and(|rated| rated < mean);
            let themes = themes.get(&miss.subject.name);
            explained[at].theme = themes.and_then(|themes| themes.spoken.iter().find(is_below).cloned());
        }
    }
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
    let first = |values: &[Value]| values.last().and_then(Value::extreme);
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
