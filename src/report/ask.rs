//! Asking: what every report does alike. Folds become tables with totals, order and a rest; single numbers become facts.

use crate::coverage::{Coverage, Question};
use crate::fold::{
    Book, Executor, Filter, Fold, Folded, Group, Listed, Measure, Number, RowColumn, Rows, Scope, Test, Value,
};
use crate::metric::{self, Metric, Spread};
use crate::query::{Dimension, Quantile, Query, Sort};
use crate::sheet::{Block, Cell, Column, FOR_PROGRAMS, Fact, Flat, Parts, Sheet, Table, UNIT_KEY, Unit, Why};
use crate::spelling;
use crate::time::Period;
use anyhow::Result;
use std::cmp::Ordering;
use std::fmt;

/// What a report works with: a log to ask, and the question.
pub struct Ask<'a> {
    pub executor: &'a Executor<'a>,
    pub query: &'a Query,
    pub coverage: &'a Coverage,
}

/// A table to be filled: one row per combination of dimensions, one column per metric.
pub struct Plan<'a> {
    pub id: &'static str,
    pub title: String,
    pub scope: Scope,
    pub by: Vec<Dimension>,
    pub metrics: &'a [Metric],
    /// A group without a row that passes is no row of the table; it still counts in the total.
    pub rows_of: Test,
    /// Whether a last column shows each row's part of the total of this metric.
    pub share_of: Option<&'static Metric>,
}

impl Plan<'_> {
    /// Whether a row is a bucket of time: such rows are a whole, of which no part is a top.
    fn is_over_time(&self) -> bool {
        self.by.iter().any(|dimension| matches!(dimension, Dimension::Bucket(_)))
    }

    /// The columns of its table.
    pub fn columns(&self) -> Vec<Column> {
        let names = self.by.iter().map(|dimension| name_column(*dimension));
        let share = self.share_of.map(|_| Column { rank: 1, ..column("share", "share", Unit::Ratio) });
        names.chain(self.metrics.iter().map(Metric::column)).chain(share).collect()
    }

    fn share_of(&self, total: &[Cell]) -> Share {
        let of = |metric: &Metric| self.metrics.iter().position(|known| known.key == metric.key);
        let at = self.share_of.and_then(of).map(|at| self.by.len() + at);
        Share { at, all: at.and_then(|at| total[at].number()).filter(|all| *all > 0.0) }
    }
}

/// What a row is a part of: the cell at `at`, which comes to `all` in the total. It counts all there is and is no sample,
/// so that it has no interval.
struct Share {
    at: Option<usize>,
    all: Option<f64>,
}

impl Share {
    /// The last cell of a row, if the table has such a column.
    fn of(&self, row: &[Cell]) -> Option<Cell> {
        let part = row[self.at?].number().zip(self.all).map(|(part, all)| part / all);
        Some(part.map_or(Cell::Missing(Why::NoData), Cell::Num))
    }
}

/// A listing to be filled: the first of the rows that pass a test.
pub struct Listing<'a> {
    pub id: &'static str,
    pub title: &'a str,
    pub test: Test,
    pub columns: &'a [(RowColumn, Column)],
    /// Where it is greatest comes first.
    pub order: Number,
    /// 0 lists all.
    pub limit: usize,
}

