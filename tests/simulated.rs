//! Logs whose truth is known, because they were drawn from it: how often recommendations and comparisons are wrong, and how
//! often they find what is there. Seeded, so that the answer is the same on every run.

use crate::support::NOW;
use prompt_analytics::fold::Executor;
use prompt_analytics::ingest::{self, Ingested, Settings, UseCache};
use prompt_analytics::query::{Compare, Dimension, Query};
use prompt_analytics::report::{self, Ask};
use prompt_analytics::sheet::{Cell, Sheet};
use prompt_analytics::time::{self, Zone};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use tempfile::TempDir;

/// `SplitMix64` (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// From 0 up to 1.
    #[allow(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number from `from` up to `to`, which is one of them.
    fn whole(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to - from + 1)
    }

    /// About normal, of mean 0 and deviation 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}

/// Events, one a line, a minute apart.
#[derive(Default)]
struct Log {
    lines: String,
    events: i64,
}

impl Log {
    fn push(&mut self, event: &str, fields: &str) {
        let start = time::text("2026-11-01T00:00:00Z").expect("an instant").ts_ns;
        let ts = time::utc(start + self.events * time::NS_PER_SECOND);
        self.events += 1;
        writeln!(self.lines, r#"{{"ts":"{ts}","event":"{event}",{fields}}}"#).expect("memory takes every line");
    }

    fn ingested(&self) -> (Ingested, TempDir) {
        let dir = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(dir.path().join("log.jsonl"), &self.lines).expect("a file");
        let settings =
            Settings { now_ns: now_ns(), clock_ns: now_ns(), threads: 1, cache: UseCache::No, progress: &|_, _, _| {} };
        (ingest::ingest(dir.path(), &settings).expect("the log is read"), dir)
    }

    fn sheet(&self, report: &str, query: &Query) -> Sheet {
        let (ingested, _dir) = self.ingested();
        let executor = Executor::new(&ingested.frame, query.zone.clone(), query.now_ns);
        let ask = Ask { executor: &executor, query, coverage: &ingested.coverage };
        (report::named(report).expect("a report").fill)(&ask).expect("a sheet")
    }
}

fn now_ns() -> i64 {
    time::text(NOW).expect("an instant").ts_ns
}

fn everything() -> Query {
    Query::everything(now_ns(), Zone::utc())
}

fn text(cell: &Cell) -> &str {
    if let Cell::Text(text) = cell { text } else { "" }
}

/// The place of a column in the main table.
fn place(sheet: &Sheet, key: &str) -> usize {
    let table = sheet.tables().next().expect("a table");
    table.columns.iter().position(|column| column.key == key).unwrap_or_else(|| panic!("no column {key}"))
}

/// The templates that are said to miss the target of their success rate.
fn accused(sheet: &Sheet) -> BTreeSet<String> {
    let [dimension, subject, metric] = ["dimension", "subject", "metric"].map(|key| place(sheet, key));
    let rows = sheet.tables().next().expect("a table").rows.iter();
    let is_accused = |row: &&Vec<Cell>| text(&row[dimension]) == "template" && text(&row[metric]) == "success_rate";
    rows.filter(is_accused).map(|row| text(&row[subject]).to_owned()).collect()
}

#[test]
fn few_good_templates_are_accused_and_most_bad_ones_are_found() {
    const SEEDS: usize = 20;
    const GOOD: usize = 200;
    const BAD: usize = 12;
    let (mut accused_good, mut found_bad) = (0, 0);
    for seed in 0..SEEDS as u64 {
        let mut chance = Chance(seed);
        let mut log = Log::default();
        let mut use_template = |template: String, truth: f64, uses: u64, chance: &mut Chance| {
            for _ in 0..uses {
                let success = chance.share() < truth;
                log.push("run", &format!(r#""template_id":"{template}","success":{success}"#));
            }
        };
        for template in 0..GOOD {
            // Just on the good side of the target of 0.80, and all above the minimum of 20.
            let truth = 0.80 + 0.02 * chance.share();
            let uses = chance.whole(20, 100);
            use_template(format!("good-{template}"), truth, uses, &mut chance);
        }
        for template in 0..BAD {
            use_template(format!("bad-{template}"), 0.70, 400, &mut chance);
        }
        let query = Query { min_confidence: 0.95, ..everything() };
        let accused = accused(&log.sheet("recommendations", &query));
        accused_good += accused.iter().filter(|name| name.starts_with("good")).count();
        found_bad += accused.iter().filter(|name| name.starts_with("bad")).count();
    }
    let (good, bad) = (GOOD * SEEDS, BAD * SEEDS);
    assert!(accused_good * 100 <= good * 5, "{accused_good} of {good} good templates are accused");
    assert!(accused_good > 0, "a test that accuses nobody at all has no power");
    assert!(found_bad * 100 >= bad * 90, "{found_bad} of {bad} bad templates are found");
}

/// Uses of one prompt on one model: success, latency and cost, and ratings of some.
fn use_model(log: &mut Log, chance: &mut Chance, prompt: u64, model: &str, uses: u64, truth: f64) {
    for _ in 0..uses {
        let success = chance.share() < truth;
        let (ms, cost) = ((7.0 + 0.6 * chance.normal()).exp(), (-5.0 + 0.8 * chance.normal()).exp());
        let names = format!(r#""prompt_id":"p{prompt}","model":"{model}""#);
        let rating = if chance.share() < 0.3 {
            // Most are delighted, some annoyed, few in between.
            format!(r#","rating":{}"#, [5, 5, 5, 4, 5, 1, 1, 3][usize::try_from(chance.whole(0, 7)).unwrap_or(0)])
        } else {
            String::new()
        };
        log.push("run", &format!(r#"{names},"success":{success},"duration_ms":{ms:.0},"cost_usd":{cost:.6}{rating}"#));
    }
}

fn differences(log: &Log, by: Option<Vec<Dimension>>) -> Vec<String> {
    let compare = Some(Compare::Names(Dimension::Model, vec!["a".to_owned(), "b".to_owned()]));
    let sheet = log.sheet("compare", &Query { compare, by, ..everything() });
    let [metric, verdict, p] = ["metric", "verdict", "p"].map(|key| place(&sheet, key));
    let rows = &sheet.tables().next().expect("a table").rows;
    assert!(rows.iter().any(|row| row[p].number().is_some()), "nothing was compared");
    let is_seen = |row: &&Vec<Cell>| matches!(text(&row[verdict]), "better" | "worse");
    rows.iter().filter(is_seen).map(|row| text(&row[metric]).to_owned()).collect()
}

#[test]
fn where_nothing_differs_few_comparisons_say_that_something_does() {
    const SEEDS: u64 = 60;
    let mut alarms = Vec::new();
    for seed in 0..SEEDS {
        let mut chance = Chance(1000 + seed);
        let mut log = Log::default();
        for prompt in 0..8 {
            let truth = 0.6 + 0.35 * chance.share();
            for model in ["a", "b"] {
                let uses = chance.whole(30, 80);
                use_model(&mut log, &mut chance, prompt, model, uses, truth);
            }
        }
        let seen = differences(&log, Some(vec![Dimension::Prompt]));
        alarms.extend((!seen.is_empty()).then_some((seed, seen)));
    }
    // A report that names a difference where there is none is a false alarm, however many it names.
    assert!(alarms.len() as u64 * 100 <= SEEDS * 5, "{} of {SEEDS} reports: {alarms:?}", alarms.len());
}

#[test]
fn what_differs_by_much_is_seen() {
    const SEEDS: u64 = 20;
    let mut seen = 0;
    for seed in 0..SEEDS {
        let mut chance = Chance(2000 + seed);
        let mut log = Log::default();
        for (model, truth) in [("a", 0.9), ("b", 0.75)] {
            use_model(&mut log, &mut chance, 0, model, 300, truth);
        }
        seen += usize::from(differences(&log, None).iter().any(|metric| metric == "success_rate"));
    }
    assert!(seen >= 18, "{seen} of {SEEDS}");
}
