//! The screen: whether standard output is a terminal, how large it is, and what it can show.

use super::args::Colour;
use crate::render::Style;
use std::io::{IsTerminal as _, Stdout};

/// What standard output is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    pub is_terminal: bool,
    /// Columns and lines; of what is no terminal the columns that `COLUMNS` says.
    pub width: Option<usize>,
    pub height: Option<usize>,
    pub is_coloured: bool,
    /// Whether its locale has no UTF-8. What is no terminal always gets UTF-8.
    pub is_ascii: bool,
}

impl Screen {
    /// Standard output as it is now.
    pub fn of(stdout: &Stdout, colour: Colour) -> Screen {
        let size = terminal_size::terminal_size_of(stdout);
        let is_terminal = stdout.is_terminal();
        Screen {
            is_terminal,
            width: size.map(|(width, _)| width.0.into()).or_else(columns),
            height: size.map(|(_, height)| height.0.into()),
            is_coloured: is_coloured(colour, stdout),
            is_ascii: is_terminal && !is_utf8(|name| std::env::var(name).ok()),
        }
    }

    /// How to draw on it.
    pub fn style(&self, style: Style) -> Style {
        Style { width: self.width, height: self.height, colour: self.is_coloured, is_ascii: self.is_ascii, ..style }
    }

    /// Whether a small chart finds room beside tables.
    pub fn has_room_for_charts(&self) -> bool {
        self.is_terminal && self.style(Style::default()).has_room_for_charts()
    }

    /// Whether a text is taller than the screen, with the lines that it takes where they are wrapped.
    pub fn is_exceeded_by(&self, text: &str) -> bool {
        let (Some(width), Some(height)) = (self.width, self.height) else { return false };
        // Characters, not columns: nobody minds a pager for a text that just fits. Without a line for what is typed next.
        let lines = text.lines().map(|line| line.chars().count().div_ceil(width.max(1)).max(1));
        lines.sum::<usize>() >= height
    }
}

/// Whether the locale writes UTF-8: the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set tells; none is POSIX.
fn is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| variable(name).filter(|set| !set.is_empty()));
    locale.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// `COLUMNS`, which tells the width where there is no terminal to ask.
pub fn columns() -> Option<usize> {
    std::env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns >= 20)
}

fn is_coloured(colour: Colour, stdout: &Stdout) -> bool {
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => stdout.is_terminal() && anstream::AutoStream::choice(stdout) != anstream::ColorChoice::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_tells_the_locale() {
        for (set, is) in [
            (vec![("LC_ALL", "C"), ("LANG", "en_US.UTF-8")], false),
            (vec![("LC_ALL", ""), ("LC_CTYPE", "de_DE.utf8"), ("LANG", "C")], true),
            (vec![("LANG", "C.UTF-8")], true),
            (vec![("LANG", "en_US.ISO-8859-1")], false),
            (vec![], false),
        ] {
            let variable = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, to)| (*to).to_owned());
            assert_eq!(is_utf8(variable), is, "{set:?}");
        }
    }

    #[test]
    fn a_text_is_too_tall_where_it_leaves_no_line_for_the_prompt() {
        let screen =
            Screen { is_terminal: true, width: Some(10), height: Some(4), is_coloured: false, is_ascii: false };
        for (text, exceeds) in [
            ("one\ntwo\nthree\n", false),
            ("one\ntwo\nthree\nfour\n", true),
            ("one\n\ntwo\nthree\n", true),
            ("a line of more than ten, and another\n", true),
        ] {
            assert_eq!(screen.is_exceeded_by(text), exceeds, "{text}");
        }
        assert!(!Screen { height: None, ..screen }.is_exceeded_by("a\nb\nc\nd\ne\n"));
    }
}
