//! What reports draw: charts of their tables, and the tables behind charts, which are filled only where charts are seen.

use super::ask::{Ask, column};
use crate::fold::{Filter, Fold, Folded, Group, Measure, Number, Scope, Test};
use crate::metric::{self, Finish, Metric};
use crate::query::Dimension;
use crate::sheet::{Block, Cell, Chart, ChartKind, PARTIAL_KEY, Table, Unit, Why};
use crate::time::{Every, NS_PER_DAY, Period};

/// Observations of a bucket from which a number is shown; what is enough to be drawn with its interval is less than what is
/// enough for a number alone.
const LEAST_OUTCOMES: u64 = 5;
const LEAST_VALUES: u64 = 3;

/// Observations of a bucket below which its number is left out; totals need none.
pub(super) fn least(metric: &Metric) -> u64 {
    match metric.finish {
        Finish::Share => LEAST_OUTCOMES,
        Finish::Mean | Finish::Score { .. } | Finish::Deviation | Finish::CostPer => LEAST_VALUES,
        // A quantile is a guess until a value is to be expected beyond it.
        Finish::Quantile(_) => metric.least,
        Finish::Int | Finish::SumOf | Finish::Sum | Finish::Cost | Finish::Extreme | Finish::Instant => 0,
    }
}

/// The width of buckets that suits a span of time: a few dozen of them.
pub(super) fn width(span_ns: i64) -> Every {
    match span_ns / NS_PER_DAY {
        ..3 => Every::Hour,
        3..70 => Every::Day,
        70..548 => Every::Week,
        _ => Every::Month,
    }
}

/// Blocks with the chart that their main table answers with before it: lines where its rows are buckets of time, else bars.
pub(super) fn drawn(ask: &Ask<'_>, mut blocks: Vec<Block>, what: &str, y: &[&str]) -> Vec<Block> {
    let of_rows = |table: &Table| {
        let x = table.columns.first().filter(|column| column.unit == Unit::Name && !table.rows.is_empty())?;
        let is_time = Every::ALL.iter().any(|every| every.name() == x.key);
        Some(over(if is_time { ChartKind::Line } else { ChartKind::Bar }, what, table, y))
    };
    let main = blocks.iter().enumerate().find_map(|(at, block)| match block {
        Block::Table(table) => Some((at, table)),
        _ => None,
    });
    let chart = main.and_then(|(at, table)| Some((at, of_rows(table)?)));
    if let Some((at, chart)) = chart.filter(|_| ask.query.has_charts) {
        blocks.insert(at, chart);
    }
    blocks
}

/// Blocks with another chart beside the first, and the table behind it after everything.
pub(super) fn beside(mut blocks: Vec<Block>, chart: Block, behind: Table) -> Vec<Block> {
    let main = blocks.iter().position(|block| matches!(block, Block::Table(_))).unwrap_or(blocks.len());
    blocks.insert(main, chart);
    blocks.push(Block::Behind(behind));
    blocks
}

/// A chart of columns of a table over its first column.
pub(super) fn over(kind: ChartKind, what: &str, of: &Table, y: &[&str]) -> Block {
    let names: Vec<&str> =
        of.columns.iter().take_while(|it| it.unit == Unit::Name).map(|it| it.label.as_str()).collect();
    let title = format!("{what} by {}", names.join(" and "));
    Block::Chart(Chart::new(kind, &title, of, &of.columns[0].key, y.iter().copied()))
}

