//! Advice: a miss in words, what is behind it, and a command or a change to try.

use super::Miss;
use crate::coverage::count;
use crate::sheet::Unit;

/// `success is 66.2 %, below the target of 80 %`. How sure that is, and of how many, stands beside it.
pub fn says(miss: &Miss) -> String {
    let label = if miss.metric.unit == Unit::Millis { "mean latency" } else { &*miss.metric.label };
    let side = if miss.metric.unit == Unit::Millis { "above" } else { "below" };
    let value = miss.cell.number().unwrap_or(f64::NAN);
    let (value, target) =
        (number(miss.metric.unit, value), number(miss.metric.unit, miss.level.target.unwrap_or(f64::NAN)));
    format!("{label} is {value}, {side} the target of {}", round(&target))
}

/// `80.0 %` as `80 %`: a target is exact.
fn round(target: &str) -> String {
    let (digits, unit) = target.split_once(' ').map_or((target, None), |(digits, unit)| (digits, Some(unit)));
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    unit.map_or_else(|| digits.to_owned(), |unit| format!("{digits} {unit}"))
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
    let of_type = |(error, count): &(Option<String>, u64)| match error {
        Some(error) => format!("{count} {error}"),
        None => format!("{count} without an error"),
    };
    let types: Vec<String> = miss.failures.iter().take(3).map(of_type).collect();
    let others = miss.failures.len().saturating_sub(types.len());
    let others = if others > 0 {
        format!(", {others} other kinds").replace("1 other kinds", "1 other kind")
    } else {
        String::new()
    };
    format!("{}: {}{others}", count(failures, "failure"), types.join(", "))
}

/// What to look at or to change.
pub fn try_this(miss: &Miss) -> String {
    let subject = format!("--{} {}", miss.dimension.name(), quoted(&miss.subject));
    match &*miss.metric.key {
        "success_rate" if miss.runs == 0 => {
            format!("see when it failed: `prompt-analytics performance --failed --every day {subject}`")
        }
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
pub fn quoted(name: &str) -> String {
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
    fn a_target_is_said_without_empty_decimals() {
        for (target, said) in
            [("80.0 %", "80 %"), ("2.00 s", "2 s"), ("0.70", "0.7"), ("4.00", "4"), ("100 %", "100 %")]
        {
            assert_eq!(round(target), said);
        }
    }

    #[test]
    fn a_name_in_a_command_can_be_pasted() {
        assert_eq!(quoted("formal-letter"), "formal-letter");
        assert_eq!(quoted("it's; rm -rf"), "'it'\\''s; rm -rf'");
    }
}
