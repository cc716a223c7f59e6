//! `statusline`: one line for a shell's prompt or a status bar. It is drawn again and again by programs that show whatever
//! it prints, so that trouble is a few words on the same line.

use super::args::{Everywhere, Statusline};
use super::ask;
use super::config::Config;
use super::place;
use super::reading::{self, Voice};
use super::screen::Screen;
use super::trouble;
use crate::coverage::Coverage;
use crate::fold::Executor;
use crate::query::Query;
use crate::render::{self, Style};
use crate::report::Ask;
use crate::report::status::{self, Session};
use crate::sheet::Sheet;
use crate::time::{self, Zone};
use anyhow::Result;
use serde::Deserialize;
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

/// Prints the line.
///
/// # Errors
/// It cannot be printed; everything else that goes wrong is the line.
pub fn statusline(asked: &Statusline, everywhere: &Everywhere) -> Result<ExitCode> {
    let heard = listen();
    let line = match found(asked, everywhere, &heard) {
        Ok(Some(sheet)) => render::line(&sheet),
        Ok(None) => "prompt-analytics: no log\n".to_owned(),
        Err(error) => {
            if asked.verbose {
                writeln!(anstream::stderr(), "{}", trouble::safe(&trouble::message(&error)))?;
            }
            "prompt-analytics: no answer; `statusline --verbose` says why\n".to_owned()
        }
    };
    let style = Screen::of(&std::io::stdout(), super::args::Colour::Never).style(Style::default());
    let line =
        if style.is_ascii { render::fitted(line.trim_end(), &Style { width: None, ..style }) + "\n" } else { line };
    super::print(&line)
}

/// What the log says now, `None` where there is none or it says nothing.
fn found(asked: &Statusline, everywhere: &Everywhere, heard: &mpsc::Receiver<Hook>) -> Result<Option<Sheet>> {
    let now_ns = time::now(everywhere.now.as_deref())?;
    let (place, config) = place::find(everywhere)?;
    if !place.dir.is_dir() {
        return Ok(None);
    }
    let query = Query::everything(now_ns, zone(asked, &config)?);
    let hook = |coverage: &Coverage| (!coverage.is_blank()).then(|| heard.recv_timeout(PATIENCE).unwrap_or_default());
    reading::with_log(&place, &config, everywhere, now_ns, Voice::Silent, |ingested| {
        let Some(hook) = hook(&ingested.coverage) else { return Ok(None) };
        let executor = Executor::new(&ingested.frame, query.zone.clone(), now_ns);
        let ask = Ask { executor: &executor, query: &query, coverage: &ingested.coverage };
        status::status(&ask, &hook.session()).map(Some)
    })
}

/// The zone asked for, else that of the config, else the machine's: a word on a wrong `TZ` would be a word too many.
fn zone(asked: &Statusline, config: &Config) -> Result<Zone> {
    let named = asked.timezone.as_deref().filter(|name| !name.is_empty()).or(config.timezone());
    named.map_or_else(|| Ok(Zone::system().unwrap_or_else(Zone::utc)), ask::zone_named)
}

/// What Claude Code tells its status line, as far as it is shown.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Hook {
    session_id: Option<String>,
    model: Model,
    cost: Cost,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Model {
    display_name: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Cost {
    total_cost_usd: Option<f64>,
}

impl Hook {
    fn session(self) -> Session {
        let cost_usd = self.cost.total_cost_usd.filter(|cost| *cost >= 0.0);
        Session { id: self.session_id, model: self.model.display_name, cost_usd }
    }
}

/// As long a word on the session is waited for, where somebody holds standard input open.
const PATIENCE: Duration = Duration::from_millis(100);

/// More than any hook has to say.
const MOST_BYTES: u64 = 1 << 20;

/// Listens to standard input, but not to a person: the first JSON object tells of the session. It is not waited for that
/// the input ends.
fn listen() -> mpsc::Receiver<Hook> {
    let (tell, heard) = mpsc::channel();
    if !std::io::stdin().is_terminal() {
        std::thread::spawn(move || {
            let input = std::io::stdin().lock().take(MOST_BYTES);
            let first = serde_json::Deserializer::from_reader(input).into_iter::<Hook>().next();
            if let Some(Ok(hook)) = first {
                let _ = tell.send(hook);
            }
        });
    }
    heard
}
