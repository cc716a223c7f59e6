//! Accumulating: measures over the rows of blocks, by group, in integers. One thread has one accumulator; two become one.

use super::Measure;
use super::distinct::Distinct;
use super::needs::Columns;
use super::value::Value;
use crate::frame::NO_NUMBER;
use std::sync::Arc;

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

    /// Takes a block in; `groups` are the groups of the rows that pass each test, 0 for the others.
    pub fn take(&mut self, columns: &Columns, groups: &[Vec<u32>], count: usize) {
        match self {
            Gathered::Count { test, counts } => {
                counts.resize(count, 0);
                groups[*test].iter().for_each(|group| counts[*group as usize] += 1);
            }
            Gathered::Moments { test, column, has_squares, moments } => {
                moments.resize(count, Moments::default());
                let rows = groups[*test].iter().zip(&columns.numbers[*column]);
                if *has_squares {
                    rows.for_each(|(group, number)| moments[*group as usize].take_with_square(*number));
                } else {
                    rows.for_each(|(group, number)| moments[*group as usize].take(*number));
                }
            }
            Gathered::Extremes { test, column, extremes } => {
                extremes.resize(count, NOTHING);
                let rows = groups[*test].iter().zip(&columns.numbers[*column]);
                for (group, number) in rows.filter(|(_, number)| **number != NO_NUMBER) {
                    let (least, most) = &mut extremes[*group as usize];
                    (*least, *most) = ((*least).min(*number), (*most).max(*number));
                }
            }
            Gathered::Distinct { test, column, distinct } => {
                distinct.take(&groups[*test], &columns.codes[*column], count);
            }
            Gathered::Values { test, column, values } => {
                values.resize_with(count, Vec::new);
                for (group, number) in groups[*test].iter().zip(&columns.numbers[*column]) {
                    if *group != 0 && *number != NO_NUMBER {
                        values[*group as usize].push(*number);
                    }
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
                Value::Values(if values.is_empty() { Vec::new() } else { vec![Arc::from(values)] })
            }
        }
    }

    /// The values of each group, to be sorted.
    pub fn values(&mut self) -> &mut [Vec<i64>] {
        match self {
            Gathered::Values { values, .. } => values,
            _ => &mut [],
        }
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
