//! Numbers as a person reads them: one unit and one precision for each column. It knows units and cells; it refuses to
//! know where they will be drawn.

mod change;
mod likelihood;

pub(super) use change::{before, change, past};
pub(super) use likelihood::likelihood;

use super::escape;
use crate::coverage::thousands;
use crate::sheet::{Cell, Column, Fact, Parts, Unit, Why};
use crate::time::{self, Zone};

/// What stands where there is no value.
pub(super) const MISSING: &str = "—";

/// One value in words: safe to show, one line, not yet escaped for any target.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Written {
    pub value: String,
    /// The ends of the interval in parentheses, or nothing.
    pub interval: String,
    /// What the value rests on: `3,790 of 4,152`, `n 88`, or nothing.
    pub basis: String,
    pub mark: Mark,
    /// The number itself, for sorting.
    pub raw: Option<f64>,
}

/// Whether a value is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mark {
    #[default]
    Value,
    Missing,
    TooFew,
}

impl Written {
    pub(super) fn missing() -> Written {
        Written { value: MISSING.to_owned(), mark: Mark::Missing, ..Written::default() }
    }

    /// `basis`: what there is, which is too few to make a number of.
    fn too_few(basis: &str) -> Written {
        let value = format!("too few ({basis})");
        Written { value, mark: Mark::TooFew, ..Written::default() }
    }
}

fn of(part: u64, whole: u64) -> String {
    format!("{} of {}", thousands(part.into()), thousands(whole.into()))
}

/// How all numbers of one column, or of one fact, are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Notation {
    unit: Unit,
    form: Form,
    parts: Parts,
    least: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// The number divided by `per`, with so many decimals.
    Decimals { per: f64, decimals: usize, before: &'static str, after: &'static str },
    /// `3 m 12 s`, from milliseconds.
    Minutes,
}

