//! Marks from rows: which cells of a table become points, what names them, and why some tables cannot be drawn so.

use super::{Body, Bucket, Name, Point, Row, Series, Slice, Spot};
use crate::render::escape;
use crate::render::human::{Mark, Notation};
use crate::sheet::{Cell, ChartKind, PARTIAL_KEY, Table, Unit};
use crate::time::{Every, Zone};
use std::collections::BTreeMap;

/// Rows of a bar chart, slices of a pie, series of a line chart: more are in the table only.
const BARS: usize = 12;
const SLICES: usize = 9;
const SERIES: usize = 6;

/// The columns of a chart, by where they stand in the table.
pub(super) struct Parts {
    pub x: usize,
    pub y: Vec<usize>,
    pub mark: Option<usize>,
}

/// A table, looked at for what can be drawn of it.
pub(super) struct View<'a> {
    pub table: &'a Table,
    pub zone: &'a Zone,
}

/// What is drawn, and what is not.
type Drawn = (Body, Option<String>);

impl View<'_> {
    fn notation(&self, at: usize) -> Notation {
        let column = &self.table.columns[at];
        Notation::of_column(column, self.table.rows.iter().filter_map(|row| row.get(at)))
    }

    fn name(&self, row: &[Cell], at: usize) -> String {
        match row.get(at) {
            Some(Cell::Text(text)) => escape::visible(text).into_owned(),
            Some(cell @ (Cell::Int(_) | Cell::Num(_))) => self.notation(at).write(cell, self.zone).value,
            _ => "(none)".to_owned(),
        }
    }

    /// What names a row: `at`, and every other name in it.
    fn whole_name(&self, row: &[Cell], first: usize) -> String {
        let others = self.names().filter(|at| *at != first);
        let names: Vec<String> = std::iter::once(first).chain(others).map(|at| self.name(row, at)).collect();
        names.join(", ")
    }

    /// The columns of names that tell rows apart.
    fn names(&self) -> impl Iterator<Item = usize> {
        let columns = self.table.columns.iter().enumerate();
        columns.take_while(|(_, column)| column.unit == Unit::Name).map(|(at, _)| at)
    }

    fn point(&self, row: &[Cell], at: usize, notation: &Notation, mark: Option<usize>) -> Option<Point> {
        let cell = row.get(at)?;
        let written = notation.write(cell, self.zone);
        let value = written.raw.filter(|_| written.mark == Mark::Value)?;
        let interval = match *cell {
            Cell::Share { low, high, .. } => Some((low, high)),
            Cell::Estimate { interval, .. } => interval,
            _ => None,
        };
        let interval = interval.filter(|(low, high)| low.is_finite() && high.is_finite());
        let words = [written.value, written.interval, written.basis].into_iter().filter(|text| !text.is_empty());
        let is_said = |at: usize| matches!(row.get(at), Some(Cell::Text(_)));
        let partial = self.table.columns.iter().position(|column| column.key == PARTIAL_KEY);
        let is_partial = partial.is_some_and(is_said);
        let cut = partial.and_then(|at| text(row.get(at)?)).map(|why| format!("({why})"));
        let text = words.chain(cut).collect::<Vec<_>>().join(" ");
        Some(Point { value, interval, text, is_marked: mark.is_some_and(is_said), is_partial })
    }

    pub fn series(&self, parts: &Parts, kind: ChartKind) -> Result<Drawn, String> {
        self.are_numbers(&parts.y)?;
        self.have_one_unit(&parts.y)?;
        match self.buckets(parts.x) {
            Some(buckets) => Ok(self.over_time(parts, &buckets, kind == ChartKind::Bar)),
            None if kind == ChartKind::Line => {
                Err("a line goes over hours, days, weeks or months: add `--every day`, or draw a bar".to_owned())
            }
            None => Ok(self.over_names(parts)),
        }
    }

    fn are_numbers(&self, at: &[usize]) -> Result<(), String> {
        let is_number = |unit: Unit| !matches!(unit, Unit::Name | Unit::Instant | Unit::Mixed | Unit::Difference);
        match at.iter().map(|at| &self.table.columns[*at]).find(|column| !is_number(column.unit)) {
            Some(column) => Err(format!("the column `{}` holds no numbers of one kind", column.key)),
            None => Ok(()),
        }
    }

    fn have_one_unit(&self, at: &[usize]) -> Result<(), String> {
        let units: Vec<Unit> = at.iter().map(|at| self.table.columns[*at].unit).collect();
        match units.windows(2).find(|pair| pair[0] != pair[1]) {
            Some(pair) => {
                let [a, b] = [pair[0].name(), pair[1].name()];
                Err(format!("{a} and {b} share no axis: draw one chart for each"))
            }
            None => Ok(()),
        }
    }

    /// The place of each row in the calendar, if the column at `x` holds buckets; a row outside of it has none.
    fn buckets(&self, x: usize) -> Option<Vec<Option<Bucket>>> {
        let names = || self.table.rows.iter().map(|row| row.get(x));
        let every = Every::ALL.into_iter().find(|every| {
            self.table.columns[x].key == every.name()
                || self.table.columns[x].unit == Unit::Instant && {
                    let mut texts = names().flatten().filter_map(text);
                    texts.next().is_some_and(|name| every.named(name).is_some())
                }
        })?;
        let bucket = |name: Option<&Cell>| match name.and_then(text) {
            Some(name) => Some(Some(Bucket { name: name.to_owned(), place: every.named(name)? })),
            None => Some(None),
        };
        let buckets = names().map(bucket).collect::<Option<Vec<Option<Bucket>>>>();
        buckets.filter(|buckets| buckets.iter().any(Option::is_some))
    }

    fn over_time(&self, parts: &Parts, of_row: &[Option<Bucket>], is_bars: bool) -> Drawn {
        let mut buckets: Vec<Bucket> = of_row.iter().flatten().cloned().collect();
        buckets.sort_by_key(|bucket| bucket.place);
        buckets.dedup();
        let others: Vec<usize> = self.names().filter(|at| *at != parts.x).collect();
        let mut series: BTreeMap<(usize, String), Vec<Option<Point>>> = BTreeMap::new();
        for (order, &at) in parts.y.iter().enumerate() {
            let notation = self.notation(at);
            for (row, bucket) in self.table.rows.iter().zip(of_row) {
                let Some(bucket) = bucket else { continue };
                let mut names: Vec<String> = others.iter().map(|at| self.name(row, *at)).collect();
                if parts.y.len() > 1 || others.is_empty() {
                    names.push(escape::visible(&self.table.columns[at].whole_label()).into_owned());
                }
                let points = series.entry((order, names.join(", "))).or_insert_with(|| vec![None; buckets.len()]);
                let place = buckets.partition_point(|known| known.place < bucket.place);
                points[place] = self.point(row, at, &notation, parts.mark);
            }
        }
        let all: Vec<Series> =
            series.into_iter().map(|((_, name), points)| Series { name, points, gaps: Vec::new() }).collect();
        let (series, left_out) = if others.is_empty() { (all, None) } else { greatest(all) };
        (Body::Time { buckets, series, is_bars }, left_out)
    }

    fn over_names(&self, parts: &Parts) -> Drawn {
        let (rows, left_out) = self.rows(BARS);
        let names = rows.iter().map(|&(rest, row)| match rest {
            0 => Name { text: self.whole_name(row, parts.x), is_rest: false },
            rest => Name { text: others(rest), is_rest: true },
        });
        let series = parts.y.iter().map(|&at| {
            let notation = self.notation(at);
            Series {
                name: escape::visible(&self.table.columns[at].whole_label()).into_owned(),
                points: rows.iter().map(|(_, row)| self.point(row, at, &notation, parts.mark)).collect(),
                gaps: rows.iter().map(|(_, row)| notation.write(&row[at], self.zone).value).collect(),
            }
        });
        (Body::Bars { names: names.collect(), series: series.collect() }, left_out)
    }

    /// The first `most` rows, and the row of all others where the table has one: how many are in it, 0 for a row itself.
    fn rows(&self, most: usize) -> (Vec<(u64, &[Cell])>, Option<String>) {
        let table = self.table;
        let mut rows: Vec<(u64, &[Cell])> = table.rows.iter().take(most).map(|row| (0, row.as_slice())).collect();
        if table.rows.len() > most {
            let folded = table.others.as_ref().map_or(0, |(others, _)| *others);
            let all = crate::coverage::thousands(table.rows.len() as i128 + i128::from(folded));
            let which = if folded == 0 { "all" } else { "more" };
            return (rows, Some(format!("the first {most} of {all}; {which} are in the table")));
        }
        rows.extend(table.others.iter().map(|(count, row)| (*count, row.as_slice())));
        (rows, None)
    }

    pub fn pie(&self, parts: &Parts) -> Result<Drawn, String> {
        let &[at] = parts.y.as_slice() else { return Err("a pie is of one column".to_owned()) };
        self.are_numbers(&parts.y)?;
        let column = &self.table.columns[at];
        let number = |row: &[Cell]| row.get(at).and_then(Cell::number);
        let others = self.table.others.iter().map(|(_, row)| row);
        let values: Vec<f64> = self.table.rows.iter().chain(others).filter_map(|row| number(row)).collect();
        let whole: f64 = values.iter().sum();
        let is_whole = self
            .table
            .total
            .as_ref()
            .and_then(|row| number(row))
            .is_none_or(|total| (total - whole).abs() <= 1e-9 * whole.abs().max(1.0));
        let adds = matches!(column.unit, Unit::Count | Unit::Tokens | Unit::Dollars | Unit::Number | Unit::Millis);
        if !adds || !is_whole || values.iter().any(|value| *value < 0.0) {
            return Err(format!("`{}` is no part of a whole, of which a pie could be made: draw a bar", column.key));
        }
        let notation = self.notation(at);
        // What is beyond the last slice is a part of the whole as well.
        let shown = if self.table.rows.len() > SLICES { SLICES - 1 } else { self.table.rows.len() };
        let mut slices: Vec<Slice> = Vec::new();
        for row in &self.table.rows[..shown] {
            let Some(point) = self.point(row, at, &notation, None) else { continue };
            let name = Name { text: self.whole_name(row, parts.x), is_rest: false };
            slices.push(Slice { name, value: point.value, text: point.text });
        }
        let rest = self.table.others.as_ref().map_or(0, |(count, _)| *count) + (self.table.rows.len() - shown) as u64;
        if rest > 0 {
            let value = (whole - slices.iter().map(|slice| slice.value).sum::<f64>()).max(0.0);
            let text = notation.write(&Cell::Num(value), self.zone).value;
            slices.push(Slice { name: Name { text: self::others(rest), is_rest: true }, value, text });
        }
        slices.retain(|slice| slice.value > 0.0);
        Ok((Body::Pie { slices }, None))
    }

    pub fn scatter(&self, parts: &Parts) -> Result<Drawn, String> {
        let &[y] = parts.y.as_slice() else { return Err("a scatter is of two columns".to_owned()) };
        self.are_numbers(&[parts.x, y])?;
        let notations = [parts.x, y].map(|at| (at, self.notation(at)));
        let label = |at: usize| escape::visible(&self.table.columns[at].whole_label()).into_owned();
        let spots = self.table.rows.iter().filter_map(|row| {
            let [x, y] = notations.each_ref().map(|(at, notation)| self.point(row, *at, notation, parts.mark));
            let (x, y) = (x?, y?);
            let text = format!("{} {}, {} {}", label(parts.x), x.text, label(notations[1].0), y.text);
            let name = self.names().map(|at| self.name(row, at)).collect::<Vec<_>>().join(", ");
            Some(Spot { name, x: x.value, y: y.value, text, is_marked: y.is_marked })
        });
        let spots: Vec<Spot> = spots.collect();
        let missing = self.table.rows.len() - spots.len();
        let left_out = (missing > 0).then(|| {
            let all = crate::coverage::thousands(self.table.rows.len() as i128);
            format!("{missing} of {all} have too few or no data for one of the two")
        });
        Ok((Body::Scatter { spots }, left_out))
    }

    pub fn heatmap(&self, parts: &Parts) -> Body {
        let is_long = parts.y.len() == 2 && self.table.columns[parts.y[0]].unit == Unit::Name;
        if !is_long {
            let notations: Vec<Notation> = parts.y.iter().map(|at| self.notation(*at)).collect();
            let columns = parts.y.iter().map(|at| escape::visible(&self.table.columns[*at].label).into_owned());
            let rows = self.table.rows.iter().map(|row| {
                let cells = parts.y.iter().zip(&notations);
                let points = cells.map(|(at, notation)| self.point(row, *at, notation, parts.mark));
                Row { name: self.name(row, parts.x), points: points.collect() }
            });
            return Body::Heatmap { columns: columns.collect(), rows: rows.collect() };
        }
        let (down, at) = (parts.y[0], parts.y[1]);
        let notation = self.notation(at);
        let mut columns: Vec<String> = self.table.rows.iter().map(|row| self.name(row, parts.x)).collect();
        columns.sort();
        columns.dedup();
        let mut rows: Vec<Row> = Vec::new();
        for row in &self.table.rows {
            let name = self.name(row, down);
            let place = rows.iter().position(|known| known.name == name).unwrap_or_else(|| {
                rows.push(Row { name, points: vec![None; columns.len()] });
                rows.len() - 1
            });
            let column = self.name(row, parts.x);
            let across = columns.partition_point(|known| *known < column);
            rows[place].points[across] = self.point(row, at, &notation, parts.mark);
        }
        Body::Heatmap { columns, rows }
    }
}

fn text(cell: &Cell) -> Option<&str> {
    if let Cell::Text(text) = cell { Some(text) } else { None }
}

fn others(count: u64) -> String {
    match count {
        1 => "1 other".to_owned(),
        many => format!("{} others", crate::coverage::thousands(many.into())),
    }
}

/// The series that come to most, in that order.
fn greatest(mut series: Vec<Series>) -> (Vec<Series>, Option<String>) {
    let all = series.len();
    let sum = |series: &Series| series.points.iter().flatten().map(|point| point.value).sum::<f64>();
    series.sort_by(|a, b| sum(b).total_cmp(&sum(a)).then_with(|| a.name.cmp(&b.name)));
    series.truncate(SERIES);
    let left_out = (all > SERIES).then(|| format!("the {SERIES} greatest of {all}; all are in the table"));
    (series, left_out)
}
