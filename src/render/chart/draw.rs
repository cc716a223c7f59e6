//! From a picture to marks on a surface: each kind of chart lays out its own axes, marks and words in the width there is.

#![allow(clippy::cast_precision_loss, reason = "a picture holds a few thousand marks")]

mod bars;
mod heatmap;
mod pie;
mod scatter;
mod time;

use super::canvas::{self, Canvas, Ink, Palette, Stand};
use super::picture::{Body, Picture};
use super::scale::{Asked, Scale};
use crate::sheet::Unit;
use crate::time::Zone;

/// What a chart is drawn for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surface<'a> {
    pub width: f64,
    pub palette: Palette,
    /// Lines above the picture: its title, then what it is about. A page says them itself.
    pub heads: &'a [String],
    pub zone: &'a Zone,
}

/// Space around everything.
const MARGIN: f64 = 8.0;
/// From one line of text to the next.
const LINE: f64 = 18.0;

/// The frame of a chart with axes: where marks may be.
#[derive(Clone, Copy, Debug)]
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

/// Draws a picture; as high as it needs.
pub(super) fn draw(picture: &Picture, surface: &Surface<'_>) -> Canvas {
    let heads = surface.heads.len() as f64 * LINE + if surface.heads.is_empty() { 0.0 } else { 1.5 * MARGIN };
    let is_paper = surface.palette == Palette::Paper;
    let left_out = picture.left_out.as_ref().filter(|_| is_paper);
    let note = if left_out.is_some() { LINE } else { 0.0 };
    let inner = match &picture.body {
        Body::Time { .. } => time::height(surface),
        Body::Bars { names, series } => bars::height(names.len(), series.len(), is_paper),
        Body::Pie { slices } => pie::height(slices.len(), surface),
        Body::Scatter { .. } => scatter::height(surface),
        Body::Heatmap { columns, rows } => heatmap::height((columns, rows), surface.width),
    };
    let mut canvas = Canvas::new(surface.width, (heads + inner + note + MARGIN).ceil(), surface.palette);
    for (at, head) in surface.heads.iter().enumerate() {
        let place = (MARGIN, MARGIN + LINE * (at as f64 + 0.7));
        let room = surface.width - 2.0 * MARGIN;
        if at == 0 {
            canvas.title(place, &canvas::cut(head, room * 0.8));
        } else {
            canvas.text(place, &canvas::cut(head, room), Stand::Start, Ink::Quiet);
        }
    }
    let frame = Frame { left: MARGIN, right: surface.width - MARGIN, top: heads, bottom: heads + inner };
    match &picture.body {
        Body::Time { buckets, series, is_bars } => {
            time::draw(&mut canvas, picture, (buckets, series, *is_bars), frame, surface.zone);
        }
        Body::Bars { names, series } => bars::draw(&mut canvas, picture, (names, series), frame, surface.zone),
        Body::Pie { slices } => pie::draw(&mut canvas, slices, frame),
        Body::Scatter { spots } => scatter::draw(&mut canvas, picture, spots, frame, surface.zone),
        Body::Heatmap { columns, rows } => heatmap::draw(&mut canvas, (columns, rows), frame),
    }
    if let Some(left_out) = left_out {
        let room = surface.width - 2.0 * MARGIN;
        canvas.text((MARGIN, frame.bottom + 13.0), &canvas::cut(left_out, room), Stand::Start, Ink::Quiet);
    }
    canvas
}

/// The greatest number that there can be of a unit.
fn most(unit: Unit) -> f64 {
    if unit == Unit::Ratio { 1.0 } else { f64::INFINITY }
}

/// A scale for numbers of a unit: there is nothing between two of what is counted.
fn asked(unit: Unit, may_rise: bool, ticks: f64) -> Asked {
    Asked { may_rise, ticks, least_step: if matches!(unit, Unit::Count | Unit::Tokens) { 1.0 } else { 0.0 } }
}

/// The colour of one of `all` series.
fn ink(at: usize, all: usize) -> Ink {
    if all == 1 { Ink::Accent } else { Ink::Series(at) }
}

/// The names of several series above their marks, each in a group of its own; the height they take.
fn legend(canvas: &mut Canvas, names: &[&str], frame: Frame) -> f64 {
    if names.len() < 2 || canvas.is_in_page() {
        return 0.0;
    }
    let (mut x, mut y) = (frame.left, frame.top + 12.0);
    for (at, name) in names.iter().enumerate() {
        let name = canvas::cut(name, (frame.right - frame.left) * 0.45);
        let takes = 18.0 + canvas::width(&name) + 14.0;
        if x + takes > frame.right && x > frame.left {
            x = frame.left;
            y += LINE;
        }
        canvas.rect((x, y - 9.0), (11.0, 11.0), ink(at, names.len()), 1.0);
        canvas.text((x + 16.0, y), &name, Stand::Start, Ink::Text);
        x += takes;
    }
    y + 10.0 - frame.top
}

/// The scale up the side of a chart, with its lines and words; where marks begin at the left.
fn side(canvas: &mut Canvas, scale: &Scale, words: &[String], frame: Frame) {
    for (tick, word) in scale.ticks.iter().zip(words) {
        let y = scale.place(*tick);
        canvas.line((frame.left, y), (frame.right, y), Ink::Line, 1.0);
        canvas.text((frame.left - 6.0, y + 4.0), word, Stand::End, Ink::Quiet);
    }
}

/// The room that words at the left of a frame take.
fn room_of(words: &[String]) -> f64 {
    words.iter().map(|word| canvas::width(word)).fold(0.0, f64::max) + 10.0
}
