//! Questions to put to both, and which rows the naive implementation lets through.

use super::naive::Known;
use super::row::{Row, What};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use prompt_analytics::coverage::Question;
use prompt_analytics::event::Field;
use prompt_analytics::fold::Scope;
use prompt_analytics::query::{Dimension, Filter, Filters, Quantile, Query, Sort, Tested};
use prompt_analytics::time::{self, Every, Period, Zone};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

pub const ZONES: [&str; 4] = ["UTC", "Europe/Lisbon", "America/New_York", "Asia/Kolkata"];

const EDGES: [&str; 7] = [
    "2026-10-25T00:30:00Z",
    "2026-10-25T01:30:00Z",
    "2026-11-01T06:30:00Z",
    "2026-11-16T00:00:00Z",
    "2026-11-20T11:00:00Z",
    "2026-11-21T12:00:00Z",
    "2032-01-01T00:00:00Z",
];

/// What can be filtered on, with patterns for it.
const PATTERNS: [(Tested, &[&str]); 10] = [
    (Tested::Dimension(Dimension::Prompt), &["p1", "p*", "?2", "nothing"]),
    (Tested::Dimension(Dimension::Template), &["t1", "*"]),
    (Tested::Dimension(Dimension::Starter), &["s?"]),
    (Tested::Dimension(Dimension::Category), &["c1"]),
    (Tested::Dimension(Dimension::Model), &["m[1]", "*m1", "open*", "m2"]),
    (Tested::Dimension(Dimension::Project), &["j1"]),
    (Tested::Dimension(Dimension::User), &["ann", "*"]),
    (Tested::Dimension(Dimension::ErrorType), &["timeout", "rate*"]),
    (Tested::Dimension(Dimension::PromptVersion), &["1"]),
    (Tested::Tag, &["x", "y", "?"]),
];

/// Columns to sort by, where a table has them.
const SORTS: [&str; 9] =
    ["runs", "prompt", "last_used", "cost_usd", "mean_ms", "success_rate_low", "mean_rating", "share", "outcomes"];

fn instant(text: &str) -> i64 {
    time::text(text).expect("an instant").ts_ns
}

fn period() -> impl Strategy<Value = Option<Period>> {
    let edge = || proptest::option::of(select(&EDGES[..]).prop_map(instant));
    let period = (edge(), edge()).prop_map(|(since_ns, until_ns)| Period { since_ns, until_ns });
    proptest::option::weighted(0.5, period)
}

fn filters() -> impl Strategy<Value = Filters> {
    let pattern = select(&PATTERNS[..]).prop_flat_map(|(tested, patterns)| {
        subsequence(patterns, 1..=patterns.len().min(2)).prop_map(move |patterns| {
            let patterns = patterns.into_iter().map(str::to_owned).collect();
            Filter { tested, patterns }
        })
    });
    let rating = || proptest::option::weighted(0.2, select(&[2_000_000_000_i64, 3_500_000_000, 4_000_000_000][..]));
    let success = proptest::option::weighted(0.25, any::<bool>());
    (proptest::collection::vec(pattern, 0..3), success, rating(), rating())
        .prop_map(|(patterns, success, min_rating, max_rating)| Filters { patterns, success, min_rating, max_rating })
}

/// Any question about a log.
pub fn question() -> impl Strategy<Value = Query> {
    let by = proptest::option::weighted(0.8, subsequence(&Dimension::ALL[..], 0..=2).prop_shuffle());
    let every = proptest::option::weighted(0.3, select(&Every::ALL[..]));
    let filters = prop_oneof![2 => Just(Filters::default()), 3 => filters()];
    let top = proptest::option::weighted(0.3, 0_usize..4);
    let sort = proptest::option::weighted(0.2, (select(&SORTS[..]), proptest::option::of(any::<bool>())));
    let quantiles = subsequence(&["0", "2.5", "50", "95", "99.9", "100"][..], 1..4);
    (by, every, filters, period(), select(&ZONES[..]), top, sort, quantiles).prop_map(
        |(by, every, filters, period, zone, top, sort, quantiles)| Query {
            sort: sort.map(|(key, is_descending)| Sort { key: key.to_owned(), is_descending }),
            by,
            every,
            filters,
            period,
            top,
            quantiles: Some(quantiles.into_iter().filter_map(Quantile::percent).collect()),
            ..everything(zone)
        },
    )
}

