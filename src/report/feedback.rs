//! Feedback: what people think of the answers, who says so, and what their remarks speak of.

use super::ask::{Ask, Listing, Plan, column, title};
use super::themes::Themes;
use super::{Report, SHAPED, pictures};
use crate::coverage::{count, thousands};
use crate::fold::{Field, Fold, Measure, Number, RowColumn, Scope, Test, Value};
use crate::metric::{self, Metric};
use crate::query::Dimension;
use crate::sheet::{Block, Cell, ChartKind, Column, Fact, Sheet, Table, Unit, Why};
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "feedback",
    question: "What do people think of the answers?",
    shows: "Ratings from 1 to 5: how many, their mean with its interval, how they are spread, how many uses were rated at all and \
            by whom, what the remarks speak of, and the newest remarks.",
    computed: "Of what one person said of one use, the latest rating counts; a rating without a use counts by itself. The mean is \
               plain; its interval is Student's t after adding one rating at each end of the scale. Ratings between two points \
               count to the nearer, halves to the upper. A remark speaks of a theme if it has one of its words, whole and in any \
               case. Clarity: clear, unclear, confusing, ambiguous, specific. Helpfulness: helpful, unhelpful, useful, useless. \
               Accuracy: accurate, inaccurate, correct, incorrect, wrong. Speed: fast, slow, quick, time. Other forms of them do \
               not count, and a remark may speak of several themes.",
    lies: "People rate what delights or annoys them. With a low response rate the mean is about those people, not about the \
           prompt: below 20 % a line says so. A word is not what is meant by it: \"not clear\" and \"clear\" are one theme, and \
           remarks in other languages than English speak of none.",
    by: &[Dimension::Prompt],
    takes: SHAPED,
    nothing: ("nothing was rated", Test::Judgement),
    fill,
};

const METRICS: &[Metric] = &[
    metric::RATINGS,
    metric::MEAN_RATING,
    metric::RESPONSE_RATE,
    metric::RATERS,
    metric::RATING_1,
    metric::RATING_2,
    metric::RATING_3,
    metric::RATING_4,
    metric::RATING_5,
];

/// How many remarks are shown.
const REMARKS: usize = 10;
/// Fewer ratings than this are easily one person's.
const FEW: u64 = 5;

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
    let folded = ask.fold_of(&plan, Vec::new());
    let mut blocks = ask.totalled_of(&plan, &folded)?;
    let total = folded.total();
    let ratings = metric::RATINGS.of(&folded.measures, &total, &ask.query.zone);
    let most = most_by_one_rater(ask);
    let is_drawn = ask.query.has_charts && matches!(ratings, Cell::Int(1..));
    let points = is_drawn.then(|| points(ask, &folded.measures, &total));
    if let Some(points) = &points {
        blocks.insert(1, pictures::over(ChartKind::Bar, "Ratings", points, &["ratings"]));
    }
    if let Some(Block::Totals(facts)) = blocks.first_mut() {
        let cell = most.map_or(Cell::Missing(Why::NoData), |most| Cell::Int(most.into()));
        facts.push(Fact::new("most_by_one_rater", "most by one rater", Unit::Count, cell));
    }
    if let Cell::Share { k, n, .. } = metric::RESPONSE_RATE.of(&folded.measures, &total, &ask.query.zone) {
        blocks.extend(few_rated(k, n).map(Block::Note));
    }
    if let (Cell::Int(ratings), Some(most)) = (ratings, most) {
        blocks.extend(one_voice(most, u64::try_from(ratings).unwrap_or(0)).map(Block::Note));
    }
    let themes = Themes::of(ask, ask.filter(Scope::Uses));
    if themes.are_spoken_of() {
        blocks.push(Block::Table(themes.table(ask)));
    }
    let remarks = newest_remarks(ask)?;
    if !remarks.rows.is_empty() {
        blocks.push(Block::Table(remarks));
    }
    blocks.extend(points.map(Block::Behind));
    Ok(ask.sheet(REPORT.name, title, Scope::Uses, blocks))
}

