//! Models: where another model does the same prompt for less, and a test says that it does so no worse.

use super::subject::{KINDS, Kind, Subject};
use super::worth::{self, Pace};
use crate::fold::{Fold, Measure, Value};
use crate::metric::{self, Metric};
use crate::query::Dimension;
use crate::report::ask::Ask;
use crate::report::causes;
use crate::report::decided;
use crate::sheet::{Cell, Fact, Finding, Severity, Unit};
use crate::stat::{self, Sample, Share};

/// How much lower the success of a cheaper model may be and still count as no worse.
const SHARE_MARGIN: f64 = 0.05;
/// How much lower its mean rating may be, in points.
const RATING_MARGIN: f64 = 0.3;
/// Outcomes and priced uses that each model needs.
const LEAST: u64 = 20;
/// Ratings that each model needs for their ratings to be compared; with fewer nothing is said of them.
const LEAST_RATINGS: u64 = 10;
/// What is tested for is held to be shown from this confidence on, whatever is asked of targets: to change a model takes
/// more than a hunch.
pub const LEAST_CONFIDENCE: f64 = 0.95;

/// A prompt with the model it uses most, and a cheaper one.
pub struct Cheaper {
    pub subject: Subject,
    used: Model,
    other: Model,
    /// One less the corrected p-value of the weakest of the tests.
    pub confidence: f64,
    /// Dollars a month, at the pace of the model used most.
    saved: f64,
    /// Runs a month times the part of the cost that is saved.
    pub mended: f64,
}

/// What one model did for a prompt.
#[derive(Clone)]
struct Model {
    name: String,
    success: Share,
    cost: Sample,
    /// The ratings, with one more at each end of their scale.
    rating: Option<(Sample, f64)>,
    pace: Pace,
    cells: [Cell; 3],
}

const METRICS: [Metric; 3] = [metric::SUCCESS_RATE, metric::COST_PER_RUN, metric::MEAN_RATING];

/// Cheaper models that are shown to be no worse, and how many pairs of models were tried.
pub fn cheaper(ask: &Ask<'_>) -> (Vec<Cheaper>, u64) {
    let prompts = KINDS.iter().find(|kind| kind.dimension == Some(Dimension::Prompt)).expect("prompts are judged");
    let mut candidates: Vec<Cheaper> = Vec::new();
    for (name, mut models) in models(ask) {
        let runs = |model: &Model| model.pace.runs_a_month;
        models.sort_by(|a, b| runs(b).total_cmp(&runs(a)).then_with(|| a.name.cmp(&b.name)));
        let Some((used, others)) = models.split_first() else { continue };
        candidates.extend(others.iter().filter_map(|other| candidate(prompts, &name, used, other)));
    }
    let tried = candidates.len() as u64;
    let ps: Vec<f64> = candidates.iter().map(|candidate| 1.0 - candidate.confidence).collect();
    for (candidate, p) in candidates.iter_mut().zip(stat::holm(&ps)) {
        candidate.confidence = (1.0 - p).min(1.0 - f64::EPSILON);
    }
    let least = ask.query.min_confidence.max(LEAST_CONFIDENCE);
    candidates.retain(|candidate| candidate.confidence >= least);
    (candidates, tried)
}

/// The models of each prompt that have enough outcomes and priced uses.
fn models(ask: &Ask<'_>) -> std::collections::BTreeMap<String, Vec<Model>> {
    let measures = metric::each_once(Pace::measures().into_iter().chain(metric::measures(&METRICS)));
    let filter = ask.filter(crate::fold::Scope::Uses);
    let folded = ask.executor.fold(&Fold { filter, keys: vec![Dimension::Prompt, Dimension::Model], measures });
    let mut models = std::collections::BTreeMap::<String, Vec<Model>>::new();
    for group in &folded.groups {
        let [Some(prompt), Some(name)] = &group.keys[..] else { continue };
        if let Some(model) = Model::of(ask, name, &folded.measures, &group.values) {
            models.entry(prompt.clone()).or_default().push(model);
        }
    }
    models
}

