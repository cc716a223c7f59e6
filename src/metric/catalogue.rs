//! The catalogue: one constant for each metric, in the order reports show them.

use super::{Better, Finish, Metric};
use crate::fixed::ONE;
use crate::fold::{Field, Measure, Number, Test};
use crate::query::Quantile;
use crate::sheet::Unit;
use std::borrow::Cow;

/// Observations below which a person is not shown a rate or a latency as a fact.
const FEW: u64 = 20;
/// Judgements below which a person is not shown a mean of them as a fact.
const FEW_JUDGEMENTS: u64 = 5;

const PLAIN: Metric = Metric {
    key: Cow::Borrowed(""),
    label: Cow::Borrowed(""),
    unit: Unit::Count,
    better: Better::Neither,
    measures: &[],
    finish: Finish::Int,
    least: 0,
    rank: 0,
};

macro_rules! metrics {
    ($($name:ident = $key:literal $label:literal $unit:ident [$($measure:expr),*] $finish:expr, $meaning:literal $(, $field:ident: $value:expr)*;)*) => {
        $(
            #[doc = $meaning]
            #[allow(clippy::needless_update, reason = "most metrics leave some of the defaults")]
            pub const $name: Metric = Metric {
                key: Cow::Borrowed($key),
                label: Cow::Borrowed($label),
                unit: Unit::$unit,
                measures: &[$($measure),*],
                finish: $finish,
                $($field: $value,)*
                ..PLAIN
            };
        )*

        /// Every metric with a name of its own; quantiles are made by [`quantile`].
        pub const ALL: &[Metric] = &[$($name),*];
    };
}

const fn count(test: Test) -> Measure {
    Measure::Count(test)
}

