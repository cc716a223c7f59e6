//! Selecting: which rows of a frame a filter lets through, and which it cannot decide about.

use super::keys::{self, Seen};
use super::{Filter, Scope};
use crate::coverage::Question;
use crate::event::Field;
use crate::frame::{Code, Dictionary, MISSING, Number, Role, Truth};
use crate::query::{self, Dimension, Tested};
use crate::time::Every;
use globset::{GlobBuilder, GlobMatcher};
use polars::prelude::*;

/// The rows that a filter lets through.
pub(super) struct Selected {
    pub mask: BooleanChunked,
    pub question: Question,
}

/// Whether a row matches; `None`: what the filter asks for was not recorded.
type Verdict = Option<bool>;

/// Decides about each row; rejecting beats not knowing.
struct Verdicts(Vec<Verdict>);

impl Verdicts {
    fn and(&mut self, verdict: impl Fn(usize) -> Verdict) {
        for (row, held) in self.0.iter_mut().enumerate().filter(|(_, held)| **held != Some(false)) {
            match verdict(row) {
                Some(true) => {}
                other => *held = other,
            }
        }
    }
}

pub(super) fn select(seen: &Seen<'_>, filter: &Filter) -> PolarsResult<Selected> {
    let frame = seen.frame;
    let roles = frame.roles();
    let roles: Vec<u8> = roles.u8()?.into_no_null_iter().collect();
    let mut verdicts = Verdicts(vec![Some(true); frame.height()]);
    let (except, subject): (&[Role], _) = match filter.scope {
        Scope::Uses => (&[Role::Template, Role::Starter], None),
        Scope::Templates => (&[Role::Starter], Some(Field::TemplateId)),
        Scope::Starters => (&[Role::Template], Some(Field::StarterId)),
    };
    verdicts.and(|row| Some(!except.iter().any(|role| roles[row] == *role as u8)));
    verdicts.and(|row| Some(filter.period.contains(frame.times()[row])));
    if let Some(field) = subject {
        let codes = codes(&frame.text(field))?;
        verdicts.and(|row| Some(codes[row] != MISSING));
    }
    for pattern in &filter.filters.patterns {
        by_pattern(seen, pattern, &mut verdicts)?;
    }
    if let Some(wanted) = filter.filters.success {
        let success: Vec<Option<bool>> = frame.truth(Truth::Success).bool()?.iter().collect();
        verdicts.and(|row| success[row].map(|success| success == wanted));
    }
    let (min, max) = (filter.filters.min_rating, filter.filters.max_rating);
    if min.is_some() || max.is_some() {
        let ratings: Vec<Option<i64>> = frame.number(Number::UseRating).i64()?.iter().collect();
        let is_within = |rating: i64| min.is_none_or(|min| rating >= min) && max.is_none_or(|max| rating <= max);
        verdicts.and(|row| ratings[row].map(is_within));
    }
    let mask: BooleanChunked = verdicts.0.iter().map(|verdict| Some(*verdict == Some(true))).collect();
    let costs: Vec<Option<i64>> = frame.number(Number::Cost).i64()?.iter().collect();
    let is_unpriced = |row: usize| roles[row] == Role::Use as u8 && costs[row].is_none();
    let question = Question {
        matched: u64::from(mask.sum().unwrap_or(0)),
        unknown_filtered: verdicts.0.iter().filter(|verdict| verdict.is_none()).count() as u64,
        unpriced_runs: (0..frame.height()).filter(|row| verdicts.0[*row] == Some(true) && is_unpriced(*row)).count()
            as u64,
    };
    Ok(Selected { mask, question })
}

fn by_pattern(seen: &Seen<'_>, filter: &query::Filter, verdicts: &mut Verdicts) -> PolarsResult<()> {
    let globs: Vec<Glob> = filter.patterns.iter().map(|pattern| Glob::new(pattern)).collect();
    let is_match = |name: &str| globs.iter().any(|glob| glob.is_match(name));
    match filter.tested {
        Tested::Dimension(Dimension::Bucket(every)) => {
            let buckets = seen.buckets(every, true);
            verdicts.and(|row| buckets[row].map(|bucket| is_match(&Every::label(every, bucket))));
        }
        Tested::Dimension(dimension) => {
            let field = keys::field(dimension);
            let names = seen.frame.names(field);
            by_code(names, &codes(&seen.frame.text(field))?, verdicts, is_match);
        }
        Tested::Tag => {
            let names = seen.frame.names(Field::Tags);
            let any = |name: &str| name.split(crate::frame::UNIT_SEPARATOR).any(&is_match);
            by_code(names, &codes(&seen.frame.text(Field::Tags))?, verdicts, any);
        }
    }
    Ok(())
}

fn by_code(names: &Dictionary, codes: &[Code], verdicts: &mut Verdicts, is_match: impl Fn(&str) -> bool) {
    let mut is_wanted = vec![false; names.len()];
    for (code, name) in names.iter() {
        is_wanted[code as usize] = is_match(name);
    }
    verdicts.and(|row| (codes[row] != MISSING).then(|| is_wanted[codes[row] as usize]));
}

fn codes(column: &Column) -> PolarsResult<Vec<Code>> {
    Ok(column.u32()?.into_no_null_iter().collect())
}

/// A glob that also matches its own text, so that `claude-opus[1m]` finds the model of that name.
struct Glob {
    text: String,
    matcher: Option<GlobMatcher>,
}

impl Glob {
    fn new(pattern: &str) -> Glob {
        let glob = GlobBuilder::new(pattern).literal_separator(false).backslash_escape(true).build();
        Glob { text: pattern.to_owned(), matcher: glob.ok().map(|glob| glob.compile_matcher()) }
    }

    fn is_match(&self, name: &str) -> bool {
        self.text == name || self.matcher.as_ref().is_some_and(|matcher| matcher.is_match(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_crosses_slashes_and_finds_its_own_text() {
        for (pattern, name, expected) in [
            ("openai/*", "openai/gpt-5.2", true),
            ("*gpt*", "openai/gpt-5.2", true),
            ("claude-opus[1m]", "claude-opus[1m]", true),
            ("claude-opus[1m]", "claude-opusm", true),
            ("{a,b}", "b", true),
            ("a", "A", false),
            ("[", "[", true),
            ("[", "x", false),
        ] {
            assert_eq!(Glob::new(pattern).is_match(name), expected, "{pattern} {name}");
        }
    }
}
