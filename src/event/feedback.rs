//! `feedback`: a person judged a use.

use super::{Field, Testimony};

pub const FEEDBACK: Testimony = Testimony {
    name: "feedback",
    aliases: &[],
    testifies: "a person judged a use",
    own: &[Field::Rating, Field::FeedbackText],
    any_of: &[Field::Rating, Field::FeedbackText],
};
