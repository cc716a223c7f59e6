//! Standing: what became of an alert, from what is seen now and what was recorded of it before. An alert is new once;
//! it is open until its number is back at a level of its own, so that one that wavers at the limit does not ring each hour.

use crate::metric::Better;
use crate::query::Level;
use crate::report::decided::{Decision, State};
use crate::severity::Severity;

/// How a number stands to its level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// There are too few observations to tell.
    Unknown,
    /// It is past the level.
    Past,
    /// It is no longer past it, and not yet where the alert would be closed.
    Near,
    /// It is where an alert is closed.
    Back,
}

/// What an alert is to those it is told to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nobody was told of it, or it was over.
    New,
    /// It was told or acknowledged, and got worse since.
    Worse,
    /// It was told and is not over.
    Open,
    /// Somebody knows of it.
    Acknowledged,
    /// It is over, which nobody has been told.
    Closed,
}

impl Standing {
    pub fn name(self) -> &'static str {
        match self {
            Standing::New => "new",
            Standing::Worse => "worse",
            Standing::Open => "open",
            Standing::Acknowledged => "acknowledged",
            Standing::Closed => "closed",
        }
    }

    /// Whether it asks for attention.
    pub fn is_loud(self) -> bool {
        matches!(self, Standing::New | Standing::Worse | Standing::Open)
    }
}

/// What is known of an alert whose number is `reading`, `None` where there is none: `decisions` are those of it, the newest
/// first; `is_worse` tells whether it is worse than a number it was acknowledged at.
pub fn standing(
    reading: Reading,
    severity: Severity,
    decisions: &[Decision],
    is_worse: impl Fn(f64) -> bool,
) -> Option<Standing> {
    let is_past = reading == Reading::Past;
    let is_graver = |last: &Decision| is_past && last.severity.is_some_and(|told| severity > told);
    match decisions.first() {
        Some(last) if is_alive(last) => Some(match last.state {
            _ if reading == Reading::Back => Standing::Closed,
            _ if is_graver(last) => Standing::Worse,
            State::Acknowledged if is_past && last.observed.is_some_and(is_worse) => Standing::Worse,
            State::Acknowledged => Standing::Acknowledged,
            _ => Standing::Open,
        }),
        _ => is_past.then_some(Standing::New),
    }
}

/// Whether the last word on an alert left it open or acknowledged.
pub fn is_alive(last: &Decision) -> bool {
    matches!(last.state, State::Open | State::Acknowledged)
}

/// When the alert that is alive began: the oldest word on it since it was over last.
pub fn since(decisions: &[Decision]) -> Option<i64> {
    decisions.iter().take_while(|decision| is_alive(decision)).last().map(|decision| decision.ts_ns)
}

/// The part of a level that it takes to close an alert or to make an acknowledged one worse.
const MARGIN: f64 = 0.1;

/// Where a number must be back for its alert to be closed: as the config says, else a tenth of the level on its good side,
/// but not beyond what the metric can be.
pub fn clear(level: &Level, alert: f64, better: Better, (least, most): (f64, f64)) -> f64 {
    level.clear.unwrap_or_else(|| {
        match better {
            Better::Lower => decimal(alert - alert.abs() * MARGIN),
            _ => decimal(alert + alert.abs() * MARGIN),
        }
        .clamp(least, most)
    })
}

/// Whether a number is worse than another by more than a tenth of its level.
pub fn is_worse(value: f64, than: f64, level: f64, better: Better) -> bool {
    let margin = level.abs() * MARGIN;
    match better {
        Better::Lower => decimal(value) > decimal(than + margin),
        _ => decimal(value) < decimal(than - margin),
    }
}

/// How a value stands to a level and to where its alert is closed.
pub fn reading(value: f64, alert: f64, clear: f64, better: Better) -> Reading {
    let is_worse_than = |level: f64| if better == Better::Lower { value > level } else { value < level };
    match () {
        () if is_worse_than(alert) => Reading::Past,
        () if is_worse_than(clear) => Reading::Near,
        () => Reading::Back,
    }
}

