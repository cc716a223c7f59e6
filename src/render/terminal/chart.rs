//! One small chart above the tables: a line of dots, or a bar for each row. What does not fit in a few lines is left to
//! the formats that have room for pictures.

use super::Tone;
use super::glyphs::{self, Range, as_float, whole};
use crate::render::human::Notation;
use crate::render::{drawn, escape, wrap};
use crate::sheet::{Cell, Chart, ChartKind, Column, Sheet, Table, Unit};

/// What a terminal has at least to show a chart besides its tables.
const LEAST_ROOM: usize = 80;
const LEAST_HEIGHT: usize = 30;
/// Lines of a line chart, and the columns that its points take at most.
const HEIGHT: usize = 6;
const WIDTH: usize = 72;
/// Two days fit below it.
const LEAST_WIDTH: usize = 24;
/// The columns of each of few points.
const STEP: usize = 4;
const LEAST_POINTS: usize = 3;
/// Bars of a bar chart.
const BARS: usize = 10;
const BAR_WIDTH: usize = 40;
const NAME_WIDTH: usize = 24;

/// Whether a screen has room for a chart.
pub(super) fn has_room(width: Option<usize>, height: Option<usize>) -> bool {
    width.is_some_and(|width| width >= LEAST_ROOM) && height.is_some_and(|height| height >= LEAST_HEIGHT)
}

/// The first chart of a sheet that is small enough, in at most `room` columns.
pub(super) fn first(sheet: &Sheet, room: usize) -> Option<Vec<(Tone, String)>> {
    sheet.charts().find_map(|chart| {
        let seen = Seen::of(chart, sheet)?;
        let body = match chart.kind {
            ChartKind::Line => seen.line(room)?,
            ChartKind::Bar => seen.bars(room)?,
            ChartKind::Pie | ChartKind::Scatter | ChartKind::Heatmap => return None,
        };
        let label = escape::visible(&seen.column.label);
        let title = escape::visible(&chart.title);
        let names_it = title.to_lowercase().contains(&label.to_lowercase());
        let title = if names_it { title.into_owned() } else { format!("{title}: {label}") };
        Some(std::iter::once((Tone::Strong, title)).chain(body).collect())
    })
}

/// The number of a cell that may be drawn: too few observations would draw what is not there.
pub(super) fn number(cell: &Cell, least: u64) -> Option<f64> {
    match cell {
        Cell::Share { n, .. } | Cell::Estimate { n, .. } if *n < least => None,
        cell => cell.number().filter(|value| value.is_finite()),
    }
}

/// The range to draw numbers of a unit in: what is counted or lasts starts at nothing.
pub(super) fn range(unit: Unit, values: impl Iterator<Item = f64> + Clone) -> Range {
    match unit {
        Unit::Ratio => {
            let Range { low, high } = Range::around(values);
            Range { low: low.max(0.0), high: high.min(1.0) }
        }
        Unit::Score => Range::around(values),
        _ => Range::from_zero(values),
    }
}

/// What is seen of a chart: its first column of numbers, by the names along its axis.
struct Seen<'a> {
    table: &'a Table,
    column: &'a Column,
    names: Vec<String>,
    cells: Vec<&'a Cell>,
    notation: Notation,
    zone: &'a crate::time::Zone,
}

