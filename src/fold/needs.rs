//! Needs: the columns that a question takes, read block by block into the same memory.

use crate::event::Field;
use crate::frame::{Block, Code, Frame, Marks, Number};

/// Gathers the columns that a question needs, and reads them.
pub(super) struct Needs<'a> {
    pub frame: &'a Frame,
    numbers: Vec<Number>,
    codes: Vec<Field>,
    are_outcomes_needed: bool,
}

impl<'a> Needs<'a> {
    pub fn new(frame: &'a Frame) -> Needs<'a> {
        Needs { frame, numbers: Vec::new(), codes: Vec::new(), are_outcomes_needed: false }
    }

    /// The place of a column of integers among those that are read.
    pub fn number(&mut self, number: Number) -> usize {
        place(&mut self.numbers, number)
    }

    /// The place of a text column among those that are read.
    pub fn codes(&mut self, field: Field) -> usize {
        place(&mut self.codes, field)
    }

    pub fn outcomes(&mut self) {
        self.are_outcomes_needed = true;
    }

    /// Reads the columns of a block over those of the last one.
    pub fn read(&self, block: &Block, into: &mut Columns) {
        into.numbers.resize_with(self.numbers.len(), Vec::new);
        into.codes.resize_with(self.codes.len(), Vec::new);
        self.frame.read_marks(block, &mut into.marks);
        if self.are_outcomes_needed {
            self.frame.read_outcomes(block, &mut into.outcomes);
        }
        for (number, into) in self.numbers.iter().zip(&mut into.numbers) {
            self.frame.read_numbers(block, *number, into);
        }
        for (field, into) in self.codes.iter().zip(&mut into.codes) {
            self.frame.read_codes(block, *field, into);
        }
    }
}

fn place<T: PartialEq>(known: &mut Vec<T>, wanted: T) -> usize {
    known.iter().position(|column| *column == wanted).unwrap_or_else(|| {
        known.push(wanted);
        known.len() - 1
    })
}

/// The columns of one block.
#[derive(Default)]
pub(super) struct Columns {
    pub marks: Vec<Marks>,
    pub outcomes: Vec<u32>,
    pub numbers: Vec<Vec<i64>>,
    pub codes: Vec<Vec<Code>>,
}
