//! What is to be expected of each series, if the future is like the past.

use super::series::Series;
use crate::sheet::{Cell, Why};
use crate::stat::{self, Forecast, Model};
use crate::time::Every;

/// What is to be expected of a series.
pub struct Prospect<'a> {
    pub series: &'a Series<'a>,
    /// The bucket after the last whole one.
    pub next: i64,
    /// Whole buckets with a value, and how many it takes.
    pub known: u64,
    pub least: u64,
    /// `None` where they are too few.
    pub forecast: Option<Forecast>,
}

/// After how many buckets a rhythm is taken to repeat: a day of hours, a week of days, a year of months.
fn season(every: Every) -> usize {
    match every {
        Every::Hour => 24,
        Every::Day => 7,
        Every::Week => 1,
        Every::Month => 12,
    }
}

/// Buckets ahead that anybody plans with.
fn horizon(every: Every) -> usize {
    match every {
        Every::Hour | Every::Day => 7,
        Every::Week => 4,
        Every::Month => 3,
    }
}

/// Known buckets that the nearest forecast takes: ten or two seasons to begin with, and 19 to try it on.
fn least(season: usize) -> usize {
    10.max(2 * season) + 19
}

/// Forecasts a series as far as its history allows: at most a quarter of it, and as far as anybody plans.
pub fn prospect<'a>(every: Every, series: &'a Series<'a>) -> Prospect<'a> {
    let (first, values) = series.with_gaps();
    let known = values.iter().flatten().count();
    // Few logs hold years; without them a month is told from the one before.
    let own = season(every);
    let season = if every == Every::Month && known < least(own) { 1 } else { own };
    let furthest = horizon(every).min(known / 4);
    let forecast = (1..=furthest).rev().find_map(|horizon| stat::forecast(&values, season, horizon));
    Prospect {
        series,
        next: first + i64::try_from(values.len()).unwrap_or(0),
        known: known as u64,
        least: least(season) as u64,
        forecast,
    }
}

impl Prospect<'_> {
    /// The value of each bucket ahead, within what the metric can be.
    pub fn cells(&self) -> Vec<Cell> {
        let (least, most) = self.series.metric.range();
        let within = |value: f64| value.clamp(least, most);
        let ahead = self.forecast.iter().flat_map(|forecast| &forecast.ahead);
        let cell = |ahead: &stat::Ahead| Cell::Estimate {
            value: within(ahead.value),
            interval: Some((within(ahead.low), within(ahead.high))),
            n: self.known,
        };
        ahead.map(cell).collect()
    }

    /// Why there is no forecast.
    pub fn too_few(&self) -> Cell {
        // Gaps take from what can be tried, so that even enough may not be enough.
        Cell::Missing(Why::TooFew { n: self.known, least: self.least.max(self.known + 1) })
    }

    pub fn method(&self) -> Option<&'static str> {
        self.forecast.as_ref().map(|forecast| match forecast.model {
            Model::SeasonalNaive => "seasonal naive",
            Model::DampedTrend => "damped trend",
        })
    }
}
