//! JSON in the shape that `ccusage` 20 gives it, for scripts that were written for that. It draws the sheets of costs and of
//! blocks; input is told apart from what a cache took, as there, and a cost that is not known is 0 with a mark beside it.

use super::{RenderError, escape};
use crate::sheet::{Cell, Sheet, Table};
use crate::time::{self, Every};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What a name is called that was not recorded.
const UNKNOWN: &str = "unknown";

/// Costs by day, week, month or session, and behind them the same by model; or blocks.
///
/// # Errors
/// The sheets are none of these.
pub(super) fn document(sheets: &[Sheet]) -> Result<String, RenderError> {
    let of = |sheet: &Sheet| RenderError::NotOfCcusage { report: sheet.report };
    let document = match sheets {
        [sheet] => blocks(sheet).ok_or_else(|| of(sheet))?,
        [main, by_model, ..] => costs(main, by_model).ok_or_else(|| of(main))?,
        [] => json!({}),
    };
    let written = serde_json::to_string_pretty(&document).expect("keys are strings and memory takes everything");
    Ok(escape::json(written) + "\n")
}

/// A row of a table, read by the keys of its columns.
#[derive(Clone, Copy)]
struct Row<'a> {
    table: &'a Table,
    cells: &'a [Cell],
}

impl<'a> Row<'a> {
    fn cell(self, key: &str) -> Option<&'a Cell> {
        let at = self.table.columns.iter().position(|column| column.key == key)?;
        self.cells.get(at)
    }

    fn text(self, key: &str) -> Option<&'a str> {
        if let Some(Cell::Text(text)) = self.cell(key) { Some(text) } else { None }
    }

    /// A count, of which nothing recorded is none.
    fn count(self, key: &str) -> i64 {
        let Some(Cell::Int(count)) = self.cell(key) else { return 0 };
        i64::try_from(*count).unwrap_or(i64::MAX)
    }

    fn number(self, key: &str) -> Option<f64> {
        self.cell(key).and_then(Cell::number)
    }

    /// An instant in UTC.
    fn instant(self, key: &str) -> Value {
        self.text(key).and_then(time::text).map_or(Value::Null, |reading| json!(time::utc(reading.ts_ns)))
    }

    fn cost(self) -> f64 {
        self.number("cost_usd").unwrap_or(0.0)
    }

    /// Whether some of its runs have no cost.
    fn is_unpriced(self) -> bool {
        self.count("runs") > 0 && !matches!(self.cell("cost_usd"), Some(Cell::Num(_)))
    }

    /// Input, output, written to a cache, read from one: input is what neither read nor wrote.
    fn tokens(self) -> [i64; 4] {
        let [input, output, written, read] =
            ["input_tokens", "output_tokens", "cache_write_tokens", "cached_input_tokens"].map(|key| self.count(key));
        [input.saturating_sub(written).saturating_sub(read).max(0), output, written, read]
    }

    /// The keys that rows of costs, their models and totals share.
    fn counted(self, cost: &str) -> Map<String, Value> {
        let [input, output, written, read] = self.tokens();
        let counted = [
            ("inputTokens", json!(input)),
            ("outputTokens", json!(output)),
            ("cacheCreationTokens", json!(written)),
            ("cacheReadTokens", json!(read)),
            (cost, json!(self.cost())),
        ];
        counted.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }

    fn with_total(self) -> Map<String, Value> {
        let mut counted = self.counted("totalCost");
        counted.insert("totalTokens".to_owned(), json!(self.count("total_tokens")));
        counted
    }
}

fn rows(table: &Table) -> impl Iterator<Item = Row<'_>> {
    table.rows.iter().map(move |cells| Row { table, cells })
}

/// The name that costs of a dimension go by, and the key of their list.
fn view(dimension: &str) -> Option<(&'static str, &'static str)> {
    Some(match dimension {
        "day" => ("daily", "date"),
        "week" => ("weekly", "week"),
        "month" => ("monthly", "month"),
        "conversation" => ("sessions", "sessionId"),
        _ => return None,
    })
}

