//! Reading what a person typed: `FIELD=EXPR,…`, `FIELD=TEXT,…` and one expression. It does not know what a field is.

use super::expr::{Expr, Function, Op};
use super::refused::{Refused, nearest};
use super::value::{Value, decimal};

/// The grammar in one line, for whoever left it.
const GRAMMAR: &str = "an expression is made of column names, numbers, 'texts', true, false, null, + - * / == != < <= > >= && || ! ??, \
                       parentheses and json(TEXT).path, if(TRUTH, THEN, ELSE), before(TEXT, MARK), after(TEXT, MARK), lower(TEXT); a column \
                       with an odd name goes in `backticks`";

/// A column that expressions ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub name: String,
    /// How often it is asked for without `??`; a column that always has a default may be absent.
    pub needs: usize,
}

/// Reads `FIELD=EXPR,…` of the flag `flag`; a column that is new joins `columns`.
///
/// # Errors
/// The text is not of this grammar; it says where.
pub fn map(flag: &str, text: &str, columns: &mut Vec<Column>) -> Result<Vec<(String, Expr)>, Refused> {
    let mut parser = Parser::new(flag, text, columns)?;
    let mut entries = Vec::new();
    loop {
        let Some(Token::Name(field)) = parser.next() else {
            return Err(parser.refuse("a field's name is missing", "--map 'ts=TIMESTAMP,input_tokens=tokens'"));
        };
        if !parser.takes("=") {
            return Err(parser.refuse(&format!("`=` is missing after `{field}`"), &format!("--map '{field}=COLUMN'")));
        }
        let expr = parser.expr(0)?;
        if let Expr::Literal(Value::Text(text)) = &expr {
            let says = format!(
                "`{field}` is mapped to the text {}, which is the same for every record",
                Value::Text(text.clone()).shown()
            );
            return Err(Refused::new(says).hint(format!(
                "for the column of that name `--map '{field}=`{text}`'`; for the text itself `--set '{field}={text}'`"
            )));
        }
        entries.push((field, expr));
        if parser.is_at_end() {
            return Ok(entries);
        }
        if !parser.takes(",") {
            return Err(parser.refuse("an operator or a comma is missing", GRAMMAR));
        }
    }
}

/// Reads one expression of the flag `flag`.
///
/// # Errors
/// As [`map`].
pub fn expr(flag: &str, text: &str, columns: &mut Vec<Column>) -> Result<Expr, Refused> {
    let mut parser = Parser::new(flag, text, columns)?;
    let expr = parser.expr(0)?;
    if parser.is_at_end() {
        return Ok(expr);
    }
    let hint = if parser.takes("=") { "compare with `==`" } else { GRAMMAR };
    Err(parser.refuse("an operator is missing", hint))
}

/// Reads `FIELD=TEXT,…`. A text runs to the next comma; one that holds a comma stands in quotes.
///
/// # Errors
/// A part without `=`, or quotes that are not closed.
pub fn texts(text: &str) -> Result<Vec<(String, String)>, Refused> {
    let mut pairs = Vec::new();
    let mut rest = text;
    loop {
        let (field, after) = rest.split_once('=').filter(|(field, _)| !field.contains(',')).ok_or_else(|| {
            let part = rest.split(',').next().unwrap_or(rest);
            Refused::new(format!("`{part}` of `--set {text}` is not FIELD=TEXT"))
                .hint("a text with a comma goes in quotes: `--set 'event=run,model=\"a, b\"'`")
        })?;
        let after = after.trim_start();
        let (value, end) = if let Some(quote @ ('\'' | '"')) = after.chars().next() {
            let (value, length) = quoted(after, quote).ok_or_else(|| {
                Refused::new(format!("the text of `{}` in `--set {text}` has no closing {quote}", field.trim()))
            })?;
            (value, length)
        } else {
            let end = after.find(',').unwrap_or(after.len());
            (after[..end].trim().to_owned(), end)
        };
        pairs.push((field.trim().to_owned(), value));
        rest = after[end..].trim_start();
        if rest.is_empty() {
            return Ok(pairs);
        }
        rest = rest
            .strip_prefix(',')
            .ok_or_else(|| Refused::new(format!("after a closing quote `--set {text}` goes on with `{rest}`")))?;
    }
}

