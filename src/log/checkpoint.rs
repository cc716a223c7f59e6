//! Checkpoints: what a log file was when its lines were taken, and whether it still is. A file is told by its content; what
//! the system says of it (times, size, inode) only saves looking.

use super::digest::{Digest, Digester};
use super::lines::{Taken, fill, unpacking};
use super::sources::{Encoding, Source};
use crate::time::NS_PER_SECOND;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;

/// The first and the last bytes taken that are looked at before all of them are.
pub(super) const END_BYTES: u64 = 4096;

const BLOCK_BYTES: usize = 1 << 18;

/// Neighbouring stretches are made one up to this size, so that a file that grew in a thousand small steps is not a thousand
/// stretches.
const STRETCH_BYTES: u64 = 8 << 20;

/// What the system says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    pub device: u64,
    pub inode: u64,
    /// Bytes on disk.
    pub bytes: u64,
    pub mtime_ns: i64,
    pub ctime_ns: i64,
}

impl Stamp {
    /// To be asked for before the file is read: what is appended meanwhile then makes it another one.
    ///
    /// # Errors
    /// The file is gone, or out of reach.
    pub fn of(path: &Path) -> io::Result<Stamp> {
        let metadata = std::fs::metadata(path)?;
        let ns = |seconds: i64, ns: i64| seconds.saturating_mul(NS_PER_SECOND).saturating_add(ns);
        Ok(Stamp {
            device: metadata.dev(),
            inode: metadata.ino(),
            bytes: metadata.len(),
            mtime_ns: ns(metadata.mtime(), metadata.mtime_nsec()),
            ctime_ns: ns(metadata.ctime(), metadata.ctime_nsec()),
        })
    }

    /// Whether a file with this stamp is the one with the other. Devices are numbered anew when they are mounted, and are
    /// not compared.
    pub fn is_like(&self, other: &Stamp) -> bool {
        Stamp { device: other.device, ..*self } == *other
    }

    /// Whether the file may have been changed after `recorded_ns` and still bear this stamp, because it had just been
    /// changed then and its clock is coarse (git calls such a file racily clean). Clocks of file systems tick every 10 ms or
    /// faster; one that only tells seconds gives itself away.
    pub fn is_racy(&self, recorded_ns: i64) -> bool {
        let is_coarse = self.mtime_ns % NS_PER_SECOND == 0 && self.ctime_ns % NS_PER_SECOND == 0;
        let window_ns = if is_coarse { 2 * NS_PER_SECOND } else { NS_PER_SECOND / 10 };
        // Anybody may set an mtime, far into the future too; that is no reason to read the file for ever.
        recorded_ns.saturating_sub(self.ctime_ns) < window_ns
            || recorded_ns.abs_diff(self.mtime_ns) < window_ns.unsigned_abs()
    }
}

/// A range of the bytes taken; it starts where the one before ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    pub end: u64,
    pub digest: Digest,
}

/// What was taken of a log file, and what tells whether it is still there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    pub stamp: Stamp,
    /// When the stamp was taken.
    pub recorded_ns: i64,
    pub encoding: Encoding,
    /// Bytes up to and including the last newline taken; all offsets are those of the unpacked content.
    pub committed: u64,
    /// The lines in them.
    pub lines: u64,
    /// Bytes after them, of a last line that has no newline yet.
    pub pending: u64,
    head: Digest,
    /// Only of files that can be read from anywhere.
    tail: Option<Digest>,
    /// The digests of all bytes committed.
    stretches: Vec<Stretch>,
}

/// What became of a file since its checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It has what it had. What is `pending` has to be read again all the same.
    Same,
    /// What was committed is still there, and something else may follow.
    Grown,
    /// What was committed is not there.
    Replaced,
}

/// A file held against a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    pub change: Change,
    /// That of the file now, for its next checkpoint; what is read of it ends at its `bytes`.
    pub stamp: Stamp,
    /// Bytes of unpacked content that were looked at. If there were any, a checkpoint with the new stamp saves them next
    /// time.
    pub bytes_read: u64,
}