/// Without the last bits that binary sums of decimal numbers leave: 0.7 and a tenth of it are 0.77.
fn decimal(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Levels;

    fn said(ts_ns: i64, state: State, observed: f64) -> Decision {
        Decision { ts_ns, state, severity: Some(Severity::Medium), observed: Some(observed) }
    }

    #[test]
    fn an_alert_is_new_once_and_closed_only_when_it_is_back() {
        let of = |reading, decisions: &[Decision]| standing(reading, Severity::Medium, decisions, |_| false);
        let open = [said(1, State::Open, 0.6)];
        let closed = [said(2, State::Closed, 0.8), said(1, State::Open, 0.6)];
        for (reading, never, opened, over) in [
            (Reading::Past, Some(Standing::New), Standing::Open, Some(Standing::New)),
            (Reading::Near, None, Standing::Open, None),
            (Reading::Unknown, None, Standing::Open, None),
            (Reading::Back, None, Standing::Closed, None),
        ] {
            assert_eq!((of(reading, &[]), of(reading, &closed)), (never, over), "{reading:?}");
            assert_eq!(of(reading, &open), Some(opened), "{reading:?}");
        }
        assert_eq!(of(Reading::Past, &[said(2, State::Done, 0.6)]), Some(Standing::New));
    }

    #[test]
    fn what_is_acknowledged_is_quiet_until_it_is_worse_or_over() {
        let decisions = [said(2, State::Acknowledged, 0.6), said(1, State::Open, 0.65)];
        let of = |reading, severity, value: f64| {
            standing(reading, severity, &decisions, |than| is_worse(value, than, 0.7, Better::Higher))
        };
        let quiet = Some(Standing::Acknowledged);
        assert_eq!(of(Reading::Past, Severity::Medium, 0.53), quiet, "a tenth of the level is 0.07");
        assert_eq!(of(Reading::Past, Severity::Medium, 0.529), Some(Standing::Worse));
        assert_eq!(of(Reading::Past, Severity::High, 0.6), Some(Standing::Worse));
        assert_eq!(of(Reading::Unknown, Severity::High, 0.1), quiet);
        assert_eq!(of(Reading::Near, Severity::Medium, 0.72), quiet);
        assert_eq!(of(Reading::Back, Severity::Medium, 0.8), Some(Standing::Closed));
    }

    #[test]
    fn an_open_alert_of_a_higher_severity_is_told_again() {
        let open = [said(1, State::Open, 80.0)];
        assert_eq!(standing(Reading::Past, Severity::High, &open, |_| true), Some(Standing::Worse));
        assert_eq!(standing(Reading::Past, Severity::Low, &open, |_| true), Some(Standing::Open));
    }

    #[test]
    fn an_alert_is_open_since_it_was_over_last() {
        let of = |states: &[(i64, State)]| {
            since(&states.iter().map(|(ts_ns, state)| said(*ts_ns, *state, 0.0)).collect::<Vec<_>>())
        };
        let again = [(5, State::Acknowledged), (4, State::Open), (3, State::Closed), (1, State::Open)];
        assert_eq!((of(&again), of(&again[2..]), of(&[])), (Some(4), None, None));
    }

    #[test]
    fn without_a_word_in_the_config_an_alert_is_closed_a_tenth_on_the_good_side() {
        let levels = Levels::default();
        let of = |alert, better, range| clear(&levels.base()[0], alert, better, range);
        for (alert, better, range, expected) in [
            (0.7, Better::Higher, (0.0, 1.0), 0.77),
            (0.2, Better::Lower, (0.0, 1.0), 0.18),
            (5000.0, Better::Lower, (0.0, f64::MAX), 4500.0),
            (0.95, Better::Higher, (0.0, 1.0), 1.0),
            (4.8, Better::Higher, (1.0, 5.0), 5.0),
        ] {
            assert!((of(alert, better, range) - expected).abs() < 1e-12, "{alert}");
        }
        let said = Level { clear: Some(0.75), ..levels.base()[0].clone() };
        assert!((clear(&said, 0.7, Better::Higher, (0.0, 1.0)) - 0.75).abs() < 1e-12);
    }

    #[test]
    fn a_value_at_its_level_is_not_past_it_and_one_at_its_clearance_is_back() {
        let success = |value| reading(value, 0.7, decimal(0.7 + 0.07), Better::Higher);
        assert_eq!(
            [14.0 / 20.0, 13.0 / 20.0, 76.0 / 100.0, 77.0 / 100.0].map(success),
            [Reading::Near, Reading::Past, Reading::Near, Reading::Back]
        );
        let latency = |value| reading(value, 5000.0, 4500.0, Better::Lower);
        assert_eq!([5000.0, 5000.1, 4500.0].map(latency), [Reading::Near, Reading::Past, Reading::Back]);
    }
}
