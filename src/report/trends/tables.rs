//! The tables of trends: every bucket, where each series goes, where it changed, and what is to be expected.

use super::ahead::Prospect;
use super::first::News;
use super::found::Found;
use super::judged::{Direction, Judged, LEAST_BUCKETS, Turn, Verdict, is_better};
use super::said::Speaker;
use super::series::{Series, Span, Subject};
use crate::fold::Group;
use crate::metric::Metric;
use crate::query::Dimension;
use crate::report::ask::{Ask, Order, Plan, column, name_column, unit_column};
use crate::report::pictures::least;
use crate::sheet::{Cell, Column, Parts, Table, Unit, Why};
use crate::stat;
use anyhow::Result;
use std::collections::HashSet;

/// One row for every bucket and subject, gaps included.
///
/// # Errors
/// The query sorts by a key that the table does not have.
pub fn buckets(ask: &Ask<'_>, plan: &Plan<'_>, found: &Found) -> Result<Table> {
    let mut columns = plan.columns();
    for (column, metric) in columns[plan.by.len()..].iter_mut().zip(plan.metrics) {
        // A bucket has few observations; what is enough to be used is enough to be shown, with its interval.
        column.least = least(metric);
    }
    columns.push(column("partial", "partial", Unit::Name));
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let whole = found.span.iter().flat_map(|span| span.first..=span.last).map(Some);
    for bucket in whole.chain([None]) {
        for subject in &found.subjects {
            let is_of = bucket.map_or(subject.is_ahead(), |bucket| bucket >= subject.began);
            if is_of {
                rows.push(row(found.span.as_ref(), subject, bucket));
            }
        }
    }
    let is_shown: HashSet<&[Option<String>]> = found.subjects.iter().map(|subject| &subject.keys[..]).collect();
    let is_earlier = |group: &Group| {
        let bucket = |span: &Span| group.keys[0].as_deref().and_then(|label| span.every.named(label));
        found
            .span
            .as_ref()
            .is_some_and(|span| span.is_cut_short && bucket(span).is_some_and(|bucket| bucket < span.first))
    };
    let is_left_out = |group: &&Group| !is_shown.contains(&group.keys[1..]) || is_earlier(group);
    let groups: Vec<&Group> = found.folded.groups.iter().filter(is_left_out).collect();
    let sum = |values: &[_]| {
        let mut row = ask.sum_row(plan, &found.folded, values);
        row.push(Cell::Missing(Why::NoData));
        row
    };
    let others = (!groups.is_empty()).then(|| (groups.len() as u64, sum(&found.folded.merged(groups.iter().copied()))));
    let total = (!rows.is_empty()).then(|| sum(&found.folded.total()));
    let mut table = Table { id: plan.id, title: plan.title.clone(), columns, rows, others, total };
    let order = Order::new(&table, plan, ask.query.sort.as_ref())?;
    let mut rows = table.rows.clone();
    if ask.query.sort.is_some() {
        rows.sort_by(|a, b| order.compare(a, b));
    }
    table.rows = rows;
    Ok(table)
}