/// A table of metrics over time, in buckets that suit what there is; `None` where none of them has a number.
pub(super) fn over_time(
    ask: &Ask<'_>,
    id: &'static str,
    (scope, rows_of): (Scope, Test),
    metrics: &[Metric],
) -> Option<Table> {
    let filter = ask.filter(scope);
    let every = ask.query.every.or_else(|| Some(width(span_ns(ask, filter.clone())?)))?;
    let mut measures = metric::measures(metrics);
    measures.push(Measure::Count(rows_of));
    let folded = ask.executor.fold(&Fold { filter, keys: vec![Dimension::Bucket(every)], measures });
    let mut groups: Vec<(i64, &Group)> = folded.groups.iter().filter_map(|group| place(every, group)).collect();
    groups.retain(|(_, group)| group.values.last().is_some_and(|rows| rows.count() > 0));
    groups.sort_by_key(|(bucket, _)| *bucket);
    let row = |(bucket, group): &(i64, &Group)| {
        let numbers = metrics.iter().map(|metric| metric.of(&folded.measures, &group.values, &ask.query.zone));
        let partial = partial(ask, every, groups[0].0, *bucket);
        let partial = partial.map_or(Cell::Missing(Why::NoData), |why| Cell::Text(why.to_owned()));
        std::iter::once(Cell::Text(every.label(*bucket))).chain(numbers).chain([partial]).collect()
    };
    let is_partial = column(PARTIAL_KEY, "partial", Unit::Name);
    let columns = metrics.iter().map(|metric| {
        let mut column = metric.column();
        column.least = least(metric);
        column
    });
    let table = Table {
        id,
        title: format!("By {}", every.name()),
        columns: std::iter::once(column(every.name(), every.name(), Unit::Name))
            .chain(columns)
            .chain([is_partial])
            .collect(),
        rows: groups.iter().map(row).collect(),
        others: None,
        total: None,
    };
    let has_numbers = table.rows.iter().flatten().any(|cell| cell.number().is_some());
    has_numbers.then_some(table)
}

