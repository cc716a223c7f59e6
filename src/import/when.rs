//! When a record happened: an instant in it, a distance from an epoch, or its place in the file.

use super::refused::Refused;
use super::value::{Unfit, Value, quoted};
use crate::{fixed, time};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::borrow::Cow;

/// How the times of records are told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    /// `ts` is an instant by itself.
    Absolute,
    /// `ts` counts units since the epoch.
    Since { epoch_ns: i64, unit_ns: i64 },
    /// There is no time: the first record is at the epoch, and each one a step after the one before it.
    Steps { epoch_ns: i64, step_ns: i64 },
}

impl When {
    /// What `--epoch` and `--step` mean, given whether `ts` is mapped.
    ///
    /// # Errors
    /// They are not an instant and a duration, or leave it open when anything happened.
    pub fn asked(epoch: Option<&str>, step: Option<&str>, has_ts: bool) -> Result<When, Refused> {
        let epoch_ns = epoch.map(instant).transpose()?;
        let step_ns = step.map(duration).transpose()?;
        match (epoch_ns, step_ns, has_ts) {
            (None, None, true) => Ok(When::Absolute),
            (Some(epoch_ns), unit_ns, true) => {
                Ok(When::Since { epoch_ns, unit_ns: unit_ns.unwrap_or(time::NS_PER_SECOND) })
            }
            (Some(epoch_ns), Some(step_ns), false) => Ok(When::Steps { epoch_ns, step_ns }),
            (None, Some(_), _) => Err(Refused::new("`--step` means nothing without `--epoch`, the instant to start from")
                .hint("add `--epoch 2026-11-20T00:00:00Z`")),
            (Some(_), None, false) => Err(Refused::new("`--epoch` alone does not tell when each record happened")
                .hint("map a column that counts seconds since then (`--map ts=COLUMN`), or say how far apart the records are (`--step 1s`)")),
            (None, None, false) => Err(Refused::new("nothing tells when the records happened: `ts` is not mapped")
                .hint("name the column of the time (`--map ts=COLUMN`); for a table without one, `--epoch 2026-11-20T00:00:00Z --step 1s`")),
        }
    }

    /// The time of the record at `index` of its file as a JSON value, `None` where there is none.
    ///
    /// # Errors
    /// A distance that is no number, or reaches past what an instant can be.
    pub fn of(self, ts: Option<&Value>, index: u64) -> Result<Option<String>, Unfit> {
        match (self, ts) {
            (When::Steps { epoch_ns, step_ns }, _) => {
                let at = i128::from(index) * i128::from(step_ns) + i128::from(epoch_ns);
                instant_json(i64::try_from(at).ok(), || format!("record {index} steps")).map(Some)
            }
            (_, None) => Ok(None),
            (When::Absolute, Some(ts)) => Ok(match ts {
                Value::Null => None,
                Value::Written(text) => Some((*text).to_owned()),
                Value::Number(number) => Some(number.normalize().to_string()),
                Value::Cell(text) => Some(quoted(&with_midnight(text))),
                Value::Text(text) => Some(quoted(&with_midnight(text))),
                Value::Truth(_) | Value::Json(_) => Some(quoted(&ts.shown())),
            }),
            (When::Since { epoch_ns, unit_ns }, Some(ts)) => {
                let Some(count) = ts.number()? else { return Ok(None) };
                let distance = count.checked_mul(Decimal::from(unit_ns)).and_then(|ns| ns.round_dp(0).to_i64());
                let at = distance.and_then(|ns| epoch_ns.checked_add(ns));
                instant_json(at, || format!("{count} units")).map(Some)
            }
        }
    }
}

fn instant_json(ts_ns: Option<i64>, distance: impl Fn() -> String) -> Result<String, Unfit> {
    let ts_ns = ts_ns.ok_or_else(|| Unfit(format!("{} after the epoch is no instant", distance())))?;
    Ok(quoted(&time::utc(ts_ns)))
}

/// A date alone is its first instant; that of a mail or of an answer over HTTP is one already.
fn with_midnight(text: &str) -> Cow<'_, str> {
    match text.trim() {
        date if date.starts_with(|char: char| char.is_ascii_alphabetic()) => {
            time::dated(date).map_or(Cow::Borrowed(date), |ts_ns| Cow::Owned(time::utc(ts_ns)))
        }
        date if date.len() == 10 && date.as_bytes()[4] == b'-' => Cow::Owned(format!("{date}T00:00")),
        instant => Cow::Borrowed(instant),
    }
}

