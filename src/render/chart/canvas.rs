//! A surface to draw on: kuva's scene, which becomes SVG or PNG. Text is taken as it is: nothing in it is markup.

use crate::render::wrap;
use kuva::render::color::Color;
use kuva::render::render::{PathData, Primitive, Scene, TextAnchor};
use std::fmt::Write as _;

/// What something is drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Text,
    Quiet,
    Line,
    /// The one colour that is looked at.
    Accent,
    /// One of several series.
    Series(usize),
    /// What was folded together.
    Rest,
}

/// Colours by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Palette {
    /// Variables of the page, which knows whether it is dark.
    Page,
    /// A picture of its own on white.
    Paper,
}

/// Okabe and Ito's colours, which people who see few colours tell apart, darkened to stand out from white; the accent is
/// the first. Source: Okabe M., Ito K. (2008), "Color Universal Design".
const SERIES: [&str; 8] = ["#1f6feb", "#b35900", "#00796b", "#a8326e", "#6b5fb5", "#8a6d00", "#3b7d23", "#5a5a5a"];

impl Palette {
    fn colour(self, ink: Ink) -> Color {
        let name = match (self, ink) {
            (Palette::Page, Ink::Text) => "var(--ink)".to_owned(),
            (Palette::Page, Ink::Quiet) => "var(--quiet)".to_owned(),
            (Palette::Page, Ink::Line) => "var(--line)".to_owned(),
            (Palette::Page, Ink::Accent) => "var(--accent)".to_owned(),
            (Palette::Page, Ink::Rest) => "var(--rest)".to_owned(),
            (Palette::Page, Ink::Series(at)) => format!("var(--series-{})", at % SERIES.len() + 1),
            (Palette::Paper, Ink::Text) => "#1d1d1f".to_owned(),
            (Palette::Paper, Ink::Quiet) => "#5f5f66".to_owned(),
            (Palette::Paper, Ink::Line) => "#dcdce0".to_owned(),
            (Palette::Paper, Ink::Accent) => SERIES[0].to_owned(),
            (Palette::Paper, Ink::Rest) => "#a0a0a6".to_owned(),
            (Palette::Paper, Ink::Series(at)) => SERIES[at % SERIES.len()].to_owned(),
        };
        Color::from(name)
    }
}

/// Where a text stands from its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    Start,
    Middle,
    End,
}

/// The size of all text, and what one column of it takes at most.
pub(super) const TEXT: u32 = 12;
const TITLE: u32 = 15;
const COLUMN: f64 = 7.4;

/// The room that a text takes.
#[allow(clippy::cast_precision_loss, reason = "the columns of a line")]
pub(super) fn width(text: &str) -> f64 {
    wrap::width(text) as f64 * COLUMN
}

/// A text cut to a room.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred columns")]
pub(super) fn cut(text: &str, room: f64) -> String {
    wrap::cut(text, (room / COLUMN).max(1.0) as usize)
}

/// A place in a picture, in its own units: right and down.
pub(super) type Place = (f64, f64);

/// What is being drawn.
pub(super) struct Canvas {
    pub scene: Scene,
    palette: Palette,
}

impl Canvas {
    pub fn new(width: f64, height: f64, palette: Palette) -> Canvas {
        let mut scene = Scene::new(width, height);
        scene.background_color = (palette == Palette::Paper).then(|| "#ffffff".to_owned());
        Canvas { scene, palette }
    }

    /// Whether it stands in a page, which says in words of its own what the picture shows.
    pub fn is_in_page(&self) -> bool {
        self.palette == Palette::Page
    }

    pub fn text(&mut self, (x, y): Place, text: &str, stand: Stand, ink: Ink) {
        self.write((x, y), text, stand, ink, TEXT);
    }

    /// A text that ends at its place and rises to it.
    pub fn slanted(&mut self, (x, y): Place, text: &str, ink: Ink) {
        let (color, content) = (Some(self.palette.colour(ink)), plain(text));
        let (anchor, rotate) = (TextAnchor::End, Some(-40.0));
        self.scene.add(Primitive::Text { x, y, content, size: TEXT, anchor, rotate, bold: false, color });
    }

