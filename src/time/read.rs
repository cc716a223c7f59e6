//! Reading one instant out of a log: RFC 3339 and its careless relatives, and epoch numbers.

use super::{NS_PER_DAY, NS_PER_SECOND};
use crate::fixed;

/// 2000-01-01T00:00:00Z: an event before it is a wrong clock or a wrong unit, not an event.
pub const EARLIEST_NS: i64 = 946_684_800 * NS_PER_SECOND;

/// An instant read from text, and whether the text named no zone (it is then taken as UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub ts_ns: i64,
    pub is_naive: bool,
}

/// Reads `2026-11-20T14:30:00.123Z`, an offset instead of `Z`, a space instead of `T`, seconds left out, or no
/// zone at all. A run of digits is an epoch number. `None` for anything else, and for years outside 1678 to 2261.
pub fn text(text: &str) -> Option<Reading> {
    let bytes = text.as_bytes();
    if bytes.len() < 16 || bytes[4] != b'-' {
        return number(text).map(|ts_ns| Reading { ts_ns, is_naive: false });
    }
    let separators = bytes[7] == b'-' && matches!(bytes[10], b'T' | b't' | b' ') && bytes[13] == b':';
    if !separators {
        return None;
    }
    let days = days_from_civil(digits(bytes, 0, 4)?, digits(bytes, 5, 2)?, digits(bytes, 8, 2)?)?;
    let (hour, minute) = (digits(bytes, 11, 2)?, digits(bytes, 14, 2)?);
    let mut at = 16;
    let mut second = 0;
    let mut nanos = 0;
    if bytes.get(at) == Some(&b':') {
        second = digits(bytes, at + 1, 2)?;
        at += 3;
        if matches!(bytes.get(at), Some(b'.' | b',')) {
            let fraction = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if fraction == 0 {
                return None;
            }
            nanos = fraction_ns(&bytes[at + 1..at + 1 + fraction]);
            at += 1 + fraction;
        }
    }
    // RFC 3339 allows a leap second; it is counted as the second before it.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let offset = offset_seconds(&bytes[at..])?;
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second.min(59) - offset.unwrap_or(0);
    let ts_ns = seconds.checked_mul(NS_PER_SECOND)?.checked_add(nanos)?;
    Some(Reading { ts_ns, is_naive: offset.is_none() })
}

/// Reads the date of a mail or of an answer over HTTP, such as `Thu, 20 Nov 2025 12:06:07 GMT`.
pub fn dated(text: &str) -> Option<i64> {
    let zoned = jiff::fmt::rfc2822::parse(text.trim()).ok()?;
    i64::try_from(zoned.timestamp().as_nanosecond()).ok()
}

/// Reads an epoch number: below 10^11 seconds, below 10^14 milliseconds, below 10^17 microseconds, else nanoseconds.
pub fn number(text: &str) -> Option<i64> {
    let whole = fixed::parse(text.split(['.', 'e', 'E']).next()?, 0)?;
    let magnitude = if text.contains(['e', 'E']) { fixed::parse(text, 0)? } else { whole };
    let decimals = match magnitude.unsigned_abs() {
        m if m < 100_000_000_000 => 9,
        m if m < 100_000_000_000_000 => 6,
        m if m < 100_000_000_000_000_000 => 3,
        _ => 0,
    };
    fixed::parse(text, decimals)
}

fn digits(bytes: &[u8], at: usize, count: usize) -> Option<i64> {
    bytes
        .get(at..at + count)?
        .iter()
        .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

/// Nanoseconds of a fraction's digits; what is finer than a nanosecond is cut.
fn fraction_ns(digits: &[u8]) -> i64 {
    (0..9).fold(0, |nanos, place| nanos * 10 + digits.get(place).map_or(0, |digit| i64::from(digit - b'0')))
}

/// `Some(None)` when there is no offset at all, `None` when there is nonsense.
#[allow(clippy::option_option, reason = "absent and malformed are different answers")]
fn offset_seconds(bytes: &[u8]) -> Option<Option<i64>> {
    let (sign, rest) = match bytes {
        [] => return Some(None),
        [b'Z' | b'z'] => return Some(Some(0)),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hour, minute) = match rest.len() {
        2 => (digits(rest, 0, 2)?, 0),
        4 => (digits(rest, 0, 2)?, digits(rest, 2, 2)?),
        5 if rest[2] == b':' => (digits(rest, 0, 2)?, digits(rest, 3, 2)?),
        _ => return None,
    };
    (hour < 24 && minute < 60).then_some(Some(sign * (hour * 3600 + minute * 60)))
}

/// Days since 1970-01-01 of a proleptic Gregorian date, `None` for a date that does not exist.
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(is_leap),
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

const _: () = assert!(NS_PER_DAY == 86_400_000_000_000);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_common_spelling_of_an_instant_is_read() {
        let noon = 1_795_176_000 * NS_PER_SECOND; // 2026-11-20T12:00:00Z, by `date -u -d @1795176000`
        for (spelling, ts_ns, is_naive) in [
            ("2026-11-20T12:00:00Z", noon, false),
            ("2026-11-20t12:00:00z", noon, false),
            ("2026-11-20T13:00:00+01:00", noon, false),
            ("2026-11-20T07:30:00-0430", noon, false),
            ("2026-11-20T14:00:00+02", noon, false),
            ("2026-11-20 12:00:00.0000000", noon, true),
            ("2026-11-20T12:00", noon, true),
            ("2026-11-20T12:00:00.5Z", noon + 500_000_000, false),
            ("2026-11-20T12:00:00.1234567891Z", noon + 123_456_789, false),
            ("2026-11-20T11:59:60Z", noon - NS_PER_SECOND, false),
            ("1795176000", noon, false),
        ] {
            assert_eq!(text(spelling), Some(Reading { ts_ns, is_naive }), "{spelling}");
        }
    }

    #[test]
    fn what_is_not_an_instant_is_refused() {
        for spelling in [
            "",
            "yesterday",
            "2026-11-20",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-20T24:00:00Z",
            "2026-11-20T12:60:00Z",
            "2026-11-20T12:00:00.Z",
            "2026-11-20T12:00:00+1",
            "9999-01-01T00:00:00Z",
            "2026/11/20 12:00:00",
        ] {
            assert_eq!(text(spelling), None, "{spelling}");
        }
    }

    #[test]
    fn an_epoch_number_tells_its_unit_by_its_size() {
        let noon = 1_795_176_000 * NS_PER_SECOND;
        for spelling in ["1795176000", "1795176000000", "1795176000000000", "1795176000000000000", "1.795176e9"] {
            assert_eq!(number(spelling), Some(noon), "{spelling}");
        }
        assert_eq!(number("1795176000.25"), Some(noon + 250_000_000));
        assert_eq!(number("99999999999"), None, "the largest second lies past the year 2262");
        assert_eq!(number("100000000000"), Some(100_000_000 * NS_PER_SECOND), "the smallest millisecond");
    }
}
