//! Blocks: windows of use of five hours, in which the plans of coding agents allow so much. The first use opens one at its
//! full hour in UTC, and whatever comes within five hours of that is in it.

use super::ask::{Ask, column};
use super::{Flag, Report};
use crate::fold::{Filter, Fold, Folded, Group, Measure, Number, Scope, Test, Value};
use crate::metric::{self, Metric};
use crate::query::Dimension;
use crate::sheet::{Block, Cell, Column, FOR_PROGRAMS, Fact, Sheet, Table, Unit, Why};
use crate::time::{Every, NS_PER_HOUR, NS_PER_MINUTE, Period, Zone};
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "blocks",
    question: "What was used in each window of five hours, and what does the running one come to?",
    shows: "Windows of use with their runs, tokens, cost and models, oldest first, and the gaps of more than five hours between \
            them. Of the window that is running: the time that is left, tokens a minute and dollars an hour, and what it comes to.",
    computed: "A block begins at the full hour, in UTC, of the first use outside the block before, and ends five hours later \
               (`--session-length` takes other hours). A gap is more than that without a use, and is shown from that long after \
               the last use. Blocks are laid over all uses that the filters let through, and one is shown whole where its uses \
               touch the period; `--top` keeps the newest. The rate of the running block is what it has used over the time \
               since its first use, quiet minutes included; it takes 2 uses and 10 minutes. The projection takes the rest of the \
               block to go on at that rate.",
    lies: "The windows are those of the log, not those of a provider, who may have begun to count at a use that is not in it. A \
           block on the edge of a period is whole, so that blocks of two periods that meet can count a use twice. A projection \
           is no forecast: who stops for lunch does not go on at that rate.",
    by: &[],
    takes: &[Flag::SessionLength],
    nothing: ("nothing was used", Test::Run),
    fill,
};

const METRICS: [Metric; 7] = [
    metric::RUNS,
    metric::INPUT_TOKENS,
    metric::OUTPUT_TOKENS,
    metric::CACHE_WRITE_TOKENS,
    metric::CACHED_INPUT_TOKENS,
    metric::TOTAL_TOKENS,
    metric::COST_USD,
];

const TIMES: [Metric; 2] = [metric::FIRST_USED, metric::LAST_USED];

/// A rate takes so many uses and so much time.
const LEAST_RUNS: u64 = 2;
const LEAST_NS: i64 = 10 * NS_PER_MINUTE;

/// A window of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Half-open.
    pub start_ns: i64,
    pub end_ns: i64,
    /// The times of its first and last use.
    first_ns: i64,
    last_ns: i64,
    runs: u64,
}

impl Window {
    /// Whether it is the one that an instant lies in.
    pub fn is_running(&self, now_ns: i64) -> bool {
        (self.start_ns..self.end_ns).contains(&now_ns)
    }

    fn touches(&self, period: Period) -> bool {
        period.since_ns.is_none_or(|since| self.last_ns >= since)
            && period.until_ns.is_none_or(|until| self.first_ns < until)
    }

    /// The share of an hour since the first use, where that and the uses are enough to speak of a rate.
    pub fn hours(&self, now_ns: i64) -> Option<f64> {
        let gone_ns = now_ns - self.first_ns;
        (self.runs >= LEAST_RUNS && gone_ns >= LEAST_NS).then(|| hours(gone_ns))
    }

    /// The hours that are left of it.
    pub fn hours_left(&self, now_ns: i64) -> f64 {
        hours(self.end_ns - now_ns)
    }
}

#[allow(clippy::cast_precision_loss, reason = "hours of a week at most")]
fn hours(ns: i64) -> f64 {
    ns as f64 / NS_PER_HOUR as f64
}

fn length_ns(ask: &Ask<'_>) -> i64 {
    i64::from(ask.query.block_hours) * NS_PER_HOUR
}

/// The window that is running, found without reading what is long over: whatever was before, a use that nothing comes before
/// for the length of a window opens one.
pub fn running_window(ask: &Ask<'_>) -> Option<Window> {
    let (length_ns, now_ns) = (length_ns(ask), ask.query.now_ns);
    let since_ns = now_ns.saturating_sub(length_ns.saturating_mul(QUIET_WITHIN));
    let recent = windows(ask, Some(since_ns));
    let mut before_ns = since_ns;
    let is_certain = recent.iter().take_while(|window| window.start_ns <= now_ns).any(|window| {
        let quiet_ns = window.first_ns - before_ns;
        before_ns = window.last_ns;
        quiet_ns >= length_ns
    });
    let windows = if is_certain || recent.is_empty() { recent } else { windows(ask, None) };
    windows.into_iter().find(|window| window.is_running(now_ns))
}

