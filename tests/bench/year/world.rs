//! What there is before anything happens: prompts, people, models, programs and the hours of a year.

use super::line::{Key, Order, TsStyle, Writer};
use super::random::{Random, Ranked, zipf};

pub const SECOND: u64 = 1000;
pub const MINUTE: u64 = 60 * SECOND;
pub const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const YEAR_HOURS: u64 = 365 * 24;
/// 2025-01-01T00:00:00Z in milliseconds, a Wednesday.
const NEW_YEAR: u64 = 1_735_689_600_000;

const VERBS: [&str; 20] = [
    "summarize",
    "extract",
    "translate",
    "review",
    "draft",
    "classify",
    "explain",
    "rewrite",
    "plan",
    "compare",
    "check",
    "title",
    "tag",
    "merge",
    "outline",
    "shorten",
    "answer",
    "convert",
    "rank",
    "test",
];
const NOUNS: [&str; 10] =
    ["thread", "invoice", "faq", "code", "reply", "ticket", "contract", "log", "release-notes", "query"];
const CATEGORIES: [&str; 12] = [
    "summarize",
    "extraction",
    "translation",
    "coding",
    "writing",
    "classification",
    "explanation",
    "planning",
    "analysis",
    "testing",
    "search",
    "support",
];
const DOMAINS: [&str; 8] = ["legal", "finance", "support", "engineering", "marketing", "medicine", "sales", "research"];
pub const ERRORS: &[&str] = &["timeout", "rate_limit", "invalid_json", "context_length", "refused", "connection"];

/// Fields that a reader passes over.
pub const UNKNOWN_FIELDS: &[&str] = &[
    r#""trace_id":"4bf92f3577b34da6a3ce929d0e0e4736""#,
    r#""region":"eu-west-1""#,
    r#""retry":{"count":2,"reasons":["429","503"]}"#,
    r#""latency_class":3"#,
    r#""note":null"#,
];

/// Other writers' names.
pub const ALIASES: &[(Key, &str)] = &[
    (Key::Ts, "timestamp"),
    (Key::InputTokens, "token_count"),
    (Key::DurationMs, "completion_time"),
    (Key::DurationMs, "response_time_ms"),
    (Key::Rating, "user_rating"),
    (Key::CostUsd, "cost"),
    (Key::Model, "gen_ai.request.model"),
    (Key::OutputTokens, "gen_ai.usage.output_tokens"),
];

/// Values that no field of that name holds.
pub const BAD_VALUES: &[(Key, &str)] = &[
    (Key::Success, "\"yes\""),
    (Key::DurationMs, "-5"),
    (Key::InputTokens, "12.5"),
    (Key::OutputTokens, "\"many\""),
    (Key::Rating, "9"),
    (Key::CostUsd, "\"free\""),
    (Key::PromptId, "\"\""),
    (Key::Parameters, "[1,2]"),
    (Key::Model, "null"),
];

const REMARKS: [&str; 16] = [
    "short and kind",
    "missed the second page",
    "said \"no\" twice\nthen stopped",
    "tr\u{e8}s bien",
    "d\u{e9}j\u{e0} vu",
    "exactly what I needed \u{1f44d}",
    "too long",
    "wrong currency: \u{20ac} not $",
    "C:\\temp is not a URL",
    "made a number up \u{1f926}\u{200d}\u{2640}\u{fe0f}",
    "\u{6b63}\u{78ba}\u{3067}\u{3059}",
    "fine",
    "the table lost its last column",
    "\"quoted\" without a source",
    "better than last week",
    "na\u{ef}ve but works",
];

#[derive(Clone)]
pub struct Prompt {
    pub id: String,
    pub category: Option<&'static str>,
    pub domain: Option<&'static str>,
    pub template: Option<String>,
    pub success_millionths: u64,
    pub has_parameters: bool,
    /// Medians: tokens in, tokens out, microseconds.
    pub input: f64,
    pub output: f64,
    pub micros: f64,
    /// When each version but the first came out.
    releases: Vec<u64>,
    style: VersionStyle,
}

