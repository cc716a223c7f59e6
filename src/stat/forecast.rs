//! What a series will be next: two plain models, and the one that would have been nearer so far.
//!
//! How good a forecast is, and how wide its interval, is what forecasts from every earlier moment with what was known then
//! would have missed by (a backtest from rolling origins), not what a model says of itself.

use super::sum::{count, mean, sum};
use super::{CONFIDENCE, Share};

/// How the future is taken from the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// As it was one season ago; where that is missing, one more season ago.
    SeasonalNaive,
    /// From the smoothed level along the smoothed trend, which fades.
    ///
    /// Source: E. S. Gardner and E. `McKenzie`, "Forecasting trends in time series", Management Science 31 (1985).
    DampedTrend,
}

/// One value ahead, with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ahead {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// The values ahead by the better model, and how it did on the past: its mean absolute error; that error against the one
/// of a season's step within the series (below 1 is better; `None` where no season differed from the one before it);
/// and how many of the past values lay in the interval they would have been given then (of none, where the series is short).
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    pub model: Model,
    pub mae: f64,
    pub mase: Option<f64>,
    pub covered: Share,
    pub ahead: Vec<Ahead>,
}

/// Forecasts begin after so many known values, and after two seasons.
const LEAST_KNOWN: usize = 10;
/// With fewer misses than this even the largest does not bound 95 %.
const LEAST_MISSES: usize = 19;

/// The next values of a series of evenly spaced values, of which some may be missing. A season is so many values long (7
/// of days); 1 says there is none. `None` where the series is too short: before the first forecast it needs two seasons and
/// 10 known values, then 19 known values that can be forecast so far ahead (39 days for a week ahead by weeks); and
/// where season or horizon is 0, or a value is no number.
///
/// The interval at each distance is as far to either side as the ⌈0.95·(m + 1)⌉-th smallest of m misses at that distance,
/// and no narrower than one nearer. It assumes that the future is like the past.
///
/// Sources: R. J. Hyndman and A. B. Koehler, "Another look at measures of forecast accuracy", International Journal of
/// Forecasting 22 (2006), for the scaled error; J. Lei and others, "Distribution-free predictive inference for regression",
/// JASA 113 (2018), for the interval; L. J. Tashman, "Out-of-sample tests of forecasting accuracy", International Journal of
/// Forecasting 16 (2000), for rolling origins.
pub fn forecast(values: &[Option<f64>], season: usize, horizon: usize) -> Option<Forecast> {
    if season == 0 || horizon == 0 || values.iter().flatten().any(|value| !value.is_finite()) {
        return None;
    }
    let tenth = values.iter().enumerate().filter(|(_, value)| value.is_some()).nth(LEAST_KNOWN - 1)?.0;
    let first = (tenth + 1).max(season.checked_mul(2)?);
    if first >= values.len() {
        return None;
    }
    let trends = damped_trends(values);
    let naive = |origin: usize, step: usize| seasonal_naive(&values[..origin], season, step);
    let damped = |origin: usize, step: usize| trends[origin].ahead(step);
    let naive = Backtest::of(values, first, horizon, naive)?;
    let damped = Backtest::of(values, first, horizon, damped)?;
    let (model, best) =
        if damped.mae < naive.mae { (Model::DampedTrend, damped) } else { (Model::SeasonalNaive, naive) };
    let steps: Vec<f64> =
        values.iter().zip(&values[season..]).filter_map(|(one, next)| Some(((*next)? - (*one)?).abs())).collect();
    let mase = mean(&steps).filter(|step| *step > 0.0).map(|step| best.mae / step);
    Some(Forecast { model, mae: best.mae, mase, covered: best.covered, ahead: best.ahead })
}

/// What was known one season before, or as many as it takes; the last known value where no season tells.
fn seasonal_naive(known: &[Option<f64>], season: usize, step: usize) -> f64 {
    let target = known.len() + step - 1;
    let seasons_ago = (1..).map_while(|ago| target.checked_sub(ago * season));
    let same = seasons_ago.filter(|at| *at < known.len()).find_map(|at| known[at]);
    same.or_else(|| known.iter().rev().copied().flatten().next()).unwrap_or(f64::NAN)
}

/// A level and a trend, and how they were smoothed.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Damped {
    level: f64,
    trend: f64,
    fades: f64,
}

impl Damped {
    fn ahead(&self, step: usize) -> f64 {
        let mut fading = 1.0;
        let faded = (0..step).map(|_| {
            fading *= self.fades;
            fading
        });
        self.level + self.trend * sum(faded)
    }

