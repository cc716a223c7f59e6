//! Reading whole lines of a file, or of a part of it, in blocks. Files are read, never mapped: a live log may be truncated
//! while it is read, and that must only make it shorter.

use super::sources::{Encoding, Source};
use crate::event::MAX_LINE_BYTES;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;

/// Bytes asked of a file at a time.
const BLOCK_BYTES: usize = 1 << 20;

/// One line of a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A line without its newline; `offset` is where it starts in the (unpacked) file.
    Line { bytes: &'a [u8], offset: u64, is_terminated: bool },
    /// A line too long to be held.
    TooLong,
}

/// Calls `each` for every line of `source` that starts within `range` of its bytes; a compressed file has only one range.
/// A line belongs to the range it starts in, so that ranges side by side see every line once.
///
/// # Errors
/// The file cannot be opened, read or unpacked; the lines before the damage have been handed out.
pub fn lines(source: &Source, range: Range<u64>, each: impl FnMut(Piece)) -> io::Result<()> {
    let mut file = File::open(&source.path)?;
    match source.encoding {
        Encoding::Plain => {
            // The byte before the range tells whether a line starts right at it.
            let start = range.start.saturating_sub(1);
            file.seek(SeekFrom::Start(start))?;
            let reader = file.take(source.bytes - start.min(source.bytes));
            split(reader, start, range, each)
        }
        Encoding::Gzip => split(flate2::bufread::MultiGzDecoder::new(BufReader::new(file)), 0, 0..u64::MAX, each),
        Encoding::Zstd => split(zstd::stream::read::Decoder::new(file)?, 0, 0..u64::MAX, each),
    }
}

fn split(mut reader: impl Read, start: u64, range: Range<u64>, mut each: impl FnMut(Piece)) -> io::Result<()> {
    let mut buffer = vec![0; BLOCK_BYTES];
    // `buffer[..filled]` is what is held of the line that starts at `line_at` in the file.
    let (mut filled, mut line_at) = (0, start);
    // Bytes of a line past the limit that were let go.
    let mut dropped = 0;
    let mut is_skipping = range.start > 0;
    loop {
        if filled == buffer.len() {
            if filled > MAX_LINE_BYTES {
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
        let mut held_from = 0;
        for newline in memchr::memchr_iter(b'\n', &buffer[searched..filled]) {
            let end = searched + newline;
            if !std::mem::take(&mut is_skipping) {
                if line_at >= range.end {
                    return Ok(());
                }
                each(piece(&buffer[held_from..end], line_at, dropped, true));
            }
            line_at += (std::mem::take(&mut dropped) + end + 1 - held_from) as u64;
            held_from = end + 1;
        }
        buffer.copy_within(held_from..filled, 0);
        filled -= held_from;
        if !is_skipping && line_at >= range.end {
            return Ok(());
        }
    }
    if !is_skipping && line_at < range.end && filled + dropped > 0 {
        each(piece(&buffer[..filled], line_at, dropped, false));
    }
    Ok(())
}

fn piece(held: &[u8], offset: u64, dropped: usize, is_terminated: bool) -> Piece<'_> {
    // The first line of a file may start with a byte order mark, which is no part of it.
    let bytes = if offset == 0 { held.strip_prefix(b"\xef\xbb\xbf").unwrap_or(held) } else { held };
    if dropped > 0 || bytes.len() > MAX_LINE_BYTES {
        Piece::TooLong
    } else {
        Piece::Line { bytes, offset, is_terminated }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &[u8], range: Range<u64>) -> Vec<(Vec<u8>, u64, bool)> {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("x.jsonl");
        std::fs::write(&path, content).unwrap();
        let source = Source { path, encoding: Encoding::Plain, bytes: content.len() as u64 };
        let mut seen = Vec::new();
        lines(&source, range, |piece| match piece {
            Piece::Line { bytes, offset, is_terminated } => seen.push((bytes.to_vec(), offset, is_terminated)),
            Piece::TooLong => seen.push((b"too long".to_vec(), 0, true)),
        })
        .unwrap();
        seen
    }

    #[test]
    fn ranges_side_by_side_see_every_line_once() {
        let content = b"\xef\xbb\xbfone\n\ntwo\r\nthree\nunfinished";
        let whole = read(content, 0..u64::MAX);
        assert_eq!(whole.len(), 5);
        assert_eq!(whole[0], (b"one".to_vec(), 0, true));
        assert_eq!(whole[4], (b"unfinished".to_vec(), 19, false));
        for cut in 0..=content.len() as u64 {
            let mut parts = read(content, 0..cut);
            parts.extend(read(content, cut..u64::MAX));
            assert_eq!(parts, whole, "cut at {cut}");
        }
    }

    #[test]
    fn a_line_past_the_limit_is_counted_and_the_next_one_read() {
        let mut content = vec![b'x'; 2 * MAX_LINE_BYTES + 17];
        content.extend_from_slice(b"\nnext\n");
        content.extend(vec![b'y'; MAX_LINE_BYTES + 1]);
        content.extend_from_slice(b"\nlast");
        let seen: Vec<Vec<u8>> = read(&content, 0..u64::MAX).into_iter().map(|(bytes, ..)| bytes).collect();
        assert_eq!(seen, [&b"too long"[..], b"next", b"too long", b"last"]);
    }
}