impl<'a> Seen<'a> {
    fn of(chart: &Chart, sheet: &'a Sheet) -> Option<Seen<'a>> {
        let table = sheet.table(chart.of)?;
        let of_key = |key: &str| table.columns.iter().find(|column| column.key == key);
        let (along, column) = (of_key(&chart.x)?, of_key(chart.y.first()?)?);
        let cells = table.column(&column.key);
        let written = Notation::of_column(along, table.column(&along.key).into_iter());
        let names = table.column(&along.key).into_iter().map(|cell| written.write(cell, &sheet.zone).value).collect();
        let notation = Notation::of_column(column, cells.iter().copied());
        Some(Seen { table, column, names, cells, notation, zone: &sheet.zone })
    }

    fn values(&self) -> Vec<Option<f64>> {
        self.cells.iter().map(|cell| number(cell, self.column.least)).collect()
    }

    /// A line through all points; where one is missing it is broken.
    fn line(&self, room: usize) -> Option<Vec<(Tone, String)>> {
        let values = self.values();
        let known = values.iter().flatten().copied();
        if known.clone().count() < LEAST_POINTS {
            return None;
        }
        let range = range(self.column.unit, known);
        let label = |value: f64| self.notation.write(&Cell::Num(value), self.zone).value;
        let labels = [label(range.high), label(range.low)];
        let margin = labels.iter().map(|label| wrap::width(label)).max().unwrap_or(0);
        let width = room.checked_sub(margin + 2)?.min(values.len().saturating_mul(STEP).clamp(LEAST_WIDTH, WIDTH));
        let dots = Dots::of(&values, range, width);
        let mut lines = Vec::new();
        for (at, line) in dots.lines().into_iter().enumerate() {
            let (label, axis) = match at {
                0 => (&*labels[0], '┤'),
                at if at + 1 == HEIGHT => (&*labels[1], '┤'),
                _ => ("", '│'),
            };
            lines.push((Tone::Plain, format!("{}{axis}{line}", wrap::pad_left(label, margin + 1))));
        }
        let [first, last] = [self.names.first()?, self.names.last()?].map(|name| wrap::cut(name, (width - 1) / 2));
        let between = width.saturating_sub(wrap::width(&first));
        let ends = format!("{}{first}{}", " ".repeat(margin + 2), wrap::pad_left(&format!(" {last}"), between));
        lines.push((Tone::Quiet, ends));
        Some(lines)
    }

    /// A bar for each row, unless the table has them itself.
    fn bars(&self, room: usize) -> Option<Vec<(Tone, String)>> {
        let values = self.values();
        let range = Range::from_zero(values.iter().flatten().copied());
        let is_small = (2..=BARS).contains(&values.len()) && self.table.others.is_none();
        if !is_small || drawn::is_barred(self.column) || range.low < 0.0 || range.high <= 0.0 {
            return None;
        }
        let names: Vec<String> = self.names.iter().map(|name| wrap::cut(name, NAME_WIDTH)).collect();
        let written = self.cells.iter().map(|cell| self.notation.write(cell, self.zone).value);
        let written: Vec<String> = written.collect();
        let widest = |texts: &[String]| texts.iter().map(|text| wrap::width(text)).max().unwrap_or(0);
        let (name_width, value_width) = (widest(&names), widest(&written));
        let cells = room.checked_sub(name_width + value_width + 4)?.min(BAR_WIDTH);
        let bars = names.iter().zip(&written).zip(&values).map(|((name, written), value)| {
            let bar = value.map_or_else(String::new, |value| glyphs::bar(value / range.high, cells));
            (Tone::Plain, format!("{}  {}  {bar}", wrap::pad(name, name_width), wrap::pad_left(written, value_width)))
        });
        Some(bars.collect())
    }
}

/// Dots on a grid of two by four in each cell.
struct Dots {
    /// By line, then by cell: the bits of a braille character.
    cells: Vec<Vec<u8>>,
}

impl Dots {
    /// The values at equal distances over `width` cells, neighbours connected.
    fn of(values: &[Option<f64>], range: Range, width: usize) -> Dots {
        let mut dots = Dots { cells: vec![vec![0; width]; HEIGHT] };
        let across = as_float((2 * width).saturating_sub(1)) / as_float(values.len().saturating_sub(1).max(1));
        let down = |value: f64| (1.0 - range.part(value)) * as_float(4 * HEIGHT - 1);
        let at = |index: usize| whole(as_float(index) * across);
        let mut before: Option<(usize, f64)> = None;
        for (index, value) in values.iter().enumerate() {
            let Some(here) = value.map(|value| (at(index), down(value))) else {
                before = None;
                continue;
            };
            dots.connect(before.unwrap_or(here), here);
            before = Some(here);
        }
        dots
    }

    fn connect(&mut self, (x, y): (usize, f64), (to_x, to_y): (usize, f64)) {
        let steps = (to_x - x).max(whole((to_y - y).abs())).max(1);
        for step in 0..=steps {
            let part = as_float(step) / as_float(steps);
            self.set(whole(as_float(x) + as_float(to_x - x) * part), whole(y + (to_y - y) * part));
        }
    }

    fn set(&mut self, x: usize, y: usize) {
        const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        if let Some(cell) = self.cells.get_mut(y / 4).and_then(|line| line.get_mut(x / 2)) {
            *cell |= BITS[y % 4][x % 2];
        }
    }

