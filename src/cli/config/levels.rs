//! Levels and budgets out of tables, and the checks that need more than one setting.

use super::layer::{Origin, Said, Table, Value};
use super::settings::{BUDGET, OVERRIDE, OVERSPENT, PRICE, SPENT_IN, Shape, TARGETS, judged, judged_keys};
use super::{Config, file};
use crate::import;
use crate::metric::{self, Better};
use crate::query::{self, Budget, Dimension, Glob, Levels, Override, Watch};
use crate::severity::Severity;
use crate::spelling;
use crate::time::Every;
use anyhow::Result;

/// What to say of a metric that cannot have levels.
pub fn no_metric(below: &str, key: &str) -> String {
    if let Some(metric) = metric::named(key) {
        return format!("no value of `{key}` ({}) is better than another, so it has no levels", metric.label);
    }
    let keys = judged_keys();
    let mut known: Vec<&str> = keys.iter().map(String::as_str).collect();
    if below == OVERRIDE.name {
        known.extend(OVERRIDE.settings.iter().map(|setting| setting.key));
    }
    spelling::unknown("metric", key, &known)
}

/// Whether one section of a list says whom it is for, and all that it must.
///
/// # Errors
/// What to say of it.
pub fn check_item(item: &Table) -> Result<(), String> {
    let name = item.section.name;
    let dimensions: Vec<&str> = of_dimensions(item).map(|said| said.setting.key).collect();
    let all: Vec<&str> =
        item.section.settings.iter().filter(|of| matches!(of.shape, Shape::Glob)).map(|of| of.key).collect();
    if let [first, second, ..] = dimensions[..] {
        return Err(format!("one `[[{name}]]` has both `{first}` and `{second}`; write two of them"));
    }
    if name == OVERRIDE.name && dimensions.is_empty() {
        return Err(format!("this `[[{name}]]` is for nobody: it needs one of {}", all.join(", ")));
    }
    if let Some(known) = item.text("name").filter(|known| *known == "all" || import::named(known).is_ok()) {
        return Err(format!("`{known}` is what `import` calls something else; give the recipe another name"));
    }
    if name == PRICE.name {
        super::prices::check(item)?;
    }
    match item.section.needed().iter().find(|key| item.get(key).is_none()) {
        Some(missing) => Err(format!("this `[[{name}]]` needs `{missing}`")),
        None => Ok(()),
    }
}

fn of_dimensions(table: &Table) -> impl Iterator<Item = &Said> {
    table.said.iter().filter(|said| matches!(said.setting.shape, Shape::Glob))
}

/// Whether every alert level is on the bad side of its target, and where it is closed between the two; for everybody, and
/// for those of each override alone.
///
/// # Errors
/// One is not; it names the line that was said last.
pub fn check(tables: &[Table]) -> Result<()> {
    for table in tables.iter().filter(|table| table.section.name == TARGETS.name) {
        check_sides(table, None)?;
    }
    for own in tables.iter().flat_map(|table| &table.within) {
        check_sides(own, tables.iter().find(|table| table.is_of(&TARGETS, &own.metric)))?;
    }
    Ok(())
}

/// Pairs of which the first is never better than the second.
const RISING: [(&str, &str); 3] = [("alert", "target"), ("alert", "clear"), ("clear", "target")];

fn check_sides(table: &Table, beneath: Option<&Table>) -> Result<()> {
    let Some(metric) = judged(&table.metric) else { return Ok(()) };
    let said = |key: &str| table.get(key).or_else(|| beneath?.get(key));
    for (worse, better) in RISING {
        let (Some(worse), Some(better)) = (said(worse), said(better)) else { continue };
        let (Some(first), Some(second)) = (worse.value.number(), better.value.number()) else { continue };
        let (is_wrong, more, side) = match metric.better {
            Better::Higher => (first > second, "more is better", "above"),
            _ => (first < second, "less is better", "below"),
        };
        if is_wrong {
            let by = |said: &Said| if said.from == Origin::Default { " by default" } else { "" };
            let [a, b] = [worse, better].map(|said| said.setting.key);
            let says = format!(
                "`{a}` of {} is {first}{}, {side} `{b}`, which is {second}{}; {more}, so it must not be",
                table.metric,
                by(worse),
                by(better)
            );
            let from = (&worse.from).max(&better.from);
            let hint = format!("say both: `{a}` is the level that is too bad, `{b}` the one to reach or to be back at");
            return Err(file::refused(from, &says).hint(hint).into());
        }
    }
    Ok(())
}

impl Config {
    /// What is expected of every metric.
    pub fn levels(&self) -> Levels {
        let mut levels = Levels::default();
        for table in &self.tables {
            if table.section.name == TARGETS.name {
                levels.set(&setting(table));
            }
            let of = of_dimensions(table).next().filter(|_| table.section.name == OVERRIDE.name);
            if let Some((dimension, names)) = of.and_then(names) {
                levels.set_for(Override { dimension, names, settings: table.within.iter().map(setting).collect() });
            }
        }
        levels
    }

    /// What alerts look at.
    pub fn watch(&self) -> Watch {
        let mut watch = Watch::default();
        for table in &self.tables {
            if let Some(window) = table.text("window") {
                window.clone_into(&mut watch.window);
            }
            if let Some(silence) = table.text("silence") {
                watch.is_silence_bad = silence == "alert";
            }
            watch.low_usage = table.get("low_usage").and_then(|said| said.value.whole()).unwrap_or(watch.low_usage);
            watch.budgets.extend(budget(table).filter(|_| table.section.name == BUDGET.name));
        }
        watch
    }
}

fn setting(table: &Table) -> query::Setting {
    let value = |key| table.get(key).map(|said| &said.value);
    query::Setting {
        metric: table.metric.clone(),
        target: value("target").map(Value::number),
        alert: value("alert").map(Value::number),
        clear: value("clear").and_then(Value::number),
        severity: severity(table),
        minimum_n: value("minimum").and_then(Value::whole),
    }
}

fn severity(table: &Table) -> Option<Severity> {
    Severity::named(table.text("severity")?)
}

fn names(said: &Said) -> Option<(Dimension, Glob)> {
    Some((Dimension::named(said.setting.key)?, Glob::new(said.value.text()?)))
}

fn budget(table: &Table) -> Option<Budget> {
    let every = table.text("every")?;
    Some(Budget {
        every: SPENT_IN.into_iter().find(|known: &Every| known.name() == every)?,
        limit: table.get("usd")?.value.number()?,
        of: of_dimensions(table).next().and_then(names),
        severity: severity(table).unwrap_or(OVERSPENT),
    })
}
