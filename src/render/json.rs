//! JSON: the contract for programs. Raw values under stable keys in a stable order; nothing is rounded, worded or cut.

mod accounting;
mod schema;

pub use schema::schema;

use super::escape;
use crate::sheet::{Block, Cell, Chart, Fact, Finding, Flat, FlatColumn, Parts, Sheet, Table};
use accounting::CoverageOf;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// The shape of one report. It changes only when a reader would break.
const REPORT: &str = "prompt-analytics/report/1";
/// The shape of several.
const REPORTS: &str = "prompt-analytics/reports/1";

/// One report, or a list of several.
pub(super) fn document(sheets: &[Sheet]) -> String {
    let written = match sheets {
        [sheet] => serde_json::to_string_pretty(&Report::of(sheet)),
        several => serde_json::to_string_pretty(&Reports {
            schema: REPORTS,
            reports: several.iter().map(Report::of).collect(),
        }),
    };
    let mut document = escape::json(written.expect("keys are strings and memory takes everything"));
    document.push('\n');
    document
}

#[derive(Serialize)]
struct Reports<'a> {
    schema: &'static str,
    reports: Vec<Report<'a>>,
}

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    report: &'static str,
    title: &'a str,
    generated: String,
    period: PeriodOf<'a>,
    filters: Object<'a, String>,
    coverage: CoverageOf<'a>,
    facts: Object<'a, Value>,
    tables: Vec<TableOf<'a>>,
    charts: Vec<ChartOf<'a>>,
    findings: Vec<FindingOf<'a>>,
    notes: Vec<&'a str>,
}

impl<'a> Report<'a> {
    fn of(sheet: &'a Sheet) -> Report<'a> {
        let instant = |ts_ns: Option<i64>| ts_ns.map(|ts_ns| sheet.zone.instant(ts_ns));
        let mut charts = Vec::new();
        let mut notes = Vec::new();
        for block in &sheet.blocks {
            match block {
                Block::Chart(chart) => charts.push(ChartOf::of(chart)),
                Block::Note(note) => notes.push(note.as_str()),
                Block::Facts(_) | Block::Totals(_) | Block::Table(_) | Block::Behind(_) | Block::Findings(_) => {}
            }
        }
        Report {
            schema: REPORT,
            report: sheet.report,
            title: &sheet.title,
            generated: sheet.zone.instant(sheet.generated_ns),
            period: PeriodOf {
                since: instant(sheet.period.since_ns),
                until: instant(sheet.period.until_ns),
                timezone: &sheet.zone.name,
            },
            filters: Object(sheet.filters.iter().map(|(key, asked)| ((*key).into(), asked.clone())).collect()),
            coverage: CoverageOf::of(&sheet.coverage),
            facts: facts(sheet.facts()),
            tables: sheet.tables().map(TableOf::of).collect(),
            charts,
            findings: sheet.findings().map(FindingOf::of).collect(),
            notes,
        }
    }
}

#[derive(Serialize)]
struct PeriodOf<'a> {
    since: Option<String>,
    until: Option<String>,
    timezone: &'a str,
}

#[derive(Serialize)]
struct TableOf<'a> {
    id: &'static str,
    title: &'a str,
    columns: Vec<ColumnOf>,
    rows: Vec<Object<'a, Value>>,
    others: Option<OthersOf<'a>>,
    total: Option<Object<'a, Value>>,
}

#[derive(Serialize)]
struct ColumnOf {
    key: String,
    label: String,
    unit: &'static str,
}

/// The rows that were left out, folded into one.
#[derive(Serialize)]
struct OthersOf<'a> {
    count: u64,
    row: Object<'a, Value>,
}

impl<'a> TableOf<'a> {
    fn of(table: &'a Table) -> TableOf<'a> {
        let columns = table.flat_columns();
        let row = |cells: &Vec<Cell>| -> Object<'a, Value> {
            let keys = columns.iter().map(|column| column.key.clone().into());
            Object(keys.zip(table.flat_row(cells).into_iter().map(Value)).collect())
        };
        let column = |column: &FlatColumn| ColumnOf {
            key: column.key.clone(),
            label: column.label.clone(),
            unit: column.unit.name(),
        };
        TableOf {
            id: table.id,
            title: &table.title,
            rows: table.rows.iter().map(row).collect(),
            others: table.others.as_ref().map(|(count, cells)| OthersOf { count: *count, row: row(cells) }),
            total: table.total.as_ref().map(row),
            columns: columns.iter().map(column).collect(),
        }
    }
}

