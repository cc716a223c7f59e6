//! Lines and columns over time: a day without data is a gap as wide as a day, an interval is a band of light colour.

use super::{Frame, LINE, Surface, asked, ink, legend, most, room_of, side};
use crate::render::chart::canvas::{self, Canvas, Ink, Place, Stand, outline};
use crate::render::chart::picture::{Bucket, Picture, Point, Series};
use crate::render::chart::scale::Scale;
use crate::sheet::Unit;
use crate::time::Zone;

/// Dots are drawn where there are few.
const FEW: usize = 31;

pub(super) fn height(surface: &Surface<'_>) -> f64 {
    if surface.width < 500.0 { 220.0 } else { 250.0 }
}

pub(super) fn draw(
    canvas: &mut Canvas,
    picture: &Picture,
    (buckets, series, is_bars): (&[Bucket], &[Series], bool),
    frame: Frame,
    zone: &Zone,
) {
    let values = || {
        let points = series.iter().flat_map(|series| series.points.iter().flatten());
        points.flat_map(|point| {
            let (low, high) = point.interval.unwrap_or((point.value, point.value));
            [low, point.value, high]
        })
    };
    let names: Vec<&str> = series.iter().map(|series| series.name.as_str()).collect();
    // The legend names several series.
    let label = if series.len() == 1 { frame.top + LINE } else { frame.top };
    if series.len() == 1 {
        canvas.text((frame.left, label - 6.0), &picture.y.label, Stand::Start, Ink::Quiet);
    }
    let top = label + legend(canvas, &names, Frame { top: label, ..frame }) + 4.0;
    let bottom = frame.bottom - LINE - 6.0;
    let may_rise = !is_bars && matches!(picture.y.unit, Unit::Ratio | Unit::Score);
    let scale = Scale::linear(values(), asked(picture.y.unit, may_rise, 4.0), (bottom, top));
    let scale = scale.up_to(most(picture.y.unit));
    let words = picture.y.ticks(&scale.ticks, zone);
    let plot = Frame { left: frame.left + room_of(&words), right: frame.right - 6.0, top, bottom };
    side(canvas, &scale, &words, plot);
    let Some((first, last)) = buckets.first().zip(buckets.last()) else { return };
    let [span, begin] = [(last.place - first.place + 1) as f64, first.place as f64];
    let step = (plot.right - plot.left) / span;
    let across = |bucket: &Bucket| plot.left + (bucket.place as f64 - begin + 0.5) * step;
    for (at, series_of) in series.iter().enumerate() {
        let ink = ink(at, series.len());
        canvas.series(at, |canvas| {
            if is_bars {
                columns(canvas, (buckets, &series_of.points), &across, &scale, (at, series.len(), step, ink));
            } else {
                lines(canvas, (buckets, &series_of.points), &across, &scale, ink);
            }
        });
    }
    calendar(canvas, buckets, &across, plot);
    targets(canvas, (buckets, series), &across, step, plot);
}

/// Runs of neighbours that have a number.
fn stretches<'a>(buckets: &'a [Bucket], points: &'a [Option<Point>]) -> Vec<Vec<(&'a Bucket, &'a Point)>> {
    let mut stretches: Vec<Vec<(&Bucket, &Point)>> = Vec::new();
    let mut previous = None;
    for (bucket, point) in buckets.iter().zip(points) {
        let Some(point) = point else { continue };
        if previous != Some(bucket.place - 1) || point.is_partial {
            stretches.push(Vec::new());
        }
        previous = Some(bucket.place).filter(|_| !point.is_partial);
        stretches.last_mut().expect("one was begun").push((bucket, point));
    }
    stretches
}

