//! Markdown for GitHub: the same words and numbers as the terminal, as headings, lists and aligned tables.

use super::drawn::{self, Drawn, Part};
use super::escape::{markdown as escaped, visible};
use super::human::{self, MISSING, Notation, Written};
use super::terminal::{evidence, headline};
use super::{Style, footer, wrap};
use crate::sheet::{Block, Fact, Finding, Sheet, Table};
use crate::time::Zone;

/// Draws sheets as one page; what they share is said once.
pub(super) fn page(sheets: &[Sheet], style: &Style) -> String {
    let mut parts = Vec::new();
    let heading = if style.title.is_some() { "##" } else { "#" };
    parts.extend(style.title.iter().map(|title| format!("# {}", escaped(title))));
    let shared = footer::shared(sheets);
    for sheet in sheets {
        parts.extend(one(sheet, heading));
        if shared.is_none() {
            parts.push(sentences(&footer::log(sheet)));
        }
    }
    if let Some(sheet) = shared {
        parts.push(format!("---\n\n{}", sentences(&footer::log(sheet))));
    }
    let mut page = parts.join("\n\n");
    page.push('\n');
    page
}

fn one(sheet: &Sheet, heading: &str) -> Vec<String> {
    let [title, period, zone] = footer::heading(sheet).map(|part| escaped(&part));
    let mut parts = vec![format!("{heading} {title}"), format!("{period} · {zone}")];
    parts.extend(footer::filters(sheet).map(|filters| escaped(&filters)));
    for block in &sheet.blocks {
        match block {
            Block::Facts(facts) if !facts.is_empty() => parts.push(figures(facts, &sheet.zone)),
            Block::Table(table) if table.is_header() => {}
            Block::Table(table) => parts.extend(titled(table, sheet, heading)),
            Block::Findings(findings) if !findings.is_empty() => parts.push(list(findings, &sheet.zone)),
            Block::Note(note) => parts.push(escaped(note)),
            Block::Facts(_) | Block::Totals(_) | Block::Findings(_) | Block::Behind(_) | Block::Chart(_) => {}
        }
    }
    parts.extend(footer::question(sheet).map(|sentence| escaped(&sentence)));
    parts
}

fn sentences(sentences: &[String]) -> String {
    let lines: Vec<String> = sentences.iter().map(|sentence| format!("- {}", with_commands(sentence))).collect();
    lines.join("\n")
}

/// A sentence whose commands are code, to be copied as they are.
fn with_commands(sentence: &str) -> String {
    let sentence = visible(sentence);
    let piece = |said: footer::Said| if said.is_command { format!("`{}`", said.text) } else { escaped(&said.text) };
    footer::Said::pieces(&sentence).into_iter().map(piece).collect()
}

fn list(findings: &[Finding], zone: &Zone) -> String {
    let mut lines = Vec::new();
    for finding in findings {
        lines.push(format!("- **{}** {}", finding.severity.name(), escaped(&headline(finding))));
        lines.extend(finding.points().map(|(label, text)| format!("  - {label}: {}", with_commands(text))));
        let rests_on = evidence(finding, zone);
        if !rests_on.is_empty() {
            lines.push(format!("  - {}", escaped(&rests_on)));
        }
    }
    lines.join("\n")
}

/// Key figures as a table of what is and what was.
fn figures(facts: &[Fact], zone: &Zone) -> String {
    let mut heads = vec![("figure", Side::Left), ("value", Side::Right)];
    if facts.iter().any(|fact| fact.previous.is_some()) {
        heads.push(("before", Side::Right));
        heads.push(("change", Side::Right));
    }
    let rows = facts.iter().map(|fact| {
        let notation = Notation::of_fact(fact);
        let mut row = vec![escaped(&fact.label), joined(&notation.write(&fact.cell, zone))];
        if heads.len() > 2 {
            let before = human::before(fact, zone);
            let change = before.as_ref().and_then(|_| human::change(fact));
            row.extend([before, change].map(|said| said.map_or_else(|| MISSING.to_owned(), |said| escaped(&said))));
        }
        row
    });
    let rows = rows.collect();
    grid(&heads.iter().map(|&(label, side)| (label.to_owned(), side)).collect::<Vec<_>>(), rows)
}