impl Notation {
    /// The notation that suits all `cells` of a column.
    pub(super) fn of_column<'a>(column: &Column, cells: impl Iterator<Item = &'a Cell>) -> Notation {
        Notation { unit: column.unit, form: form(column.unit, cells), parts: column.parts, least: column.least }
    }

    /// The notation that suits `cells` of a row whose columns take the unit of the row.
    pub(super) fn of_row<'a>(unit: Unit, column: &Column, cells: impl Iterator<Item = &'a Cell>) -> Notation {
        let form = match form(unit, cells) {
            Form::Decimals { per, decimals, before, .. } if unit == Unit::Ratio && column.unit == Unit::Difference => {
                Form::Decimals { per, decimals, before, after: " pts" }
            }
            form => form,
        };
        Notation { unit, form, parts: column.parts, least: column.least }
    }

    /// The notation that suits a fact and its previous value.
    pub(super) fn of_fact(fact: &Fact) -> Notation {
        let cells = std::iter::once(&fact.cell).chain(&fact.previous);
        Notation { unit: fact.unit, form: form(fact.unit, cells), parts: Parts::Observed, least: fact.least }
    }

    /// What a figure was before; nothing is compared with nothing, or with too few.
    pub(super) fn before(&self, cell: &Cell, zone: &Zone) -> Option<String> {
        let written = self.write(cell, zone);
        (!matches!(written.mark, Mark::TooFew | Mark::Missing)).then_some(written.value)
    }

    pub(super) fn write(&self, cell: &Cell, zone: &Zone) -> Written {
        let mut written = match *cell {
            Cell::Text(ref text) if self.unit == Unit::Instant => plain(instant(text, zone)),
            Cell::Text(ref text) => plain(escape::visible(text).into_owned()),
            Cell::Int(int) if self.is_whole() => plain(minus(thousands(int))),
            Cell::AtLeast(value) => plain(format!("≥ {}", self.with_unit(value))),
            Cell::Missing(Why::TooFew { .. }) if self.parts == Parts::Value => Written::missing(),
            Cell::Missing(Why::TooFew { n, least }) => Written::too_few(&format!("n {}", of(n, least))),
            Cell::Share { n: 0, .. } => Written::missing(),
            Cell::Share { n, .. } if n < self.least && self.parts == Parts::Value => Written::missing(),
            Cell::Share { k, n, .. } if n < self.least => Written::too_few(&of(k, n)),
            Cell::Share { k, n, low, high } => self.share(k, n, (low, high), cell.number()),
            Cell::Estimate { n, .. } if n < self.least && self.parts == Parts::Value => Written::missing(),
            Cell::Estimate { n, .. } if n < self.least => Written::too_few(&format!("n {}", of(n, self.least))),
            Cell::Estimate { value, interval, n } => self.estimate(value, interval, n),
            Cell::Int(_) | Cell::Num(_) | Cell::Missing(_) => match cell.number().filter(|value| value.is_finite()) {
                Some(value) => plain(self.number(value)),
                None => Written::missing(),
            },
        };
        written.raw = cell.number().filter(|value| value.is_finite());
        written
    }

    fn is_whole(&self) -> bool {
        matches!(self.unit, Unit::Count | Unit::Tokens | Unit::Name | Unit::Number)
    }

    fn share(&self, k: u64, n: u64, interval: (f64, f64), ratio: Option<f64>) -> Written {
        let ratio = ratio.unwrap_or_default();
        let basis = if self.parts == Parts::Observed { of(k, n) } else { String::new() };
        let value = match self.number(ratio) {
            // Rounding must not make a perfect record of an imperfect one.
            full if k < n && full == self.number(1.0) => format!(">{}", self.number(1.0 - self.step())),
            value => value,
        };
        Written { value, interval: self.interval(Some(interval)), basis, ..Written::default() }
    }

    fn estimate(&self, value: f64, interval: Option<(f64, f64)>, n: u64) -> Written {
        if !value.is_finite() {
            return Written::missing();
        }
        let basis = if self.parts == Parts::Observed { format!("n {}", thousands(n.into())) } else { String::new() };
        Written { value: self.number(value), interval: self.interval(interval), basis, ..Written::default() }
    }

    fn interval(&self, interval: Option<(f64, f64)>) -> String {
        match interval {
            Some((low, high)) if self.parts != Parts::Value && low.is_finite() && high.is_finite() => {
                let dash = if low < 0.0 { " to " } else { "–" };
                format!("({}{dash}{})", self.bare(low), self.bare(high))
            }
            _ => String::new(),
        }
    }

    /// The smallest difference this notation can show, in raw units.
    fn step(&self) -> f64 {
        match self.form {
            Form::Decimals { per, decimals, .. } => per * 0.1_f64.powi(i32::try_from(decimals).unwrap_or(9)),
            Form::Minutes => 1000.0,
        }
    }

    /// A number with its unit; `<$0.01` for what this notation cannot tell from nothing.
    fn number(&self, value: f64) -> String {
        let bare = self.bare(value);
        match self.form {
            Form::Decimals { .. } if value > 0.0 && bare.bytes().all(|byte| matches!(byte, b'0' | b'.')) => {
                format!("<{}", self.with_unit(self.step()))
            }
            _ => self.with_unit(value),
        }
    }

    fn with_unit(&self, value: f64) -> String {
        let bare = self.bare(value);
        let Form::Decimals { before, after, .. } = self.form else { return bare };
        match bare.strip_prefix('−') {
            Some(magnitude) => format!("−{before}{magnitude}{after}"),
            None => format!("{before}{bare}{after}"),
        }
    }

    /// A number without its unit.
    fn bare(&self, value: f64) -> String {
        match self.form {
            Form::Decimals { per, decimals, .. } => grouped(&format!("{:.decimals$}", value / per)),
            Form::Minutes => minutes(value),
        }
    }
}

fn plain(value: String) -> Written {
    Written { value, ..Written::default() }
}

