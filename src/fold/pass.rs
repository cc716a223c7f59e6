//! Tests of rows, as bits of their marks and outcomes and what must be known of them.

use super::needs::{Columns, Needs};
use super::{Scope, Test};
use crate::event::Field;
use crate::fixed;
use crate::frame::{
    ASSESSMENT, BROKE, DID_NOT_HELP, HELPED, MISSING, Marks, NO_NUMBER, Number, ORPHAN, RATING, REMARK, STARTER,
    TEMPLATE, USE,
};

/// A test, ready to be put to the rows of a block.
pub(super) struct Pass {
    /// The row plays one of these roles.
    marks: Marks,
    /// It ended in one of these ways; 0: however it ended.
    outcome: u32,
    known: Known,
    /// And this too.
    also: Known,
}

/// A row of a block that passes a test, and its group.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Passing {
    pub row: u32,
    pub group: u32,
}

impl Passing {
    /// What the row has in a column of the block.
    pub fn of<T: Copy>(self, column: &[T]) -> T {
        column[self.row as usize]
    }
}

/// The points from which on a use is rated good.
const GOOD: i64 = 4 * fixed::ONE;

/// What must be known of a row.
enum Known {
    Nothing,
    /// It has this number.
    Number(usize),
    /// It does not have it.
    NoNumber(usize),
    /// The number lies in this half-open range.
    Between(usize, i64, i64),
    /// It has this text.
    Text(usize),
    /// Whether it helped is not known.
    NoOutcome,
}

impl Pass {
    pub fn new(test: Test, scope: Scope, needs: &mut Needs<'_>) -> Pass {
        let extra = match scope {
            Scope::Uses | Scope::Findings => 0,
            Scope::Templates => TEMPLATE,
            Scope::Starters => STARTER,
        };
        let ended = USE | ORPHAN | extra & STARTER;
        let known = match test {
            Test::Rated => Known::Number(needs.number(Number::UseRating)),
            Test::Priced | Test::PricedOutcome | Test::PricedSuccess | Test::PricedRated | Test::PricedGood => {
                Known::Number(needs.number(Number::Cost))
            }
            Test::Gap(why) => Known::Between(needs.number(Number::Gap), why as i64, why as i64 + 1),
            Test::Unpriced => Known::NoNumber(needs.number(Number::Cost)),
            Test::Remark => Known::Text(needs.codes(Field::FeedbackText)),
            Test::Points(points) => {
                let from = i64::from(points) * fixed::ONE - fixed::ONE / 2;
                Known::Between(needs.number(Number::Rating), from, from + fixed::ONE)
            }
            Test::Unsettled => Known::NoOutcome,
            _ => Known::Nothing,
        };
        let also = match test {
            Test::PricedRated => Known::Number(needs.number(Number::UseRating)),
            Test::PricedGood => Known::Between(needs.number(Number::UseRating), GOOD, i64::MAX),
            _ => Known::Nothing,
        };
        let (marks, outcome) = match test {
            Test::Any => (Marks::MAX, 0),
            Test::Run => (USE | extra, 0),
            Test::Ended | Test::Unsettled => (ended, 0),
            Test::Outcome => (ended, HELPED | DID_NOT_HELP),
            Test::Success => (ended, HELPED),
            Test::Failure => (ended, DID_NOT_HELP),
            Test::Error => (ended, BROKE),
            Test::Rated | Test::Priced | Test::Unpriced | Test::PricedRated | Test::PricedGood | Test::Gap(_) => {
                (USE, 0)
            }
            Test::PricedOutcome => (USE, HELPED | DID_NOT_HELP),
            Test::PricedSuccess => (USE, HELPED),
            Test::Rating | Test::Points(_) => (RATING, 0),
            Test::Judgement | Test::Remark => (RATING | REMARK, 0),
            Test::Assessment => (ASSESSMENT, 0),
        };
        if outcome != 0 || test == Test::Unsettled {
            needs.outcomes();
        }
        Pass { marks, outcome, known, also }
    }

    /// The rows that pass, with their groups. `marks` are those of the rows that a filter let through.
    pub fn put(&self, marks: &[Marks], groups: &[u32], columns: &Columns, into: &mut Vec<Passing>) {
        let rows = marks.iter().zip(groups).map(|(marks, group)| (marks & self.marks != 0, *group));
        if self.outcome == 0 {
            keep(rows, into);
        } else {
            let ended = columns.outcomes.iter().map(|outcome| outcome & self.outcome != 0);
            keep(rows.zip(ended).map(|((passes, group), ended)| (passes & ended, group)), into);
        }
        self.known.keep(columns, into);
        self.also.keep(columns, into);
    }
}

impl Known {
    /// Keeps the rows of which it is known.
    fn keep(&self, columns: &Columns, into: &mut Vec<Passing>) {
        match *self {
            Known::Nothing => {}
            Known::Number(at) => into.retain(|of| of.of(&columns.numbers[at]) != NO_NUMBER),
            Known::NoNumber(at) => into.retain(|of| of.of(&columns.numbers[at]) == NO_NUMBER),
            Known::Between(at, from, to) => {
                into.retain(|of| (from..to).contains(&of.of(&columns.numbers[at])));
            }
            Known::NoOutcome => into.retain(|of| of.of(&columns.outcomes) & (HELPED | DID_NOT_HELP) == 0),
            Known::Text(at) => into.retain(|of| of.of(&columns.codes[at]) != MISSING),
        }
    }
}

/// Keeps the rows that pass. Whether the next one does is hard to guess, so that every row is written and those that do not
/// pass are written over.
fn keep(rows: impl ExactSizeIterator<Item = (bool, u32)>, into: &mut Vec<Passing>) {
    into.resize(rows.len(), Passing::default());
    let mut kept = 0;
    for (row, (passes, group)) in (0..).zip(rows) {
        into[kept] = Passing { row, group };
        kept += usize::from(passes);
    }
    into.truncate(kept);
}
