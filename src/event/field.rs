//! The table of fields: name, shape, range, meaning, and the names other writers gave it. Said once, here.

use crate::fixed;

/// What a field may hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    Text,
    /// A whole number in `min..=max`.
    Whole {
        min: i64,
        max: i64,
    },
    /// A decimal number, kept as an integer counting 10^-`decimals`; `min` and `max` are in the field's own unit.
    Decimal {
        decimals: u32,
        min: i64,
        max: i64,
    },
    Truth,
    /// A list of texts.
    Texts,
    /// A JSON object.
    Map,
}

impl Shape {
    /// The decimals its integers are kept with.
    pub fn decimals(self) -> u32 {
        match self {
            Shape::Decimal { decimals, .. } => decimals,
            _ => 0,
        }
    }

    /// The allowed range in words, for the person whose value was refused.
    pub fn range(self) -> String {
        match self {
            Shape::Text => "a text that is not empty".to_owned(),
            Shape::Whole { min, max } => format!("a whole number from {min} to {max}"),
            Shape::Decimal { min, max, .. } => format!("a number from {min} to {max}"),
            Shape::Truth => "true or false".to_owned(),
            Shape::Texts => "a list of texts".to_owned(),
            Shape::Map => "a JSON object".to_owned(),
        }
    }

    /// Whether a number, in the integers this shape is kept in, is in range.
    pub fn holds(self, number: i64) -> bool {
        match self {
            Shape::Whole { min, max } => (min..=max).contains(&number),
            Shape::Decimal { decimals, min, max } => {
                let one = 10_i64.pow(decimals);
                (min * one..=max * one).contains(&number)
            }
            _ => false,
        }
    }
}

const TOKENS: Shape = Shape::Whole { min: 0, max: 1_000_000_000_000 };
/// Milliseconds, kept in nanoseconds; at most 115 days.
const MILLIS: Shape = Shape::Decimal { decimals: 6, min: 0, max: 10_000_000_000 };
/// Dollars, kept in nano-dollars.
const DOLLARS: Shape = Shape::Decimal { decimals: 9, min: 0, max: 1_000_000 };
const SCORE: Shape = Shape::Decimal { decimals: 9, min: 0, max: 1 };
/// Any number a metric can come to, in the unit it is reported in.
const OBSERVED: Shape = Shape::Decimal { decimals: 6, min: -1_000_000_000_000, max: 1_000_000_000_000 };
const RATING: Shape = Shape::Decimal { decimals: 9, min: 1, max: 5 };

const _: () = assert!(fixed::ONE == 1_000_000_000 && fixed::NS_PER_MS == 1_000_000);

/// A name another writer gave a field. `power` shifts the decimal point: seconds are read as milliseconds with 3.
pub struct Alias {
    pub name: &'static str,
    pub power: u32,
}

macro_rules! fields {
    ($($variant:ident $name:literal $shape:expr, [$($alias:literal $(* $power:literal)?),*], $meaning:literal;)*) => {
        /// A field of an event, in the order it is written in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Field { $(#[doc = $meaning] $variant),* }

        impl Field {
            pub const ALL: &'static [Field] = &[$(Field::$variant),*];

            pub fn name(self) -> &'static str {
                match self { $(Field::$variant => $name),* }
            }

            pub const fn shape(self) -> Shape {
                match self { $(Field::$variant => $shape),* }
            }

            /// What the field says, with its unit.
            pub fn meaning(self) -> &'static str {
                match self { $(Field::$variant => $meaning),* }
            }

            /// Other writers' names for it; of several in one line the earlier in this list counts.
            pub fn aliases(self) -> &'static [Alias] {
                match self { $(Field::$variant => &[$(Alias { name: $alias, power: 0 $(+ $power)? }),*]),* }
            }

            /// The field a key means, how much it yields to the canonical name (0), and the shift of its decimal point.
            pub fn of_key(key: &str) -> Option<(Field, u8, u32)> {
                match key {
                    $($name => Some((Field::$variant, 0, 0)),)*
                    _ => Field::of_alias(key),
                }
            }
        }
    };
}

