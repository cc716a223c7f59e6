//! Copies: events that share an identity, told from their hashes. What stands for them is for the resolution to say.

use super::counts::{At, Examples, Identity};
use super::{Settings, future_ns};
use std::cmp::Reverse;

/// What events of one identity are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copy {
    /// They say the same.
    Same,
    /// A later revision replaces the others.
    Revised,
    /// Two at one revision say different things.
    Conflict,
}

impl Copy {
    pub fn name(self) -> &'static str {
        match self {
            Copy::Same => "copy",
            Copy::Revised => "revision",
            Copy::Conflict => "conflict",
        }
    }
}

/// Events of one identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    pub what: Copy,
    pub lines: u64,
    /// The second of them; the group is known by the first.
    pub second: At,
}

/// Which events are copies of others.
#[derive(Debug)]
pub struct Copies {
    /// Lines that another one stands for.
    pub duplicates: u64,
    /// Of those, how many are in the future.
    pub future: u64,
    pub conflicts: Examples<Group>,
    pub others: Examples<Group>,
}

pub fn resolve(mut identities: Vec<Identity>, settings: &Settings<'_>) -> Copies {
    identities.sort_unstable_by_key(|it| (it.id, it.ts_ns, Reverse(it.rev), it.content, it.at));
    let future_ns = future_ns(settings.now_ns);
    let most = settings.most;
    let mut copies = Copies { duplicates: 0, future: 0, conflicts: Examples::new(most), others: Examples::new(most) };
    let mut groups = Vec::new();
    for group in identities.chunk_by(|a, b| (a.id, a.ts_ns) == (b.id, b.ts_ns)).filter(|group| group.len() > 1) {
        let is_conflict = group.windows(2).any(|pair| pair[0].rev == pair[1].rev && pair[0].content != pair[1].content);
        let is_revised = group.first().map(|it| it.rev) != group.last().map(|it| it.rev);
        let what = match (is_conflict, is_revised) {
            (true, _) => Copy::Conflict,
            (false, true) => Copy::Revised,
            (false, false) => Copy::Same,
        };
        let replaced = group.len() as u64 - 1;
        copies.duplicates += replaced;
        copies.future += if group[0].ts_ns > future_ns { replaced } else { 0 };
        let mut places: Vec<At> = group.iter().map(|it| it.at).collect();
        places.sort_unstable();
        groups.push((places[0], Group { what, lines: group.len() as u64, second: places[1] }));
    }
    groups.sort_unstable_by_key(|(first, _)| *first);
    for (first, group) in groups {
        let examples = if group.what == Copy::Conflict { &mut copies.conflicts } else { &mut copies.others };
        examples.add(first, || group);
    }
    copies
}