fn row(span: Option<&Span>, subject: &Subject, bucket: Option<i64>) -> Vec<Cell> {
    let partial = span.zip(bucket).and_then(|(span, bucket)| subject.partial(span, bucket));
    let label = span.zip(bucket).map_or(Cell::Missing(Why::NoData), |(span, bucket)| text(span.every.label(bucket)));
    let cells = subject.cells(bucket).iter().cloned();
    let partial = partial.map_or(Cell::Missing(Why::NoData), |partial| text(partial.name()));
    [label].into_iter().chain(names(subject)).chain(cells).chain([partial]).collect()
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn names(subject: &Subject) -> impl Iterator<Item = Cell> {
    subject.keys.iter().map(|name| name.clone().map_or(Cell::Missing(Why::NoData), Cell::Text))
}

/// The names of a series, its metric and the unit of what stands beside it.
fn lead(series: &Series<'_>) -> Vec<Cell> {
    let Metric { key, unit, .. } = series.metric;
    names(series.subject).chain([text(&**key), text(unit.name())]).collect()
}

fn lead_columns(by: &[Dimension]) -> Vec<Column> {
    let metric = [column("metric", "metric", Unit::Name), unit_column()];
    by.iter().map(|dimension| name_column(*dimension)).chain(metric).collect()
}

/// A title where there are rows; without them a table is a header, for programs. More rows than a screen takes are counted.
fn titled(ask: &Ask<'_>, id: &'static str, title: &str, columns: Vec<Column>, mut rows: Vec<Vec<Cell>>) -> Table {
    let title = if rows.is_empty() { "" } else { title }.to_owned();
    let most = if ask.query.top_unasked == 0 { usize::MAX } else { ask.query.top_unasked };
    let left_out = rows.len().saturating_sub(most) as u64;
    rows.truncate(most);
    let others = (left_out > 0).then(|| (left_out, vec![Cell::Missing(Why::NoData); columns.len()]));
    Table { id, title, columns, rows, others, total: None }
}

fn count(number: u64) -> Cell {
    Cell::Int(number.into())
}

fn level(number: Option<f64>) -> Cell {
    number.map_or(Cell::Missing(Why::NoData), Cell::Num)
}

fn better(series: &Series<'_>, is_up: bool) -> Cell {
    match is_better(series, is_up) {
        Some(true) => text("better"),
        Some(false) => text("worse"),
        None => Cell::Missing(Why::NoData),
    }
}

/// Which way each series goes.
pub fn directions(speaker: &Speaker<'_>, judged: &Judged<'_>) -> Table {
    let mut columns = lead_columns(speaker.by);
    let per = format!("per {}", speaker.every.name());
    columns.extend([
        column("direction", "direction", Unit::Name),
        column("meaning", "for the", Unit::Name).ranked(1),
        Column { parts: Parts::Interval, ..column("slope", &per, Unit::Difference) },
        column("first_level", "from", Unit::Mixed).ranked(2),
        column("last_level", "to", Unit::Mixed).ranked(2),
        column("p", "p", Unit::Score).ranked(3),
        column("buckets", "used", Unit::Count).ranked(4),
        column("gaps", "gaps", Unit::Count).ranked(6),
        column("left_out", "left out", Unit::Count).ranked(5),
    ]);
    // What has a direction comes first, what cannot have one last.
    let mut ordered: Vec<&Direction<'_>> = judged.directions.iter().collect();
    ordered.sort_by_key(|direction| match direction.verdict {
        Verdict::Level | Verdict::NoTrend => 1,
        Verdict::TooFew => 2,
        _ => 0,
    });
    let rows = ordered.into_iter().map(|direction| direction_row(direction, speaker)).collect();
    titled(speaker.ask, "directions", "Where it goes", columns, rows)
}

fn direction_row(direction: &Direction<'_>, speaker: &Speaker<'_>) -> Vec<Cell> {
    let series = direction.series;
    let every = speaker.every.name();
    let said = match direction.verdict {
        Verdict::Rising => "rising".to_owned(),
        Verdict::Falling => "falling".to_owned(),
        Verdict::SteppedUp => "stepped up".to_owned(),
        Verdict::SteppedDown => "stepped down".to_owned(),
        Verdict::Level => "mostly level".to_owned(),
        Verdict::NoTrend => "no trend seen".to_owned(),
        Verdict::TooFew => format!("too few ({} of {LEAST_BUCKETS} {every}s)", direction.buckets),
    };
    let meaning = match direction.verdict {
        Verdict::Rising | Verdict::SteppedUp => better(series, true),
        Verdict::Falling | Verdict::SteppedDown => better(series, false),
        Verdict::Level | Verdict::NoTrend | Verdict::TooFew => Cell::Missing(Why::NoData),
    };
    let nothing = Cell::Missing(Why::NoData);
    let n = direction.buckets as u64;
    let slope = direction.slope.map_or(nothing.clone(), |slope| {
        let interval = Some((slope.low, slope.high));
        Cell::Estimate { value: slope.value, interval, n }
    });
    let (first, last) = direction.levels.unzip();
    let mut row = lead(series);
    row.extend([
        text(said),
        meaning,
        slope,
        level(first),
        level(last),
        direction.p.map_or(nothing, Cell::Num),
        count(n),
        count(series.gaps()),
        count(series.few()),
    ]);
    row
}

/// Where series changed their level.
pub fn changes(speaker: &Speaker<'_>, judged: &Judged<'_>, news: &News) -> Table {
    let mut columns = lead_columns(speaker.by);
    columns.extend([
        column("at", "since", Unit::Name),
        column("before", "before", Unit::Mixed),
        column("after", "after", Unit::Mixed),
        column("meaning", "for the", Unit::Name).ranked(2),
        column("p", "p", Unit::Score).ranked(3),
        column("buckets", "used", Unit::Count).ranked(4),
        column("coincides_with", "at the time", Unit::Name).ranked(1),
    ]);
    let row = |turn: &Turn<'_>| {
        let series = turn.series;
        let new = news.around(series.subject, turn.at);
        let mut row = lead(series);
        row.extend([
            text(speaker.every.label(turn.at)),
            level(Some(turn.change.before)),
            level(Some(turn.change.after)),
            better(series, turn.change.after > turn.change.before),
            Cell::Num(turn.change.p),
            count(turn.buckets as u64),
            if new.is_empty() { Cell::Missing(Why::NoData) } else { text(new) },
        ]);
        row
    };
    titled(speaker.ask, "changes", "Changes of level", columns, judged.turns.iter().map(row).collect())
}

