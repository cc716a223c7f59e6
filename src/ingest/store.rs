//! The store: what an ingest takes from the cache and leaves in it.

mod state;

use super::cache::{Cache, Committer, Kind};
use super::manifest::{Manifest, SegmentFile, Stored};
use super::plan::Planned;
use super::save::Saving;
use super::{Settings, UseCache};
use crate::frame::container::Damage;
use crate::frame::{Broken, Frame, Known, Names, Places, Segment};
use crate::log::{self, Sibling};
use crate::threads;
pub use state::{CacheState, Standing};
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The cache of one metrics directory, as far as there is one.
pub struct Store {
    cache: Option<Cache>,
    /// The right to change it, unless somebody else has it.
    committer: Option<Committer>,
    pub manifest: Manifest,
    /// The files of segments that are not in the manifest yet, by serial number.
    put_away: HashMap<u32, Stored>,
    /// The bytes of the segments that were put away so far, whether they are held or not.
    held_bytes: AtomicUsize,
    /// Notes damage that is found when columns are read.
    pub broken: Broken,
    pub notices: Vec<String>,
    /// Whether something in the cache cannot be used or is not worth it, and is to be replaced even if nothing is new.
    is_damaged: bool,
    standing: Standing,
}

/// The segments of a log in the order of its files and lines, and what is known of them.
pub struct Gathered {
    pub segments: Vec<Segment>,
    pub known: Vec<Option<Known>>,
    /// The file of each segment.
    pub origins: Vec<usize>,
    /// The places of the segments that are not of unfinished lines.
    pub stays: Vec<usize>,
}

/// Serial numbers from here on are of segments that are not kept.
pub(super) const NOT_KEPT: u32 = 1 << 31;
/// So many rows a segment may have to be joined with others, and so many it may get.
const JOINED_ROWS: usize = 1 << 18;
/// Segments of more bytes than this are stored while others are read.
const LARGE_BYTES: usize = 1 << 20;
/// Segments of so many bytes in all are held though they are stored: the answer is about to ask for them.
const HELD_BYTES: usize = 192 << 20;

/// What to say of a damaged cache.
pub fn made_again(damage: &str) -> String {
    format!("the cache is made again from the log: {damage}")
}

impl Store {
    /// Opens the cache of a metrics directory. The answer does not depend on it.
    pub fn open(cache: UseCache<'_>, dir: &Path) -> Store {
        let mut store = Store {
            cache: None,
            committer: None,
            manifest: Manifest::default(),
            put_away: HashMap::new(),
            held_bytes: AtomicUsize::new(0),
            broken: Broken::default(),
            notices: Vec::new(),
            is_damaged: matches!(cache, UseCache::Rebuild(_)),
            standing: if matches!(cache, UseCache::Rebuild(_)) { Standing::MadeAgain } else { Standing::Kept },
        };
        let (UseCache::Yes(root) | UseCache::Rebuild(root)) = cache else { return store };
        let opened =
            Cache::of(root, dir).and_then(|cache| cache.committer().map(|committer| (cache.clone(), committer)));
        match opened {
            Ok((cache, committer)) => (store.cache, store.committer) = (Some(cache), committer),
            Err(error) => {
                store.cache = Cache::of(root, dir).ok();
                store.standing = Standing::Refused;
                store.notices.push(cannot_keep(root, &error));
            }
        }
        if let (Some(cache), UseCache::Yes(_)) = (&store.cache, cache) {
            match cache.load() {
                Ok(manifest) if manifest.is_mostly_gone() => store.is_damaged = true,
                Ok(manifest) => store.manifest = manifest,
                Err(Damage::Missing) => {}
                // Who may not even look has said so already.
                Err(_) if !store.notices.is_empty() => {}
                Err(damage) => store.tell(&damage),
            }
        }
        store
    }

    /// Whether anything can be left in the cache.
    pub fn keeps(&self) -> bool {
        self.committer.is_some()
    }

    /// Reads the segments of the files that are known. Of a cache that is damaged nothing is known.
    pub fn load(&mut self, planned: &mut [Planned]) {
        let loaded = planned.iter().map(|file| self.segments(file)).collect::<Result<Vec<_>, _>>();
        match loaded {
            Ok(segments) => planned.iter_mut().zip(segments).for_each(|(file, segments)| file.cached = segments),
            Err(damage) => self.forget(planned, &damage),
        }
    }

