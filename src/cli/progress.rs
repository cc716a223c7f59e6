//! A bar on stderr for work that takes a while; it shows bytes and does not know what they are of.

use crate::coverage::thousands;
use crate::time::Stopwatch;
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::time::Duration;

/// Work that is done sooner shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// The bar takes what room the words leave, so that all is on one line.
const TEMPLATE: &str = "{msg} {wide_bar} {bytes} of {total_bytes}{prefix}";

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
        if self.is_wanted {
            self.after(self.watch.elapsed(), [done, total, events], ProgressDrawTarget::stderr);
        }
    }

    /// The same, so long after the work began.
    fn after(&mut self, elapsed: Duration, [done, total, events]: [u64; 3], on: impl FnOnce() -> ProgressDrawTarget) {
        if self.bar.is_none() && elapsed < PATIENCE {
            return;
        }
        let is_new = self.bar.is_none();
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template(TEMPLATE);
            // It is drawn for the first time once it knows how far the work is.
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        bar.set_message(pace(self.verb, elapsed, events));
        bar.set_prefix(left(elapsed, done, total));
        bar.set_length(total);
        bar.set_position(done);
        if is_new {
            bar.set_draw_target(on());
            bar.tick();
        }
    }
}

/// `reading 1,234,567 events/s`.
fn pace(verb: &str, elapsed: Duration, events: u64) -> String {
    match u128::from(events) * 1000 / elapsed.as_millis().max(1) {
        0 => verb.to_owned(),
        rate => format!("{verb} {} events/s", thousands(i128::try_from(rate).unwrap_or(i128::MAX))),
    }
}

/// `, 5 seconds left`, as if the rest went as what is done. A bar that appears late cannot tell it by its own clock.
fn left(elapsed: Duration, done: u64, total: u64) -> String {
    let rest = total.saturating_sub(done);
    if done == 0 || rest == 0 {
        return String::new();
    }
    let milliseconds = elapsed.as_millis() * u128::from(rest) / u128::from(done);
    // Whole seconds, rounded up: nobody waits for less than one.
    let seconds = u64::try_from(milliseconds.div_ceil(1000)).unwrap_or(u64::MAX);
    format!(", {} left", HumanDuration(Duration::from_secs(seconds)))
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use std::io;
    use std::sync::{Arc, Mutex};

    const MIB: u64 = 1 << 20;

    /// A terminal of a hundred columns and one line, which it holds.
    #[derive(Clone, Debug, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl Screen {
        fn target(&self) -> impl FnOnce() -> ProgressDrawTarget {
            let screen = Box::new(self.clone());
            || ProgressDrawTarget::term_like(screen)
        }

        fn shown(&self) -> String {
            self.0.lock().unwrap().trim_end().to_owned()
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            100
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }

        fn clear_line(&self) -> io::Result<()> {
            self.0.lock().unwrap().clear();
            Ok(())
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    fn reading(is_wanted: bool) -> Progress {
        Progress { verb: "reading", watch: Stopwatch::start(), is_wanted, bar: None }
    }

    #[test]
    fn before_half_a_second_there_is_no_bar_and_then_it_says_pace_bytes_and_time_left() {
        let (screen, mut progress) = (Screen::default(), reading(true));
        progress.after(Duration::from_millis(499), [MIB, 8 * MIB, 9], screen.target());
        assert!(progress.bar.is_none());
        progress.after(Duration::from_millis(500), [2 * MIB, 8 * MIB, 617_283], screen.target());
        let bar = format!("{}{}", "█".repeat(9), "░".repeat(27));
        assert_eq!(screen.shown(), format!("reading 1,234,566 events/s {bar} 2.00 MiB of 8.00 MiB, 2 seconds left"));
        drop(progress);
        assert_eq!(screen.shown(), "");
    }

    #[test]
    fn without_a_terminal_there_is_no_bar_however_long_it_takes() {
        let mut progress = reading(false);
        progress.at(1, 2, 3);
        assert!(progress.bar.is_none());
    }

    #[test]
    fn the_time_left_is_that_of_what_is_done() {
        let second = Duration::from_secs(1);
        for (elapsed, done, total, says) in [
            (second, 1, 4, ", 3 seconds left"),
            (second, 3, 4, ", 1 second left"),
            (second * 60, 1, 121, ", 2 hours left"),
            (second, 0, 4, ""),
            (second, 4, 4, ""),
            // What a packed file unpacks to is not known before.
            (second, 5, 4, ""),
            (second, 1, u64::MAX, ", 584942417355 years left"),
        ] {
            assert_eq!(left(elapsed, done, total), says, "{done} of {total}");
        }
    }

    #[test]
    fn a_pace_is_told_of_events_and_not_of_none() {
        assert_eq!(pace("checking", PATIENCE, 0), "checking");
        assert_eq!(pace("importing", Duration::ZERO, 7), "importing 7,000 events/s");
    }
}
