//! How many observations it takes to see a difference, and how small a difference those at hand can show.
//!
//! Tests are two-sided at 0.05, divided by the number of comparisons (Bonferroni), and should see the difference with a
//! probability of 0.8.

use super::sum::sum;
use super::{CONFIDENCE, float, tail};
use statrs::function::gamma::ln_gamma;

/// The probability with which a difference should be seen.
pub const POWER: f64 = 0.8;
/// More observations than this are not asked for.
const MOST: u64 = 1 << 50;

/// Two-sided alpha of one of so many comparisons.
fn alpha(comparisons: u64) -> f64 {
    (1.0 - CONFIDENCE) / float(comparisons.max(1))
}

/// How many observations each of two groups needs to see shares `first` and `second` differ; `None` where they are equal
/// or not between 0 and 1, and where they are more than 2^50.
///
/// Source: J. L. Fleiss, "Statistical methods for rates and proportions", 2nd edition (1981), section 3.2, without
/// continuity correction; R's `power.prop.test`, rounded up.
pub fn uses_for_shares(first: f64, second: f64, comparisons: u64) -> Option<u64> {
    let is_share = |share: f64| (0.0..=1.0).contains(&share);
    if !is_share(first) || !is_share(second) {
        return None;
    }
    // The root of n at which two shares that differ by 1 would be told apart.
    let needed = ends(alpha(comparisons), first, second) / (second - first).abs();
    whole(needed * needed)
}

/// What the difference of two shares must be, times the root of n, to be seen.
fn ends(alpha: f64, first: f64, second: f64) -> f64 {
    let varies = |share: f64| share * (1.0 - share);
    tail::normal_quantile(1.0 - alpha / 2.0) * (2.0 * varies(f64::midpoint(first, second))).sqrt()
        + tail::normal_quantile(POWER) * (varies(first) + varies(second)).sqrt()
}

/// The least share above `share` that two groups of `n` can tell from it; `None` where even 1 is too near. For shares below
/// it, ask of 1 − share.
pub fn share_seen_above(share: f64, n: u64, comparisons: u64) -> Option<f64> {
    if !(0.0..1.0).contains(&share) || n == 0 {
        return None;
    }
    let alpha = alpha(comparisons);
    let lacks = |other: f64| (other - share) * float(n).sqrt() - ends(alpha, share, other);
    (lacks(1.0) >= 0.0).then(|| tail::root(share, 1.0, lacks))
}

/// How many observations each of two groups needs to see means differ by `difference`, with standard deviations `sd`;
/// `None` where either is not above 0, and where they are more than 2^50.
///
/// Source: the noncentral t of J. Cohen, "Statistical power analysis for the behavioral sciences", 2nd edition (1988),
/// chapter 2; R's `power.t.test` with `strict = TRUE`, rounded up.
pub fn uses_for_means(difference: f64, sd: f64, comparisons: u64) -> Option<u64> {
    let effect = difference.abs() / sd;
    if !(effect > 0.0 && effect.is_finite()) || sd < 0.0 {
        return None;
    }
    let alpha = alpha(comparisons);
    let reach = tail::normal_quantile(1.0 - alpha / 2.0) + tail::normal_quantile(POWER);
    // The normal distribution asks for at most a few observations too few.
    let (mut low, mut high) = (1, whole(2.0 * (reach / effect) * (reach / effect))?.max(2));
    while power_of_t(effect, high, alpha) < POWER {
        (low, high) = (high, high.checked_mul(2)?);
    }
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if power_of_t(effect, middle, alpha) < POWER { low = middle } else { high = middle }
    }
    Some(high)
}

/// The least difference of means, in standard deviations, that two groups of `n` can see; `None` for fewer than two.
pub fn effect_seen(n: u64, comparisons: u64) -> Option<f64> {
    if n < 2 {
        return None;
    }
    let alpha = alpha(comparisons);
    let mut high = 1.0;
    while power_of_t(high, n, alpha) < POWER {
        high *= 2.0;
    }
    Some(tail::root(0.0, high, |effect| power_of_t(effect, n, alpha) - POWER))
}

