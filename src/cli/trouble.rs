//! What a person is told when something could not be done: a lowercase phrase, the cause, and a hint that can be pasted.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::fmt;

/// An error that knows a way out.
#[derive(Debug)]
pub struct Trouble {
    says: String,
    detail: Option<String>,
    hint: Option<String>,
}

impl Trouble {
    pub fn new(says: impl Into<String>) -> Trouble {
        Trouble { says: says.into(), detail: None, hint: None }
    }

    /// What is known about the circumstances, on a line of its own.
    pub fn detail(self, detail: impl Into<String>) -> Trouble {
        Trouble { detail: Some(detail.into()), ..self }
    }

    /// What to try: a sentence or a command that can be pasted.
    pub fn hint(self, hint: impl Into<String>) -> Trouble {
        Trouble { hint: Some(hint.into()), ..self }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.says)
    }
}

impl std::error::Error for Trouble {}

/// `error: …` in full, with every cause, and the hint of the outermost trouble that has one.
pub fn message(error: &anyhow::Error) -> String {
    let troubles = || error.chain().filter_map(|cause| cause.downcast_ref::<Trouble>());
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    let mut message = format!("error: {}", causes.join(": "));
    if let Some(detail) = troubles().find_map(|trouble| trouble.detail.as_deref()) {
        message.push_str("\n  ");
        message.push_str(detail);
    }
    if let Some(hint) = troubles().find_map(|trouble| trouble.hint.as_deref()) {
        message.push_str("\n\nhint: ");
        message.push_str(hint);
    }
    safe(&message)
}

/// Lines for a person in which names from a log cannot move the cursor or hide what stands beside them.
pub fn safe(text: &str) -> String {
    text.split('\n').map(crate::render::visible).collect::<Vec<_>>().join("\n")
}

/// What clap says about arguments, in our shape.
pub fn of_clap(error: &clap::Error) -> Trouble {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => texts.first().cloned(),
        _ => None,
    };
    let argument = context(ContextKind::InvalidArg).unwrap_or_default();
    let value = context(ContextKind::InvalidValue);
    let flag = argument.split(' ').next().unwrap_or_default().to_owned();
    let says = match (error.kind(), value) {
        (ErrorKind::UnknownArgument, _) if flag.starts_with('-') => format!("there is no flag `{flag}`"),
        (ErrorKind::MissingRequiredArgument, _) => format!("{} is missing", flag.trim_matches(['<', '>', '.'])),
        (ErrorKind::ValueValidation, Some(value)) => format!("{flag} is `{value}`, and must be a number"),
        _ => {
            let text = error.render().to_string();
            let says = text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
            says.split_whitespace().collect::<Vec<_>>().join(" ").replace('\'', "`")
        }
    };
    let nearest = [ContextKind::SuggestedArg, ContextKind::SuggestedValue].into_iter().find_map(context);
    let hint = match (nearest, context(ContextKind::Usage).or_else(|| usage(error))) {
        (Some(nearest), _) => format!("did you mean `{nearest}`?"),
        (None, Some(usage)) if error.kind() == ErrorKind::MissingRequiredArgument => usage,
        (None, _) => "`prompt-analytics --help` shows what there is".to_owned(),
    };
    Trouble::new(says).hint(hint)
}

/// How the verb is used, as clap draws it.
fn usage(error: &clap::Error) -> Option<String> {
    let text = error.render().to_string();
    Some(text.lines().find_map(|line| line.strip_prefix("Usage: "))?.to_owned())
}
