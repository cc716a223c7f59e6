//! Texts: what is made of the texts of rows, read one by one where they lie. Nothing is copied and nothing put in order.

use super::execute::Executor;
use super::keys;
use super::needs::{Columns, Needs};
use super::pass::Pass;
use super::select::Select;
use super::{Filter, Test};
use crate::event::Field;
use crate::frame::{Code, MISSING, NO_NUMBER, Number};
use crate::query::Dimension;
use hashbrown::HashMap;

/// The texts of a column, with numbers beside them, by the names of a dimension: a field's, no time's.
#[derive(Clone, Debug)]
pub struct Texts<const N: usize> {
    pub filter: Filter,
    pub test: Test,
    pub field: Field,
    pub numbers: [Number; N],
    /// `None`: all together, under the empty name.
    pub by: Option<Dimension>,
}

impl Executor<'_> {
    /// What `take` makes of the texts that there are: one result for each block of rows and name, to be merged; what has no
    /// name is left out. Which rows are in one block is a matter of layout, so that what they merge to must not depend on it.
    pub fn texts<T: Default + Send, const N: usize>(
        &self,
        texts: &Texts<N>,
        take: impl Fn(&mut T, &str, [Option<i64>; N]) + Sync,
    ) -> Vec<(String, T)> {
        let mut needs = Needs::new(self.seen.frame);
        let select = Select::new(&self.seen, &texts.filter, &mut needs);
        let pass = Pass::new(texts.test, texts.filter.scope, &mut needs);
        let codes = needs.codes(texts.field);
        let numbers = texts.numbers.map(|number| needs.number(number));
        let by = texts.by.map(|by| (needs.codes(keys::field(by)), self.seen.frame.names(keys::field(by))));
        let names = self.seen.frame.names(texts.field);
        let parts = self.in_blocks(&select, Columns::default, |columns, block| {
            needs.read(block, columns);
            let (mut marks, mut passing) = (Vec::new(), Vec::new());
            select.put(columns, &mut marks);
            let all = vec![1; marks.len()];
            pass.put(&marks, &all, columns, &mut passing);
            let mut made: HashMap<Code, T> = HashMap::new();
            for row in passing {
                let code = Some(row.of(&columns.codes[codes])).filter(|code| *code != MISSING);
                let Some(text) = code.and_then(|code| names.name(code)) else { continue };
                let name = by.as_ref().map_or(MISSING, |(at, _)| row.of(&columns.codes[*at]));
                let number = |at: usize| Some(row.of(&columns.numbers[at])).filter(|number| *number != NO_NUMBER);
                take(made.entry(name).or_default(), text, numbers.map(number));
            }
            made
        });
        let named = |(code, made): (Code, T)| match &by {
            None => Some((String::new(), made)),
            Some((_, names)) => Some((names.name(code)?.to_owned(), made)),
        };
        parts.into_iter().flatten().filter_map(named).collect()
    }
}
