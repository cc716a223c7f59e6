//! Laid: what is laid over the packed columns of blocks, kept from the second time on that a column is asked for. A page
//! asks for the same column many times, and what a use says is in the lines of others; a small question asks once.

use super::schema::Number;
use super::{BLOCK_ROWS, Code};
use crate::event::Field;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What stands in the columns of a frame instead of what the rows say themselves. What finds no room is worked out again
/// whenever it is asked for.
#[derive(Default)]
pub(super) struct Laid {
    /// The number of each segment's first block among all, and after the last one how many there are. Of a frame that is not
    /// whole yet there are none, and nothing is kept.
    firsts: Vec<usize>,
    codes: Vec<Column<Code>>,
    numbers: Vec<Column<i64>>,
    /// For the heirs of each block where the uses stand that they take from.
    places: Vec<OnceLock<Option<Vec<Option<u32>>>>>,
    /// The bytes that may yet be kept.
    room: AtomicUsize,
}

/// What is laid over a column.
struct Column<T> {
    /// How often a block of it was asked for.
    asked: AtomicUsize,
    /// For each block the rows that have another value, with their places in the block; `None` where there was no room.
    blocks: OnceLock<Vec<Kept<T>>>,
}

type Kept<T> = OnceLock<Option<Vec<(u32, T)>>>;

impl<T: Clone> Column<T> {
    fn new() -> Column<T> {
        Column { asked: AtomicUsize::new(0), blocks: OnceLock::new() }
    }

    /// Where a block of so many is kept, `None` while it is asked for the first time.
    fn kept(&self, block: usize, count: usize, is_dear: bool) -> Option<&Kept<T>> {
        let is_again = self.asked.fetch_add(1, Ordering::Relaxed) >= count;
        (is_again || is_dear).then(|| &self.blocks.get_or_init(|| vec![OnceLock::new(); count])[block])
    }
}

/// A column of integers over which something is laid.
#[derive(Clone, Copy)]
pub(super) enum Over {
    Field(Field),
    /// One that is made by a table of prices.
    Priced(Number),
}

impl Over {
    const COUNT: usize = Field::COUNT + Number::COUNT;

    fn place(self) -> usize {
        match self {
            Over::Field(field) => field as usize,
            Over::Priced(number) => Field::COUNT + number as usize,
        }
    }
}

/// The bytes that are kept at most.
const ROOM: usize = 1 << 26;

impl Laid {
    /// Room for what is laid over segments of so many rows.
    pub fn new(heights: impl Iterator<Item = usize>) -> Laid {
        let mut firsts = vec![0];
        firsts.extend(heights.scan(0, |all, height| {
            *all += height.div_ceil(BLOCK_ROWS);
            Some(*all)
        }));
        let count = firsts.last().copied().unwrap_or(0);
        Laid {
            firsts,
            codes: (0..Field::COUNT).map(|_| Column::new()).collect(),
            numbers: (0..Over::COUNT).map(|_| Column::new()).collect(),
            places: vec![OnceLock::new(); count],
            room: AtomicUsize::new(ROOM),
        }
    }

    /// The number of a block among all, `None` where nothing is kept.
    fn block(&self, (at, rows): (usize, &Range<usize>)) -> Option<usize> {
        Some(self.firsts.get(at)? + rows.start / BLOCK_ROWS)
    }

