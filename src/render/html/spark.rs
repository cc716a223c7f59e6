//! Sparklines: how a figure came about, as a line as wide as its card. What is missing is a gap.

use crate::sheet::{Cell, Unit};

const WIDTH: f64 = 100.0;
/// The line keeps this far from the top and the bottom of its 24 units.
const TOP: f64 = 3.0;
const BOTTOM: f64 = 21.0;

/// The paths of a sparkline, in a box of 100 by 24.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Spark {
    /// What is known, one piece for each run of neighbours.
    pub line: String,
    /// What has no neighbour.
    pub dots: String,
    /// The last of it.
    pub end: String,
}

impl Spark {
    /// The sparkline of a course, each cell at its place in the calendar, if there are two values to see.
    pub(super) fn of(unit: Unit, course: &[(i64, &Cell)]) -> Option<Spark> {
        let number = |cell: &Cell| cell.number().filter(|number| number.is_finite());
        let known: Vec<(i64, f64)> = course.iter().filter_map(|&(place, cell)| Some((place, number(cell)?))).collect();
        let (first, last) = (course.first()?.0, course.last()?.0);
        if known.len() < 2 || last <= first {
            return None;
        }
        let values = || known.iter().map(|(_, value)| *value);
        let is_amount = matches!(unit, Unit::Count | Unit::Tokens | Unit::Dollars);
        // An amount has a zero to be seen against.
        let least = values().fold(if is_amount { 0.0 } else { f64::INFINITY }, f64::min);
        let most = values().fold(f64::NEG_INFINITY, f64::max);
        #[allow(clippy::cast_precision_loss, reason = "a course has as many places as a calendar has hours")]
        let point = |(place, value): (i64, f64)| {
            let x = WIDTH * (place - first) as f64 / (last - first) as f64;
            let height = if most > least { (value - least) / (most - least) } else { 0.5 };
            format!("{} {}", rounded(x), rounded(BOTTOM - (BOTTOM - TOP) * height))
        };
        let mut spark = Spark::default();
        for run in known.chunk_by(|one, next| next.0 == one.0 + 1) {
            let points: Vec<String> = run.iter().map(|&known| point(known)).collect();
            match points.as_slice() {
                [alone] => spark.dots.extend(["M", alone, "h0"]),
                points => spark.line.extend(["M", &points.join("L")]),
            }
        }
        spark.end = format!("M{}h0", point(known[known.len() - 1]));
        Some(spark)
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

    fn drawn(unit: Unit, values: &[(i64, Option<f64>)]) -> Option<Spark> {
        let cell = |value: Option<f64>| value.map_or(Cell::Missing(Why::NoData), Cell::Num);
        let cells: Vec<(i64, Cell)> = values.iter().map(|&(place, value)| (place, cell(value))).collect();
        Spark::of(unit, &cells.iter().map(|(place, cell)| (*place, cell)).collect::<Vec<_>>())
    }

    #[test]
    fn an_amount_stands_on_zero_and_anything_else_on_its_least() {
        let values = [(7, Some(50.0)), (8, Some(100.0)), (9, Some(75.0))];
        let line = |unit| drawn(unit, &values).unwrap().line;
        assert_eq!(line(Unit::Count), "M0 12L50 3L100 7.5");
        assert_eq!(line(Unit::Score), "M0 21L50 3L100 12");
    }

    #[test]
    fn what_is_missing_is_a_gap_as_wide_as_it_lasts_and_what_stands_alone_a_dot() {
        let spark =
            drawn(Unit::Count, &[(0, Some(0.0)), (1, Some(1.0)), (2, None), (6, Some(1.0)), (8, None)]).unwrap();
        assert_eq!(spark, Spark { line: "M0 21L12.5 3".into(), dots: "M75 3h0".into(), end: "M75 3h0".into() });
    }

    #[test]
    fn a_value_alone_has_no_course_and_equal_values_are_level() {
        assert_eq!(drawn(Unit::Count, &[]), None);
        assert_eq!(drawn(Unit::Count, &[(0, None), (1, Some(4.0)), (2, None)]), None);
        assert_eq!(drawn(Unit::Ratio, &[(0, Some(0.5)), (1, Some(0.5))]).unwrap().line, "M0 12L100 12");
    }
}