metrics! {
    RUNS = "runs" "runs" Count [count(Test::Run)] Finish::Int, "uses of a prompt";
    PROMPTS = "prompts" "prompts" Count [Measure::Distinct(Field::PromptId, Test::Run)] Finish::Int, "different prompts that were used", rank: 5;
    USERS = "users" "users" Count [Measure::Distinct(Field::UserId, Test::Run)] Finish::Int, "different users", rank: 6;
    CONVERSATIONS = "conversations" "conversations" Count [Measure::Distinct(Field::ConversationId, Test::Run)] Finish::Int, "different conversations", rank: 7;
    INPUT_TOKENS = "input_tokens" "input tokens" Tokens
        [Measure::Sum(Number::InputTokens, Test::Run), Measure::CountOf(Number::InputTokens, Test::Run)] Finish::SumOf, "tokens sent, cached ones included", rank: 2;
    OUTPUT_TOKENS = "output_tokens" "output tokens" Tokens
        [Measure::Sum(Number::OutputTokens, Test::Run), Measure::CountOf(Number::OutputTokens, Test::Run)] Finish::SumOf, "tokens received, reasoning included", rank: 2;
    CACHED_INPUT_TOKENS = "cached_input_tokens" "cached tokens" Tokens
        [Measure::Sum(Number::CachedInputTokens, Test::Run), Measure::CountOf(Number::CachedInputTokens, Test::Run)] Finish::SumOf, "input tokens read from a cache", rank: 8;
    CACHE_WRITE_TOKENS = "cache_write_tokens" "cache writes" Tokens
        [Measure::Sum(Number::CacheWriteTokens, Test::Run), Measure::CountOf(Number::CacheWriteTokens, Test::Run)] Finish::SumOf, "input tokens written to a cache", rank: 8;
    TOTAL_TOKENS = "total_tokens" "total tokens" Tokens
        [Measure::Sum(Number::TotalTokens, Test::Run), Measure::CountOf(Number::TotalTokens, Test::Run)] Finish::SumOf, "input and output; where both are unknown, the recorded total", rank: 4;
    MEAN_INPUT_TOKENS = "mean_input_tokens" "mean input" Tokens
        [
            Measure::Sum(Number::InputTokens, Test::Run),
            Measure::SumSq(Number::InputTokens, Test::Run),
            Measure::CountOf(Number::InputTokens, Test::Run)
        ]
        Finish::Mean, "input tokens per use that recorded them", rank: 6;
    MEAN_OUTPUT_TOKENS = "mean_output_tokens" "mean output" Tokens
        [
            Measure::Sum(Number::OutputTokens, Test::Run),
            Measure::SumSq(Number::OutputTokens, Test::Run),
            Measure::CountOf(Number::OutputTokens, Test::Run)
        ]
        Finish::Mean, "output tokens per use that recorded them", rank: 6;
    FIRST_USED = "first_used" "first used" Instant [Measure::Min(Number::Time, Test::Run)] Finish::Instant, "time of the oldest use", rank: 9;
    LAST_USED = "last_used" "last used" Instant [Measure::Max(Number::Time, Test::Run)] Finish::Instant, "time of the newest use", rank: 3;

    OUTCOMES = "outcomes" "outcomes" Count [count(Test::Outcome)] Finish::Int, "uses and orphan outcomes that are known to have helped or not";
    SUCCESSES = "successes" "successes" Count [count(Test::Success)] Finish::Int, "outcomes that helped", rank: 8;
    FAILURES = "failures" "failures" Count [count(Test::Failure)] Finish::Int, "outcomes that did not help", rank: 7;
    ERRORS = "errors" "errors" Count [count(Test::Error)] Finish::Int, "uses and orphan outcomes that broke", rank: 5, better: Better::Lower;
    ERROR_PROMPTS = "error_prompts" "prompts hit" Count [Measure::Distinct(Field::PromptId, Test::Error)] Finish::Int, "different prompts that broke", rank: 2;
    ERROR_MODELS = "error_models" "models hit" Count [Measure::Distinct(Field::Model, Test::Error)] Finish::Int, "different models that broke", rank: 3;
    FIRST_ERROR = "first_error" "first seen" Instant [Measure::Min(Number::Time, Test::Error)] Finish::Instant, "time of the oldest error", rank: 4;
    LAST_ERROR = "last_error" "last seen" Instant [Measure::Max(Number::Time, Test::Error)] Finish::Instant, "time of the newest error", rank: 1;
    SUCCESS_RATE = "success_rate" "success" Ratio [count(Test::Success), count(Test::Outcome)] Finish::Share,
        "successes of outcomes, with a Wilson interval", better: Better::Higher, least: FEW;
    ERROR_RATE = "error_rate" "error rate" Ratio [count(Test::Error), count(Test::Outcome)] Finish::Share,
        "errors of outcomes, with a Wilson interval", better: Better::Lower, least: FEW, rank: 4;
    MEAN_MS = "mean_ms" "mean" Millis
        [Measure::Sum(Number::Duration, Test::Ended), Measure::SumSq(Number::Duration, Test::Ended), Measure::CountOf(Number::Duration, Test::Ended)]
        Finish::Mean, "mean duration, with a t interval", better: Better::Lower, rank: 2;
    SD_MS = "sd_ms" "sd" Millis
        [Measure::Sum(Number::Duration, Test::Ended), Measure::SumSq(Number::Duration, Test::Ended), Measure::CountOf(Number::Duration, Test::Ended)]
        Finish::Deviation, "sample standard deviation of the duration", least: FEW, rank: 6;

    RATINGS = "ratings" "ratings" Count [count(Test::Rating)] Finish::Int, "ratings that count: of one person's on one use, the latest";
    MEAN_RATING = "mean_rating" "mean rating" Score
        [Measure::Sum(Number::Rating, Test::Rating), Measure::SumSq(Number::Rating, Test::Rating), Measure::CountOf(Number::Rating, Test::Rating)]
        Finish::Score { low: ONE, high: 5 * ONE }, "mean of the ratings; interval by t with one rating added at each end of the scale",
        better: Better::Higher, least: FEW_JUDGEMENTS;
    RATERS = "raters" "raters" Count [Measure::Distinct(Field::UserId, Test::Rating)] Finish::Int, "different people whose ratings count, as far as they are known", rank: 6;
    RESPONSE_RATE = "response_rate" "rated" Ratio [count(Test::Rated), count(Test::Run)] Finish::Share, "uses that somebody rated, of all uses", rank: 3;
    RATING_1 = "rating_1" "1" Count [count(Test::Points(1))] Finish::Int, "ratings of 1", rank: 5;
    RATING_2 = "rating_2" "2" Count [count(Test::Points(2))] Finish::Int, "ratings of 2", rank: 5;
    RATING_3 = "rating_3" "3" Count [count(Test::Points(3))] Finish::Int, "ratings of 3", rank: 5;
    RATING_4 = "rating_4" "4" Count [count(Test::Points(4))] Finish::Int, "ratings of 4", rank: 5;
    RATING_5 = "rating_5" "5" Count [count(Test::Points(5))] Finish::Int, "ratings of 5", rank: 5;

    COST_USD = "cost_usd" "cost" Dollars
        [Measure::Sum(Number::Cost, Test::Priced), count(Test::Priced), count(Test::Unpriced)] Finish::Cost,
        "recorded cost, else that of the price table; at least that much where some uses have neither", better: Better::Lower;
    COST_PER_RUN = "cost_per_run_usd" "per run" Dollars
        [Measure::Sum(Number::Cost, Test::Priced), Measure::SumSq(Number::Cost, Test::Priced), count(Test::Priced)] Finish::Mean,
        "cost over priced uses, with a t interval", better: Better::Lower, rank: 1;
    COST_PER_SUCCESS = "cost_per_success_usd" "per success" Dollars
        [Measure::Sum(Number::Cost, Test::PricedOutcome), count(Test::PricedSuccess)] Finish::CostPer,
        "cost of priced uses with an outcome, failures included, over their successes", better: Better::Lower, rank: 3;
    COST_PER_GOOD = "cost_per_good_usd" "per good" Dollars
        [Measure::Sum(Number::Cost, Test::PricedRated), count(Test::PricedGood)] Finish::CostPer,
        "cost of priced uses that were rated, bad ones included, over those rated 4 or better", better: Better::Lower, rank: 4;
    CACHE_SAVINGS = "cache_savings_usd" "saved by cache" Dollars
        [Measure::Sum(Number::CacheSavings, Test::Run), Measure::CountOf(Number::CacheSavings, Test::Run)] Finish::Sum,
        "what cached input would have cost more, had it been sent anew, by the price table; of uses it knows", rank: 5;
    RECORDED_USD = "recorded_usd" "recorded" Dollars
        [Measure::Sum(Number::RecordedCost, Test::Run), Measure::CountOf(Number::RecordedCost, Test::Run)] Finish::Sum, "cost that was recorded", rank: 1;
    RECOMPUTED_USD = "recomputed_usd" "recomputed" Dollars
        [Measure::Sum(Number::TableCost, Test::Run), Measure::CountOf(Number::TableCost, Test::Run)] Finish::Sum,
        "cost by the price table, whatever was recorded, of the uses that it can price", rank: 1;
    DIFFERENCE_USD = "difference_usd" "difference" Dollars
        [Measure::Sum(Number::CostDifference, Test::Run), Measure::CountOf(Number::CostDifference, Test::Run)] Finish::Sum,
        "by how much the price table says more than was recorded, of the uses that have both", rank: 1;
    MAX_COST = "max_cost_usd" "dearest" Dollars [Measure::Max(Number::Cost, Test::Priced)] Finish::Extreme, "cost of the dearest use", rank: 4;
    UNPRICED_RUNS = "unpriced_runs" "unpriced" Count [count(Test::Unpriced)] Finish::Int, "uses without a cost", better: Better::Lower, rank: 2;

    ASSESSMENTS = "assessments" "assessments" Count [count(Test::Assessment)] Finish::Int, "assessments of a prompt's text or answer";
    QUALITY = "quality_score" "quality" Score
        [Measure::Sum(Number::Quality, Test::Any), Measure::SumSq(Number::Quality, Test::Any), Measure::CountOf(Number::Quality, Test::Any)]
        Finish::Score { low: 0, high: ONE }, "mean quality, 0 to 1; interval by t with one score added at each end", better: Better::Higher, least: FEW_JUDGEMENTS;
    CLARITY = "clarity_score" "clarity" Score
        [Measure::Sum(Number::Clarity, Test::Any), Measure::SumSq(Number::Clarity, Test::Any), Measure::CountOf(Number::Clarity, Test::Any)]
        Finish::Score { low: 0, high: ONE }, "mean clarity, 0 to 1", better: Better::Higher, least: FEW_JUDGEMENTS, rank: 2;
    SPECIFICITY = "specificity_score" "specificity" Score
        [Measure::Sum(Number::Specificity, Test::Any), Measure::SumSq(Number::Specificity, Test::Any), Measure::CountOf(Number::Specificity, Test::Any)]
        Finish::Score { low: 0, high: ONE }, "mean specificity, 0 to 1", better: Better::Higher, least: FEW_JUDGEMENTS, rank: 2;
    EFFICIENCY = "efficiency_score" "efficiency" Score
        [Measure::Sum(Number::Efficiency, Test::Any), Measure::SumSq(Number::Efficiency, Test::Any), Measure::CountOf(Number::Efficiency, Test::Any)]
        Finish::Score { low: 0, high: ONE }, "mean efficiency, 0 to 1", better: Better::Higher, least: FEW_JUDGEMENTS, rank: 2;
}

