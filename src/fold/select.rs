//! Selecting: which rows of a block a filter lets through, and which it cannot decide about.

use super::keys::{self, Buckets, Seen};
use super::needs::{Columns, Needs};
use super::{Filter, Scope};
use crate::coverage::Question;
use crate::event::Field;
use crate::frame::{
    Block, DID_NOT_HELP, Dictionary, HELPED, MISSING, Marks, NO_NUMBER, Number, STARTER, TEMPLATE, TOLD,
    UNIT_SEPARATOR, USE,
};
use crate::query::{self, Dimension, Glob, Tested};
use crate::time::Period;

/// A filter, ready for the blocks of a frame.
pub(super) struct Select {
    scope: Marks,
    period: Period,
    /// The place of the times, where the period has a bound.
    time: Option<usize>,
    tests: Vec<RowTest>,
}

/// What a row is asked; it may not be known.
enum RowTest {
    /// The codes at this place are wanted.
    Code {
        at: usize,
        is_wanted: Vec<bool>,
    },
    /// The buckets of time that are wanted, by their labels.
    Bucket {
        time: usize,
        buckets: Buckets,
        globs: Vec<Glob>,
    },
    /// There is a code at this place; without it the row is not asked about.
    Subject(usize),
    Success(bool),
    Rating {
        at: usize,
        least: i64,
        most: i64,
    },
}

/// Whether a row matches. Rejecting beats not knowing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Matches,
    Unknown,
    Rejected,
}

impl Select {
    pub fn new(seen: &Seen<'_>, filter: &Filter, needs: &mut Needs<'_>) -> Select {
        let (except, subject) = match filter.scope {
            Scope::Uses => (TEMPLATE | STARTER | TOLD, None),
            Scope::Templates => (STARTER | TOLD, Some(Field::TemplateId)),
            Scope::Starters => (TEMPLATE | TOLD, Some(Field::StarterId)),
            Scope::Findings => (!TOLD, None),
        };
        let mut tests: Vec<RowTest> = subject.map(|field| RowTest::Subject(needs.codes(field))).into_iter().collect();
        tests.extend(filter.filters.patterns.iter().map(|pattern| RowTest::of(seen, pattern, needs)));
        if let Some(wanted) = filter.filters.success {
            needs.outcomes();
            tests.push(RowTest::Success(wanted));
        }
        let (least, most) = (filter.filters.min_rating, filter.filters.max_rating);
        if least.is_some() || most.is_some() {
            let at = needs.number(Number::UseRating);
            tests.push(RowTest::Rating { at, least: least.unwrap_or(i64::MIN), most: most.unwrap_or(i64::MAX) });
        }
        let is_bounded = filter.period != Period::default();
        Select { scope: !except, period: filter.period, time: is_bounded.then(|| needs.number(Number::Time)), tests }
    }

    /// Whether any row of a block's segment can lie in the period.
    pub fn may_match(&self, seen: &Seen<'_>, block: &Block) -> bool {
        let (oldest, newest) = seen.frame.bounds(block);
        self.period.since_ns.is_none_or(|since| newest >= since)
            && self.period.until_ns.is_none_or(|until| oldest < until)
    }

    /// The marks of the rows that match, none for the others; and the marks of those that could not be decided about.
    pub fn put(&self, columns: &Columns, into: &mut Vec<Marks>) -> u64 {
        into.clear();
        into.extend(columns.marks.iter().map(|marks| marks & self.scope));
        if let Some(time) = self.time {
            for (marks, ts_ns) in into.iter_mut().zip(&columns.numbers[time]) {
                *marks *= u32::from(self.period.contains(*ts_ns));
            }
        }
        if self.tests.is_empty() {
            return 0;
        }
        let mut verdicts = vec![Verdict::Matches; into.len()];
        for test in &self.tests {
            test.put(columns, into, &mut verdicts);
        }
        let mut unknown = 0;
        for (marks, verdict) in into.iter_mut().zip(verdicts) {
            unknown += u64::from(marks.count_ones() * u32::from(verdict == Verdict::Unknown));
            *marks *= u32::from(verdict == Verdict::Matches);
        }
        unknown
    }

