//! From the rows of any table to events: identity, `--where`, map. It does not know what kind of file a row is from.

use super::id::Id;
use super::recipe::Recipe;
use super::refused::{Refused, nearest};
use super::sink::Sink;
use super::tally::At;
use super::value::{Value, clipped};

/// The rows of one file, taken in their order.
pub struct Table<'r> {
    recipe: &'r Recipe,
    /// What has been read of the file so far; it does not change when the file grows.
    so_far: Id,
    index: u64,
}

/// A row, or why it is none: a reason to count by and the circumstances.
pub type Row<'v> = Result<&'v [Value<'v>], (&'static str, String)>;

impl<'r> Table<'r> {
    /// A table of which nothing was taken yet but what `head` identifies.
    pub fn new(recipe: &'r Recipe, head: Id) -> Table<'r> {
        Table { recipe, so_far: head, index: 0 }
    }

    /// Takes the next record; `record` is its identity by itself.
    pub fn row(&mut self, record: Id, at: At, row: Row, sink: &mut Sink) {
        let id = self.so_far.then(record);
        self.so_far = id;
        let index = self.index;
        self.index += 1;
        let row = match row {
            Ok(row) => row,
            Err((reason, detail)) => return sink.skip(at, reason, &detail),
        };
        match self.recipe.wants(row) {
            Ok(true) => {}
            Ok(false) => return sink.leave_out(),
            Err(unusable) => return sink.skip(at, unusable.reason, &unusable.detail),
        }
        if sink.knows(id) {
            return;
        }
        match self.recipe.event(row, index) {
            Ok(made) => {
                for (field, why) in &made.dropped {
                    sink.drop_field(at, *field, why);
                }
                sink.add(at, id, made.event, made.is_naive);
            }
            Err(unusable) => sink.skip(at, unusable.reason, &unusable.detail),
        }
    }
}

/// Refuses a recipe that asks for columns which `file` does not have: a typo must not silently give nothing.
pub fn missing_column(file: &str, name: &str, names: &[String]) -> Refused {
    let mut shown: Vec<String> = names.iter().take(20).cloned().map(clipped).collect();
    if names.len() > shown.len() {
        shown.push("…".to_owned());
    }
    let guess = match nearest(name, &names.iter().map(String::as_str).collect::<Vec<_>>()) {
        Some(nearest) => format!("did you mean `{nearest}`? "),
        None => String::new(),
    };
    let hint = format!(
        "{guess}the columns are {}; for a column that may be absent write `{name} ?? null`",
        if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
    );
    Refused::new(format!("no record of {file} has a column `{name}`")).hint(hint)
}
