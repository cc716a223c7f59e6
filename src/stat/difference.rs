//! Two groups: how far apart their shares or means are, and how sure that is.

use super::{CONFIDENCE, Moments, Share, fisher, float, tail, wilson};

/// How much the second group is above the first, in the values' own unit, with the 95 % interval and the two-sided p-value
/// of no difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    pub value: f64,
    pub low: f64,
    pub high: f64,
    pub p: f64,
}

/// The size, mean and sample standard deviation of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    pub n: u64,
    pub mean: f64,
    pub sd: f64,
}

impl Sample {
    /// The sample with these moments, `None` of fewer than two values.
    pub fn of(moments: &Moments) -> Option<Sample> {
        Some(Sample { n: moments.n, mean: moments.mean()?, sd: moments.sd()? })
    }

    /// The variance of the mean.
    pub(crate) fn squared_error(&self) -> f64 {
        self.sd * self.sd / float(self.n)
    }
}

/// The difference of two independent shares, second less first; `None` where either group is empty.
///
/// The interval is Newcombe's hybrid of two Wilson intervals, without continuity correction. The p-value is that of
/// Pearson's chi-square without continuity correction, and of Fisher's exact test where fewer than five are expected in any
/// cell; so near 0.05 interval and p-value may disagree.
///
/// Sources: R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
/// methods", Statistics in Medicine 17 (1998), method 10; W. G. Cochran, "Some methods for strengthening the common χ²
/// tests", Biometrics 10 (1954), for the rule of five.
pub fn share_difference(first: Share, second: Share) -> Option<Difference> {
    let (one, two) = (first.value()?, second.value()?);
    let ((low_one, high_one), (low_two, high_two)) = (wilson(first.k, first.n), wilson(second.k, second.n));
    let value = two - one;
    let low = value - (two - low_two).hypot(high_one - one);
    let high = value + (high_two - two).hypot(one - low_one);
    Some(Difference { value, low, high, p: shares_differ(first, second) })
}

fn shares_differ(first: Share, second: Share) -> f64 {
    let (n, k) = (float(first.n + second.n), float(first.k + second.k));
    let rarer = k.min(n - k);
    if float(first.n.min(second.n)) * rarer / n < 5.0 {
        return fisher([[first.k, first.n - first.k], [second.k, second.n - second.k]]);
    }
    let pooled = k / n;
    let error = (pooled * (1.0 - pooled) * (1.0 / float(first.n) + 1.0 / float(second.n))).sqrt();
    tail::normal_beyond((float(second.k) / float(second.n) - float(first.k) / float(first.n)) / error)
}

/// The difference of two means by Welch's t, second less first; `None` where either group has fewer than two values.
///
/// Groups that do not vary are known exactly: p is 1 where they are equal, and 0 where they are not.
///
/// Sources: B. L. Welch, "The generalization of Student's problem when several different population variances are involved",
/// Biometrika 34 (1947); degrees of freedom by F. E. Satterthwaite, Biometrics Bulletin 2 (1946).
pub fn mean_difference(first: Sample, second: Sample) -> Option<Difference> {
    let (error, freedom) = welch(first, second)?;
    Some(difference(second.mean - first.mean, error, freedom))
}

/// The standard error of the difference of two means, and its degrees of freedom; `None` where either group has fewer than
/// two values.
pub fn welch(first: Sample, second: Sample) -> Option<(f64, f64)> {
    if first.n < 2 || second.n < 2 {
        return None;
    }
    let (one, two) = (first.squared_error(), second.squared_error());
    let both = one + two;
    if both == 0.0 {
        return Some((0.0, float(first.n + second.n - 2)));
    }
    // Parts of the whole, so that squares of tiny errors do not vanish.
    let (one, two) = (one / both, two / both);
    Some((both.sqrt(), 1.0 / (one * one / float(first.n - 1) + two * two / float(second.n - 1))))
}

/// The mean of differences within pairs by Student's t, from the moments of second less first; `None` of fewer than two
/// pairs.
///
/// Source: Student, "The probable error of a mean", Biometrika 6 (1908).
pub fn paired_difference(differences: &Moments) -> Option<Difference> {
    let sample = Sample::of(differences)?;
    Some(difference(sample.mean, sample.squared_error().sqrt(), float(sample.n - 1)))
}