fn titled(table: &Table, sheet: &Sheet, heading: &str) -> Vec<String> {
    let mut parts = Vec::new();
    if table.title != sheet.title && !table.title.is_empty() {
        parts.push(format!("{heading}# {}", escaped(&table.title)));
    }
    if table.rows.is_empty() && table.total.is_none() {
        parts.push("nothing to show".to_owned());
    } else {
        let Drawn { heads, lines } = drawn::table(table, &sheet.zone);
        let heads: Vec<(String, Side)> = heads
            .iter()
            .map(|head| (escaped(&head.label), if head.is_text { Side::Left } else { Side::Right }))
            .collect();
        let rows = lines.iter().map(|line| {
            let cells = line.cells.iter().map(joined);
            cells
                .map(|text| if line.part == Part::Total && !text.is_empty() { format!("**{text}**") } else { text })
                .collect()
        });
        parts.push(grid(&heads, rows.collect()));
    }
    parts
}

fn joined(written: &Written) -> String {
    let parts = [&written.value, &written.interval, &written.basis];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect();
    escaped(&parts.join(" "))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// A table whose source is as readable as its picture.
fn grid(heads: &[(String, Side)], rows: Vec<Vec<String>>) -> String {
    let labels: Vec<String> = heads.iter().map(|(label, _)| label.clone()).collect();
    let widths: Vec<usize> = (0..heads.len())
        .map(|at| rows.iter().chain([&labels]).map(|row| wrap::width(&row[at])).max().unwrap_or(0).max(3))
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).zip(heads).map(|((text, &width), (_, side))| match side {
            Side::Left => wrap::pad(text, width),
            Side::Right => wrap::pad_left(text, width),
        });
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    let rule = widths.iter().zip(heads).map(|(&width, (_, side))| match side {
        Side::Left => "-".repeat(width),
        Side::Right => format!("{}:", "-".repeat(width - 1)),
    });
    let rule = format!("| {} |", rule.collect::<Vec<_>>().join(" | "));
    let lines: Vec<String> = [line(&labels), rule].into_iter().chain(rows.iter().map(line)).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn every_table_row_has_the_cells_of_its_head() {
        let page = page(&[sample::sheet()], &Style::default());
        let mut cells = None;
        for line in page.lines() {
            if !line.starts_with('|') {
                cells = None;
                continue;
            }
            let bars = line.replace("\\\\", "").replace("\\|", "").matches('|').count();
            assert_eq!(*cells.get_or_insert(bars), bars, "{line}");
        }
    }

    #[test]
    fn a_page_reads_like_the_terminal() {
        let page = page(&[sample::sheet()], &Style { title: Some("Monday".into()), ..Style::default() });
        for promise in [
            "# Monday\n\n## Performance by prompt and model\n\n2026-11-14 to 2026-11-20 · Europe/Lisbon\n",
            "| Cost        |                          ≥ $38.14 | $35.02 |",
            "- **high** prompt extract-invoice: success is 66.2 %, below the target of 80 %",
            "  - why: invalid_json is 61 % of its failures",
            "### Runs by day",
            "- read 9,413 lines in 3 files",
        ] {
            assert!(page.contains(promise), "{promise}\n{page}");
        }
    }

    #[test]
    fn nothing_of_an_attack_is_markup() {
        let page = page(&[sample::sheet()], &Style::default());
        assert!(!page.contains("<script") && !page.contains("|`"), "{page}");
    }

    #[test]
    fn an_empty_report_says_so() {
        let page = page(&[sample::empty()], &Style::default());
        assert!(page.contains("nothing to show"), "{page}");
    }
}
