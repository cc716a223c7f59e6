//! Descriptions: what belongs to no use takes what describes its prompt from the prompt's latest use at or before it.

use super::{Heir, Resolved, Row, Takes};
use crate::event::Field;
use crate::frame::assemble::View;
use crate::frame::dealt;
use crate::frame::laid::Laid;
use crate::frame::row::{self, Marks};
use crate::frame::segment::{Own, Segment};
use crate::frame::{Code, MISSING, Names};
use crate::threads;
use std::cmp::{Ordering, Reverse};

/// Which fields of [`Field::DESCRIPTION`] a row has.
type Says = [bool; Field::DESCRIPTION.len()];

/// A row that lacks a description.
#[derive(Clone)]
struct Wanting {
    row: Row,
    prompt: Code,
    says: Says,
    ts_ns: i64,
    /// The latest use of the prompt that is known so far.
    latest: Option<Use>,
}

/// A use of a prompt that somebody wants to know of.
#[derive(Clone, Copy)]
struct Use {
    row: Row,
    prompt: Code,
    says: Says,
    ts_ns: i64,
}

/// Finds the uses that rows of the segments that are decided `again` take their description from.
pub(super) fn resolve(segments: &[Segment], resolved: &mut [Resolved], names: &Names, again: &[bool], threads: usize) {
    for (resolved, _) in resolved.iter_mut().zip(again).filter(|(_, again)| **again) {
        resolved.heirs.retain(|heir| heir.takes != Takes::Description);
        (resolved.verdict.wanting, resolved.verdict.inherited_by_prompt) = (0, 0);
    }
    if Field::DESCRIPTION.iter().all(|field| segments.iter().all(|segment| segment.field(*field).is_absent())) {
        // The next lines may describe something: then any row may want it.
        for ((resolved, segment), _) in resolved.iter_mut().zip(segments).zip(again).filter(|(_, again)| **again) {
            resolved.verdict.wanting = segment.height() as u64;
        }
        return;
    }
    let laid = Laid::default();
    let view = View { segments, resolved, laid: &laid };
    let in_segment = |at: usize| if again[at] { wanting_in(&view, at) } else { Vec::new() };
    let mut wanting = threads::map(threads, segments.len(), in_segment).concat();
    find(&view, names, &mut wanting, threads);
    let mut heirs = Vec::with_capacity(wanting.len());
    for Wanting { row, says, latest, .. } in wanting {
        resolved[row.segment as usize].verdict.wanting += 1;
        let fills = |latest: &Use| says.iter().zip(latest.says).any(|(mine, theirs)| !mine && theirs);
        if let Some(latest) = latest.filter(fills) {
            heirs.push(row);
            let heir = Heir { row: row.row, takes: Takes::Description, of: latest.row };
            resolved[row.segment as usize].heirs.push(heir);
        }
    }
    // They come in runs that ascend, which a merging sort makes use of.
    for resolved in resolved.iter_mut() {
        resolved.heirs.sort_by_key(|heir| heir.row);
    }
    for row in heirs {
        let count = events_of(resolved, row);
        resolved[row.segment as usize].verdict.inherited_by_prompt += count;
    }
}

/// The events that an heir is made of. A rating in an outcome of several lines may be an heir beside the outcome: it counts
/// as itself.
fn events_of(resolved: &[Resolved], heir: Row) -> u64 {
    let Some(parts) = resolved[heir.segment as usize].parts(heir.row) else { return 1 };
    let is_heir = |part: &&Row| {
        let heirs = &resolved[part.segment as usize].heirs;
        let held = heirs.binary_search_by_key(&part.row, |heir| heir.row);
        held.is_ok_and(|at| heirs[at].takes == Takes::Description)
    };
    parts.len() as u64 - parts.iter().filter(is_heir).filter(|part| **part != heir).count() as u64
}

/// What is asked of the rows of a segment here, either of its uses or of the others. Several events that are one count as
/// the row that stands for them.
struct Rows {
    marks: Vec<Marks>,
    prompts: Vec<Code>,
    says: Vec<Says>,
    times: Vec<i64>,
}

