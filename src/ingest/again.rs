//! Lines again: single lines of the log, out of files that are opened and unpacked once.

use crate::frame::Lines;
use crate::log::{self, Encoding, Piece, Source};
use std::collections::HashMap;
use std::fs::File;
use std::sync::{Mutex, PoisonError};

/// Lines again, out of files that are opened and unpacked once.
pub struct Again {
    sources: Vec<Source>,
    /// The source of each segment.
    origins: Vec<usize>,
    /// The files opened, the compressed ones unpacked; `None` for those that there is no room to unpack.
    opened: Mutex<HashMap<usize, Option<File>>>,
}

/// So many files are held open; then all are let go.
const MOST_OPEN: usize = 64;

impl Again {
    pub fn new(sources: Vec<Source>, origins: Vec<usize>) -> Again {
        Again { sources, origins, opened: Mutex::default() }
    }
}

impl Lines for Again {
    fn line(&self, segment: usize, offset: u64, len: u32) -> Vec<u8> {
        let at = self.origins[segment];
        let (source, len) = (&self.sources[at], len as usize);
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if opened.len() >= MOST_OPEN && !opened.contains_key(&at) {
            opened.clear();
        }
        match opened.entry(at).or_insert_with(|| log::reopen(source).ok()) {
            Some(file) => log::line_at(file, offset, len).unwrap_or_default(),
            None if source.encoding == Encoding::Plain => Vec::new(),
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
