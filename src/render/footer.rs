//! What a report rests on, in sentences: the accounting that ends every drawn page. It turns counts into words, leaves
//! out what did not happen, and refuses to know where the words go.

use super::escape;
use crate::coverage::{Coverage, Question, count};
use crate::sheet::{Cell, Sheet, Why};

/// Files named before the rest is only counted.
const NAMED_FILES: usize = 3;

/// The report that looks closer at a log; it does not point to itself.
const CHECK: &str = "check";

/// What is asked of a table of prices and of no log.
const PRICES: &str = "prices";

/// Sentences about the whole log of a sheet, safe to show and not escaped for any target.
pub(super) fn log(sheet: &Sheet) -> Vec<String> {
    let coverage = &sheet.coverage;
    if sheet.report == PRICES {
        return vec!["a use goes by the price that is in force on its day, in UTC".to_owned()];
    }
    let mut sentences = vec![coverage.sentence()];
    if !coverage.place.is_empty() {
        sentences.push(format!("from {}", coverage.place));
    }
    if let Some(place) = &coverage.first_skipped {
        let which = if coverage.skipped() > 1 { "the first skipped line is" } else { "the skipped line is" };
        sentences.push(format!("{which} {}:{} ({})", place.file, place.line, place.reason));
    }
    for unreadable in coverage.unreadable.iter().take(NAMED_FILES) {
        sentences.push(format!("not read: {}: {}", unreadable.file, unreadable.why));
    }
    if let Some(rest) = coverage.unreadable.len().checked_sub(NAMED_FILES).filter(|&rest| rest > 0) {
        sentences.push(format!("not read: {} more", count(rest as u64, "file")));
    }
    sentences.extend(left_out(coverage));
    sentences.extend(caveats(coverage));
    let has_more = coverage.first_skipped.is_some() || !coverage.unknown_kinds.is_empty();
    if has_more && sheet.report != CHECK {
        sentences.push("what was not read, and why: `prompt-analytics check`".to_owned());
    }
    sentences.iter().map(|sentence| escape::visible(sentence).into_owned()).collect()
}

/// The files whose lines are read from another one, in one sentence.
fn left_out(coverage: &Coverage) -> Option<String> {
    let named = coverage.left_out.iter().take(NAMED_FILES).map(|file| format!("{}: {}", file.file, file.why));
    let mut named: Vec<String> = named.collect();
    if let Some(rest) = coverage.left_out.len().checked_sub(NAMED_FILES).filter(|&rest| rest > 0) {
        named.push(format!("{} more", count(rest as u64, "file")));
    }
    (!named.is_empty()).then(|| format!("left out {}", named.join("; ")))
}

/// What was assumed about lines that were read, in one sentence.
fn caveats(coverage: &Coverage) -> Option<String> {
    let verb = |number, one: &'static str, many: &'static str| if number == 1 { one } else { many };
    let clauses = [
        (
            coverage.dropped_fields,
            "value",
            "did not fit its field and counts as missing",
            "did not fit their fields and count as missing",
        ),
        (coverage.naive_times, "time", "without a zone was read as UTC", "without a zone were read as UTC"),
        (coverage.future_times, "event", "is more than a day in the future", "are more than a day in the future"),
        (
            coverage.inferred_outcomes,
            "outcome",
            "was told by an error or an exit status",
            "were told by errors and exit statuses",
        ),
        (coverage.conflicts, "event", "has two contents at one revision", "have two contents at one revision"),
        (coverage.orphans, "outcome", "belongs to no recorded use", "belong to no recorded use"),
        (
            coverage.inherited_by_prompt,
            "event",
            "took its description from the prompt's latest use",
            "took their description from the prompt's latest use",
        ),
    ];
    let happened = clauses.iter().filter(|(number, ..)| *number > 0);
    let words: Vec<String> = happened
        .map(|&(number, what, one, many)| format!("{} {}", count(number, what), verb(number, one, many)))
        .collect();
    (!words.is_empty()).then(|| words.join("; "))
}

