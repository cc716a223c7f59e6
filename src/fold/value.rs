//! Values of measures, and how two groups' values become one.

use super::Measure;
use super::distinct::Codes;
use std::ops::Range;
use std::sync::Arc;

/// What a measure came to in one group.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A count or a sum, in the nano-units of its column.
    Int(i128),
    /// The least or greatest, `None` of nothing.
    Extreme(Option<i64>),
    /// Different codes, by their codes in the frame that was asked.
    Codes(Codes),
    /// All values, as lists that each ascend.
    Values(Vec<List>),
}

/// Values in ascending order, out of an allocation that other lists share.
#[derive(Clone, Debug)]
pub struct List {
    all: Arc<Vec<i64>>,
    own: Range<usize>,
}

impl List {
    /// Values that ascend within every `length` of them, as so many lists.
    pub(super) fn cut(values: Vec<i64>, length: usize) -> Vec<List> {
        let all = Arc::new(values);
        let starts = (0..all.len()).step_by(length);
        starts.map(|start| List { own: start..(start + length).min(all.len()), all: Arc::clone(&all) }).collect()
    }
}

impl AsRef<[i64]> for List {
    fn as_ref(&self) -> &[i64] {
        &self.all[self.own.clone()]
    }
}

impl PartialEq for List {
    fn eq(&self, other: &List) -> bool {
        self.as_ref() == other.as_ref()
    }
}

impl Value {
    /// The value of a measure over no rows.
    pub fn nothing(measure: Measure) -> Value {
        match measure {
            Measure::Min(..) | Measure::Max(..) => Value::Extreme(None),
            Measure::Distinct(..) => Value::Codes(Codes::default()),
            Measure::Values(..) => Value::Values(Vec::new()),
            Measure::Count(_) | Measure::CountOf(..) | Measure::Sum(..) | Measure::SumSq(..) => Value::Int(0),
        }
    }

    /// Takes the value of another group of the same measure in.
    pub fn merge(&mut self, measure: Measure, other: &Value) {
        match (self, other) {
            (Value::Int(held), Value::Int(other)) => *held += other,
            (Value::Extreme(held), Value::Extreme(other)) => {
                let both = held.iter().chain(other).copied();
                *held = if matches!(measure, Measure::Min(..)) { both.min() } else { both.max() };
            }
            (Value::Codes(held), Value::Codes(other)) => held.unite(other),
            (Value::Values(held), Value::Values(other)) => held.extend_from_slice(other),
            _ => unreachable!("two values of one measure are of one shape"),
        }
    }

    /// A count or a sum.
    pub fn int(&self) -> i128 {
        match self {
            Value::Int(int) => *int,
            Value::Codes(codes) => codes.len().into(),
            Value::Values(lists) => lists.iter().map(|list| list.as_ref().len() as i128).sum(),
            Value::Extreme(_) => 0,
        }
    }

    /// The least or greatest, if it is one and there was any.
    pub fn extreme(&self) -> Option<i64> {
        if let Value::Extreme(extreme) = self { *extreme } else { None }
    }

    /// A count as one.
    pub fn count(&self) -> u64 {
        u64::try_from(self.int()).unwrap_or(0)
    }
}

/// One combination of keys and its values, in the order of the fold's measures.
#[derive(Clone, Debug)]
pub struct Group {
    /// `None` where the dimension was not recorded.
    pub keys: Vec<Option<String>>,
    pub values: Vec<Value>,
}

/// The answer to a fold.
#[derive(Clone, Debug)]
pub struct Folded {
    pub measures: Vec<Measure>,
    /// In no order.
    pub groups: Vec<Group>,
}

impl Folded {
    /// What some groups come to together; of no groups, what nothing comes to.
    pub fn merged<'a>(&self, groups: impl IntoIterator<Item = &'a Group>) -> Vec<Value> {
        let mut merged: Vec<Value> = self.measures.iter().map(|measure| Value::nothing(*measure)).collect();
        for group in groups {
            for ((held, measure), value) in merged.iter_mut().zip(&self.measures).zip(&group.values) {
                held.merge(*measure, value);
            }
        }
        merged
    }

    /// What all groups come to together.
    pub fn total(&self) -> Vec<Value> {
        self.merged(&self.groups)
    }
}
