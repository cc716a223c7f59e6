//! Reading one file: every line is put where it belongs, and what is odd about it is counted.

use super::counts::{At, Broken, Counts, Identity, Jump};
use super::excerpt::{excerpt, name};
use super::keys::{self, Meaning};
use super::{FileCount, Settings, Text, future_ns};
use crate::event::{self, Line, Read, Skip};
use crate::log::{self, Encoding, Piece, Source};
use crate::time::NS_PER_DAY;
use std::fs::File;
use std::hash::{BuildHasher as _, RandomState};
use std::io::Read as _;
use std::path::Path;
use std::sync::OnceLock;

/// A time that lies further before the one above it than this is a jump: clocks are set back by less.
const FAR_BACK_NS: i64 = NS_PER_DAY;
/// A time that lies further after the one above it than this is a jump: few logs rest for longer.
const FAR_AHEAD_NS: i64 = 30 * NS_PER_DAY;

/// Bytes of a file that tell how its text is written.
const HEAD_BYTES: usize = 1 << 16;

/// Reads the file of number `file`.
pub fn read(source: &Source, dir: &Path, file: usize, settings: &Settings<'_>) -> (FileCount, Counts) {
    let mut reading = Reading {
        counts: Counts::new(settings.most),
        file: u32::try_from(file).unwrap_or(u32::MAX),
        text: Text::Utf8,
        future_ns: future_ns(settings.now_ns),
        clock: Clock::default(),
    };
    let result = log::lines(source, 0..u64::MAX, |piece| reading.piece(piece, source));
    let counts = reading.counts;
    let count = FileCount {
        name: source.path.strip_prefix(dir).unwrap_or(&source.path).display().to_string(),
        encoding: source.encoding,
        text: reading.text,
        bytes: source.bytes,
        lines: counts.lines,
        events: counts.events,
        skipped: counts.skipped.values().map(|examples| examples.count).sum(),
        pending: counts.pending.count,
        oldest_ns: counts.oldest_ns,
        newest_ns: counts.newest_ns,
        failure: result.err().map(|error| log::cause(&error)),
    };
    (count, counts)
}

struct Reading {
    counts: Counts,
    file: u32,
    text: Text,
    future_ns: i64,
    clock: Clock,
}

impl Reading {
    fn piece(&mut self, piece: Piece<'_>, source: &Source) {
        self.counts.lines += 1;
        let at = At { file: self.file, line: u32::try_from(self.counts.lines).unwrap_or(u32::MAX) };
        let Piece::Line { bytes, is_terminated, .. } = piece else {
            if at.line == 1 && source.encoding == Encoding::Plain {
                self.text = text_of(&head(source));
            }
            let because = "longer than 16 MiB".to_owned();
            return self.counts.skip(Skip::TooLong, at, || Broken { because, begins: String::new() });
        };
        let parsed = event::parse_line(bytes);
        if at.line == 1 && parsed.is_err() {
            self.text = text_of(&bytes[..bytes.len().min(HEAD_BYTES)]);
        }
        match parsed {
            Ok(Line::Blank) => self.counts.blank += 1,
            Ok(Line::UnknownKind(kind)) => self.counts.unknown_kinds.add(name(&kind), at),
            Ok(Line::Event(read)) => self.event(&read, bytes, at),
            Err(skip) if is_pending(skip, is_terminated) => self.counts.pending.add(at, || broken(skip, bytes)),
            Err(skip) => self.counts.skip(skip, at, || broken(skip, bytes)),
        }
    }

    fn event(&mut self, read: &Read<'_>, bytes: &[u8], at: At) {
        let (event, counts) = (&read.event, &mut self.counts);
        counts.events += 1;
        counts.time(event.ts_ns);
        read.dropped.iter().for_each(|field| counts.dropped(*field, at));
        if read.is_naive {
            counts.naive_times.add(at, || event.ts_ns);
        }
        if event.ts_ns > self.future_ns {
            counts.future_times.add(at, || event.ts_ns);
        }
        // A revision comes later than the event that it revises, and has its time.
        if event.rev == 0
            && let Some(jump) = self.clock.jump(event.ts_ns)
        {
            counts.jumps.add(at, || jump);
        }
        if let Some(id) = &event.id {
            counts.identities.push(Identity {
                id: hasher().hash_one(id.as_bytes()),
                ts_ns: event.ts_ns,
                rev: event.rev,
                content: hasher().hash_one(event.line()),
                at,
            });
        }
        keys::keys(std::str::from_utf8(bytes).unwrap_or_default(), |key| match keys::meaning(key) {
            Meaning::Unknown => counts.unknown_fields.add(name(key), at),
            // An OpenTelemetry evaluation is another field with every name it has.
            Meaning::Field(field) if !event.kind.reads(field) && !key.starts_with("gen_ai.evaluation.") => {
                counts.ignored(field, event.kind, at);
            }
            Meaning::Field(_) | Meaning::Envelope => {}
        });
    }
}

/// One hasher for all files, so that equal events have equal hashes.
fn hasher() -> &'static RandomState {
    static HASHER: OnceLock<RandomState> = OnceLock::new();
    HASHER.get_or_init(RandomState::new)
}

/// Whether a line that cannot be read may still be completed: what is no object yet may become one.
pub fn is_pending(skip: Skip, is_terminated: bool) -> bool {
    !is_terminated && matches!(skip, Skip::NotUtf8 | Skip::NotJson | Skip::NotObject)
}

/// The times of a file, one after the other.
#[derive(Default)]
struct Clock {
    /// The last time that was not far from those around it.
    steady_ns: Option<i64>,
    /// The last time that was: alone it is one wrong time, with the next one beside it the clock has moved.
    stray_ns: Option<i64>,
}

