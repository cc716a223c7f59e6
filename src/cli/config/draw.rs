//! Drawing: settings as TOML, either those that hold or, commented out, those there are.

use super::layer::{Origin, Said, Table, Value};
use super::settings::{self, Form, OVERRIDE, SECTIONS, Section, Setting, Shape, TARGETS};
use super::value;
use crate::render::visible;
use std::fmt::Write as _;

/// A value as TOML.
pub fn toml(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        // Without its point a large number would be an integer that TOML has no room for.
        Value::Number(number) if number.abs() < 1e15 => number.to_string(),
        Value::Number(number) => format!("{number:?}"),
        Value::Whole(number) => number.to_string(),
        Value::Off => "false".to_owned(),
    }
}

/// Text as a basic string in which only visible characters stand for themselves.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        let is_hidden = *visible(character.encode_utf8(&mut [0; 4])) != *character.encode_utf8(&mut [0; 4]);
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            _ if is_hidden => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// A key, in quotes where it needs them, as in `[targets."p99.9_ms"]`.
fn key(key: &str) -> String {
    let is_bare = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if is_bare { key.to_owned() } else { quoted(key) }
}

/// The settings of some tables as TOML that says the same; with `is_origin`, each with where it is from. A secret is left out.
pub fn settings(tables: &[Table], is_origin: bool) -> String {
    let mut blocks = Vec::new();
    for section in SECTIONS {
        for table in tables.iter().filter(|table| table.section.name == section.name) {
            let header = header(section, &table.metric, section.name);
            blocks.extend(block(&header, table, is_origin));
            let within = |own: &Table| block(&format!("[{}.{}]", section.name, key(&own.metric)), own, is_origin);
            blocks.extend(table.within.iter().filter_map(within));
        }
    }
    blocks.join("\n")
}

fn header(section: &Section, metric: &str, name: &str) -> String {
    match section.form {
        Form::Table if name.is_empty() => String::new(),
        Form::Table => format!("[{name}]"),
        Form::Metrics => format!("[{name}.{}]", key(metric)),
        Form::List | Form::ListOfMetrics => format!("[[{name}]]"),
    }
}

/// A header and what is under it; nothing where a table says nothing.
fn block(header: &str, table: &Table, is_origin: bool) -> Option<String> {
    if table.said.is_empty() && table.within.is_empty() {
        return None;
    }
    let mut block = if header.is_empty() { String::new() } else { format!("{header}\n") };
    let lines: Vec<(String, &Origin)> = table.said.iter().map(|said| (line(said), &said.from)).collect();
    let width = lines.iter().map(|(line, _)| line.chars().count()).max().unwrap_or(0);
    for (line, from) in lines {
        let from = if is_origin { format!("{:1$}  # {from}", "", width - line.chars().count()) } else { String::new() };
        let _ = writeln!(block, "{line}{}", visible(&from));
    }
    Some(block)
}

fn line(said: &Said) -> String {
    match (said.setting.shape, &said.value) {
        // A value in its place would be taken for the secret by whoever reads this back.
        (Shape::Secret, Value::Text(secret)) if secret.is_empty() => format!("{} = \"\"", said.setting.key),
        (Shape::Secret, _) => format!("# {} = \"…\", which is never shown", said.setting.key),
        (_, value) => format!("{} = {}", said.setting.key, toml(value)),
    }
}

const PREAMBLE: &str = "\
# Settings of prompt-analytics. A line `#key = value` is the default, or an example where there is none: take its # away
# and change it. `prompt-analytics config show --origin` says what holds and where it is from.
";

/// Every setting there is with its meaning and its default, commented out; without `dir` in a metrics directory.
pub fn beginning(is_in_directory: bool) -> String {
    let defaults = settings::defaults();
    let mut text = PREAMBLE.to_owned();
    for section in SECTIONS {
        text.push('\n');
        if !section.name.is_empty() {
            text.push_str(&comment(&format!("{}.", section.means)));
        }
        let explained = if section.form == Form::ListOfMetrics { &[][..] } else { section.settings };
        if section.form == Form::Metrics {
            text.extend(explained.iter().map(explanation));
            text.extend(defaults.iter().filter(|table| table.section.name == section.name).map(commented));
            continue;
        }
        text.push_str(&opening(section));
        for setting in section.settings.iter().filter(|setting| !(is_in_directory && setting.key == "dir")) {
            let Some(shown) = shown(section, setting) else { continue };
            if !explained.is_empty() {
                text.push_str(&explanation(setting));
            }
            let _ = writeln!(text, "#{} = {shown}", setting.key);
        }
        if section.name == OVERRIDE.name {
            text.push_str("#[override.success_rate]\n#target = 0.95\n");
        }
    }
    text
}

/// The header of a section. A list's is commented out: it would be an item of its own.
fn opening(section: &Section) -> String {
    match header(section, "", section.name) {
        header if header.is_empty() => header,
        header if section.form.is_list() => format!("#{header}\n"),
        header => format!("{header}\n"),
    }
}

/// The value that `config init` shows of a setting: its default, else its example.
fn shown(section: &Section, setting: &Setting) -> Option<String> {
    match settings::default_of(section, setting.key) {
        Some(default) => Some(toml(&default)),
        None => Some(setting.example.to_owned()).filter(|example| !example.is_empty()),
    }
}

fn commented(table: &Table) -> String {
    let mut text = format!("\n{}\n", header(&TARGETS, &table.metric, TARGETS.name));
    for said in &table.said {
        let _ = writeln!(text, "#{} = {}", said.setting.key, toml(&said.value));
    }
    text
}

fn explanation(setting: &Setting) -> String {
    let range = match setting.shape {
        Shape::Path | Shape::Secret | Shape::Zone => String::new(),
        shape => format!(" ({})", value::range(shape, None)),
    };
    comment(&format!("{}: {}{range}", setting.key, setting.means))
}

/// Prose of at most 120 columns, commented out.
fn comment(text: &str) -> String {
    let mut lines = vec![String::from("#")];
    for word in text.split_whitespace() {
        if lines.last().is_some_and(|line| line.chars().count() + word.chars().count() >= 120) {
            lines.push(String::from("#"));
        }
        let line = lines.last_mut().expect("there is always a line");
        line.push(' ');
        line.push_str(word);
    }
    lines.join("\n") + "\n"
}
