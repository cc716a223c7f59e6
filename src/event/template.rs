//! `template`: a template was used.

use super::{Field, Testimony};

pub const TEMPLATE: Testimony = Testimony {
    name: "template",
    aliases: &["template_usage"],
    testifies: "a template was used",
    own: &[Field::InputTokens, Field::QualityScore],
    any_of: &[Field::TemplateId],
};
