//! What must be decided again when segments come to others that were resolved before: they themselves, and those that share
//! an identity or a run with them.

use super::{Resolved, Shared};
use crate::frame::key_list::KeyList;
use crate::frame::keys::{self, Hash};
use crate::frame::segment::Segment;
use crate::threads;

/// What is decided again.
pub struct Again {
    /// Whether each segment is.
    pub segments: Vec<bool>,
    /// The hashes of identities and of `run_id`s that one of these segments shares with any other, ascending.
    pub ids: Vec<Hash>,
    pub runs: Vec<Hash>,
}

impl Again {
    pub fn of(segments: &[Segment], previous: &[Option<Resolved>], threads: usize) -> Again {
        let fresh: Vec<&Segment> =
            segments.iter().zip(previous).filter(|(_, known)| known.is_none()).map(|(s, _)| s).collect();
        let mut ids = keys::shared(&fresh.iter().map(|segment| segment.ids()).collect::<Vec<_>>(), threads);
        let mut runs = keys::shared(&fresh.iter().map(|segment| segment.runs()).collect::<Vec<_>>(), threads);
        let found = threads::map(threads, segments.len(), |at| match &previous[at] {
            None => Shared::default(),
            Some(_) => Shared {
                ids: found_in(&segments[at], &fresh, Segment::ids, true),
                runs: found_in(&segments[at], &fresh, Segment::runs, false),
            },
        });
        let mut again: Vec<bool> = previous.iter().map(Option::is_none).collect();
        for (at, found) in found.into_iter().enumerate() {
            if found == Shared::default() {
                continue;
            }
            again[at] = true;
            ids.extend(found.ids);
            runs.extend(found.runs);
            if let Some(known) = &previous[at] {
                ids.extend(&known.shared.ids);
                runs.extend(&known.shared.runs);
            }
        }
        for hashes in [&mut ids, &mut runs] {
            hashes.sort_unstable();
            hashes.dedup();
        }
        Again { segments: again, ids, runs }
    }

    /// What a segment shares with others.
    pub fn shared_by(&self, segment: &Segment) -> Shared {
        let held = |hashes: &[Hash], keys: &KeyList| {
            hashes.iter().copied().filter(|hash| keys.find(*hash).len() > 0).collect::<Vec<_>>()
        };
        Shared { ids: held(&self.ids, segment.ids()), runs: held(&self.runs, segment.runs()) }
    }

    /// The segments whose rows may take their descriptions from what is decided again: these, all that have later rows, and
    /// those with an outcome of several lines of which one is in any of them.
    pub fn described(&self, segments: &[Segment], resolved: &[Resolved]) -> Vec<bool> {
        let oldest = |(segment, _): (&Segment, &bool)| segment.bounds().map(|(oldest, _)| oldest);
        let oldest = segments.iter().zip(&self.segments).filter(|(_, again)| **again).filter_map(oldest).min();
        let is_later = |segment: &Segment| segment.bounds().map(|(_, newest)| newest) >= oldest && oldest.is_some();
        let rows = segments.iter().zip(resolved).zip(&self.segments);
        let may_take =
            rows.map(|((segment, resolved), again)| *again || resolved.verdict.wanting > 0 && is_later(segment));
        let may_take: Vec<bool> = may_take.collect();
        let has_part = |resolved: &Resolved| resolved.parts.iter().any(|part| may_take[part.segment as usize]);
        let with_parts = resolved.iter().zip(&may_take);
        with_parts.map(|(resolved, takes)| *takes || resolved.verdict.wanting > 0 && has_part(resolved)).collect()
    }
}

/// The hashes of fresh segments that a known one has. Identities hold a time, so that those of other times need no look.
fn found_in(known: &Segment, fresh: &[&Segment], keys: fn(&Segment) -> &KeyList, has_time: bool) -> Vec<Hash> {
    let mut found = Vec::new();
    for fresh in fresh {
        let overlap = || known.bounds().zip(fresh.bounds()).is_some_and(|(a, b)| a.0 <= b.1 && b.0 <= a.1);
        if !has_time || overlap() {
            found.extend(keys(fresh).groups().map(|(hash, _)| hash).filter(|hash| keys(known).find(*hash).len() > 0));
        }
    }
    found
}
