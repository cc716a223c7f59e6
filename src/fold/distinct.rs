//! Distinct: the different codes of each group, as bits where there is room for them and as sorted pairs where there is not.

use super::pass::Passing;
use crate::frame::{Code, MISSING};

/// The different codes of groups.
pub(super) enum Distinct {
    /// One bit for each code, by group.
    Bits(Vec<Vec<u64>>),
    /// Group and code in one number each, the first `sorted` of them ascending and each once.
    Pairs { pairs: Vec<u64>, sorted: usize },
}

/// Bits past this many are too many: 64 MiB.
const MOST_BITS: usize = 1 << 29;

impl Distinct {
    /// For about `groups` groups of some of `codes` codes.
    pub fn new(groups: usize, codes: usize) -> Distinct {
        if groups.saturating_mul(codes) <= MOST_BITS {
            Distinct::Bits(Vec::new())
        } else {
            Distinct::Pairs { pairs: Vec::new(), sorted: 0 }
        }
    }

    pub fn take(&mut self, passing: &[Passing], codes: &[Code], count: usize) {
        let rows = passing.iter().map(|of| (of.group, of.of(codes))).filter(|(_, code)| *code != MISSING);
        match self {
            Distinct::Bits(bits) => {
                bits.resize_with(count, Vec::new);
                for (group, code) in rows {
                    set(&mut bits[group as usize], code);
                }
            }
            Distinct::Pairs { pairs, sorted } => {
                pairs.extend(rows.map(|(group, code)| pair(group, code)));
                if pairs.len() > 2 * *sorted + (1 << 20) {
                    sort(pairs, sorted);
                }
            }
        }
    }

    /// Takes in what another thread found; `groups` are this one's groups for those of the other.
    pub fn merge(&mut self, other: Distinct, groups: &[u32], count: usize) {
        match (self, other) {
            (Distinct::Bits(bits), Distinct::Bits(other)) => {
                bits.resize_with(count, Vec::new);
                for (group, other) in groups.iter().zip(other) {
                    unite(&mut bits[*group as usize], other);
                }
            }
            (Distinct::Pairs { pairs, sorted }, Distinct::Pairs { pairs: other, .. }) => {
                pairs.extend(other.into_iter().map(|other| {
                    let (group, code) = split(other);
                    pair(groups[group as usize], code)
                }));
                *sorted = 0;
                sort(pairs, sorted);
            }
            _ => unreachable!("two threads have the same room"),
        }
    }

    /// The codes of a group.
    pub fn codes(&mut self, group: usize) -> Codes {
        match self {
            Distinct::Bits(bits) => Codes::Bits(bits.get(group).cloned().unwrap_or_default()),
            Distinct::Pairs { pairs, sorted } => {
                if *sorted < pairs.len() {
                    sort(pairs, sorted);
                }
                let group = u32::try_from(group).expect("groups are numbered in 32 bits");
                let from = pairs.partition_point(|held| split(*held).0 < group);
                let of_group = pairs[from..].iter().map(|held| split(*held)).take_while(|(held, _)| *held == group);
                Codes::Sorted(of_group.map(|(_, code)| code).collect())
            }
        }
    }
}

fn sort(pairs: &mut Vec<u64>, sorted: &mut usize) {
    pairs.sort_unstable();
    pairs.dedup();
    *sorted = pairs.len();
}

fn pair(group: u32, code: Code) -> u64 {
    u64::from(group) << 32 | u64::from(code)
}

#[allow(clippy::cast_possible_truncation, reason = "the low half is the code")]
fn split(pair: u64) -> (u32, Code) {
    ((pair >> 32) as u32, pair as Code)
}

fn set(bits: &mut Vec<u64>, code: Code) {
    let word = code as usize / 64;
    if word >= bits.len() {
        bits.resize(word + 1, 0);
    }
    bits[word] |= 1 << (code % 64);
}

fn unite(bits: &mut Vec<u64>, mut other: Vec<u64>) {
    if bits.len() < other.len() {
        std::mem::swap(bits, &mut other);
    }
    for (held, other) in bits.iter_mut().zip(other) {
        *held |= other;
    }
}

/// A set of codes.
#[derive(Clone, Debug)]
pub enum Codes {
    Bits(Vec<u64>),
    /// Ascending, each once.
    Sorted(Vec<Code>),
}

impl Default for Codes {
    fn default() -> Codes {
        Codes::Sorted(Vec::new())
    }
}

impl PartialEq for Codes {
    fn eq(&self, other: &Codes) -> bool {
        self.codes().eq(other.codes())
    }
}

impl Codes {
    pub fn len(&self) -> u64 {
        match self {
            Codes::Bits(bits) => bits.iter().map(|word| u64::from(word.count_ones())).sum(),
            Codes::Sorted(codes) => codes.len() as u64,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn codes(&self) -> Box<dyn Iterator<Item = Code> + '_> {
        match self {
            Codes::Bits(bits) => Box::new((0..).zip(bits).flat_map(|(word, bits)| {
                (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| word * 64 + bit)
            })),
            Codes::Sorted(codes) => Box::new(codes.iter().copied()),
        }
    }

    /// Takes in the codes of another set.
    pub fn unite(&mut self, other: &Codes) {
        match (&mut *self, other) {
            (Codes::Bits(bits), Codes::Bits(other)) => unite(bits, other.clone()),
            (Codes::Bits(bits), Codes::Sorted(other)) => other.iter().for_each(|code| set(bits, *code)),
            (Codes::Sorted(codes), _) if codes.is_empty() => *self = other.clone(),
            (Codes::Sorted(codes), other) => {
                // A set that takes in others is likely to take in more.
                let mut bits = Vec::new();
                for code in codes.iter() {
                    set(&mut bits, *code);
                }
                *self = Codes::Bits(bits);
                self.unite(other);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_and_pairs_find_the_same_codes() {
        let passing = |groups: &[(u32, u32)]| {
            groups.iter().map(|(row, group)| Passing { row: *row, group: *group }).collect::<Vec<_>>()
        };
        let rows = passing(&[(0, 1), (1, 2), (2, 1), (4, 2), (5, 1), (6, 2)]);
        let codes = [70, 3, 70, 9, MISSING, 1, 130];
        for mut distinct in [Distinct::new(2, 200), Distinct::new(MOST_BITS, 200)] {
            distinct.take(&rows, &codes, 3);
            let mut other = Distinct::new(if matches!(distinct, Distinct::Bits(_)) { 2 } else { MOST_BITS }, 200);
            other.take(&passing(&[(0, 1), (1, 1)]), &[3, 4], 2);
            distinct.merge(other, &[0, 2], 3);
            assert_eq!(distinct.codes(1), Codes::Sorted(vec![1, 70]));
            assert_eq!(distinct.codes(2), Codes::Sorted(vec![3, 4, 130]));
            let mut both = Codes::default();
            both.unite(&distinct.codes(1));
            both.unite(&distinct.codes(2));
            assert_eq!(both, Codes::Sorted(vec![1, 3, 4, 70, 130]));
            assert_eq!((both.len(), Codes::default().is_empty()), (5, true));
        }
    }
}