#[derive(Clone, Copy)]
enum VersionStyle {
    None,
    Number,
    Semantic,
}

impl Prompt {
    fn new(at: usize, random: &mut Random) -> Prompt {
        let mut releases: Vec<u64> =
            (0..random.below(7)).map(|_| NEW_YEAR + random.below(365) * DAY + 9 * HOUR).collect();
        releases.sort_unstable();
        let size = |random: &mut Random, from: u32, to: u32| {
            f64::from(from) + f64::from(to - from) * f64::from(u16::try_from(random.below(1000)).unwrap_or(0)) / 1000.0
        };
        Prompt {
            id: format!("{}-{}", VERBS[at % 20], NOUNS[at / 20]),
            category: random.chance(600_000).then_some(CATEGORIES[at % 12]),
            domain: random.chance(150_000).then(|| *random.pick(&DOMAINS)),
            template: random.chance(300_000).then(|| format!("tpl-{:02}", random.below(40))),
            success_millionths: 600_000 + random.below(395_000),
            has_parameters: random.chance(250_000),
            input: size(random, 300, 6000),
            output: size(random, 60, 1200),
            micros: size(random, 600_000, 14_000_000),
            releases,
            style: *random.pick(&[
                VersionStyle::None,
                VersionStyle::None,
                VersionStyle::Number,
                VersionStyle::Semantic,
            ]),
        }
    }

    /// The version in use at an instant, where versions are told.
    pub fn version(&self, at: u64) -> Option<String> {
        let count = self.releases.partition_point(|release| *release <= at);
        match self.style {
            VersionStyle::None => None,
            VersionStyle::Number => Some((1 + count).to_string()),
            VersionStyle::Semantic => Some(format!("1.{count}.0")),
        }
    }
}

/// Where one person works.
pub struct Home {
    pub user: String,
    pub host: String,
    pub projects: Vec<usize>,
}

