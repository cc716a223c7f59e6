//! Changes in words: what a figure was, how far it moved, and whether that is more than chance.

use super::Notation;
use crate::sheet::{Change, Fact, Unit, Verdict};
use crate::time::Zone;

/// `was 93.3 %: −2.1 pts, real`; `None` where there was nothing to compare with.
pub fn past(fact: &Fact, zone: &Zone) -> Option<String> {
    let before = before(fact, zone)?;
    Some(match change(fact) {
        Some(change) => format!("was {before}: {change}"),
        None => format!("was {before}"),
    })
}

/// What a figure was before.
pub fn before(fact: &Fact, zone: &Zone) -> Option<String> {
    Notation::of_fact(fact).before(fact.previous.as_ref()?, zone)
}

/// `−2.1 pts, real`, `+0.1, noise`, `+12 %` of a total.
pub fn change(fact: &Fact) -> Option<String> {
    let change = fact.change.as_ref()?;
    let moved = match change.verdict {
        Verdict::Untested => relative(fact, change)?,
        _ => absolute(fact, change),
    };
    Some(match change.verdict {
        Verdict::Untested => moved,
        verdict => format!("{moved}, {}", verdict.name()),
    })
}

/// A total grows by a part of what it was.
fn relative(fact: &Fact, change: &Change) -> Option<String> {
    let is_total = matches!(fact.unit, Unit::Count | Unit::Tokens | Unit::Dollars);
    let before = fact.previous.as_ref()?.number().filter(|before| is_total && *before > 0.0)?;
    let percent = change.difference / before * 100.0;
    Some(match percent.abs() {
        same if same < 0.5 => "same".to_owned(),
        large if percent > 0.0 && large >= 100.0 => format!("×{:.1}", change.difference / before + 1.0),
        _ => signed(percent, &format!("{:.0} %", percent.abs())),
    })
}

fn absolute(fact: &Fact, change: &Change) -> String {
    let size = change.difference.abs();
    let written = match fact.unit {
        Unit::Ratio => format!("{:.1} pts", size * 100.0),
        _ => Notation::of_fact(fact).with_unit(size),
    };
    if written.bytes().all(|byte| !matches!(byte, b'1'..=b'9')) {
        "±0".to_owned()
    } else {
        signed(change.difference, &written)
    }
}

fn signed(number: f64, size: &str) -> String {
    format!("{}{size}", if number < 0.0 { '−' } else { '+' })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::Cell;

    fn said(unit: Unit, was: f64, is: f64, interval: Option<(f64, f64)>) -> String {
        let change = Change::within(is - was, interval);
        let fact = Fact::new("key", "label", unit, Cell::Num(is));
        past(&Fact { previous: Some(Cell::Num(was)), change: Some(change), ..fact }, &Zone::utc()).unwrap()
    }

    #[test]
    fn a_change_says_how_far_and_whether_it_is_more_than_chance() {
        for (said, expected) in [
            (said(Unit::Ratio, 0.933, 0.912, Some((-0.03, -0.01))), "was 93.3 %: −2.1 pts, real"),
            (said(Unit::Score, 4.0, 4.1, Some((-0.1, 0.3))), "was 4.00: +0.10, noise"),
            (said(Unit::Score, 4.0, 4.0, Some((-0.1, 0.1))), "was 4: ±0, noise"),
            (said(Unit::Millis, 5900.0, 6800.0, Some((400.0, 1300.0))), "was 5.9 s: +0.9 s, real"),
            (said(Unit::Count, 3734.0, 4182.0, None), "was 3,734: +12 %"),
            (said(Unit::Count, 10.0, 300.0, None), "was 10: ×30.0"),
            (said(Unit::Dollars, 35.02, 35.02, None), "was $35.02: same"),
            (said(Unit::Millis, 5900.0, 6800.0, None), "was 5.9 s"),
        ] {
            assert_eq!(said, expected);
        }
    }

    #[test]
    fn without_a_past_nothing_is_said() {
        assert_eq!(past(&Fact::new("key", "label", Unit::Count, Cell::Int(3)), &Zone::utc()), None);
    }
}