/// Why a bucket is no whole one, so that its total is too low, if it is none: now or an end of the period lies in it, or, of
/// weeks and months, the log begins or ended in it.
fn partial(ask: &Ask<'_>, every: Every, first: i64, bucket: i64) -> Option<&'static str> {
    let of = |ts_ns: i64| every.bucket(&ask.query.zone, ts_ns);
    let Period { since_ns, until_ns } = ask.period();
    let is_within = |ts_ns: i64| of(ts_ns.saturating_sub(1)) == of(ts_ns) && of(ts_ns) == bucket;
    let is_long = matches!(every, Every::Week | Every::Month);
    let newest = ask.coverage.newest_ns.map(of).filter(|newest| *newest + 1 < of(ask.query.now_ns));
    if bucket >= of(ask.query.now_ns) {
        Some("not over")
    } else if [since_ns, until_ns].into_iter().flatten().any(is_within) {
        Some("cut")
    } else if is_long && bucket == first && since_ns.is_none() {
        Some("begins")
    } else {
        (is_long && newest == Some(bucket)).then_some("ends")
    }
}

fn place(every: Every, group: &Group) -> Option<(i64, &Group)> {
    Some((every.named(group.keys[0].as_deref()?)?, group))
}

/// From the first to the last of what a filter lets through; what lies ahead is in no bucket.
fn span_ns(ask: &Ask<'_>, filter: Filter) -> Option<i64> {
    let ends = [Measure::Min(Number::Time, Test::Any), Measure::Max(Number::Time, Test::Any)];
    let total = ask.executor.fold(&Fold { filter, keys: Vec::new(), measures: ends.to_vec() }).total();
    let [first, last] = [total[0].extreme()?, total[1].extreme()?.min(ask.query.now_ns)];
    Some(last.saturating_sub(first))
}

/// When something happens: a row for each day of the week, a column for each hour of its days, in the zone of the question.
pub(super) fn hours(ask: &Ask<'_>, id: &'static str, title: &str, scope: Scope, of: Test) -> Table {
    let fold = Fold {
        filter: ask.filter(scope),
        keys: vec![Dimension::Bucket(Every::Hour)],
        measures: vec![Measure::Count(of)],
    };
    let folded = ask.executor.fold(&fold);
    let mut counts = [[0_u64; 24]; 7];
    for (hour, group) in folded.groups.iter().filter_map(|group| place(Every::Hour, group)) {
        // Day 0 was a Thursday, the fourth of a week.
        let [day, hour] = [(hour.div_euclid(24) + 3).rem_euclid(7), hour.rem_euclid(24)];
        if let (Ok(day), Ok(hour)) = (usize::try_from(day), usize::try_from(hour)) {
            counts[day][hour] += group.values[0].count();
        }
    }
    let hours = (0..24).map(|hour| column(&format!("hour_{hour:02}"), &format!("{hour:02}"), Unit::Count));
    let rows = WEEKDAYS.iter().zip(counts).map(|(day, counts)| {
        let numbers = counts.into_iter().map(|count| Cell::Int(count.into()));
        std::iter::once(Cell::Text((*day).to_owned())).chain(numbers).collect()
    });
    Table {
        id,
        title: title.to_owned(),
        columns: std::iter::once(column("weekday", "weekday", Unit::Name)).chain(hours).collect(),
        rows: if folded.groups.is_empty() { Vec::new() } else { rows.collect() },
        others: None,
        total: None,
    }
}

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The heatmap of such a table.
pub(super) fn heatmap(title: &str, of: &Table) -> Block {
    let hours: Vec<&str> = of.columns.iter().skip(1).map(|column| column.key.as_str()).collect();
    Block::Chart(Chart::new(ChartKind::Heatmap, title, of, "weekday", hours))
}

/// What uses are worth against what they cost, by a dimension: a table whose column `front` names the rows of which no other
/// is both cheaper and better. The worth is the first of some metrics that two rows have beside the cost; `None` where none is.
pub(super) fn front(ask: &Ask<'_>, id: &'static str, by: Dimension, cost: &Metric, worths: &[Metric]) -> Option<Table> {
    let metrics: Vec<Metric> = std::iter::once(cost).chain(worths).cloned().collect();
    let folded = ask.fold(ask.filter(Scope::Uses), &[by], &metrics);
    let (worth, rows) = worths.iter().find_map(|worth| {
        let rows = both(ask, &folded, [cost, worth]);
        (rows.len() >= 2).then_some((worth, rows))
    })?;
    let value = |cells: &[Cell; 2]| cells.each_ref().map(|cell| cell.number().unwrap_or(f64::NAN));
    let is_beaten = |[cost, worth]: [f64; 2]| {
        let beats = |[other_cost, other_worth]: [f64; 2]| {
            other_cost <= cost && other_worth >= worth && (other_cost < cost || other_worth > worth)
        };
        rows.iter().any(|(_, other)| beats(value(other)))
    };
    let mut marked: Vec<(String, [Cell; 2], bool)> =
        rows.iter().map(|(name, cells)| (name.clone(), cells.clone(), !is_beaten(value(cells)))).collect();
    marked.sort_by(|a, b| value(&a.1)[0].total_cmp(&value(&b.1)[0]).then_with(|| a.0.cmp(&b.0)));
    let row = |(name, [cost, worth], is_front): (String, [Cell; 2], bool)| {
        let front = if is_front { Cell::Text("front".to_owned()) } else { Cell::Missing(Why::NoData) };
        vec![Cell::Text(name), cost, worth, front]
    };
    Some(Table {
        id,
        title: format!("{} against {} by {}", worth.label, cost.whole_label(), by.label()),
        columns: vec![super::ask::name_column(by), cost.column(), worth.column(), column("front", "front", Unit::Name)],
        rows: marked.into_iter().map(row).collect(),
        others: None,
        total: None,
    })
}

/// The named groups that have enough of two metrics, with both.
fn both(ask: &Ask<'_>, folded: &Folded, metrics: [&Metric; 2]) -> Vec<(String, [Cell; 2])> {
    let of_group = |group: &Group| {
        let enough = |metric: &Metric| metric.least.max(LEAST_VALUES);
        let has = |metric: &Metric| metric.observations(&folded.measures, &group.values) >= enough(metric);
        let cells = metrics.map(|metric| metric.of(&folded.measures, &group.values, &ask.query.zone));
        let are_known = metrics.into_iter().all(has) && cells.iter().all(|cell| cell.number().is_some());
        are_known.then_some((group.keys[0].clone()?, cells))
    };
    folded.groups.iter().filter_map(of_group).collect()
}

/// The scatter of such a table, with its front marked.
pub(super) fn scatter(of: &Table) -> Block {
    let key = |at: usize| of.columns[at].key.clone();
    let chart = Chart::new(ChartKind::Scatter, &of.title, of, &key(1), [key(2).as_str()]);
    Block::Chart(Chart { mark: Some(key(3)), ..chart })
}