/// What the question left out, and what could not be priced where the sheet shows dollars, in one sentence.
pub(super) fn question(sheet: &Sheet) -> Option<String> {
    let question = &sheet.coverage.question;
    let mut words = Vec::new();
    if question.unknown_filtered > 0 {
        let was = if question.unknown_filtered == 1 { "was" } else { "were" };
        words.push(format!(
            "{} {was} left out because what a filter asks for was not recorded",
            count(question.unknown_filtered, "record")
        ));
    }
    let (is_bound, is_unpriced) = dollars(sheet);
    if question.unpriced_runs > 0 && (is_bound || is_unpriced) {
        let is = if question.unpriced_runs == 1 { "is" } else { "are" };
        let so = if is_bound { ": sums of dollars are lower bounds" } else { "" };
        words.push(format!("{} {is} unpriced{so}", count(question.unpriced_runs, "run")));
    }
    words.extend(by_table(question));
    (!words.is_empty()).then(|| words.join("; "))
}

/// How much of the cost is the price table's, and of which.
fn by_table(question: &Question) -> Option<String> {
    if question.table_runs == 0 {
        return None;
    }
    let table = format!("the price table {} ({})", question.price_table, count(question.table_runs, "run"));
    if question.table_nanos == question.cost_nanos {
        return Some(format!("no cost was recorded: all of it is tokens at the prices of {table}"));
    }
    #[allow(clippy::cast_precision_loss, reason = "one rounding each of exact sums")]
    let share = question.table_nanos as f64 / question.cost_nanos as f64;
    // Rounding makes neither nothing nor all of what is not.
    let share = (share * 1000.0).round().clamp(1.0, 999.0) / 10.0;
    let recorded = 100.0 - share;
    Some(format!("{recorded:.1} % of the cost was recorded, {share:.1} % is tokens at the prices of {table}"))
}

/// Whether a sum of dollars on the sheet lacks some of its parts, and whether one lacks them all.
fn dollars(sheet: &Sheet) -> (bool, bool) {
    let in_tables = || sheet.tables().flat_map(|table| table.rows.iter().chain(&table.total).flatten());
    let is_shown = |test: fn(&Cell) -> bool| sheet.facts().map(|fact| &fact.cell).chain(in_tables()).any(test);
    (is_shown(|cell| matches!(cell, Cell::AtLeast(_))), is_shown(|cell| *cell == Cell::Missing(Why::Unpriced)))
}

/// What the sheet is about: its title, period and zone.
pub(super) fn heading(sheet: &Sheet) -> [String; 3] {
    [sheet.title.as_str(), &sheet.period.words(&sheet.zone), &sheet.zone.name]
        .map(|part| escape::visible(part).into_owned())
}

/// The filters in words: `only model gpt-4o, prompt summarize-*`.
pub(super) fn filters(sheet: &Sheet) -> Option<String> {
    let asked = asked(&sheet.filters);
    (!asked.is_empty()).then(|| escape::visible(&format!("only {asked}")).into_owned())
}

