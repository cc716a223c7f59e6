//! Which of the files known from before each file is: most by their path, the others (renamed, rotated, compressed,
//! unpacked) by their content.

use super::checkpoint::{Change, Checkpoint, Comparison, END_BYTES, Stamp, compare, compare_content, head};
use super::sources::Source;
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::Path;

/// A file known from before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Which of the recorded checkpoints is about its content.
    pub recorded: usize,
    /// Never [`Change::Replaced`].
    pub comparison: Comparison,
}

/// For each of the files what is known of its content, `None` for one to be read from its start. No checkpoint is given
/// to two files: lines that stand in two files count twice.
///
/// A file that cannot be compared is to be read as well; whoever does finds out what is wrong with it.
pub fn trace(sources: &[Source], recorded: &[(&Path, &Checkpoint)]) -> Vec<Option<Known>> {
    let by_path: HashMap<&Path, usize> = recorded.iter().enumerate().map(|(at, (path, _))| (*path, at)).collect();
    let mut known: Vec<Option<Known>> = Vec::with_capacity(sources.len());
    for source in sources {
        let at = by_path.get(source.path.as_path());
        known.push(at.and_then(|at| found(*at, compare(recorded[*at].1, source))));
    }
    let claimed: BTreeSet<usize> = known.iter().flatten().map(|known| known.recorded).collect();
    let mut free: Vec<usize> =
        (0..recorded.len()).filter(|at| recorded[*at].1.committed > 0 && !claimed.contains(at)).collect();
    // A file may begin with the content of several: the longest saves most.
    free.sort_by_key(|at| std::cmp::Reverse(recorded[*at].1.committed));
    for (source, known) in sources.iter().zip(&mut known).filter(|(_, known)| known.is_none()) {
        if free.is_empty() {
            break;
        }
        *known = continued(source, recorded, &free);
        free.retain(|at| known.is_none_or(|known| known.recorded != *at));
    }
    known
}

/// The first of the free checkpoints whose content this file begins with.
fn continued(source: &Source, recorded: &[(&Path, &Checkpoint)], free: &[usize]) -> Option<Known> {
    let stamp = Stamp::of(&source.path).ok()?;
    let head = head(source, END_BYTES).ok()?;
    free.iter().find_map(|at| {
        let (path, checkpoint) = recorded[*at];
        let may_be = path != source.path && checkpoint.has_head(&head);
        may_be.then(|| found(*at, compare_content(checkpoint, source, stamp, false))).flatten()
    })
}