/// The probability that a t test of two groups of `n` sees a difference of `effect` standard deviations.
///
/// Given the deviation that is seen, the difference of means is normal; this is summed over the chi distribution of it.
fn power_of_t(effect: f64, n: u64, alpha: f64) -> f64 {
    const STEPS: u32 = 400;
    let freedom = 2.0 * float(n - 1);
    let critical = tail::t_quantile(1.0 - alpha / 2.0, freedom);
    let centre = effect * (float(n) / 2.0).sqrt();
    let seen = |s: f64| tail::normal_above(critical * s - centre) + tail::normal_above(critical * s + centre);
    if freedom > 1e6 {
        return seen(1.0);
    }
    // ln of the density of s = √(chi-square / freedom)
    let half = freedom / 2.0;
    let base = std::f64::consts::LN_2 + half * half.ln() - ln_gamma(half);
    let density = |s: f64| (base + (freedom - 1.0) * s.ln() - half * s * s).exp();
    let reach = 9.0 / freedom.sqrt();
    let (from, to) = ((1.0 - reach).max(0.0), 1.0 + reach);
    let step = (to - from) / f64::from(STEPS);
    // The middles of the steps: at freedom of 2 and more nothing is endless at 0.
    let middles = || (0..STEPS).map(|at| from + step * (f64::from(at) + 0.5));
    sum(middles().map(|s| density(s) * seen(s))) / sum(middles().map(density))
}

/// A number of observations, rounded up, at least 2.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 2^50")]
fn whole(n: f64) -> Option<u64> {
    // What is no number is refused too.
    (n <= float(MOST)).then(|| (n.ceil() as u64).max(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn observations_for_shares_are_those_of_the_formula() {
        // The formula itself, rounded up, with scipy's norm.ppf.
        for (first, second, comparisons, expected) in [
            (0.5, 0.65, 1, 170),
            (0.5, 0.75, 1, 58),
            (0.8, 0.82, 1, 6_039),
            (0.8, 0.82, 10, 10_243),
            (0.0, 1.0, 1, 2),
            (0.0, 0.1, 1, 74),
            (0.001, 0.0011, 3, 2_196_205),
        ] {
            assert_eq!(uses_for_shares(first, second, comparisons), Some(expected), "{first} {second}");
            assert_eq!(uses_for_shares(second, first, comparisons), Some(expected), "{second} {first}");
        }
        assert_eq!(uses_for_shares(0.5, 0.5, 1), None);
        assert_eq!(uses_for_shares(0.5, 1.5, 1), None);
        assert_eq!(uses_for_shares(0.5, 0.5 + 1e-12, 1), None);
    }

    #[test]
    fn the_least_share_seen_is_what_so_many_observations_are_needed_for() {
        for (share, n, comparisons) in [(0.5, 100, 1), (0.0, 30, 1), (0.8, 250, 6), (0.01, 1_000_000, 20)] {
            let seen = share_seen_above(share, n, comparisons).unwrap();
            assert!(seen > share && seen < 1.0);
            let needed = uses_for_shares(share, seen + 1e-12, comparisons).unwrap();
            assert!(needed.abs_diff(n) <= 1, "{share} {seen}: {needed}");
        }
        assert_eq!(share_seen_above(0.95, 20, 1), None);
        assert_eq!(share_seen_above(0.5, 0, 1), None);
    }

    #[test]
    fn observations_for_means_are_those_of_statsmodels() {
        // ceil(statsmodels.stats.power.TTestIndPower().solve_power(difference / sd, alpha=0.05 / comparisons, power=0.8))
        for (difference, sd, comparisons, expected) in
            [(1.0, 1.0, 1, 17), (0.5, 1.0, 1, 64), (1.0, 10.0, 1, 1_571), (2.0, 4.0, 5, 96), (3.0, 1.0, 1, 4)]
        {
            assert_eq!(uses_for_means(difference, sd, comparisons), Some(expected), "{difference}");
        }
        assert_eq!(uses_for_means(0.0, 1.0, 1), None);
        assert_eq!(uses_for_means(1.0, 0.0, 1), None);
        assert_eq!(uses_for_means(1e-12, 1.0, 1), None);
    }

    #[test]
    fn the_least_effect_seen_is_that_of_statsmodels() {
        // TTestIndPower().solve_power(nobs1=n, alpha=0.05 / comparisons, power=0.8)
        for (n, comparisons, expected) in [
            (2, 1, 5.653_489_341_914_222),
            (5, 1, 2.024_440_145_655_355),
            (20, 1, 0.909_129_041_093_577_7),
            (100, 4, 0.476_007_958_346_999_77),
            (10000, 1, 0.039_624_650_281_263),
        ] {
            let found = effect_seen(n, comparisons).unwrap();
            assert!((found / expected - 1.0).abs() < 1e-4, "{n}: {found} is not {expected}");
        }
        assert_eq!(effect_seen(1, 1), None);
    }
}
