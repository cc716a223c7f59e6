//! Assembling: the columns of a frame, block by block: what the rows say themselves, what the events of a use say
//! together, and what is inherited.

use super::laid::{Laid, Over};
use super::resolution::{Heir, Resolved, Row, Takes};
use super::row;
use super::schema::Number;
use super::segment::{Own, Segment};
use super::{Code, MISSING, NO_NUMBER};
use crate::event::{Field, Kind};
use std::ops::Range;
use std::slice;

/// Segments and what other lines make of them.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub segments: &'a [Segment],
    pub resolved: &'a [Resolved],
    pub laid: &'a Laid,
}

impl View<'_> {
    /// The code of a use, or of any row by itself.
    pub fn use_code(&self, row: Row, field: Field) -> Code {
        let parts = self.resolved[row.segment as usize].parts(row.row);
        self.parts_code(parts.unwrap_or(slice::from_ref(&row)), field)
    }

    /// The first code that the events of a use have.
    pub fn parts_code(&self, parts: &[Row], field: Field) -> Code {
        let own = |part: &Row| self.segments[part.segment as usize].code(field, part.row);
        parts.iter().map(own).find(|code| *code != MISSING).unwrap_or(MISSING)
    }

    /// The first number that the events of a use have.
    pub fn parts_number(&self, parts: &[Row], field: Field) -> i64 {
        let own = |part: &Row| self.segments[part.segment as usize].number(field, part.row);
        parts.iter().map(own).find(|number| *number != NO_NUMBER).unwrap_or(NO_NUMBER)
    }

    /// A text column as codes: a row's own, else its use's, else (what describes a prompt) that of the prompt's latest use.
    pub fn codes(&self, at: usize, field: Field, rows: &Range<usize>, into: &mut Vec<Code>) {
        self.segments[at].field(field).read_codes(rows.clone(), into);
        let resolved = &self.resolved[at];
        self.laid.over_codes(field, (at, rows), into, |codes| {
            for (row, parts) in resolved.merged(rows) {
                codes[row as usize - rows.start] = self.parts_code(parts, field);
            }
            if field.is_subject() || field == Field::ErrorType {
                let heirs = resolved.heirs(rows);
                let places = self.laid.places((at, rows), || self.places(heirs));
                for (heir, place) in heirs.iter().zip(places.iter()) {
                    self.inherit(field, heir, *place, &mut codes[heir.row as usize - rows.start]);
                }
            }
        });
    }

    /// Where the uses that heirs take from stand among those made of several events.
    fn places(&self, heirs: &[Heir]) -> Vec<Option<u32>> {
        heirs.iter().map(|heir| self.resolved[heir.of.segment as usize].place(heir.of.row)).collect()
    }

    fn inherit(&self, field: Field, heir: &Heir, place: Option<u32>, code: &mut Code) {
        let takes = match heir.takes {
            Takes::All => true,
            Takes::Missing => *code == MISSING,
            Takes::Description => *code == MISSING && Field::DESCRIPTION.contains(&field),
        };
        if takes {
            let resolved = &self.resolved[heir.of.segment as usize];
            let parts = place.map(|place| resolved.parts_at(place));
            *code = self.parts_code(parts.unwrap_or(slice::from_ref(&heir.of)), field);
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

    /// A column of a field's integers: a row's own, or its use's.
    pub fn field_numbers(&self, at: usize, field: Field, rows: &Range<usize>, into: &mut Vec<i64>) {
        self.segments[at].field(field).read_numbers(rows.clone(), into);
        // What was judged of a use is a row of its own even where the same event tells of both.
        if Kind::Feedback.testimony().own.contains(&field) || Kind::Quality.testimony().own.contains(&field) {
            return;
        }
        self.laid.over_numbers(Over::Field(field), (at, rows), into, |numbers| {
            for (row, parts) in self.resolved[at].merged(rows) {
                numbers[row as usize - rows.start] = self.parts_number(parts, field);
            }
        });
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
