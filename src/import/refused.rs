//! Why an import cannot be done, and the way out. It does not know how either is printed.

use std::fmt;

/// Something a person has to change before anything is imported.
#[derive(Debug)]
pub struct Refused {
    pub says: String,
    /// A sentence or a command that can be pasted.
    pub hint: Option<String>,
}

impl Refused {
    pub fn new(says: impl Into<String>) -> Refused {
        Refused { says: says.into(), hint: None }
    }

    pub fn hint(self, hint: impl Into<String>) -> Refused {
        Refused { hint: Some(hint.into()), ..self }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.says)
    }
}

impl std::error::Error for Refused {}

/// The one of `names` that was most likely meant by `name`: the same but for case, the last part of a path, or alike.
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let likeness = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let is_end = candidate.strip_suffix(wanted.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        if is_end { 1.0 } else { strsim::jaro_winkler(&wanted, &candidate) }
    };
    let scored = names.into_iter().map(|candidate| (likeness(candidate), candidate));
    // Of equals the first in the alphabet, so that the answer does not depend on the order of the columns.
    let best = scored.max_by(|(a, left), (b, right)| a.total_cmp(b).then(right.cmp(left)))?;
    (best.0 > 0.8).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_one_that_could_have_been_meant() {
        let columns = ["TIMESTAMP", "ContextTokens", "GeneratedTokens", "properties.cost"];
        assert_eq!(nearest("ContextToken", columns), Some("ContextTokens"));
        assert_eq!(nearest("timestamp", columns), Some("TIMESTAMP"));
        assert_eq!(nearest("cost", columns), Some("properties.cost"));
        assert_eq!(nearest("latency", columns), None);
    }
}
