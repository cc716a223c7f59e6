//! Templates: which templates are used, and how the prompts made from them fare.

use super::ask::{Ask, Plan, title};
use super::{Report, SHAPED, pictures};
use crate::fold::{Scope, Test};
use crate::metric::{self, Metric};
use crate::query::Dimension;
use crate::sheet::Sheet;
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "templates",
    question: "Which templates are used, and how do the prompts made from them fare?",
    shows: "Uses of each template, success, latency, ratings, quality and cost of those uses.",
    computed: "A template's uses are the uses that carry its `template_id`, and `template` events whose run is not one of them. \
               Ratings and assessments count for the template of their use, or of their prompt's latest use.",
    lies: "A template event without a run_id is counted beside the use it belongs to: record the run_id.",
    by: &[Dimension::Template],
    takes: SHAPED,
    nothing: ("no template was used", Test::Run),
    fill,
};

const METRICS: &[Metric] = &[
    metric::RUNS,
    metric::OUTCOMES,
    metric::SUCCESS_RATE,
    metric::MEAN_MS,
    metric::RATINGS,
    metric::MEAN_RATING,
    metric::QUALITY,
    metric::MEAN_INPUT_TOKENS,
    metric::COST_USD,
    metric::LAST_USED,
];

fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let by = ask.by(REPORT.by);
    let title = if by == REPORT.by { "Templates".to_owned() } else { title("Templates", &by) };
    let plan = Plan {
        id: "templates",
        title: title.clone(),
        scope: Scope::Templates,
        by,
        metrics: METRICS,
        rows_of: Test::Any,
        share_of: None,
    };
    let blocks = pictures::drawn(ask, ask.totalled(&plan)?, "Success", &["success_rate"]);
    Ok(ask.sheet(REPORT.name, title, Scope::Templates, blocks))
}
