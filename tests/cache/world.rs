//! A metrics directory and its cache, read through the library.

use crate::oracle::order::document_over;
use crate::oracle::questions::everything;
use crate::support::NOW;
use prompt_analytics::ingest::{self, Ingested, Settings, UseCache};
use prompt_analytics::query::Query;
use prompt_analytics::time;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// A directory of logs and a place for caches.
pub struct World {
    home: TempDir,
    root: PathBuf,
}

/// What the clock says when a file is stamped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// What it is: a file that has just been written is looked into once more.
    Real,
    /// A minute later, after the clock of the file system has ticked: the stamps of files are believed.
    Later,
}

/// A file system's clock ticks at least once in this time.
const TICK: Duration = Duration::from_millis(12);

impl World {
    pub fn new() -> World {
        let home = tempfile::tempdir().expect("a temporary directory");
        fs::create_dir(home.path().join("log")).expect("a directory");
        let root = home.path().join("caches");
        World { home, root }
    }

    /// One whose log is a link to that of another.
    pub fn linked_to(other: &World) -> World {
        let world = World::new();
        fs::remove_dir(world.log()).expect("an empty directory");
        std::os::unix::fs::symlink(other.log(), world.log()).expect("a link");
        world
    }

    /// The same with the caches of another.
    #[must_use]
    pub fn with_root_of(self, other: &World) -> World {
        World { root: other.root(), ..self }
    }

    pub fn log(&self) -> PathBuf {
        self.home.path().join("log")
    }

    /// The directory of all caches.
    pub fn root(&self) -> PathBuf {
        self.root.clone()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.log().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, content).expect("a file");
    }

    pub fn append(&self, name: &str, content: impl AsRef<[u8]>) {
        use std::io::Write as _;
        let mut file = fs::OpenOptions::new().create(true).append(true).open(self.log().join(name)).expect("a file");
        file.write_all(content.as_ref()).expect("room for it");
    }

    pub fn fresh(&self) -> Ingested {
        self.ingest(UseCache::No, Clock::Real, 1)
    }

    /// Reads with the cache, and stamps that are believed.
    pub fn cached(&self) -> Ingested {
        self.cached_at(Clock::Later, 2)
    }

    pub fn cached_at(&self, clock: Clock, threads: usize) -> Ingested {
        self.ingest(UseCache::Yes(&self.root()), clock, threads)
    }

    /// Reads with a cache that is made again.
    pub fn made_again(&self, clock: Clock, threads: usize) -> Ingested {
        self.ingest(UseCache::Rebuild(&self.root()), clock, threads)
    }

    fn ingest(&self, cache: UseCache<'_>, clock: Clock, threads: usize) -> Ingested {
        let mut clock_ns = time::now(None).expect("a clock");
        if clock == Clock::Later {
            std::thread::sleep(TICK);
            clock_ns += 60 * time::NS_PER_SECOND;
        }
        let now_ns = time::text(NOW).expect("an instant").ts_ns;
        let settings = Settings { now_ns, clock_ns, threads, cache, progress: &|_, _, _| {} };
        ingest::ingest(&self.log(), &settings).expect("the log is read")
    }

    /// The files of the cache.
    pub fn cache_files(&self) -> Vec<PathBuf> {
        let mut files: Vec<_> = files(&self.root()).into_keys().filter(|path| !path.ends_with(".lock")).collect();
        files.sort();
        files
    }

    /// Every file of the cache by its path, with its bytes.
    pub fn cache_bytes(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        files(&self.root())
    }

    /// Every file of the log by its path, with its bytes.
    pub fn bytes(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        files(&self.log())
    }

    /// The names of the log files, in order.
    pub fn names(&self) -> Vec<String> {
        let below = |path: PathBuf| path.strip_prefix(self.log()).expect("below").to_str().expect("text").to_owned();
        files(&self.log()).into_keys().map(below).collect()
    }
}

/// Every report on everything, and what was read.
pub fn answer(ingested: &Ingested) -> String {
    answer_to(ingested, &everything("UTC"))
}

pub fn answer_to(ingested: &Ingested, query: &Query) -> String {
    format!("{}\n{:#?}", document_over(ingested, query, &ingested.coverage), ingested.coverage)
}

/// Every file below a directory, links to files among them.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.append(&mut files(&path));
        } else {
            let bytes = fs::read(&path).unwrap_or_default();
            found.insert(path, bytes);
        }
    }
    found
}
