//! Groups: the sides of a comparison, and what was measured of each.

use crate::fold::{Filter, Fold, Folded, Measure, Scope, Test, Value};
use crate::metric::{self, Metric};
use crate::query::{Compare, Dimension, Query};
use crate::report::ask::Ask;
use crate::report::title;
use crate::spelling;
use crate::time::{self, Period};
use anyhow::{Result, bail};
use std::collections::BTreeMap;

/// What the metrics measured of one side, by the names of `by`.
type Side = BTreeMap<Vec<Option<String>>, Vec<Value>>;

/// The sides of a comparison: the first is what the others are compared with.
pub struct Groups {
    pub by: Vec<Dimension>,
    pub names: Vec<String>,
    pub measures: Vec<Measure>,
    sides: Vec<Side>,
    what: What,
}

enum What {
    Dimension(Dimension),
    Period,
}

/// A row of a comparison: its names, the values of the base, and those of another side with its name.
pub struct Pair<'a> {
    pub keys: &'a [Option<String>],
    pub base: &'a [Value],
    pub other: (&'a str, &'a [Value]),
}

impl Groups {
    /// Measures the sides that the query asks for.
    ///
    /// # Errors
    /// There is no such name, or there are fewer than two sides.
    pub fn of(ask: &Ask<'_>, metrics: &[Metric]) -> Result<Groups> {
        let mut measures = vec![Measure::Count(Test::Run)];
        measures.extend(metric::measures(metrics));
        let by = ask.by(&[]);
        match &ask.query.compare {
            Some(Compare::Names(dimension, names)) => of_names(ask, *dimension, names, by, measures),
            Some(Compare::Period) | None => of_periods(ask, by, measures),
        }
    }

    /// Whether there are two sides and no more.
    pub fn is_pair(&self) -> bool {
        self.names.len() == 2
    }

    /// Why there is nothing to compare though something was used.
    pub fn without_pairs(&self) -> Option<&'static str> {
        match self.sides.iter().filter(|side| !side.is_empty()).count() {
            0 => None,
            1 => Some("Only one of the sides has anything to compare."),
            _ => Some("No row has anything of both sides: compare them without `--by`."),
        }
    }

    /// What the columns of the base and of the other side are headed.
    pub fn labels(&self) -> [String; 2] {
        match (&self.what, &self.names[..]) {
            (What::Period, _) => ["before", "now"].map(str::to_owned),
            (_, [base, other]) => [base.clone(), other.clone()],
            _ => ["base", "other"].map(str::to_owned),
        }
    }

    /// `Model: b compared with a by prompt`.
    pub fn title(&self) -> String {
        let sides = match &self.names[..] {
            [base, other] => format!("{other} compared with {base}"),
            [base, others @ ..] => format!("{} compared with {base}", others.join(", ")),
            [] => "Nothing to compare".to_owned(),
        };
        let sides = match self.what {
            What::Dimension(dimension) => format!("{}: {sides}", capital(dimension.label())),
            What::Period => format!("Compared with {}", self.names[0]),
        };
        title(&sides, &self.by)
    }

    /// Every row that any side has, each side but the first beside the first.
    pub fn pairs(&self) -> Vec<Pair<'_>> {
        let Some((base, others)) = self.sides.split_first() else { return Vec::new() };
        let keys: std::collections::BTreeSet<&Vec<Option<String>>> = self.sides.iter().flat_map(Side::keys).collect();
        let mut pairs = Vec::new();
        for keys in keys {
            for (name, other) in self.names[1..].iter().zip(others) {
                if let (Some(base), Some(other)) = (base.get(keys), other.get(keys)) {
                    pairs.push(Pair { keys, base, other: (name, other) });
                }
            }
        }
        // The most used come first.
        let runs = |pair: &Pair<'_>| pair.base[0].count() + pair.other.1[0].count();
        pairs.sort_by_key(|pair| std::cmp::Reverse(runs(pair)));
        pairs
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn of_names(
    ask: &Ask<'_>,
    dimension: Dimension,
    names: &[String],
    by: Vec<Dimension>,
    measures: Vec<Measure>,
) -> Result<Groups> {
    let by: Vec<Dimension> = by.into_iter().filter(|by| *by != dimension).collect();
    let keys = [dimension].into_iter().chain(by.iter().copied()).collect();
    let fold = Fold { filter: ask.filter(Scope::Uses), keys, measures: measures.clone() };
    let folded = ask.executor.fold(&fold);
    let names = if names.is_empty() { most_used(&folded) } else { known(dimension, names, &folded)? };
    if names.len() < 2 {
        let only = names.first().map_or("none".to_owned(), |name| format!("only `{name}`"));
        bail!("nothing to compare: of {}s {only} was used here", dimension.label());
    }
    let side = |name: &String| {
        let own = folded.groups.iter().filter(|group| group.keys[0].as_ref() == Some(name));
        own.map(|group| (group.keys[1..].to_vec(), group.values.clone())).collect()
    };
    let sides = names.iter().map(side).collect();
    Ok(Groups { by, names, measures, sides, what: What::Dimension(dimension) })
}

/// The names that were asked for, each of which must be there.
fn known(dimension: Dimension, names: &[String], folded: &Folded) -> Result<Vec<String>> {
    let known: Vec<&str> = folded.groups.iter().filter_map(|group| group.keys[0].as_deref()).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("--compare: {}", spelling::unknown(dimension.label(), unknown, &known));
    }
    Ok(names.to_vec())
}

/// The two names with the most uses, the most used first.
fn most_used(folded: &Folded) -> Vec<String> {
    let mut runs: BTreeMap<&String, u64> = BTreeMap::new();
    for group in &folded.groups {
        if let Some(name) = &group.keys[0] {
            *runs.entry(name).or_default() += group.values[0].count();
        }
    }
    let mut names: Vec<(&String, u64)> = runs.into_iter().filter(|(_, runs)| *runs > 0).collect();
    names.sort_by_key(|(_, runs)| std::cmp::Reverse(*runs));
    names.into_iter().take(2).map(|(name, _)| name.clone()).collect()
}

/// The period that is compared with the one before it: the one asked about, else 7 days up to its end or to now.
///
/// # Errors
/// There is no such time.
pub fn current(query: &Query) -> Result<Period> {
    let Period { since_ns, until_ns } = query.period.unwrap_or_default();
    if since_ns.is_some() {
        return Ok(Period { since_ns, until_ns: until_ns.or(Some(query.now_ns)) });
    }
    let week = time::span("7d", &query.zone, until_ns.map_or(query.now_ns, |until| until.saturating_sub(1)))?;
    Ok(week.into())
}

fn of_periods(ask: &Ask<'_>, by: Vec<Dimension>, measures: Vec<Measure>) -> Result<Groups> {
    let zone = &ask.query.zone;
    let current = ask.period();
    let Some(previous) = current.previous(zone) else {
        bail!("there is no time before {}", current.words(zone));
    };
    let side = |period: Period| {
        let filter = Filter { period, ..ask.filter(Scope::Uses) };
        let folded = ask.executor.fold(&Fold { filter, keys: by.clone(), measures: measures.clone() });
        folded.groups.into_iter().map(|group| (group.keys, group.values)).collect()
    };
    let sides = vec![side(previous), side(current)];
    let names = vec![previous.words(zone), current.words(zone)];
    Ok(Groups { by, names, measures, sides, what: What::Period })
}
