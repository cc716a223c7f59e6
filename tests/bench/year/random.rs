//! Chance, repeatable: `SplitMix64` (Steele, Lea and Flood 2014) and the few distributions that a log needs.

/// Names by how often they are taken: the first most.
pub trait Ranked {
    /// The sums of the weights up to each rank.
    fn cumulative(&self) -> &[u64];
}

impl Ranked for Vec<u64> {
    fn cumulative(&self) -> &[u64] {
        self
    }
}

/// Zipf's weights 1/rank of `count` ranks, summed.
pub fn zipf(count: u64) -> Vec<u64> {
    (1..=count)
        .scan(0, |sum, rank| {
            *sum += (1 << 30) / rank;
            Some(*sum)
        })
        .collect()
}

pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is below 2^32: the bias of one part in 2^32 / `end` is nothing here.
    pub fn below(&mut self, end: u64) -> u64 {
        ((self.next() >> 32) * end) >> 32
    }

    pub fn index(&mut self, len: usize) -> usize {
        let end = u64::try_from(len).unwrap_or(u64::MAX);
        usize::try_from(self.below(end)).unwrap_or(0)
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.index(items.len())]
    }

    pub fn chance(&mut self, millionths: u64) -> bool {
        self.below(1_000_000) < millionths
    }

    /// A rank, by its weight.
    pub fn zipf(&mut self, ranked: &impl Ranked) -> usize {
        let sums = ranked.cumulative();
        let at = self.next() % sums[sums.len() - 1];
        sums.partition_point(|sum| *sum <= at)
    }

    /// Log-normal around `median`, rounded. Twelve uniforms less six are nearly normal, and need no logarithm.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, and below 2^53")]
    pub fn log_normal(&mut self, median: f64, sigma: f64) -> u64 {
        let mut normal = -6.0;
        for _ in 0..3 {
            for bytes in self.next().to_le_bytes().chunks_exact(2) {
                normal += f64::from(u16::from_le_bytes([bytes[0], bytes[1]])) / 65536.0;
            }
        }
        // (1 + x/4096)^4096 is e^x closely enough, by multiplication alone.
        let mut power = 1.0 + sigma * normal / 4096.0;
        for _ in 0..12 {
            power *= power;
        }
        (median * power + 0.5) as u64
    }

    /// A ULID of a millisecond.
    pub fn ulid(&mut self, ms: u64) -> String {
        const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let (high, low) = (self.next(), self.next());
        let bits = (u128::from(ms) << 80) | (u128::from(high) << 64 >> 48) | u128::from(low >> 48);
        (0..26).rev().map(|at| char::from(CROCKFORD[usize::try_from(bits >> (5 * at) & 31).unwrap_or(0)])).collect()
    }
}
