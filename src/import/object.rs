//! One JSON object as a row: its members by name, and what lies inside them by a path with dots.

use super::value::{Text, Value};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// The members of an object as they stand in the file.
pub struct Object<'a>(Vec<(Text<'a>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// The object that `bytes` are, `None` when they are something else.
    pub fn read(bytes: &'a [u8]) -> Option<Object<'a>> {
        serde_json::from_slice(bytes).ok()
    }

    /// The value under `path`: the member of that very name, else what lies under the rest of it in the member whose name
    /// is the longest beginning of it.
    pub fn find(&self, path: &str) -> Option<&'a RawValue> {
        // Of a repeated key the last counts.
        let member = |name: &str| self.0.iter().rev().find(|(key, _)| key.0 == name).map(|(_, raw)| *raw);
        member(path)
            .or_else(|| path.rmatch_indices('.').find_map(|(dot, _)| inside(member(&path[..dot])?, &path[dot + 1..])))
    }

    pub fn value(&self, path: &str) -> Value<'a> {
        self.find(path).map_or(Value::Null, Value::json)
    }

    /// Adds the paths of this object's values to `names`, each once and in their order.
    pub fn names(&self, names: &mut Vec<String>) {
        self.names_below("", names, 4);
    }

    fn names_below(&self, above: &str, names: &mut Vec<String>, depth: u32) {
        for (key, raw) in &self.0 {
            let name = format!("{above}{}", key.0);
            match Object::read(raw.get().as_bytes()).filter(|object| depth > 0 && !object.0.is_empty()) {
                Some(object) => object.names_below(&format!("{name}."), names, depth - 1),
                None if !names.contains(&name) => names.push(name),
                None => {}
            }
        }
    }
}

/// What lies under `path` in a value: of an array the element with that number.
pub fn inside<'a>(raw: &'a RawValue, path: &str) -> Option<&'a RawValue> {
    if !raw.get().starts_with('[') {
        return Object::read(raw.get().as_bytes())?.find(path);
    }
    let elements: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
    let (number, rest) = path.split_once('.').map_or((path, None), |(number, rest)| (number, Some(rest)));
    let element = *elements.get(number.parse::<usize>().ok()?)?;
    rest.map_or(Some(element), |rest| inside(element, rest))
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members).map(Object)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(Text<'de>, &'de RawValue)>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_what_lies_inside_and_a_key_with_dots_wins() {
        let json = br#"{"a":{"b":{"c":1},"b.c":2},"a.b":{"c":3},"x.y":4,"x":{"y":5},"l":[{"t":6},[7]],"n":null,"k":8,"k":9,"\u0041 b":10}"#;
        let object = Object::read(json).unwrap();
        for (path, expected) in [
            ("a.b.c", Some("3")),
            ("a.b", Some(r#"{"c":3}"#)),
            ("x.y", Some("4")),
            ("l.0.t", Some("6")),
            ("l.1.0", Some("7")),
            ("n", Some("null")),
            ("k", Some("9")),
            ("A b", Some("10")),
            ("a.c", None),
            ("l.2", None),
            ("x.y.z", None),
            ("nothing", None),
        ] {
            assert_eq!(object.find(path).map(RawValue::get), expected, "{path}");
        }
        assert_eq!(object.value("nothing"), Value::Null);
        assert!(Object::read(b"[1]").is_none() && Object::read(b"{} {}").is_none());
    }
}
