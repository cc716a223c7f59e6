//! The findings of a check: high is damage, medium is what was not read as it was meant, low is worth knowing.

use super::Found;
use super::tables::meant_kind;
use crate::check::Text;
use crate::check::counts::{At, Counts, Names, Seen};
use crate::check::keys;
use crate::coverage::{count, thousands};
use crate::sheet::{Finding, Severity};

/// Names told before the rest is only counted.
const NAMED: usize = 3;

pub fn findings(found: &Found<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        [damage(found), meant(found), worth_knowing(found)].into_iter().flatten().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn finding(severity: Severity, says: String, because: impl Into<String>, try_this: impl Into<String>) -> Finding {
    Finding { because: because.into(), try_this: try_this.into(), ..Finding::new(severity, "", says) }
}

/// `1 line was`, `3 lines were`.
fn were(number: u64, what: &str) -> String {
    format!("{} {}", count(number, what), if number == 1 { "was" } else { "were" })
}

fn verb(number: u64, one: &'static str, many: &'static str) -> &'static str {
    if number == 1 { one } else { many }
}

/// The first few of some names.
fn named(names: &[String]) -> String {
    let first = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > NAMED { format!("{first} and {} more", thousands((names.len() - NAMED) as i128)) } else { first }
}

fn damage(found: &Found<'_>) -> Vec<Finding> {
    let checked = found.checked;
    let high = |says: String, because: &str, try_this: String| finding(Severity::High, says, because, try_this);
    let mut findings = Vec::new();
    if checked.skipped() > 0 {
        let reasons = checked.counts.skipped.iter().map(|(skip, examples)| (skip.name(), examples.count));
        let reasons = reasons.collect::<std::collections::BTreeMap<_, _>>().into_iter();
        let reasons: Vec<String> = reasons.map(|(name, lines)| format!("{} {name}", thousands(lines.into()))).collect();
        let says = format!("{} skipped: {}", were(checked.skipped(), "line"), reasons.join(", "));
        findings.push(high(says, "what is no event cannot be counted; every other line was read", after_list(found)));
    }
    let failures: Vec<String> = checked.failures().map(|(file, why)| format!("{file}: {why}")).collect();
    if !failures.is_empty() {
        let says = format!("{} not read to the end: {}", were(failures.len() as u64, "file"), named(&failures));
        findings.push(high(says, "", "make it readable, or move it out of the metrics directory".to_owned()));
    }
    for file in checked.files.iter().filter(|file| file.text != Text::Utf8).take(found.checked.most) {
        let name = quoted(&file.name);
        let (says, how) = match file.text {
            Text::Utf16 => ("is written in UTF-16", format!("iconv -f UTF-16 -t UTF-8 {name} >{name}.new")),
            _ => ("ends its lines with carriage returns alone", format!("tr '\\r' '\\n' <{name} >{name}.new")),
        };
        let try_this = format!("in the metrics directory: {how} && mv {name}.new {name}");
        findings.push(high(format!("{} {says}, and is not understood", file.name), "", try_this));
    }
    let conflicts = &checked.copies.conflicts;
    if let Some((first, group)) = conflicts.first.first() {
        let has = verb(conflicts.count, "has", "have");
        let says = format!("{} {has} two contents at one revision", count(conflicts.count, "event"));
        let places = format!("{} and {}", checked.place(*first), checked.place(group.second));
        let because = format!("{places} share `id`, `ts` and `rev`; the smaller line counts");
        findings.push(high(says, &because, "write what is right once more, with a higher `rev`".to_owned()));
    }
    if let Some(disagreements) = found.disagreements.as_ref().filter(|all| !all.is_empty()) {
        let what: Vec<String> =
            disagreements.iter().map(|it| format!("{} {} and {}", it.what, it.counted, it.reported)).collect();
        let says = format!("the log line by line and what reports read of it differ: {}", named(&what));
        let try_this = "run it again; what stays is an error of this program".to_owned();
        findings.push(high(says, "", try_this));
    }
    findings
}

/// What to do about skipped lines, which depends on whether they are listed by now.
fn after_list(found: &Found<'_>) -> String {
    match &found.listed {
        None => "`prompt-analytics check --list broken.jsonl` writes them to a file as they are".to_owned(),
        Some((name, listed)) => {
            let too_long = match listed.too_long {
                0 => String::new(),
                lines => format!(" ({} too long to be listed)", count(lines, "line")),
            };
            format!(
                "repair {name}{too_long}, then `prompt-analytics record - <{}`; delete the broken lines where they stand",
                quoted(name)
            )
        }
    }
}

/// A file's name as a shell takes it.
fn quoted(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./~".contains(&byte);
    if name.bytes().all(is_plain) { name.to_owned() } else { format!("'{}'", name.replace('\'', r"'\''")) }
}

/// Names with what was probably meant, the most frequent first.
fn slips(names: &Names, meant: fn(&str) -> Option<&'static str>) -> String {
    let mut seen: Vec<(&String, &Seen)> = names.seen.iter().collect();
    seen.sort_by(|(a, left), (b, right)| right.count.cmp(&left.count).then_with(|| a.cmp(b)));
    let said = seen.into_iter().map(|(name, _)| match meant(name) {
        Some(meant) => format!("{name} (did you mean {meant}?)"),
        None => name.clone(),
    });
    let said = named(&said.collect::<Vec<_>>());
    if names.is_cut() { format!("{said}, and others") } else { said }
}

