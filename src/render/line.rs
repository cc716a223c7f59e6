//! The line: a status as one line for a shell's prompt, without colour and without a word that a number needs not.

use super::escape;
use super::human;
use crate::coverage::count;
use crate::sheet::{Cell, Fact, Sheet, Why};

/// `today $3.21 (12 runs) · block $1.10, 2 h 10 m left, $0.55/h · week $14.02`, ending in a line feed.
pub fn line(sheet: &Sheet) -> String {
    let fact = |key: &str| sheet.facts().find(|fact| fact.key == key);
    let cost = |fact: &Fact| format!("{} {}", fact.label, dollars(&fact.cell));
    let mut parts = Vec::new();
    if let Some(Cell::Text(model)) = fact("model").map(|fact| &fact.cell) {
        parts.push(escape::visible(model).into_owned());
    }
    parts.extend(fact("session_cost_usd").map(cost));
    parts.extend(fact("today_cost_usd").map(|today| {
        let runs = fact("today_runs").and_then(|runs| if let Cell::Int(runs) = runs.cell { Some(runs) } else { None });
        let runs = runs.and_then(|runs| u64::try_from(runs).ok()).unwrap_or(0);
        format!("{} ({})", cost(today), count(runs, "run"))
    }));
    parts.extend(fact("block_cost_usd").map(|block| {
        let left = fact("block_left_ms").and_then(|left| left.cell.number());
        let left = left.map_or(String::new(), |ms| format!(", {} left", human::minutes(ms)));
        let rate = fact("block_cost_per_hour_usd").filter(|rate| rate.cell.number().is_some());
        let rate = rate.map_or(String::new(), |rate| format!(", {}/h", dollars(&rate.cell)));
        format!("{}{left}{rate}", cost(block))
    }));
    parts.extend(fact("week_cost_usd").map(cost));
    format!("{}\n", parts.join(" · "))
}

/// Dollars to the cent.
fn dollars(cell: &Cell) -> String {
    let written = |value: f64| match value {
        tiny if tiny > 0.0 && tiny < 0.005 => "<$0.01".to_owned(),
        value => format!("${}", human::grouped(&format!("{value:.2}"))),
    };
    match cell {
        Cell::AtLeast(value) => format!("≥{}", written(*value)),
        Cell::Missing(Why::Unpriced) => "unpriced".to_owned(),
        cell => cell.number().filter(|value| value.is_finite()).map_or_else(|| human::MISSING.to_owned(), written),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_cents_and_say_what_they_are_not() {
        for (cell, shown) in [
            (Cell::Num(0.0), "$0.00"),
            (Cell::Num(0.004), "<$0.01"),
            (Cell::Num(0.005), "$0.01"),
            (Cell::Num(1234.5), "$1,234.50"),
            (Cell::AtLeast(3.207), "≥$3.21"),
            (Cell::Missing(Why::Unpriced), "unpriced"),
            (Cell::Missing(Why::NoData), "—"),
            (Cell::Num(f64::NAN), "—"),
        ] {
            assert_eq!(dollars(&cell), shown);
        }
    }
}
