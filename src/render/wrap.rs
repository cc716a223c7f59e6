//! Lines that fit: cutting and wrapping text by the columns it takes on a terminal. It measures; it knows no report.

use super::footer::Said;
use std::borrow::Cow;
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

/// Breaks `text` between words into lines of at most `most` columns; a word that is longer is broken too. A command in
/// backticks stays whole; one that is longer than a line goes on after a `\`, so that it can still be pasted.
pub(super) fn lines(text: &str, most: usize) -> Vec<String> {
    let mut filled = Filled { most: most.max(1), lines: Vec::new(), line: String::new(), used: 0 };
    for word in words(text) {
        if word.contains(' ') {
            filled.command(&word);
        } else {
            filled.word(&word);
        }
    }
    filled.end();
    filled.lines
}

/// The words of a text. A command of ours is one, with what touches it.
fn words(text: &str) -> Vec<Cow<'_, str>> {
    if !text.contains('`') {
        return text.split_whitespace().map(Cow::Borrowed).collect();
    }
    let mut words: Vec<Cow<'_, str>> = Vec::new();
    let mut touches = false;
    for said in Said::pieces(text) {
        let pieces = if said.is_command {
            vec![format!("`{}`", said.text)]
        } else {
            said.text.split_whitespace().map(str::to_owned).collect()
        };
        touches &= said.is_command || !said.text.starts_with(char::is_whitespace);
        for (at, piece) in pieces.into_iter().enumerate() {
            match words.last_mut().filter(|_| touches && at == 0) {
                Some(last) => last.to_mut().push_str(&piece),
                None => words.push(Cow::Owned(piece)),
            }
        }
        touches = said.is_command || !said.text.ends_with(char::is_whitespace);
    }
    words
}

/// The arguments of a command; a quoted one may have spaces.
fn arguments(command: &str) -> Vec<&str> {
    let mut quote = None;
    let split = |character: char| {
        match quote {
            Some(open) if open == character => quote = None,
            None if matches!(character, '\'' | '"') => quote = Some(character),
            _ => {}
        }
        quote.is_none() && character == ' '
    };
    command.split(split).filter(|argument| !argument.is_empty()).collect()
}

/// Arguments with each flag and its value as one, where both fit in `most` columns.
fn with_values(arguments: &[&str], most: usize) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    for argument in arguments {
        let is_value = !argument.starts_with('-');
        match joined.last_mut().filter(|last| is_value && last.starts_with("--") && !last.contains(' ')) {
            Some(flag) if width(flag) + 1 + width(argument) <= most => {
                flag.push(' ');
                flag.push_str(argument);
            }
            _ => joined.push((*argument).to_owned()),
        }
    }
    joined
}

/// Lines that are filled word by word.
struct Filled {
    most: usize,
    lines: Vec<String>,
    line: String,
    used: usize,
}

impl Filled {
    /// Puts a word on this line if it fits there, with `spare` columns after it.
    fn fit(&mut self, word: &str, spare: usize) -> bool {
        let space = usize::from(!self.line.is_empty());
        if !fits(word, self.most.saturating_sub(self.used + space + spare)) {
            return false;
        }
        self.line.extend((space > 0).then_some(' '));
        self.line.push_str(word);
        self.used += space + width(word);
        true
    }

    fn end(&mut self) {
        if !self.line.is_empty() {
            self.lines.push(std::mem::take(&mut self.line));
        }
        self.used = 0;
    }

    fn word(&mut self, mut word: &str) {
        if self.fit(word, 0) {
            return;
        }
        self.end();
        while !fits(word, self.most) {
            let (start, rest) = split(word, self.most);
            // A single character may be wider than the room.
            self.lines.push(if width(start) > self.most { "…".to_owned() } else { start.to_owned() });
            word = rest;
        }
        self.line.push_str(word);
        self.used = width(word);
    }

    fn command(&mut self, command: &str) {
        if self.fit(command, 0) {
            return;
        }
        self.end();
        let arguments = with_values(&arguments(command), self.most.saturating_sub(2));
        // Where not even an argument fits a line, nothing can be pasted from lines.
        if self.fit(command, 0) || arguments.iter().any(|argument| !fits(argument, self.most.saturating_sub(2))) {
            if self.line.is_empty() {
                command.split(' ').for_each(|word| self.word(word));
            }
            return;
        }
        for (at, argument) in arguments.iter().enumerate() {
            let is_last = at + 1 == arguments.len();
            if !self.fit(argument, if is_last { 0 } else { 2 }) {
                self.line.push_str(" \\");
                self.end();
                self.fit(argument, 0);
            }
        }
    }
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
    fn a_command_stays_whole_and_a_long_one_can_still_be_pasted() {
        let text = "see what broke: `prompt-analytics errors --prompt 'a b c' --since 2026-11-14`, or ask";
        let command = "`prompt-analytics errors --prompt 'a b c' --since 2026-11-14`,";
        assert_eq!(lines(text, 70), ["see what broke:", &format!("{command} or ask")]);
        assert_eq!(
            lines(text, 36),
            ["see what broke:", "`prompt-analytics errors \\", "--prompt 'a b c' \\", "--since 2026-11-14`, or ask"]
        );
        for most in 1..80 {
            for line in lines(text, most) {
                assert!(width(&line) <= most, "{most}: {line}");
            }
        }
        // Only what is a command of ours is kept together.
        assert_eq!(lines("a name `with spaces in it` is words", 12), ["a name `with", "spaces in", "it` is words"]);
    }

    #[test]
    fn later_lines_stand_under_the_first() {
        assert_eq!(hanging("  try  ", "one two three", 14), ["  try  one two", "       three"]);
    }
}
