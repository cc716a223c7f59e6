//! How a broken line begins, told without what a person wrote in it. A line that is not JSON may be anything: a prompt, an
//! answer, a key. So nothing is shown unless it is known to be harmless:
//!
//! - the punctuation of JSON;
//! - keys that look like names;
//! - the values of what every event has, and of a few identifiers, if they look like names; numbers, truths and nulls of
//!   fields that are known.
//!
//! Everything else is `…`, also what looks like a secret wherever it stands.

use super::keys::{self, Meaning};

/// Columns of an excerpt.
const COLUMNS: usize = 60;
/// Bytes of a line that are looked at: what is left out takes no room.
const BYTES: usize = 4096;
/// The longest text that is taken for a name.
const NAME_BYTES: usize = 40;

/// Fields whose values are names that somebody gave, and that tell one line from another.
const NAMES: [&str; 8] = ["ts", "timestamp", "event", "id", "run_id", "prompt_id", "template_id", "model"];

/// How keys of well-known services begin. What follows them is secret.
const SECRETS: [&str; 22] = [
    "sk-",
    "sk_",
    "pk_",
    "rk_",
    "gsk_",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "AKIA",
    "ASIA",
    "AIza",
    "ya29.",
    "eyJ",
    "hf_",
    "npm_",
    "pypi-",
];
/// Letters and digits without a break that are more than an identifier: a ULID has 26.
const RANDOM_BYTES: usize = 28;

/// The beginning of a line in at most 60 columns, from which nothing private can be read.
pub fn excerpt(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(&line[..line.len().min(BYTES)]);
    let mut rest = text.as_ref();
    let mut shown = Shown { text: String::new(), depth: 0, key: None, is_lost: !rest.trim_start().starts_with('{') };
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '"' => shown.string(&rest[1..]),
            '{' | '[' | '}' | ']' | ':' | ',' => {
                shown.mark(first);
                &rest[1..]
            }
            space if space.is_ascii_whitespace() => rest.trim_ascii_start(),
            _ => shown.word(rest),
        };
        if shown.text.chars().count() > COLUMNS {
            break;
        }
    }
    let text = shown.text;
    if line.len() <= BYTES && rest.is_empty() && text.chars().count() <= COLUMNS {
        return text;
    }
    let start: String = text.chars().take(COLUMNS - 1).collect();
    format!("{}…", start.trim_end_matches('…'))
}

/// A name out of a log as it stands there, or `…` for what does not look like one.
pub fn name(name: &str) -> &str {
    if is_name(name) { name } else { "…" }
}

fn is_name(text: &str) -> bool {
    let is_of_names = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/+".contains(&byte);
    !text.is_empty() && text.len() <= NAME_BYTES && text.bytes().all(is_of_names) && !is_secret(text)
}

fn is_secret(text: &str) -> bool {
    let begins = |at: usize| !text[..at].ends_with(|before: char| before.is_ascii_alphanumeric());
    let is_key = |mark: &&str| text.match_indices(*mark).any(|(at, _)| begins(at));
    let is_random = |word: &str| {
        word.len() >= RANDOM_BYTES && word.contains(|c: char| c.is_ascii_digit()) && word.contains(char::is_alphabetic)
    };
    SECRETS.iter().any(is_key) || text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_random)
}

/// What is shown so far, and where in the line it ends.
struct Shown {
    text: String,
    depth: usize,
    /// The key whose value comes next.
    key: Option<String>,
    /// Whether what comes may be the inside of a text: the line does not begin with an object, or is torn. Then only
    /// punctuation is shown.
    is_lost: bool,
}

impl Shown {
    fn mark(&mut self, mark: char) {
        match mark {
            '{' | '[' => {
                self.depth += 1;
                self.key = None;
            }
            '}' | ']' => self.depth = self.depth.saturating_sub(1),
            ',' => self.key = None,
            _ => {}
        }
        self.is_lost |= self.depth == 0;
        self.text.push(mark);
    }

    /// What is left out several times in a row is left out once.
    fn push(&mut self, text: &str) {
        if !(text == "…" && self.text.ends_with('…')) {
            self.text.push_str(text);
        }
    }

