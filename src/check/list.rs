//! Listing: the lines that could not be read, byte by byte as they are, so that they can be repaired.

use super::Checked;
use super::reading::is_pending;
use crate::event;
use crate::log::{self, Piece};
use anyhow::{Context as _, Result};
use std::io::{self, Write};

/// What was listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    pub lines: u64,
    /// Lines that are too long to be held, and to be listed.
    pub too_long: u64,
    /// The number of each file that lines are from, with their numbers in the list, from 1.
    pub(super) parts: Vec<(usize, u64, u64)>,
}

/// Writes every skipped line to `out`, in the order of files and lines, each ended by a newline.
///
/// # Errors
/// A line cannot be written. What a file cannot give any more is not listed.
pub fn list(checked: &Checked, out: &mut impl Write) -> Result<Listed> {
    let mut listed = Listed::default();
    for (at, (file, source)) in checked.files.iter().zip(&checked.sources).enumerate() {
        if file.skipped == 0 {
            continue;
        }
        let before = listed.lines;
        let mut written: io::Result<()> = Ok(());
        // A file that breaks off has been named, and gives the same lines again.
        let _ = log::lines(source, 0..u64::MAX, |piece| match piece {
            Piece::TooLong { .. } => listed.too_long += 1,
            Piece::Line { bytes, is_terminated, .. } => {
                let is_skipped = event::parse_line(bytes).is_err_and(|skip| !is_pending(skip, is_terminated));
                if is_skipped && written.is_ok() {
                    written = out.write_all(bytes).and_then(|()| out.write_all(b"\n"));
                    listed.lines += 1;
                }
            }
        });
        written.context("cannot write the list")?;
        if listed.lines > before {
            listed.parts.push((at, before + 1, listed.lines));
        }
    }
    Ok(listed)
}
