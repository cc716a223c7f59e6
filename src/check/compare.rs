//! Comparing: what was counted line by line, held against what ingest reports to have read of the same log.

use super::Checked;
use crate::coverage::Coverage;

/// A count that two readers of one log do not agree about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    pub what: String,
    /// Line by line.
    pub counted: i128,
    /// By what every report rests on.
    pub reported: i128,
}

/// Every count that differs. Of a sound program there is none.
pub fn disagreements(checked: &Checked, coverage: &Coverage) -> Vec<Disagreement> {
    let counts = &checked.counts;
    let duplicates = checked.copies.duplicates;
    let mut pairs: Vec<(String, u64, u64)> = [
        ("files", checked.read(), coverage.files),
        ("unreadable files", checked.failures().count() as u64, coverage.unreadable.len() as u64),
        ("lines", counts.lines, coverage.lines),
        ("events", counts.events - duplicates, coverage.events),
        ("blank lines", counts.blank, coverage.blank),
        ("unfinished lines", counts.pending.count, coverage.pending),
        ("duplicates", duplicates, coverage.duplicates),
        ("conflicts", checked.copies.conflicts.count, coverage.conflicts),
        ("lines of unknown kind", counts.unknown_kinds.total, coverage.unknown_kind_lines()),
        ("dropped fields", counts.dropped_fields.values().map(|seen| seen.count).sum(), coverage.dropped_fields),
        ("times without a zone", counts.naive_times.count, coverage.naive_times),
        ("times in the future", counts.future_times.count - checked.copies.future, coverage.future_times),
    ]
    .map(|(what, counted, reported)| (what.to_owned(), counted, reported))
    .into();
    let counted = |reason: &str| {
        counts.skipped.iter().find(|(skip, _)| skip.name() == reason).map_or(0, |(_, examples)| examples.count)
    };
    let reasons = counts.skipped.keys().map(|skip| skip.name()).chain(coverage.skipped_by_reason.keys().copied());
    let mut reasons: Vec<&str> = reasons.collect();
    reasons.sort_unstable();
    reasons.dedup();
    for reason in reasons {
        let reported = coverage.skipped_by_reason.get(reason).copied().unwrap_or(0);
        pairs.push((format!("lines skipped as {reason}"), counted(reason), reported));
    }
    let of = |ts_ns: Option<i64>| ts_ns.map_or(0, i128::from);
    let pairs = pairs.into_iter().map(|(what, counted, reported)| (what, counted.into(), reported.into()));
    let times = [
        ("oldest time, in ns", counts.oldest_ns, coverage.oldest_ns),
        ("newest time, in ns", counts.newest_ns, coverage.newest_ns),
    ]
    .map(|(what, counted, reported)| (what.to_owned(), of(counted), of(reported)));
    let differing = pairs.chain(times).filter(|(_, counted, reported)| counted != reported);
    differing.map(|(what, counted, reported)| Disagreement { what, counted, reported }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Settings, check};

    #[test]
    fn a_count_that_differs_is_told_with_both_numbers() {
        let home = tempfile::tempdir().unwrap();
        let line = r#"{"ts":"2026-11-20T09:00:00Z","event":"run","id":"a"}"#;
        std::fs::write(home.path().join("a.jsonl"), format!("{line}\n{line}\n\n[1]\n")).unwrap();
        let checked = check(home.path(), &Settings { now_ns: 0, threads: 2, most: 1, progress: &|_, _| {} }).unwrap();
        let time = checked.counts.oldest_ns;
        let coverage = Coverage {
            files: 1,
            lines: 4,
            events: 1,
            blank: 1,
            duplicates: 1,
            future_times: 1,
            skipped_by_reason: [("not_object", 1)].into(),
            oldest_ns: time,
            newest_ns: time,
            ..Coverage::default()
        };
        assert_eq!(disagreements(&checked, &coverage), []);
        assert!(checked.is_current(home.path()));
        let stale = Coverage { lines: 3, events: 0, skipped_by_reason: [("not_json", 2)].into(), ..coverage };
        let told = disagreements(&checked, &stale).into_iter().map(|it| (it.what, it.counted, it.reported));
        let expected = [
            ("lines", 4, 3),
            ("events", 1, 0),
            ("lines skipped as not_json", 0, 2),
            ("lines skipped as not_object", 1, 0),
        ];
        assert_eq!(
            told.collect::<Vec<_>>(),
            expected.map(|(what, counted, reported)| (what.to_owned(), counted, reported))
        );
        std::fs::write(home.path().join("b.jsonl"), "").unwrap();
        assert!(!checked.is_current(home.path()), "a writer is at work");
    }
}