    /// One value later; a missing one changes nothing but the time.
    fn next(self, value: Option<f64>, follows_level: f64, follows_trend: f64) -> Damped {
        let expected = self.ahead(1);
        let level = value.map_or(expected, |value| follows_level * value + (1.0 - follows_level) * expected);
        let trend = match value {
            Some(_) => follows_trend * (level - self.level) + (1.0 - follows_trend) * self.fades * self.trend,
            None => self.fades * self.trend,
        };
        Damped { level, trend, ..self }
    }
}

/// The damped trend after each number of values, with what would have missed the values up to there by the least squares,
/// one step ahead: the level follows by 0.1, 0.2 … 0.9, the trend by 0.05, 0.1, 0.2, 0.3, 0.5, and fades by 0.8, 0.9, 0.95,
/// 0.98. It starts at the first known value with the slope from there to the fourth.
fn damped_trends(values: &[Option<f64>]) -> Vec<Damped> {
    let mut known = values.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?)));
    let start = known.next().unwrap_or((0, f64::NAN));
    let fourth = known.nth(2).unwrap_or((start.0 + 1, start.1));
    let slope = (fourth.1 - start.1) / count(fourth.0 - start.0);
    let initial = Damped { level: start.1, trend: slope, fades: 1.0 };
    let mut best = vec![(f64::INFINITY, initial); values.len() + 1];
    for fades in [0.8, 0.9, 0.95, 0.98] {
        for follows_trend in [0.05, 0.1, 0.2, 0.3, 0.5] {
            for tenths in 1..10 {
                let follows_level = f64::from(tenths) / 10.0;
                let (mut missed, mut state) = (0.0, Damped { fades, ..initial });
                for (at, value) in values.iter().enumerate().skip(start.0 + 1) {
                    let miss = value.map_or(0.0, |value| value - state.ahead(1));
                    missed += miss * miss;
                    state = state.next(*value, follows_level, follows_trend);
                    if missed < best[at + 1].0 {
                        best[at + 1] = (missed, state);
                    }
                }
            }
        }
    }
    best.into_iter().map(|(_, state)| state).collect()
}

/// How a model did from every origin, and what it says now.
struct Backtest {
    mae: f64,
    covered: Share,
    ahead: Vec<Ahead>,
}

impl Backtest {
    /// `None` where too few values could be forecast at some distance.
    fn of(
        values: &[Option<f64>],
        first: usize,
        horizon: usize,
        model: impl Fn(usize, usize) -> f64,
    ) -> Option<Backtest> {
        let mut all = Vec::new();
        let mut ahead: Vec<Ahead> = Vec::new();
        let mut covered = Share::default();
        let mut reach = 0.0_f64;
        for step in 1..=horizon {
            // Where a value was forecast from, and by how much that missed; in order of time.
            let missed =
                |origin: usize| Some((origin, ((*values.get(origin + step - 1)?)? - model(origin, step)).abs()));
            let misses: Vec<(usize, f64)> = (first..values.len()).filter_map(missed).collect();
            let mut ordered = Vec::new();
            let mut known = 0;
            for (origin, miss) in &misses {
                // Only what was known by then: values before this origin.
                while misses[known].0 + step <= *origin {
                    let at = ordered.partition_point(|other| *other < misses[known].1);
                    ordered.insert(at, misses[known].1);
                    known += 1;
                }
                if let Some(reach) = bound(&ordered) {
                    covered.n += 1;
                    covered.k += u64::from(*miss <= reach);
                }
            }
            let mut ordered: Vec<f64> = misses.iter().map(|(_, miss)| *miss).collect();
            ordered.sort_by(f64::total_cmp);
            reach = reach.max(bound(&ordered)?);
            let value = model(values.len(), step);
            ahead.push(Ahead { value, low: value - reach, high: value + reach });
            all.extend(ordered);
        }
        Some(Backtest { mae: mean(&all)?, covered, ahead })
    }
}

