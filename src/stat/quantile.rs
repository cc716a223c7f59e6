//! Quantiles.

/// The quantile of ascending values by linear interpolation, in the values' own unit; `None` of nothing.
///
/// Source: R's default, type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician
/// 50 (1996): h = (n − 1)·p, between the values around h.
pub fn quantile(ascending: &[i64], p: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    #[allow(clippy::cast_precision_loss, reason = "positions are far below 2^53")]
    let h = last as f64 * p;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 ≤ h ≤ last")]
    let below = (h.floor() as usize).min(last);
    let above = (below + 1).min(last);
    #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact integer")]
    let (low, high) = (ascending[below] as f64, ascending[above] as f64);
    Some(low + (high - low) * (h - h.floor()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_r() {
        // R: quantile(c(1, 2, 3, 4, 10), c(0, .25, .5, .9, 1))
        for (p, expected) in [(0.0, 1.0), (0.25, 2.0), (0.5, 3.0), (0.9, 7.6), (1.0, 10.0)] {
            let found = quantile(&[1, 2, 3, 4, 10], p).unwrap();
            assert!((found - expected).abs() < 1e-12, "{p}: {found}");
        }
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[7], 0.99), Some(7.0));
    }
}
