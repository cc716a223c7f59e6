//! The command line: the only place that knows arguments, environment, home and standard streams.

mod alarm;
mod answer;
mod args;
mod ask;
mod chart;
mod check;
mod compat;
mod completions;
mod config;
mod decide;
mod help;
mod import;
mod output;
mod pager;
mod place;
mod prices;
mod progress;
mod rate;
mod reading;
mod record;
mod screen;
#[cfg(feature = "sql")]
mod sql;
mod statusline;
mod trouble;
mod views;
mod watch;

pub use trouble::Trouble;

use anyhow::Result;
use args::{Args, SchemaOf, Verb};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, FromArgMatches as _};
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

/// Runs the program and answers with its exit status: 0 done, 1 done and the answer is bad, 2 could not do it.
pub fn run(argv: impl IntoIterator<Item = OsString>) -> ExitCode {
    // Of a file that may not grow as large a person is told, as of a full disk; a signal would tell nobody.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    let argv: Vec<OsString> = argv.into_iter().collect();
    let matches = help::command().try_get_matches_from(&argv);
    let result = match matches.and_then(|matches| Ok((misplaced(&matches), Args::from_arg_matches(&matches)?))) {
        Ok((Some(trouble), _)) => Err(trouble.into()),
        Ok((None, args)) => dispatch(args),
        Err(error) => explain(&error, &argv),
    };
    match result {
        Ok(status) => status,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(anstream::stderr(), "{}", trouble::safe(&trouble::message(&error)));
            ExitCode::from(2)
        }
    }
}

fn dispatch(mut args: Args) -> Result<ExitCode> {
    views::take(&mut args.asked)?;
    match args.verb {
        None => answer::answer(&args.asked, &args.everywhere),
        Some(Verb::Record(record)) => record::record(&record, &args.everywhere),
        Some(Verb::Rate(rate)) => rate::rate(&rate, &args.everywhere),
        Some(Verb::Import(import)) => import::import(&import, &args.everywhere),
        Some(Verb::Check(check)) => check::check(&check, &args.everywhere),
        Some(Verb::Config(config)) => config::config(&config, &args.everywhere),
        Some(Verb::Prices(asked)) => prices::prices(&asked, &args.everywhere),
        #[cfg(feature = "sql")]
        Some(Verb::Sql(sql)) => sql::sql(&sql, &args.everywhere),
        Some(Verb::Alert(alert)) => decide::alert(alert, &args.everywhere),
        Some(Verb::Recommend(recommend)) => decide::recommend(recommend, &args.everywhere),
        Some(Verb::Statusline(asked)) => statusline::statusline(&asked, &args.everywhere),
        Some(Verb::Completions(completions)) => print(&completions::of(completions.shell)),
        Some(Verb::Schema(schema)) => {
            let schema = match schema.what {
                SchemaOf::Event => crate::event::schema(),
                SchemaOf::Report => crate::render::schema(),
                SchemaOf::Config => config::schema(),
            };
            print(&format!("{schema:#}\n"))
        }
    }
}

/// A flag of a report before the name of a verb, which would not see it.
fn misplaced(matches: &ArgMatches) -> Option<Trouble> {
    let (verb, _) = matches.subcommand()?;
    let command = help::command();
    let is_given = |arg: &&Arg| {
        !arg.is_global_set() && matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
    };
    let flag = command.get_arguments().find(is_given)?.get_long()?;
    let says = format!("`--{flag}` before `{verb}` means nothing to it");
    Some(Trouble::new(says).hint(format!("`prompt-analytics {verb} --help` says what it takes, after its name")))
}

fn print(text: &str) -> Result<ExitCode> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// What clap has to say about arguments it did not take: help on stdout, errors in our shape.
fn explain(error: &clap::Error, argv: &[OsString]) -> Result<ExitCode> {
    match error.kind() {
        ErrorKind::DisplayHelp => print(&help_for(argv)?.unwrap_or_else(|| error.render().to_string())),
        ErrorKind::DisplayVersion => print(&error.render().to_string()),
        _ => Err(trouble::of_clap(error).into()),
    }
}

/// The help of the reports that the arguments name, `None` where they name none.
///
/// # Errors
/// There is no report of such a name.
fn help_for(argv: &[OsString]) -> Result<Option<String>> {
    let without_help = argv.iter().filter(|arg| *arg != "--help" && *arg != "-h");
    let matches = help::command().try_get_matches_from(without_help);
    let args = matches.and_then(|matches| Args::from_arg_matches(&matches)).ok().filter(|args| args.verb.is_none());
    let Some(args) = args else { return Ok(None) };
    let mut asked = args.asked;
    let view = views::of(&asked)?;
    views::take(&mut asked)?;
    let reports = ask::reports(&asked)?.unwrap_or_default().into_iter().map(help::of_report);
    let texts: Vec<String> = view.map(help::of_view).into_iter().chain(reports).collect();
    Ok((!texts.is_empty()).then(|| texts.join("\n")))
}

/// A reader that has seen enough is no failure of ours.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
