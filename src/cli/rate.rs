//! `rate`: a person judges a use. Finds the newest one in the ends of the log files, without reading the rest.

use super::Trouble;
use super::args::{Everywhere, Rate};
use super::place;
use super::record;
use super::trouble::safe;
use crate::event::{self, Event, Field, Kind, Line};
use crate::log::{self, Encoding, Piece, Source};
use crate::time;
use anyhow::Result;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// Appends a `feedback` event and says what it judges.
///
/// # Errors
/// The rating is refused, there is nothing to judge, or the log cannot be written.
pub fn rate(rate: &Rate, everywhere: &Everywhere) -> Result<ExitCode> {
    let now_ns = time::now(everywhere.now.as_deref())?;
    let mut pairs = vec![("rating".to_owned(), rate.rating.clone())];
    let text = rate.text.join(" ");
    if !text.is_empty() {
        pairs.push(("feedback_text".to_owned(), text));
    }
    if let Some(run) = &rate.run {
        pairs.push(("run_id".to_owned(), run.clone()));
    }
    let mut feedback = event::from_pairs("feedback", &pairs, now_ns)?;
    if place::is_silenced() {
        return Ok(ExitCode::SUCCESS);
    }
    let (place, privacy) = place::to_write(everywhere)?;
    if let Some(user) = place::user() {
        feedback.set(Field::UserId, event::Value::Text(user.into()));
    }
    feedback.set(Field::Host, event::Value::Text(place::host().into()));

    let wanted =
        Wanted { user: place::user(), host: place::host(), prompt: rate.prompt.clone(), privacy: &privacy, now_ns };
    let judged = match &rate.run {
        Some(run) => format!("run {run}"),
        None => match (newest(&place.dir, &wanted)?, &rate.prompt) {
            (Some(newest), _) => {
                for field in [Field::RunId, Field::PromptId] {
                    if let Some(value) = newest.value(field) {
                        feedback.set(field, value.clone());
                    }
                }
                let prompt = newest.text(Field::PromptId).unwrap_or("a prompt without a name");
                let minutes = (now_ns - newest.ts_ns).max(0) / (60 * time::NS_PER_SECOND);
                let ago = match minutes {
                    0 => "just now".to_owned(),
                    1..60 => format!("{minutes} min ago"),
                    _ => format!("{} h {:02} min ago", minutes / 60, minutes % 60),
                };
                format!("{prompt}, {ago}")
            }
            (None, Some(prompt)) => {
                feedback.set(Field::PromptId, event::Value::Text(prompt.clone().into()));
                format!("{prompt}, no use of it in the last day")
            }
            (None, None) => return Err(nothing_to_judge(&place.words()).into()),
        },
    };
    let rating = rate.rating.clone();
    record::append(&place.dir, &privacy, vec![feedback])?;
    writeln!(std::io::stdout(), "{}", safe(&format!("rated {rating} of 5: {judged}")))?;
    Ok(ExitCode::SUCCESS)
}

fn nothing_to_judge(place: &str) -> Trouble {
    Trouble::new("you used no prompt on this machine in the last day")
        .detail(format!("looked in {place}"))
        .hint("name the use or the prompt: `prompt-analytics rate 4 --run ID` or `--prompt ID`")
}

/// Whose newest use is looked for.
struct Wanted<'a> {
    user: Option<String>,
    host: String,
    prompt: Option<String>,
    privacy: &'a event::Privacy,
    now_ns: i64,
}

impl Wanted<'_> {
    fn is(&self, event: &Event) -> bool {
        let is_mine = event
            .text(Field::UserId)
            .is_none_or(|user| self.user.as_deref().is_some_and(|me| user == me || user == self.privacy.hash(me)));
        let is_recent = (self.now_ns - time::NS_PER_DAY..=self.now_ns + time::NS_PER_DAY).contains(&event.ts_ns);
        // An outcome alone may name neither prompt nor person: it is found by the use it ended.
        matches!(event.kind, Kind::Run | Kind::Usage)
            && is_mine
            && is_recent
            && event.text(Field::Host).is_none_or(|host| host == self.host)
            && self.prompt.as_deref().is_none_or(|prompt| event.text(Field::PromptId) == Some(prompt))
    }
}

/// How much of a file's end is looked at first.
const END_BYTES: u64 = 1 << 20;

/// The newest use that is wanted, of the files that were written to in the last day or two.
fn newest(dir: &Path, wanted: &Wanted) -> Result<Option<Event<'static>>> {
    if !dir.is_dir() {
        return Ok(None);
    }
    let (sources, _) = log::sources(dir)?;
    let mut newest: Option<Event<'static>> = None;
    for source in sources.iter().filter(|source| source.encoding == Encoding::Plain && is_fresh(source, wanted.now_ns))
    {
        let start = source.bytes.saturating_sub(END_BYTES);
        let mut found = newest_in(source, start, wanted);
        if found.is_none() && start > 0 {
            found = newest_in(source, 0, wanted);
        }
        if let Some(found) = found.filter(|found| newest.as_ref().is_none_or(|newest| found.ts_ns > newest.ts_ns)) {
            newest = Some(found);
        }
    }
    Ok(newest)
}

fn is_fresh(source: &Source, now_ns: i64) -> bool {
    let modified = source.path.metadata().and_then(|metadata| metadata.modified());
    let since_epoch = modified.ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    since_epoch.is_none_or(|age| i64::try_from(age.as_nanos()).unwrap_or(i64::MAX) > now_ns - 2 * time::NS_PER_DAY)
}

fn newest_in(source: &Source, start: u64, wanted: &Wanted) -> Option<Event<'static>> {
    let mut newest: Option<Event<'static>> = None;
    // A file that cannot be read has nothing to offer here; a report names it.
    let _ = log::lines(source, start..u64::MAX, |piece| {
        let Piece::Line { bytes, .. } = piece else { return };
        let Ok(Line::Event(read)) = event::parse_line(bytes) else { return };
        if wanted.is(&read.event) && newest.as_ref().is_none_or(|newest| read.event.ts_ns >= newest.ts_ns) {
            newest = Some(read.event.into_owned());
        }
    });
    newest
}
