//! Copies and revisions: of the lines that share an identity one counts.

use super::Tie;
use crate::frame::MISSING;
use crate::frame::segment::Rows;
use std::cmp::Reverse;
use std::collections::HashMap;

/// Which events count.
pub struct Copies {
    /// Not a copy, not replaced by a later revision, not taken back.
    pub is_live: Vec<bool>,
    /// Those that another one with their identity stands for.
    pub copies: Vec<u32>,
    pub conflicts: u64,
}

/// The highest revision of (`id`, `ts`) counts, of equals the smallest line. A line without an id is never a copy.
pub fn resolve(rows: &Rows, tie: &Tie<'_>) -> Copies {
    let mut copies = Copies { is_live: vec![true; rows.len()], copies: Vec::new(), conflicts: 0 };
    let mut first: HashMap<(u32, i64), u32> = HashMap::new();
    let mut groups: HashMap<(u32, i64), Vec<u32>> = HashMap::new();
    for event in 0..rows.len() {
        let identity = (rows.ids.code(event), rows.times[event]);
        if identity.0 == MISSING {
            continue;
        }
        let number = u32::try_from(event).expect("rows are numbered in 32 bits");
        if let Some(held) = first.get(&identity) {
            groups.entry(identity).or_insert_with(|| vec![*held]).push(number);
        } else {
            first.insert(identity, number);
        }
    }
    for mut group in groups.into_values() {
        let rev = |event: u32| Reverse(rows.revs[event as usize]);
        group.sort_by(|&a, &b| rev(a).cmp(&rev(b)).then_with(|| tie.smaller_line(a, b)));
        let differs = |pair: &[u32]| rev(pair[0]) == rev(pair[1]) && !tie.says_the_same(pair[0], pair[1]);
        copies.conflicts += u64::from(group.windows(2).any(differs));
        copies.copies.extend_from_slice(&group[1..]);
    }
    for copy in &copies.copies {
        copies.is_live[*copy as usize] = false;
    }
    for (event, is_live) in copies.is_live.iter_mut().enumerate() {
        *is_live &= !rows.is_retracted[event];
    }
    copies
}
