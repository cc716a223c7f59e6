//! Judging: which series rise or fall, where they changed, and how far that is more than chance, over all that was tested.

use super::series::Series;
use crate::metric::Better;
use crate::stat::{self, Change, Slope};

/// Buckets it takes to say whether a series rises or falls.
pub const LEAST_BUCKETS: usize = 8;
/// Buckets it takes to look for a change of level: five before it and five after.
pub const LEAST_AROUND: usize = 10;

/// What a series does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Rising,
    Falling,
    /// It moved at changes of level, and not in between.
    SteppedUp,
    SteppedDown,
    /// It does not stay the same by chance alone, but between most buckets it does stay the same.
    Level,
    /// What was seen may be chance.
    NoTrend,
    TooFew,
}

/// A series, which way it goes and how fast.
pub struct Direction<'a> {
    pub series: &'a Series<'a>,
    /// The buckets that count.
    pub buckets: usize,
    /// Per bucket; `None` where they are too few.
    pub slope: Option<Slope>,
    /// The level of that line in the first and in the last bucket that counts.
    pub levels: Option<(f64, f64)>,
    /// The first and the last bucket that count.
    pub ends: Option<(i64, i64)>,
    /// Adjusted for all series tested.
    pub p: Option<f64>,
    pub verdict: Verdict,
}

/// A change of level of a series.
pub struct Turn<'a> {
    pub series: &'a Series<'a>,
    /// The first bucket of the new level.
    pub at: i64,
    /// Its levels and the p-value, adjusted for all splits of all series.
    pub change: Change,
    pub buckets: usize,
}

/// What was found of all series, and how many were tested for it.
pub struct Judged<'a> {
    pub directions: Vec<Direction<'a>>,
    pub turns: Vec<Turn<'a>>,
    pub tested: usize,
    pub searched: usize,
}

/// Whether it is for the better that a metric goes up (or down); `None` of what only describes.
pub fn is_better(series: &Series<'_>, is_up: bool) -> Option<bool> {
    match series.metric.better {
        Better::Higher => Some(is_up),
        Better::Lower => Some(!is_up),
        Better::Neither => None,
    }
}

