//! Facts: single numbers with their names, and how they changed.

use super::{Cell, Unit};

/// One number with its name.
#[derive(Clone, Debug)]
pub struct Fact {
    pub key: String,
    pub label: String,
    pub unit: Unit,
    pub cell: Cell,
    /// Fewer observations than this are too few to show to a person.
    pub least: u64,
    /// The same number in the period before, where the report compares.
    pub previous: Option<Cell>,
    /// How far it moved since then.
    pub change: Option<Change>,
    /// The id of a table of the same sheet, one row for each hour, day, week or month, whose column of the same key
    /// shows how it came about.
    pub over: Option<&'static str>,
    /// Which way it should move.
    pub better: Better,
}

/// Which way a number should move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    Higher,
    Lower,
    /// Neither: it describes.
    Neither,
}

impl Fact {
    /// A number that is compared with nothing.
    pub fn new(key: impl Into<String>, label: impl Into<String>, unit: Unit, cell: Cell) -> Fact {
        Fact {
            key: key.into(),
            label: label.into(),
            unit,
            cell,
            least: 0,
            previous: None,
            change: None,
            over: None,
            better: Better::Neither,
        }
    }

    /// Whether it moved for the better, where it is more than chance that it moved and one way is better.
    pub fn is_better(&self) -> Option<bool> {
        let change = self.change.filter(|change| change.verdict == Verdict::Real && change.difference != 0.0)?;
        match self.better {
            Better::Higher => Some(change.difference > 0.0),
            Better::Lower => Some(change.difference < 0.0),
            Better::Neither => None,
        }
    }
}

/// The difference between two numbers of a kind, the later less the earlier, in their unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    pub difference: f64,
    /// Its 95 % interval, where there is one.
    pub interval: Option<(f64, f64)>,
    pub verdict: Verdict,
}

/// Whether a change is more than chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The interval of the difference leaves out zero.
    Real,
    /// It does not: what was seen may be chance.
    Noise,
    /// A total is what it is, or there were too few observations to tell.
    Untested,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Real => "real",
            Verdict::Noise => "noise",
            Verdict::Untested => "untested",
        }
    }
}

impl Change {
    /// A change whose interval says whether it is more than chance.
    pub fn within(difference: f64, interval: Option<(f64, f64)>) -> Change {
        let verdict = match interval {
            Some((low, high)) if low > 0.0 || high < 0.0 => Verdict::Real,
            Some(_) => Verdict::Noise,
            None => Verdict::Untested,
        };
        Change { difference, interval, verdict }
    }
}
