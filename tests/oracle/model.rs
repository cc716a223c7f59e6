//! Logs to disagree about: lines of all kinds from pools so small that everything collides.

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::fmt;
use std::io::Write;

/// Fields, how often a line has them in percent, and the JSON they hold; a few values no field can hold among them.
const FIELDS: &[Pool] = &[
    ("run_id", 65, &[r#""r1""#, r#""r2""#, r#""r3""#, r#""r4""#, r#""r5""#, r#""""#, "7"]),
    ("id", 35, &[r#""a""#, r#""b""#, r#""c""#, r#""""#]),
    ("rev", 15, &["0", "1", "2", r#""two""#]),
    ("retracted", 6, &["true", "true", "false"]),
    ("prompt_id", 55, &[r#""p1""#, r#""p2""#, r#""p3""#, "null", r#""""#]),
    ("gen_ai.prompt.name", 5, &[r#""p1""#, r#""p4""#]),
    ("prompt_version", 15, &["1", r#""2""#]),
    ("template_id", 30, &[r#""t1""#, r#""t2""#]),
    ("starter_id", 25, &[r#""s1""#, r#""s2""#]),
    ("task_category", 25, &[r#""c1""#, r#""c2""#]),
    ("task_domain", 10, &[r#""legal""#, "{}"]),
    ("provider", 10, &[r#""openai""#, r#""anthropic""#]),
    ("model", 35, &[r#""openai/m1""#, r#""m[1]""#, r#""m2""#, "[]"]),
    ("gen_ai.request.model", 5, &[r#""m2""#, r#""m3""#]),
    ("project_id", 15, &[r#""j1""#, r#""j2""#]),
    ("conversation_id", 20, &[r#""v1""#, r#""v2""#]),
    ("user_id", 45, &[r#""ann""#, r#""bob""#]),
    ("variant", 8, &[r#""A""#, r#""B""#]),
    ("source", 8, &[r#""shell""#, r#""import""#]),
    ("host", 8, &[r#""h1""#]),
    ("tags", 15, &[r#"["x","y"]"#, r#"["y"]"#, r#""z""#, "[]", "3"]),
    ("input_tokens", 35, &["0", "10", "100", "1000000000000", "-1", r#""12""#, "1.5"]),
    ("token_count", 5, &["7", "8.0"]),
    ("success", 30, &["true", "false", r#""true""#, r#""yes""#]),
    ("error_type", 15, &[r#""timeout""#, r#""rate_limit""#, r#""""#]),
    ("exit_code", 15, &["0", "0", "1", "-1"]),
    ("finish_reason", 12, &[r#""stop""#, r#""error""#, r#"["error","stop"]"#]),
    ("duration_ms", 35, &["0", "1", "2.5", "1000", "1000.000001", "123456.789", "10000000000", "-5"]),
    ("completion_time", 5, &["1.5", "0.000000001"]),
    ("response_time_ms", 4, &["42"]),
    ("output_tokens", 25, &["0", "20", "5"]),
    ("cached_input_tokens", 10, &["3", "4"]),
    ("tokens_used", 10, &["33", "44"]),
    ("cost_usd", 30, &["0", "0.1", "0.000000001", "0.013317500000000001", "999999.999999999", r#""0.25""#, "1e400"]),
    ("cost", 5, &["0.5"]),
    ("rating", 30, &["1", "2", "3", "4", "5", "4.5", "3.4999999999", "9", r#""4""#]),
    ("user_rating", 4, &["2"]),
    ("feedback_text", 15, &[r#""good""#, r#""Too SLOW, and unclear""#, r#""wrong time""#, r#""timely""#]),
    ("quality_score", 25, &["0", "0.5", "0.75", "1", "1.5"]),
    ("clarity_score", 15, &["0.2", "0.9"]),
    ("specificity_score", 10, &["0.3", "0.333333333"]),
    ("efficiency_score", 10, &["0.6"]),
    ("feedback", 8, &[r#"["short"]"#]),
    ("evaluator", 5, &[r#""lint""#]),
    ("parameters", 8, &[r#"{"tone":"dry"}"#, r#"{"tone":"wet"}"#, "3"]),
    ("unknown", 10, &["1", "2"]),
];

/// The fields of a log in which a few uses are told of again and again.
const TANGLED_FIELDS: &[Pool] = &[
    ("run_id", 90, &[r#""r1""#, r#""r2""#]),
    ("id", 40, &[r#""a""#]),
    ("rev", 30, &["0", "1"]),
    ("retracted", 4, &["true"]),
    ("prompt_id", 50, &[r#""p1""#, r#""p2""#]),
    ("template_id", 30, &[r#""t1""#, r#""t2""#]),
    ("starter_id", 30, &[r#""s1""#, r#""s2""#]),
    ("task_category", 30, &[r#""c1""#, r#""c2""#]),
    ("model", 30, &[r#""openai/m1""#, r#""m2""#]),
    ("user_id", 50, &[r#""ann""#, r#""bob""#]),
    ("success", 40, &["true", "false"]),
    ("error_type", 20, &[r#""timeout""#]),
    ("exit_code", 20, &["0", "1"]),
    ("duration_ms", 40, &["1000", "2000"]),
    ("cost_usd", 40, &["0.1", "0.2"]),
    ("rating", 50, &["1", "5"]),
    ("feedback_text", 30, &[r#""good""#, r#""useful""#, r#""a-useless answer""#]),
    ("quality_score", 30, &["0.5", "0.75"]),
    ("unknown", 20, &["1", "2"]),
];

/// The fields of a log in which much is said of a few subjects.
const BUSY_FIELDS: &[Pool] = &[
    ("prompt_id", 95, &[r#""p1""#, r#""p1""#, r#""p2""#]),
    ("template_id", 80, &[r#""t1""#, r#""t2""#]),
    ("task_category", 80, &[r#""c1""#]),
    ("success", 80, &["true", "true", "true", "false"]),
    ("error_type", 15, &[r#""timeout""#, r#""rate_limit""#]),
    ("duration_ms", 80, &["1", "1000", "2000", "4000"]),
    ("rating", 60, &["1", "3", "4", "5"]),
    ("quality_score", 80, &["0.5", "0.75", "1"]),
    ("clarity_score", 60, &["0.7", "0.7", "0.69"]),
    ("specificity_score", 30, &["0.9", "1"]),
    ("efficiency_score", 30, &["0.7"]),
];

const BUSY_KINDS: &[&str] = &["run", "run", "run", "feedback", "quality"];

const KINDS: &[&str] = &[
    "alert",
    "recommendation",
    "run",
    "run",
    "usage",
    "usage",
    "performance",
    "performance",
    "quality",
    "feedback",
    "feedback",
    "template",
    "starter",
    "prompt_usage",
    "template_usage",
    "starter_usage",
];

/// Instants around month, week and daylight-saving edges, in all their spellings; equal ones on purpose.
const TIMES: &[&str] = &[
    r#""2026-10-24T22:30:00Z""#,
    r#""2026-10-25T00:30:00Z""#,
    r#""2026-10-25T01:30:00Z""#,
    r#""2026-10-25T23:45:00Z""#,
    r#""2026-11-01T05:30:00Z""#,
    r#""2026-11-01T06:30:00Z""#,
    r#""2026-10-31T18:30:00.000000001Z""#,
    r#""2026-11-16T00:00:00Z""#,
    r#""2026-11-15T19:00:00-05:00""#,
    r#""2026-11-20T11:00:00Z""#,
    r#""2026-11-20 11:00:00""#,
    r#""2026-11-20T11:00""#,
    "1795172400",
    "1795172400000",
    "1795172400000000",
    r#""2026-11-21T12:00:00Z""#,
    r#""2026-11-21T12:00:00.000000001Z""#,
    r#""2031-01-01T00:00:00Z""#,
    r#""2001-03-04T05:06:07Z""#,
];

/// Lines that are not events.
const ODD: &[&[u8]] = &[
    b"",
    b"  \t",
    b"{\"ts\":\"2026-11-20T11:00:00Z\",\"event\":\"ru",
    b"[1,2]",
    b"12",
    b"\"\xff\"",
    b"{\"event\":\"run\"}",
    b"{\"ts\":\"2026-11-20T11:00:00Z\"}",
    b"{\"ts\":\"1999-12-31T23:59:59Z\",\"event\":\"run\"}",
    b"{\"ts\":\"soon\",\"event\":\"run\"}",
    b"{\"v\":2,\"ts\":\"2026-11-20T11:00:00Z\",\"event\":\"run\"}",
    b"{\"ts\":\"2026-11-20T11:00:00Z\",\"event\":\"usgae\"}",
    b"{\"ts\":\"2026-11-20T11:00:00Z\",\"event\":\"dance\",\"rating\":9}",
];

/// The lines of a log, and what stands unterminated at its end.
#[derive(Clone)]
pub struct Log {
    pub lines: Vec<Vec<u8>>,
    pub torn: Option<Vec<u8>>,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the log")?;
        for line in &self.lines {
            writeln!(f, "{}", String::from_utf8_lossy(line))?;
        }
        self.torn.as_ref().map_or(Ok(()), |torn| writeln!(f, "unterminated: {}", String::from_utf8_lossy(torn)))
    }
}

impl Log {
    /// The same log with every event so long that a few of them fill the part of a file that a thread reads at a time.
    pub fn padded(mut self) -> Log {
        let padding = format!(",\"padding\":\"{}\"}}", "x".repeat(1 << 20));
        for line in self.lines.iter_mut().filter(|line| line.len() > 1 && line.ends_with(b"}")) {
            line.pop();
            line.extend_from_slice(padding.as_bytes());
        }
        self
    }

    /// The log as one file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.lines.iter().flat_map(|line| line.iter().chain(b"\n")).copied().collect();
        bytes.extend(self.torn.iter().flatten());
        bytes
    }
}

/// A field, how often a line has it in percent, and its values.
type Pool = (&'static str, u32, &'static [&'static str]);

fn event(kinds: &'static [&'static str], fields: &'static [Pool]) -> impl Strategy<Value = Vec<u8>> {
    let field = |&(key, percent, pool): &Pool| {
        proptest::option::weighted(f64::from(percent) / 100.0, select(pool))
            .prop_map(move |value| value.map(|value| format!(",\"{key}\":{value}")))
    };
    let fields: Vec<_> = fields.iter().map(field).collect();
    (select(TIMES), prop::bool::weighted(0.1), select(kinds), fields).prop_map(|(ts, is_alias, kind, fields)| {
        let key = if is_alias { "timestamp" } else { "ts" };
        let fields: String = fields.into_iter().flatten().collect();
        format!("{{\"{key}\":{ts},\"event\":\"{kind}\"{fields}}}").into_bytes()
    })
}

/// A line that may be anything.
pub fn line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![8 => event(KINDS, FIELDS), 4 => event(KINDS, TANGLED_FIELDS), 1 => select(ODD).prop_map(<[u8]>::to_vec)]
}

/// A log of at most `lines` different lines, some of them repeated.
pub fn log(lines: usize) -> impl Strategy<Value = Log> {
    let repeated = proptest::collection::vec(any::<Index>(), 0..4);
    let torn = proptest::option::weighted(0.3, line());
    (proptest::collection::vec(line(), 0..lines), repeated, torn).prop_map(|(mut lines, repeated, torn)| {
        for index in repeated.iter().filter(|_| !lines.is_empty()).collect::<Vec<_>>() {
            let copy = index.get(&lines).clone();
            lines.push(copy);
        }
        Log { lines, torn: torn.filter(|torn| !torn.is_empty()) }
    })
}

/// A log in which there is enough to judge a few prompts, templates and categories.
pub fn busy() -> impl Strategy<Value = Log> {
    proptest::collection::vec(event(BUSY_KINDS, BUSY_FIELDS), 20..160).prop_map(|lines| Log { lines, torn: None })
}

/// A file of a log: its name below the directory, and its bytes.
pub type File = (String, Vec<u8>);

/// How a log is dealt out to files.
#[derive(Clone, Debug)]
pub struct Deal {
    /// The file and the place within it of each line.
    order: Vec<(usize, u32)>,
    files: usize,
    packed: u32,
}

pub fn deal() -> impl Strategy<Value = Deal> {
    (proptest::collection::vec((0_usize..6, any::<u32>()), 80), 1_usize..6, any::<u32>())
        .prop_map(|(order, files, packed)| Deal { order, files, packed })
}

impl Deal {
    /// The files of a log dealt out this way, some of them compressed and some without their last newline.
    pub fn files(&self, log: &Log) -> Vec<File> {
        let mut files: Vec<Vec<(u32, &[u8])>> = vec![Vec::new(); self.files];
        for (line, (file, place)) in log.lines.iter().zip(self.order.iter().cycle()) {
            files[file % self.files].push((*place, line));
        }
        let mut dealt = Vec::new();
        for (number, mut lines) in files.into_iter().enumerate() {
            lines.sort_by_key(|(place, _)| *place);
            let mut bytes: Vec<u8> = lines.iter().flat_map(|(_, line)| line.iter().chain(b"\n")).copied().collect();
            if number == 0 {
                bytes.extend(log.torn.iter().flatten());
            }
            let name = format!("{}/{number}.jsonl", if number % 2 == 0 { "." } else { "deep/er" });
            dealt.push(if self.packed >> number & 1 == 1 { packed(&name, &bytes) } else { (name, bytes) });
        }
        dealt
    }
}

fn packed(name: &str, bytes: &[u8]) -> File {
    if bytes.len() % 2 == 1 {
        return (format!("{name}.zst"), zstd::encode_all(bytes, 1).expect("memory takes everything"));
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes everything");
    (format!("{name}.gz"), encoder.finish().expect("memory takes everything"))
}