/// What is to be expected of each series in the next buckets, the nearest first.
pub fn forecasts(speaker: &Speaker<'_>, prospects: &[Prospect<'_>]) -> Table {
    let mut columns = lead_columns(speaker.by);
    columns.extend([
        column("bucket", speaker.every.name(), Unit::Name),
        Column { parts: Parts::Interval, ..column("value", "expected", Unit::Mixed) },
        column("method", "method", Unit::Name).ranked(4),
        column("error", "misses by", Unit::Mixed).ranked(1),
        column("scaled_error", "scaled", Unit::Score).ranked(5),
        column("covered", "in interval", Unit::Ratio).ranked(2),
        column("buckets", "used", Unit::Count).ranked(3),
    ]);
    let mut rows: Vec<(i64, Vec<Cell>)> = Vec::new();
    for prospect in prospects {
        let nothing = [(i64::MAX, Cell::Missing(Why::NoData), prospect.too_few())];
        let ahead = (prospect.next..)
            .zip(prospect.cells())
            .map(|(bucket, cell)| (bucket, text(speaker.every.label(bucket)), cell));
        let nothing = nothing.into_iter().filter(|_| prospect.forecast.is_none());
        rows.extend(ahead.chain(nothing).map(|(bucket, label, cell)| (bucket, forecast_row(prospect, label, cell))));
    }
    rows.sort_by_key(|(bucket, _)| *bucket);
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    titled(speaker.ask, "forecast", "What to expect", columns, rows)
}

fn forecast_row(prospect: &Prospect<'_>, bucket: Cell, value: Cell) -> Vec<Cell> {
    let nothing = || Cell::Missing(Why::NoData);
    let forecast = prospect.forecast.as_ref();
    let covered = forecast.map(|forecast| forecast.covered).filter(|covered| covered.n > 0);
    let mut row = lead(prospect.series);
    row.extend([
        bucket,
        value,
        prospect.method().map_or_else(nothing, text),
        level(forecast.map(|forecast| forecast.mae)),
        forecast.and_then(|forecast| forecast.mase).map_or_else(nothing, Cell::Num),
        covered.map_or_else(nothing, |stat::Share { k, n }| {
            let (low, high) = stat::wilson(k, n);
            Cell::Share { k, n, low, high }
        }),
        count(prospect.known),
    ]);
    row
}
