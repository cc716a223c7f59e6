//! What a row is by itself, told by its own fields: the marks of the roles it plays, and how it ended.

use crate::event::{Field, Kind};

/// The roles of a row, one bit each: one event may be a use and a rating, or a template's use and its assessment.
pub type Marks = u32;

/// A use of a prompt. Of a use made of several events, the earliest that says it was used.
pub const USE: Marks = 1;
/// An outcome whose use was never recorded.
pub const ORPHAN: Marks = 1 << 1;
/// A rating that counts, with or without a remark.
pub const RATING: Marks = 1 << 2;
/// What a person said without a rating that counts.
pub const REMARK: Marks = 1 << 3;
/// An assessment with at least one score or remark.
pub const ASSESSMENT: Marks = 1 << 4;
/// A use of a template that no use tells of.
pub const TEMPLATE: Marks = 1 << 5;
/// A use of a starter that no use tells of.
pub const STARTER: Marks = 1 << 6;
/// What became of a finding: it says nothing of a prompt.
pub const TOLD: Marks = 1 << 7;

/// A set of fields, one bit each.
pub type Fields = u64;

const _: () = assert!(Field::COUNT <= 64);

/// The bit of a field.
pub const fn bit(field: Field) -> Fields {
    1 << field as u8
}

/// What an event is as long as no other line says more: its `run_id` may make it a part of a use, or a copy count for it.
pub fn marks(kind: Kind, present: Fields) -> Marks {
    let has = |field: Field| present & bit(field) != 0;
    if kind.is_of_a_finding() {
        return TOLD;
    }
    let judges = match kind {
        _ if has(Field::Rating) => RATING,
        Kind::Feedback if has(Field::FeedbackText) => REMARK,
        _ => 0,
    };
    let assesses = || if Kind::Quality.testimony().any_of.iter().any(|field| has(*field)) { ASSESSMENT } else { 0 };
    judges
        | match kind {
            Kind::Run | Kind::Usage => USE,
            Kind::Performance => ORPHAN,
            Kind::Quality => assesses(),
            Kind::Feedback | Kind::Alert | Kind::Recommendation => 0,
            Kind::Template => TEMPLATE | assesses(),
            Kind::Starter => STARTER,
        }
}

/// How a row ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it helped, as far as anybody said or its error or exit status tells.
    pub success: Option<bool>,
    pub is_error: bool,
    /// Whether success was told by the error or the exit status alone.
    pub is_inferred: bool,
}

impl Outcome {
    /// An error broke, a failure did not help. Without a word on success an error implies failure and a clean exit success.
    pub fn of_use(
        success: Option<bool>,
        exit_code: Option<i64>,
        has_error_type: bool,
        finished_by_error: bool,
    ) -> Outcome {
        let is_error = has_error_type || exit_code.is_some_and(|exit| exit != 0) || finished_by_error;
        let inferred = if is_error { Some(false) } else { exit_code.map(|_| true) };
        Outcome { success: success.or(inferred), is_error, is_inferred: success.is_none() && inferred.is_some() }
    }

    /// What is kept of it in a column.
    pub fn code(self) -> u32 {
        let success = self.success.map_or(0, |success| if success { HELPED } else { DID_NOT_HELP });
        let bit = |is_set: bool, bit: u32| if is_set { bit } else { 0 };
        success | bit(self.is_error, BROKE) | bit(self.is_inferred, INFERRED)
    }

    pub fn from_code(code: u32) -> Outcome {
        let success = (code & (HELPED | DID_NOT_HELP) != 0).then_some(code & HELPED != 0);
        Outcome { success, is_error: code & BROKE != 0, is_inferred: code & INFERRED != 0 }
    }
}

/// The bits of an outcome in its column.
pub const HELPED: u32 = 1;
pub const DID_NOT_HELP: u32 = 1 << 1;
pub const BROKE: u32 = 1 << 2;
const INFERRED: u32 = 1 << 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_event_may_play_two_roles() {
        assert_eq!(marks(Kind::Run, bit(Field::Rating)), USE | RATING);
        assert_eq!(marks(Kind::Template, bit(Field::QualityScore)), TEMPLATE | ASSESSMENT);
        assert_eq!(marks(Kind::Feedback, bit(Field::FeedbackText)), REMARK);
        assert_eq!(marks(Kind::Feedback, bit(Field::FeedbackText) | bit(Field::Rating)), RATING);
        assert_eq!(marks(Kind::Quality, bit(Field::PromptId)), 0);
        assert_eq!(marks(Kind::Alert, bit(Field::PromptId)), TOLD);
    }

    #[test]
    fn an_outcome_survives_its_column() {
        for success in [None, Some(true), Some(false)] {
            for (exit, has_type) in [(None, false), (Some(0), false), (Some(1), false), (None, true)] {
                let outcome = Outcome::of_use(success, exit, has_type, false);
                assert_eq!(Outcome::from_code(outcome.code()), outcome);
            }
        }
        assert_eq!(Outcome::of_use(None, Some(0), false, false).success, Some(true));
        assert_eq!(
            Outcome::of_use(Some(true), Some(1), false, false).success,
            Some(true),
            "an error may still have helped"
        );
        assert_eq!(Outcome::of_use(None, None, false, true).success, Some(false));
    }
}