fn difference(value: f64, error: f64, freedom: f64) -> Difference {
    if error == 0.0 {
        return Difference { value, low: value, high: value, p: if value == 0.0 { 1.0 } else { 0.0 } };
    }
    let half = tail::t_quantile(f64::midpoint(1.0, CONFIDENCE), freedom) * error;
    Difference { value, low: value - half, high: value + half, p: tail::t_beyond(value / error, freedom) }
}

/// Cohen's h, the effect size of two shares, second less first, between −π and π: 0.2 is small, 0.5 medium, 0.8 large;
/// `None` where either group is empty.
///
/// Source: J. Cohen, "Statistical power analysis for the behavioral sciences", 2nd edition (1988), chapter 6.
pub fn cohen_h(first: Share, second: Share) -> Option<f64> {
    let angle = |share: f64| 2.0 * share.sqrt().asin();
    Some(angle(second.value()?) - angle(first.value()?))
}

/// Hedges' g, the effect size of two means in pooled standard deviations, second less first, corrected for small samples by
/// 1 − 3 / (4·df − 1); `None` where either group has fewer than two values or nothing varies.
///
/// Source: L. V. Hedges, "Distribution theory for Glass's estimator of effect size and related estimators", Journal of
/// Educational Statistics 6 (1981).
pub fn hedges_g(first: Sample, second: Sample) -> Option<f64> {
    if first.n < 2 || second.n < 2 {
        return None;
    }
    let squares = |sample: Sample| sample.sd * sample.sd * float(sample.n - 1);
    let freedom = float(first.n + second.n - 2);
    let pooled = ((squares(first) + squares(second)) / freedom).sqrt();
    (pooled > 0.0).then(|| (second.mean - first.mean) / pooled * (1.0 - 3.0 / (4.0 * freedom - 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-9 * expected.abs().max(1.0)
    }

    fn share(k: u64, n: u64) -> Share {
        Share { k, n }
    }

    #[test]
    fn the_interval_of_a_difference_of_shares_is_that_of_newcombes_paper() {
        // Table II of the paper, method 10, columns (a) to (h), to the four places printed there.
        for (one, two, low, high) in [
            (share(48, 80), share(56, 70), 0.0524, 0.3339),
            (share(3, 10), share(9, 10), 0.1705, 0.8090),
            (share(2, 7), share(6, 7), 0.0582, 0.8062),
            (share(0, 29), share(5, 56), -0.0381, 0.1926),
            (share(0, 20), share(0, 10), -0.1611, 0.2775),
            (share(0, 10), share(10, 10), 0.6075, 1.0),
        ] {
            let found = share_difference(one, two).unwrap();
            assert!((found.low - low).abs() < 6e-5 && (found.high - high).abs() < 6e-5, "{one:?} {two:?}: {found:?}");
            let other = share_difference(two, one).unwrap();
            assert!(is_near(other.low, -found.high) && is_near(other.value, -found.value), "{other:?}");
        }
        assert_eq!(share_difference(share(0, 0), share(1, 2)), None);
    }

    #[test]
    fn shares_differ_as_much_as_scipy_says() {
        // scipy.stats.chi2_contingency([[48, 32], [56, 14]], correction=False).pvalue
        let large = share_difference(share(48, 80), share(56, 70)).unwrap();
        assert!(is_near(large.p, 0.008_045_081_368_196_582), "{large:?}");
        // scipy.stats.fisher_exact([[3, 7], [9, 1]]).pvalue: five are not expected in the smallest cell.
        let small = share_difference(share(3, 10), share(9, 10)).unwrap();
        assert!(is_near(small.p, 0.019_766_611_097_880_443), "{small:?}");
        assert!(is_near(share_difference(share(5, 5), share(9, 9)).unwrap().p, 1.0));
        let huge = share_difference(share(500_000_000, 1_000_000_000), share(500_050_000, 1_000_000_000)).unwrap();
        // statsmodels.stats.proportion.proportions_ztest([500_050_000, 500_000_000], [10**9, 10**9])[1]
        assert!((huge.p - 0.025_347_318_494_422_12).abs() < 1e-8, "{huge:?}");
    }

    #[test]
    fn welchs_t_is_that_of_scipy() {
        // scipy.stats.ttest_ind([3, 4, 1, 9, 7], [5, 8, 12, 14], equal_var=False), its .df and .confidence_interval(),
        // each with the second first.
        let (first, second) = (Moments::of([3, 4, 1, 9, 7]), Moments::of([5, 8, 12, 14]));
        let (first, second) = (Sample::of(&first).unwrap(), Sample::of(&second).unwrap());
        let found = mean_difference(first, second).unwrap();
        assert!(is_near(found.value, 4.95) && is_near(found.p, 0.094_510_244_983_588), "{found:?}");
        assert!(
            is_near(found.low, -1.174_624_991_256_792_8) && is_near(found.high, 11.074_624_991_256_794),
            "{found:?}"
        );
        assert!(is_near(welch(first, second).unwrap().1, 5.692_785_421_225_427));
    }

    #[test]
    fn welchs_t_stands_groups_of_one_of_equals_and_of_millions() {
        let sample = |n, mean, sd| Sample { n, mean, sd };
        assert_eq!(mean_difference(sample(1, 3.0, 0.0), sample(9, 3.0, 1.0)), None);
        assert_eq!(Sample::of(&Moments::of([1])), None);
        let same = mean_difference(sample(4, 3.0, 0.0), sample(9, 3.0, 0.0)).unwrap();
        assert_eq!(same, Difference { value: 0.0, low: 0.0, high: 0.0, p: 1.0 });
        let apart = mean_difference(sample(4, 3.0, 0.0), sample(9, 4.0, 0.0)).unwrap();
        assert_eq!(apart, Difference { value: 1.0, low: 1.0, high: 1.0, p: 0.0 });
        // scipy.stats.ttest_ind_from_stats(1.001, 1, 10**7, 1, 2, 10**7, equal_var=False).pvalue
        let found = mean_difference(sample(10_000_000, 1.0, 2.0), sample(10_000_000, 1.001, 1.0)).unwrap();
        assert!((found.p - 0.157_299_228_220_815_07).abs() < 1e-8, "{found:?}");
    }

    #[test]
    fn a_paired_t_is_that_of_scipy() {
        // scipy.stats.ttest_rel([5, 9, 4, 8, 12], [3, 7, 5, 6, 7]), its p-value and .confidence_interval()
        let found = paired_difference(&Moments::of([2, 2, -1, 2, 5])).unwrap();
        assert!(is_near(found.value, 2.0) && is_near(found.p, 0.102_700_427_495_511_81), "{found:?}");
        assert!(
            is_near(found.low, -0.633_967_099_255_248_2) && is_near(found.high, 4.633_967_099_255_248),
            "{found:?}"
        );
        assert_eq!(paired_difference(&Moments::of([2])), None);
    }

    #[test]
    fn effects_are_those_worked_out_by_hand() {
        // 2·asin(√0.5) is π/2 and 2·asin(1) is π.
        assert!(is_near(cohen_h(share(1, 2), share(3, 3)).unwrap(), std::f64::consts::FRAC_PI_2));
        assert_eq!(cohen_h(share(0, 0), share(3, 3)), None);
        // Equal deviations pool to the same: (5 − 3) / 1 · (1 − 3 / (4·8 − 1)).
        let sample = |mean, sd| Sample { n: 5, mean, sd };
        assert!(is_near(hedges_g(sample(3.0, 1.0), sample(5.0, 1.0)).unwrap(), 2.0 * (1.0 - 3.0 / 31.0)));
        // Variances 1 and 7 pool to 4.
        assert!(is_near(hedges_g(sample(3.0, 1.0), sample(5.0, 7.0_f64.sqrt())).unwrap(), 1.0 - 3.0 / 31.0));
        assert_eq!(hedges_g(sample(3.0, 0.0), sample(5.0, 0.0)), None);
    }
}
