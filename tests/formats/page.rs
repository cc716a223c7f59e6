//! Reads HTML as strictly as it can be written: every element is closed where it was opened, and nothing else has a `<`.

use std::collections::BTreeMap;

/// Elements that have no end.
const VOID: [&str; 8] = ["br", "col", "hr", "img", "input", "link", "meta", "wbr"];

/// What a page holds.
#[derive(Debug, Default)]
pub struct Page {
    /// How many elements there are of each name.
    pub elements: BTreeMap<String, usize>,
    /// The text, without that of scripts and styles.
    pub text: String,
}

/// Reads a page, or tells what is wrong with it and where.
pub fn read(html: &str) -> Result<Page, String> {
    let mut page = Page::default();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    loop {
        let (text, tag) = rest.split_once('<').unwrap_or((rest, ""));
        page.text.push_str(&unescaped(text)?);
        if tag.is_empty() {
            break;
        }
        let (inside, after) = tag_of(tag).ok_or_else(|| wrong("a tag without an end", tag))?;
        rest = after;
        if inside.starts_with('!') {
            continue;
        }
        if let Some(name) = inside.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(wrong("a tag that ends another", tag));
            }
            continue;
        }
        let is_closed = inside.ends_with('/');
        let name = inside.split([' ', '\n', '/']).next().unwrap_or_default();
        let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !is_name {
            return Err(wrong("a `<` that begins no tag", tag));
        }
        *page.elements.entry(name.to_owned()).or_default() += 1;
        match name {
            "script" | "style" => {
                let end = format!("</{name}>");
                rest = rest.split_once(end.as_str()).ok_or_else(|| wrong("no end", tag))?.1;
            }
            _ if is_closed || VOID.contains(&name) => {}
            _ => open.push(name),
        }
    }
    if open.is_empty() { Ok(page) } else { Err(format!("{open:?} are not closed")) }
}

/// What stands in a tag, and what follows it; a `>` in quotes ends none.
fn tag_of(tag: &str) -> Option<(&str, &str)> {
    if let Some(comment) = tag.strip_prefix("!--") {
        return comment.split_once("-->");
    }
    let mut quote = None;
    for (at, character) in tag.char_indices() {
        match (character, quote) {
            ('>', None) => return Some((&tag[..at], &tag[at + 1..])),
            ('<', None) => return None,
            ('"' | '\'', None) => quote = Some(character),
            (character, Some(quoted)) if character == quoted => quote = None,
            _ => {}
        }
    }
    None
}

/// The text that was escaped; an `&` must begin a reference.
fn unescaped(text: &str) -> Result<String, String> {
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').ok_or_else(|| wrong("an `&` that is none", part))?;
        plain.push_str(match name {
            "amp" | "#38" => "&",
            "lt" | "#60" => "<",
            "gt" | "#62" => ">",
            "quot" | "#34" => "\"",
            "apos" | "#39" | "#x27" => "'",
            "nbsp" => "\u{a0}",
            _ => return Err(wrong("an unknown reference", part)),
        });
        plain.push_str(rest);
    }
    Ok(plain)
}

fn wrong(what: &str, at: &str) -> String {
    format!("{what}: {}", at.chars().take(120).collect::<String>())
}

#[test]
fn what_is_not_balanced_is_found() {
    for sound in ["<p>a &lt; b<br></p>", "<!doctype html><svg><path d=\"M>1\"/></svg>", "<script>a<b</script><i>x</i>"]
    {
        assert!(read(sound).is_ok(), "{sound}: {:?}", read(sound));
    }
    for broken in ["<p>", "<p><b></p></b>", "a < b", "a & b", "<p a=\"></p>", "</p>", "<p <b>x</b></p>"] {
        assert!(read(broken).is_err(), "{broken}");
    }
}
