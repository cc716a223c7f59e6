//! `run`: a prompt was used, start to finish, in one line. What the wrappers write.

use super::{Field, Testimony};

pub const RUN: Testimony = Testimony {
    name: "run",
    // The `prompt_usage` tables of other systems keep use and outcome in one row, as a run does.
    aliases: &["prompt_usage"],
    testifies: "a prompt was used, start to finish, in one line",
    own: &[
        Field::InputTokens,
        Field::Parameters,
        Field::Success,
        Field::ErrorType,
        Field::ExitCode,
        Field::FinishReason,
        Field::DurationMs,
        Field::TimeToFirstTokenMs,
        Field::OutputTokens,
        Field::CachedInputTokens,
        Field::CacheWriteTokens,
        Field::CacheWrite1hTokens,
        Field::ReasoningTokens,
        Field::ServiceTier,
        Field::CostUsd,
        Field::Rating,
        Field::Metrics,
    ],
    any_of: &[],
};
