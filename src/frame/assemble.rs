//! Assembling: one column of a frame, gathered from the events its rows are made of and from the uses they belong to.

use super::resolution::Resolution;
use super::schema::{Number, ROLE, Role, Truth};
use super::segment::NO_NUMBER;
use super::{Code, Frame, MISSING};
use crate::event::Field;
use polars::prelude::*;

pub(super) fn roles(resolution: &Resolution) -> Column {
    let roles: Vec<u8> = resolution.roles().iter().map(|role| *role as u8).collect();
    Column::new(ROLE.into(), roles)
}

pub(super) fn text(frame: &Frame, field: Field) -> Column {
    Column::new(field.name().into(), codes(frame, field))
}

/// A text column: a row's own, else its use's, else (what describes a prompt) that of the prompt's latest use.
fn codes(frame: &Frame, field: Field) -> Vec<Code> {
    let Frame { rows, resolution, .. } = frame;
    let height = resolution.height();
    if rows.is_absent(field) {
        return vec![MISSING; height];
    }
    let mut codes = vec![MISSING; height];
    for (row, code) in codes.iter_mut().enumerate() {
        if field.is_subject() || resolution.roles()[row].owns(field) {
            let parts = resolution.parts(row).iter().map(|event| rows.code(field, *event as usize));
            *code = parts.into_iter().find(|code| *code != MISSING).unwrap_or(MISSING);
        }
    }
    // Uses inherit nothing, so what is taken from them here is final.
    if field.is_subject() || field == Field::ErrorType {
        for row in (0..height).filter(|row| resolution.roles()[*row] != Role::Use) {
            if codes[row] == MISSING {
                let describes = resolution.described_by(row).filter(|_| Field::DESCRIPTION.contains(&field));
                codes[row] = resolution.parent(row).or(describes).map_or(MISSING, |use_row| codes[use_row]);
            }
        }
    }
    codes
}

/// The first number that the events of a row have for `field`, if its role has it at all.
fn own_number(frame: &Frame, field: Field, row: usize) -> Option<i64> {
    if !frame.resolution.roles()[row].owns(field) {
        return None;
    }
    let parts = frame.resolution.parts(row).iter().map(|event| frame.rows.number(field, *event as usize));
    parts.into_iter().find(|number| *number != NO_NUMBER)
}

pub(super) fn number(frame: &Frame, number: Number) -> Column {
    let rows = 0..frame.height();
    let column: Int64Chunked = match (number, number.field()) {
        (Number::Time, _) => frame.times().iter().map(|time| Some(*time)).collect(),
        (Number::TotalTokens, _) => rows.map(|row| total_tokens(frame, row)).collect(),
        (Number::UseRating, _) => rows.map(|row| use_rating(frame, row)).collect(),
        (_, Some(field)) if !frame.rows.is_absent(field) => rows.map(|row| own_number(frame, field, row)).collect(),
        _ => Int64Chunked::full_null(PlSmallStr::EMPTY, frame.height()),
    };
    column.with_name(number.name().into()).into_column()
}

fn total_tokens(frame: &Frame, row: usize) -> Option<i64> {
    match (own_number(frame, Field::InputTokens, row), own_number(frame, Field::OutputTokens, row)) {
        (None, None) => own_number(frame, Field::TokensUsed, row),
        (input, output) => Some(input.unwrap_or(0) + output.unwrap_or(0)),
    }
}

/// The latest rating of the use a row is or belongs to; a rating without a use speaks for itself.
fn use_rating(frame: &Frame, row: usize) -> Option<i64> {
    let resolution = &frame.resolution;
    match (resolution.parent(row), resolution.roles()[row]) {
        (None, Role::Rating) => own_number(frame, Field::Rating, row),
        (parent, _) => resolution.rated_by(parent.unwrap_or(row)).map(|event| frame.rows.number(Field::Rating, event)),
    }
}

pub(super) fn truth(frame: &Frame, truth: Truth) -> Column {
    let Frame { outcomes, resolution, .. } = frame;
    let of_use = |row: usize| outcomes[resolution.parent(row).unwrap_or(row)];
    let column: BooleanChunked = match truth {
        Truth::Success => (0..frame.height()).map(|row| outcomes[row].success.or(of_use(row).success)).collect(),
        Truth::Error => (0..frame.height()).map(|row| Some(of_use(row).is_error)).collect(),
    };
    column.with_name(truth.name().into()).into_column()
}

/// How a row ended.
#[derive(Clone, Copy, Default)]
pub(super) struct Outcome {
    success: Option<bool>,
    is_error: bool,
    pub is_inferred: bool,
}

/// An error broke, a failure did not help. Without a word on success an error implies failure and a clean exit success.
fn outcome(frame: &Frame, row: usize) -> Outcome {
    let success = own_number(frame, Field::Success, row).map(|success| success == 1);
    if !matches!(frame.resolution.roles()[row], Role::Use | Role::Orphan) {
        return Outcome { success, ..Outcome::default() };
    }
    let code = |field: Field| {
        let parts = frame.resolution.parts(row).iter().map(|event| frame.rows.code(field, *event as usize));
        parts.into_iter().find(|code| *code != MISSING)
    };
    let exit_code = own_number(frame, Field::ExitCode, row);
    let finish = code(Field::FinishReason).and_then(|code| frame.rows.names(Field::FinishReason).name(code));
    let is_error =
        code(Field::ErrorType).is_some() || exit_code.is_some_and(|exit| exit != 0) || finish == Some("error");
    let inferred = if is_error { Some(false) } else { exit_code.map(|_| true) };
    Outcome { success: success.or(inferred), is_error, is_inferred: success.is_none() && inferred.is_some() }
}

pub(super) fn outcomes(frame: &Frame) -> Vec<Outcome> {
    (0..frame.height()).map(|row| outcome(frame, row)).collect()
}