impl Model {
    fn of(ask: &Ask<'_>, name: &str, measures: &[Measure], values: &[Value]) -> Option<Model> {
        let cells = METRICS.map(|metric| metric.of(measures, values, &ask.query.zone));
        let Cell::Share { k, n, .. } = cells[0] else { return None };
        let cost = metric::COST_PER_RUN.sample(measures, values)?;
        if n < LEAST || cost.n < LEAST {
            return None;
        }
        let rating = match cells[2] {
            Cell::Estimate { value, n, .. } if n >= LEAST_RATINGS => {
                metric::MEAN_RATING.sample(measures, values).map(|sample| (sample, value))
            }
            _ => None,
        };
        let pace = Pace::of(ask.query, measures, values);
        Some(Model { name: name.to_owned(), success: Share { k, n }, cost, rating, pace, cells })
    }
}

/// A cheaper model with how sure it is that it is cheaper and no worse; `None` where it is not cheaper at all.
fn candidate(kind: &Kind, prompt: &str, used: &Model, other: &Model) -> Option<Cheaper> {
    let saved_per_run = used.cost.mean - other.cost.mean;
    if saved_per_run <= 0.0 {
        return None;
    }
    let cheaper = stat::mean_not_worse(other.cost, used.cost, 0.0)?;
    let no_less_success = stat::share_not_worse(used.success, other.success, SHARE_MARGIN)?;
    let rated = used.rating.zip(other.rating);
    let no_lower_rating = rated.and_then(|(used, other)| stat::mean_not_worse(used.0, other.0, RATING_MARGIN));
    // All must hold: the weakest decides (intersection-union test).
    let p = [Some(cheaper), Some(no_less_success), no_lower_rating].into_iter().flatten().fold(0.0, f64::max);
    Some(Cheaper {
        subject: Subject::new(kind, Some(prompt)),
        used: used.clone(),
        other: other.clone(),
        confidence: 1.0 - p,
        saved: saved_per_run * used.pace.runs_a_month,
        mended: used.pace.runs_a_month * saved_per_run / used.cost.mean,
    })
}

impl Cheaper {
    pub fn id(&self) -> String {
        let pair = format!("{} {}", self.used.name, self.other.name);
        decided::id('r', self.subject.dimension, &self.subject.name, &pair)
    }

    pub fn finding(&self) -> Finding {
        let number = |unit: Unit, cell: &Cell| causes::number(unit, cell.number().unwrap_or(f64::NAN));
        let [used, other] = [&self.used, &self.other];
        let cost = |model: &Model| number(Unit::Dollars, &model.cells[1]);
        let success = |model: &Model| {
            let Share { k, n } = model.success;
            format!("{} ({k} of {n})", number(Unit::Ratio, &model.cells[0]))
        };
        let rating = match used.rating.zip(other.rating) {
            Some((used, other)) => {
                format!("rated {:.2} and {:.2}, no worse by {RATING_MARGIN} points", other.1, used.1)
            }
            None => "too few ratings to compare".to_owned(),
        };
        let says = format!(
            "{} costs {} a run where {} costs {}, and is no worse",
            other.name,
            cost(other),
            used.name,
            cost(used)
        );
        Finding {
            id: self.id(),
            because: format!(
                "success {} and {}, no worse by {:.0} points; {rating}",
                success(other),
                success(used),
                SHARE_MARGIN * 100.0
            ),
            try_this: format!(
                "give it more of the work: `prompt-analytics compare --compare model={},{}{}`",
                causes::quoted(&used.name),
                causes::quoted(&other.name),
                self.subject.flags()
            ),
            worth: format!("{} a month at this pace", causes::number(Unit::Dollars, self.saved)),
            confidence: Some(self.confidence),
            evidence: vec![
                Fact::new("metric", "metric", Unit::Name, Cell::Text(metric::COST_PER_RUN.key.to_string())),
                Fact::new("value", "per run", Unit::Dollars, used.cells[1].clone()),
                Fact::new("model", "model", Unit::Name, Cell::Text(used.name.clone())),
                Fact::new("other_model", "other model", Unit::Name, Cell::Text(other.name.clone())),
                Fact::new("other_value", "per run of the other", Unit::Dollars, other.cells[1].clone()),
            ],
            ..Finding::new(Severity::Medium, self.subject.words(), says)
        }
    }

    /// The cells of its row in the table of evidence.
    pub fn row(&self) -> Vec<Cell> {
        let target = Cell::Num(self.other.cost.mean);
        super::row(
            &self.id(),
            &self.subject,
            &metric::COST_PER_RUN,
            &self.used.cells[1],
            target,
            self.confidence,
            self.mended,
        )
    }

    /// What ranks it among the others.
    pub fn value(&self) -> f64 {
        worth::ranked(self.mended, self.confidence)
    }
}
