//! Answers: what the engine found, as plain values that nobody needs the engine for.

use crate::fixed::NS_PER_MS;
use crate::fold::listing::Answer;
use crate::time::{self, NS_PER_DAY, Zone};
use polars::prelude::*;

/// The answer to a statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    pub columns: Vec<Answering>,
    /// The first of them, as many as were asked for.
    pub rows: Vec<Vec<Value>>,
    /// How many there are.
    pub count: usize,
}

/// A column of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answering {
    pub name: String,
    pub kind: Kind,
}

/// What the values of a column of an answer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Whole,
    Real,
    /// A length of time.
    Millis,
}

/// A value of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Missing,
    Text(String),
    Whole(i128),
    Real(f64),
}

/// Digits that every decimal number keeps on its way through a float. Those after them tell the order in which a sum was added
/// up, if they tell anything.
const DIGITS: usize = 15;

impl Answered {
    /// The first `top` rows of what was found; 0 is all.
    pub(super) fn of(found: &DataFrame, top: usize) -> Answer<Answered> {
        let count = found.height();
        let shown = if top > 0 { found.head(Some(top)) } else { found.clone() };
        let columns = shown.columns().iter();
        let columns =
            columns.map(|column| Answering { name: column.name().to_string(), kind: kind(column.dtype()) }).collect();
        let row = |at: usize| shown.columns().iter().map(|column| Ok(value(&column.get(at)?))).collect();
        Ok(Answered { columns, rows: (0..shown.height()).map(row).collect::<Answer<_>>()?, count })
    }
}

fn kind(dtype: &DataType) -> Kind {
    match dtype {
        DataType::Duration(_) => Kind::Millis,
        DataType::Float32 | DataType::Float64 | DataType::Decimal(..) => Kind::Real,
        dtype if dtype.is_integer() => Kind::Whole,
        _ => Kind::Text,
    }
}

fn value(found: &AnyValue<'_>) -> Value {
    #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact number")]
    let millis = |length: i64, unit: &TimeUnit| length as f64 / (NS_PER_MS / ns_per(*unit)) as f64;
    match found {
        AnyValue::Null => Value::Missing,
        AnyValue::Float32(number) => real(f64::from(*number)),
        AnyValue::Float64(number) => real(*number),
        AnyValue::Duration(length, unit) => real(millis(*length, unit)),
        AnyValue::Decimal(..) => found.extract::<f64>().map_or(Value::Missing, real),
        AnyValue::Int8(_)
        | AnyValue::Int16(_)
        | AnyValue::Int32(_)
        | AnyValue::Int64(_)
        | AnyValue::Int128(_)
        | AnyValue::UInt8(_)
        | AnyValue::UInt16(_)
        | AnyValue::UInt32(_)
        | AnyValue::UInt64(_) => found.extract::<i128>().map_or(Value::Missing, Value::Whole),
        other => Value::Text(text(other)),
    }
}

/// A number to the digits that mean something; what is none is missing.
fn real(number: f64) -> Value {
    if !number.is_finite() {
        return Value::Missing;
    }
    format!("{number:.0$e}", DIGITS - 1).parse().map_or(Value::Missing, Value::Real)
}

/// What is no number, in words; lists with `; ` between what is in them.
fn text(found: &AnyValue<'_>) -> String {
    match found {
        AnyValue::Null => String::new(),
        AnyValue::Boolean(truth) => truth.to_string(),
        AnyValue::Date(days) => Zone::utc().date(i64::from(*days).saturating_mul(NS_PER_DAY)),
        AnyValue::Datetime(at, unit, _) | AnyValue::DatetimeOwned(at, unit, _) => {
            clock(at.saturating_mul(ns_per(*unit)))
        }
        AnyValue::Time(ns) => clock(*ns).split('T').nth(1).unwrap_or_default().to_owned(),
        AnyValue::List(list) => list.iter().map(|item| text(&item)).collect::<Vec<_>>().join("; "),
        other => other.get_str().map_or_else(|| other.to_string(), str::to_owned),
    }
}

/// `2026-11-20T14:30:05.25`, with as many decimals as there are.
fn clock(ns: i64) -> String {
    let utc = time::utc(ns);
    let plain = utc.trim_end_matches('Z');
    plain.strip_suffix(".000").unwrap_or(plain).to_owned()
}

fn ns_per(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Nanoseconds => 1,
        TimeUnit::Microseconds => 1_000,
        TimeUnit::Milliseconds => 1_000_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_the_digits_that_mean_something() {
        for (number, expected) in
            [(0.1 + 0.2, 0.3), (1e300, 1e300), (-2.5, -2.5), (0.0, 0.0), (123_456_789.125, 123_456_789.125)]
        {
            assert_eq!(real(number), Value::Real(expected));
        }
        assert_eq!(real(f64::NAN), Value::Missing);
        assert_eq!(real(f64::INFINITY), Value::Missing);
    }

    #[test]
    fn times_are_written_with_the_decimals_they_have() {
        assert_eq!(clock(1_779_274_800_000_000_000), "2026-05-20T11:00:00");
        assert_eq!(clock(1_779_274_800_250_000_000), "2026-05-20T11:00:00.250");
        assert_eq!(value(&AnyValue::Duration(1500, TimeUnit::Microseconds)), Value::Real(1.5));
        assert_eq!(value(&AnyValue::Date(20_000)), Value::Text("2024-10-04".to_owned()));
        assert_eq!(value(&AnyValue::UInt32(7)), Value::Whole(7));
    }
}