impl Ask<'_> {
    /// The dimensions asked for, else the report's own; a bucket of time comes first.
    pub fn by(&self, default: &[Dimension]) -> Vec<Dimension> {
        let asked = self.query.by.clone();
        let mut by = match (asked, self.query.every) {
            (Some(by), _) => by,
            // Over time alone, unless it is asked for more.
            (None, Some(_)) => Vec::new(),
            (None, None) => default.to_vec(),
        };
        if let Some(every) = self.query.every {
            by.retain(|dimension| *dimension != Dimension::Bucket(every));
            by.insert(0, Dimension::Bucket(every));
        }
        by
    }

    /// The period asked about.
    pub fn period(&self) -> Period {
        self.query.period.unwrap_or_default()
    }

    pub fn filter(&self, scope: Scope) -> Filter {
        Filter { scope, period: self.period(), filters: self.query.filters.clone() }
    }

    /// A fold of some metrics' measures.
    pub fn fold(&self, filter: Filter, by: &[Dimension], metrics: &[Metric]) -> Folded {
        let fold = Fold { filter, keys: by.to_vec(), measures: metric::measures(metrics) };
        self.executor.fold(&fold)
    }

    /// A table of metrics by dimensions, sorted, cut and totalled as the query wants.
    ///
    /// # Errors
    /// The query sorts by a key that the table does not have.
    pub fn table(&self, plan: &Plan<'_>) -> Result<Table> {
        self.table_of(plan, &self.fold_of(plan, Vec::new()))
    }

    /// The same table, and before it its total as facts for programs.
    ///
    /// # Errors
    /// As [`Ask::table`].
    pub fn totalled(&self, plan: &Plan<'_>) -> Result<Vec<Block>> {
        self.totalled_of(plan, &self.fold_of(plan, Vec::new()))
    }

    /// The same of a fold that was made before.
    ///
    /// # Errors
    /// As [`Ask::table`].
    pub fn totalled_of(&self, plan: &Plan<'_>, folded: &Folded) -> Result<Vec<Block>> {
        let total = folded.total();
        let facts = plan.metrics.iter().map(|metric| self.fact(metric, folded, &total)).collect();
        Ok(vec![Block::Totals(facts), Block::Table(self.table_of(plan, folded)?)])
    }

    /// The fold of a plan, with measures of the report's own before those of its metrics.
    pub fn fold_of(&self, plan: &Plan<'_>, own: Vec<Measure>) -> Folded {
        let mut measures = metric::each_once(own.into_iter().chain(metric::measures(plan.metrics)));
        measures.push(Measure::Count(plan.rows_of));
        self.executor.fold(&Fold { filter: self.filter(plan.scope), keys: plan.by.clone(), measures })
    }

    fn table_of(&self, plan: &Plan<'_>, folded: &Folded) -> Result<Table> {
        let top = self.query.top.unwrap_or(if plan.is_over_time() { 0 } else { self.query.top_unasked });
        let mut total = self.sum_row(plan, folded, &folded.total());
        let share = plan.share_of(&total);
        total.extend(share.of(&total));
        let mut table = Table {
            id: plan.id,
            title: plan.title.clone(),
            columns: plan.columns(),
            rows: Vec::new(),
            others: None,
            total: None,
        };
        if plan.by.is_empty() {
            table.rows.push(total);
            return Ok(table);
        }
        let is_shown = |group: &&Group| group.values.last().is_some_and(|rows| rows.int() > 0);
        let mut rows: Vec<(&Group, Vec<Cell>)> = Vec::new();
        for group in folded.groups.iter().filter(is_shown) {
            let mut row = self.row(plan, folded, &group.keys, &group.values);
            row.extend(share.of(&row));
            rows.push((group, row));
        }
        let order = Order::new(&table, plan, self.query.sort.as_ref())?;
        rows.sort_by(|(_, a), (_, b)| order.compare(a, b));
        if !rows.is_empty() {
            table.total = Some(total);
        }
        if top > 0 && rows.len() > top {
            let mut others = self.sum_row(plan, folded, &folded.merged(rows[top..].iter().map(|(group, _)| *group)));
            others.extend(share.of(&others));
            table.others = Some(((rows.len() - top) as u64, others));
            rows.truncate(top);
        }
        table.rows = rows.into_iter().map(|(_, row)| row).collect();
        Ok(table)
    }

    fn row(&self, plan: &Plan<'_>, folded: &Folded, keys: &[Option<String>], values: &[Value]) -> Vec<Cell> {
        let name = |key: &Option<String>| key.clone().map_or(Cell::Missing(Why::NoData), Cell::Text);
        let number = |metric: &Metric| metric.of(&folded.measures, values, &self.query.zone);
        keys.iter().map(name).chain(plan.metrics.iter().map(number)).collect()
    }

    /// A row of several groups together; it has no names.
    pub(super) fn sum_row(&self, plan: &Plan<'_>, folded: &Folded, values: &[Value]) -> Vec<Cell> {
        self.row(plan, folded, &vec![None; plan.by.len()], values)
    }

    /// The metrics of everything that matches, one fact each.
    pub fn facts(&self, scope: Scope, metrics: &[Metric]) -> Vec<Fact> {
        let folded = self.fold(self.filter(scope), &[], metrics);
        let total = folded.total();
        metrics.iter().map(|metric| self.fact(metric, &folded, &total)).collect()
    }

    /// One metric of the values of a fold.
    pub fn fact(&self, metric: &Metric, folded: &Folded, values: &[Value]) -> Fact {
        let cell = metric.of(&folded.measures, values, &self.query.zone);
        Fact {
            least: metric.least,
            better: metric.better,
            ..Fact::new(&*metric.key, &*metric.label, metric.unit, cell)
        }
    }

    /// The sheet of a report.
    pub fn sheet(&self, report: &'static str, title: String, scope: Scope, blocks: Vec<Block>) -> Sheet {
        let mut sheet = Sheet {
            report,
            title,
            generated_ns: self.query.now_ns,
            zone: self.query.zone.clone(),
            period: self.period(),
            filters: self.query.filters.words(),
            coverage: self.coverage.clone(),
            blocks,
        };
        let is_of_dollars = sheet.facts().any(|fact| fact.unit == Unit::Dollars)
            || sheet.tables().flat_map(|table| &table.columns).any(|column| column.unit == Unit::Dollars);
        sheet.coverage.question = if is_of_dollars {
            self.accounted(scope)
        } else if self.query.counts_unpriced {
            let question = self.executor.priced_question(&self.filter(scope));
            Question { table_runs: 0, table_nanos: 0, cost_nanos: 0, ..question }
        } else {
            self.executor.question(&self.filter(scope))
        };
        sheet
    }

    /// The account of the question, with how much of the cost is the price table's.
    pub fn accounted(&self, scope: Scope) -> Question {
        let question = self.executor.priced_question(&self.filter(scope));
        if question.table_runs == 0 {
            return Question { cost_nanos: 0, ..question };
        }
        let book = self.executor.prices();
        let of = |book: &Book| match book.retrieved() {
            Some(day) => format!("{} of {day}", book.digest()),
            None => book.digest(),
        };
        Question { price_table: book.map(of).unwrap_or_default(), ..question }
    }

    /// A table of rows one by one.
    ///
    /// # Errors
    /// The rows could not be put in order, which no question should bring about.
    pub fn listing(&self, plan: &Listing<'_>) -> Result<Table> {
        let rows = Rows {
            filter: self.filter(Scope::Uses),
            test: plan.test,
            columns: plan.columns.iter().map(|(column, _)| *column).collect(),
            order: plan.order,
            limit: plan.limit,
        };
        let rows = self.executor.rows(&rows)?;
        let cell = |(listed, (_, column)): (Listed, &(RowColumn, Column))| self.listed(listed, column.unit);
        Ok(Table {
            id: plan.id,
            title: plan.title.to_owned(),
            columns: plan.columns.iter().map(|(_, column)| column.clone()).collect(),
            rows: rows.into_iter().map(|row| row.into_iter().zip(plan.columns).map(cell).collect()).collect(),
            others: None,
            total: None,
        })
    }

    fn listed(&self, listed: Listed, unit: Unit) -> Cell {
        #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact number")]
        let number_of = |units: f64, number: i64| number as f64 / units;
        match (listed, unit) {
            (Listed::Missing, _) => Cell::Missing(Why::NoData),
            (Listed::Text(text), _) => Cell::Text(text),
            (Listed::Truth(success), _) => Cell::Text(if success { "success" } else { "failure" }.to_owned()),
            (Listed::Number(ts_ns), Unit::Instant) => Cell::Text(self.query.zone.instant(ts_ns)),
            (Listed::Number(nanos), Unit::Millis) => Cell::Num(number_of(1e6, nanos)),
            (Listed::Number(nanos), Unit::Dollars | Unit::Score) => Cell::Num(number_of(1e9, nanos)),
            (Listed::Number(count), _) => Cell::Int(i128::from(count)),
        }
    }

    /// The metrics asked for by name: the last to go where the room is short.
    pub fn metrics(&self) -> Option<Vec<Metric>> {
        let keys = self.query.metrics.as_ref()?;
        let named = keys.iter().filter_map(|key| metric::named(key));
        Some(named.map(|metric| Metric { rank: metric.rank.min(1), ..metric }).collect())
    }

    /// The quantiles asked for, else those of `default`, as metrics.
    pub fn quantiles(&self, of: Spread, default: &[Quantile]) -> Vec<Metric> {
        let quantiles = self.query.quantiles.as_deref().unwrap_or(default);
        let metrics = quantiles.iter().map(|quantile| metric::quantile(of, *quantile));
        // What was asked for by name is the last to go where the room is short.
        let is_asked = self.query.quantiles.is_some();
        metrics.map(|metric| if is_asked { Metric { rank: 1, ..metric } } else { metric }).collect()
    }
}

