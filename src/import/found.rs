//! What a source found in one file: answers, each under the identity its own log gives it. Copies of one answer are laid
//! over each other here, in a way that does not depend on their order.

use super::id::Id;
use super::tally::{At, Tally};
use super::value::{clipped, quoted};
use crate::event::{Event, Field, Kind, MAX_LINE_BYTES, Value};
use crate::time::{self, EARLIEST_NS};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The largest rank; a revision made of it is a whole number to every reader of JSON.
const MAX_RANK: i64 = (1 << 44) - 1;

/// The revision that takes an event back for good: above all that answers can have.
pub const TAKEN_BACK: i64 = (1 << 53) - 1;

/// The bits of a revision that tell apart whose answer it is.
const OWNER_BITS: u32 = 8;

/// One answer as a log tells of it. Of several copies the earliest tells when it was and whose it is, and the one with the
/// highest rank how it ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What tells it from all other answers of its source, or of its family.
    pub key: Id,
    /// The conversation it was given in, where conversations are forked with all that was said: copies of an answer in one
    /// family are one answer.
    pub family: Option<String>,
    /// How complete its outcome is, such as the tokens counted so far.
    pub rank: i64,
    pub event: Event<'static>,
}

/// Forks of conversations, each with what it was forked from.
#[derive(Clone, Debug, Default)]
pub struct Forks(pub BTreeMap<String, String>);

impl Forks {
    /// The conversation that a fork goes back to.
    pub fn root<'f>(&'f self, conversation: &'f str) -> &'f str {
        let mut root = conversation;
        // A loop of forks is nobody's, but must not be ours for ever.
        for _ in 0..=self.0.len() {
            match self.0.get(root) {
                Some(parent) => root = parent,
                None => break,
            }
        }
        root
    }

    /// What was forked from and is a fork itself, by what it goes back to. Before that was known, answers of its forks were
    /// told by its name.
    pub fn between(&self) -> HashMap<&str, BTreeSet<&str>> {
        let mut between = HashMap::<&str, BTreeSet<&str>>::new();
        for origin in self.0.values().filter(|origin| self.0.contains_key(*origin)) {
            between.entry(self.root(origin)).or_default().insert(origin);
        }
        between
    }

    /// Whether something that was forked from before is now known to be a fork itself, so that what was taken for the
    /// origin of its forks is none.
    pub fn are_deeper(&self, before: &Forks) -> bool {
        let is_new = |origin: &String| self.0.contains_key(origin) && !before.0.contains_key(origin);
        before.0.values().any(is_new)
    }
}

impl Answer {
    /// The revision that its event is written with: it grows with the rank. It is made of content alone, so that copies
    /// imported on two machines, or in another order, end alike.
    pub fn rev(&self) -> i64 {
        self.rank.clamp(0, MAX_RANK) << OWNER_BITS | owner(&self.event)
    }

    /// The answer that a logged event was written for.
    pub fn logged(key: Id, event: Event<'static>) -> Answer {
        Answer { key, family: None, rank: rank(event.rev), event }
    }

    /// Lays another copy over this one.
    pub fn lay(&mut self, other: Answer) {
        let is_earlier = (other.event.ts_ns, -owner(&other.event)) < (self.event.ts_ns, -owner(&self.event));
        let is_fuller = other.rank > self.rank;
        let (mut subject, mut outcome) = (other.event, None);
        if is_earlier {
            std::mem::swap(&mut subject, &mut self.event);
            self.family = other.family;
        }
        // `self.event` is the earlier now, and `subject` the later.
        if is_fuller != is_earlier {
            outcome = Some(subject);
        }
        self.rank = self.rank.max(other.rank);
        if let Some(fuller) = outcome {
            self.event.kind = fuller.kind;
            self.event.fields.retain(|(field, _)| field.is_subject());
            for (field, value) in fuller.fields {
                // What describes the answer itself, and not whose it is, is of one piece with its outcome.
                if !field.is_subject() || matches!(field, Field::Model | Field::Provider | Field::RunId) {
                    self.event.set(field, value);
                }
            }
        }
    }
}

/// The rank that a revision was made of.
pub fn rank(rev: i64) -> i64 {
    rev >> OWNER_BITS
}

/// A few bits that tell apart whose answer it is; the largest is taken for the owner of copies with equal times. One without
/// a tag is before those with one, which are told aside; then one that knows its prompt is before one that does not, and then one
/// that knows its conversation.
fn owner(event: &Event) -> i64 {
    let names = [Field::ConversationId, Field::PromptId].map(|field| event.text(field).unwrap_or_default());
    let bytes = names.iter().flat_map(|name| name.bytes().chain([0]));
    let name = bytes.fold(0, |sum: i64, byte| (sum * 31 + i64::from(byte)) % 61);
    let has = |field| i64::from(event.value(field).is_some());
    (1 - has(Field::Tags)) << 7 | has(Field::PromptId) << 6 | (has(Field::ConversationId) * (name + 1))
}

