//! Key figures: the first of a report as cards with a sparkline, the others as a list.

use super::spark::Spark;
use super::visible;
use crate::render::human::{self, Mark, Notation, Written};
use crate::sheet::{Cell, Fact, Sheet};
use crate::time::Every;

/// Figures that are all cards; of more only the first are.
const ALL_CARDS: usize = 8;
const FIRST_CARDS: usize = 4;

/// One number and what is said of it.
pub(super) struct Figure {
    pub label: String,
    pub value: String,
    /// ` gap` or ` text` where the value is no number.
    pub class: &'static str,
    /// How it came about.
    pub spark: Option<Spark>,
    pub under: Vec<String>,
}

/// Figures in two sizes.
pub(super) struct Figures {
    pub cards: Vec<Figure>,
    pub others: Vec<Figure>,
}

impl Figures {
    pub(super) fn of(facts: &[Fact], sheet: &Sheet) -> Figures {
        let mut cards: Vec<Figure> = facts.iter().map(|fact| Figure::of(fact, sheet)).collect();
        let others = if cards.len() > ALL_CARDS { cards.split_off(FIRST_CARDS) } else { Vec::new() };
        Figures { cards, others }
    }
}

impl Figure {
    fn of(fact: &Fact, sheet: &Sheet) -> Figure {
        let Written { value, interval, basis, mark, .. } = Notation::of_fact(fact).write(&fact.cell, &sheet.zone);
        let was = human::past(fact, &sheet.zone);
        let rests_on = [basis, interval].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let under = [was.unwrap_or_default(), rests_on];
        Figure {
            label: visible(&fact.label),
            value,
            class: match (mark, &fact.cell) {
                (Mark::Missing | Mark::TooFew, _) => " gap",
                (Mark::Value, Cell::Text(_)) => " text",
                (Mark::Value, _) => "",
            },
            spark: Spark::of(fact.unit, &course(fact, sheet)),
            under: under.into_iter().filter(|line| !line.is_empty()).collect(),
        }
    }
}

/// How a figure came about: a cell for each bucket, with its place in the calendar, in order.
fn course<'a>(fact: &Fact, sheet: &'a Sheet) -> Vec<(i64, &'a Cell)> {
    let Some(table) = fact.over.and_then(|id| sheet.table(id)) else { return Vec::new() };
    let place = |row: &[Cell]| match row.first()? {
        Cell::Text(name) => Every::ALL.into_iter().find_map(|every| every.named(name)),
        _ => None,
    };
    let cells = table.rows.iter().zip(sheet.course(fact));
    let mut course: Vec<(i64, &Cell)> = cells.filter_map(|(row, cell)| Some((place(row)?, cell))).collect();
    course.sort_by_key(|(place, _)| *place);
    course
}
