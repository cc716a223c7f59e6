//! A table that fits its room: columns that are least missed go first and are named, then long names are cut. comfy-table
//! sets the columns; what goes into them is decided here, because it knows no ranks.

use super::{Tone, glyphs};
use crate::render::drawn::{Drawn, Part};
use crate::render::human::{Mark, Written};
use crate::render::wrap;
use comfy_table::{CellAlignment, Table, TableStyle};

const GAP: usize = 2;
const BAR_WIDTH: usize = 10;
/// A name may take this much before a column goes for it, and at least the second in any case.
const NAME_WIDTH: usize = 28;
const LEAST_NAME_WIDTH: usize = 8;
/// Lines that a text with spaces may take in its cell.
const TEXT_LINES: usize = 3;
/// comfy-table counts in 16 bits.
const WIDEST: usize = 4000;

/// Lines of at most the room asked for, and the labels of the columns that had to go.
pub(super) struct Lines {
    pub lines: Vec<(Tone, String)>,
    pub hidden: Vec<String>,
}

/// Draws a table into `room` columns.
pub(super) fn draw(drawn: &Drawn, room: usize) -> Lines {
    let columns: Vec<Texts> = (0..drawn.heads.len()).map(|at| Texts::of(drawn, at)).collect();
    let widths = fit(drawn, &columns, room);
    let hidden = drawn.heads.iter().zip(&widths).filter(|(_, width)| width.is_none());
    let hidden = hidden.map(|(head, _)| head.label.clone()).collect();
    let shown: Vec<(usize, usize)> =
        widths.iter().enumerate().filter_map(|(at, width)| width.map(|width| (at, width))).collect();
    let barred = barred(drawn, &columns, &shown, room);
    let mut table = Table::new();
    table.load_style(TableStyle::new());
    let mut tones = Vec::new();
    let mut heads: Vec<String> = shown.iter().map(|&(at, width)| wrap::cut(&drawn.heads[at].label, width)).collect();
    if let Some(at) = barred {
        heads.insert(at + 1, " ".repeat(BAR_WIDTH));
    }
    table.set_header(heads);
    tones.push(Tone::Quiet);
    for (row, line) in drawn.lines.iter().enumerate() {
        let cell = |&(at, width): &(usize, usize)| cell(&columns[at].cells[row], drawn.heads[at].is_text, width);
        let mut cells: Vec<Vec<String>> = shown.iter().map(cell).collect();
        if let Some(at) = barred {
            cells.insert(at + 1, vec![bar(&line.cells[shown[at].0])]);
        }
        let height = cells.iter().map(Vec::len).max().unwrap_or(1);
        let tone = match line.part {
            Part::Row => Tone::Plain,
            Part::Others => Tone::Quiet,
            Part::Total => Tone::Strong,
        };
        tones.extend(std::iter::repeat_n(tone, height));
        table.add_row(cells.iter().map(|lines| lines.join("\n")).collect::<Vec<_>>());
    }
    let mut is_left: Vec<bool> = shown.iter().map(|&(at, _)| drawn.heads[at].is_text).collect();
    if let Some(at) = barred {
        is_left.insert(at + 1, true);
    }
    let last = is_left.len().saturating_sub(1);
    for (column, is_left) in is_left.into_iter().enumerate() {
        let set = table.column_mut(column).expect("the header made every column");
        let gap = match column {
            column if column == last => 0,
            column if Some(column) == barred => 1,
            _ => 2,
        };
        set.set_padding((0, gap));
        set.set_cell_alignment(if is_left { CellAlignment::Left } else { CellAlignment::Right });
    }
    Lines { lines: tones.into_iter().zip(table.lines()).collect(), hidden }
}

/// Which of the columns shown gets bars beside it: the first that is worth it, where the others have all the room they want.
fn barred(drawn: &Drawn, columns: &[Texts], shown: &[(usize, usize)], room: usize) -> Option<usize> {
    let used: usize = shown.iter().map(|&(_, width)| width + GAP).sum();
    let is_whole = shown.iter().all(|&(at, width)| width == columns[at].width);
    if !is_whole || room > WIDEST || used - GAP + 1 + BAR_WIDTH > room {
        return None;
    }
    let has_bar = |at: usize| drawn.lines.iter().any(|line| !bar(&line.cells[at]).is_empty());
    shown.iter().position(|&(at, _)| drawn.heads[at].is_barred && has_bar(at))
}

