//! The price list of `litellm`: JSON of dollars per token by model, without dates. Read exactly, from the digits as they are written.

use super::table::{Day, Row};
use super::{Rate, Rates, names};
use crate::fixed;
use anyhow::{Context as _, Result, bail};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// What was read of a list.
#[derive(Debug, Default)]
pub struct Read {
    pub rows: Vec<Row>,
    /// Models without a price for tokens: of images, of searches, or none.
    pub without_price: u64,
    /// Models that cost nothing, which in such a list may also mean that nobody knows.
    pub free: u64,
}

/// What a model has to be for, to be priced by its tokens.
const MODES: [&str; 4] = ["chat", "completion", "responses", "embedding"];

/// How it is served, and what the names of such prices end in.
const TIERS: [(&str, &str); 4] = [("", ""), ("batch", "_batches"), ("flex", "_flex"), ("priority", "_priority")];

type Entry<'a> = BTreeMap<String, &'a RawValue>;

/// Reads a list, as it was on a day.
///
/// # Errors
/// It is no JSON object of models.
pub fn read(text: &str, day: Day) -> Result<Read> {
    let models: BTreeMap<String, &RawValue> = serde_json::from_str(text).context("it is no JSON object")?;
    let mut read = Read::default();
    for (key, raw) in &models {
        let Ok(entry) = serde_json::from_str::<Entry<'_>>(raw.get()) else {
            bail!("`{key}` is no model with its prices");
        };
        let is_priced = key != "sample_spec" && MODES.contains(&text_of(&entry, "mode").as_deref().unwrap_or("chat"));
        let rows = if is_priced { rows(key, &entry, day)? } else { Vec::new() };
        if rows.is_empty() {
            read.without_price += u64::from(key != "sample_spec");
        } else if rows.iter().all(|row| row.rates.input == 0 && row.rates.output == 0) {
            read.free += 1;
        } else {
            read.rows.extend(rows);
        }
    }
    // The same model may be listed with its provider before its name and without.
    let mut seen = BTreeSet::new();
    read.rows.retain(|row| seen.insert((row.model.clone(), row.provider.clone(), row.tier.clone(), row.above)));
    if read.rows.is_empty() {
        bail!("no model in it has a price for tokens");
    }
    Ok(read)
}

fn text_of(entry: &Entry<'_>, key: &str) -> Option<String> {
    serde_json::from_str(entry.get(key)?.get()).ok()
}

/// Dollars per token in 10^-15 dollars.
fn rate_of(entry: &Entry<'_>, key: &str) -> Result<Option<Rate>> {
    let Some(raw) = entry.get(key).map(|raw| raw.get()).filter(|raw| *raw != "null") else { return Ok(None) };
    let rate = fixed::parse(raw.trim_matches('"'), 15).filter(|rate| *rate >= 0);
    rate.map(Some).with_context(|| format!("`{key}` is {raw}, which is no price of a token"))
}

fn rows(key: &str, entry: &Entry<'_>, day: Day) -> Result<Vec<Row>> {
    let said = text_of(entry, "litellm_provider").unwrap_or_default();
    let model = key.strip_prefix(&format!("{said}/")).unwrap_or(key);
    let source = text_of(entry, "source").map_or("LiteLLM".to_owned(), |source| format!("LiteLLM, {source}"));
    let mut rows = Vec::new();
    for (tier, ending) in TIERS {
        for above in lengths(entry, ending) {
            let length = if above == 0 { String::new() } else { format!("_above_{}k_tokens", above / 1000) };
            let of = |what: &str| rate_of(entry, &format!("{what}{length}{ending}")).with_context(|| key.to_owned());
            let (Some(input), Some(output)) = (of("input_cost_per_token")?, of("output_cost_per_token")?) else {
                continue;
            };
            let positive = |rate: Option<Rate>| rate.filter(|rate| *rate > 0);
            let hour = of("cache_creation_input_token_cost_above_1hr")?;
            rows.push(Row {
                model: model.to_lowercase(),
                provider: names::provider(&said),
                from: None,
                to: None,
                tier: tier.to_owned(),
                above,
                rates: Rates {
                    input,
                    output,
                    cached_input: of("cache_read_input_token_cost")?,
                    // A write is never free: 0 is of those who do not bill it apart.
                    cache_write: positive(of("cache_creation_input_token_cost")?),
                    cache_write_1h: positive(hour),
                    reasoning: of("output_cost_per_reasoning_token")?.filter(|rate| *rate != output),
                },
                source: source.clone(),
                retrieved: Some(day),
            });
        }
    }
    Ok(rows)
}

