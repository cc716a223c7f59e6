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
            Some(slope) if !is_stepped(values, slope, &levels(&turns)) => {}
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

/// The levels between changes, each with the first bucket it holds in.
fn levels(turns: &[Turn<'_>]) -> Vec<(i64, f64)> {
    let before = turns.first().map(|turn| (i64::MIN, turn.change.before));
    before.into_iter().chain(turns.iter().map(|turn| (turn.at, turn.change.after))).collect()
}

/// Whether changes of level describe values better than a line does, by Schwarz's criterion for absolute deviations.
///
/// Sources: G. Schwarz, "Estimating the dimension of a model", Annals of Statistics 6 (1978); Y.-C. Yao, "Estimating the
/// number of change-points via Schwarz' criterion", Statistics & Probability Letters 6 (1988).
fn is_stepped(values: &[(i64, f64)], line: Slope, levels: &[(i64, f64)]) -> bool {
    let first = values.first().map_or(0, |(bucket, _)| *bucket);
    let level = |bucket: i64| {
        let own = levels.iter().rev().find(|(since, _)| *since <= bucket);
        own.map_or(f64::NAN, |(_, level)| *level)
    };
    let off = |expected: &dyn Fn(i64) -> f64| {
        values.iter().map(|(bucket, value)| (value - expected(*bucket)).abs()).sum::<f64>()
    };
    let of_line = off(&|bucket| line.intercept + line.value * steps(bucket - first));
    let of_levels = off(&level);
    #[allow(clippy::cast_precision_loss, reason = "at most a few hundred buckets")]
    let (n, changes) = (values.len() as f64, levels.len() as f64 - 1.0);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric;
    use crate::report::trends::series::{Point, Subject};
    use std::collections::HashMap;

    /// Numbers between −1 and 1, the same ones for the same seed.
    fn noise(seed: u64) -> impl Iterator<Item = f64> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        std::iter::repeat_with(move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            #[allow(clippy::cast_precision_loss, reason = "any number will do")]
            let number = (state >> 11) as f64 / (1_u64 << 52) as f64;
            number - 1.0
        })
    }

    fn nobody() -> Subject {
        Subject { keys: Vec::new(), began: 0, cells: HashMap::new(), silence: Vec::new() }
    }

    fn series(subject: &Subject, values: impl IntoIterator<Item = f64>) -> Series<'_> {
        let points = values.into_iter().map(Point::Value).collect();
        Series { subject, metric: &metric::MEAN_MS, first: 0, points }
    }

    #[test]
    fn noise_is_hardly_ever_taken_for_a_trend_or_a_change_however_many_series_are_judged() {
        let subject = nobody();
        let mut false_alarms = [0, 0];
        for family in 0..200 {
            let all: Vec<Series> = (0..8).map(|at| series(&subject, noise(family * 8 + at + 1).take(40))).collect();
            let judged = judge(&all);
            let is_moving = |direction: &Direction| !matches!(direction.verdict, Verdict::NoTrend);
            false_alarms[0] += u32::from(judged.directions.iter().any(is_moving));
            false_alarms[1] += u32::from(!judged.turns.is_empty());
        }
        // One in twenty of 200 questions is 10; both tests are cautious where they approximate.
        assert!(false_alarms.iter().all(|alarms| *alarms <= 14), "{false_alarms:?}");
    }

    #[test]
    fn a_line_is_said_to_be_one_and_so_is_a_step() {
        let subject = nobody();
        let mut lines = 0;
        let mut steps = 0;
        for seed in 1..=50 {
            let line = (0_u32..).zip(noise(seed)).map(|(at, off)| 0.15 * f64::from(at) + off).take(40);
            let step = (0_u32..).zip(noise(seed)).map(|(at, off)| if at < 22 { 5.0 } else { 2.0 } + off).take(40);
            let of = |values: Vec<f64>| {
                let all = [series(&subject, values)];
                let judged = judge(&all);
                (judged.directions[0].verdict, judged.turns.iter().map(|turn| turn.at).collect::<Vec<_>>())
            };
            lines += u32::from(of(line.collect()) == (Verdict::Rising, Vec::new()));
            let (verdict, turns) = of(step.collect());
            let is_found = matches!(turns[..], [at] if (21..=23).contains(&at));
            steps += u32::from(verdict == Verdict::SteppedDown && is_found);
        }
        assert!(lines >= 45 && steps >= 45, "{lines} lines and {steps} steps of 50");
    }

    #[test]
    fn gaps_and_what_is_left_out_move_nothing() {
        let subject = nobody();
        let mut gapped = series(&subject, (0..30).map(|at| f64::from(at) * 2.0));
        gapped.points[10..17].fill(Point::Gap);
        gapped.points[20] = Point::Few;
        gapped.points[29] = Point::Partial;
        let all = [gapped];
        let judged = judge(&all);
        let direction = &judged.directions[0];
        assert_eq!((direction.verdict, direction.buckets, direction.ends), (Verdict::Rising, 21, Some((0, 28))));
        assert_eq!((all[0].gaps(), all[0].few()), (7, 1));
        let slope = direction.slope.unwrap();
        assert!((slope.value - 2.0).abs() < 1e-12 && direction.levels == Some((0.0, 56.0)), "{slope:?}");
    }
}
