//! Any bytes, as a log: whatever the scanner says of a line, `parse_line` says too.
//!
//! `cargo +nightly fuzz run --fuzz-dir tests/fuzz scan`; a log of sound lines is a good first corpus:
//! `fixtures/messy-log` holds one.

#![no_main]

#[path = "../../scan/agreement.rs"]
mod agreement;

use libfuzzer_sys::fuzz_target;
use prompt_analytics::event::Scanner;

fuzz_target!(|log: &[u8]| {
    let mut scanner = Scanner::new();
    // Twice, so that every line finds the shapes of all.
    for line in log.split(|byte| *byte == b'\n').chain(log.split(|byte| *byte == b'\n')) {
        agreement::is_answered(&mut scanner, line);
    }
});
