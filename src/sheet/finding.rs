//! Findings: statements a person can act on.

use super::{Fact, Severity};

/// A statement a person can act on, with what it rests on. What does not apply is empty.
#[derive(Clone, Debug)]
pub struct Finding {
    /// By which it is acknowledged and found again: the same subject and metric have the same id in every log.
    pub id: String,
    pub severity: Severity,
    /// What it is about: `template formal-letter`.
    pub subject: String,
    pub says: String,
    /// What explains it.
    pub because: String,
    /// How it moved since what came before.
    pub moved: String,
    pub try_this: String,
    /// What it would be worth to mend it.
    pub worth: String,
    /// The command that says it is done, or known.
    pub close: String,
    /// What was said of it before: since when it is open, who knows of it.
    pub status: String,
    /// Whether somebody knows of it already, so that it is shown and is no reason to ring.
    pub is_quiet: bool,
    /// The probability that it is true, 0 to 1; `None` for what was simply observed.
    pub confidence: Option<f64>,
    /// The numbers behind the words.
    pub evidence: Vec<Fact>,
}

impl Finding {
    /// A finding of which nothing but this is known.
    pub fn new(severity: Severity, subject: impl Into<String>, says: impl Into<String>) -> Finding {
        Finding {
            id: String::new(),
            severity,
            subject: subject.into(),
            says: says.into(),
            because: String::new(),
            moved: String::new(),
            try_this: String::new(),
            worth: String::new(),
            close: String::new(),
            status: String::new(),
            is_quiet: false,
            confidence: None,
            evidence: Vec::new(),
        }
    }

    /// What is said under the headline, by what it is called, in the order it is read.
    pub fn points(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("why", &self.because),
            ("moved", &self.moved),
            ("try", &self.try_this),
            ("worth", &self.worth),
            ("close", &self.close),
        ];
        all.into_iter().filter(|(_, text)| !text.is_empty()).map(|(label, text)| (label, text.as_str()))
    }
}