impl Rows {
    fn of(view: &View<'_>, at: usize, are_uses: bool) -> Rows {
        let (of, resolved) = (&view.segments[at], &view.resolved[at]);
        let all = 0..of.height();
        let (mut marks, mut prompts, mut times) = (Vec::new(), Vec::new(), Vec::new());
        resolved.read_marks(of, &all, &mut marks);
        of.field(Field::PromptId).read_codes(all.clone(), &mut prompts);
        of.own(Own::Time).read_numbers(all.clone(), &mut times);
        let mut says = vec![Says::default(); all.len()];
        let mut codes = Vec::new();
        for (place, field) in Field::DESCRIPTION.into_iter().enumerate() {
            of.field(field).read_codes(all.clone(), &mut codes);
            says.iter_mut().zip(&codes).for_each(|(says, code)| says[place] = *code != MISSING);
        }
        let is_asked = |row: u32| (marks[row as usize] & row::USE != 0) == are_uses;
        for (row, parts) in resolved.merged(&all).filter(|(row, _)| is_asked(*row)) {
            prompts[row as usize] = view.parts_code(parts, Field::PromptId);
            says[row as usize] = Field::DESCRIPTION.map(|field| view.parts_code(parts, field) != MISSING);
        }
        Rows { marks, prompts, says, times }
    }
}

/// The rows of a segment that are no use and belong to none, and do not say all that describes their prompt.
fn wanting_in(view: &View<'_>, at: usize) -> Vec<Wanting> {
    let segment = u32::try_from(at).expect("segments are numbered in 32 bits");
    let Rows { marks, prompts, says, times } = Rows::of(view, at, false);
    let mut heirs = view.resolved[at].heirs(&(0..marks.len())).iter().peekable();
    let mut wanting = Vec::new();
    for ((((row, marks), prompt), says), ts_ns) in (0..).zip(marks).zip(prompts).zip(says).zip(times) {
        while heirs.next_if(|heir| heir.row < row).is_some() {}
        let is_heir = heirs.peek().is_some_and(|heir| heir.row == row);
        if marks != 0 && marks & (row::USE | row::TOLD) == 0 && !is_heir && prompt != MISSING && says.contains(&false) {
            wanting.push(Wanting { row: Row { segment, row }, prompt, says, ts_ns, latest: None });
        }
    }
    wanting
}

/// The uses of a segment of wanted prompts, by time.
fn uses_in(view: &View<'_>, at: usize, is_wanted: &[bool]) -> Vec<Use> {
    let segment = u32::try_from(at).expect("segments are numbered in 32 bits");
    let Rows { marks, prompts, says, times } = Rows::of(view, at, true);
    let rows = (0..).zip(marks).zip(prompts).zip(says).zip(times);
    let uses: Vec<Use> = rows
        .filter(|((((_, marks), prompt), _), _)| marks & row::USE != 0 && is_wanted[*prompt as usize])
        .map(|((((row, _), prompt), says), ts_ns)| Use { row: Row { segment, row }, prompt, says, ts_ns })
        .collect();
    by_time(uses, |of| of.ts_ns)
}

/// Puts things in the order of their times, which are spread more or less evenly, those of one time in the order they had.
fn by_time<T: Copy>(things: Vec<T>, ts_ns: impl Fn(&T) -> i64) -> Vec<T> {
    let times = || things.iter().map(&ts_ns);
    let (Some(oldest), Some(newest)) = (times().min(), times().max()) else { return things };
    if times().is_sorted() {
        return things;
    }
    let bits = things.len().ilog2();
    let shift = (u64::BITS - newest.abs_diff(oldest).leading_zeros()).saturating_sub(bits);
    let hand = |thing: &T| usize::try_from(ts_ns(thing).abs_diff(oldest) >> shift).unwrap_or(0);
    dealt::sorted(&things, 1 << bits, hand, |hand| hand.sort_by_key(&ts_ns))
}

