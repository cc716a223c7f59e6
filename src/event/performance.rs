//! `performance`: how a use ended.

use super::{Field, Testimony};

pub const PERFORMANCE: Testimony =
    Testimony { name: "performance", aliases: &[], testifies: "how a use ended", own: OUTCOME, any_of: OUTCOME };

const OUTCOME: &[Field] = &[
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
];