/// What became of a file since it had this checkpoint.
///
/// A file whose size, times and inode are as they were is not read. One that is longer, and starts and ends as what was
/// committed did, has grown: what was edited in the middle of a file that grew at the same time is only found by reading
/// everything. Of any other file everything committed is read.
///
/// # Errors
/// The file cannot be read or unpacked as far as it was committed.
pub fn compare(checkpoint: &Checkpoint, source: &Source) -> io::Result<Comparison> {
    let stamp = Stamp::of(&source.path)?;
    if stamp.is_like(&checkpoint.stamp) && !stamp.is_racy(checkpoint.recorded_ns) {
        let is_covered = source.encoding != Encoding::Plain || stamp.bytes == checkpoint.covered();
        let change = if is_covered { Change::Same } else { Change::Grown };
        return Ok(Comparison { change, stamp, bytes_read: 0 });
    }
    compare_content(checkpoint, source, stamp, stamp.bytes > checkpoint.stamp.bytes)
}

/// As [`compare`], whatever the stamps. `is_longer`: equal ends are enough.
pub(super) fn compare_content(
    checkpoint: &Checkpoint,
    source: &Source,
    stamp: Stamp,
    is_longer: bool,
) -> io::Result<Comparison> {
    let mut bytes_read = 0;
    let change = match source.encoding {
        Encoding::Plain if stamp.bytes < checkpoint.committed => Change::Replaced,
        Encoding::Plain => {
            let mut file = File::open(&source.path)?;
            let has_ends = checkpoint.has_ends(&file, &mut bytes_read)?;
            if has_ends && is_longer {
                Change::Grown
            } else if has_ends && checkpoint.is_start_of(&mut file, &mut bytes_read)? {
                if stamp.bytes == checkpoint.covered() { Change::Same } else { Change::Grown }
            } else {
                Change::Replaced
            }
        }
        Encoding::Gzip | Encoding::Zstd => {
            let mut content = unpacking(File::open(&source.path)?, source.encoding)?;
            if checkpoint.is_start_of(&mut content, &mut bytes_read)? {
                let rest = io::copy(&mut content, &mut io::sink())?;
                bytes_read += rest;
                if rest == checkpoint.pending { Change::Same } else { Change::Grown }
            } else {
                Change::Replaced
            }
        }
    };
    Ok(Comparison { change, stamp, bytes_read })
}

impl Checkpoint {
    /// The checkpoint of a file that was read from its start: `taken` side by side.
    ///
    /// # Errors
    /// The ranges taken do not lie side by side from 0 on or have no digest, or the file cannot be read.
    pub fn new(source: &Source, stamp: Stamp, recorded_ns: i64, taken: &[Taken]) -> io::Result<Checkpoint> {
        let nothing = Digest::of(b"");
        let empty = Checkpoint {
            stamp,
            recorded_ns,
            encoding: source.encoding,
            committed: 0,
            lines: 0,
            pending: 0,
            head: nothing,
            tail: None,
            stretches: Vec::new(),
        };
        empty.extended(source, stamp, recorded_ns, taken)
    }