/// In so many lengths of a window most people sleep once.
const QUIET_WITHIN: i64 = 10;

/// The windows, in order, of the uses since then that the filters let through. A window begins at a full hour and lasts whole
/// hours, so that the first and the last use of each hour tell all.
fn windows(ask: &Ask<'_>, since_ns: Option<i64>) -> Vec<Window> {
    let length_ns = length_ns(ask);
    // With an end asked for the uses of the future count; a window that began before it is whole.
    let until_ns = ask.period().until_ns.map(|until| until.saturating_add(length_ns));
    let measures =
        vec![Measure::Min(Number::Time, Test::Run), Measure::Max(Number::Time, Test::Run), Measure::Count(Test::Run)];
    let period = Period { since_ns, until_ns };
    let folded = ask.executor.in_zone(Zone::utc()).fold(&Fold {
        filter: Filter { period, ..ask.filter(Scope::Uses) },
        keys: vec![Dimension::Bucket(Every::Hour)],
        measures,
    });
    let hour = |group: &Group| {
        Some((hour_ns(group)?, group.values[0].extreme()?, group.values[1].extreme()?, group.values[2].count()))
    };
    let mut hours: Vec<(i64, i64, i64, u64)> = folded.groups.iter().filter_map(hour).collect();
    hours.sort_unstable();
    let mut windows: Vec<Window> = Vec::new();
    for (start_ns, first_ns, last_ns, runs) in hours {
        if let Some(window) = windows.last_mut().filter(|window| start_ns < window.end_ns) {
            window.last_ns = last_ns;
            window.runs += runs;
        } else {
            let end_ns = start_ns.saturating_add(length_ns);
            windows.push(Window { start_ns, end_ns, first_ns, last_ns, runs });
        }
    }
    windows
}

#[allow(clippy::unnecessary_wraps, reason = "a report may have something to refuse")]
fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let mut shown = windows(ask, None);
    shown.retain(|window| window.touches(ask.period()));
    let all = Used::of(ask, &shown);
    let mut blocks = vec![Block::Totals(all.facts(ask)), Block::Table(table(ask, &all, &shown))];
    if let Some(at) = shown.iter().position(|window| window.is_running(ask.query.now_ns)) {
        // Whatever is ahead of it, it is told of.
        let values = used(ask, &shown[at..=at], Vec::new()).total();
        blocks.push(Block::Table(running(ask, &shown[at], &all, &values)));
        if shown[at].hours(ask.query.now_ns).is_none() {
            blocks.push(Block::Note("The running block has no rate yet: that takes 2 uses and 10 minutes.".to_owned()));
        }
    }
    if !shown.is_empty() {
        blocks.push(Block::Behind(by_model(ask, &all, &shown)));
    }
    let title = title(ask);
    Ok(ask.sheet(REPORT.name, title, Scope::Uses, blocks))
}

fn title(ask: &Ask<'_>) -> String {
    format!("Blocks of {} h", ask.query.block_hours)
}

/// What was used in some windows: of the older ones together, of the others in each hour, by model.
struct Used {
    /// How many windows are told of together.
    older: usize,
    of_older: Vec<Value>,
    folded: Folded,
    /// For each window that is not an older one the places of its groups.
    windows: Vec<Vec<usize>>,
}

impl Used {
    fn of(ask: &Ask<'_>, shown: &[Window]) -> Used {
        let older = older(ask, shown);
        let (before, newer) = shown.split_at(older);
        let of_older = used(ask, before, Vec::new()).total();
        let folded = used(ask, newer, vec![Dimension::Bucket(Every::Hour), Dimension::Model]);
        let mut windows = vec![Vec::new(); newer.len()];
        for (place, group) in folded.groups.iter().enumerate() {
            let Some(hour_ns) = hour_ns(group) else { continue };
            let at = newer.partition_point(|window| window.end_ns <= hour_ns);
            if newer.get(at).is_some_and(|window| window.start_ns <= hour_ns) {
                windows[at].push(place);
            }
        }
        Used { older, of_older, folded, windows }
    }

    /// The groups of a window that is not an older one.
    fn groups(&self, at: usize) -> impl Iterator<Item = &Group> {
        self.windows[at - self.older].iter().map(|place| &self.folded.groups[*place])
    }

    /// What a window that is not an older one comes to.
    fn values(&self, at: usize) -> Vec<Value> {
        self.folded.merged(self.groups(at))
    }