fn lines(
    canvas: &mut Canvas,
    (buckets, points): (&[Bucket], &[Option<Point>]),
    across: &dyn Fn(&Bucket) -> f64,
    scale: &Scale,
    ink: Ink,
) {
    let stretches = stretches(buckets, points);
    let is_few = points.iter().flatten().count() <= FEW;
    for stretch in &stretches {
        let places: Vec<Place> =
            stretch.iter().map(|(bucket, point)| (across(bucket), scale.place(point.value))).collect();
        let ends = |end: fn((f64, f64)) -> f64| {
            stretch.iter().filter_map(move |(bucket, point)| Some((across(bucket), scale.place(end(point.interval?)))))
        };
        if stretch.len() > 1 && stretch.iter().any(|(_, point)| point.interval.is_some()) {
            let back: Vec<Place> = ends(|(low, _)| low).collect();
            canvas.area(outline(ends(|(_, high)| high).chain(back.into_iter().rev())), ink, 0.14);
        }
        match (places.as_slice(), stretch.as_slice()) {
            ([alone], [(_, point)]) => {
                if let Some((low, high)) = point.interval {
                    canvas.line((alone.0, scale.place(low)), (alone.0, scale.place(high)), ink, 1.2);
                }
                canvas.dot(*alone, 2.6, ink, !point.is_partial);
            }
            (places, _) => canvas.trace(places, ink),
        }
        for ((_, point), place) in stretch.iter().zip(&places).filter(|_| stretch.len() > 1) {
            if point.is_marked {
                canvas.dot(*place, 4.0, Ink::Text, true);
            } else if is_few {
                canvas.dot(*place, 2.2, ink, true);
            }
        }
    }
}

fn columns(
    canvas: &mut Canvas,
    (buckets, points): (&[Bucket], &[Option<Point>]),
    across: &dyn Fn(&Bucket) -> f64,
    scale: &Scale,
    (at, all, step, ink): (usize, usize, f64, Ink),
) {
    let (at, all) = (at as f64, all as f64);
    let width = (step * 0.8 / all).max(0.6);
    let ground = scale.place(0.0);
    for (bucket, point) in buckets.iter().zip(points) {
        let Some(point) = point else { continue };
        let (left, y) = (across(bucket) - width * all / 2.0 + width * at, scale.place(point.value));
        canvas.rect(
            (left, y.min(ground)),
            (width, (ground - y).abs().max(0.5)),
            ink,
            if point.is_partial { 0.4 } else { 1.0 },
        );
        if let Some((low, high)) = point.interval.filter(|_| width > 5.0) {
            let x = left + width / 2.0;
            canvas.line((x, scale.place(low)), (x, scale.place(high)), Ink::Text, 1.0);
        }
    }
}

/// The names of buckets under the plot, as many as fit.
fn calendar(canvas: &mut Canvas, buckets: &[Bucket], across: &dyn Fn(&Bucket) -> f64, plot: Frame) {
    canvas.line((plot.left, plot.bottom), (plot.right, plot.bottom), Ink::Quiet, 1.0);
    let widest = buckets.iter().map(|bucket| canvas::width(&bucket.name)).fold(0.0, f64::max) + 16.0;
    let mut free = f64::NEG_INFINITY;
    for bucket in buckets {
        let x = across(bucket);
        let half = canvas::width(&bucket.name) / 2.0;
        let place = x.clamp(plot.left + half - 24.0, (plot.right - half + 6.0).max(plot.left));
        if place - half < free {
            continue;
        }
        canvas.line((x, plot.bottom), (x, plot.bottom + 4.0), Ink::Quiet, 1.0);
        canvas.text((place, plot.bottom + 17.0), &bucket.name, Stand::Middle, Ink::Quiet);
        free = place + widest - half;
    }
}

/// Pointing anywhere above a bucket says what every series has there.
fn targets(
    canvas: &mut Canvas,
    (buckets, series): (&[Bucket], &[Series]),
    across: &dyn Fn(&Bucket) -> f64,
    step: f64,
    plot: Frame,
) {
    for (at, bucket) in buckets.iter().enumerate() {
        let said = series.iter().filter_map(|series| {
            let point = series.points[at].as_ref()?;
            Some(format!("{} {}", series.name, point.text))
        });
        let said: Vec<String> = said.collect();
        if said.is_empty() {
            continue;
        }
        let text = format!("{}: {}", bucket.name, said.join("; "));
        let left = across(bucket) - step / 2.0;
        canvas.point(&text, |canvas| canvas.target((left, plot.top), (step, plot.bottom - plot.top)));
    }
}
