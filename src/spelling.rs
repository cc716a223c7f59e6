//! Spelling: the known name that a misspelt one probably meant. A leaf.

/// The nearest of some names, if any is near enough to be meant.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let likeness = |candidate: &&str| strsim::jaro_winkler(name, candidate);
    let nearest = known.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(&nearest) > 0.8).then_some(nearest)
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
