//! The numbers of reports, each worked out from scratch over a handful of rows: exact sums, floats last.

use super::row::{Row, What};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use prompt_analytics::event::Field;
use prompt_analytics::fold::Scope;
use prompt_analytics::sheet::{Cell, Why};
use statrs::distribution::{Beta, ContinuousCDF, StudentsT};
use std::collections::{BTreeMap, BTreeSet};

const NANO: i128 = 1_000_000_000;

/// Rows, and what they are asked about.
#[derive(Clone, Copy)]
pub struct Group<'a> {
    pub rows: &'a [&'a Row],
    pub scope: Scope,
    pub zone: &'a TimeZone,
}

impl<'a> Group<'a> {
    pub fn is_run(&self, row: &Row) -> bool {
        match row.what {
            What::Use => true,
            What::Template => self.scope == Scope::Templates,
            What::Starter => self.scope == Scope::Starters,
            _ => false,
        }
    }

    pub fn is_ended(&self, row: &Row) -> bool {
        matches!(row.what, What::Use | What::Orphan) || row.what == What::Starter && self.scope == Scope::Starters
    }

    pub fn is_error(&self, row: &Row) -> bool {
        self.is_ended(row) && row.is_error
    }

    fn runs(&self) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().copied().filter(|row| self.is_run(row))
    }

    fn of(&self, what: What) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().copied().filter(move |row| row.what == what)
    }

    fn ended(&self) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().copied().filter(|row| self.is_ended(row))
    }

    fn errors(&self) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().copied().filter(|row| self.is_error(row))
    }

    /// Uses and orphan outcomes that are known to have helped (`Some(true)`), not to have (`Some(false)`), or either.
    fn outcomes(&self, wanted: Option<bool>) -> u64 {
        let is_wanted = |row: &&Row| row.success.is_some() && (wanted.is_none() || row.success == wanted);
        self.ended().filter(is_wanted).count() as u64
    }

    fn numbers(&self, what: What, field: Field) -> Vec<i64> {
        self.of(what).filter_map(|row| row.number(field)).collect()
    }

    fn durations(&self) -> Vec<i64> {
        self.ended().filter_map(|row| row.number(Field::DurationMs)).collect()
    }

    fn rated_like(&self, points: i64) -> Cell {
        let is_near = |rating: &&i64| (**rating + 500_000_000).div_euclid(1_000_000_000) == points;
        int(self.numbers(What::Rating, Field::Rating).iter().filter(is_near).count())
    }

    /// The cell of the metric called `key`.
    pub fn cell(&self, key: &str) -> Cell {
        match key {
            "runs" => int(self.runs().count()),
            "prompts" => distinct(self.runs(), Field::PromptId),
            "users" => distinct(self.runs(), Field::UserId),
            "conversations" => distinct(self.runs(), Field::ConversationId),
            "input_tokens" => tokens(self.runs(), |row| row.number(Field::InputTokens)),
            "output_tokens" => tokens(self.runs(), |row| row.number(Field::OutputTokens)),
            "cached_input_tokens" => tokens(self.runs(), |row| row.number(Field::CachedInputTokens)),
            "cache_write_tokens" => tokens(self.runs(), |row| row.number(Field::CacheWriteTokens)),
            "total_tokens" => tokens(self.runs(), Row::total_tokens),
            "mean_input_tokens" => {
                let tokens: Vec<i64> = self.runs().filter_map(|row| row.number(Field::InputTokens)).collect();
                scaled(mean(&tokens, None), 1e9)
            }
            "mean_output_tokens" => {
                let tokens: Vec<i64> = self.runs().filter_map(|row| row.number(Field::OutputTokens)).collect();
                scaled(mean(&tokens, None), 1e9)
            }
            "first_used" => self.instant(self.runs().map(|row| row.time).min()),
            "last_used" => self.instant(self.runs().map(|row| row.time).max()),
            "outcomes" => int(self.outcomes(None)),
            "successes" => int(self.outcomes(Some(true))),
            "failures" => int(self.outcomes(Some(false))),
            "errors" => int(self.errors().count()),
            "error_prompts" => distinct(self.errors(), Field::PromptId),
            "error_models" => distinct(self.errors(), Field::Model),
            "first_error" => self.instant(self.errors().map(|row| row.time).min()),
            "last_error" => self.instant(self.errors().map(|row| row.time).max()),
            "success_rate" => share(self.outcomes(Some(true)), self.outcomes(None)),
            "error_rate" => share(self.errors().count() as u64, self.outcomes(None)),
            "mean_ms" => scaled(mean(&self.durations(), None), 1e3),
            "sd_ms" => scaled(deviation(&self.durations()), 1e3),
            "ratings" => int(self.of(What::Rating).count()),
            "mean_rating" => mean(&self.numbers(What::Rating, Field::Rating), Some((1, 5))),
            "response_rate" => {
                let rated = self.of(What::Use).filter(|row| row.use_rating.is_some()).count();
                share(rated as u64, self.runs().count() as u64)
            }
            "raters" => distinct(self.of(What::Rating), Field::UserId),
            "most_by_one_rater" => self.most_by_one_rater(),
            "cost_usd"
            | "cost_per_run_usd"
            | "cost_per_success_usd"
            | "cost_per_good_usd"
            | "max_cost_usd"
            | "unpriced_runs"
            | "recorded_usd" => self.cost(key),
            // Nothing here is asked with a table of prices.
            "table_priced_runs" => int(0),
            "table_priced_usd" => Cell::Num(0.0),
            "price_table" | "cache_savings_usd" | "recomputed_usd" | "difference_usd" => Cell::Missing(Why::NoData),
            "assessments" => int(self.of(What::Assessment).count()),
            "quality_score" => mean(&self.numbers(What::Assessment, Field::QualityScore), Some((0, 1))),
            "clarity_score" => mean(&self.numbers(What::Assessment, Field::ClarityScore), Some((0, 1))),
            "specificity_score" => mean(&self.numbers(What::Assessment, Field::SpecificityScore), Some((0, 1))),
            "efficiency_score" => mean(&self.numbers(What::Assessment, Field::EfficiencyScore), Some((0, 1))),
            other => self.made_up(other),
        }
    }

    fn most_by_one_rater(&self) -> Cell {
        let mut by_user: BTreeMap<&str, usize> = BTreeMap::new();
        for user in self.of(What::Rating).filter_map(|row| row.text(Field::UserId)) {
            *by_user.entry(user).or_default() += 1;
        }
        by_user.into_values().max().map_or(Cell::Missing(Why::NoData), int)
    }

    fn cost(&self, key: &str) -> Cell {
        let priced = || self.of(What::Use).filter(|row| row.number(Field::CostUsd).is_some());
        let unpriced = self.of(What::Use).count() - priced().count();
        let dollars = |rows: &mut dyn Iterator<Item = &'a Row>| {
            sum(&rows.filter_map(|row| row.number(Field::CostUsd)).collect::<Vec<_>>())
        };
        match key {
            "unpriced_runs" => int(unpriced),
            "cost_per_run_usd" => mean(&self.numbers(What::Use, Field::CostUsd), None),
            "max_cost_usd" => {
                let dearest = self.numbers(What::Use, Field::CostUsd).into_iter().max();
                dearest.map_or(Cell::Missing(Why::NoData), |nanos| Cell::Num(float(nanos.into()) / 1e9))
            }
            "cost_per_good_usd" => {
                let rated = || priced().filter(|row| row.use_rating.is_some());
                let good = rated().filter(|row| row.use_rating >= Some(4_000_000_000)).count();
                ratio(dollars(&mut rated()), good, NANO)
            }
            "recorded_usd" => match priced().count() {
                0 => Cell::Missing(Why::NoData),
                _ => Cell::Num(float(dollars(&mut priced())) / 1e9),
            },
            "cost_per_success_usd" => {
                let successes = priced().filter(|row| row.success == Some(true)).count();
                ratio(dollars(&mut priced().filter(|row| row.success.is_some())), successes, NANO)
            }
            _ => match (priced().count(), unpriced) {
                (0, 0) => Cell::Missing(Why::NoData),
                (0, _) => Cell::Missing(Why::Unpriced),
                (_, 0) => Cell::Num(float(dollars(&mut priced())) / 1e9),
                _ => Cell::AtLeast(float(dollars(&mut priced())) / 1e9),
            },
        }
    }

    /// `rating_3`, `p99.9_ms`, `p50_input_tokens`.
    fn made_up(&self, key: &str) -> Cell {
        if let Some(points) = key.strip_prefix("rating_") {
            return self.rated_like(points.parse().expect("a number of points"));
        }
        let (percent, of) = key.strip_prefix('p').and_then(|rest| rest.split_once('_')).unwrap_or_default();
        let percent: f64 = percent.parse().unwrap_or_else(|_| panic!("nobody worked `{key}` out by hand"));
        let whole = |field| quantile(self.runs().filter_map(|row| row.number(field)).collect(), percent / 100.0);
        match of {
            "ms" => scaled(quantile(self.durations(), percent / 100.0), 1e3),
            "input_tokens" => scaled(whole(Field::InputTokens), 1e9),
            "output_tokens" => scaled(whole(Field::OutputTokens), 1e9),
            _ => panic!("nobody worked `{key}` out by hand"),
        }
    }

    fn instant(&self, ts_ns: Option<i64>) -> Cell {
        let Some(ts_ns) = ts_ns else { return Cell::Missing(Why::NoData) };
        let instant = Timestamp::from_nanosecond(ts_ns.into()).expect("an instant").to_zoned(self.zone.clone());
        Cell::Text(instant.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
    }
}

