//! Counts and the first examples of them. What two files hold merges in any order to the same.

use crate::event::{Field, Kind, Skip};
use std::collections::BTreeMap;

/// Where a line stands: the number of its file in the order of their paths, and its line from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    pub file: u32,
    pub line: u32,
}

/// How often something was seen, and the first that were.
#[derive(Clone, Debug)]
pub struct Examples<T> {
    most: usize,
    pub count: u64,
    pub first: Vec<(At, T)>,
}

impl<T> Examples<T> {
    pub fn new(most: usize) -> Examples<T> {
        Examples { most, count: 0, first: Vec::new() }
    }

    /// Counts one more; lines of one file come in their order.
    pub fn add(&mut self, at: At, example: impl FnOnce() -> T) {
        self.count += 1;
        if self.first.len() < self.most {
            self.first.push((at, example()));
        }
    }

    fn merge(&mut self, other: Examples<T>) {
        self.count += other.count;
        self.first.extend(other.first);
        self.first.sort_by_key(|(at, _)| *at);
        self.first.truncate(self.most);
    }
}

/// How often a name was seen, and where first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub count: u64,
    pub first: At,
}

impl Seen {
    fn merge(&mut self, other: Seen) {
        self.count += other.count;
        self.first = self.first.min(other.first);
    }
}

/// Names from a log that are counted one by one. A log may hold any number of them: of more, only the first in their
/// order are told apart, and what is kept of those is exact.
const MOST_NAMES: usize = 1000;

/// Names from a log.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// How often any name was seen.
    pub total: u64,
    pub seen: BTreeMap<String, Seen>,
}

impl Names {
    pub fn add(&mut self, name: &str, at: At) {
        self.merge_one(name, Seen { count: 1, first: at });
        self.total += 1;
    }

    fn merge(&mut self, other: Names) {
        self.total += other.total;
        for (name, seen) in other.seen {
            self.merge_one(&name, seen);
        }
    }

    fn merge_one(&mut self, name: &str, seen: Seen) {
        if let Some(held) = self.seen.get_mut(name) {
            held.merge(seen);
        } else if self.seen.len() < MOST_NAMES
            || self.seen.last_key_value().is_some_and(|(last, _)| name < last.as_str())
        {
            // A name that has once gone never comes back: the last one kept only becomes smaller.
            self.seen.insert(name.to_owned(), seen);
            if self.seen.len() > MOST_NAMES {
                self.seen.pop_last();
            }
        }
    }

    /// Whether there were more names than are told apart.
    pub fn is_cut(&self) -> bool {
        self.total > self.seen.values().map(|seen| seen.count).sum()
    }
}

/// A line that could not be read, made safe.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// What seems to have happened to it.
    pub because: String,
    /// How it begins.
    pub begins: String,
}

/// A time that lies far from the one before it in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jump {
    pub before_ns: i64,
    pub ts_ns: i64,
}

/// An event's identity and what it says, both as hashes: 40 bytes for each event that has an `id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    pub id: u64,
    pub ts_ns: i64,
    pub rev: i64,
    pub content: u64,
    pub at: At,
}

/// What was found in one file, or in several.
pub struct Counts {
    most: usize,
    pub lines: u64,
    /// Events, copies included.
    pub events: u64,
    pub blank: u64,
    pub pending: Examples<Broken>,
    pub skipped: BTreeMap<Skip, Examples<Broken>>,
    pub unknown_kinds: Names,
    pub unknown_fields: Names,
    /// Known fields that their kind does not read.
    pub ignored_fields: BTreeMap<(Field, Kind), Seen>,
    /// Values that their field cannot hold.
    pub dropped_fields: BTreeMap<Field, Seen>,
    pub naive_times: Examples<i64>,
    pub future_times: Examples<i64>,
    pub jumps: Examples<Jump>,
    pub oldest_ns: Option<i64>,
    pub newest_ns: Option<i64>,
    pub identities: Vec<Identity>,
}

