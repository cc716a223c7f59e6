//! Expressions over the columns of a table: what they mean for one record. It does not know how they are spelt.

use super::object::inside;
use super::value::{Unfit, Value, order};
use serde_json::value::RawValue;
use std::cmp::Ordering;

/// An expression; a column is its place in the recipe's list.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    Column(usize),
    Literal(Value<'static>),
    Negate(Box<Expr>),
    Not(Box<Expr>),
    Binary(Op, Box<Expr>, Box<Expr>),
    /// What lies under a path in a value.
    Inside(Box<Expr>, String),
    Call(Function, Vec<Expr>),
}

/// What can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// The value of a text that is JSON.
    Json,
    /// One of two values, as a truth decides.
    If,
    /// The part of a text before the first of another, or after it; nothing where that is not in it.
    Before,
    After,
    /// A text in lower case.
    Lower,
}

impl Function {
    /// How it is written, and of how many values it is made.
    pub const ALL: &[(&str, Function, usize)] = &[
        ("json", Function::Json, 1),
        ("if", Function::If, 3),
        ("before", Function::Before, 2),
        ("after", Function::After, 2),
        ("lower", Function::Lower, 1),
    ];

    fn of<'a>(self, parts: &'a [Expr], row: &[Value<'a>]) -> Result<Value<'a>, Unfit> {
        let value = |at: usize| parts.get(at).map_or(Ok(Value::Null), |part| part.of(row));
        let first = value(0)?;
        match self {
            Function::If => value(if truth(&first)? == Some(true) { 1 } else { 2 }),
            Function::Json => Ok(match first.words() {
                // What is no JSON has no value, so that `??` can say what then.
                Some(text) => {
                    serde_json::from_str(text.trim()).map_or(Value::Null, |raw| Value::json(raw).into_owned())
                }
                None => first,
            }),
            Function::Lower => Ok(match first.words() {
                Some(text) => Value::Text(text.to_lowercase().into()),
                None => first,
            }),
            Function::Before | Function::After => {
                let mark = value(1)?;
                let (Some(text), Some(mark)) = (first.words(), mark.words()) else { return Ok(Value::Null) };
                let part =
                    text.split_once(mark).map(|(before, after)| if self == Function::Before { before } else { after });
                Ok(part.map_or(Value::Null, |part| Value::Text(part.to_owned().into())))
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    /// `a ?? b`: b where there is no a.
    Default,
    Plus,
    Minus,
    Times,
    By,
}

impl Op {
    /// How it is written, and how tightly it binds.
    pub const ALL: &[(&str, Op, u8)] = &[
        ("||", Op::Or, 1),
        ("&&", Op::And, 2),
        ("==", Op::Equal, 3),
        ("!=", Op::Unequal, 3),
        ("<=", Op::AtMost, 3),
        (">=", Op::AtLeast, 3),
        ("<", Op::Less, 3),
        (">", Op::More, 3),
        ("??", Op::Default, 4),
        ("+", Op::Plus, 5),
        ("-", Op::Minus, 5),
        ("*", Op::Times, 6),
        ("/", Op::By, 6),
    ];

    pub fn is_arithmetic(self) -> bool {
        matches!(self, Op::Plus | Op::Minus | Op::Times | Op::By)
    }
}

impl Expr {
    /// The columns of which one that holds nothing makes the value nothing.
    pub fn columns(&self, each: &mut impl FnMut(usize)) {
        match self {
            Expr::Column(column) => each(*column),
            Expr::Inside(inner, _) => inner.columns(each),
            Expr::Call(Function::Json | Function::Before | Function::After | Function::Lower, parts) => {
                for part in parts {
                    part.columns(each);
                }
            }
            _ => {}
        }
    }

    /// The value for a record whose columns hold `row`. Nothing in, nothing out, except for `==`, `!=`, `??` and where
    /// `&&` or `||` is decided by its other side.
    ///
    /// # Errors
    /// A text in arithmetic, a number where a truth is asked for, a division by zero, a result too large.
    pub fn of<'a>(&'a self, row: &[Value<'a>]) -> Result<Value<'a>, Unfit> {
        match self {
            Expr::Column(at) => Ok(row.get(*at).cloned().unwrap_or(Value::Null)),
            Expr::Literal(value) => Ok(value.clone()),
            Expr::Negate(inner) => Ok(inner.of(row)?.number()?.map_or(Value::Null, |number| Value::Number(-number))),
            Expr::Not(inner) => Ok(truth(&inner.of(row)?)?.map_or(Value::Null, |truth| Value::Truth(!truth))),
            Expr::Binary(op @ (Op::And | Op::Or), left, right) => {
                // The truth that decides without the other side.
                let decides = *op == Op::Or;
                let left = truth(&left.of(row)?)?;
                if left == Some(decides) {
                    return Ok(Value::Truth(decides));
                }
                Ok(match (left, truth(&right.of(row)?)?) {
                    (_, Some(right)) if right == decides => Value::Truth(decides),
                    (Some(_), Some(_)) => Value::Truth(!decides),
                    _ => Value::Null,
                })
            }
            Expr::Binary(Op::Default, left, right) => match left.of(row)? {
                Value::Null => right.of(row),
                value => Ok(value),
            },
            Expr::Inside(inner, path) => match inner.of(row)? {
                Value::Json(raw) => Ok(serde_json::from_str::<&RawValue>(&raw)
                    .ok()
                    .and_then(|raw| inside(raw, path))
                    .map_or(Value::Null, |raw| Value::json(raw).into_owned())),
                Value::Null => Ok(Value::Null),
                other => {
                    Err(Unfit(format!("{} has no `.{path}`: for a text that is JSON write `json(…)`", other.shown())))
                }
            },
            Expr::Call(function, parts) => function.of(parts, row),
            Expr::Binary(op, left, right) if op.is_arithmetic() => computed(*op, &left.of(row)?, &right.of(row)?),
            Expr::Binary(op, left, right) => compared(*op, &left.of(row)?, &right.of(row)?),
        }
    }
}

fn truth(value: &Value) -> Result<Option<bool>, Unfit> {
    match value {
        Value::Null => Ok(None),
        value => value.truth().map(Some).ok_or_else(|| Unfit(format!("{} is neither true nor false", value.shown()))),
    }
}

fn computed(op: Op, left: &Value, right: &Value) -> Result<Value<'static>, Unfit> {
    let (Some(a), Some(b)) = (left.number()?, right.number()?) else { return Ok(Value::Null) };
    let result = match op {
        Op::Plus => a.checked_add(b),
        Op::Minus => a.checked_sub(b),
        Op::Times => a.checked_mul(b),
        _ if b.is_zero() => return Err(Unfit(format!("{a} cannot be divided by 0"))),
        _ => a.checked_div(b),
    };
    result.map(Value::Number).ok_or_else(|| Unfit(format!("{a} and {b} give a number too large to compute with")))
}

fn compared(op: Op, left: &Value, right: &Value) -> Result<Value<'static>, Unfit> {
    let order = match (left, right) {
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (Value::Null, _) | (_, Value::Null) => None,
        _ => order(left, right),
    };
    let is_told = |told: fn(Ordering) -> bool| match order {
        Some(order) => Ok(Value::Truth(told(order))),
        None if *left == Value::Null || *right == Value::Null => Ok(Value::Null),
        None => Err(Unfit(format!("{} is neither more nor less than {}", left.shown(), right.shown()))),
    };
    match op {
        Op::Equal => Ok(Value::Truth(order == Some(Ordering::Equal))),
        Op::Unequal => Ok(Value::Truth(order != Some(Ordering::Equal))),
        // Nothing is not more or less than nothing.
        _ if *left == Value::Null => Ok(Value::Null),
        Op::Less => is_told(Ordering::is_lt),
        Op::AtMost => is_told(Ordering::is_le),
        Op::More => is_told(Ordering::is_gt),
        _ => is_told(Ordering::is_ge),
    }
}
