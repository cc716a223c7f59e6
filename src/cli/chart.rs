//! Charts of a person's own: which table of which answer, which columns, and what is meant where nothing is said.

use super::Trouble;
use super::args::{ChartArgs, Kind};
use crate::render;
use crate::report::Report;
use crate::sheet::{Block, Chart, ChartKind, Column, Sheet, Table, Unit};
use crate::spelling;
use anyhow::Result;

/// Bars, and slices of a pie, unless `--top` says otherwise; the others come in one.
const BARS: usize = 15;
const SLICES: usize = 8;

/// The rows that suit a chart where nobody said how many.
pub fn rows(asked: &ChartArgs) -> Option<usize> {
    match asked.chart? {
        Kind::Bar => Some(BARS),
        Kind::Pie => Some(SLICES),
        Kind::Line | Kind::Scatter | Kind::Heatmap => None,
    }
}

/// The name of the report that a chart is to be of.
pub fn report(asked: &ChartArgs) -> Option<&str> {
    let of = asked.of.as_deref()?;
    Some(of.split_once(':').map_or(of, |(report, _)| report))
}

/// Refuses a chart of a report that was not asked for.
///
/// # Errors
/// It is of another.
pub fn is_of(asked: &ChartArgs, reports: &[&Report]) -> Result<()> {
    let Some(name) = report(asked) else { return Ok(()) };
    if reports.iter().any(|report| report.name == name) {
        return Ok(());
    }
    let says = format!("`--of {name}` is none of the reports asked for");
    Err(Trouble::new(says).hint(format!("leave out the others: `--chart … --of {name}`")).into())
}

/// Puts the chart asked for in the place of those of its sheet.
///
/// # Errors
/// There is no such table or column, or it cannot be drawn so.
pub fn put(asked: &ChartArgs, sheets: &mut [Sheet]) -> Result<()> {
    let Some(kind) = asked.chart else { return Ok(()) };
    let (report, table) = match asked.of.as_deref().map(|of| of.split_once(':').unwrap_or((of, ""))) {
        Some((report, table)) => (Some(report), Some(table).filter(|table| !table.is_empty())),
        None => (None, None),
    };
    let sheet = sheets.iter_mut().find(|sheet| report.is_none_or(|name| name == sheet.report));
    let Some(sheet) = sheet else { return Ok(()) };
    let table = of_sheet(sheet, table)?;
    let chart = chart(asked, kind, table)?;
    if let Some(why) = render::why_undrawn(&chart, sheet) {
        return Err(Trouble::new(format!("cannot draw this chart: {why}"))
            .hint(format!("the numbers of {} are: {}", table.id, listed(numbers(table))))
            .into());
    }
    sheet.blocks.retain(|block| !matches!(block, Block::Chart(_)));
    let is_of_it = |block: &Block| matches!(block, Block::Table(table) | Block::Behind(table) if table.id == chart.of);
    let at = sheet.blocks.iter().position(is_of_it).unwrap_or(0);
    sheet.blocks.insert(at, Block::Chart(chart));
    Ok(())
}

fn of_sheet<'a>(sheet: &'a Sheet, id: Option<&str>) -> Result<&'a Table> {
    let ids: Vec<&str> = sheet.tables().map(|table| table.id).collect();
    match id {
        None => sheet
            .tables()
            .next()
            .ok_or_else(|| Trouble::new(format!("the report `{}` has no table to draw", sheet.report)).into()),
        Some(id) => sheet.table(id).ok_or_else(|| {
            let unknown = spelling::unknown("table", id, &ids);
            Trouble::new(format!("cannot draw `{}`: {unknown}", sheet.report)).into()
        }),
    }
}

fn chart(asked: &ChartArgs, kind: Kind, table: &Table) -> Result<Chart> {
    let known: Vec<&str> = table.columns.iter().map(|column| column.key.as_str()).collect();
    let column = |key: &str| -> Result<&Column> {
        let found = table.columns.iter().find(|column| column.key == key.trim());
        found.ok_or_else(|| Trouble::new(spelling::unknown("column", key, &known)).into())
    };
    let mut drawn = numbers(table);
    let x = match (&asked.x, kind) {
        (Some(key), _) => column(key)?,
        (None, Kind::Scatter) => drawn.next().ok_or_else(|| nothing(table))?,
        (None, _) => table.columns.first().ok_or_else(|| nothing(table))?,
    };
    let y: Vec<&Column> = if asked.y.is_empty() {
        let down = table.columns.iter().skip(1).filter(|_| kind == Kind::Heatmap);
        let down = down.take_while(|column| column.unit == Unit::Name).filter(|column| column.key != x.key).take(1);
        let number = drawn.find(|column| column.key != x.key).ok_or_else(|| nothing(table))?;
        down.chain([number]).collect()
    } else {
        asked.y.iter().map(|key| column(key)).collect::<Result<_>>()?
    };
    let (names, numbers): (Vec<&Column>, Vec<&Column>) = y.iter().partition(|column| column.unit == Unit::Name);
    let labels = |columns: &[&Column], between| {
        columns.iter().map(|column| column.whole_label()).collect::<Vec<_>>().join(between)
    };
    let by = labels(&names.into_iter().chain([x]).collect::<Vec<_>>(), " and ");
    let title = match kind {
        Kind::Scatter => format!("{} against {by}", labels(&numbers, ", ")),
        // Its columns are what the table is about.
        Kind::Heatmap if numbers.len() > 1 && !table.title.is_empty() => table.title.clone(),
        _ => format!("{} by {by}", labels(&numbers, ", ")),
    };
    let kind = match kind {
        Kind::Line => ChartKind::Line,
        Kind::Bar => ChartKind::Bar,
        Kind::Pie => ChartKind::Pie,
        Kind::Scatter => ChartKind::Scatter,
        Kind::Heatmap => ChartKind::Heatmap,
    };
    Ok(Chart::new(kind, &title, table, &x.key, y.into_iter().map(|column| column.key.as_str())))
}

fn nothing(table: &Table) -> anyhow::Error {
    Trouble::new(format!("the table `{}` has too few columns of numbers for this chart", table.id)).into()
}

/// The columns that hold numbers.
fn numbers(table: &Table) -> impl Iterator<Item = &Column> {
    table
        .columns
        .iter()
        .filter(|column| !matches!(column.unit, Unit::Name | Unit::Instant | Unit::Mixed | Unit::Difference))
}

fn listed<'a>(columns: impl Iterator<Item = &'a Column>) -> String {
    columns.map(|column| column.key.as_str()).collect::<Vec<_>>().join(", ")
}
