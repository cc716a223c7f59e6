//! CSV: one table as RFC 4180 with LF, flat columns, raw numbers, empty where nothing is known.

use super::{RenderError, Style, escape};
use crate::sheet::{Cell, Flat, Sheet, Table};

/// The table that `style` asks for, or the main one.
pub(super) fn table(sheets: &[Sheet], style: &Style) -> Result<String, RenderError> {
    let [sheet] = sheets else { return Err(RenderError::CsvOfSeveral { reports: sheets.len() }) };
    let table = match &style.table {
        Some(id) => sheet.tables().find(|table| table.id == id),
        None => sheet.tables().next(),
    };
    table.map(|table| written(table, &table.rows, style.csv_raw)).ok_or_else(|| RenderError::NoTable {
        report: sheet.report,
        asked: style.table.clone(),
        tables: sheet.tables().map(|table| table.id).collect(),
    })
}

/// Rows of a table under its flat columns; text as it is where `is_raw`, else without what a spreadsheet would run.
pub(super) fn written(table: &Table, rows: &[Vec<Cell>], is_raw: bool) -> String {
    let text = |text: String| if is_raw { text } else { escape::csv(&text).into_owned() };
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let heads = table.flat_columns().into_iter().map(|column| text(column.key));
    let rows = rows.iter().map(|row| {
        let values = table.flat_row(row).into_iter();
        values.map(|flat| match flat {
            Flat::Text(name) => text(name),
            Flat::Int(int) => int.to_string(),
            Flat::Num(num) if num.is_finite() => num.to_string(),
            Flat::Num(_) | Flat::Missing => String::new(),
        })
    });
    writer.write_record(heads).expect("memory takes every record");
    for row in rows {
        writer.write_record(row).expect("every row has a value for every column");
    }
    let bytes = writer.into_inner().expect("memory never fails to flush");
    String::from_utf8(bytes).expect("only strings were written")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;
    use crate::sheet::{Block, Parts, Unit, Why};

    fn style(table: Option<&str>, csv_raw: bool) -> Style {
        Style { table: table.map(str::to_owned), csv_raw, ..Style::default() }
    }

    #[test]
    fn the_main_table_is_flat_and_raw() {
        let drawn = table(&[sample::sheet()], &style(None, false)).unwrap();
        let mut lines = drawn.lines();
        assert_eq!(
            lines.next().unwrap(),
            "prompt,model,outcomes,success_rate,success_rate_low,success_rate_high,error_rate,mean_ms,p50_ms,p95_ms,\
             cost_per_run_usd,mean_rating,mean_rating_low,mean_rating_high,mean_rating_n,last_used"
        );
        let row = lines.next().unwrap();
        assert!(row.starts_with("code-review,claude-sonnet-4-5,571,0.9404"), "{row}");
        assert!(row.ends_with(",12400,0.0124,4.3,4.12,4.44,102,2026-11-20T14:02:11Z"), "{row}");
        assert_eq!(drawn.lines().count(), 5, "a header and the rows, without others and total");
    }

    #[test]
    fn a_missing_value_is_empty_and_never_zero() {
        let drawn = table(&[sample::sheet()], &style(Some("by_day"), false)).unwrap();
        assert_eq!(drawn, "day,runs,cost_usd\n2026-11-18,1204,12.5\n2026-11-19,0,\n2026-11-20,88,0.004\n");
    }

    #[test]
    fn values_survive_a_reader_of_rfc_4180() {
        let texts = ["a,b", "say \"hi\"", "two\nlines", "", "'quoted", "plain"];
        let mut sheet = sample::sheet();
        sheet.blocks = vec![Block::Table(Table {
            id: "texts",
            title: String::new(),
            columns: vec![
                sample::column("text", "text", Unit::Name, Parts::Value, 0, 0),
                sample::column("none", "none", Unit::Count, Parts::Value, 0, 0),
            ],
            rows: texts.map(|text| vec![Cell::Text(text.into()), Cell::Missing(Why::NoData)]).into(),
            others: None,
            total: None,
        })];
        let drawn = table(&[sheet], &style(None, false)).unwrap();
        let read: Vec<String> =
            csv::Reader::from_reader(drawn.as_bytes()).records().map(|record| record.unwrap()[0].to_owned()).collect();
        assert_eq!(read, texts);
    }

    #[test]
    fn text_that_a_spreadsheet_would_run_is_disarmed_unless_asked_for_raw() {
        let cell_of =
            |drawn: String| csv::Reader::from_reader(drawn.as_bytes()).records().nth(2).unwrap().unwrap()[0].to_owned();
        let safe = cell_of(table(&[sample::sheet()], &style(None, false)).unwrap());
        assert!(safe.starts_with("'=<script>") && !safe.contains('\x1b'), "{safe:?}");
        assert_eq!(cell_of(table(&[sample::sheet()], &style(None, true)).unwrap()), sample::ATTACK);
    }

    #[test]
    fn a_file_holds_one_table_and_the_error_names_those_there_are() {
        let several = table(&[sample::sheet(), sample::empty()], &style(None, false)).unwrap_err();
        assert_eq!(several.to_string(), "a CSV file holds one report, not 2");
        let unknown = table(&[sample::sheet()], &style(Some("by_week"), false)).unwrap_err();
        assert_eq!(unknown.to_string(), "report `performance` has no table `by_week`; it has `by_prompt`, `by_day`");
    }
}
