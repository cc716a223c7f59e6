//! Cost: what the uses cost, as it was recorded.

use super::ask::{Ask, Plan, title};
use super::{Report, SHAPED};
use crate::fold::{Scope, Test};
use crate::metric::{self, Metric};
use crate::query::Dimension;
use crate::sheet::Sheet;
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "cost",
    question: "What do the uses cost, and what does a success cost?",
    shows: "Recorded cost in dollars, per use and per success, and how many uses have no cost.",
    computed: "The sum of `cost_usd` over uses, in integer nano-dollars. Cost per use divides by the uses that have a cost; cost \
               per success divides the cost of uses with an outcome, failures included, by their successes.",
    lies: "A use without a recorded cost is unpriced, not free: the total is then \"at least\". One long call can be most of a \
           total.",
    by: &[Dimension::Prompt],
    takes: SHAPED,
    nothing: ("nothing was used", Test::Run),
    fill,
};

const METRICS: &[Metric] =
    &[metric::RUNS, metric::COST_USD, metric::COST_PER_RUN, metric::COST_PER_SUCCESS, metric::UNPRICED_RUNS];

fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let by = ask.by(REPORT.by);
    let title = title("Cost", &by);
    let plan = Plan {
        id: "cost",
        title: title.clone(),
        scope: Scope::Uses,
        by,
        metrics: METRICS,
        rows_of: Test::Run,
        share_of: Some(&metric::COST_USD),
    };
    Ok(ask.sheet(REPORT.name, title, Scope::Uses, ask.totalled(&plan)?))
}
