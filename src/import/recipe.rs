//! A recipe: which column, expression or constant becomes which field, and for which records. It makes one event of one
//! record; where records come from and where events go is not its business.

use super::expr::Expr;
use super::parse::{self, Column};
use super::refused::{Refused, nearest};
use super::value::{Unfit, Value, clipped, compact, quoted};
use super::when::When;
use crate::event::{self, Event, Field, Kind, Line, Shape, Skip};

/// What a person asked for, as it was typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// `FIELD=EXPR,…`
    pub maps: &'a [String],
    /// `FIELD=TEXT,…`
    pub sets: &'a [String],
    /// The expression that is true for the records to import.
    pub filter: Option<&'a str>,
    pub epoch: Option<&'a str>,
    pub step: Option<&'a str>,
}

/// How records become events.
#[derive(Debug)]
pub struct Recipe {
    /// The columns that expressions ask for; a row holds their values in this order.
    pub columns: Vec<Column>,
    filter: Option<Expr>,
    when: When,
    ts: Option<Part>,
    kind: Option<Part>,
    slots: Vec<Slot>,
}

/// Where a value comes from.
#[derive(Debug)]
enum Part {
    /// The same JSON for every record.
    Said(String),
    Asked(Expr),
}

/// What a field is made of: one part, or several for a list or a map.
#[derive(Debug)]
struct Slot {
    /// The field's name, or another writer's name for it, whose unit it then has.
    key: String,
    field: Field,
    /// The parts, each with its key inside a map.
    parts: Vec<(Option<String>, Part)>,
}

/// An event made of a record, and what had to be forgiven to make it.
#[derive(Debug)]
pub struct Made {
    pub event: Event<'static>,
    /// Whether its time named no zone and was taken as UTC.
    pub is_naive: bool,
    /// Fields that could not hold their value, with the reason.
    pub dropped: Vec<(Field, String)>,
}

/// Why no event could be made of a record: a reason to count by, and the circumstances of this record.
#[derive(Clone, Debug, PartialEq)]
pub struct Unusable {
    pub reason: &'static str,
    pub detail: String,
}

impl Recipe {
    /// The recipe for what was asked; `source` is who the events come from if nobody says otherwise.
    ///
    /// # Errors
    /// An expression that cannot be read, an unknown or repeated field, a constant that its field cannot hold, a field
    /// that is not one of the kind's, or nothing that tells the time.
    pub fn new(asked: &Asked, source: &str) -> Result<Recipe, Refused> {
        let mut columns = Vec::new();
        let mut recipe =
            Recipe { columns: Vec::new(), filter: None, when: When::Absolute, ts: None, kind: None, slots: Vec::new() };
        for text in asked.maps {
            for (field, expr) in parse::map("--map", text, &mut columns)? {
                recipe.add(&field, |_, _| Ok(Part::Asked(expr)))?;
            }
        }
        for text in asked.sets {
            for (field, text) in parse::texts(text)? {
                recipe.add(&field, |slot, inner| constant(&field, slot, inner, &text).map(Part::Said))?;
            }
        }
        recipe.filter = asked.filter.map(|text| parse::expr("--where", text, &mut columns)).transpose()?;
        recipe.columns = columns;
        recipe.when = When::asked(asked.epoch, asked.step, recipe.ts.is_some())?;
        if !recipe.slots.iter().any(|slot| slot.field == Field::Source) {
            recipe.add("source", |_, _| Ok(Part::Said(quoted(source))))?;
        }
        recipe.check_kind()?;
        Ok(recipe)
    }

