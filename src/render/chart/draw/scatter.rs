//! Dots between two numbers, with their names where there is room. What is marked is full, and joined by a line.

use super::{Frame, LINE, Surface, asked, most, room_of, side};
use crate::render::chart::canvas::{self, Canvas, Ink, Place, Stand};
use crate::render::chart::picture::{Picture, Spot};
use crate::render::chart::scale::Scale;
use crate::time::Zone;

/// More names than this are a thicket.
const NAMES: usize = 24;
const RADIUS: f64 = 5.0;

pub(super) fn height(surface: &Surface<'_>) -> f64 {
    if surface.width < 500.0 { 300.0 } else { 340.0 }
}

pub(super) fn draw(canvas: &mut Canvas, picture: &Picture, spots: &[Spot], frame: Frame, zone: &Zone) {
    canvas.text((frame.left, frame.top + LINE - 6.0), &picture.y.label, Stand::Start, Ink::Quiet);
    let (top, bottom) = (frame.top + LINE + 8.0, frame.bottom - 2.0 * LINE - 2.0);
    let up = Scale::linear(spots.iter().map(|spot| spot.y), asked(picture.y.unit, true, 5.0), (bottom, top))
        .up_to(most(picture.y.unit));
    let words = picture.y.ticks(&up.ticks, zone);
    let plot = Frame { left: frame.left + room_of(&words), right: frame.right - 16.0, top, bottom };
    side(canvas, &up, &words, plot);
    let xs: Vec<f64> = spots.iter().map(|spot| spot.x).collect();
    let ticks = if plot.right - plot.left < 320.0 { 2.0 } else { 5.0 };
    let along =
        Scale::wide(&xs, asked(picture.x.unit, true, ticks), (plot.left, plot.right)).up_to(most(picture.x.unit));
    for (tick, word) in along.ticks.iter().zip(picture.x.ticks(&along.ticks, zone)) {
        let x = along.place(*tick);
        canvas.line((x, plot.top), (x, plot.bottom), Ink::Line, 1.0);
        canvas.text((x, plot.bottom + 16.0), &word, Stand::Middle, Ink::Quiet);
    }
    canvas.text(
        (f64::midpoint(plot.left, plot.right), plot.bottom + 2.0 * LINE - 2.0),
        &picture.x.label,
        Stand::Middle,
        Ink::Quiet,
    );
    let place = |spot: &Spot| (along.place(spot.x), up.place(spot.y));
    let mut marked: Vec<Place> = spots.iter().filter(|spot| spot.is_marked).map(place).collect();
    marked.sort_by(|a, b| a.0.total_cmp(&b.0));
    if marked.len() > 1 {
        canvas.trace(&marked, Ink::Accent);
    }
    for spot in spots {
        let ink = if spot.is_marked { Ink::Accent } else { Ink::Quiet };
        let said = format!("{}: {}", spot.name, spot.text);
        canvas.point(&said, |canvas| canvas.dot(place(spot), RADIUS, ink, spot.is_marked));
    }
    names(canvas, spots, &place, plot);
}

/// A rectangle that is taken: left, top, right, bottom.
type Taken = [f64; 4];

/// Names beside their dots, the marked first; one that would lie over another is left to pointing.
fn names(canvas: &mut Canvas, spots: &[Spot], place: &dyn Fn(&Spot) -> Place, plot: Frame) {
    let around = |(x, y): Place| [x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS];
    let mut taken: Vec<Taken> = spots.iter().map(|spot| around(place(spot))).collect();
    let mut order: Vec<&Spot> = spots.iter().collect();
    order.sort_by_key(|spot| !spot.is_marked);
    for spot in order.into_iter().take(NAMES) {
        let name = canvas::cut(&spot.name, (plot.right - plot.left) * 0.4);
        let (width, (x, y)) = (canvas::width(&name), place(spot));
        let boxes = [
            (x + 9.0, y + 4.0, Stand::Start, x + 9.0),
            (x - 9.0, y + 4.0, Stand::End, x - 9.0 - width),
            (x, y - 9.0, Stand::Middle, x - width / 2.0),
            (x, y + 18.0, Stand::Middle, x - width / 2.0),
        ];
        let free = boxes.into_iter().find_map(|(x, y, stand, left)| {
            let own: Taken = [left, y - 10.0, left + width, y + 3.0];
            let is_inside = own[0] >= plot.left
                && own[2] <= plot.right + 14.0
                && own[1] >= plot.top - 14.0
                && own[3] <= plot.bottom;
            let overlaps =
                |other: &Taken| own[0] < other[2] && other[0] < own[2] && own[1] < other[3] && other[1] < own[3];
            (is_inside && !taken.iter().any(overlaps)).then_some((x, y, stand, own))
        });
        if let Some((x, y, stand, own)) = free {
            taken.push(own);
            let ink = if spot.is_marked { Ink::Text } else { Ink::Quiet };
            canvas.text((x, y), &name, stand, ink);
        }
    }
}
