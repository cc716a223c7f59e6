//! What a person is told when something could not be done: a lowercase phrase, the cause, and a hint that can be pasted.

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
    message
}

/// What clap says about arguments, in our shape.
pub fn of_clap(error: &clap::Error) -> Trouble {
    let text = error.render().to_string();
    let mut paragraphs = text.split("\n\n");
    let says = paragraphs.next().unwrap_or_default().trim_start_matches("error: ");
    let says = says.split_whitespace().collect::<Vec<_>>().join(" ").replace('\'', "`");
    let tip = text.lines().find_map(|line| line.trim().strip_prefix("tip: "));
    let hint = match tip {
        Some(tip) => tip.replace('\'', "`"),
        None => "`prompt-analytics --help` shows what there is".to_owned(),
    };
    Trouble::new(says).hint(hint)
}
