//! Every report answers in every format, by every dimension, of every log: documents are whole, and their tables are
//! rectangles with the same keys.

mod page;

use crate::support::schema::violations;
use crate::support::{FIXTURES, NOW, Sandbox, repository};
use prompt_analytics::event::{Field, Kind, Shape};
use prompt_analytics::fold::Executor;
use prompt_analytics::ingest::{self, Ingested, Settings, UseCache};
use prompt_analytics::query::{Dimension, Query};
use prompt_analytics::render::{self, Format, Style};
use prompt_analytics::report::{self, Ask};
use prompt_analytics::sheet::Sheet;
use prompt_analytics::time::{self, Every, Zone};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Text that every format has a meaning for.
const HOSTILE: &str = "<x-log a=\"1\">&amp;|`*_[l](j)\\'\n</td>,\"q\"\r\t\u{202e}=1+1";

/// A log that says [`HOSTILE`] wherever a text may stand, and a number of its own elsewhere.
fn hostile() -> String {
    let value = |field: Field, at: usize| match field.shape() {
        Shape::Text => Value::from(format!("{HOSTILE}{at}")).to_string(),
        Shape::Texts => Value::from(vec![format!("{HOSTILE}{at}")]).to_string(),
        Shape::Whole { .. } => at.to_string(),
        Shape::Decimal { .. } => "1".to_owned(),
        Shape::Truth => "false".to_owned(),
        Shape::Map => "{}".to_owned(),
    };
    let line = |kind: Kind, at: usize| {
        let fields = Field::ALL.iter().filter(|field| kind.allows(**field));
        let fields: String = fields.map(|field| format!(",\"{}\":{}", field.name(), value(*field, at))).collect();
        format!("{{\"ts\":\"2026-11-19T1{at}:00:00Z\",\"event\":\"{}\"{fields}}}\n", kind.name())
    };
    Kind::ALL.into_iter().flat_map(|kind| (0..4).map(move |at| line(kind, at))).collect()
}

/// The logs to ask, by name.
fn logs() -> Vec<(String, Ingested)> {
    let now_ns = time::text(NOW).expect("an instant").ts_ns;
    let read = |dir: &Path| {
        let cache = UseCache::No;
        let settings = Settings { now_ns, clock_ns: now_ns, threads: 1, cache, progress: &|_, _, _| {} };
        ingest::ingest(dir, &settings).expect("the log is read")
    };
    let home = tempfile::tempdir().expect("a temporary directory");
    fs::write(home.path().join("hostile.jsonl"), hostile()).expect("a log");
    let fixture = |name: &str| (name.to_owned(), read(&repository("fixtures").join(name).join("log")));
    let hostile = read(home.path());
    assert_eq!((hostile.coverage.events, hostile.coverage.dropped_fields), (4 * Kind::ALL.len() as u64, 0));
    FIXTURES.into_iter().map(fixture).chain([("hostile".to_owned(), hostile)]).collect()
}

/// No dimension, every one, and some together.
fn shapes() -> Vec<Vec<Dimension>> {
    let together = vec![Dimension::Bucket(Every::Week), Dimension::Model, Dimension::Prompt, Dimension::User];
    let each = Dimension::ALL.into_iter().map(|dimension| vec![dimension]);
    [Vec::new(), together].into_iter().chain(each).collect()
}

/// Every report of every log by every shape, with words that say which.
fn each_sheet(mut look: impl FnMut(&str, &[Sheet])) {
    let now_ns = time::text(NOW).expect("an instant").ts_ns;
    for (name, ingested) in logs() {
        for by in shapes() {
            let shape = by.iter().map(|dimension| dimension.name()).collect::<Vec<_>>().join(",");
            let query = Query { by: Some(by), ..Query::everything(now_ns, Zone::utc()) };
            let executor = Executor::new(&ingested.frame, query.zone.clone(), now_ns);
            let ask = Ask { executor: &executor, query: &query, coverage: &ingested.coverage };
            let sheets: Vec<Sheet> = report::ALL.iter().map(|report| (report.fill)(&ask).expect("a sheet")).collect();
            look(&format!("{name} by `{shape}`"), &sheets);
        }
    }
}

fn drawn(format: Format, sheets: &[Sheet]) -> String {
    let bytes = render::render(format, sheets, &Style::default()).expect("what can be drawn");
    let text = String::from_utf8(bytes).expect("text");
    assert!(text.ends_with('\n') && text.trim().len() > 10, "a document: {text}");
    text
}

#[test]
fn json_keeps_to_the_schema_and_csv_has_the_same_rectangle_whatever_the_question() {
    let schema = render::schema();
    each_sheet(|what, sheets| {
        let all: Value = serde_json::from_str(&drawn(Format::Json, sheets)).expect("JSON");
        assert_eq!(violations(&schema, &all), Vec::<String>::new(), "{what}");
        for (sheet, report) in sheets.iter().zip(all["reports"].as_array().expect("reports")) {
            let one: Value = serde_json::from_str(&drawn(Format::Json, std::slice::from_ref(sheet))).expect("JSON");
            assert_eq!(violations(&schema, &one), Vec::<String>::new(), "{} of {what}", sheet.report);
            assert_eq!(one["tables"], report["tables"], "{} of {what}", sheet.report);
            for (table, json) in sheet.tables().zip(report["tables"].as_array().expect("tables")) {
                rectangle(&format!("{} of {} of {what}", table.id, sheet.report), sheet, json);
            }
        }
    });
}

fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-15 * b.abs()
}

/// Holds a table as CSV to the same as JSON: keys, rows, and which cells are empty.
fn rectangle(what: &str, sheet: &Sheet, json: &Value) {
    let id = json["id"].as_str().expect("an id");
    let style = Style { table: Some(id.to_owned()), csv_raw: true, ..Style::default() };
    let csv = render::render(Format::Csv, std::slice::from_ref(sheet), &style).expect("a table");
    // A reader that is not told otherwise refuses rows of different lengths.
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let columns =
        json["columns"].as_array().expect("columns").iter().map(|column| column["key"].as_str().expect("a key"));
    assert!(columns.eq(header.iter().map(String::as_str)), "{what}: {header:?}");
    let keys: BTreeSet<&str> = header.iter().map(String::as_str).collect();
    assert_eq!(keys.len(), header.len(), "{what} has a key twice: {header:?}");
    let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("a rectangle");
    let rows = json["rows"].as_array().expect("rows");
    assert_eq!(records.len(), rows.len(), "{what}");
    for (record, row) in records.iter().zip(rows) {
        let row = row.as_object().expect("a row");
        assert!(keys.iter().copied().eq(row.keys().map(String::as_str).collect::<BTreeSet<_>>()), "{what}: {row:?}");
        for (key, field) in header.iter().zip(record) {
            let is_same = match &row[key] {
                Value::Null => field.is_empty(),
                Value::String(text) => field == text,
                // `serde_json` may read the last bit of a number wrong.
                number => field.parse().is_ok_and(|field: f64| is_near(field, number.as_f64().expect("a number"))),
            };
            assert!(is_same, "{what}: {key} is {} in JSON and `{field}` in CSV", row[key]);
        }
    }
}

#[test]
fn markdown_tables_are_rectangles_and_text_of_a_log_is_no_markup_whatever_the_question() {
    each_sheet(|what, sheets| {
        let markdown = drawn(Format::Markdown, sheets);
        assert!(!markdown.contains("<x-log"), "{what}: {markdown}");
        let mut width = None;
        let mut tables = 0;
        for line in markdown.lines() {
            if !line.starts_with('|') {
                width = None;
                continue;
            }
            let bars = line.replace("\\\\", "").replace("\\|", "").matches('|').count();
            tables += usize::from(width.is_none());
            assert_eq!(*width.get_or_insert(bars), bars, "{what}: {line}");
            assert!(line.ends_with('|'), "{what}: {line}");
        }
        assert!(tables > 5, "{what}: {tables} tables");
    });
}

#[test]
fn a_page_is_balanced_and_text_of_a_log_is_no_markup_whatever_the_question() {
    each_sheet(|what, sheets| {
        let html = drawn(Format::Html, sheets);
        let page = page::read(&html).unwrap_or_else(|wrong| panic!("{what}: {wrong}"));
        assert!(!page.elements.contains_key("x-log"), "{what}");
        let tables: usize = sheets.iter().flat_map(Sheet::tables).filter(|table| !table.rows.is_empty()).count();
        assert!(page.elements["table"] >= tables, "{what}: {} of {tables} tables", page.elements["table"]);
        if what.starts_with("hostile") {
            assert!(page.text.contains("<x-log a=\"1\">&amp;|"), "{what}: the text is shown as it is");
        }
    });
}

#[test]
fn a_terminal_gets_lines_without_control_characters_whatever_the_question() {
    each_sheet(|what, sheets| {
        for sheet in sheets {
            let text = drawn(Format::Table, std::slice::from_ref(sheet));
            let odd = text.chars().find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}');
            assert_eq!(odd, None, "{} of {what}: {text}", sheet.report);
        }
    });
}

#[test]
fn the_program_writes_every_report_in_every_format_into_a_folder() {
    for fixture in FIXTURES {
        let sandbox = Sandbox::of_fixture(fixture);
        for format in Format::ALL.map(Format::name) {
            for shape in [&["--by", "model,day"][..], &[]] {
                let args = [&["all", "--format", format, "-o", "answers/"], shape].concat();
                assert_eq!(sandbox.run(args).ok(), "", "{fixture} as {format}");
                let answers = sandbox.work().join("answers");
                let files = crate::support::files(&answers);
                // Not every report has a chart.
                let is_picture = ["svg", "png"].contains(&format);
                let all = report::ALL.len();
                let is_all = if is_picture { (1..all).contains(&files.len()) } else { files.len() == all };
                assert!(is_all, "{fixture} as {format}: {:?}", files.keys());
                assert!(files.values().all(|bytes| bytes.len() > 10), "{fixture} as {format}");
                fs::remove_dir_all(answers).expect("the answers can go");
            }
        }
    }
}
