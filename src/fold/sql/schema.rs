//! The tables that a statement may name: which rows each has, and what their columns hold. Said once, for the statement that
//! names them and for the person who asks what there is.

use crate::event::Field;
use crate::fixed;
use crate::fold::{Number, Scope, Test};
use crate::time::Every;

/// A table of the log.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    /// What a row of it is.
    pub says: &'static str,
    pub(super) scope: Scope,
    pub(super) test: Test,
    groups: &'static [&'static [Column]],
}

/// A column of a table.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    /// What it says, but for its unit.
    pub says: &'static str,
    pub(super) source: Source,
}

/// What a column is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Text(Field),
    /// The `run_id`, which is in no column but in the lines.
    Run,
    Number(Number),
    /// 1 where it helped, 0 where it did not.
    Success,
    /// 1 where it broke, 0 where it did not.
    Error,
    /// 1 of a use, 0 of an outcome without one.
    IsUse,
    /// The time in words.
    Instant,
    /// The time as it stands on a clock of the zone.
    Clock,
    Bucket(Every),
}

/// What the values of a column count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    Text,
    /// RFC 3339, as text.
    Instant,
    /// A civil time.
    Clock,
    /// Since 1970-01-01T00:00:00Z.
    Nanoseconds,
    /// 1, 0 or null.
    Truth,
    Count,
    Tokens,
    Millis,
    Dollars,
    Score,
}

impl Holds {
    /// The type that SQL knows it as.
    pub fn sql_type(self) -> &'static str {
        match self {
            Holds::Text | Holds::Instant => "text",
            Holds::Clock => "timestamp",
            Holds::Nanoseconds | Holds::Truth | Holds::Count | Holds::Tokens => "integer",
            Holds::Millis | Holds::Dollars | Holds::Score => "real",
        }
    }

    /// How many of the integers that the frame keeps make one of it, where it is kept with decimals.
    pub(super) fn units(self) -> Option<i64> {
        match self {
            Holds::Millis => Some(fixed::NS_PER_MS),
            Holds::Dollars | Holds::Score => Some(fixed::ONE),
            _ => None,
        }
    }

    /// The unit in a word.
    pub fn unit(self) -> &'static str {
        match self {
            Holds::Text => "name",
            Holds::Instant | Holds::Clock => "instant",
            Holds::Nanoseconds => "nanoseconds",
            Holds::Truth => "1, 0 or null",
            Holds::Count => "count",
            Holds::Tokens => "tokens",
            Holds::Millis => "milliseconds",
            Holds::Dollars => "dollars",
            Holds::Score => "score",
        }
    }
}

impl Source {
    pub(super) fn holds(self) -> Holds {
        match self {
            Source::Text(_) | Source::Run | Source::Bucket(_) => Holds::Text,
            Source::Instant => Holds::Instant,
            Source::Clock => Holds::Clock,
            Source::Success | Source::Error | Source::IsUse => Holds::Truth,
            Source::Number(number) => match number {
                Number::Time => Holds::Nanoseconds,
                Number::Duration | Number::TimeToFirstToken => Holds::Millis,
                Number::Cost
                | Number::RecordedCost
                | Number::DerivedCost
                | Number::TableCost
                | Number::CostDifference
                | Number::CacheSavings => Holds::Dollars,
                Number::Rating
                | Number::UseRating
                | Number::Quality
                | Number::Clarity
                | Number::Specificity
                | Number::Efficiency => Holds::Score,
                // What findings observed is in no table.
                Number::ExitCode | Number::Observed | Number::Gap => Holds::Count,
                Number::InputTokens
                | Number::OutputTokens
                | Number::CachedInputTokens
                | Number::CacheWriteTokens
                | Number::ReasoningTokens
                | Number::TotalTokens => Holds::Tokens,
            },
        }
    }
}

impl Column {
    pub fn holds(&self) -> Holds {
        self.source.holds()
    }
}

impl Table {
    /// Its columns, in the order of `SELECT *`.
    pub fn columns(&self) -> impl Iterator<Item = &'static Column> {
        self.groups.iter().copied().flatten()
    }
}

const fn column(name: &'static str, source: Source, says: &'static str) -> Column {
    Column { name, says, source }
}

const WHEN: &[Column] = &[column("time", Source::Instant, "When, with the offset of the zone; to the second")];

const SUBJECT: &[Column] = &[
    column("prompt", Source::Text(Field::PromptId), "The prompt"),
    column("prompt_version", Source::Text(Field::PromptVersion), "The version of the prompt"),
    column("template", Source::Text(Field::TemplateId), "The template the prompt was made from"),
    column("starter", Source::Text(Field::StarterId), "The conversation starter"),
    column("category", Source::Text(Field::TaskCategory), "The kind of task"),
    column("domain", Source::Text(Field::TaskDomain), "The field the task is from"),
    column("provider", Source::Text(Field::Provider), "The company or server that ran the model"),
    column("model", Source::Text(Field::Model), "The model, by its provider's name"),
    column("project", Source::Text(Field::ProjectId), "The project it was done for"),
    column("conversation", Source::Text(Field::ConversationId), "The conversation or session"),
    column("user", Source::Text(Field::UserId), "The person"),
    column("experiment", Source::Text(Field::ExperimentId), "The experiment"),
    column("variant", Source::Text(Field::Variant), "The variant of the experiment"),
    column("source", Source::Text(Field::Source), "The program that wrote the event"),
    column("host", Source::Text(Field::Host), "The machine it was written on"),
    column("tags", Source::Text(Field::Tags), "Free labels, with `; ` between them"),
    column("run", Source::Run, "The run_id; read out of the lines, which takes its time"),
];

