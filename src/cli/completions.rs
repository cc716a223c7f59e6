//! Completions and the man page, generated from the table of arguments.

use super::args::Args;
use super::args::Shell;
use super::views;
use crate::{query::Dimension, render::Format, report, time::Every};
use clap::CommandFactory;
use clap::builder::PossibleValuesParser;

/// The completion script of a shell, or the man page.
pub fn of(shell: Shell) -> String {
    let mut command = Args::command();
    let mut bytes = Vec::new();
    let generator = match shell {
        Shell::Bash => clap_complete::Shell::Bash,
        Shell::Zsh => clap_complete::Shell::Zsh,
        Shell::Fish => clap_complete::Shell::Fish,
        Shell::Man => {
            // Writing to memory cannot fail.
            let _ = clap_mangen::Man::new(command).render(&mut bytes);
            return String::from_utf8_lossy(&bytes).into_owned();
        }
    };
    command = with_names(command);
    clap_complete::generate(generator, &mut command, "prompt-analytics", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The command with the names that its values can take, so that a shell can offer them.
fn with_names(command: clap::Command) -> clap::Command {
    let reports: Vec<&'static str> = report::names().into_iter().chain(views::names()).chain(["all"]).collect();
    let names = |names: Vec<&'static str>| PossibleValuesParser::new(names);
    command
        .mut_arg("report", |arg| arg.value_parser(names(reports.clone())))
        .mut_arg("bare", |arg| arg.value_parser(names(reports)))
        .mut_arg("by", |arg| arg.value_parser(names(Dimension::ALL.map(Dimension::name).to_vec())))
        .mut_arg("every", |arg| arg.value_parser(names(Every::ALL.map(Every::name).to_vec())))
        .mut_arg("format", |arg| arg.value_parser(names(Format::ALL.map(Format::name).to_vec())))
}
