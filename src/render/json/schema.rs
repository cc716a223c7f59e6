//! The JSON Schema of the output contract: what a program may rely on, strict wherever the shape is fixed.

use serde_json::{Value, json};

/// JSON Schema (2020-12) of a JSON document: one report or several.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "prompt-analytics report",
        "oneOf": [{ "$ref": "#/$defs/report" }, { "$ref": "#/$defs/reports" }],
        "$defs": {
            "reports": object(json!({
                "schema": { "const": super::REPORTS },
                "reports": list("report"),
            })),
            "report": report(),
            "coverage": coverage(),
            "table": table(),
            "row": values("One value per column, under the column's key."),
            "chart": object(json!({
                "title": { "type": "string" },
                "kind": { "enum": ["line", "bar", "pie", "scatter", "heatmap"] },
                "of": { "type": "string", "description": "The id of a table of this report." },
                "x": { "type": "string", "description": "The key of a column of that table." },
                "y": { "type": "array", "items": { "type": "string" }, "minItems": 1 },
                "mark": { "type": ["string", "null"], "description": "The key of the column that names what is to be seen first." },
            })),
            "finding": object(json!({
                "id": { "type": "string", "description": "The same in every answer about the same subject and metric; empty where nothing becomes of it." },
                "severity": { "enum": ["low", "medium", "high"] },
                "subject": { "type": "string" },
                "says": { "type": "string" },
                "because": { "type": "string" },
                "moved": { "type": "string" },
                "try": { "type": "string" },
                "worth": { "type": "string" },
                "close": { "type": "string" },
                "status": { "type": "string" },
                "confidence": { "type": ["number", "null"], "minimum": 0, "maximum": 1 },
                "evidence": values("The numbers behind the words."),
            })),
            "count": { "type": "integer", "minimum": 0 },
            "instant": { "type": "string", "pattern": r"^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$" },
        },
    })
}

fn report() -> Value {
    object(json!({
        "schema": { "const": super::REPORT },
        "report": { "type": "string" },
        "title": { "type": "string" },
        "generated": { "$ref": "#/$defs/instant" },
        "period": object(json!({
            "since": optional("instant"),
            "until": optional("instant"),
            "timezone": { "type": "string" },
        })),
        "filters": { "type": "object", "additionalProperties": { "type": "string" } },
        "coverage": { "$ref": "#/$defs/coverage" },
        "facts": values("Key figures; `_low` and `_high` end an interval, `_previous` is the period before, `_change` the difference, whose interval ends in `_change_low` and `_change_high`."),
        "tables": list("table"),
        "charts": list("chart"),
        "findings": list("finding"),
        "notes": { "type": "array", "items": { "type": "string" } },
    }))
}

fn coverage() -> Value {
    let count = || json!({ "$ref": "#/$defs/count" });
    let counts = || json!({ "type": "object", "additionalProperties": count() });
    object(json!({
        "place": { "type": "string" },
        "files": count(),
        "lines": {
            "$ref": "#/$defs/count",
            "description": "events + blank + pending + skipped + duplicates + unknown_kinds, always.",
        },
        "events": count(),
        "blank": count(),
        "pending": count(),
        "skipped": count(),
        "duplicates": count(),
        "unknown_kinds": count(),
        "skipped_by_reason": counts(),
        "unknown_kinds_by_name": counts(),
        "first_skipped": {
            "oneOf": [
                { "type": "null" },
                object(json!({ "file": { "type": "string" }, "line": count(), "reason": { "type": "string" } })),
            ],
        },
        "unreadable": files("Files that could not be read, or not to their end."),
        "left_out": files("Files whose lines are read from another one, which `why` names."),
        "dropped_fields": count(),
        "naive_times": count(),
        "future_times": count(),
        "inferred_outcomes": count(),
        "conflicts": count(),
        "orphans": count(),
        "inherited_by_prompt": count(),
        "matched": count(),
        "unknown_filtered": count(),
        "unpriced_runs": count(),
    }))
}

fn table() -> Value {
    object(json!({
        "id": { "type": "string" },
        "title": { "type": "string" },
        "columns": {
            "type": "array",
            "items": object(json!({
                "key": { "type": "string" },
                "label": { "type": "string" },
                "unit": {
                    "enum": crate::sheet::Unit::ALL.map(crate::sheet::Unit::name),
                },
            })),
        },
        "rows": list("row"),
        "others": {
            "description": "The rows that were left out, folded into one.",
            "oneOf": [
                { "type": "null" },
                object(json!({ "count": { "$ref": "#/$defs/count" }, "row": { "$ref": "#/$defs/row" } })),
            ],
        },
        "total": optional("row"),
    }))
}

/// An object with exactly these properties.
fn object(properties: Value) -> Value {
    let required: Vec<String> =
        properties.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn files(description: &str) -> Value {
    let file = object(json!({ "file": { "type": "string" }, "why": { "type": "string" } }));
    json!({ "type": "array", "description": description, "items": file })
}

/// An object of raw values under keys that the report chooses.
fn values(description: &str) -> Value {
    json!({
        "type": "object",
        "description": description,
        "additionalProperties": { "type": ["string", "number", "null"] },
    })
}

fn list(of: &str) -> Value {
    json!({ "type": "array", "items": { "$ref": format!("#/$defs/{of}") } })
}

fn optional(of: &str) -> Value {
    json!({ "oneOf": [{ "type": "null" }, { "$ref": format!("#/$defs/{of}") }] })
}