/// How many ratings there are of each number of points.
fn points(ask: &Ask<'_>, measures: &[Measure], total: &[Value]) -> Table {
    let of = [metric::RATING_1, metric::RATING_2, metric::RATING_3, metric::RATING_4, metric::RATING_5];
    let row = |metric: &Metric| {
        vec![Cell::Text(metric.label.clone().into_owned()), metric.of(measures, total, &ask.query.zone)]
    };
    Table {
        id: "points",
        title: "Ratings by points".to_owned(),
        columns: vec![column("points", "points", Unit::Name), column("ratings", "ratings", Unit::Count)],
        rows: of.iter().map(row).collect(),
        others: None,
        total: None,
    }
}

fn newest_remarks(ask: &Ask<'_>) -> Result<Table> {
    let columns = [
        (RowColumn::Number(Number::Time), Column { rank: 1, ..column("time", "time", Unit::Instant) }),
        (RowColumn::Text(Field::PromptId), column("prompt", "prompt", Unit::Name)),
        (RowColumn::Number(Number::Rating), column("rating", "rating", Unit::Score)),
        (RowColumn::Text(Field::FeedbackText), column("remark", "remark", Unit::Name)),
    ];
    ask.listing(&Listing {
        id: "remarks",
        title: "Newest remarks",
        test: Test::Remark,
        columns: &columns,
        order: Number::Time,
        limit: REMARKS,
    })
}

/// How many ratings the person gave who gave the most; `None` where it is not known who gave any.
fn most_by_one_rater(ask: &Ask<'_>) -> Option<u64> {
    let measures = vec![Measure::Count(Test::Rating)];
    let by_user = ask.executor.fold(&Fold { filter: ask.filter(Scope::Uses), keys: vec![Dimension::User], measures });
    let known = by_user.groups.iter().filter(|group| group.keys[0].is_some());
    known.map(|group| group.values[0].count()).max().filter(|most| *most > 0)
}

/// What there is to say where fewer than a fifth of the uses were rated: the mean is about those who rate.
pub fn few_rated(rated: u64, uses: u64) -> Option<String> {
    let is_said = rated > 0 && rated.saturating_mul(5) < uses;
    #[allow(clippy::cast_precision_loss, reason = "counts of uses are far below 2^53")]
    let percent = 100.0 * rated as f64 / uses as f64;
    let percent = if percent < 0.1 { "<0.1".to_owned() } else { format!("{percent:.1}") };
    let were = if rated == 1 { "was" } else { "were" };
    is_said.then(|| {
        format!(
            "{} of {} {were} rated ({percent} %): the ratings tell of those who rate, who may well be the delighted or the \
             annoyed, and not of the other {}.",
            thousands(rated.into()),
            count(uses, "use"),
            thousands((uses - rated).into()),
        )
    })
}

/// What there is to say where one person gave more than half of the ratings.
fn one_voice(most: u64, ratings: u64) -> Option<String> {
    let is_said = ratings >= FEW && most > ratings / 2;
    is_said.then(|| match ratings - most {
        0 => format!("All {} ratings are of one person.", thousands(ratings.into())),
        _ => format!(
            "One person gave {} of the {} ratings: the mean is mostly theirs.",
            thousands(most.into()),
            thousands(ratings.into())
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_rate_below_a_fifth_is_said_with_its_numbers() {
        let said = few_rated(6, 120).unwrap();
        assert!(said.starts_with("6 of 120 uses were rated (5.0 %)") && said.ends_with("other 114."), "{said}");
        assert!(few_rated(1, 9).unwrap().starts_with("1 of 9 uses was rated (11.1 %)"));
        assert!(few_rated(1, 40_000).unwrap().starts_with("1 of 40,000 uses was rated (<0.1 %)"));
        assert_eq!((few_rated(4, 20), few_rated(0, 120), few_rated(0, 0)), (None, None, None));
    }

    #[test]
    fn one_person_who_gave_most_ratings_is_said_and_of_a_few_nothing() {
        assert!(one_voice(34, 41).unwrap().starts_with("One person gave 34 of the 41 ratings"));
        assert!(one_voice(6, 6).unwrap().starts_with("All 6 ratings are of one person"));
        assert_eq!((one_voice(4, 4), one_voice(3, 6), one_voice(20, 41)), (None, None, None));
    }
}
