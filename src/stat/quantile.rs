//! Quantiles.

use std::borrow::Cow;

/// The quantile of values, given as lists that each ascend, by linear interpolation, in the values' own unit; `None` of
/// nothing.
///
/// Source: R's default, type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician
/// 50 (1996): h = (n − 1)·p, between the values around h.
pub fn quantile<L: AsRef<[i64]>>(lists: &[L], p: f64) -> Option<f64> {
    let ordered = Ordered::new(lists);
    let last = ordered.len.checked_sub(1)?;
    #[allow(clippy::cast_precision_loss, reason = "positions are far below 2^53")]
    let h = last as f64 * p;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 ≤ h ≤ last")]
    let below = (h.floor() as usize).min(last);
    let above = (below + 1).min(last);
    let (low, high) = ordered.at(below, above);
    #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact integer")]
    let (low, high) = (low as f64, high as f64);
    Some(low + (high - low) * (h - h.floor()))
}

/// Values of several ascending lists, in order without being put together.
pub(crate) struct Ordered<'a> {
    lists: Vec<Cow<'a, [i64]>>,
    pub(crate) len: usize,
}

/// More lists than this are put together first.
const MANY_LISTS: usize = 1 << 12;

impl<'a> Ordered<'a> {
    pub(crate) fn new<L: AsRef<[i64]>>(lists: &'a [L]) -> Ordered<'a> {
        let lists = lists.iter().map(AsRef::as_ref).filter(|list| !list.is_empty());
        let mut lists: Vec<Cow<'a, [i64]>> = lists.map(Cow::Borrowed).collect();
        let len = lists.iter().map(|list| list.len()).sum();
        if lists.len() > MANY_LISTS {
            let mut all = lists.concat();
            all.sort_unstable();
            lists = vec![Cow::Owned(all)];
        }
        Ordered { lists, len }
    }

    /// The values at a position of all values in ascending order, and at the same or the next one.
    pub(crate) fn at(&self, position: usize, next: usize) -> (i64, i64) {
        if let [one] = &self.lists[..] {
            return (one[position], one[next]);
        }
        // The least that more values than `position` do not exceed.
        let mut low = self.lists.iter().map(|list| list[0]).min().unwrap_or(0);
        let mut high = self.lists.iter().map(|list| list[list.len() - 1]).max().unwrap_or(0);
        while low < high {
            let middle = low.wrapping_add_unsigned(high.abs_diff(low) / 2);
            let up_to_middle: usize =
                self.lists.iter().map(|list| list.partition_point(|value| *value <= middle)).sum();
            if up_to_middle > position { high = middle } else { low = middle + 1 }
        }
        let beyond = |list: &Cow<'_, [i64]>| list.partition_point(|value| *value <= low);
        let up_to: usize = self.lists.iter().map(beyond).sum();
        if up_to > next {
            return (low, low);
        }
        let least_beyond = self.lists.iter().filter_map(|list| list.get(beyond(list))).min();
        (low, least_beyond.copied().unwrap_or(low))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_r() {
        // R: quantile(c(1, 2, 3, 4, 10), c(0, .25, .5, .9, 1))
        for (p, expected) in [(0.0, 1.0), (0.25, 2.0), (0.5, 3.0), (0.9, 7.6), (1.0, 10.0)] {
            for lists in [&[&[1_i64, 2, 3, 4, 10][..]][..], &[&[2, 4], &[], &[1, 3, 10]]] {
                let found = quantile(lists, p).unwrap();
                assert!((found - expected).abs() < 1e-12, "{p}: {found}");
            }
        }
        assert_eq!(quantile::<&[i64]>(&[], 0.5), None);
        assert_eq!(quantile(&[[7]], 0.99), Some(7.0));
    }

    #[test]
    fn many_lists_are_as_one() {
        let lists: Vec<[i64; 2]> = (-3_000..3_000).map(|at| [at, at * at + 4_000]).collect();
        let mut all = lists.concat();
        all.sort_unstable();
        for p in [0.0, 0.1, 0.5, 0.77, 1.0] {
            assert_eq!(quantile(&lists, p), quantile(&[all.clone()], p));
            assert_eq!(quantile(&lists[..300], p), {
                let mut some = lists[..300].concat();
                some.sort_unstable();
                quantile(&[some], p)
            });
        }
    }
}