fn meant(found: &Found<'_>) -> Vec<Finding> {
    let (checked, counts) = (found.checked, &found.checked.counts);
    let medium = |says: String, because: &str, try_this: &str| finding(Severity::Medium, says, because, try_this);
    let mut findings = Vec::new();
    if counts.pending.count > 0 {
        let is = verb(counts.pending.count, "is", "are");
        let says = format!("{} {is} unfinished", count(counts.pending.count, "last line"));
        let because = "a writer is at work, or was interrupted; it is read when it is completed";
        findings.push(medium(says, because, ""));
    }
    let kinds = &counts.unknown_kinds;
    if kinds.total > 0 {
        let is = verb(kinds.total, "is of a kind that is", "are of kinds that are");
        let says = format!("{} {is} unknown: {}", count(kinds.total, "line"), slips(kinds, meant_kind));
        findings.push(medium(says, "such lines are counted and not read", ""));
    }
    let fields = &counts.unknown_fields;
    if fields.total > 0 {
        let is = verb(fields.total, "has a name that is", "have names that are");
        let says = format!("{} {is} unknown: {}", count(fields.total, "field"), slips(fields, keys::meant));
        let try_this =
            "what is your own belongs into `parameters` or `metrics`; `prompt-analytics schema event` has every name";
        findings.push(medium(says, "nothing reads them", try_this));
    }
    let dropped = counts.dropped_fields.values().map(|seen| seen.count).sum::<u64>();
    if dropped > 0 {
        let names: Vec<String> = counts.dropped_fields.keys().map(|field| field.name().to_owned()).collect();
        let fit = verb(dropped, "does not fit its field", "do not fit their fields");
        let first = counts.dropped_fields.values().map(|seen| seen.first).min();
        let because = format!("the first is at {}; what does not fit counts as missing", place(checked, first));
        findings.push(medium(format!("{} {fit}: {}", count(dropped, "value"), named(&names)), &because, ""));
    }
    findings
}

fn place(checked: &crate::check::Checked, at: Option<At>) -> String {
    at.map_or_else(String::new, |at| checked.place(at))
}

fn worth_knowing(found: &Found<'_>) -> Vec<Finding> {
    let (checked, counts) = (found.checked, &found.checked.counts);
    let low = |says: String, because: &str, try_this: &str| finding(Severity::Low, says, because, try_this);
    let mut findings = Vec::new();
    let strays = &found.beside.strays;
    if strays.count > 0 {
        let names: Vec<String> = strays.first.iter().map(|(_, stray)| stray.file.clone()).collect();
        let says = format!(
            "{} beside the log {} not read: {}",
            count(strays.count, "file"),
            verb(strays.count, "is", "are"),
            named(&names)
        );
        findings.push(low(says, "only .jsonl, .jsonl.gz and .jsonl.zst are", ""));
    }
    let left_out = &checked.left_out;
    if !left_out.is_empty() {
        let names: Vec<String> = left_out.iter().map(|file| format!("{} ({})", file.file, file.why)).collect();
        let number = left_out.len() as u64;
        let says = format!("{} {} left out: {}", count(number, "file"), verb(number, "is", "are"), named(&names));
        findings.push(low(says, "the same lines are read once", ""));
    }
    let ignored = counts.ignored_fields.values().map(|seen| seen.count).sum::<u64>();
    if ignored > 0 {
        let names = counts.ignored_fields.keys().map(|(field, kind)| format!("{} of {}", field.name(), kind.name()));
        let stands = verb(
            ignored,
            "stands in a line whose kind does not have it",
            "stand in lines whose kinds do not have them",
        );
        let says = format!("{} {stands}: {}", count(ignored, "field"), named(&names.collect::<Vec<_>>()));
        findings.push(low(says, "nothing reads them there", ""));
    }
    let copies = &checked.copies;
    if copies.duplicates > 0 {
        let repeat = verb(copies.duplicates, "repeats or revises", "repeat or revise");
        let says = format!("{} {repeat} an event, which counts once", count(copies.duplicates, "line"));
        findings.push(low(says, "", ""));
    }
    findings.extend(odd_times(counts));
    let unpriced = found.unpriced.iter().map(|it| it.runs).sum::<u64>();
    if unpriced > 0 {
        let has = verb(unpriced, "has tokens and no cost", "have tokens and no cost");
        let try_this =
            "a price of your own goes into the config as `[[price]]`; what is known: `prompt-analytics prices list`";
        findings.push(low(format!("{} {has}", count(unpriced, "run")), "sums of dollars are lower bounds", try_this));
    }
    let wide = &found.beside.wide;
    if wide.count > 0 {
        let can = verb(
            wide.count,
            "file or directory can be read or written by others",
            "files and directories can be read or written by others",
        );
        let try_this = "in the metrics directory: chmod -R go= .";
        findings.push(low(format!("{} {can}", wide.count), "", try_this));
    }
    findings
}

fn odd_times(counts: &Counts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, what, one, many, because) in [
        (counts.naive_times.count, "time", "has no zone", "have no zone", "taken as UTC"),
        (
            counts.future_times.count,
            "event",
            "is more than a day in the future",
            "are more than a day in the future",
            "a clock was wrong, or a unit",
        ),
        (
            counts.jumps.count,
            "time",
            "lies far from the one above it",
            "lie far from those above them",
            "a clock was wrong, or old lines were added later",
        ),
    ] {
        if number > 0 {
            let says = format!("{} {}", count(number, what), verb(number, one, many));
            findings.push(finding(Severity::Low, says, because, ""));
        }
    }
    findings
}