    fn add(
        &mut self,
        key: &str,
        part: impl FnOnce(Option<Field>, Option<&str>) -> Result<Part, Refused>,
    ) -> Result<(), Refused> {
        let twice = || {
            Refused::new(format!("`{key}` is given twice"))
                .hint("for a default write `--map 'FIELD=COLUMN ?? DEFAULT'`")
        };
        match key {
            "ts" | "timestamp" if self.ts.is_some() => return Err(twice()),
            "ts" | "timestamp" => self.ts = Some(part(None, None)?),
            "event" if self.kind.is_some() => return Err(twice()),
            "event" => self.kind = Some(part(None, None)?),
            "id" | "v" | "rev" | "retracted" => {
                let says =
                    format!("`{key}` is not to be given: it follows from the file, so that a record is imported once");
                return Err(Refused::new(says));
            }
            _ => {
                let (field, inner) = field_of(key)?;
                let part = (inner.map(str::to_owned), part(Some(field), inner)?);
                let key = inner.map_or(key, |_| field.name()).to_owned();
                match self.slots.iter_mut().find(|slot| slot.field == field) {
                    Some(slot) if field.shape() == Shape::Texts => slot.parts.push(part),
                    Some(slot)
                        if inner.is_some() && slot.parts.iter().all(|(held, _)| held.is_some() && *held != part.0) =>
                    {
                        slot.parts.push(part);
                    }
                    Some(_) => return Err(twice()),
                    None => self.slots.push(Slot { key, field, parts: vec![part] }),
                }
            }
        }
        Ok(())
    }

    /// Fields that the kind of all events does not have are refused once, not dropped from each.
    fn check_kind(&self) -> Result<(), Refused> {
        let kind = match &self.kind {
            None => Kind::Run,
            Some(Part::Said(json)) => {
                let name: String = serde_json::from_str(json).unwrap_or_default();
                Kind::named(&name).ok_or_else(|| {
                    let kinds = Kind::ALL.map(Kind::name);
                    let hint = match nearest(&name, &kinds) {
                        Some(kind) => format!("did you mean `{kind}`?"),
                        None => format!("there are {}", kinds.join(" ")),
                    };
                    Refused::new(format!("there is no kind `{name}`")).hint(hint)
                })?
            }
            Some(Part::Asked(_)) => return Ok(()),
        };
        let Some(slot) = self.slots.iter().find(|slot| !kind.allows(slot.field)) else { return Ok(()) };
        let owners: Vec<&str> = Kind::ALL.into_iter().filter(|kind| kind.allows(slot.field)).map(Kind::name).collect();
        let says = format!("`{}` is not a field of `{}`; it belongs to {}", slot.key, kind.name(), owners.join(", "));
        Err(Refused::new(says).hint(format!("say another kind, such as `--set event={}`", owners[0])))
    }

    /// Whether a record is one to import.
    ///
    /// # Errors
    /// `--where` is neither true nor false for it.
    pub fn wants<'a>(&'a self, row: &[Value<'a>]) -> Result<bool, Unusable> {
        let unusable = |detail| Unusable { reason: "`--where` has no answer", detail };
        let Some(filter) = &self.filter else { return Ok(true) };
        match filter.of(row).map_err(|Unfit(why)| unusable(why))? {
            Value::Null => Ok(false),
            value => value.truth().ok_or_else(|| unusable(format!("{} is neither true nor false", value.shown()))),
        }
    }

