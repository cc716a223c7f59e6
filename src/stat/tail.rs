//! Tails and critical values of the usual distributions, right for small counts and for millions.
//!
//! Of small counts they are those of statrs. Of large ones its incomplete beta function subtracts logarithms of gamma
//! functions, which leaves six digits of a share of 10^9 uses; its inverse gives 1.95985 where Student's t of 10^6 degrees
//! of freedom is at 1.95997, and does not end at 10^9. So there is one of our own.

use super::float;
use statrs::distribution::{Beta, ChiSquared, ContinuousCDF, Normal, StudentsT};
use statrs::function::gamma::ln_gamma;
use std::f64::consts::TAU;

/// Up to so many degrees of freedom, or uses, statrs is right to ten digits.
const FEW: f64 = 10_000.0;

/// The probability that a standard normal value is above `z`.
pub(crate) fn normal_above(z: f64) -> f64 {
    Normal::standard().sf(z)
}

/// The standard normal value that lies above a share `p` of all.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// The probability that a standard normal value is as far from 0 as `z`, on either side.
pub(crate) fn normal_beyond(z: f64) -> f64 {
    (2.0 * normal_above(z.abs())).min(1.0)
}

/// The probability that chi-square of `freedom` degrees, at least 1, is above `statistic`.
pub(crate) fn chi_square_above(statistic: f64, freedom: f64) -> f64 {
    ChiSquared::new(freedom).map_or(f64::NAN, |chi_square| chi_square.sf(statistic))
}

/// The probability that Student's t of `freedom` degrees is below `t`.
pub(crate) fn t_below(t: f64, freedom: f64) -> f64 {
    if t.is_infinite() {
        return if t > 0.0 { 1.0 } else { 0.0 };
    }
    if let Some(few) = few_degrees(freedom) {
        return few.cdf(t);
    }
    let whole = freedom + t * t;
    let beyond = beta_tails(freedom / 2.0, 0.5, freedom / whole, t * t / whole).0 / 2.0;
    if t > 0.0 { 1.0 - beyond } else { beyond }
}

/// The probability that Student's t of `freedom` degrees is as far from 0 as `t`, on either side.
pub(crate) fn t_beyond(t: f64, freedom: f64) -> f64 {
    2.0 * t_below(-t.abs(), freedom)
}

/// The value that Student's t of `freedom` degrees is below with probability `p`, at least a half. Of many degrees it is a
/// normal value, corrected in four steps: of a thousand degrees 10^-15 is missing at 97.5 %.
///
/// Source: M. Abramowitz and I. Stegun, "Handbook of Mathematical Functions", 26.7.5.
pub(crate) fn t_quantile(p: f64, freedom: f64) -> f64 {
    const MANY: f64 = 1000.0;
    if let Some(few) = few_degrees(freedom).filter(|_| freedom <= MANY) {
        return few.inverse_cdf(p);
    }
    let z = normal_quantile(p);
    let square = z * z;
    let steps = [
        z * (square + 1.0) / 4.0,
        z * ((5.0 * square + 16.0) * square + 3.0) / 96.0,
        z * (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0,
        z * ((((79.0 * square + 776.0) * square + 1482.0) * square - 1920.0) * square - 945.0) / 92_160.0,
    ];
    z + steps.iter().rev().fold(0.0, |rest, step| (rest + step) / freedom)
}

fn few_degrees(freedom: f64) -> Option<StudentsT> {
    StudentsT::new(0.0, 1.0, freedom).ok().filter(|_| freedom <= FEW)
}

/// The probability that a binomial count of `n` with probability `p` is at most `k`, and that it is above.
pub(crate) fn binomial_tails(k: u64, n: u64, p: f64) -> (f64, f64) {
    if k >= n {
        return (1.0, 0.0);
    }
    beta_tails(float(n - k), float(k) + 1.0, 1.0 - p, p)
}

/// The probability that Beta(a, b) is below `x`.
pub(crate) fn beta_below(a: f64, b: f64, x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    match Beta::new(a, b) {
        Ok(few) if a + b <= FEW => few.cdf(x),
        _ => beta_tails(a, b, x, 1.0 - x).0,
    }
}

/// The value that Beta(a, b) is below with probability `p`.
pub(crate) fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    root(0.0, 1.0, |x| {
        let (below, above) = beta_tails(a, b, x, 1.0 - x);
        if p < 0.5 { below - p } else { (1.0 - p) - above }
    })
}

