//! The executor: folds over the columns of a frame that they need and no others, block by block, on as many threads as
//! the frame may use. Everything is integers that merge, so that neither threads nor layout show in an answer.

use super::accumulate::{Gathered, Read};
use super::keys::{Groups, Key, Seen};
use super::needs::{Columns, Needs};
use super::pass::{Pass, Passing};
use super::radix;
use super::select::Select;
use super::value::{Folded, Group, Value};
use super::{Filter, Fold, Measure, Scope, Test};
use crate::coverage::Question;
use crate::frame::{Block, Frame, Marks, Number};
use crate::query::Filters;
use crate::threads;
use crate::time::{Period, Zone};
use std::slice;
use std::sync::{Mutex, PoisonError};

/// Asks a frame. Remembers what it found out about a filter, since one report asks several times.
pub struct Executor<'a> {
    pub(super) seen: Seen<'a>,
    questions: Mutex<Vec<Answered>>,
}

/// A question to a filter that was answered.
struct Answered {
    filter: Filter,
    question: Question,
    is_priced: bool,
}

/// A fold, ready for the blocks of a frame.
struct Plan {
    keys: Vec<Key>,
    tests: Vec<Pass>,
    /// What is gathered for each measure, with the place of its test and column.
    reads: Vec<Read>,
    /// Measures of values that take in those of two others, by their places: what ended did or did not help, or is not known
    /// to, so that no value has to be kept twice.
    wholes: Vec<(usize, [usize; 2])>,
    breadth: usize,
}

/// What one thread gathers for a fold.
#[derive(Default)]
struct Worker {
    rows: Vec<u32>,
    /// For each test the rows of the block that pass it.
    passing: Vec<Vec<Passing>>,
    groups: Groups,
    gathered: Vec<Gathered>,
    /// For each measure the place of what serves it.
    serves: Vec<usize>,
    has_matched: bool,
}

impl<'a> Executor<'a> {
    pub fn new(frame: &'a Frame, zone: Zone, now_ns: i64) -> Executor<'a> {
        Executor { seen: Seen { frame, zone, now_ns }, questions: Mutex::default() }
    }

    /// The same frame at the same moment, seen from another zone.
    #[must_use]
    pub fn in_zone(&self, zone: Zone) -> Executor<'a> {
        Executor::new(self.seen.frame, zone, self.seen.now_ns)
    }

    /// What a filter matched, and what it could not decide about.
    pub fn question(&self, filter: &Filter) -> Question {
        let Question { matched, unknown_filtered, .. } = self.answered(filter, false);
        Question { matched, unknown_filtered, ..Question::default() }
    }

    /// The same, with the uses that have no cost and how much of the cost is the price table's.
    pub fn priced_question(&self, filter: &Filter) -> Question {
        self.answered(filter, true)
    }

    fn answered(&self, filter: &Filter, is_priced: bool) -> Question {
        let mut held = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |known: &&Answered| known.filter == *filter && known.is_priced >= is_priced;
        if let Some(known) = held.iter().find(is_it) {
            return known.question.clone();
        }
        let mut needs = Needs::new(self.seen.frame);
        let select = Select::new(&self.seen, filter, &mut needs);
        let costs = is_priced.then(|| [Number::Cost, Number::RecordedCost].map(|number| needs.number(number)));
        let parts = self.in_blocks(
            &select,
            || (Columns::default(), Vec::new()),
            |(columns, marks), block| {
                needs.read(block, columns);
                let unknown_filtered = select.put(columns, marks);
                Question { unknown_filtered, ..Select::question(marks, columns, costs) }
            },
        );
        let question = parts.into_iter().fold(Question::default(), |all, part| Question {
            matched: all.matched + part.matched,
            unknown_filtered: all.unknown_filtered + part.unknown_filtered,
            unpriced_runs: all.unpriced_runs + part.unpriced_runs,
            table_runs: all.table_runs + part.table_runs,
            table_nanos: all.table_nanos + part.table_nanos,
            cost_nanos: all.cost_nanos + part.cost_nanos,
            ..Question::default()
        });
        held.push(Answered { filter: filter.clone(), question: question.clone(), is_priced });
        question
    }

