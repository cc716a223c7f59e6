//! Periods: date expressions of people (`2026-11-20`, `7d`, `last-week`) as half-open spans of instants.

use super::{NS_PER_SECOND, Zone, nanoseconds, read, timestamp};
use anyhow::{Context, Result, anyhow};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

/// A half-open span of time: `start_ns` belongs to it, `end_ns` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start_ns: i64,
    pub end_ns: i64,
}

/// What a question is asked about: half-open, either end may be open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    pub since_ns: Option<i64>,
    pub until_ns: Option<i64>,
}

impl From<Span> for Period {
    fn from(span: Span) -> Period {
        Period { since_ns: Some(span.start_ns), until_ns: Some(span.end_ns) }
    }
}

impl Period {
    pub fn contains(&self, ts_ns: i64) -> bool {
        self.since_ns.is_none_or(|since| ts_ns >= since) && self.until_ns.is_none_or(|until| ts_ns < until)
    }

    /// The period of equal length just before, in civil days of `zone` where days begin at both ends.
    /// `None` for a period with an open end.
    pub fn previous(&self, zone: &Zone) -> Option<Period> {
        let (since, until) = (self.since_ns?, self.until_ns?);
        let before = match (beginning(since, zone), beginning(until, zone)) {
            (Some(first), Some(_)) => {
                // The date of the end may lie more than a day past the last: Samoa skipped one.
                let last = timestamp(until.saturating_sub(1)).to_zoned(zone.tz.clone()).date();
                let days = first.until(last).ok()?.get_days() + 1;
                first_instant(first.checked_sub(days.days()).ok()?, &zone.tz)
            }
            _ => since.checked_sub(until.checked_sub(since)?)?,
        };
        Some(Period { since_ns: Some(before), until_ns: Some(since) })
    }

    /// The period in words: `2026-11-14 to 2026-11-20`, whole civil days by their dates, instants to the minute.
    pub fn words(&self, zone: &Zone) -> String {
        let is_day = |ts_ns: i64| beginning(ts_ns, zone).is_some();
        let first = |ts_ns: i64| if is_day(ts_ns) { zone.date(ts_ns) } else { zone.minute(ts_ns) };
        let last = |ts_ns: i64| if is_day(ts_ns) { zone.date(ts_ns.saturating_sub(1)) } else { zone.minute(ts_ns) };
        match (self.since_ns, self.until_ns) {
            (None, None) => "all time".to_owned(),
            (Some(since), None) => format!("since {}", first(since)),
            (None, Some(until)) => format!("until {}", last(until)),
            (Some(since), Some(until)) if first(since) == last(until) => first(since),
            (Some(since), Some(until)) => format!("{} to {}", first(since), last(until)),
        }
    }
}

/// Reads a date expression in `zone`, seen from `now_ns`.
///
/// Dates name their whole span (`2026`, `2026-11`, `2026-W47`, `2026-11-20`, `2026-11-20T14`, `2026-11-20T14:30`); an
/// instant with an offset splits exactly; `7d` and `2w` are civil days ending with today, `36h` and `90min` roll;
/// `today yesterday this-week last-week this-month last-month this-year` speak for themselves.
///
/// # Errors
/// It is none of these; the cause lists examples.
pub fn span(expression: &str, zone: &Zone, now_ns: i64) -> Result<Span> {
    let now = timestamp(now_ns).to_zoned(zone.tz.clone());
    word(expression, &now)
        .or_else(|| ago(expression, &now, now_ns))
        .or_else(|| date(expression, zone))
        .or_else(|| instant(expression, zone))
        .ok_or_else(|| anyhow!("`2026-11-20`, `2026-11`, `2026-W47`, `7d`, `36h`, `yesterday`, `last-month` or an instant such as `2026-11-20T14:30:00Z`"))
        .with_context(|| format!("`{expression}` is not a date"))
}

fn days(first: Date, last: Date, zone: &TimeZone) -> Span {
    Span { start_ns: first_instant(first, zone), end_ns: first_instant(last.saturating_add(1.day()), zone) }
}

/// The instant a date begins at: midnight, or where clocks skip it the instant they are set.
fn first_instant(date: Date, zone: &TimeZone) -> i64 {
    let ends_of_time = if date.year() < 1970 { i64::MIN } else { i64::MAX };
    date.to_zoned(zone.clone()).map_or(ends_of_time, |zoned| nanoseconds(zoned.timestamp()))
}

