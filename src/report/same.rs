//! Sameness: whether two subjects are the same uses under two names. Equal numbers do not tell: two prompts may share them by
//! chance.

use super::ask::Ask;
use crate::fold::{Filter, Fold, Measure, Scope, Test};
use crate::query::Dimension;
use crate::time::Period;
use std::collections::HashMap;

/// A subject: its dimension, none for everything, and its name there.
pub type Subject<'a> = (Option<Dimension>, &'a str);

/// Compares subjects by what they have in common, and remembers it.
pub struct Sameness<'a> {
    ask: &'a Ask<'a>,
    /// By whether they are of the period asked about, or of all time.
    joint: HashMap<(bool, [Option<Dimension>; 2]), Joint>,
}

/// Outcomes, and records of any kind: what was said of a use may not tell its model, though it is of that use.
type Counts = [u64; 2];

/// Records by the names of two dimensions, and by each alone.
#[derive(Default)]
struct Joint {
    both: HashMap<(String, String), Counts>,
    first: HashMap<String, Counts>,
    second: HashMap<String, Counts>,
}

impl<'a> Sameness<'a> {
    pub fn new(ask: &'a Ask<'a>) -> Sameness<'a> {
        Sameness { ask, joint: HashMap::new() }
    }

    /// Whether every outcome of the one is of the other (without outcomes every record), in the period asked about; of what is
    /// silent there, in all time.
    pub fn is_same(&mut self, first: Subject<'_>, second: Subject<'_>) -> bool {
        self.are_of_each_other(true, first, second)
            .or_else(|| self.are_of_each_other(false, first, second))
            .unwrap_or(false)
    }

    /// `None` where there is nothing of either.
    fn are_of_each_other(&mut self, is_of_period: bool, first: Subject<'_>, second: Subject<'_>) -> Option<bool> {
        let dimensions = [first.0, second.0];
        let joint = self.joint.entry((is_of_period, dimensions));
        let joint = joint.or_insert_with(|| Joint::of(self.ask, is_of_period, dimensions));
        let names = (first.1.to_owned(), second.1.to_owned());
        let of = |counts: Option<&Counts>| counts.copied().unwrap_or_default();
        let (one, two) = (of(joint.first.get(&names.0)), of(joint.second.get(&names.1)));
        let both = of(joint.both.get(&names));
        // Outcomes decide where there are any.
        let deciding = (0..both.len()).find(|at| one[*at] + two[*at] > 0)?;
        Some([one, two].iter().all(|alone| alone[deciding] == both[deciding]))
    }
}

impl Joint {
    fn of(ask: &Ask<'_>, is_of_period: bool, dimensions: [Option<Dimension>; 2]) -> Joint {
        let filter = ask.filter(Scope::Uses);
        let filter = if is_of_period { filter } else { Filter { period: Period::default(), ..filter } };
        let keys: Vec<Dimension> = dimensions.into_iter().flatten().collect();
        let measures = vec![Measure::Count(Test::Ended), Measure::Count(Test::Any)];
        let folded = ask.executor.fold(&Fold { filter, keys, measures });
        let mut joint = Joint::default();
        for group in folded.groups {
            let counts = [0, 1].map(|at: usize| group.values[at].count());
            let add = |held: &mut Counts| held.iter_mut().zip(counts).for_each(|(held, count)| *held += count);
            let mut keys = group.keys.into_iter();
            // Everything has no key of its own, and no name.
            let [first, second] =
                dimensions.map(|dimension| dimension.map_or(Some(String::new()), |_| keys.next().flatten()));
            for (held, name) in [(&mut joint.first, &first), (&mut joint.second, &second)] {
                if let Some(name) = name {
                    add(held.entry(name.clone()).or_default());
                }
            }
            if let (Some(first), Some(second)) = (first, second) {
                add(joint.both.entry((first, second)).or_default());
            }
        }
        joint
    }
}
