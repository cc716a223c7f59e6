//! Buckets: hours, days, ISO weeks and months of a zone, computed from its transitions instead of row by row.

use super::{NS_PER_SECOND, Zone, timestamp};
use jiff::ToSpan;
use jiff::civil::{self, Date, ISOWeekDate, Weekday};

/// The width of a time bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Every {
    Hour,
    Day,
    Week,
    Month,
}

impl Every {
    pub const ALL: [Every; 4] = [Every::Hour, Every::Day, Every::Week, Every::Month];

    pub fn name(self) -> &'static str {
        match self {
            Every::Hour => "hour",
            Every::Day => "day",
            Every::Week => "week",
            Every::Month => "month",
        }
    }

    /// What a bucket is called: `2026-11-20T14`, `2026-11-20`, `2026-W47`, `2026-11`.
    pub fn label(self, bucket: i64) -> String {
        match self {
            Every::Hour => format!("{}T{:02}", date(bucket.div_euclid(24)), bucket.rem_euclid(24)),
            Every::Day => date(bucket).to_string(),
            Every::Week => {
                let week = date(bucket * 7 - MONDAY_SHIFT).iso_week_date();
                format!("{}-W{:02}", week.year(), week.week())
            }
            Every::Month => format!("{:04}-{:02}", bucket.div_euclid(12), bucket.rem_euclid(12) + 1),
        }
    }

    /// The bucket of a label, `None` where it names none of this width: the reverse of [`Every::label`].
    pub fn named(self, label: &str) -> Option<i64> {
        let bucket = match self {
            Every::Hour => {
                let (date, hour) = label.split_once('T')?;
                day(date)? * 24 + hour.parse::<i64>().ok().filter(|hour| (0..24).contains(hour))?
            }
            Every::Day => day(label)?,
            Every::Week => {
                let (year, week) = label.split_once("-W")?;
                let monday = ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday).ok()?;
                (days(monday.date()) + MONDAY_SHIFT).div_euclid(7)
            }
            Every::Month => month(day(&format!("{label}-01"))?),
        };
        Some(bucket).filter(|bucket| self.label(*bucket) == label)
    }

    /// The first day of the bucket of a label, `None` where it names none of this width.
    pub fn first_day(self, label: &str) -> Option<String> {
        let bucket = self.named(label)?;
        let day = match self {
            Every::Hour => bucket.div_euclid(24),
            Every::Day => bucket,
            Every::Week => bucket * 7 - MONDAY_SHIFT,
            Every::Month => return Some(format!("{label}-01")),
        };
        Some(date(day).to_string())
    }

    /// The bucket that one instant falls into.
    pub fn bucket(self, zone: &Zone, ts_ns: i64) -> i64 {
        Calendar::new(zone, ts_ns, ts_ns).bucket(self, ts_ns)
    }
}

fn day(date: &str) -> Option<i64> {
    date.parse().ok().map(days)
}

/// Days since 1970.
fn days(date: Date) -> i64 {
    civil::date(1970, 1, 1).until(date).map_or(0, |span| i64::from(span.get_days()))
}

/// 1970-01-01 was a Thursday: three days after the Monday that starts week 0.
const MONDAY_SHIFT: i64 = 3;

fn date(days: i64) -> Date {
    civil::date(1970, 1, 1).saturating_add(days.days())
}

/// The offsets from UTC that hold in a zone between two instants.
pub struct Calendar {
    /// (first instant in seconds since 1970, offset in seconds), ascending; the first entry reaches back for ever.
    offsets: Vec<(i64, i64)>,
}

impl Calendar {
    /// Collects the transitions of `zone` that can matter to instants in `from_ns..=to_ns`.
    pub fn new(zone: &Zone, from_ns: i64, to_ns: i64) -> Calendar {
        let start = timestamp(from_ns);
        let mut offsets = vec![(i64::MIN, i64::from(zone.tz.to_offset(start).seconds()))];
        for transition in zone.tz.following(start) {
            if transition.timestamp().as_second() > to_ns.div_euclid(NS_PER_SECOND) {
                break;
            }
            offsets.push((transition.timestamp().as_second(), i64::from(transition.offset().seconds())));
        }
        Calendar { offsets }
    }

    /// The seconds that a clock of the zone is ahead of UTC at an instant.
    fn offset(&self, ts_ns: i64) -> i64 {
        let utc = ts_ns.div_euclid(NS_PER_SECOND);
        let rule = self.offsets.partition_point(|&(since, _)| since <= utc).saturating_sub(1);
        self.offsets[rule].1
    }

