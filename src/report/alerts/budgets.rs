//! Budgets: what was spent in the civil hour, day, week or month that it is, and what that comes to at this rate.

use super::alert::{Alert, Seen};
use super::standing::{self, Reading};
use super::watched::Watching;
use crate::fold::{Filter, Fold, Measure, Scope, Test};
use crate::metric::{self, Better, Metric};
use crate::query::{self, Budget, Dimension, Filters, Tested};
use crate::report::ask::column;
use crate::report::causes;
use crate::severity::Severity;
use crate::sheet::{Cell, Column, Table, Unit, Why};
use crate::time::{self, Every, Period, Span};
use anyhow::Result;

/// A rate says nothing before this share of the span is over, and before so many of its days (of a day, hours) had uses.
const LEAST_SHARE: f64 = 0.1;
const LEAST_BUSY: u64 = 2;

/// What is spent.
static COST: Metric = metric::COST_USD;

/// A budget beside what was spent of it.
pub struct Spending<'a> {
    budget: &'a Budget,
    span: Span,
    spent: Cell,
    priced: u64,
    /// Days (of a day, hours) with uses.
    busy: u64,
    /// What the span costs if the rest of it goes on as it began, where that can be said.
    projected: Option<f64>,
}

/// Every budget with what was spent of it until now.
///
/// # Errors
/// A span of time is not understood, which no budget should bring about.
pub fn spending<'a>(watching: &Watching<'a>) -> Result<Vec<Spending<'a>>> {
    watching.ask.query.watch.budgets.iter().map(|budget| Spending::of(watching, budget)).collect()
}

impl<'a> Spending<'a> {
    fn of(watching: &Watching<'a>, budget: &'a Budget) -> Result<Spending<'a>> {
        let (zone, now_ns) = (&watching.ask.query.zone, watching.ask.query.now_ns);
        let span = match budget.every {
            Every::Hour => time::span(&zone.instant(now_ns)[..13], zone, now_ns),
            Every::Day => time::span("today", zone, now_ns),
            Every::Week => time::span("this-week", zone, now_ns),
            Every::Month => time::span("this-month", zone, now_ns),
        }?;
        let of = budget.of.iter().map(|(dimension, names)| query::Filter {
            tested: Tested::Dimension(*dimension),
            patterns: vec![names.text().to_owned()],
        });
        let filters = Filters { patterns: of.collect(), ..Filters::default() };
        let period = Period { since_ns: Some(span.start_ns), until_ns: Some(now_ns.saturating_add(1)) };
        let mut measures = COST.measures.to_vec();
        measures.push(Measure::Count(Test::Run));
        let runs = measures.len() - 1;
        let part = if matches!(budget.every, Every::Hour | Every::Day) { Every::Hour } else { Every::Day };
        let keys = vec![Dimension::Bucket(part)];
        let folded = watching.ask.executor.fold(&Fold {
            filter: Filter { scope: Scope::Uses, period, filters },
            keys,
            measures,
        });
        let busy = folded.groups.iter().filter(|group| group.values[runs].count() > 0).count() as u64;
        let total = folded.total();
        let spent = match COST.of(&folded.measures, &total, zone) {
            Cell::Missing(Why::NoData) => Cell::Num(0.0),
            spent => spent,
        };
        #[allow(clippy::cast_precision_loss, reason = "a share of a span")]
        let gone = (now_ns - span.start_ns) as f64 / (span.end_ns - span.start_ns) as f64;
        let can_project = gone >= LEAST_SHARE && busy >= LEAST_BUSY;
        let projected = spent.number().filter(|_| can_project).map(|spent| spent / gone);
        Ok(Spending { budget, span, spent, priced: total[1].count(), busy, projected })
    }

    /// What is past the limit: what was spent or, one severity lower, what will be at this rate.
    pub fn alert(&self, watching: &Watching<'_>) -> Option<Alert> {
        let (limit, severity) = (self.budget.limit, self.budget.severity);
        let spent = self.spent.number()?;
        let is_spent = spent >= limit;
        let is_soon = self.projected.is_some_and(|projected| projected > limit);
        let (severity, value) =
            if is_spent { (severity, spent) } else { (lower(severity), self.projected.unwrap_or(spent)) };
        let reading = match value {
            _ if is_spent || is_soon => Reading::Past,
            value => standing::reading(value, limit, limit * 0.9, Better::Lower),
        };
        let of = self.budget.of.as_ref().map(|(dimension, _)| *dimension);
        let id = watching.id(of, self.name(), &self.key(watching));
        let is_worse = |than: f64| is_spent && standing::is_worse(value, than, limit, Better::Lower);
        let alert = Alert::of(watching, id, &Seen { reading, severity, is_worse: &is_worse })?;
        let says = self.says(reading, is_spent);
        Some(Alert {
            what: "budget",
            name: self.subject(),
            metric: if is_spent { "cost_usd" } else { "projected_cost_usd" }.to_owned(),
            label: if is_spent { "spent" } else { "at this rate" }.to_owned(),
            unit: Unit::Dollars,
            cell: if is_spent { self.spent.clone() } else { Cell::Num(value) },
            n: self.priced,
            level: Some(limit),
            says,
            because: self.because(),
            try_this: format!(
                "see what costs most: `prompt-analytics cost --by prompt,model {}`",
                self.flags(watching)
            ),
            ..alert
        })
    }

    /// Two budgets of the same cost are told apart by their limits; and what was told of one month is over with it.
    fn key(&self, watching: &Watching<'_>) -> String {
        let start = watching.ask.query.zone.minute(self.span.start_ns);
        format!("budget_{}_{}_{start}", self.budget.every.name(), self.budget.limit)
    }

    fn name(&self) -> &str {
        self.budget.of.as_ref().map_or("", |(_, names)| names.text())
    }

    fn subject(&self) -> String {
        let every = self.budget.every.name();
        match &self.budget.of {
            Some((dimension, names)) => format!("of the {every} for {} {}", dimension.label(), names.text()),
            None => format!("of the {every}"),
        }
    }

    fn says(&self, reading: Reading, is_spent: bool) -> String {
        let dollars = |value: f64| causes::number(Unit::Dollars, value);
        let least = if matches!(self.spent, Cell::AtLeast(_)) { "at least " } else { "" };
        let spent = format!("{least}{} of {}", dollars(self.spent.number().unwrap_or(0.0)), dollars(self.budget.limit));
        let every = self.budget.every.name();
        match (reading, self.projected) {
            (Reading::Past, _) if is_spent => format!("{spent} is spent"),
            (_, Some(projected)) => {
                format!("{spent} is spent; at this rate {least}{} by the end of the {every}", dollars(projected))
            }
            (_, None) => format!("{spent} is spent"),
        }
    }

    fn because(&self) -> Vec<String> {
        self.projected
            .map(|_| "the rate takes the rest of it to go on as it began, nights and weekends alike".to_owned())
            .filter(|_| self.spent.number().is_some_and(|spent| spent < self.budget.limit))
            .into_iter()
            .collect()
    }

    fn flags(&self, watching: &Watching<'_>) -> String {
        let since = watching.ask.query.zone.date(self.span.start_ns);
        let of = self.budget.of.as_ref().map(|(dimension, names)| causes::flag(*dimension, names.text()));
        format!("--since {since}{}", of.unwrap_or_default())
    }
}