/// The question about everything.
pub fn everything(zone: &str) -> Query {
    Query::everything(instant(crate::support::NOW), Zone::named(zone).expect("a zone"))
}

/// The name of a row in a dimension.
pub fn name(row: &Row, dimension: Dimension, query: &Query, zone: &TimeZone) -> Option<String> {
    let field = match dimension {
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
        Dimension::Bucket(every) => {
            let is_future = row.time > query.now_ns + time::NS_PER_DAY;
            let is_wanted = query.period.is_some_and(|period| period.until_ns.is_some());
            return (is_wanted || !is_future).then(|| bucket(row.time, every, zone));
        }
    };
    row.text(field).map(str::to_owned)
}

fn bucket(ts_ns: i64, every: Every, zone: &TimeZone) -> String {
    let local = Timestamp::from_nanosecond(ts_ns.into()).expect("an instant").to_zoned(zone.clone());
    let format = match every {
        Every::Hour => "%Y-%m-%dT%H",
        Every::Day => "%Y-%m-%d",
        Every::Week => "%G-W%V",
        Every::Month => "%Y-%m",
    };
    local.strftime(format).to_string()
}

/// Whether a pattern of `*` and `?`, or that very text, is the name.
fn is_match(pattern: &str, name: &str) -> bool {
    fn glob(pattern: &[char], name: &[char]) -> bool {
        match (pattern, name) {
            ([], name) => name.is_empty(),
            (['*', rest @ ..], name) => (0..=name.len()).any(|skipped| glob(rest, &name[skipped..])),
            (['?', rest @ ..], [_, name @ ..]) => glob(rest, name),
            ([this, rest @ ..], [that, name @ ..]) => this == that && glob(rest, name),
            _ => false,
        }
    }
    pattern == name || glob(&pattern.chars().collect::<Vec<_>>(), &name.chars().collect::<Vec<_>>())
}

/// What the filters say of a row, one by one; `None`: what a filter asks for was not recorded.
fn verdicts(row: &Row, filters: &Filters, query: &Query, zone: &TimeZone) -> Vec<Option<bool>> {
    let mut verdicts = Vec::new();
    for filter in &filters.patterns {
        let any = |name: &str| filter.patterns.iter().any(|pattern| is_match(pattern, name));
        verdicts.push(match filter.tested {
            Tested::Dimension(dimension) => name(row, dimension, query, zone).map(|name| any(&name)),
            Tested::Tag => row.tags().map(|tags| tags.into_iter().any(any)),
        });
    }
    verdicts.extend(filters.success.map(|wanted| row.success.map(|success| success == wanted)));
    verdicts.extend(filters.min_rating.map(|min| row.use_rating.map(|rating| rating >= min)));
    verdicts.extend(filters.max_rating.map(|max| row.use_rating.map(|rating| rating <= max)));
    verdicts
}

/// The rows a question is about, and the account of it.
pub fn matching<'a>(
    known: &'a Known,
    query: &Query,
    filters: &Filters,
    scope: Scope,
    zone: &TimeZone,
) -> (Vec<&'a Row>, Question) {
    let (except, subject): (&[What], _) = match scope {
        Scope::Uses => (&[What::Template, What::Starter], None),
        Scope::Templates => (&[What::Starter], Some(Field::TemplateId)),
        Scope::Starters => (&[What::Template], Some(Field::StarterId)),
        Scope::Findings => unreachable!("no report asks what became of its own findings by dimension"),
    };
    let period = query.period.unwrap_or_default();
    let is_asked_about = |row: &&Row| {
        !except.contains(&row.what)
            && period.since_ns.is_none_or(|since| row.time >= since)
            && period.until_ns.is_none_or(|until| row.time < until)
            && subject.is_none_or(|field| row.text(field).is_some())
    };
    let mut rows = Vec::new();
    let mut question = Question::default();
    for row in known.rows.iter().filter(is_asked_about) {
        let verdicts = verdicts(row, filters, query, zone);
        if verdicts.iter().all(|verdict| *verdict == Some(true)) {
            question.unpriced_runs += u64::from(row.what == What::Use && row.number(Field::CostUsd).is_none());
            rows.push(row);
        } else if !verdicts.contains(&Some(false)) {
            question.unknown_filtered += 1;
        }
    }
    question.matched = rows.len() as u64;
    (rows, question)
}