/// The probabilities that Beta(a, b) is below `x` and that it is above; `y` is 1 − x, given apart so that neither is
/// rounded away.
///
/// Sources: the continued fraction of Press and others, "Numerical Recipes", section 6.4, by Lentz's method; the power
/// before it by C. Loader, "Fast and accurate computation of binomial probabilities" (2000), which does not cancel.
pub(crate) fn beta_tails(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    let whole = a + b;
    // Both deviate by the same, which is taken where it is rounded least.
    let off = if x < y { a - whole * x } else { whole * y - b };
    let log_power = 0.5 * (whole / (TAU * a * b)).ln() + stirling_rest(whole)
        - stirling_rest(a)
        - stirling_rest(b)
        - deviance(a, off)
        - deviance(b, -off);
    // x^a · y^b / B(a, b)
    let power = log_power.exp() * a * b / whole;
    if x < (a + 1.0) / (whole + 2.0) {
        let below = (power / a * fraction(a, b, x)).min(1.0);
        (below, 1.0 - below)
    } else {
        let above = (power / b * fraction(b, a, y)).min(1.0);
        (1.0 - above, above)
    }
}

/// The continued fraction of the incomplete beta function; it takes some √max(a, b) steps.
#[allow(clippy::many_single_char_names, reason = "the names of the source")]
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const LEAST: f64 = 1e-300;
    let away = |value: f64| if value.abs() < LEAST { LEAST } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut result = d;
    for step in 1..1_000_000_u32 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for part in [even, odd] {
            d = 1.0 / away(1.0 + part * d);
            c = away(1.0 + part / c);
            change = d * c;
            result *= change;
        }
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    result
}

/// ln Γ(z + 1) less Stirling's (z + ½)·ln z − z + ½·ln 2π.
fn stirling_rest(z: f64) -> f64 {
    if z < 16.0 {
        return ln_gamma(z + 1.0) - (z + 0.5) * z.ln() + z - 0.5 * TAU.ln();
    }
    let square = z * z;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / (1188.0 * square)) / square) / square) / square)
        / z
}

/// seen · ln(seen / expected) − off, where `off` is seen − expected, without cancelling where that is little.
fn deviance(seen: f64, off: f64) -> f64 {
    let expected = seen - off;
    let both = seen + expected;
    if off.abs() >= 0.1 * both {
        return seen * (seen / expected).ln() - off;
    }
    let ratio = off / both;
    let mut sum = off * ratio;
    let mut term = 2.0 * seen * ratio;
    for odd in (3..).step_by(2) {
        term *= ratio * ratio;
        let next = sum + term / f64::from(odd);
        if next.to_bits() == sum.to_bits() {
            break;
        }
        sum = next;
    }
    sum
}

