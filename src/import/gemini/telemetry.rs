//! The telemetry file: JSON values one after the other, of which `gemini_cli.api_response` is a call that was answered and
//! `gemini_cli.api_error` one that broke. An answer that a chat tells as well is one use with it.

use super::super::document::{Row, decimal, error_type, moment};
use super::super::found::{Answer, Found, run, text};
use super::super::id::Id;
use super::super::tally::At;
use super::{Numbers, Tokens};
use crate::event::{Field, Value as Held};
use crate::fixed;
use serde_json::Value;

#[derive(Default)]
pub struct Telemetry {
    numbers: Numbers,
}

impl Telemetry {
    pub fn record(&mut self, row: &Row, at: At, found: &mut Found) {
        let Some(told) = row.row("attributes") else { return found.other() };
        let name = told.text("eventname").unwrap_or_default();
        let is_answered = match name {
            "gemini_cli.api_response" => true,
            "gemini_cli.api_error" => false,
            _ => return found.other(),
        };
        let clock = row.get("hrtime").and_then(clock).map(Value::from);
        let Some(ts_ns) = moment(told.get("eventtimestamp").or(clock.as_ref()), at, found) else { return };
        let session = told.text("sessionid").unwrap_or_default();
        let count = |name: &str| told.whole(name).unwrap_or(0);
        let tokens = Tokens {
            input: count("inputtokencount"),
            output: count("outputtokencount"),
            cached: count("cachedcontenttokencount"),
            thoughts: count("thoughtstokencount"),
            tool: count("tooltokencount"),
        };
        let mut event = run(ts_ns);
        text(&mut event, Field::ConversationId, Some(session));
        text(&mut event, Field::Provider, Some("google"));
        text(&mut event, Field::Model, told.text("model"));
        found.number(at, &mut event, Field::DurationMs, told.decimal("durationms", 6));
        event.set(Field::Success, Held::Truth(is_answered));
        let has_tokens = is_answered && tokens.sum() > 0;
        if has_tokens {
            tokens.set(at, &mut event, found);
            let run_id = tokens.run_id(session, self.numbers.next(session, tokens));
            text(&mut event, Field::RunId, Some(&run_id));
        }
        if is_answered {
            let reasons = told.get("finishreasons");
            let reason = reasons.and_then(|reasons| reasons.as_str().or_else(|| reasons.get(0)?.as_str()));
            text(&mut event, Field::FinishReason, reason);
        } else {
            let kind = ["errortype", "statuscode"].iter().find_map(|name| told.word(name));
            let kind = kind.unwrap_or_else(|| error_type(told.text("error").unwrap_or_default()));
            event.set(Field::ErrorType, Held::Text(kind.into()));
        }
        let prompt = told.text("promptid").unwrap_or_default();
        let model = told.text("model").unwrap_or_default();
        let numbers = [ts_ns, tokens.input, tokens.output, tokens.thoughts].map(i64::to_le_bytes);
        let parts = [name, session, prompt, model].map(str::as_bytes).into_iter();
        let key = Id::of(parts.chain(numbers.iter().map(<[u8; 8]>::as_slice)));
        found.answer(Answer { key, family: None, rank: 1, event });
    }
}

/// The nanoseconds of a pair of seconds and nanoseconds.
fn clock(pair: &Value) -> Option<i64> {
    let [seconds, ns] = pair.as_array()?.as_slice() else { return None };
    decimal(seconds, 0)?.checked_mul(fixed::ONE)?.checked_add(decimal(ns, 0)?)
}
