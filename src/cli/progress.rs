//! A bar on stderr for work that takes a while; it shows bytes and does not know what they are of.

use crate::time::Stopwatch;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::time::Duration;

/// Work that is done sooner shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// A progress bar that appears only on a terminal, and only when the work lasts. It is gone once dropped.
#[derive(Debug)]
pub struct Progress {
    verb: &'static str,
    watch: Stopwatch,
    is_wanted: bool,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// A bar for work that `verb` names, such as `importing`.
    pub fn new(verb: &'static str) -> Progress {
        Progress { verb, watch: Stopwatch::start(), is_wanted: std::io::stderr().is_terminal(), bar: None }
    }

    /// So many bytes of `total` are done, and so many events. To be called often: it costs little until there is something
    /// to draw.
    pub fn at(&mut self, done: u64, total: u64, events: u64) {
        if !self.is_wanted || self.bar.is_none() && self.watch.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{msg} {bar:30} {bytes} of {total_bytes}, {eta} left");
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_message(self.verb);
            bar
        });
        if events > 0 {
            let rate = u128::from(events) * 1000 / self.watch.elapsed().as_millis().max(1);
            let rate = crate::coverage::thousands(i128::try_from(rate).unwrap_or(0));
            bar.set_message(format!("{} {rate} events/s", self.verb));
        }
        bar.set_length(total);
        bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
