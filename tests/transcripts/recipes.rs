//! Calls over HTTP, by a recipe that makes one rule of the words of many providers.

use super::{live, number, shown, sum};
use crate::support::{Sandbox, repository, shared};
use prompt_analytics::event::Field;
use std::collections::BTreeMap;
use std::fs;

/// A sandbox with the recipe in the config of its log.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.work().join("log")).unwrap();
    let recipe = repository("tests/transcripts/api-calls/recipe.toml");
    fs::copy(recipe, sandbox.work().join("log/config.toml")).unwrap();
    sandbox
}

fn import(sandbox: &Sandbox, file: &str) -> String {
    let ran = sandbox.run(["--dir", "log", "import", "api-calls", file]);
    assert_eq!(ran.status, 0, "{ran:?}");
    ran.stderr
}

#[test]
fn the_words_of_many_providers_become_one_rule() {
    let sandbox = sandbox();
    let file = repository("tests/transcripts/api-calls/calls.jsonl");
    let said = import(&sandbox, &file.display().to_string());
    assert!(said.contains("read 12 records in 1 file: 11 new, 0 already there, 1 left out"), "{said}");
    let events = live(&sandbox.work().join("log"));
    assert_eq!(
        events.iter().map(shown).collect::<Vec<_>>(),
        [
            "00:00:00 voyage-3 in 12",
            "12:00:00 gpt-4o in 23 out 7 cached 3 reasoning 2",
            "12:00:01 claude-sonnet-4-5 in 110 out 5 cached 80 written 20",
            "12:00:02 amazon.titan-text-express-v1 in 11 out 6",
            "12:00:03 llama3 in 4 out 2",
            "12:00:04 command-r in 70 out 9",
            "12:00:05 gemini-2.5-flash in 8 out 43 reasoning 40",
            "12:00:07 invalid_request_error",
            "12:00:08 content_filter",
            "12:00:09 command-r 404",
            "12:00:10 overloaded_error",
        ]
    );
    assert_eq!((sum(&events, Field::InputTokens), sum(&events, Field::OutputTokens)), (238, 72));
    let durations: Vec<_> = events.iter().filter_map(|event| number(event, Field::DurationMs)).collect();
    assert_eq!(durations, [498_000_000, 1_200_000_000, 12_500_000]);
    let providers: Vec<_> = events.iter().filter_map(|event| event.text(Field::Provider)).collect();
    assert_eq!(providers[1..4], ["openai", "anthropic", "bedrock-runtime.us-east-1.amazonaws.com"]);
    assert!(events.iter().all(|event| !event.line().contains("SECRET")));
    let again = import(&sandbox, &file.display().to_string());
    assert!(again.starts_with("added 0 events"), "{again}");
}

#[test]
fn real_calls_of_many_providers_give_their_known_answers() {
    let Some(file) = shared("api-calls/openllmetry.jsonl") else { return };
    let sandbox = sandbox();
    let said = import(&sandbox, &file.display().to_string());
    assert!(said.contains("read 1,359 records in 1 file: 794 new, 0 already there, 565 left out"), "{said}");
    let events = live(&sandbox.work().join("log"));
    let mut errors = BTreeMap::<&str, u32>::new();
    for error in events.iter().filter_map(|event| event.text(Field::ErrorType)) {
        *errors.entry(error).or_default() += 1;
    }
    // Of the 20 error bodies nine tell a type, nine only a code, two neither.
    let expected = [("401", 6), ("404", 2), ("content_filter", 3), ("invalid_request_error", 9)];
    assert_eq!(errors, BTreeMap::from(expected));
    assert_eq!(events.len() - 20, 774);
    // One of them counts units of a search and no tokens.
    assert_eq!(events.iter().filter(|event| number(event, Field::InputTokens).is_some()).count(), 773);
}
