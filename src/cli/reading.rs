//! Reading: the log of a place as columns, with the cache that the person has, and what there is to say of it.

use super::args::Everywhere;
use super::config::Config;
use super::place::{self, Place};
use super::prices;
use super::progress::Progress;
use crate::ingest::{self, Ingested, Settings, UseCache};
use crate::time;
use anyhow::Result;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

/// The threads to read with.
pub fn threads() -> usize {
    match std::env::var("PROMPT_ANALYTICS_THREADS").ok().and_then(|threads| threads.parse().ok()) {
        Some(threads) => threads,
        None => std::thread::available_parallelism().map_or(1, usize::from),
    }
}

/// Whether a person is told how the log is read: a bar while it takes long, and notices of the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    Told,
    Silent,
}

/// What `find` finds in the log of a place. Where the columns turn out to be damaged meanwhile, it is asked once more, of
/// columns made again from the log.
///
/// # Errors
/// The directory cannot be read, `find` failed, or it needed prices and the price file is broken.
pub fn with_log<T>(
    place: &Place,
    config: &Config,
    everywhere: &Everywhere,
    now_ns: i64,
    voice: Voice,
    find: impl Fn(&Ingested) -> Result<T>,
) -> Result<T> {
    let root = if everywhere.no_cache { None } else { place::cache() };
    // Where not even what was just written can be read, it is done without.
    let caches = root.as_ref().map(|root| [UseCache::Yes(root), UseCache::Rebuild(root)]);
    for cache in caches.into_iter().flatten() {
        // Its lock is to be had again after each.
        let mut ingested = read(place, now_ns, cache, voice)?;
        let found = priced(&mut ingested, config, &find);
        let Some(damage) = ingested.damage() else { return found };
        tell(voice, &ingest::made_again(&damage))?;
    }
    priced(&mut read(place, now_ns, UseCache::No, voice)?, config, &find)
}

/// What `find` finds where uses without a cost have one by the table of prices.
fn priced<T>(ingested: &mut Ingested, config: &Config, find: &impl Fn(&Ingested) -> Result<T>) -> Result<T> {
    let (load, told) = prices::loader(config);
    ingested.frame.price_by(load);
    let found = find(ingested);
    told.take().map_or(found, Err)
}

fn read(place: &Place, now_ns: i64, cache: UseCache<'_>, voice: Voice) -> Result<Ingested> {
    let progress = Mutex::new((Progress::new("reading"), 0, 0));
    let at = |bytes: u64, lines: u64, total: u64| {
        let (progress, done, events) = &mut *progress.lock().unwrap_or_else(PoisonError::into_inner);
        *done += bytes;
        *events += lines;
        if voice == Voice::Told {
            progress.at(*done, total, *events);
        }
    };
    let settings = Settings { now_ns, clock_ns: time::now(None)?, threads: threads(), cache, progress: &at };
    let mut ingested = ingest::ingest(&place.dir, &settings)?;
    ingested.coverage.place = place.words();
    for notice in &ingested.notices {
        tell(voice, notice)?;
    }
    Ok(ingested)
}

fn tell(voice: Voice, notice: &str) -> Result<()> {
    if voice == Voice::Silent {
        return Ok(());
    }
    Ok(writeln!(anstream::stderr(), "{}", super::trouble::safe(notice))?)
}
