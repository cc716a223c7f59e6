//! A log to columns, and columns to the answers of two reports.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use prompt_analytics::fold::Executor;
use prompt_analytics::ingest::{Ingested, Settings, ingest};
use prompt_analytics::query::Query;
use prompt_analytics::report::{self, Ask};
use prompt_analytics::time::Zone;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

const EVENTS: u64 = 200_000;
/// 2026-11-20T12:00:00Z.
const NOW_NS: i64 = 1_795_176_000_000_000_000;

fn read(dir: &Path) -> Ingested {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    ingest(dir, &Settings { now_ns: NOW_NS, threads, progress: &|_, _| {} }).expect("a log that was just written")
}

fn fold(criterion: &mut Criterion) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut log = Vec::new();
    year::year(EVENTS, 1, |_, line| {
        log.extend_from_slice(line);
        Ok(())
    })
    .expect("a sink that refuses nothing");
    fs::write(dir.path().join("events.jsonl"), &log).expect("a log");

    let mut group = criterion.benchmark_group("fold");
    group.sample_size(20).measurement_time(Duration::from_secs(20));
    group.throughput(Throughput::ElementsAndBytes { elements: EVENTS, bytes: log.len() as u64 });
    group.bench_function("ingest", |bencher| bencher.iter(|| read(black_box(dir.path())).frame.height()));

    group.throughput(Throughput::Elements(EVENTS));
    let Ingested { frame, coverage } = read(dir.path());
    let query = Query::everything(NOW_NS, Zone::utc());
    for name in ["usage", "performance"] {
        let report = report::named(name).expect("a report");
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                // An executor remembers what a filter let through; a question is asked of a new one.
                let executor = Executor::new(&frame, Zone::utc(), NOW_NS);
                (report.fill)(&Ask { executor: &executor, query: &query, coverage: &coverage }).expect("an answer")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, fold);
criterion_main!(benches);
