//! The terminal: a page of plain lines that fit the width asked for. Colour repeats what the words say; nothing depends
//! on it.

mod chart;
mod figures;
mod findings;
mod glyphs;
mod table;

pub(super) use chart::has_room as has_room_for_charts;
pub(super) use findings::{evidence, headline};

use super::{Style, escape, footer, wrap};
use crate::sheet::{Block, Fact, Severity, Sheet};
use anstyle::{AnsiColor, Effects};

/// Where everything but headings starts.
const INDENT: &str = "  ";
/// What is said of a chart that takes more than characters.
const ELSEWHERE: &str = "this chart takes a picture: add `-o chart.svg`, or .png or .html";
/// What stands for the rest of a line that was cut.
const CUT: &str = "…";

/// Draws sheets one under the other; what they share is said once.
pub(super) fn page(sheets: &[Sheet], style: &Style) -> String {
    let mut page = Page {
        width: style.width.unwrap_or(usize::MAX / 8),
        colour: style.colour,
        is_ascii: style.is_ascii,
        charts: match style.is_charted {
            true => Charts::Asked,
            false if chart::has_room(style.width, style.height) => Charts::Small,
            false => Charts::None,
        },
        lines: Vec::new(),
    };
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

/// One line that fits, and that the terminal can show.
pub(super) fn fitted(text: &str, style: &Style) -> String {
    let line = wrap::cut(text, style.width.unwrap_or(usize::MAX / 8));
    if style.is_ascii { glyphs::ascii(&line) } else { line }
}

/// What a line is, for those who see colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Plain,
    Strong,
    Quiet,
    Of(Severity),
    /// What moved for the better, and for the worse.
    Good,
    Bad,
}

impl Tone {
    fn style(self) -> anstyle::Style {
        let plain = anstyle::Style::new();
        match self {
            Tone::Plain => plain,
            Tone::Strong => plain.effects(Effects::BOLD),
            Tone::Quiet | Tone::Of(Severity::Low) => plain.effects(Effects::DIMMED),
            Tone::Of(Severity::Medium) => plain.fg_color(Some(AnsiColor::Yellow.into())),
            Tone::Good => plain.fg_color(Some(AnsiColor::Green.into())),
            Tone::Bad => plain.fg_color(Some(AnsiColor::Red.into())),
            Tone::Of(Severity::High) => plain.fg_color(Some(AnsiColor::Red.into())).effects(Effects::BOLD),
        }
    }
}

/// Which charts are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Charts {
    None,
    /// One that shows something new in a few lines.
    Small,
    /// The one that was asked for.
    Asked,
}

/// Lines so far, and the room they have.
struct Page {
    width: usize,
    colour: bool,
    is_ascii: bool,
    charts: Charts,
    lines: Vec<String>,
}

impl Page {
    fn sheet(&mut self, sheet: &Sheet) {
        let [title, period, zone] = footer::heading(sheet);
        self.wrapped("", &format!("{title} · {period} · {zone}"), Tone::Strong);
        if let Some(filters) = footer::filters(sheet) {
            self.wrapped("", &filters, Tone::Quiet);
        }
        let is_asked = self.charts == Charts::Asked;
        let mut chart = match self.charts {
            Charts::None => None,
            Charts::Small | Charts::Asked => chart::first(sheet, self.room(), is_asked),
        };
        if is_asked && chart.is_none() && sheet.charts().next().is_some() {
            chart = Some(vec![(Tone::Quiet, ELSEWHERE.to_owned())]);
        }
        for block in &sheet.blocks {
            if matches!(block, Block::Table(table) if !table.is_header()) {
                self.chart(chart.take().unwrap_or_default());
            }
            match block {
                Block::Facts(facts) => self.facts(facts, sheet),
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

    fn facts(&mut self, facts: &[Fact], sheet: &Sheet) {
        self.gap();
        for mut line in figures::lines(facts, sheet, self.room()) {
            line.insert(0, (Tone::Plain, INDENT.to_owned()));
            self.spans(&line);
        }
    }

    fn chart(&mut self, lines: Vec<(Tone, String)>) {
        self.gap();
        for (tone, line) in lines {
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

    fn line(&mut self, line: &str, tone: Tone) {
        self.spans(&[(tone, line.to_owned())]);
    }

    /// The one place where a line is put down: whatever happened before, it fits, and the terminal can show it.
    fn spans(&mut self, spans: &[(Tone, String)]) {
        let whole: String = spans.iter().map(|(_, text)| text.as_str()).collect();
        let whole = whole.trim_end();
        let kept = wrap::cut(whole, self.width);
        let cut = if kept == whole { "" } else { CUT };
        let mut left = kept.len().saturating_sub(cut.len());
        let mut line = String::with_capacity(kept.len() + 16);
        for (tone, text) in spans {
            let text = &text[..text.len().min(left)];
            left -= text.len();
            line.push_str(&self.toned(text, *tone));
        }
        line.push_str(&self.toned(&kept[kept.len().saturating_sub(cut.len())..], Tone::Plain));
        self.lines.push(line);
    }

    /// Text in its tone; the spaces around it have none.
    fn toned(&self, text: &str, tone: Tone) -> String {
        let text = if self.is_ascii { glyphs::ascii(text) } else { text.to_owned() };
        let word = text.trim();
        if !self.colour || tone == Tone::Plain || word.is_empty() {
            return text;
        }
        let style = tone.style();
        text.replacen(word, &format!("{style}{word}{style:#}"), 1)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;
    use crate::sheet::{Better, Cell, Change, Unit};

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
    fn a_terminal_of_ascii_gets_ascii_in_the_same_columns() {
        for width in [None, Some(60), Some(100)] {
            let style = Style { width, is_ascii: true, ..Style::default() };
            let page = page(&[sample::sheet(), sample::empty()], &style);
            assert!(page.is_ascii(), "{page}");
            let columns = |text: &str| text.lines().map(wrap::width).collect::<Vec<_>>();
            assert_eq!(columns(&page), columns(&drawn(width, false)));
        }
        let page = page(&[sample::sheet()], &Style { width: Some(100), is_ascii: true, ..Style::default() });
        for promise in [
            "Performance by prompt and model - 2026-11-14 to",
            "v -2.1 pts, real: worse",
            "* high    prompt extract-invoice",
            "o low     =<script>",
            "#_.",
        ] {
            assert!(page.contains(promise), "{promise}\n{page}");
        }
    }

    #[test]
    fn colour_says_good_and_bad_and_not_up_and_down() {
        let said = |better, difference: f64| {
            let mut sheet = sample::empty();
            let fact = sample::fact("p95_ms", "p95", Unit::Millis, Cell::Num(2.0), Some(Cell::Num(4.0)));
            let change = Some(Change::within(difference, Some((difference, difference))));
            sheet.blocks.insert(0, Block::Facts(vec![Fact { change, better, ..fact }]));
            page(&[sheet], &Style { colour: true, ..Style::default() })
        };
        for (better, difference, drawn) in [
            (Better::Lower, -2.0, "\x1b[32m▼ −2.0 ms, real: better\x1b[0m"),
            (Better::Lower, 2.0, "\x1b[31m▲ +2.0 ms, real: worse\x1b[0m"),
            (Better::Higher, 2.0, "\x1b[32m▲ +2.0 ms, real: better\x1b[0m"),
            (Better::Neither, 2.0, "\x1b[2m▲ +2.0 ms, real\x1b[0m"),
        ] {
            let said = said(better, difference);
            assert!(said.contains(drawn), "{said:?}");
        }
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
