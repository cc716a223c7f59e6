//! What is watched: everything together, and every prompt, template, category and model, in the period and in the one before.

use crate::fold::{Filter, Fold, Folded, Measure, Number, Scope, Test, Value};
use crate::metric::{self, Finish, Metric};
use crate::query::{Dimension, Level};
use crate::report::ask::Ask;
use crate::report::decided::{self, Decided, Decision};
use crate::time::Period;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// Whose numbers are watched, beside everything together.
pub const SUBJECTS: [(Dimension, Scope); 4] = [
    (Dimension::Prompt, Scope::Uses),
    (Dimension::Template, Scope::Templates),
    (Dimension::Category, Scope::Uses),
    (Dimension::Model, Scope::Uses),
];

/// What alerts are found with: the question, what was recorded before, and the period to compare with.
pub struct Watching<'a> {
    pub ask: &'a Ask<'a>,
    pub decided: &'a Decided,
    /// The period before, `None` where the one asked about has an open end.
    pub previous: Option<Period>,
}

impl Watching<'_> {
    /// The id of an alert. Under a filter a subject is another one, with alerts of its own.
    pub fn id(&self, dimension: Option<Dimension>, name: &str, metric: &str) -> String {
        let filters = self.ask.query.filters.words();
        let filters = filters.iter().map(|(key, asked)| format!("\u{1e}{key}={asked}"));
        decided::id('a', dimension, name, &format!("{metric}{}", filters.collect::<String>()))
    }

    /// What was recorded of an alert, the newest first.
    pub fn decisions(&self, id: &str) -> &[Decision] {
        self.decided.about(id)
    }

    /// Whether any alert may be open or acknowledged, so that also what is not past its level has to be looked up.
    pub fn is_anything_recorded(&self) -> bool {
        self.decided.ids().any(|id| id.starts_with("a-"))
    }

    /// Whether so much of the period is over that little in it means something. The tail of a week may be missing; a month
    /// that has just begun is empty of everything.
    pub fn is_mostly_over(&self) -> bool {
        let period = self.ask.period();
        let (Some(since), Some(until)) = (period.since_ns, period.until_ns) else { return true };
        let (gone, all) =
            (i128::from(self.ask.query.now_ns) - i128::from(since), i128::from(until) - i128::from(since));
        gone * 5 >= all * 4
    }
}

/// The numbers of the subjects of one dimension.
pub struct Panel {
    /// `None`: everything together, whose name is empty.
    pub dimension: Option<Dimension>,
    /// Every name that there is, or was when something was recorded of it.
    pub names: BTreeSet<String>,
    measures: Vec<Measure>,
    nothing: Vec<Value>,
    now: HashMap<String, Vec<Value>>,
    before: HashMap<String, Vec<Value>>,
}

/// What is measured of every subject, whatever is watched; the first two are the counts of rows and of uses.
const ALWAYS: [Measure; 5] = [
    Measure::Count(Test::Any),
    Measure::Count(Test::Run),
    Measure::Count(Test::Outcome),
    Measure::Count(Test::Success),
    Measure::Sum(Number::Duration, Test::Ended),
];
const ROWS: usize = 0;
const RUNS: usize = 1;

impl Panel {
    /// A subject's values in the period.
    pub fn now(&self, name: &str) -> &[Value] {
        self.now.get(name).unwrap_or(&self.nothing)
    }

    /// A subject's values in the period before.
    pub fn before(&self, name: &str) -> &[Value] {
        self.before.get(name).unwrap_or(&self.nothing)
    }

    /// How often a subject was used, ended, judged or assessed.
    pub fn rows(values: &[Value]) -> u64 {
        values[ROWS].count()
    }

    /// How often it was used.
    pub fn runs(values: &[Value]) -> u64 {
        values[RUNS].count()
    }

    /// What tells the uses behind a metric from others: their number, their outcomes and their time to the nanosecond,
    /// and what the metric is made of.
    pub fn print(&self, metric: Option<&Metric>, values: &[Value]) -> Vec<i128> {
        let own = metric.map_or(&[][..], |metric| metric.measures);
        let own = own.iter().filter_map(|measure| self.measures.iter().position(|known| known == measure));
        (RUNS..ALWAYS.len()).chain(own).map(|at| values[at].int()).collect()
    }

    /// A metric of some values.
    pub fn cell(&self, metric: &Metric, values: &[Value], ask: &Ask<'_>) -> crate::sheet::Cell {
        metric.of(&self.measures, values, &ask.query.zone)
    }

    /// The observations a metric rests on; a count or a sum rests on all there is.
    pub fn observations(&self, metric: &Metric, values: &[Value]) -> u64 {
        match metric.finish {
            Finish::Int | Finish::Cost | Finish::Instant => Panel::rows(values),
            _ => metric.observations(&self.measures, values),
        }
    }

    /// The levels of one subject.
    pub fn levels<'a>(&self, name: &str, ask: &'a Ask<'_>) -> Cow<'a, [Level]> {
        ask.query.levels.of(self.dimension, name)
    }
}

/// The panels of everything together and of every dimension that is watched.
pub fn panels(watching: &Watching<'_>, metrics: &[Metric]) -> Vec<Panel> {
    let measures = metric::each_once(ALWAYS.into_iter().chain(metric::measures(metrics)));
    let fold = |scope: Scope, dimension: Dimension, period: Period| {
        let filter = Filter { period, ..watching.ask.filter(scope) };
        watching.ask.executor.fold(&Fold { filter, keys: vec![dimension], measures: measures.clone() })
    };
    let nothing = || measures.iter().map(|measure| Value::nothing(*measure)).collect::<Vec<_>>();
    let everything = |folded: &Folded| HashMap::from([(String::new(), folded.total())]);
    let mut panels = Vec::new();
    for (dimension, scope) in SUBJECTS {
        let now = fold(scope, dimension, watching.ask.period());
        let before = watching.previous.map(|previous| fold(scope, dimension, previous));
        if panels.is_empty() {
            panels.push(Panel {
                dimension: None,
                names: BTreeSet::from([String::new()]),
                measures: measures.clone(),
                nothing: nothing(),
                now: everything(&now),
                before: before.as_ref().map(everything).unwrap_or_default(),
            });
        }
        let (now, before) = (by_name(now), before.map(by_name).unwrap_or_default());
        let mut names: BTreeSet<String> = now.keys().chain(before.keys()).cloned().collect();
        if watching.is_anything_recorded() {
            names.extend(all_names(watching.ask, scope, dimension));
        }
        panels.push(Panel {
            dimension: Some(dimension),
            names,
            measures: measures.clone(),
            nothing: nothing(),
            now,
            before,
        });
    }
    panels
}

fn by_name(folded: Folded) -> HashMap<String, Vec<Value>> {
    let named = folded.groups.into_iter().filter_map(|mut group| Some((group.keys.swap_remove(0)?, group.values)));
    named.collect()
}

/// The names that a dimension ever had: an alert may be open of what is used no more.
fn all_names(ask: &Ask<'_>, scope: Scope, dimension: Dimension) -> Vec<String> {
    let filter = Filter { period: Period::default(), ..ask.filter(scope) };
    let fold = Fold { filter, keys: vec![dimension], measures: vec![Measure::Count(Test::Any)] };
    by_name(ask.executor.fold(&fold)).into_keys().collect()
}
