//! Sparklines: how a figure came about, as a line as wide as its card. What is missing is a gap.

use crate::sheet::{Cell, Unit};

const WIDTH: f64 = 100.0;
/// The line keeps this far from the top and the bottom of its 24 units.
const TOP: f64 = 3.0;
const BOTTOM: f64 = 21.0;

/// The paths of a sparkline, in a box of 100 by 24.
#[derive(Debug, PartialEq)]
pub(super) struct Spark {
    /// What is known, one piece for each run of neighbours.
    pub line: String,
    /// The last of it.
    pub end: String,
}

impl Spark {
    /// The sparkline of a course, if there are two values to see.
    pub(super) fn of(unit: Unit, course: &[&Cell]) -> Option<Spark> {
        let values: Vec<Option<f64>> =
            course.iter().map(|cell| cell.number().filter(|number| number.is_finite())).collect();
        let known = || values.iter().flatten().copied();
        if known().count() < 2 {
            return None;
        }
        let is_amount = matches!(unit, Unit::Count | Unit::Tokens | Unit::Dollars);
        // An amount has a zero to be seen against.
        let least = known().fold(if is_amount { 0.0 } else { f64::INFINITY }, f64::min);
        let most = known().fold(f64::NEG_INFINITY, f64::max);
        let place = |at: usize, value: f64| {
            #[allow(clippy::cast_precision_loss, reason = "a course has as many cells as buckets")]
            let x = WIDTH * at as f64 / (values.len() - 1) as f64;
            let height = if most > least { (value - least) / (most - least) } else { 0.5 };
            format!("{} {}", rounded(x), rounded(BOTTOM - (BOTTOM - TOP) * height))
        };
        let mut line = String::new();
        let mut end = String::new();
        for (at, value) in values.iter().enumerate() {
            let Some(value) = *value else { continue };
            let place = place(at, value);
            let follows = at > 0 && values[at - 1].is_some();
            let leads = values.get(at + 1).is_some_and(Option::is_some);
            line.push(if follows { 'L' } else { 'M' });
            line.push_str(&place);
            if !follows && !leads {
                line.push_str("h0");
            }
            end = format!("M{place}h0");
        }
        Some(Spark { line, end })
    }
}

/// A tenth of a unit is less than a pixel.
fn rounded(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::Why;

    fn drawn(unit: Unit, values: &[Option<f64>]) -> Option<Spark> {
        let cells: Vec<Cell> = values.iter().map(|value| value.map_or(Cell::Missing(Why::NoData), Cell::Num)).collect();
        Spark::of(unit, &cells.iter().collect::<Vec<_>>())
    }

    #[test]
    fn an_amount_stands_on_zero_and_anything_else_on_its_least() {
        let values = [Some(50.0), Some(100.0), Some(75.0)];
        let line = |unit| drawn(unit, &values).unwrap().line;
        assert_eq!(line(Unit::Count), "M0 12L50 3L100 7.5");
        assert_eq!(line(Unit::Score), "M0 21L50 3L100 12");
    }

    #[test]
    fn what_is_missing_is_a_gap_and_what_stands_alone_a_dot() {
        let spark = drawn(Unit::Count, &[Some(0.0), Some(1.0), None, Some(1.0), None]).unwrap();
        assert_eq!(spark, Spark { line: "M0 21L25 3M75 3h0".into(), end: "M75 3h0".into() });
    }

    #[test]
    fn a_value_alone_has_no_course_and_equal_values_are_level() {
        assert_eq!(drawn(Unit::Count, &[]), None);
        assert_eq!(drawn(Unit::Count, &[None, Some(4.0), None]), None);
        assert_eq!(drawn(Unit::Ratio, &[Some(0.5), Some(0.5)]).unwrap().line, "M0 12L100 12");
    }
}
