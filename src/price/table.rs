//! The table: rows of prices as CSV, decimal dollars for a million tokens, each with the days it holds and its source. Read
//! strictly: a wrong row is named by its line, and none is guessed.

use super::{Rate, Rates, names};
use crate::fixed;
use crate::time::{self, Zone};
use anyhow::{Context as _, Result, bail};
use std::fmt;

/// A civil day in UTC, by its first instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// The day of an instant.
    pub fn of(ts_ns: i64) -> Day {
        Day(ts_ns - ts_ns.rem_euclid(time::NS_PER_DAY))
    }

    /// `2025-06-10`.
    ///
    /// # Errors
    /// The text is no date.
    pub fn read(text: &str) -> Result<Day> {
        let reading =
            Some(text).filter(|text| text.len() == 10).and_then(|day| time::text(&format!("{day}T00:00:00Z")));
        let reading = reading.with_context(|| format!("`{text}` is no date such as `2025-06-10`"))?;
        Ok(Day(reading.ts_ns))
    }

    pub fn start_ns(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&Zone::utc().date(self.0))
    }
}

/// One row: what a model costs at a provider, in some days, for one way of being served and one length of input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// In lower case; a `*` at its end stands for any rest.
    pub model: String,
    /// By its usual name; empty for any.
    pub provider: String,
    /// The first day; without one it holds as long as the model is known at this price.
    pub from: Option<Day>,
    /// The day on which it no longer holds.
    pub to: Option<Day>,
    /// How it is served: empty for the usual way, else `batch`, `flex`, `priority`.
    pub tier: String,
    /// It holds for uses with more input tokens than this.
    pub above: i64,
    pub rates: Rates,
    pub source: String,
    pub retrieved: Option<Day>,
}

/// The columns, in their order.
const HEADER: [&str; 15] = [
    "model",
    "provider",
    "from",
    "to",
    "tier",
    "above",
    "input",
    "output",
    "cached_input",
    "cache_write",
    "cache_write_1h",
    "reasoning",
    "currency",
    "source",
    "retrieved",
];

/// Dollars for a million tokens, as decimal text, in 10^-15 dollars for one.
///
/// # Errors
/// It is no such text, negative, or more than 9 billion.
pub fn rate(text: &str) -> Result<Rate> {
    let rate = fixed::parse(text, 9).filter(|rate| *rate >= 0);
    rate.with_context(|| format!("`{text}` is no price in dollars for a million tokens, such as `2.50`"))
}

/// The decimal text of a rate: dollars for a million tokens.
pub fn per_million(rate: Rate) -> String {
    fixed::text(rate.into(), 9)
}

/// The rows of a table.
///
/// # Errors
/// It is no such table; the cause names the line.
pub fn from_csv(text: &str) -> Result<Vec<Row>> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let header = reader.headers().context("it is no CSV")?;
    if header.iter().ne(HEADER) {
        bail!("its columns are not {}", HEADER.join(","));
    }
    let mut rows = Vec::new();
    for record in reader.into_records() {
        let record = record.context("it is no CSV")?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        rows.push(row(cell).with_context(|| format!("line {line}"))?);
    }
    Ok(rows)
}

fn row<'a>(cell: impl Fn(usize) -> &'a str) -> Result<Row> {
    let given = |at: usize| Some(cell(at)).filter(|text| !text.is_empty());
    let own = |at: usize| given(at).map(rate).transpose().context(HEADER[at]);
    let needed = |at: usize| rate(cell(at)).context(HEADER[at]);
    let day = |at: usize| given(at).map(Day::read).transpose().context(HEADER[at]);
    let above = given(5).map_or(Ok(0), str::parse).with_context(|| format!("`{}` is no number of tokens", cell(5)))?;
    let (from, to) = (day(2)?, day(3)?);
    if cell(0).is_empty() {
        bail!("it names no model");
    }
    if cell(12) != "USD" {
        bail!("the currency is `{}`, and prices are in USD", cell(12));
    }
    if from.zip(to).is_some_and(|(from, to)| from >= to) {
        bail!("it holds from {} and no longer on {}", cell(2), cell(3));
    }
    Ok(Row {
        model: cell(0).to_lowercase(),
        provider: names::provider(cell(1)),
        from,
        to,
        tier: cell(4).to_owned(),
        above,
        rates: Rates {
            input: needed(6)?,
            output: needed(7)?,
            cached_input: own(8)?,
            cache_write: own(9)?,
            cache_write_1h: own(10)?,
            reasoning: own(11)?,
        },
        source: cell(13).to_owned(),
        retrieved: day(14)?,
    })
}

/// Rows as a table that is read back as they are.
///
/// # Panics
/// Never: it is written to memory.
pub fn to_csv(rows: &[Row]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER).expect("memory takes it");
    for row in rows {
        let day = |day: Option<Day>| day.map_or(String::new(), |day| day.to_string());
        let own = |rate: Option<Rate>| rate.map_or(String::new(), per_million);
        let Rates { input, output, cached_input, cache_write, cache_write_1h, reasoning } = row.rates;
        let above = if row.above > 0 { row.above.to_string() } else { String::new() };
        let cells = [
            row.model.clone(),
            row.provider.clone(),
            day(row.from),
            day(row.to),
            row.tier.clone(),
            above,
            per_million(input),
            per_million(output),
            own(cached_input),
            own(cache_write),
            own(cache_write_1h),
            own(reasoning),
            "USD".to_owned(),
            row.source.clone(),
            day(row.retrieved),
        ];
        writer.write_record(&cells).expect("memory takes it");
    }
    String::from_utf8(writer.into_inner().expect("memory takes it")).expect("all of it was text")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOP: &str = "model,provider,from,to,tier,above,input,output,cached_input,cache_write,cache_write_1h,reasoning,currency,source,retrieved\n";

    #[test]
    fn a_table_comes_back_as_it_was() {
        let text = format!(
            "{TOP}o3,openai,2025-04-16,2025-06-10,,,10,40,2.5,,,,USD,https://example.org,2026-11-21\n\
             g*,google,,,batch,200000,0.0375,1,,0.1,0.2,3.5,USD,,\n"
        );
        let rows = from_csv(&text).unwrap();
        assert_eq!(rows[0].rates.input, 10_000_000_000);
        assert_eq!((rows[1].rates.input, rows[1].above), (37_500_000, 200_000));
        assert_eq!(to_csv(&rows), text);
    }

    #[test]
    fn a_wrong_row_is_named_by_its_line() {
        for (row, says) in [
            ("o3,openai,,,,,x,40,,,,,USD,,", "line 3: input: `x` is no price"),
            ("o3,openai,,,,,1,-4,,,,,USD,,", "line 3: output: `-4` is no price"),
            ("o3,openai,2025-13-01,,,,1,4,,,,,USD,,", "line 3: from: `2025-13-01` is no date"),
            ("o3,openai,2025-02-01,2025-02-01,,,1,4,,,,,USD,,", "line 3: it holds from 2025-02-01 and no longer on"),
            ("o3,openai,,,,,1,4,,,,,EUR,,", "line 3: the currency is `EUR`"),
            (",openai,,,,,1,4,,,,,USD,,", "line 3: it names no model"),
            ("o3,openai,,,,much,1,4,,,,,USD,,", "line 3: `much` is no number of tokens"),
            ("o3,openai", "it is no CSV"),
        ] {
            let error = from_csv(&format!("{TOP}a,b,,,,,1,1,,,,,USD,,\n{row}\n")).unwrap_err();
            assert!(format!("{error:#}").starts_with(says), "{error:#}");
        }
        assert!(from_csv("model,price\n").is_err());
    }
}
