//! `quality`: a prompt's text or answer was assessed.

use super::{Field, Testimony};

pub const QUALITY: Testimony = Testimony {
    name: "quality",
    aliases: &["gen_ai.evaluation.result"],
    testifies: "a prompt's text or answer was assessed",
    own: &[
        Field::QualityScore,
        Field::ClarityScore,
        Field::SpecificityScore,
        Field::EfficiencyScore,
        Field::Feedback,
        Field::Evaluator,
    ],
    any_of: &[
        Field::QualityScore,
        Field::ClarityScore,
        Field::SpecificityScore,
        Field::EfficiencyScore,
        Field::Feedback,
    ],
};
