//! Statistics: small pure functions, slices and counts in, numbers out. Each cites its source.

mod bootstrap;
mod change;
mod difference;
mod forecast;
mod interval;
mod moments;
mod multiple;
mod posterior;
mod power;
mod quantile;
mod quantile_difference;
mod quantile_interval;
mod rank;
mod shift;
mod sum;
mod superiority;
mod table;
mod tail;
mod trend;

pub use bootstrap::{RESAMPLES, bootstrap};
pub use change::{Change, changes, pettitt};
pub use difference::{
    Difference, Sample, cohen_h, hedges_g, mean_difference, paired_difference, share_difference, welch,
};
pub use forecast::{Ahead, Forecast, Model, forecast};
pub use interval::{mean_interval, wilson};
pub use moments::Moments;
pub use multiple::{benjamini_hochberg, holm};
pub use posterior::{mean_below, share_below, share_interval};
pub use power::{POWER, effect_seen, share_seen_above, uses_for_means, uses_for_shares};
pub use quantile::quantile;
pub use quantile_difference::quantile_difference;
pub use quantile_interval::{Ranks, quantile_interval, quantile_ranks};
pub use rank::{RankTest, mann_whitney, wilcoxon};
pub use shift::{Shift, shift};
pub use sum::{Line, line, mean, sd, sum};
pub use superiority::{mean_not_worse, share_above, share_not_worse};
pub use table::{ChiSquare, chi_square, fisher, mcnemar};
pub use trend::{Slope, Trend, mann_kendall, theil_sen};

/// The confidence of every interval the program prints.
pub const CONFIDENCE: f64 = 0.95;

/// A count as a float; counts of uses are far below 2^53.
#[allow(clippy::cast_precision_loss, reason = "exact below 2^53")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

/// So many successes among so many, k of n.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub k: u64,
    pub n: u64,
}

impl Share {
    /// k / n, `None` of nothing.
    pub fn value(self) -> Option<f64> {
        (self.n > 0).then(|| float(self.k) / float(self.n))
    }
}
