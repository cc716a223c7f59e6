//! Subjects: what is judged, and how a question about one of them is asked.

use crate::fold::{Filter, Scope};
use crate::query::{self, Dimension, Glob, Tested};
use crate::report::ask::Ask;
use crate::report::causes;
use crate::time::Period;

/// A kind of subject: its dimension, the uses it takes, and where they are counted.
pub struct Kind {
    /// `None`: everything together.
    pub dimension: Option<Dimension>,
    pub least_runs: u64,
    pub scope: Scope,
}

/// What is judged, from the whole to its parts.
pub const KINDS: [Kind; 4] = [
    Kind { dimension: None, least_runs: 20, scope: Scope::Uses },
    Kind { dimension: Some(Dimension::Template), least_runs: 10, scope: Scope::Templates },
    Kind { dimension: Some(Dimension::Category), least_runs: 20, scope: Scope::Uses },
    Kind { dimension: Some(Dimension::Prompt), least_runs: 0, scope: Scope::Uses },
];

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    pub dimension: Option<Dimension>,
    /// Empty of everything together.
    pub name: String,
    pub scope: Counted,
}

/// Where the uses of a subject are counted, in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    Uses,
    Templates,
}

impl Subject {
    pub fn new(kind: &Kind, name: Option<&str>) -> Subject {
        let scope = if kind.scope == Scope::Templates { Counted::Templates } else { Counted::Uses };
        Subject { dimension: kind.dimension, name: name.unwrap_or_default().to_owned(), scope }
    }

    /// Its dimension and name.
    pub fn key(&self) -> (Option<Dimension>, &str) {
        (self.dimension, &self.name)
    }

    /// Whether it is everything together.
    pub fn is_whole(&self) -> bool {
        self.dimension.is_none()
    }

    /// How particular it is: the whole is least.
    pub fn depth(&self) -> Option<usize> {
        KINDS.iter().position(|kind| kind.dimension == self.dimension)
    }

    /// `prompt extract-invoice`, `everything`.
    pub fn words(&self) -> String {
        match self.dimension {
            Some(dimension) => format!("{} {}", dimension.label(), self.name),
            None => "everything".to_owned(),
        }
    }

    /// The flags that ask about it, each after a space.
    pub fn flags(&self) -> String {
        self.dimension.map_or_else(String::new, |dimension| causes::flag(dimension, &self.name))
    }

    /// The question's filter, narrowed to it; `since_ns` leaves out what was before.
    pub fn filter(&self, ask: &Ask<'_>, since_ns: Option<i64>) -> Filter {
        let mut filter = Subject::filter_of(ask, &[self]);
        let period = filter.period;
        filter.period = Period { since_ns: period.since_ns.max(since_ns), ..period };
        filter
    }

    /// The question's filter, narrowed to some of one kind.
    pub fn filter_of(ask: &Ask<'_>, subjects: &[&Subject]) -> Filter {
        let are_templates = subjects.iter().any(|subject| subject.scope == Counted::Templates);
        let mut filter = ask.filter(if are_templates { Scope::Templates } else { Scope::Uses });
        if let Some(dimension) = subjects.iter().find_map(|subject| subject.dimension) {
            let patterns = subjects.iter().map(|subject| Glob::literal(&subject.name)).collect();
            filter.filters.patterns.push(query::Filter { tested: Tested::Dimension(dimension), patterns });
        }
        filter
    }
}
