//! A pie with its names beside it, where none can lie over another.

use super::{Frame, LINE, Surface};
use crate::render::chart::canvas::{self, Canvas, Ink, Place, Stand};
use crate::render::chart::picture::Slice;
use std::f64::consts::{FRAC_PI_2, TAU};

const DIAMETER: f64 = 190.0;
const ROW: f64 = 21.0;

fn is_narrow(width: f64) -> bool {
    width < 500.0
}

pub(super) fn height(slices: usize, surface: &Surface<'_>) -> f64 {
    let list = slices as f64 * ROW + LINE;
    if is_narrow(surface.width) { DIAMETER + LINE + list } else { (DIAMETER + LINE).max(list) }
}

pub(super) fn draw(canvas: &mut Canvas, slices: &[Slice], frame: Frame) {
    let whole: f64 = slices.iter().map(|slice| slice.value).sum();
    let radius = DIAMETER / 2.0;
    let is_narrow = is_narrow(frame.right - frame.left);
    let centre = if is_narrow {
        (f64::midpoint(frame.left, frame.right), frame.top + radius + 4.0)
    } else {
        (frame.left + radius + 4.0, frame.top + radius + 4.0)
    };
    let (list_x, list_y) = if is_narrow {
        (frame.left, frame.top + DIAMETER + LINE + 8.0)
    } else {
        (frame.left + DIAMETER + 36.0, frame.top + 18.0)
    };
    let room = frame.right - list_x - 20.0;
    let words = |slice: &Slice| format!("{} · {}", share(slice.value / whole), slice.text);
    let of_words = slices.iter().map(|slice| canvas::width(&words(slice))).fold(0.0, f64::max);
    let of_names = slices.iter().map(|slice| canvas::width(&slice.name.text)).fold(0.0, f64::max);
    let of_names = of_names.min(room - of_words - 12.0);
    let mut from = 0.0;
    for (at, slice) in slices.iter().enumerate() {
        let part = slice.value / whole;
        let ink = if slice.name.is_rest { Ink::Rest } else { Ink::Series(at) };
        let share = share(part);
        let said = format!("{}: {share}, {}", slice.name.text, slice.text);
        let y = list_y + at as f64 * ROW;
        let name = canvas::cut(&slice.name.text, of_names);
        canvas.series(at, |canvas| {
            canvas.point(&said, |canvas| {
                canvas.area(wedge(centre, radius, from, from + part), ink, 1.0);
                canvas.rect((list_x, y - 10.0), (12.0, 12.0), ink, 1.0);
                canvas.text((list_x + 20.0, y), &name, Stand::Start, Ink::Text);
                canvas.text((list_x + 20.0 + of_names + 12.0, y), &words(slice), Stand::Start, Ink::Quiet);
            });
        });
        from += part;
    }
}

/// A part of a whole in words that never round to nothing or to all.
fn share(part: f64) -> String {
    match part * 100.0 {
        percent if part < 1.0 && percent > 99.9 => ">99.9 %".to_owned(),
        percent if percent < 0.1 => "<0.1 %".to_owned(),
        percent => format!("{percent:.1} %"),
    }
}

/// The outline of a slice, clockwise from the top; a whole turn is two halves.
fn wedge((x, y): Place, radius: f64, from: f64, to: f64) -> String {
    let at = |part: f64| {
        let angle = part * TAU - FRAC_PI_2;
        (x + radius * angle.cos(), y + radius * angle.sin())
    };
    let middle = f64::midpoint(from, to);
    let [(ax, ay), (bx, by), (cx, cy)] = [from, middle, to].map(at);
    format!(
        "M{x:.2} {y:.2}L{ax:.2} {ay:.2}A{radius} {radius} 0 0 1 {bx:.2} {by:.2}A{radius} {radius} 0 0 1 {cx:.2} {cy:.2}Z"
    )
}
