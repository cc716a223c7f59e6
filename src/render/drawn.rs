//! A table as text, before any target has shaped it: what the terminal, Markdown and HTML have in common. It refuses
//! to know widths, markup and colours.

use super::human::{Mark, Notation, Written};
use crate::coverage::thousands;
use crate::sheet::{Cell, Column, FOR_PROGRAMS, Table, UNIT_KEY, Unit};
use crate::time::Zone;

/// The shares that a table is about: what part a row is of all, and how often it helped.
const BARRED: [&str; 2] = ["share", "success_rate"];

/// Whether the shares of a column are worth a bar beside them.
pub(super) fn is_barred(column: &Column) -> bool {
    column.unit == Unit::Ratio && BARRED.contains(&&*column.key)
}

/// A table whose cells are written for a person.
pub(super) struct Drawn {
    pub heads: Vec<Head>,
    pub lines: Vec<Line>,
}

pub(super) struct Head {
    pub label: String,
    /// Names and instants stand left, numbers right.
    pub is_text: bool,
    /// Instants are not broken into lines.
    pub is_instant: bool,
    /// Its shares are worth a bar beside them.
    pub is_barred: bool,
    /// What to leave out first: 0 stays.
    pub rank: u8,
}

pub(super) struct Line {
    pub part: Part,
    pub cells: Vec<Written>,
}

/// Which part of a table a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Row,
    /// What was left out, folded.
    Others,
    /// Everything, folded.
    Total,
}

/// Writes a whole table.
pub(super) fn table(table: &Table, zone: &Zone) -> Drawn {
    let rows = table.rows.iter().map(|row| (Part::Row, row));
    let others = table.others.iter().map(|(_, row)| (Part::Others, row));
    let total = table.total.iter().map(|row| (Part::Total, row));
    let all: Vec<(Part, &Vec<Cell>)> = rows.chain(others).chain(total).collect();
    let column_of = |at: usize| all.iter().filter_map(move |(_, row)| row.get(at));
    let notations: Vec<Notation> =
        table.columns.iter().enumerate().map(|(at, column)| Notation::of_column(column, column_of(at))).collect();
    let lines: Vec<Line> =
        all.iter().map(|&(part, row)| Line { part, cells: line(table, part, row, &notations, zone) }).collect();
    let shown: Vec<usize> = (0..table.columns.len()).filter(|at| table.columns[*at].rank < FOR_PROGRAMS).collect();
    let lines: Vec<Line> = lines.into_iter().map(|line| line.keep(&shown)).collect();
    let heads = shown.iter().map(|at| &table.columns[*at]).enumerate().map(|(at, column)| {
        let has_interval = lines.iter().any(|line| !line.cells[at].interval.is_empty());
        let label = if has_interval { format!("{} (95 %)", column.label) } else { column.label.clone() };
        Head {
            label: super::escape::visible(&label).into_owned(),
            is_text: matches!(column.unit, Unit::Name | Unit::Instant),
            is_instant: column.unit == Unit::Instant,
            is_barred: is_barred(column),
            rank: column.rank,
        }
    });
    Drawn { heads: heads.collect(), lines }
}

impl Line {
    fn keep(self, shown: &[usize]) -> Line {
        let mut cells = self.cells;
        Line { cells: shown.iter().map(|at| std::mem::take(&mut cells[*at])).collect(), ..self }
    }
}

/// The notation of one cell of a column whose unit is that of the row.
fn of_row(table: &Table, row: &[Cell], at: usize) -> Notation {
    let unit = table.columns.iter().position(|column| column.key == UNIT_KEY).and_then(|at| match row.get(at) {
        Some(Cell::Text(name)) => Unit::named(name),
        _ => None,
    });
    let mixed = table.columns.iter().zip(row).filter(|(column, _)| column.unit.is_of_row());
    Notation::of_row(unit.unwrap_or(Unit::Score), &table.columns[at], mixed.map(|(_, cell)| cell))
}

fn line(table: &Table, part: Part, row: &[Cell], notations: &[Notation], zone: &Zone) -> Vec<Written> {
    let label = match part {
        Part::Row => None,
        Part::Others => table.others.as_ref().map(|(count, _)| match count {
            1 => "1 other".to_owned(),
            many => format!("{} others", thousands((*many).into())),
        }),
        Part::Total => Some("all".to_owned()),
    };
    let mut cells: Vec<Written> = table
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| match row.get(at) {
            // A sum of names has no name: silence, not a missing value.
            Some(Cell::Missing(_)) if part != Part::Row && column.unit == Unit::Name => Written::default(),
            Some(cell) if column.unit.is_of_row() => of_row(table, row, at).write(cell, zone),
            Some(cell) => notations[at].write(cell, zone),
            None => Written::missing(),
        })
        .collect();
    // Said once, it holds for the rest of the row.
    for few in cells.iter_mut().filter(|cell| cell.mark == Mark::TooFew).skip(1) {
        *few = Written::missing();
    }
    if let (Some(label), Some(first)) = (label, cells.first_mut()) {
        let is_name = table.columns[0].unit == Unit::Name || first.mark == Mark::Missing;
        if is_name {
            *first = Written { value: label, ..Written::default() };
        }
    }
    cells
}