/// The bar of a share; where there is none to speak of, none.
fn bar(written: &Written) -> String {
    let share = written.raw.filter(|_| written.mark == Mark::Value);
    share.map_or_else(String::new, |share| glyphs::bar(share, BAR_WIDTH))
}

/// The texts of one column.
struct Texts {
    cells: Vec<String>,
    /// The width it would like.
    width: usize,
}

impl Texts {
    /// Values, intervals and bases stand under each other, each in a column of its own.
    fn of(drawn: &Drawn, at: usize) -> Texts {
        let written = || drawn.lines.iter().map(|line| &line.cells[at]);
        let widest = |part: fn(&Written) -> &str| {
            written().filter(|it| !it.interval.is_empty() || !it.basis.is_empty()).map(|it| wrap::width(part(it))).max()
        };
        let (value, interval, basis) = (widest(|it| &it.value), widest(|it| &it.interval), widest(|it| &it.basis));
        let details = |width: Option<usize>| width.filter(|&width| width > 0).map_or(0, |width| width + 1);
        let cells = written().map(|it| {
            let room = value.unwrap_or(0);
            let after = details(interval) + details(basis);
            if after == 0 || wrap::width(&it.value) > room {
                return it.value.clone();
            }
            let mut text = wrap::pad_left(&it.value, room);
            for (part, width) in [(&it.interval, details(interval)), (&it.basis, details(basis))] {
                text.push_str(&wrap::pad_left(part, width));
            }
            text
        });
        let cells: Vec<String> = cells.collect();
        let widest = cells.iter().map(|text| wrap::width(text)).max().unwrap_or(0);
        Texts { width: widest.max(wrap::width(&drawn.heads[at].label)).clamp(1, WIDEST), cells }
    }
}

/// A cell as lines: a sentence wraps, a name is cut.
fn cell(text: &str, is_text: bool, width: usize) -> Vec<String> {
    if !is_text || wrap::width(text) <= width || !text.contains(' ') {
        return vec![wrap::cut(text, width)];
    }
    // No more than can be shown, however long the text.
    let mut lines = wrap::lines(&wrap::cut(text, width * (TEXT_LINES + 1)), width);
    if lines.len() > TEXT_LINES {
        lines.truncate(TEXT_LINES);
        if let Some(last) = lines.last_mut() {
            *last = wrap::cut(&format!("{} …", wrap::cut(last, width.saturating_sub(2))), width);
        }
    }
    lines
}

/// The width of each column, `None` for those that have to go.
fn fit(drawn: &Drawn, columns: &[Texts], room: usize) -> Vec<Option<usize>> {
    let least = |at: usize, name: usize| {
        let natural = columns[at].width;
        if drawn.heads[at].is_text { natural.min(name) } else { natural }
    };
    let mut widths: Vec<Option<usize>> = (0..columns.len()).map(|at| Some(least(at, NAME_WIDTH))).collect();
    let total = |widths: &[Option<usize>]| {
        let shown = widths.iter().flatten();
        shown.clone().sum::<usize>() + GAP * shown.count().saturating_sub(1)
    };
    while total(&widths) > room {
        let gone = (0..columns.len()).filter(|&at| widths[at].is_some() && drawn.heads[at].rank > 0);
        let Some(gone) = gone.max_by_key(|&at| (drawn.heads[at].rank, at)) else { break };
        widths[gone] = None;
    }
    if total(&widths) > room {
        for (at, width) in widths.iter_mut().enumerate() {
            *width = width.map(|_| least(at, LEAST_NAME_WIDTH));
        }
    }
    while total(&widths) > room {
        let Some(gone) = (1..columns.len()).rev().find(|&at| widths[at].is_some()) else { break };
        widths[gone] = None;
    }
    if total(&widths) > room
        && let Some(Some(first)) = widths.first_mut()
    {
        *first = room.max(1);
    }
    let spare = room.saturating_sub(total(&widths));
    spread(&mut widths, columns, spare);
    widths
}

/// Gives what room is left to the narrowest column that is cut, again and again.
fn spread(widths: &mut [Option<usize>], columns: &[Texts], spare: usize) {
    for _ in 0..spare {
        let cut = widths
            .iter_mut()
            .zip(columns)
            .filter_map(|(width, column)| width.as_mut().filter(|width| **width < column.width));
        let Some(narrowest) = cut.min_by_key(|width| **width) else { break };
        *narrowest += 1;
    }
}
