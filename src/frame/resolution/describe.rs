//! Descriptions: what belongs to no use takes what describes its prompt from the prompt's latest use at or before it.

use super::{Heir, Resolved, Row, Takes};
use crate::event::Field;
use crate::frame::assemble::View;
use crate::frame::row;
use crate::frame::segment::{Own, Segment};
use crate::frame::{Code, MISSING, Names};
use crate::threads;
use std::cmp::Ordering;

/// A row that lacks a description.
struct Wanting {
    row: Row,
    prompt: Code,
    ts_ns: i64,
    /// The latest use of the prompt that is known so far, and its time.
    latest: Option<(i64, Row)>,
}

/// A use of a prompt that somebody wants to know of.
struct Use {
    prompt: Code,
    ts_ns: i64,
    row: Row,
}

/// Finds the uses that rows take their description from. The newest segments are looked through first, and a row is done
/// when no other can know of a later use.
pub(super) fn resolve(segments: &[Segment], resolved: &mut [Resolved], names: &Names, again: &[bool], threads: usize) {
    for resolved in resolved.iter_mut().zip(again).filter(|(_, again)| **again).map(|(resolved, _)| resolved) {
        resolved.heirs.retain(|heir| heir.takes != Takes::Description);
        (resolved.verdict.wanting, resolved.verdict.inherited_by_prompt) = (0, 0);
    }
    let view = View { segments, resolved };
    let in_segment = |at: usize| if again[at] { wanting_in(&view, at) } else { Vec::new() };
    let wanting = threads::map(threads, segments.len(), in_segment);
    // Who wants is known even where nothing describes anything: a description may come with the next lines.
    let counts: Vec<u64> = wanting.iter().map(|wanting| wanting.len() as u64).collect();
    for (resolved, count) in resolved.iter_mut().zip(counts).filter(|(_, count)| *count > 0) {
        resolved.verdict.wanting = count;
    }
    let mut wanting: Vec<Wanting> = wanting.into_iter().flatten().collect();
    let is_described = |field: &Field| segments.iter().any(|segment| !segment.field(*field).is_absent());
    if wanting.is_empty() || !Field::DESCRIPTION.iter().any(is_described) {
        return;
    }
    let view = View { segments, resolved };
    let mut is_wanted = vec![false; names.count(Field::PromptId)];
    wanting.iter().for_each(|wanting| is_wanted[wanting.prompt as usize] = true);
    let mut order: Vec<usize> = (0..segments.len()).filter(|at| segments[*at].bounds().is_some()).collect();
    let newest = |at: usize| segments[at].bounds().map(|(_, newest)| newest);
    order.sort_by_key(|at| std::cmp::Reverse(newest(*at)));
    let mut open: Vec<usize> = (0..wanting.len()).collect();
    for (place, at) in order.iter().enumerate() {
        let oldest = segments[*at].bounds().map_or(i64::MAX, |(oldest, _)| oldest);
        if open.iter().all(|open| wanting[*open].ts_ns < oldest) {
            continue;
        }
        let uses = uses_in(&view, *at, &is_wanted);
        for open in &open {
            look(&view, names, &uses, &mut wanting[*open]);
        }
        let others = order.get(place + 1).and_then(|next| newest(*next));
        let is_open = |at: &usize| wanting[*at].latest.is_none_or(|(ts_ns, _)| others >= Some(ts_ns));
        open.retain(is_open);
    }
    let heirs: Vec<(usize, Heir)> = wanting.iter().filter_map(|wanting| heir(&view, wanting)).collect();
    let described = heirs.clone();
    for (segment, heir) in heirs {
        resolved[segment].heirs.push(heir);
    }
    resolved.iter_mut().for_each(|resolved| resolved.heirs.sort_unstable_by_key(|heir| heir.row));
    for (segment, heir) in described {
        let count = events_of(resolved, segment, &heir);
        resolved[segment].verdict.inherited_by_prompt += count;
    }
}

/// The events that an heir is made of. A rating in an outcome of several lines may be an heir beside the outcome: it counts
/// as itself.
fn events_of(resolved: &[Resolved], segment: usize, heir: &Heir) -> u64 {
    let Some(parts) = resolved[segment].parts(heir.row) else { return 1 };
    let is_heir = |part: &&Row| {
        let heirs = &resolved[part.segment as usize].heirs;
        let held = heirs.binary_search_by_key(&part.row, |heir| heir.row);
        held.is_ok_and(|at| heirs[at].takes == Takes::Description)
    };
    let others = parts.iter().filter(is_heir).filter(|part| (part.segment as usize, part.row) != (segment, heir.row));
    parts.len() as u64 - others.count() as u64
}

