//! How sure it is that one group is truly above another, or at least not much below it.

use super::posterior::jeffreys;
use super::{Sample, Share, float, tail, welch};
use std::f64::consts::FRAC_PI_2;

/// The points of Gauss and Legendre for eight values, between −1 and 1 (those below 0 mirror them), and their weights.
const GAUSS: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_3),
];
/// The posterior is summed in so many pieces, as far as it is worth it.
const PIECES: u32 = 100;

/// The posterior probability that the second share is truly above the first, each under Jeffreys' prior; a half of two
/// groups without any. Exact to 10^-9, by integration and not by chance.
///
/// Source: the integral is that of A. Gelman and others, "Bayesian Data Analysis", 3rd edition (2013), section 3.7 (two
/// independent binomials), taken over the angle whose squared sine is the share: there Jeffreys' prior is level.
pub fn share_above(first: Share, second: Share) -> f64 {
    // The narrower posterior is summed, and the distribution of the wider one changes slowly along it.
    if first.n > second.n {
        return 1.0 - share_above(second, first);
    }
    let (a, b) = jeffreys(second);
    let (own_a, own_b) = jeffreys(first);
    // sin^(2a − 1) · cos^(2b − 1), against its peak.
    let (sines, cosines) = (2.0 * a - 1.0, 2.0 * b - 1.0);
    let peak = sines.sqrt().atan2(cosines.sqrt());
    let power = |times: f64, value: f64| if times > 0.0 { times * value.ln() } else { 0.0 };
    let height = |angle: f64| power(sines, angle.sin()) + power(cosines, angle.cos());
    let top = if sines + cosines > 0.0 { height(peak) } else { 0.0 };
    // The angle deviates by at most 1 / √(2n); ten deviations hold all but 10^-20.
    let reach = 10.0 / (sines + cosines).max(0.1).sqrt();
    let (from, to) = ((peak - reach).max(0.0), (peak + reach).min(FRAC_PI_2));
    let half = (to - from) / f64::from(2 * PIECES);
    let (mut whole, mut above) = (0.0, 0.0);
    for piece in 0..PIECES {
        let middle = from + half * f64::from(2 * piece + 1);
        for (off, weight) in GAUSS.into_iter().flat_map(|(off, weight)| [(off, weight), (-off, weight)]) {
            let angle = middle + half * off;
            let density = weight * (height(angle) - top).exp();
            let (sine, cosine) = angle.sin_cos();
            whole += density;
            above += density * tail::beta_tails(own_a, own_b, sine * sine, cosine * cosine).0;
        }
    }
    above / whole
}

/// The one-sided p-value of the second share being worse than the first by `margin` or more (where higher is better): below
/// 0.025 it is shown to be no worse than that. For shares where lower is better, give what is left of them. `None` where a
/// group is empty and where the margin is not between 0 and 1.
///
/// Source: C. P. Farrington and G. Manning, "Test statistics and sample size formulae for comparative binomial trials with
/// null hypothesis of non-zero risk difference or non-unity relative risk", Statistics in Medicine 9 (1990).
pub fn share_not_worse(first: Share, second: Share, margin: f64) -> Option<f64> {
    let (one, two) = (first.value()?, second.value()?);
    if !(0.0..1.0).contains(&margin) {
        return None;
    }
    let (restricted_one, restricted_two) = restricted(first, second, margin);
    let varies = |share: f64, n: u64| share * (1.0 - share) / float(n);
    let error = (varies(restricted_one, first.n) + varies(restricted_two, second.n)).max(0.0).sqrt();
    let above = two - one + margin;
    if error == 0.0 {
        return Some(if above > 0.0 { 0.0 } else { 1.0 });
    }
    Some(tail::normal_above(above / error))
}

/// The most likely shares of those where the second is lower by just `margin`: where the likelihood stops rising.
fn restricted(first: Share, second: Share, margin: f64) -> (f64, f64) {
    let missed = |share: Share| float(share.n - share.k);
    let falls = |x: f64| {
        missed(first) / (1.0 - x - margin) + missed(second) / (1.0 - x)
            - float(first.k) / (x + margin)
            - float(second.k) / x
    };
    let two = tail::root(0.0, 1.0 - margin, falls);
    (two + margin, two)
}

