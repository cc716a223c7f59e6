//! One small chart above the tables: a line of dots, or a bar for each row. What does not fit in a few lines is left to
//! the formats that have room for pictures.

use super::Tone;
use super::glyphs::{self, Range, as_float, whole};
use crate::render::chart::{Body, Bucket, Name, Picture, Point, Series};
use crate::render::{drawn, escape, wrap};
use crate::sheet::{Chart, ChartKind, Fact, Sheet, Unit};

/// What a terminal has at least to show a chart besides its tables.
const LEAST_ROOM: usize = 80;
const LEAST_HEIGHT: usize = 30;
/// Lines of a line chart, and the columns that its points take at most.
const HEIGHT: usize = 6;
const WIDTH: usize = 72;
/// Two days fit below it.
const LEAST_WIDTH: usize = 24;
/// More places in the calendar than any screen shows.
const MOST_PLACES: usize = 5000;
/// The columns of each of few points.
const STEP: usize = 4;
const LEAST_POINTS: usize = 3;
/// Bars of a bar chart.
const BARS: usize = 10;
const BARS_ASKED: usize = 40;
const BAR_WIDTH: usize = 40;
const NAME_WIDTH: usize = 24;

/// Whether a screen has room for a chart.
pub(in crate::render) fn has_room(width: Option<usize>, height: Option<usize>) -> bool {
    width.is_some_and(|width| width >= LEAST_ROOM) && height.is_some_and(|height| height >= LEAST_HEIGHT)
}

/// The first chart of a sheet that is small enough and shows what nothing else does, in at most `room` columns. One that
/// `is_asked` for may be larger, and say it again.
pub(super) fn first(sheet: &Sheet, room: usize, is_asked: bool) -> Option<Vec<(Tone, String)>> {
    let is_new = |chart: &&Chart| is_asked || !is_course(chart, sheet) && !is_barred(chart, sheet);
    let most = if is_asked { BARS_ASKED } else { BARS };
    sheet.charts().filter(is_new).find_map(|chart| {
        let picture = Picture::of(chart, sheet).ok()?;
        let (series, body) = match &picture.body {
            Body::Time { buckets, series, .. } => (series, line(&picture, buckets, series.first()?, sheet, room)?),
            Body::Bars { names, series } => {
                let is_cut = picture.left_out.is_some() && !is_asked;
                (series, bars(names, series.first()?, if is_cut { 0 } else { most }, room)?)
            }
            _ => return None,
        };
        let title = match &series[..] {
            [_] => picture.title.clone(),
            several => format!("{}: {}", picture.title, several[0].name),
        };
        Some(std::iter::once((Tone::Strong, title)).chain(body).collect())
    })
}

/// Whether a sparkline shows the same already.
fn is_course(chart: &Chart, sheet: &Sheet) -> bool {
    sheet.facts().any(|fact| fact.over == Some(chart.of) && chart.y.first() == Some(&fact.key))
}

/// Whether the table has bars of the same numbers.
fn is_barred(chart: &Chart, sheet: &Sheet) -> bool {
    let columns = sheet.table(chart.of).filter(|_| chart.kind == ChartKind::Bar).map(|table| &table.columns);
    columns.into_iter().flatten().any(|column| chart.y.first() == Some(&column.key) && drawn::is_barred(column))
}

/// How a fact came about in its latest buckets, at most so many, as a sparkline.
pub(super) fn course(fact: &Fact, sheet: &Sheet, most: usize) -> Option<String> {
    let table = sheet.table(fact.over?)?;
    let along = &table.columns.first()?.key;
    let chart = Chart::new(ChartKind::Line, "", table, along, [fact.key.as_str()]);
    let picture = Picture::of(&chart, sheet).ok()?;
    let Body::Time { buckets, series, .. } = &picture.body else { return None };
    let values = in_place(buckets, &series.first()?.points);
    let latest = &values[values.len().saturating_sub(most)..];
    glyphs::spark(latest, range(fact.unit, latest.iter().flatten().copied()))
}

/// The range to draw numbers of a unit in: what is counted or lasts starts at nothing.
fn range(unit: Unit, values: impl Iterator<Item = f64> + Clone) -> Range {
    match unit {
        Unit::Ratio => {
            let Range { low, high } = Range::around(values);
            Range { low: low.max(0.0), high: high.min(1.0) }
        }
        Unit::Score => Range::around(values),
        _ => Range::from_zero(values),
    }
}