/// Filters, by key and what each asks, as a person says them: `model gpt-4o, success, rating at least 4`.
pub fn asked(filters: &[(&'static str, String)]) -> String {
    let said = filters.iter().map(|(key, value)| match (*key, value.as_str()) {
        ("success", "true") => "success".to_owned(),
        ("success", _) => "failure".to_owned(),
        ("min_rating", rating) => format!("rating at least {rating}"),
        ("max_rating", rating) => format!("rating at most {rating}"),
        (key, value) => format!("{} {value}", key.replace('_', " ")),
    });
    said.collect::<Vec<_>>().join(", ")
}

/// A piece of a sentence: words, or a command to copy.
pub(super) struct Said {
    pub is_command: bool,
    pub text: String,
}

impl Said {
    /// Commands of ours stand in backticks; where backticks hold anything else, as a name may, all is words.
    pub(super) fn pieces(sentence: &str) -> Vec<Said> {
        let parts: Vec<&str> = sentence.split('`').collect();
        let are_commands = parts.iter().skip(1).step_by(2).all(|part| part.starts_with("prompt-analytics "));
        if parts.len().is_multiple_of(2) || !are_commands {
            return vec![Said { is_command: false, text: sentence.to_owned() }];
        }
        let pieces = parts.into_iter().enumerate();
        pieces.map(|(at, text)| Said { is_command: at % 2 == 1, text: text.to_owned() }).collect()
    }
}

/// A sheet whose accounting of the log all sheets share, so that it needs to be said only once.
pub(super) fn shared(sheets: &[Sheet]) -> Option<&Sheet> {
    let of_log = |coverage: &Coverage| Coverage { question: Question::default(), ..coverage.clone() };
    let first = of_log(&sheets.first()?.coverage);
    sheets[1..].iter().all(|sheet| of_log(&sheet.coverage) == first).then(|| &sheets[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::Unreadable;
    use crate::render::sample;

    #[test]
    fn only_what_happened_is_said() {
        let mut quiet = sample::empty();
        quiet.coverage = Coverage { files: 1, lines: 2, events: 2, ..Coverage::default() };
        assert_eq!(log(&quiet), ["read 2 lines in 1 file: 2 events"]);
        assert_eq!(question(&sample::empty()), None);
    }

    #[test]
    fn everything_that_was_skipped_or_assumed_is_said() {
        let sheet = sample::sheet();
        let said = log(&sheet).join("\n");
        for promise in [
            "read 9,413 lines in 3 files",
            "from metrics/prompt-analytics",
            "the first skipped line is metrics/prompt-analytics/events-2026-11.jsonl:214 (not_json)",
            "not read: old.jsonl.gz: not a gzip file",
            "left out events-2026-10.jsonl.gz: the same as events-2026-10.jsonl",
            "4 values did not fit their fields",
            "1 time without a zone was read as UTC",
            "2 outcomes belong to no recorded use",
            "what was not read, and why: `prompt-analytics check`",
        ] {
            assert!(said.contains(promise), "{promise}\n{said}");
        }
        let asked = question(&sheet).unwrap();
        assert!(asked.starts_with("12 records were left out") && asked.contains("212 runs are unpriced"), "{asked}");
    }

    #[test]
    fn files_that_are_left_out_are_named_with_the_one_that_is_read() {
        let said = |files: usize| {
            let file = |at| Unreadable { file: format!("{at}.jsonl.gz"), why: format!("the same as {at}.jsonl") };
            left_out(&Coverage { left_out: (0..files).map(file).collect(), ..Coverage::default() })
        };
        assert_eq!(said(0), None);
        assert_eq!(said(1).as_deref(), Some("left out 0.jsonl.gz: the same as 0.jsonl"));
        let many = said(5).unwrap();
        assert!(many.ends_with("1.jsonl; 2.jsonl.gz: the same as 2.jsonl; 2 files more"), "{many}");
    }

    #[test]
    fn what_is_unpriced_is_said_only_where_dollars_are() {
        let with = |cell: Cell| {
            let mut sheet = sample::empty();
            sheet.coverage.question.unpriced_runs = 2;
            let fact = sample::fact("cost_usd", "cost", crate::sheet::Unit::Dollars, cell, None);
            sheet.blocks.push(crate::sheet::Block::Facts(vec![fact]));
            question(&sheet)
        };
        assert_eq!(with(Cell::AtLeast(1.0)).as_deref(), Some("2 runs are unpriced: sums of dollars are lower bounds"));
        assert_eq!(with(Cell::Missing(Why::Unpriced)).as_deref(), Some("2 runs are unpriced"));
        assert_eq!(with(Cell::Int(2)), None);
    }

    #[test]
    fn filters_are_said_in_words() {
        let filters = [
            ("error_type", "exit_*"),
            ("success", "true"),
            ("success", "false"),
            ("min_rating", "2"),
            ("max_rating", "4.5"),
        ];
        let said = asked(&filters.map(|(key, value)| (key, value.to_owned())));
        assert_eq!(said, "error type exit_*, success, failure, rating at least 2, rating at most 4.5");
    }

    #[test]
    fn only_commands_of_ours_are_commands() {
        let said = |sentence: &str| {
            let pieces = Said::pieces(sentence).into_iter();
            pieces.map(|said| (said.is_command, said.text)).collect::<Vec<_>>()
        };
        let words = |text: &str| (false, text.to_owned());
        let command = (true, "prompt-analytics runs".to_owned());
        assert_eq!(said("read: `prompt-analytics runs`"), [words("read: "), command, words("")]);
        for hostile in ["5 a`b`", "``", "`prompt-analytics runs --prompt 'a`b'`", "`prompt-analytics a``<b>`"] {
            assert_eq!(said(hostile), [words(hostile)]);
        }
    }

    #[test]
    fn a_shared_log_is_recognised_whatever_was_asked_of_it() {
        let (first, mut second) = (sample::sheet(), sample::sheet());
        second.coverage.question.matched = 1;
        assert!(shared(&[first.clone(), second.clone()]).is_some());
        second.coverage.lines += 1;
        assert!(shared(&[first, second]).is_none());
    }
}