    /// What the rows that a filter let through say of the question itself; `costs` are the places of their cost and of what
    /// was recorded of it, where that is asked for.
    pub fn question(marks: &[Marks], columns: &Columns, costs: Option<[usize; 2]>) -> Question {
        let matched = marks.iter().map(|marks| u64::from(marks.count_ones())).sum();
        let mut question = Question { matched, ..Question::default() };
        let Some([costs, recorded]) = costs else { return question };
        let costs = columns.numbers[costs].iter().zip(&columns.numbers[recorded]);
        for (marks, (cost, recorded)) in marks.iter().zip(costs) {
            match *cost {
                _ if marks & USE == 0 => {}
                NO_NUMBER => question.unpriced_runs += 1,
                cost => {
                    question.cost_nanos += i128::from(cost);
                    if *recorded == NO_NUMBER {
                        question.table_runs += 1;
                        question.table_nanos += i128::from(cost);
                    }
                }
            }
        }
        question
    }
}

impl RowTest {
    fn of(seen: &Seen<'_>, pattern: &query::Filter, needs: &mut Needs<'_>) -> RowTest {
        let globs: Vec<Glob> = pattern.patterns.iter().map(|pattern| Glob::new(pattern)).collect();
        let is_match = |name: &str| globs.iter().any(|glob| glob.is_match(name));
        match pattern.tested {
            Tested::Dimension(Dimension::Bucket(every)) => {
                RowTest::Bucket { time: needs.number(Number::Time), buckets: Buckets::new(seen, every, true), globs }
            }
            Tested::Dimension(dimension) => {
                let field = keys::field(dimension);
                RowTest::Code { at: needs.codes(field), is_wanted: wanted(seen.frame.names(field), is_match) }
            }
            Tested::Tag => {
                let any = |name: &str| name.split(UNIT_SEPARATOR).any(is_match);
                RowTest::Code { at: needs.codes(Field::Tags), is_wanted: wanted(seen.frame.names(Field::Tags), any) }
            }
        }
    }

    /// Puts the test to the rows; of several verdicts on a row the last in their order stands.
    fn put(&self, columns: &Columns, marks: &[Marks], verdicts: &mut [Verdict]) {
        match self {
            RowTest::Code { at, is_wanted } => judge(verdicts, &columns.codes[*at], |code| match code {
                MISSING => Verdict::Unknown,
                code => decided(is_wanted[code as usize]),
            }),
            RowTest::Bucket { time, buckets, globs } => {
                let rows = verdicts.iter_mut().zip(marks).zip(&columns.numbers[*time]);
                for ((verdict, _), ts_ns) in rows.filter(|((_, marks), _)| **marks != 0) {
                    *verdict = (*verdict).max(match buckets.of(*ts_ns) {
                        None => Verdict::Unknown,
                        Some(bucket) => {
                            let label = buckets.every.label(bucket);
                            decided(globs.iter().any(|glob| glob.is_match(&label)))
                        }
                    });
                }
            }
            RowTest::Subject(at) => judge(verdicts, &columns.codes[*at], |code| decided(code != MISSING)),
            RowTest::Success(wanted) => judge(verdicts, &columns.outcomes, |outcome| match outcome {
                outcome if outcome & HELPED != 0 => decided(*wanted),
                outcome if outcome & DID_NOT_HELP != 0 => decided(!*wanted),
                _ => Verdict::Unknown,
            }),
            RowTest::Rating { at, least, most } => judge(verdicts, &columns.numbers[*at], |rating| match rating {
                NO_NUMBER => Verdict::Unknown,
                rating => decided((*least..=*most).contains(&rating)),
            }),
        }
    }
}

fn decided(is_match: bool) -> Verdict {
    if is_match { Verdict::Matches } else { Verdict::Rejected }
}

fn judge<T: Copy>(verdicts: &mut [Verdict], column: &[T], judged: impl Fn(T) -> Verdict) {
    for (verdict, value) in verdicts.iter_mut().zip(column) {
        *verdict = (*verdict).max(judged(*value));
    }
}

fn wanted(names: &Dictionary, is_match: impl Fn(&str) -> bool) -> Vec<bool> {
    let mut is_wanted = vec![false; names.len()];
    for (code, name) in names.iter() {
        is_wanted[code as usize] = is_match(name);
    }
    is_wanted
}
