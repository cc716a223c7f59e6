//! What a comparison comes to in sentences: how many were made, and what could have been missed.

use super::groups::Groups;
use super::judged::Judged;
use crate::coverage::{count, thousands};
use crate::sheet::{Cell, Unit};
use crate::stat::{self, Share};

/// Metrics that are told what could have been missed of; more would not be read.
const TOLD: usize = 3;

/// The notes under the table.
pub fn notes(groups: &Groups, judged: &[Judged]) -> Vec<String> {
    let compared: Vec<&Judged> = judged.iter().filter(|judged| judged.compared.is_some()).collect();
    if judged.is_empty() {
        return groups.without_pairs().map(str::to_owned).into_iter().collect();
    }
    if compared.is_empty() {
        return vec!["There are too few observations on one side or the other to compare anything.".to_owned()];
    }
    let seen = compared.iter().filter(|judged| judged.is_seen()).count() as u64;
    let made = compared.len() as u64;
    let corrected = if made > 1 { ", corrected for their number" } else { "" };
    let mut notes = vec![format!(
        "{} made{corrected}: {}.",
        if made == 1 { "1 comparison was".to_owned() } else { format!("{made} comparisons were") },
        match seen {
            0 => "no difference could be seen".to_owned(),
            seen => format!("{} more than chance", if seen == 1 { "1 is".to_owned() } else { format!("{seen} are") }),
        }
    )];
    notes.extend(compared.iter().filter(|judged| !judged.is_seen()).filter_map(|judged| missed(judged)).take(TOLD));
    notes
}

/// How large a difference of shares could have been missed, and what it would take to see the one that was observed.
fn missed(judged: &Judged) -> Option<String> {
    let [Cell::Share { k, n: first, .. }, Cell::Share { k: other, n: second, .. }] = judged.cells else { return None };
    debug_assert_eq!(judged.metric.unit, Unit::Ratio);
    let pooled = Share { k: k + other, n: first + second }.value()?;
    // Above or below, whichever there is room for; of two sizes the smaller decides.
    let from = pooled.min(1.0 - pooled);
    let smallest = stat::share_seen_above(from, first.min(second), judged.comparisons)? - from;
    let of = judged.keys.iter().flatten().cloned().collect::<Vec<_>>().join(", ");
    let of = if of.is_empty() { String::new() } else { format!(" of {of}") };
    let needed = judged.needed.map_or_else(String::new, |needed| {
        format!("; to see the one observed you would need {} on each side", count_of(needed))
    });
    Some(format!(
        "{}{of}: no difference could be seen with n = {} and {}; one of {:.1} points would show in 4 of 5 cases{needed}.",
        judged.metric.label,
        thousands(first.into()),
        thousands(second.into()),
        smallest * 100.0,
    ))
}

fn count_of(needed: u64) -> String {
    if needed > 1_000_000 { "more than a million".to_owned() } else { count(needed, "observation") }
}