    /// Takes room for so many bytes, if there is any.
    fn take(&self, bytes: usize) -> Option<usize> {
        let left = |room: usize| room.checked_sub(bytes);
        self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).ok()
    }

    /// Where the uses stand that the heirs of a block take from, as `find` finds them.
    pub fn places(&self, block: (usize, &Range<usize>), find: impl Fn() -> Vec<Option<u32>>) -> Cow<'_, [Option<u32>]> {
        let Some(block) = self.block(block) else { return find().into() };
        let kept = self.places[block].get_or_init(|| {
            let found = find();
            self.take(size_of_val(&*found)).map(|_| found)
        });
        kept.as_ref().map_or_else(|| find().into(), Into::into)
    }

    /// Does to the codes of a block what `lay` does.
    pub fn over_codes(
        &self,
        field: Field,
        block: (usize, &Range<usize>),
        codes: &mut [Code],
        lay: impl Fn(&mut [Code]),
    ) {
        self.over(self.codes.get(field as usize), false, block, codes, lay);
    }

    /// Does to the numbers of a block what `lay` does.
    pub fn over_numbers(
        &self,
        column: Over,
        block: (usize, &Range<usize>),
        numbers: &mut [i64],
        lay: impl Fn(&mut [i64]),
    ) {
        self.over(self.numbers.get(column.place()), matches!(column, Over::Priced(_)), block, numbers, lay);
    }

    fn over<T: Copy + PartialEq>(
        &self,
        column: Option<&Column<T>>,
        is_dear: bool,
        block: (usize, &Range<usize>),
        values: &mut [T],
        lay: impl Fn(&mut [T]),
    ) {
        let kept =
            column.zip(self.block(block)).and_then(|(column, block)| column.kept(block, self.places.len(), is_dear));
        let Some(kept) = kept else { return lay(values) };
        let mut is_laid = false;
        let kept = kept.get_or_init(|| {
            let own = values.to_vec();
            lay(values);
            is_laid = true;
            self.others(&own, values)
        });
        match kept {
            _ if is_laid => {}
            Some(kept) => kept.iter().for_each(|(row, value)| values[*row as usize] = *value),
            None => lay(values),
        }
    }

    /// Where values are not the rows' own, as far as there is room.
    fn others<T: Copy + PartialEq>(&self, own: &[T], values: &[T]) -> Option<Vec<(u32, T)>> {
        let others = || (0..).zip(own).zip(values).filter(|((_, own), value)| own != value);
        let count = others().count();
        self.take(count * size_of::<(u32, T)>())?;
        let mut kept = Vec::with_capacity(count);
        kept.extend(others().map(|((row, _), value)| (row, *value)));
        Some(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// Lays 7 over the second row, and counts how often it is asked to.
    fn lay<'a>(laid: &'a Laid, times: &'a Cell<u32>) -> impl Fn(usize, Range<usize>) -> Vec<i64> + 'a {
        |at, rows| {
            let mut numbers = vec![1; rows.len()];
            laid.over_numbers(Over::Field(Field::InputTokens), (at, &rows), &mut numbers, |numbers| {
                times.set(times.get() + 1);
                numbers[1] = 7;
            });
            numbers
        }
    }

    #[test]
    fn what_is_laid_over_a_block_is_kept_from_the_second_time_on() {
        let laid = Laid::new([BLOCK_ROWS + 2, 3].into_iter());
        let times = Cell::new(0);
        let read = lay(&laid, &times);
        for expected in [3, 6, 6, 6] {
            assert_eq!(read(0, 0..BLOCK_ROWS)[..3], [1, 7, 1]);
            assert_eq!(read(0, BLOCK_ROWS..BLOCK_ROWS + 2), [1, 7]);
            assert_eq!(read(1, 0..3), [1, 7, 1]);
            assert_eq!(times.get(), expected);
        }
    }

    #[test]
    fn what_takes_prices_is_worked_out_once() {
        let laid = Laid::new([3].into_iter());
        let times = Cell::new(0);
        for _ in 0..3 {
            let mut costs = vec![1; 3];
            laid.over_numbers(Over::Priced(Number::Cost), (0, &(0..3)), &mut costs, |costs| {
                times.set(times.get() + 1);
                costs[2] = 5;
            });
            assert_eq!((costs, times.get()), (vec![1, 1, 5], 1));
        }
    }

    #[test]
    fn without_room_it_is_worked_out_each_time() {
        let full = Laid { room: AtomicUsize::new(15), ..Laid::new([3].into_iter()) };
        for (laid, expected) in [(full, 4), (Laid::default(), 4)] {
            let times = Cell::new(0);
            let read = lay(&laid, &times);
            for _ in 0..4 {
                assert_eq!(read(0, 0..3), [1, 7, 1]);
            }
            assert_eq!(times.get(), expected);
        }
    }
}