    fn segments(&self, file: &Planned) -> Result<Vec<Segment>, Damage> {
        let (Some((file, _)), Some(cache)) = (&file.known, &self.cache) else { return Ok(Vec::new()) };
        let open = |segment: &SegmentFile| Segment::stored(cache.open(&segment.stored)?, segment.serial, &self.broken);
        file.segments.iter().map(open).collect()
    }

    fn tell(&mut self, damage: &Damage) {
        self.is_damaged = true;
        self.standing = Standing::MadeAgain;
        self.notices.push(made_again(&damage.to_string()));
    }

    /// Who holds no lock may find the files of a manifest swept by somebody who does, which is no damage.
    fn is_swept(&self, damage: &Damage) -> bool {
        self.committer.is_none() && matches!(damage, Damage::Missing)
    }

    fn forget(&mut self, planned: &mut [Planned], damage: &Damage) {
        if !self.is_swept(damage) {
            self.tell(damage);
        }
        self.manifest = Manifest::default();
        planned.iter_mut().for_each(Planned::forget);
    }

    /// The names that the codes of the segments stand for; none when no segment is known.
    pub fn names(&mut self, planned: &mut [Planned]) -> Names {
        if planned.iter().all(|file| file.cached.is_empty()) {
            self.manifest.names.clear();
            self.manifest.lines_named = 0;
            self.manifest.resolution = None;
        }
        let Some(cache) = &self.cache else { return Names::new() };
        let containers = self.manifest.names.iter().map(|stored| cache.open(stored)).collect::<Result<Vec<_>, _>>();
        match containers.and_then(|containers| Names::stored(containers, &self.broken)) {
            Ok(names) => names,
            Err(damage) => {
                self.forget(planned, &damage);
                Names::new()
            }
        }
    }

    /// Stores a large segment at once, and of a large log lets its columns go: they are read again where they are asked for.
    /// So it takes no more memory than its answer when it is read for the first time. What cannot be stored stays.
    pub fn put_away(&self, segment: &mut Segment) -> Option<Stored> {
        let (committer, cache) = (self.committer.as_ref()?, self.cache.as_ref()?);
        let bytes = segment.len_bytes();
        if bytes < LARGE_BYTES {
            return None;
        }
        let stored = committer.store(Kind::Segment, &segment.blobs()).ok()?;
        if self.held_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes <= HELD_BYTES {
            return Some(stored);
        }
        let container = cache.open(&stored).ok()?;
        *segment = Segment::stored(container, segment.serial, &self.broken).ok()?;
        Some(stored)
    }

    /// All segments in order. Small ones of one file are joined where new lines came to it.
    pub fn gather(&mut self, planned: &mut [Planned], threads: usize) -> Gathered {
        let serials = self.manifest.files.iter().flat_map(|file| &file.segments).map(|segment| segment.serial);
        let mut next = serials.max().map_or(0, |serial| serial + 1);
        let mut serial = |segment: &mut Segment| {
            segment.serial = next;
            next += 1;
        };
        let mut not_kept = NOT_KEPT;
        let (mut segments, mut origins, mut stays) = (Vec::new(), Vec::new(), Vec::new());
        let mut joined = HashSet::new();
        for (at, file) in planned.iter_mut().enumerate() {
            let mut kept = std::mem::take(&mut file.cached);
            for (segment, stored) in file.fresh.iter_mut().zip(file.stored.drain(..)) {
                serial(segment);
                self.put_away.extend(stored.map(|stored| (segment.serial, stored)));
            }
            kept.append(&mut file.fresh);
            if file.known.is_some() && !file.taken.is_empty() && self.committer.is_some() {
                join_small(&mut kept, &mut joined, &mut serial);
            }
            stays.extend(segments.len()..segments.len() + kept.len());
            for mut open in file.open.drain(..) {
                open.serial = not_kept;
                not_kept += 1;
                kept.push(open);
            }
            origins.extend(std::iter::repeat_n(at, kept.len()));
            segments.append(&mut kept);
        }
        let known = self.known(&segments, &joined, threads);
        Gathered { segments, known, origins, stays }
    }