/// The posterior probability that what a metric estimates lies below `target`: Jeffreys' Beta for shares, Student's t for
/// means, with one value more at each end of a scale.
pub fn posterior_below(group: &Group<'_>, metric: &str, target: f64) -> f64 {
    let scores = |field| group.numbers(What::Assessment, field).into_iter().chain([0, 1_000_000_000]).collect();
    let nanos: Vec<i64> = match metric {
        "success_rate" => {
            let (k, n) = (group.outcomes(Some(true)), group.outcomes(None));
            let beta = Beta::new(float(k.into()) + 0.5, float((n - k).into()) + 0.5).expect("a distribution");
            return beta.cdf(target);
        }
        "mean_ms" => group.durations(),
        "mean_rating" => {
            let ratings = group.numbers(What::Rating, Field::Rating);
            ratings.into_iter().chain([1_000_000_000, 5_000_000_000]).collect()
        }
        "quality_score" => scores(Field::QualityScore),
        "clarity_score" => scores(Field::ClarityScore),
        "specificity_score" => scores(Field::SpecificityScore),
        _ => scores(Field::EfficiencyScore),
    };
    let n = float(nanos.len() as i128);
    let mean = float(sum(&nanos)) / 1e9 / n;
    let target = if metric == "mean_ms" { target / 1e3 } else { target };
    let error = sd(&nanos) / n.sqrt();
    if error == 0.0 {
        return if mean < target { 1.0 } else { 0.0 };
    }
    StudentsT::new(0.0, 1.0, n - 1.0).expect("a distribution").cdf((target - mean) / error)
}

