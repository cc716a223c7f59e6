//! Accumulating: measures over the rows of blocks, by group, in integers. One thread has one accumulator; two become one.

use super::Measure;
use super::distinct::Distinct;
use super::needs::Columns;
use super::pass::Passing;
use super::value::{List, Value};
use crate::frame::NO_NUMBER;

/// What a measure reads: the place of its test and of its column.
#[derive(Clone, Copy)]
pub(super) struct Read {
    pub measure: Measure,
    pub test: usize,
    pub column: usize,
}

/// Something that is gathered for all groups, for one or several measures.
pub(super) enum Gathered {
    Count { test: usize, counts: Vec<u64> },
    Moments { test: usize, column: usize, has_squares: bool, moments: Vec<Moments> },
    Extremes { test: usize, column: usize, extremes: Vec<(i64, i64)> },
    Distinct { test: usize, column: usize, distinct: Distinct },
    Values { test: usize, column: usize, values: Vec<Vec<i64>> },
}

/// How many there are, what they sum to, and their squares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Moments {
    n: u64,
    sum: i128,
    squares: i128,
}

/// Values past this many are several lists, so that threads share the sorting of a large group.
const MOST_IN_LIST: usize = 1 << 16;

/// The extremes of nothing.
const NOTHING: (i64, i64) = (i64::MAX, i64::MIN);

impl Gathered {
    /// What must be gathered for a measure; `breadth` is about how many groups there are, `codes` how many codes.
    pub fn new(read: Read, breadth: usize, codes: usize) -> Gathered {
        let Read { test, column, .. } = read;
        match read.measure {
            Measure::Count(_) => Gathered::Count { test, counts: Vec::new() },
            Measure::CountOf(..) | Measure::Sum(..) | Measure::SumSq(..) => {
                let has_squares = matches!(read.measure, Measure::SumSq(..));
                Gathered::Moments { test, column, has_squares, moments: Vec::new() }
            }
            Measure::Min(..) | Measure::Max(..) => Gathered::Extremes { test, column, extremes: Vec::new() },
            Measure::Distinct(..) => Gathered::Distinct { test, column, distinct: Distinct::new(breadth, codes) },
            Measure::Values(..) => Gathered::Values { test, column, values: Vec::new() },
        }
    }

    /// Whether it also gathers what another measure needs; if so it does so from now on.
    pub fn serves(&mut self, read: Read) -> bool {
        let is_same = |test: &usize, column: &usize| (*test, *column) == (read.test, read.column);
        match (self, read.measure) {
            (Gathered::Count { test, .. }, Measure::Count(_)) => *test == read.test,
            (Gathered::Moments { test, column, has_squares, .. }, Measure::SumSq(..)) if is_same(test, column) => {
                *has_squares = true;
                true
            }
            (Gathered::Moments { test, column, .. }, Measure::CountOf(..) | Measure::Sum(..))
            | (Gathered::Extremes { test, column, .. }, Measure::Min(..) | Measure::Max(..))
            | (Gathered::Distinct { test, column, .. }, Measure::Distinct(..))
            | (Gathered::Values { test, column, .. }, Measure::Values(..)) => is_same(test, column),
            _ => false,
        }
    }

    /// Takes a block in; `passing` are the rows that pass each test.
    pub fn take(&mut self, columns: &Columns, passing: &[Vec<Passing>], count: usize) {
        match self {
            Gathered::Count { test, counts } => {
                counts.resize(count, 0);
                for of in &passing[*test] {
                    counts[of.group as usize] += 1;
                }
            }
            Gathered::Moments { test, column, has_squares, moments } => {
                moments.resize(count, Moments::default());
                let numbers = &columns.numbers[*column][..];
                if *has_squares {
                    for of in &passing[*test] {
                        moments[of.group as usize].take_with_square(of.of(numbers));
                    }
                } else {
                    for of in &passing[*test] {
                        moments[of.group as usize].take(of.of(numbers));
                    }
                }
            }
            Gathered::Extremes { test, column, extremes } => {
                extremes.resize(count, NOTHING);
                let numbers = &columns.numbers[*column][..];
                for of in passing[*test].iter().filter(|of| of.of(numbers) != NO_NUMBER) {
                    let (least, most) = &mut extremes[of.group as usize];
                    (*least, *most) = ((*least).min(of.of(numbers)), (*most).max(of.of(numbers)));
                }
            }
            Gathered::Distinct { test, column, distinct } => {
                distinct.take(&passing[*test], &columns.codes[*column], count);
            }
            Gathered::Values { test, column, values } => {
                values.resize_with(count, Vec::new);
                let numbers = &columns.numbers[*column][..];
                for of in passing[*test].iter().filter(|of| of.of(numbers) != NO_NUMBER) {
                    values[of.group as usize].push(of.of(numbers));
                }
            }
        }
    }