fields! {
    RunId "run_id" Shape::Text, [], "The use an event belongs to: one run of one prompt";
    PromptId "prompt_id" Shape::Text, ["gen_ai.prompt.name"], "The prompt";
    PromptVersion "prompt_version" Shape::Text, ["gen_ai.prompt.version"], "The version of the prompt, in any scheme";
    TemplateId "template_id" Shape::Text, [], "The template the prompt was made from";
    StarterId "starter_id" Shape::Text, [], "The conversation starter";
    TaskCategory "task_category" Shape::Text, [], "The kind of task, such as `summarize`";
    TaskDomain "task_domain" Shape::Text, [], "The field the task is from, such as `legal`";
    Provider "provider" Shape::Text, ["gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.vendor"], "The company or server that ran the model";
    Model "model" Shape::Text,
        ["gen_ai.request.model", "gen_ai.response.model", "llm.model_name", "llm.request.model", "llm.response.model"],
        "The model, by its provider's name";
    ProjectId "project_id" Shape::Text, [], "The project it was done for";
    ConversationId "conversation_id" Shape::Text,
        ["gen_ai.conversation.id", "copilot_chat.session_id", "copilot_chat.chat_session_id", "session.id", "github.copilot.interaction_id"],
        "The conversation or session";
    UserId "user_id" Shape::Text, ["user.id", "enduser.id"], "The person; may be kept, hashed or dropped by `[privacy]`";
    ExperimentId "experiment_id" Shape::Text, [], "The experiment";
    Variant "variant" Shape::Text, [], "The variant of the experiment";
    Source "source" Shape::Text, [], "The program that wrote the event";
    Host "host" Shape::Text, [], "The machine it was written on";
    Tags "tags" Shape::Texts, [], "Free labels";
    InputTokens "input_tokens" TOKENS,
        ["token_count", "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens", "llm.token_count.prompt"],
        "Tokens sent, those read from a cache or written to one included";
    Parameters "parameters" Shape::Map, [], "The parameters the prompt was filled with";
    Success "success" Shape::Truth, [], "Whether the answer helped";
    ErrorType "error_type" Shape::Text, ["error.type"], "What broke, such as `timeout`; its presence is an error";
    ExitCode "exit_code" Shape::Whole { min: -2_147_483_648, max: 2_147_483_647 }, [], "The exit status of the wrapped command";
    FinishReason "finish_reason" Shape::Text, ["gen_ai.response.finish_reasons", "llm.response.finish_reason", "gen_ai.completion.0.finish_reason"], "Why the model stopped; `error` is an error";
    DurationMs "duration_ms" MILLIS, ["completion_time" * 3, "response_time_ms"], "Milliseconds from start to finish";
    TimeToFirstTokenMs "time_to_first_token_ms" MILLIS,
        ["gen_ai.response.time_to_first_chunk" * 3, "gen_ai.server.time_to_first_token" * 3, "copilot_chat.time_to_first_token"],
        "Milliseconds from start to the first token";
    OutputTokens "output_tokens" TOKENS,
        ["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.usage.completion_tokens", "llm.token_count.completion"],
        "Tokens received, reasoning included";
    CachedInputTokens "cached_input_tokens" TOKENS,
        ["gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens", "llm.token_count.prompt_details.cache_read"],
        "Input tokens read from a cache";
    CacheWriteTokens "cache_write_tokens" TOKENS,
        ["gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.cache_creation.input_tokens",
         "gen_ai.usage.cache_creation_input_tokens", "llm.token_count.prompt_details.cache_write"],
        "Input tokens written to a cache";
    CacheWrite1hTokens "cache_write_1h_tokens" TOKENS, [], "Those of `cache_write_tokens` that are kept for an hour";
    ReasoningTokens "reasoning_tokens" TOKENS,
        ["gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "llm.token_count.completion_details.reasoning"],
        "Output tokens spent on reasoning";
    ServiceTier "service_tier" Shape::Text,
        ["openai.response.service_tier", "gen_ai.openai.response.service_tier"],
        "How the provider served it, such as `batch`, where that has a price of its own";
    TokensUsed "tokens_used" TOKENS,
        ["total_tokens", "gen_ai.usage.total_tokens", "gen_ai.usage.total.token_count", "llm.usage.total_tokens", "llm.token_count.total"],
        "Tokens in all, where the parts are unknown; read, never written";
    CostUsd "cost_usd" DOLLARS, ["cost", "gen_ai.usage.cost", "llm.cost.total"], "Recorded cost in US dollars";
    Metrics "metrics" Shape::Map, [], "Further measurements";
    QualityScore "quality_score" SCORE, ["gen_ai.evaluation.score.value"], "Quality as a whole, 0 to 1";
    ClarityScore "clarity_score" SCORE, [], "How clear the text is, 0 to 1";
    SpecificityScore "specificity_score" SCORE, [], "How specific the text is, 0 to 1";
    EfficiencyScore "efficiency_score" SCORE, [], "How much it does with how little, 0 to 1";
    Feedback "feedback" Shape::Texts, [], "Remarks of the assessment";
    Evaluator "evaluator" Shape::Text, ["gen_ai.evaluation.name"], "Who or what assessed";
    Rating "rating" RATING, ["user_rating"], "A person's judgement, 1 to 5";
    FeedbackText "feedback_text" Shape::Text, ["gen_ai.evaluation.explanation"], "What the person said";
    FindingId "finding_id" Shape::Text, [], "The alert or recommendation, by the id that reports show";
    State "state" Shape::Text, [], "What became of it: `open`, `closed`, `acknowledged` or `done`";
    Severity "severity" Shape::Text, [], "How bad it was: `low`, `medium` or `high`";
    Metric "metric" Shape::Text, [], "The number it is about, by its key in reports";
    Observed "observed" OBSERVED, [], "What the number was, in the unit it is reported in";
}

impl Field {
    pub const COUNT: usize = Field::ALL.len();
    /// What describes the prompt itself, so that an event may inherit it by `prompt_id` alone.
    pub const DESCRIPTION: [Field; 4] =
        [Field::TemplateId, Field::TaskCategory, Field::TaskDomain, Field::PromptVersion];

    fn of_alias(key: &str) -> Option<(Field, u8, u32)> {
        Field::ALL.iter().find_map(|field| {
            let at = field.aliases().iter().position(|alias| alias.name == key)?;
            Some((*field, u8::try_from(at + 1).unwrap_or(u8::MAX), field.aliases()[at].power))
        })
    }

    /// Whether it says who and what an event is about: allowed on every kind, inherited within a use.
    pub fn is_subject(self) -> bool {
        self <= Field::Tags
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_fields() {
        let mut keys: Vec<&str> = Field::ALL
            .iter()
            .flat_map(|field| field.aliases().iter().map(|alias| alias.name).chain([field.name()]))
            .collect();
        keys.sort_unstable();
        let count = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn an_alias_yields_to_the_canonical_name_and_carries_its_unit() {
        assert_eq!(Field::of_key("duration_ms"), Some((Field::DurationMs, 0, 0)));
        assert_eq!(Field::of_key("completion_time"), Some((Field::DurationMs, 1, 3)));
        assert_eq!(Field::of_key("response_time_ms"), Some((Field::DurationMs, 2, 0)));
        assert_eq!(Field::of_key("prompt_text"), None);
    }
}