#[derive(Serialize)]
struct ChartOf<'a> {
    title: &'a str,
    kind: &'static str,
    of: &'static str,
    x: &'a str,
    y: &'a [String],
    mark: Option<&'a str>,
}

impl<'a> ChartOf<'a> {
    fn of(chart: &'a Chart) -> ChartOf<'a> {
        let Chart { title, kind, of, x, y, mark } = chart;
        ChartOf { title, kind: kind.name(), of, x, y, mark: mark.as_deref() }
    }
}

#[derive(Serialize)]
struct FindingOf<'a> {
    id: &'a str,
    severity: &'static str,
    subject: &'a str,
    says: &'a str,
    because: &'a str,
    moved: &'a str,
    #[serde(rename = "try")]
    try_this: &'a str,
    worth: &'a str,
    close: &'a str,
    status: &'a str,
    confidence: Option<Value>,
    evidence: Object<'a, Value>,
}

impl<'a> FindingOf<'a> {
    fn of(finding: &'a Finding) -> FindingOf<'a> {
        FindingOf {
            id: &finding.id,
            severity: finding.severity.name(),
            subject: &finding.subject,
            says: &finding.says,
            because: &finding.because,
            moved: &finding.moved,
            try_this: &finding.try_this,
            worth: &finding.worth,
            close: &finding.close,
            status: &finding.status,
            confidence: finding.confidence.map(|confidence| Value(Flat::Num(confidence))),
            evidence: facts(finding.evidence.iter()),
        }
    }
}

/// Facts as one flat object; a share or an estimate brings the ends of its interval, an estimate its observations.
fn facts<'a>(facts: impl Iterator<Item = &'a Fact>) -> Object<'a, Value> {
    let mut object = Vec::new();
    for fact in facts {
        object.extend(flat(fact, &fact.key, &fact.cell));
        if let Some(previous) = &fact.previous {
            object.extend(flat(fact, &format!("{}_previous", fact.key), previous).into_iter().take(1));
        }
        if let Some(change) = fact.change {
            let (low, high) = change.interval.unzip();
            let number = |number: Option<f64>| Value(number.map_or(Flat::Missing, Flat::Num));
            for (part, value) in [("", number(Some(change.difference))), ("_low", number(low)), ("_high", number(high))]
            {
                object.push((format!("{}_change{part}", fact.key).into(), value));
            }
            let verdict = Flat::Text(change.verdict.name().to_owned());
            object.push((format!("{}_change_verdict", fact.key).into(), Value(verdict)));
        }
    }
    Object(object)
}

fn flat<'a>(fact: &Fact, key: &str, cell: &Cell) -> Vec<(Key<'a>, Value)> {
    let parts = match cell {
        Cell::Share { .. } => Parts::Interval,
        Cell::Estimate { .. } => Parts::Observed,
        _ => Parts::Value,
    };
    let column =
        crate::sheet::Column { key: key.to_owned(), label: String::new(), unit: fact.unit, parts, least: 0, rank: 0 };
    let keys = column.flat().into_iter().map(|column| column.key.into());
    keys.zip(cell.flat(parts).into_iter().map(Value)).collect()
}

type Key<'a> = std::borrow::Cow<'a, str>;

/// An object that keeps the order of its keys.
struct Object<'a, V>(Vec<(Key<'a>, V)>);

impl<V: Serialize> Serialize for Object<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// A raw value; what is not a number is not written as one.
struct Value(Flat);

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Flat::Text(text) => serializer.serialize_str(text),
            Flat::Int(int) => serializer.serialize_i128(*int),
            Flat::Num(num) if num.is_finite() => serializer.serialize_f64(*num),
            Flat::Num(_) | Flat::Missing => serializer.serialize_none(),
        }
    }
}

#[cfg(test)]
#[path = "../../tests/support/schema.rs"]
mod check;

#[cfg(test)]
mod tests {
    use super::check::violations;
    use super::*;
    use crate::render::sample;
    use crate::sheet::Unit;
    use serde_json::{Value as Json, json};

    fn parsed(sheets: &[Sheet]) -> Json {
        serde_json::from_str(&document(sheets)).unwrap()
    }

