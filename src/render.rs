//! Drawing: sheets as text for a terminal, a spreadsheet, a program, a page. Renderers draw and never compute; they
//! know sheets, time and coverage, and have never heard of logs, columns or queries.

mod ccusage;
mod chart;
mod csv;
mod drawn;
mod escape;
mod footer;
mod html;
mod human;
mod json;
mod line;
mod markdown;
#[cfg(test)]
mod sample;
mod terminal;
mod wrap;

pub use escape::{visible, visible_json};
pub use footer::asked;
pub use html::{Logo, NoLogo};
pub use json::schema;
pub use line::line;

use crate::sheet::{Chart, Sheet};
use std::fmt;
use std::path::Path;

/// What a report can be drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Text for a terminal.
    Table,
    Csv,
    Json,
    Markdown,
    /// One file that needs no other.
    Html,
    /// The first chart alone, as a picture that scales.
    Svg,
    /// The same in pixels.
    Png,
    /// JSON in the shape of `ccusage`: asked for by what it is compatible with, and no format of every report.
    Ccusage,
}

impl Format {
    /// The formats of every report.
    pub const ALL: [Format; 7] =
        [Format::Table, Format::Csv, Format::Json, Format::Markdown, Format::Html, Format::Svg, Format::Png];

    /// Whether it is a picture of one chart and nothing else.
    pub fn is_picture(self) -> bool {
        matches!(self, Format::Svg | Format::Png)
    }

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Markdown => "markdown",
            Format::Html => "html",
            Format::Svg => "svg",
            Format::Png => "png",
            Format::Ccusage => "ccusage",
        }
    }

    /// The format called `name`; `md` is Markdown too.
    pub fn named(name: &str) -> Option<Format> {
        let name = if name == "md" { "markdown" } else { name };
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// How the name of a file of it ends.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Table => "txt",
            Format::Markdown => "md",
            Format::Ccusage => "json",
            other => other.name(),
        }
    }

    /// The format that a file of this name should hold.
    pub fn of_extension(path: &Path) -> Option<Format> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "txt" => Some(Format::Table),
            "csv" => Some(Format::Csv),
            "json" => Some(Format::Json),
            "md" | "markdown" => Some(Format::Markdown),
            "html" | "htm" => Some(Format::Html),
            "svg" => Some(Format::Svg),
            "png" => Some(Format::Png),
            _ => None,
        }
    }
}

/// How to draw.
#[derive(Clone, Debug, Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a wish or a fact of its own, and they meet in any combination"
)]
pub struct Style {
    /// The columns of the terminal; `None` is as wide as it needs.
    pub width: Option<usize>,
    /// The lines of the terminal, where it is one.
    pub height: Option<usize>,
    /// Whether the terminal shows nothing but ASCII.
    pub is_ascii: bool,
    /// Whether the person asked for a chart, which then is drawn wherever it can be.
    pub is_charted: bool,
    pub colour: bool,
    /// A title for the whole page.
    pub title: Option<String>,
    /// CSV text as it is, even if a spreadsheet would run it.
    pub csv_raw: bool,
    /// The id of the table that becomes the CSV file; by default the report's main table.
    pub table: Option<String>,
    /// The most rows of a table of an HTML page, which says how many it leaves out; `None` is all.
    pub rows: Option<usize>,
    /// What stands beside the title of an HTML page.
    pub logo: Option<Logo>,
    /// The seconds after which an HTML page reads its file again.
    pub refresh: Option<u32>,
}

impl Style {
    /// Whether a small chart finds room on a terminal beside tables.
    pub fn has_room_for_charts(&self) -> bool {
        terminal::has_room_for_charts(self.width, self.height)
    }
}

/// Why sheets cannot be drawn as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderError {
    /// A CSV file holds one table of one report; how many reports were asked for.
    CsvOfSeveral { reports: usize },
    /// The report has no table of this id; those it has.
    NoTable { report: &'static str, asked: Option<String>, tables: Vec<&'static str> },
    /// A picture holds one chart of one report; how many reports were asked for.
    PictureOfSeveral { reports: usize },
    /// The report has no chart, or none that shows anything: why.
    NoPicture { report: &'static str, why: String },
    /// There is nothing like this report in `ccusage`.
    NotOfCcusage { report: &'static str },
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RenderError::CsvOfSeveral { reports } => write!(f, "a CSV file holds one report, not {reports}"),
            RenderError::NoTable { report, asked: Some(asked), tables } => {
                let asked = escape::visible(asked);
                write!(f, "report `{report}` has no table `{asked}`; it has {}", listed(tables))
            }
            RenderError::NoTable { report, asked: None, .. } => write!(f, "report `{report}` has no table"),
            RenderError::PictureOfSeveral { reports } => write!(f, "a picture is of one report, not of {reports}"),
            RenderError::NotOfCcusage { report } => write!(f, "ccusage has nothing like this `{report}`"),
            RenderError::NoPicture { report, why } => write!(f, "cannot draw a picture of `{report}`: {why}"),
        }
    }
}

