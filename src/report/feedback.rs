//! Feedback: what people think of the answers.

use super::ask::{Ask, Listing, Plan, column, title};
use super::{Report, SHAPED};
use crate::fold::{Field, Number, RowColumn, Scope, Test};
use crate::metric::{self, Metric};
use crate::query::Dimension;
use crate::sheet::{Block, Column, Sheet, Unit};
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "feedback",
    question: "What do people think of the answers?",
    shows: "Ratings from 1 to 5: how many, their mean with its interval, how they are spread, how many uses were rated at all, and \
            the newest remarks.",
    computed: "Of what one person said of one use, the latest rating counts; a rating without a use counts by itself. The mean is \
               plain; its interval is Student's t after adding one rating at each end of the scale. Ratings between two points \
               count to the nearer, halves to the upper.",
    lies: "People rate what delights or annoys them. With a low response rate the mean is about those people, not about the \
           prompt.",
    by: &[Dimension::Prompt],
    takes: SHAPED,
    nothing: ("nothing was rated", Test::Judgement),
    fill,
};

const METRICS: &[Metric] = &[
    metric::RATINGS,
    metric::MEAN_RATING,
    metric::RESPONSE_RATE,
    metric::RATING_1,
    metric::RATING_2,
    metric::RATING_3,
    metric::RATING_4,
    metric::RATING_5,
];

/// How many remarks are shown.
const REMARKS: usize = 10;

fn fill(ask: &Ask<'_>) -> Result<Sheet> {
    let by = ask.by(REPORT.by);
    let title = title("Feedback", &by);
    let plan = Plan {
        id: "feedback",
        title: title.clone(),
        scope: Scope::Uses,
        by,
        metrics: METRICS,
        rows_of: Test::Judgement,
        share_of: None,
    };
    let columns = [
        (RowColumn::Number(Number::Time), Column { rank: 1, ..column("time", "time", Unit::Instant) }),
        (RowColumn::Text(Field::PromptId), column("prompt", "prompt", Unit::Name)),
        (RowColumn::Number(Number::Rating), column("rating", "rating", Unit::Score)),
        (RowColumn::Text(Field::FeedbackText), column("remark", "remark", Unit::Name)),
    ];
    let remarks = Listing {
        id: "remarks",
        title: "Newest remarks",
        test: Test::Remark,
        columns: &columns,
        order: Number::Time,
        limit: REMARKS,
    };
    let remarks = ask.listing(&remarks)?;
    let mut blocks = ask.totalled(&plan)?;
    if !remarks.rows.is_empty() {
        blocks.push(Block::Table(remarks));
    }
    Ok(ask.sheet(REPORT.name, title, Scope::Uses, blocks))
}