    /// The checkpoint of a file of which more was taken, from `committed` on. With nothing taken, that of a file that is
    /// [`Change::Same`], under its new stamp or name.
    ///
    /// # Errors
    /// The ranges taken do not lie side by side from `committed` on or have no digest, or the file cannot be read.
    pub fn extended(&self, source: &Source, stamp: Stamp, recorded_ns: i64, taken: &[Taken]) -> io::Result<Checkpoint> {
        let mut checkpoint = Checkpoint { stamp, recorded_ns, encoding: source.encoding, ..self.clone() };
        if !taken.is_empty() {
            checkpoint.pending = taken.iter().map(|taken| taken.pending).sum();
        }
        for taken in taken.iter().filter(|taken| !taken.range.is_empty()) {
            if taken.range.start != checkpoint.committed {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "what was taken does not lie side by side"));
            }
            checkpoint.committed = taken.range.end;
            checkpoint.lines += taken.lines;
            let unknown = || io::Error::new(io::ErrorKind::InvalidInput, "what was taken has no digest");
            checkpoint.stretches.push(Stretch { end: taken.range.end, digest: taken.digest.ok_or_else(unknown)? });
        }
        let file = File::open(&source.path)?;
        let is_plain = source.encoding == Encoding::Plain;
        if is_plain {
            checkpoint.join_stretches(&file);
        }
        let ends = checkpoint.committed.min(END_BYTES);
        if self.committed < END_BYTES {
            checkpoint.head = if is_plain { digest_at(&file, 0, ends)? } else { Digest::of(&head(source, ends)?) };
        }
        checkpoint.tail = match self.tail.filter(|_| checkpoint.committed == self.committed) {
            tail if tail.is_some() || !is_plain => tail.filter(|_| is_plain),
            _ => Some(digest_at(&file, checkpoint.committed - ends, ends)?),
        };
        // What was written meanwhile is most often more lines. If it is not, the ends are of other bytes than the lines.
        if Stamp::of(&source.path)? != stamp && !checkpoint.is_as_taken(file, taken)? {
            return Err(io::Error::other("the file has become another one"));
        }
        Ok(checkpoint)
    }

    /// Whether what was taken is there; of a file that has to be unpacked, whether everything is.
    fn is_as_taken(&self, file: File, taken: &[Taken]) -> io::Result<bool> {
        if self.encoding != Encoding::Plain {
            return self.is_start_of(&mut unpacking(file, self.encoding)?, &mut 0);
        }
        for taken in taken {
            (&file).seek(SeekFrom::Start(taken.range.start))?;
            let Some(digest) = taken.digest else { return Ok(false) };
            if !is_next(&mut &file, taken.range.end - taken.range.start, digest, &mut 0)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Bytes of the file that were read.
    fn covered(&self) -> u64 {
        self.committed.saturating_add(self.pending)
    }

    /// Joins the last stretches while they are small, and not much longer than what follows them: so each byte is read again
    /// as often as its stretch can double. Bytes that are not those taken any more are left for a comparison to find.
    fn join_stretches(&mut self, file: &File) {
        while let [.., previous, last] = self.stretches[..] {
            let start = self.stretches.len().checked_sub(3).map_or(0, |before| self.stretches[before].end);
            let (first, second) = (previous.end - start, last.end - previous.end);
            if first + second > STRETCH_BYTES || first / 2 > second {
                return;
            }
            let are_same = digest_at(file, start, first).is_ok_and(|digest| digest == previous.digest)
                && digest_at(file, previous.end, second).is_ok_and(|digest| digest == last.digest);
            let Some(digest) = digest_at(file, start, first + second).ok().filter(|_| are_same) else { return };
            self.stretches.truncate(self.stretches.len() - 2);
            self.stretches.push(Stretch { end: last.end, digest });
        }
    }

    /// Whether some content starts as what was committed did.
    pub(super) fn has_head(&self, content: &[u8]) -> bool {
        let ends = usize::try_from(self.committed.min(END_BYTES)).unwrap_or(usize::MAX);
        content.get(..ends).is_some_and(|head| Digest::of(head) == self.head)
    }

    fn has_ends(&self, file: &File, bytes_read: &mut u64) -> io::Result<bool> {
        let ends = self.committed.min(END_BYTES);
        let digest = |offset| match digest_at(file, offset, ends) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            digest => digest.map(Some),
        };
        *bytes_read += 2 * ends;
        let has_tail = match self.tail {
            Some(tail) => digest(self.committed - ends)? == Some(tail),
            None => true,
        };
        Ok(has_tail && digest(0)? == Some(self.head))
    }

    /// Whether some content starts with everything that was committed.
    fn is_start_of(&self, content: &mut impl Read, bytes_read: &mut u64) -> io::Result<bool> {
        let mut at = 0;
        for stretch in &self.stretches {
            if !is_next(content, stretch.end.saturating_sub(at), stretch.digest, bytes_read)? {
                return Ok(false);
            }
            at = stretch.end;
        }
        Ok(at == self.committed)
    }
}

/// Whether the next bytes of some content are those of a digest.
fn is_next(content: &mut impl Read, bytes: u64, digest: Digest, bytes_read: &mut u64) -> io::Result<bool> {
    let mut block = vec![0; BLOCK_BYTES];
    let mut digester = Digester::default();
    let mut left = bytes;
    while left > 0 {
        let wanted = usize::try_from(left).map_or(BLOCK_BYTES, |left| left.min(BLOCK_BYTES));
        let (filled, result) = fill(content, &mut block[..wanted]);
        *bytes_read += filled as u64;
        result?;
        if filled < wanted {
            return Ok(false);
        }
        digester.update(&block[..filled]);
        left -= filled as u64;
    }
    Ok(digester.digest() == digest)
}

/// Up to so many of the first bytes of a file's content.
pub(super) fn head(source: &Source, bytes: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    unpacking(File::open(&source.path)?, source.encoding)?.take(bytes).read_to_end(&mut head)?;
    Ok(head)
}

fn digest_at(file: &File, offset: u64, len: u64) -> io::Result<Digest> {
    let mut bytes = vec![0; usize::try_from(len).map_err(io::Error::other)?];
    file.read_exact_at(&mut bytes, offset)?;
    Ok(Digest::of(&bytes))
}

#[cfg(test)]
mod tests;
