//! Key figures: a grid of label, value, what the value rests on, and what it was before.

use super::Tone;
use crate::render::human::{self, Notation, Written};
use crate::render::{escape, wrap};
use crate::sheet::{Cell, Fact};
use crate::time::Zone;

const GAP: usize = 3;
/// A longer text is a line of its own.
const CARD_WIDTH: usize = 32;

/// One figure, top to bottom.
struct Card([String; 4]);

const TONES: [Tone; 4] = [Tone::Quiet, Tone::Strong, Tone::Quiet, Tone::Quiet];

impl Card {
    fn of(fact: &Fact, zone: &Zone) -> Card {
        let notation = Notation::of_fact(fact);
        let Written { value, interval, basis, .. } = notation.write(&fact.cell, zone);
        let value = match fact.cell {
            Cell::AtLeast(_) => value.replacen("≥", "at least", 1),
            _ => value,
        };
        let value = if interval.is_empty() { value } else { format!("{value} {interval}") };
        let was = human::past(fact, zone);
        // What is missing leaves no hole between what is there.
        let mut under = [basis, was.unwrap_or_default()].into_iter().filter(|text| !text.is_empty());
        let label = escape::visible(&fact.label).into_owned();
        Card([label, value, under.next().unwrap_or_default(), under.next().unwrap_or_default()])
    }

    fn width(&self) -> usize {
        self.0.iter().map(|text| wrap::width(text)).max().unwrap_or(0)
    }
}

/// Facts as lines of at most `room` columns.
pub(super) fn lines(facts: &[Fact], zone: &Zone, room: usize) -> Vec<(Tone, String)> {
    let (cards, long): (Vec<Card>, Vec<Card>) =
        facts.iter().map(|fact| Card::of(fact, zone)).partition(|card| card.width() <= CARD_WIDTH.min(room));
    let mut lines = Vec::new();
    let widths = columns(&cards, room);
    for (at, row) in cards.chunks(widths.len().max(1)).enumerate() {
        if at > 0 {
            lines.push((Tone::Plain, String::new()));
        }
        for (part, tone) in TONES.into_iter().enumerate() {
            let texts = row.iter().zip(&widths).map(|(card, &width)| wrap::pad(&card.0[part], width + GAP));
            let line = texts.collect::<String>();
            if !line.trim().is_empty() {
                lines.push((tone, line));
            }
        }
    }
    for Card([label, value, basis, was]) in long {
        let parts: Vec<String> = [value, basis, was].into_iter().filter(|part| !part.is_empty()).collect();
        let wrapped = wrap::hanging(&format!("{label}  "), &parts.join(" · "), room);
        lines.extend(wrapped.into_iter().map(|line| (Tone::Plain, line)));
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
        lines(&facts, &sheet.zone, room).into_iter().map(|(_, line)| line.trim_end().to_owned()).collect()
    }

    #[test]
    fn a_figure_has_its_label_above_and_its_past_below() {
        assert_eq!(
            drawn(76),
            [
                "Runs               Success              p95 latency        Cost",
                "4,182              91.3 % (90.4–92.1)   6.8 s              at least $38.14",
                "was 3,734          3,790 of 4,152       was 5.9 s          was $35.02",
                "                   was 93.3 %",
                "",
                "Rating             Quality              Last used",
                "4.10 (3.98–4.20)   —                    2026-11-20 14:02",
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
        let lines = lines(&[fact], &Zone::utc(), 40);
        assert_eq!(lines[0].1, "What  the mailbox of the support team,");
        assert_eq!(lines[1].1, "      from Monday to Friday");
    }
}
