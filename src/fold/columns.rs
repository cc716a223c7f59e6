//! Expressions: measures and tests in the words of polars, and the columns that they need.

use super::{Field, Measure, Scope, Test};
use crate::frame::{Frame, MISSING, Number, Role, Truth};
use polars::prelude::*;
use std::collections::BTreeMap;

/// The column that the value of a fold's measure comes in.
pub(super) fn name_of(measure: usize) -> String {
    format!("measure_{measure}")
}

/// Gathers the columns that expressions need.
pub(super) struct Columns<'a> {
    frame: &'a Frame,
    held: BTreeMap<String, Column>,
}

impl<'a> Columns<'a> {
    pub fn new(frame: &'a Frame) -> Columns<'a> {
        Columns { frame, held: BTreeMap::new() }
    }

    pub fn add(&mut self, column: Column) {
        self.held.insert(column.name().to_string(), column);
    }

    pub fn frame(self, height: usize) -> PolarsResult<DataFrame> {
        DataFrame::new(height, self.held.into_values().collect())
    }

    fn number(&mut self, number: Number) -> Expr {
        self.add(self.frame.number(number));
        col(number.name())
    }

    fn truth(&mut self, truth: Truth) -> Expr {
        self.add(self.frame.truth(truth));
        col(truth.name())
    }

    fn is(&mut self, roles: &[Role]) -> Expr {
        let column = self.frame.roles();
        let name = column.name().to_string();
        self.add(column);
        let is = |role: &Role| col(name.as_str()).eq(lit(*role as u8));
        roles.iter().map(is).reduce(Expr::or).unwrap_or_else(|| lit(false))
    }

    pub fn test(&mut self, test: Test, scope: Scope) -> Expr {
        let runs: &[Role] = match scope {
            Scope::Uses => &[Role::Use],
            Scope::Templates => &[Role::Use, Role::Template],
            Scope::Starters => &[Role::Use, Role::Starter],
        };
        let ended: &[Role] = match scope {
            Scope::Starters => &[Role::Use, Role::Orphan, Role::Starter],
            _ => &[Role::Use, Role::Orphan],
        };
        match test {
            Test::Any => lit(true),
            Test::Run => self.is(runs),
            Test::Ended => self.is(ended),
            Test::Outcome => self.is(ended).and(self.truth(Truth::Success).is_not_null()),
            Test::Success => self.is(ended).and(self.truth(Truth::Success).fill_null(lit(false))),
            Test::Failure => self.is(ended).and(self.truth(Truth::Success).fill_null(lit(true)).not()),
            Test::Error => self.is(ended).and(self.truth(Truth::Error)),
            Test::Rated => self.is(&[Role::Use]).and(self.number(Number::UseRating).is_not_null()),
            Test::Priced => self.is(&[Role::Use]).and(self.number(Number::Cost).is_not_null()),
            Test::Unpriced => self.is(&[Role::Use]).and(self.number(Number::Cost).is_null()),
            Test::PricedOutcome => self.test(Test::Priced, scope).and(self.test(Test::Outcome, scope)),
            Test::PricedSuccess => self.test(Test::Priced, scope).and(self.test(Test::Success, scope)),
            Test::Rating => self.is(&[Role::Rating]),
            Test::Points(points) => {
                let half = crate::fixed::ONE / 2;
                let from = i64::from(points) * crate::fixed::ONE - half;
                let rating = self.number(Number::Rating);
                self.is(&[Role::Rating]).and(rating.clone().gt_eq(lit(from))).and(rating.lt(lit(from + 2 * half)))
            }
            Test::Judgement => self.is(&[Role::Rating, Role::Remark]),
            Test::Remark => {
                self.add(self.frame.text(Field::FeedbackText));
                self.is(&[Role::Rating, Role::Remark]).and(col(Field::FeedbackText.name()).neq(lit(MISSING)))
            }
            Test::Assessment => self.is(&[Role::Assessment]),
        }
    }

    pub fn aggregate(&mut self, measure: Measure, scope: Scope, at: usize) -> Expr {
        let wide = |expr: Expr| expr.cast(DataType::Int128).sum();
        let expr = match measure {
            Measure::Count(test) => wide(self.test(test, scope)),
            Measure::CountOf(number, test) => wide(self.tested(number, test, scope).is_not_null()),
            Measure::Sum(number, test) => wide(self.tested(number, test, scope)),
            Measure::SumSq(number, test) => {
                let number = self.tested(number, test, scope).cast(DataType::Int128);
                (number.clone() * number).sum()
            }
            Measure::Min(number, test) => self.tested(number, test, scope).min(),
            Measure::Max(number, test) => self.tested(number, test, scope).max(),
            Measure::Distinct(field, test) => {
                self.add(self.frame.text(field));
                when(self.test(test, scope)).then(col(field.name())).otherwise(lit(MISSING)).unique().implode(false)
            }
            Measure::Values(number, test) => self.tested(number, test, scope).drop_nulls().implode(false),
        };
        expr.alias(name_of(at).as_str())
    }

    /// A number where the row passes the test, null elsewhere.
    fn tested(&mut self, number: Number, test: Test, scope: Scope) -> Expr {
        let number = self.number(number);
        if test == Test::Any {
            return number;
        }
        when(self.test(test, scope)).then(number).otherwise(lit(NULL))
    }
}