    fn lines(&self) -> Vec<String> {
        let glyph = |bits: &u8| match bits {
            0 => ' ',
            bits => char::from_u32(0x2800 + u32::from(*bits)).unwrap_or(' '),
        };
        self.cells.iter().map(|line| line.iter().map(glyph).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;
    use crate::sheet::{Block, Parts};

    fn sheet(kind: ChartKind, y: &str, rows: Vec<Vec<Cell>>) -> Sheet {
        let mut sheet = sample::empty();
        let column = |key: &str, unit, least| sample::column(key, key, unit, Parts::Value, least, 0);
        let columns = vec![
            column("name", Unit::Name, 0),
            column("runs", Unit::Count, 0),
            column("success_rate", Unit::Ratio, 20),
        ];
        sheet.blocks = vec![
            Block::Table(Table { id: "t", title: String::new(), columns, rows, others: None, total: None }),
            Block::Chart(Chart {
                title: "By name".into(),
                kind,
                of: "t",
                x: "name".into(),
                y: vec![y.to_owned()],
                mark: None,
            }),
        ];
        sheet
    }

    fn row(name: &str, runs: i128, k: u64, n: u64) -> Vec<Cell> {
        vec![Cell::Text(name.into()), Cell::Int(runs), sample::share(k, n, 0.0, 1.0)]
    }

    fn drawn(sheet: &Sheet, room: usize) -> Option<Vec<String>> {
        Some(first(sheet, room)?.into_iter().map(|(_, line)| line.trim_end().to_owned()).collect())
    }

    #[test]
    fn a_bar_for_each_row_has_its_number() {
        let rows = vec![row("one", 1200, 1, 1), row(sample::ATTACK, 300, 1, 1), row("three", 0, 1, 1)];
        let lines = drawn(&sheet(ChartKind::Bar, "runs", rows), 60).unwrap();
        assert_eq!(lines[0], "By name: runs");
        assert_eq!(lines[1], format!("one                       1,200  {}", "█".repeat(27)));
        assert!(lines[2].starts_with("=<script>alert(1)</scri…    300  ██████▊"), "{}", lines[2]);
        assert_eq!(lines[3], "three                         0");
    }

    #[test]
    fn a_line_has_labels_at_its_ends_and_is_broken_where_nothing_is_known() {
        let rows = vec![row("mon", 0, 1, 1), row("tue", 100, 1, 1), row("wed", 50, 1, 1)];
        let lines = drawn(&sheet(ChartKind::Line, "runs", rows), 60).unwrap();
        assert_eq!(lines.len(), HEIGHT + 2);
        assert!(lines[1].starts_with(" 100┤") && lines[HEIGHT].starts_with("   0┤"), "{lines:#?}");
        assert_eq!(lines[HEIGHT + 1], "     mon                  wed");
        let rates = [90, 91, 3, 95, 96].into_iter().zip(["a", "b", "c", "d", "e"]);
        let rows = rates.map(|(k, name)| row(name, 1, k, if k == 3 { 4 } else { 100 })).collect();
        let lines = drawn(&sheet(ChartKind::Line, "success_rate", rows), 60).unwrap();
        let is_gap = |at: usize| lines[1..=HEIGHT].iter().all(|line| !matches!(line.chars().nth(at), Some('⠀'..='⣿')));
        assert!(is_gap("99.0 % ".len() + 10), "{lines:#?}");
    }

    #[test]
    fn what_is_too_large_or_drawn_already_is_left_out() {
        let rows = |count: usize| (0..count).map(|at| row(&at.to_string(), 3, 50, 100)).collect();
        assert_eq!(drawn(&sheet(ChartKind::Bar, "runs", rows(11)), 80), None);
        assert_eq!(drawn(&sheet(ChartKind::Bar, "runs", rows(1)), 80), None);
        assert_eq!(drawn(&sheet(ChartKind::Bar, "success_rate", rows(5)), 80), None);
        assert_eq!(drawn(&sheet(ChartKind::Line, "runs", rows(2)), 80), None);
        assert_eq!(drawn(&sheet(ChartKind::Pie, "runs", rows(5)), 80), None);
        assert_eq!(drawn(&sheet(ChartKind::Bar, "nothing", rows(5)), 80), None);
        assert!(has_room(Some(80), Some(30)) && !has_room(Some(79), Some(30)) && !has_room(Some(80), None));
    }

    #[test]
    fn no_line_of_a_chart_is_wider_than_its_room() {
        let rows: Vec<Vec<Cell>> =
            (0..9).map(|at| row(&format!("{at}{}", sample::ATTACK), at * 1_000_000, 1, 1)).collect();
        for kind in [ChartKind::Bar, ChartKind::Line] {
            for room in 78..130 {
                for line in drawn(&sheet(kind, "runs", rows.clone()), room).unwrap() {
                    assert!(wrap::width(&line) <= room, "{room}: {line}");
                    assert!(!line.chars().any(char::is_control), "{line:?}");
                }
            }
        }
    }
}
