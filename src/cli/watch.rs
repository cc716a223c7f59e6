//! Watching: the answer again whenever the log grows, in place on the terminal or as a file that is replaced. Events of the
//! file system make it prompt, and a look every two seconds makes it certain.

use super::Trouble;
use super::answer::{self, Answer};
use super::args::{Asked, Everywhere};
use super::config::Config;
use super::output;
use super::place::{self, Place};
use super::screen::Screen;
use super::{ask, trouble};
use crate::coverage::{count, thousands};
use crate::log;
use crate::render::{self, Format, Style};
use crate::sheet::Sheet;
use crate::time::{self, Zone};
use anyhow::{Context as _, Result};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, SystemTime};

/// How long a change may go unseen where the file system tells nothing.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long to wait for more of what was just begun.
const SETTLE: Duration = Duration::from_millis(200);
/// How long a signal may go unheard.
const TICK: Duration = Duration::from_millis(100);

/// Answers again and again until a signal ends it.
///
/// # Errors
/// The question makes no sense to watch or is not understood, or the answer cannot be written.
pub fn watch(asked: &Asked, everywhere: &Everywhere) -> Result<ExitCode> {
    let format = output::format(&asked.output)?;
    refuse(asked, everywhere, format)?;
    let signals = Signals::new()?;
    let (sender, changes) = channel();
    let mut eye = Eye { sender, on: None };
    let mut watched = Watched { asked, everywhere, format, screen: None, begun: None };
    let mut shown: Option<State> = None;
    loop {
        let now_ns = time::now(None)?;
        let (place, config) = place::find(everywhere)?;
        let zone = ask::zone(&asked.output, &config)?;
        // What is seen before the log is read is not newer than the answer: nothing that comes meanwhile is missed.
        let state = State::of(&place, &zone, now_ns);
        eye.look_at(&state.dir);
        if shown.as_ref() != Some(&state) || signals.is_redrawn() {
            watched.show((&place, &config), &zone, now_ns, shown.is_none())?;
            shown = Some(state);
        }
        signals.wait(&changes);
        if signals.is_over() {
            return Ok(ExitCode::SUCCESS);
        }
        if signals.stop.swap(false, Ordering::Relaxed) {
            // The shell gets a screen in order, and we draw anew once we are back.
            watched.screen = None;
            signal_hook::low_level::emulate_default_handler(SIGTSTP).context("cannot be suspended")?;
            shown = None;
        }
    }
}

/// Refuses what cannot be watched.
fn refuse(asked: &Asked, everywhere: &Everywhere, format: Format) -> Result<()> {
    if everywhere.now.is_some() {
        return Err(Trouble::new("`--watch` needs a clock that runs, and `--now` or PROMPT_ANALYTICS_NOW stops it")
            .hint("leave out one of them: `env -u PROMPT_ANALYTICS_NOW prompt-analytics --watch`")
            .into());
    }
    let alarm = &asked.alarm;
    let alarms =
        [("--fail-on", alarm.fail_on.is_some()), ("--notify", alarm.notify.is_some()), ("--remember", alarm.remember)];
    if let Some((flag, _)) = alarms.into_iter().find(|(_, is_given)| *is_given) {
        return Err(Trouble::new(format!("`{flag}` is for a single answer, and `--watch` gives many"))
            .hint(format!("let cron run `prompt-analytics alerts {flag} …`, and watch without it"))
            .into());
    }
    if output::is_to_file(&asked.output) {
        return Ok(());
    }
    if format != Format::Table {
        let says = format!("`--watch` draws on the terminal, where {} has no place", format.name());
        let hint = format!("let it rewrite a file: `--watch -o report.{}`", format.extension());
        return Err(Trouble::new(says).hint(hint).into());
    }
    if !Screen::of(&std::io::stdout(), asked.output.color).is_terminal {
        return Err(Trouble::new("`--watch` draws on a terminal, and standard output is none")
            .hint("let it rewrite a file: `--watch -o report.html`")
            .into());
    }
    Ok(())
}

