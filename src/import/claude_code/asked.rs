//! What a person asked of Claude Code, as far as it says which prompt an answer is of: a slash command, or a subagent by its
//! definition. Of the words themselves nothing is kept unless that was asked for.

use super::super::id::Id;
use memchr::memmem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::path::Path;

/// The longest name that is taken for one.
const NAME_CHARS: usize = 200;

/// What is known of the prompt that answers are given to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Asked {
    /// `/review` or `@reviewer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Its words, where they are kept, until a second answer is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The answer that was given to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    #[serde(rename = "type", default)]
    kind: Option<&'a str>,
    #[serde(default)]
    is_meta: bool,
    #[serde(default)]
    is_sidechain: bool,
    #[serde(borrow, default)]
    message: Option<Message<'a>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
}

impl Asked {
    /// What is known at the start of a transcript: that of a subagent has a file beside it that names its definition.
    pub fn of(path: &Path) -> Asked {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Meta {
            agent_type: String,
        }
        let is_agent = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"agent-"));
        let read = || std::fs::read(path.with_extension("meta.json")).ok();
        let meta = is_agent.then(read).flatten().and_then(|bytes| serde_json::from_slice::<Meta>(&bytes).ok());
        let name = meta.map(|meta| meta.agent_type).filter(|name| is_name(name));
        Asked { prompt: name.map(|name| format!("@{name}")), ..Asked::default() }
    }

    /// Looks at a line that holds no answer.
    pub fn line(&mut self, line: &[u8], has_text: bool) {
        // Most lines of a person are results of tools, which no person wrote.
        if memmem::find(line, b"\"user\"").is_none() || memmem::find(line, b"\"tool_result\"").is_some() {
            return;
        }
        let Ok(line) = serde_json::from_slice::<Line>(line) else { return };
        // What the program adds in a person's name goes with the command before it.
        if line.kind != Some("user") || line.is_meta {
            return;
        }
        let content = line.message.and_then(|message| message.content).map_or("", RawValue::get);
        let Some(text) = words(content) else { return };
        if !line.is_sidechain {
            self.prompt = command(&text).map(str::to_owned);
        }
        self.text = has_text.then_some(text);
        self.answer = None;
    }

    /// The words that an answer is given to. Of several answers to one prompt the first has them, on each of its lines.
    pub fn words(&mut self, answer: Id) -> Option<String> {
        self.text.as_ref()?;
        let answer = answer.text();
        if *self.answer.get_or_insert_with(|| answer.clone()) != answer {
            self.text = None;
        }
        self.text.clone()
    }
}

/// The words of a message: a text, or the texts among its parts.
fn words(content: &str) -> Option<String> {
    if content.starts_with('"') {
        return serde_json::from_str(content).ok();
    }
    let parts: Vec<Part> = serde_json::from_str(content).ok()?;
    let texts: Vec<Cow<str>> = parts.into_iter().filter_map(|part| part.text).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// The slash command that a message is, with its slash and without its arguments.
fn command(text: &str) -> Option<&str> {
    let is_command = text.trim_start().starts_with("<command-");
    let name = text.split_once("<command-name>").filter(|_| is_command)?.1.split_once("</command-name>")?.0.trim();
    (name.starts_with('/') && is_name(name)).then_some(name)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= NAME_CHARS && !name.chars().any(|char| char.is_control() || char.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_the_prompt_until_a_person_says_something_else() {
        let mut asked = Asked::default();
        let user = |content: &str| format!("{{\"type\":\"user\",\"message\":{{\"content\":{content}}}}}");
        for (line, prompt, text) in [
            (user(r#""add a cart""#), None, Some("add a cart")),
            (
                user(r#""<command-message>review</command-message>\n<command-name>/review</command-name>""#),
                Some("/review"),
                None,
            ),
            (
                user(r#"[{"type":"text","text":"the whole prompt"}]"#).replacen('{', "{\"isMeta\":true,", 1),
                Some("/review"),
                None,
            ),
            (user(r#"[{"type":"tool_result","content":"<command-name>/no</command-name>"}]"#), Some("/review"), None),
            (user(r#""do it""#).replacen('{', "{\"isSidechain\":true,", 1), Some("/review"), Some("do it")),
            (user(r#"[{"type":"text","text":"thanks"},{"type":"image"}]"#), None, Some("thanks")),
            (user(r#""what is <command-name>/x</command-name>?""#), None, None),
            (user(r#""<command-name>/two words</command-name>""#), None, None),
            ("\"user\" nothing".to_owned(), None, None),
        ] {
            asked.line(line.as_bytes(), true);
            assert_eq!(asked.prompt.as_deref(), prompt, "{line}");
            if let Some(text) = text {
                assert_eq!(asked.text.as_deref(), Some(text), "{line}");
            }
        }
        asked.line(user(r#""secret""#).as_bytes(), false);
        assert_eq!(asked.text, None);
    }
}
