//! Keys: what a dimension is read from, a text column or the buckets of a zone; and the groups that keys make.

use super::needs::{Columns, Needs};
use crate::event::Field;
use crate::frame::{Code, Frame, MISSING, Marks, Number};
use crate::query::Dimension;
use crate::time::{self, Calendar, Every, Zone};
use hashbrown::HashMap;

/// A frame, seen from a place and a moment.
pub(super) struct Seen<'a> {
    pub frame: &'a Frame,
    pub zone: Zone,
    pub now_ns: i64,
}

/// The buckets of a zone for all times of a frame.
pub(super) struct Buckets {
    pub every: Every,
    calendar: Calendar,
    /// Later times have no bucket.
    limit_ns: i64,
}

impl Buckets {
    /// What lies more than a day in the future has no bucket, unless the future was asked for.
    pub fn new(seen: &Seen<'_>, every: Every, is_future_wanted: bool) -> Buckets {
        let coverage = seen.frame.coverage();
        let (from, to) = coverage.oldest_ns.zip(coverage.newest_ns).unwrap_or_default();
        let limit_ns = if is_future_wanted { i64::MAX } else { seen.now_ns.saturating_add(time::NS_PER_DAY) };
        Buckets { every, calendar: Calendar::new(&seen.zone, from, to), limit_ns }
    }

    pub fn of(&self, ts_ns: i64) -> Option<i64> {
        (ts_ns <= self.limit_ns).then(|| self.calendar.bucket(self.every, ts_ns))
    }
}

/// One key of a fold.
pub(super) enum Key {
    /// The codes at this place.
    Codes { at: usize, field: Field },
    /// The buckets of the times at this place.
    Buckets { at: usize, buckets: Buckets },
}

/// The key of a time without a bucket.
const NO_BUCKET: i64 = i64::MIN;

impl Key {
    pub fn new(dimension: Dimension, seen: &Seen<'_>, is_future_wanted: bool, needs: &mut Needs<'_>) -> Key {
        match dimension {
            Dimension::Bucket(every) => {
                let buckets = Buckets::new(seen, every, is_future_wanted);
                Key::Buckets { at: needs.number(Number::Time), buckets }
            }
            dimension => Key::Codes { at: needs.codes(field(dimension)), field: field(dimension) },
        }
    }

    /// About how many different values it has.
    pub fn breadth(&self, frame: &Frame) -> usize {
        match self {
            Key::Codes { field, .. } => frame.count(*field),
            Key::Buckets { .. } => 1 << 10,
        }
    }

    fn read(&self, columns: &Columns, into: &mut Vec<i64>) {
        into.clear();
        match self {
            Key::Codes { at, .. } => into.extend(columns.codes[*at].iter().map(|code| i64::from(*code))),
            Key::Buckets { at, buckets } => {
                into.extend(columns.numbers[*at].iter().map(|ts_ns| buckets.of(*ts_ns).unwrap_or(NO_BUCKET)));
            }
        }
    }

    /// What a value is called, `None` where it is missing.
    pub fn name(&self, value: i64, frame: &Frame) -> Option<String> {
        match self {
            Key::Codes { field, .. } => {
                let code = Code::try_from(value).unwrap_or(MISSING);
                frame.names(*field).name(code).map(str::to_owned)
            }
            Key::Buckets { buckets, .. } => (value != NO_BUCKET).then(|| buckets.every.label(value)),
        }
    }
}

/// The groups that a thread has met, numbered from 1; 0 is no group.
#[derive(Default)]
pub(super) struct Groups {
    /// For each key, the node that follows a node by a value: the nodes of the last key are the groups.
    levels: Vec<Level>,
}

#[derive(Default)]
struct Level {
    /// By value, for the first key of codes, which are small numbers.
    dense: Vec<u32>,
    by_value: HashMap<(u32, i64), u32>,
    /// The node before and the value of each node but 0.
    nodes: Vec<(u32, i64)>,
    held: Vec<i64>,
}

