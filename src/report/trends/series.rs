//! Series: one fold cut into buckets, every bucket from the first to the last, and which of them a metric can be judged by.

use crate::fold::{Filter, Fold, Folded, Group, Measure, Number, Scope, Test, Value};
use crate::metric::{self, Finish, Metric};
use crate::query::{Dimension, Filters};
use crate::report::ask::Ask;
use crate::sheet::{Cell, Unit, Why};
use crate::time::{Every, Period};
use std::collections::HashMap;

/// Outcomes it takes for the rate of a bucket to be used, and values for a mean or a price.
const LEAST_OUTCOMES: u64 = 5;
const LEAST_VALUES: u64 = 3;

/// Observations of a bucket below which its number is left out of slopes, changes and forecasts; totals need none.
pub fn least(metric: &Metric) -> u64 {
    match metric.finish {
        Finish::Share => LEAST_OUTCOMES,
        Finish::Mean | Finish::Score { .. } | Finish::Deviation | Finish::CostPer => LEAST_VALUES,
        // A quantile is a guess until a value is to be expected beyond it.
        Finish::Quantile(_) => metric.least,
        Finish::Int | Finish::SumOf | Finish::Cost | Finish::Extreme | Finish::Instant => 0,
    }
}

/// Whether it adds up over time, so that it is 0 where nothing happened and too low in a bucket that is cut.
pub fn is_total(metric: &Metric) -> bool {
    matches!(metric.finish, Finish::Int | Finish::SumOf | Finish::Cost)
}

/// The buckets of an answer, by their numbers.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub every: Every,
    pub first: i64,
    pub last: i64,
    /// The bucket that now lies in.
    now: i64,
    /// The buckets that the ends of the period lie within.
    cut: [Option<i64>; 2],
    /// The bucket in which the log ends, unless that was just now.
    ended: Option<i64>,
}

/// Why a bucket is not a whole one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partial {
    /// Now lies in it, or it is still to come.
    NotOver,
    /// The period begins or ends in it.
    Cut,
    /// The subject's first event of all time is in it.
    Begins,
    /// The log ends in it.
    Ends,
}

impl Partial {
    pub fn name(self) -> &'static str {
        match self {
            Partial::NotOver => "not over",
            Partial::Cut => "cut",
            Partial::Begins => "begins",
            Partial::Ends => "ends",
        }
    }
}

/// One combination of names over time, or everything.
#[derive(Clone, Debug)]
pub struct Subject {
    /// `None` where the dimension was not recorded.
    pub keys: Vec<Option<String>>,
    pub runs: u64,
    /// The bucket of its first event of all time.
    pub began: i64,
    /// What there is in a bucket, and what has no bucket, by metric.
    cells: HashMap<Option<i64>, Vec<Cell>>,
    /// What there is in a silent bucket.
    silence: Vec<Cell>,
}

impl Subject {
    /// Its cells of a bucket; of one in which nothing happened, totals of 0.
    pub fn cells(&self, bucket: Option<i64>) -> &[Cell] {
        self.cells.get(&bucket).unwrap_or(&self.silence)
    }

    /// Whether anything of it lies too far in the future to have a bucket.
    pub fn is_ahead(&self) -> bool {
        self.cells.contains_key(&None)
    }

    /// Why a bucket is not a whole one of this subject.
    pub fn partial(&self, span: &Span, bucket: i64) -> Option<Partial> {
        if bucket >= span.now {
            Some(Partial::NotOver)
        } else if span.cut.contains(&Some(bucket)) {
            Some(Partial::Cut)
        } else if bucket == self.began {
            Some(Partial::Begins)
        } else {
            (span.ended == Some(bucket)).then_some(Partial::Ends)
        }
    }

    /// The metric at `at` over time, `None` where it was never recorded.
    pub fn series<'a>(&'a self, span: &Span, metric: &'a Metric, at: usize) -> Option<Series<'a>> {
        let first = span.first.max(self.began);
        let cell = |bucket: i64| &self.cells(Some(bucket))[at];
        let is_recorded = |cells: &Vec<Cell>| !matches!(cells[at], Cell::Missing(_));
        self.cells.values().any(is_recorded).then(|| Series {
            subject: self,
            metric,
            first,
            points: (first..=span.last)
                .map(|bucket| Point::of(metric, cell(bucket), self.partial(span, bucket)))
                .collect(),
        })
    }
}

/// A bucket of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Point {
    Value(f64),
    /// Nothing was recorded: neither 0 nor anything else.
    Gap,
    /// Too few observations, or a total that parts are missing from.
    Few,
    /// It is no whole bucket.
    Partial,
}

fn is_value(point: &Point) -> bool {
    point.value().is_some()
}

impl Point {
    fn value(&self) -> Option<f64> {
        if let Point::Value(value) = *self { Some(value) } else { None }
    }

    fn of(metric: &Metric, cell: &Cell, partial: Option<Partial>) -> Point {
        let is_cut = partial.is_some_and(|partial| partial == Partial::NotOver || is_total(metric));
        match cell {
            _ if is_cut => Point::Partial,
            Cell::Missing(Why::TooFew { .. } | Why::Unpriced) | Cell::AtLeast(_) => Point::Few,
            Cell::Share { n, .. } | Cell::Estimate { n, .. } if *n > 0 && *n < least(metric) => Point::Few,
            cell => cell.number().map_or(Point::Gap, Point::Value),
        }
    }
}

/// One metric of one subject over time.
#[derive(Clone, Debug)]
pub struct Series<'a> {
    pub subject: &'a Subject,
    pub metric: &'a Metric,
    /// The bucket of the first point.
    pub first: i64,
    pub points: Vec<Point>,
}