    /// What is known of segments beside each other; nothing, where one is gone that was known beside them.
    fn known(&mut self, segments: &[Segment], joined: &HashSet<u32>, threads: usize) -> Vec<Option<Known>> {
        let nothing = || segments.iter().map(|_| None).collect();
        let (Some(resolution), Some(cache)) = (&self.manifest.resolution, &self.cache) else { return nothing() };
        let serials = &resolution.serials;
        let places: Places = segments.iter().map(|segment| segment.serial).zip(0..).collect();
        let is_here = |serial: &u32| places.contains_key(serial) || joined.contains(serial);
        if serials.len() != resolution.stored.len() || !serials.iter().all(is_here) {
            return nothing();
        }
        let stored: HashMap<u32, &Stored> = serials.iter().copied().zip(&resolution.stored).collect();
        let known = threads::map(threads, segments.len(), |at| {
            let Some(stored) = stored.get(&segments[at].serial) else { return Ok(None) };
            match cache.open(stored) {
                Ok(container) => match Known::stored(&container, &places) {
                    // It names one that was joined with others just now.
                    Err(Damage::Missing) => Ok(None),
                    known => known.map(Some),
                },
                Err(damage) if self.is_swept(&damage) => Ok(None),
                Err(damage) => Err(damage),
            }
        });
        known.into_iter().collect::<Result<Vec<_>, _>>().unwrap_or_else(|damage| {
            self.tell(&damage);
            self.manifest.resolution = None;
            nothing()
        })
    }

    /// Leaves in the cache what the next run can use. What goes wrong is told, and the cache of before stays.
    pub fn save(
        &mut self,
        planned: &[Planned],
        (stays, origins): (&[usize], &[usize]),
        frame: &Frame,
        siblings: Vec<Sibling>,
        settings: &Settings<'_>,
    ) {
        let (Some(committer), Some(cache)) = (&self.committer, &self.cache) else { return };
        if self.broken.is_noted() || !self.is_news(planned, &siblings) {
            if !self.put_away.is_empty() {
                committer.sweep(&self.manifest);
            }
            return;
        }
        let saving = Saving {
            committer,
            manifest: &self.manifest,
            put_away: &self.put_away,
            planned,
            stays,
            origins,
            frame,
            settings,
        };
        let saved = saving.manifest(siblings).and_then(|manifest| committer.commit(&manifest).map(|()| manifest));
        match saved {
            Ok(manifest) => self.manifest = manifest,
            Err(error) => {
                self.standing = Standing::Refused;
                self.notices.push(cannot_keep(cache.dir(), &error));
                // On a full disk what was stored in vain would only make it fuller.
                committer.sweep(&cache.load().unwrap_or_default());
            }
        }
    }

    /// Whether anything is other than the cache has it.
    fn is_news(&self, planned: &[Planned], siblings: &[Sibling]) -> bool {
        // A file that could not be read to its end is not kept.
        let kept = planned.iter().filter(|file| file.failure.is_none());
        self.is_damaged
            || kept.clone().any(Planned::is_news)
            || kept.count() != self.manifest.files.len()
            || siblings != self.manifest.siblings
    }
}

fn cannot_keep(place: &Path, error: &io::Error) -> String {
    format!("the answer is right, but its columns cannot be kept in {}: {}", place.display(), log::cause(error))
}

/// Joins the last segments of a file while they are small beside those that follow them, so that their number grows with the
/// logarithm of the number of runs that added to them.
fn join_small(segments: &mut Vec<Segment>, joined: &mut HashSet<u32>, serial: &mut impl FnMut(&mut Segment)) {
    let mut from = segments.len();
    let mut rows = 0;
    while let Some(before) = from.checked_sub(1).map(|before| segments[before].height()) {
        if from < segments.len() && (before >= 2 * rows.max(1) || before + rows > JOINED_ROWS) {
            break;
        }
        rows += before;
        from -= 1;
    }
    if segments.len() - from > 1 {
        let small = segments.split_off(from);
        joined.extend(small.iter().map(|segment| segment.serial));
        let mut one = Segment::joined(&small);
        serial(&mut one);
        segments.push(one);
    }
}