impl std::error::Error for RenderError {}

fn listed(tables: &[&str]) -> String {
    if tables.is_empty() { "none".to_owned() } else { format!("`{}`", tables.join("`, `")) }
}

/// A sentence on one line that fits the width of a style and that its terminal can show.
pub fn fitted(text: &str, style: &Style) -> String {
    terminal::fitted(&escape::visible(text), style)
}

/// Draws `sheets` as one document: text that ends in a line feed, or the bytes of a picture.
///
/// # Errors
/// CSV or a picture was asked of several reports, or of a table or chart that there is not.
pub fn render(format: Format, sheets: &[Sheet], style: &Style) -> Result<Vec<u8>, RenderError> {
    let text = match format {
        Format::Table => terminal::page(sheets, style),
        Format::Csv => csv::table(sheets, style)?,
        Format::Json => json::document(sheets),
        Format::Ccusage => ccusage::document(sheets)?,
        Format::Markdown => markdown::page(sheets, style),
        Format::Html => html::page(sheets, style),
        Format::Svg => return picture(sheets, |chart, sheet| chart::svg_file(chart, sheet).map(String::into_bytes)),
        Format::Png => return picture(sheets, chart::png_file),
    };
    Ok(text.into_bytes())
}

/// The first chart of the one sheet that there may be.
fn picture(sheets: &[Sheet], draw: impl Fn(&Chart, &Sheet) -> Result<Vec<u8>, String>) -> Result<Vec<u8>, RenderError> {
    let [sheet] = sheets else { return Err(RenderError::PictureOfSeveral { reports: sheets.len() }) };
    let mut why = "it has no chart of its own".to_owned();
    for chart in sheet.charts() {
        match draw(chart, sheet) {
            Ok(picture) => return Ok(picture),
            Err(nothing) => why = nothing,
        }
    }
    Err(RenderError::NoPicture { report: sheet.report, why })
}

/// Why a chart of a sheet cannot be drawn, if it cannot.
pub fn why_undrawn(chart: &Chart, sheet: &Sheet) -> Option<String> {
    chart::Picture::of(chart, sheet).err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name() {
        for format in Format::ALL {
            assert_eq!(Format::named(format.name()), Some(format));
        }
        assert_eq!(Format::named("md"), Some(Format::Markdown));
        assert_eq!(Format::named("xml"), None);
    }

    #[test]
    fn the_name_of_a_file_tells_its_format() {
        for (path, format) in [
            ("report.txt", Some(Format::Table)),
            ("a.b/report.CSV", Some(Format::Csv)),
            ("report.json", Some(Format::Json)),
            ("report.markdown", Some(Format::Markdown)),
            ("report.htm", Some(Format::Html)),
            ("report.SVG", Some(Format::Svg)),
            ("report.png", Some(Format::Png)),
            ("report", None),
            ("report.pdf", None),
        ] {
            assert_eq!(Format::of_extension(Path::new(path)), format, "{path}");
        }
    }

    fn texts() -> impl Iterator<Item = Format> {
        Format::ALL.into_iter().filter(|format| *format != Format::Png)
    }

    fn drawn(format: Format, sheet: Sheet, style: &Style) -> String {
        String::from_utf8(render(format, &[sheet], style).unwrap()).unwrap()
    }

    #[test]
    fn every_format_draws_every_sheet_and_ends_its_last_line() {
        for format in texts() {
            for sheet in [sample::sheet(), sample::empty()] {
                if format.is_picture() && sheet.charts().next().is_none() {
                    continue;
                }
                let drawn = drawn(format, sheet, &Style::default());
                assert!(drawn.ends_with('\n') && !drawn.ends_with("\n\n"), "{format:?}");
            }
        }
    }

    #[test]
    fn no_format_lets_control_characters_through() {
        let style = Style { title: Some(sample::ATTACK.into()), ..Style::default() };
        for format in texts() {
            let drawn = drawn(format, sample::sheet(), &style);
            let hostile = drawn.chars().find(|&shown| (shown.is_control() && shown != '\n') || shown == '\u{202e}');
            assert_eq!(hostile.filter(|_| format != Format::Csv || hostile != Some('\u{202e}')), None, "{format:?}");
        }
    }

    #[test]
    fn a_picture_is_of_one_report_that_has_one() {
        let style = Style::default();
        let png = render(Format::Png, &[sample::sheet()], &style).unwrap();
        assert!(png.starts_with(b"\x89PNG\r\n"));
        let several = render(Format::Svg, &[sample::sheet(), sample::sheet()], &style);
        assert_eq!(several, Err(RenderError::PictureOfSeveral { reports: 2 }));
        let none = render(Format::Svg, &[sample::empty()], &style).unwrap_err();
        assert_eq!(none.to_string(), "cannot draw a picture of `feedback`: it has no chart of its own");
    }
}