/// The text in quotes that `text` begins with, and its length with the quotes. A quote in it is doubled.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, char)) = chars.next() {
        if char != quote {
            value.push(char);
        } else if chars.next_if(|(_, next)| *next == quote).is_some() {
            value.push(quote);
        } else {
            return Some((value, at + 1));
        }
    }
    None
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A name as it is, which may be `null`, `true` or `false`.
    Name(String),
    /// A name in backticks.
    Column(String),
    Text(String),
    Number(String),
    /// `.path`, after a parenthesis.
    Path(String),
    Symbol(&'static str),
}

/// Longer ones first.
const SYMBOLS: &[&str] =
    &["||", "&&", "==", "!=", "<=", ">=", "??", "<", ">", "+", "-", "*", "/", "!", "(", ")", "=", ","];

/// Parentheses and signs may be nested this deep.
const DEEPEST: usize = 200;

struct Parser<'a> {
    flag: &'a str,
    text: &'a str,
    /// Tokens with the places they start at, in bytes.
    tokens: Vec<(usize, Token)>,
    at: usize,
    depth: usize,
    columns: &'a mut Vec<Column>,
}

impl<'a> Parser<'a> {
    fn new(flag: &'a str, text: &'a str, columns: &'a mut Vec<Column>) -> Result<Parser<'a>, Refused> {
        let mut parser = Parser { flag, text, tokens: Vec::new(), at: 0, depth: 0, columns };
        let mut at = 0;
        while let Some(char) = text[at..].chars().next() {
            if char.is_whitespace() {
                at += char.len_utf8();
                continue;
            }
            let (token, length) = token(&text[at..], char).ok_or_else(|| {
                let what = if matches!(char, '\'' | '"' | '`') {
                    format!("{char} is not closed")
                } else {
                    format!("`{char}` means nothing here")
                };
                parser.refuse_at(at, &what, GRAMMAR)
            })?;
            parser.tokens.push((at, token));
            at += length;
        }
        Ok(parser)
    }

    fn refuse_at(&self, at: usize, what: &str, hint: &str) -> Refused {
        let column = self.text[..at].chars().count() + 1;
        Refused::new(format!("`{} {}` is not understood: {what} (character {column})", self.flag, self.text)).hint(hint)
    }

    fn refuse(&self, what: &str, hint: &str) -> Refused {
        self.refuse_at(self.tokens.get(self.at).map_or(self.text.len(), |(at, _)| *at), what, hint)
    }

    fn is_at_end(&self) -> bool {
        self.at == self.tokens.len()
    }

    fn next(&mut self) -> Option<Token> {
        let (_, token) = self.tokens.get(self.at)?;
        // Whoever refuses a token wants to point at it.
        if !matches!(token, Token::Symbol(_)) {
            self.at += 1;
        }
        Some(token.clone())
    }

    fn takes(&mut self, symbol: &str) -> bool {
        let is_next = matches!(self.tokens.get(self.at), Some((_, Token::Symbol(next))) if *next == symbol);
        self.at += usize::from(is_next);
        is_next
    }

    fn operator(&self, loosest: u8) -> Option<(Op, u8)> {
        let Some((_, Token::Symbol(symbol))) = self.tokens.get(self.at) else { return None };
        let (_, op, tightness) = Op::ALL.iter().find(|(spelt, ..)| spelt == symbol)?;
        (*tightness >= loosest).then_some((*op, *tightness))
    }

    /// Reads an expression of operators that bind at least as tightly as `loosest`.
    fn expr(&mut self, loosest: u8) -> Result<Expr, Refused> {
        let mut left = self.operand()?;
        while let Some((op, tightness)) = self.operator(loosest) {
            let sign = self.at;
            self.at += 1;
            let right = self.expr(tightness + 1)?;
            if op.is_arithmetic() && [&left, &right].into_iter().any(is_text) {
                self.at = sign;
                return Err(
                    self.refuse("a text in quotes is no number", "a column with an odd name goes in `backticks`")
                );
            }
            // Of `a ?? b ?? c` each but the last has a default.
            let before = if let Expr::Binary(Op::Default, _, last) = &left { &**last } else { &left };
            if op == Op::Default {
                before.columns(&mut |column| self.columns[column].needs -= 1);
            }
            left = Expr::Binary(op, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expr, Refused> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.refuse("it is nested too deeply", GRAMMAR));
        }
        let operand = match self.next() {
            Some(Token::Name(name)) if self.takes("(") => self.call(&name)?,
            Some(Token::Name(name)) => match name.as_str() {
                "null" => Expr::Literal(Value::Null),
                "true" | "false" => Expr::Literal(Value::Truth(name == "true")),
                _ => self.column(name),
            },
            Some(Token::Column(name)) => self.column(name),
            Some(Token::Text(text)) => Expr::Literal(Value::Text(text.into())),
            Some(Token::Number(text)) => match decimal(&text) {
                Some(number) => Expr::Literal(Value::Number(number)),
                None => return Err(self.refuse(&format!("`{text}` is not a number"), GRAMMAR)),
            },
            _ if self.takes("-") => Expr::Negate(Box::new(self.operand()?)),
            _ if self.takes("!") => Expr::Not(Box::new(self.operand()?)),
            _ if self.takes("(") => {
                let inner = self.expr(0)?;
                if !self.takes(")") {
                    return Err(self.refuse("`)` is missing", GRAMMAR));
                }
                inner
            }
            _ => return Err(self.refuse("a value is missing", GRAMMAR)),
        };
        self.depth -= 1;
        Ok(match self.tokens.get(self.at) {
            Some((_, Token::Path(path))) => {
                self.at += 1;
                Expr::Inside(Box::new(operand), path.clone())
            }
            _ => operand,
        })
    }

    /// Reads what a function is called with, after the parenthesis that opens.
    fn call(&mut self, name: &str) -> Result<Expr, Refused> {
        let Some((_, function, count)) = Function::ALL.iter().find(|(spelt, ..)| *spelt == name) else {
            let names: Vec<&str> = Function::ALL.iter().map(|(name, ..)| *name).collect();
            let hint = match nearest(name, &names) {
                Some(nearest) => format!("did you mean `{nearest}(…)`?"),
                None => format!("there are {}", names.join(", ")),
            };
            self.at = self.at.saturating_sub(2);
            return Err(self.refuse(&format!("there is no function `{name}`"), &hint));
        };
        let mut parts = Vec::with_capacity(*count);
        while parts.len() < *count {
            if !parts.is_empty() && !self.takes(",") {
                return Err(self.refuse(&format!("`{name}` is made of {count} values"), GRAMMAR));
            }
            parts.push(self.expr(0)?);
        }
        if !self.takes(")") {
            return Err(self.refuse("`)` is missing", GRAMMAR));
        }
        Ok(Expr::Call(*function, parts))
    }

    fn column(&mut self, name: String) -> Expr {
        let at = self.columns.iter().position(|column| column.name == name).unwrap_or_else(|| {
            self.columns.push(Column { name, needs: 0 });
            self.columns.len() - 1
        });
        self.columns[at].needs += 1;
        Expr::Column(at)
    }
}

fn is_text(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(Value::Text(_)))
}

