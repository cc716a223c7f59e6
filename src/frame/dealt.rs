//! Dealing: a sort of things that are spread evenly. Dealt out by the first bits of their keys, few are left to be sorted
//! together.

/// Things in the order of their hands, `hand` telling which of `hands` each is of; `sort` sorts those of one hand, which come
/// in the order they had.
pub(super) fn sorted<T: Copy>(
    things: &[T],
    hands: usize,
    hand: impl Fn(&T) -> usize,
    sort: impl Fn(&mut [T]),
) -> Vec<T> {
    let mut starts = vec![0; hands + 1];
    for thing in things {
        starts[hand(thing) + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut sorted = things.to_vec();
    for thing in things {
        let start = &mut starts[hand(thing)];
        sorted[*start] = *thing;
        *start += 1;
    }
    // Where a hand started, the one before it ends now.
    let mut from = 0;
    for end in starts {
        sort(&mut sorted[from..end]);
        from = end;
    }
    sorted
}
