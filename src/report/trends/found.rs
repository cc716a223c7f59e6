//! Finding: where what was asked about begins and ends, and one fold of it, cut into the buckets between.

use super::series::{Span, Subject};
use crate::fold::{Filter, Fold, Folded, Group, Measure, Number, Scope, Test};
use crate::metric::{self, Finish, Metric};
use crate::query::{Dimension, Filters};
use crate::report::ask::{Ask, Plan};
use crate::sheet::{Cell, Unit, Why};
use crate::time::{Every, Period};
use std::collections::HashMap;

/// One event with a wrong date must not make a row for every hour of a quarter of a century.
pub const MOST_BUCKETS: i64 = 10_000;

/// Everything that was found over time, and the fold it came from.
pub struct Found {
    /// `None` where nothing has a bucket.
    pub span: Option<Span>,
    /// The subjects that are followed, the most used first.
    pub subjects: Vec<Subject>,
    /// How many there are.
    pub all: usize,
    pub folded: Folded,
}

/// The period from the first to the last event that matches, and each subject's first of all time.
pub struct Ends {
    pub first_ns: i64,
    pub last_ns: i64,
    /// The newest event of the log that can matter, whatever was asked about.
    newest_ns: i64,
    began_ns: HashMap<Vec<Option<String>>, i64>,
}

/// Looks where what was asked about begins and ends; `None` where nothing matches.
pub fn ends(ask: &Ask<'_>, by: &[Dimension]) -> Option<Ends> {
    let period = ask.period();
    let filter = Filter { period: Period { since_ns: None, ..period }, ..ask.filter(Scope::Uses) };
    let measures = vec![Measure::Min(Number::Time, Test::Any), Measure::Max(Number::Time, Test::Any)];
    let folded = ask.executor.fold(&Fold { filter, keys: by.to_vec(), measures });
    let began = |group: &Group| Some((group.keys.clone(), group.values[0].extreme()?));
    let total = folded.total();
    let (first, last) = total[0].extreme().zip(total[1].extreme())?;
    let newest_ns = newest_ns(ask).unwrap_or(last);
    Some(Ends {
        first_ns: period.since_ns.map_or(first, |since| since.max(first)),
        last_ns: last.min(newest_ns),
        newest_ns,
        began_ns: folded.groups.iter().filter_map(began).collect(),
    })
}

/// The last instant that can matter: the end of the period, else now.
fn limit_ns(ask: &Ask<'_>) -> i64 {
    ask.period().until_ns.map_or(ask.query.now_ns, |until| until.saturating_sub(1))
}

/// The newest event of the log that is no more than a day ahead of now, and not after the period.
fn newest_ns(ask: &Ask<'_>) -> Option<i64> {
    let newest = ask.coverage.newest_ns?;
    if newest <= ask.query.now_ns {
        return Some(newest.min(limit_ns(ask)));
    }
    // A wrong clock must not make days of silence.
    let filter = Filter { scope: Scope::Uses, period: Period::default(), filters: Filters::default() };
    let measures = vec![Measure::Max(Number::Time, Test::Any)];
    let folded = ask.executor.fold(&Fold { filter, keys: vec![Dimension::Bucket(Every::Day)], measures });
    let known = folded.groups.iter().filter(|group| group.keys[0].is_some());
    known.filter_map(|group| group.values[0].extreme()).max().map(|newest| newest.min(limit_ns(ask)))
}

/// What one subject has in each bucket, and in none.
type InBuckets<'a> = Vec<(Option<i64>, &'a Group)>;

