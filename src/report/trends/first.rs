//! What was new when a series changed: the versions and models that were first used around it.

use super::series::Subject;
use crate::fold::{Filter, Fold, Measure, Number, Scope, Test, Value};
use crate::query::Dimension;
use crate::report::ask::Ask;
use crate::time::{Every, Period};
use std::collections::HashMap;

/// A version or model that was not the first of its prompt or subject, and the bucket of its first use.
struct New {
    /// The subject it was new to.
    keys: Vec<Option<String>>,
    bucket: i64,
    /// `version 7 of extract-invoice`
    what: String,
}

/// Everything that was new at some time.
pub struct News {
    every: Every,
    all: Vec<New>,
}

/// How many are named before the rest is only counted.
const NAMED: usize = 3;

impl News {
    /// Looks when each version of each prompt, and each model, was first used, whenever that was.
    pub fn of(ask: &Ask<'_>, every: Every, by: &[Dimension]) -> News {
        let mut all = versions(ask, every, by);
        all.extend(models(ask, every, by));
        all.sort_by(|a, b| a.bucket.cmp(&b.bucket).then_with(|| a.what.cmp(&b.what)));
        News { every, all }
    }

    /// Nothing was looked for.
    pub fn none(every: Every) -> News {
        News { every, all: Vec::new() }
    }

    /// What was first used in a bucket or the one before or after it; empty where nothing was.
    pub fn around(&self, subject: &Subject, bucket: i64) -> String {
        let is_near = |new: &&New| new.keys == subject.keys && (bucket - 1..=bucket + 1).contains(&new.bucket);
        let near: Vec<&New> = self.all.iter().filter(is_near).collect();
        let said = near.iter().take(NAMED).map(|new| {
            let when = match new.bucket - bucket {
                0 => format!("that {}", self.every.name()),
                before if before < 0 => format!("the {} before", self.every.name()),
                _ => format!("the {} after", self.every.name()),
            };
            format!("{} first used {when}", new.what)
        });
        let mut said: Vec<String> = said.collect();
        if let Some(more) = near.len().checked_sub(NAMED).filter(|more| *more > 0) {
            said.push(format!("{more} more"));
        }
        said.join(", ")
    }
}

/// Names by the keys they were found under, each with the bucket of its first use.
struct Firsts(Vec<(Vec<Option<String>>, i64)>);

impl Firsts {
    fn of(ask: &Ask<'_>, every: Every, keys: Vec<Dimension>) -> Firsts {
        let period = Period { since_ns: None, ..ask.period() };
        let filter = Filter { period, ..ask.filter(Scope::Uses) };
        let fold = Fold { filter, keys, measures: vec![Measure::Min(Number::Time, Test::Run)] };
        let first = |group: crate::fold::Group| match group.values[0] {
            Value::Extreme(Some(ts_ns)) => Some((group.keys, every.bucket(&ask.query.zone, ts_ns))),
            _ => None,
        };
        Firsts(ask.executor.fold(&fold).groups.into_iter().filter_map(first).collect())
    }

    /// Those that have a name, and that something else under the same first keys was used before.
    fn later(&self) -> impl Iterator<Item = (&[Option<String>], &str, i64)> {
        let mut earliest: HashMap<&[Option<String>], i64> = HashMap::new();
        for (keys, bucket) in &self.0 {
            let earliest = earliest.entry(&keys[..keys.len() - 1]).or_insert(*bucket);
            *earliest = (*earliest).min(*bucket);
        }
        self.0.iter().filter_map(move |(keys, bucket)| {
            let (name, keys) = keys.split_last()?;
            (earliest[keys] < *bucket).then_some((keys, name.as_deref()?, *bucket))
        })
    }
}

fn versions(ask: &Ask<'_>, every: Every, by: &[Dimension]) -> Vec<New> {
    let is_by_prompt = by.contains(&Dimension::Prompt);
    let own = (!is_by_prompt).then_some(Dimension::Prompt);
    let keys: Vec<Dimension> = by.iter().copied().chain(own).chain([Dimension::PromptVersion]).collect();
    if by.contains(&Dimension::PromptVersion) {
        return Vec::new();
    }
    let firsts = Firsts::of(ask, every, keys);
    let new = firsts.later().map(|(keys, version, bucket)| {
        let prompt = keys[by.len()..].first().and_then(Option::as_deref);
        let of = prompt.map_or_else(String::new, |prompt| format!(" of {prompt}"));
        New { keys: keys[..by.len()].to_vec(), bucket, what: format!("version {version}{of}") }
    });
    new.collect()
}

fn models(ask: &Ask<'_>, every: Every, by: &[Dimension]) -> Vec<New> {
    if by.contains(&Dimension::Model) {
        return Vec::new();
    }
    let firsts = Firsts::of(ask, every, by.iter().copied().chain([Dimension::Model]).collect());
    let new = |(keys, model, bucket): (&[Option<String>], &str, i64)| New {
        keys: keys.to_vec(),
        bucket,
        what: format!("model {model}"),
    };
    firsts.later().map(new).collect()
}
