//! Advice: a miss in words, what is behind it, and a command or a change to try.

use super::{Miss, observations};
use crate::sheet::{Cell, Unit};

/// `success 66.2 % of 893 (63.0 to 69.2 %), target 80 %: very likely below`.
pub fn says(miss: &Miss) -> String {
    let number = |value: f64| number(miss.metric.unit, value);
    let value = miss.cell.number().unwrap_or(f64::NAN);
    let interval = match miss.cell {
        Cell::Share { low, high, .. } => Some((low, high)),
        Cell::Estimate { interval, .. } => interval,
        _ => None,
    };
    let interval = interval.map_or_else(String::new, |(low, high)| format!(" ({} to {})", number(low), number(high)));
    let side = if miss.metric.unit == Unit::Millis { "above" } else { "below" };
    format!(
        "{} {} over {}{interval}, target {}: {} {side} target ({:.2})",
        miss.metric.label,
        number(value),
        observations(miss),
        number(miss.level.target),
        likely(miss.confidence),
        miss.confidence,
    )
}

fn likely(confidence: f64) -> &'static str {
    match confidence {
        sure if sure >= 0.95 => "very likely",
        sure if sure >= 0.9 => "quite likely",
        _ => "likely",
    }
}

fn number(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Ratio => format!("{:.1} %", value * 100.0),
        Unit::Millis => format!("{:.2} s", value / 1000.0),
        _ => format!("{value:.2}"),
    }
}

/// What the observations say of the cause; empty where they say nothing.
pub fn because(miss: &Miss) -> String {
    let failures: u64 = miss.failures.iter().map(|(_, failures)| failures).sum();
    if failures == 0 {
        return String::new();
    }
    let share = |(error, count): &(Option<String>, u64)| {
        let percent = 100 * count / failures;
        match error {
            Some(error) => format!("{error} {percent} %"),
            None => format!("no error, only no help {percent} %"),
        }
    };
    let types: Vec<String> = miss.failures.iter().take(3).map(share).collect();
    format!("of {failures} failures: {}", types.join(", "))
}

/// What to look at or to change.
pub fn try_this(miss: &Miss) -> String {
    let subject = format!("--{} {}", miss.dimension.name(), quoted(&miss.subject));
    match &*miss.metric.key {
        "success_rate" => format!("read the failing runs: `prompt-analytics runs --failed {subject}`"),
        "mean_rating" => format!("read what people said: `prompt-analytics feedback {subject}`"),
        "mean_ms" => {
            format!("see whether a model is the slow one: `prompt-analytics performance --by model {subject}`")
        }
        "clarity_score" => "say in one sentence what is wanted, before anything else".to_owned(),
        "specificity_score" => "state the shape of the answer and give one example of it".to_owned(),
        "efficiency_score" => "cut what the answer does not depend on".to_owned(),
        _ => format!("see which score is low: `prompt-analytics quality --by prompt_version {subject}`"),
    }
}

/// A name as a shell takes it.
fn quoted(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+,".contains(&byte);
    if !name.is_empty() && name.bytes().all(is_plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_command_can_be_pasted() {
        assert_eq!(quoted("formal-letter"), "formal-letter");
        assert_eq!(quoted("it's; rm -rf"), "'it'\\''s; rm -rf'");
    }
}
