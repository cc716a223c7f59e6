//! Saving: what an ingest leaves in the cache, as the manifest that names it.

use super::Settings;
use super::cache::{Committer, Kind};
use super::manifest::{LogFile, Manifest, Resolution, SegmentFile, Stored};
use super::plan::Planned;
use super::store::NOT_KEPT;
use crate::frame::Frame;
use crate::log::Sibling;
use crate::threads;
use std::collections::{HashMap, HashSet};
use std::io;

/// Names in more files than this are put into one.
const MOST_FILES_OF_NAMES: usize = 16;

/// What is left in the cache.
pub struct Saving<'a> {
    pub committer: &'a Committer,
    /// What was there.
    pub manifest: &'a Manifest,
    pub put_away: &'a HashMap<u32, Stored>,
    pub planned: &'a [Planned],
    pub stays: &'a [usize],
    pub origins: &'a [usize],
    pub frame: &'a Frame,
    pub settings: &'a Settings<'a>,
}

impl Saving<'_> {
    /// Stores what is not stored yet, and says where all of it is.
    ///
    /// # Errors
    /// Something cannot be written, as on a full disk.
    pub fn manifest(&self, siblings: Vec<Sibling>) -> io::Result<Manifest> {
        let segments = self.frame.segments();
        let held: HashMap<u32, &Stored> =
            self.manifest.files.iter().flat_map(|file| &file.segments).map(|s| (s.serial, &s.stored)).collect();
        let checkpoints: Vec<_> = self.planned.iter().map(|file| file.checkpoint(self.settings.clock_ns)).collect();
        let stored = threads::map(self.settings.threads, self.stays.len(), |at| {
            let place = self.stays[at];
            if checkpoints[self.origins[place]].is_none() {
                return Ok(None);
            }
            let serial = segments[place].serial;
            match held.get(&serial).copied().or_else(|| self.put_away.get(&serial)) {
                Some(stored) => Ok(Some(stored.clone())),
                None => self.committer.store(Kind::Segment, &segments[place].blobs()).map(Some),
            }
        });
        let mut files: Vec<Option<LogFile>> = Vec::new();
        for (file, checkpoint) in self.planned.iter().zip(checkpoints) {
            files.push(checkpoint.map(|checkpoint| LogFile {
                path: file.path.clone(),
                checkpoint,
                segments: Vec::new(),
            }));
        }
        let mut kept = Vec::new();
        for (place, stored) in self.stays.iter().zip(stored) {
            let (Some(stored), Some(file)) = (stored?, &mut files[self.origins[*place]]) else { continue };
            kept.push(*place);
            file.segments.push(SegmentFile { stored, serial: segments[*place].serial });
        }
        let lines = self.planned.iter().flat_map(|file| &file.taken).map(|taken| taken.lines);
        Ok(Manifest {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            files: files.into_iter().flatten().collect(),
            siblings,
            names: self.names()?,
            lines_named: self.manifest.lines_named + lines.sum::<u64>(),
            resolution: self.resolution(&kept)?,
        })
    }

    fn names(&self) -> io::Result<Vec<Stored>> {
        let names = self.frame.all_names();
        if self.manifest.names.len() >= MOST_FILES_OF_NAMES {
            return Ok(vec![self.committer.store(Kind::Names, &names.whole())?]);
        }
        let mut stored = self.manifest.names.clone();
        let fresh = names.fresh();
        if !fresh.is_empty() {
            stored.push(self.committer.store(Kind::Names, &fresh)?);
        }
        Ok(stored)
    }

    /// What segments mean to each other. While lines without a newline have a say in it, only what was known before is kept.
    fn resolution(&self, kept: &[usize]) -> io::Result<Option<Resolution>> {
        let segments = self.frame.segments();
        let is_final =
            kept.len() == segments.len() || segments.iter().filter(|s| s.serial >= NOT_KEPT).all(|s| s.height() == 0);
        if !is_final || kept.len() != self.stays.len() {
            // A serial number may be given again once its segment is gone.
            let serials: HashSet<u32> = kept.iter().map(|place| segments[*place].serial).collect();
            let is_whole = |known: &&Resolution| known.serials.iter().all(|serial| serials.contains(serial));
            return Ok(self.manifest.resolution.as_ref().filter(is_whole).cloned());
        }
        let held: HashMap<u32, Stored> = match &self.manifest.resolution {
            Some(resolution) => resolution.serials.iter().copied().zip(resolution.stored.iter().cloned()).collect(),
            None => HashMap::new(),
        };
        let stored = threads::map(self.settings.threads, kept.len(), |at| {
            let place = kept[at];
            match held.get(&segments[place].serial).filter(|_| !self.frame.is_decided_again(place)) {
                Some(stored) => Ok(stored.clone()),
                None => self.committer.store(Kind::Resolution, &self.frame.resolution(place)),
            }
        });
        let stored = stored.into_iter().collect::<io::Result<Vec<_>>>()?;
        let serials: Vec<u32> = kept.iter().map(|place| segments[*place].serial).collect();
        Ok(Some(Resolution { stored, serials }))
    }
}
