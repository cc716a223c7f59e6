//! The JSON Schema of a config, for editors that check TOML, made from the table of settings.

use super::layer::Value;
use super::settings::{self, Form, OVERRIDE, SECTIONS, Section, Setting, Shape, TARGETS, TOP};
use super::value;
use crate::metric::Metric;
use serde_json::{Map, Value as Json, json};

/// The keys of quantiles of latency that have no name of their own here.
const QUANTILES: &str = r"^p[0-9]+(\.[0-9]+)?_ms$";

/// JSON Schema (2020-12) of a config file.
pub fn schema() -> Json {
    let mut properties = own(&TOP, None);
    for section in SECTIONS.iter().filter(|section| !section.name.is_empty()) {
        properties.insert(section.name.to_owned(), of_section(section));
    }
    let judged = settings::judged_keys();
    let levels = |key: &String| Some((key.clone(), levels(&settings::judged(key)?)));
    let mut defs: Map<String, Json> = judged.iter().filter_map(levels).collect();
    defs.insert("quantile".to_owned(), defs.get("p95_ms").cloned().unwrap_or_default());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "prompt-analytics config",
        "description": "`config.toml` of the user or of a metrics directory.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "$defs": defs,
    })
}

fn of_section(section: &Section) -> Json {
    let schema = match section.form {
        Form::Table => json!({ "type": "object", "properties": own(section, None), "additionalProperties": false }),
        Form::Metrics => with_metrics(Map::new()),
        Form::List => {
            json!({ "type": "array", "items": {
                "type": "object",
                "properties": own(section, None),
                "required": section.needed(),
                "additionalProperties": false,
            } })
        }
        Form::ListOfMetrics => {
            let mut items = with_metrics(own(section, None));
            let one_of: Vec<Json> = OVERRIDE.settings.iter().map(|of| json!({ "required": [of.key] })).collect();
            items["oneOf"] = one_of.into();
            json!({ "type": "array", "items": items })
        }
    };
    described(schema, format!("{}.", section.means))
}

/// An object with some properties, and one for every metric that can have levels.
fn with_metrics(mut properties: Map<String, Json>) -> Json {
    for key in settings::judged_keys() {
        let reference = json!({ "$ref": format!("#/$defs/{key}") });
        properties.insert(key, reference);
    }
    json!({
        "type": "object",
        "properties": properties,
        "patternProperties": { QUANTILES: { "$ref": "#/$defs/quantile" } },
        "additionalProperties": false,
    })
}

fn levels(metric: &Metric) -> Json {
    let schema = json!({ "type": "object", "properties": own(&TARGETS, Some(metric)), "additionalProperties": false });
    described(schema, format!("Levels of the metric `{}`.", metric.key))
}

fn own(section: &Section, metric: Option<&Metric>) -> Map<String, Json> {
    let property = |setting: &Setting| (setting.key.to_owned(), property(section, setting, metric));
    section.settings.iter().map(property).collect()
}

fn property(section: &Section, setting: &Setting, metric: Option<&Metric>) -> Json {
    let schema = match setting.shape {
        Shape::Path | Shape::Zone | Shape::Window | Shape::Glob | Shape::Name | Shape::Text => {
            json!({ "type": "string", "minLength": 1 })
        }
        Shape::Secret => json!({ "type": "string" }),
        Shape::Word(words) => json!({ "enum": words() }),
        Shape::Level => json!({ "anyOf": [number(metric), { "const": false }] }),
        Shape::Mark | Shape::Dollars => number(metric),
        Shape::Price => json!({ "type": ["string", "number"], "pattern": "^[0-9]", "minimum": 0 }),
        Shape::Day => json!({ "type": "string", "format": "date" }),
        Shape::Whole => json!({ "type": "integer", "minimum": 0 }),
    };
    let of_metric =
        || settings::defaults().into_iter().find(|table| metric.is_some_and(|of| table.is_of(section, &of.key)));
    let default = match metric {
        Some(_) => of_metric().and_then(|table| Some(table.get(setting.key)?.value.clone())),
        None => settings::default_of(section, setting.key),
    };
    let mut schema = described(schema, format!("{}: {}", setting.means, value::range(setting.shape, metric)));
    if let Some(default) = default {
        schema["default"] = json(&default);
    }
    schema
}

fn number(metric: Option<&Metric>) -> Json {
    let (low, high) = metric.map_or((0.0, f64::MAX), Metric::range);
    if high < f64::MAX {
        json!({ "type": "number", "minimum": low, "maximum": high })
    } else {
        json!({ "type": "number", "minimum": low })
    }
}

fn described(mut schema: Json, description: String) -> Json {
    schema["description"] = description.into();
    schema
}

fn json(value: &Value) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::Number(number) => json!(number),
        Value::Whole(number) => json!(number),
        Value::Off => json!(false),
    }
}
