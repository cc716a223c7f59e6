//! What a cell of a table may hold, and what becomes of it in arithmetic and comparison. It knows no column and no field.
//!
//! Numbers are decimals made from the digits of the file; no float is ever in between.

use rust_decimal::Decimal;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::cmp::Ordering;

/// The value of a cell, or of an expression over cells.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing: a missing key, an empty CSV cell, `null`.
    Null,
    Truth(bool),
    /// A number that was computed, or a literal.
    Number(Decimal),
    /// A number as a JSON file spells it.
    Written(&'a str),
    /// A CSV cell, of which nobody said whether it is a number or a text.
    Cell(&'a str),
    Text(Cow<'a, str>),
    /// A JSON array or object, or a text that cannot be decoded, as it stands in the file.
    Json(Cow<'a, str>),
}

/// Why an expression has no value for a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfit(pub String);

impl<'a> Value<'a> {
    /// A CSV cell; an empty one holds nothing.
    pub fn cell(text: &'a str) -> Value<'a> {
        if text.trim().is_empty() { Value::Null } else { Value::Cell(text) }
    }

    /// A JSON value as it stands in a file.
    pub fn json(raw: &'a RawValue) -> Value<'a> {
        let raw = raw.get();
        match raw.as_bytes()[0] {
            b'n' => Value::Null,
            b't' => Value::Truth(true),
            b'f' => Value::Truth(false),
            b'"' => serde_json::from_str(raw).map_or(Value::Json(raw.into()), |text: Text| Value::Text(text.0)),
            b'[' | b'{' => Value::Json(raw.into()),
            _ => Value::Written(raw),
        }
    }

    /// The same value, holding on to no file.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Truth(truth) => Value::Truth(truth),
            Value::Number(number) => Value::Number(number),
            // A number too large to compute with is still what was written.
            Value::Written(text) => decimal(text).map_or_else(|| Value::Text(text.to_owned().into()), Value::Number),
            Value::Cell(text) => Value::Text(text.to_owned().into()),
            Value::Text(text) => Value::Text(text.into_owned().into()),
            Value::Json(raw) => Value::Json(raw.into_owned().into()),
        }
    }

    /// A text or a cell.
    pub fn words(&self) -> Option<&str> {
        match self {
            Value::Cell(text) => Some(text),
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as a truth, where it is one or spells one.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Value::Truth(truth) => Some(*truth),
            _ => match self.words()?.trim() {
                word if word.eq_ignore_ascii_case("true") => Some(true),
                word if word.eq_ignore_ascii_case("false") => Some(false),
                _ => None,
            },
        }
    }

    /// The value as a number, `None` where there is nothing.
    ///
    /// # Errors
    /// It is something, but no number.
    pub fn number(&self) -> Result<Option<Decimal>, Unfit> {
        let number = match self {
            Value::Null => return Ok(None),
            Value::Number(number) => Some(*number),
            Value::Written(text) => decimal(text),
            Value::Cell(_) | Value::Text(_) => self.words().and_then(|text| decimal(text.trim())),
            Value::Truth(_) | Value::Json(_) => None,
        };
        number.map(Some).ok_or_else(|| Unfit(format!("{} is not a number to compute with", self.shown())))
    }

    /// The value as JSON on one line, short enough for a message.
    pub fn shown(&self) -> String {
        let text = match self {
            Value::Null => "null".to_owned(),
            Value::Truth(truth) => truth.to_string(),
            Value::Number(number) => number.normalize().to_string(),
            Value::Written(text) => (*text).to_owned(),
            Value::Cell(_) | Value::Text(_) => quoted(self.words().unwrap_or_default()),
            Value::Json(raw) => compact(raw),
        };
        clipped(text)
    }
}

/// The beginning of a text, enough to find it by.
pub fn clipped(text: String) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A text as a JSON string.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// JSON without the white space between its tokens: a line of a log must be one line.
pub fn compact(raw: &str) -> String {
    let (mut is_text, mut is_escaped) = (false, false);
    let keeps = |char: &char| {
        let is_kept = is_text || !char.is_ascii_whitespace();
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = is_text,
            '"' => is_text = !is_text,
            _ => {}
        }
        is_kept
    };
    raw.chars().filter(keeps).collect()
}

/// A JSON string that borrows from its file unless it holds an escape.
#[derive(serde::Deserialize)]
pub struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

/// The number that `text` spells in JSON's way, to 28 digits; `None` for anything else and for what is larger than that.
pub fn decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.starts_with(|char: char| char.is_ascii_digit()) || digits.contains('_') || digits.ends_with('.') {
        return None;
    }
    let Some((mantissa, power)) = digits.split_once(['e', 'E']) else { return text.parse().ok() };
    let mantissa: Decimal = mantissa.parse().ok()?;
    let power: i64 = power.strip_prefix('+').unwrap_or(power).parse().ok()?;
    let scaled = match power {
        _ if mantissa.is_zero() => mantissa,
        0.. => {
            let factor = 10_i128.checked_pow(power.try_into().ok()?)?;
            mantissa.checked_mul(Decimal::try_from_i128_with_scale(factor, 0).ok()?)?
        }
        // A Decimal has 28 decimals; what is below them is nothing to any field.
        -28.. => mantissa.checked_mul(Decimal::new(1, u32::try_from(-power).ok()?))?,
        -56.. => decimal(&format!("{}e{}", mantissa * Decimal::new(1, 28), power + 28))?,
        _ => Decimal::ZERO,
    };
    Some(if text.starts_with('-') { -scaled } else { scaled })
}

/// Which of two values that are there is the larger; `None` when they are merely different.
pub fn order(left: &Value, right: &Value) -> Option<Ordering> {
    use Value::{Cell, Json, Text, Truth};
    match (left, right) {
        (Truth(_), _) | (_, Truth(_)) => Some(left.truth()?.cmp(&right.truth()?)),
        (Json(a), Json(b)) => (compact(a) == compact(b)).then_some(Ordering::Equal),
        (Text(_), Text(_) | Cell(_)) | (Cell(_), Text(_)) => Some(left.words()?.cmp(right.words()?)),
        _ => match (left.number(), right.number()) {
            (Ok(a), Ok(b)) => Some(a?.cmp(&b?)),
            _ if matches!((left, right), (Cell(_), Cell(_))) => Some(left.words()?.cmp(right.words()?)),
            _ => (left == right).then_some(Ordering::Equal),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_every_digit_of_its_file() {
        for (text, expected) in [
            ("1.259818002999964", Some("1.259818002999964")),
            ("-0.5", Some("-0.5")),
            ("1.3e-05", Some("0.000013")),
            ("1.5E+3", Some("1500")),
            ("-2e2", Some("-200")),
            ("2.220446049250313e-16", Some("0.0000000000000002220446049250")),
            ("1e-400", Some("0")),
            ("0e999", Some("0")),
            ("1e400", None),
            ("123456789012345678901234567890123", None),
            ("1_000", None),
            ("1,5", None),
            (".5", None),
            ("1.", None),
            ("NaN", None),
            ("", None),
            ("0x1", None),
        ] {
            let read = decimal(text).map(|number| number.normalize().to_string());
            let expected = expected.map(|text| text.parse::<Decimal>().unwrap().normalize().to_string());
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn json_becomes_one_line_and_its_texts_stay() {
        let raw = "{\n  \"a b\": [1,\r\n 2],\t\"c\\\"  d\": \"\\\\\" }";
        assert_eq!(compact(raw), r#"{"a b":[1,2],"c\"  d":"\\"}"#);
    }
}
