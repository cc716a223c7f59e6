//! Levels: the numbers of every subject against the levels of section 6, from the config and its exceptions.

use super::alert::{Alert, Seen, subject};
use super::standing::{self, Reading, Standing};
use super::watched::{Panel, Watching};
use crate::fold::{Filter, Scope, Test};
use crate::metric::{self, Better, Metric};
use crate::query::{Dimension, Level};
use crate::report::causes;
use crate::report::same::Sameness;
use crate::sheet::Cell;
use std::collections::HashMap;

/// An alert, and what tells the uses that it was found in from others.
pub struct Found {
    pub alert: Alert,
    pub dimension: Option<Dimension>,
    pub print: Vec<i128>,
    pub is_past: bool,
}

/// How many subjects were watched for one metric.
pub struct Tally {
    pub metric: Metric,
    /// Subjects with at least the minimum of observations, and with some but fewer.
    pub enough: u64,
    pub too_few: u64,
    /// Subjects past their level.
    pub past: u64,
}

/// What was watched.
pub struct Watched {
    pub tallies: Vec<Tally>,
    /// Subjects with enough observations of any metric, and with too few of all.
    pub enough: u64,
    pub too_few: u64,
}

/// The metrics that anybody has an alert level of, and that can be good or bad.
pub fn metrics(watching: &Watching<'_>) -> Vec<Metric> {
    let named = watching.ask.query.levels.metrics().into_iter().filter_map(metric::named);
    named.filter(|metric| metric.better != Better::Neither).collect()
}

/// Everything that is past its level, or was and is not over; and what was watched.
pub fn alerts(watching: &Watching<'_>, metrics: &[Metric], panels: &[Panel]) -> (Vec<Found>, Watched) {
    let tally = |metric: &Metric| Tally { metric: metric.clone(), enough: 0, too_few: 0, past: 0 };
    let mut watched = Watched { tallies: metrics.iter().map(tally).collect(), enough: 0, too_few: 0 };
    let mut found = Vec::new();
    let is_recorded = watching.is_anything_recorded();
    for panel in panels {
        for name in &panel.names {
            let (mut is_enough, mut is_any) = (false, false);
            for level in panel.levels(name, watching.ask).iter() {
                let tally = watched.tallies.iter_mut().find(|tally| tally.metric.key == level.metric);
                let (Some(tally), Some(alert)) = (tally, level.alert) else { continue };
                let judged = Judged::of(watching, panel, name, &tally.metric, (level, alert));
                let is_known = judged.reading != Reading::Unknown;
                tally.enough += u64::from(is_known);
                tally.too_few += u64::from(!is_known && judged.n > 0);
                tally.past += u64::from(judged.reading == Reading::Past);
                is_enough |= is_known;
                is_any |= judged.n > 0;
                if judged.reading == Reading::Past || is_recorded {
                    found.extend(judged.found(watching));
                }
            }
            watched.enough += u64::from(is_enough);
            watched.too_few += u64::from(is_any && !is_enough);
        }
    }
    explain(watching, &mut found);
    (found, watched)
}

/// A metric of a subject beside its level.
struct Judged<'a> {
    panel: &'a Panel,
    name: &'a str,
    metric: &'a Metric,
    level: &'a Level,
    alert: f64,
    clear: f64,
    cell: Cell,
    n: u64,
    reading: Reading,
}

impl<'a> Judged<'a> {
    fn of(
        watching: &Watching<'_>,
        panel: &'a Panel,
        name: &'a str,
        metric: &'a Metric,
        (level, alert): (&'a Level, f64),
    ) -> Judged<'a> {
        let values = panel.now(name);
        let n = panel.observations(metric, values);
        let cell = panel.cell(metric, values, watching.ask);
        let clear = standing::clear(level, alert, metric.better, metric.range());
        let reading = match cell.number().filter(|_| n >= level.minimum_n.max(1)) {
            Some(value) => standing::reading(value, alert, clear, metric.better),
            None => Reading::Unknown,
        };
        Judged { panel, name, metric, level, alert, clear, cell, n, reading }
    }

    fn found(self, watching: &Watching<'_>) -> Option<Found> {
        let Judged { panel, name, metric, level, alert, reading, .. } = self;
        let value = self.cell.number();
        let is_worse = |than: f64| value.is_some_and(|value| standing::is_worse(value, than, alert, metric.better));
        let id = watching.id(panel.dimension, name, &metric.key);
        let found = Alert::of(watching, id, &Seen { reading, severity: level.severity, is_worse: &is_worse })?;
        let (what, flag) = subject(panel.dimension, name);
        let alert = Alert {
            what,
            name: name.to_owned(),
            metric: metric.key.to_string(),
            label: metric.label.to_string(),
            unit: metric.unit,
            cell: self.cell.clone(),
            n: self.n,
            level: Some(alert),
            says: self.says(),
            moved: self.moved(watching),
            try_this: try_this(metric, &format!("{flag}{}", since(watching))),
            ..found
        };
        let print = panel.print(Some(metric), panel.now(name));
        Some(Found { alert, dimension: panel.dimension, print, is_past: reading == Reading::Past })
    }

