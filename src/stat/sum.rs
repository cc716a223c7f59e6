//! Sums, means, deviations and lines of floats, without losing what is small beside what is large.

/// The sum of values, each rounding error carried along and added at the end.
///
/// Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", Zeitschrift für
/// Angewandte Mathematik und Mechanik 54 (1974).
pub fn sum(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0);
    for value in values {
        let next = sum + value;
        lost += if sum.abs() >= value.abs() { (sum - next) + value } else { (value - next) + sum };
        sum = next;
    }
    // What is infinite has nothing lost but is no number less itself.
    if sum.is_finite() { sum + lost } else { sum }
}

/// The mean, `None` of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| sum(values.iter().copied()) / count(values.len()))
}

/// The sample standard deviation (n − 1), `None` of fewer than two values.
///
/// Source: the corrected two-pass algorithm of T. F. Chan, G. H. Golub and R. J. `LeVeque`, "Algorithms for computing the
/// sample variance", The American Statistician 37 (1983).
pub fn sd(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let mean = mean(values)?;
    let off = || values.iter().map(|value| value - mean);
    let rest = sum(off());
    let squares = sum(off().map(|off| off * off)) - rest * rest / count(values.len());
    Some((squares.max(0.0) / count(values.len() - 1)).sqrt())
}

/// A straight line by least squares: its slope and intercept with their standard errors, the residual standard deviation,
/// and the share of the variance it explains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    pub slope: f64,
    pub intercept: f64,
    pub slope_error: f64,
    pub intercept_error: f64,
    pub residual_sd: f64,
    pub r_squared: f64,
}

/// The line through points (x, y) by least squares; `None` of fewer than three points or where all x are the same. Where
/// all y are the same it explains all.
///
/// Source: N. R. Draper and H. Smith, "Applied regression analysis", 3rd edition (1998), chapter 1.
pub fn line(points: &[(f64, f64)]) -> Option<Line> {
    if points.len() < 3 {
        return None;
    }
    let n = count(points.len());
    let axis = |own: fn(&(f64, f64)) -> f64| sum(points.iter().map(own)) / n;
    let (mean_x, mean_y) = (axis(|point| point.0), axis(|point| point.1));
    let off = || points.iter().map(|(x, y)| (x - mean_x, y - mean_y));
    let (squares_x, squares_y) = (sum(off().map(|(x, _)| x * x)), sum(off().map(|(_, y)| y * y)));
    if squares_x <= 0.0 {
        return None;
    }
    let slope = sum(off().map(|(x, y)| x * y)) / squares_x;
    let intercept = mean_y - slope * mean_x;
    let rest = sum(off().map(|(x, y)| (y - slope * x) * (y - slope * x)));
    let residual_sd = (rest / (n - 2.0)).sqrt();
    let slope_error = residual_sd / squares_x.sqrt();
    let intercept_error = residual_sd * (1.0 / n + mean_x * mean_x / squares_x).sqrt();
    let r_squared = if squares_y > 0.0 { 1.0 - rest / squares_y } else { 1.0 };
    Some(Line { slope, intercept, slope_error, intercept_error, residual_sd, r_squared })
}

#[allow(clippy::cast_precision_loss, reason = "lists are far shorter than 2^53")]
pub(crate) fn count(values: usize) -> f64 {
    values as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_small_beside_what_is_large_counts() {
        // Neumaier's own example: plain addition gives 0.
        assert!((sum([1.0, 1e100, 1.0, -1e100]) - 2.0).abs() < 1e-15);
        // Ten million tenths; plain addition is off by 1.6e-4.
        assert!((sum(std::iter::repeat_n(0.1, 10_000_000)) - 1e6).abs() < 1e-9);
        assert!(sum([]).abs() < 1e-300);
        assert!(sum([f64::INFINITY, 1.0]).is_infinite());
        assert!(sum([f64::INFINITY, f64::NEG_INFINITY]).is_nan());
    }

    #[test]
    fn mean_and_deviation_are_those_worked_out_by_hand() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert_eq!(mean(&values), Some(5.0));
        assert_eq!(sd(&values), Some((32.0_f64 / 7.0).sqrt()));
        assert_eq!((mean(&[]), sd(&[1.0])), (None, None));
        assert_eq!(sd(&[0.1; 1_000]), Some(0.0));
        let beside_large = [1.0, 2.0, 3.0].map(|value| 1e15 + value);
        assert_eq!(sd(&beside_large), Some(1.0));
    }

    #[test]
    fn a_line_is_that_of_scipy() {
        // scipy.stats.linregress([1, 2, 4, 7], [3, 4, 9, 11])
        let found = line(&[(1.0, 3.0), (2.0, 4.0), (4.0, 9.0), (7.0, 11.0)]).unwrap();
        for (found, expected) in [
            (found.slope, 1.404_761_904_761_904_7),
            (found.intercept, 1.833_333_333_333_334),
            (found.slope_error, 0.280_710_145_775_037_94),
            (found.intercept_error, 1.174_294_790_062_637_3),
            (found.r_squared, 0.926_044_160_681_032_2),
        ] {
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
        assert_eq!(line(&[(1.0, 3.0), (2.0, 4.0)]), None);
        assert_eq!(line(&[(1.0, 3.0), (1.0, 4.0), (1.0, 9.0)]), None);
    }
}
