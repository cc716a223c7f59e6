//! Drawing: sheets as text for a terminal, a spreadsheet, a program, a page. Renderers draw and never compute; they
//! know sheets, time and coverage, and have never heard of logs, columns or queries.

mod csv;
mod drawn;
mod escape;
mod footer;
mod html;
mod human;
mod json;
mod markdown;
#[cfg(test)]
mod sample;
mod terminal;
mod wrap;

pub use escape::{visible, visible_json};
pub use footer::asked;
pub use json::schema;

use crate::sheet::Sheet;
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
}

impl Format {
    pub const ALL: [Format; 5] = [Format::Table, Format::Csv, Format::Json, Format::Markdown, Format::Html];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Markdown => "markdown",
            Format::Html => "html",
        }
    }

    /// The format called `name`; `md` is Markdown too.
    pub fn named(name: &str) -> Option<Format> {
        let name = if name == "md" { "markdown" } else { name };
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format that a file of this name should hold.
    pub fn of_extension(path: &Path) -> Option<Format> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "txt" => Some(Format::Table),
            "csv" => Some(Format::Csv),
            "json" => Some(Format::Json),
            "md" | "markdown" => Some(Format::Markdown),
            "html" | "htm" => Some(Format::Html),
            _ => None,
        }
    }
}

/// How to draw.
#[derive(Clone, Debug, Default)]
pub struct Style {
    /// The columns of the terminal; `None` is as wide as it needs.
    pub width: Option<usize>,
    /// The lines of the terminal, where it is one.
    pub height: Option<usize>,
    /// Whether the terminal shows nothing but ASCII.
    pub is_ascii: bool,
    pub colour: bool,
    /// A title for the whole page.
    pub title: Option<String>,
    /// CSV text as it is, even if a spreadsheet would run it.
    pub csv_raw: bool,
    /// The id of the table that becomes the CSV file; by default the report's main table.
    pub table: Option<String>,
}

/// Why sheets cannot be drawn as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderError {
    /// A CSV file holds one table of one report; how many reports were asked for.
    CsvOfSeveral { reports: usize },
    /// The report has no table of this id; those it has.
    NoTable { report: &'static str, asked: Option<String>, tables: Vec<&'static str> },
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

/// Draws `sheets` as one document that ends in a line feed.
///
/// # Errors
/// CSV was asked of several reports, or of a table that there is not.
pub fn render(format: Format, sheets: &[Sheet], style: &Style) -> Result<String, RenderError> {
    Ok(match format {
        Format::Table => terminal::page(sheets, style),
        Format::Csv => csv::table(sheets, style)?,
        Format::Json => json::document(sheets),
        Format::Markdown => markdown::page(sheets, style),
        Format::Html => html::page(sheets, style),
    })
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
            ("report", None),
            ("report.pdf", None),
        ] {
            assert_eq!(Format::of_extension(Path::new(path)), format, "{path}");
        }
    }

    #[test]
    fn every_format_draws_every_sheet_and_ends_its_last_line() {
        for format in Format::ALL {
            for sheet in [sample::sheet(), sample::empty()] {
                let drawn = render(format, &[sheet], &Style::default()).unwrap();
                assert!(drawn.ends_with('\n') && !drawn.ends_with("\n\n"), "{format:?}");
            }
        }
    }

    #[test]
    fn no_format_lets_control_characters_through() {
        let style = Style { title: Some(sample::ATTACK.into()), ..Style::default() };
        for format in Format::ALL {
            let drawn = render(format, &[sample::sheet()], &style).unwrap();
            let hostile = drawn.chars().find(|&shown| (shown.is_control() && shown != '\n') || shown == '\u{202e}');
            assert_eq!(hostile.filter(|_| format != Format::Csv || hostile != Some('\u{202e}')), None, "{format:?}");
        }
    }
}