impl Clock {
    fn jump(&mut self, ts_ns: i64) -> Option<Jump> {
        let is_far = |before_ns: i64| {
            ts_ns < before_ns.saturating_sub(FAR_BACK_NS) || ts_ns > before_ns.saturating_add(FAR_AHEAD_NS)
        };
        let before_ns = *self.steady_ns.get_or_insert(ts_ns);
        let stray_ns = self.stray_ns.take();
        if !is_far(before_ns) || stray_ns.is_some_and(|stray_ns| !is_far(stray_ns)) {
            self.steady_ns = Some(ts_ns);
            return None;
        }
        self.stray_ns = Some(ts_ns);
        Some(Jump { before_ns, ts_ns })
    }
}

fn broken(skip: Skip, bytes: &[u8]) -> Broken {
    Broken { because: because(skip, bytes), begins: excerpt(bytes) }
}

/// What seems to have happened to a line.
fn because(skip: Skip, bytes: &[u8]) -> String {
    match skip {
        Skip::NotUtf8 => {
            let sound = std::str::from_utf8(bytes).err().map_or(0, |error| error.valid_up_to());
            format!("byte {} is not UTF-8", sound + 1)
        }
        Skip::NotJson => not_json(bytes),
        Skip::NotObject => "JSON, but no object".to_owned(),
        Skip::NoTime => "no `ts`".to_owned(),
        Skip::BadTime => "`ts` is no time since 2000".to_owned(),
        Skip::NoKind => "no `event`".to_owned(),
        Skip::TooLong => "longer than 16 MiB".to_owned(),
        Skip::NewerVersion => format!("`v` is above {}", event::VERSION),
    }
}

fn not_json(bytes: &[u8]) -> String {
    if bytes.contains(&0) {
        return "zero bytes".to_owned();
    }
    if has_returns(bytes) {
        return "carriage returns for line ends".to_owned();
    }
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return "no object".to_owned();
    }
    // A second line begins where the first was torn, or where its line end is missing.
    if memchr::memmem::find_iter(bytes, b"{\"").skip(1).any(|at| begins_a_line(&bytes[at + 2..])) {
        return "two lines in one".to_owned();
    }
    match serde_json::from_slice::<serde::de::IgnoredAny>(bytes) {
        Err(error) if error.is_eof() => "cut short".to_owned(),
        Err(error) => format!("no JSON from byte {}", error.column()),
        Ok(_) => "no JSON".to_owned(),
    }
}

/// Whether what follows `{"` is the first key that events are written with.
fn begins_a_line(bytes: &[u8]) -> bool {
    ["v\":", "ts\":", "timestamp\":", "event\":"].iter().any(|key| bytes.starts_with(key.as_bytes()))
}

fn text_of(head: &[u8]) -> Text {
    let is_marked = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let is_wide = matches!(head, [0, b'{', 0, _, ..] | [b'{', 0, _, 0, ..]);
    if is_marked || is_wide {
        Text::Utf16
    } else if has_returns(head) {
        Text::CarriageReturns
    } else {
        Text::Utf8
    }
}

/// Whether an object begins after a carriage return.
fn has_returns(bytes: &[u8]) -> bool {
    memchr::memmem::find(&bytes[..bytes.len().min(HEAD_BYTES)], b"\r{").is_some()
}

/// The beginning of a file whose first line is too long to be held.
fn head(source: &Source) -> Vec<u8> {
    let mut head = Vec::new();
    let file = File::open(&source.path);
    let _ = file.map(|file| file.take(HEAD_BYTES as u64).read_to_end(&mut head));
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_time_is_one_jump_and_a_clock_that_moved_is_one_too() {
        const DAY: i64 = NS_PER_DAY;
        let jumps = |days: &[i64]| {
            let mut clock = Clock::default();
            let jumped = days.iter().enumerate().filter(|(_, day)| clock.jump(**day * DAY).is_some());
            jumped.map(|(at, _)| at).collect::<Vec<_>>()
        };
        for (days, jumped) in [
            (&[100, 101, 131, 130][..], &[][..]),
            (&[100, 400, 101, 102], &[1]),
            (&[100, 10, 101, 102], &[1]),
            (&[100, 10, 11, 12], &[1]),
            (&[100, 10, 400, 101], &[1, 2]),
            (&[100, 98], &[1]),
            (&[100, 99], &[]),
            (&[], &[]),
        ] {
            assert_eq!(jumps(days), jumped, "{days:?}");
        }
    }

    #[test]
    fn what_happened_to_a_line_is_told() {
        for (line, says) in [
            (&br#"{"v":1,"ts":"2026"#[..], "cut short"),
            (br#"{"v":1}{"v":1}"#, "two lines in one"),
            (br#"{"v":1,"prompt_id":"gre{"v":1,"ts":"x"}"#, "two lines in one"),
            (b"{\"v\":1}\r{\"v\":1}\r", "carriage returns for line ends"),
            (b"{\"v\":1\0\0\0", "zero bytes"),
            (b"hello", "no object"),
            (br#"{"v":1,,}"#, "no JSON from byte 8"),
        ] {
            assert_eq!(not_json(line), says);
        }
    }

    #[test]
    fn how_a_text_is_written_is_seen_at_its_beginning() {
        for (head, text) in [
            (&b"\xff\xfe{\0\"\0"[..], Text::Utf16),
            (b"{\0\"\0", Text::Utf16),
            (b"\0{\0\"", Text::Utf16),
            (b"{\"v\":1}\r{\"v\":1}\r", Text::CarriageReturns),
            (b"{\"v\":1}\r", Text::Utf8),
            (b"\0\0\0\0", Text::Utf8),
            (b"", Text::Utf8),
        ] {
            assert_eq!(text_of(head), text, "{head:?}");
        }
    }
}
