//! What was read of which file: `.imports.json` beside the log, where it is gone when the log is gone. It saves reading
//! again and nothing else: what is imported twice is told by its identity, so losing it costs time and no truth.

use crate::log::{self, Checkpoint};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

const FILE: &str = ".imports.json";

/// The version of the file's form; another one is as good as none.
const VERSION: u32 = 1;

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Memory {
    version: u32,
    /// The files of the log and their bytes when the last import ended.
    log: BTreeMap<String, u64>,
    sources: BTreeMap<String, Remembered>,
}

/// What is remembered of one source.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Remembered {
    /// By canonical path.
    pub files: BTreeMap<String, Read>,
    /// Conversations that began as a copy of another.
    pub forks: BTreeMap<String, String>,
}

/// What was read of one file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Read {
    /// The version of the importer that read it.
    pub reader: u32,
    pub checkpoint: Checkpoint,
    /// What the source has to know to go on from there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub carried: String,
}

impl Memory {
    /// What is remembered in a metrics directory. Nothing is, when a file of the log is gone or shorter than it was: what
    /// was imported may have been in it.
    pub fn read(dir: &Path) -> Memory {
        let read = || serde_json::from_slice::<Memory>(&std::fs::read(dir.join(FILE)).ok()?).ok();
        let memory = read().filter(|memory| memory.version == VERSION).unwrap_or_default();
        let now = log_files(dir);
        let is_there = |(name, bytes): (&String, &u64)| now.get(name).is_some_and(|now| now >= bytes);
        if memory.log.iter().all(is_there) { memory } else { Memory::default() }
    }

    /// What is remembered of a source.
    pub fn of(&mut self, source: &str) -> &mut Remembered {
        self.sources.entry(source.to_owned()).or_default()
    }

    /// Forgets files that are gone: nothing of them is left to read.
    pub fn prune(&mut self, source: &str) {
        self.of(source).files.retain(|path, _| Path::new(path).exists());
    }

    /// Keeps it for the next import.
    ///
    /// # Errors
    /// The directory cannot be written.
    pub fn save(&mut self, dir: &Path) -> Result<()> {
        self.version = VERSION;
        self.log = log_files(dir);
        if self.log.is_empty() {
            // Where nothing was ever written there is nothing to save reading for.
            return Ok(());
        }
        let context = || format!("cannot write {}", dir.join(FILE).display());
        let mut file = tempfile::NamedTempFile::with_prefix_in(".imports-", dir).with_context(context)?;
        file.write_all(&serde_json::to_vec(self)?).with_context(context)?;
        file.persist(dir.join(FILE)).map_err(|error| error.error).with_context(context)?;
        Ok(())
    }
}

fn log_files(dir: &Path) -> BTreeMap<String, u64> {
    let (sources, _) = log::sources(dir).unwrap_or_default();
    let name = |path: &Path| path.strip_prefix(dir).unwrap_or(path).to_string_lossy().into_owned();
    sources.iter().map(|source| (name(&source.path), source.bytes)).collect()
}
