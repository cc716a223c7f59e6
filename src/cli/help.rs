//! Help: the program on one screen, and every report in its own words.

use super::args::Args;
use super::views::{self, View};
use crate::report::{self, Report};
use clap::CommandFactory;
use std::fmt::Write as _;

/// What `--help` prints: everything, in the order a person needs it.
pub fn program() -> String {
    let mut help = format!(
        "prompt-analytics {}: which prompts work, what they cost and what to fix, from JSONL lines on this disk\n\n",
        env!("CARGO_PKG_VERSION")
    );
    help.push_str(&if cfg!(feature = "sql") { USAGE.to_owned() } else { USAGE.replace("|sql", "") });
    for report in report::ALL {
        let _ = writeln!(help, "  {:<16} {}", report.name, report.question);
    }
    let _ = writeln!(
        help,
        "  {}   costs by day, week, month and conversation, as ccusage has them",
        views::names().join(" ")
    );
    help.push_str(OPTIONS);
    help
}

const USAGE: &str = "\
Usage: prompt-analytics [REPORT]… [filters] [shape] [output]
       prompt-analytics record|rate|import|check|config|prices|sql|alert|recommend|statusline|completions|schema …

Reports: by name, or -r, --report NAME[,NAME]; `all` is every one; none is the overview; `NAME --help` explains it
";

const OPTIONS: &str = "
Filters: globs such as 'gpt-*'; repeat one for \"or\"; what was not recorded does not match, and is counted
  --since WHEN  --until WHEN  --period WHEN   2026-11-20, 2026-11, 2026-W47, 7d, 36h, yesterday, last-month, an instant
  --prompt  --template  --starter  --category  --domain  -m, --model  --provider  -p, --project  --conversation  --user
  --prompt-version  --variant  --source  --host  --tag  --error-type  GLOB
  --success | --failed   --min-rating N  --max-rating N

Shape
  -b, --by DIM[,DIM…]          prompt template starter category domain provider model project conversation user
                               prompt_version variant source host error_type hour day week month
  --every hour|day|week|month  one row for each, in the time zone   --session-length HOURS   of blocks
  -n, --top N                  the first N rows (0: all)   --sort KEY[:asc|:desc]   by a column's key in JSON and CSV
  --quantiles 25,50,95         of latency and tokens   --min-confidence 0.9   of recommendations   --recompute   of cost
  --metric KEY[,KEY…]          of trends and compare   --compare DIM[=A,B]|period   one side with another

Output
  -f, --format table|csv|json|markdown|html|svg|png   -j, --json   --watch  draw again when the log grows   --no-pager
  -o, --output FILE            in the format of its extension; several reports as CSV need DIR/   -z, --timezone ZONE
  --chart line|bar|pie|scatter|heatmap  --of REPORT[:TABLE]  --x COL  --y COL[,COL]   yours   --compat ccusage  its JSON
  --table ID  --csv-raw  of CSV   --logo FILE  --refresh SECONDS  of HTML   --title TEXT   --color auto|always|never

Alarm: for cron, with `alerts`
  --fail-on low|medium|high    exit 1 where a finding of that severity or worse is shown that nobody acknowledged
  --notify COMMAND             run it with JSON on stdin when one is new, worse or over   --remember   only record that

Everywhere: -d, --dir DIR  --config FILE  --no-cache  -h, --help  -V, --version

  prompt-analytics --report usage --since 7d          prompt-analytics --report all -o report.html
";

/// What `NAME --help` prints: what a report shows, how it is computed, and when it lies.
pub fn of_report(report: &Report) -> String {
    let by: Vec<&str> = report.by.iter().map(|dimension| dimension.name()).collect();
    let by =
        if by.is_empty() { String::new() } else { format!("\nBy default by {}; `--by` changes it.\n", by.join(", ")) };
    format!(
        "{}: {}\n\nShows\n{}\n\nComputed\n{}\n\nLies when\n{}\n{by}\n  prompt-analytics {} --since 7d\n",
        report.name,
        report.question,
        indented(report.shows),
        indented(report.computed),
        indented(report.lies),
        report.name
    )
}

/// What `NAME --help` says of a view, before the help of its report.
pub fn of_view(view: &View) -> String {
    format!("{}: the same as `prompt-analytics {}`; `-b model` adds the models\n", view.name, view.words())
}

/// A paragraph of at most 100 columns, indented.
fn indented(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if line.len() + word.len() > 96 {
            lines.push(format!("  {word}"));
        } else {
            let gap = if line.is_empty() { "  " } else { " " };
            line.push_str(gap);
            line.push_str(word);
        }
    }
    lines.join("\n")
}

/// The command as clap knows it, with our help.
pub fn command() -> clap::Command {
    Args::command().override_help(program())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Dimension;
    use crate::render::Format;

    #[test]
    fn the_help_names_every_flag_verb_dimension_and_format_and_fits_a_screen() {
        let help = program();
        for arg in Args::command().get_arguments().filter(|arg| !arg.is_hide_set() && !arg.is_positional()) {
            let long = arg.get_long().expect("every flag has a long name");
            assert!(help.contains(&format!("--{long}")), "--{long} is not in the help");
            if let Some(short) = arg.get_short() {
                assert!(help.contains(&format!("-{short}, --{long}")), "-{short} is not in the help");
            }
        }
        for verb in Args::command().get_subcommands() {
            assert!(help.contains(verb.get_name()), "{} is not in the help", verb.get_name());
        }
        let words: Vec<&str> = help.split([' ', '|', '\n']).collect();
        for name in Dimension::ALL.map(Dimension::name).into_iter().chain(Format::ALL.map(Format::name)) {
            assert!(words.contains(&name), "{name} is not in the help");
        }
        assert!(help.lines().count() <= 50 && help.lines().all(|line| line.chars().count() <= 120), "{help}");
    }

    #[test]
    fn every_report_says_what_it_shows_how_it_is_computed_and_when_it_lies() {
        for report in report::ALL {
            for text in [report.question, report.shows, report.computed, report.lies] {
                assert!(text.len() > 20, "{}: {text}", report.name);
            }
            assert!(of_report(report).contains("Lies when"));
        }
    }
}
