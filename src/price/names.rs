//! Names: the ways in which one model and one provider are called, from what was said to what a table may know.

use std::borrow::Cow;

/// Providers and how else they are called, in lower case.
const PROVIDERS: &[(&str, &[&str])] = &[
    ("openai", &["open_ai", "openai-chat", "openai_chat", "text-completion-openai"]),
    ("anthropic", &["claude"]),
    ("google", &["gemini", "gcp.gemini", "gcp.gen_ai", "google_genai", "google-genai"]),
    ("vertex", &["gcp.vertex_ai", "vertex_ai", "vertex-ai", "vertexai", "google-vertex"]),
    ("mistral", &["mistral_ai", "mistralai", "codestral", "text-completion-codestral"]),
    ("deepseek", &["deepseek-ai"]),
    ("xai", &["x_ai", "x-ai", "x.ai"]),
    ("meta", &["meta_llama", "meta-llama", "llama"]),
    ("together", &["together_ai", "togetherai"]),
    ("fireworks", &["fireworks_ai", "fireworks-ai"]),
    ("bedrock", &["aws.bedrock", "aws_bedrock", "bedrock_converse", "amazon-bedrock", "amazon_bedrock"]),
    ("azure", &["azure_openai", "azure.ai.openai", "az.ai.openai", "azure_text"]),
];

/// Who makes models of their own: where nobody says who ran one, its maker's price is meant.
const MAKERS: [&str; 7] = ["openai", "anthropic", "google", "mistral", "deepseek", "xai", "meta"];

/// The usual name of a provider.
pub fn provider(name: &str) -> String {
    let name = name.trim().to_lowercase();
    // Of what Vertex runs, the list of `litellm` has a provider for each maker.
    if name.starts_with("vertex_ai-") {
        return "vertex".to_owned();
    }
    let usual = PROVIDERS.iter().find(|(_, others)| others.contains(&name.as_str()));
    usual.map_or(name, |(usual, _)| (*usual).to_owned())
}

/// How a use was served, as rows have it: empty for the usual way.
pub fn tier(name: &str) -> Cow<'_, str> {
    match name {
        "" | "standard" | "default" | "auto" | "standard_only" | "on_demand" => "".into(),
        "batches" => "batch".into(),
        name if name.bytes().any(|byte| byte.is_ascii_uppercase()) => tier(&name.to_lowercase()).into_owned().into(),
        name => name.into(),
    }
}

/// How early a provider is meant where none is named: its makers first.
pub(super) fn standing(provider: &str) -> usize {
    MAKERS.iter().position(|maker| *maker == provider).unwrap_or(MAKERS.len())
}

/// A model's name without who ran it: `openrouter/openai/gpt-4o` is `openai/gpt-4o` and `gpt-4o`, Bedrock's
/// `us.anthropic.claude-x-v1:0` is `claude-x`. Each with the provider that was taken off.
pub(super) fn without_provider(model: &str) -> Vec<(String, Option<String>)> {
    let mut names: Vec<(String, Option<String>)> = vec![(model.to_owned(), None)];
    let mut rest = model;
    while let Some((before, after)) = rest.split_once('/') {
        names.push((after.to_owned(), Some(provider(before))));
        rest = after;
    }
    let region = ["us.", "eu.", "apac.", "global."].iter().find_map(|region| rest.strip_prefix(region)).unwrap_or(rest);
    if let Some((vendor, name)) = region.split_once('.')
        && MAKERS.contains(&vendor)
    {
        let version = name.rfind("-v").filter(|at| {
            let version = &name[at + 2..];
            !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
        });
        names.push((name[..version.unwrap_or(name.len())].to_owned(), None));
    }
    names
}

/// A model's name without the day it was made: `-2024-08-06`, `-20250514`, `@20250514`.
pub(super) fn without_date(model: &str) -> Option<&str> {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let cut = |len: usize| model.len().checked_sub(len).and_then(|at| model.split_at_checked(at));
    if let Some((name, date)) = cut(9)
        && matches!(date.as_bytes()[0], b'-' | b'@')
        && is_digits(&date[1..])
        && date[1..].starts_with("20")
    {
        return Some(name).filter(|name| !name.is_empty());
    }
    let (name, date) = cut(11)?;
    let bytes = date.as_bytes();
    let is_date = bytes[0] == b'-' && bytes[5] == b'-' && bytes[8] == b'-' && date[1..].starts_with("20");
    let is_date = is_date && date.split('-').skip(1).all(is_digits);
    Some(name).filter(|name| is_date && !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_taken_off_and_nothing_else() {
        for (model, name) in [
            ("gpt-4o-2024-08-06", Some("gpt-4o")),
            ("claude-sonnet-4-20250514", Some("claude-sonnet-4")),
            ("claude-sonnet-4@20250514", Some("claude-sonnet-4")),
            ("mistral-large-2411", None),
            ("gpt-4-0613", None),
            ("llama-12345678", None),
            ("-2024-08-06", None),
            ("gpt-2024-08-6x", None),
            ("ä-2024-08-06", Some("ä")),
            ("", None),
        ] {
            assert_eq!(without_date(model), name, "{model}");
        }
    }

    #[test]
    fn a_provider_is_taken_off_step_by_step() {
        let names = |model| without_provider(model).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names("openrouter/openai/gpt-4o"), ["openrouter/openai/gpt-4o", "openai/gpt-4o", "gpt-4o"]);
        assert_eq!(names("us.anthropic.claude-sonnet-4-20250514-v1:0")[1], "claude-sonnet-4-20250514");
        assert_eq!(names("anthropic.claude-3-haiku-20240307-v1:0")[1], "claude-3-haiku-20240307");
        assert_eq!(names("llama3.1:8b"), ["llama3.1:8b"]);
        assert_eq!(without_provider("azure/gpt-4o")[1].1.as_deref(), Some("azure"));
    }

    #[test]
    fn providers_are_known_by_their_other_names() {
        for (name, usual) in
            [("GCP.Gemini", "google"), ("x_ai", "xai"), ("aws.bedrock", "bedrock"), ("groq", "groq"), ("", "")]
        {
            assert_eq!(provider(name), usual);
        }
    }
}
