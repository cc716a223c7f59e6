//! Keys: what a dimension is read from, a text column or the buckets of a zone.

use crate::event::Field;
use crate::frame::Frame;
use crate::query::Dimension;
use crate::time::{self, Calendar, Every, Zone};

/// A frame, seen from a place and a moment.
pub(super) struct Seen<'a> {
    pub frame: &'a Frame,
    pub zone: Zone,
    pub now_ns: i64,
}

impl Seen<'_> {
    /// The buckets of all rows; `None` for what lies more than a day in the future, unless the future was asked for.
    pub fn buckets(&self, every: Every, is_future_wanted: bool) -> Vec<Option<i64>> {
        let times = self.frame.times();
        let limit = self.now_ns.saturating_add(time::NS_PER_DAY);
        let (Some(&from), Some(&to)) = (times.iter().min(), times.iter().max()) else { return Vec::new() };
        let calendar = Calendar::new(&self.zone, from, to);
        let bucket = |ts_ns: &i64| (is_future_wanted || *ts_ns <= limit).then(|| calendar.bucket(every, *ts_ns));
        times.iter().map(bucket).collect()
    }
}

/// The event field a dimension is read from.
pub(super) fn field(dimension: Dimension) -> Field {
    match dimension {
        Dimension::Prompt => Field::PromptId,
        Dimension::Template => Field::TemplateId,
        Dimension::Starter => Field::StarterId,
        Dimension::Category => Field::TaskCategory,
        Dimension::Domain => Field::TaskDomain,
        Dimension::Provider => Field::Provider,
        Dimension::Model => Field::Model,
        Dimension::Project => Field::ProjectId,
        Dimension::Conversation => Field::ConversationId,
        Dimension::User => Field::UserId,
        Dimension::PromptVersion => Field::PromptVersion,
        Dimension::Variant => Field::Variant,
        Dimension::Source => Field::Source,
        Dimension::Host => Field::Host,
        Dimension::ErrorType => Field::ErrorType,
        Dimension::Bucket(_) => unreachable!("a bucket is made of the time, not of a field"),
    }
}
