//! Trends in words: findings, and the numbers in them.

use super::first::News;
use super::judged::{Direction, Judged, Turn, Verdict, is_better};
use super::series::Series;
use crate::coverage::{count, thousands};
use crate::query::{Dimension, Filters};
use crate::report::ask::Ask;
use crate::report::causes;
use crate::sheet::{Cell, Fact, Finding, Severity, Unit};
use crate::time::Every;

/// What is followed, as findings speak of it.
pub struct Speaker<'a> {
    pub ask: &'a Ask<'a>,
    pub every: Every,
    pub by: &'a [Dimension],
}

impl Speaker<'_> {
    /// A finding for each change of level and each direction that holds, changes first, the worse before the better.
    pub fn findings(&self, judged: &Judged<'_>, news: &News) -> Vec<Finding> {
        let turns = judged.turns.iter().map(|turn| self.turned(turn, judged, news));
        let moves = judged.directions.iter().filter(|it| matches!(it.verdict, Verdict::Rising | Verdict::Falling));
        let mut findings: Vec<Finding> = turns.chain(moves.map(|it| self.moved(it, judged))).collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings
    }

    fn turned(&self, turn: &Turn<'_>, judged: &Judged<'_>, news: &News) -> Finding {
        let Turn { series, change, .. } = turn;
        let is_up = change.after > change.before;
        let [before, after] = amounts(series.metric.unit, [change.before, change.after]);
        let went = if is_up { "rose" } else { "fell" };
        let at = self.every.label(turn.at);
        let on = if self.every == Every::Day { "on" } else { "in" };
        let says = format!("{} {went} from {before} to {after} {on} {at}", series.metric.whole_label());
        let new = news.around(series.subject, turn.at);
        let noted = if new.is_empty() { String::new() } else { format!("{new}; ") };
        let rests_on = format!(
            "{} of {}, corrected for {} searched",
            chance(change.p),
            count(turn.buckets as u64, self.every.name()),
            series_of(judged.searched)
        );
        let number = |key, label, number| Fact::new(key, label, series.metric.unit, Cell::Num(number));
        Finding {
            because: format!("{noted}{rests_on}"),
            try_this: format!("see what is different since: `{}`", self.after(turn, &new)),
            evidence: vec![
                Fact::new("metric", "metric", Unit::Name, Cell::Text(series.metric.key.to_string())),
                Fact::new("at", "at", Unit::Name, Cell::Text(at)),
                number("before", "before", change.before),
                number("after", "after", change.after),
                Fact::new("p", "p", Unit::Score, Cell::Num(change.p)),
            ],
            ..Finding::new(severity(series, is_up), self.subject(series), says)
        }
    }

    fn moved(&self, direction: &Direction<'_>, judged: &Judged<'_>) -> Finding {
        let series = direction.series;
        let (Some(slope), Some(p), Some((first, _))) = (direction.slope, direction.p, direction.ends) else {
            unreachable!("what rises or falls has a slope")
        };
        let is_up = direction.verdict == Verdict::Rising;
        let many = is_many(series);
        let went = match (is_up, many) {
            (true, false) => "rises",
            (true, true) => "rise",
            (false, false) => "falls",
            (false, true) => "fall",
        };
        let [size, low, high] = differences(series.metric.unit, [slope.value.abs(), slope.low, slope.high]);
        let (low, high) = (bare(&low), bare(&high));
        let every = self.every.name();
        let an = if self.every == Every::Hour { "an" } else { "a" };
        let says = format!("{} {went} by {size} {an} {every} ({low} to {high})", series.metric.whole_label());
        let rests_on = format!(
            "{} of {}, corrected for {} tested",
            chance(p),
            count(direction.buckets as u64, every),
            series_of(judged.tested)
        );
        let value = Cell::Num(slope.value);
        Finding {
            because: rests_on,
            try_this: format!("see what moves it: `{}`", self.command(series, first, self.within())),
            evidence: vec![
                Fact::new("metric", "metric", Unit::Name, Cell::Text(series.metric.key.to_string())),
                Fact::new("slope", "slope", series.metric.unit, value),
                Fact::new("slope_low", "low end of the slope", series.metric.unit, Cell::Num(slope.low)),
                Fact::new("slope_high", "high end of the slope", series.metric.unit, Cell::Num(slope.high)),
                Fact::new("p", "p", Unit::Score, Cell::Num(p)),
            ],
            ..Finding::new(severity(series, is_up), self.subject(series), says)
        }
    }

    /// `prompt extract-invoice, model gpt-4o`; empty for everything.
    fn subject(&self, series: &Series<'_>) -> String {
        let named = self.by.iter().zip(&series.subject.keys).map(|(dimension, name)| match name {
            Some(name) => format!("{} {name}", dimension.label()),
            None => format!("without {}", dimension.label()),
        });
        named.collect::<Vec<_>>().join(", ")
    }

    /// The command that looks closer at a change: what was new is put beside what was there before.
    fn after(&self, turn: &Turn<'_>, new: &str) -> String {
        let has_prompt = self.by.contains(&Dimension::Prompt);
        if new.starts_with("version ") {
            self.command(
                turn.series,
                turn.series.first,
                if has_prompt { "prompt_version" } else { "prompt,prompt_version" },
            )
        } else if new.starts_with("model ") {
            self.command(turn.series, turn.series.first, "model")
        } else {
            self.command(turn.series, turn.at, self.within())
        }
    }

    /// What everything shown is cut by to look closer.
    fn within(&self) -> &'static str {
        let has = |dimension: Dimension| self.by.contains(&dimension);
        if has(Dimension::Prompt) && has(Dimension::PromptVersion) {
            "model"
        } else if has(Dimension::Prompt) || filtered(&self.ask.query.filters, Dimension::Prompt) {
            "prompt_version"
        } else {
            "prompt"
        }
    }

    /// The command that shows a series since a bucket, cut by dimensions.
    fn command(&self, series: &Series<'_>, since: i64, by: &str) -> String {
        let report = match &*series.metric.key {
            key if key.contains("rating") || key == "response_rate" => "feedback",
            key if key.contains("cost") || key == "unpriced_runs" => "cost",
            key if key.ends_with("_score") || key == "assessments" => "quality",
            key if key.contains("tokens") || ["runs", "prompts", "users", "conversations"].contains(&key) => "usage",
            _ => "performance",
        };
        let since = self.every.label(since);
        let own = self.by.iter().zip(&series.subject.keys);
        let own = own.filter_map(|(dimension, name)| Some(causes::flag(*dimension, name.as_deref()?)));
        let flags = causes::flags(&self.ask.query.filters) + &own.collect::<String>();
        format!("prompt-analytics {report} --since {since} --by {by}{flags}")
    }
}

