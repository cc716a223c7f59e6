//! The pager: a program of the person's choice that shows what is taller than the screen. Where there is none, the text is
//! printed as it is.

use super::screen::Screen;
use anyhow::{Context as _, Result};
use std::io::{ErrorKind, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// What a shell answers where it finds no such program, or none that it may run.
const NOT_RUN: [i32; 2] = [126, 127];

/// Prints what was drawn to standard output, through the pager where it is taller than the screen.
///
/// # Errors
/// It cannot be written.
pub fn print(drawn: &[u8], screen: Screen, is_wanted: bool) -> Result<()> {
    let is_tall = || std::str::from_utf8(drawn).is_ok_and(|text| screen.is_exceeded_by(text));
    let pager = if is_wanted && screen.is_terminal && is_tall() { chosen() } else { None };
    if let Some(pager) = pager
        && page(drawn, pager)?
    {
        return Ok(());
    }
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(drawn)?;
    Ok(stdout.flush()?)
}

/// `$PROMPT_ANALYTICS_PAGER`, else `$PAGER`, else `less`; `None` where the person wants none.
fn chosen() -> Option<Command> {
    if std::env::var("TERM").is_ok_and(|term| term == "dumb") {
        return None;
    }
    let named = ["PROMPT_ANALYTICS_PAGER", "PAGER"].into_iter().find_map(|name| std::env::var(name).ok());
    let mut command = match named.as_deref().map(str::trim) {
        Some("" | "cat") => return None,
        Some(line) => {
            let mut shell = Command::new("sh");
            shell.args(["-c", line]);
            shell
        }
        None => {
            let mut less = Command::new("less");
            less.arg("-FRX");
            less
        }
    };
    if std::env::var_os("LESS").is_none() {
        // It ends by itself where all fits, shows colours, and leaves on the screen what was read.
        command.env("LESS", "FRX");
    }
    Some(command)
}

/// Shows a text in a pager until the person has seen enough; `false` where there is no such program.
fn page(text: &[u8], mut pager: Command) -> Result<bool> {
    // Ctrl-C belongs to the pager: who dies first leaves it without a parent, and the terminal in disorder.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::default());
    let mut child: Child = match pager.stdin(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied) => return Ok(false),
        Err(error) => return Err(error).context("cannot start the pager"),
    };
    if let Some(mut stdin) = child.stdin.take() {
        match stdin.write_all(text) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                return Err(error).context("cannot write to the pager");
            }
            _ => {}
        }
    }
    let status = child.wait().context("cannot wait for the pager")?;
    Ok(!status.code().is_some_and(|code| NOT_RUN.contains(&code)))
}
