//! The cache of a metrics directory: a directory with a manifest and the files that it names. It can be deleted at any time
//! and by anybody; what is not in it is read from the log again.

use super::manifest::{Manifest, Stored};
use crate::frame::container::{self, BlobId, Container, Damage, TEMPORARY};
use crate::log::Digest;
use std::collections::HashSet;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

const MANIFEST: &str = "manifest";
/// Locked by the one who changes something; never replaced, so that a lock on it means the same to all.
const LOCK: &str = ".lock";

/// What a file of the cache is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Segment,
    Names,
    Resolution,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Segment, Kind::Names, Kind::Resolution];

    fn ending(self) -> &'static str {
        match self {
            Kind::Segment => ".segment",
            Kind::Names => ".names",
            Kind::Resolution => ".resolution",
        }
    }
}

/// Where the cache of a metrics directory is.
#[derive(Clone, Debug)]
pub struct Cache {
    dir: PathBuf,
}

impl Cache {
    /// The cache of `metrics` below `root`, the cache directory of the program. A metrics directory has one cache, whatever
    /// way leads to it.
    ///
    /// # Errors
    /// There is no such metrics directory.
    pub fn of(root: &Path, metrics: &Path) -> io::Result<Cache> {
        let metrics = metrics.canonicalize()?;
        Ok(Cache { dir: root.join(format!("log-{}", Digest::of(metrics.as_os_str().as_bytes()))) })
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What the last commit said.
    ///
    /// # Errors
    /// [`Damage::Missing`] before the first commit. Of any other damage a person should be told, once: the cache is made
    /// again from the log.
    pub fn load(&self) -> Result<Manifest, Damage> {
        Manifest::read(&std::fs::read(self.dir.join(MANIFEST))?)
    }

    /// Opens a file that the manifest names. One that is missing may have been swept since by a commit: then the manifest
    /// can be loaded again, or the log read. A file once opened stays readable.
    ///
    /// # Errors
    /// It is not there, damaged, or not the one that was stored.
    pub fn open(&self, stored: &Stored) -> Result<Container, Damage> {
        let container = Container::open(&self.dir.join(&stored.name))?;
        if container.seal() == stored.seal { Ok(container) } else { Err(Damage::Checksum) }
    }

    /// The right to change the cache, `None` while somebody else has it: nobody waits, an answer from memory is as good.
    /// Whoever has it should load the manifest then, not before.
    ///
    /// # Errors
    /// The directory or the lock cannot be made or locked.
    pub fn committer(&self) -> io::Result<Option<Committer>> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.dir)?;
        let mut options = OpenOptions::new();
        let lock = options.write(true).create(true).truncate(false).mode(0o600).open(self.dir.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Committer { cache: self.clone(), lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// The one who may change a cache. The lock is freed when it is dropped, or its process dies.
#[derive(Debug)]
pub struct Committer {
    cache: Cache,
    lock: File,
}

impl Drop for Committer {
    fn drop(&mut self) {
        // A child that was forked just now holds the file open until it runs something else, and would keep the lock so long.
        let _ = self.lock.unlock();
    }
}

impl Committer {
    /// Stores blobs in a new file, which nobody knows of until a manifest that names it is committed.
    ///
    /// # Errors
    /// It cannot be written, as on a full disk; nothing is left of it.
    pub fn store(&self, kind: Kind, blobs: &[(BlobId, &[u8])]) -> io::Result<Stored> {
        let name = format!("{}{}", ulid::Ulid::new().to_string().to_lowercase(), kind.ending());
        let seal = container::write(&self.cache.dir.join(&name), blobs)?;
        Ok(Stored { name, seal })
    }

    /// Replaces the manifest, then removes the files that it does not name, among them what dead processes left. Whoever
    /// still reads after the manifest before holds its files open, or misses them and knows what to do.
    ///
    /// The manifest is synced before it takes its name (0.2 ms on a virtual disk), so that a power loss leaves this one or the one
    /// before, and not an empty file. The directory is not: if the one before comes back without its files, they are missing.
    ///
    /// # Errors
    /// The manifest names a file that is not there, or cannot be written; then that of before is still in force.
    pub fn commit(&self, manifest: &Manifest) -> io::Result<()> {
        let dir = &self.cache.dir;
        if let Some(stored) = manifest.stored().find(|stored| !stored.is_here() || !dir.join(&stored.name).is_file()) {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("the cache has no file {}", stored.name)));
        }
        let bytes = manifest.written()?;
        let mut file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(dir)?;
        file.write_all(&bytes)?;
        file.as_file().sync_all()?;
        file.persist(dir.join(MANIFEST))?;
        self.sweep(manifest);
        Ok(())
    }

    /// Removes the files of the program's making that the manifest does not name. What cannot be removed is left to the
    /// next one: it costs room, and nothing else.
    pub fn sweep(&self, manifest: &Manifest) {
        let named: HashSet<&str> = manifest.stored().map(|stored| stored.name.as_str()).collect();
        for entry in std::fs::read_dir(&self.cache.dir).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| !named.contains(name)) else { continue };
            if name.starts_with(TEMPORARY) || Kind::ALL.iter().any(|kind| name.ends_with(kind.ending())) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::manifest::tests::stored;
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::Barrier;

    const BLOB: BlobId = BlobId { kind: 1, sub: 1 };

    struct Home(tempfile::TempDir);

    impl Home {
        fn new() -> Home {
            let home = Home(tempfile::tempdir().unwrap());
            std::fs::create_dir(home.0.path().join("metrics")).unwrap();
            home
        }

        fn cache(&self) -> Cache {
            Cache::of(&self.0.path().join("a/b"), &self.0.path().join("metrics")).unwrap()
        }
    }

    fn names(cache: &Cache) -> Vec<String> {
        let entries = std::fs::read_dir(cache.dir()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn manifest(names: &[&Stored]) -> Manifest {
        Manifest { names: names.iter().map(|stored| (*stored).clone()).collect(), ..Manifest::default() }
    }

    #[test]
    fn what_is_committed_is_loaded_and_opened() {
        let home = Home::new();
        let cache = home.cache();
        assert!(matches!(cache.load(), Err(Damage::Missing)));
        let committer = cache.committer().unwrap().unwrap();
        let stored = committer.store(Kind::Segment, &[(BLOB, b"columns")]).unwrap();
        assert!(matches!(cache.load(), Err(Damage::Missing)));
        committer.commit(&manifest(&[&stored])).unwrap();
        let loaded = home.cache().load().unwrap();
        assert_eq!(loaded, manifest(&[&stored]));
        assert_eq!(cache.open(&loaded.names[0]).unwrap().read(BLOB).unwrap().unwrap(), b"columns");
        for (name, mode) in [("", 0o700), ("..", 0o700), (".lock", 0o600), ("manifest", 0o600), (&stored.name, 0o600)] {
            let permissions = std::fs::metadata(cache.dir().join(name)).unwrap().permissions();
            assert_eq!(permissions.mode() & 0o777, mode, "{name}");
        }
    }

    #[test]
    fn a_metrics_directory_has_one_cache_and_another_another() {
        let home = Home::new();
        let (root, metrics) = (home.0.path().join("a/b"), home.0.path().join("metrics"));
        let link = home.0.path().join("link");
        std::os::unix::fs::symlink(&metrics, &link).unwrap();
        assert_eq!(Cache::of(&root, &link).unwrap().dir(), home.cache().dir());
        assert_ne!(Cache::of(&root, home.0.path()).unwrap().dir(), home.cache().dir());
        assert!(Cache::of(&root, &home.0.path().join("nowhere")).is_err());
    }

    #[test]
    fn of_many_that_would_commit_one_may() {
        let home = Home::new();
        let asked = Barrier::new(8);
        let winners = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        let committer = home.cache().committer().unwrap();
                        asked.wait();
                        committer.is_some()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| u32::from(thread.join().unwrap())).sum::<u32>()
        });
        assert_eq!(winners, 1);
        assert!(home.cache().committer().unwrap().is_some());
    }

