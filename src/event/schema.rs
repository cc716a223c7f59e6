//! The JSON Schema of an event line, made from the table of fields.

use super::{Field, Kind, Shape, VERSION};
use serde_json::{Map, Value as Json, json};

/// The schema of the lines this program writes (JSON Schema 2020-12). Readers accept more: see `read`.
pub fn schema() -> Json {
    let kinds: Vec<Json> = Kind::ALL.into_iter().map(kind).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "prompt-analytics event, version 1",
        "description": "One line of a metrics log: one JSON object, UTF-8, ended by a newline.",
        "type": "object",
        "required": ["ts", "event"],
        "oneOf": kinds,
    })
}

fn kind(kind: Kind) -> Json {
    let testimony = kind.testimony();
    let mut properties = Map::new();
    for (name, schema) in [
        ("v", json!({ "const": VERSION })),
        ("id", json!({ "type": "string", "minLength": 1, "description": "with `ts` the identity of the event" })),
        ("rev", json!({ "type": "integer", "minimum": 0, "description": "the highest revision of one identity wins" })),
        ("retracted", json!({ "type": "boolean", "description": "true takes the event back" })),
        ("ts", json!({ "type": "string", "format": "date-time" })),
        ("event", json!({ "const": testimony.name, "description": testimony.testifies })),
    ] {
        properties.insert(name.to_owned(), schema);
    }
    for field in Field::ALL.iter().filter(|field| kind.allows(**field)) {
        properties.insert(field.name().to_owned(), property(*field));
    }
    let mut schema = json!({ "title": testimony.name, "type": "object", "required": ["ts", "event"], "properties": properties, "additionalProperties": false });
    if !testimony.any_of.is_empty() {
        let mut any_of: Vec<Json> =
            testimony.any_of.iter().map(|field| json!({ "required": [field.name()] })).collect();
        any_of.push(json!({ "properties": { "retracted": { "const": true } }, "required": ["retracted"] }));
        schema["anyOf"] = any_of.into();
    }
    schema
}

fn property(field: Field) -> Json {
    let mut schema = match field.shape() {
        Shape::Text => json!({ "type": "string", "minLength": 1 }),
        Shape::Whole { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Decimal { min, max, .. } => json!({ "type": "number", "minimum": min, "maximum": max }),
        Shape::Truth => json!({ "type": "boolean" }),
        Shape::Texts => json!({ "type": "array", "items": { "type": "string", "minLength": 1 } }),
        Shape::Map => json!({ "type": "object" }),
    };
    schema["description"] = field.meaning().into();
    schema
}