    pub fn title(&mut self, at: Place, text: &str) {
        self.write(at, text, Stand::Start, Ink::Text, TITLE);
    }

    fn write(&mut self, (x, y): Place, text: &str, stand: Stand, ink: Ink, size: u32) {
        let anchor = match stand {
            Stand::Start => TextAnchor::Start,
            Stand::Middle => TextAnchor::Middle,
            Stand::End => TextAnchor::End,
        };
        let color = Some(self.palette.colour(ink));
        let content = plain(text);
        self.scene.add(Primitive::Text { x, y, content, size, anchor, rotate: None, bold: false, color });
    }

    pub fn line(&mut self, (x1, y1): Place, (x2, y2): Place, ink: Ink, stroke_width: f64) {
        let stroke = self.palette.colour(ink);
        self.scene.add(Primitive::Line { x1, y1, x2, y2, stroke, stroke_width, stroke_dasharray: None });
    }

    pub fn trace(&mut self, points: &[Place], ink: Ink) {
        let stroke = self.palette.colour(ink);
        let points = points.to_vec();
        self.scene.add(Primitive::PolyLine { points, stroke, stroke_width: 1.8, stroke_dasharray: None });
    }

    /// The area within a closed line, so much of it as `opacity` says.
    pub fn area(&mut self, outline: String, ink: Ink, opacity: f64) {
        let fill = Some(self.palette.colour(ink));
        let stroke = Color::None;
        let data =
            PathData { d: outline, fill, stroke, stroke_width: 0.0, opacity: Some(opacity), stroke_dasharray: None };
        self.scene.add(Primitive::Path(Box::new(data)));
    }

    pub fn rect(&mut self, (x, y): Place, (width, height): Place, ink: Ink, opacity: f64) {
        let fill = self.palette.colour(ink);
        let opacity = (opacity < 1.0).then_some(opacity);
        self.scene.add(Primitive::Rect { x, y, width, height, fill, stroke: None, stroke_width: None, opacity });
    }

    /// A dot; hollow where it is not what is to be seen first.
    pub fn dot(&mut self, (cx, cy): Place, r: f64, ink: Ink, is_full: bool) {
        let color = self.palette.colour(ink);
        let fill_opacity = (!is_full).then_some(0.15);
        let stroke = (!is_full).then(|| color.clone());
        let stroke_width = (!is_full).then_some(1.2);
        self.scene.add(Primitive::Circle { cx, cy, r, fill: color, fill_opacity, stroke, stroke_width });
    }

    /// What is drawn by `inside` says `text` when it is pointed at.
    pub fn point(&mut self, text: &str, inside: impl FnOnce(&mut Canvas)) {
        self.group("class=\"point\"".to_owned(), Some(text.to_owned()), inside);
    }

    /// What is drawn by `inside` belongs to the series number `at`.
    pub fn series(&mut self, at: usize, inside: impl FnOnce(&mut Canvas)) {
        self.group(format!("class=\"series\" data-series=\"{at}\""), None, inside);
    }

    fn group(&mut self, attributes: String, title: Option<String>, inside: impl FnOnce(&mut Canvas)) {
        self.scene.elements.push(Primitive::GroupStart { transform: None, title, extra_attrs: Some(attributes) });
        inside(self);
        self.scene.elements.push(Primitive::GroupEnd);
    }

    /// A part of the picture that is only there to be pointed at.
    pub fn target(&mut self, (x, y): Place, (width, height): Place) {
        let (fill, stroke) = (Color::from("transparent"), None);
        self.scene.add(Primitive::Rect { x, y, width, height, fill, stroke, stroke_width: None, opacity: None });
    }
}

/// An outline through places, closed.
pub(super) fn outline(places: impl Iterator<Item = Place>) -> String {
    let mut path = String::new();
    for (at, (x, y)) in places.enumerate() {
        let _ = write!(path, "{}{x:.1} {y:.1}", if at == 0 { 'M' } else { 'L' });
    }
    path.push('Z');
    path
}

/// A dollar would begin a formula in kuva.
fn plain(text: &str) -> String {
    text.replace('$', "\\$")
}