fn filtered(filters: &Filters, dimension: Dimension) -> bool {
    filters.patterns.iter().any(|filter| filter.tested.name() == dimension.name())
}

/// Whether the metric is spoken of as many: `runs rise`.
fn is_many(series: &Series<'_>) -> bool {
    let label = series.metric.whole_label();
    label.ends_with('s') && !label.ends_with("ss")
}

fn severity(series: &Series<'_>, is_up: bool) -> Severity {
    if is_better(series, is_up) == Some(false) { Severity::Medium } else { Severity::Low }
}

fn series_of(number: usize) -> String {
    if number == 1 { "the one series".to_owned() } else { format!("{} series", thousands(number as i128)) }
}

/// `p 0.012`, `p <0.001`.
fn chance(p: f64) -> String {
    if p < 0.001 { "p <0.001".to_owned() } else { format!("p {p:.3}") }
}

/// Numbers of one unit with one precision: three figures of the largest.
fn amounts<const N: usize>(unit: Unit, values: [f64; N]) -> [String; N] {
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let (per, before, after) = match unit {
        Unit::Ratio => (0.01, "", " %"),
        Unit::Millis if largest >= 1000.0 => (1000.0, "", " s"),
        Unit::Millis => (1.0, "", " ms"),
        Unit::Dollars => (1.0, "$", ""),
        _ => (1.0, "", ""),
    };
    let decimals = decimals(largest / per);
    values.map(|value| {
        let size = format!("{:.decimals$}", (value / per).abs());
        let (whole, fraction) = size.split_once('.').map_or((&*size, ""), |(whole, fraction)| (whole, fraction));
        let whole = whole.parse::<i128>().map_or_else(|_| whole.to_owned(), thousands);
        let point = if fraction.is_empty() { "" } else { "." };
        let sign = if value < 0.0 && size.bytes().any(|byte| matches!(byte, b'1'..=b'9')) { "−" } else { "" };
        format!("{sign}{before}{whole}{point}{fraction}{after}")
    })
}

/// Differences of a unit: those of shares are points.
fn differences<const N: usize>(unit: Unit, values: [f64; N]) -> [String; N] {
    amounts(unit, values).map(|text| match unit {
        Unit::Ratio => text.replace(" %", " pts"),
        _ => text,
    })
}

/// A number without the unit after it.
fn bare(text: &str) -> String {
    text.split_once(' ').map_or(text, |(number, _)| number).to_owned()
}

/// Decimals that leave three figures.
fn decimals(largest: f64) -> usize {
    if largest <= 0.0 || !largest.is_finite() {
        return 0;
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 9")]
    let decimals = (2.0 - largest.log10().floor()).clamp(0.0, 9.0) as usize;
    decimals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_figures_and_one_precision() {
        assert_eq!(amounts(Unit::Ratio, [0.933, 0.6]), ["93.3 %", "60.0 %"]);
        assert_eq!(amounts(Unit::Millis, [850.0, 12_400.0]), ["0.8 s", "12.4 s"]);
        assert_eq!(amounts(Unit::Millis, [850.0, 40.0]), ["850 ms", "40 ms"]);
        assert_eq!(amounts(Unit::Dollars, [0.0006, -0.000_31]), ["$0.000600", "−$0.000310"]);
        assert_eq!(amounts(Unit::Count, [1204.0, 3.0]), ["1,204", "3"]);
        assert_eq!(amounts(Unit::Score, [0.0, 0.0]), ["0", "0"]);
        assert_eq!(differences(Unit::Ratio, [0.012, -0.019, -0.005]), ["1.20 pts", "−1.90 pts", "−0.50 pts"]);
        assert_eq!(bare("−1.90 pts"), "−1.90");
    }

    #[test]
    fn a_p_value_is_never_nothing() {
        assert_eq!([chance(0.0), chance(0.012_4)], ["p <0.001", "p 0.012"]);
    }
}