const IS_USE: &[Column] =
    &[column("is_use", Source::IsUse, "Whether a use was recorded with it; without one it is an orphan outcome")];

const ENDING: &[Column] = &[
    column("success", Source::Success, "Whether it helped; null where nobody said"),
    column("is_error", Source::Error, "Whether it broke"),
    column("error_type", Source::Text(Field::ErrorType), "What broke"),
    column("exit_code", Source::Number(Number::ExitCode), "The exit status of the wrapped command"),
    column("finish_reason", Source::Text(Field::FinishReason), "Why the model stopped"),
    column("duration_ms", Source::Number(Number::Duration), "From start to finish"),
    column("time_to_first_token_ms", Source::Number(Number::TimeToFirstToken), "From start to the first token"),
    column("input_tokens", Source::Number(Number::InputTokens), "Sent, cached ones included"),
    column("output_tokens", Source::Number(Number::OutputTokens), "Received, reasoning included"),
    column("cached_input_tokens", Source::Number(Number::CachedInputTokens), "Sent, read from a cache"),
    column("cache_write_tokens", Source::Number(Number::CacheWriteTokens), "Sent, written to a cache"),
    column("reasoning_tokens", Source::Number(Number::ReasoningTokens), "Received, spent on reasoning"),
    column(
        "total_tokens",
        Source::Number(Number::TotalTokens),
        "Sent and received; where both are unknown, the recorded total",
    ),
    column(
        "cost_usd",
        Source::Number(Number::Cost),
        "As recorded, else by the price table; null is unpriced, not free",
    ),
    column("recorded_cost_usd", Source::Number(Number::RecordedCost), "As recorded"),
];

const RATED: &[Column] =
    &[column("rating", Source::Number(Number::UseRating), "The latest judgement of the use, 1 to 5")];

const RATING: &[Column] = &[column("rating", Source::Number(Number::Rating), "The judgement, 1 to 5")];

const REMARK: &[Column] = &[column("feedback_text", Source::Text(Field::FeedbackText), "What the person said")];

const SCORES: &[Column] = &[
    column("quality_score", Source::Number(Number::Quality), "Quality as a whole, 0 to 1"),
    column("clarity_score", Source::Number(Number::Clarity), "How clear the text is, 0 to 1"),
    column("specificity_score", Source::Number(Number::Specificity), "How specific the text is, 0 to 1"),
    column("efficiency_score", Source::Number(Number::Efficiency), "How much it does with how little, 0 to 1"),
    column("feedback", Source::Text(Field::Feedback), "Remarks of the assessment, with `; ` between them"),
    column("evaluator", Source::Text(Field::Evaluator), "Who or what assessed"),
];

const CLOCK: &[Column] = &[
    column("hour", Source::Bucket(Every::Hour), "The hour in the zone, such as 2026-11-20T14"),
    column("day", Source::Bucket(Every::Day), "The day in the zone, such as 2026-11-20"),
    column("week", Source::Bucket(Every::Week), "The ISO week in the zone, such as 2026-W47"),
    column("month", Source::Bucket(Every::Month), "The month in the zone, such as 2026-11"),
    column("local_time", Source::Clock, "The clock in the zone, for EXTRACT, DATE_PART and STRFTIME"),
    column("time_ns", Source::Number(Number::Time), "Since 1970-01-01T00:00:00Z"),
];

const USED: &[&[Column]] = &[WHEN, SUBJECT, ENDING, RATED, CLOCK];

/// Every table, in the order in which they are shown.
pub const TABLES: &[Table] = &[
    Table {
        name: "runs",
        says: "One row for every use of a prompt, put together from its events",
        scope: Scope::Uses,
        test: Test::Run,
        groups: USED,
    },
    Table {
        name: "outcomes",
        says: "Uses, and outcomes whose use was never recorded: what rates and latency are about",
        scope: Scope::Uses,
        test: Test::Ended,
        groups: &[WHEN, SUBJECT, IS_USE, ENDING, RATED, CLOCK],
    },
    Table {
        name: "ratings",
        says: "Judgements that count: the latest of each person about a use, and those about no use",
        scope: Scope::Uses,
        test: Test::Rating,
        groups: &[WHEN, SUBJECT, RATING, CLOCK],
    },
    Table {
        name: "remarks",
        says: "Judgements in words",
        scope: Scope::Uses,
        test: Test::Remark,
        groups: &[WHEN, SUBJECT, RATING, REMARK, CLOCK],
    },
    Table {
        name: "assessments",
        says: "Scores of a prompt's text or answer",
        scope: Scope::Uses,
        test: Test::Assessment,
        groups: &[WHEN, SUBJECT, SCORES, CLOCK],
    },
    Table {
        name: "templates",
        says: "Uses of a template: uses that carry one, and template events that no use tells of",
        scope: Scope::Templates,
        test: Test::Run,
        groups: USED,
    },
    Table {
        name: "starters",
        says: "Uses of a conversation starter: uses that carry one, and starter events that no use tells of",
        scope: Scope::Starters,
        test: Test::Run,
        groups: USED,
    },
];

/// The table called `name`.
pub(super) fn named(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Dimension;

    #[test]
    fn no_table_has_two_columns_of_one_name() {
        for table in TABLES {
            let mut names: Vec<&str> = table.columns().map(|column| column.name).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{}", table.name);
        }
    }

    #[test]
    fn a_dimension_of_the_reports_is_a_column_of_the_same_name() {
        for dimension in Dimension::ALL {
            assert!(named("runs").unwrap().columns().any(|column| column.name == dimension.name()), "{dimension:?}");
        }
    }
}
