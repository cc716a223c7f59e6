//! Prices: dollars per token, dated. What has no price is not priced, and never free. Knows tokens and names, no event.

mod book;
mod litellm;
mod names;
mod table;

pub use book::{Book, Layer, Rule, Series, Version};
pub use litellm::{Read, read as read_litellm};
pub use names::{provider, tier};
pub use table::{Day, Row, from_csv, per_million, rate, to_csv};

/// What a token costs in 10^-15 dollars: a dollar for a million tokens is 10^9 of it.
pub type Rate = i64;

/// What the tokens of one use cost, by what they were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    pub input: Rate,
    pub output: Rate,
    /// Input read from a cache; without a rate of its own it is input like any other, and so are the two below.
    pub cached_input: Option<Rate>,
    /// Input written to a cache that keeps it for minutes.
    pub cache_write: Option<Rate>,
    /// Input written to a cache that keeps it for an hour; without a rate of its own it costs what any write does.
    pub cache_write_1h: Option<Rate>,
    /// Reasoning; without a rate of its own it is output like any other.
    pub reasoning: Option<Rate>,
}

/// The tokens of one use. Input includes what was read from and written to a cache, output includes reasoning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    pub input: Option<i64>,
    pub output: Option<i64>,
    /// What was recorded of both together.
    pub total: Option<i64>,
    pub cached_input: i64,
    /// All that was written to a cache, the hour's included.
    pub cache_write: i64,
    pub cache_write_1h: i64,
    pub reasoning: i64,
}

/// Why a use has no cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unpriced {
    /// No price of its model was in force, or it is not known which.
    NoPrice,
    /// Its input or its output is not known.
    NoTokens,
    /// Only the sum of its tokens is known, or more parts of them than there are.
    NotSplit,
}

impl Unpriced {
    pub const ALL: [Unpriced; 3] = [Unpriced::NoPrice, Unpriced::NoTokens, Unpriced::NotSplit];

    pub fn name(self) -> &'static str {
        match self {
            Unpriced::NoPrice => "no price",
            Unpriced::NoTokens => "no tokens",
            Unpriced::NotSplit => "tokens not split",
        }
    }
}

/// A femto-dollar's part of a nano-dollar.
const PER_NANO: i128 = 1_000_000;

impl Tokens {
    /// Why no price at all could price them, if so.
    ///
    /// # Errors
    /// The reason.
    pub fn check(&self) -> Result<(), Unpriced> {
        match (self.input, self.output, self.total) {
            (None, None, Some(_)) => return Err(Unpriced::NotSplit),
            (None, None, None) => return Err(Unpriced::NoTokens),
            _ => {}
        }
        let is_more = |parts: i64, whole: Option<i64>| whole.is_some_and(|whole| parts > whole);
        let is_torn = is_more(self.cached_input.saturating_add(self.cache_write), self.input)
            || is_more(self.reasoning, self.output)
            || self.cache_write_1h > self.cache_write;
        if is_torn { Err(Unpriced::NotSplit) } else { Ok(()) }
    }
}

impl Rates {
    /// What tokens cost in nano-dollars: the exact sum rounded once, half to even.
    ///
    /// # Errors
    /// Why they cannot be priced.
    pub fn cost(&self, tokens: &Tokens) -> Result<i64, Unpriced> {
        tokens.check()?;
        // What costs nothing need not be known: an embedding has no output.
        let known = |tokens: Option<i64>, rate: Rate| match tokens {
            None if rate != 0 => Err(Unpriced::NoTokens),
            tokens => Ok(tokens.unwrap_or(0)),
        };
        let (input, output) = (known(tokens.input, self.input)?, known(tokens.output, self.output)?);
        let write = self.cache_write.unwrap_or(self.input);
        let parts = [
            (input - (tokens.cached_input + tokens.cache_write).min(input), self.input),
            (tokens.cached_input, self.cached_input.unwrap_or(self.input)),
            (tokens.cache_write - tokens.cache_write_1h, write),
            (tokens.cache_write_1h, self.cache_write_1h.unwrap_or(write)),
            (output - tokens.reasoning.min(output), self.output),
            (tokens.reasoning.min(output), self.reasoning.unwrap_or(self.output)),
        ];
        nanos(parts.iter().map(|(tokens, rate)| i128::from(*tokens) * i128::from(*rate)).sum())
    }

    /// What the cached input would have cost more, had it been sent anew, in nano-dollars.
    pub fn saved(&self, tokens: &Tokens) -> Option<i64> {
        tokens.check().ok()?;
        let less = i128::from(self.input) - i128::from(self.cached_input?);
        nanos(less * i128::from(tokens.cached_input)).ok()
    }
}