/// Folds metrics by bucket and dimensions, and follows the `top` most used subjects; 0 follows all.
pub fn found(ask: &Ask<'_>, plan: &Plan<'_>, every: Every, ends: Option<&Ends>, top: usize) -> Found {
    let measures = metric::each_once(metric::measures(plan.metrics).into_iter().chain([RUNS]));
    let filter = ask.filter(plan.scope);
    let folded = ask.executor.fold(&Fold { filter, keys: plan.by.clone(), measures });
    let runs = folded.measures.iter().position(|known| *known == RUNS).unwrap_or(0);
    let mut by_keys: HashMap<&[Option<String>], InBuckets<'_>> = HashMap::new();
    for group in &folded.groups {
        let bucket = group.keys[0].as_deref().and_then(|label| every.named(label));
        by_keys.entry(&group.keys[1..]).or_default().push((bucket, group));
    }
    let latest = by_keys.values().flatten().filter_map(|(bucket, _)| *bucket).max();
    let span = ends.zip(latest).map(|(ends, latest)| span(ask, every, ends, latest));
    let used =
        |groups: &[(Option<i64>, &Group)]| groups.iter().map(|(_, group)| group.values[runs].count()).sum::<u64>();
    let mut ordered: Vec<_> = by_keys.into_iter().map(|(keys, groups)| (used(&groups), keys, groups)).collect();
    ordered.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let all = ordered.len();
    ordered.truncate(if top == 0 { all } else { top });
    let subject = |(_, keys, groups): &(u64, &[Option<String>], InBuckets<'_>)| {
        let in_bucket = groups.iter().filter_map(|(bucket, _)| *bucket).min();
        let began = ends.and_then(|ends| ends.began_ns.get(*keys));
        let began = began.map(|ts_ns| every.bucket(&ask.query.zone, *ts_ns)).or(in_bucket);
        let (cells, silence) = cells(ask, plan.metrics, &folded.measures, groups);
        Subject { keys: keys.to_vec(), began: began.unwrap_or(i64::MAX), cells, silence }
    };
    let subjects = ordered.iter().map(subject).collect();
    Found { span, subjects, all, folded }
}

/// The cells of a subject by bucket, and what there is in a silent one.
fn cells(
    ask: &Ask<'_>,
    metrics: &[Metric],
    measures: &[Measure],
    groups: &[(Option<i64>, &Group)],
) -> (HashMap<Option<i64>, Vec<Cell>>, Vec<Cell>) {
    let row =
        |group: &Group| metrics.iter().map(|metric| metric.of(measures, &group.values, &ask.query.zone)).collect();
    let mut cells: HashMap<Option<i64>, Vec<Cell>> =
        groups.iter().map(|(bucket, group)| (*bucket, row(group))).collect();
    // What was never recorded is not 0 in silence either.
    let is_recorded = |at: usize| cells.values().any(|row| !matches!(row[at], Cell::Missing(_)));
    let silent = |(at, metric): (usize, &Metric)| {
        if is_recorded(at) { silence(metric) } else { Cell::Missing(Why::NoData) }
    };
    let silence: Vec<Cell> = metrics.iter().enumerate().map(silent).collect();
    let runs = measures.iter().position(|known| *known == RUNS);
    for (bucket, group) in groups {
        let is_used = runs.is_some_and(|runs| group.values[runs].int() > 0);
        for (cell, silence) in cells.get_mut(bucket).into_iter().flatten().zip(&silence) {
            // Something was said in it of uses elsewhere; what uses add up to is 0 all the same.
            if *cell == Cell::Missing(Why::NoData) && !is_used {
                *cell = silence.clone();
            }
        }
    }
    (cells, silence)
}

const RUNS: Measure = Measure::Count(Test::Run);

fn silence(metric: &Metric) -> Cell {
    match (metric.finish, metric.unit) {
        (Finish::Cost, _) => Cell::Num(0.0),
        (Finish::Int | Finish::SumOf, unit) if unit != Unit::Instant => Cell::Int(0),
        _ => Cell::Missing(Why::NoData),
    }
}

fn span(ask: &Ask<'_>, every: Every, ends: &Ends, latest: i64) -> Span {
    let bucket = |ts_ns: i64| every.bucket(&ask.query.zone, ts_ns);
    let period = ask.period();
    let newest = bucket(ends.newest_ns);
    let now = bucket(ask.query.now_ns);
    // Where the period ends before the log does, the log does not end in it.
    let is_before_the_end = period.until_ns.zip(ask.coverage.newest_ns).is_some_and(|(until, newest)| until <= newest);
    let is_within = |ts_ns: i64| bucket(ts_ns.saturating_sub(1)) == bucket(ts_ns);
    let cut = |at: Option<i64>| at.filter(|ts_ns| is_within(*ts_ns)).map(bucket);
    let (first, last) = (bucket(ends.first_ns), newest.max(latest));
    Span {
        every,
        first: first.max(last - MOST_BUCKETS + 1),
        last,
        is_cut_short: last - first >= MOST_BUCKETS,
        now,
        cut: [cut(period.since_ns), cut(period.until_ns)],
        // A log whose last word is a bucket old or more may have ended with it.
        ended: (!is_before_the_end && now > newest + 1).then_some(newest),
    }
}