    /// What all windows come to together.
    fn total(&self) -> Vec<Value> {
        let mut total = self.folded.merged((0..self.windows.len()).flat_map(|at| self.groups(self.older + at)));
        for ((total, measure), older) in total.iter_mut().zip(&self.folded.measures).zip(&self.of_older) {
            total.merge(*measure, older);
        }
        total
    }

    fn facts(&self, ask: &Ask<'_>) -> Vec<Fact> {
        let total = self.total();
        METRICS.iter().map(|metric| ask.fact(metric, &self.folded, &total)).collect()
    }
}

/// What was used in windows that follow each other: between two of them nothing was.
fn used(ask: &Ask<'_>, windows: &[Window], keys: Vec<Dimension>) -> Folded {
    // Without a window there is nothing to fold, and an open period would be everything.
    let since_ns = Some(windows.first().map_or(0, |window| window.start_ns));
    // A window counts no use of a future that nobody asked about, though it may reach into it.
    let until_ns = Some(windows.last().map_or(0, |window| window.last_ns.saturating_add(1)));
    let filter = Filter { period: Period { since_ns, until_ns }, ..ask.filter(Scope::Uses) };
    let measures = metric::measures(METRICS.iter().chain(&TIMES));
    ask.executor.in_zone(Zone::utc()).fold(&Fold { filter, keys, measures })
}

/// The start of the hour that a group is of.
fn hour_ns(group: &Group) -> Option<i64> {
    Every::Hour.named(group.keys[0].as_deref()?)?.checked_mul(NS_PER_HOUR)
}

/// One row for each window, and one for each gap between two.
fn table(ask: &Ask<'_>, used: &Used, shown: &[Window]) -> Table {
    let instant = |ns: i64| Cell::Text(ask.query.zone.instant(ns));
    let rank = |metric: &Metric| match metric.unit {
        Unit::Tokens if metric.key == metric::TOTAL_TOKENS.key => 0,
        Unit::Tokens => 3,
        Unit::Instant => 8,
        _ => 0,
    };
    let all = || METRICS.iter().chain(&TIMES);
    let mut columns = vec![
        column("start", "start", Unit::Instant),
        column("end", "end", Unit::Instant),
        column("state", "state", Unit::Name).ranked(1),
    ];
    columns.extend(all().map(|metric| metric.column().ranked(rank(metric))));
    columns.insert(columns.len() - TIMES.len(), column("models", "models", Unit::Name).ranked(2));
    let cells = |lead: [Cell; 3], models: Cell, values: &[Value]| -> Vec<Cell> {
        let number = |metric: &Metric| metric.of(&used.folded.measures, values, &ask.query.zone);
        let mut row: Vec<Cell> = lead.into_iter().chain(all().map(number)).collect();
        row.insert(row.len() - TIMES.len(), models);
        row
    };
    let none = || Cell::Missing(Why::NoData);
    let sum = |values: &[Value]| cells([none(), none(), none()], none(), values);
    let older = used.older;
    let mut rows = Vec::new();
    for (at, window) in shown.iter().enumerate().skip(older) {
        let before = at.checked_sub(1).filter(|before| *before >= older).map(|before| shown[before]);
        let quiet_ns = before.map(|before| before.last_ns.saturating_add(window.end_ns - window.start_ns));
        if let Some(quiet_ns) = quiet_ns.filter(|quiet_ns| *quiet_ns < window.first_ns) {
            let lead = [instant(quiet_ns), instant(window.first_ns), Cell::Text("gap".to_owned())];
            rows.push(cells(lead, none(), &used.folded.merged([])));
        }
        let state = if window.is_running(ask.query.now_ns) { Cell::Text("running".to_owned()) } else { none() };
        let lead = [instant(window.start_ns), instant(window.end_ns), state];
        rows.push(cells(lead, models(used.groups(at)), &used.values(at)));
    }
    let others = (older > 0).then(|| (older as u64, sum(&used.of_older)));
    let total = (!rows.is_empty()).then(|| sum(&used.total()));
    Table { id: "blocks", title: title(ask), columns, rows, others, total }
}

/// How many blocks are told of together: the newest are what is looked for.
fn older(ask: &Ask<'_>, shown: &[Window]) -> usize {
    match ask.query.top.unwrap_or(ask.query.top_unasked) {
        0 => 0,
        top => shown.len().saturating_sub(top),
    }
}

/// How many runs a fold of [`METRICS`], of which they are the first, found.
fn runs(values: &[Value]) -> u64 {
    values.first().map_or(0, Value::count)
}