/// The one-sided p-value of the second mean being worse than the first by `margin` or more (where higher is better), by
/// Welch's t: below 0.025 it is shown to be no worse than that. For means where lower is better, give them in the other
/// order. `None` where a group has fewer than two values and where the margin is below 0.
///
/// Source: S. Wellek, "Testing statistical hypotheses of equivalence and noninferiority", 2nd edition (2010), chapter 1; B. L.
/// Welch, Biometrika 34 (1947).
pub fn mean_not_worse(first: Sample, second: Sample, margin: f64) -> Option<f64> {
    let (error, freedom) = welch(first, second).filter(|_| margin >= 0.0)?;
    let above = second.mean - first.mean + margin;
    if error == 0.0 {
        return Some(if above > 0.0 { 0.0 } else { 1.0 });
    }
    Some(tail::t_below(-above / error, freedom))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(k: u64, n: u64) -> Share {
        Share { k, n }
    }

    #[test]
    fn one_share_is_above_another_as_probably_as_scipy_integrates() {
        // scipy.integrate.quad over the angle of the second, of its density times scipy.stats.beta.cdf of the first.
        for (first, second, expected) in [
            (share(5, 10), share(7, 10), 0.818_717_307_883_465_3),
            (share(0, 10), share(0, 30), 0.335_638_506_952_724_2),
            (share(0, 20), share(3, 20), 0.971_595_267_466_367_2),
            (share(18, 20), share(95, 100), 0.816_606_012_705_101_5),
            (share(480, 1_000), share(500, 1_000), 0.814_499_132_977_053),
            (share(10, 12), share(80_000, 100_000), 0.415_171_386_405_672_64),
            (share(499_000, 1_000_000), share(500_000, 1_000_000), 0.921_350_508_899_723_6),
            (share(7, 9), share(0, 0), 0.324_392_224_673_605_8),
        ] {
            let found = share_above(first, second);
            assert!((found - expected).abs() < 1e-9, "{first:?} {second:?}: {found} is not {expected}");
            assert!((share_above(second, first) - (1.0 - expected)).abs() < 1e-9);
        }
    }

    #[test]
    fn equal_shares_are_above_one_another_as_often_as_not() {
        for (k, n) in [(0, 0), (0, 5), (5, 5), (3, 10), (500, 1_000), (1, 1_000_000), (400_000, 1_000_000)] {
            assert!((share_above(share(k, n), share(k, n)) - 0.5).abs() < 1e-9, "{k} of {n}");
        }
    }

    #[test]
    fn a_share_is_no_worse_by_the_score_of_the_likeliest_shares() {
        // The derivative of the likelihood is a cubic in the second share: its root by numpy.poly1d(…).roots that is likeliest,
        // and scipy.stats.norm.sf of the score. (statsmodels 0.15 has a slip in its closed form of that root.)
        for (first, second, margin, expected) in [
            (share(80, 100), share(78, 100), 0.1, 0.083_318_762_722_265_74),
            (share(40, 50), share(35, 50), 0.05, 0.718_918_694_561_419_9),
            (share(9, 10), share(10, 12), 0.2, 0.185_328_579_226_953_06),
            (share(0, 30), share(1, 30), 0.1, 0.016_713_902_062_156_314),
            (share(30, 30), share(29, 30), 0.1, 0.111_771_437_285_660_08),
            (share(800_000, 1_000_000), share(799_000, 1_000_000), 0.002, 0.038_688_469_999_852_045),
        ] {
            let found = share_not_worse(first, second, margin).unwrap();
            assert!((found - expected).abs() < 1e-9, "{first:?} {second:?}: {found} is not {expected}");
        }
        assert_eq!(share_not_worse(share(0, 0), share(1, 2), 0.1), None);
        assert_eq!(share_not_worse(share(1, 2), share(1, 2), 1.0), None);
        assert_eq!(share_not_worse(share(0, 9), share(0, 9), 0.0), Some(1.0));
    }

    #[test]
    fn a_mean_is_no_worse_by_the_t_that_scipy_has() {
        // scipy.stats.ttest_ind_from_stats(4.9 + 0.5, 1.2, 80, 5.0, 0.8, 60, equal_var=False, alternative="greater").pvalue
        let sample = |n, mean, sd| Sample { n, mean, sd };
        let found = mean_not_worse(sample(60, 5.0, 0.8), sample(80, 4.9, 1.2), 0.5).unwrap();
        assert!((found - 0.009_783_202_651_582_145).abs() < 1e-10, "{found}");
        assert_eq!(mean_not_worse(sample(1, 5.0, 0.8), sample(80, 4.9, 1.2), 0.5), None);
        assert_eq!(mean_not_worse(sample(9, 5.0, 0.8), sample(80, 4.9, 1.2), -0.5), None);
        assert_eq!(mean_not_worse(sample(9, 5.0, 0.0), sample(9, 4.9, 0.0), 0.5), Some(0.0));
        assert_eq!(mean_not_worse(sample(9, 5.0, 0.0), sample(9, 4.0, 0.0), 0.5), Some(1.0));
    }
}
