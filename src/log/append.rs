//! Appending: one write of whole lines under the directory's lock, or to a file of its own when the lock is not to be had.

use super::{LOCK, file_name};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A writer asks for the lock this often, this long apart, before it writes beside the others: a second in all.
const ATTEMPTS: u32 = 500;
const PAUSE: Duration = Duration::from_millis(2);

/// Where lines went.
#[derive(Debug)]
pub struct Appended {
    pub files: Vec<PathBuf>,
    /// Whether the lock was not to be had, so that they went to a file beside the usual one.
    pub is_beside: bool,
}

/// Appends lines (without their newlines) to the monthly files of their instants, one write per file.
///
/// # Errors
/// The directory or a file cannot be created or written. A write that fails half way leaves no half line behind.
pub fn append(dir: &Path, lines: &[(i64, String)]) -> Result<Appended> {
    create_dir(dir)?;
    let lock = open(&dir.join(LOCK), false)?;
    let is_locked = acquire(&lock);
    let beside = (!is_locked).then(|| format!("beside-{}.jsonl", ulid::Ulid::new().to_string().to_lowercase()));
    let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    for (ts_ns, line) in lines {
        let name = file_name(*ts_ns);
        let name = match &beside {
            Some(suffix) => name.replace("jsonl", suffix),
            None => name,
        };
        let bytes = files.entry(dir.join(name)).or_default();
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
    }
    for (path, bytes) in &mut files {
        write_whole(path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(Appended { files: files.into_keys().collect(), is_beside: !is_locked })
}

fn create_dir(dir: &Path) -> Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700).create(dir).with_context(|| format!("cannot create {}", dir.display()))
}

fn open(path: &Path, is_append: bool) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).create(true).mode(0o600);
    let options = if is_append { options.append(true) } else { options.write(true).truncate(false) };
    options.open(path).with_context(|| format!("cannot open {}", path.display()))
}

/// Takes the lock, or gives up. A file system without locks counts as one that is busy for ever.
fn acquire(lock: &File) -> bool {
    for _ in 0..ATTEMPTS {
        match lock.try_lock() {
            Ok(()) => return true,
            Err(TryLockError::Error(_)) => return false,
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
        }
    }
    false
}

fn write_whole(path: &Path, bytes: &mut Vec<u8>) -> Result<()> {
    let mut file = open(path, true)?;
    let metadata = file.metadata()?;
    anyhow::ensure!(metadata.is_file(), "it is no regular file, and would keep nothing");
    let length = metadata.len();
    if length > 0 {
        let mut last = [0];
        file.read_exact_at(&mut last, length - 1)?;
        if last[0] != b'\n' {
            // Somebody's line was torn: ours must not be glued to it.
            bytes.insert(0, b'\n');
        }
    }
    if let Err(error) = file.write_all(bytes) {
        // A full disk took part of a line; the lock is ours, so what was added is ours to take back.
        let _ = file.set_len(length);
        return Err(error.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const NOON: i64 = 1_795_176_000_000_000_000;
    const LAST_YEAR: i64 = NOON - 365 * crate::time::NS_PER_DAY;

    #[test]
    fn lines_go_to_the_files_of_their_months_private_from_birth() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("a/b");
        append(&dir, &[(NOON, "x".into()), (LAST_YEAR, "y".into()), (NOON, "z".into())]).unwrap();
        assert_eq!(std::fs::read(dir.join("events-2026-11.jsonl")).unwrap(), b"x\nz\n");
        assert_eq!(std::fs::read(dir.join("events-2025-11.jsonl")).unwrap(), b"y\n");
        for (path, mode) in [("", 0o700), (".lock", 0o600), ("events-2026-11.jsonl", 0o600)] {
            assert_eq!(std::fs::metadata(dir.join(path)).unwrap().permissions().mode() & 0o777, mode, "{path}");
        }
    }

    #[test]
    fn what_keeps_nothing_is_not_written_to() {
        let home = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/dev/null", home.path().join("events-2026-11.jsonl")).unwrap();
        let error = append(home.path(), &[(NOON, "x".into())]).unwrap_err();
        assert!(format!("{error:#}").ends_with("it is no regular file, and would keep nothing"), "{error:#}");
    }

    #[test]
    fn a_line_is_never_glued_to_a_torn_one() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("events-2026-11.jsonl");
        std::fs::write(&file, "whole\ntor").unwrap();
        append(home.path(), &[(NOON, "next".into())]).unwrap();
        assert_eq!(std::fs::read_to_string(file).unwrap(), "whole\ntor\nnext\n");
    }

    #[test]
    fn a_writer_that_cannot_have_the_lock_writes_beside() {
        let home = tempfile::tempdir().unwrap();
        let lock = open(&home.path().join(LOCK), false).unwrap();
        lock.lock().unwrap();
        let appended = append(home.path(), &[(NOON, "x".into())]).unwrap();
        assert!(appended.is_beside);
        let name = appended.files[0].file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with("events-2026-11.beside-") && name.ends_with(".jsonl"), "{name}");
    }
}
