//! Prices: what a model costs, since when, and by which rule that was found; asked of a table of prices and of no log.

use super::ask::column;
use crate::coverage::Coverage;
use crate::fixed;
use crate::price::{Book, Day, Rates, Row, Rule, Tokens, Version, per_million};
use crate::query::Query;
use crate::sheet::{Block, Cell, FOR_PROGRAMS, Fact, Sheet, Table, Unit, Why};
use crate::time::Period;

/// What `prices show` found of a model.
pub struct Shown<'a> {
    pub model: &'a str,
    pub versions: Vec<Version>,
    /// The instant whose day is asked about.
    pub on_ns: i64,
}

/// The prices of one model, by which rule they were found, and what a use comes to.
pub fn shown(query: &Query, book: &Book, shown: &Shown<'_>) -> Sheet {
    let mut rows = Vec::new();
    for version in &shown.versions {
        for (above, rates) in version.bands.iter().rev() {
            rows.push(price_row(version, *above, *rates, version.is_in_force(shown.on_ns)));
        }
    }
    let matched = shown.versions.first().map(|version| version.matched.clone()).unwrap_or_default();
    let rule = shown.versions.first().map(|version| version.rule.name()).unwrap_or_default();
    let facts = vec![
        Fact::new("model", "model", Unit::Name, Cell::Text(shown.model.to_owned())),
        Fact::new("matched", "priced as", Unit::Name, Cell::Text(matched.clone())),
        Fact::new("rule", "found by", Unit::Name, Cell::Text(rule.to_owned())),
        Fact::new("price_table", "price table", Unit::Name, Cell::Text(book.digest())),
    ];
    let found = if rule == Rule::Exact.name() {
        format!("`{}` is in the table under its own name.", shown.model)
    } else {
        format!("`{}` is priced as `{matched}` (rule: {rule}).", shown.model)
    };
    let in_force = shown.versions.iter().find(|version| version.tier.is_empty() && version.is_in_force(shown.on_ns));
    let example = in_force.and_then(|version| example(version, &Day::of(shown.on_ns).to_string()));
    let title = format!("Prices of {}", shown.model);
    let mut blocks = vec![Block::Totals(facts), Block::Table(price_table(title.clone(), rows)), Block::Note(found)];
    blocks.extend(example.map(Block::Note));
    sheet(query, title, blocks)
}

/// Every price there is, or those of models whose names hold a text.
pub fn listed(query: &Query, book: &Book, holds: &str) -> Sheet {
    let is_wanted = |row: &Row| row.model.contains(holds) || row.provider.contains(holds);
    let rows = book.rows().filter(|(_, row)| is_wanted(row)).map(|(layer, row)| {
        let version = Version {
            rule: Rule::Exact,
            matched: row.model.clone(),
            layer,
            provider: row.provider.clone(),
            tier: row.tier.clone(),
            from: row.from,
            to: row.to,
            source: row.source.clone(),
            bands: Vec::new(),
        };
        price_row(&version, row.above, row.rates, version.is_in_force(query.now_ns))
    });
    let title = "Prices".to_owned();
    let table = price_table(title.clone(), rows.collect());
    let digest = Fact::new("price_table", "price table", Unit::Name, Cell::Text(book.digest()));
    sheet(query, title, vec![Block::Totals(vec![digest]), Block::Table(table)])
}

fn sheet(query: &Query, title: String, blocks: Vec<Block>) -> Sheet {
    Sheet {
        report: "prices",
        title,
        generated_ns: query.now_ns,
        zone: query.zone.clone(),
        period: Period::default(),
        filters: Vec::new(),
        coverage: Coverage::default(),
        blocks,
    }
}

fn price_table(title: String, rows: Vec<Vec<Cell>>) -> Table {
    let name = |key: &str, label: &str, rank| column(key, label, Unit::Name).ranked(rank);
    let columns = vec![
        name("model", "model", 0),
        name("provider", "provider", 1),
        name("from", "from", 1),
        name("until", "until", 1),
        name("tier", "tier", 2),
        column("above", "above", Unit::Tokens).ranked(2),
        name("input_usd_per_mtok", "$/M input", 0),
        name("output_usd_per_mtok", "output", 0),
        name("cached_input_usd_per_mtok", "cached", 3),
        name("cache_write_usd_per_mtok", "write", 4),
        name("cache_write_1h_usd_per_mtok", "1 h write", 4),
        name("reasoning_usd_per_mtok", "reasoning", 6),
        name("in_force", "in force", 5),
        name("layer", "table", 7),
        name("source", "source", FOR_PROGRAMS),
    ];
    Table { id: "prices", title, columns, rows, others: None, total: None }
}

fn price_row(version: &Version, above: i64, rates: Rates, is_in_force: bool) -> Vec<Cell> {
    let text = |text: &str| if text.is_empty() { Cell::Missing(Why::NoData) } else { Cell::Text(text.to_owned()) };
    let day = |day: Option<Day>| day.map_or(Cell::Missing(Why::NoData), |day| Cell::Text(day.to_string()));
    let above = if above > 0 { Cell::Int(above.into()) } else { Cell::Missing(Why::NoData) };
    let names = [&version.matched, &version.provider].map(|name| text(name));
    let mut row: Vec<Cell> =
        names.into_iter().chain([day(version.from), day(version.to), text(&version.tier), above]).collect();
    row.extend(
        rates.named().map(|(_, rate)| rate.map_or(Cell::Missing(Why::NoData), |rate| Cell::Text(per_million(rate)))),
    );
    row.push(if is_in_force { Cell::Text("yes".to_owned()) } else { Cell::Missing(Why::NoData) });
    row.extend([text(version.layer.name()), text(&version.source)]);
    row
}

/// What 1,000 tokens sent and 500 received come to.
fn example(version: &Version, on: &str) -> Option<String> {
    let tokens = Tokens { input: Some(1000), output: Some(500), ..Tokens::default() };
    let rates = version.rates(1000)?;
    let cost = rates.cost(&tokens).ok()?;
    let [input, output] = [rates.input, rates.output].map(per_million);
    let dollars = fixed::text(cost.into(), 9);
    Some(format!(
        "For example on {on}: 1,000 tokens in at ${input} and 500 out at ${output} for a million are ${dollars}."
    ))
}
