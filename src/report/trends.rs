//! Trends: whether it is getting better or worse, since when, and where it goes. The statistics are `stat`'s.

mod ahead;
mod first;
mod found;
mod judged;
mod said;
mod series;
mod tables;

use super::ask::{Ask, Plan, title};
use super::{Flag, Report, pictures};
use crate::coverage::count;
use crate::fold::{Scope, Test};
use crate::metric::{self, Metric, Spread};
use crate::query::{Dimension, Quantile};
use crate::sheet::{Block, Cell, ChartKind, Fact, Sheet, Unit};
use crate::time::{Every, NS_PER_DAY};
use ahead::Prospect;
use anyhow::Result;
use first::News;
use found::{Ends, Found, MOST_BUCKETS};
use judged::Judged;
use said::Speaker;
use series::{Point, Series, Subject};

pub const REPORT: Report = Report {
    name: "trends",
    question: "Is it getting better or worse, since when, and where does it go?",
    shows: "Every hour, day, week or month with its numbers, silent ones included; for each metric which way it goes and how fast, \
            where it changed its level and what was new then, and what is to be expected. `--metric` chooses, `--every` sets the \
            width (else the span does: hours up to 3 days, days up to 10 weeks, weeks up to 18 months, then months).",
    computed: "The slope is that of Theil and Sen, with its 95 % interval; rising and falling are Mann and Kendall's \
               test over at least 8 buckets, corrected by Holm for all series tested; changes of level are Pettitt's \
               test, each part split again, corrected for all splits and series; where a metric both slopes and steps, \
               what describes it better is shown. A forecast is the better of two models (as one season ago, which is \
               a day of hours, a week of days or a year of months; a trend that fades) on every earlier moment, and \
               its interval is what they would have missed by. Totals are taken of whole buckets only: not of those \
               that the log, the subject or the period begins or ends in; the one that is not over counts for nothing. \
               In silence totals are 0 and rates are missing. A rate needs 5 outcomes in a bucket, a mean or price 3 \
               values, a quantile its usual minimum.",
    lies: "Buckets are taken as independent; where one leans on the one before, trends are found too often. `No trend \
           seen` is not `no trend`: the interval of the slope says what it may still be. A mix that shifts, of prompts \
           or models, moves every number though nothing got better or worse: look at `--by prompt`. A forecast knows \
           no holidays, and nothing that never happened before. What is new at a change need not be its cause.",
    by: &[],
    takes: &[Flag::By, Flag::Every, Flag::Sort, Flag::Metric, Flag::FailOn],
    nothing: ("nothing happened", Test::Any),
    fill,
};

/// Subjects to follow unless `--top` says otherwise.
const SUBJECTS: usize = 5;

fn metrics(ask: &Ask<'_>) -> Vec<Metric> {
    if let Some(asked) = ask.metrics() {
        return asked;
    }
    let first = [metric::RUNS, metric::SUCCESS_RATE, metric::ERROR_RATE, metric::MEAN_MS];
    let others = [
        Metric { rank: 2, ..metric::COST_USD },
        Metric { rank: 3, ..metric::COST_PER_RUN },
        Metric { rank: 3, ..metric::MEAN_RATING },
        Metric { rank: 4, ..metric::QUALITY },
        metric::MEAN_OUTPUT_TOKENS,
    ];
    first.into_iter().chain(ask.quantiles(Spread::Latency, &[Quantile::P95])).chain(others).collect()
}

/// Metrics that are drawn, the first ones.
const CHARTS: usize = 4;

/// The width of the buckets: what was asked for, the narrowest of several, else what suits the span.
fn width(ask: &Ask<'_>, ends: Option<&Ends>) -> Every {
    let named = ask.query.by.iter().flatten().filter_map(|dimension| match dimension {
        Dimension::Bucket(every) => Some(*every),
        _ => None,
    });
    let span_ns = ends.map_or(0, |ends| ends.last_ns.saturating_sub(ends.first_ns));
    ask.query.every.or_else(|| named.min()).unwrap_or_else(|| pictures::width(span_ns))
}

fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let by: Vec<Dimension> =
        ask.query.by.iter().flatten().copied().filter(|it| !matches!(it, Dimension::Bucket(_))).collect();
    let ends = found::ends(ask, &by);
    let every = width(ask, ends.as_ref());
    let metrics = metrics(ask);
    let with_bucket: Vec<Dimension> = [Dimension::Bucket(every)].into_iter().chain(by.iter().copied()).collect();
    let title = title("Trends", &with_bucket);
    let plan = Plan {
        id: "trends",
        title: title.clone(),
        scope: Scope::Uses,
        by: with_bucket,
        metrics: &metrics,
        rows_of: Test::Any,
        share_of: None,
    };
    let top = ask.query.top.unwrap_or(SUBJECTS);
    let found = found::found(ask, &plan, every, ends.as_ref(), top);
    let series = followed(&found, &metrics);
    let judged = judged::judge(&series);
    let speaker = Speaker { ask, every, by: &by };
    let news = if judged.turns.is_empty() { News::none(every) } else { News::of(ask, every, &by) };
    let silence = silence(ask, every, ends.as_ref());
    let foretold = if silence.is_some() { &[] } else { &series[..] };
    let prospects: Vec<Prospect<'_>> = foretold.iter().map(|series| ahead::prospect(every, series)).collect();
    let findings = speaker.findings(&judged, &news);
    let mut blocks = vec![Block::Totals(facts(&series, &judged))];
    if !findings.is_empty() {
        blocks.push(Block::Findings(findings));
    }
    let table = tables::buckets(ask, &plan, &found)?;
    if !table.rows.is_empty() {
        blocks.push(Block::Note(note(&speaker, &found, &series, &judged)));
        blocks.extend(silence.map(Block::Note));
    }
    if ask.query.has_charts && !table.rows.is_empty() {
        let of = metrics.iter().filter(|metric| metric.unit != Unit::Instant).take(CHARTS);
        let line = |metric: &Metric| pictures::over(ChartKind::Line, &metric.whole_label(), &table, &[&*metric.key]);
        blocks.extend(of.map(line));
    }
    blocks.extend([
        Block::Table(table),
        Block::Table(tables::directions(&speaker, &judged)),
        Block::Table(tables::changes(&speaker, &judged, &news)),
        Block::Table(tables::forecasts(&speaker, &prospects)),
    ]);
    Ok(ask.sheet(REPORT.name, title, Scope::Uses, blocks))
}

/// What there is to say where nothing happened for two buckets up to now, of hours for a day: what would be told of the time
/// ahead is past already.
fn silence(ask: &Ask<'_>, every: Every, ends: Option<&Ends>) -> Option<String> {
    let days = match every {
        Every::Hour => 1,
        Every::Day => 2,
        Every::Week => 14,
        Every::Month => 62,
    };
    let last_ns = ends?.last_ns;
    let is_silent = ask.period().until_ns.is_none() && ask.query.now_ns.saturating_sub(last_ns) > days * NS_PER_DAY;
    is_silent.then(|| {
        let last = ask.query.zone.minute(last_ns);
        format!("Nothing was recorded after {last}: the table ends there, and nothing is foretold.")
    })
}

/// The series of the subjects that are followed, metric by metric.
fn followed<'a>(found: &'a Found, metrics: &'a [Metric]) -> Vec<Series<'a>> {
    let Some(span) = &found.span else { return Vec::new() };
    let of = |subject: &'a Subject| {
        metrics.iter().enumerate().filter_map(move |(at, metric)| subject.series(span, metric, at))
    };
    found.subjects.iter().flat_map(of).collect()
}

fn facts(series: &[Series<'_>], judged: &Judged<'_>) -> Vec<Fact> {
    let fact = |key: &str, label: &str, count: usize| Fact::new(key, label, Unit::Count, Cell::Int(count as i128));
    vec![
        fact("series", "series", series.len()),
        fact("tested", "series tested for a trend", judged.tested),
        fact("searched", "series searched for changes", judged.searched),
    ]
}

/// What was left out, what was tested, and what is assumed, in sentences.
fn note(speaker: &Speaker<'_>, found: &Found, series: &[Series<'_>], judged: &Judged<'_>) -> String {
    let every = speaker.every.name();
    let mut said = Vec::new();
    if let Some(left_out) = found.all.checked_sub(found.subjects.len()).filter(|left_out| *left_out > 0) {
        let all = found.all;
        said.push(format!(
            "The {} most used of {all} are followed; `--top 0` follows the other {left_out} too.",
            found.subjects.len()
        ));
    }
    if found.span.is_some_and(|span| span.is_cut_short) {
        let newest = count(MOST_BUCKETS.unsigned_abs(), every);
        said.push(format!(
            "The newest {newest} are shown; `--every` in greater steps, or `--since` and `--until`, show the others."
        ));
    }
    if series.iter().any(|series| series.points.contains(&Point::Partial)) {
        said.push(format!("A partial {every} counts for no total, and one that is not over for nothing."));
    }
    said.extend(left_out(series));
    said.push(match judged.tested {
        0 => format!("Nothing has the {} {every}s it takes to see a trend.", judged::LEAST_BUCKETS),
        tested => format!(
            "{} tested for a trend, {} searched for changes of level; {every}s are taken as independent.",
            if tested == 1 { "1 series was".to_owned() } else { format!("{tested} series were") },
            judged.searched
        ),
    });
    said.join(" ")
}

/// How many values could not be used, and of which metrics.
fn left_out(series: &[Series<'_>]) -> Option<String> {
    /// How many metrics are named before the rest is only counted.
    const NAMED: usize = 3;
    let mut keys: Vec<&str> = Vec::new();
    for series in series.iter().filter(|series| series.few() > 0) {
        if !keys.contains(&&*series.metric.key) {
            keys.push(&series.metric.key);
        }
    }
    let values = series.iter().map(Series::few).sum::<u64>();
    let more = keys.len().saturating_sub(NAMED);
    keys.truncate(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let of = format!("{}{more}", keys.join(", "));
    let are =
        format!("{} rested on too few observations to be used, or on unpriced parts ({of}).", count(values, "value"));
    (values > 0).then_some(are)
}
