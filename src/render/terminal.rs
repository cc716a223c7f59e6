//! The terminal: a page of plain lines that fit the width asked for. Colour repeats what the words say; nothing depends
//! on it.

mod figures;
mod table;

use super::{Style, escape, footer, human, wrap};
use crate::sheet::{Block, Cell, Fact, Finding, Severity, Sheet};
use crate::time::Zone;
use anstyle::{AnsiColor, Effects};

/// Where everything but headings starts.
const INDENT: &str = "  ";

/// Draws sheets one under the other; what they share is said once.
pub(super) fn page(sheets: &[Sheet], style: &Style) -> String {
    let mut page = Page { width: style.width.unwrap_or(usize::MAX / 8), colour: style.colour, lines: Vec::new() };
    if let Some(title) = &style.title {
        page.wrapped("", &escape::visible(title), Tone::Strong);
        page.gap();
    }
    let shared = footer::shared(sheets);
    for sheet in sheets {
        page.sheet(sheet);
        if shared.is_none() {
            page.sentences(&footer::log(sheet));
        }
        page.gap();
    }
    if let Some(sheet) = shared {
        page.sentences(&footer::log(sheet));
    }
    page.finish()
}

/// What a line is, for those who see colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Plain,
    Strong,
    Quiet,
    Of(Severity),
}

impl Tone {
    fn style(self) -> anstyle::Style {
        let plain = anstyle::Style::new();
        match self {
            Tone::Plain => plain,
            Tone::Strong => plain.effects(Effects::BOLD),
            Tone::Quiet | Tone::Of(Severity::Low) => plain.effects(Effects::DIMMED),
            Tone::Of(Severity::Medium) => plain.fg_color(Some(AnsiColor::Yellow.into())),
            Tone::Of(Severity::High) => plain.fg_color(Some(AnsiColor::Red.into())).effects(Effects::BOLD),
        }
    }
}

/// Lines so far, and the room they have.
struct Page {
    width: usize,
    colour: bool,
    lines: Vec<String>,
}

impl Page {
    fn sheet(&mut self, sheet: &Sheet) {
        let [title, period, zone] = footer::heading(sheet);
        self.wrapped("", &format!("{title} · {period} · {zone}"), Tone::Strong);
        if let Some(filters) = footer::filters(sheet) {
            self.wrapped("", &filters, Tone::Quiet);
        }
        for block in &sheet.blocks {
            match block {
                Block::Facts(facts) => self.facts(facts, &sheet.zone),
                Block::Table(table) if table.is_header() => {}
                Block::Table(table) => self.table(table, sheet),
                Block::Findings(findings) => self.findings(findings, &sheet.zone),
                Block::Note(note) => {
                    self.gap();
                    self.wrapped(INDENT, &escape::visible(note), Tone::Quiet);
                }
                Block::Totals(_) | Block::Behind(_) | Block::Chart(_) => {}
            }
        }
        if let Some(question) = footer::question(sheet) {
            self.gap();
            self.wrapped(INDENT, &question, Tone::Quiet);
        }
    }

    fn facts(&mut self, facts: &[Fact], zone: &Zone) {
        self.gap();
        for (tone, line) in figures::lines(facts, zone, self.room()) {
            self.line(&format!("{INDENT}{line}"), tone);
        }
    }

    fn table(&mut self, table: &crate::sheet::Table, sheet: &Sheet) {
        self.gap();
        if table.title != sheet.title && !table.title.is_empty() {
            self.wrapped(INDENT, &escape::visible(&table.title), Tone::Strong);
        }
        if table.rows.is_empty() && table.total.is_none() {
            self.line(&format!("{INDENT}nothing to show"), Tone::Quiet);
            return;
        }
        let drawn = table::draw(&super::drawn::table(table, &sheet.zone), self.room());
        for (tone, line) in drawn.lines {
            self.line(&format!("{INDENT}{line}"), tone);
        }
        if !drawn.hidden.is_empty() {
            let hidden = format!("not shown in this width: {}", drawn.hidden.join(", "));
            self.wrapped(INDENT, &hidden, Tone::Quiet);
        }
    }

    fn findings(&mut self, findings: &[Finding], zone: &Zone) {
        if findings.is_empty() {
            return;
        }
        self.gap();
        let words = wrap::width("medium");
        for finding in findings {
            let mark = if finding.severity == Severity::Low { '○' } else { '●' };
            let lead = format!("{INDENT}{mark} {}  ", wrap::pad(finding.severity.name(), words));
            let under = " ".repeat(wrap::width(&lead));
            self.labelled(&lead, &headline(finding), Tone::Of(finding.severity));
            let labels = finding.points().map(|(label, _)| wrap::width(label)).max().unwrap_or(0);
            for (label, text) in finding.points() {
                let label = wrap::pad(label, labels);
                self.labelled(&format!("{under}{label}  "), &escape::visible(text), Tone::Quiet);
            }
            let rests_on = evidence(finding, zone);
            if !rests_on.is_empty() {
                self.wrapped(&under, &rests_on, Tone::Quiet);
            }
        }
    }

    fn sentences(&mut self, sentences: &[String]) {
        self.gap();
        for sentence in sentences {
            self.wrapped(INDENT, sentence, Tone::Quiet);
        }
    }

