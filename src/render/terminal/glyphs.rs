//! Pictures made of characters: sparklines, bars, and the ASCII that stands for them where a terminal shows no other. A
//! glyph takes the same columns either way.

use crate::render::wrap;

/// Eighths of a cell, from the bottom up.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The same in ASCII.
const LEVELS_IN_ASCII: [char; 8] = ['_', '.', ',', '-', '~', '=', '*', '#'];
/// Eighths of a cell, from the left.
const EIGHTHS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// The numbers between which a picture is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range {
    pub low: f64,
    pub high: f64,
}

impl Range {
    /// From nothing to the greatest: what is counted or added up.
    pub(super) fn from_zero(values: impl Iterator<Item = f64>) -> Range {
        let (low, high) = values.fold((0.0, 0.0), |(low, high): (f64, f64), value| (low.min(value), high.max(value)));
        Range { low, high }
    }

    /// Around the values, but never so narrow that small steps look large: at least a fifth of the whole.
    pub(super) fn around(values: impl Iterator<Item = f64> + Clone) -> Range {
        let low = values.clone().fold(f64::INFINITY, f64::min);
        let high = values.fold(f64::NEG_INFINITY, f64::max);
        let least = high.abs().max(low.abs()) / 5.0;
        if !(low.is_finite() && high.is_finite()) || high - low >= least {
            return Range { low, high };
        }
        let more = (least - (high - low)) / 2.0;
        Range { low: low - more, high: high + more }
    }

    /// How far up a value is, 0 to 1; where all are the same, in the middle.
    pub(super) fn part(self, value: f64) -> f64 {
        let size = self.high - self.low;
        if size > 0.0 { ((value - self.low) / size).clamp(0.0, 1.0) } else { 0.5 }
    }
}

/// One character for each value, a space where there is none; `None` where fewer than two are known.
pub(super) fn spark(values: &[Option<f64>], range: Range) -> Option<String> {
    let known = || values.iter().flatten();
    if known().count() < 2 {
        return None;
    }
    let is_flat = known().all(|value| Some(value) == known().next());
    let level = |value: f64| match value {
        zero if zero == 0.0 && range.low >= 0.0 => 0,
        _ if is_flat => 3,
        _ => whole(range.part(value) * 7.0),
    };
    let drawn = values.iter().map(|value| value.map_or(' ', |value| LEVELS[level(value).min(7)]));
    Some(drawn.collect())
}

/// A bar as long as `part` of `cells`; what is more than nothing is seen.
pub(super) fn bar(part: f64, cells: usize) -> String {
    let eighths = whole(part.clamp(0.0, 1.0) * as_float(cells * 8)).max(usize::from(part > 0.0));
    let mut bar = "█".repeat(eighths / 8);
    bar.extend((eighths % 8).checked_sub(1).map(|at| EIGHTHS[at]));
    bar
}

/// A count as a float to measure with.
#[allow(clippy::cast_precision_loss, reason = "cells of a terminal, of which there are few")]
pub(super) fn as_float(cells: usize) -> f64 {
    cells as f64
}

/// The nearest whole number of something that is not negative.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cells of a terminal, from 0")]
pub(super) fn whole(number: f64) -> usize {
    number.round().max(0.0) as usize
}

/// A line in ASCII that takes the same columns; what has no likeness is `?`.
pub(super) fn ascii(line: &str) -> String {
    if line.is_ascii() {
        return line.to_owned();
    }
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let taken = match likeness(first) {
            // There is room for both halves of it.
            _ if rest.starts_with("≥ ") => {
                plain.push_str(">=");
                "≥ ".len()
            }
            Some(like) => {
                plain.push(like);
                first.len_utf8()
            }
            None => {
                let end = rest.find(|next| likeness(next).is_some()).unwrap_or(rest.len());
                let end = end.max(first.len_utf8());
                plain.push_str(&"?".repeat(wrap::width(&rest[..end])));
                end
            }
        };
        rest = &rest[taken..];
    }
    plain
}

