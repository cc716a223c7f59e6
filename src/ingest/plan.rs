//! The plan: what the cache knows of each file, and what is left to read of it.

use super::manifest::{LogFile, Stored};
use super::store::Store;
use crate::frame::Segment;
use crate::log::{self, Change, Checkpoint, Comparison, Encoding, Source, Stamp, Taken};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A file, what is known of it, and what was read of it.
pub struct Planned {
    /// Its name below the metrics directory.
    pub name: String,
    /// The same as a path, which need not be text.
    pub path: PathBuf,
    pub source: Source,
    /// What it was when its reading began; `None` when it cannot be told.
    pub stamp: Option<Stamp>,
    pub known: Option<(LogFile, Comparison)>,
    /// Its columns out of the cache, those of new whole lines, and those of what has no newline yet.
    pub cached: Vec<Segment>,
    pub fresh: Vec<Segment>,
    pub open: Vec<Segment>,
    /// The files that fresh segments are in already, for those that are.
    pub stored: Vec<Option<Stored>>,
    pub taken: Vec<Taken>,
    pub failure: Option<io::Error>,
}

impl Planned {
    /// A file of which nothing is read yet.
    fn new(name: String, path: PathBuf, source: Source) -> Planned {
        Planned {
            name,
            path,
            source,
            stamp: None,
            known: None,
            cached: Vec::new(),
            fresh: Vec::new(),
            open: Vec::new(),
            stored: Vec::new(),
            taken: Vec::new(),
            failure: None,
        }
    }

    /// All of its segments, in the order of their lines.
    pub fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.cached.iter().chain(&self.fresh).chain(&self.open)
    }

    /// What is left to read, from where the cache ends.
    fn rest(&self) -> Option<u64> {
        match &self.known {
            None => Some(0),
            // What has no newline was not kept, and may be more by now.
            Some((file, comparison)) => {
                let is_all = comparison.change == Change::Same && file.checkpoint.pending == 0;
                (!is_all).then_some(file.checkpoint.committed)
            }
        }
    }

    /// The checkpoint of the file as it was read; `None` when it cannot be recorded.
    pub fn checkpoint(&self, clock_ns: i64) -> Option<Checkpoint> {
        let stamp = self.stamp.filter(|_| self.failure.is_none())?;
        let checkpoint = match &self.known {
            Some((file, _)) => file.checkpoint.extended(&self.source, stamp, clock_ns, &self.taken),
            None => Checkpoint::new(&self.source, stamp, clock_ns, &self.taken),
        };
        checkpoint.ok()
    }

    /// Whether it is other than what is known of it.
    pub fn is_news(&self) -> bool {
        self.known.as_ref().is_none_or(|(known, comparison)| {
            let pending: u64 = self.taken.iter().map(|taken| taken.pending).sum();
            let is_other = |taken: &Taken| !taken.range.is_empty() || pending != known.checkpoint.pending;
            comparison.bytes_read > 0 || self.path != known.path || self.taken.iter().any(is_other)
        })
    }

    /// Forgets what was known: the file is read from its start.
    pub fn forget(&mut self) {
        self.known = None;
        self.cached.clear();
    }
}

/// What is known of the files, with their segments out of the cache.
pub fn plan(dir: &Path, sources: Vec<Source>, store: &mut Store) -> Vec<Planned> {
    let paths: Vec<_> = store.manifest.files.iter().map(|file| dir.join(&file.path)).collect();
    let recorded: Vec<(&Path, &Checkpoint)> =
        paths.iter().zip(&store.manifest.files).map(|(path, file)| (path.as_path(), &file.checkpoint)).collect();
    let known = log::trace(&sources, &recorded);
    let mut planned = Vec::with_capacity(sources.len());
    for (mut source, known) in sources.into_iter().zip(known) {
        let stamp = known.map(|known| known.comparison.stamp).or_else(|| Stamp::of(&source.path).ok());
        // What a writer appends from now on belongs to the next answer.
        source.bytes = stamp.map_or(source.bytes, |stamp| stamp.bytes);
        let path = source.path.strip_prefix(dir).unwrap_or(&source.path).to_owned();
        let known = known.map(|known| (store.manifest.files[known.recorded].clone(), known.comparison));
        planned.push(Planned { stamp, known, ..Planned::new(path.display().to_string(), path, source) });
    }
    store.load(&mut planned);
    planned
}

