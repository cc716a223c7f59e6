//! Causes: what failures broke on, and numbers, names and filters in the words of findings.

use super::ask::Ask;
use crate::coverage::count;
use crate::fold::{Filter, Fold, Folded, Measure, Test};
use crate::query::{Dimension, Filters, Glob};
use crate::sheet::Unit;
use std::collections::HashMap;
use std::fmt::Write as _;

/// Types of errors and how often each occurred, the most frequent first; `None` is what failed without an error.
pub type Kinds = Vec<(Option<String>, u64)>;

/// What broke, by the names of a dimension; everything together is `""` of no dimension.
pub fn of(ask: &Ask<'_>, filter: Filter, dimension: Option<Dimension>, test: Test) -> HashMap<String, Kinds> {
    by_name(&ask.executor.fold(&fold(filter, dimension, test)))
}

/// The fold that tells of causes.
pub fn fold(filter: Filter, dimension: Option<Dimension>, test: Test) -> Fold {
    let keys = dimension.into_iter().chain([Dimension::ErrorType]).collect();
    Fold { filter, keys, measures: vec![Measure::Count(test)] }
}

/// What broke, by what [`fold`] came to.
pub fn by_name(folded: &Folded) -> HashMap<String, Kinds> {
    let mut causes: HashMap<String, Kinds> = HashMap::new();
    for group in folded.groups.iter().filter(|group| group.values[0].count() > 0) {
        let Some((error, name)) = group.keys.split_last() else { continue };
        let name = match name {
            [Some(name)] => name.clone(),
            [None, ..] => continue,
            _ => String::new(),
        };
        causes.entry(name).or_default().push((error.clone(), group.values[0].count()));
    }
    for kinds in causes.values_mut() {
        kinds.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    }
    causes
}

/// `9 failures: 5 invalid_json, 4 without an error`; nothing of nothing.
pub fn words(what: &str, kinds: &[(Option<String>, u64)]) -> String {
    let all: u64 = kinds.iter().map(|(_, count)| count).sum();
    if all == 0 {
        return String::new();
    }
    let of_type = |(error, count): &(Option<String>, u64)| match error {
        Some(error) => format!("{count} {error}"),
        None => format!("{count} without an error"),
    };
    let mut types: Vec<String> = kinds.iter().take(3).map(of_type).collect();
    match kinds.len() - types.len() {
        0 => {}
        1 => types.push("1 other kind".to_owned()),
        others => types.push(format!("{others} other kinds")),
    }
    format!("{}: {}", count(all, what), types.join(", "))
}

/// A value as a sentence says it: `66.2 %`, `5.12 s`, `$3.10`.
pub fn number(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Ratio => format!("{:.1} %", value * 100.0),
        Unit::Millis => format!("{:.2} s", value / 1000.0),
        Unit::Dollars if value.abs() < 0.01 && value != 0.0 => format!("${value:.4}"),
        Unit::Dollars => format!("${value:.2}"),
        Unit::Count | Unit::Tokens => format!("{value:.0}"),
        _ => format!("{value:.2}"),
    }
}

/// A level as a sentence says it. It is exact, and so without empty decimals: `80 %`, `5 s`, `$100`.
pub fn level(unit: Unit, value: f64) -> String {
    let number = number(unit, value);
    let (digits, rest) = number.split_once(' ').map_or((&*number, None), |(digits, rest)| (digits, Some(rest)));
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    rest.map_or_else(|| digits.to_owned(), |rest| format!("{digits} {rest}"))
}

/// A name as a shell takes it.
pub fn quoted(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+,".contains(&byte);
    if !name.is_empty() && name.bytes().all(is_plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "'\\''"))
    }
}

/// The flag that keeps one name of a dimension, for a command that can be pasted.
pub fn flag(dimension: Dimension, name: &str) -> String {
    // A name with a dash in front would be taken for a flag of its own.
    let between = if name.starts_with('-') { '=' } else { ' ' };
    format!(" --{}{between}{}", dimension.name().replace('_', "-"), quoted(&Glob::literal(name)))
}

/// The flags that ask for the same filters again, each after a space.
pub fn flags(filters: &Filters) -> String {
    let mut flags = String::new();
    for filter in &filters.patterns {
        for pattern in &filter.patterns {
            let _ = write!(flags, " --{} {}", filter.tested.name().replace('_', "-"), quoted(pattern));
        }
    }
    flags.push_str(match filters.success {
        Some(true) => " --success",
        Some(false) => " --failed",
        None => "",
    });
    for (flag, rating) in [("--min-rating", filters.min_rating), ("--max-rating", filters.max_rating)] {
        if let Some(rating) = rating {
            let _ = write!(flags, " {flag} {}", crate::fixed::text(i128::from(rating), 9));
        }
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{self, Tested};

    #[test]
    fn causes_are_counted_the_most_frequent_first_and_the_rest_in_a_word() {
        let kinds: Kinds = [(Some("timeout"), 5), (None, 2), (Some("refused"), 1), (Some("a"), 1), (Some("b"), 1)]
            .map(|(kind, count)| (kind.map(str::to_owned), count))
            .into();
        let expected = "10 failures: 5 timeout, 2 without an error, 1 refused, 2 other kinds";
        assert_eq!(words("failure", &kinds), expected);
        assert_eq!(words("error", &kinds[2..3]), "1 error: 1 refused");
        assert_eq!(words("error", &[]), "");
    }

    #[test]
    fn a_level_is_said_without_empty_decimals() {
        for (unit, value, said) in [
            (Unit::Ratio, 0.8, "80 %"),
            (Unit::Ratio, 0.825, "82.5 %"),
            (Unit::Millis, 5000.0, "5 s"),
            (Unit::Score, 0.7, "0.7"),
            (Unit::Dollars, 100.0, "$100"),
            (Unit::Dollars, 2.5, "$2.5"),
            (Unit::Count, 10.0, "10"),
        ] {
            assert_eq!(level(unit, value), said);
        }
    }

    #[test]
    fn the_same_filters_can_be_asked_for_again() {
        let of = |tested, patterns: &[&str]| query::Filter {
            tested,
            patterns: patterns.iter().map(|pattern| (*pattern).to_owned()).collect(),
        };
        let filters = Filters {
            patterns: vec![of(Tested::Dimension(Dimension::PromptVersion), &["2"]), of(Tested::Tag, &["a", "it's *"])],
            success: Some(false),
            min_rating: Some(2_500_000_000),
            max_rating: None,
        };
        let flags = flags(&filters);
        assert_eq!(flags, " --prompt-version 2 --tag a --tag 'it'\\''s *' --failed --min-rating 2.5");
        assert_eq!(flag(Dimension::Model, "gpt-4o"), " --model gpt-4o");
        assert_eq!(flag(Dimension::Prompt, "*"), " --prompt '\\*'");
        assert_eq!(flag(Dimension::Prompt, "-x"), " --prompt=-x");
    }
}