/// Judges every series by all of them: p-values are adjusted by Holm for the series tested for a trend, and multiplied by
/// the number of those searched for changes.
pub fn judge<'a>(series: &'a [Series<'a>]) -> Judged<'a> {
    let mut directions: Vec<Direction> = series.iter().map(direction).collect();
    let tested: Vec<f64> = directions.iter().filter_map(|direction| direction.p).collect();
    let mut adjusted = stat::holm(&tested).into_iter();
    for direction in &mut directions {
        direction.p = direction.p.and_then(|_| adjusted.next());
        direction.verdict = verdict(direction);
    }
    let values: Vec<Vec<(i64, f64)>> = series.iter().map(Series::values).collect();
    let searched = values.iter().filter(|values| values.len() >= LEAST_AROUND).count();
    let mut kept = Vec::new();
    for ((series, values), direction) in series.iter().zip(&values).zip(&mut directions) {
        let turns = turns(series, values, searched);
        let is_moving = matches!(direction.verdict, Verdict::Rising | Verdict::Falling);
        match direction.slope.filter(|_| is_moving && !turns.is_empty()) {
            // A slope is a change of level to the test of Pettitt, and a step a slope to that of Mann and Kendall.
            Some(slope) if !is_stepped(values, slope, &turns) => {}
            Some(_) => {
                let is_up = direction.verdict == Verdict::Rising;
                direction.verdict = if is_up { Verdict::SteppedUp } else { Verdict::SteppedDown };
                kept.extend(turns);
            }
            None => kept.extend(turns),
        }
    }
    Judged { directions, turns: kept, tested: tested.len(), searched }
}

/// Whether changes of level describe values better than a line does, by Schwarz's criterion for absolute deviations.
///
/// Sources: G. Schwarz, "Estimating the dimension of a model", Annals of Statistics 6 (1978); Y.-C. Yao, "Estimating the
/// number of change-points via Schwarz' criterion", Statistics & Probability Letters 6 (1988).
fn is_stepped(values: &[(i64, f64)], line: Slope, turns: &[Turn<'_>]) -> bool {
    let first = values.first().map_or(0, |(bucket, _)| *bucket);
    let level = |bucket: i64| {
        let before = turns.iter().rev().find(|turn| turn.at <= bucket).map(|turn| turn.change.after);
        before.unwrap_or(turns[0].change.before)
    };
    let off = |expected: &dyn Fn(i64) -> f64| {
        values.iter().map(|(bucket, value)| (value - expected(*bucket)).abs()).sum::<f64>()
    };
    let of_line = off(&|bucket| line.intercept + line.value * steps(bucket - first));
    let of_levels = off(&level);
    #[allow(clippy::cast_precision_loss, reason = "at most a few hundred buckets")]
    let (n, changes) = (values.len() as f64, turns.len() as f64);
    // A deviation of nothing has no logarithm; a hair of the other one does as well.
    let least = f64::MIN_POSITIVE.max(1e-9 * of_line.max(of_levels));
    let criterion = |off: f64, parameters: f64| 2.0 * n * (off.max(least) / n).ln() + parameters * n.ln();
    criterion(of_levels, 2.0 * changes + 1.0) < criterion(of_line, 2.0)
}

fn direction<'a>(series: &'a Series<'a>) -> Direction<'a> {
    let values = series.values();
    let ends = values.first().zip(values.last()).map(|((first, _), (last, _))| (*first, *last));
    let mut direction =
        Direction { series, buckets: values.len(), slope: None, levels: None, ends, p: None, verdict: Verdict::TooFew };
    let Some((first, last)) = ends.filter(|_| values.len() >= LEAST_BUCKETS) else { return direction };
    let points: Vec<(f64, f64)> = values.iter().map(|(bucket, value)| (steps(bucket - first), *value)).collect();
    let slope = stat::theil_sen(&points);
    let (low, high) = series.metric.range();
    direction.levels = slope.map(|slope| {
        let at = |steps: f64| (slope.intercept + slope.value * steps).clamp(low, high);
        (at(0.0), at(steps(last - first)))
    });
    direction.slope = slope;
    direction.p = stat::mann_kendall(&points).map(|trend| trend.p);
    direction
}

/// Buckets between two.
#[allow(clippy::cast_precision_loss, reason = "at most a few hundred buckets")]
fn steps(buckets: i64) -> f64 {
    buckets as f64
}

fn verdict(direction: &Direction<'_>) -> Verdict {
    let (Some(p), Some(slope)) = (direction.p, direction.slope) else { return Verdict::TooFew };
    if p >= 1.0 - stat::CONFIDENCE {
        Verdict::NoTrend
    } else if slope.value > 0.0 {
        Verdict::Rising
    } else if slope.value < 0.0 {
        Verdict::Falling
    } else {
        Verdict::Level
    }
}

fn turns<'a>(series: &'a Series<'a>, values: &[(i64, f64)], searched: usize) -> Vec<Turn<'a>> {
    let numbers: Vec<f64> = values.iter().map(|(_, value)| *value).collect();
    #[allow(clippy::cast_precision_loss, reason = "a count of series")]
    let searched = searched as f64;
    let adjusted = |change: Change| Change { p: (change.p * searched).min(1.0), ..change };
    let changes = stat::changes(&numbers).into_iter().map(adjusted);
    let is_real = |change: &Change| change.p < 1.0 - stat::CONFIDENCE && change.before.total_cmp(&change.after).is_ne();
    let turn = |change: Change| Turn { series, at: values[change.at].0, change, buckets: values.len() };
    changes.filter(is_real).map(turn).collect()
}