/// The ASCII character that stands for another one of the same width.
fn likeness(character: char) -> Option<char> {
    let of = |glyphs: &[char]| glyphs.iter().position(|&glyph| glyph == character);
    if let Some(at) = of(&LEVELS) {
        return Some(LEVELS_IN_ASCII[at]);
    }
    if let Some(at) = of(&EIGHTHS) {
        return Some(if at < 3 { '-' } else { '=' });
    }
    Some(match character {
        ascii if ascii.is_ascii() => ascii,
        '·' | '—' | '–' | '−' | '─' => '-',
        '…' => '~',
        '≥' => '>',
        '×' => 'x',
        '±' | '└' => '+',
        '●' => '*',
        '○' => 'o',
        '▲' => '^',
        '▼' => 'v',
        '│' | '┤' => '|',
        '‘' | '’' => '\'',
        '“' | '”' => '"',
        braille @ '\u{2800}'..='\u{28ff}' => {
            let dots = u32::from(braille) - 0x2800;
            match (dots & 0x1b != 0, dots & 0xe4 != 0) {
                (true, true) => ':',
                (true, false) => '\'',
                (false, true) => '.',
                (false, false) => ' ',
            }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(values: &[Option<f64>]) -> Option<String> {
        spark(values, Range::from_zero(values.iter().flatten().copied()))
    }

    fn rated(values: &[f64]) -> Option<String> {
        let values: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
        spark(&values, Range::around(values.iter().flatten().copied()))
    }

    #[test]
    fn a_sparkline_counts_from_zero_and_leaves_gaps() {
        let some = |values: [f64; 4]| values.map(Some);
        for (values, drawn) in [
            (some([0.0, 1.0, 4.0, 7.0]).to_vec(), Some("▁▂▅█")),
            (some([90.0, 95.0, 100.0, 100.0]).to_vec(), Some("▇███")),
            (vec![Some(2.0), None, Some(0.0)], Some("█ ▁")),
            (vec![Some(3.0), Some(3.0)], Some("▄▄")),
            (vec![Some(0.0), Some(0.0)], Some("▁▁")),
            (vec![Some(3.0), None], None),
            (vec![None, None], None),
            (Vec::new(), None),
        ] {
            assert_eq!(counted(&values).as_deref(), drawn, "{values:?}");
        }
    }

    #[test]
    fn a_rate_does_not_start_at_zero_and_small_steps_stay_small() {
        assert_eq!(rated(&[0.5, 0.75, 1.0]).as_deref(), Some("▁▅█"));
        assert_eq!(rated(&[0.90, 0.91, 0.90]).as_deref(), Some("▄▅▄"));
        assert_eq!(rated(&[0.9, 0.9]).as_deref(), Some("▄▄"));
        assert_eq!(rated(&[0.0, 0.0]).as_deref(), Some("▁▁"));
    }

    #[test]
    fn a_bar_has_eighths_and_shows_whatever_is_there() {
        for (part, drawn) in [
            (0.0, ""),
            (0.000_1, "▏"),
            (0.5, "█████"),
            (0.662, "██████▋"),
            (0.94, "█████████▍"),
            (1.0, "██████████"),
            (7.0, "██████████"),
        ] {
            assert_eq!(bar(part, 10), drawn);
        }
    }

    #[test]
    fn ascii_takes_the_same_columns() {
        for (line, plain) in [
            ("Overview · all time", "Overview - all time"),
            ("≥ $0.20 – −2.1 pts", ">=$0.20 - -2.1 pts"),
            ("● ▲ ×5.8 … 63.6 % ██████▌", "* ^ x5.8 ~ 63.6 % ######="),
            ("▁▂▃▄▅▆▇█", "_.,-~=*#"),
            ("要約 naïve ␛[2J", "???? na?ve ?[2J"),
            ("👩‍💻x", "??x"),
            ("⠉⣀⣿⠀", "'.: "),
        ] {
            assert_eq!(ascii(line), plain);
            assert_eq!(wrap::width(&ascii(line)), wrap::width(line), "{line}");
        }
        assert!(ascii(&format!("e{}", "\u{301}".repeat(100))).is_ascii());
    }
}
