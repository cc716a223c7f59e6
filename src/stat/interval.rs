//! Intervals of shares and means.

use super::{CONFIDENCE, Moments, float, tail};

/// The 95 % Wilson score interval of `k` of `n`; the whole range where `n` is 0.
///
/// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), without
/// continuity correction; recommended by Brown, Cai and `DasGupta`, Statistical Science 16 (2001).
pub fn wilson(k: u64, n: u64) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (n, p) = (float(n), float(k) / float(n));
    let z = tail::normal_quantile(f64::midpoint(1.0, CONFIDENCE));
    let z2 = z * z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    // The ends are exactly 0 and 1 at no and all successes; rounding must not move them.
    let low = if k == 0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if p >= 1.0 { 1.0 } else { (centre + half).min(1.0) };
    (low, high)
}

/// The 95 % interval of a mean by Student's t, `None` for fewer than three observations, and where all are equal: they
/// say nothing of how far apart the next ones may lie, and an interval without width would say that they cannot.
///
/// Source: Student, "The probable error of a mean", Biometrika 6 (1908).
pub fn mean_interval(moments: &Moments) -> Option<(f64, f64)> {
    if moments.n < 3 {
        return None;
    }
    let t = tail::t_quantile(f64::midpoint(1.0, CONFIDENCE), float(moments.n - 1));
    let half = t * moments.sd().filter(|sd| *sd > 0.0)? / float(moments.n).sqrt();
    Some((moments.mean()? - half, moments.mean()? + half))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn the_wilson_interval_is_that_of_r() {
        // The score equation solved apart with z = 1.959963984540054; 18 of 20 is R's binom.confint(18, 20, methods = "wilson").
        for (k, n, low, high) in [
            (0, 10, 0.0, 0.277_532_799_862_889_2),
            (10, 10, 0.722_467_200_137_110_7, 1.0),
            (5, 7, 0.358_934_451_832_619_35, 0.917_781_075_995_943_3),
            (81, 263, 0.255_288_519_878_274_2, 0.366_209_576_982_800_04),
            (18, 20, 0.698_966_354_771_512_8, 0.972_133_518_786_232),
        ] {
            let interval = wilson(k, n);
            assert!(is_near(interval.0, low) && is_near(interval.1, high), "{k} of {n}: {interval:?}");
        }
        assert_eq!(wilson(0, 0), (0.0, 1.0));
    }

    #[test]
    fn the_interval_of_a_mean_needs_three_observations_that_differ() {
        assert_eq!(mean_interval(&Moments::of([1, 2])), None);
        assert_eq!(mean_interval(&Moments::of([7, 7, 7, 7])), None);
        // 1, 2, 3: mean 2, sd 1, t(0.975, 2) = 4.302652729911275 (scipy.stats.t.ppf), half = t / sqrt(3).
        let (low, high) = mean_interval(&Moments::of([1, 2, 3])).unwrap();
        let half = 4.302_652_729_911_275 / 3.0_f64.sqrt();
        assert!(is_near(low, 2.0 - half) && is_near(high, 2.0 + half), "{low} {high}");
    }
}