    /// What `work` finds in each block that a filter may match, in the order of the blocks.
    pub(super) fn in_blocks<L: Send, T: Send>(
        &self,
        select: &Select,
        local: impl Fn() -> L + Sync,
        work: impl Fn(&mut L, &Block) -> T + Sync,
    ) -> Vec<T> {
        let blocks = self.blocks(select);
        threads::map_with(self.seen.frame.threads(), blocks.len(), local, |local, at| work(local, &blocks[at]))
    }

    fn blocks(&self, select: &Select) -> Vec<Block> {
        let of_segments = self.seen.frame.blocks();
        let may_match = |blocks: &Vec<Block>| blocks.first().is_some_and(|block| select.may_match(&self.seen, block));
        of_segments.into_iter().filter(may_match).flatten().collect()
    }

    /// The time of the newest row that passes `test`, of all there is.
    pub fn newest(&self, test: Test) -> Option<i64> {
        let everything = Filter { scope: Scope::Uses, period: Period::default(), filters: Filters::default() };
        let fold = Fold { filter: everything, keys: Vec::new(), measures: vec![Measure::Max(Number::Time, test)] };
        match &self.fold(&fold).total()[0] {
            Value::Extreme(newest) => *newest,
            _ => None,
        }
    }

    /// Executes a fold.
    pub fn fold(&self, fold: &Fold) -> Folded {
        self.pass(slice::from_ref(fold)).pop().unwrap_or_else(|| unreachable!("a fold has an answer"))
    }

    /// Executes folds, those of one filter that follow each other in one pass: what they all need is read once.
    pub fn folds(&self, folds: &[Fold]) -> Vec<Folded> {
        folds.chunk_by(|a, b| a.filter == b.filter).flat_map(|folds| self.pass(folds)).collect()
    }

    /// Executes folds of one filter.
    fn pass(&self, folds: &[Fold]) -> Vec<Folded> {
        let Some(first) = folds.first() else { return Vec::new() };
        let (frame, threads) = (self.seen.frame, self.seen.frame.threads());
        let mut needs = Needs::new(frame);
        let select = Select::new(&self.seen, &first.filter, &mut needs);
        let plans: Vec<Plan> = folds.iter().map(|fold| Plan::new(&self.seen, fold, &mut needs)).collect();
        let blocks = self.blocks(&select);
        let workers = || plans.iter().map(|plan| plan.worker(frame)).collect::<Vec<Worker>>();
        let taken = threads::split(
            threads,
            blocks.len(),
            || (Columns::default(), Vec::new(), workers()),
            |(columns, marks, workers), at| {
                needs.read(&blocks[at], columns);
                select.put(columns, marks);
                plans.iter().zip(workers).for_each(|(plan, worker)| plan.take(worker, marks, columns));
            },
        );
        let merged = taken.into_iter().map(|(_, _, workers)| workers).reduce(|all, other| {
            let pairs = plans.iter().zip(all).zip(other);
            pairs.map(|((plan, all), other)| plan.merge(all, other)).collect()
        });
        let mut merged = merged.unwrap_or_else(workers);
        let gathered = merged.iter_mut().flat_map(|worker| &mut worker.gathered);
        let mut lists: Vec<&mut [i64]> = gathered.flat_map(Gathered::lists).collect();
        threads::each_with(threads, &mut lists, Vec::new, |room, _, list| radix::sort(list, room));
        let answers = folds.iter().zip(&plans).zip(&mut merged);
        let answer = |((fold, plan), worker): ((&Fold, &Plan), &mut Worker)| Folded {
            measures: fold.measures.clone(),
            groups: plan.groups(worker, frame),
        };
        answers.map(answer).collect()
    }
}

