//! SQL: a question of the person's own as a sheet, and the tables that it can be put to. Its columns are the statement's, and
//! what a column counts is told by its name, as everywhere in the reports.

use super::ask::{Ask, column};
use crate::coverage::{self, Coverage};
use crate::fold::Scope;
use crate::fold::sql::{self, Answered, Answering, Holds, Kind, Refused, Statement, TABLES, Value};
use crate::query::Query;
use crate::sheet::{Block, Cell, Column, Sheet, Table, Unit, Why};
use crate::time::Period;

/// What a sheet of SQL is called.
const NAME: &str = "sql";

/// The answer to a statement. Nothing found is an answer too.
///
/// # Errors
/// The statement cannot be answered.
pub fn answer(ask: &Ask<'_>, statement: &Statement) -> Result<Sheet, Refused> {
    let top = ask.query.top.unwrap_or(ask.query.top_unasked);
    let answered = ask.executor.sql(statement, ask.period(), &ask.query.filters, top)?;
    let more = answered.count - answered.rows.len();
    let mut blocks = vec![Block::Table(table(answered))];
    if more > 0 {
        blocks.push(Block::Note(format!("… {}; `--top 0` shows all", coverage::count(more as u64, "more row"))));
    }
    blocks.push(Block::Note(said(&statement.text)));
    Ok(ask.sheet(NAME, "SQL".to_owned(), Scope::Uses, blocks))
}

/// Characters of a statement that are said again under its answer.
const MOST_SAID: usize = 1000;

/// The question, for whoever gets the answer without it.
fn said(statement: &str) -> String {
    let line = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST_SAID) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn table(answered: Answered) -> Table {
    let ranked = |(at, answering): (usize, &Answering)| Column {
        rank: u8::try_from(at).unwrap_or(u8::MAX),
        ..column(&answering.name, &answering.name, unit(&answering.name, answering.kind))
    };
    let cell = |value: Value| match value {
        Value::Missing => Cell::Missing(Why::NoData),
        Value::Text(text) => Cell::Text(text),
        Value::Whole(whole) => Cell::Int(whole),
        Value::Real(real) => Cell::Num(real),
    };
    Table {
        id: "rows",
        title: "SQL".to_owned(),
        columns: answered.columns.iter().enumerate().map(ranked).collect(),
        rows: answered.rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect(),
        others: None,
        total: None,
    }
}

/// What a column counts: what a column of this name counts in the log or in a report, else what its name ends in.
fn unit(name: &str, kind: Kind) -> Unit {
    let known = TABLES.iter().flat_map(sql::Table::columns).find(|column| column.name == name);
    let is_time = ["time", "first_used", "last_used"].contains(&name);
    let ends = |ends: &[&str]| ends.iter().any(|end| name == *end || name.ends_with(&format!("_{end}")));
    match (kind, known.map(sql::Column::holds)) {
        (Kind::Text, _) if is_time => Unit::Instant,
        (Kind::Text, _) => Unit::Name,
        (Kind::Millis, _) | (_, Some(Holds::Millis)) => Unit::Millis,
        (_, Some(Holds::Dollars)) => Unit::Dollars,
        (_, Some(Holds::Tokens)) => Unit::Tokens,
        (_, Some(Holds::Score)) => Unit::Score,
        _ if ends(&["ms"]) => Unit::Millis,
        _ if ends(&["usd"]) => Unit::Dollars,
        _ if ends(&["tokens"]) => Unit::Tokens,
        (Kind::Real, _) if ends(&["rate", "share"]) => Unit::Ratio,
        (Kind::Real, _) if ends(&["score", "rating"]) => Unit::Score,
        (Kind::Whole, _) => Unit::Count,
        (Kind::Real, _) => Unit::Number,
    }
}

/// The tables and their columns, with what they hold. It says nothing of a log, and so has read none.
pub fn schema(query: &Query) -> Sheet {
    let text = |text: &str| Cell::Text(text.to_owned());
    let names = |id: &'static str, title: &str, keys: &[&str], rows: Vec<Vec<Cell>>| {
        let columns = keys.iter().map(|key| column(key, key, Unit::Name)).collect();
        Block::Table(Table { id, title: title.to_owned(), columns, rows, others: None, total: None })
    };
    let mut columns: Vec<(&sql::Column, Vec<&str>)> = Vec::new();
    for (table, column) in TABLES.iter().flat_map(|table| table.columns().map(move |column| (table.name, column))) {
        match columns.iter_mut().find(|(known, _)| (known.name, known.says) == (column.name, column.says)) {
            Some((_, tables)) => tables.push(table),
            None => columns.push((column, vec![table])),
        }
    }
    let columns = columns.into_iter().map(|(column, tables)| {
        let tables = if tables.len() == TABLES.len() { "all".to_owned() } else { tables.join(" ") };
        [column.name, column.holds().sql_type(), column.holds().unit(), column.says, &tables].map(text).to_vec()
    });
    let tables = TABLES.iter().map(|table| [table.name, table.says].map(text).to_vec());
    Sheet {
        report: NAME,
        title: "Tables of SQL".to_owned(),
        generated_ns: query.now_ns,
        zone: query.zone.clone(),
        period: Period::default(),
        filters: Vec::new(),
        coverage: Coverage::default(),
        blocks: vec![
            names("columns", "Columns", &["column", "type", "unit", "meaning", "tables"], columns.collect()),
            names("tables", "Tables", &["table", "rows"], tables.collect()),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_column_tells_what_it_counts() {
        for (name, kind, expected) in [
            ("prompt", Kind::Text, Unit::Name),
            ("time", Kind::Text, Unit::Instant),
            ("duration_ms", Kind::Real, Unit::Millis),
            ("p95_ms", Kind::Real, Unit::Millis),
            ("wait", Kind::Millis, Unit::Millis),
            ("cost_usd", Kind::Real, Unit::Dollars),
            ("spent_usd", Kind::Real, Unit::Dollars),
            ("input_tokens", Kind::Whole, Unit::Tokens),
            ("success_rate", Kind::Real, Unit::Ratio),
            ("share", Kind::Real, Unit::Ratio),
            ("mean_rating", Kind::Real, Unit::Score),
            ("runs", Kind::Whole, Unit::Count),
            ("success", Kind::Real, Unit::Number),
            ("alms", Kind::Real, Unit::Number),
        ] {
            assert_eq!(unit(name, kind), expected, "{name}");
        }
    }
}
