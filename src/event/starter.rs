//! `starter`: a conversation starter was used.

use super::{Field, Testimony};

pub const STARTER: Testimony = Testimony {
    name: "starter",
    aliases: &["starter_usage"],
    testifies: "a conversation starter was used",
    own: &[Field::Success],
    any_of: &[Field::StarterId],
};
