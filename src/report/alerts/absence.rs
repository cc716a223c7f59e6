//! Absence: subjects that fell silent, and prompts that fell out of use. Both compare with the period before.

use super::alert::{Alert, Seen, subject};
use super::levels::Found;
use super::standing::Reading;
use super::watched::{Panel, Watching};
use crate::coverage::count;
use crate::metric::Metric;
use crate::query::Dimension;
use crate::severity::Severity;
use crate::sheet::{Cell, Unit};

/// Names of prompts that a finding shows.
const NAMED: usize = 5;

/// Subjects of which there was enough to judge before and of which nothing at all happened now. Of a log that is silent as
/// a whole nobody needs to be told part by part.
pub fn silence(watching: &Watching<'_>, metrics: &[Metric], panels: &[Panel]) -> Vec<Found> {
    let Some(previous) = watching.previous.filter(|_| watching.ask.query.watch.is_silence_bad) else {
        return Vec::new();
    };
    let is_all_silent = panels.first().is_some_and(|all| Panel::rows(all.now("")) == 0);
    let mut found = Vec::new();
    for panel in panels {
        for name in &panel.names {
            let before = panel.before(name);
            let severity = severity(watching, metrics, panel, name);
            let reading = match (Panel::rows(panel.now(name)), severity) {
                (0, Some(_)) if watching.is_mostly_over() => Reading::Past,
                (0, _) => Reading::Unknown,
                _ => Reading::Back,
            };
            let id = watching.id(panel.dimension, name, "silence");
            if is_all_silent && panel.dimension.is_some() && watching.decisions(&id).is_empty() {
                continue;
            }
            let severity = severity.unwrap_or(Severity::Medium);
            let Some(alert) = Alert::of(watching, id, &Seen { reading, severity, is_worse: &|_| false }) else {
                continue;
            };
            let (what, flag) = subject(panel.dimension, name);
            let words = previous.words(&watching.ask.query.zone);
            let says = match reading {
                Reading::Back => "is heard of again".to_owned(),
                Reading::Past => format!("is silent: nothing happened, after {} before", Panel::rows(before)),
                _ => "is still silent".to_owned(),
            };
            let alert = Alert {
                what,
                name: name.clone(),
                metric: "silence".to_owned(),
                label: "events".to_owned(),
                cell: Cell::Int(i128::from(Panel::rows(panel.now(name)))),
                n: Panel::rows(before),
                says,
                moved: if reading == Reading::Past {
                    format!("it was used or judged in {words}")
                } else {
                    String::new()
                },
                try_this: format!("see when it was used last: `prompt-analytics usage --every day{flag}`"),
                ..alert
            };
            let is_past = reading == Reading::Past;
            found.push(Found { alert, dimension: panel.dimension, print: panel.print(None, before), is_past });
        }
    }
    found
}

/// The gravest of the levels that there were enough observations for in the period before, `None` where there was none.
fn severity(watching: &Watching<'_>, metrics: &[Metric], panel: &Panel, name: &str) -> Option<Severity> {
    let before = panel.before(name);
    if Panel::rows(before) == 0 {
        return None;
    }
    let levels = panel.levels(name, watching.ask);
    let enough = levels.iter().filter(|level| level.alert.is_some()).filter(|level| {
        let metric = metrics.iter().find(|metric| metric.key == level.metric);
        metric.is_some_and(|metric| panel.observations(metric, before) >= level.minimum_n.max(1))
    });
    enough.map(|level| level.severity).max()
}

/// Prompts that were used often enough before and less often now: one alert for all of them.
pub fn low_usage(watching: &Watching<'_>, prompts: &Panel) -> Option<Alert> {
    let least = watching.ask.query.watch.low_usage;
    let previous = watching.previous.filter(|_| least > 0)?;
    let runs = |name: &str| (Panel::runs(prompts.before(name)), Panel::runs(prompts.now(name)));
    let of = |name: &String| (name.clone(), runs(name));
    let mut fallen: Vec<(String, (u64, u64))> =
        prompts.names.iter().map(of).filter(|(_, (before, now))| *before >= least && *now < least).collect();
    // The most used of them first; names are in order already.
    fallen.sort_by_key(|(_, (before, _))| std::cmp::Reverse(*before));
    let used_before = prompts.names.iter().filter(|name| runs(name).0 >= least).count() as u64;
    let reading = match fallen.len() {
        _ if !watching.is_mostly_over() => Reading::Unknown,
        0 => Reading::Back,
        _ => Reading::Past,
    };
    let number = fallen.len() as u64;
    #[allow(clippy::cast_precision_loss, reason = "prompts are few")]
    let is_worse = |than: f64| number as f64 > than;
    let id = watching.id(Some(Dimension::Prompt), "", "low_usage");
    let alert = Alert::of(watching, id, &Seen { reading, severity: Severity::Low, is_worse: &is_worse })?;
    let named = |(name, (before, now)): &(String, (u64, u64))| format!("{name} ({before} to {now})");
    let mut names: Vec<String> = fallen.iter().take(NAMED).map(named).collect();
    if fallen.len() > NAMED {
        names.push(format!("{} more", fallen.len() - NAMED));
    }
    let verb = if number == 1 { "has" } else { "have" };
    let says = match reading {
        Reading::Back => "no prompt that was used before fell out of use".to_owned(),
        Reading::Unknown => "too little of the period is over to tell which prompts fell out of use".to_owned(),
        _ => format!("{} {verb} fewer than {}: {}", count(number, "prompt"), count(least, "use"), names.join(", ")),
    };
    Some(Alert {
        what: "prompts",
        metric: "low_usage".to_owned(),
        label: "prompts out of use".to_owned(),
        unit: Unit::Count,
        cell: Cell::Int(i128::from(number)),
        n: used_before,
        moved: format!("each had at least {least} in {}", previous.words(&watching.ask.query.zone)),
        try_this: "see whether they were replaced: `prompt-analytics usage --every week --by prompt`".to_owned(),
        says,
        ..alert
    })
}
