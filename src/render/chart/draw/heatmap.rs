//! Cells as dark as their numbers are large; nothing where there is no number.

use super::{Frame, LINE, MARGIN, room_of};
use crate::render::chart::canvas::{self, Canvas, Ink, Stand};
use crate::render::chart::picture::Row;

const HEIGHT: f64 = 24.0;
/// The height of names that rise to their columns.
const SLANTED: f64 = 66.0;
/// The shades of the scale below.
const SHADES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

pub(super) fn height((columns, rows): (&[String], &[Row]), width: f64) -> f64 {
    let plan = Plan::of((columns, rows), MARGIN, width - MARGIN);
    rows.len() as f64 * HEIGHT + 3.0 * LINE + if plan.is_slanted { SLANTED } else { 0.0 }
}

/// How the names of rows and columns are laid out.
struct Plan {
    names: Vec<String>,
    left: f64,
    /// The width of a cell.
    step: f64,
    /// Whether the names of columns rise to them, as they are longer than the cells are wide.
    is_slanted: bool,
    /// One of so many columns has its name: numbers in between can be told from their neighbours.
    every: f64,
}

impl Plan {
    fn of((columns, rows): (&[String], &[Row]), left: f64, right: f64) -> Plan {
        let names: Vec<String> = rows.iter().map(|row| canvas::cut(&row.name, (right - left) * 0.3)).collect();
        let left = left + room_of(&names);
        let step = (right - left) / columns.len().max(1) as f64;
        let widest = columns.iter().map(|column| canvas::width(column)).fold(0.0, f64::max) + 6.0;
        let are_numbers = columns.iter().all(|column| column.bytes().all(|byte| byte.is_ascii_digit()));
        let is_slanted = widest > step && !are_numbers;
        let every = if are_numbers { (widest / step).ceil().max(1.0) } else { (14.0 / step).ceil() };
        Plan { names, left, step, is_slanted, every }
    }
}

pub(super) fn draw(canvas: &mut Canvas, (columns, rows): (&[String], &[Row]), frame: Frame) {
    let Plan { names, left, step, is_slanted, every } = Plan::of((columns, rows), frame.left, frame.right);
    let most = rows.iter().flat_map(|row| row.points.iter().flatten()).max_by(|a, b| a.value.total_cmp(&b.value));
    let whole = most.map_or(0.0, |most| most.value);
    let top = frame.top + 6.0;
    for (at, (row, name)) in rows.iter().zip(&names).enumerate() {
        let y = top + at as f64 * HEIGHT;
        canvas.text((left - 8.0, y + HEIGHT / 2.0 + 3.0), name, Stand::End, Ink::Text);
        for (across, (point, column)) in row.points.iter().zip(columns).enumerate() {
            let Some(point) = point else { continue };
            let place = (left + across as f64 * step, y);
            let said = format!("{}, {column}: {}", row.name, point.text);
            canvas.point(&said, |canvas| {
                canvas.rect(place, (step - 1.5, HEIGHT - 1.5), Ink::Accent, shade(point.value, whole));
            });
        }
    }
    let bottom = top + rows.len() as f64 * HEIGHT;
    for (at, column) in columns.iter().enumerate().filter(|(at, _)| (*at as f64 % every).abs() < 0.5) {
        let x = left + (at as f64 + 0.5) * step;
        if is_slanted {
            canvas.slanted((x + 4.0, bottom + 11.0), &canvas::cut(column, (x - frame.left).min(110.0)), Ink::Quiet);
        } else {
            canvas.text((x, bottom + 13.0), column, Stand::Middle, Ink::Quiet);
        }
    }
    let bottom = bottom + if is_slanted { SLANTED } else { 0.0 };
    let Some(most) = most else { return };
    let mut x = left;
    let y = bottom + LINE + 10.0;
    canvas.text((x, y + 10.0), "0", Stand::Start, Ink::Quiet);
    x += 14.0;
    for part in SHADES {
        canvas.rect((x, y), (18.0, 11.0), Ink::Accent, shade(part, 1.0));
        x += 19.0;
    }
    canvas.text((x + 6.0, y + 10.0), &most.text, Stand::Start, Ink::Quiet);
}

/// How much of the colour a number gets: a trace for nothing, so that it is told from missing.
fn shade(value: f64, whole: f64) -> f64 {
    let part = if whole > 0.0 { (value / whole).clamp(0.0, 1.0) } else { 0.0 };
    0.06 + 0.94 * part
}
