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
    let mut picture = Picture::of(chart, sheet)?;
    if picture.names().any(|name| name.chars().any(is_without_glyph)) {
        let said = "some names are in scripts that this picture has no letters for: the SVG has them";
        picture.left_out = Some(picture.left_out.map_or_else(|| said.to_owned(), |first| format!("{first}; {said}")));
    }
    RasterBackend::new().with_scale(SCALE).render_scene(&paper(&picture, sheet).scene)
}

/// Whether a character cannot be drawn in pixels: kuva has `DejaVu` Sans, and joins no letters.
fn is_without_glyph(character: char) -> bool {
    let is_joined = matches!(character, '\u{590}'..='\u{109f}' | '\u{1780}'..='\u{18af}' | '\u{fb1d}'..='\u{feff}');
    is_joined || super::wrap::width(character.encode_utf8(&mut [0; 4])) > 1
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;
    use crate::sheet::{Block, Cell, ChartKind, Parts, Table, Unit, Why};

    fn table(unit: Unit, rows: Vec<(&str, Cell)>) -> Table {
        let name = sample::column("name", "name", Unit::Name, Parts::Value, 0, 0);
        let number = sample::column("number", "number", unit, Parts::Value, 0, 0);
        let rows = rows.into_iter().map(|(name, cell)| vec![Cell::Text(name.into()), cell]).collect();
        Table { id: "t", title: "T".into(), columns: vec![name, number], rows, others: None, total: None }
    }

    fn sheet(kind: ChartKind, table: Table) -> Sheet {
        let chart = Chart::new(kind, "number by name", &table, "name", ["number"]);
        Sheet { blocks: vec![Block::Chart(chart), Block::Table(table)], ..sample::empty() }
    }

    fn drawn(kind: ChartKind, table: Table) -> Result<String, String> {
        let sheet = sheet(kind, table);
        let chart = sheet.charts().next().expect("a chart");
        png_file(chart, &sheet)?;
        let picture = Picture::of(chart, &sheet)?;
        for width in [WIDE, NARROW] {
            let inline = inline(&picture, &sheet, width);
            assert!(!inline.contains("http") && !inline.contains("NaN") && !inline.contains("inf"), "{inline}");
        }
        svg_file(chart, &sheet)
    }

    const HOSTILE: [&str; 9] = [
        "a very long name that goes on over the edge of every chart there is, and then some more",
        "تلخيص محادثة الدعم",
        "要約してください",
        "👩‍👩‍👧‍👦 family",
        "costs $12.40 vs $3 \\frac{a}{b}",
        "</script><script>alert(1)</script>",
        "<b>\"x'&</b>",
        "\u{1b}[31m\u{202e}evil",
        "",
    ];

    #[test]
    fn every_kind_draws_whatever_a_name_is_made_of() {
        for kind in [ChartKind::Bar, ChartKind::Pie, ChartKind::Heatmap] {
            let rows = HOSTILE.iter().zip(1..).map(|(name, count)| (*name, Cell::Int(count))).collect();
            let svg = drawn(kind, table(Unit::Count, rows)).expect("a picture");
            assert!(
                !svg.contains("<script")
                    && !svg.contains("<b>")
                    && !svg.contains('\u{202e}')
                    && !svg.contains('\u{1b}')
            );
            assert!(svg.contains("costs $12.40 vs $3"), "a dollar begins no formula: {svg}");
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_said() {
        let nothing = || vec![("a", Cell::Missing(Why::NoData)), ("b", Cell::Missing(Why::NoData))];
        for (kind, unit, rows, why) in [
            (ChartKind::Bar, Unit::Count, nothing(), "Number by name: no data to draw yet"),
            (ChartKind::Bar, Unit::Count, Vec::new(), "Number by name: no data to draw yet"),
            (
                ChartKind::Pie,
                Unit::Ratio,
                vec![("a", Cell::Num(0.5))],
                "`number` is no part of a whole, of which a pie could be made: draw a bar",
            ),
            (ChartKind::Pie, Unit::Count, vec![("a", Cell::Int(0))], "Number by name: no data to draw yet"),
            (
                ChartKind::Bar,
                Unit::Mixed,
                vec![("a", Cell::Num(0.5))],
                "the column `number` holds no numbers of one kind",
            ),
            (
                ChartKind::Line,
                Unit::Count,
                vec![("a", Cell::Int(1))],
                "a line goes over hours, days, weeks or months: add `--every day`, or draw a bar",
            ),
        ] {
            assert_eq!(drawn(kind, table(unit, rows)), Err(why.to_owned()));
        }
    }

    #[test]
    fn one_point_all_zeros_and_five_hundred_names_are_drawn() {
        assert!(drawn(ChartKind::Bar, table(Unit::Count, vec![("one", Cell::Int(3))])).is_ok());
        let zeros = vec![("a", Cell::Int(0)), ("b", Cell::Int(0))];
        assert!(drawn(ChartKind::Bar, table(Unit::Tokens, zeros)).expect("a picture").contains(">0</text>"));
        let names: Vec<String> = (0..500).map(|at| format!("name-{at}")).collect();
        let many = || table(Unit::Count, names.iter().map(|name| (name.as_str(), Cell::Int(1))).collect());
        assert!(
            drawn(ChartKind::Bar, many()).expect("a picture").contains("the first 12 of 500; all are in the table")
        );
        assert!(drawn(ChartKind::Pie, many()).expect("a picture").contains("492 others"));
    }

    #[test]
    fn a_day_without_data_is_a_gap() {
        let mut days = table(
            Unit::Count,
            vec![("2026-11-01", Cell::Int(1)), ("2026-11-02", Cell::Int(2)), ("2026-11-05", Cell::Int(3))],
        );
        days.columns[0].key = "day".into();
        let chart = Chart::new(ChartKind::Line, "number by day", &days, "day", ["number"]);
        let sheet = Sheet { blocks: vec![Block::Chart(chart.clone()), Block::Table(days)], ..sample::empty() };
        let svg = svg_file(&chart, &sheet).expect("a picture");
        assert_eq!(svg.matches("<path d=\"M").count(), 1, "one line of two days: {svg}");
        assert!(svg.contains("<title>2026-11-05: number 3</title>") && !svg.contains("2026-11-03:"));
    }
}