/// What has quantiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    Latency,
    InputTokens,
    OutputTokens,
}

/// The metric of a quantile: `p95_ms`, `p50_input_tokens`.
pub fn quantile(of: Spread, quantile: Quantile) -> Metric {
    let name = quantile.name();
    // A quantile is a guess until a whole observation lies beyond it: before, it is drawn towards the greatest, whatever
    // that is. It stands at (n - 1)·p, so that n takes one more than 1 / (1 - p).
    let beyond = (100_000_u64.div_ceil(u64::from((100_000 - quantile.0).max(1))) + 1).min(10_000);
    let (key, label, unit, measures): (_, _, _, &'static [Measure]) = match of {
        Spread::Latency => {
            ("ms", name.clone(), Unit::Millis, const { &[Measure::Values(Number::Duration, Test::Ended)] })
        }
        Spread::InputTokens => (
            "input_tokens",
            format!("{name} input"),
            Unit::Tokens,
            const { &[Measure::Values(Number::InputTokens, Test::Run)] },
        ),
        Spread::OutputTokens => (
            "output_tokens",
            format!("{name} output"),
            Unit::Tokens,
            const { &[Measure::Values(Number::OutputTokens, Test::Run)] },
        ),
    };
    Metric {
        key: format!("{name}_{key}").into(),
        label: label.into(),
        unit,
        better: if of == Spread::Latency { Better::Lower } else { Better::Neither },
        measures,
        finish: Finish::Quantile(quantile),
        least: FEW.max(beyond),
        rank: match (of, quantile) {
            (Spread::Latency, Quantile::P95) => 1,
            (Spread::Latency, _) => 3,
            _ => 7,
        },
    }
}

