//! Lines to events, in memory, on one core.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use prompt_analytics::event::{Line, parse_line};
use std::hint::black_box;

const EVENTS: u64 = 20_000;

fn parser(criterion: &mut Criterion) {
    let mut log = Vec::new();
    year::year(EVENTS, 1, |_, line| {
        log.extend_from_slice(line);
        Ok(())
    })
    .expect("a sink that refuses nothing");
    log.pop();
    let lines: Vec<&[u8]> = log.split(|byte| *byte == b'\n').collect();

    let mut group = criterion.benchmark_group("parser");
    group.throughput(Throughput::ElementsAndBytes { elements: EVENTS, bytes: log.len() as u64 });
    group.bench_function("parse_line", |bencher| {
        bencher.iter(|| lines.iter().filter(|line| matches!(parse_line(black_box(line)), Ok(Line::Event(_)))).count());
    });
    // Another parser is one more function of this group, over the same lines.
    group.finish();
}

criterion_group!(benches, parser);
criterion_main!(benches);