/// The date that begins at an instant, if one does. Not every midnight is 00:00: where clocks skip it, the day begins at 01:00.
fn beginning(ts_ns: i64, zone: &Zone) -> Option<Date> {
    let date = timestamp(ts_ns).to_zoned(zone.tz.clone()).date();
    (first_instant(date, &zone.tz) == ts_ns).then_some(date)
}

fn word(expression: &str, now: &Zoned) -> Option<Span> {
    let today = now.date();
    let monday = today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
    let (first, last) = match expression {
        "today" => (today, today),
        "yesterday" => (today.yesterday().ok()?, today.yesterday().ok()?),
        "this-week" => (monday, monday.checked_add(6.days()).ok()?),
        "last-week" => (monday.checked_sub(7.days()).ok()?, monday.yesterday().ok()?),
        "this-month" => (today.first_of_month(), today.last_of_month()),
        "last-month" => {
            let last = today.first_of_month().yesterday().ok()?;
            (last.first_of_month(), last)
        }
        "this-year" => (today.first_of_year(), today.last_of_year()),
        _ => return None,
    };
    Some(days(first, last, now.time_zone()))
}

fn ago(expression: &str, now: &Zoned, now_ns: i64) -> Option<Span> {
    let split = expression.find(|character: char| !character.is_ascii_digit())?;
    let count: i64 = expression[..split].parse().ok().filter(|count| (1..=100_000).contains(count))?;
    let rolling =
        |seconds: i64| Some(Span { start_ns: now_ns.checked_sub(count * seconds * NS_PER_SECOND)?, end_ns: now_ns });
    let civil = |count: i64| Some(days(now.date().checked_sub((count - 1).days()).ok()?, now.date(), now.time_zone()));
    match &expression[split..] {
        "d" => civil(count),
        "w" => civil(count * 7),
        "h" => rolling(3600),
        "min" => rolling(60),
        _ => None,
    }
}

fn date(expression: &str, zone: &Zone) -> Option<Span> {
    let number = |range: std::ops::Range<usize>| -> Option<i16> {
        let text = expression.get(range)?;
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
    };
    let year = number(0..4)?;
    let part = |range| number(range).and_then(|number| i8::try_from(number).ok());
    let (first, last) = match (expression.len(), expression.get(4..6)) {
        (4, _) => (Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?),
        (7 | 8, Some("-W")) => {
            let week =
                jiff::civil::ISOWeekDate::new(year, part(6..expression.len())?, jiff::civil::Weekday::Monday).ok()?;
            (week.date(), week.date().checked_add(6.days()).ok()?)
        }
        (7, _) if expression.as_bytes()[4] == b'-' => {
            let first = Date::new(year, part(5..7)?, 1).ok()?;
            (first, first.last_of_month())
        }
        (8, _) => {
            let day = Date::new(year, part(4..6)?, part(6..8)?).ok()?;
            (day, day)
        }
        (10, _) => {
            let day: Date = expression.parse().ok()?;
            (day, day)
        }
        _ => return None,
    };
    Some(days(first, last, &zone.tz))
}

