//! Usage: which prompts are used, how much, by whom.

use super::Report;
use super::ask::{Ask, Plan, add_share, title};
use crate::fold::{Scope, Test};
use crate::metric::{self, Metric};
use crate::query::Dimension;
use crate::sheet::{Block, Sheet};
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "usage",
    question: "Which prompts are used, how much, and by whom?",
    shows: "Uses, their share of all, tokens in and out, users, conversations, and when each was last used.",
    computed: "A use is one `run`, or one `usage` with the `performance` of the same run_id. Tokens are summed over the uses that \
               recorded them; input includes cached tokens, output includes reasoning.",
    lies: "Uses that no wrapper recorded are not in it. Sums of tokens are too low where some uses did not record them, and \
           those of orphan outcomes are left out, as their use was never recorded.",
    by: &[Dimension::Prompt],
    nothing: ("nothing was used", Test::Run),
    fill,
};

const METRICS: &[Metric] = &[
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
    let facts = ask.facts(Scope::Uses, METRICS)?;
    let title = title("Usage", &by);
    let plan = Plan { id: "usage", title: title.clone(), scope: Scope::Uses, by, metrics: METRICS, rows_of: Test::Run };
    let mut table = ask.table(&plan)?;
    add_share(&mut table, plan.by.len());
    ask.sheet(REPORT.name, title, Scope::Uses, vec![Block::Facts(facts), Block::Table(table)])
}
