//! What became of findings: alerts that were opened, recommendations that were acknowledged or done.

use super::ask::Ask;
use crate::fold::{Field, Filter, Listed, Number, RowColumn, Rows, Scope, Test};
use crate::query::{Dimension, Filters};
use crate::severity::Severity;
use crate::time::Period;
use anyhow::Result;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// What an event said of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was raised, or taken up again.
    Open,
    /// It was over.
    Closed,
    /// Somebody knows of it.
    Acknowledged,
    /// What it asks for was done.
    Done,
}

impl State {
    pub const ALL: [State; 4] = [State::Open, State::Closed, State::Acknowledged, State::Done];

    pub fn name(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Closed => "closed",
            State::Acknowledged => "acknowledged",
            State::Done => "done",
        }
    }

    fn named(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// One decision, and what was known when it was made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    pub ts_ns: i64,
    pub state: State,
    pub severity: Option<Severity>,
    /// In the unit the metric is reported in.
    pub observed: Option<f64>,
}

/// All decisions by the finding they are about, the newest first. Those after the report's clock are not known yet.
pub struct Decided(HashMap<String, Vec<Decision>>);

impl Decided {
    /// Reads what the log says of findings, whatever the question's filters and period.
    ///
    /// # Errors
    /// The rows could not be put in order, which no question should bring about.
    pub fn of(ask: &Ask<'_>) -> Result<Decided> {
        let period = Period { since_ns: None, until_ns: Some(ask.query.now_ns.saturating_add(1)) };
        let text = RowColumn::Text;
        let rows = Rows {
            filter: Filter { scope: Scope::Findings, period, filters: Filters::default() },
            test: Test::Any,
            columns: vec![
                RowColumn::Number(Number::Time),
                text(Field::FindingId),
                text(Field::State),
                text(Field::Severity),
                RowColumn::Number(Number::Observed),
            ],
            order: Number::Time,
            limit: 0,
        };
        let mut decided: HashMap<String, Vec<Decision>> = HashMap::new();
        for row in ask.executor.rows(&rows)? {
            let [Listed::Number(ts_ns), Listed::Text(id), Listed::Text(state), severity, observed] = &row[..] else {
                continue;
            };
            let Some(state) = State::named(state) else { continue };
            let severity = if let Listed::Text(name) = severity { Severity::named(name) } else { None };
            #[allow(clippy::cast_precision_loss, reason = "one rounding of a number that people read")]
            let observed =
                if let Listed::Number(millionths) = observed { Some(*millionths as f64 / 1e6) } else { None };
            decided.entry(id.clone()).or_default().push(Decision { ts_ns: *ts_ns, state, severity, observed });
        }
        Ok(Decided(decided))
    }

    /// What was decided of one finding, the newest first.
    pub fn about(&self, id: &str) -> &[Decision] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }

    /// The last word on a finding.
    pub fn last(&self, id: &str) -> Option<&Decision> {
        self.about(id).first()
    }

    /// Every finding that anything was decided about, in no order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// The id of a finding: the same for the same subject and metric in every log, so that what was decided of it holds on.
/// `prefix` tells its kind: `r` for recommendations, `a` for alerts. Everything together has no dimension and no name.
pub fn id(prefix: char, dimension: Option<Dimension>, subject: &str, metric: &str) -> String {
    let parts = [dimension.map_or("", Dimension::name), subject, metric];
    let digest = Sha256::digest(parts.join("\u{1f}"));
    format!("{prefix}-{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_of_its_subject_and_metric_alone() {
        let of = |subject: &str, metric: &str| id('r', Some(Dimension::Prompt), subject, metric);
        assert_eq!(of("a", "success_rate"), of("a", "success_rate"));
        assert_ne!(of("a", "success_rate"), of("a", "mean_rating"));
        assert_ne!(of("a", "success_rate"), id('r', Some(Dimension::Template), "a", "success_rate"));
        assert_eq!(of("a", "success_rate").len(), "r-7f3a09".len());
    }

    #[test]
    fn every_state_is_found_by_its_name() {
        assert!(State::ALL.into_iter().all(|state| State::named(state.name()) == Some(state)));
    }
}