    /// The event of the record at `index` of its file, whose columns hold `row`.
    ///
    /// # Errors
    /// It has no time or no kind that can be understood, or says nothing.
    pub fn event<'a>(&'a self, row: &[Value<'a>], index: u64) -> Result<Made, Unusable> {
        let bad = |reason| move |Unfit(detail)| Unusable { reason, detail };
        let ts = self.ts.as_ref().map(|part| part.value(row)).transpose().map_err(bad("bad time"))?;
        let ts = self.when.of(ts.as_ref(), index).map_err(bad("bad time"))?;
        let kind = match &self.kind {
            None => Some("\"run\"".to_owned()),
            Some(part) => part.json(row, Some(Shape::Text)).map_err(bad("no kind"))?,
        };
        let mut line =
            format!("{{\"ts\":{},\"event\":{}", ts.as_deref().unwrap_or("null"), kind.as_deref().unwrap_or("null"));
        let mut given = Vec::with_capacity(self.slots.len());
        let mut dropped = Vec::new();
        for slot in &self.slots {
            match slot.json(row) {
                Ok(None) => {}
                Ok(Some(json)) => {
                    line.extend([",", &quoted(&slot.key), ":", &json]);
                    given.push((slot.field, json));
                }
                Err(Unfit(why)) => dropped.push((slot.field, why)),
            }
        }
        line.push('}');
        // A record is read as a line of a log would be: one set of rules for times, names, units and ranges.
        let read = match event::parse_line(line.as_bytes()) {
            Ok(Line::Event(read)) => read,
            Ok(Line::UnknownKind(name)) => {
                return Err(Unusable { reason: "unknown kind", detail: Value::Text(name).shown() });
            }
            Ok(Line::Blank) => unreachable!("the line has braces"),
            Err(skip) => return Err(unusable(skip, ts)),
        };
        for field in &read.dropped {
            let json = given.iter().find(|(given, _)| given == field).map_or("", |(_, json)| json.as_str());
            dropped.push((*field, format!("{}, and must be {}", clipped(json.to_owned()), field.shape().range())));
        }
        let mut event = read.event.into_owned();
        event.fields.retain(|(field, _)| event.kind.allows(*field));
        for (field, _) in given.iter().filter(|(field, _)| !event.kind.allows(*field)) {
            dropped.push((*field, format!("not a field of `{}`", event.kind.name())));
        }
        says_something(&event)?;
        Ok(Made { event, is_naive: read.is_naive, dropped })
    }
}

fn unusable(skip: Skip, ts: Option<String>) -> Unusable {
    let reason = match skip {
        Skip::NoTime => "no time",
        Skip::BadTime => "bad time",
        Skip::NoKind => "no kind",
        other => other.name(),
    };
    Unusable { reason, detail: ts.filter(|_| skip == Skip::BadTime).map(clipped).unwrap_or_default() }
}

fn says_something(event: &Event) -> Result<(), Unusable> {
    let any_of = event.kind.testimony().any_of;
    if any_of.is_empty() || any_of.iter().any(|field| event.value(*field).is_some()) {
        return Ok(());
    }
    let fields: Vec<&str> = any_of.iter().map(|field| field.name()).collect();
    Err(Unusable {
        reason: "says nothing",
        detail: format!("a `{}` has one of {}", event.kind.name(), fields.join(", ")),
    })
}

impl Part {
    fn value<'a>(&'a self, row: &[Value<'a>]) -> Result<Value<'a>, Unfit> {
        match self {
            Part::Said(json) => Ok(serde_json::from_str(json).map_or(Value::Null, Value::json)),
            Part::Asked(expr) => expr.of(row),
        }
    }

    /// The JSON to write for a field of `shape` (`None`: a value inside a map), `None` where there is nothing.
    fn json<'a>(&'a self, row: &[Value<'a>], shape: Option<Shape>) -> Result<Option<String>, Unfit> {
        let value = match self {
            Part::Said(json) => return Ok(Some(json.clone())),
            Part::Asked(expr) => expr.of(row)?,
        };
        Ok(match value {
            Value::Null => None,
            value @ (Value::Cell(_) | Value::Text(_)) if shape == Some(Shape::Truth) => {
                value.truth().map_or_else(|| word(&value), |truth| Some(truth.to_string()))
            }
            Value::Cell(text) if shape.is_none() || shape == Some(Shape::Map) => Some(guess(text)),
            Value::Text(text) if shape == Some(Shape::Map) => Some(guess(&text)),
            Value::Truth(truth) => Some(truth.to_string()),
            Value::Number(number) => Some(number.normalize().to_string()),
            Value::Written(text) => Some(text.to_owned()),
            Value::Json(raw) => Some(compact(&raw)),
            value => word(&value),
        })
    }
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::Cell(text) => Some(quoted(text)),
        Value::Text(text) => Some(quoted(text)),
        _ => None,
    }
}

