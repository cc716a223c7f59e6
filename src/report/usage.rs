//! Usage: which prompts are used, how much, by whom.

use super::ask::{Ask, Plan, title};
use super::{Report, SHAPED, pictures};
use crate::fold::{Scope, Test};
use crate::metric::{self, Metric, Spread};
use crate::query::{Dimension, Quantile};
use crate::sheet::Sheet;
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "usage",
    question: "Which prompts are used, how much, and by whom?",
    shows: "Uses, their share of all, tokens in and out with their medians (or `--quantiles`), users, conversations, and when each was last used.",
    computed: "A use is one `run`, or one `usage` with the `performance` of the same run_id. Tokens are summed over the uses that \
               recorded them; input includes cached tokens, output includes reasoning.",
    lies: "Uses that no wrapper recorded are not in it. Sums of tokens are too low where some uses did not record them, and \
           those of orphan outcomes are left out, as their use was never recorded.",
    by: &[Dimension::Prompt],
    takes: SHAPED,
    nothing: ("nothing was used", Test::Run),
    fill,
};

const METRICS: [Metric; 11] = [
    metric::RUNS,
    metric::PROMPTS,
    metric::USERS,
    metric::CONVERSATIONS,
    metric::INPUT_TOKENS,
    metric::OUTPUT_TOKENS,
    metric::CACHED_INPUT_TOKENS,
    metric::TOTAL_TOKENS,
    metric::MEAN_INPUT_TOKENS,
    metric::FIRST_USED,
    metric::LAST_USED,
];

fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let by = ask.by(REPORT.by);
    let medians = [Spread::InputTokens, Spread::OutputTokens].map(|of| ask.quantiles(of, &[Quantile::P50]));
    let metrics: Vec<Metric> = METRICS.into_iter().chain(medians.into_iter().flatten()).collect();
    let title = title("Usage", &by);
    let plan = Plan {
        id: "usage",
        title: title.clone(),
        scope: Scope::Uses,
        by,
        metrics: &metrics,
        rows_of: Test::Run,
        share_of: Some(&metric::RUNS),
    };
    let mut blocks = ask.totalled(&plan)?;
    if ask.query.has_charts {
        blocks = pictures::drawn(ask, blocks, "Runs", &["runs"]);
        let hours = pictures::hours(ask, "usage_hours", "Runs by weekday and hour", Scope::Uses, Test::Run);
        if !hours.rows.is_empty() {
            blocks = pictures::beside(blocks, pictures::heatmap(&hours.title, &hours), hours);
        }
    }
    Ok(ask.sheet(REPORT.name, title, Scope::Uses, blocks))
}
