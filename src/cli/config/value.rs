//! One value: whether it is what its setting may be, and the words for what it may be.

use super::layer::Value;
use super::settings::{Setting, Shape};
use crate::metric::Metric;
use crate::price;
use crate::spelling;
use crate::time::{self, Zone};
use toml::de::DeValue;

/// The value of a setting, of a metric where it is a level.
///
/// # Errors
/// What to say of a value that it cannot be; `written` is how it stands in the file.
pub fn read(setting: &Setting, metric: Option<&Metric>, value: &DeValue, written: &str) -> Result<Value, String> {
    let text = value.as_str();
    let number = || number(value);
    let (low, high) = metric.map_or((0.0, f64::MAX), Metric::range);
    let in_range = |number: &f64| (low..=high).contains(number);
    let found = match setting.shape {
        Shape::Secret => text.map(str::to_owned).map(Value::Text),
        Shape::Path | Shape::Glob | Shape::Name | Shape::Text => {
            text.filter(|text| !text.is_empty()).map(|text| Value::Text(text.to_owned()))
        }
        Shape::Zone => return zone(text, written),
        Shape::Word(words) => text.filter(|text| words().contains(text)).map(|text| Value::Text(text.to_owned())),
        Shape::Level if value.as_bool() == Some(false) => Some(Value::Off),
        Shape::Level | Shape::Mark | Shape::Dollars => number().filter(in_range).map(Value::Number),
        Shape::Whole => value.as_integer().and_then(|_| written.replace('_', "").parse().ok()).map(Value::Whole),
        // As it is written: a float would not be the decimal that was meant.
        Shape::Price => {
            let decimal = text.or_else(|| number().map(|_| written));
            decimal.filter(|decimal| price::rate(decimal).is_ok()).map(|decimal| Value::Text(decimal.to_owned()))
        }
        Shape::Day => text.filter(|text| price::Day::read(text).is_ok()).map(|text| Value::Text(text.to_owned())),
        Shape::Window => text.filter(|text| is_span(text)).map(|text| Value::Text(text.to_owned())),
    };
    found.ok_or_else(|| not_understood(setting, metric, text, written))
}

/// The number of an integer or a float.
fn number(value: &DeValue) -> Option<f64> {
    match value {
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
        DeValue::Float(float) => float.as_str().parse().ok(),
        _ => None,
    }
}

fn zone(text: Option<&str>, written: &str) -> Result<Value, String> {
    match text.filter(|name| Zone::named(name).is_ok()) {
        Some(name) => Ok(Value::Text(name.to_owned())),
        None => Err(format!(
            "there is no time zone `{}`; zones have names such as `Europe/Lisbon` or `UTC`",
            text.unwrap_or(&clipped(written))
        )),
    }
}

/// Whether a date expression spans some time; which, only the day it is asked on can tell.
fn is_span(text: &str) -> bool {
    time::span(text, &Zone::utc(), 0).is_ok_and(|span| span.start_ns < span.end_ns)
}

fn not_understood(setting: &Setting, metric: Option<&Metric>, text: Option<&str>, written: &str) -> String {
    let key = setting.key;
    let must = range(setting.shape, metric);
    if let Shape::Secret = setting.shape {
        return format!("`{key}` must be {must}");
    }
    let nearest = match (setting.shape, text) {
        (Shape::Word(words), Some(text)) => spelling::nearest(text, &words()),
        _ => None,
    };
    let meant = nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"));
    let is = text.map_or_else(|| clipped(written), str::to_owned);
    format!("`{key}` is `{is}`, and must be {must}{meant}")
}

/// What a setting may be, in words.
pub fn range(shape: Shape, metric: Option<&Metric>) -> String {
    let number = || {
        let Some((low, high)) = metric.map(Metric::range) else { return "a value of the metric".to_owned() };
        let to = if high < f64::MAX { format!(" to {high}") } else { String::new() };
        format!("a number from {low}{to}")
    };
    match shape {
        Shape::Path => "a path".to_owned(),
        Shape::Zone => "the name of a time zone".to_owned(),
        Shape::Secret => "text in quotes".to_owned(),
        Shape::Word(words) => {
            let words = words();
            let (last, others) = words.split_last().expect("there is a word");
            format!("{} or {last}", others.join(", "))
        }
        Shape::Level => format!("{}, or false", number()),
        Shape::Mark => number(),
        Shape::Whole => "a whole number from 0".to_owned(),
        Shape::Dollars => "a number of dollars from 0".to_owned(),
        Shape::Window => "a span of time such as `7d`, `36h` or `last-month`".to_owned(),
        Shape::Text => "a text that is not empty".to_owned(),
        Shape::Name => "a name".to_owned(),
        Shape::Price => "dollars for a million tokens, such as `\"2.50\"`".to_owned(),
        Shape::Day => "a date such as `\"2025-06-10\"`".to_owned(),
        Shape::Glob => "a glob such as `summarize-*`".to_owned(),
    }
}

/// The first line of what was written, of no more than 40 characters.
fn clipped(written: &str) -> String {
    let line = written.lines().next().unwrap_or_default();
    match line.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}