fn instant(text: &str) -> Result<i64, Refused> {
    let reading = time::text(&with_midnight(text)).filter(|reading| reading.ts_ns >= time::EARLIEST_NS);
    reading.map(|reading| reading.ts_ns).ok_or_else(|| {
        Refused::new(format!("`--epoch {text}` is not an instant from the year 2000 on"))
            .hint("such as `--epoch 2026-11-20T00:00:00Z`")
    })
}

/// Reads `250ms`, `1.5s`, `1m`, `2h`, `1d` in nanoseconds.
fn duration(text: &str) -> Result<i64, Refused> {
    const UNITS: [(&str, i64); 7] = [
        ("ns", 1),
        ("us", 1_000),
        ("ms", 1_000_000),
        ("s", time::NS_PER_SECOND),
        ("m", 60 * time::NS_PER_SECOND),
        ("h", 3600 * time::NS_PER_SECOND),
        ("d", time::NS_PER_DAY),
    ];
    let trimmed = text.trim();
    let split = trimmed.find(|char: char| char.is_ascii_alphabetic()).unwrap_or(trimmed.len());
    let (number, name) = trimmed.split_at(split);
    let nanos = UNITS.iter().find(|(unit, _)| *unit == name).and_then(|(_, unit_ns)| {
        let billionths = i128::from(fixed::parse(number.trim(), 9)?);
        i64::try_from(billionths * i128::from(*unit_ns) / i128::from(fixed::ONE)).ok()
    });
    nanos.filter(|nanos| *nanos > 0).ok_or_else(|| {
        Refused::new(format!("`--step {text}` is not a duration, which is a number and one of ns, us, ms, s, m, h, d"))
            .hint("such as `--step 1s` or `--step 250ms`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EPOCH: Option<&str> = Some("2026-11-20T00:00:00Z");

    fn at(when: When, ts: Option<&Value>, index: u64) -> Option<String> {
        when.of(ts, index).unwrap()
    }

    #[test]
    fn a_time_is_an_instant_a_distance_or_a_place() {
        let absolute = When::asked(None, None, true).unwrap();
        assert_eq!(at(absolute, Some(&Value::Written("1755099880")), 7).unwrap(), "1755099880");
        assert_eq!(
            at(absolute, Some(&Value::Cell("2023-11-16 18:17:03.97")), 7).unwrap(),
            "\"2023-11-16 18:17:03.97\""
        );
        assert_eq!(at(absolute, Some(&Value::Cell("2023-11-16")), 7).unwrap(), "\"2023-11-16T00:00\"");
        assert_eq!(at(absolute, Some(&Value::Null), 7), None);

        let seconds = When::asked(EPOCH, None, true).unwrap();
        assert_eq!(at(seconds, Some(&Value::Cell("1.5")), 7).unwrap(), "\"2026-11-20T00:00:01.500Z\"");
        let millis = When::asked(EPOCH, Some("1ms"), true).unwrap();
        assert_eq!(at(millis, Some(&Value::Written("90061001")), 7).unwrap(), "\"2026-11-21T01:01:01.001Z\"");
        assert_eq!(at(millis, Some(&Value::Null), 7), None);
        assert!(millis.of(Some(&Value::Cell("soon")), 7).is_err());
        assert!(millis.of(Some(&Value::Written("1e20")), 7).is_err());

        let steps = When::asked(Some("2026-11-20"), Some("1.5h"), false).unwrap();
        assert_eq!(at(steps, None, 2).unwrap(), "\"2026-11-20T03:00:00.000Z\"");
        assert!(steps.of(None, u64::MAX).is_err());
    }

    #[test]
    fn what_leaves_the_time_open_is_refused_with_a_way_out() {
        for (epoch, step, has_ts, says) in [
            (None, None, false, "nothing tells when the records happened"),
            (EPOCH, None, false, "`--epoch` alone"),
            (None, Some("1s"), true, "`--step` means nothing without `--epoch`"),
            (Some("noon"), None, true, "`--epoch noon` is not an instant"),
            (EPOCH, Some("1 week"), false, "is not a duration"),
            (EPOCH, Some("0s"), false, "is not a duration"),
            (EPOCH, Some("-1s"), false, "is not a duration"),
            (EPOCH, Some("5"), false, "is not a duration"),
        ] {
            let refused = When::asked(epoch, step, has_ts).unwrap_err();
            assert!(refused.says.contains(says) && refused.hint.is_some(), "{says}: {refused:?}");
        }
    }
}
