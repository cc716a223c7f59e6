//! Advice: a miss in words, what is behind it, and a command or a change to try.

use super::explain::{Explained, Moved};
use super::judge::Miss;
use crate::coverage::{count, thousands};
use crate::metric::Better;
use crate::report::causes;
use crate::report::feedback::few_rated;
use crate::sheet::{Cell, Unit};

/// `success is 66.2 %, below the target of 80 %`. How sure that is, and of how many, stands beside it.
pub fn says(miss: &Miss) -> String {
    let unit = miss.metric.unit;
    let side = if miss.metric.better == Better::Lower { "above" } else { "below" };
    let value = causes::number(unit, miss.cell.number().unwrap_or(f64::NAN));
    format!("{} is {value}, {side} the target of {}", miss.metric.whole_label(), causes::level(unit, miss.target()))
}

/// What the observations say of the cause; empty where they say nothing.
pub fn because(miss: &Miss, explained: &Explained) -> String {
    let number = |cell: &Cell| causes::number(miss.metric.unit, cell.number().unwrap_or(f64::NAN));
    match &*miss.metric.key {
        "success_rate" => causes::words("failure", &explained.kinds),
        "error_rate" => causes::words("error", &explained.kinds),
        "mean_rating" => opinions(miss, explained),
        "mean_ms" if explained.outlier.is_some() => {
            explained.outlier.as_ref().map_or_else(String::new, |outlier| outlier.trim_end_matches('.').to_owned())
        }
        "mean_ms" => explained.slowest.as_ref().map_or_else(String::new, |slowest| {
            format!("{} takes {}, the other models {}", slowest.model, number(&slowest.mean), number(&slowest.others))
        }),
        "quality_score" => miss.lowest.as_ref().map_or_else(String::new, |(metric, cell)| {
            format!("{} is the lowest component: {}", metric.label, number(cell))
        }),
        _ => String::new(),
    }
}

/// What the remarks speak of, and who rates.
fn opinions(miss: &Miss, explained: &Explained) -> String {
    let theme = explained.theme.as_ref().map(|theme| {
        let speak = if theme.k == 1 { "speaks" } else { "speak" };
        format!("{} of {} {speak} of {}", thousands(theme.k.into()), count(theme.n, "remark"), theme.name)
    });
    let few = match miss.rated {
        Cell::Share { k, n, .. } => few_rated(k, n).map(|said| said.trim_end_matches('.').to_owned()),
        _ => None,
    };
    theme.into_iter().chain(few).collect::<Vec<_>>().join("; ")
}

/// How it moved since the version before: `version 7: 66.2 %, version 6: 90.9 % (difference −24.7 points, −28.1 to −21.2)`.
pub fn moved(miss: &Miss, moved: &Moved) -> String {
    let unit = miss.metric.unit;
    let of = |(name, cell): &(String, Cell)| {
        let n = match cell {
            Cell::Share { k, n, .. } => format!(", {} of {}", thousands((*k).into()), thousands((*n).into())),
            Cell::Estimate { n, .. } => format!(", n {}", thousands((*n).into())),
            _ => String::new(),
        };
        format!("version {name} {}{n}", causes::number(unit, cell.number().unwrap_or(f64::NAN)))
    };
    let difference = moved.compared.map_or_else(String::new, |compared| {
        let difference = compared.difference;
        let chance = if difference.low > 0.0 || difference.high < 0.0 { "" } else { ": may be chance" };
        let [low, high] = [difference.low, difference.high].map(|end| bare(unit, end));
        format!(" (difference {}, {low} to {high}{chance})", signed(unit, difference.value))
    });
    format!("{}; before it {}{difference}", of(&moved.latest), of(&moved.before))
}

/// A difference as a sentence says it: points of shares, else the unit.
fn signed(unit: Unit, value: f64) -> String {
    let sign = if value < 0.0 { "−" } else { "+" };
    let size = value.abs();
    match unit {
        Unit::Ratio => format!("{sign}{:.1} points", size * 100.0),
        unit => format!("{sign}{}", causes::number(unit, size)),
    }
}

/// The same without its unit, which was said.
fn bare(unit: Unit, value: f64) -> String {
    signed(unit, value).trim_end_matches([' ', 's', '%']).trim_end_matches(" point").replace('$', "")
}

/// What to look at or to change.
pub fn try_this(miss: &Miss, explained: &Explained) -> String {
    let subject = miss.subject.flags();
    if let Some(moved) = &explained.moved {
        let (latest, before) = (&moved.latest.0, &moved.before.0);
        if moved.is_mended {
            return format!(
                "version {latest} reaches the target: see that every use has it, and leave the rest to time"
            );
        }
        if moved.is_worse(&miss.metric) {
            return format!(
                "go back to version {before}, or see what changed: `prompt-analytics compare --compare prompt_version={},{}{subject}`",
                causes::quoted(before),
                causes::quoted(latest)
            );
        }
    }
    match &*miss.metric.key {
        "success_rate" if miss.runs == 0 => {
            format!("see when it failed: `prompt-analytics performance --failed --every day{subject}`")
        }
        "success_rate" => format!("read the failing runs: `prompt-analytics runs --failed{subject}`"),
        "error_rate" => format!("see what broke: `prompt-analytics errors{subject}`"),
        "mean_rating" => format!("read what people said: `prompt-analytics feedback{subject}`"),
        "mean_ms" if explained.slowest.is_some() => {
            format!("try another model on it: `prompt-analytics performance --by model{subject}`")
        }
        "mean_ms" => format!("see when it is slow: `prompt-analytics performance --every day{subject}`"),
        "clarity_score" => "say in one sentence what is wanted, before anything else".to_owned(),
        "specificity_score" => "state the shape of the answer and give one example of it".to_owned(),
        "efficiency_score" => "cut what the answer does not depend on".to_owned(),
        "quality_score" => match miss.lowest.as_ref().map(|(metric, _)| &*metric.key) {
            Some("clarity_score") => "say in one sentence what is wanted, before anything else".to_owned(),
            Some("specificity_score") => "state the shape of the answer and give one example of it".to_owned(),
            Some(_) => "cut what the answer does not depend on".to_owned(),
            None => format!("see which score is low: `prompt-analytics quality --by prompt_version{subject}`"),
        },
        _ => format!("see where it comes from: `prompt-analytics performance --by model{subject}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_has_a_sign_and_points() {
        for (unit, value, said) in
            [(Unit::Ratio, -0.247, "−24.7 points"), (Unit::Millis, 900.0, "+0.90 s"), (Unit::Score, 0.0, "+0.00")]
        {
            assert_eq!(signed(unit, value), said);
        }
        for (unit, value, said) in
            [(Unit::Ratio, -0.166, "−16.6"), (Unit::Millis, 50.0, "+0.05"), (Unit::Dollars, 3.1, "+3.10")]
        {
            assert_eq!(bare(unit, value), said);
        }
    }
}
