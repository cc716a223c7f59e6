//! Reading whole lines of a file, or of a part of it, in blocks. Files are read, never mapped: a live log may be truncated
//! while it is read, and that must only make it shorter.

use super::digest::{Digest, Digester};
use super::sources::{Encoding, Source};
use crate::event::MAX_LINE_BYTES;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write as _};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// Bytes asked of a file at a time.
const BLOCK_BYTES: usize = 1 << 20;

/// What the first line of a file may start with, and is no part of it.
const BYTE_ORDER_MARK: [u8; 3] = *b"\xef\xbb\xbf";

/// One line of a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A line without its newline, also as text where it is UTF-8; `offset` is where it starts in the (unpacked) file.
    Line { bytes: &'a [u8], text: Option<&'a str>, offset: u64, is_terminated: bool },
    /// A line too long to be held.
    TooLong { is_terminated: bool },
}

/// What was read of a file by [`take`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// From the start of the first line to the end of the last one that has a newline, in the (unpacked) file. Ranges side
    /// by side take what lies side by side; without any such line, an empty range that may lie anywhere.
    pub range: Range<u64>,
    /// The digest of those bytes, where it was asked for.
    pub digest: Option<Digest>,
    /// The lines in them.
    pub lines: u64,
    /// Bytes after them, of a last line without a newline.
    pub pending: u64,
}

/// Calls `each` for every line of `source` that starts within `range` of its bytes; a compressed file is always read to its
/// end.
/// A line belongs to the range it starts in, so that ranges side by side see every line once.
///
/// # Errors
/// The file cannot be opened, read or unpacked; the lines before the damage have been handed out.
pub fn lines(source: &Source, range: Range<u64>, each: impl FnMut(Piece)) -> io::Result<()> {
    read(source, range, &mut Taking::default(), each)
}

/// Reads as [`lines`] does, and says of which bytes the lines were; with a digest, so that a
/// [`Checkpoint`](super::Checkpoint) can be made of it.
///
/// # Errors
/// Those of [`lines`].
pub fn take(source: &Source, range: Range<u64>, has_digest: bool, each: impl FnMut(Piece)) -> io::Result<Taken> {
    let mut taking = Taking { digester: has_digest.then(Digester::default), ..Taking::default() };
    read(source, range, &mut taking, each)?;
    let digest = taking.digester.map(|digester| digester.digest());
    let start = taking.start.unwrap_or(taking.end);
    Ok(Taken { range: start..taking.end, digest, lines: taking.lines, pending: taking.pending })
}

fn read(source: &Source, range: Range<u64>, taking: &mut Taking, each: impl FnMut(Piece)) -> io::Result<()> {
    let mut file = File::open(&source.path)?;
    match source.encoding {
        Encoding::Plain => {
            // The byte before the range tells whether a line starts right at it.
            let start = range.start.saturating_sub(1);
            file.seek(SeekFrom::Start(start))?;
            let reader = file.take(source.bytes - start.min(source.bytes));
            split(reader, start, range, taking, each)
        }
        Encoding::Gzip | Encoding::Zstd => {
            let mut packed = unpacking(file, source.encoding)?;
            let start = range.start.saturating_sub(1);
            io::copy(&mut packed.by_ref().take(start), &mut io::sink())?;
            split(packed, start, range.start..u64::MAX, taking, each)
        }
    }
}

/// A [`Taken`] in the making.
#[derive(Default)]
struct Taking {
    /// Where the first line starts.
    start: Option<u64>,
    /// Where the last line ends that has a newline.
    end: u64,
    lines: u64,
    pending: u64,
    /// `None` where nobody wants the digest.
    digester: Option<Digester>,
    /// The digester with what was let go of a line that has not ended yet.
    unended: Option<Digester>,
}

impl Taking {
    /// Takes the rest of a line and whole lines, which end at `end` in the file.
    fn ended(&mut self, bytes: &[u8], end: u64) {
        if let Some(unended) = self.unended.take() {
            self.digester = Some(unended);
        }
        if let Some(digester) = &mut self.digester {
            digester.update(bytes);
        }
        self.end = end;
    }

    /// Takes a part of a line that may end or not.
    fn part(&mut self, bytes: &[u8]) {
        if let Some(digester) = &self.digester {
            self.unended.get_or_insert_with(|| digester.clone()).update(bytes);
        }
    }
}

/// What is packed in a file.
pub(super) fn unpacking(file: File, encoding: Encoding) -> io::Result<Box<dyn Read>> {
    Ok(match encoding {
        Encoding::Plain => Box::new(file),
        Encoding::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::new(file))),
        Encoding::Zstd => Box::new(zstd::stream::read::Decoder::new(file)?),
    })
}

/// Fills a block as far as there is something to fill it with, and says how far and what went wrong then.
pub(super) fn fill(reader: &mut impl Read, block: &mut [u8]) -> (usize, io::Result<()>) {
    let mut filled = 0;
    while filled < block.len() {
        match reader.read(&mut block[filled..]) {
            Ok(0) => break,
            Ok(fresh) => filled += fresh,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Err(error)),
        }
    }
    (filled, Ok(()))
}

/// All that is in a file, unpacked if its name ends in `.gz` or `.zst`.
///
/// # Errors
/// The file cannot be read or unpacked, or holds more than `most` bytes.
pub fn whole(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let encoding = match extension {
        Some("gz") => Encoding::Gzip,
        Some("zst") => Encoding::Zstd,
        _ => Encoding::Plain,
    };
    let mut bytes = Vec::new();
    unpacking(File::open(path)?, encoding)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("more than {} MiB, which is too much to be read at once", most >> 20)));
    }
    Ok(bytes)
}