pub struct Models {
    pub names: [&'static str; 6],
    pub providers: [&'static str; 6],
    /// Of a token in and a token out; nothing for what runs at home.
    pub nanos_per_token: [(u64, u64); 6],
    sums: Vec<u64>,
}

impl Ranked for Models {
    fn cumulative(&self) -> &[u64] {
        &self.sums
    }
}

pub struct World {
    pub prompts: Vec<Prompt>,
    pub popularity: Vec<u64>,
    pub users: Vec<u64>,
    pub homes: Vec<Home>,
    pub projects: Vec<String>,
    pub models: Models,
    pub writers: Vec<Writer>,
    /// Of a hundred conversations, those that the writers up to each have.
    pub shares: Vec<u64>,
    /// The sums of the weights up to each hour of two years, so that what outlasts the first goes on.
    hours: Vec<u64>,
}

impl World {
    pub fn new(random: &mut Random) -> World {
        // Popular prompts are not the first in the table.
        let mut numbers: Vec<usize> = (0..200).collect();
        for at in (1..200).rev() {
            numbers.swap(at, random.index(at + 1));
        }
        World {
            prompts: numbers.into_iter().map(|at| Prompt::new(at, random)).collect(),
            popularity: zipf(200),
            users: zipf(500),
            homes: (0..500_u32)
                .map(|at| Home {
                    user: format!("u{at:03}"),
                    host: format!("host-{:02}", random.below(60)),
                    projects: (0..=random.below(3)).map(|_| random.index(30)).collect(),
                })
                .collect(),
            projects: (0..30_u32).map(|at| format!("{}-{at:02}", random.pick(&DOMAINS))).collect(),
            models: Models {
                names: [
                    "gpt-4o-mini",
                    "claude-sonnet-4-5",
                    "gemini-2.5-pro",
                    "gpt-4o",
                    "claude-haiku-4-5",
                    "llama3.3:70b",
                ],
                providers: ["openai", "anthropic", "google", "openai", "anthropic", "ollama"],
                nanos_per_token: [(150, 600), (3000, 15_000), (1250, 10_000), (2500, 10_000), (1000, 5000), (0, 0)],
                sums: zipf(6),
            },
            writers: writers(random),
            shares: vec![30, 56, 72, 92, 97, 100],
            hours: hours(),
        }
    }

    /// When the conversation `number` of `count` in a year begins, nearly.
    pub fn begin(&self, number: u64, count: u64, random: &mut Random) -> u64 {
        let total = self.hours[usize::try_from(YEAR_HOURS).unwrap_or(0)];
        // In 2^-20 of a weight, so that no two of millions need begin together.
        let at = u128::from((number << 20) + random.below(1 << 20)) * u128::from(total) / u128::from(count);
        let at = u64::try_from(at).unwrap_or(u64::MAX);
        let hour = self.hours.partition_point(|sum| (*sum << 20) <= at).clamp(1, self.hours.len() - 1);
        let (from, to) = (self.hours[hour - 1] << 20, self.hours[hour] << 20);
        let into = (at.min(to) - from) * HOUR / (to - from);
        NEW_YEAR + u64::try_from(hour - 1).unwrap_or(0) * HOUR + into
    }
}

pub fn remark(random: &mut Random) -> String {
    let (first, second) = (random.pick(&REMARKS), random.pick(&REMARKS));
    if random.chance(500_000) { (*first).to_owned() } else { format!("{first}; {second} ({} s)", random.below(90)) }
}

/// People work by day and little at weekends; machines always.
fn hours() -> Vec<u64> {
    const OF_DAY: [u64; 24] = [2, 2, 2, 2, 2, 3, 5, 9, 16, 22, 24, 23, 18, 20, 23, 22, 19, 14, 9, 7, 6, 5, 4, 3];
    let mut sum = 0;
    let weights = (0..2 * YEAR_HOURS).map(|hour| {
        let is_weekend = matches!((hour / 24 + 2) % 7, 5 | 6);
        let weight = OF_DAY[usize::try_from(hour % 24).unwrap_or(0)];
        sum += if is_weekend { weight.div_ceil(4) } else { weight };
        sum
    });
    std::iter::once(0).chain(weights).collect()
}

fn writers(random: &mut Random) -> Vec<Writer> {
    let plain = Writer {
        source: "run-prompt",
        splits: false,
        is_spaced: false,
        is_wordy: false,
        is_late: false,
        has_version: true,
        has_exit: true,
        ts: TsStyle::Utc,
        order: Order::Canonical.keys(random),
    };
    vec![
        plain.clone(),
        Writer {
            source: "gateway",
            has_version: false,
            has_exit: false,
            order: Order::Alphabetical.keys(random),
            ..plain.clone()
        },
        Writer {
            source: "python-sdk",
            is_spaced: true,
            has_version: false,
            has_exit: false,
            order: Order::Shuffled.keys(random),
            ..plain.clone()
        },
        Writer { source: "run-prompt-enhanced", splits: true, is_wordy: true, ..plain.clone() },
        Writer {
            source: "notebook",
            is_wordy: true,
            has_exit: false,
            ts: TsStyle::Offset,
            order: Order::Shuffled.keys(random),
            ..plain.clone()
        },
        Writer {
            source: "batch",
            is_late: true,
            has_version: false,
            has_exit: false,
            ts: TsStyle::EpochMs,
            order: Order::Shuffled.keys(random),
            ..plain
        },
    ]
}

/// The civil date of a millisecond since 1970, by counting: a log spans few years.
pub fn date(ms: u64) -> (u64, u64, u64) {
    let mut days = ms / DAY - NEW_YEAR / DAY;
    let mut year = 2025;
    loop {
        let is_leap = year % 4 == 0;
        for (month, length) in (1..).zip([31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
            if days < length {
                return (year, month, days + 1);
            }
            days -= length;
        }
        year += 1;
    }
}

/// The UTC month of an instant, as files are named.
pub fn month(ms: u64) -> String {
    let (year, month, _) = date(ms);
    format!("{year}-{month:02}")
}
