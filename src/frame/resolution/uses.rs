//! Uses: the events of one `run_id` together, and what was said about them. Decided run by run, for the rows of one segment
//! at a time; a run that several segments know of is decided alike for each.

use super::{Heir, Log, Merged, Resolved, Row, Takes};
use crate::event::{Field, Kind};
use crate::frame::row::{self, Outcome};
use crate::frame::segment::Own;
use crate::frame::{Code, MISSING, NO_NUMBER};
use std::cmp::{Ordering, Reverse};

/// What other lines make of the rows of one segment, but for descriptions.
pub(super) fn resolve(log: &Log<'_>, at: usize) -> Resolved {
    let segment = u32::try_from(at).expect("segments are numbered in 32 bits");
    let mut resolved = Resolved::default();
    for row in log.copies.dead(at) {
        resolved.marks.set(*row, 0);
    }
    let mut deciding = Deciding { log, segment, resolved, live: Vec::new(), parts: Vec::new(), first_mark: 0 };
    let mut shared = log.shared.of_segment(at).peekable();
    for (hash, rows) in log.segments[at].runs().groups() {
        if let Some((_, rows)) = shared.next_if(|(shared, _)| *shared == hash) {
            deciding.decide(rows.iter().map(|(_, row)| *row));
        } else if rows.len() > 1 {
            deciding.decide(rows.iter().map(|row| Row { segment, row }));
        }
    }
    deciding.resolved.sort();
    deciding.resolved
}

impl Log<'_> {
    fn kind(&self, row: Row) -> Kind {
        self.segment(row).kind(row.row)
    }

    fn time(&self, row: Row) -> i64 {
        self.segment(row).time(row.row)
    }

    fn own_number(&self, row: Row, field: Field) -> Option<i64> {
        Some(self.segment(row).number(field, row.row)).filter(|number| *number != NO_NUMBER)
    }

    fn own_code(&self, row: Row, field: Field) -> Code {
        self.segment(row).code(field, row.row)
    }

    fn own_marks(&self, row: Row) -> row::Marks {
        self.segment(row).own(Own::Marks).code(row.row as usize)
    }

    fn outcome(&self, parts: &[Row]) -> Outcome {
        let success = self.number(parts, Field::Success).map(|success| success == 1);
        let exit_code = self.number(parts, Field::ExitCode);
        let finish = self.code(parts, Field::FinishReason);
        let finished_by_error = finish != MISSING && finish == self.finished_by_error;
        Outcome::of_use(success, exit_code, self.code(parts, Field::ErrorType) != MISSING, finished_by_error)
    }
}

/// The latest rating that a person gave a use.
struct Rated {
    user: Code,
    event: Row,
}

/// Decides runs, and keeps what concerns the rows of one segment.
struct Deciding<'a> {
    log: &'a Log<'a>,
    segment: u32,
    resolved: Resolved,
    /// The events of the run at hand that count, and those of them that are parts of the use; kept for their room.
    live: Vec<Row>,
    parts: Vec<Row>,
    /// Where the marks of the run at hand begin.
    first_mark: usize,
}

