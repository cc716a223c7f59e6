//! The answer depends on what the lines say, not on the order they arrive in, how they are dealt out to files, or threads.

use super::model::{File, Log, busy, deal, log};
use super::questions::question;
use super::{config, ingested, now_ns};
use prompt_analytics::coverage::Coverage;
use prompt_analytics::fold::Executor;
use prompt_analytics::ingest::Ingested;
use prompt_analytics::query::Query;
use prompt_analytics::render::{self, Format, Style};
use prompt_analytics::report::{self, Ask};
use proptest::prelude::*;

/// Every report as one document, as if all had been read from one place.
fn document(ingested: &Ingested, query: &Query) -> String {
    document_over(ingested, query, &Coverage { files: 0, first_skipped: None, ..ingested.coverage.clone() })
}

/// Every report as one document, over an account of what was read.
pub fn document_over(ingested: &Ingested, query: &Query, coverage: &Coverage) -> String {
    let executor = Executor::new(&ingested.frame, query.zone.clone(), query.now_ns);
    // Not every report has the column to sort by.
    let query = Query { sort: None, ..query.clone() };
    let ask = Ask { executor: &executor, query: &query, coverage };
    let sheets: Vec<_> = report::ALL.iter().map(|report| (report.fill)(&ask).expect("a sheet")).collect();
    let json = render::render(Format::Json, &sheets, &Style::default()).expect("JSON takes every sheet");
    String::from_utf8(json).expect("JSON is text")
}

fn whole(log: &Log) -> Vec<File> {
    vec![("log.jsonl".to_owned(), log.bytes())]
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn the_same_lines_in_any_order_and_any_files_give_the_same_bytes(
        log in prop_oneof![3 => log(60).boxed(), 1 => busy().boxed()], deal in deal(), query in question(), threads in 1_usize..3
    ) {
        let (one, _one_home) = ingested(&whole(&log), 1);
        let (many, _many_home) = ingested(&deal.files(&log), threads);
        prop_assert_eq!(document(&one, &query), document(&many, &query));
    }
}

proptest! {
    #![proptest_config(config(2))]

    #[test]
    fn a_file_of_many_parts_says_what_its_lines_say_in_small_files(log in log(30), deal in deal(), query in question()) {
        let log = log.padded();
        let (one, _one_home) = ingested(&whole(&log), 2);
        let (many, _many_home) = ingested(&deal.files(&log), 1);
        prop_assert_eq!(document(&one, &query), document(&many, &query));
    }
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn a_copy_of_a_file_changes_the_account_of_lines_and_nothing_else(log in log(40), query in question()) {
        let identified = |line: &Vec<u8>| {
            let text = String::from_utf8_lossy(line);
            text.contains("\"id\":") && !text.contains("\"id\":\"\"")
        };
        let lines: Vec<_> = log.lines.into_iter().filter(identified).collect();
        let log = Log { lines, torn: None };
        let (one, _one_home) = ingested(&whole(&log), 1);
        let copy = ("copy.jsonl".to_owned(), log.bytes());
        let (two, _two_home) = ingested(&[whole(&log), vec![copy]].concat(), 2);
        let expected = Coverage {
            files: 2,
            lines: 2 * one.coverage.lines,
            duplicates: one.coverage.duplicates + one.coverage.lines,
            // What had to be forgiven was forgiven in both copies.
            dropped_fields: 2 * one.coverage.dropped_fields,
            naive_times: 2 * one.coverage.naive_times,
            ..one.coverage.clone()
        };
        prop_assert_eq!(&two.coverage, &expected);
        prop_assert_eq!(document_over(&one, &query, &one.coverage), document_over(&two, &query, &one.coverage));
        prop_assert_eq!(query.now_ns, now_ns());
    }
}
