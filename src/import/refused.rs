//! Why an import cannot be done, and the way out. It does not know how either is printed.

use crate::spelling;
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
pub fn nearest<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let lowered: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let is_end_of =
        |path: &String| path.strip_suffix(&wanted).is_some_and(|above| above.is_empty() || above.ends_with('.'));
    let at = lowered.iter().position(is_end_of).or_else(|| {
        let nearest = spelling::nearest(&wanted, &lowered.iter().map(String::as_str).collect::<Vec<_>>())?;
        lowered.iter().position(|candidate| candidate == nearest)
    });
    at.map(|at| names[at])
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_one_that_could_have_been_meant() {
        let columns = ["TIMESTAMP", "ContextTokens", "GeneratedTokens", "properties.cost"];
        assert_eq!(nearest("ContextToken", &columns), Some("ContextTokens"));
        assert_eq!(nearest("timestamp", &columns), Some("TIMESTAMP"));
        assert_eq!(nearest("cost", &columns), Some("properties.cost"));
        assert_eq!(nearest("latency", &columns), None);
    }
}
