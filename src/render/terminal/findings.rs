//! Findings: what to look at, why, and what to do about it.

use super::{INDENT, Page, Tone};
use crate::render::{escape, human, wrap};
use crate::sheet::{Cell, Finding, Severity};
use crate::time::Zone;

impl Page {
    pub(super) fn findings(&mut self, findings: &[Finding], zone: &Zone) {
        if findings.is_empty() {
            return;
        }
        self.gap();
        let words = wrap::width("medium");
        for finding in findings {
            let mark = if finding.severity == Severity::Low { '○' } else { '●' };
            let lead = format!("{INDENT}{mark} {}  ", wrap::pad(finding.severity.name(), words));
            let under = " ".repeat(wrap::width(&lead));
            self.labelled(&lead, &headline(finding), Tone::Of(finding.severity));
            let labels = finding.points().map(|(label, _)| wrap::width(label)).max().unwrap_or(0);
            for (label, text) in finding.points() {
                let label = wrap::pad(label, labels);
                self.labelled(&format!("{under}{label}  "), &escape::visible(text), Tone::Quiet);
            }
            let rests_on = evidence(finding, zone);
            if !rests_on.is_empty() {
                self.wrapped(&under, &rests_on, Tone::Quiet);
            }
        }
    }

    /// Text that hangs after a label; only the label has a tone.
    fn labelled(&mut self, label: &str, text: &str, tone: Tone) {
        for line in wrap::hanging(label, text, self.width) {
            match line.strip_prefix(label) {
                Some(text) => self.spans(&[(tone, label.to_owned()), (Tone::Plain, text.to_owned())]),
                None => self.line(&line, Tone::Plain),
            }
        }
    }
}

/// The subject and what is said of it, without saying the subject twice.
pub(in crate::render) fn headline(finding: &Finding) -> String {
    let (subject, says) = (escape::visible(&finding.subject), escape::visible(&finding.says));
    if subject.is_empty() || says.contains(&*subject) { says.into_owned() } else { format!("{subject}: {says}") }
}

/// How sure a finding is, and what it was observed on: the value itself stands in the words above.
pub(in crate::render) fn evidence(finding: &Finding, zone: &Zone) -> String {
    let observed =
        finding.evidence.iter().filter(|fact| matches!(fact.cell, Cell::Share { .. } | Cell::Estimate { .. }));
    let observed = observed.map(|fact| {
        let written = human::Notation::of_fact(fact).write(&fact.cell, zone);
        let parts = [written.basis, written.interval];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    });
    let likelihood = finding.confidence.and_then(human::likelihood);
    let status = Some(escape::visible(&finding.status).into_owned()).filter(|status| !status.is_empty());
    let parts: Vec<String> = likelihood.into_iter().chain(observed).chain(status).collect();
    parts.join(" · ")
}
