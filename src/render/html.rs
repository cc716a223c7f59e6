//! HTML: one file that needs no other, no network, and no script to be read. Every string is escaped by the template;
//! the views here only say which string goes where.

#[cfg(test)]
mod contrast;
mod figures;
mod grid;
mod logo;
mod policy;
mod spark;

pub use logo::{Logo, NoLogo};

use super::terminal::{evidence, headline};
use super::{Style, chart, escape, footer};
use crate::coverage::count;
use crate::sheet::{self, Block, Finding, Sheet};
use crate::time::Zone;
use askama::Template;
use figures::Figures;
use grid::Grid;

/// Findings of a page that does not show everything: what a person reads in one sitting.
const FINDINGS: usize = 20;

/// Draws sheets as sections of one page; what they share is said once, at the end.
pub(super) fn page(sheets: &[Sheet], style: &Style) -> String {
    let shared = footer::shared(sheets);
    let title = style.title.as_deref().unwrap_or("Prompt analytics");
    let page = Page {
        policy: policy::policy(),
        title: visible(title),
        logo: style.logo.as_ref().map(|logo| logo.address().to_owned()),
        refresh: style.refresh,
        place: shared.map(|sheet| &sheet.coverage.place).filter(|place| !place.is_empty()).map(|place| visible(place)),
        reports: (0..sheets.len()).map(|at| Report::of(at, sheets, style, shared.is_some())).collect(),
        log: shared.map(log).unwrap_or_default(),
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
    /// The address of an image.
    logo: Option<String>,
    /// In seconds.
    refresh: Option<u32>,
    place: Option<String>,
    reports: Vec<Report>,
    log: Vec<Vec<footer::Said>>,
    made: String,
}

struct Report {
    id: String,
    /// What its tab is called.
    tab: String,
    title: String,
    about: String,
    parts: Vec<Part>,
    question: Option<String>,
    /// The accounting of the log, where it is this report's own.
    log: Vec<Vec<footer::Said>>,
}

enum Part {
    Figures(Figures),
    Findings(Advices),
    Table(Grid),
    /// The caption of a table without rows.
    Nothing(String),
    Note(String),
    Picture(Drawing),
}

/// A chart in the widths of a desk and of a phone.
struct Drawing {
    title: String,
    /// What the table holds and the picture does not.
    note: Option<String>,
    /// The names of its series, where there are several.
    series: Vec<String>,
    wide: String,
    narrow: String,
}

struct Advices {
    shown: Vec<Advice>,
    /// How many there are more, in a sentence.
    left_out: Option<String>,
}

struct Advice {
    severity: &'static str,
    says: String,
    /// What is said under the headline, by what it is called.
    points: Vec<(&'static str, Vec<footer::Said>)>,
    rests_on: String,
}

impl Report {
    /// The sheet at `at`.
    fn of(at: usize, sheets: &[Sheet], style: &Style, is_log_shared: bool) -> Report {
        let sheet = &sheets[at];
        let is_again = sheets[..at].iter().any(|earlier| earlier.report == sheet.report);
        let [title, period, zone] = footer::heading(sheet);
        let about = [period, zone].into_iter().chain(footer::filters(sheet));
        let id = if is_again { format!("{}-{}", sheet.report, at + 1) } else { sheet.report.to_owned() };
        Report {
            tab: capital(&id.replace('-', " ")),
            title,
            about: about.collect::<Vec<_>>().join(" · "),
            parts: sheet.blocks.iter().filter_map(|block| Part::of(block, sheet, &id, style)).collect(),
            question: footer::question(sheet),
            log: if is_log_shared { Vec::new() } else { log(sheet) },
            id,
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
                note: picture.left_out.clone(),
                series: picture.series().into_iter().map(str::to_owned).collect(),
                title: picture.title,
            }),
        }
    }

    /// A block of the report called `id`.
    fn of(block: &Block, sheet: &Sheet, id: &str, style: &Style) -> Option<Part> {
        match block {
            Block::Facts(facts) if facts.is_empty() => None,
            Block::Facts(facts) => Some(Part::Figures(Figures::of(facts, sheet))),
            Block::Findings(findings) if findings.is_empty() => None,
            Block::Findings(findings) => Some(Part::Findings(Advices::of(findings, &sheet.zone, style))),
            Block::Table(table) if table.is_header() => None,
            Block::Table(table) if table.rows.is_empty() && table.total.is_none() => {
                Some(Part::Nothing(format!("{}: nothing to show", visible(&table.title))))
            }
            Block::Table(table) | Block::Behind(table) => Some(Part::Table(Grid::of(table, sheet, id, style.rows))),
            Block::Note(note) => Some(Part::Note(visible(note))),
            Block::Chart(chart) => Some(Part::chart(chart, sheet)),
            Block::Totals(_) => None,
        }
    }
}

impl Advices {
    fn of(findings: &[Finding], zone: &Zone, style: &Style) -> Advices {
        let shown = if style.rows.is_some() { findings.len().min(FINDINGS) } else { findings.len() };
        let more = (findings.len() - shown) as u64;
        let left_out = format!("{} of less weight are not on this page", count(more, "finding"));
        Advices {
            shown: findings[..shown].iter().map(|finding| Advice::of(finding, zone)).collect(),
            left_out: (more > 0).then_some(left_out),
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

fn log(sheet: &Sheet) -> Vec<Vec<footer::Said>> {
    footer::log(sheet).iter().map(|sentence| footer::Said::pieces(sentence)).collect()
}

fn capital(name: &str) -> String {
    let mut rest = name.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
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
        for element in [
            "section", "table", "tbody", "tfoot", "tr", "ul", "li", "dl", "div", "p", "nav", "main", "small",
            "template",
        ] {
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
        assert!(
            page.contains("data-field=\"2\">outcomes</th>") && page.contains("data-field=\"6\">errors</th>"),
            "{page}"
        );
        let raw = between(&page, "<template>", "</template>");
        assert!(raw.contains("\ncode-review,claude-sonnet-4-5,571,0.9404"), "{raw}");
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
