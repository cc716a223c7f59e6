//! Tests of reading lines.

use super::*;

fn read(content: &[u8], range: Range<u64>) -> Vec<(Vec<u8>, u64, bool)> {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("x.jsonl");
    std::fs::write(&path, content).unwrap();
    let source = Source { path, encoding: Encoding::Plain, bytes: content.len() as u64 };
    let mut seen = Vec::new();
    lines(&source, range, |piece| match piece {
        Piece::Line { bytes, text, offset, is_terminated } => {
            assert_eq!(text, std::str::from_utf8(bytes).ok());
            seen.push((bytes.to_vec(), offset, is_terminated));
        }
        Piece::TooLong { .. } => seen.push((b"too long".to_vec(), 0, true)),
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
fn a_line_is_text_or_not_whatever_its_neighbours_are() {
    // Lines of all lengths over many times what is checked at once, one in 97 of them broken, some right behind another.
    let line = |at: usize| match at % 97 {
        0 | 1 if at.is_multiple_of(2) => b"caf\xe9".to_vec(),
        _ => format!("{}é", "x".repeat(at * 31 % 400)).into_bytes(),
    };
    let lines: Vec<Vec<u8>> = (0..1_000).map(line).collect();
    let mut content = lines.join(&b'\n');
    content.push(b'\n');
    content.extend(vec![b'y'; 3 * CHECKED_BYTES]);
    content.extend_from_slice(b"\nlast \xff");
    let read = read(&content, 0..u64::MAX);
    assert_eq!(read.len(), 1_002);
    assert!(read.iter().zip(&lines).all(|((bytes, _, _), line)| bytes == line));
    assert!(read.iter().filter(|(bytes, _, _)| str::from_utf8(bytes).is_err()).count() > 10);
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

#[test]
fn what_is_taken_of_ranges_side_by_side_lies_side_by_side() {
    let content = b"\xef\xbb\xbfone\n\ntwo\r\nthree\nunfinished";
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("x.jsonl");
    std::fs::write(&path, content).unwrap();
    let source = Source { path, encoding: Encoding::Plain, bytes: content.len() as u64 };
    for cut in 0..=content.len() as u64 {
        let parts = [0..cut, cut..u64::MAX].map(|range| take(&source, range, true, |_| {}).unwrap());
        assert_eq!(parts.iter().map(|taken| taken.lines).sum::<u64>(), 4, "cut at {cut}");
        assert_eq!(parts.iter().map(|taken| taken.pending).sum::<u64>(), 10, "cut at {cut}");
        let mut end = 0;
        for taken in parts.iter().filter(|taken| !taken.range.is_empty()) {
            assert_eq!(taken.range.start, end, "cut at {cut}");
            end = taken.range.end;
            let bytes = &content[usize::try_from(taken.range.start).unwrap()..usize::try_from(end).unwrap()];
            assert_eq!(taken.digest, Some(Digest::of(bytes)), "cut at {cut}");
        }
        assert_eq!(end, 19, "cut at {cut}");
    }
}

#[test]
fn a_line_too_long_to_be_held_is_in_the_digest_once_it_ends() {
    let mut content = b"first\n".to_vec();
    content.extend(vec![b'x'; 2 * MAX_LINE_BYTES + 17]);
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("x.jsonl");
    for (end, lines, committed) in [(&b""[..], 1, 6), (b"\nnext\nto", 3, content.len() + 6)] {
        let mut content = content.clone();
        content.extend_from_slice(end);
        std::fs::write(&path, &content).unwrap();
        let source = Source { path: path.clone(), encoding: Encoding::Plain, bytes: content.len() as u64 };
        let taken = take(&source, 0..u64::MAX, true, |_| {}).unwrap();
        assert_eq!(
            (taken.lines, taken.range, taken.pending),
            (lines, 0..committed as u64, (content.len() - committed) as u64)
        );
        assert_eq!(taken.digest, Some(Digest::of(&content[..committed])));
    }
}