/// One value for each place in the calendar from the first bucket to the last, none where there is no bucket.
fn in_place(buckets: &[Bucket], points: &[Option<Point>]) -> Vec<Option<f64>> {
    let (Some(first), Some(last)) = (buckets.first(), buckets.last()) else { return Vec::new() };
    let span = usize::try_from(last.place - first.place).map_or(0, |span| span.min(MOST_PLACES));
    let mut values = vec![None; span + 1];
    for (bucket, point) in buckets.iter().zip(points) {
        // Of a span that is too long the end is seen.
        let back = usize::try_from(last.place - bucket.place).unwrap_or(usize::MAX);
        if let Some(at) = span.checked_sub(back) {
            values[at] = point.as_ref().map(|point| point.value);
        }
    }
    values
}

/// A line through all points; where one is missing it is broken.
fn line(
    picture: &Picture,
    buckets: &[Bucket],
    series: &Series,
    sheet: &Sheet,
    room: usize,
) -> Option<Vec<(Tone, String)>> {
    let values = in_place(buckets, &series.points);
    let known = values.iter().flatten().copied();
    if known.clone().count() < LEAST_POINTS {
        return None;
    }
    let range = range(picture.y.unit, known);
    let labels = picture.y.ticks(&[range.high, range.low], &sheet.zone);
    let margin = labels.iter().map(|label| wrap::width(label)).max().unwrap_or(0);
    let width = room.checked_sub(margin + 2)?.min(values.len().saturating_mul(STEP).clamp(LEAST_WIDTH, WIDTH));
    let mut lines = Vec::new();
    for (at, line) in Dots::of(&values, range, width).lines().into_iter().enumerate() {
        let (label, axis) = match at {
            0 => (labels[0].as_str(), '┤'),
            at if at + 1 == HEIGHT => (labels[1].as_str(), '┤'),
            _ => ("", '│'),
        };
        lines.push((Tone::Plain, format!("{}{axis}{line}", wrap::pad_left(label, margin + 1))));
    }
    let ends = [buckets.first()?, buckets.last()?].map(|bucket| escape::visible(&bucket.name).into_owned());
    let [first, last] = ends.map(|name| wrap::cut(&name, (width - 1) / 2));
    let between = width.saturating_sub(wrap::width(&first));
    let ends = format!("{}{first}{}", " ".repeat(margin + 2), wrap::pad_left(&last, between));
    lines.push((Tone::Quiet, ends));
    Some(lines)
}