fn lower(severity: Severity) -> Severity {
    match severity {
        Severity::High => Severity::Medium,
        Severity::Medium | Severity::Low => Severity::Low,
    }
}

/// Every budget as a row.
pub fn table(spending: &[Spending<'_>]) -> Table {
    let columns = vec![
        column("every", "every", Unit::Name),
        column("of", "of", Unit::Name),
        column("spent_usd", "spent", Unit::Dollars),
        column("limit_usd", "limit", Unit::Dollars),
        column("share", "share used", Unit::Ratio),
        column("projected_usd", "at this rate", Unit::Dollars),
        Column { rank: 1, ..column("severity", "severity", Unit::Name) },
    ];
    let row = |spending: &Spending<'_>| {
        let limit = spending.budget.limit;
        let of = spending.budget.of.as_ref();
        let share = match spending.spent {
            Cell::AtLeast(spent) => Cell::AtLeast(spent / limit),
            Cell::Num(spent) => Cell::Num(spent / limit),
            ref missing => missing.clone(),
        };
        vec![
            Cell::Text(spending.budget.every.name().to_owned()),
            Cell::Text(of.map_or("everything".to_owned(), |(of, names)| format!("{} {}", of.label(), names.text()))),
            spending.spent.clone(),
            Cell::Num(limit),
            share,
            match (spending.projected, &spending.spent) {
                (Some(projected), Cell::AtLeast(_)) => Cell::AtLeast(projected),
                (Some(projected), _) => Cell::Num(projected),
                (None, _) => Cell::Missing(Why::TooFew { n: spending.busy, least: LEAST_BUSY }),
            },
            Cell::Text(spending.budget.severity.name().to_owned()),
        ]
    };
    let rows = spending.iter().map(row).collect();
    Table { id: "budgets", title: "Budgets".to_owned(), columns, rows, others: None, total: None }
}