/// Finds the latest use of the prompt at or before each row. The newest segments are looked through first, and a row is
/// done when no other can know of a later use.
fn find(view: &View<'_>, names: &Names, wanting: &mut [Wanting], threads: usize) {
    let mut is_wanted = vec![false; names.count(Field::PromptId)];
    for wanting in wanting.iter() {
        is_wanted[wanting.prompt as usize] = true;
    }
    let mut open = by_time((0..wanting.len()).collect(), |at| wanting[*at].ts_ns);
    let bounds = |at: usize| view.segments[at].bounds().map(|(oldest, newest)| (at, oldest, newest));
    let mut order: Vec<(usize, i64, i64)> = (0..view.segments.len()).filter_map(bounds).collect();
    order.sort_by_key(|(_, _, newest)| Reverse(*newest));
    let mut latest = vec![None; is_wanted.len()];
    // The uses of the next segments, those of the very next last.
    let mut ahead = Vec::new();
    for (place, (_, oldest, _)) in order.iter().enumerate() {
        if ahead.is_empty() {
            let Some(newest) = open.last().map(|at| wanting[*at].ts_ns) else { break };
            let next = &order[place..(place + 2 * threads.max(1)).min(order.len())];
            ahead = threads::map(threads, next.len(), |at| match next[at] {
                (at, oldest, _) if oldest <= newest => uses_in(view, at, &is_wanted),
                _ => Vec::new(),
            });
            ahead.reverse();
        }
        let uses = ahead.pop().unwrap_or_default();
        let later = open.split_off(open.partition_point(|at| wanting[*at].ts_ns < *oldest));
        look(view, names, &uses, wanting, &later, &mut latest);
        let others = order.get(place + 1).map(|(_, _, newest)| *newest);
        let is_open = |at: &usize| wanting[*at].latest.is_none_or(|latest| others >= Some(latest.ts_ns));
        open.extend(later.into_iter().filter(is_open));
    }
}

/// Looks for later uses at or before rows, both in the order of time. `latest` is by prompt, and empty before and after.
fn look(
    view: &View<'_>,
    names: &Names,
    uses: &[Use],
    wanting: &mut [Wanting],
    open: &[usize],
    latest: &mut [Option<Use>],
) {
    let is_later = |a: &Use, b: &Option<Use>| {
        b.is_none_or(|b| match a.ts_ns.cmp(&b.ts_ns) {
            // Uses of one instant are told apart by what they say, so that their order of arrival does not matter.
            Ordering::Equal => says_more(view, names, a.row, b.row),
            order => order == Ordering::Greater,
        })
    };
    let mut coming = uses.iter().peekable();
    for at in open {
        let wanting = &mut wanting[*at];
        while let Some(of) = coming.next_if(|of| of.ts_ns <= wanting.ts_ns) {
            let latest = &mut latest[of.prompt as usize];
            if is_later(of, latest) {
                *latest = Some(*of);
            }
        }
        if let Some(of) = latest[wanting.prompt as usize].filter(|of| is_later(of, &wanting.latest)) {
            wanting.latest = Some(of);
        }
    }
    for of in uses {
        latest[of.prompt as usize] = None;
    }
}

/// Whether the description of `a` comes after that of `b` in the order of names.
fn says_more(view: &View<'_>, names: &Names, a: Row, b: Row) -> bool {
    let codes = |row: Row| Field::DESCRIPTION.map(|field| view.use_code(row, field));
    let (a, b) = (codes(a), codes(b));
    let name = |(at, code): (usize, Code)| names.of(Field::DESCRIPTION[at]).name(code).unwrap_or_default();
    a != b && a.into_iter().enumerate().map(name).gt(b.into_iter().enumerate().map(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn things_are_put_in_the_order_of_their_times_and_those_of_one_time_stay_in_theirs(
            times in prop::collection::vec(prop_oneof![0..20_i64, any::<i64>(), Just(i64::MIN), Just(i64::MAX)], 0..200)
        ) {
            let things: Vec<(i64, usize)> = times.into_iter().zip(0..).collect();
            let mut expected = things.clone();
            expected.sort_by_key(|(ts_ns, _)| *ts_ns);
            prop_assert_eq!(by_time(things, |(ts_ns, _)| *ts_ns), expected);
        }
    }
}
