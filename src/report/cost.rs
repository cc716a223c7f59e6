//! Cost: what the uses cost, as it was recorded, and how much of it is a single use.

use super::ask::{Ask, Listing, Plan, column, title};
use super::{Report, SHAPED};
use crate::coverage::count;
use crate::fold::{Field, Folded, Measure, Number, RowColumn, Scope, Test, Value};
use crate::metric::{self, Metric};
use crate::query::Dimension;
use crate::sheet::{Block, Cell, Column, Sheet, Table, Unit, Why};
use anyhow::Result;

pub const REPORT: Report = Report {
    name: "cost",
    question: "What do the uses cost, and what does a success cost?",
    shows: "Recorded cost in dollars, per use with its interval and per success, how many uses have no cost, and the dearest uses.",
    computed: "The sum of `cost_usd` over uses, in integer nano-dollars. Cost per use divides by the uses that have a cost, and its \
               interval is Student's t; cost per success divides the cost of uses with an outcome, failures included, by their \
               successes. Where one of at least 5 uses is more than half of the total, a line says so, and what the others cost.",
    lies: "A use without a recorded cost is unpriced, not free: the total is then \"at least\". One long call can be most of a \
           total, and the next one is not foretold by the interval of a mean that it is not part of.",
    by: &[Dimension::Prompt],
    takes: SHAPED,
    nothing: ("nothing was used", Test::Run),
    fill,
};

const METRICS: &[Metric] = &[
    metric::RUNS,
    metric::COST_USD,
    metric::COST_PER_RUN,
    metric::COST_PER_SUCCESS,
    metric::MAX_COST,
    metric::UNPRICED_RUNS,
];

/// How many of the dearest uses are listed.
const DEAREST: usize = 5;
/// Of fewer priced uses than this, one is easily more than half of the cost.
const FEW: u64 = 5;

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
    let folded = ask.fold_of(&plan, Vec::new());
    let spent = Spent::of(&folded);
    let dearest = dearest(ask, &spent)?;
    let mut blocks = ask.totalled_of(&plan, &folded)?;
    if let Some(row) = dearest.rows.first() {
        blocks.extend(outlier(ask, &spent, &name(row)).map(Block::Note));
        blocks.push(Block::Table(dearest));
    }
    Ok(ask.sheet(REPORT.name, title, Scope::Uses, blocks))
}

/// What all priced uses came to, in nano-dollars.
struct Spent {
    sum: i128,
    squares: i128,
    uses: u64,
    dearest: i128,
}

impl Spent {
    fn of(folded: &Folded) -> Spent {
        let total = folded.total();
        let value = |measure: Measure| folded.measures.iter().position(|known| *known == measure).map(|at| &total[at]);
        let int = |measure: Measure| value(measure).map_or(0, Value::int);
        let dearest = match value(Measure::Max(Number::Cost, Test::Priced)) {
            Some(Value::Extreme(Some(dearest))) => i128::from(*dearest),
            _ => 0,
        };
        Spent {
            sum: int(Measure::Sum(Number::Cost, Test::Priced)),
            squares: int(Measure::SumSq(Number::Cost, Test::Priced)),
            uses: value(Measure::Count(Test::Priced)).map_or(0, Value::count),
            dearest,
        }
    }

    /// What part of all this many nano-dollars are.
    fn share(&self, nanos: f64) -> Option<f64> {
        #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact sum")]
        (self.sum > 0).then(|| nanos / self.sum as f64)
    }
}

/// The dearest uses, each with its part of all that was spent.
fn dearest(ask: &Ask<'_>, spent: &Spent) -> Result<Table> {
    let ranked = |key: &str, label: &str, rank: u8| Column { rank, ..column(key, label, Unit::Name) };
    let columns = [
        (RowColumn::Number(Number::Time), column("time", "time", Unit::Instant)),
        (RowColumn::Text(Field::PromptId), column("prompt", "prompt", Unit::Name)),
        (RowColumn::Text(Field::Model), ranked("model", "model", 2)),
        (RowColumn::Text(Field::RunId), ranked("run", "run", 3)),
        (RowColumn::Number(Number::Cost), column("cost_usd", "cost", Unit::Dollars)),
    ];
    let plan = Listing {
        id: "dearest",
        title: "Dearest uses",
        test: Test::Priced,
        columns: &columns,
        order: Number::Cost,
        limit: DEAREST,
    };
    let mut table = ask.listing(&plan)?;
    table.columns.push(column("share", "share", Unit::Ratio));
    for row in &mut table.rows {
        let share = row.last().and_then(Cell::number).and_then(|dollars| spent.share(dollars * 1e9));
        row.push(share.map_or(Cell::Missing(Why::NoData), Cell::Num));
    }
    Ok(table)
}

/// `r17, code-review, 2026-11-18`, as far as it is known: a row of the dearest uses by its run, prompt and day.
fn name(row: &[Cell]) -> String {
    let text = |at: usize| if let Cell::Text(text) = &row[at] { Some(text.as_str()) } else { None };
    let day = text(0).and_then(|instant| instant.split('T').next());
    [text(3), text(1), day].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What there is to say where one use is more than half of all that was spent: the mean tells of nothing else then.
fn outlier(ask: &Ask<'_>, spent: &Spent, name: &str) -> Option<String> {
    if spent.uses < FEW || spent.dearest * 2 <= spent.sum {
        return None;
    }
    #[allow(clippy::cast_precision_loss, reason = "one rounding of an exact number")]
    let share = spent.share(spent.dearest as f64)?;
    let others = [
        Value::Int(spent.sum - spent.dearest),
        Value::Int(spent.squares - spent.dearest * spent.dearest),
        Value::Int(i128::from(spent.uses - 1)),
    ];
    let Cell::Estimate { value, interval, n } =
        metric::COST_PER_RUN.of(metric::COST_PER_RUN.measures, &others, &ask.query.zone)
    else {
        return None;
    };
    let interval = interval.map_or(String::new(), |(low, high)| format!("{}–{}, ", dollars(low), dollars(high)));
    Some(format!(
        "One run is {} of the recorded cost: {name}. Without it a run costs {} in the mean ({interval}{}).",
        percent(share),
        dollars(value),
        count(n, "run"),
    ))
}

/// A part that is not all, so that rounding must not make it all.
fn percent(share: f64) -> String {
    let percent = format!("{:.1} %", share * 100.0);
    if share < 1.0 && percent == "100.0 %" { ">99.9 %".to_owned() } else { percent }
}

/// Cents, or hundredths of a cent, or two figures of something smaller.
fn dollars(value: f64) -> String {
    let decimals = match value {
        large if large >= 1.0 || large <= 0.0 => 2,
        large if large >= 0.001 => 4,
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 5 and 9")]
        small => (1.0 - small.log10().floor()).clamp(5.0, 9.0) as usize,
    };
    format!("${value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_keep_two_figures_of_what_is_small() {
        for (value, said) in
            [(12.3, "$12.30"), (0.5, "$0.5000"), (0.004, "$0.0040"), (0.000_012_3, "$0.000012"), (0.0, "$0.00")]
        {
            assert_eq!(dollars(value), said);
        }
    }

    #[test]
    fn a_part_is_never_rounded_to_all() {
        assert_eq!([percent(0.98), percent(0.999_99), percent(1.0)], ["98.0 %", ">99.9 %", "100.0 %"]);
    }
}
