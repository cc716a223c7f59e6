//! Reading whole lines of a file, or of a part of it, in blocks. Files are read, never mapped: a live log may be truncated
//! while it is read, and that must only make it shorter.

use super::sources::{Encoding, Source};
use crate::event::MAX_LINE_BYTES;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write as _};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;

/// Bytes asked of a file at a time.
const BLOCK_BYTES: usize = 1 << 20;

/// What the first line of a file may start with, and is no part of it.
const BYTE_ORDER_MARK: [u8; 3] = *b"\xef\xbb\xbf";

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
        Encoding::Gzip | Encoding::Zstd => split(unpacking(file, source.encoding)?, 0, 0..u64::MAX, each),
    }
}

/// What is packed in a file.
fn unpacking(file: File, encoding: Encoding) -> io::Result<Box<dyn Read>> {
    Ok(match encoding {
        Encoding::Plain => Box::new(file),
        Encoding::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::new(file))),
        Encoding::Zstd => Box::new(zstd::stream::read::Decoder::new(file)?),
    })
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
    let bytes = if offset == 0 { held.strip_prefix(&BYTE_ORDER_MARK).unwrap_or(held) } else { held };
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
    fn a_line_can_be_read_again_from_any_file() {
        let home = tempfile::tempdir().unwrap();
        let content = b"\xef\xbb\xbfone\n\ntwo\r\nthree\nunfinished";
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(content).unwrap();
        let gzip = gzip.finish().unwrap();
        let zstd = zstd::encode_all(&content[..], 1).unwrap();
        for (name, encoding, packed) in [
            ("x.jsonl", Encoding::Plain, &content[..]),
            ("x.jsonl.gz", Encoding::Gzip, &gzip[..]),
            // The lines before the damage can be read again, as they were read at first.
            ("torn.jsonl.gz", Encoding::Gzip, &gzip[..gzip.len() - 4]),
            ("x.jsonl.zst", Encoding::Zstd, &zstd[..]),
        ] {
            let path = home.path().join(name);
            std::fs::write(&path, packed).unwrap();
            let source = Source { path, encoding, bytes: packed.len() as u64 };
            let file = reopen(&source).unwrap();
            let mut count = 0;
            let _ = lines(&source, 0..u64::MAX, |piece| {
                let Piece::Line { bytes, offset, .. } = piece else { panic!("{name}: a line too long") };
                assert_eq!(line_at(&file, offset, bytes.len()).unwrap(), bytes, "{name} at {offset}");
                count += 1;
            });
            assert!(count >= 4, "{name}: {count} lines");
            assert!(line_at(&file, content.len() as u64, 1).is_err(), "{name}");
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
