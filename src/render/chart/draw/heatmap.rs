//! Cells as dark as their numbers are large; nothing where there is no number.

use super::{Frame, LINE, room_of};
use crate::render::chart::canvas::{self, Canvas, Ink, Stand};
use crate::render::chart::picture::Row;

const HEIGHT: f64 = 24.0;
/// Columns that all have their name, however short.
const FEW: usize = 12;
/// The shades of the scale below.
const SHADES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

pub(super) fn height(rows: usize) -> f64 {
    rows as f64 * HEIGHT + 3.0 * LINE
}

pub(super) fn draw(canvas: &mut Canvas, (columns, rows): (&[String], &[Row]), frame: Frame) {
    let names: Vec<String> = rows.iter().map(|row| canvas::cut(&row.name, (frame.right - frame.left) * 0.3)).collect();
    let left = frame.left + room_of(&names);
    let step = (frame.right - left) / columns.len().max(1) as f64;
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
    let widest = columns.iter().map(|column| canvas::width(column)).fold(0.0, f64::max) + 6.0;
    // Numbers can be told from every second one; names cannot.
    let every = if columns.len() > FEW { (widest / step).ceil().max(1.0) } else { 1.0 };
    for (at, column) in columns.iter().enumerate().filter(|(at, _)| (*at as f64 % every).abs() < 0.5) {
        let x = left + (at as f64 + 0.5) * step;
        canvas.text((x, bottom + 13.0), &canvas::cut(column, step * every), Stand::Middle, Ink::Quiet);
    }
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
