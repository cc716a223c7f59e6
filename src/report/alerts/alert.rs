//! One alert: a number past its level, with what is known and said of it.

use super::standing::{self, Reading, Standing};
use super::watched::Watching;
use crate::query::Dimension;
use crate::report::causes;
use crate::report::decided::State;
use crate::severity::Severity;
use crate::sheet::{Cell, Fact, Finding, Unit};

/// A number that is past its level, or was when it was last told.
pub struct Alert {
    pub id: String,
    /// What it is about: the name of a dimension, `everything` or `budget`.
    pub what: &'static str,
    /// Which of them; empty where there is only one.
    pub name: String,
    /// Its key in reports.
    pub metric: String,
    pub label: String,
    pub unit: Unit,
    pub cell: Cell,
    /// The observations it rests on.
    pub n: u64,
    pub level: Option<f64>,
    pub severity: Severity,
    pub standing: Standing,
    /// When it was first told.
    pub since_ns: Option<i64>,
    pub status: String,
    pub says: String,
    /// What explains it, one reason each.
    pub because: Vec<String>,
    pub moved: String,
    pub try_this: String,
}

/// What is seen of a watched number.
pub struct Seen<'a> {
    pub reading: Reading,
    pub severity: Severity,
    /// Whether it is worse than when it was acknowledged at that number.
    pub is_worse: &'a dyn Fn(f64) -> bool,
}

impl Alert {
    /// The alert of an id, if there is or was one, of which nothing else is known yet.
    pub fn of(watching: &Watching<'_>, id: String, seen: &Seen<'_>) -> Option<Alert> {
        let decisions = watching.decisions(&id);
        let standing = standing::standing(seen.reading, seen.severity, decisions, seen.is_worse)?;
        let date = |ts_ns: Option<i64>| ts_ns.map(|ts_ns| watching.ask.query.zone.date(ts_ns)).unwrap_or_default();
        let since_ns = standing::since(decisions);
        let last = decisions.first();
        let is_acknowledged = last.is_some_and(|last| last.state == State::Acknowledged);
        let mut status = match standing {
            Standing::New => "new".to_owned(),
            Standing::Worse if is_acknowledged => "worse than when it was acknowledged".to_owned(),
            Standing::Worse => "worse than when it was told".to_owned(),
            Standing::Open => format!("open since {}", date(since_ns)),
            Standing::Acknowledged => format!("acknowledged on {}", date(last.map(|last| last.ts_ns))),
            Standing::Closed => "over".to_owned(),
        };
        if seen.reading == Reading::Unknown {
            status.push_str(", too few observations to tell whether it is over");
        }
        Some(Alert {
            id,
            what: "everything",
            name: String::new(),
            metric: String::new(),
            label: String::new(),
            unit: Unit::Count,
            cell: Cell::Int(0),
            n: 0,
            level: None,
            severity: seen.severity,
            standing,
            since_ns: if standing == Standing::New { None } else { since_ns },
            status,
            says: String::new(),
            because: Vec::new(),
            moved: String::new(),
            try_this: String::new(),
        })
    }

    /// `prompt extract-invoice`, `everything`, `budget of the month`.
    pub fn subject(&self) -> String {
        if self.name.is_empty() { self.what.to_owned() } else { format!("{} {}", self.what, self.name) }
    }

    /// As a finding of a question with these filters, as flags.
    pub fn finding(&self, flags: &str) -> Finding {
        let close = match self.standing {
            Standing::Acknowledged | Standing::Closed => String::new(),
            _ => format!("`prompt-analytics alert ack {}{flags}`", self.id),
        };
        let level = self.level.map(|level| Fact::new("level", "alert level", self.unit, Cell::Num(level)));
        let known = [
            Fact::new("metric", "metric", Unit::Name, Cell::Text(self.metric.clone())),
            Fact::new("value", &*self.label, self.unit, self.cell.clone()),
            Fact::new("n", "observations", Unit::Count, Cell::Int(i128::from(self.n))),
        ];
        Finding {
            id: self.id.clone(),
            because: self.because.join("; "),
            moved: self.moved.clone(),
            try_this: self.try_this.clone(),
            close,
            status: self.status.clone(),
            is_quiet: !self.standing.is_loud(),
            evidence: known.into_iter().chain(level).collect(),
            ..Finding::new(self.severity, self.subject(), self.says.clone())
        }
    }
}

/// The key and the flag of a subject: `everything` has no flag.
pub fn subject(dimension: Option<Dimension>, name: &str) -> (&'static str, String) {
    dimension.map_or(("everything", String::new()), |dimension| (dimension.name(), causes::flag(dimension, name)))
}
