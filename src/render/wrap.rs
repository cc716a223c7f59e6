//! Lines that fit: cutting and wrapping text by the columns it takes on a terminal. It measures; it knows no report.

use unicode_width::UnicodeWidthStr;

/// The columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Whether a text takes at most `most` columns. A pile of characters without width does not fit either: nobody reads it,
/// and measuring it again and again would be slow.
fn fits(text: &str, most: usize) -> bool {
    text.len() <= most.saturating_mul(32).saturating_add(64) && width(text) <= most
}

/// The longest start of `text` that takes at most `most` columns, and the rest. At least one character, so that a
/// caller who repeats it comes to an end.
fn split(text: &str, most: usize) -> (&str, &str) {
    let mut end = 0;
    for (at, character) in text.char_indices().take(most * 4 + 16) {
        let next = at + character.len_utf8();
        if end > 0 && width(&text[..next]) > most {
            break;
        }
        end = next;
    }
    text.split_at(end)
}

/// `text` in at most `most` columns, ending in `…` if something is gone.
pub(super) fn cut(text: &str, most: usize) -> String {
    if fits(text, most) {
        return text.to_owned();
    }
    if most <= 1 {
        return "…".repeat(most);
    }
    let (start, _) = split(text, most - 1);
    if width(start) < most { format!("{}…", start.trim_end()) } else { "…".to_owned() }
}

/// Breaks `text` between words into lines of at most `most` columns; a word that is longer is broken too.
pub(super) fn lines(text: &str, most: usize) -> Vec<String> {
    let most = most.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for mut word in text.split_whitespace() {
        let space = usize::from(!line.is_empty());
        if fits(word, most.saturating_sub(used + space)) {
            line.extend((space > 0).then_some(' '));
            line.push_str(word);
            used += space + width(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        while !fits(word, most) {
            let (start, rest) = split(word, most);
            // A single character may be wider than the room.
            lines.push(if width(start) > most { "…".to_owned() } else { start.to_owned() });
            word = rest;
        }
        line.push_str(word);
        used = width(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Wraps `text` after `lead`, with the later lines indented to stand under the first.
pub(super) fn hanging(lead: &str, text: &str, most: usize) -> Vec<String> {
    // In a very narrow room an indent would leave nothing to write in.
    let indent = width(lead).min(most / 2);
    let first = if indent < width(lead) { cut(lead, indent) } else { lead.to_owned() };
    let wrapped = lines(text, most.saturating_sub(indent)).into_iter().enumerate();
    wrapped
        .map(|(at, line)| if at == 0 { format!("{first}{line}") } else { format!("{}{line}", " ".repeat(indent)) })
        .collect()
}

/// `text` followed by spaces up to `to` columns.
pub(super) fn pad(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

/// `text` after spaces up to `to` columns.
pub(super) fn pad_left(text: &str, to: usize) -> String {
    format!("{}{text}", " ".repeat(to.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_fits_and_says_that_something_is_gone() {
        for (text, most, expected) in [
            ("summarize", 9, "summarize"),
            ("summarize", 8, "summari…"),
            ("summarize", 1, "…"),
            ("summarize", 0, ""),
            ("two words", 5, "two…"),
            ("要約してください", 6, "要約…"),
            ("要", 1, "…"),
            ("", 0, ""),
        ] {
            assert_eq!(cut(text, most), expected);
            assert!(width(&cut(text, most)) <= most);
        }
        let pile = format!("e{}", "\u{301}".repeat(100_000));
        assert!(cut(&pile, 10).len() < 200);
    }

    #[test]
    fn no_line_is_wider_than_the_room() {
        let text = "Ein Satz mit averyveryverylongword und 要約してください am Ende";
        for most in 1..40 {
            for line in lines(text, most) {
                assert!(width(&line) <= most, "{most}: {line}");
            }
        }
        assert_eq!(lines("  one  two three ", 7), ["one two", "three"]);
        assert_eq!(lines("", 7), Vec::<String>::new());
        assert_eq!(lines("要", 1), ["…"]);
        assert_eq!(lines(&"x".repeat(1_000_000), 10).len(), 100_000);
    }

    #[test]
    fn later_lines_stand_under_the_first() {
        assert_eq!(hanging("  try  ", "one two three", 14), ["  try  one two", "       three"]);
    }
}