/// The metric of a key: one of the catalogue, or a quantile such as `p95_ms`.
pub fn named(key: &str) -> Option<Metric> {
    if let Some(metric) = ALL.iter().find(|metric| metric.key == key) {
        return Some(metric.clone());
    }
    let (percent, of) = key.strip_prefix('p')?.split_once('_')?;
    let of = match of {
        "ms" => Spread::Latency,
        "input_tokens" => Spread::InputTokens,
        "output_tokens" => Spread::OutputTokens,
        _ => return None,
    };
    Some(quantile(of, Quantile::percent(percent)?)).filter(|metric| metric.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_has_a_key_of_its_own_and_something_to_measure() {
        let mut keys: Vec<&str> = ALL.iter().map(|metric| &*metric.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), ALL.len());
        assert!(ALL.iter().all(|metric| !metric.measures.is_empty()));
    }

    #[test]
    fn a_metric_is_found_by_the_key_it_has() {
        for key in ALL.iter().map(|metric| &*metric.key).chain(["p95_ms", "p99.9_ms", "p50_input_tokens"]) {
            assert_eq!(named(key).expect("a metric").key, key);
        }
        for key in ["", "p_ms", "p095_ms", "p101_ms", "p95_dollars", "success"] {
            assert!(named(key).is_none(), "{key}");
        }
    }
}
