//! `recommendation`: a recommendation was acknowledged, or what it recommends was done.

use super::{Field, Testimony};

pub const RECOMMENDATION: Testimony = Testimony {
    name: "recommendation",
    aliases: &[],
    testifies: "a recommendation was acknowledged, done or taken up again",
    own: &[Field::FindingId, Field::State, Field::Severity, Field::Metric, Field::Observed],
    any_of: &[Field::FindingId],
};
