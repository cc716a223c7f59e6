//! Every time zone that is known, and those with the oddest days; what a day is there, worked out from its transitions.

use jiff::civil::{Date, date};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use prompt_analytics::time::Zone;
use proptest::prelude::*;
use proptest::sample::select;

/// A day that there never was, days that begin at 01:00 or end at 23:00, clocks set by 30 minutes or 2 hours, by the month
/// of Ramadan, a minute after midnight or for ever, winter time as the odd one, and the ends of the world.
pub const NASTY: [&str; 15] = [
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "America/Havana",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Pacific/Easter",
    "Pacific/Kiritimati",
    "Pacific/Niue",
];

/// Every zone of the bundled database.
pub fn all() -> Vec<String> {
    let names: Vec<String> = TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect();
    assert!(names.len() > 400, "{} zones", names.len());
    names
}

/// A zone by its name: any, or an odd one.
pub fn name() -> impl Strategy<Value = String> {
    prop_oneof![1 => select(&NASTY[..]).prop_map(str::to_owned), 1 => select(all())]
}

/// The same zone for both: the program's, and that of `jiff` alone.
pub fn both(name: &str) -> (Zone, TimeZone) {
    (Zone::named(name).expect("a zone"), TimeZone::get(name).expect("a zone"))
}

pub fn timestamp(ts_ns: i64) -> Timestamp {
    Timestamp::from_nanosecond(ts_ns.into()).expect("an instant")
}

pub fn nanoseconds(timestamp: Timestamp) -> i64 {
    i64::try_from(timestamp.as_nanosecond()).expect("an instant of our time")
}

fn midnight_utc(date: Date) -> Timestamp {
    date.to_zoned(TimeZone::UTC).expect("a day").timestamp()
}

/// The instants at which the clocks of a zone are set, of this century so far.
pub fn transitions(tz: &TimeZone) -> Vec<i64> {
    let until = midnight_utc(date(2026, 11, 20));
    let following = tz.following(midnight_utc(date(2000, 1, 3)));
    following.map(|transition| transition.timestamp()).take_while(|at| *at < until).map(nanoseconds).collect()
}

/// The first instant at which it is `date` or later: the offsets that hold around it are tried one after the other.
pub fn first_instant(date: Date, tz: &TimeZone) -> i64 {
    let midnight = midnight_utc(date);
    let mut begins = midnight - 72.hours();
    loop {
        let offset = tz.to_offset(begins);
        let ends = tz.following(begins).next().map(|transition| transition.timestamp());
        let at = offset.to_timestamp(date.to_datetime(jiff::civil::Time::midnight())).expect("an instant").max(begins);
        match ends.filter(|ends| at >= *ends) {
            Some(ends) => begins = ends,
            None => return nanoseconds(at),
        }
    }
}

/// What the calendar on the wall says.
pub fn date_at(ts_ns: i64, tz: &TimeZone) -> Date {
    timestamp(ts_ns).to_zoned(tz.clone()).date()
}