/// What the next miss stays below with 95 %, from ascending ones; `None` of too few.
fn bound(ascending: &[f64]) -> Option<f64> {
    if ascending.len() < LEAST_MISSES {
        return None;
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least 19, at most their number")]
    // 0.95 · 20 must be 19, whatever its last bit says.
    let rank = (CONFIDENCE * count(ascending.len() + 1) - 1e-9).ceil() as usize;
    ascending.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (3·i² + 7·i) mod 53 less its middle.
    fn noise(at: i32) -> f64 {
        f64::from((at * at * 3 + at * 7) % 53) - 26.0
    }

    fn series(n: i32, value: impl Fn(i32) -> f64) -> Vec<Option<f64>> {
        (0..n).map(|at| Some(value(at))).collect()
    }

    #[test]
    fn a_damped_trend_is_that_of_statsmodels() {
        // y = [3, 5, 4, 8, 9, 9, 12, 10, 15, 16]; statsmodels.tsa.holtwinters.Holt(y[1:], damped_trend=True,
        // initialization_method="known", initial_level=3, initial_trend=5/3).fit(smoothing_level=0.3, smoothing_trend=0.2,
        // damping_trend=0.9, optimized=False).forecast(3)
        let mut state = Damped { level: 3.0, trend: 5.0 / 3.0, fades: 0.9 };
        for value in [5.0, 4.0, 8.0, 9.0, 9.0, 12.0, 10.0, 15.0, 16.0] {
            state = state.next(Some(value), 0.3, 0.2);
        }
        for (step, expected) in
            [15.232_722_655_211_976, 16.020_063_560_035_116, 16.728_670_374_375_94].into_iter().enumerate()
        {
            let found = state.ahead(step + 1);
            assert!((found - expected).abs() < 1e-9, "{step}: {found} is not {expected}");
        }
        // A gap is a step ahead.
        let gap = state.next(None, 0.3, 0.2);
        assert!((gap.ahead(1) - state.ahead(2)).abs() < 1e-9);
    }

    #[test]
    fn a_week_repeats_itself_through_gaps() {
        let mut values = series(70, |at| f64::from(at % 7 * at % 7) * 10.0 + f64::from(at % 7));
        for gap in [5, 20, 33, 64, 69] {
            values[gap] = None;
        }
        let found = forecast(&values, 7, 7).unwrap();
        assert_eq!((found.model, found.mase), (Model::SeasonalNaive, None));
        assert!(found.mae < 1e-12);
        for (step, ahead) in found.ahead.iter().enumerate() {
            let expected = values[56 + step].unwrap();
            assert!((ahead.value - expected).abs() < 1e-12 && (ahead.high - expected).abs() < 1e-12, "{ahead:?}");
        }
        assert_eq!(found.covered.k, found.covered.n);
    }

    #[test]
    fn a_drift_is_followed_and_covered() {
        let values = series(400, |at| 5.0 * f64::from(at) + noise(at));
        let found = forecast(&values, 7, 7).unwrap();
        assert_eq!(found.model, Model::DampedTrend);
        assert!(found.mase.unwrap() < 1.0, "{found:?}");
        for (step, ahead) in (400..).zip(&found.ahead) {
            let true_value = 5.0 * f64::from(step) + noise(step);
            assert!(ahead.low < true_value && true_value < ahead.high && ahead.high - ahead.low < 200.0, "{found:?}");
        }
        let covered = found.covered.value().unwrap();
        assert!(found.covered.n > 2_000 && (0.92..0.98).contains(&covered), "{covered}");
        assert!(found.ahead.windows(2).all(|pair| pair[1].high - pair[1].low >= pair[0].high - pair[0].low - 1e-9));
    }

    #[test]
    fn the_naive_error_is_that_worked_out_by_hand() {
        // 0, 1, 0, 1 … without a season misses by 1 always: the last value is always the other one.
        let values = series(40, |at| f64::from(at % 2));
        let known: Vec<_> = (1..=4).map(|step| seasonal_naive(&values[..10], 1, step)).collect();
        assert_eq!(known, [1.0; 4]);
        let known: Vec<_> = (1..=4).map(|step| seasonal_naive(&values[..10], 2, step)).collect();
        assert_eq!(known, [0.0, 1.0, 0.0, 1.0]);
        let found = forecast(&values, 2, 3).unwrap();
        assert_eq!((found.model, found.mae, found.mase), (Model::SeasonalNaive, 0.0, None));
        // Of 19 misses the largest bounds the next one, of 39 the second largest.
        let misses: Vec<f64> = (1..40).map(f64::from).collect();
        assert_eq!((bound(&misses[..18]), bound(&misses[..19]), bound(&misses)), (None, Some(19.0), Some(38.0)));
    }

    #[test]
    fn a_short_series_has_no_forecast() {
        let values = series(60, noise);
        assert!(forecast(&values[..39], 7, 7).is_some());
        assert_eq!(forecast(&values[..38], 7, 7), None);
        assert!(forecast(&values[..29], 1, 1).is_some());
        assert_eq!(forecast(&values[..28], 1, 1), None);
        assert_eq!(forecast(&values, 0, 7), None);
        assert_eq!(forecast(&values, 7, 0), None);
        assert_eq!(forecast(&[], 7, 7), None);
        assert_eq!(forecast(&[None; 90], 7, 7), None);
        assert_eq!(forecast(&series(60, |_| f64::NAN), 7, 7), None);
        let level = forecast(&[Some(4.0); 60], 7, 2).unwrap();
        assert_eq!(level.ahead, [Ahead { value: 4.0, low: 4.0, high: 4.0 }; 2]);
    }
}