    /// Takes in what another thread gathered; `groups` are this one's groups for those of the other.
    pub fn merge(&mut self, other: Gathered, groups: &[u32], count: usize) {
        let pairs = groups.iter().map(|group| *group as usize);
        match (self, other) {
            (Gathered::Count { counts, .. }, Gathered::Count { counts: other, .. }) => {
                counts.resize(count, 0);
                pairs.zip(other).for_each(|(group, other)| counts[group] += other);
            }
            (Gathered::Moments { moments, .. }, Gathered::Moments { moments: other, .. }) => {
                moments.resize(count, Moments::default());
                pairs.zip(other).for_each(|(group, other)| moments[group].add(other));
            }
            (Gathered::Extremes { extremes, .. }, Gathered::Extremes { extremes: other, .. }) => {
                extremes.resize(count, NOTHING);
                for (group, (least, most)) in pairs.zip(other) {
                    extremes[group] = (extremes[group].0.min(least), extremes[group].1.max(most));
                }
            }
            (Gathered::Distinct { distinct, .. }, Gathered::Distinct { distinct: other, .. }) => {
                distinct.merge(other, groups, count);
            }
            (Gathered::Values { values, .. }, Gathered::Values { values: other, .. }) => {
                values.resize_with(count, Vec::new);
                pairs.zip(other).for_each(|(group, other)| append(&mut values[group], other));
            }
            _ => unreachable!("two threads gather the same"),
        }
    }

    /// The value of a measure in one group. Values are taken out, everything else is only read.
    pub fn value(&mut self, measure: Measure, group: usize) -> Value {
        match (self, measure) {
            (Gathered::Count { counts, .. }, _) => Value::Int(counts.get(group).copied().unwrap_or(0).into()),
            (Gathered::Moments { moments, .. }, measure) => {
                let moments = moments.get(group).copied().unwrap_or_default();
                Value::Int(match measure {
                    Measure::CountOf(..) => moments.n.into(),
                    Measure::SumSq(..) => moments.squares,
                    _ => moments.sum,
                })
            }
            (Gathered::Extremes { extremes, .. }, measure) => {
                let (least, most) = extremes.get(group).copied().unwrap_or(NOTHING);
                let extreme = if matches!(measure, Measure::Min(..)) { least } else { most };
                Value::Extreme((least <= most).then_some(extreme))
            }
            (Gathered::Distinct { distinct, .. }, _) => Value::Codes(distinct.codes(group)),
            (Gathered::Values { values, .. }, _) => {
                let values = values.get_mut(group).map(std::mem::take).unwrap_or_default();
                Value::Values(List::cut(values, MOST_IN_LIST))
            }
        }
    }

    /// The lists of values, to be sorted.
    pub fn lists(&mut self) -> impl Iterator<Item = &mut [i64]> {
        let values = match self {
            Gathered::Values { values, .. } => &mut values[..],
            _ => &mut [],
        };
        values.iter_mut().flat_map(|values| values.chunks_mut(MOST_IN_LIST))
    }
}

/// Puts the shorter list at the end of the longer.
fn append(values: &mut Vec<i64>, mut other: Vec<i64>) {
    if values.len() < other.len() {
        std::mem::swap(values, &mut other);
    }
    values.append(&mut other);
}

impl Moments {
    fn take(&mut self, number: i64) {
        let is_known = number != NO_NUMBER;
        self.n += u64::from(is_known);
        self.sum += i128::from(if is_known { number } else { 0 });
    }

    fn take_with_square(&mut self, number: i64) {
        self.take(number);
        let number = i128::from(if number == NO_NUMBER { 0 } else { number });
        self.squares += number * number;
    }

    fn add(&mut self, other: Moments) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares += other.squares;
    }
}