    #[test]
    fn a_commit_removes_what_it_does_not_name_and_nothing_else() {
        let home = Home::new();
        let cache = home.cache();
        let committer = cache.committer().unwrap().unwrap();
        let first = committer.store(Kind::Segment, &[(BLOB, b"first")]).unwrap();
        let both = committer.store(Kind::Names, &[(BLOB, b"both")]).unwrap();
        committer.commit(&manifest(&[&first, &both])).unwrap();
        let open = cache.open(&first).unwrap();
        std::fs::write(cache.dir().join(".new-left"), "half").unwrap();
        std::fs::write(cache.dir().join("notes.txt"), "somebody's").unwrap();
        let second = committer.store(Kind::Resolution, &[(BLOB, b"second")]).unwrap();
        committer.commit(&manifest(&[&second, &both])).unwrap();
        let mut expected = [".lock", "manifest", "notes.txt", &second.name, &both.name].map(str::to_owned);
        expected.sort();
        assert_eq!(names(&cache), expected);
        // A reader of the manifest before is not disturbed, or told.
        assert_eq!(open.read(BLOB).unwrap().unwrap(), b"first");
        assert!(matches!(cache.open(&first), Err(Damage::Missing)));
    }

    #[test]
    fn a_manifest_that_names_what_is_not_there_is_not_committed() {
        let home = Home::new();
        let cache = home.cache();
        let committer = cache.committer().unwrap().unwrap();
        committer.commit(&Manifest::default()).unwrap();
        for name in ["gone.segment", "../metrics", "manifest/x"] {
            assert!(committer.commit(&manifest(&[&stored(name)])).is_err(), "{name}");
        }
        assert_eq!(cache.load().unwrap(), Manifest::default());
    }