    /// What a clock of the zone shows at an instant, counted as if the zone were UTC.
    pub fn local_ns(&self, ts_ns: i64) -> i64 {
        ts_ns.saturating_add(self.offset(ts_ns) * NS_PER_SECOND)
    }

    /// The bucket an instant falls into: a number that grows with time and that `Every::label` names.
    /// The hour that a clock set back repeats is one bucket of two hours, as its name is one name.
    pub fn bucket(&self, every: Every, ts_ns: i64) -> i64 {
        let local = ts_ns.div_euclid(NS_PER_SECOND) + self.offset(ts_ns);
        let day = local.div_euclid(86_400);
        match every {
            Every::Hour => local.div_euclid(3600),
            Every::Day => day,
            Every::Week => (day + MONDAY_SHIFT).div_euclid(7),
            Every::Month => month(day),
        }
    }
}

/// Months since year 0 of a day number. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn month(day: i64) -> i64 {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    // The algorithm's year begins in March: months 10 and 11 are January and February of the next year.
    (era * 400 + year_of_era) * 12 + shifted_month + 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time;

    fn label(zone: &str, every: Every, instant: &str) -> String {
        let ts_ns = time::text(instant).unwrap().ts_ns;
        let calendar = Calendar::new(&Zone::named(zone).unwrap(), ts_ns - super::super::NS_PER_DAY * 400, ts_ns);
        every.label(calendar.bucket(every, ts_ns))
    }

    #[test]
    fn an_instant_is_filed_under_the_local_hour_day_week_and_month() {
        let instant = "2026-10-31T23:30:00Z";
        assert_eq!(label("UTC", Every::Hour, instant), "2026-10-31T23");
        assert_eq!(label("Europe/Berlin", Every::Hour, instant), "2026-11-01T00");
        assert_eq!(label("Europe/Berlin", Every::Day, instant), "2026-11-01");
        assert_eq!(label("UTC", Every::Month, instant), "2026-10");
        assert_eq!(label("Europe/Berlin", Every::Month, instant), "2026-11");
        assert_eq!(label("UTC", Every::Week, instant), "2026-W44");
        assert_eq!(label("UTC", Every::Week, "2027-01-01T00:00:00Z"), "2026-W53");
        assert_eq!(label("UTC", Every::Month, "2024-02-29T12:00:00Z"), "2024-02");
    }

    #[test]
    fn a_bucket_is_found_by_its_label() {
        for (every, label) in [
            (Every::Hour, "2026-10-31T23"),
            (Every::Day, "1969-12-31"),
            (Every::Week, "2026-W53"),
            (Every::Month, "2024-02"),
        ] {
            let bucket = every.named(label).expect(label);
            assert_eq!(every.label(bucket), label);
            // A step is the next one.
            assert_eq!(every.named(&every.label(bucket + 1)), Some(bucket + 1));
        }
        assert_eq!(Every::Week.first_day("2025-W36").as_deref(), Some("2025-09-01"));
        assert_eq!(Every::Week.first_day("2026-W01").as_deref(), Some("2025-12-29"));
        assert_eq!(Every::Hour.first_day("2026-10-31T23").as_deref(), Some("2026-10-31"));
        assert_eq!(Every::Month.first_day("2026-10").as_deref(), Some("2026-10-01"));
        assert_eq!(Every::Month.label(Every::Month.named("2026-12").unwrap() + 1), "2027-01");
        assert_eq!(Every::Week.label(Every::Week.named("2026-W53").unwrap() + 1), "2027-W01");
        for (every, label) in [
            (Every::Hour, "2026-10-31T24"),
            (Every::Day, "2026-02-30"),
            (Every::Week, "2025-W53"),
            (Every::Month, "2026"),
        ] {
            assert_eq!(every.named(label), None, "{label}");
        }
    }

    #[test]
    fn a_day_of_25_hours_is_one_day() {
        // Lisbon left summer time at 2026-10-25T01:00:00Z.
        for instant in ["2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T23:59:59Z"] {
            assert_eq!(label("Europe/Lisbon", Every::Day, instant), "2026-10-25", "{instant}");
        }
        assert_eq!(label("Europe/Lisbon", Every::Day, "2026-10-26T00:00:00Z"), "2026-10-26");
    }
}
