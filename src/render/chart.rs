//! Pictures of tables: a chart of the sheet becomes what it shows (`picture`), laid out for a width (`draw`) on a surface
//! that kuva turns into SVG or PNG (`canvas`). It owns no numbers: what it draws stands in a table of the same sheet.

mod canvas;
mod draw;
mod picture;
mod scale;

pub(in crate::render) use picture::{Body, Bucket, Name, Picture, Point, Series};

use super::{escape, footer};
use crate::sheet::{Chart, Sheet};
use canvas::Palette;
use draw::Surface;
use kuva::backend::raster::RasterBackend;
use kuva::backend::svg::SvgBackend;
use std::fmt::Write as _;

/// The widths, in CSS pixels, that a page draws each chart in: for a desk and for a phone.
pub(super) const WIDE: f64 = 720.0;
pub(super) const NARROW: f64 = 344.0;
/// Pixels of a PNG for each unit of the picture.
const SCALE: f32 = 2.0;

/// A chart for a page of HTML, of a width of its own, in the page's colours. `name` is what a screen reader says.
pub(super) fn inline(picture: &Picture, sheet: &Sheet, width: f64) -> String {
    let surface = Surface { width, palette: Palette::Page, heads: &[], zone: &sheet.zone };
    let name = format!("{}: the numbers are in the table", picture.title);
    svg(draw::draw(picture, &surface), &name, false)
}

/// A chart as a file of SVG.
///
/// # Errors
/// There is nothing to draw; the sentence says why.
pub(super) fn svg_file(chart: &Chart, sheet: &Sheet) -> Result<String, String> {
    let picture = Picture::of(chart, sheet)?;
    let mut file = svg(paper(&picture, sheet), &picture.title, true);
    file.push('\n');
    Ok(file)
}

/// A chart as a file of PNG.
///
/// # Errors
/// There is nothing to draw; the sentence says why.
pub(super) fn png_file(chart: &Chart, sheet: &Sheet) -> Result<Vec<u8>, String> {
    let picture = Picture::of(chart, sheet)?;
    RasterBackend::new().with_scale(SCALE).render_scene(&paper(&picture, sheet).scene)
}

/// A picture that stands for itself: it says what it is of.
fn paper(picture: &Picture, sheet: &Sheet) -> canvas::Canvas {
    let [_, period, zone] = footer::heading(sheet);
    let about = [period, zone].into_iter().chain(footer::filters(sheet)).collect::<Vec<_>>().join(" · ");
    let heads = [picture.title.clone(), about];
    draw::draw(picture, &Surface { width: WIDE, palette: Palette::Paper, heads: &heads, zone: &sheet.zone })
}

/// The scene as SVG under a root of ours, which scales, has a name and the type of the page around it.
fn svg(canvas: canvas::Canvas, name: &str, is_file: bool) -> String {
    let mut scene = canvas.scene;
    // The page styles what is pointed at.
    scene.has_tooltips = false;
    let drawn = SvgBackend::new().render_scene(&scene);
    let (_, inside) = drawn.split_once('>').unwrap_or_default();
    let inside = inside.split_once("-->").map_or(inside, |(_, inside)| inside);
    let mut text = String::with_capacity(drawn.len() + 200);
    text.push_str("<svg");
    if is_file {
        text.push_str(" xmlns=\"http://www.w3.org/2000/svg\" font-family=\"system-ui, sans-serif\"");
    }
    let (width, height) = (scene.width, scene.height);
    let name = attribute(name);
    let _ = write!(
        text,
        " width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{name}\">"
    );
    text.push_str(inside);
    text
}

fn attribute(text: &str) -> String {
    escape::visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