/// Femto-dollars in nano-dollars, half to even.
fn nanos(femtos: i128) -> Result<i64, Unpriced> {
    let (whole, rest) = (femtos.div_euclid(PER_NANO), femtos.rem_euclid(PER_NANO));
    let up = match (rest * 2).cmp(&PER_NANO) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Greater => 1,
        std::cmp::Ordering::Equal => whole & 1,
    };
    // Dearer than nine billion dollars: whatever was counted, it was no tokens.
    i64::try_from(whole + up).map_err(|_| Unpriced::NotSplit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 3 $/M in, 15 out, 0.30 read, 3.75 written, 6 for an hour.
    const SONNET: Rates = Rates {
        input: 3_000_000_000,
        output: 15_000_000_000,
        cached_input: Some(300_000_000),
        cache_write: Some(3_750_000_000),
        cache_write_1h: Some(6_000_000_000),
        reasoning: None,
    };

    fn tokens(input: i64, output: i64) -> Tokens {
        Tokens { input: Some(input), output: Some(output), ..Tokens::default() }
    }

    #[test]
    fn tokens_cost_what_they_are() {
        // 1,000 · 3 $/M + 200 · 15 $/M = 0.003 + 0.003.
        assert_eq!(SONNET.cost(&tokens(1000, 200)), Ok(6_000_000));
        // 10,000 in, of which 6,000 read, 3,000 written, 1,000 of them for an hour, so 1,000 plain:
        // 1,000 · 3 + 6,000 · 0.3 + 2,000 · 3.75 + 1,000 · 6 + 500 · 15 = 25,800 $/M = 0.0258 $.
        let cached = Tokens { cached_input: 6000, cache_write: 3000, cache_write_1h: 1000, ..tokens(10_000, 500) };
        assert_eq!(SONNET.cost(&cached), Ok(25_800_000));
        // 6,000 · (3 - 0.3) $/M = 0.0162 $.
        assert_eq!(SONNET.saved(&cached), Some(16_200_000));
        // Reasoning is output, unless it has a rate of its own: 100 · 15 + 100 · 60.
        let thought = Tokens { reasoning: 100, ..tokens(0, 200) };
        assert_eq!(SONNET.cost(&thought), Ok(3_000_000));
        assert_eq!(Rates { reasoning: Some(60_000_000_000), ..SONNET }.cost(&thought), Ok(7_500_000));
    }

    #[test]
    fn a_part_without_a_rate_of_its_own_is_what_it_is_part_of() {
        let plain = Rates { cached_input: None, cache_write: None, cache_write_1h: None, ..SONNET };
        let cached = Tokens { cached_input: 400, cache_write: 500, cache_write_1h: 100, ..tokens(1000, 0) };
        assert_eq!(plain.cost(&cached), plain.cost(&tokens(1000, 0)));
        assert_eq!(plain.saved(&cached), None);
    }

    #[test]
    fn the_sum_is_rounded_once_half_to_even() {
        // 0.0375 $/M is 37,500,000 femto-dollars a token: 37.5 nano-dollars, 112.5 for three.
        let rates = Rates { input: 37_500_000, output: 0, ..SONNET };
        for (count, nanos) in [(1, 38), (2, 75), (3, 112), (5, 188)] {
            assert_eq!(rates.cost(&tokens(count, 0)), Ok(nanos), "{count}");
        }
        // Two halves are a whole: rounded part by part it would be 38 + 38.
        let both = Rates { output: 37_500_000, ..rates };
        assert_eq!(both.cost(&tokens(1, 1)), Ok(75));
    }

    #[test]
    fn what_cannot_be_priced_says_why_and_is_not_free() {
        let total = Tokens { total: Some(500), ..Tokens::default() };
        let too_many = Tokens { cached_input: 900, cache_write: 200, ..tokens(1000, 10) };
        for (tokens, why) in [
            (Tokens::default(), Unpriced::NoTokens),
            (total, Unpriced::NotSplit),
            (too_many, Unpriced::NotSplit),
            (Tokens { input: Some(10), ..Tokens::default() }, Unpriced::NoTokens),
            (Tokens { output: Some(10), ..Tokens::default() }, Unpriced::NoTokens),
            (Tokens { reasoning: 11, ..tokens(5, 10) }, Unpriced::NotSplit),
            (Tokens { cache_write_1h: 1, ..tokens(5, 10) }, Unpriced::NotSplit),
            (tokens(i64::MAX, 0), Unpriced::NotSplit),
        ] {
            assert_eq!(SONNET.cost(&tokens), Err(why), "{tokens:?}");
        }
        // An embedding has no output to pay for.
        let embedding = Rates { output: 0, ..SONNET };
        assert_eq!(embedding.cost(&Tokens { input: Some(1000), ..Tokens::default() }), Ok(3_000_000));
        assert_eq!(SONNET.cost(&tokens(0, 0)), Ok(0));
    }
}
