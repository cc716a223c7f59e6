//! Ratings: of what one person said of one use, the latest counts.

use super::{NONE, Resolution, Tie, Uses, live};
use crate::event::{Field, Kind};
use crate::frame::segment::{NO_NUMBER, Rows};
use crate::frame::{Code, MISSING, Role};
use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;

/// Adds a row for every rating that counts and every remark, and marks the uses that were judged.
pub fn resolve(resolution: &mut Resolution, rows: &Rows, is_live: &[bool], uses: &Uses, tie: &Tie<'_>) {
    let mut held: HashMap<(u32, Code), u32> = HashMap::new();
    let mut judgements = Vec::new();
    for event in live(rows, is_live) {
        let at = event as usize;
        let is_rating = rows.number(Field::Rating, at) != NO_NUMBER;
        let is_remark = rows.kinds[at] == Kind::Feedback && rows.code(Field::FeedbackText, at) != MISSING;
        if !is_rating && !is_remark {
            continue;
        }
        let of_use = match uses.of(rows, event) {
            NONE => uses
                .of_event
                .get(&event)
                .copied()
                .filter(|row| resolution.roles[*row as usize] == Role::Use)
                .unwrap_or(NONE),
            row => row,
        };
        if is_rating && of_use != NONE {
            let user = match rows.code(Field::UserId, at) {
                MISSING => resolution.code(rows, Field::UserId, of_use as usize),
                user => user,
            };
            let latest = held.entry((of_use, user)).or_insert(event);
            if later(rows, tie, event, *latest) == Ordering::Less {
                *latest = event;
            }
        }
        judgements.push((event, of_use, is_rating, is_remark));
    }
    for (&(of_use, _), &event) in &held {
        let latest = &mut resolution.rated_by[of_use as usize];
        if *latest == NONE || later(rows, tie, event, *latest) == Ordering::Less {
            *latest = event;
        }
    }
    let counts: std::collections::HashSet<u32> = held.into_values().collect();
    for (event, of_use, is_rating, is_remark) in judgements {
        let is_counted = is_rating && (of_use == NONE || counts.contains(&event));
        if is_counted {
            resolution.push(Role::Rating, rows.times[event as usize], &[event], of_use);
        } else if is_remark {
            // A rating that was replaced still leaves what was said with it.
            resolution.push(Role::Remark, rows.times[event as usize], &[event], of_use);
        }
    }
}

/// The later of two judgements comes first; of one instant a person's own event, then the smallest line.
fn later(rows: &Rows, tie: &Tie<'_>, a: u32, b: u32) -> Ordering {
    let order = |event: u32| (Reverse(rows.times[event as usize]), rows.kinds[event as usize] != Kind::Feedback);
    order(a).cmp(&order(b)).then_with(|| tie.smaller_line(a, b))
}
