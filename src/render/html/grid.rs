//! Tables of a page: what is drawn for a person, and beside it the same rows raw, to sort by and to take away.

use super::visible;
use crate::coverage::count;
use crate::render::csv;
use crate::render::drawn::{self, Line};
use crate::render::human::{Mark, Written};
use crate::sheet::{Column, FOR_PROGRAMS, Sheet, Table};
use std::borrow::Cow;

/// A table and what belongs to it.
pub(super) struct Grid {
    pub id: String,
    pub caption: String,
    /// The report's title above says the same already.
    pub is_titled_above: bool,
    pub heads: Vec<Head>,
    pub groups: [Group; 2],
    /// Rows that only their sum tells of, and rows that are not here at all, in a sentence.
    pub left_out: Option<String>,
    /// The rows as a CSV file.
    pub csv: String,
}

pub(super) struct Head {
    pub label: String,
    pub is_number: bool,
    /// The field of its value in a record of the CSV.
    pub field: usize,
}

/// The rows that can be sorted, or the sums under them.
pub(super) struct Group {
    pub tag: &'static str,
    pub lines: Vec<Row>,
}

pub(super) struct Row {
    pub is_total: bool,
    pub cells: Vec<Cell>,
}

pub(super) struct Cell {
    pub tag: &'static str,
    pub class: &'static str,
    pub value: String,
    pub detail: String,
}

impl Grid {
    /// At most `most` rows of a table of the report called `report`.
    pub(super) fn of(table: &Table, sheet: &Sheet, report: &str, most: Option<usize>) -> Grid {
        let is_cut = most.is_some_and(|most| table.rows.len() > most);
        let shown = match most {
            Some(most) if is_cut => Cow::Owned(Table { rows: table.rows[..most].to_vec(), ..table.clone() }),
            _ => Cow::Borrowed(table),
        };
        let drawn = drawn::table(&shown, &sheet.zone);
        let heads: Vec<Head> = drawn
            .heads
            .iter()
            .zip(fields(&table.columns))
            .map(|(head, field)| Head { label: head.label.clone(), is_number: !head.is_text, field })
            .collect();
        let (rows, sums): (Vec<Line>, Vec<Line>) =
            drawn.lines.into_iter().partition(|line| line.part == drawn::Part::Row);
        let is_short =
            |at: usize| rows.iter().chain(&sums).all(|line: &Line| line.cells[at].value.chars().count() <= SHORT);
        let kinds: Vec<Kind> =
            drawn.heads.iter().enumerate().map(|(at, head)| Kind::of(head, at, is_short(at))).collect();
        let group = |tag, lines: Vec<Line>| {
            let rows = lines.into_iter().map(|line| Row {
                is_total: line.part == drawn::Part::Total,
                cells: line
                    .cells
                    .into_iter()
                    .zip(&kinds)
                    .enumerate()
                    .map(|(at, (it, kind))| Cell::of(at, it, *kind))
                    .collect(),
            });
            Group { tag, lines: rows.collect() }
        };
        Grid {
            id: format!("{report}-{}", table.id),
            caption: visible(&table.title),
            is_titled_above: table.title == sheet.title,
            groups: [group("tbody", rows), group("tfoot", sums)],
            left_out: left_out(table, table.rows.len() - shown.rows.len()),
            // Also in what is taken away nothing is hidden.
            csv: csv::written(table, &shown.rows, false).split('\n').map(visible).collect::<Vec<_>>().join("\n"),
            heads,
        }
    }
}

/// Where the value of each column that a person sees stands among the flat values of a row.
fn fields(columns: &[Column]) -> impl Iterator<Item = usize> {
    let starts = columns.iter().scan(0, |next, column| {
        let at = *next;
        *next += column.flat().len();
        Some((at, column.rank))
    });
    starts.filter(|(_, rank)| *rank < FOR_PROGRAMS).map(|(at, _)| at)
}

fn left_out(table: &Table, cut: usize) -> Option<String> {
    let folded = table.others.as_ref().map_or(0, |(others, _)| *others);
    let are = |number: u64, what: &str| format!("{} {what}", if number == 1 { "is" } else { "are" });
    let folded = (folded > 0).then(|| format!("{} {}", count(folded, "row"), are(folded, "in one line of sums")));
    let cut = cut as u64;
    let cut = (cut > 0).then(|| format!("{} {}", count(cut, "row"), are(cut, "not on this page")));
    let sentences: Vec<String> = folded.into_iter().chain(cut).collect();
    (!sentences.is_empty()).then(|| sentences.join(", "))
}

/// Texts of at most so many characters stay on one line.
const SHORT: usize = 20;

/// How the cells of a column stand.
#[derive(Clone, Copy)]
enum Kind {
    /// Right, on one line.
    Number,
    /// Left, on one line: instants and short texts.
    Line,
    /// Left, on as many as they need.
    Text,
}

impl Kind {
    fn of(head: &drawn::Head, at: usize, is_short: bool) -> Kind {
        match head {
            drawn::Head { is_instant: true, .. } => Kind::Line,
            // The first column heads the rows and has a width of its own.
            drawn::Head { is_text: true, .. } if at > 0 && is_short => Kind::Line,
            drawn::Head { is_text: true, .. } => Kind::Text,
            _ => Kind::Number,
        }
    }
}

impl Cell {
    fn of(at: usize, written: Written, kind: Kind) -> Cell {
        let detail = [written.interval, written.basis].into_iter().filter(|part| !part.is_empty());
        let is_gap = written.mark != Mark::Value;
        Cell {
            tag: if at == 0 { "th" } else { "td" },
            class: match kind {
                Kind::Line if is_gap => "i gap",
                Kind::Line => "i",
                Kind::Text if is_gap => "t gap",
                Kind::Text => "t",
                Kind::Number if is_gap => "n gap",
                Kind::Number => "n",
            },
            detail: detail.collect::<Vec<_>>().join(" "),
            value: written.value,
        }
    }
}
