//! Prices: by which of them the uses went that a filter lets through, each with how many and what they came to.

use super::Filter;
use super::execute::Executor;
use super::needs::{Columns, Needs};
use super::select::Select;
use crate::event::Field;
use crate::frame::{Code, MISSING, NO_NUMBER, Number};
use crate::price::{Book, Version};
use hashbrown::HashMap;

/// A price that uses of one model went by.
#[derive(Clone, Debug, PartialEq)]
pub struct PriceUsed {
    /// As the uses say it.
    pub model: Option<String>,
    pub provider: Option<String>,
    pub version: Version,
    /// Uses that have their cost by it, and what that comes to in nano-dollars.
    pub runs: u64,
    pub cost: i128,
}

impl Executor<'_> {
    /// The table of prices that uses without a recorded cost go by. It is read now, if it was not.
    pub fn prices(&self) -> Option<&Book> {
        self.seen.frame.prices()
    }

    /// The prices that uses went by, of those that have no recorded cost, or of all: the dearest first.
    pub fn prices_used(&self, filter: &Filter, of_all: bool) -> Vec<PriceUsed> {
        let frame = self.seen.frame;
        let mut needs = Needs::new(frame);
        let select = Select::new(&self.seen, filter, &mut needs);
        let recorded = needs.number(Number::RecordedCost);
        let parts = self.in_blocks(&select, Columns::default, |columns, block| {
            needs.read(block, columns);
            let mut marks = Vec::new();
            select.put(columns, &mut marks);
            let mut used: HashMap<(Code, Code, usize), PriceUsed> = HashMap::new();
            let is_wanted = |row: usize| marks[row] != 0 && (of_all || columns.numbers[recorded][row] == NO_NUMBER);
            frame.each_priced(block, is_wanted, |priced| {
                let (Ok(cost), Some(at), Some(version)) = (priced.cost, priced.at, priced.version()) else { return };
                let used = used.entry((priced.model, priced.provider, at)).or_insert_with(|| {
                    let name = |field: Field, code: Code| {
                        let code = Some(code).filter(|code| *code != MISSING);
                        code.and_then(|code| frame.names(field).name(code)).map(str::to_owned)
                    };
                    let model = name(Field::Model, priced.model);
                    let provider = name(Field::Provider, priced.provider);
                    PriceUsed { model, provider, version: version.clone(), runs: 0, cost: 0 }
                });
                used.runs += 1;
                used.cost += i128::from(cost);
            });
            used
        });
        let mut all: HashMap<(Code, Code, usize), PriceUsed> = HashMap::new();
        for (key, part) in parts.into_iter().flatten() {
            match all.get_mut(&key) {
                Some(known) => {
                    known.runs += part.runs;
                    known.cost += part.cost;
                }
                None => drop(all.insert(key, part)),
            }
        }
        let mut used: Vec<PriceUsed> = all.into_values().collect();
        used.sort_by(|a, b| {
            let key = |used: &PriceUsed| {
                let version = &used.version;
                (used.model.clone(), used.provider.clone(), version.tier.clone(), version.layer, version.from)
            };
            b.cost.cmp(&a.cost).then_with(|| key(a).cmp(&key(b)))
        });
        used
    }
}
