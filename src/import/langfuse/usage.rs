//! Tokens and cost of a generation, in any of the dialects that Langfuse has had: `usageDetails`, `usage`, and flat
//! `promptTokens` or `inputTokens`.
//!
//! In details, what is named `input_…` or `…_input_tokens` stands beside `input` and is input too, such as tokens read from a
//! cache; likewise `output_…`. Only where the total says otherwise, or a provider's own details lie inside, are they parts of it.

use super::super::document::{Row, decimal, plain};
use super::super::found::Found;
use super::super::tally::At;
use crate::event::{Event, Field};
use serde_json::Value;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    input: Option<i64>,
    output: Option<i64>,
    cached: Option<i64>,
    written: Option<i64>,
    reasoning: Option<i64>,
}

impl Tokens {
    pub fn sum(&self) -> i64 {
        self.input.unwrap_or(0).saturating_add(self.output.unwrap_or(0))
    }

    pub fn set(&self, at: At, event: &mut Event<'static>, found: &mut Found) {
        for (field, number) in [
            (Field::InputTokens, self.input),
            (Field::OutputTokens, self.output),
            (Field::CachedInputTokens, self.cached),
            (Field::CacheWriteTokens, self.written),
            (Field::ReasoningTokens, self.reasoning),
        ] {
            found.number(at, event, field, number);
        }
    }
}

/// The names of what was sent and what came back as a whole.
const INPUT: [&str; 6] = ["input", "inputtokens", "prompttokens", "prompt", "totalinputtokens", "inputusage"];
const OUTPUT: [&str; 6] =
    ["output", "outputtokens", "completiontokens", "completion", "totaloutputtokens", "outputusage"];

pub fn tokens(row: &Row) -> Tokens {
    let details = ["usagedetails", "usage", "providedusagedetails"].into_iter().find_map(|name| row.row(name));
    let told = details.filter(|details| details.members().any(|(_, value)| decimal(value, 0).is_some()));
    let Some(told) = told else { return flat(row) };
    match told.text("unit") {
        Some(unit) if !unit.eq_ignore_ascii_case("TOKENS") => Tokens::default(),
        _ => detailed(&told),
    }
}

/// Flat counts, which are whole.
fn flat(row: &Row) -> Tokens {
    let first = |names: [&str; 6]| names.iter().skip(1).find_map(|name| row.whole(name));
    // Exports write 0 of both where nothing was counted.
    let tokens = Tokens { input: first(INPUT), output: first(OUTPUT), ..Tokens::default() };
    if tokens.sum() == 0 { Tokens::default() } else { tokens }
}

/// One count besides the whole ones.
#[derive(PartialEq, Eq)]
enum Part {
    CacheRead,
    CacheWrite,
    Input,
    Reasoning,
    Output,
}

fn part(name: &str) -> Option<Part> {
    let has = |word: &str| name.contains(word);
    if has("cost") || has("total") {
        None
    } else if has("cache") && (has("creation") || has("write")) {
        Some(Part::CacheWrite)
    } else if has("cache") {
        Some(Part::CacheRead)
    } else if has("reasoning") || has("thought") {
        Some(Part::Reasoning)
    } else if has("input") || has("prompt") {
        Some(Part::Input)
    } else if has("output") || has("completion") {
        Some(Part::Output)
    } else {
        None
    }
}

fn detailed(told: &Row) -> Tokens {
    let whole = |names: &[&str]| names.iter().find_map(|name| told.whole(name));
    let (input, output) = (whole(&INPUT), whole(&OUTPUT));
    let total = whole(&["total", "totaltokens"]);
    let mut tokens = Tokens::default();
    let (mut more_input, mut more_output) = (0_i64, 0_i64);
    for (name, value) in told.members().filter(|(name, _)| !INPUT.contains(name) && !OUTPUT.contains(name)) {
        // What a provider says inside of its own counts are parts of them.
        for (name, value) in value.as_object().into_iter().flatten() {
            count(&mut tokens, &plain(name), value);
        }
        match (count(&mut tokens, name, value), decimal(value, 0)) {
            (Some(Part::CacheRead | Part::CacheWrite | Part::Input), Some(number)) => {
                more_input = more_input.saturating_add(number);
            }
            (Some(Part::Reasoning | Part::Output), Some(number)) => more_output = more_output.saturating_add(number),
            _ => {}
        }
    }
    let is_within =
        (more_input > 0 || more_output > 0) && total == Some(input.unwrap_or(0).saturating_add(output.unwrap_or(0)));
    let sum = |whole: Option<i64>, more: i64| match whole {
        Some(whole) if is_within => Some(whole),
        None if more == 0 => None,
        _ => Some(whole.unwrap_or(0).saturating_add(more)),
    };
    Tokens { input: sum(input, more_input), output: sum(output, more_output), ..tokens }
}