#[allow(clippy::cast_precision_loss, reason = "the one place where exact numbers become floats")]
fn float(number: i128) -> f64 {
    number as f64
}

fn int(count: impl TryInto<i128>) -> Cell {
    count.try_into().map_or(Cell::Missing(Why::NoData), Cell::Int)
}

fn sum(numbers: &[i64]) -> i128 {
    numbers.iter().map(|number| i128::from(*number)).sum()
}

fn distinct<'a>(rows: impl Iterator<Item = &'a Row>, field: Field) -> Cell {
    int(rows.filter_map(|row| row.text(field)).collect::<BTreeSet<_>>().len())
}

fn tokens<'a>(rows: impl Iterator<Item = &'a Row>, of: impl Fn(&'a Row) -> Option<i64>) -> Cell {
    let known: Vec<i64> = rows.filter_map(of).collect();
    if known.is_empty() { Cell::Missing(Why::NoData) } else { Cell::Int(sum(&known)) }
}

fn ratio(sum: i128, of: usize, unit: i128) -> Cell {
    match of {
        0 => Cell::Missing(Why::NoData),
        _ => Cell::Estimate { value: float(sum) / float(of as i128) / float(unit), interval: None, n: of as u64 },
    }
}

/// Wilson's interval as the roots of (p − π)² = z²·π(1 − π)/n.
#[allow(clippy::many_single_char_names, reason = "the letters of the formula")]
pub fn share(k: u64, n: u64) -> Cell {
    if n == 0 {
        return Cell::Missing(Why::NoData);
    }
    let (kf, nf) = (float(k.into()), float(n.into()));
    let z2 = 1.959_963_984_540_054_f64.powi(2);
    let (a, b, c) = (nf + z2, -(2.0 * kf + z2), kf * kf / nf);
    let root = (b * b - 4.0 * a * c).max(0.0).sqrt();
    Cell::Share { k, n, low: ((-b - root) / (2.0 * a)).max(0.0), high: ((-b + root) / (2.0 * a)).min(1.0) }
}