    fn says(&self) -> String {
        let label = self.metric.whole_label();
        let number = |value: f64| causes::number(self.metric.unit, value);
        let level = |value: f64| causes::level(self.metric.unit, value);
        let side = if self.metric.better == Better::Lower { "above" } else { "below" };
        let value = match self.cell {
            Cell::AtLeast(value) => format!("at least {}", number(value)),
            ref cell => cell.number().map(number).unwrap_or_default(),
        };
        match self.reading {
            Reading::Past => format!("{label} is {value}, {side} the alert level of {}", level(self.alert)),
            Reading::Near => format!("{label} is {value}, not yet back at {}", level(self.clear)),
            Reading::Back => format!("{label} is {value}, back at {}", level(self.clear)),
            Reading::Unknown => format!(
                "{label} was {side} the alert level of {}, and {} of {} observations are there now",
                level(self.alert),
                self.n,
                self.level.minimum_n.max(1)
            ),
        }
    }

    /// What it was in the period before.
    fn moved(&self, watching: &Watching<'_>) -> String {
        let Some(previous) = watching.previous else { return String::new() };
        let values = self.panel.before(self.name);
        let n = self.panel.observations(self.metric, values);
        let Some(value) = self.panel.cell(self.metric, values, watching.ask).number().filter(|_| n > 0) else {
            return String::new();
        };
        let few = if n < self.level.minimum_n { "too few to judge, " } else { "" };
        let period = previous.words(&watching.ask.query.zone);
        format!("was {} before ({few}n {n}, {period})", causes::number(self.metric.unit, value))
    }
}

/// The flag that looks at the same time.
fn since(watching: &Watching<'_>) -> String {
    let since = watching.ask.period().since_ns;
    let since = since.map(|since| format!(" --since {}", watching.ask.query.zone.date(since)));
    format!("{}{}", causes::flags(&watching.ask.query.filters), since.unwrap_or_default())
}

/// Where to look; `flags` ask for the same uses.
fn try_this(metric: &Metric, flags: &str) -> String {
    let (what, command) = match &*metric.key {
        "success_rate" => ("read the failing runs", "runs --failed"),
        "error_rate" | "errors" => ("see what broke", "errors"),
        "mean_rating" => ("read what people said", "feedback"),
        "quality_score" | "clarity_score" | "specificity_score" | "efficiency_score" => {
            ("see when it fell", "quality --every day")
        }
        key if key.contains("cost") || key == "unpriced_runs" => ("see what costs most", "cost --by prompt,model"),
        _ => ("see whether a model is the slow one", "performance --by model"),
    };
    format!("{what}: `prompt-analytics {command}{flags}`")
}

/// Says what the failures and errors of what is past its level broke on.
fn explain(watching: &Watching<'_>, found: &mut [Found]) {
    let mut known: HashMap<(Option<Dimension>, Test), HashMap<String, causes::Kinds>> = HashMap::new();
    for found in found.iter_mut().filter(|found| found.is_past) {
        let (test, what) = match &*found.alert.metric {
            "success_rate" => (Test::Failure, "failure"),
            "error_rate" | "errors" => (Test::Error, "error"),
            _ => continue,
        };
        let scope = if found.dimension == Some(Dimension::Template) { Scope::Templates } else { Scope::Uses };
        let filter = || -> Filter { watching.ask.filter(scope) };
        let causes = known
            .entry((found.dimension, test))
            .or_insert_with(|| causes::of(watching.ask, filter(), found.dimension, test));
        let words = causes.get(&found.alert.name).map(|kinds| causes::words(what, kinds));
        found.alert.because.extend(words.filter(|words| !words.is_empty()));
    }
}

/// Leaves out what is new and rests on the same uses as another alert of the same metric: a category of one prompt is that
/// prompt. What was told or is worse stays, then what is most particular; and it says what else it is.
pub fn without_repetition(mut found: Vec<Found>, sameness: &mut Sameness<'_>) -> Vec<Alert> {
    let order = |dimension: Option<Dimension>| {
        let of = |dimension| super::watched::SUBJECTS.iter().position(|(known, _)| *known == dimension);
        dimension.map_or(usize::MAX, |dimension| of(dimension).unwrap_or(usize::MAX))
    };
    found.sort_by_key(|found| {
        let is_new = found.alert.standing == Standing::New;
        (is_new, std::cmp::Reverse(found.alert.severity), order(found.dimension))
    });
    let mut kept: Vec<Found> = Vec::new();
    for found in found {
        // Equal numbers are asked for first: only then it is worth to look whether they are of the same uses.
        let mut is_same = |known: &&mut Found| {
            known.is_past
                && known.alert.metric == found.alert.metric
                && known.dimension != found.dimension
                && known.print == found.print
                && sameness.is_same((known.dimension, &known.alert.name), (found.dimension, &found.alert.name))
        };
        match kept.iter_mut().find(|known| is_same(known)).filter(|_| found.alert.standing == Standing::New) {
            Some(known) => {
                let same = format!("the same uses are {}", found.alert.subject());
                match known.alert.because.last_mut().filter(|last| last.starts_with("the same uses are ")) {
                    Some(last) => {
                        last.push_str(" and ");
                        last.push_str(&found.alert.subject());
                    }
                    None => known.alert.because.push(same),
                }
            }
            None => kept.push(found),
        }
    }
    kept.into_iter().map(|found| found.alert).collect()
}
