//! Levels: what is expected of each metric, from defaults, a config and what the config says of single subjects.

use super::{Dimension, Glob};
use crate::severity::Severity;
use std::borrow::Cow;

/// What is expected of one metric, in the unit it is reported in.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// The key of the metric.
    pub metric: Cow<'static, str>,
    /// To be reached: recommendations judge by it.
    pub target: Option<f64>,
    /// Past it an alert is raised.
    pub alert: Option<f64>,
    /// Back at it an alert is closed; `None`: a tenth of the alert level on its good side.
    pub clear: Option<f64>,
    /// How bad it is to be past the alert level.
    pub severity: Severity,
    /// Observations it takes to judge.
    pub minimum_n: u64,
}

/// A change of a level: what is `None` stays; a level of `Some(None)` is taken away.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Setting {
    pub metric: String,
    pub target: Option<Option<f64>>,
    pub alert: Option<Option<f64>>,
    pub clear: Option<f64>,
    pub severity: Option<Severity>,
    pub minimum_n: Option<u64>,
}

/// Settings of the subjects of one dimension whose names match.
#[derive(Clone, Debug)]
pub struct Override {
    pub dimension: Dimension,
    pub names: Glob,
    pub settings: Vec<Setting>,
}

/// The levels of every subject.
#[derive(Clone, Debug)]
pub struct Levels {
    base: Vec<Level>,
    overrides: Vec<Override>,
}

const fn level(metric: &'static str, target: Option<f64>, alert: f64, severity: Severity, minimum_n: u64) -> Level {
    Level { metric: Cow::Borrowed(metric), target, alert: Some(alert), clear: None, severity, minimum_n }
}

/// The levels before a config changes them.
const DEFAULTS: [Level; 8] = [
    level("success_rate", Some(0.80), 0.70, Severity::High, 20),
    level("mean_rating", Some(4.0), 3.0, Severity::High, 10),
    level("mean_ms", Some(2000.0), 5000.0, Severity::Medium, 20),
    level("error_rate", None, 0.20, Severity::High, 20),
    level("quality_score", Some(0.7), 0.5, Severity::Medium, 10),
    level("clarity_score", Some(0.7), 0.5, Severity::Medium, 10),
    level("specificity_score", Some(0.7), 0.5, Severity::Medium, 10),
    level("efficiency_score", Some(0.7), 0.5, Severity::Medium, 10),
];

impl Default for Levels {
    fn default() -> Levels {
        Levels { base: DEFAULTS.to_vec(), overrides: Vec::new() }
    }
}

impl Levels {
    /// Changes the level of a metric for every subject, or makes it one.
    pub fn set(&mut self, setting: &Setting) {
        put(&mut self.base, setting);
    }

    /// Changes levels for some subjects; of several changes that match a subject the last counts, setting by setting.
    pub fn set_for(&mut self, of: Override) {
        self.overrides.push(of);
    }

    /// The levels of everything together.
    pub fn base(&self) -> &[Level] {
        &self.base
    }

    /// The levels of one subject; without a dimension, of everything together.
    pub fn of(&self, dimension: impl Into<Option<Dimension>>, name: &str) -> Cow<'_, [Level]> {
        let mut levels = Cow::Borrowed(&self.base[..]);
        let dimension = dimension.into();
        let matching = self.overrides.iter().filter(|of| Some(of.dimension) == dimension && of.names.is_match(name));
        for setting in matching.flat_map(|of| &of.settings) {
            put(levels.to_mut(), setting);
        }
        levels
    }

    /// Every metric that has a level for anybody, each once.
    pub fn metrics(&self) -> Vec<&str> {
        let of_some = self.overrides.iter().flat_map(|of| &of.settings).map(|setting| &*setting.metric);
        let mut metrics: Vec<&str> = Vec::new();
        for metric in self.base.iter().map(|level| &*level.metric).chain(of_some) {
            if !metrics.contains(&metric) {
                metrics.push(metric);
            }
        }
        metrics
    }
}

/// Observations it takes to judge a metric that has no level of its own by default.
const MINIMUM_N: u64 = 20;

fn put(levels: &mut Vec<Level>, setting: &Setting) {
    let at = levels.iter().position(|level| level.metric == setting.metric).unwrap_or_else(|| {
        levels.push(Level {
            metric: setting.metric.clone().into(),
            target: None,
            alert: None,
            clear: None,
            severity: Severity::Medium,
            minimum_n: MINIMUM_N,
        });
        levels.len() - 1
    });
    let level = &mut levels[at];
    level.target = setting.target.unwrap_or(level.target);
    level.alert = setting.alert.unwrap_or(level.alert);
    level.clear = setting.clear.or(level.clear);
    level.severity = setting.severity.unwrap_or(level.severity);
    level.minimum_n = setting.minimum_n.unwrap_or(level.minimum_n);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(levels: &[Level], metric: &str) -> Option<f64> {
        levels.iter().find(|level| level.metric == metric).and_then(|level| level.target)
    }

    #[test]
    fn a_subject_has_the_last_word_that_matches_it_setting_by_setting() {
        let mut levels = Levels::default();
        levels.set(&Setting { metric: "success_rate".into(), minimum_n: Some(30), ..Setting::default() });
        let of = |names: &str, target: Option<f64>, minimum_n: Option<u64>| Override {
            dimension: Dimension::Prompt,
            names: Glob::new(names),
            settings: vec![Setting {
                metric: "success_rate".into(),
                target: Some(target),
                minimum_n,
                ..Setting::default()
            }],
        };
        levels.set_for(of("translate-*", Some(0.95), Some(50)));
        levels.set_for(of("translate-faq", None, None));
        assert_eq!(target(&levels.of(Dimension::Prompt, "translate-mail"), "success_rate"), Some(0.95));
        let faq = levels.of(Dimension::Prompt, "translate-faq");
        assert_eq!((target(&faq, "success_rate"), faq[0].minimum_n), (None, 50));
        let other = levels.of(Dimension::Template, "translate-faq");
        assert_eq!((target(&other, "success_rate"), other[0].minimum_n), (Some(0.8), 30));
    }

    #[test]
    fn any_metric_may_get_a_level() {
        let mut levels = Levels::default();
        levels.set(&Setting { metric: "p95_ms".into(), alert: Some(Some(9000.0)), ..Setting::default() });
        let last = levels.base().last().unwrap();
        assert_eq!((&*last.metric, last.alert, last.minimum_n), ("p95_ms", Some(9000.0), 20));
        assert_eq!(levels.metrics().len(), 9);
    }
}