impl Level {
    fn node(&mut self, before: u32, value: i64, is_dense: bool) -> u32 {
        let nodes = &mut self.nodes;
        let mut fresh = || {
            nodes.push((before, value));
            u32::try_from(nodes.len()).expect("groups are numbered in 32 bits")
        };
        if is_dense && let Ok(at) = usize::try_from(value) {
            if at >= self.dense.len() {
                self.dense.resize(at + 1, 0);
            }
            if self.dense[at] == 0 {
                self.dense[at] = fresh();
            }
            return self.dense[at];
        }
        *self.by_value.entry((before, value)).or_insert_with(fresh)
    }
}

impl Groups {
    /// The group of each row that has marks, 0 for the others.
    pub fn put(&mut self, keys: &[Key], marks: &[Marks], columns: &Columns, into: &mut Vec<u32>) {
        into.clear();
        into.extend(marks.iter().map(|marks| u32::from(*marks != 0)));
        self.levels.resize_with(keys.len(), Level::default);
        for (place, (key, level)) in keys.iter().zip(&mut self.levels).enumerate() {
            if let (0, Key::Codes { at, .. }) = (place, key) {
                for (node, code) in into.iter_mut().zip(&columns.codes[*at]) {
                    let known = level.dense.get(*code as usize).copied().unwrap_or(0);
                    // Which rows are of no group is hard to guess, that a code is known is not.
                    *node *= if known == 0 && *node != 0 { level.node(1, i64::from(*code), true) } else { known };
                }
                continue;
            }
            let mut held = std::mem::take(&mut level.held);
            key.read(columns, &mut held);
            // Neighbours often share a bucket of time.
            let mut last = ((0, 0), 0);
            for (node, value) in into.iter_mut().zip(&held).filter(|(node, _)| **node != 0) {
                if last.0 != (*node, *value) || last.1 == 0 {
                    last = ((*node, *value), level.node(*node, *value, false));
                }
                *node = last.1;
            }
            level.held = held;
        }
    }

    /// The number of groups, with the group that is none.
    pub fn len(&self) -> usize {
        self.levels.last().map_or(1, |level| level.nodes.len()) + 1
    }

    /// The values of the keys of a group.
    pub fn values(&self, group: u32) -> Vec<i64> {
        let mut values = vec![0; self.levels.len()];
        let mut node = group;
        for (level, value) in self.levels.iter().zip(&mut values).rev() {
            (node, *value) = level.nodes[node as usize - 1];
        }
        values
    }

    /// The group of some values, a new one where they are not known.
    pub fn group(&mut self, keys: &[Key], values: &[i64]) -> u32 {
        self.levels.resize_with(keys.len(), Level::default);
        let levels = keys.iter().zip(&mut self.levels).zip(values).enumerate();
        levels.fold(1, |node, (place, ((key, level), value))| {
            level.node(node, *value, place == 0 && matches!(key, Key::Codes { .. }))
        })
    }
}

/// The event field a dimension is read from.
pub(super) fn field(dimension: Dimension) -> Field {
    match dimension {
        Dimension::Prompt => Field::PromptId,
        Dimension::Template => Field::TemplateId,
        Dimension::Starter => Field::StarterId,
        Dimension::Category => Field::TaskCategory,
        Dimension::Domain => Field::TaskDomain,
        Dimension::Provider => Field::Provider,
        Dimension::Model => Field::Model,
        Dimension::Project => Field::ProjectId,
        Dimension::Conversation => Field::ConversationId,
        Dimension::User => Field::UserId,
        Dimension::PromptVersion => Field::PromptVersion,
        Dimension::Variant => Field::Variant,
        Dimension::Source => Field::Source,
        Dimension::Host => Field::Host,
        Dimension::ErrorType => Field::ErrorType,
        Dimension::Bucket(_) => unreachable!("a bucket is made of the time, not of a field"),
    }
}
