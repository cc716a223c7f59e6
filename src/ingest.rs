//! Ingest: a metrics directory to a frame. Files are cut into parts and parsed in parallel; the answer does not depend
//! on how many parts or threads there were.

pub mod cache;
pub mod manifest;

use crate::coverage::{Coverage, Unreadable};
use crate::frame::{Builder, Frame, Segment};
use crate::log::{self, Encoding, Piece, Source};
use anyhow::Result;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A plain file is cut into parts of this many bytes, so that two cores share one large file.
const PART_BYTES: u64 = 8 << 20;

/// How to read.
pub struct Settings<'a> {
    pub now_ns: i64,
    pub threads: usize,
    /// Called with the bytes read since the last call and those of the whole log.
    pub progress: &'a (dyn Fn(u64, u64) + Sync),
}

/// A log read as a whole: its columns and what was read of it.
pub struct Ingested {
    pub frame: Frame,
    pub coverage: Coverage,
}

/// A part of a file, for one thread.
struct Part {
    source: usize,
    range: Range<u64>,
}

/// Reads every file of `dir`. A file that cannot be read is named in the coverage, and the others are read.
///
/// # Errors
/// The directory itself cannot be read.
pub fn ingest(dir: &Path, settings: &Settings<'_>) -> Result<Ingested> {
    let (sources, mut unreadable) = log::sources(dir)?;
    let parts = parts(&sources);
    let total = sources.iter().map(|source| source.bytes).sum();
    let results = read(&sources, &parts, settings, total);

    let mut files = 0;
    let mut first_skipped = None;
    let of_sources = parts.chunk_by(|a, b| a.source == b.source);
    let mut read = results.iter();
    for (source, parts) in sources.iter().zip(of_sources) {
        let name = source.path.strip_prefix(dir).unwrap_or(&source.path).display().to_string();
        let mut lines_before = 0;
        let mut failure = None;
        for (segment, result) in read.by_ref().take(parts.len()) {
            first_skipped = first_skipped.or_else(|| segment.first_skipped(&name, lines_before));
            lines_before += segment.lines();
            failure = failure.or(result.as_ref().err());
        }
        match failure {
            Some(error) => unreadable.push(Unreadable { file: name, why: log::cause(error) }),
            None => files += 1,
        }
    }
    let origins = parts.iter().map(|part| &sources[part.source]).collect();
    let again = Again { origins, unpacked: RefCell::default() };
    let segments: Vec<Segment> = results.into_iter().map(|(segment, _)| segment).collect();
    let fetch = |segment: usize, offset: u64, len: u32| again.line(segment, offset, len);
    let frame = Frame::new(segments, &fetch, settings.now_ns);
    let coverage = Coverage { files, unreadable, first_skipped, ..frame.coverage().clone() };
    Ok(Ingested { frame, coverage })
}

fn parts(sources: &[Source]) -> Vec<Part> {
    let mut parts = Vec::new();
    for (source, file) in sources.iter().enumerate() {
        let count = if file.encoding == Encoding::Plain { file.bytes.div_ceil(PART_BYTES).max(1) } else { 1 };
        for part in 0..count {
            let end = if part + 1 == count { u64::MAX } else { (part + 1) * PART_BYTES };
            parts.push(Part { source, range: part * PART_BYTES..end });
        }
    }
    parts
}

/// Every part as a segment, in the order of the parts, with what went wrong while reading it.
fn read(sources: &[Source], parts: &[Part], settings: &Settings<'_>, total: u64) -> Vec<(Segment, io::Result<()>)> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((at, part)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            parts.get(at).map(|part| (at, part))
        } {
            let source = &sources[part.source];
            done.push((at, read_part(source, part.range.clone())));
            (settings.progress)(part.range.end.min(source.bytes).saturating_sub(part.range.start), total);
        }
        done
    };
    let threads = settings.threads.clamp(1, parts.len().max(1));
    let mut done: Vec<_> = if threads == 1 {
        work()
    } else {
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        })
    };
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn read_part(source: &Source, range: Range<u64>) -> (Segment, io::Result<()>) {
    let mut builder = Builder::default();
    let result = log::lines(source, range, |piece| match piece {
        Piece::Line { bytes, offset, is_terminated } => builder.line(bytes, offset, is_terminated),
        Piece::TooLong => builder.too_long(),
    });
    (builder.finish(), result)
}

/// Lines again, out of files that are opened and unpacked once.
struct Again<'a> {
    /// The source of each segment.
    origins: Vec<&'a Source>,
    /// The compressed files unpacked, `None` for those that there is no room to unpack.
    unpacked: RefCell<HashMap<&'a Path, Option<File>>>,
}

impl Again<'_> {
    /// A file that changed meanwhile gives another line or none; the answer is then one of a log in motion.
    fn line(&self, segment: usize, offset: u64, len: u32) -> Vec<u8> {
        let source = self.origins[segment];
        let len = len as usize;
        if source.encoding == Encoding::Plain {
            return log::reopen(source).and_then(|file| log::line_at(&file, offset, len)).unwrap_or_default();
        }
        let mut unpacked = self.unpacked.borrow_mut();
        match unpacked.entry(&source.path).or_insert_with(|| log::reopen(source).ok()) {
            Some(file) => log::line_at(file, offset, len).unwrap_or_default(),
            None => search(source, offset, len),
        }
    }
}

/// One line of a compressed file, which is unpacked once more for it.
fn search(source: &Source, offset: u64, len: usize) -> Vec<u8> {
    let mut line = Vec::new();
    let _ = log::lines(source, 0..1, |piece| {
        if let Piece::Line { bytes, offset: at, .. } = piece
            && at == offset
            && bytes.len() == len
        {
            line = bytes.to_vec();
        }
    });
    line
}