/// A civil minute or hour of the zone, or an instant with its own offset.
fn instant(expression: &str, zone: &Zone) -> Option<Span> {
    let local = |text: &str, width: jiff::Span| -> Option<Span> {
        let start: DateTime = text.parse().ok()?;
        let end = start.checked_add(width).ok()?;
        let ns = |civil: DateTime| civil.to_zoned(zone.tz.clone()).ok().map(|zoned| nanoseconds(zoned.timestamp()));
        Some(Span { start_ns: ns(start)?, end_ns: ns(end)? })
    };
    match expression.len() {
        13 if expression.as_bytes()[10] == b'T' => return local(&format!("{expression}:00"), 1.hour()),
        16 if expression.as_bytes()[13] == b':' => return local(expression, 1.minute()),
        _ => {}
    }
    let reading = read::text(expression).filter(|_| expression.contains(':'))?;
    if reading.is_naive {
        return local(expression, 1.second()).map(|span| Span { end_ns: span.start_ns, ..span });
    }
    Some(Span { start_ns: reading.ts_ns, end_ns: reading.ts_ns })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(expression: &str, zone: &str) -> (String, String) {
        let zone = Zone::named(zone).unwrap();
        let now_ns = read::text("2026-11-20T12:00:00Z").unwrap().ts_ns;
        let span = span(expression, &zone, now_ns).unwrap();
        (zone.instant(span.start_ns), zone.instant(span.end_ns))
    }

    #[test]
    fn a_date_expression_is_a_half_open_span_in_the_zone() {
        for (expression, start, end) in [
            ("2026-11-20", "2026-11-20T00:00:00+00:00", "2026-11-21T00:00:00+00:00"),
            ("20261120", "2026-11-20T00:00:00+00:00", "2026-11-21T00:00:00+00:00"),
            ("2026-10-25", "2026-10-25T00:00:00+01:00", "2026-10-26T00:00:00+00:00"),
            ("2026-11", "2026-11-01T00:00:00+00:00", "2026-12-01T00:00:00+00:00"),
            ("2026", "2026-01-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00"),
            ("2026-W47", "2026-11-16T00:00:00+00:00", "2026-11-23T00:00:00+00:00"),
            ("7d", "2026-11-14T00:00:00+00:00", "2026-11-21T00:00:00+00:00"),
            ("1w", "2026-11-14T00:00:00+00:00", "2026-11-21T00:00:00+00:00"),
            ("36h", "2026-11-19T00:00:00+00:00", "2026-11-20T12:00:00+00:00"),
            ("yesterday", "2026-11-19T00:00:00+00:00", "2026-11-20T00:00:00+00:00"),
            ("last-week", "2026-11-09T00:00:00+00:00", "2026-11-16T00:00:00+00:00"),
            ("last-month", "2026-10-01T00:00:00+01:00", "2026-11-01T00:00:00+00:00"),
            ("2026-11-20T14", "2026-11-20T14:00:00+00:00", "2026-11-20T15:00:00+00:00"),
            ("2026-11-20T14:30", "2026-11-20T14:30:00+00:00", "2026-11-20T14:31:00+00:00"),
            ("2026-11-20T14:30:00+02:00", "2026-11-20T12:30:00+00:00", "2026-11-20T12:30:00+00:00"),
        ] {
            assert_eq!(spans(expression, "Europe/Lisbon"), (start.to_owned(), end.to_owned()), "{expression}");
        }
    }

    #[test]
    fn what_is_not_a_date_is_refused_with_examples() {
        for expression in ["", "soon", "2026-02-30", "2026-13", "0d", "7 days", "2026-W60", "1234", "99999999999d"] {
            let zone = Zone::utc();
            let refused = span(expression, &zone, 1_795_176_000 * NS_PER_SECOND);
            if expression == "1234" {
                assert!(refused.is_ok(), "a year is a date");
            } else {
                assert!(refused.is_err(), "{expression}");
            }
        }
    }

    #[test]
    fn the_previous_period_has_as_many_civil_days() {
        let zone = Zone::named("Europe/Lisbon").unwrap();
        let week = span("2026-W44", &zone, 0).unwrap();
        let previous = Period::from(week).previous(&zone).unwrap();
        assert_eq!(previous.words(&zone), "2026-10-19 to 2026-10-25", "a week with a day of 25 hours");
    }

    #[test]
    fn a_date_before_or_after_all_that_can_be_told_is_the_first_or_last_instant() {
        let zone = Zone::utc();
        for (expression, start_ns, end_ns) in [
            ("1600", i64::MIN, i64::MIN),
            ("0001-01-01", i64::MIN, i64::MIN),
            ("2300-01-01", i64::MAX, i64::MAX),
            ("9999-12-31", i64::MAX, i64::MAX),
        ] {
            assert_eq!(span(expression, &zone, 0).unwrap(), Span { start_ns, end_ns }, "{expression}");
        }
        let always = Period { since_ns: Some(i64::MIN), until_ns: Some(i64::MAX) };
        assert_eq!(always.words(&zone), "1677-09-21 to 2262-04-11 23:47");
        assert_eq!(always.previous(&zone), None);
    }

    #[test]
    fn a_day_that_begins_at_one_is_a_day() {
        let zone = Zone::named("America/Sao_Paulo").unwrap();
        let day = span("2018-11-04", &zone, 0).unwrap();
        assert_eq!(zone.instant(day.start_ns), "2018-11-04T01:00:00-02:00");
        let day = Period::from(day);
        assert_eq!(day.words(&zone), "2018-11-04");
        let previous = day.previous(&zone).unwrap();
        assert_eq!(zone.instant(previous.since_ns.unwrap()), "2018-11-03T00:00:00-03:00");
        assert_eq!(previous.words(&zone), "2018-11-03");
    }
}
