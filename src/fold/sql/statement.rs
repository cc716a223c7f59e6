//! Statements: read before anything is read for them. One question to the log passes; what would change something, read a
//! file, or nest without end is refused here, whatever the engine would make of it.

use super::refused::{Refused, no_table, not_understood, tables_there_are};
use super::schema::{self, Column, Table};
use sqlparser::ast::{
    Expr, GroupByExpr, ObjectName, OrderByKind, Query, Select, SelectFlavor, SelectItem, Statement as Parsed,
    TableFactor, Visit as _, Visitor, visit_expressions,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserOptions};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// A question in SQL that may be asked.
#[derive(Debug)]
pub struct Statement {
    /// As it was typed.
    pub text: String,
    /// As the engine is to read it.
    pub(super) asked: String,
    pub(super) tables: Vec<&'static Table>,
    words: BTreeSet<String>,
    takes_all: bool,
}

/// Expressions within expressions past this many are too many for the stacks of the engine's threads.
const DEEPEST: usize = 200;

const ONLY_SELECT: &str = "a question begins with SELECT or WITH, and changes nothing";

impl Statement {
    /// Reads a statement.
    ///
    /// # Errors
    /// It is none, or asks for something else than the log.
    pub(super) fn read(text: &str) -> Result<Statement, Refused> {
        let options = ParserOptions { trailing_commas: true, ..ParserOptions::default() };
        let parser = Parser::new(&GenericDialect).with_options(options);
        let parsed = parser.try_with_sql(text).and_then(|mut parser| parser.parse_statements());
        let parsed = parsed.map_err(|error| not_understood(&error))?;
        let [statement] = &parsed[..] else {
            let says = if parsed.is_empty() { "there is no statement" } else { "there is more than one statement" };
            return Err(Refused::new(says).hint("ask one: `prompt-analytics sql \"SELECT count(*) FROM runs\"`"));
        };
        let mut reader = Reader::default();
        if let ControlFlow::Break(refused) = statement.visit(&mut reader) {
            return Err(*refused);
        }
        let words: BTreeSet<String> =
            text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect();
        // What takes columns without naming them.
        let takes_all = reader.takes_all
            || words.iter().any(|word| ["columns", "natural", "table"].contains(&word.to_lowercase().as_str()));
        Ok(Statement { text: text.to_owned(), asked: quoted(text), tables: reader.tables()?, words, takes_all })
    }

    /// The columns of a table that may be meant. The time is always among them, so that a table of none has its rows.
    pub(super) fn columns(&self, table: &'static Table) -> Vec<&'static Column> {
        let is_meant =
            |column: &&Column| self.takes_all || column.name == "time_ns" || self.words.contains(column.name);
        table.columns().filter(is_meant).collect()
    }
}

/// What a statement speaks of.
#[derive(Default)]
struct Reader {
    relations: Vec<String>,
    /// Names that the statement gives to queries of its own.
    given: Vec<String>,
    takes_all: bool,
    depth: usize,
}

impl Reader {
    fn tables(&self) -> Result<Vec<&'static Table>, Refused> {
        let mut tables: Vec<&'static Table> = Vec::new();
        for name in &self.relations {
            match schema::named(name) {
                Some(table) if tables.iter().any(|known| known.name == table.name) => {}
                Some(table) => tables.push(table),
                None if self.given.contains(name) => {}
                None => return Err(no_table(name)),
            }
        }
        Ok(tables)
    }
}

impl Visitor for Reader {
    type Break = Box<Refused>;

