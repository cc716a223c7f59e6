//! HTML: one file that needs no other, no network, and no script to be read. Every string is escaped by the template;
//! the views here only say which string goes where.

mod policy;

use super::drawn::{self, Line};
use super::human::{self, Mark, Notation, Written};
use super::terminal::{evidence, headline};
use super::{Style, chart, escape, footer};
use crate::sheet::{self, Block, Fact, Finding, Sheet, Table};
use crate::time::Zone;
use askama::Template;

/// Draws sheets as sections of one page; what they share is said once, at the end.
pub(super) fn page(sheets: &[Sheet], style: &Style) -> String {
    let shared = footer::shared(sheets);
    let title = style.title.as_deref().unwrap_or("Prompt analytics");
    let page = Page {
        policy: policy::policy(),
        title: escape::visible(title).into_owned(),
        place: shared.map(|sheet| &sheet.coverage.place).filter(|place| !place.is_empty()).map(|place| visible(place)),
        reports: sheets.iter().enumerate().map(|(at, sheet)| Report::of(at, sheet, sheets, shared)).collect(),
        log: shared.map(footer::log).unwrap_or_default(),
        made: made(sheets),
    };
    let mut text = page.render().expect("the template writes only strings");
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

#[derive(Template)]
#[template(path = "page.html", config = "src/render/html/askama.toml")]
struct Page {
    policy: String,
    title: String,
    place: Option<String>,
    reports: Vec<Report>,
    log: Vec<String>,
    made: String,
}

struct Report {
    id: String,
    title: String,
    about: String,
    parts: Vec<Part>,
    question: Option<String>,
    /// The accounting of the log, where it is this report's own.
    log: Vec<String>,
}

enum Part {
    Figures(Vec<Figure>),
    Findings(Vec<Advice>),
    Table(Grid),
    /// The caption of a table without rows.
    Nothing(String),
    Note(String),
    Picture(Drawing),
}

/// A chart in the widths of a desk and of a phone.
struct Drawing {
    title: String,
    note: String,
    wide: String,
    narrow: String,
}

struct Figure {
    label: String,
    value: String,
    /// ` gap` or ` text` where the value is no number.
    class: &'static str,
    under: Vec<String>,
}

struct Advice {
    severity: &'static str,
    says: String,
    /// What is said under the headline, by what it is called.
    points: Vec<(&'static str, Vec<footer::Said>)>,
    rests_on: String,
}

struct Grid {
    caption: String,
    /// The report's title above says the same already.
    is_titled_above: bool,
    heads: Vec<drawn::Head>,
    groups: [Group; 2],
}

/// The rows that can be sorted, or the sums under them.
struct Group {
    tag: &'static str,
    lines: Vec<Row>,
}

struct Row {
    is_total: bool,
    cells: Vec<Cell>,
}

struct Cell {
    tag: &'static str,
    class: String,
    value: String,
    detail: String,
    raw: Option<f64>,
}

impl Report {
    fn of(at: usize, sheet: &Sheet, sheets: &[Sheet], shared: Option<&Sheet>) -> Report {
        let is_again = sheets[..at].iter().any(|earlier| earlier.report == sheet.report);
        let [title, period, zone] = footer::heading(sheet);
        let about = [period, zone].into_iter().chain(footer::filters(sheet));
        Report {
            id: if is_again { format!("{}-{}", sheet.report, at + 1) } else { sheet.report.to_owned() },
            title,
            about: about.collect::<Vec<_>>().join(" · "),
            parts: sheet.blocks.iter().filter_map(|block| Part::of(block, sheet)).collect(),
            question: footer::question(sheet),
            log: if shared.is_some() { Vec::new() } else { footer::log(sheet) },
        }
    }
}

impl Part {
    /// A chart, or the sentence on why there is none.
    fn chart(chart: &sheet::Chart, sheet: &Sheet) -> Part {
        match chart::Picture::of(chart, sheet) {
            Err(why) => Part::Note(why),
            Ok(picture) => Part::Picture(Drawing {
                wide: chart::inline(&picture, sheet, chart::WIDE),
                narrow: chart::inline(&picture, sheet, chart::NARROW),
                note: picture.left_out.clone().unwrap_or_default(),
                title: picture.title,
            }),
        }
    }

    fn of(block: &Block, sheet: &Sheet) -> Option<Part> {
        match block {
            Block::Facts(facts) if facts.is_empty() => None,
            Block::Facts(facts) => {
                Some(Part::Figures(facts.iter().map(|fact| Figure::of(fact, &sheet.zone)).collect()))
            }
            Block::Findings(findings) if findings.is_empty() => None,
            Block::Findings(findings) => {
                Some(Part::Findings(findings.iter().map(|finding| Advice::of(finding, &sheet.zone)).collect()))
            }
            Block::Table(table) if table.is_header() => None,
            Block::Table(table) if table.rows.is_empty() && table.total.is_none() => {
                Some(Part::Nothing(format!("{}: nothing to show", visible(&table.title))))
            }
            Block::Table(table) | Block::Behind(table) => Some(Part::Table(Grid::of(table, sheet))),
            Block::Note(note) => Some(Part::Note(visible(note))),
            Block::Chart(chart) => Some(Part::chart(chart, sheet)),
            Block::Totals(_) => None,
        }
    }
}

impl Figure {
    fn of(fact: &Fact, zone: &Zone) -> Figure {
        let notation = Notation::of_fact(fact);
        let Written { value, interval, basis, mark, .. } = notation.write(&fact.cell, zone);
        let was = human::past(fact, zone);
        let under = [interval, basis, was.unwrap_or_default()];
        Figure {
            label: visible(&fact.label),
            value,
            class: match (mark, &fact.cell) {
                (Mark::Missing | Mark::TooFew, _) => " gap",
                (Mark::Value, sheet::Cell::Text(_)) => " text",
                (Mark::Value, _) => "",
            },
            under: under.into_iter().filter(|line| !line.is_empty()).collect(),
        }
    }
}

impl Advice {
    fn of(finding: &Finding, zone: &Zone) -> Advice {
        Advice {
            severity: finding.severity.name(),
            says: headline(finding),
            points: finding.points().map(|(label, text)| (label, footer::Said::pieces(&visible(text)))).collect(),
            rests_on: evidence(finding, zone),
        }
    }
}

impl Grid {
    fn of(table: &Table, sheet: &Sheet) -> Grid {
        let drawn = drawn::table(table, &sheet.zone);
        let (rows, sums): (Vec<Line>, Vec<Line>) =
            drawn.lines.into_iter().partition(|line| line.part == drawn::Part::Row);
        let group = |tag, lines: Vec<Line>| {
            let rows = lines.into_iter().map(|line| Row {
                is_total: line.part == drawn::Part::Total,
                cells: line.cells.into_iter().enumerate().map(|(at, it)| Cell::of(at, it, &drawn.heads)).collect(),
            });
            Group { tag, lines: rows.collect() }
        };
        Grid {
            caption: visible(&table.title),
            is_titled_above: table.title == sheet.title,
            groups: [group("tbody", rows), group("tfoot", sums)],
            heads: drawn.heads,
        }
    }
}

impl Cell {
    fn of(at: usize, written: Written, heads: &[drawn::Head]) -> Cell {
        let kind = match heads[at] {
            drawn::Head { is_instant: true, .. } => "instant",
            drawn::Head { is_text: true, .. } => "text",
            _ => "number",
        };
        let detail = [written.interval, written.basis].into_iter().filter(|part| !part.is_empty());
        Cell {
            tag: if at == 0 { "th" } else { "td" },
            class: if written.mark == Mark::Value { kind.to_owned() } else { format!("{kind} gap") },
            detail: detail.collect::<Vec<_>>().join(" "),
            value: written.value,
            raw: written.raw,
        }
    }
}

fn visible(text: &str) -> String {
    escape::visible(text).into_owned()
}

fn made(sheets: &[Sheet]) -> String {
    let when = sheets.first().map(|sheet| format!(", {} {}", sheet.zone.minute(sheet.generated_ns), sheet.zone.name));
    format!("prompt-analytics {}{}", env!("CARGO_PKG_VERSION"), visible(&when.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;
    use sha2::{Digest, Sha256};

    fn drawn() -> String {
        let style = Style { title: Some(sample::ATTACK.into()), ..Style::default() };
        page(&[sample::sheet(), sample::empty()], &style)
    }

    /// What stands between `start` and `end` the first time.
    fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
        page.split_once(start).and_then(|(_, rest)| rest.split_once(end)).expect(start).0
    }

    #[test]
    fn the_policy_allows_exactly_the_script_of_the_page() {
        let page = drawn();
        let script = between(&page, "<script>", "</script>");
        let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
        let hash = policy::base64(&Sha256::digest(script.as_bytes()));
        assert!(policy.contains(&format!("sha256-{hash}")), "{policy}");
        assert!(policy.starts_with("default-src &#39;none&#39;;"), "{policy}");
        assert_eq!(page.matches("<script").count(), 1);
    }

    #[test]
    fn nothing_is_loaded_from_anywhere() {
        let page = drawn();
        for address in ["http:", "https:", "//cdn", " src=", "url(", "@import", "<link", "<iframe", "<img"] {
            assert!(!page.contains(address), "{address}");
        }
    }

    #[test]
    fn an_attack_is_only_text() {
        let page = drawn();
        assert!(!page.contains("<script>alert") && !page.contains('\x1b') && !page.contains('\u{202e}'));
        assert!(page.contains("&#60;script&#62;alert(1)&#60;/script&#62;"), "the attack is shown as it was written");
        for attribute in page.split("aria-label=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(!attribute.contains('<'), "{attribute}");
        }
    }

    #[test]
    fn every_opened_element_is_closed() {
        let page = drawn();
        for element in
            ["section", "table", "tbody", "tfoot", "tr", "ul", "li", "dl", "div", "p", "nav", "main", "small"]
        {
            let opened = page.matches(&format!("<{element}>")).count() + page.matches(&format!("<{element} ")).count();
            assert_eq!(opened, page.matches(&format!("</{element}>")).count(), "{element}");
        }
    }

    #[test]
    fn reports_are_found_by_their_names() {
        let page = page(&[sample::sheet(), sample::empty(), sample::empty()], &Style::default());
        for (link, id) in [("#performance", "performance"), ("#feedback", "feedback"), ("#feedback-3", "feedback-3")] {
            assert!(page.contains(&format!("<a href=\"{link}\">")), "{link}");
            assert_eq!(page.matches(&format!("<section id=\"{id}\"")).count(), 1);
        }
        assert!(page.contains("<title>Prompt analytics</title>"));
    }

    #[test]
    fn a_table_sorts_by_raw_numbers_and_keeps_its_sums_below() {
        let page = drawn();
        assert!(page.contains(" data-v=\"571\">571</td>"), "{page}");
        let foot = between(&page, "<tfoot>", "</tfoot>");
        assert!(foot.contains("37 others") && foot.contains("<tr class=\"total\">"), "{foot}");
        assert!(page.contains("<small>(92.0–96.0)</small>"), "{page}");
    }

    #[test]
    fn the_coverage_is_on_the_page() {
        let page = page(&[sample::sheet()], &Style::default());
        assert!(page.contains("read 9,413 lines in 3 files") && page.contains("<dt>too few</dt>"));
        assert!(page.contains("2026-11-20 14:30 Europe/Lisbon"));
    }
}