/// Counts a part that has a field of its own.
fn count(tokens: &mut Tokens, name: &str, value: &Value) -> Option<Part> {
    let part = part(name)?;
    let number = decimal(value, 0)?;
    let field = match part {
        Part::CacheRead => Some(&mut tokens.cached),
        Part::CacheWrite => Some(&mut tokens.written),
        Part::Reasoning => Some(&mut tokens.reasoning),
        Part::Input | Part::Output => None,
    };
    if let Some(field) = field {
        *field = Some(field.unwrap_or(0).saturating_add(number));
    }
    Some(part)
}

/// Whether the cost was worked out part by part.
pub fn has_cost_details(row: &Row) -> bool {
    row.row("costdetails").is_some_and(|details| details.members().next().is_some())
}

/// The recorded cost: the total where there is one, else the sum of its parts.
pub fn cost(row: &Row) -> Option<i64> {
    let flat = ["totalcost", "calculatedtotalcost"].iter().find_map(|name| row.decimal(name, 9));
    let details = row.row("costdetails").or_else(|| row.row("providedcostdetails"));
    let detailed = || {
        let details = details?;
        let parts = || details.members().filter_map(|(_, value)| decimal(value, 9));
        details.decimal("total", 9).or_else(|| parts().next().map(|_| parts().fold(0, i64::saturating_add)))
    };
    flat.or_else(detailed).or_else(|| row.row("usage")?.decimal("totalcost", 9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_says_how_many_tokens_there_were() {
        let of = |input, output| Tokens { input: Some(input), output: Some(output), ..Tokens::default() };
        for (json, expected) in [
            (r#"{"usageDetails":{"input":10,"output":5,"total":15}}"#, of(10, 5)),
            (
                r#"{"usage_details":{"input":10,"input_cached_tokens":90,"output":5,"output_reasoning_tokens":3,"total":108}}"#,
                Tokens { cached: Some(90), reasoning: Some(3), ..of(100, 8) },
            ),
            (
                r#"{"usageDetails":{"input":4,"cache_read_input_tokens":90,"cache_creation_input_tokens":6,"output":5}}"#,
                Tokens { cached: Some(90), written: Some(6), ..of(100, 5) },
            ),
            // The total says that what is cached is part of the input.
            (
                r#"{"usageDetails":{"input":100,"input_cached_tokens":90,"output":5,"total":105}}"#,
                Tokens { cached: Some(90), ..of(100, 5) },
            ),
            (
                r#"{"usage":{"prompt_tokens":100,"completion_tokens":8,"prompt_tokens_details":{"cached_tokens":90}}}"#,
                Tokens { cached: Some(90), ..of(100, 8) },
            ),
            (r#"{"usage":{"input":7,"output":2,"total":9,"unit":"TOKENS","totalCost":0.5}}"#, of(7, 2)),
            (r#"{"usage":{"input":700,"output":20,"unit":"CHARACTERS"}}"#, Tokens::default()),
            (r#"{"usage":{"unit":"TOKENS"},"promptTokens":7,"completionTokens":2,"totalTokens":9}"#, of(7, 2)),
            (r#"{"usageDetails":{},"promptTokens":0,"completionTokens":0,"totalTokens":0}"#, Tokens::default()),
            (r#"{"inputTokens":"7","outputTokens":"2"}"#, of(7, 2)),
        ] {
            let value: Value = serde_json::from_str(json).unwrap();
            assert_eq!(tokens(&Row::of(&value).unwrap()), expected, "{json}");
        }
    }

    #[test]
    fn a_cost_is_its_total_or_the_sum_of_its_parts() {
        for (json, expected) in [
            (r#"{"calculatedTotalCost":0.0015}"#, Some(1_500_000)),
            (r#"{"total_cost":"0.0015","cost_details":{"total":9}}"#, Some(1_500_000)),
            (r#"{"costDetails":{"input":0.1,"output":0.2,"total":0.3}}"#, Some(300_000_000)),
            (r#"{"costDetails":{"input":0.1,"output":0.2}}"#, Some(300_000_000)),
            (r#"{"usage":{"totalCost":0.5}}"#, Some(500_000_000)),
            (r#"{"costDetails":{}}"#, None),
        ] {
            let value: Value = serde_json::from_str(json).unwrap();
            assert_eq!(cost(&Row::of(&value).unwrap()), expected, "{json}");
        }
    }
}