    fn pre_visit_statement(&mut self, statement: &Parsed) -> ControlFlow<Box<Refused>> {
        match statement {
            Parsed::Query(_) => ControlFlow::Continue(()),
            Parsed::Explain { statement, .. } if matches!(**statement, Parsed::Query(_)) => ControlFlow::Continue(()),
            other => {
                let text = other.to_string();
                let verb = text.split_whitespace().next().unwrap_or_default().to_uppercase();
                broken(Refused::new(format!("`{verb}` is not a question to the log")).hint(ONLY_SELECT))
            }
        }
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Box<Refused>> {
        for given in query.with.iter().flat_map(|with| &with.cte_tables) {
            let name = &given.alias.name.value;
            if schema::named(name).is_some() {
                let says = format!("`{name}` is a table of the log, and cannot be the name of another");
                return broken(Refused::new(says).hint(format!("call it something else: `WITH my_{name} AS (…)`")));
            }
            self.given.push(name.clone());
        }
        match query.order_by.as_ref().map(|order| &order.kind) {
            Some(OrderByKind::Expressions(by)) => no_zeroth(by.iter().map(|by| &by.expr), "ORDER BY"),
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Box<Refused>> {
        if select.into.is_some() {
            return broken(Refused::new("`SELECT … INTO` would write").hint("`-o FILE` writes an answer"));
        }
        if let GroupByExpr::Expressions(by, _) = &select.group_by {
            no_zeroth(by.iter(), "GROUP BY")?;
            if !by.is_empty() {
                no_window(select)?;
            }
        }
        let is_wildcard =
            |item: &SelectItem| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..));
        self.takes_all |= select.projection.iter().any(is_wildcard) || select.flavor != SelectFlavor::Standard;
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Box<Refused>> {
        let function = match factor {
            TableFactor::Table { args: None, .. }
            | TableFactor::Derived { .. }
            | TableFactor::UNNEST { .. }
            | TableFactor::NestedJoin { .. } => return ControlFlow::Continue(()),
            TableFactor::Table { name, .. } | TableFactor::Function { name, .. } => name.to_string(),
            other => other.to_string().split('(').next().unwrap_or_default().trim().to_owned(),
        };
        broken(Refused::new(format!("`{function}` is no table: only the log is read")).hint(tables_there_are()))
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<Box<Refused>> {
        let parts = relation.0.iter().map(|part| match part.as_ident() {
            Some(ident) => ident.value.clone(),
            None => part.to_string(),
        });
        self.relations.push(parts.collect::<Vec<_>>().join("."));
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, _: &Expr) -> ControlFlow<Box<Refused>> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let says = format!("the statement is nested more than {DEEPEST} expressions deep");
            return broken(Refused::new(says).hint("`x IN (1, 2, 3)` says in one what a chain of OR says in many"));
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, _: &Expr) -> ControlFlow<Box<Refused>> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }
}

/// Refuses the place 0: places count from 1, and the engine takes 1 from them.
fn no_zeroth<'a>(mut by: impl Iterator<Item = &'a Expr>, clause: &str) -> ControlFlow<Box<Refused>> {
    if by.any(|by| by.to_string().parse() == Ok(0.0)) {
        let says = format!("`{clause} 0` names no column: places count from 1");
        return broken(Refused::new(says).hint("call the column by its name"));
    }
    ControlFlow::Continue(())
}

/// Refuses windows over groups: the engine would look out of each into its own group, where SQL looks at all of them.
fn no_window(select: &Select) -> ControlFlow<Box<Refused>> {
    visit_expressions(&select.projection, |expr| match expr {
        Expr::Function(function) if function.over.is_some() => {
            let says = format!("`{}(…) OVER` in a SELECT with GROUP BY is not understood", function.name);
            let hint = "group first: `WITH g AS (SELECT … GROUP BY …) SELECT … OVER (…) FROM g`";
            broken(Refused::new(says).hint(hint))
        }
        _ => ControlFlow::Continue(()),
    })
}