/// `Usage by prompt and model`.
pub fn title(what: &str, by: &[Dimension]) -> String {
    match by {
        [] => what.to_owned(),
        [one] => format!("{what} by {}", one.label()),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(|dimension| dimension.label()).collect();
            format!("{what} by {} and {}", first.join(", "), last.label())
        }
    }
}

/// The column of a dimension's names.
pub(super) fn name_column(dimension: Dimension) -> Column {
    column(dimension.name(), dimension.label(), Unit::Name)
}

/// The unit of each row's numbers, for programs: a person sees it beside them.
pub fn unit_column() -> Column {
    column(UNIT_KEY, "unit", Unit::Name).ranked(FOR_PROGRAMS)
}

/// A column of plain values that stays where the room is short.
pub fn column(key: &str, label: &str, unit: Unit) -> Column {
    Column { key: key.to_owned(), label: label.to_owned(), unit, parts: Parts::Value, least: 0, rank: 0 }
}

/// A report was to be sorted by a column that it does not have. Of several reports some may have it.
#[derive(Debug)]
pub struct NoColumn(String);

impl fmt::Display for NoColumn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for NoColumn {}

/// The order of a table's rows: by one flat column, then by all names. What is missing comes last either way.
pub(super) struct Order<'a> {
    table: &'a Table,
    /// The flat columns to compare by, and whether each descends.
    by: Vec<(usize, bool)>,
}

