//! Dates of people in any zone: a date begins at its first instant, whatever the clocks do, and periods fit together.

use super::zones::{self, date_at, first_instant};
use super::{config, now_ns};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use prompt_analytics::time::{self, Period, Zone};
use proptest::prelude::*;
use proptest::sample::select;

fn span(expression: &str, zone: &Zone) -> (i64, i64) {
    let span = time::span(expression, zone, now_ns()).expect("a date");
    (span.start_ns, span.end_ns)
}

fn later(date: Date, days: i64) -> Date {
    date.checked_add(days.days()).expect("a date")
}

/// From the first instant of one date to the first after another.
fn of_dates(first: Date, last: Date, tz: &TimeZone) -> (i64, i64) {
    (first_instant(first, tz), first_instant(later(last, 1), tz))
}

/// Whether a date has an instant.
fn is_there(date: Date, tz: &TimeZone) -> bool {
    date_at(first_instant(date, tz), tz) == date
}

fn period(first: Date, last: Date, zone: &Zone) -> Period {
    Period { since_ns: Some(span(&first.to_string(), zone).0), until_ns: Some(span(&last.to_string(), zone).1) }
}

/// A zone, and a date: often one of a day on which its clocks were set, or beside it.
fn zone_and_date() -> impl Strategy<Value = (String, Date)> {
    zones::name().prop_flat_map(|name| {
        let (_, tz) = zones::both(&name);
        let mut transitions = zones::transitions(&tz);
        transitions.push(now_ns());
        let near = (select(transitions), -2_i64..3).prop_map(move |(at, days)| later(date_at(at, &tz), days));
        let any = (0_i64..9800).prop_map(|days| later(date(2000, 1, 3), days));
        (Just(name), prop_oneof![3 => near, 1 => any])
    })
}

#[test]
fn every_date_on_which_clocks_were_set_begins_at_its_first_instant() {
    let mut days = 0;
    for name in zones::all() {
        let (zone, tz) = zones::both(&name);
        for at in zones::transitions(&tz) {
            for day in -1..=2 {
                let date = later(date_at(at - 1, &tz), day);
                assert_eq!(span(&date.to_string(), &zone), of_dates(date, date, &tz), "{date} in {name}");
                days += 1;
            }
        }
    }
    assert!(days > 10_000, "{days} days");
}

#[test]
fn days_of_23_and_25_hours_days_that_begin_late_and_a_day_that_never_was() {
    for (name, date, start, hours) in [
        ("Europe/Lisbon", "2026-03-29", "2026-03-29T00:00:00+00:00", 23.0),
        ("Europe/Lisbon", "2026-10-25", "2026-10-25T00:00:00+01:00", 25.0),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00", 23.0),
        ("America/Sao_Paulo", "2018-02-17", "2018-02-17T00:00:00-02:00", 25.0),
        ("Asia/Beirut", "2026-03-29", "2026-03-29T01:00:00+03:00", 23.0),
        ("America/Havana", "2026-03-08", "2026-03-08T01:00:00-04:00", 23.0),
        ("America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00", 25.0),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-04T00:00:00+10:30", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-05T00:00:00+11:00", 24.5),
        ("Antarctica/Troll", "2026-03-29", "2026-03-29T00:00:00+00:00", 22.0),
        ("Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00", 24.0),
        ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00", 0.0),
        ("Pacific/Kiritimati", "2026-11-20", "2026-11-20T00:00:00+14:00", 24.0),
    ] {
        let zone = Zone::named(name).expect("a zone");
        let (start_ns, end_ns) = span(date, &zone);
        assert_eq!(zone.instant(start_ns), start, "{date} in {name}");
        let length = std::time::Duration::from_nanos(end_ns.abs_diff(start_ns));
        assert_eq!(length, std::time::Duration::from_secs_f64(hours * 3600.0), "{date} in {name}");
    }
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn weeks_months_and_years_are_their_days(
        (name, date) in zone_and_date()
    ) {
        let (zone, tz) = zones::both(&name);
        let monday = later(date, -i64::from(date.weekday().to_monday_zero_offset()));
        let week = date.iso_week_date();
        prop_assert_eq!(
            span(&format!("{}-W{:02}", week.year(), week.week()), &zone), of_dates(monday, later(monday, 6), &tz)
        );
        prop_assert_eq!(
            span(&date.strftime("%Y-%m").to_string(), &zone), of_dates(date.first_of_month(), date.last_of_month(), &tz)
        );
        prop_assert_eq!(
            span(&date.strftime("%Y").to_string(), &zone), of_dates(date.first_of_year(), date.last_of_year(), &tz)
        );
        let days: Vec<_> = (0..7).map(|day| span(&later(monday, day).to_string(), &zone)).collect();
        prop_assert!(days.windows(2).all(|pair| pair[0].1 == pair[1].0), "{:?}", days);
    }

    #[test]
    fn a_period_of_days_and_the_one_before_it_have_as_many_and_fit_together(
        (name, first) in zone_and_date(), days in 1_i64..40
    ) {
        let (zone, tz) = zones::both(&name);
        let last = later(first, days - 1);
        let (since, until) = of_dates(first, last, &tz);
        prop_assert_eq!(period(first, last, &zone), Period { since_ns: Some(since), until_ns: Some(until) });
        // A period that begins or ends with a day that never was is the one from the day after, or to the day before.
        if is_there(first, &tz) && is_there(last, &tz) {
            let before = of_dates(later(first, -days), later(first, -1), &tz);
            prop_assert_eq!(before.1, since);
            let before = Period { since_ns: Some(before.0), until_ns: Some(before.1) };
            prop_assert_eq!(period(first, last, &zone).previous(&zone), Some(before), "before {} to {}", first, last);
        }
    }

    #[test]
    fn a_period_of_days_is_told_by_its_dates(
        (name, first) in zone_and_date(), days in 1_i64..40
    ) {
        let (zone, tz) = zones::both(&name);
        let last = later(first, days - 1);
        prop_assume!(is_there(first, &tz) && is_there(last, &tz));
        let words = if days == 1 { first.to_string() } else { format!("{first} to {last}") };
        prop_assert_eq!(period(first, last, &zone).words(&zone), words);
    }
}