/// An RFC 3339 instant to the minute; a text that is none, such as a day, as it is.
fn instant(text: &str, zone: &Zone) -> String {
    let reading = Some(text).filter(|text| text.contains('T')).and_then(time::text);
    reading.map_or_else(|| escape::visible(text).into_owned(), |reading| zone.minute(reading.ts_ns))
}

/// The unit and precision that show the largest of `cells` without noise and the smallest without losing it.
fn form<'a>(unit: Unit, cells: impl Iterator<Item = &'a Cell>) -> Form {
    let mut is_computed = false;
    let cells = cells.inspect(|cell| is_computed |= !matches!(cell, Cell::Num(_) | Cell::Missing(_)));
    let values: Vec<f64> = cells
        .filter_map(|cell| cell.number().map(f64::abs))
        .filter(|value| value.is_finite() && *value > 0.0)
        .collect();
    let largest = values.iter().copied().fold(0.0, f64::max);
    let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let of = |per, decimals, before, after| Form::Decimals { per, decimals, before, after };
    match unit {
        Unit::Name | Unit::Instant | Unit::Count | Unit::Tokens | Unit::Mixed | Unit::Difference => {
            let decimals = usize::from(largest < 100.0 && values.iter().any(|value| value.fract() != 0.0));
            of(1.0, decimals, "", "")
        }
        // Ratings that people gave are mostly whole.
        Unit::Score if !is_computed && largest > 0.0 && values.iter().all(|value| value.fract() == 0.0) => {
            of(1.0, 0, "", "")
        }
        Unit::Score => of(1.0, 2, "", ""),
        Unit::Number => of(1.0, figures(largest, &values), "", ""),
        Unit::Ratio => of(0.01, 1 + usize::from(largest > 0.0 && largest < 0.01), "", " %"),
        Unit::Dollars => of(1.0, cents(largest), "$", ""),
        Unit::Millis if largest < 1000.0 => of(1.0, usize::from(largest > 0.0 && largest < 10.0), "", " ms"),
        Unit::Millis if largest >= 600_000.0 || (largest >= 120_000.0 && smallest >= 10_000.0) => Form::Minutes,
        Unit::Millis => {
            let decimals = match smallest {
                small if small < 5.0 => 3,
                small if small < 50.0 => 2,
                _ => 1,
            };
            of(1000.0, decimals, "", " s")
        }
    }
}

/// Decimals for numbers of any kind: about four figures of the largest, none where all are whole.
fn figures(largest: f64, values: &[f64]) -> usize {
    match largest {
        _ if values.iter().all(|value| value.fract() == 0.0) => 0,
        large if large >= 1000.0 => 1,
        large if large >= 10.0 => 2,
        large if large >= 0.1 => 4,
        large => cents(large) + 2,
    }
}

/// Decimals for dollars: cents, or hundredths of a cent, or two figures of something smaller.
fn cents(largest: f64) -> usize {
    match largest {
        large if large >= 1.0 || large == 0.0 => 2,
        large if large >= 0.01 => 4,
        large => {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 3 and 9")]
            let decimals = (2.0 - large.log10().floor()).clamp(3.0, 9.0) as usize;
            decimals
        }
    }
}

/// Milliseconds as `52 s`, `3 m 12 s`, `2 h 05 m`.
pub(super) fn minutes(ms: f64) -> String {
    #[allow(clippy::cast_possible_truncation, reason = "a float beyond i64 seconds saturates, which is long enough")]
    let seconds = (ms / 1000.0).round() as i64;
    let sign = if seconds < 0 { "−" } else { "" };
    match seconds.unsigned_abs() {
        0 if ms > 0.0 => "<1 s".to_owned(),
        s if s < 60 => format!("{sign}{s} s"),
        s if s < 3600 => format!("{sign}{} m {:02} s", s / 60, s % 60),
        s => format!("{sign}{} h {:02} m", thousands((s / 3600).into()), s % 3600 / 60),
    }
}

