//! Bars over names, lying so that long names can be read: from zero, with the interval as a whisker and the number beside.

use super::{Frame, LINE, asked, ink, legend, most};
use crate::render::chart::canvas::{self, Canvas, Ink, Stand};
use crate::render::chart::picture::{Body, Name, Picture, Series};
use crate::render::chart::scale::Scale;
use crate::sheet::Unit;
use crate::time::Zone;

const BAR: f64 = 15.0;
const GAP: f64 = 9.0;

pub(super) fn height(names: usize, series: usize, has_legend: bool) -> f64 {
    let legend = if has_legend && series > 1 { 2.0 * LINE } else { 0.0 };
    names as f64 * (BAR * series as f64 + GAP) + legend + 2.0 * LINE + 8.0
}

pub(super) fn draw(
    canvas: &mut Canvas,
    picture: &Picture,
    (names, series): (&[Name], &[Series]),
    frame: Frame,
    zone: &Zone,
) {
    let titles: Vec<&str> = series.iter().map(|series| series.name.as_str()).collect();
    let top = frame.top + 4.0 + legend(canvas, &titles, frame);
    let bottom = frame.bottom - 2.0 * LINE;
    let of_names = names.iter().map(|name| canvas::width(&name.text)).fold(0.0, f64::max);
    let left = frame.left + of_names.min((frame.right - frame.left) * 0.34) + 8.0;
    let points = || series.iter().flat_map(|series| series.points.iter().flatten());
    let beside = points().map(|point| canvas::width(value(&point.text))).fold(0.0, f64::max) + 8.0;
    let right = (frame.right - beside).max(left + 40.0);
    let values = points().flat_map(|point| {
        let (low, high) = point.interval.unwrap_or((point.value, point.value));
        [0.0, low, point.value, high]
    });
    // All there is of a share is 100 %.
    let whole = (picture.y.unit == Unit::Ratio && points().all(|point| point.value > 0.3)).then_some(1.0);
    let ticks = if right - left < 260.0 { 2.0 } else { 5.0 };
    let scale = Scale::linear(values.chain(whole), asked(picture.y.unit, false, ticks), (left, right));
    let scale = scale.up_to(most(picture.y.unit));
    foot(canvas, picture, &scale, [top, bottom], zone);
    let block = BAR * series.len() as f64 + GAP;
    let ground = scale.place(0.0);
    for (row, name) in names.iter().enumerate() {
        let y = top + row as f64 * block + GAP / 2.0;
        let middle = y + (block - GAP) / 2.0 + 4.0;
        let shown = canvas::cut(&name.text, left - frame.left - 8.0);
        let quiet = if name.is_rest { Ink::Quiet } else { Ink::Text };
        canvas.text((left - 8.0, middle), &shown, Stand::End, quiet);
        for (at, series_of) in series.iter().enumerate() {
            let y = y + BAR * at as f64;
            let Some(point) = &series_of.points[row] else {
                canvas.text((left + 4.0, y + 11.0), &series_of.gaps[row], Stand::Start, Ink::Quiet);
                continue;
            };
            let ink = if name.is_rest { Ink::Rest } else { ink(at, series.len()) };
            let x = scale.place(point.value);
            let said = format!("{}: {} {}", name.text, series_of.name, point.text);
            canvas.series(at, |canvas| {
                canvas.point(&said, |canvas| {
                    canvas.rect((x.min(ground), y), ((x - ground).abs().max(1.0), BAR - 2.0), ink, 1.0);
                    let mut end = x;
                    if let Some((low, high)) = point.interval {
                        whisker(canvas, [scale.place(low), scale.place(high)], y + BAR / 2.0 - 1.0);
                        end = end.max(scale.place(high));
                    }
                    canvas.text((end + 5.0, y + 10.5), value(&point.text), Stand::Start, Ink::Text);
                });
            });
        }
    }
    canvas.line((ground, top), (ground, bottom), Ink::Quiet, 1.0);
}

/// The scale under the bars, with its lines and words.
fn foot(canvas: &mut Canvas, picture: &Picture, scale: &Scale, [top, bottom]: [f64; 2], zone: &Zone) {
    for (tick, word) in scale.ticks.iter().zip(&picture.y.ticks(&scale.ticks, zone)) {
        let x = scale.place(*tick);
        canvas.line((x, top), (x, bottom), Ink::Line, 1.0);
        canvas.text((x, bottom + 14.0), word, Stand::Middle, Ink::Quiet);
    }
    let ends = [scale.ticks.first(), scale.ticks.last()].map(|tick| scale.place(*tick.unwrap_or(&0.0)));
    if is_alone(picture) {
        let middle = f64::midpoint(ends[0], ends[1]);
        canvas.text((middle, bottom + 2.0 * LINE - 6.0), &picture.y.label, Stand::Middle, Ink::Quiet);
    }
}

/// Whether there is one series, which the axis names; several have a legend.
fn is_alone(picture: &Picture) -> bool {
    matches!(&picture.body, Body::Bars { series, .. } if series.len() == 1)
}

/// The value at the beginning of its words.
fn value(text: &str) -> &str {
    text.split_once(" (").map_or_else(|| text.split_once(" n ").map_or(text, |(value, _)| value), |(value, _)| value)
}

fn whisker(canvas: &mut Canvas, [low, high]: [f64; 2], y: f64) {
    canvas.line((low, y), (high, y), Ink::Text, 1.2);
    for end in [low, high] {
        canvas.line((end, y - 3.5), (end, y + 3.5), Ink::Text, 1.2);
    }
}