impl Plan {
    fn new(seen: &Seen<'_>, fold: &Fold, needs: &mut Needs<'_>) -> Plan {
        let is_future_wanted = fold.filter.period.until_ns.is_some();
        let keys: Vec<Key> = fold.keys.iter().map(|key| Key::new(*key, seen, is_future_wanted, needs)).collect();
        let breadth = keys.iter().map(|key| key.breadth(seen.frame)).fold(1, usize::saturating_mul);
        let mut known: Vec<Test> = Vec::new();
        let mut tests = Vec::new();
        let mut reads = Vec::new();
        let mut wholes = Vec::new();
        for (at, measure) in fold.measures.iter().enumerate() {
            let halves = halves(*measure, &fold.measures);
            wholes.extend(halves.map(|halves| (at, halves)));
            let test = if halves.is_some() { Test::Unsettled } else { measure.test() };
            let place = known.iter().position(|other| *other == test).unwrap_or_else(|| {
                known.push(test);
                tests.push(Pass::new(test, fold.filter.scope, needs));
                known.len() - 1
            });
            let column = match *measure {
                Measure::Count(_) => 0,
                Measure::Distinct(field, _) => needs.codes(field),
                Measure::CountOf(number, _)
                | Measure::Sum(number, _)
                | Measure::SumSq(number, _)
                | Measure::Min(number, _)
                | Measure::Max(number, _)
                | Measure::Values(number, _) => needs.number(number),
            };
            reads.push(Read { measure: *measure, test: place, column });
        }
        Plan { keys, tests, reads, wholes, breadth }
    }

    fn worker(&self, frame: &Frame) -> Worker {
        let mut worker = Worker { passing: vec![Vec::new(); self.tests.len()], ..Worker::default() };
        for read in &self.reads {
            let served = worker.gathered.iter_mut().position(|gathered| gathered.serves(*read));
            worker.serves.push(served.unwrap_or_else(|| {
                let codes = match read.measure {
                    Measure::Distinct(field, _) => frame.count(field),
                    _ => 0,
                };
                worker.gathered.push(Gathered::new(*read, self.breadth, codes));
                worker.gathered.len() - 1
            }));
        }
        worker
    }

    fn take(&self, worker: &mut Worker, marks: &[Marks], columns: &Columns) {
        let Worker { rows, passing, groups, gathered, has_matched, .. } = worker;
        groups.put(&self.keys, marks, columns, rows);
        *has_matched |= marks.iter().any(|marks| *marks != 0);
        for (test, passing) in self.tests.iter().zip(passing.iter_mut()) {
            test.put(marks, rows, columns, passing);
        }
        for gathered in gathered {
            gathered.take(columns, passing, groups.len());
        }
    }

    fn merge(&self, mut all: Worker, other: Worker) -> Worker {
        let theirs = u32::try_from(other.groups.len()).expect("groups are numbered in 32 bits");
        let mut groups = vec![0];
        groups.extend((1..theirs).map(|group| all.groups.group(&self.keys, &other.groups.values(group))));
        let count = all.groups.len();
        for (gathered, other) in all.gathered.iter_mut().zip(other.gathered) {
            gathered.merge(other, &groups, count);
        }
        all.has_matched |= other.has_matched;
        all
    }

    fn groups(&self, worker: &mut Worker, frame: &Frame) -> Vec<Group> {
        if !worker.has_matched {
            return Vec::new();
        }
        let count = u32::try_from(worker.groups.len()).expect("groups are numbered in 32 bits");
        let mut groups = Vec::with_capacity(worker.groups.len());
        for group in 1..count {
            let values = worker.groups.values(group);
            let keys = self.keys.iter().zip(values).map(|(key, value)| key.name(value, frame)).collect();
            let Worker { gathered, serves, .. } = &mut *worker;
            let values = self.reads.iter().zip(serves);
            let mut values: Vec<Value> =
                values.map(|(read, at)| gathered[*at].value(read.measure, group as usize)).collect();
            for (whole, halves) in &self.wholes {
                for half in halves.map(|half| values[half].clone()) {
                    values[*whole].merge(self.reads[*whole].measure, &half);
                }
            }
            groups.push(Group { keys, values });
        }
        groups
    }
}

/// The measures of the values of what helped and of what did not, where a measure of what ended is asked for beside both.
fn halves(measure: Measure, all: &[Measure]) -> Option<[usize; 2]> {
    let Measure::Values(_, Test::Ended) = measure else { return None };
    let place = |test: Test| all.iter().position(|other| *other == measure.of(test));
    Some([place(Test::Success)?, place(Test::Failure)?])
}