/// A part of a file, for one thread.
pub struct Part {
    pub file: usize,
    pub range: Range<u64>,
    /// Bytes of the file on disk.
    end: u64,
}

impl Part {
    /// The bytes of it that are there.
    pub fn bytes(&self) -> u64 {
        self.range.end.min(self.end).saturating_sub(self.range.start)
    }
}

/// Parts are about this large where there is little to read, so that all threads have something to do; and where there is
/// much, so that the columns of each are a file of the cache that is worth opening.
const PART_BYTES: Range<u64> = 8 << 20..96 << 20;

/// The parts that are left to read, in the order of the files. Where their columns are not kept they are half as large: of
/// one part each thread holds all rows unpacked. The last are smaller, so that no thread waits long for another.
pub fn parts(planned: &[Planned], threads: usize, are_kept: bool) -> Vec<Part> {
    let left = |file: &Planned| file.rest().map_or(0, |from| file.source.bytes.saturating_sub(from));
    let total: u64 = planned.iter().map(left).sum();
    let threads = threads.max(1) as u64;
    let most = total / (threads * 8);
    let mut to_come = total;
    let mut parts = Vec::new();
    for (at, file) in planned.iter().enumerate() {
        let Some(mut from) = file.rest() else { continue };
        let end = file.source.bytes;
        loop {
            let bytes = most.min(to_come / (threads * 2)).clamp(PART_BYTES.start, PART_BYTES.end);
            let bytes = if are_kept { bytes } else { bytes / 2 };
            let to_end = end.saturating_sub(from);
            let is_last = file.source.encoding != Encoding::Plain || to_end <= bytes;
            parts.push(Part { file: at, range: from..if is_last { u64::MAX } else { from + bytes }, end });
            to_come -= if is_last { to_end } else { bytes };
            if is_last {
                break;
            }
            from += bytes;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(bytes: u64, encoding: Encoding) -> Planned {
        Planned::new(String::new(), PathBuf::new(), Source { path: PathBuf::new(), encoding, bytes })
    }

    #[test]
    fn parts_are_all_of_every_file_once_and_the_last_are_the_smallest() {
        let mib = 1 << 20;
        let sizes = [0, 1, 3 * mib, 400 * mib + 7, 2_000 * mib];
        let mut files: Vec<Planned> = sizes.iter().map(|bytes| planned(*bytes, Encoding::Plain)).collect();
        files.push(planned(500 * mib, Encoding::Gzip));
        for (threads, are_kept) in [(0, true), (1, false), (2, true), (2, false), (64, true)] {
            let parts = parts(&files, threads, are_kept);
            for (at, file) in files.iter().enumerate() {
                let of: Vec<&Part> = parts.iter().filter(|part| part.file == at).collect();
                assert_eq!((of[0].range.start, of[of.len() - 1].range.end), (0, u64::MAX));
                assert!(of.windows(2).all(|pair| pair[0].range.end == pair[1].range.start));
                assert!(of.windows(2).all(|pair| pair[0].range.end - pair[0].range.start >= pair[1].bytes()));
                assert_eq!(of.iter().map(|part| part.bytes()).sum::<u64>(), file.source.bytes);
                assert!(
                    file.source.encoding == Encoding::Plain || of.len() == 1,
                    "what is packed is read from its start"
                );
            }
            let plain: Vec<u64> = parts.iter().filter(|part| part.file == 4).map(Part::bytes).collect();
            assert!(plain.len() > 10 && plain[plain.len() - 2] <= plain[0], "{plain:?}");
        }
        // Alone, its end is the end of all, and small.
        let parts = parts(&files[4..5], 2, true);
        assert!(parts[parts.len() - 2].bytes() <= PART_BYTES.start && parts[0].bytes() == PART_BYTES.end);
    }
}
