//! What prompts and models are called there, and here.

use super::super::found::text;
use super::super::id::Id;
use crate::event::{Event, Field};

/// The longest name that is taken for one.
const NAME_CHARS: usize = 100;

/// How a provider is spoken to, which says nothing of its model.
const MANNERS: [&str; 9] =
    ["chat", "completion", "completions", "messages", "responses", "text", "realtime", "embedding", "embeddings"];

/// What is no provider of models: somebody's own program.
const PROGRAMS: [&str; 8] = ["file", "exec", "python", "javascript", "http", "https", "webhook", "package"];

/// Sets provider, model and variant as the id of a provider and its label tell.
pub fn set(event: &mut Event<'static>, id: &str, label: Option<&str>) {
    let label = label.filter(|label| *label != id);
    match id.split_once(':') {
        Some((provider, rest)) if !PROGRAMS.contains(&provider) => {
            let model =
                rest.split_once(':').filter(|(manner, _)| MANNERS.contains(manner)).map_or(rest, |(_, model)| model);
            text(event, Field::Provider, Some(provider));
            text(event, Field::Model, Some(model));
            text(event, Field::Variant, label);
        }
        Some(_) => text(event, Field::Variant, label.or(Some(id))),
        None => {
            text(event, Field::Model, Some(id));
            text(event, Field::Variant, label);
        }
    }
}

/// The name in the label of a prompt: all of it, or what stands before its text; `None` where it is the text itself.
pub fn prompt_name(label: &str, raw: &str) -> Option<String> {
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().count() <= NAME_CHARS && !name.contains(['\n', '{', '[']) && name != raw
    };
    // A prompt from a file is called by the file and, after a colon, by its beginning.
    let file = label.split_once(": ").map(|(file, _)| file).filter(|file| !file.contains(' ') && file.contains('.'));
    let name = file.unwrap_or(label).trim();
    is_name(name).then(|| name.to_owned())
}

/// What a prompt is called of which only the text is known, and not to be told.
pub fn digest(prompt: &str) -> String {
    format!("prompt-{}", &Id::of([prompt.as_bytes()]).text()[..12])
}

#[cfg(test)]
mod tests {
    use super::super::super::found::run;
    use super::*;

    #[test]
    fn a_provider_is_taken_apart() {
        for (id, label, expected) in [
            ("openai:gpt-4o", None, [Some("openai"), Some("gpt-4o"), None]),
            ("openai:chat:gpt-4o", Some("big"), [Some("openai"), Some("gpt-4o"), Some("big")]),
            ("bedrock:anthropic.claude-v2:1", None, [Some("bedrock"), Some("anthropic.claude-v2:1"), None]),
            ("file://ask.py", None, [None, None, Some("file://ask.py")]),
            ("echo", Some("echo"), [None, Some("echo"), None]),
            ("", None, [None, None, None]),
        ] {
            let mut event = run(0);
            set(&mut event, id, label);
            let seen = [Field::Provider, Field::Model, Field::Variant].map(|field| event.text(field));
            assert_eq!(seen, expected, "{id}");
        }
    }

    #[test]
    fn the_text_of_a_prompt_is_no_name() {
        for (label, raw, expected) in [
            ("summarize", "Summarize {{text}}", Some("summarize")),
            ("prompts/sum.txt: Summarize {{text}}", "Summarize {{text}}", Some("prompts/sum.txt")),
            ("prompts.py:generate_prompt", "def generate_prompt", Some("prompts.py:generate_prompt")),
            ("Summarize {{text}}", "Summarize {{text}}", None),
            ("Say hello", "Say hello", None),
            ("a\nb", "", None),
        ] {
            assert_eq!(prompt_name(label, raw).as_deref(), expected, "{label}");
        }
        assert_eq!(digest("Say hello"), digest("Say hello"));
    }
}