    #[test]
    fn every_report_keeps_to_the_schema() {
        let mut extreme = sample::sheet();
        extreme.filters.clear();
        extreme.period = crate::time::Period::default();
        for sheets in [
            vec![sample::sheet()],
            vec![sample::empty()],
            vec![extreme],
            vec![sample::sheet(), sample::empty()],
            vec![],
        ] {
            assert_eq!(violations(&schema(), &parsed(&sheets)), Vec::<String>::new());
        }
    }

    #[test]
    fn the_schema_refuses_what_the_contract_does_not_name() {
        let good = parsed(&[sample::sheet()]);
        for (pointer, key, value) in [
            ("", "more", json!(1)),
            ("/coverage", "more", json!(1)),
            ("/coverage", "lines", json!(-1)),
            ("/tables/0", "more", json!(1)),
            ("/tables/0/rows/0", "prompt", json!(["nested"])),
            ("/findings/0", "severity", json!("urgent")),
            ("/period", "since", json!(1)),
        ] {
            let mut bad = good.clone();
            bad.pointer_mut(pointer).unwrap()[key] = value;
            assert!(!violations(&schema(), &bad).is_empty(), "{pointer}/{key}");
        }
    }

    #[test]
    fn keys_come_in_the_order_of_the_contract() {
        let document = document(&[sample::sheet()]);
        let top: Vec<&str> = document.lines().filter_map(|line| line.strip_prefix("  \"")?.split('"').next()).collect();
        let contract = [
            "schema",
            "report",
            "title",
            "generated",
            "period",
            "filters",
            "coverage",
            "facts",
            "tables",
            "charts",
            "findings",
            "notes",
        ];
        assert_eq!(top, contract);
    }

    #[test]
    fn facts_are_flat_and_bring_what_they_rest_on() {
        let facts = &parsed(&[sample::sheet()])["facts"];
        assert_eq!(facts["runs"], json!(4182));
        assert_eq!(facts["runs_previous"], json!(3734));
        assert_eq!(facts["success_rate_low"], json!(0.904));
        assert_eq!(facts["success_rate_high"], json!(0.921));
        assert_eq!(facts["mean_rating_n"], json!(371));
        assert_eq!(facts["quality_score"], Json::Null);
        assert_eq!(facts["cost_usd"], json!(38.14));
    }

    #[test]
    fn rows_have_the_keys_of_their_columns_and_missing_is_null() {
        let report = parsed(&[sample::sheet()]);
        let table = &report["tables"][0];
        let keys: Vec<&str> =
            table["columns"].as_array().unwrap().iter().map(|column| column["key"].as_str().unwrap()).collect();
        for row in table["rows"].as_array().unwrap() {
            assert_eq!(row.as_object().unwrap().len(), keys.len());
            assert!(keys.iter().all(|key| row.get(key).is_some()));
        }
        assert_eq!(table["rows"][3]["model"], Json::Null);
        assert_eq!(table["rows"][3]["p95_ms"], Json::Null);
        assert_eq!(table["rows"][2]["prompt"], json!(sample::ATTACK));
        assert_eq!(table["others"]["count"], json!(37));
        assert_eq!(table["total"]["outcomes"], json!(4152));
        assert_eq!(report["tables"][1]["others"], Json::Null);
    }

    #[test]
    fn coverage_adds_up_and_the_period_is_in_the_zone() {
        let report = parsed(&[sample::sheet()]);
        let coverage = &report["coverage"];
        let sum: u64 = ["events", "blank", "pending", "skipped", "duplicates", "unknown_kinds"]
            .iter()
            .map(|key| coverage[key].as_u64().unwrap())
            .sum();
        assert_eq!(coverage["lines"], json!(sum));
        assert_eq!(coverage["unpriced_runs"], json!(212));
        assert_eq!(report["period"]["since"], json!("2026-11-14T00:00:00+00:00"));
        assert_eq!(parsed(&[sample::empty()])["period"]["until"], Json::Null);
    }

    #[test]
    fn a_number_is_whole_shortest_or_null() {
        let write = |cell| {
            let fact = sample::fact("x", "x", Unit::Score, cell, None);
            serde_json::to_string(&facts(std::iter::once(&fact))).unwrap()
        };
        assert_eq!(write(Cell::Int(i128::MAX)), format!("{{\"x\":{}}}", i128::MAX));
        assert_eq!(write(Cell::Num(0.1)), r#"{"x":0.1}"#);
        for nothing in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(write(Cell::Num(nothing)), r#"{"x":null}"#);
        }
    }
}
