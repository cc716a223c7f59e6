//! Handles: files that are read again and again, of which only so many are held open. What is in them is not known here.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// So many files are held open: a process may have 1,024 in most places, and 256 in some. The others are opened again for
/// each reading.
const MOST_OPEN: usize = 128;

static OPEN: AtomicUsize = AtomicUsize::new(0);

/// A file, held open where there is room for it.
#[derive(Debug)]
pub enum Handle {
    Open(File),
    Closed(PathBuf),
}

impl Handle {
    pub fn new(file: File, path: &Path) -> Handle {
        let more = |open: usize| (open < MOST_OPEN).then_some(open + 1);
        match OPEN.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more) {
            Ok(_) => Handle::Open(file),
            Err(_) => Handle::Closed(path.to_owned()),
        }
    }

    pub fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        match self {
            Handle::Open(file) => file.read_exact_at(bytes, offset),
            Handle::Closed(path) => File::open(path)?.read_exact_at(bytes, offset),
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if matches!(self, Handle::Open(_)) {
            OPEN.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
