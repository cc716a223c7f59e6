//! Prices of a person's own out of tables, and the names of models that cost the same as another.

use super::Config;
use super::layer::{Origin, Place, Table};
use super::settings::PRICE;
use crate::price::{self, Book, Day, Layer, Rate, Rates, Row, provider, tier};

/// The settings that are rates.
const RATES: [&str; 6] = [
    "input_usd_per_mtok",
    "output_usd_per_mtok",
    "cached_input_usd_per_mtok",
    "cache_write_usd_per_mtok",
    "cache_write_1h_usd_per_mtok",
    "reasoning_usd_per_mtok",
];

/// Whether one `[[price]]` says all that a price must, and nothing that it would not be looked at for.
///
/// # Errors
/// What to say of it.
pub fn check(item: &Table) -> Result<(), String> {
    let said = |key: &&str| item.get(key).is_some();
    if item.get("same_as").is_some() {
        let others = ["provider", "from", "to", "tier", "above"].into_iter().chain(RATES);
        return match others.into_iter().find(|key| said(key)) {
            Some(other) => {
                Err(format!("one `[[price]]` has both `same_as` and `{other}`; `same_as` takes every price"))
            }
            None => Ok(()),
        };
    }
    if let Some(missing) = RATES[..2].iter().find(|key| !said(key)) {
        return Err(format!("this `[[price]]` needs `{missing}`, or `same_as`"));
    }
    match [item.text("from"), item.text("to")] {
        // Dates of one form are in the order of their texts.
        [Some(from), Some(to)] if from >= to => {
            Err(format!("this `[[price]]` holds from {from} and no longer on {to}"))
        }
        _ => Ok(()),
    }
}

impl Config {
    /// Lays the prices of the config over those of a book. Of two that hold on one day, the later counts.
    pub fn lay_prices(&self, book: &mut Book) {
        let own = self.tables.iter().filter(|table| table.section.name == PRICE.name);
        for table in own.clone() {
            if let Some((model, other)) = table.text("model").zip(table.text("same_as")) {
                book.same(model, other);
            }
        }
        let mut rows: Vec<Row> = own.filter_map(row).collect();
        rows.reverse();
        book.add(Layer::Config, rows);
    }
}

fn row(table: &Table) -> Option<Row> {
    let rate = |at: usize| -> Option<Rate> { price::rate(table.text(RATES[at])?).ok() };
    let day = |key| Day::read(table.text(key)?).ok();
    let model = table.get("model")?;
    let source = match &model.from {
        Origin::User(Place { path, line }) | Origin::Directory(Place { path, line }) => {
            format!("{}:{line}", crate::cli::place::shortened(path))
        }
        other => other.to_string(),
    };
    Some(Row {
        model: model.value.text()?.to_lowercase(),
        provider: provider(table.text("provider").unwrap_or_default()),
        from: day("from"),
        to: day("to"),
        tier: tier(table.text("tier").unwrap_or_default()).into_owned(),
        above: table
            .get("above")
            .and_then(|said| said.value.whole())
            .map_or(0, |above| i64::try_from(above).unwrap_or(i64::MAX)),
        rates: Rates {
            input: rate(0)?,
            output: rate(1)?,
            cached_input: rate(2),
            cache_write: rate(3),
            cache_write_1h: rate(4),
            reasoning: rate(5),
        },
        source,
        retrieved: None,
    })
}