/// The lengths of input from which on another price holds; 0 is the first.
fn lengths(entry: &Entry<'_>, ending: &str) -> BTreeSet<i64> {
    let longer = entry.keys().filter_map(|key| {
        let thousands =
            key.strip_prefix("input_cost_per_token_above_")?.strip_suffix(ending)?.strip_suffix("k_tokens")?;
        Some(thousands.parse::<i64>().ok()? * 1000)
    });
    std::iter::once(0).chain(longer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{
        "sample_spec": {"input_cost_per_token": 0.0, "mode": "one of chat, embedding"},
        "gpt-x": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1.9999999999999998e-06,
            "output_cost_per_token": 8e-06, "cache_read_input_token_cost": 5e-07, "input_cost_per_token_batches": 1e-06,
            "output_cost_per_token_batches": 4e-06, "input_cost_per_token_above_200k_tokens": 4e-06,
            "output_cost_per_token_above_200k_tokens": 1.2e-05, "max_tokens": 4096, "source": "https://example.org"},
        "gemini/g": {"litellm_provider": "gemini", "mode": "chat", "input_cost_per_token": 1e-7, "output_cost_per_token": 4e-7,
            "cache_creation_input_token_cost": 0.0, "output_cost_per_reasoning_token": 4e-7},
        "vertex_ai/g": {"litellm_provider": "vertex_ai", "input_cost_per_token": 1e-7, "output_cost_per_token": 4e-7},
        "draw": {"litellm_provider": "openai", "mode": "image_generation", "output_cost_per_image": 0.04},
        "free": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 0.0, "output_cost_per_token": 0.0}
    }"#;

    #[test]
    fn prices_are_read_exactly_with_their_tiers_and_lengths() {
        let read = read(LIST, Day::read("2026-11-21").unwrap()).unwrap();
        let of = |row: &Row| (row.provider.clone(), row.tier.clone(), row.above, row.rates.input, row.rates.output);
        let all: Vec<_> = read.rows.iter().map(of).collect();
        let row = |provider: &str, tier: &str, above, input, output| {
            (provider.to_owned(), tier.to_owned(), above, input, output)
        };
        assert_eq!(
            all,
            [
                row("google", "", 0, 100_000_000, 400_000_000),
                row("openai", "", 0, 2_000_000_000, 8_000_000_000),
                row("openai", "", 200_000, 4_000_000_000, 12_000_000_000),
                row("openai", "batch", 0, 1_000_000_000, 4_000_000_000),
                row("vertex", "", 0, 100_000_000, 400_000_000),
            ]
        );
        assert_eq!((read.without_price, read.free), (1, 1));
        assert_eq!(read.rows[1].rates.cached_input, Some(500_000_000));
        assert_eq!((read.rows[0].rates.cache_write, read.rows[0].rates.reasoning), (None, None));
    }

    #[test]
    fn a_list_that_is_none_is_refused() {
        let day = Day::read("2026-11-21").unwrap();
        for (text, says) in [
            ("", "it is no JSON object"),
            ("[]", "it is no JSON object"),
            ("{}", "no model in it has a price"),
            (r#"{"a": 1}"#, "`a` is no model"),
            (r#"{"a": {"input_cost_per_token": "much", "output_cost_per_token": 1}}"#, "a: `input_cost_per_token` is"),
        ] {
            let error = read(text, day).unwrap_err();
            assert!(format!("{error:#}").starts_with(says), "{error:#}");
        }
    }
}