    #[test]
    fn a_file_that_is_not_the_one_stored_is_not_opened() {
        let home = Home::new();
        let cache = home.cache();
        let committer = cache.committer().unwrap().unwrap();
        let stored = committer.store(Kind::Segment, &[(BLOB, b"one")]).unwrap();
        container::write(&cache.dir().join(&stored.name), &[(BLOB, b"two")]).unwrap();
        assert!(matches!(cache.open(&stored), Err(Damage::Checksum)));
    }

    #[test]
    fn a_damaged_or_newer_manifest_is_told_and_can_be_replaced() {
        let home = Home::new();
        let cache = home.cache();
        let committer = cache.committer().unwrap().unwrap();
        for (content, words) in [
            ("", "it is incomplete"),
            ("{}", "it is not a file of this program"),
            ("prompt-analytics manifest 99\n", &format!("its version is 99, not {}", container::LAYOUT_VERSION)),
        ] {
            std::fs::write(cache.dir().join(MANIFEST), content).unwrap();
            assert_eq!(cache.load().unwrap_err().to_string(), words);
            committer.commit(&Manifest::default()).unwrap();
            assert!(cache.load().is_ok());
        }
    }

    #[test]
    fn where_nothing_can_be_written_is_an_error() {
        let home = Home::new();
        let metrics = home.0.path().join("metrics");
        let file = home.0.path().join("file");
        std::fs::write(&file, "").unwrap();
        let cache = Cache::of(&file, &metrics).unwrap();
        assert!(cache.committer().is_err() && cache.load().is_err());
        // The directory is lost while it is held: neither a file nor a manifest can be written.
        let cache = home.cache();
        let committer = cache.committer().unwrap().unwrap();
        std::fs::remove_dir_all(cache.dir()).unwrap();
        assert!(committer.store(Kind::Segment, &[]).is_err());
        assert!(committer.commit(&Manifest::default()).is_err());
        // One that may only be read; whoever may do everything does it all the same.
        let cache = Cache::of(&home.0.path().join("c"), &metrics).unwrap();
        drop(cache.committer().unwrap());
        std::fs::set_permissions(cache.dir(), PermissionsExt::from_mode(0o500)).unwrap();
        if File::create(cache.dir().join("probe")).is_err() {
            let committer = cache.committer().unwrap().unwrap();
            assert!(committer.commit(&Manifest::default()).is_err());
        }
        std::fs::set_permissions(cache.dir(), PermissionsExt::from_mode(0o700)).unwrap();
    }
}