/// A bar for each name, if they are not more than `most`.
fn bars(names: &[Name], series: &Series, most: usize, room: usize) -> Option<Vec<(Tone, String)>> {
    let values: Vec<Option<f64>> = series.points.iter().map(|point| point.as_ref().map(|point| point.value)).collect();
    let range = Range::from_zero(values.iter().flatten().copied());
    if !(2..=most).contains(&names.len()) || range.low < 0.0 || range.high <= 0.0 {
        return None;
    }
    let names: Vec<String> = names.iter().map(|name| wrap::cut(&name.text, NAME_WIDTH)).collect();
    let of = |(point, gap): (&Option<Point>, &String)| point.as_ref().map_or(gap, |point| &point.text).clone();
    let written: Vec<String> = series.points.iter().zip(&series.gaps).map(of).collect();
    let widest = |texts: &[String]| texts.iter().map(|text| wrap::width(text)).max().unwrap_or(0);
    let (name_width, value_width) = (widest(&names), widest(&written));
    let cells = room.checked_sub(name_width + value_width + 4)?.min(BAR_WIDTH);
    let bars = names.iter().zip(&written).zip(&values).map(|((name, written), value)| {
        let bar = value.map_or_else(String::new, |value| glyphs::bar(value / range.high, cells));
        (Tone::Plain, format!("{}  {}  {bar}", wrap::pad(name, name_width), wrap::pad_left(written, value_width)))
    });
    Some(bars.collect())
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
    use crate::sheet::{Block, Cell, Parts, Table};

    fn sheet(kind: ChartKind, y: &str, rows: Vec<Vec<Cell>>) -> Sheet {
        let mut sheet = sample::empty();
        let column = |key: &str, unit, least| sample::column(key, key, unit, Parts::Value, least, 0);
        let along = if kind == ChartKind::Line { "day" } else { "name" };
        let columns =
            vec![column(along, Unit::Name, 0), column("runs", Unit::Count, 0), column("success_rate", Unit::Ratio, 20)];
        sheet.blocks = vec![
            Block::Table(Table { id: "t", title: String::new(), columns, rows, others: None, total: None }),
            Block::Chart(Chart {
                title: "By name".into(),
                kind,
                of: "t",
                x: along.into(),
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
        Some(first(sheet, room, false)?.into_iter().map(|(_, line)| line.trim_end().to_owned()).collect())
    }

    #[test]
    fn a_bar_for_each_row_has_its_number() {
        let rows = vec![row("one", 1200, 1, 1), row(sample::ATTACK, 300, 1, 1), row("three", 0, 1, 1)];
        let lines = drawn(&sheet(ChartKind::Bar, "runs", rows), 60).unwrap();
        assert_eq!(lines[0], "By name");
        assert_eq!(lines[1], format!("one                       1,200  {}", "█".repeat(27)));
        assert!(lines[2].starts_with("=<script>alert(1)</scri…    300  ██████▊"), "{}", lines[2]);
        assert_eq!(lines[3], "three                         0");
    }

    #[test]
    fn a_line_has_labels_at_its_ends_and_is_broken_where_nothing_is_known() {
        let rows = vec![row("2026-11-18", 0, 1, 1), row("2026-11-19", 100, 1, 1), row("2026-11-20", 50, 1, 1)];
        let lines = drawn(&sheet(ChartKind::Line, "runs", rows), 60).unwrap();
        assert_eq!(lines.len(), HEIGHT + 2);
        assert!(lines[1].starts_with(" 100┤") && lines[HEIGHT].starts_with("   0┤"), "{lines:#?}");
        assert_eq!(lines[HEIGHT + 1], "     2026-11-18    2026-11-20");
        // A day without a row and one with too few outcomes are gaps alike.
        let rows = [("01", 90, 100), ("02", 91, 100), ("03", 3, 4), ("05", 95, 100), ("06", 96, 100)];
        let rows = rows.map(|(day, k, n)| row(&format!("2026-11-{day}"), 1, k, n)).to_vec();
        let lines = drawn(&sheet(ChartKind::Line, "success_rate", rows), 60).unwrap();
        let gap = |line: &String| line.chars().skip_while(|c| *c != '┤' && *c != '│').skip(8).take(6).all(|c| c == ' ');
        assert!(lines[1..=HEIGHT].iter().all(gap), "{lines:#?}");
    }

    #[test]
    fn a_sparkline_leaves_the_days_out_of_which_nothing_is_known() {
        let rows = vec![row("2026-11-10", 5, 1, 1), row("2026-11-12", 10, 1, 1), row("2026-11-13", 0, 1, 1)];
        let sheet = sheet(ChartKind::Line, "runs", rows);
        let fact = Fact { over: Some("t"), ..Fact::new("runs", "runs", Unit::Count, Cell::Int(15)) };
        assert_eq!(course(&fact, &sheet, 14).as_deref(), Some("▅ █▁"));
        assert_eq!(course(&fact, &sheet, 2).as_deref(), Some("█▁"));
        assert_eq!(course(&fact, &sheet, 1), None);
    }

    #[test]
    fn what_is_too_large_or_drawn_already_is_left_out() {
        let rows = |count: usize| (1..=count).map(|at| row(&format!("2026-11-{at:02}"), 3, 50, 100)).collect();
        assert_eq!(drawn(&sheet(ChartKind::Bar, "runs", rows(11)), 80), None);
        assert_eq!(drawn(&sheet(ChartKind::Bar, "runs", rows(1)), 80), None);
        assert_eq!(drawn(&sheet(ChartKind::Bar, "success_rate", rows(5)), 80), None);
        assert_eq!(drawn(&sheet(ChartKind::Line, "runs", rows(2)), 80), None);
        // Unless somebody asked for it.
        assert_eq!(first(&sheet(ChartKind::Bar, "runs", rows(11)), 80, true).unwrap().len(), 12);
        assert!(first(&sheet(ChartKind::Bar, "success_rate", rows(5)), 80, true).is_some());
        assert_eq!(first(&sheet(ChartKind::Pie, "runs", rows(5)), 80, true), None);
        assert_eq!(drawn(&sheet(ChartKind::Pie, "runs", rows(5)), 80), None);
        assert_eq!(drawn(&sheet(ChartKind::Bar, "nothing", rows(5)), 80), None);
        assert!(has_room(Some(80), Some(30)) && !has_room(Some(79), Some(30)) && !has_room(Some(80), None));
    }

    #[test]
    fn no_line_of_a_chart_is_wider_than_its_room() {
        for kind in [ChartKind::Bar, ChartKind::Line] {
            let attack = if kind == ChartKind::Bar { sample::ATTACK } else { "" };
            let name = |at: i128| format!("2026-11-{:02}{attack}", at + 1);
            let rows: Vec<Vec<Cell>> = (0..9).map(|at| row(&name(at), at * 1_000_000, 1, 1)).collect();
            for room in 78..130 {
                for line in drawn(&sheet(kind, "runs", rows.clone()), room).unwrap() {
                    assert!(wrap::width(&line) <= room, "{room}: {line}");
                    assert!(!line.chars().any(char::is_control), "{line:?}");
                }
            }
        }
    }
}