impl Deciding<'_> {
    fn decide(&mut self, events: impl Iterator<Item = Row>) {
        let log = self.log;
        self.first_mark = self.resolved.marks.0.len();
        let (mut live, mut parts) = (std::mem::take(&mut self.live), std::mem::take(&mut self.parts));
        live.clear();
        parts.clear();
        live.extend(events.filter(|event| log.copies.is_live(*event)));
        parts.extend(live.iter().copied().filter(|event| log.kind(*event).is_part_of_a_use()));
        if live.len() > 1 && !parts.is_empty() {
            let order = |event: Row| (log.kind(event), Reverse(log.time(event)));
            parts.sort_by(|&a, &b| order(a).cmp(&order(b)).then_with(|| log.tie.smaller_line(a, b)));
            self.assemble(&parts, &live);
        }
        (self.live, self.parts) = (live, parts);
    }

    /// Makes one use, or one orphan outcome, of its parts, and its heirs of the other events.
    fn assemble(&mut self, parts: &[Row], live: &[Row]) {
        let log = self.log;
        let begins = |part: &Row| log.kind(*part) != Kind::Performance;
        let is_use = parts.iter().any(begins);
        let anchors = parts.iter().copied().filter(|part| !is_use || begins(part));
        let anchor = anchors.min_by_key(|part| log.time(*part)).expect("a use has parts");
        let outcome = log.outcome(parts);
        if parts.len() > 1 {
            for part in parts.iter().copied().filter(|part| *part != anchor) {
                self.mark(part, log.own_marks(part) & row::RATING);
            }
            if anchor.segment == self.segment {
                let start = u32::try_from(self.resolved.parts.len()).expect("parts are numbered in 32 bits");
                let len = u32::try_from(parts.len()).expect("parts are numbered in 32 bits");
                self.resolved.parts.extend_from_slice(parts);
                self.resolved.merged.push(Merged { row: anchor.row, start, len });
                self.outcome(anchor, outcome);
            }
        }
        if is_use {
            self.inherit(parts, live, anchor, outcome);
            self.rate(parts, live);
        }
    }

    fn mark(&mut self, event: Row, marks: row::Marks) {
        if event.segment == self.segment && self.log.own_marks(event) != marks {
            self.resolved.marks.set(event.row, marks.into());
        }
    }

    fn outcome(&mut self, event: Row, outcome: Outcome) {
        let own = self.log.segment(event).own(Own::Outcome).code(event.row as usize);
        if event.segment == self.segment && own != outcome.code() {
            self.resolved.outcomes.set(event.row, outcome.code().into());
        }
    }

    /// What the other events take from their use.
    fn inherit(&mut self, parts: &[Row], live: &[Row], anchor: Row, outcome: Outcome) {
        let log = self.log;
        let segment = self.segment;
        for event in live.iter().copied().filter(|event| *event != anchor && event.segment == segment) {
            let kind = log.kind(event);
            let is_part = kind.is_part_of_a_use();
            let own = Outcome::from_code(log.segment(event).own(Own::Outcome).code(event.row as usize));
            let success = if is_part { outcome.success } else { own.success.or(outcome.success) };
            self.outcome(event, Outcome { success, is_error: outcome.is_error, is_inferred: false });
            let takes = if is_part { Takes::All } else { Takes::Missing };
            // A part that says nothing of its own is no row.
            if !is_part || log.own_marks(event) & row::RATING != 0 {
                self.resolved.heirs.push(Heir { row: event.row, takes, of: anchor });
            }
            let (told_by, extra) = match kind {
                Kind::Template => (Field::TemplateId, row::TEMPLATE),
                Kind::Starter => (Field::StarterId, row::STARTER),
                _ => continue,
            };
            let (own, theirs) = (log.own_code(event, told_by), log.code(parts, told_by));
            if theirs != MISSING && (own == MISSING || own == theirs) {
                self.mark(event, log.own_marks(event) & !extra);
            }
        }
    }

    /// Of what one person said of the use the latest rating counts; the latest of all is the use's.
    fn rate(&mut self, parts: &[Row], live: &[Row]) {
        let log = self.log;
        let mut latest: Vec<Rated> = Vec::new();
        for event in live.iter().copied().filter(|event| log.own_number(*event, Field::Rating).is_some()) {
            let user = match log.own_code(event, Field::UserId) {
                // What a part of the use says is said of the use, and by its user.
                user if user != MISSING && !log.kind(event).is_part_of_a_use() => user,
                _ => log.code(parts, Field::UserId),
            };
            match latest.iter_mut().find(|rated| rated.user == user) {
                Some(rated) if later(log, event, rated.event) == Ordering::Less => rated.event = event,
                Some(_) => {}
                None => latest.push(Rated { user, event }),
            }
        }
        let last = latest.iter().map(|rated| rated.event).min_by(|a, b| later(log, *a, *b));
        let Some(rating) = last.and_then(|event| log.own_number(event, Field::Rating)) else { return };
        let segment = self.segment;
        for event in live.iter().copied().filter(|event| event.segment == segment) {
            if log.own_number(event, Field::Rating) != Some(rating) {
                self.resolved.use_ratings.set(event.row, rating);
            }
            let is_rated = log.own_number(event, Field::Rating).is_some();
            if is_rated && !latest.iter().any(|rated| rated.event == event) {
                // A rating that was replaced still leaves what was said with it.
                let has_remark = log.own_code(event, Field::FeedbackText) != MISSING;
                let remark = if log.kind(event) == Kind::Feedback && has_remark { row::REMARK } else { 0 };
                self.replace_rating(event, remark);
            }
        }
    }

    fn replace_rating(&mut self, event: Row, remark: row::Marks) {
        match self.resolved.marks.0[self.first_mark..].iter_mut().find(|(row, _)| *row == event.row) {
            Some((_, marks)) => *marks = *marks & !i64::from(row::RATING) | i64::from(remark),
            None => self.mark(event, self.log.own_marks(event) & !row::RATING | remark),
        }
    }
}

/// The later of two judgements comes first; of one instant a person's own event, then the smallest line.
fn later(log: &Log<'_>, a: Row, b: Row) -> Ordering {
    let order = |event: Row| (Reverse(log.time(event)), log.kind(event) != Kind::Feedback);
    order(a).cmp(&order(b)).then_with(|| log.tie.smaller_line(a, b))
}