/// What an answer depends on besides the question.
#[derive(Debug, PartialEq)]
struct State {
    dir: PathBuf,
    files: Vec<(PathBuf, u64, Option<SystemTime>)>,
    /// The hour in the zone of the report: with it days and periods roll over.
    hour: String,
}

impl State {
    fn of(place: &Place, zone: &Zone, now_ns: i64) -> State {
        let sources = log::sources(&place.dir).map_or_else(|_| Vec::new(), |(sources, _)| sources);
        let file = |source: log::Source| {
            let changed = source.path.metadata().and_then(|metadata| metadata.modified()).ok();
            (source.path, source.bytes, changed)
        };
        let minute = zone.minute(now_ns);
        let (hour, _) = minute.rsplit_once(':').unwrap_or((&minute, ""));
        State { dir: place.dir.clone(), files: sources.into_iter().map(file).collect(), hour: hour.to_owned() }
    }
}

/// Who is told of changes. Without it, or where it fails, the look every two seconds is enough.
struct Eye {
    sender: Sender<()>,
    on: Option<(PathBuf, RecommendedWatcher)>,
}

impl Eye {
    fn look_at(&mut self, dir: &Path) {
        if !dir.is_dir() {
            self.on = None;
        } else if self.on.as_ref().is_none_or(|(on, _)| on != dir) {
            let sender = self.sender.clone();
            let tell = move |event: notify::Result<Event>| {
                // Our own reading is no change.
                if !matches!(event, Ok(Event { kind: EventKind::Access(_), .. })) {
                    let _ = sender.send(());
                }
            };
            let watcher = notify::recommended_watcher(tell).and_then(|mut watcher| {
                watcher.watch(dir, RecursiveMode::Recursive)?;
                Ok(watcher)
            });
            self.on = watcher.ok().map(|watcher| (dir.to_owned(), watcher));
        }
    }
}

/// What the terminal and the person tell us.
struct Signals {
    end: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    redraw: Arc<AtomicBool>,
}

impl Signals {
    fn new() -> Result<Signals> {
        let signals = Signals { end: Arc::default(), stop: Arc::default(), redraw: Arc::default() };
        let heard = [
            (SIGINT, &signals.end),
            (SIGTERM, &signals.end),
            (SIGHUP, &signals.end),
            (SIGTSTP, &signals.stop),
            (SIGCONT, &signals.redraw),
            (SIGWINCH, &signals.redraw),
        ];
        for (signal, flag) in heard {
            signal_hook::flag::register(signal, Arc::clone(flag)).context("cannot listen to signals")?;
        }
        Ok(signals)
    }

    fn is_over(&self) -> bool {
        self.end.load(Ordering::Relaxed)
    }

    fn is_redrawn(&self) -> bool {
        self.redraw.swap(false, Ordering::Relaxed)
    }

    /// Waits until there may be something to do.
    fn wait(&self, changes: &Receiver<()>) {
        let mut waited = Duration::ZERO;
        let is_quiet = || [&self.end, &self.stop, &self.redraw].iter().all(|flag| !flag.load(Ordering::Relaxed));
        while waited < LOOK_EVERY && is_quiet() {
            if changes.recv_timeout(TICK).is_ok() {
                std::thread::sleep(SETTLE);
                while changes.try_recv().is_ok() {}
                return;
            }
            waited += TICK;
        }
    }
}

/// The answer that is kept up to date.
struct Watched<'a> {
    asked: &'a Asked,
    everywhere: &'a Everywhere,
    format: Format,
    screen: Option<Alternate>,
    /// When it began, as a person reads it, and how many events there were.
    begun: Option<(String, u64)>,
}

