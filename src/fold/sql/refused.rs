//! What is said of a statement that is not answered: a lowercase phrase, and the nearest name of what there is.

use super::schema::{TABLES, Table};
use crate::spelling;
use sqlparser::parser::ParserError;
use std::fmt;

/// A statement that cannot be answered: why, and what to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub says: String,
    pub hint: Option<String>,
}

impl Refused {
    pub(super) fn new(says: impl Into<String>) -> Refused {
        Refused { says: says.into(), hint: None }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Refused {
        Refused { hint: Some(hint.into()), ..self }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.says)
    }
}

impl std::error::Error for Refused {}

/// What the engine said of a column that there is not, with its nearest neighbour in the tables asked.
pub(super) fn no_column(tables: &[&Table], name: &str) -> Refused {
    let known: Vec<&str> = tables.iter().flat_map(|table| table.columns()).map(|column| column.name).collect();
    let names: Vec<String> = tables.iter().map(|table| format!("`{}`", table.name)).collect();
    let of = if names.is_empty() { String::new() } else { format!(" in {}", names.join(" and ")) };
    if known.contains(&name) {
        let says = format!("there is no column `{name}` where it is asked for");
        return Refused::new(says).hint("select it in the part of the statement that reads the table, too");
    }
    let refused = Refused::new(format!("there is no column `{name}`{of}"));
    let has_it = |table: &&Table| table.columns().any(|column| column.name == name);
    let elsewhere: Vec<&str> = TABLES.iter().filter(has_it).map(|table| table.name).collect();
    if !elsewhere.is_empty() {
        return refused.hint(format!("it is in {}; `prompt-analytics sql --schema` lists all", elsewhere.join(" ")));
    }
    let plain = name.to_lowercase();
    match spelling::nearest(plain.strip_suffix("_id").unwrap_or(&plain), &known) {
        Some(nearest) => refused.hint(format!("did you mean `{nearest}`? `prompt-analytics sql --schema` lists all")),
        None => refused,
    }
}

/// The tables, for whoever asked for another.
pub(super) fn tables_there_are() -> String {
    let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    format!("the tables are {}; `prompt-analytics sql --schema` says what is in them", names.join(" "))
}

/// A table that there is not, with its nearest neighbour.
pub(super) fn no_table(name: &str) -> Refused {
    let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    let refused = Refused::new(format!("there is no table `{name}`"));
    match spelling::nearest(&name.to_lowercase(), &names) {
        Some(nearest) => refused.hint(format!("did you mean `{nearest}`? {}", tables_there_are())),
        None => refused.hint(tables_there_are()),
    }
}

/// The words that a statement hangs on, for whoever misspelt one.
const KEYWORDS: [&str; 16] = [
    "SELECT", "WITH", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "JOIN", "UNION", "CASE", "WHEN", "THEN",
    "BETWEEN", "DISTINCT", "OFFSET",
];

/// What the parser says, in our words: `expected an expression, found FROM at line 1, column 8`.
pub(super) fn not_understood(error: &ParserError) -> Refused {
    let said = match error {
        ParserError::TokenizerError(said) | ParserError::ParserError(said) => said,
        ParserError::RecursionLimitExceeded => {
            return Refused::new("the statement is nested too deeply")
                .hint("`WITH name AS (SELECT …)` gives a part of it a name");
        }
    };
    let said = said.replace("Line: ", "line ").replace("Column: ", "column ");
    let said = said.replace("Expected: ", "expected ").replace("found: ", "found ").replace("EOF", "its end");
    let mut characters = said.chars();
    let first = characters.next().map(|c| c.to_ascii_lowercase()).into_iter();
    let said: String = first.chain(characters).collect();
    let found = said.split_once("found ").and_then(|(_, rest)| rest.split_whitespace().next()).unwrap_or_default();
    let refused = Refused::new(format!("the statement is not understood: {said}"));
    let found = found.to_uppercase();
    match spelling::nearest(&found, &KEYWORDS).filter(|nearest| *nearest != found) {
        Some(nearest) => refused.hint(format!("did you mean `{nearest}`?")),
        None => refused,
    }
}
