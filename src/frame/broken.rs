//! Broken: what was found damaged while columns were read from the cache. They are read late, in the middle of an answer,
//! which is then given once more from the log.

use super::container::Damage;
use std::sync::{Arc, Mutex, PoisonError};

/// Where damage is noted; its copies share one note.
#[derive(Clone, Debug, Default)]
pub struct Broken(Arc<Mutex<Option<Damage>>>);

impl Broken {
    /// Notes the first damage; what was to be read is `None`.
    pub fn note<T>(&self, result: Result<T, Damage>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(damage) => {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(damage);
                None
            }
        }
    }

    pub fn is_noted(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// The damage that was noted, once.
    pub fn take(&self) -> Option<Damage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
