//! What becomes of scores. A person's (`ANNOTATION`, or one whose name speaks of feedback, a user, ratings, stars or thumbs) are
//! `feedback`: true and false, and 1 and 0 where all of that name in the file are, rate 5 and 1; numbers from 1 to 5 rate
//! themselves once one of that name is above 1. All others are `quality` by an evaluator of the score's name: true is 1, false 0,
//! and a number from 0 to 1 is itself, unless one of that name is above 1. Scores in words, on any other scale, and ones of a
//! person whose scale nothing tells are skipped.
//!
//! A score of a trace is one of its generation, if it has but one in the same file.

use super::super::document::{decimal, moment, plain, truth};
use super::super::found::{Answer, Found, event, text};
use super::super::id::Id;
use super::{Export, Kind, Record};
use crate::event::{Event, Field, Kind as EventKind, Value as Held};
use crate::fixed::ONE;
use serde_json::Value;
use std::collections::HashMap;

/// What the numbers under one name tell of their scale.
#[derive(Clone, Copy, Default)]
struct Scale {
    has_zero: bool,
    has_fraction: bool,
    has_more: bool,
}

/// The scales of numeric scores, by name.
pub struct Scales(HashMap<String, Scale>);

/// What a score says, and how sure its scale is: of copies of a score the surest counts.
enum Says {
    Rating(i64, i64),
    Quality(i64, i64),
}

impl Scales {
    pub fn new(records: &[Record]) -> Scales {
        let mut scales = HashMap::<String, Scale>::new();
        for record in records.iter().filter(|record| record.kind == Kind::Score) {
            let number = record.row.get("value").and_then(|value| decimal(value, 9));
            let (Some(name), Some(number)) = (record.row.text("name"), number) else { continue };
            let scale = scales.entry(name.to_owned()).or_default();
            scale.has_zero |= number == 0;
            scale.has_fraction |= 0 < number && number < ONE;
            scale.has_more |= number > ONE;
        }
        Scales(scales)
    }

    pub fn score(&self, record: &Record, export: &Export, found: &mut Found) {
        let Record { row, at, .. } = record;
        let at = *at;
        let (Some(id), Some(name)) = (row.text("id"), row.text("name")) else { return found.skip(at, "no id", "") };
        let time = ["timestamp", "createdat"].into_iter().find_map(|name| row.get(name));
        let Some(ts_ns) = moment(time, at, found) else { return };
        let is_person = is_person(name, row.text("source"));
        let says = match self.says(record, name, is_person) {
            Ok(says) => says,
            Err(reason) => return found.skip(at, reason, name),
        };
        let (kind, field, number, rank) = match says {
            Says::Rating(rating, rank) => (EventKind::Feedback, Field::Rating, rating, rank),
            Says::Quality(score, rank) => (EventKind::Quality, Field::QualityScore, score, rank),
        };
        let mut event = event(kind, ts_ns);
        event.set(field, Held::Number(number));
        let only = || row.text("traceid").and_then(|trace| *export.only.get(trace)?)?.text("id");
        let run = row.text("observationid").or_else(only);
        text(&mut event, Field::RunId, run);
        export.shared(row, &mut event);
        match kind {
            EventKind::Feedback => said(row, &mut event),
            _ => text(&mut event, Field::Evaluator, Some(name)),
        }
        // A copy in another file may know of which generation it is.
        let rank = rank << 1 | i64::from(run.is_some());
        found.answer(Answer { key: Id::of([&b"score"[..], id.as_bytes()]), family: None, rank, event });
    }

    fn says(&self, record: &Record, name: &str, is_person: bool) -> Result<Says, &'static str> {
        let row = &record.row;
        let value = row.get("value");
        let is_boolean = row.text("datatype") == Some("BOOLEAN");
        let said = value.and_then(truth).or_else(|| row.truth("stringvalue").filter(|_| is_boolean));
        let number = value.and_then(|value| decimal(value, 9));
        let said = said.or_else(|| number.filter(|_| is_boolean).map(|number| number != 0));
        match (said, number) {
            (Some(is_good), _) if is_person => Ok(Says::Rating(thumb(is_good), 4)),
            (Some(is_good), _) => Ok(Says::Quality(i64::from(is_good) * ONE, 4)),
            (None, Some(number)) => self.numeric(name, number, is_person),
            (None, None) => Err("a score in words"),
        }
    }

    fn numeric(&self, name: &str, number: i64, is_person: bool) -> Result<Says, &'static str> {
        let scale = self.0.get(name).copied().unwrap_or_default();
        let fits = |field: Field| field.shape().holds(number);
        match is_person {
            true if scale.has_more && fits(Field::Rating) => Ok(Says::Rating(number, 3)),
            true if scale.has_more => Err("a rating not from 1 to 5"),
            true if scale.has_fraction && fits(Field::QualityScore) => Ok(Says::Quality(number, 2)),
            true if scale.has_zero && fits(Field::QualityScore) => Ok(Says::Rating(thumb(number != 0), 1)),
            true => Err("a rating on a scale that is not told"),
            false if scale.has_more || !fits(Field::QualityScore) => Err("a score not from 0 to 1"),
            false => Ok(Says::Quality(number, 1)),
        }
    }
}

/// The ends of the scale of ratings.
fn thumb(is_up: bool) -> i64 {
    if is_up { 5 * ONE } else { ONE }
}

fn is_person(name: &str, source: Option<&str>) -> bool {
    let name = plain(name);
    let speaks = ["feedback", "user", "rating", "stars", "thumb"].iter().any(|word| name.contains(word));
    match source {
        Some("ANNOTATION") => true,
        Some("EVAL") => false,
        _ => speaks,
    }
}

/// Sets what a person said, and who it was if that is told.
fn said(row: &super::Row, event: &mut Event<'static>) {
    text(event, Field::FeedbackText, row.get("comment").and_then(Value::as_str));
    text(event, Field::UserId, row.text("authoruserid"));
}
