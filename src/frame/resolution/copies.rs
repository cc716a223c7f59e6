//! Copies and revisions: of the lines that share an identity one counts.

use super::Row;
use super::tie::Tie;
use crate::frame::keys::Shared;
use crate::frame::segment::{Own, Segment};
use crate::threads;
use std::cmp::Reverse;

/// Which events count.
pub struct Copies {
    pub of_segments: Vec<OfSegment>,
    /// Identities that carry different content at one revision.
    pub conflicts: u64,
}

/// The events of one segment that do not count.
#[derive(Clone, Debug, Default)]
pub struct OfSegment {
    /// Copies, replaced revisions, and what was taken back, ascending.
    dead: Vec<u32>,
    /// Those that another event with their identity stands for, ascending.
    pub copies: Vec<u32>,
}

impl Copies {
    /// The highest revision of (`id`, `ts`) counts, of equals the smallest line. A line without an id is never a copy.
    pub fn of(segments: &[Segment], tie: &Tie<'_>, threads: usize) -> Copies {
        let shared = Shared::of(&segments.iter().map(Segment::ids).collect::<Vec<_>>(), threads);
        let local = threads::map(threads, segments.len(), |at| within(segments, at, &shared, tie));
        let mut copies = Copies { of_segments: Vec::with_capacity(segments.len()), conflicts: 0 };
        for (of_segment, conflicts) in local {
            copies.of_segments.push(of_segment);
            copies.conflicts += conflicts;
        }
        for group in shared.groups() {
            let (group, conflict) = decide(group.iter().map(|(_, row)| *row).collect(), segments, tie);
            copies.conflicts += u64::from(conflict);
            for copy in &group[1..] {
                copies.of_segments[copy.segment as usize].copies.push(copy.row);
            }
        }
        for (of_segment, segment) in copies.of_segments.iter_mut().zip(segments) {
            of_segment.copies.sort_unstable();
            of_segment.dead.clone_from(&of_segment.copies);
            let retracted = segment.own(Own::Retracted);
            if !retracted.is_absent() {
                let rows = (0_u32..).take(segment.height());
                of_segment.dead.extend(rows.filter(|row| retracted.code(*row as usize) != 0));
            }
            of_segment.dead.sort_unstable();
            of_segment.dead.dedup();
        }
        copies
    }

    pub fn is_live(&self, row: Row) -> bool {
        self.of_segments[row.segment as usize].dead.binary_search(&row.row).is_err()
    }

    pub fn dead(&self, segment: usize) -> &[u32] {
        &self.of_segments[segment].dead
    }
}

/// The copies that a segment holds of its own events.
fn within(segments: &[Segment], at: usize, shared: &Shared, tie: &Tie<'_>) -> (OfSegment, u64) {
    let mut found = OfSegment::default();
    let mut conflicts = 0;
    let segment = u32::try_from(at).expect("segments are numbered in 32 bits");
    let mut shared = shared.of_segment(at).peekable();
    for (hash, rows) in segments[at].ids().groups() {
        if shared.next_if(|(shared, _)| *shared == hash).is_some() || rows.len() == 1 {
            continue;
        }
        let (group, conflict) = decide(rows.iter().map(|row| Row { segment, row }).collect(), segments, tie);
        conflicts += u64::from(conflict);
        found.copies.extend(group[1..].iter().map(|copy| copy.row));
    }
    (found, conflicts)
}

/// Events of one identity, the one that counts first; and whether two of one revision disagree.
fn decide(mut group: Vec<Row>, segments: &[Segment], tie: &Tie<'_>) -> (Vec<Row>, bool) {
    let rev = |row: Row| Reverse(segments[row.segment as usize].rev(row.row));
    group.sort_by(|&a, &b| rev(a).cmp(&rev(b)).then_with(|| tie.smaller_line(a, b)));
    let differs = |pair: &[Row]| rev(pair[0]) == rev(pair[1]) && !tie.says_the_same(pair[0], pair[1]);
    let conflict = group.windows(2).any(differs);
    (group, conflict)
}
