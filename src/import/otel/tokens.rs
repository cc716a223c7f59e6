//! Tokens as instrumentations count them, converted to the rule of events: input includes what was read from a cache and
//! written to one, output includes reasoning.

/// What one call counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    pub input: Option<i64>,
    pub output: Option<i64>,
    pub cached: Option<i64>,
    pub written: Option<i64>,
    pub reasoning: Option<i64>,
    pub total: Option<i64>,
}

/// What the input is known to be without looking at the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The conventions of OpenTelemetry: cached tokens are part of it.
    Whole,
    /// The way the API of Anthropic counts: cached tokens are told apart.
    Rest,
}

impl Tokens {
    /// The same counts under the rule of events. A part that is larger than its whole was told apart, whatever was said;
    /// so was one without which the total does not come out.
    pub fn inclusive(self, input: Input, is_reasoning_apart: bool) -> Tokens {
        let sum = |parts: [Option<i64>; 2]| parts.into_iter().flatten().fold(0, i64::saturating_add);
        let cache = sum([self.cached, self.written]);
        let told = self.input.unwrap_or(0);
        let output = self.output.unwrap_or(0);
        let comes_out = |extra: i64| {
            extra > 0 && self.total == Some(told.saturating_add(output).saturating_add(extra)) && self.output.is_some()
        };
        let is_rest = input == Input::Rest || cache > told || comes_out(cache);
        let reasoning = self.reasoning.unwrap_or(0);
        let adds_reasoning = is_reasoning_apart || reasoning > output || comes_out(reasoning);
        let add = |number: Option<i64>, extra: i64| match (number, extra) {
            (None, 0) => None,
            (number, extra) => Some(number.unwrap_or(0).saturating_add(extra)),
        };
        let mut whole = Tokens {
            input: if is_rest { add(self.input, cache) } else { self.input },
            output: if adds_reasoning { add(self.output, reasoning) } else { self.output },
            ..self
        };
        // Of a total and one part the other follows.
        match (whole.input, whole.output, self.total) {
            (Some(input), None, Some(total)) if total >= input => whole.output = Some(total - input),
            (None, Some(output), Some(total)) if total >= output => whole.input = Some(total - output),
            _ => {}
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_become_parts_of_their_wholes() {
        // input, output, cached, written, reasoning, total, as told; is the rest told, is reasoning apart; input, output
        for (told, input, is_apart, expected) in [
            ([1000, 50, 800, 0, 0, 0], Input::Whole, false, (1000, 50)),
            ([10, 50, 800, 40, 0, 0], Input::Rest, false, (850, 50)),
            // Less input than of it was read from a cache: it cannot have been the whole.
            ([10, 50, 800, 40, 0, 0], Input::Whole, false, (850, 50)),
            ([900, 50, 800, 40, 0, 1790], Input::Whole, false, (1740, 50)),
            ([900, 50, 800, 40, 0, 950], Input::Whole, false, (900, 50)),
            ([100, 50, 0, 0, 30, 0], Input::Whole, false, (100, 50)),
            ([100, 50, 0, 0, 70, 0], Input::Whole, false, (100, 120)),
            ([100, 50, 0, 0, 30, 180], Input::Whole, false, (100, 80)),
            ([100, 50, 0, 0, 30, 0], Input::Whole, true, (100, 80)),
        ] {
            let [input_told, output, cached, written, reasoning, total] =
                told.map(|number| Some(number).filter(|n| *n > 0));
            let tokens = Tokens { input: input_told, output, cached, written, reasoning, total };
            let whole = tokens.inclusive(input, is_apart);
            assert_eq!((whole.input.unwrap(), whole.output.unwrap()), expected, "{told:?}");
        }
        let of_total = Tokens { input: Some(30), total: Some(42), ..Tokens::default() };
        assert_eq!(of_total.inclusive(Input::Whole, false).output, Some(12));
        assert_eq!(Tokens::default().inclusive(Input::Rest, true), Tokens::default());
    }
}
