//! `usage`: a prompt was used. Written before the answer is known, so that even a killed run leaves a trace.

use super::{Field, Testimony};

pub const USAGE: Testimony = Testimony {
    name: "usage",
    aliases: &[],
    testifies: "a prompt was used",
    own: &[Field::InputTokens, Field::Parameters],
    any_of: &[],
};
