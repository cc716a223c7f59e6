//! Ingest: a metrics directory to a frame. Files are cut into parts and parsed in parallel; the answer does not depend
//! on how many parts or threads there were.

pub mod cache;
pub mod manifest;

use crate::coverage::{Coverage, Unreadable};
use crate::frame::{Builder, Frame, Lines, Names, Segment};
use crate::log::{self, Encoding, Piece, Source};
use crate::threads;
use anyhow::Result;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

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
    let names = Names::default();
    let results = read(&sources, &parts, &names, settings);

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
    let again = Again { parts: of_parts(&parts), sources, unpacked: Mutex::default() };
    let segments: Vec<Segment> = results.into_iter().map(|(segment, _)| segment).collect();
    let frame = Frame::new(segments, names, Box::new(again), settings.now_ns, settings.threads);
    let coverage = Coverage { files, unreadable, first_skipped, ..frame.coverage().clone() };
    Ok(Ingested { frame, coverage })
}

fn of_parts(parts: &[Part]) -> Vec<usize> {
    parts.iter().map(|part| part.source).collect()
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
fn read(sources: &[Source], parts: &[Part], names: &Names, settings: &Settings<'_>) -> Vec<(Segment, io::Result<()>)> {
    let total = sources.iter().map(|source| source.bytes).sum();
    threads::map_with(
        settings.threads,
        parts.len(),
        || Builder::new(names),
        |builder, at| {
            let Part { source, range } = &parts[at];
            let source = &sources[*source];
            let result = log::lines(source, range.clone(), |piece| match piece {
                Piece::Line { bytes, offset, is_terminated } => builder.line(bytes, offset, is_terminated),
                Piece::TooLong => builder.too_long(),
            });
            (settings.progress)(range.end.min(source.bytes).saturating_sub(range.start), total);
            (builder.finish(), result)
        },
    )
}

/// Lines again, out of files that are opened and unpacked once.
struct Again {
    sources: Vec<Source>,
    /// The source of each segment.
    parts: Vec<usize>,
    /// The compressed files unpacked, `None` for those that there is no room to unpack.
    unpacked: Mutex<HashMap<usize, Option<File>>>,
}

impl Lines for Again {
    fn line(&self, segment: usize, offset: u64, len: u32) -> Vec<u8> {
        let at = self.parts[segment];
        let (source, len) = (&self.sources[at], len as usize);
        if source.encoding == Encoding::Plain {
            return log::reopen(source).and_then(|file| log::line_at(&file, offset, len)).unwrap_or_default();
        }
        let mut unpacked = self.unpacked.lock().unwrap_or_else(PoisonError::into_inner);
        match unpacked.entry(at).or_insert_with(|| log::reopen(source).ok()) {
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