fn costs(main: &Sheet, by_model: &Sheet) -> Option<Value> {
    let (main, by_model) = (main.tables().next()?, by_model.tables().next()?);
    let dimension = main.columns.first()?.key.as_str();
    let (list, key) = view(dimension)?;
    let model = by_model.columns.iter().position(|column| column.key == "model")?;
    let mut models: BTreeMap<Vec<Option<&str>>, Vec<Row<'_>>> = BTreeMap::new();
    for row in rows(by_model) {
        models.entry(row.cells[..model].iter().map(name).collect()).or_default().push(row);
    }
    let listed: Vec<Value> = rows(main)
        .map(|row| {
            let own = models.get(&row.cells[..model].iter().map(name).collect::<Vec<_>>());
            let own = own.map_or(&[][..], Vec::as_slice);
            let mut listed = row.with_total();
            let mut put = |key: &str, value: Value| listed.insert(key.to_owned(), value);
            let called = row.text(dimension).unwrap_or(UNKNOWN);
            let monday = if dimension == "week" { Every::Week.first_day(called) } else { None };
            put(key, json!(monday.as_deref().unwrap_or(called)));
            put("modelsUsed", own.iter().map(|row| json!(called_model(*row))).collect());
            put("modelBreakdowns", own.iter().map(|row| breakdown(*row)).collect());
            if dimension == "conversation" {
                put("firstActivity", row.instant("first_used"));
                put("lastActivity", row.instant("last_used"));
                put("projectPath", json!(row.text("project").unwrap_or(UNKNOWN)));
            }
            Value::Object(listed)
        })
        .collect();
    let nothing = Row { table: main, cells: &[] };
    let total = main.total.as_deref().map_or(nothing, |cells| Row { table: main, cells });
    let mut totals = total.with_total();
    let mut unpriced: Vec<&str> = rows(by_model).filter(|row| row.is_unpriced()).map(called_model).collect();
    unpriced.sort_unstable();
    unpriced.dedup();
    if !unpriced.is_empty() {
        totals.insert("unpricedModels".to_owned(), json!(unpriced));
    }
    Some(json!({ list: listed, "totals": totals }))
}

fn name(cell: &Cell) -> Option<&str> {
    if let Cell::Text(name) = cell { Some(name) } else { None }
}

fn called_model(row: Row<'_>) -> &str {
    row.text("model").unwrap_or(UNKNOWN)
}

fn breakdown(row: Row<'_>) -> Value {
    let mut model = row.counted("cost");
    model.insert("modelName".to_owned(), json!(called_model(row)));
    if row.is_unpriced() {
        model.insert("missingPricing".to_owned(), json!(true));
    }
    Value::Object(model)
}

fn blocks(sheet: &Sheet) -> Option<Value> {
    let (blocks, running) = (sheet.table("blocks")?, sheet.table("running"));
    let running = running.and_then(|table| rows(table).next());
    let mut models: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in sheet.table("block_models").into_iter().flat_map(rows) {
        models.entry(row.text("start").unwrap_or_default()).or_default().push(called_model(row));
    }
    let block = |row: Row<'_>| {
        let state = row.text("state").unwrap_or_default();
        let (is_gap, is_active) = (state == "gap", state == "running");
        let start = row.instant("start");
        let id = start.as_str().map(|start| if is_gap { format!("gap-{start}") } else { start.to_owned() });
        let [input, output, written, read] = row.tokens();
        let rate = running.filter(|_| is_active);
        let mut block = json!({
            "id": id,
            "startTime": start,
            "endTime": row.instant("end"),
            "actualEndTime": row.instant("last_used"),
            "isActive": is_active,
            "isGap": is_gap,
            "entries": row.count("runs"),
            "tokenCounts": {
                "inputTokens": input,
                "outputTokens": output,
                "cacheCreationInputTokens": written,
                "cacheReadInputTokens": read,
            },
            "totalTokens": row.count("total_tokens"),
            "costUSD": row.cost(),
            "models": row.text("start").filter(|_| !is_gap).and_then(|start| models.get(start)).cloned().unwrap_or_default(),
            "burnRate": rate.and_then(burn_rate),
            "projection": rate.and_then(projection),
        });
        if row.is_unpriced() {
            block["missingPricing"] = json!(true);
        }
        block
    };
    Some(json!({ "blocks": rows(blocks).map(block).collect::<Vec<_>>() }))
}

fn burn_rate(running: Row<'_>) -> Option<Value> {
    Some(json!({
        "tokensPerMinute": running.number("tokens_per_minute")?,
        "tokensPerMinuteForIndicator": running.number("new_tokens_per_minute")?,
        "costPerHour": running.number("cost_per_hour_usd").unwrap_or(0.0),
    }))
}

fn projection(running: Row<'_>) -> Option<Value> {
    let minutes = (running.number("left_ms")? / 60_000.0).round();
    #[allow(clippy::cast_possible_truncation, reason = "minutes of a week at most")]
    let minutes = minutes as i64;
    Some(json!({
        "totalTokens": running.cell("projected_tokens").filter(|cell| matches!(cell, Cell::Int(_))).map(|_| running.count("projected_tokens"))?,
        "totalCost": running.number("projected_cost_usd").unwrap_or(0.0),
        "remainingMinutes": minutes,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn what_ccusage_has_nothing_like_is_not_drawn_as_if_it_had() {
        for sheets in [vec![sample::sheet()], vec![sample::sheet(), sample::sheet()]] {
            assert_eq!(document(&sheets), Err(RenderError::NotOfCcusage { report: "performance" }));
        }
    }
}
