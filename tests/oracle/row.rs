//! What the naive implementation counts, and what is known of it.

use prompt_analytics::event::{Field, Value};

pub const DESCRIPTION: [Field; 4] = [Field::TemplateId, Field::TaskCategory, Field::TaskDomain, Field::PromptVersion];

/// Values by their fields; a row of a year has its own place for each, as no search is as quick.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<Option<Value<'static>>>);

impl Fields {
    pub fn get(&self, field: Field) -> Option<&Value<'static>> {
        self.0.get(field as usize)?.as_ref()
    }

    /// Gives a field its value unless it has one.
    pub fn fill(&mut self, field: Field, value: &Value<'static>) {
        if self.0.is_empty() {
            self.0.resize(Field::ALL.len(), None);
        }
        self.0[field as usize].get_or_insert_with(|| value.clone());
    }

    pub fn remove(&mut self, field: Field) {
        if let Some(value) = self.0.get_mut(field as usize) {
            *value = None;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (Field, &Value<'static>)> {
        Field::ALL.iter().zip(&self.0).filter_map(|(field, value)| Some((*field, value.as_ref()?)))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Use,
    Orphan,
    Rating,
    Remark,
    Assessment,
    Template,
    Starter,
}

/// Something to count: a use, or what belongs to one, with everything it says or inherits.
#[derive(Clone, Debug)]
pub struct Row {
    pub what: What,
    pub time: i64,
    pub fields: Fields,
    pub success: Option<bool>,
    pub is_error: bool,
    /// The latest rating of its use.
    pub use_rating: Option<i64>,
    /// The events it is made of.
    pub events: Vec<usize>,
}

impl Row {
    pub fn text(&self, field: Field) -> Option<&str> {
        match self.fields.get(field) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub fn number(&self, field: Field) -> Option<i64> {
        match self.fields.get(field) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    pub fn tags(&self) -> Option<Vec<&str>> {
        match self.fields.get(Field::Tags) {
            Some(Value::Texts(texts)) => Some(texts.iter().map(AsRef::as_ref).collect()),
            _ => None,
        }
    }

    /// Input and output; where neither is known, the total that was recorded.
    pub fn total_tokens(&self) -> Option<i64> {
        match (self.number(Field::InputTokens), self.number(Field::OutputTokens)) {
            (None, None) => self.number(Field::TokensUsed),
            (input, output) => Some(input.unwrap_or(0) + output.unwrap_or(0)),
        }
    }

    pub fn description(&self) -> [&str; 4] {
        DESCRIPTION.map(|field| self.text(field).unwrap_or_default())
    }
}
