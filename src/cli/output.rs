//! Output: the format that an answer is given in, and where it goes.

use super::Trouble;
use super::args::{Colour, OutputArgs};
use super::compat;
use super::pager;
use super::screen::{self, Screen};
use crate::render::{self, Format, Logo, Style};
use crate::sheet::Sheet;
use anyhow::{Context as _, Result};
use std::io::Write as _;
use std::ops::RangeInclusive;
use std::path::Path;

/// Rows of a table in a terminal unless another number is asked for; the others come in one row.
const ROWS_ON_A_SCREEN: usize = 30;

/// As many of a page, in which they are searched and sorted; it says where the others are.
const ROWS_ON_A_PAGE: usize = 100;

/// The most rows of a table over time on a page: the days of a leap year and the hours of a fortnight fit.
const BUCKETS_ON_A_PAGE: usize = 400;

/// The seconds after which a page may read its file again: long enough to be read, at most a day.
const REFRESH: RangeInclusive<u32> = 5..=86_400;

/// Rows of a table in this format unless another number is asked for; 0 is all.
pub fn rows_unasked(format: Format) -> usize {
    match format {
        Format::Table => ROWS_ON_A_SCREEN,
        Format::Html => ROWS_ON_A_PAGE,
        _ => 0,
    }
}

/// Whether charts are seen in this answer.
pub fn has_charts(format: Format, output: &OutputArgs) -> bool {
    match format {
        Format::Html | Format::Svg | Format::Png | Format::Json => true,
        Format::Table => {
            output.chart.chart.is_some()
                || !is_to_file(output) && Screen::of(&std::io::stdout(), output.color).has_room_for_charts()
        }
        Format::Csv | Format::Markdown | Format::Ccusage => false,
    }
}

/// The format that the arguments ask for.
///
/// # Errors
/// There is no such format, or it has no use for a flag.
pub fn format(output: &OutputArgs) -> Result<Format> {
    let format = named_format(output)?;
    let draws_none = matches!(format, Format::Csv | Format::Markdown | Format::Ccusage);
    let of_one = [
        ("--chart", output.chart.chart.is_some() && draws_none, Format::Svg),
        ("--table", output.table.is_some(), Format::Csv),
        ("--csv-raw", output.csv_raw, Format::Csv),
        ("--logo", output.logo.is_some(), Format::Html),
        ("--refresh", output.refresh.is_some(), Format::Html),
    ];
    match of_one.into_iter().find(|(_, is_given, of)| *is_given && format != *of) {
        Some((flag, _, of)) => {
            let says = format!("`{flag}` means nothing to the format {}", format.name());
            Err(Trouble::new(says).hint(format!("add `--format {}`", of.name())).into())
        }
        None => match output.refresh.filter(|seconds| !REFRESH.contains(seconds)) {
            Some(seconds) => {
                let says =
                    format!("--refresh is {seconds} seconds, and must be {} to {}", REFRESH.start(), REFRESH.end());
                Err(Trouble::new(says).hint("`--refresh 300` reads the file again every five minutes").into())
            }
            None => Ok(format),
        },
    }
}

fn named_format(output: &OutputArgs) -> Result<Format> {
    if output.json {
        return Ok(Format::Json);
    }
    if let Some(name) = &output.format {
        let names = Format::ALL.map(Format::name);
        let unknown = || Trouble::new(crate::spelling::unknown("format", name, &names));
        return Ok(Format::named(name).ok_or_else(unknown)?);
    }
    let Some(path) = output.output.as_deref().filter(|path| !is_stdout(path)) else { return Ok(Format::Table) };
    if is_directory(path) {
        return Ok(Format::Csv);
    }
    Format::of_extension(path).ok_or_else(|| {
        Trouble::new(format!("the name `{}` does not tell a format", path.display()))
            .hint("end it in .txt, .csv, .json, .md, .html, .svg or .png, or add `--format`")
            .into()
    })
}