/// The sample standard deviation in whole units. Each deviation is exact: (n·x − Σx) / n.
fn sd(nanos: &[i64]) -> f64 {
    let (n, sum) = (nanos.len() as i128, sum(nanos));
    let squares: f64 = nanos.iter().map(|x| (float(n * i128::from(*x) - sum) / float(n) / 1e9).powi(2)).sum();
    (squares / float(n - 1)).sqrt()
}

/// A mean in whole units; on a scale its interval is that with one value more at each end, clipped to the scale.
pub fn mean(nanos: &[i64], scale: Option<(i64, i64)>) -> Cell {
    let n = nanos.len();
    if n == 0 {
        return Cell::Missing(Why::NoData);
    }
    let mut padded = nanos.to_vec();
    padded.extend(scale.iter().flat_map(|(low, high)| [low * 1_000_000_000, high * 1_000_000_000]));
    // Three values at least, and not all of them the same.
    let is_spread = padded.len() >= 3 && padded.iter().any(|nano| *nano != padded[0]);
    let interval = is_spread.then(|| {
        let m = float(padded.len() as i128);
        let centre = float(sum(&padded)) / 1e9 / m;
        let t = t_of_95(m - 1.0);
        let half = t * sd(&padded) / m.sqrt();
        match scale {
            #[allow(clippy::cast_precision_loss, reason = "the ends of a scale are small")]
            Some((low, high)) => ((centre - half).max(low as f64), (centre + half).min(high as f64)),
            // What is measured is not negative, and neither is its mean.
            None => ((centre - half).max(0.0), centre + half),
        }
    });
    Cell::Estimate { value: float(sum(nanos)) / 1e9 / float(n as i128), interval, n: n as u64 }
}

fn deviation(nanos: &[i64]) -> Cell {
    match nanos.len() {
        0 => Cell::Missing(Why::NoData),
        1 => Cell::Missing(Why::TooFew { n: 1, least: 2 }),
        n => Cell::Estimate { value: sd(nanos), interval: None, n: n as u64 },
    }
}

/// R's type 7: between the values around (n − 1)·p, counted from 0.
fn quantile(mut nanos: Vec<i64>, p: f64) -> Cell {
    if nanos.is_empty() {
        return Cell::Missing(Why::NoData);
    }
    nanos.sort_unstable();
    let at = float(nanos.len() as i128 - 1) * p;
    let value = nanos.iter().enumerate().map(|(place, nano)| {
        let weight = (1.0 - (at - float(place as i128)).abs()).max(0.0);
        weight * float(i128::from(*nano))
    });
    Cell::Estimate { value: value.sum::<f64>() / 1e9, interval: None, n: nanos.len() as u64 }
}

fn scaled(cell: Cell, by: f64) -> Cell {
    match cell {
        Cell::Estimate { value, interval, n } => {
            Cell::Estimate { value: value * by, interval: interval.map(|(low, high)| (low * by, high * by)), n }
        }
        other => other,
    }
}

/// The 0.975 quantile of Student's t. Of many degrees of freedom, where the inverse is searched for in vain, by the series of
/// M. Abramowitz and I. A. Stegun, "Handbook of mathematical functions" (1964), 26.7.5.
fn t_of_95(freedom: f64) -> f64 {
    if freedom <= 10_000.0 {
        return StudentsT::new(0.0, 1.0, freedom).expect("a distribution").inverse_cdf(0.975);
    }
    let z = 1.959_963_984_540_054_f64;
    let first = (z.powi(3) + z) / 4.0;
    let second = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
    let third = (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0;
    z + first / freedom + second / freedom.powi(2) + third / freedom.powi(3)
}

/// Whether two cells say the same: integers and texts exactly, floats to a billionth.
pub fn is_same(a: &Cell, b: &Cell) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs().max(1.0);
    match (a, b) {
        (Cell::Num(a), Cell::Num(b)) | (Cell::AtLeast(a), Cell::AtLeast(b)) => near(*a, *b),
        (Cell::Share { k, n, low, high }, Cell::Share { k: k2, n: n2, low: low2, high: high2 }) => {
            (k, n) == (k2, n2) && near(*low, *low2) && near(*high, *high2)
        }
        (Cell::Estimate { value, interval, n }, Cell::Estimate { value: value2, interval: interval2, n: n2 }) => {
            let is_near_interval = match (interval, interval2) {
                (Some((low, high)), Some((low2, high2))) => near(*low, *low2) && near(*high, *high2),
                (None, None) => true,
                _ => false,
            };
            near(*value, *value2) && is_near_interval && n == n2
        }
        _ => a == b,
    }
}
