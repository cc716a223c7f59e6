//! Quality: how good the prompts and answers were found to be.

use super::ask::{Ask, Plan, title};
use super::{Report, SHAPED, pictures};
use crate::fold::{Scope, Test};
use crate::metric::{self, Metric};
use crate::query::Dimension;
use crate::sheet::Sheet;
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "quality",
    question: "How good are the prompts and answers found to be?",
    shows: "Mean quality, clarity, specificity and efficiency, each from 0 to 1 with its interval and number of scores.",
    computed: "Plain means of the scores in `quality` events, and of the `quality_score` of `template` events. The interval is \
               Student's t after adding one score at each end of the scale.",
    lies: "Scores of different evaluators are not on one scale: filter by `--source` or compare only like with like. What is \
           assessed is rarely a fair sample of what is used.",
    by: &[Dimension::Prompt],
    takes: SHAPED,
    nothing: ("nothing was assessed", Test::Assessment),
    fill,
};

const METRICS: &[Metric] =
    &[metric::ASSESSMENTS, metric::QUALITY, metric::CLARITY, metric::SPECIFICITY, metric::EFFICIENCY];

fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let by = ask.by(REPORT.by);
    let title = title("Quality", &by);
    let plan = Plan {
        id: "quality",
        title: title.clone(),
        scope: Scope::Uses,
        by,
        metrics: METRICS,
        rows_of: Test::Assessment,
        share_of: None,
    };
    let blocks = pictures::drawn(ask, ask.totalled(&plan)?, "Quality", &["quality_score"]);
    Ok(ask.sheet(REPORT.name, title, Scope::Uses, blocks))
}
