//! Ingest: a metrics directory to a frame. What the cache knows is taken from there, the rest is cut into parts and parsed in
//! parallel; the answer depends neither on how many parts or threads there were, nor on what the cache knew.

mod again;
pub mod cache;
pub mod manifest;
mod plan;
mod save;
mod store;

use crate::coverage::{Coverage, Unreadable};
use crate::frame::{Builder, Frame, Names, Parts, Segment};
use crate::log::{self, Piece, Source, Taken};
use crate::threads;
use again::Again;
use anyhow::Result;
use plan::{Part, Planned};
use std::io;
use std::path::Path;
use store::Store;
pub use store::{CacheState, Standing, made_again};

/// How to read.
pub struct Settings<'a> {
    /// The moment that the answer is for.
    pub now_ns: i64,
    /// The moment by the clock, to tell which files have just changed.
    pub clock_ns: i64,
    pub threads: usize,
    pub cache: UseCache<'a>,
    /// Called with the bytes and lines parsed since the last call, and the bytes to parse in all.
    pub progress: &'a (dyn Fn(u64, u64, u64) + Sync),
}

/// Whether a cache is used, and the directory of all caches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UseCache<'a> {
    No,
    Yes(&'a Path),
    /// What is there is not read but made again.
    Rebuild(&'a Path),
}

/// A log read as a whole: its columns and what was read of it.
pub struct Ingested {
    pub frame: Frame,
    pub coverage: Coverage,
    pub work: Work,
    /// What a person should be told of the cache, in whole sentences.
    pub notices: Vec<String>,
    store: Store,
}

/// What there was to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Lines and bytes parsed now, and lines whose columns were in the cache.
    pub lines_parsed: u64,
    pub bytes_parsed: u64,
    pub lines_cached: u64,
    /// The files of columns in the cache that were used.
    pub segments_cached: u64,
}

impl Ingested {
    /// How the cache is by now; `None` where there is none.
    pub fn cache(&self) -> Option<CacheState> {
        self.store.state()
    }

    /// What was found damaged in the cache since the columns were read from it: the answer must be given again, with the
    /// cache made anew.
    pub fn damage(&self) -> Option<String> {
        self.store.broken.take().map(|damage| damage.to_string())
    }
}

/// Reads every file of `dir`. A file that cannot be read is named in the coverage, and the others are read. A cache that
/// cannot be used costs time and a notice, never the answer.
///
/// # Errors
/// The directory itself cannot be read.
pub fn ingest(dir: &Path, settings: &Settings<'_>) -> Result<Ingested> {
    let ingested = attempt(dir, settings, settings.cache)?;
    let Some(damage) = ingested.damage() else { return Ok(ingested) };
    // Its lock is to be had again.
    drop(ingested);
    let mut notices = vec![store::made_again(&damage)];
    let again = match settings.cache {
        UseCache::Yes(root) => UseCache::Rebuild(root),
        UseCache::Rebuild(_) | UseCache::No => UseCache::No,
    };
    let mut ingested = attempt(dir, settings, again)?;
    notices.append(&mut ingested.notices);
    ingested.notices = notices;
    Ok(ingested)
}

fn attempt(dir: &Path, settings: &Settings<'_>, cache: UseCache<'_>) -> Result<Ingested> {
    let (sources, mut unreadable) = log::sources(dir)?;
    let mut store = Store::open(cache, dir);
    let siblings = log::siblings(dir, sources, &store.manifest.siblings, settings.clock_ns);
    let mut planned = plan::plan(dir, siblings.sources, &mut store);
    let names = store.names(&mut planned);
    let parts = plan::parts(&planned, settings.threads, store.keeps());
    read(&mut planned, &parts, &names, &store, settings);

    let mut coverage = Coverage { left_out: siblings.left_out, ..Coverage::default() };
    for file in &planned {
        let mut lines_before = 0;
        for segment in file.segments() {
            let place = || segment.first_skipped(&file.name, lines_before);
            coverage.first_skipped = coverage.first_skipped.take().or_else(place);
            lines_before += segment.lines();
        }
        match &file.failure {
            Some(error) => unreadable.push(Unreadable { file: file.name.clone(), why: log::cause(error) }),
            None => coverage.files += 1,
        }
    }
    coverage.unreadable = unreadable;
    let work = work(&planned);
    let gathered = store.gather(&mut planned, settings.threads);
    let sources = planned.iter().map(|file| file.source.clone()).collect();
    let again = Again::new(sources, gathered.origins.clone());
    let parts = Parts { segments: gathered.segments, names, known: gathered.known };
    let mut frame = Frame::new(parts, Box::new(again), settings.now_ns, settings.threads);
    let coverage = frame.coverage().clone().with_files(coverage);
    store.save(&planned, (&gathered.stays, &gathered.origins), &frame, siblings.compared, settings);
    frame.release();
    let notices = std::mem::take(&mut store.notices);
    Ok(Ingested { frame, coverage, work, notices, store })
}

fn work(planned: &[Planned]) -> Work {
    let mut work = Work::default();
    for file in planned {
        work.segments_cached += file.cached.len() as u64;
        work.lines_cached += file.cached.iter().map(Segment::lines).sum::<u64>();
        work.lines_parsed += file.fresh.iter().chain(&file.open).map(Segment::lines).sum::<u64>();
        work.bytes_parsed +=
            file.taken.iter().map(|taken| taken.range.end - taken.range.start + taken.pending).sum::<u64>();
    }
    work
}

/// What was read of a part: its whole lines, and what stands after the last newline.
struct ReadPart {
    segment: Segment,
    open: Option<Segment>,
    taken: io::Result<Taken>,
}

/// Reads every part into its file's plan.
fn read(planned: &mut [Planned], parts: &[Part], names: &Names, store: &Store, settings: &Settings<'_>) {
    let total = parts.iter().map(Part::bytes).sum();
    let sources: Vec<Source> = planned.iter().map(|file| file.source.clone()).collect();
    let results = threads::map_with(
        settings.threads,
        parts.len(),
        || Builder::new(names),
        |builder, at| {
            let mut result = read_part(builder, &sources[parts[at].file], &parts[at], store.keeps());
            let stored = result.taken.is_ok().then(|| store.put_away(&mut result.segment)).flatten();
            (settings.progress)(parts[at].bytes(), result.segment.lines(), total);
            (result, stored)
        },
    );
    for (part, (result, stored)) in parts.iter().zip(results) {
        let file = &mut planned[part.file];
        // A segment of no lines says nothing, but a file has one at least, which is where its lines are counted.
        if result.segment.lines() > 0 {
            file.fresh.push(result.segment);
            file.stored.push(stored);
        }
        file.open.extend(result.open);
        match result.taken {
            Ok(taken) => file.taken.push(taken),
            Err(error) => drop(file.failure.get_or_insert(error)),
        }
    }
}

/// Reads a part; what is kept of it needs a digest.
fn read_part(builder: &mut Builder<'_>, source: &Source, part: &Part, is_kept: bool) -> ReadPart {
    let mut segment = None;
    let taken = log::take(source, part.range.clone(), is_kept, |piece| {
        let (Piece::Line { is_terminated, .. } | Piece::TooLong { is_terminated }) = piece;
        if !is_terminated {
            segment = Some(builder.finish());
        }
        match piece {
            Piece::Line { bytes, text, offset, is_terminated } => builder.line(bytes, text, offset, is_terminated),
            Piece::TooLong { .. } => builder.too_long(),
        }
    });
    let last = builder.finish();
    match segment {
        Some(segment) => ReadPart { segment, open: Some(last), taken },
        None => ReadPart { segment: last, open: None, taken },
    }
}
