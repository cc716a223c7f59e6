//! The schema: what the columns of a frame are called and what they hold. Text columns go by their event field.

use crate::event::Field;

/// A column of integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Number {
    /// The row's time.
    Time,
    InputTokens,
    OutputTokens,
    CachedInputTokens,
    CacheWriteTokens,
    ReasoningTokens,
    /// Input and output; where neither is known, the total that was recorded.
    TotalTokens,
    /// Nanoseconds.
    Duration,
    /// Nanoseconds.
    TimeToFirstToken,
    /// Nano-dollars: as recorded, else by the table of prices.
    Cost,
    /// Nano-dollars, as recorded.
    RecordedCost,
    /// Nano-dollars by the table of prices, of uses of which none were recorded.
    DerivedCost,
    /// Nano-dollars by the table of prices, whatever was recorded.
    TableCost,
    /// By how many nano-dollars the table of prices says more than was recorded.
    CostDifference,
    /// Nano-dollars that cached input would have cost more, had it been sent anew.
    CacheSavings,
    /// Why a use has no cost, as a number of [`crate::price::Unpriced`].
    Gap,
    /// Nano-points of this row's judgement.
    Rating,
    /// Nano-points of the latest judgement of the use this row is or belongs to.
    UseRating,
    Quality,
    Clarity,
    Specificity,
    Efficiency,
    ExitCode,
    /// What a finding was about, in millionths of the unit it is reported in.
    Observed,
}

impl Number {
    /// How many there are.
    pub(super) const COUNT: usize = Number::Observed as usize + 1;

    pub fn name(self) -> &'static str {
        match self {
            Number::Time => "ts",
            Number::TotalTokens => "total_tokens",
            Number::RecordedCost => "recorded_cost_usd",
            Number::UseRating => "use_rating",
            other => other.field().map_or("", Field::name),
        }
    }

    /// Whether it is made of what was recorded and a table of prices.
    pub(super) fn is_priced(self) -> bool {
        self.field() == Some(Field::CostUsd) && self != Number::RecordedCost
    }

    /// The event field it is read from, `None` for a column made of several.
    pub(super) fn field(self) -> Option<Field> {
        Some(match self {
            Number::InputTokens => Field::InputTokens,
            Number::OutputTokens => Field::OutputTokens,
            Number::CachedInputTokens => Field::CachedInputTokens,
            Number::CacheWriteTokens => Field::CacheWriteTokens,
            Number::ReasoningTokens => Field::ReasoningTokens,
            Number::Duration => Field::DurationMs,
            Number::TimeToFirstToken => Field::TimeToFirstTokenMs,
            Number::Cost
            | Number::RecordedCost
            | Number::DerivedCost
            | Number::TableCost
            | Number::CostDifference
            | Number::CacheSavings
            | Number::Gap => Field::CostUsd,
            Number::Rating => Field::Rating,
            Number::Quality => Field::QualityScore,
            Number::Clarity => Field::ClarityScore,
            Number::Specificity => Field::SpecificityScore,
            Number::Efficiency => Field::EfficiencyScore,
            Number::ExitCode => Field::ExitCode,
            Number::Observed => Field::Observed,
            Number::Time | Number::TotalTokens | Number::UseRating => return None,
        })
    }
}

/// A column of truths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Truth {
    /// Whether the use this row is or belongs to helped; null where nobody said.
    Success,
    /// Whether it broke.
    Error,
}
