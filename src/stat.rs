//! Statistics: small pure functions, slices and counts in, numbers out. Each cites its source.

mod interval;
mod moments;
mod posterior;
mod quantile;

pub use interval::{mean_interval, wilson};
pub use moments::Moments;
pub use posterior::{mean_below, share_below};
pub use quantile::quantile;

/// The confidence of every interval the program prints.
pub const CONFIDENCE: f64 = 0.95;

/// A count as a float; counts of uses are far below 2^53.
#[allow(clippy::cast_precision_loss, reason = "exact below 2^53")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}
