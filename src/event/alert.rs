//! `alert`: an alert was raised, closed or acknowledged. What an alarm remembers of itself.

use super::{Field, Testimony};

pub const ALERT: Testimony = Testimony {
    name: "alert",
    aliases: &[],
    testifies: "an alert was opened, closed or acknowledged",
    own: &[Field::FindingId, Field::State, Field::Severity, Field::Metric, Field::Observed],
    any_of: &[Field::FindingId],
};