/// The statement with `user` in quotes, where it stands without: SQL would take it for a function, and it is a column.
fn quoted(text: &str) -> String {
    let Ok(tokens) = Tokenizer::new(&GenericDialect, text).tokenize_with_location() else { return text.to_owned() };
    let is_user = |token: &&TokenWithSpan| matches!(&token.token, Token::Word(word) if word.value == "user" && word.quote_style.is_none());
    let places: BTreeSet<(u64, u64)> =
        tokens.iter().filter(is_user).map(|token| (token.span.start.line, token.span.start.column)).collect();
    let mut quoted = String::with_capacity(text.len());
    let (mut line, mut column, mut until_quote) = (1, 1, 0);
    for character in text.chars() {
        if places.contains(&(line, column)) {
            quoted.push('"');
            until_quote = "user".len();
        }
        quoted.push(character);
        if until_quote == 1 {
            quoted.push('"');
        }
        until_quote = until_quote.saturating_sub(1);
        (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
    }
    quoted
}

fn broken(refused: Refused) -> ControlFlow<Box<Refused>> {
    ControlFlow::Break(Box::new(refused))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Statement::read(text).expect_err(text).says
    }

    #[test]
    fn only_the_columns_that_may_be_meant_are_read() {
        let names = |text: &str| -> Vec<&str> {
            let statement = Statement::read(text).unwrap();
            statement.columns(statement.tables[0]).iter().map(|column| column.name).collect()
        };
        assert_eq!(names("SELECT count(*) FROM runs"), ["time_ns"]);
        assert_eq!(names("SELECT r.model AS m FROM runs r WHERE \"cost_usd\" > 1"), ["model", "cost_usd", "time_ns"]);
        assert_eq!(names("SELECT * FROM runs").len(), schema::named("runs").unwrap().columns().count());
        assert_eq!(names("SELECT 1 FROM runs UNION TABLE runs").len(), names("SELECT * FROM runs").len());
        assert_eq!(names("SELECT COLUMNS('^m') FROM runs").len(), names("SELECT * FROM runs").len());
    }

    #[test]
    fn a_name_that_the_statement_gives_is_no_table_of_the_log() {
        let statement = Statement::read("WITH dear AS (SELECT * FROM runs) SELECT * FROM dear").unwrap();
        assert_eq!(statement.tables.len(), 1);
        assert_eq!(
            refused("WITH runs AS (SELECT 1) SELECT * FROM runs"),
            "`runs` is a table of the log, and cannot be the name of another"
        );
    }

    #[test]
    fn what_is_no_question_to_the_log_is_refused() {
        for (text, says) in [
            ("DROP TABLE runs", "`DROP` is not a question to the log"),
            ("DELETE FROM runs", "`DELETE` is not a question to the log"),
            ("TRUNCATE TABLE runs", "`TRUNCATE` is not a question to the log"),
            ("INSERT INTO runs VALUES (1)", "`INSERT` is not a question to the log"),
            ("UPDATE runs SET model = 'a'", "`UPDATE` is not a question to the log"),
            ("CREATE TABLE mine AS SELECT * FROM runs", "`CREATE` is not a question to the log"),
            ("EXPLAIN DROP TABLE runs", "`EXPLAIN` is not a question to the log"),
            ("COPY runs TO 'a.csv'", "`COPY` is not a question to the log"),
            ("ATTACH 'a.db' AS a", "`ATTACH` is not a question to the log"),
            ("SELECT * INTO mine FROM runs", "`SELECT … INTO` would write"),
            ("SELECT * FROM read_csv('/etc/passwd')", "`read_csv` is no table: only the log is read"),
            ("SELECT * FROM read_parquet('s3://a/b')", "`read_parquet` is no table: only the log is read"),
            ("SELECT * FROM runs, read_json('x')", "`read_json` is no table: only the log is read"),
            (
                "SELECT * FROM runs WHERE model IN (SELECT a FROM read_ipc('x'))",
                "`read_ipc` is no table: only the log is read",
            ),
            ("SELECT * FROM '/etc/passwd'", "there is no table `/etc/passwd`"),
            ("SELECT * FROM \"https://example.org/a.csv\"", "there is no table `https://example.org/a.csv`"),
            ("WITH a AS (DELETE FROM runs RETURNING *) SELECT 1", "`DELETE` is not a question to the log"),
            ("", "there is no statement"),
            ("-- only a word", "there is no statement"),
            ("SELECT 1; DROP TABLE runs", "there is more than one statement"),
        ] {
            assert_eq!(refused(text), says, "{text}");
        }
    }

    #[test]
    fn the_column_user_is_no_function() {
        for (typed, asked) in [
            ("SELECT user FROM runs", "SELECT \"user\" FROM runs"),
            (
                "SELECT 'user ä',\n r.user AS user, -- user\n \"user\", users FROM runs r",
                "SELECT 'user ä',\n r.\"user\" AS \"user\", -- user\n \"user\", users FROM runs r",
            ),
        ] {
            assert_eq!(Statement::read(typed).unwrap().asked, asked);
        }
    }

    #[test]
    fn places_count_from_one() {
        assert_eq!(refused("SELECT 1 FROM runs ORDER BY 0"), "`ORDER BY 0` names no column: places count from 1");
        assert_eq!(refused("SELECT 1 FROM runs GROUP BY 1, 0"), "`GROUP BY 0` names no column: places count from 1");
    }

    #[test]
    fn a_window_over_groups_is_refused_and_one_over_rows_is_not() {
        assert_eq!(
            refused("SELECT model, 1 + sum(count(*)) OVER () FROM runs GROUP BY model"),
            "`sum(…) OVER` in a SELECT with GROUP BY is not understood"
        );
        assert!(
            Statement::read("SELECT rank() OVER (ORDER BY n) FROM (SELECT count(*) AS n FROM runs GROUP BY model)")
                .is_ok()
        );
    }

    #[test]
    fn a_statement_without_end_is_refused() {
        let chain = |count: usize| format!("SELECT {} FROM runs", vec!["1"; count].join(" + "));
        assert!(Statement::read(&chain(100)).is_ok());
        assert!(refused(&chain(5000)).ends_with("expressions deep"));
        let nested = format!("SELECT {}1{} FROM runs", "(".repeat(500), ")".repeat(500));
        assert_eq!(refused(&nested), "the statement is nested too deeply");
        let many: Vec<String> = (0..20_000).map(|number| number.to_string()).collect();
        assert!(Statement::read(&format!("SELECT 1 FROM runs WHERE exit_code IN ({})", many.join(","))).is_ok());
    }
}
