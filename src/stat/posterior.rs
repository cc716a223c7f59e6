//! What is probable of true values, given what was seen: where they lie, whether they miss a target.

use super::{CONFIDENCE, Moments, Share, float, tail};

/// The posterior probability that a share is below `target`, from `k` of `n` and Jeffreys' prior Beta(1/2, 1/2).
///
/// Source: H. Jeffreys, "An invariant form for the prior probability in estimation problems", Proc. R. Soc. A 186 (1946).
pub fn share_below(k: u64, n: u64, target: f64) -> f64 {
    let (a, b) = jeffreys(Share { k, n });
    tail::beta_below(a, b, target)
}

/// The 95 % interval of a share under Jeffreys' prior, as much of the posterior being above it as below; its ends are 0 and
/// 1 at no and all successes, and the whole range where `n` is 0.
///
/// Source: L. D. Brown, T. T. Cai and A. `DasGupta`, "Interval estimation for a binomial proportion", Statistical Science 16
/// (2001), section 4.1.2.
pub fn share_interval(k: u64, n: u64) -> (f64, f64) {
    let (a, b) = jeffreys(Share { k, n });
    let either = (1.0 - CONFIDENCE) / 2.0;
    let low = if k == 0 { 0.0 } else { tail::beta_quantile(a, b, either) };
    let high = if k == n { 1.0 } else { tail::beta_quantile(a, b, 1.0 - either) };
    (low, high)
}

/// The parameters of the posterior of a share.
pub(crate) fn jeffreys(share: Share) -> (f64, f64) {
    (float(share.k) + 0.5, float(share.n - share.k) + 0.5)
}

/// The posterior probability that a mean is below `target`, by Student's t under the reference prior; `None` for fewer
/// than three observations.
///
/// Source: Gelman and others, "Bayesian Data Analysis", section 3.2 (normal data, noninformative prior).
pub fn mean_below(moments: &Moments, target: f64) -> Option<f64> {
    if moments.n < 3 {
        return None;
    }
    let (mean, error) = (moments.mean()?, moments.sd()? / float(moments.n).sqrt());
    if error == 0.0 {
        return Some(if mean < target { 1.0 } else { 0.0 });
    }
    Some(tail::t_below((target - mean) / error, float(moments.n - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posterior_says_how_probable_it_is_to_miss_the_target() {
        // By symmetry 5 of 10 is a coin's toss around a half; the others are far from the target.
        assert!((share_below(5, 10, 0.5) - 0.5).abs() < 1e-12);
        assert!(share_below(66, 100, 0.8) > 0.999);
        assert!(share_below(95, 100, 0.8) < 1e-5);
        // Two degrees of freedom have a closed form, 1/2 + t / (2·sqrt(2 + t²)): 1, 2, 3 against 4 is t = 2·sqrt(3).
        let below = mean_below(&Moments::of([1, 2, 3]), 4.0).unwrap();
        let t = 2.0 * 3.0_f64.sqrt();
        assert!((below - (0.5 + t / (2.0 * (2.0 + t * t).sqrt()))).abs() < 1e-9, "{below}");
        assert_eq!(mean_below(&Moments::of([1, 1, 1]), 2.0), Some(1.0));
    }

    #[test]
    fn the_interval_of_a_share_is_that_of_jeffreys() {
        // scipy.stats.beta.ppf([0.025, 0.975], k + 0.5, n - k + 0.5)
        for (k, n, low, high) in [
            (0, 10, 0.0, 0.217_196_267_509_210_53),
            (10, 10, 0.782_803_732_490_789_4, 1.0),
            (18, 20, 0.716_146_742_695_747_7, 0.978_627_511_977_525_2),
            (4, 200, 0.006_787_598_800_080_364, 0.046_846_566_966_842_355),
            (1, 1, 0.146_746_316_309_575_13, 1.0),
            (300, 1000, 0.272_206_157_936_161_26, 0.328_949_653_924_710_7),
        ] {
            let found = share_interval(k, n);
            assert!(f64::abs(found.0 - low) < 1e-9 && f64::abs(found.1 - high) < 1e-9, "{k} of {n}: {found:?}");
        }
        assert_eq!(share_interval(0, 0), (0.0, 1.0));
        assert!((share_below(500_000_000, 1_000_000_000, 0.5) - 0.5).abs() < 1e-9);
        assert_eq!((share_below(3, 4, -1.0), share_below(3, 4, 2.0)), (0.0, 1.0));
    }
}
