use std::process::ExitCode;

fn main() -> ExitCode {
    prompt_analytics::cli::run(std::env::args_os())
}