/// Draws sheets where the arguments want them; where no `top` is asked for, a page has room for so much.
///
/// # Errors
/// They cannot be drawn so, or not written.
pub fn write(sheets: &[Sheet], format: Format, output: &OutputArgs, top: Option<usize>) -> Result<()> {
    let style = Style {
        title: output.title.clone(),
        csv_raw: output.csv_raw,
        table: output.table.clone(),
        rows: top.is_none().then_some(BUCKETS_ON_A_PAGE),
        logo: output.logo.as_deref().map(logo).transpose()?,
        refresh: output.refresh,
        is_charted: output.chart.chart.is_some(),
        ..Style::default()
    };
    match output.output.as_deref() {
        Some(path) if is_directory(path) => folder(path, sheets, format, &style),
        Some(path) if !is_stdout(path) => {
            let style =
                Style { width: screen::columns().or(Some(100)), colour: output.color == Colour::Always, ..style };
            publish(path, &draw(format, sheets, &style)?)
        }
        _ => {
            let screen = Screen::of(&std::io::stdout(), output.color);
            if format == Format::Png && screen.is_terminal {
                return Err(Trouble::new("a PNG is nothing for a terminal")
                    .hint("write a file: `-o chart.png`")
                    .into());
            }
            pager::print(&draw(format, sheets, &screen.style(style))?, screen, !output.no_pager)
        }
    }
}

fn logo(path: &Path) -> Result<Logo> {
    let hint = "take a PNG, JPEG, SVG, WebP or GIF file";
    let bytes = std::fs::read(path).map_err(|error| {
        Trouble::new(format!("cannot read the logo {}: {}", path.display(), crate::log::cause(&error))).hint(hint)
    })?;
    Ok(Logo::of(&bytes).map_err(|no| Trouble::new(format!("{} {no}", path.display())).hint(hint))?)
}

/// Whether the answer goes to a file or a folder.
pub fn is_to_file(output: &OutputArgs) -> bool {
    output.output.as_deref().is_some_and(|path| !is_stdout(path))
}

/// Writes one file for each report into a folder; a report without a chart has no picture.
fn folder(path: &Path, sheets: &[Sheet], format: Format, style: &Style) -> Result<()> {
    let is_drawn = |sheet: &&Sheet| {
        !format.is_picture() || sheet.charts().any(|chart| render::why_undrawn(chart, sheet).is_none())
    };
    let drawn: Vec<&Sheet> = sheets.iter().filter(is_drawn).collect();
    if drawn.is_empty() {
        return Err(Trouble::new("none of these reports has a chart").hint(A_CHART_OF_YOUR_OWN).into());
    }
    std::fs::create_dir_all(path).with_context(|| format!("cannot create {}", path.display()))?;
    for sheet in drawn {
        let file = path.join(format!("{}.{}", sheet.report, format.extension()));
        publish(&file, &draw(format, std::slice::from_ref(sheet), style)?)?;
    }
    Ok(())
}

const A_CHART_OF_YOUR_OWN: &str = "draw one of your own: `--chart bar --y COLUMN`";

/// Draws sheets.
///
/// # Errors
/// They cannot be drawn so.
pub fn draw(format: Format, sheets: &[Sheet], style: &Style) -> Result<Vec<u8>> {
    render::render(format, sheets, style).map_err(|error| {
        let hint = match error {
            render::RenderError::CsvOfSeveral { .. } => "write one file for each: `-o DIR/`",
            render::RenderError::NoTable { .. } => "`--json` shows every table of a report with its id",
            render::RenderError::PictureOfSeveral { .. } => "one picture for each: `-o DIR/ --format svg`",
            render::RenderError::NoPicture { .. } => A_CHART_OF_YOUR_OWN,
            render::RenderError::NotOfCcusage { .. } => compat::VIEWS,
        };
        Trouble::new(error.to_string()).hint(hint).into()
    })
}

/// Writes a file whole or not at all.
fn publish(path: &Path, bytes: &[u8]) -> Result<()> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        // A report is meant to be shared: it gets the permissions of any new file, not those of a temporary one.
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
        let mut file = tempfile::Builder::new().prefix(".report-").permissions(permissions).tempfile_in(dir)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|error| {
        let trouble = Trouble::new(format!("cannot write {}: {}", path.display(), crate::log::cause(&error)));
        if dir.exists() { trouble } else { trouble.hint(format!("create the directory: `mkdir -p {}`", dir.display())) }
            .into()
    })
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

fn is_directory(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().to_string_lossy().ends_with('/')
}
