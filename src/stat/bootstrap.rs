//! The interval of any statistic, by drawing the sample again and again from itself.

use super::sum::count;
use super::{CONFIDENCE, tail};

/// So many samples are drawn; quote it beside the interval.
pub const RESAMPLES: usize = 2_000;

/// The 95 % interval of a statistic of some values, bias-corrected and accelerated, from 2,000 samples drawn with
/// replacement: with the same values and seed it is the same, since one thread draws them in order. `None` of fewer
/// than two values, and where the statistic is no number. A statistic that never varies is its own interval.
///
/// The statistic is called 2,000 times and once for each value (of more than 1,000, once for each of 1,000 blocks).
///
/// Sources: B. Efron, "Better bootstrap confidence intervals", JASA 82 (1987); for the acceleration from blocks B. Efron and
/// R. J. Tibshirani, "An introduction to the bootstrap" (1993), section 11.5.
pub fn bootstrap(values: &[f64], seed: u64, statistic: impl Fn(&[f64]) -> f64) -> Option<(f64, f64)> {
    let own = Some(statistic(values)).filter(|own| values.len() > 1 && own.is_finite())?;
    let mut dice = Dice(seed);
    let mut drawn = vec![0.0; values.len()];
    let mut found = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        drawn.fill_with(|| values[dice.below(values.len())]);
        found.push(statistic(&drawn));
    }
    if found.iter().any(|value| !value.is_finite()) {
        return None;
    }
    found.sort_by(f64::total_cmp);
    // Those that are equal count a half, as a statistic of few distinct values has many of them.
    let below = found.partition_point(|value| *value < own) + found.partition_point(|value| *value <= own);
    if below == 0 || below == 2 * RESAMPLES {
        // All on one side: there is nothing to correct by.
        return Some((found[0].min(own), found[RESAMPLES - 1].max(own)));
    }
    let bias = tail::normal_quantile(count(below) / count(2 * RESAMPLES));
    let acceleration = acceleration(values, statistic);
    let end = |z: f64| {
        let z = bias + z;
        let share = 1.0 - tail::normal_above(bias + z / (1.0 - acceleration * z));
        quantile(&found, share)
    };
    let z = tail::normal_quantile(f64::midpoint(1.0, CONFIDENCE));
    Some((end(-z), end(z)))
}

/// How the statistic's deviation changes with its value, from leaving out one value or block after another; 0 where it
/// does not vary.
fn acceleration(values: &[f64], statistic: impl Fn(&[f64]) -> f64) -> f64 {
    const MOST_BLOCKS: usize = 1_000;
    let blocks = values.len().min(MOST_BLOCKS);
    let edge = |block: usize| block * values.len() / blocks;
    let without = |block: usize| statistic(&[&values[..edge(block)], &values[edge(block + 1)..]].concat());
    let left: Vec<f64> = (0..blocks).map(without).collect();
    let mean = left.iter().sum::<f64>() / count(blocks);
    let (mut squares, mut cubes) = (0.0, 0.0);
    for off in left.iter().map(|left| mean - left) {
        squares += off * off;
        cubes += off * off * off;
    }
    if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 }
}

/// The quantile of ascending values, by linear interpolation.
fn quantile(ascending: &[f64], share: f64) -> f64 {
    let place = share.clamp(0.0, 1.0) * count(ascending.len() - 1);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a position in the list")]
    let below = place.floor() as usize;
    let above = (below + 1).min(ascending.len() - 1);
    ascending[below] + (ascending[above] - ascending[below]) * (place - place.floor())
}

/// Random numbers that a seed determines.
///
/// Source: `SplitMix64` of G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another one; each but for one in 2^64 / `many` as probable as the next.
    fn below(&mut self, many: usize) -> usize {
        let high = (u128::from(self.roll()) * many as u128) >> 64;
        usize::try_from(high).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(values: &[f64]) -> f64 {
        values.iter().sum::<f64>() / count(values.len())
    }

    /// Skewed values: the squares of (7·i mod 50) + 1.
    fn skewed() -> Vec<f64> {
        (0..50).map(|at| f64::from((at * 7 % 50 + 1) * (at * 7 % 50 + 1))).collect()
    }

    #[test]
    fn the_dice_are_those_of_others() {
        // The first numbers from seed 1234567, as Rosetta Code lists them.
        let mut dice = Dice(1_234_567);
        let rolled = [dice.roll(), dice.roll(), dice.roll()];
        assert_eq!(rolled, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn the_interval_is_near_that_of_scipy() {
        // scipy.stats.bootstrap((x,), np.mean, n_resamples=1_000_000, method="BCa", random_state=1).confidence_interval; and
        // with np.std(ddof=1). What 2,000 samples leave to chance is a twentieth of the interval.
        let sd = |values: &[f64]| {
            let off = |value: &f64| (value - mean(values)) * (value - mean(values));
            (values.iter().map(off).sum::<f64>() / count(values.len() - 1)).sqrt()
        };
        let (mean_low, mean_high) = bootstrap(&skewed(), 1, mean).unwrap();
        let (sd_low, sd_high) = bootstrap(&skewed(), 1, sd).unwrap();
        for (found, expected, width) in [
            (mean_low, 661.32, 1_083.14 - 661.32),
            (mean_high, 1_083.14, 1_083.14 - 661.32),
            (sd_low, 661.393_707_611_273, 887.759_928_346_299_1 - 661.393_707_611_273),
            (sd_high, 887.759_928_346_299_1, 887.759_928_346_299_1 - 661.393_707_611_273),
        ] {
            assert!((found - expected).abs() < width / 20.0, "{found} is not {expected}");
        }
    }

    #[test]
    fn the_acceleration_is_that_of_its_definition() {
        // numpy: j = [np.mean(np.delete(x, i)) for i in range(50)]; d = np.mean(j) - j; sum(d**3) / (6 * sum(d**2)**1.5)
        let found = acceleration(&skewed(), mean);
        assert!((found - 0.014_788_098_603_338_719).abs() < 1e-12, "{found}");
    }

    #[test]
    fn a_seed_determines_the_interval() {
        let values = skewed();
        assert_eq!(bootstrap(&values, 7, mean), bootstrap(&values, 7, mean));
        assert_ne!(bootstrap(&values, 7, mean), bootstrap(&values, 8, mean));
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(|| bootstrap(&skewed(), 7, mean))).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), bootstrap(&values, 7, mean));
        }
    }

    #[test]
    fn what_does_not_vary_or_is_no_number_is_told() {
        assert_eq!(bootstrap(&[], 1, mean), None);
        assert_eq!(bootstrap(&[3.0], 1, mean), None);
        assert_eq!(bootstrap(&[3.0; 20], 1, mean), Some((3.0, 3.0)));
        assert_eq!(bootstrap(&[3.0, f64::NAN], 1, mean), None);
        assert_eq!(bootstrap(&[1.0, 2.0], 1, |_| f64::INFINITY), None);
        let most = |values: &[f64]| values.iter().copied().fold(f64::MIN, f64::max);
        let (low, high) = bootstrap(&skewed(), 1, most).unwrap();
        assert!(low <= high && high <= 2_500.0, "{low} {high}");
    }

    #[test]
    fn blocks_stand_for_values_where_they_are_many() {
        let values: Vec<f64> = (0..2_500).map(|at| f64::from(at % 100)).collect();
        let (low, high) = bootstrap(&values, 3, mean).unwrap();
        // 1.96 deviations of 28.87 / √2500.
        assert!((low - (49.5 - 1.1316)).abs() < 0.12 && (high - (49.5 + 1.1316)).abs() < 0.12, "{low} {high}");
    }
}
