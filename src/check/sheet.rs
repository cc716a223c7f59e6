//! The sheet of a check: what is wrong, in sentences with a way out, and tables of where it is. No count is made here.

mod findings;
mod tables;

use super::compare::Disagreement;
use super::excerpt::name;
use super::{Beside, Checked, Listed};
use crate::coverage::Coverage;
use crate::sheet::{Block, Cell, Fact, Severity, Sheet, Unit, Why};
use crate::time::{Period, Zone};

/// Everything a check found out.
pub struct Found<'a> {
    pub checked: &'a Checked,
    pub beside: &'a Beside,
    /// `None`: the log changed while it was read, and nothing could be compared.
    pub disagreements: Option<Vec<Disagreement>>,
    /// Uses without a cost whose tokens are known, by model.
    pub unpriced: Vec<Unpriced>,
    /// The file that the skipped lines were listed in.
    pub listed: Option<(String, Listed)>,
    /// By what every report rests on.
    pub coverage: Coverage,
    pub cache: Cached,
    pub zone: Zone,
    pub now_ns: i64,
    /// Files that the table of files shows; the others come in one row.
    pub files: usize,
}

/// The cache that reports are answered from, and what it was good for. Its state is no damage: it can be deleted at any time.
#[derive(Clone, Debug, PartialEq)]
pub struct Cached {
    /// The directory of all caches, and in it that of this log's; `None` where none is used.
    pub place: Option<String>,
    pub dir: Option<String>,
    pub state: &'static str,
    /// The files in it and their bytes.
    pub files: u64,
    pub bytes: u64,
    /// Lines whose columns were in it, and lines parsed in this run.
    pub lines_cached: u64,
    pub lines_parsed: u64,
}

/// Uses of one model that have tokens and no cost for one reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Unpriced {
    /// `None` where it was not recorded.
    pub model: Option<String>,
    /// Why the price table does not price them.
    pub why: &'static str,
    pub runs: u64,
    pub tokens: i128,
}

/// The sheet, and how bad it is.
pub struct Answer {
    pub sheet: Sheet,
    /// Something is lost or contradicts itself: a finding of high severity.
    pub is_damaged: bool,
    /// Something was not read as it was meant: a finding of medium severity, or damage.
    pub is_unclean: bool,
}

/// Puts what was found on a sheet.
pub fn sheet(found: Found<'_>) -> Answer {
    let findings = findings::findings(&found);
    let worst = findings.iter().map(|finding| finding.severity).max();
    let mut blocks = vec![Block::Totals(facts(&found))];
    if findings.is_empty() {
        let nothing = if found.checked.is_empty() { "there is nothing to read yet" } else { "nothing is wrong" };
        blocks.push(Block::Note(nothing.to_owned()));
    }
    blocks.push(Block::Findings(findings));
    blocks.extend(tables::tables(&found).into_iter().map(Block::Table));
    if found.disagreements.is_none() {
        let note = "The log changed while it was read, so what was counted here was not compared with what reports say they read.";
        blocks.push(Block::Note(note.to_owned()));
    }
    let sheet = Sheet {
        report: "check",
        title: "Check".to_owned(),
        generated_ns: found.now_ns,
        zone: found.zone,
        period: Period::default(),
        filters: Vec::new(),
        coverage: safe(found.coverage),
        blocks,
    };
    Answer { sheet, is_damaged: worst == Some(Severity::High), is_unclean: worst >= Some(Severity::Medium) }
}

/// The accounting without names that are no names: a kind may hold whatever a writer mistook for one.
fn safe(mut coverage: Coverage) -> Coverage {
    let mut kinds = std::collections::BTreeMap::new();
    for (kind, lines) in std::mem::take(&mut coverage.unknown_kinds) {
        *kinds.entry(name(&kind).to_owned()).or_default() += lines;
    }
    Coverage { unknown_kinds: kinds, ..coverage }
}

/// Every count, for programs.
fn facts(found: &Found<'_>) -> Vec<Fact> {
    let (checked, counts, copies) = (found.checked, &found.checked.counts, &found.checked.copies);
    let sum = |counts: &mut dyn Iterator<Item = u64>| counts.sum::<u64>();
    let facts = [
        ("files", checked.read()),
        ("bytes", sum(&mut checked.files.iter().map(|file| file.bytes))),
        ("lines", counts.lines),
        ("events", counts.events - copies.duplicates),
        ("blank", counts.blank),
        ("skipped", checked.skipped()),
        ("pending", counts.pending.count),
        ("duplicates", copies.duplicates),
        ("conflicts", copies.conflicts.count),
        ("unknown_kinds", counts.unknown_kinds.total),
        ("unknown_fields", counts.unknown_fields.total),
        ("ignored_fields", sum(&mut counts.ignored_fields.values().map(|seen| seen.count))),
        ("dropped_fields", sum(&mut counts.dropped_fields.values().map(|seen| seen.count))),
        ("naive_times", counts.naive_times.count),
        ("future_times", counts.future_times.count),
        ("time_jumps", counts.jumps.count),
        ("unpriced_runs", sum(&mut found.unpriced.iter().map(|unpriced| unpriced.runs))),
        ("unreadable", checked.failures().count() as u64),
        ("not_read", found.beside.strays.count),
        ("wide_permissions", found.beside.wide.count),
        ("disagreements", found.disagreements.as_ref().map_or(0, Vec::len) as u64),
        ("cache_files", found.cache.files),
        ("cache_bytes", found.cache.bytes),
        ("lines_cached", found.cache.lines_cached),
        ("lines_parsed", found.cache.lines_parsed),
    ];
    let fact = |key: &str, unit: Unit, cell: Cell| Fact::new(key, key.replace('_', " "), unit, cell);
    let dir = found.cache.dir.clone().map_or(Cell::Missing(Why::NoData), Cell::Text);
    let counts = facts.map(|(key, count)| fact(key, Unit::Count, Cell::Int(count.into())));
    counts.into_iter().chain([fact("cache_dir", Unit::Name, dir)]).collect()
}