    fn room(&self) -> usize {
        self.width.saturating_sub(INDENT.len())
    }

    fn wrapped(&mut self, indent: &str, text: &str, tone: Tone) {
        for line in wrap::hanging(indent, text, self.width) {
            self.line(&line, tone);
        }
    }

    /// Text that hangs after a label; only the label has a tone.
    fn labelled(&mut self, label: &str, text: &str, tone: Tone) {
        for line in wrap::hanging(label, text, self.width) {
            match line.strip_prefix(label) {
                Some(text) if !label.trim().is_empty() => {
                    let word = label.trim();
                    let toned = label.replacen(word, &self.toned(word, tone), 1);
                    self.lines.push(format!("{toned}{text}"));
                }
                _ => self.line(&line, Tone::Plain),
            }
        }
    }

    /// The one place where a line is put down: whatever happened before, it fits.
    fn line(&mut self, line: &str, tone: Tone) {
        let line = wrap::cut(line.trim_end(), self.width);
        let text = line.trim_start();
        let indent = &line[..line.len() - text.len()];
        self.lines.push(format!("{indent}{}", self.toned(text, tone)));
    }

    fn toned(&self, text: &str, tone: Tone) -> String {
        let style = tone.style();
        let is_plain = !self.colour || tone == Tone::Plain || text.is_empty();
        if is_plain { text.to_owned() } else { format!("{style}{text}{style:#}") }
    }

    /// One empty line, never two, and none at the top.
    fn gap(&mut self) {
        if self.lines.last().is_some_and(|last| !last.is_empty()) {
            self.lines.push(String::new());
        }
    }

    fn finish(mut self) -> String {
        while self.lines.last().is_some_and(String::is_empty) {
            self.lines.pop();
        }
        let mut text = self.lines.join("\n");
        text.push('\n');
        text
    }
}

/// The subject and what is said of it, without saying the subject twice.
pub(super) fn headline(finding: &Finding) -> String {
    let (subject, says) = (escape::visible(&finding.subject), escape::visible(&finding.says));
    if subject.is_empty() || says.contains(&*subject) { says.into_owned() } else { format!("{subject}: {says}") }
}

/// How sure a finding is, and what it was observed on: the value itself stands in the words above.
pub(super) fn evidence(finding: &Finding, zone: &Zone) -> String {
    let observed =
        finding.evidence.iter().filter(|fact| matches!(fact.cell, Cell::Share { .. } | Cell::Estimate { .. }));
    let observed = observed.map(|fact| {
        let written = human::Notation::of_fact(fact).write(&fact.cell, zone);
        let parts = [written.basis, written.interval];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    });
    let likelihood = finding.confidence.and_then(human::likelihood);
    let status = Some(escape::visible(&finding.status).into_owned()).filter(|status| !status.is_empty());
    let parts: Vec<String> = likelihood.into_iter().chain(observed).chain(status).collect();
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    fn drawn(width: Option<usize>, colour: bool) -> String {
        page(&[sample::sheet(), sample::empty()], &Style { width, colour, ..Style::default() })
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [0, 1, 7, 20, 40, 60, 80, 100, 132, 200] {
            for line in drawn(Some(width), false).lines() {
                assert!(wrap::width(line) <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn no_line_ends_in_spaces_and_no_two_lines_are_empty() {
        let page = drawn(Some(100), false);
        assert!(page.lines().all(|line| line.trim_end() == line));
        assert!(!page.contains("\n\n\n"));
    }

    #[test]
    fn colour_adds_nothing_but_colour() {
        let coloured = drawn(Some(100), true);
        assert!(coloured.contains("\x1b["));
        let mut plain = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once('\x1b') {
            plain.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        plain.push_str(rest);
        assert_eq!(plain, drawn(Some(100), false));
    }

    #[test]
    fn the_period_the_zone_and_the_filters_are_said() {
        let page = drawn(Some(100), false);
        assert!(
            page.starts_with("Performance by prompt and model · 2026-11-14 to 2026-11-20 · Europe/Lisbon\n"),
            "{page}"
        );
        assert!(page.contains("only model gpt-*, error type timeout"));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let page = drawn(Some(100), false);
        assert!(page.contains("not shown in this width:"), "{page}");
        assert!(!drawn(None, false).contains("not shown in this width:"));
    }

    #[test]
    fn a_finding_says_why_what_to_try_and_how_sure_it_is() {
        let page = drawn(None, false);
        for promise in [
            "● high    prompt extract-invoice: success is 66.2 %, below the target of 80 %",
            "why    invalid_json is 61 %",
            "moved  version 6 failed 9.1 %",
            "try    go back to version 6",
            "worth  about 25 failures per 100 runs",
            "very likely (>0.99) · 591 of 893 (63.0–69.2) · acknowledged on 2026-11-18",
        ] {
            assert!(page.contains(promise), "{promise}\n{page}");
        }
    }

    #[test]
    fn nothing_to_show_is_said_and_the_coverage_still_follows() {
        let page = page(&[sample::empty()], &Style::default());
        assert_eq!(
            page,
            "Feedback · all time · UTC\n\n  Runs by day\n  nothing to show\n\n  read 0 lines in 0 files: 0 events\n"
        );
    }
}
