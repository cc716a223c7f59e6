//! The log: bytes on disk. Appending whole lines safely, and reading whole lines back; it does not know what a line means.

mod append;
mod checkpoint;
mod digest;
mod lines;
pub mod path_text;
mod siblings;
mod sources;
mod trace;

pub use append::{Appended, append};
pub use checkpoint::{Change, Checkpoint, Comparison, Stamp, Stretch, compare};
pub use digest::{Digest, Digester};
pub use lines::{Piece, Taken, line_at, lines, reopen, take, whole};
pub use siblings::{Overlap, Sibling, Siblings, siblings};
pub use sources::{Encoding, Source, cause, encoding, sources};
pub use trace::{Known, trace};

/// The file every writer locks; it is never replaced, so that a lock on it means the same to all.
const LOCK: &str = ".lock";

/// The log file of an instant: one per UTC month, so that nothing needs rotating.
fn file_name(ts_ns: i64) -> String {
    format!("events-{}.jsonl", crate::time::utc_month(ts_ns))
}
