//! Many tests at once: p-values that say how surprising one is among all that were made.

use super::sum::count;

/// P-values adjusted by Holm, in the order given: the chance of one false finding or more, among all, stays below the
/// adjusted value. Values that are no number count as 1.
///
/// Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let ascending = ascending(p_values);
    let mut adjusted = vec![1.0; p_values.len()];
    let mut most = 0.0_f64;
    for (rank, &(p, at)) in ascending.iter().enumerate() {
        most = most.max(p * count(p_values.len() - rank)).min(1.0);
        adjusted[at] = most;
    }
    adjusted
}

/// P-values adjusted by Benjamini and Hochberg, in the order given: of the findings below an adjusted value, at most that
/// share is false. Values that are no number count as 1.
///
/// Source: Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", J. R. Stat. Soc. B 57 (1995).
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let ascending = ascending(p_values);
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least = 1.0_f64;
    for (rank, &(p, at)) in ascending.iter().enumerate().rev() {
        least = least.min(p * count(p_values.len()) / count(rank + 1));
        adjusted[at] = least;
    }
    adjusted
}

/// Each p-value with its place, the smallest first.
fn ascending(p_values: &[f64]) -> Vec<(f64, usize)> {
    let known = |p: f64| if p.is_nan() { 1.0 } else { p };
    let mut ordered: Vec<_> = p_values.iter().enumerate().map(|(at, p)| (known(*p), at)).collect();
    ordered.sort_by(|a, b| a.0.total_cmp(&b.0));
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_near(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
    }

    /// Table 1 of Benjamini and Hochberg (1995), not in order.
    const PUBLISHED: [f64; 15] = [
        0.0278, 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0,
    ];

    #[test]
    fn holms_values_are_those_of_statsmodels() {
        // statsmodels.stats.multitest.multipletests(PUBLISHED, method="holm")[1]
        let expected = [
            0.277_999_999_999_999_97,
            0.001_5,
            0.005_6,
            0.024_7,
            0.113_999_999_999_999_99,
            0.221_1,
            0.277_999_999_999_999_97,
            0.277_999_999_999_999_97,
            0.321_300_000_000_000_03,
            1.0,
            1.0,
            1.0,
            1.0,
            1.0,
            1.0,
        ];
        are_near(&holm(&PUBLISHED), &expected);
        // By hand: 3 · 0.01, 2 · 0.04, 1 · 0.03 raised to the one before.
        are_near(&holm(&[0.04, 0.01, 0.03]), &[0.06, 0.03, 0.06]);
    }

    #[test]
    fn false_discoveries_are_those_of_scipy_and_of_the_paper() {
        // scipy.stats.false_discovery_control(PUBLISHED)
        let expected = [
            0.063_857_142_857_142_86,
            0.001_5,
            0.003,
            0.009_5,
            0.035_625,
            0.060_3,
            0.063_857_142_857_142_86,
            0.064_5,
            0.076_500_000_000_000_01,
            0.486,
            0.581_181_818_181_818_1,
            0.714_874_999_999_999_9,
            0.753_230_769_230_769_3,
            0.813_214_285_714_285_7,
            1.0,
        ];
        let found = benjamini_hochberg(&PUBLISHED);
        are_near(&found, &expected);
        // The paper rejects four at 0.05, and Bonferroni three.
        assert_eq!(found.iter().filter(|p| **p <= 0.05).count(), 4);
        assert_eq!(holm(&PUBLISHED).iter().filter(|p| **p <= 0.05).count(), 3);
    }

    #[test]
    fn nothing_one_equal_ones_and_no_numbers_are_fine() {
        for adjust in [holm, benjamini_hochberg] {
            assert!(adjust(&[]).is_empty());
            are_near(&adjust(&[0.2]), &[0.2]);
            are_near(&adjust(&[1.0, 1.0]), &[1.0, 1.0]);
            are_near(&adjust(&[f64::NAN, 0.01]), &[1.0, 0.02]);
        }
        are_near(&benjamini_hochberg(&[0.03, 0.03, 0.03]), &[0.03; 3]);
        are_near(&holm(&[0.03, 0.03, 0.03]), &[0.09; 3]);
    }
}
