//! Starters: which conversation starters are used, and whether they lead anywhere.

use super::ask::{Ask, Plan, title};
use super::{Report, SHAPED, pictures};
use crate::fold::{Scope, Test};
use crate::metric::{self, Metric};
use crate::query::Dimension;
use crate::sheet::Sheet;
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "starters",
    question: "Which conversation starters are used, and do they lead anywhere?",
    shows: "Uses of each starter, the conversations they began, success and ratings of those uses.",
    computed: "A starter's uses are the uses that carry its `starter_id`, and `starter` events whose run is not one of them; the \
               success of such an event counts as an outcome here, and only here.",
    lies: "A starter event without a run_id is counted beside the use it belongs to: record the run_id.",
    by: &[Dimension::Starter],
    takes: SHAPED,
    nothing: ("no starter was used", Test::Run),
    fill,
};

const METRICS: &[Metric] = &[
    metric::RUNS,
    metric::OUTCOMES,
    metric::SUCCESS_RATE,
    metric::CONVERSATIONS,
    metric::RATINGS,
    metric::MEAN_RATING,
    metric::LAST_USED,
];

fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let by = ask.by(REPORT.by);
    let title = if by == REPORT.by { "Starters".to_owned() } else { title("Starters", &by) };
    let plan = Plan {
        id: "starters",
        title: title.clone(),
        scope: Scope::Starters,
        by,
        metrics: METRICS,
        rows_of: Test::Any,
        share_of: None,
    };
    let blocks = pictures::drawn(ask, ask.totalled(&plan)?, "Success", &["success_rate"]);
    Ok(ask.sheet(REPORT.name, title, Scope::Starters, blocks))
}
