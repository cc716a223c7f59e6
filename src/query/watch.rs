//! What alerts watch besides levels: how far back they look, what silence means, and what may be spent.

use super::{Dimension, Glob};
use crate::severity::Severity;
use crate::time::Every;

/// What alerts look at.
#[derive(Clone, Debug)]
pub struct Watch {
    /// The date expression of the span that is looked at where no period is asked for.
    pub window: String,
    /// Whether a subject that had enough observations in the span before and has none in this one is an alert.
    pub is_silence_bad: bool,
    /// A prompt with at least this many uses in the span before and fewer in this one has fallen out of use.
    pub low_usage: u64,
    pub budgets: Vec<Budget>,
}

/// What may be spent in a civil day, week or month.
#[derive(Clone, Debug)]
pub struct Budget {
    pub every: Every,
    /// Dollars.
    pub limit: f64,
    /// Whose cost it is: the names of one dimension together; `None`: everybody's.
    pub of: Option<(Dimension, Glob)>,
    pub severity: Severity,
}

impl Default for Watch {
    fn default() -> Watch {
        Watch { window: "7d".to_owned(), is_silence_bad: false, low_usage: 5, budgets: Vec::new() }
    }
}