/// The JSON number, truth or object that a text spells, else the text.
fn guess(text: &str) -> String {
    match serde_json::from_str::<&serde_json::value::RawValue>(text.trim()) {
        Ok(raw) if !raw.get().starts_with(['"', '[', 'n']) => compact(raw.get()),
        _ => quoted(text),
    }
}

impl Slot {
    fn json<'a>(&'a self, row: &[Value<'a>]) -> Result<Option<String>, Unfit> {
        let shape = self.field.shape();
        if let [(None, part)] = self.parts.as_slice() {
            return part.json(row, Some(shape));
        }
        let (open, close) = if shape == Shape::Map { ('{', '}') } else { ('[', ']') };
        let mut joined = Vec::new();
        for (inner, part) in &self.parts {
            let Some(json) = part.json(row, Some(shape).filter(|shape| *shape != Shape::Map))? else { continue };
            match inner {
                Some(inner) => joined.push(format!("{}:{json}", quoted(inner))),
                None => joined
                    .push(json.strip_prefix('[').and_then(|json| json.strip_suffix(']')).unwrap_or(&json).to_owned()),
            }
        }
        joined.retain(|json| !json.is_empty());
        Ok((!joined.is_empty()).then(|| format!("{open}{}{close}", joined.join(","))))
    }
}

/// The field that a key names, and the key inside it when it names a part of a map.
fn field_of(key: &str) -> Result<(Field, Option<&str>), Refused> {
    if let Some((field, ..)) = Field::of_key(key) {
        if field == Field::TokensUsed {
            let says = "tokens in all are read from logs but never written";
            return Err(Refused::new(says)
                .hint("map `input_tokens` and `output_tokens`; one may be computed: `output_tokens=total-input`"));
        }
        return Ok((field, None));
    }
    if let Some((map, inner)) = key.split_once('.')
        && let Some((field, ..)) = Field::of_key(map)
        && field.shape() == Shape::Map
        && !inner.is_empty()
    {
        return Ok((field, Some(inner)));
    }
    let names: Vec<&str> = Field::ALL.iter().map(|field| field.name()).chain(["ts", "event"]).collect();
    let hint = match nearest(key, &names) {
        Some(name) => format!("did you mean `{name}`?"),
        None => "the field comes before the `=`, the column after it: `--map 'input_tokens=ContextTokens'`".to_owned(),
    };
    Err(Refused::new(format!("there is no field `{key}`")).hint(hint))
}

/// The JSON of a constant, after a look at whether its field can hold it.
fn constant(key: &str, field: Option<Field>, inner: Option<&str>, text: &str) -> Result<String, Refused> {
    if text.is_empty() {
        return Err(Refused::new(format!("`--set {key}=` says nothing")));
    }
    let Some(field) = field else { return Ok(quoted(text)) };
    let is_plain = inner.is_none() && field.shape() != Shape::Map;
    let json = if is_plain { quoted(text) } else { guess(text) };
    let value = inner.map_or_else(|| json.clone(), |inner| format!("{{{}:{json}}}", quoted(inner)));
    let kind = Kind::ALL.into_iter().find(|kind| kind.allows(field)).unwrap_or(Kind::Run);
    let name = inner.map_or(key, |_| field.name());
    let line = format!("{{\"ts\":1795176000,\"event\":\"{}\",{}:{value}}}", kind.name(), quoted(name));
    match event::parse_line(line.as_bytes()) {
        Ok(Line::Event(read)) if read.dropped.is_empty() => Ok(json),
        _ => Err(Refused::new(format!("`{key}` is {}, and must be {}", clipped(json), field.shape().range()))),
    }
}

#[cfg(test)]
mod tests;
