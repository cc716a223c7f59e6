//! Series: every bucket of a subject from the first to the last, and which of them a metric can be judged by.

use crate::metric::{Finish, Metric};
use crate::report::pictures::least;
use crate::sheet::{Cell, Why};
use crate::time::Every;
use std::collections::HashMap;

/// Whether it adds up over time, so that it is 0 where nothing happened and too low in a bucket that is cut.
pub fn is_total(metric: &Metric) -> bool {
    matches!(metric.finish, Finish::Int | Finish::SumOf | Finish::Sum | Finish::Cost)
}

/// The buckets of an answer, by their numbers.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub every: Every,
    pub first: i64,
    pub last: i64,
    /// Whether there are buckets before the first.
    pub is_cut_short: bool,
    /// The bucket that now lies in.
    pub now: i64,
    /// The buckets that the ends of the period lie within.
    pub cut: [Option<i64>; 2],
    /// The bucket in which the log ends, unless that was just now.
    pub ended: Option<i64>,
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
    /// The bucket of its first event of all time.
    pub began: i64,
    /// What there is in a bucket, and what has no bucket, by metric.
    pub cells: HashMap<Option<i64>, Vec<Cell>>,
    /// What there is in a silent bucket.
    pub silence: Vec<Cell>,
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
