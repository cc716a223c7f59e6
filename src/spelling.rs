//! Spelling: the known name that a misspelt one probably meant. A leaf.

/// The nearest of some names, if any is near enough to be meant.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let likeness = |candidate: &&str| strsim::jaro_winkler(name, candidate);
    let nearest = known.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(&nearest) > 0.8).then_some(nearest)
}

/// The known name that `name` is a slip of: the same in another case or without its underscores, without its unit, or a
/// letter or two away. Stricter than [`nearest`], for names that nobody has called wrong.
pub fn meant<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain =
        |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let own = plain(name);
    if own.chars().count() < 4 {
        return None;
    }
    if let Some(same) = known.iter().find(|known| plain(known) == own) {
        return Some(same);
    }
    let most = own.chars().count().div_ceil(5);
    let is_slip = |known: &&str| {
        let suffix = known.strip_prefix(name).and_then(|rest| rest.strip_prefix('_'));
        suffix.is_some_and(|suffix| suffix.len() <= 4) || strsim::osa_distance(&own, &plain(known)) <= most
    };
    nearest(name, &known.iter().copied().filter(is_slip).collect::<Vec<_>>())
}

/// `there is no report `perfomance`; did you mean `performance`?`, or all that there is.
pub fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(nearest) => format!("there is no {what} `{name}`; did you mean `{nearest}`?"),
        None => format!("there is no {what} `{name}`; there are {}", known.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood_and_another_word_is_not() {
        let known = ["usage", "performance", "quality"];
        assert_eq!(nearest("perfomance", &known), Some("performance"));
        assert_eq!(nearest("usgae", &known), Some("usage"));
        assert_eq!(nearest("banana", &known), None);
    }
}
