//! Key figures: a grid of label, value, what the value rests on, and what it was before.

use super::{Tone, chart};
use crate::render::human::{self, Notation, Written};
use crate::render::{escape, wrap};
use crate::sheet::{Cell, Fact, Sheet, Verdict};

const GAP: usize = 3;
/// A longer text is a line of its own.
const CARD_WIDTH: usize = 32;
/// Two things are said on one line where that leaves room for four figures in a hundred columns.
const JOINED_WIDTH: usize = 22;
/// How many buckets a sparkline shows, the latest: two weeks of days.
const BUCKETS: usize = 14;

/// One figure, top to bottom: label and value, then what is known of its course, its change and what it rests on.
struct Card(Vec<(Tone, String)>);

impl Card {
    fn of(fact: &Fact, sheet: &Sheet) -> Card {
        let Written { value, interval, basis, .. } = Notation::of_fact(fact).write(&fact.cell, &sheet.zone);
        let value = match fact.cell {
            Cell::AtLeast(_) => value.replacen("≥", "at least", 1),
            _ => value,
        };
        let value = if interval.is_empty() { value } else { format!("{value} {interval}") };
        let mut lines = vec![(Tone::Quiet, escape::visible(&fact.label).into_owned()), (Tone::Strong, value)];
        let before = human::before(fact, &sheet.zone);
        lines.extend(chart::course(fact, sheet, BUCKETS).map(|spark| (Tone::Plain, spark)));
        let change = before.as_ref().and_then(|_| change(fact));
        let mut under: Vec<(Tone, String)> = change.into_iter().collect();
        under.extend(Some(basis).filter(|basis| !basis.is_empty()).map(|basis| (Tone::Quiet, basis)));
        let was = before.map(|before| format!("was {before}"));
        match (under.last_mut(), was) {
            (Some((_, last)), Some(was)) if wrap::width(last) + wrap::width(&was) + 2 <= JOINED_WIDTH => {
                last.push_str(", ");
                last.push_str(&was);
            }
            (_, was) => under.extend(was.map(|was| (Tone::Quiet, was))),
        }
        lines.extend(under);
        Card(lines)
    }

    fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| wrap::width(text)).max().unwrap_or(0)
    }
}

/// `▼ −2.1 pts, real: worse`: an arrow where it is more than chance, and a word where one way is better.
fn change(fact: &Fact) -> Option<(Tone, String)> {
    let words = human::change(fact)?;
    let change = fact.change?;
    let arrow = match change.verdict {
        _ if words.starts_with(['s', '±']) => "",
        Verdict::Noise => "",
        _ if change.difference > 0.0 => "▲ ",
        _ => "▼ ",
    };
    let (tone, word) = match fact.is_better() {
        Some(true) => (Tone::Good, ": better"),
        Some(false) => (Tone::Bad, ": worse"),
        None => (Tone::Quiet, ""),
    };
    Some((tone, format!("{arrow}{words}{word}")))
}

/// Facts as lines of at most `room` columns.
pub(super) fn lines(facts: &[Fact], sheet: &Sheet, room: usize) -> Vec<Vec<(Tone, String)>> {
    let (cards, long): (Vec<Card>, Vec<Card>) =
        facts.iter().map(|fact| Card::of(fact, sheet)).partition(|card| card.width() <= CARD_WIDTH.min(room));
    let mut lines = Vec::new();
    let widths = columns(&cards, room);
    for (at, row) in cards.chunks(widths.len().max(1)).enumerate() {
        if at > 0 {
            lines.push(Vec::new());
        }
        let height = row.iter().map(|card| card.0.len()).max().unwrap_or(0);
        for part in 0..height {
            let texts = row.iter().zip(&widths).map(|(card, &width)| {
                let (tone, text) = card.0.get(part).map_or((Tone::Plain, ""), |(tone, text)| (*tone, text.as_str()));
                (tone, wrap::pad(text, width + GAP))
            });
            lines.push(texts.collect());
        }
    }
    for Card(parts) in long {
        let mut parts = parts.into_iter().map(|(_, text)| text);
        let label = parts.next().unwrap_or_default();
        let wrapped = wrap::hanging(&format!("{label}  "), &parts.collect::<Vec<_>>().join(" · "), room);
        lines.extend(wrapped.into_iter().map(|line| vec![(Tone::Plain, line)]));
    }
    lines
}

/// The widths of the columns of a grid that fits: as few rows as possible, as evenly filled as possible.
fn columns(cards: &[Card], room: usize) -> Vec<usize> {
    let grid = |columns: usize| -> Vec<usize> {
        let mut widths = vec![0; columns];
        for (at, card) in cards.iter().enumerate() {
            widths[at % columns] = widths[at % columns].max(card.width());
        }
        widths
    };
    let fits = |widths: &[usize]| widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1) <= room;
    let most = (1..=cards.len()).rev().find(|&columns| fits(&grid(columns))).unwrap_or(1);
    let rows = cards.len().div_ceil(most);
    let even = cards.len().div_ceil(rows.max(1)).max(1);
    if fits(&grid(even)) { grid(even) } else { grid(most) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    fn drawn(room: usize) -> Vec<String> {
        let sheet = sample::sheet();
        let facts: Vec<Fact> = sheet.facts().cloned().collect();
        let text = |line: Vec<(Tone, String)>| line.into_iter().map(|(_, text)| text).collect::<String>();
        lines(&facts, &sheet, room).into_iter().map(|line| text(line).trim_end().to_owned()).collect()
    }

    #[test]
    fn a_figure_has_its_label_above_and_its_course_and_past_below() {
        assert_eq!(
            drawn(84),
            [
                "Runs                 Success                   p95 latency        Cost",
                "4,182                91.3 % (90.4–92.1)        6.8 s              at least $38.14",
                "█▁▂                  ▼ −2.1 pts, real: worse   +0.9 s, noise      █ ▁",
                "▲ +12 %, was 3,734   3,790 of 4,152            was 5.9 s          was $35.02",
                "                     was 93.3 %",
                "",
                "Rating               Quality                   Last used",
                "4.10 (3.98–4.20)     —                         2026-11-20 14:02",
                "n 371",
            ]
            .map(str::to_owned)
        );
    }

    #[test]
    fn figures_fit_any_room() {
        for room in 1..120 {
            let widest = drawn(room).iter().map(|line| wrap::width(line)).max().unwrap();
            assert!(widest <= room.max(4), "{room}: {widest}");
        }
    }

    #[test]
    fn a_long_text_is_a_line_of_its_own() {
        let text = "the mailbox of the support team, from Monday to Friday";
        let fact = sample::fact("what", "What", crate::sheet::Unit::Name, Cell::Text(text.into()), None);
        let lines = lines(&[fact], &sample::sheet(), 40);
        assert_eq!(lines[0][0].1, "What  the mailbox of the support team,");
        assert_eq!(lines[1][0].1, "      from Monday to Friday");
    }
}