/// Where an ascending function crosses zero, to the last bit.
pub(crate) fn root(mut low: f64, mut high: f64, ascends: impl Fn(f64) -> f64) -> f64 {
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        if ascends(middle) < 0.0 { low = middle } else { high = middle }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(found: f64, expected: f64) -> bool {
        (found - expected).abs() <= 1e-10 * expected.abs()
    }

    #[test]
    fn tails_are_those_of_scipy_for_ten_and_for_a_billion() {
        // scipy.stats.beta(n / 2 + 0.5, n / 2 + 0.5).sf(0.5 + 0.5 / n**0.5)
        for (n, above) in [
            (10.0, 0.146_259_227_697_886_52),
            (1e3, 0.158_534_238_327_815_89),
            (1e6, 0.158_655_132_946_091_18),
            (1e9, 0.158_655_253_810_069_76),
        ] {
            let half = n / 2.0 + 0.5;
            let x = 0.5 + 0.5 / f64::sqrt(n);
            let found = beta_tails(half, half, x, 1.0 - x).1;
            assert!((found - above).abs() < 1e-11, "{n}: {found}");
        }
        // scipy.stats.binom(n, 0.5).cdf(n // 2 - int(n**0.5))
        for (k, n, below) in [
            (2, 10, 0.054_687_5),
            (469, 1000, 0.026_838_924_822_505_023),
            (499_000, 1_000_000, 0.022_804_149_932_694_8),
            (499_968_378, 1_000_000_000, 0.022_754_491_470_346_253),
        ] {
            let found = binomial_tails(k, n, 0.5).0;
            assert!((found - below).abs() < 1e-11, "{n}: {found}");
        }
        assert_eq!(binomial_tails(3, 3, 0.5), (1.0, 0.0));
        assert_eq!(binomial_tails(0, 0, 0.5), (1.0, 0.0));
    }

    #[test]
    fn students_t_is_that_of_scipy_from_one_degree_to_a_billion() {
        // scipy.stats.t.cdf(-2.3, df), .cdf(-30, df), .ppf(0.975, df)
        for (freedom, near, far, critical) in [
            (1.0, 0.130_547_587_088_622_77, 0.010_606_402_405_535_426, 12.706_204_736_174_694),
            (2.5, 0.061_239_832_212_077_83, 0.000_145_532_354_578_698_77, 3.574_654_842_003_681_7),
            (30.0, 0.014_290_693_643_570_874, 3.125_895_815_304_445e-24, 2.042_272_456_301_237_8),
            (1001.0, 0.010_826_607_279_103_543, 7.066_109_942_243_652e-142, 1.962_336_705_280_879_5),
            (5000.0, 0.010_744_606_320_222_169, 2.845_829_058_930_815_5e-182, 1.960_438_551_706_507_3),
            (1e4, 0.010_734_356_687_383_598, 1.022_163_523_712_680_3e-189, 1.960_201_239_890_626),
            (1e6, 0.010_724_212_473_638_044, 6.010_047_116_832_059e-198, 1.959_966_356_814_107),
            (1e9, 0.010_724_110_124_127_625, 4.907_709_843_984_025e-198, 1.959_963_986_912_325),
        ] {
            // Of a billion degrees eight digits are left.
            for (found, expected) in [(-2.3, near), (-30.0, far)].map(|(t, expected)| (t_below(t, freedom), expected)) {
                assert!((found / expected - 1.0).abs() < 1e-8, "{freedom}: {found}");
            }
            let found = t_quantile(0.975, freedom);
            let off = if freedom > 1000.0 { 1e-13 } else { 1e-8 };
            assert!((found - critical).abs() < off, "{freedom}: {found}");
        }
        assert_eq!((t_below(f64::INFINITY, 3.0), t_beyond(0.0, 3.0)), (1.0, 1.0));
    }

    #[test]
    fn quantiles_of_beta_are_those_of_scipy() {
        // scipy.stats.beta.ppf(p, a, b)
        for (a, b, p, expected) in [
            (0.5, 10.5, 0.975, 0.217_196_267_509_210_53),
            (18.5, 2.5, 0.025, 0.716_146_742_695_747_7),
            (5e5, 5e5, 0.025, 0.499_020_018_703_874_63),
        ] {
            assert!(is_near(beta_quantile(a, b, p), expected), "{a} {b}: {}", beta_quantile(a, b, p));
        }
    }

    #[test]
    fn other_tails_are_those_of_scipy() {
        // scipy.stats.norm.sf(1), .sf(10), .ppf(0.975); scipy.stats.chi2.sf(3, 1), .sf(300, 5), .sf(300, 100)
        assert!((normal_above(1.0) - 0.158_655_253_931_457_07).abs() < 1e-10);
        assert!((normal_above(10.0) / 7.619_853_024_160_47e-24 - 1.0).abs() < 1e-9);
        assert!(is_near(normal_quantile(0.975), 1.959_963_984_540_054));
        assert!(is_near(chi_square_above(3.0, 1.0), 0.083_264_516_663_550_42));
        assert!((chi_square_above(300.0, 5.0) / 1.001_530_230_597_781_7e-62 - 1.0).abs() < 1e-9);
        assert!((chi_square_above(300.0, 100.0) / 7.412_100_857_323_017_5e-22 - 1.0).abs() < 1e-9);
    }
}
