//! Checks JSON against a JSON Schema: the keywords that our schemas use, and a refusal of any other.
//!
//! A library would do, but the features it switches on in shared crates would compile polars a second time for the tests.

use serde_json::Value;

/// What is wrong with `value`, each with its path; nothing where it keeps to `schema`.
pub fn violations(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, schema, value, "", &mut found);
    found
}

fn check(root: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let keywords = match schema {
        Value::Bool(true) => return,
        Value::Bool(false) => return found.push(format!("{path} is not allowed")),
        Value::Object(keywords) => keywords,
        other => panic!("{other} is no schema"),
    };
    for (keyword, wanted) in keywords {
        let below = |name: &str| format!("{path}/{name}");
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "format" | "default" => {}
            "$ref" => {
                let pointer = wanted.as_str().and_then(|name| name.strip_prefix('#')).expect("a local reference");
                check(root, root.pointer(pointer).expect("what is referred to"), value, path, found);
            }
            "properties" => {
                for (name, property) in wanted.as_object().expect("properties") {
                    if let Some(value) = value.get(name) {
                        check(root, property, value, &below(name), found);
                    }
                }
            }
            "patternProperties" => {
                let patterns = wanted.as_object().expect("properties");
                assert!(patterns.keys().all(|pattern| pattern == QUANTILE), "a pattern that this check does not know");
                for (name, value) in value.as_object().into_iter().flatten().filter(|(name, _)| is_quantile(name)) {
                    check(root, &patterns[QUANTILE], value, &below(name), found);
                }
            }
            "additionalProperties" => {
                let known = keywords.get("properties").and_then(Value::as_object);
                let is_by_pattern = |name: &str| keywords.contains_key("patternProperties") && is_quantile(name);
                for (name, value) in value.as_object().into_iter().flatten() {
                    if known.is_none_or(|known| !known.contains_key(name)) && !is_by_pattern(name) {
                        check(root, wanted, value, &below(name), found);
                    }
                }
            }
            "items" => {
                for (at, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, wanted, item, &below(&at.to_string()), found);
                }
            }
            keyword => {
                let is_met = match keyword {
                    "oneOf" => matching(root, wanted, value) == 1,
                    "anyOf" => matching(root, wanted, value) > 0,
                    keyword => is_met(keyword, wanted, value),
                };
                if !is_met {
                    found.push(format!("{path} breaks `{keyword}`: {wanted}"));
                }
            }
        }
    }
}

/// Whether a value keeps to a keyword that says something about the value alone.
fn is_met(keyword: &str, wanted: &Value, value: &Value) -> bool {
    let count = || wanted.as_u64().expect("a count");
    let limit = || wanted.as_f64().expect("a number");
    match keyword {
        "type" => match wanted {
            Value::Array(names) => names.iter().any(|name| is_of_type(name, value)),
            name => is_of_type(name, value),
        },
        "const" => value == wanted,
        "enum" => wanted.as_array().expect("a list").contains(value),
        "minimum" => value.as_f64().is_none_or(|number| number >= limit()),
        "maximum" => value.as_f64().is_none_or(|number| number <= limit()),
        "minLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 >= count()),
        "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= count()),
        "pattern" => {
            // The one pattern in use is that of an instant.
            assert_eq!(wanted, INSTANT, "a pattern that this check does not know");
            value.as_str().is_none_or(is_instant)
        }
        "required" => {
            let names = wanted.as_array().expect("a list").iter().map(|name| name.as_str().expect("a name"));
            value.as_object().is_none_or(|object| names.into_iter().all(|name| object.contains_key(name)))
        }
        other => panic!("this check does not know the keyword `{other}`"),
    }
}

const INSTANT: &str = r"^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$";

const QUANTILE: &str = r"^p[0-9]+(\.[0-9]+)?_ms$";

fn is_quantile(name: &str) -> bool {
    let percent = name.strip_prefix('p').and_then(|name| name.strip_suffix("_ms"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    percent.is_some_and(|percent| percent.split('.').count() <= 2 && percent.split('.').all(is_digits))
}

/// How many of several schemas a value keeps to.
fn matching(root: &Value, schemas: &Value, value: &Value) -> usize {
    let keeps = |schema: &&Value| {
        let mut found = Vec::new();
        check(root, schema, value, "", &mut found);
        found.is_empty()
    };
    schemas.as_array().expect("a list of schemas").iter().filter(keeps).count()
}

fn is_of_type(name: &Value, value: &Value) -> bool {
    match name.as_str().expect("a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        other => panic!("`{other}` is no type"),
    }
}

fn is_instant(text: &str) -> bool {
    let year = text.len().saturating_sub("-dd-ddTdd:dd:dd+dd:dd".len());
    let (year, rest) = (&text[..year], &text[year..]);
    year.len() >= 4
        && rest.bytes().zip("-dd-ddTdd:dd:dd+dd:dd".bytes()).all(|(byte, wanted)| match wanted {
            b'd' => byte.is_ascii_digit(),
            b'+' => byte == b'+' || byte == b'-',
            wanted => byte == wanted,
        })
}
