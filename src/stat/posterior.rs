//! How probable it is that a true value lies below a target, given what was seen.

use super::{Moments, float};
use statrs::distribution::{Beta, ContinuousCDF, StudentsT};

/// The posterior probability that a share is below `target`, from `k` of `n` and Jeffreys' prior Beta(1/2, 1/2).
///
/// Source: H. Jeffreys, "An invariant form for the prior probability in estimation problems", Proc. R. Soc. A 186 (1946).
pub fn share_below(k: u64, n: u64, target: f64) -> f64 {
    let (successes, failures) = (float(k) + 0.5, float(n - k) + 0.5);
    Beta::new(successes, failures).map_or(f64::NAN, |posterior| posterior.cdf(target.clamp(0.0, 1.0)))
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
    let posterior = StudentsT::new(0.0, 1.0, float(moments.n - 1)).ok()?;
    Some(posterior.cdf((target - mean) / error))
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
}