/// A file in which lines can be read again one by one: the file itself, or a nameless copy of what is packed in it, as
/// far as it can be unpacked.
///
/// # Errors
/// The file cannot be opened, or there is no room for the copy.
pub fn reopen(source: &Source) -> io::Result<File> {
    let file = File::open(&source.path)?;
    if source.encoding == Encoding::Plain {
        return Ok(file);
    }
    let (mut packed, mut copy) = (unpacking(file, source.encoding)?, tempfile::tempfile()?);
    let mut block = vec![0; BLOCK_BYTES];
    loop {
        match packed.read(&mut block) {
            Ok(fresh) if fresh > 0 => copy.write_all(&block[..fresh])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(_) | Err(_) => return Ok(copy),
        }
    }
}

/// The line of `len` bytes at `offset` of a file from [`reopen`], as [`lines`] handed it out.
///
/// # Errors
/// The file cannot be read, or has become too short.
pub fn line_at(file: &File, offset: u64, len: usize) -> io::Result<Vec<u8>> {
    let mut mark = [0; BYTE_ORDER_MARK.len()];
    let is_marked = offset == 0 && file.read_exact_at(&mut mark, 0).is_ok() && mark == BYTE_ORDER_MARK;
    let mut line = vec![0; len];
    file.read_exact_at(&mut line, if is_marked { mark.len() as u64 } else { offset })?;
    Ok(line)
}

fn split(
    mut reader: impl Read,
    start: u64,
    range: Range<u64>,
    taking: &mut Taking,
    mut each: impl FnMut(Piece),
) -> io::Result<()> {
    let mut buffer = vec![0; BLOCK_BYTES];
    // `buffer[..filled]` is what is held of the line that starts at `line_at` in the file.
    let (mut filled, mut line_at) = (0, start);
    // Bytes of a line past the limit that were let go.
    let mut dropped = 0;
    let mut is_skipping = range.start > 0;
    loop {
        if filled == buffer.len() {
            if filled > MAX_LINE_BYTES {
                if !is_skipping {
                    taking.part(&buffer[..filled]);
                }
                dropped += std::mem::take(&mut filled);
            } else {
                buffer.resize(buffer.len() * 2, 0);
            }
        }
        let fresh = match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(fresh) => fresh,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let searched = filled;
        filled += fresh;
        let (mut held_from, mut taken_from) = (0, None);
        let mut checked = Checked { bytes: &buffer[..filled], range: 0..0, text: None };
        let mut is_past = false;
        for newline in memchr::memchr_iter(b'\n', &buffer[searched..filled]) {
            let end = searched + newline;
            if !std::mem::take(&mut is_skipping) {
                is_past = line_at >= range.end;
                if is_past {
                    break;
                }
                let text = checked.text_of(held_from..end);
                each(piece(&buffer[held_from..end], text, line_at, dropped, true));
                taking.lines += 1;
                taking.start.get_or_insert(line_at);
                taken_from.get_or_insert(held_from);
            }
            line_at += (std::mem::take(&mut dropped) + end + 1 - held_from) as u64;
            held_from = end + 1;
        }
        if let Some(from) = taken_from {
            taking.ended(&buffer[from..held_from], line_at);
        }
        buffer.copy_within(held_from..filled, 0);
        filled -= held_from;
        if is_past || !is_skipping && line_at >= range.end {
            return Ok(());
        }
    }
    if !is_skipping && line_at < range.end && filled + dropped > 0 {
        taking.pending = (filled + dropped) as u64;
        let line = &buffer[..filled];
        each(piece(line, str::from_utf8(line).ok(), line_at, dropped, false));
    }
    Ok(())
}

/// Lines as text. They are checked many at once, which costs a third of what it does line by line, and one by one only
/// beside one that is no text.
struct Checked<'a> {
    bytes: &'a [u8],
    /// The bytes that were checked together, whole lines, and their text if all of it is.
    range: Range<usize>,
    text: Option<&'a str>,
}

/// About so many bytes are checked at once.
const CHECKED_BYTES: usize = 1 << 13;

impl<'a> Checked<'a> {
    /// The text of the line that is this range of the bytes; lines come in their order.
    fn text_of(&mut self, line: Range<usize>) -> Option<&'a str> {
        if line.end > self.range.end {
            let most = (line.start + CHECKED_BYTES).clamp(line.end, self.bytes.len());
            let more = memchr::memrchr(b'\n', &self.bytes[line.end..most]);
            self.range = line.start..line.end + more.unwrap_or(0);
            self.text = simdutf8::basic::from_utf8(&self.bytes[self.range.clone()]).ok();
        }
        match self.text {
            Some(text) => Some(&text[line.start - self.range.start..line.end - self.range.start]),
            None => str::from_utf8(&self.bytes[line]).ok(),
        }
    }
}

fn piece<'a>(held: &'a [u8], text: Option<&'a str>, offset: u64, dropped: usize, is_terminated: bool) -> Piece<'a> {
    let mark = if offset == 0 && held.starts_with(&BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let bytes = &held[mark..];
    if dropped > 0 || bytes.len() > MAX_LINE_BYTES {
        Piece::TooLong { is_terminated }
    } else {
        Piece::Line { bytes, text: text.map(|text| &text[mark..]), offset, is_terminated }
    }
}

#[cfg(test)]
mod tests;