/// The models of the runs of some groups, by name.
fn models<'a>(groups: impl Iterator<Item = &'a Group>) -> Cell {
    let mut models: Vec<&str> =
        groups.filter(|group| runs(&group.values) > 0).filter_map(|group| group.keys[1].as_deref()).collect();
    models.sort_unstable();
    models.dedup();
    if models.is_empty() { Cell::Missing(Why::NoData) } else { Cell::Text(models.join(", ")) }
}

/// What each model had of each window, for programs.
fn by_model(ask: &Ask<'_>, used: &Used, shown: &[Window]) -> Table {
    let mut columns =
        vec![column("start", "start", Unit::Instant), column("model", Dimension::Model.label(), Unit::Name)];
    columns.extend(METRICS.iter().map(Metric::column));
    let mut rows = Vec::new();
    for (at, window) in shown.iter().enumerate().skip(used.older) {
        let groups: Vec<&Group> = used.groups(at).collect();
        let mut models: Vec<&Option<String>> = groups.iter().map(|group| &group.keys[1]).collect();
        models.sort_unstable_by_key(|model| (model.is_none(), *model));
        models.dedup();
        for model in models {
            let values = used.folded.merged(groups.iter().copied().filter(|group| group.keys[1] == *model));
            if runs(&values) == 0 {
                continue;
            }
            let mut row = vec![
                Cell::Text(ask.query.zone.instant(window.start_ns)),
                model.clone().map_or(Cell::Missing(Why::NoData), Cell::Text),
            ];
            row.extend(METRICS.iter().map(|metric| metric.of(&used.folded.measures, &values, &ask.query.zone)));
            rows.push(row);
        }
    }
    let title = "Models of the blocks".to_owned();
    Table { id: "block_models", title, columns, rows, others: None, total: None }
}

/// How fast the running window is used up, and what it comes to if it goes on like that.
fn running(ask: &Ask<'_>, window: &Window, used: &Used, values: &[Value]) -> Table {
    let (zone, now_ns) = (&ask.query.zone, ask.query.now_ns);
    let of = |metric: &Metric| metric.of(&used.folded.measures, values, zone);
    let (gone, left) = (window.hours(now_ns), window.hours_left(now_ns));
    let tokens = of(&metric::TOTAL_TOKENS).number();
    let cached: f64 =
        [&metric::CACHED_INPUT_TOKENS, &metric::CACHE_WRITE_TOKENS].iter().filter_map(|part| of(part).number()).sum();
    let cost = of(&metric::COST_USD);
    let too_few = || Cell::Missing(Why::TooFew { n: window.runs, least: LEAST_RUNS });
    let known = |value: Option<f64>, cell: &dyn Fn(f64) -> Cell| match (value, gone) {
        (_, None) => too_few(),
        (None, _) => Cell::Missing(Why::NoData),
        (Some(value), Some(gone)) => cell(value / gone),
    };
    let dollars = |value: f64| if matches!(cost, Cell::AtLeast(_)) { Cell::AtLeast(value) } else { Cell::Num(value) };
    let spent = cost.number();
    #[allow(clippy::cast_possible_truncation, reason = "tokens of some hours")]
    let whole = |tokens: f64| Cell::Int(tokens.round() as i128);
    let row = vec![
        Cell::Text(zone.instant(window.start_ns)),
        Cell::Text(zone.instant(window.end_ns)),
        Cell::Num(left * 3.6e6),
        known(tokens, &|rate| Cell::Num(rate / 60.0)),
        known(tokens.map(|tokens| tokens - cached), &|rate| Cell::Num(rate / 60.0)),
        known(spent, &dollars),
        known(tokens, &|rate| whole(tokens.unwrap_or_default() + rate * left)),
        known(spent, &|rate| dollars(spent.unwrap_or_default() + rate * left)),
    ];
    let columns: Vec<Column> = vec![
        column("start", "start", Unit::Instant).ranked(FOR_PROGRAMS),
        column("end", "end", Unit::Instant).ranked(FOR_PROGRAMS),
        column("left_ms", "left", Unit::Millis),
        column("tokens_per_minute", "tokens a minute", Unit::Tokens),
        column("new_tokens_per_minute", "without cache", Unit::Tokens).ranked(FOR_PROGRAMS),
        column("cost_per_hour_usd", "an hour", Unit::Dollars),
        column("projected_tokens", "projected tokens", Unit::Tokens),
        column("projected_cost_usd", "projected cost", Unit::Dollars),
    ];
    let title = "The running block at this rate: a projection".to_owned();
    Table { id: "running", title, columns, rows: vec![row], others: None, total: None }
}