/// The rows of a segment that are no use and belong to none, and do not say all that describes their prompt.
fn wanting_in(view: &View<'_>, at: usize) -> Vec<Wanting> {
    let segment = u32::try_from(at).expect("segments are numbered in 32 bits");
    let rows = 0..view.segments[at].height();
    let (mut marks, mut prompts) = (Vec::new(), Vec::new());
    view.resolved[at].read_marks(&view.segments[at], &rows, &mut marks);
    view.segments[at].field(Field::PromptId).read_codes(rows.clone(), &mut prompts);
    let heirs = view.resolved[at].heirs(&rows);
    let mut wanting = Vec::new();
    for row in (0_u32..).take(rows.end).filter(|row| marks[*row as usize] != 0 && marks[*row as usize] & row::USE == 0)
    {
        if heirs.binary_search_by_key(&row, |heir| heir.row).is_ok() {
            continue;
        }
        let is_merged = view.resolved[at].parts(row).is_some();
        let row = Row { segment, row };
        let prompt = if is_merged { view.use_code(row, Field::PromptId) } else { prompts[row.row as usize] };
        let lacks = |field: &Field| view.use_code(row, *field) == MISSING;
        if prompt != MISSING && Field::DESCRIPTION.iter().any(lacks) {
            let ts_ns = view.segments[at].own(Own::Time).number(row.row as usize);
            wanting.push(Wanting { row, prompt, ts_ns, latest: None });
        }
    }
    wanting
}

/// The uses of a segment of wanted prompts, by prompt and time.
fn uses_in(view: &View<'_>, at: usize, is_wanted: &[bool]) -> Vec<Use> {
    let segment = u32::try_from(at).expect("segments are numbered in 32 bits");
    let rows = 0..view.segments[at].height();
    let (mut marks, mut prompts, mut times) = (Vec::new(), Vec::new(), Vec::new());
    view.resolved[at].read_marks(&view.segments[at], &rows, &mut marks);
    view.segments[at].field(Field::PromptId).read_codes(rows.clone(), &mut prompts);
    view.segments[at].own(Own::Time).read_numbers(rows.clone(), &mut times);
    for (row, _) in view.resolved[at].merged(&rows) {
        prompts[row as usize] = view.use_code(Row { segment, row }, Field::PromptId);
    }
    let is_use = |row: &u32| marks[*row as usize] & row::USE != 0 && is_wanted[prompts[*row as usize] as usize];
    let mut uses: Vec<Use> = (0_u32..)
        .take(rows.end)
        .filter(is_use)
        .map(|row| Use { prompt: prompts[row as usize], ts_ns: times[row as usize], row: Row { segment, row } })
        .collect();
    // Lines come nearly in the order of their times, which a merging sort makes use of.
    uses.sort_by_key(|of| (of.prompt, of.ts_ns));
    uses
}

/// Looks for a later use at or before a row. Uses of one instant are told apart by what they say, so that their order of
/// arrival does not matter.
fn look(view: &View<'_>, names: &Names, uses: &[Use], wanting: &mut Wanting) {
    let until = uses.partition_point(|of| (of.prompt, of.ts_ns) <= (wanting.prompt, wanting.ts_ns));
    let Some(last) = uses[..until].last().filter(|last| last.prompt == wanting.prompt) else { return };
    let same = uses[..until].iter().rev().take_while(|of| (of.prompt, of.ts_ns) == (last.prompt, last.ts_ns));
    for candidate in same {
        let is_later = wanting.latest.is_none_or(|(ts_ns, row)| match candidate.ts_ns.cmp(&ts_ns) {
            Ordering::Equal => says_more(view, names, candidate.row, row),
            order => order == Ordering::Greater,
        });
        if is_later {
            wanting.latest = Some((candidate.ts_ns, candidate.row));
        }
    }
}

/// Whether the description of `a` comes after that of `b` in the order of names.
fn says_more(view: &View<'_>, names: &Names, a: Row, b: Row) -> bool {
    let codes = |row: Row| Field::DESCRIPTION.map(|field| view.use_code(row, field));
    let (a, b) = (codes(a), codes(b));
    let name = |(at, code): (usize, Code)| names.of(Field::DESCRIPTION[at]).name(code).unwrap_or_default();
    a != b && a.into_iter().enumerate().map(name).gt(b.into_iter().enumerate().map(name))
}

/// The heir that a row becomes, if its prompt's latest use says anything it lacks.
fn heir(view: &View<'_>, wanting: &Wanting) -> Option<(usize, Heir)> {
    let (_, of) = wanting.latest?;
    let fills = |field: &Field| view.use_code(wanting.row, *field) == MISSING && view.use_code(of, *field) != MISSING;
    let heir = Heir { row: wanting.row.row, takes: Takes::Description, of };
    Field::DESCRIPTION.iter().any(fills).then_some((wanting.row.segment as usize, heir))
}