    /// Takes a string whose opening quote is gone, and answers with what follows it.
    fn string<'a>(&mut self, rest: &'a str) -> &'a str {
        let mut is_escaped = false;
        let end = rest.find(|character| match character {
            _ if is_escaped => {
                is_escaped = false;
                false
            }
            '\\' => {
                is_escaped = true;
                false
            }
            character => character == '"',
        });
        let (content, after) = end.map_or((rest, ""), |end| (&rest[..end], &rest[end + 1..]));
        let is_key = after.trim_ascii_start().starts_with(':') && self.key.is_none();
        let is_told = is_key || self.depth == 1 && self.key.as_deref().is_some_and(|key| NAMES.contains(&key));
        let is_shown = is_told && !self.is_lost && is_name(content);
        self.text.push('"');
        self.text.push_str(if content.is_empty() || is_shown { content } else { "…" });
        if end.is_some() {
            self.text.push('"');
        }
        if is_key {
            self.key = Some(content.to_owned());
        }
        after
    }

    /// Takes what is neither string nor punctuation, and answers with what follows it.
    fn word<'a>(&mut self, rest: &'a str) -> &'a str {
        let ends = |c: char| matches!(c, '"' | '{' | '[' | '}' | ']' | ':' | ',') || c.is_ascii_whitespace();
        let (word, after) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
        let is_known = self.key.as_deref().is_some_and(|key| keys::meaning(key) != Meaning::Unknown);
        let is_literal = matches!(word, "true" | "false" | "null")
            || word.len() <= 20 && word.bytes().all(|byte| byte.is_ascii_digit() || b"-+.eE".contains(&byte));
        self.is_lost |= !is_literal;
        self.push(if self.depth == 1 && is_known && !self.is_lost { word } else { "…" });
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_line_is_can_be_told_and_what_it_says_cannot() {
        for (line, shown) in [
            (
                r#"{"v":1,"ts":"yesterday","event":"run","prompt_id":"gre"#,
                r#"{"v":1,"ts":"yesterday","event":"run","prompt_id":"gre"#,
            ),
            (
                r#"{"event":"feedback","feedback_text":"bad","rating":2}"#,
                r#"{"event":"feedback","feedback_text":"…","rating":2}"#,
            ),
            (r#"{"text":"hunter2", "n": 12345678, "duration_ms": 12}"#, r#"{"text":"…","n":…,"duration_ms":12}"#),
            (r#"{"prompt_id":"sk-proj-abcdefgh12345678"}"#, r#"{"prompt_id":"…"}"#),
            (r#"{"run_id":"0123456789abcdef0123456789abcdef"}"#, r#"{"run_id":"…"}"#),
            (r#"{"id":"01JCYZ6N4D9Q2W3E4R5T6Y7U8I"}"#, r#"{"id":"01JCYZ6N4D9Q2W3E4R5T6Y7U8I"}"#),
            (r#"{"model":"a name with words"}"#, r#"{"model":"…"}"#),
            (r#"{"parameters":{"model":"x","n":3},"v":1}"#, r#"{"parameters":{"model":"…","n":…},"v":1}"#),
            (r#"{"Tell me about Ada":1,"ghp_abcdefghij":2}"#, r#"{"…":…,"…":…}"#),
            ("Summarize this: my PIN is 4711", "…:…"),
            ("my secret words, and \"more\" of them", "…,…\"…\"…"),
            (r#"of a prompt that was cut","event":"run"#, r#"…"…"…"…"…"#),
            ("[1,2,3]", "[…,…,…]"),
            ("\u{1b}[2Jgone", "…[…"),
            ("\0\0\0", "…"),
            ("", ""),
            (r#"{"a\"b":"c\"d","ts":"x"}"#, r#"{"…":"…","ts":"x"}"#),
        ] {
            assert_eq!(excerpt(line.as_bytes()), shown, "{line}");
        }
        assert_eq!(excerpt(b"{\"prompt_id\":\"caf\xe9\"}"), r#"{"prompt_id":"…"}"#);
    }

    #[test]
    fn wherever_a_line_is_torn_none_of_its_words_is_left() {
        let text =
            r#"she said \"the horse\", \"event\":\"horse\",{\"ts\":\"horse\"} and {\"horse\": true} horse: horse"#;
        let line = format!(
            r#"{{"v":1,"prompt_text":"{text}","tags":["horse horse"],"parameters":{{"ts":"horse"}},"rating":3}}"#
        );
        for from in 0..line.len() {
            for to in from..line.len() {
                let shown = excerpt(&line.as_bytes()[from..to]);
                // The map of parameters alone cannot be told from a line.
                let is_map = line[from..].starts_with(r#"{"ts""#);
                assert!(is_map || !shown.contains("horse") && !shown.contains("said"), "{from}..{to}: {shown}");
            }
        }
    }

    #[test]
    fn an_excerpt_is_short_whatever_the_line() {
        let long = format!(r#"{{"text":"{}","event":"run"}}"#, "secret ".repeat(100_000));
        assert_eq!(excerpt(long.as_bytes()), r#"{"text":"…"#);
        let keys = format!("{{{}", r#""key":1,"#.repeat(100));
        assert_eq!(excerpt(keys.as_bytes()).chars().count(), COLUMNS);
        assert!(excerpt("[".repeat(100_000).as_bytes()).chars().count() <= COLUMNS);
    }

    proptest::proptest! {
        #[test]
        fn of_any_bytes_there_is_an_excerpt_of_plain_characters(parts in proptest::collection::vec(part(), 0..200)) {
            let shown = excerpt(&parts.concat());
            proptest::prop_assert!(shown.chars().count() <= COLUMNS);
            proptest::prop_assert!(shown.chars().all(|c| c == '…' || c.is_ascii_graphic()), "{}", shown);
        }
    }

    /// A piece of a line, or of what stands where one should.
    fn part() -> impl proptest::strategy::Strategy<Value = Vec<u8>> {
        const PARTS: [&[u8]; 16] = [
            b"{",
            b"}",
            b"[",
            b"]",
            b":",
            b",",
            b"\"",
            b"\\",
            b" ",
            b"\x1b[2J",
            b"\xff",
            b"\0",
            b"\"ts\":",
            b"\"model\":\"",
            "要\u{202e}".as_bytes(),
            b"12",
        ];
        proptest::sample::select(PARTS.map(<[u8]>::to_vec).to_vec())
    }
}
