//! Assembling: the columns of a frame, block by block: what the rows say themselves, what the events of a use say
//! together, and what is inherited.

use super::resolution::{Heir, Resolved, Row, Takes};
use super::row;
use super::schema::Number;
use super::segment::{Own, Segment};
use super::{Code, MISSING, NO_NUMBER};
use crate::event::{Field, Kind};
use std::ops::Range;

/// Segments and what other lines make of them.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub segments: &'a [Segment],
    pub resolved: &'a [Resolved],
}

impl View<'_> {
    /// The code of a use, or of any row by itself: the first that its events have.
    pub fn use_code(&self, row: Row, field: Field) -> Code {
        match self.resolved[row.segment as usize].parts(row.row) {
            None => self.segments[row.segment as usize].code(field, row.row),
            Some(parts) => self.parts_code(parts, field),
        }
    }

    /// The first code that the events of a use have.
    pub fn parts_code(&self, parts: &[Row], field: Field) -> Code {
        let own = |part: &Row| self.segments[part.segment as usize].code(field, part.row);
        parts.iter().map(own).find(|code| *code != MISSING).unwrap_or(MISSING)
    }

    /// A text column as codes: a row's own, else its use's, else (what describes a prompt) that of the prompt's latest use.
    pub fn codes(&self, at: usize, field: Field, rows: &Range<usize>, into: &mut Vec<Code>) {
        let (segment, resolved) = (&self.segments[at], &self.resolved[at]);
        segment.field(field).read_codes(rows.clone(), into);
        for (row, parts) in resolved.merged(rows) {
            into[row as usize - rows.start] = self.parts_code(parts, field);
        }
        if field.is_subject() || field == Field::ErrorType {
            for heir in resolved.heirs(rows) {
                self.inherit(field, heir, &mut into[heir.row as usize - rows.start]);
            }
        }
    }

    fn inherit(&self, field: Field, heir: &Heir, code: &mut Code) {
        match heir.takes {
            Takes::All => *code = self.use_code(heir.of, field),
            Takes::Missing if *code == MISSING => *code = self.use_code(heir.of, field),
            Takes::Description if *code == MISSING && Field::DESCRIPTION.contains(&field) => {
                *code = self.use_code(heir.of, field);
            }
            Takes::Missing | Takes::Description => {}
        }
    }

    /// A column of integers, [`NO_NUMBER`] where there is nothing.
    pub fn numbers(&self, at: usize, number: Number, rows: &Range<usize>, into: &mut Vec<i64>) {
        match number {
            Number::Time => self.segments[at].own(Own::Time).read_numbers(rows.clone(), into),
            Number::TotalTokens => self.total_tokens(at, rows, into),
            Number::UseRating => {
                self.segments[at].field(Field::Rating).read_numbers(rows.clone(), into);
                self.resolved[at].use_ratings.put(rows, into);
            }
            Number::Rating => {
                self.segments[at].field(Field::Rating).read_numbers(rows.clone(), into);
                // What was said with a rating that was replaced is no rating.
                for (row, marks) in self.resolved[at].marks.within(rows).iter().copied() {
                    if marks & i64::from(row::RATING) == 0 {
                        into[row as usize - rows.start] = NO_NUMBER;
                    }
                }
            }
            number => {
                if let Some(field) = number.field() {
                    self.field_numbers(at, field, rows, into);
                }
            }
        }
    }

    /// The number of a use: the first that its events have.
    pub fn use_number(&self, row: Row, field: Field) -> i64 {
        let own = |row: &Row| self.segments[row.segment as usize].number(field, row.row);
        match self.resolved[row.segment as usize].parts(row.row) {
            None => own(&row),
            Some(parts) => parts.iter().map(own).find(|number| *number != NO_NUMBER).unwrap_or(NO_NUMBER),
        }
    }

    pub fn field_numbers(&self, at: usize, field: Field, rows: &Range<usize>, into: &mut Vec<i64>) {
        self.segments[at].field(field).read_numbers(rows.clone(), into);
        // What was judged of a use is a row of its own even where the same event tells of both.
        if Kind::Feedback.testimony().own.contains(&field) || Kind::Quality.testimony().own.contains(&field) {
            return;
        }
        for (row, parts) in self.resolved[at].merged(rows) {
            let own = |part: &Row| self.segments[part.segment as usize].number(field, part.row);
            into[row as usize - rows.start] =
                parts.iter().map(own).find(|number| *number != NO_NUMBER).unwrap_or(NO_NUMBER);
        }
    }

    /// Input and output tokens together; where neither is known, the total that was recorded.
    fn total_tokens(&self, at: usize, rows: &Range<usize>, into: &mut Vec<i64>) {
        let (mut output, mut total) = (Vec::new(), Vec::new());
        self.field_numbers(at, Field::InputTokens, rows, into);
        self.field_numbers(at, Field::OutputTokens, rows, &mut output);
        self.field_numbers(at, Field::TokensUsed, rows, &mut total);
        for ((input, output), total) in into.iter_mut().zip(output).zip(total) {
            *input = match (*input, output) {
                (NO_NUMBER, NO_NUMBER) => total,
                (NO_NUMBER, output) => output,
                (input, NO_NUMBER) => input,
                (input, output) => input + output,
            };
        }
    }
}