impl<'a> Order<'a> {
    /// The order that the query asks of the table of a plan.
    ///
    /// # Errors
    /// It sorts by a key that the table does not have.
    pub(super) fn new(table: &'a Table, plan: &Plan<'_>, sort: Option<&Sort>) -> Result<Order<'a>> {
        let keys = table.flat_columns();
        let names = 0..plan.by.len();
        let mut by = Vec::new();
        match sort {
            Some(sort) => {
                let at = keys.iter().position(|column| column.key == sort.key).ok_or_else(|| {
                    let known: Vec<&str> = keys.iter().map(|column| column.key.as_str()).collect();
                    NoColumn(format!("cannot sort {}: {}", table.id, spelling::unknown("column", &sort.key, &known)))
                })?;
                by.push((at, sort.is_descending.unwrap_or(keys[at].unit != Unit::Name)));
            }
            // Time runs down the page; everything else comes by weight.
            None if matches!(plan.by.first(), Some(Dimension::Bucket(_))) => by.push((0, false)),
            None => {}
        }
        if sort.is_none() && keys.len() > plan.by.len() {
            by.push((plan.by.len(), true));
        }
        by.extend(names.map(|at| (at, false)));
        Ok(Order { table, by })
    }

    /// Compares two rows.
    pub(super) fn compare(&self, a: &[Cell], b: &[Cell]) -> Ordering {
        let (a, b) = (self.table.flat_row(a), self.table.flat_row(b));
        let orders = self.by.iter().map(|&(at, is_descending)| {
            let order = match (&a[at], &b[at]) {
                (Flat::Missing, Flat::Missing) => return Ordering::Equal,
                (Flat::Missing, _) => return Ordering::Greater,
                (_, Flat::Missing) => return Ordering::Less,
                (Flat::Text(a), Flat::Text(b)) => a.cmp(b),
                (Flat::Int(a), Flat::Int(b)) => a.cmp(b),
                (Flat::Num(a), Flat::Num(b)) => a.total_cmp(b),
                _ => unreachable!("a flat column holds values of one kind"),
            };
            if is_descending { order.reverse() } else { order }
        });
        orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }
}
