//! Time: instants, zones, periods and buckets. The only place that says "now" or knows a time zone.
//!
//! An instant is an `i64`: nanoseconds since 1970-01-01T00:00:00Z, named `…_ns` wherever it appears.

mod bucket;
mod period;
mod read;

pub use bucket::{Calendar, Every};
pub use period::{Period, Span, span};
pub use read::{EARLIEST_NS, Reading, dated, number, text};

use anyhow::{Context, Result};
use jiff::{Timestamp, tz::TimeZone};

pub const NS_PER_SECOND: i64 = 1_000_000_000;
pub const NS_PER_MINUTE: i64 = 60 * NS_PER_SECOND;
pub const NS_PER_HOUR: i64 = 60 * NS_PER_MINUTE;
pub const NS_PER_DAY: i64 = 86_400 * NS_PER_SECOND;

/// The machine's clock to the microsecond, or the instant a caller pinned it to (RFC 3339).
///
/// # Errors
/// The pinned instant is none.
pub fn now(pinned: Option<&str>) -> Result<i64> {
    match pinned {
        Some(text) => {
            let reading = read::text(text)
                .with_context(|| format!("`{text}` is not an instant such as `2026-11-20T14:30:00Z`"))?;
            Ok(reading.ts_ns)
        }
        None => Ok(nanoseconds(Timestamp::now()) / 1000 * 1000),
    }
}

/// Time that passes while something is done; it says nothing about when.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    pub fn start() -> Stopwatch {
        Stopwatch(std::time::Instant::now())
    }

    pub fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }
}

/// An instant past what an `i64` holds, the years 1678 to 2261, is the first or last that it does.
fn nanoseconds(timestamp: Timestamp) -> i64 {
    let ns = timestamp.as_nanosecond();
    i64::try_from(ns).unwrap_or(if ns < 0 { i64::MIN } else { i64::MAX })
}

fn timestamp(ts_ns: i64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(ts_ns))
        .expect("every i64 of nanoseconds is within jiff's years -9999 to 9999")
}

/// RFC 3339 in UTC with as many decimals as the instant needs, at least milliseconds.
pub fn utc(ts_ns: i64) -> String {
    let decimals = match ts_ns {
        ns if ns % 1_000_000 == 0 => 3,
        ns if ns % 1_000 == 0 => 6,
        _ => 9,
    };
    format!("{:.decimals$}", timestamp(ts_ns))
}

/// The UTC month an event is filed under: `2026-11`.
pub fn utc_month(ts_ns: i64) -> String {
    timestamp(ts_ns).to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string()
}

/// An IANA time zone and the name it is reported by.
#[derive(Clone, Debug)]
pub struct Zone {
    pub name: String,
    tz: TimeZone,
}

impl Zone {
    /// The zone called `name`, such as `Europe/Lisbon` or `UTC`.
    ///
    /// # Errors
    /// There is no such zone.
    pub fn named(name: &str) -> Result<Zone> {
        if name == "UTC" {
            return Ok(Zone::utc());
        }
        let tz = TimeZone::get(name).with_context(|| format!("there is no time zone `{name}`"))?;
        Ok(Zone { name: tz.iana_name().unwrap_or(name).to_owned(), tz })
    }

    /// The machine's zone: `TZ`, else the system's. `None` where there is none, or none that is known here.
    pub fn system() -> Option<Zone> {
        let tz = TimeZone::system();
        Some(match tz.iana_name() {
            // Machines without a zone of their own are set to a zone whose name says only that.
            Some("Etc/UTC" | "Etc/UCT" | "Etc/Universal") => Zone::utc(),
            Some(name) => Zone { name: name.to_owned(), tz },
            None if tz == TimeZone::unknown() => return None,
            None => Zone { name: "local".to_owned(), tz },
        })
    }

    pub fn utc() -> Zone {
        Zone { name: "UTC".to_owned(), tz: TimeZone::UTC }
    }

    /// RFC 3339 with this zone's offset, to the second.
    pub fn instant(&self, ts_ns: i64) -> String {
        timestamp(ts_ns).to_zoned(self.tz.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// `2026-11-20 14:30`, for a person.
    pub fn minute(&self, ts_ns: i64) -> String {
        timestamp(ts_ns).to_zoned(self.tz.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// The civil date of an instant, `2026-11-20`.
    pub fn date(&self, ts_ns: i64) -> String {
        timestamp(ts_ns).to_zoned(self.tz.clone()).strftime("%Y-%m-%d").to_string()
    }
}