impl Counts {
    pub fn new(most: usize) -> Counts {
        Counts {
            most,
            lines: 0,
            events: 0,
            blank: 0,
            pending: Examples::new(most),
            skipped: BTreeMap::new(),
            unknown_kinds: Names::default(),
            unknown_fields: Names::default(),
            ignored_fields: BTreeMap::new(),
            dropped_fields: BTreeMap::new(),
            naive_times: Examples::new(most),
            future_times: Examples::new(most),
            jumps: Examples::new(most),
            oldest_ns: None,
            newest_ns: None,
            identities: Vec::new(),
        }
    }

    pub fn skip(&mut self, skip: Skip, at: At, broken: impl FnOnce() -> Broken) {
        let most = self.most;
        self.skipped.entry(skip).or_insert_with(|| Examples::new(most)).add(at, broken);
    }

    pub fn ignored(&mut self, field: Field, kind: Kind, at: At) {
        count(&mut self.ignored_fields, (field, kind), Seen { count: 1, first: at });
    }

    pub fn dropped(&mut self, field: Field, at: At) {
        count(&mut self.dropped_fields, field, Seen { count: 1, first: at });
    }

    pub fn time(&mut self, ts_ns: i64) {
        self.bounds(Some(ts_ns), Some(ts_ns));
    }

    fn bounds(&mut self, oldest_ns: Option<i64>, newest_ns: Option<i64>) {
        self.oldest_ns = self.oldest_ns.into_iter().chain(oldest_ns).min();
        self.newest_ns = self.newest_ns.max(newest_ns);
    }

    pub fn merge(&mut self, other: Counts) {
        self.lines += other.lines;
        self.events += other.events;
        self.blank += other.blank;
        self.pending.merge(other.pending);
        for (skip, examples) in other.skipped {
            self.skipped.entry(skip).or_insert_with(|| Examples::new(self.most)).merge(examples);
        }
        self.unknown_kinds.merge(other.unknown_kinds);
        self.unknown_fields.merge(other.unknown_fields);
        for (key, seen) in other.ignored_fields {
            count(&mut self.ignored_fields, key, seen);
        }
        for (key, seen) in other.dropped_fields {
            count(&mut self.dropped_fields, key, seen);
        }
        self.naive_times.merge(other.naive_times);
        self.future_times.merge(other.future_times);
        self.jumps.merge(other.jumps);
        self.bounds(other.oldest_ns, other.newest_ns);
        self.identities.extend(other.identities);
    }
}

fn count<K: Ord>(counts: &mut BTreeMap<K, Seen>, key: K, seen: Seen) {
    counts.entry(key).and_modify(|held| held.merge(seen)).or_insert(seen);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(file: u32, line: u32) -> At {
        At { file, line }
    }

    #[test]
    fn the_first_examples_are_kept_in_whatever_order_files_come() {
        let of_file = |file: u32| {
            let mut examples = Examples::new(3);
            (1..=2).for_each(|line| examples.add(at(file, line), || file * 10 + line));
            examples
        };
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut all = Examples::new(3);
            for file in order {
                all.merge(of_file(file));
            }
            assert_eq!(all.count, 6);
            assert_eq!(all.first.iter().map(|(_, example)| *example).collect::<Vec<_>>(), [1, 2, 11]);
        }
    }

    #[test]
    fn of_very_many_names_the_first_are_counted_exactly_in_whatever_order_they_come() {
        let names: Vec<String> = (0..3000).map(|number| format!("n{number:04}")).collect();
        let mut forward = Names::default();
        names.iter().chain(&names).for_each(|name| forward.add(name, at(0, 1)));
        let mut backward = Names::default();
        for part in names.chunks(700).rev() {
            let mut names = Names::default();
            part.iter().rev().chain(part).for_each(|name| names.add(name, at(0, 1)));
            backward.merge(names);
        }
        assert_eq!(forward.seen, backward.seen);
        assert_eq!((forward.seen.len(), forward.total, forward.is_cut()), (MOST_NAMES, 6000, true));
        assert!(forward.seen.values().all(|seen| seen.count == 2));
    }
}
