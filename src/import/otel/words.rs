//! The words of a prompt, where somebody asks for them: the last that a person said before the call.

use super::record::Attributes;
use serde_json::Value as Json;

/// The words of the prompt that a call was made with, by the names of all generations.
pub fn words(attributes: &Attributes) -> Option<String> {
    let messages = attributes.get("gen_ai.input.messages").and_then(listed);
    let of_messages = messages.and_then(|messages| messages.iter().rev().find_map(of_person));
    of_messages.or_else(|| numbered(attributes)).filter(|words| !words.is_empty())
}

/// A list, or a text that is one.
fn listed(json: &Json) -> Option<Vec<Json>> {
    match json {
        Json::String(text) => serde_json::from_str(text).ok(),
        Json::Array(list) => Some(list.clone()),
        _ => None,
    }
}

/// What a message says, if a person says it.
fn of_person(message: &Json) -> Option<String> {
    if message.get("role")?.as_str()? != "user" {
        return None;
    }
    let parts = message.get("parts").or_else(|| message.get("content"))?;
    let text = |part: &Json| Some(part.get("content").or_else(|| part.get("text"))?.as_str()?.to_owned());
    match parts {
        Json::String(words) => Some(words.clone()),
        Json::Array(parts) => Some(parts.iter().filter_map(text).collect::<Vec<_>>().join("\n")),
        _ => None,
    }
    .filter(|words| !words.is_empty())
}

/// `gen_ai.prompt.3.content` and `llm.input_messages.3.message.content`: the last of a person.
fn numbered(attributes: &Attributes) -> Option<String> {
    let said = |(key, value): (&String, &Json)| {
        let (start, number) = ["gen_ai.prompt.", "llm.input_messages."]
            .into_iter()
            .find_map(|start| Some((start, key.strip_prefix(start)?.strip_suffix("content")?)))?;
        let (number, inner) = number.split_once('.')?;
        let role = attributes.text(&format!("{start}{number}.{inner}role"))?;
        (role == "user").then_some((number.parse::<u32>().ok()?, value.as_str()?.to_owned()))
    };
    let last = attributes.iter().filter_map(said).max_by_key(|(number, _)| *number);
    last.map(|(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_last_words_of_a_person_are_found_under_every_name() {
        let messages = json!([
            { "role": "user", "parts": [{ "type": "text", "content": "first" }] },
            { "role": "user", "parts": [{ "type": "text", "content": "a" }, { "type": "text", "content": "b" }] },
            { "role": "assistant", "parts": [{ "type": "text", "content": "answer" }] },
        ]);
        for (attributes, expected) in [
            (json!({ "gen_ai.input.messages": messages.to_string() }), Some("a\nb")),
            (json!({ "gen_ai.input.messages": [{ "role": "user", "content": "plain" }] }), Some("plain")),
            (
                json!({ "gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "s", "gen_ai.prompt.9.role": "user",
                    "gen_ai.prompt.9.content": "nine", "gen_ai.prompt.10.role": "user", "gen_ai.prompt.10.content": "ten" }),
                Some("ten"),
            ),
            (
                json!({ "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "inference" }),
                Some("inference"),
            ),
            (json!({ "gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "s" }), None),
            (json!({}), None),
        ] {
            assert_eq!(words(&Attributes::read(Some(&attributes))).as_deref(), expected, "{attributes}");
        }
    }
}