/// Decimal text with commas between thousands and a real minus sign; zero has none.
pub(super) fn grouped(decimal: &str) -> String {
    let (whole, fraction) = decimal.split_once('.').map_or((decimal, None), |(whole, rest)| (whole, Some(rest)));
    let is_negative = whole.starts_with('-') && decimal.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    let digits = whole.trim_start_matches('-');
    // Past the range of i128 nobody counts commas.
    let mut text = digits.parse::<i128>().map_or_else(|_| digits.to_owned(), thousands);
    if is_negative {
        text.insert(0, '−');
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

fn minus(text: String) -> String {
    if text.starts_with('-') { text.replacen('-', "−", 1) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(unit: Unit, parts: Parts, least: u64) -> Column {
        Column { key: "key".into(), label: "label".into(), unit, parts, least, rank: 0 }
    }

    fn written(unit: Unit, numbers: &[f64]) -> Vec<String> {
        let cells: Vec<Cell> = numbers.iter().copied().map(Cell::Num).collect();
        let notation = Notation::of_column(&column(unit, Parts::Value, 0), cells.iter());
        cells.iter().map(|cell| notation.write(cell, &Zone::utc()).value).collect()
    }

    #[test]
    fn a_column_has_one_unit_and_one_precision() {
        for (unit, numbers, expected) in [
            (Unit::Millis, vec![850.0, 12.4], vec!["850 ms", "12 ms"]),
            (Unit::Millis, vec![2.5, 0.4], vec!["2.5 ms", "0.4 ms"]),
            (Unit::Millis, vec![850.0, 2600.0, 22_840.0], vec!["0.8 s", "2.6 s", "22.8 s"]),
            (Unit::Millis, vec![12.0, 2600.0], vec!["0.01 s", "2.60 s"]),
            (Unit::Millis, vec![192_000.0, 52_000.0, 7_500_000.0], vec!["3 m 12 s", "52 s", "2 h 05 m"]),
            (Unit::Dollars, vec![38.14, 0.37, 0.0001], vec!["$38.14", "$0.37", "<$0.01"]),
            (Unit::Dollars, vec![0.0121, 0.004], vec!["$0.0121", "$0.0040"]),
            (Unit::Dollars, vec![0.000_012_3], vec!["$0.0000123"]),
            (Unit::Dollars, vec![12_345.6, -3.1, 0.0], vec!["$12,345.60", "−$3.10", "$0.00"]),
            (Unit::Ratio, vec![0.94, 0.0003, 0.0], vec!["94.0 %", "<0.1 %", "0.0 %"]),
            (Unit::Ratio, vec![0.004], vec!["0.40 %"]),
            (Unit::Tokens, vec![1234.5, 2.0], vec!["1,234", "2"]),
            (Unit::Count, vec![12.5, 2.0], vec!["12.5", "2.0"]),
            (Unit::Number, vec![12.5, 2.0], vec!["12.50", "2.00"]),
            (Unit::Number, vec![0.739_12, 0.004], vec!["0.7391", "0.0040"]),
            (Unit::Number, vec![0.000_012_345], vec!["0.000012345"]),
            (Unit::Number, vec![12_345.0, -2.0], vec!["12,345", "−2"]),
            (Unit::Score, vec![4.3, 0.739], vec!["4.30", "0.74"]),
            (Unit::Score, vec![-0.001], vec!["0.00"]),
            (Unit::Score, vec![4.0, 5.0], vec!["4", "5"]),
        ] {
            assert_eq!(written(unit, &numbers), expected);
        }
    }

    #[test]
    fn a_share_shows_its_interval_and_says_when_it_is_too_few() {
        let share = |k, n, low, high| Cell::Share { k, n, low, high };
        let notation = |parts, least| Notation::of_column(&column(Unit::Ratio, parts, least), [].iter());
        let utc = Zone::utc();
        let shown = notation(Parts::Interval, 20).write(&share(94, 100, 0.918, 0.957), &utc);
        assert_eq!((shown.value.as_str(), shown.interval.as_str()), ("94.0 %", "(91.8–95.7)"));
        let few = notation(Parts::Interval, 20).write(&share(5, 7, 0.3, 0.9), &utc);
        assert_eq!((few.value.as_str(), few.mark), ("too few (5 of 7)", Mark::TooFew));
        assert_eq!(notation(Parts::Value, 0).write(&share(0, 0, 0.0, 1.0), &utc).value, "—");
        let nearly = notation(Parts::Observed, 0).write(&share(9999, 10_000, 0.99, 1.0), &utc);
        assert_eq!((nearly.value.as_str(), nearly.basis.as_str()), (">99.9 %", "9,999 of 10,000"));
        assert_eq!(notation(Parts::Value, 0).write(&share(7, 7, 0.6, 1.0), &utc).value, "100.0 %");
    }

    #[test]
    fn what_is_missing_is_a_dash_or_says_why() {
        let notation = Notation::of_column(&column(Unit::Score, Parts::Observed, 3), [].iter());
        let utc = Zone::utc();
        let estimate = |value, n| Cell::Estimate { value, interval: Some((value - 0.2, value + 0.1)), n };
        assert_eq!(notation.write(&Cell::Missing(Why::NoData), &utc).value, "—");
        assert_eq!(notation.write(&Cell::Missing(Why::Unpriced), &utc).value, "—");
        assert_eq!(notation.write(&Cell::Missing(Why::TooFew { n: 7, least: 20 }), &utc).value, "too few (n 7 of 20)");
        assert_eq!(notation.write(&estimate(4.0, 2), &utc).value, "too few (n 2 of 3)");
        assert_eq!(notation.write(&Cell::Num(f64::NAN), &utc).value, "—");
        let shown = notation.write(&estimate(4.0, 88), &utc);
        assert_eq!((shown.value, shown.interval, shown.basis), ("4.00".into(), "(3.80–4.10)".into(), "n 88".into()));
    }

    #[test]
    fn a_figure_of_too_few_says_how_many_it_takes_and_is_not_compared_with() {
        let estimate = Cell::Estimate { value: 5600.0, interval: None, n: 3 };
        let fact = |cell: &Cell| Fact { least: 20, ..Fact::new("p95_ms", "p95", Unit::Millis, cell.clone()) };
        let share = Cell::Share { k: 2, n: 3, low: 0.2, high: 0.9 };
        let utc = Zone::utc();
        for (cell, shown) in [(&estimate, "too few (n 3 of 20)"), (&share, "too few (2 of 3)")] {
            let notation = Notation::of_fact(&fact(cell));
            assert_eq!((notation.write(cell, &utc).value, notation.before(cell, &utc)), (shown.into(), None));
        }
    }

    #[test]
    fn an_instant_is_shown_to_the_minute_in_the_zone_of_the_report() {
        let notation = Notation::of_column(&column(Unit::Instant, Parts::Value, 0), [].iter());
        let lisbon = Zone::named("Europe/Lisbon").unwrap();
        for (text, shown) in [
            ("2026-07-20T14:30:05Z", "2026-07-20 15:30"),
            ("2026-11-20", "2026-11-20"),
            ("2026-11-20T14", "2026-11-20T14"),
            ("\x1b[2JT", "␛[2JT"),
        ] {
            assert_eq!(notation.write(&Cell::Text(text.into()), &lisbon).value, shown);
        }
    }

    #[test]
    fn a_total_with_unpriced_parts_is_a_lower_bound() {
        let notation = Notation::of_column(&column(Unit::Dollars, Parts::Value, 0), [].iter());
        assert_eq!(notation.write(&Cell::AtLeast(38.14), &Zone::utc()).value, "≥ $38.14");
    }
}