/// At most so many of the newest buckets are judged: the work grows with their square.
const MOST: usize = 500;

impl Series<'_> {
    /// From the first bucket with a value up to `end`, at most the newest [`MOST`].
    fn until(&self, end: usize) -> (i64, &[Point]) {
        let start = self.points.iter().position(is_value).unwrap_or(end).max(end.saturating_sub(MOST)).min(end);
        (self.first + i64::try_from(start).unwrap_or(0), &self.points[start..end])
    }

    /// From the first bucket with a value to the last.
    fn judged(&self) -> (i64, &[Point]) {
        self.until(self.points.iter().rposition(is_value).map_or(0, |last| last + 1))
    }

    /// The buckets that have a value that counts, and the value.
    pub fn values(&self) -> Vec<(i64, f64)> {
        let (first, points) = self.judged();
        (first..).zip(points).filter_map(|(bucket, point)| Some((bucket, point.value()?))).collect()
    }

    /// The value of every bucket up to the last whole one, with the first of them; what has none is `None`.
    pub fn with_gaps(&self) -> (i64, Vec<Option<f64>>) {
        let is_whole = |point: &Point| *point != Point::Partial;
        let (first, points) = self.until(self.points.iter().rposition(is_whole).map_or(0, |last| last + 1));
        (first, points.iter().map(Point::value).collect())
    }

    /// Buckets between the first and the last value in which nothing was recorded.
    pub fn gaps(&self) -> u64 {
        self.judged().1.iter().filter(|point| **point == Point::Gap).count() as u64
    }

    /// Buckets that were left out because there was too little in them.
    pub fn few(&self) -> u64 {
        self.points.iter().filter(|point| **point == Point::Few).count() as u64
    }
}

/// Everything that was found over time: subjects by their uses, and the fold they came from.
pub struct Found {
    pub span: Option<Span>,
    pub subjects: Vec<Subject>,
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
    let began = |group: &Group| Some((group.keys.clone(), extreme(&group.values[0])?));
    let total = folded.total();
    let (first, last) = extreme(&total[0]).zip(extreme(&total[1]))?;
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
    known.filter_map(|group| extreme(&group.values[0])).max().map(|newest| newest.min(limit_ns(ask)))
}

fn extreme(value: &Value) -> Option<i64> {
    if let Value::Extreme(extreme) = value { *extreme } else { None }
}

/// Folds metrics by bucket and dimensions.
pub fn found(ask: &Ask<'_>, every: Every, by: &[Dimension], metrics: &[Metric], ends: Option<&Ends>) -> Found {
    let mut measures = metric::measures(metrics);
    let runs = measures.iter().position(|known| *known == RUNS).unwrap_or(measures.len());
    if runs == measures.len() {
        measures.push(RUNS);
    }
    let keys: Vec<Dimension> = std::iter::once(Dimension::Bucket(every)).chain(by.iter().copied()).collect();
    let folded = ask.executor.fold(&Fold { filter: ask.filter(Scope::Uses), keys, measures });
    let mut by_keys: HashMap<&[Option<String>], Vec<(Option<i64>, &Group)>> = HashMap::new();
    for group in &folded.groups {
        let bucket = group.keys[0].as_deref().and_then(|label| every.named(label));
        by_keys.entry(&group.keys[1..]).or_default().push((bucket, group));
    }
    let latest = by_keys.values().flatten().filter_map(|(bucket, _)| *bucket).max();
    let span = ends.zip(latest).map(|(ends, latest)| span(ask, every, ends, latest));
    let mut subjects: Vec<Subject> = by_keys
        .into_iter()
        .map(|(keys, groups)| {
            let in_bucket = groups.iter().filter_map(|(bucket, _)| *bucket).min();
            let began = ends.and_then(|ends| ends.began_ns.get(keys));
            let began = began.map(|ts_ns| every.bucket(&ask.query.zone, *ts_ns)).or(in_bucket);
            let number = |metric: &Metric, group: &Group| metric.of(&folded.measures, &group.values, &ask.query.zone);
            // What was never recorded is not 0 in silence either.
            let is_recorded =
                |metric: &Metric| groups.iter().any(|(_, group)| !matches!(number(metric, group), Cell::Missing(_)));
            let silence: Vec<Cell> = metrics
                .iter()
                .map(|metric| if is_recorded(metric) { silence(metric) } else { Cell::Missing(Why::NoData) })
                .collect();
            let cells = groups.iter().map(|(bucket, group)| {
                let is_used = group.values[runs].int() > 0;
                let cells = metrics.iter().zip(&silence).map(|(metric, silence)| match number(metric, group) {
                    // Something was said in it of uses elsewhere; what uses add up to is 0 all the same.
                    Cell::Missing(Why::NoData) if !is_used => silence.clone(),
                    cell => cell,
                });
                (*bucket, cells.collect())
            });
            Subject {
                keys: keys.to_vec(),
                runs: groups.iter().map(|(_, group)| group.values[runs].count()).sum(),
                began: began.unwrap_or(i64::MAX),
                cells: cells.collect(),
                silence,
            }
        })
        .collect();
    subjects.sort_by(|a, b| b.runs.cmp(&a.runs).then_with(|| a.keys.cmp(&b.keys)));
    Found { span, subjects, folded }
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
    Span {
        every,
        first: bucket(ends.first_ns),
        last: newest.max(latest),
        now,
        cut: [cut(period.since_ns), cut(period.until_ns)],
        // A log whose last word is a bucket old or more may have ended with it.
        ended: (!is_before_the_end && now > newest + 1).then_some(newest),
    }
}
