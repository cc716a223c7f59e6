//! Copies and revisions: of the lines that share an identity one counts.

use super::again::Again;
use super::tie::Tie;
use super::{Resolved, Row};
use crate::frame::key_list::KeyList;
use crate::frame::keys::Hash;
use crate::frame::segment::{Own, Segment};
use crate::threads;
use std::cmp::Reverse;

/// Which events count.
pub struct Copies {
    pub of_segments: Vec<OfSegment>,
}

/// The events of one segment that do not count.
#[derive(Clone, Debug, Default)]
pub struct OfSegment {
    /// Copies, replaced revisions, and what was taken back, ascending.
    dead: Vec<u32>,
    /// Those that another event with their identity stands for, ascending.
    pub copies: Vec<u32>,
    /// Identities whose winner is here and that carry different content at one revision.
    pub conflicts: u64,
}

impl Copies {
    /// The highest revision of (`id`, `ts`) counts, of equals the smallest line. A line without an id is never a copy.
    pub fn of(
        segments: &[Segment],
        previous: &[Option<Resolved>],
        again: &Again,
        tie: &Tie<'_>,
        threads: usize,
    ) -> Copies {
        let mut of_segments = threads::map(threads, segments.len(), |at| match &previous[at] {
            Some(known) if !again.segments[at] => OfSegment { copies: known.copies.clone(), ..OfSegment::default() },
            _ => within(segments, at, &again.ids, tie),
        });
        for hash in &again.ids {
            let (group, conflict) = decide(rows_of(segments, *hash, Segment::ids), segments, tie);
            for (place, row) in group.iter().enumerate().filter(|(_, row)| again.segments[row.segment as usize]) {
                let of_segment = &mut of_segments[row.segment as usize];
                if place > 0 {
                    of_segment.copies.push(row.row);
                } else {
                    of_segment.conflicts += u64::from(conflict);
                }
            }
        }
        for (of_segment, segment) in of_segments.iter_mut().zip(segments) {
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
        Copies { of_segments }
    }

    /// Whether anything that was decided before is decided otherwise.
    pub fn are_others(&self, previous: &[Option<Resolved>]) -> bool {
        let is_other = |(of, known): (&OfSegment, &Option<Resolved>)| {
            known.as_ref().is_some_and(|known| known.copies != of.copies)
        };
        self.of_segments.iter().zip(previous).any(is_other)
    }

    pub fn is_live(&self, row: Row) -> bool {
        self.of_segments[row.segment as usize].dead.binary_search(&row.row).is_err()
    }

    pub fn dead(&self, segment: usize) -> &[u32] {
        &self.of_segments[segment].dead
    }
}

/// The copies that a segment holds of its own events.
fn within(segments: &[Segment], at: usize, shared: &[Hash], tie: &Tie<'_>) -> OfSegment {
    let mut found = OfSegment::default();
    let segment = u32::try_from(at).expect("segments are numbered in 32 bits");
    for (hash, rows) in segments[at].ids().groups().filter(|(_, rows)| rows.len() > 1) {
        if shared.binary_search(&hash).is_ok() {
            continue;
        }
        let (group, conflict) = decide(rows.iter().map(|row| Row { segment, row }).collect(), segments, tie);
        found.conflicts += u64::from(conflict);
        found.copies.extend(group[1..].iter().map(|copy| copy.row));
    }
    found
}

/// All rows with a hash, in all segments.
pub fn rows_of(segments: &[Segment], hash: Hash, keys: fn(&Segment) -> &KeyList) -> Vec<Row> {
    let rows = (0_u32..).zip(segments).flat_map(|(segment, of)| {
        let rows = keys(of).find(hash);
        rows.iter().map(move |row| Row { segment, row })
    });
    rows.collect()
}

/// Events of one identity, the one that counts first; and whether two of one revision disagree.
fn decide(mut group: Vec<Row>, segments: &[Segment], tie: &Tie<'_>) -> (Vec<Row>, bool) {
    let rev = |row: Row| Reverse(segments[row.segment as usize].rev(row.row));
    group.sort_by(|&a, &b| rev(a).cmp(&rev(b)).then_with(|| tie.smaller_line(a, b)));
    let differs = |pair: &[Row]| rev(pair[0]) == rev(pair[1]) && !tie.says_the_same(pair[0], pair[1]);
    let conflict = group.windows(2).any(differs);
    (group, conflict)
}
