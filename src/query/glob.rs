//! Globs, as people write them for names.

use globset::{GlobBuilder, GlobMatcher};

/// A glob that also matches its own text, so that `claude-opus[1m]` finds the model of that name; `*` crosses slashes.
#[derive(Clone, Debug)]
pub struct Glob {
    text: String,
    matcher: Option<GlobMatcher>,
}

impl Glob {
    pub fn new(pattern: &str) -> Glob {
        let glob = GlobBuilder::new(pattern).literal_separator(false).backslash_escape(true).build();
        Glob { text: pattern.to_owned(), matcher: glob.ok().map(|glob| glob.compile_matcher()) }
    }

    /// The pattern that matches one name alone.
    pub fn literal(name: &str) -> String {
        let special = |letter: char| "*?[]{}!\\,".contains(letter);
        name.chars().flat_map(|letter| special(letter).then_some('\\').into_iter().chain([letter])).collect()
    }

    pub fn is_match(&self, name: &str) -> bool {
        self.text == name || self.matcher.as_ref().is_some_and(|matcher| matcher.is_match(name))
    }

    /// The pattern as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_asked_for_as_it_is() {
        for name in ["extract-invoice", "a*b", "[x]", "{a,b}", "back\\slash", "what?"] {
            let glob = Glob::new(&Glob::literal(name));
            assert!(glob.is_match(name), "{name}");
            assert!(!glob.is_match("aXb") && !glob.is_match("x") && !glob.is_match("b"), "{name}");
        }
    }

    #[test]
    fn a_glob_crosses_slashes_and_finds_its_own_text() {
        for (pattern, name, expected) in [
            ("openai/*", "openai/gpt-5.2", true),
            ("*gpt*", "openai/gpt-5.2", true),
            ("claude-opus[1m]", "claude-opus[1m]", true),
            ("claude-opus[1m]", "claude-opusm", true),
            ("{a,b}", "b", true),
            ("a", "A", false),
            ("[", "[", true),
            ("[", "x", false),
        ] {
            assert_eq!(Glob::new(pattern).is_match(name), expected, "{pattern} {name}");
        }
    }
}