/// The token that `text` begins with, and its length in bytes.
fn token(text: &str, first: char) -> Option<(Token, usize)> {
    let run = |keeps: fn(char) -> bool| text.find(|char| !keeps(char)).unwrap_or(text.len());
    match first {
        '\'' | '"' => quoted(text, first).map(|(value, length)| (Token::Text(value), length)),
        '`' => quoted(text, first).map(|(value, length)| (Token::Column(value), length)),
        '0'..='9' => {
            let mut end = run(|char| char.is_ascii_alphanumeric() || char == '.');
            // The sign of an exponent belongs to its number.
            if text[..end].ends_with(['e', 'E']) && text[end..].starts_with(['+', '-']) {
                end += 1 + text[end + 1..].find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len() - end - 1);
            }
            Some((Token::Number(text[..end].to_owned()), end))
        }
        '.' => {
            let keeps = |char: char| char.is_alphanumeric() || matches!(char, '_' | '.' | '-' | '$' | '@');
            let end = text.find(|char| !keeps(char)).unwrap_or(text.len());
            (end > 1).then(|| (Token::Path(text[1..end].to_owned()), end))
        }
        _ if first.is_alphabetic() || matches!(first, '_' | '$' | '@') => {
            let end = run(|char| char.is_alphanumeric() || matches!(char, '_' | '.' | '$' | '@'));
            Some((Token::Name(text[..end].to_owned()), end))
        }
        _ => {
            let symbol = SYMBOLS.iter().find(|symbol| text.starts_with(**symbol))?;
            Some((Token::Symbol(symbol), symbol.len()))
        }
    }
}

#[cfg(test)]
mod tests;