/// What was found in one file.
#[derive(Debug, Default)]
pub struct Found {
    pub answers: Vec<Answer>,
    places: HashMap<Id, usize>,
    /// Conversations that began as a copy of another: the fork and what it was forked from.
    pub forks: Vec<(String, String)>,
    pub tally: Tally,
    file: String,
}

impl Found {
    /// Nothing yet, in the file of a name.
    pub fn new(file: String) -> Found {
        Found { file, ..Found::default() }
    }

    /// An answer; a copy of one found before is laid over it.
    pub fn answer(&mut self, answer: Answer) {
        self.tally.records += 1;
        match self.places.entry(answer.key) {
            Entry::Occupied(place) => {
                self.tally.repeated += 1;
                self.answers[*place.get()].lay(answer);
            }
            Entry::Vacant(place) => {
                place.insert(self.answers.len());
                self.answers.push(answer);
            }
        }
    }

    /// A record that tells of no answer.
    pub fn other(&mut self) {
        self.tally.records += 1;
        self.tally.others += 1;
    }

    /// A record that tells again of what was counted.
    pub fn repeat(&mut self) {
        self.tally.records += 1;
        self.tally.repeated += 1;
    }

    /// A record that should tell of an answer and does not.
    pub fn skip(&mut self, at: At, reason: &'static str, detail: &str) {
        self.tally.records += 1;
        self.tally.skipped.entry(reason).or_default().add(&self.file, at, detail);
    }

    /// The time of a record; of one without a usable one the record is skipped.
    pub fn time(&mut self, at: At, text: Option<&str>) -> Option<i64> {
        let Some(text) = text else {
            self.skip(at, "no time", "");
            return None;
        };
        let reading = time::text(text).filter(|reading| reading.ts_ns >= EARLIEST_NS);
        if reading.is_none() {
            self.skip(at, "bad time", &clipped(quoted(text)));
        }
        self.tally.naive_times += u64::from(reading.is_some_and(|reading| reading.is_naive));
        Some(reading?.ts_ns)
    }

    /// Sets a number that is there, or counts that its field cannot hold it.
    pub fn number(&mut self, at: At, event: &mut Event<'static>, field: Field, number: Option<i64>) {
        let Some(number) = number else { return };
        if field.shape().holds(number) {
            event.set(field, Value::Number(number));
        } else {
            let why = format!("{number}, and must be {}", field.shape().range());
            self.tally.dropped.entry(field).or_default().add(&self.file, at, &why);
        }
    }
}

/// A use of a model at an instant, of which nothing else is known yet.
pub fn run(ts_ns: i64) -> Event<'static> {
    event(Kind::Run, ts_ns)
}

/// An event of a kind at an instant, of which nothing else is known yet.
pub fn event(kind: Kind, ts_ns: i64) -> Event<'static> {
    Event { kind, ts_ns, id: None, rev: 0, is_retracted: false, fields: Vec::with_capacity(16) }
}

/// Sets a text that is there and not empty.
pub fn text(event: &mut Event<'static>, field: Field, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty() && text.len() < MAX_LINE_BYTES / 16) {
        event.set(field, Value::Text(text.to_owned().into()));
    }
}

/// Keeps the words of a prompt among the parameters of its use, where `[privacy]` sees them.
pub fn said(event: &mut Event<'static>, words: Option<String>) {
    if let Some(words) = words {
        let map = serde_json::json!({ "prompt_text": words });
        event.set(Field::Parameters, Value::Map(map.to_string().into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A copy of one answer: when, in which conversation, with how many tokens so far.
    fn copy(ts_ns: i64, conversation: &str, tokens: i64) -> Answer {
        let mut event = run(ts_ns);
        text(&mut event, Field::ConversationId, Some(conversation));
        event.set(Field::OutputTokens, Value::Number(tokens));
        Answer { key: Id::of([&b"a"[..]]), family: None, rank: tokens, event }
    }

    #[test]
    fn the_order_of_copies_does_not_matter() {
        let copies = [copy(5, "fork", 9), copy(3, "first", 2), copy(3, "other", 2), copy(4, "first", 30)];
        let mut expected = None;
        for start in 0..4 {
            for step in [1, 3] {
                let mut order = (0..4).map(|n| copies[(start + n * step) % 4].clone());
                let mut laid = order.next().unwrap();
                order.for_each(|copy| laid.lay(copy));
                let seen = (laid.event.clone(), laid.rev());
                assert_eq!(*expected.get_or_insert_with(|| seen.clone()), seen);
            }
        }
        let (event, rev) = expected.unwrap();
        assert_eq!((event.ts_ns, event.value(Field::OutputTokens)), (3, Some(&Value::Number(30))));
        assert_eq!(rev >> OWNER_BITS, 30);
        assert!(rev < TAKEN_BACK);
    }
}