impl Watched<'_> {
    /// Answers anew. What goes wrong the first time ends it; later it is shown and tried again.
    fn show(&mut self, found: (&Place, &Config), zone: &Zone, now_ns: i64, is_first: bool) -> Result<()> {
        let (sheets, events) = match self.answer(found, now_ns) {
            Ok(Answer::Sheets(sheets, coverage)) => (Ok(sheets), coverage.events),
            Ok(Answer::NoLog) => (Err(format!("waiting for the first event in {}", found.0.words())), 0),
            Ok(Answer::Nothing(nothing, coverage)) => (Err(said(&nothing.into())), coverage.events),
            Err(error) if is_first && self.begun.is_none() => return Err(error),
            Err(error) => (Err(said(&error)), self.begun.as_ref().map_or(0, |(_, events)| *events)),
        };
        let instant = zone.instant(now_ns);
        let clock = instant.get(11..19).unwrap_or_default().to_owned();
        let (since, before) = self.begun.get_or_insert_with(|| (clock.clone(), events));
        let new = events.saturating_sub(*before);
        let new = format!("{} new {} since {since}", thousands(new.into()), if new == 1 { "event" } else { "events" });
        if output::is_to_file(&self.asked.output) {
            return self.rewrite(sheets, &clock, &format!("{}, {new}", count(events, "event")));
        }
        self.draw(sheets, &clock, &new)
    }

    fn answer(&self, (place, config): (&Place, &Config), now_ns: i64) -> Result<Answer> {
        let reports = ask::reports(self.asked)?;
        ask::check_shape(reports.as_deref().unwrap_or_default(), &self.asked.shape)?;
        let query = answer::query(self.asked, config, self.format, now_ns)?;
        answer::find(self.asked, reports.as_deref(), (place, config), self.everywhere, &query)
    }

    fn rewrite(&self, sheets: Result<Vec<Sheet>, String>, clock: &str, events: &str) -> Result<()> {
        let output = &self.asked.output;
        let said = match sheets {
            Ok(sheets) => {
                output::write(&sheets, self.format, output, self.asked.shape.top)?;
                let path = output.output.as_deref().unwrap_or(Path::new(""));
                format!("{clock} wrote {}: {events}", path.display())
            }
            Err(why) => format!("{clock} {}", why.lines().next().unwrap_or_default()),
        };
        Ok(writeln!(anstream::stderr(), "{}", trouble::safe(&said))?)
    }

    /// Draws on the whole screen, with a line at its bottom that says of when it is.
    fn draw(&mut self, sheets: Result<Vec<Sheet>, String>, clock: &str, new: &str) -> Result<()> {
        let screen = Screen::of(&std::io::stdout(), self.asked.output.color);
        let style = screen.style(Style {
            title: self.asked.output.title.clone(),
            is_charted: self.asked.output.chart.chart.is_some(),
            ..Style::default()
        });
        let page = match sheets {
            Ok(sheets) => String::from_utf8(output::draw(self.format, &sheets, &style)?)?,
            Err(why) => why.lines().map(|line| render::fitted(line, &style) + "\n").collect(),
        };
        let (width, height) = (screen.width.unwrap_or(80), screen.height.unwrap_or(24).max(2));
        let lines: Vec<&str> = page.lines().collect();
        let below = lines.len().saturating_sub(height - 1);
        let more = if below == 0 { String::new() } else { format!(" · {} below", count(below as u64, "line")) };
        // The last column stays free: a terminal would wrap after it.
        let style = Style { width: Some(width - 1), ..style };
        let status = render::fitted(&format!("drawn {clock} · {new}{more} · Ctrl-C quits"), &style);
        let mut text = String::from("\x1b[H");
        for line in lines.iter().take(height - 1) {
            text.push_str(line);
            text.push_str("\x1b[K\r\n");
        }
        let _ = write!(text, "\x1b[J\x1b[{height};1H{status}\x1b[K");
        self.screen.get_or_insert_with(Alternate::enter);
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        Ok(stdout.flush()?)
    }
}

/// An error as what there is to see for now.
fn said(error: &anyhow::Error) -> String {
    let message = trouble::message(error);
    message.strip_prefix("error: ").unwrap_or(&message).to_owned()
}

/// The other screen of the terminal, without a cursor. Whatever happens, the person gets the first one back.
struct Alternate;

impl Alternate {
    fn enter() -> Alternate {
        let _ = std::io::stdout().write_all(b"\x1b[?1049h\x1b[?25l");
        Alternate
    }
}

impl Drop for Alternate {
    fn drop(&mut self) {
        let mut stdout = std::io::stdout();
        let _ = stdout.write_all(b"\x1b[?25h\x1b[?1049l");
        let _ = stdout.flush();
    }
}