fn found(recorded: usize, comparison: io::Result<Comparison>) -> Option<Known> {
    let comparison = comparison.ok().filter(|comparison| comparison.change != Change::Replaced)?;
    Some(Known { recorded, comparison })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Encoding, sources, take};
    use std::io::Write as _;
    use std::path::PathBuf;

    /// A directory, and the checkpoints of what was in it.
    struct Home {
        dir: tempfile::TempDir,
        recorded: Vec<(PathBuf, Checkpoint)>,
    }

    const LATER_NS: i64 = i64::MAX / 2;

    impl Home {
        fn with(files: &[(&str, &str)]) -> Home {
            let mut home = Home { dir: tempfile::tempdir().unwrap(), recorded: Vec::new() };
            for (name, content) in files {
                home.write(name, content);
            }
            for source in home.sources() {
                let stamp = Stamp::of(&source.path).unwrap();
                let taken = take(&source, 0..u64::MAX, true, |_| {}).unwrap();
                home.recorded.push((source.path.clone(), Checkpoint::new(&source, stamp, LATER_NS, &[taken]).unwrap()));
            }
            home
        }

        fn path(&self, name: &str) -> PathBuf {
            self.dir.path().join(name)
        }

        fn write(&self, name: &str, content: &str) {
            let bytes = if name.ends_with(".gz") {
                let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                gzip.write_all(content.as_bytes()).unwrap();
                gzip.finish().unwrap()
            } else if name.ends_with(".zst") {
                zstd::encode_all(content.as_bytes(), 1).unwrap()
            } else {
                content.into()
            };
            std::fs::write(self.path(name), bytes).unwrap();
        }

        fn rename(&self, from: &str, to: &str) {
            std::fs::rename(self.path(from), self.path(to)).unwrap();
        }

        fn sources(&self) -> Vec<Source> {
            sources(self.dir.path()).unwrap().0
        }

        /// `new name: old name and what became of it`.
        fn traced(&self) -> Vec<String> {
            let recorded: Vec<_> =
                self.recorded.iter().map(|(path, checkpoint)| (path.as_path(), checkpoint)).collect();
            let sources = self.sources();
            let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
            let known = trace(&sources, &recorded);
            let lines = sources.iter().zip(known).map(|(source, known)| match known {
                None => format!("{}: new", name(&source.path)),
                Some(Known { recorded, comparison }) => {
                    let old = name(&self.recorded[recorded].0);
                    format!("{}: {old} {:?}", name(&source.path), comparison.change)
                }
            });
            lines.collect()
        }
    }

    #[test]
    fn a_file_rotated_by_renaming_keeps_its_content() {
        let home = Home::with(&[("a.jsonl", "1\n2\n"), ("a-1.jsonl", "older\n"), ("b.jsonl", "b\n")]);
        home.rename("a-1.jsonl", "a-2.jsonl");
        home.rename("a.jsonl", "a-1.jsonl");
        home.write("a.jsonl", "3\n4\n5\n");
        let expected =
            ["a-1.jsonl: a.jsonl Same", "a-2.jsonl: a-1.jsonl Same", "a.jsonl: new", "b.jsonl: b.jsonl Same"];
        assert_eq!(home.traced(), expected);
    }

    #[test]
    fn a_file_copied_and_truncated_keeps_its_content() {
        let home = Home::with(&[("a.jsonl", "1\n2\n")]);
        home.write("a-1.jsonl", "1\n2\n3\n");
        home.write("a.jsonl", "");
        assert_eq!(home.traced(), ["a-1.jsonl: a.jsonl Grown", "a.jsonl: new"]);
    }

    #[test]
    fn a_file_compressed_or_unpacked_keeps_its_content() {
        let home = Home::with(&[("a.jsonl", "1\n2\n"), ("b.jsonl", "x\ny"), ("c.jsonl.zst", "c\n")]);
        for name in ["a.jsonl", "b.jsonl", "c.jsonl.zst"] {
            std::fs::remove_file(home.path(name)).unwrap();
        }
        home.write("a.jsonl.gz", "1\n2\n3\n");
        home.write("b.jsonl.zst", "x\ny");
        home.write("c.jsonl", "c\n");
        let expected = ["a.jsonl.gz: a.jsonl Grown", "b.jsonl.zst: b.jsonl Same", "c.jsonl: c.jsonl.zst Same"];
        assert_eq!(home.traced(), expected);
        // What follows in a compressed file can be read from there.
        let source = &home.sources()[0];
        assert_eq!(source.encoding, Encoding::Gzip);
        let taken = take(source, 4..u64::MAX, true, |_| {}).unwrap();
        let checkpoint =
            home.recorded[0].1.extended(source, Stamp::of(&source.path).unwrap(), LATER_NS, &[taken]).unwrap();
        assert_eq!((checkpoint.committed, checkpoint.lines), (6, 3));
        assert_eq!(compare(&checkpoint, source).unwrap().change, Change::Same);
    }

    #[test]
    fn of_two_files_with_equal_content_one_is_the_old_one() {
        let home = Home::with(&[("a.jsonl", "1\n"), ("empty.jsonl", "")]);
        home.rename("a.jsonl", "c.jsonl");
        home.write("b.jsonl", "1\n");
        std::fs::remove_file(home.path("empty.jsonl")).unwrap();
        assert_eq!(home.traced(), ["b.jsonl: a.jsonl Same", "c.jsonl: new"]);
        let home = Home::with(&[("a.jsonl", "1\n")]);
        home.write("copy.jsonl", "1\n");
        assert_eq!(home.traced(), ["a.jsonl: a.jsonl Same", "copy.jsonl: new"]);
    }

    #[test]
    fn the_longest_content_that_fits_is_taken() {
        let home = Home::with(&[("a.jsonl", "1\n"), ("b.jsonl", "1\n2\n")]);
        home.rename("a.jsonl", "x.jsonl");
        home.rename("b.jsonl", "y.jsonl");
        home.write("y.jsonl", "1\n2\n3\n");
        assert_eq!(home.traced(), ["x.jsonl: a.jsonl Same", "y.jsonl: b.jsonl Grown"]);
    }
}
