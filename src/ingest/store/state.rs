//! How the cache is after an ingest, for a person who asks. It counts files and changes none.

use super::Store;
use std::path::PathBuf;

/// The cache of a metrics directory after an ingest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheState {
    pub dir: PathBuf,
    pub standing: Standing,
    /// The files that it consists of, beside the manifest, and their bytes.
    pub files: u64,
    pub bytes: u64,
}

/// How an ingest stood to the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// What was read is in it.
    Kept,
    /// Something in it was damaged, so that it was made again.
    MadeAgain,
    /// Somebody else is writing it.
    Busy,
    /// It cannot be written.
    Refused,
}

impl Store {
    /// How the cache is; `None` where there is none.
    pub fn state(&self) -> Option<CacheState> {
        let dir = self.cache.as_ref()?.dir();
        let is_busy = self.committer.is_none() && self.standing != Standing::Refused;
        let standing = if is_busy { Standing::Busy } else { self.standing };
        let mut state = CacheState { dir: dir.to_owned(), standing, files: 0, bytes: 0 };
        for stored in self.manifest.stored() {
            if let Ok(metadata) = std::fs::metadata(dir.join(&stored.name)) {
                state.files += 1;
                state.bytes += metadata.len();
            }
        }
        Some(state)
    }
}
