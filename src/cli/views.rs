//! Views: short names for a report in a shape, as users of `ccusage` know them. One table, from which asking, help,
//! completions and refusals grow; a view has no numbers of its own.

use super::Trouble;
use super::args::Asked;
use crate::query::Dimension;
use crate::time::Every;

/// A name for a report in a shape.
pub struct View {
    pub name: &'static str,
    pub report: &'static str,
    pub every: Option<Every>,
    pub by: Option<Dimension>,
    /// The order of its rows, all of which it shows, unless another is asked for.
    pub sort: Option<&'static str>,
}

/// Every view.
pub const ALL: &[View] = &[
    View { name: "daily", report: "cost", every: Some(Every::Day), by: None, sort: None },
    View { name: "weekly", report: "cost", every: Some(Every::Week), by: None, sort: None },
    View { name: "monthly", report: "cost", every: Some(Every::Month), by: None, sort: None },
    View {
        name: "session",
        report: "cost",
        every: None,
        by: Some(Dimension::Conversation),
        sort: Some("last_used:asc"),
    },
];

impl View {
    /// What it stands for: `cost --every day`.
    pub fn words(&self) -> String {
        let mut words = self.report.to_owned();
        let every = self.every.map(|every| format!(" --every {}", every.name()));
        let by = self.by.map(|by| format!(" --by {}", by.name()));
        let sort = self.sort.map(|sort| format!(" --sort {sort} --top 0"));
        words.extend([every, by, sort].into_iter().flatten());
        words
    }
}

/// The names of all views.
pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|view| view.name).collect()
}

/// The view asked for.
///
/// # Errors
/// It does not stand alone.
pub fn of(asked: &Asked) -> Result<Option<&'static View>, Trouble> {
    let mut names = asked.bare.iter().chain(&asked.report).map(|name| name.trim());
    let Some(view) = names.clone().find_map(|name| ALL.iter().find(|view| view.name == name)) else { return Ok(None) };
    match names.find(|name| *name != view.name) {
        Some(other) => {
            let says = format!("`{}` is `{}`, a shape that `{other}` would share", view.name, view.words());
            Err(Trouble::new(says).hint(format!("ask for one at a time: `prompt-analytics {}`", view.name)))
        }
        None => Ok(Some(view)),
    }
}

/// Puts in the place of a view what it stands for. What is broken down besides is broken down within it; another `--every`
/// would be another view.
///
/// # Errors
/// The view does not stand alone, or contradicts `--every`.
pub fn take(asked: &mut Asked) -> Result<(), Trouble> {
    let Some(view) = of(asked)? else { return Ok(()) };
    let shape = &mut asked.shape;
    match (view.every, &shape.every) {
        (Some(every), Some(other)) if every.name() != other => {
            let says = format!("`{}` is `{}`, and takes no `--every {other}`", view.name, view.words());
            return Err(Trouble::new(says).hint(format!("`prompt-analytics {} --every {other}`", view.report)));
        }
        (Some(every), _) => shape.every = Some(every.name().to_owned()),
        (None, _) => {}
    }
    if let Some(by) = view.by {
        shape.by.insert(0, by.name().to_owned());
    }
    if let Some(sort) = view.sort
        && shape.sort.is_none()
    {
        shape.sort = Some(sort.to_owned());
        shape.top = shape.top.or(Some(0));
    }
    asked.bare = Vec::new();
    asked.report = vec![view.report.to_owned()];
    Ok(())
}
