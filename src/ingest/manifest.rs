//! The manifest: which log files a cache knows, what they were, and in which files their columns are. It is one file that is
//! replaced as a whole; what it does not name is not there.

use crate::frame::container::{Damage, LAYOUT_VERSION};
use crate::log::{Checkpoint, Digest, Sibling, path_text};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::PathBuf;

const MAGIC: &str = "prompt-analytics manifest ";
/// The digest of all before it, on a line of its own.
const TRAILER_BYTES: usize = 32 + 1;

/// The names of so many lines are carried along whatever became of them.
const FEW_LINES: u64 = 100_000;

/// What a cache knows of a metrics directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the program that wrote it, for a person who wonders.
    pub program: String,
    pub files: Vec<LogFile>,
    /// What was found of files in two forms.
    pub siblings: Vec<Sibling>,
    /// The files of names that the codes in segments stand for.
    pub names: Vec<Stored>,
    /// The lines that these names were met in, whether or not their files are still there.
    pub lines_named: u64,
    pub resolution: Option<Resolution>,
}

/// A log file and where its columns are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFile {
    /// Relative to the metrics directory.
    #[serde(with = "path_text")]
    pub path: PathBuf,
    pub checkpoint: Checkpoint,
    /// In the order of their lines.
    pub segments: Vec<SegmentFile>,
}

/// A segment and which lines it is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentFile {
    #[serde(flatten)]
    pub stored: Stored,
    /// What it is called among the segments of the log; no two ever have the same.
    pub serial: u32,
}

/// A file of the cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Its name in the directory of the cache. No two files ever have the same one.
    pub name: String,
    /// The seal of its container.
    pub seal: u64,
}

/// What other lines make of the rows of each segment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// The files that it is in, one for each segment.
    pub stored: Vec<Stored>,
    /// The serial numbers of these segments: all that were known beside each other.
    pub serials: Vec<u32>,
}

impl Manifest {
    /// Whether most names are of lines that are gone. Then it is cheaper to make the cache again, once for as many lines as
    /// went, than to carry them along for ever.
    pub fn is_mostly_gone(&self) -> bool {
        let lines: u64 = self.files.iter().map(|file| file.checkpoint.lines).sum();
        self.lines_named > 2 * lines + FEW_LINES
    }

    /// All files of the cache that it names.
    pub fn stored(&self) -> impl Iterator<Item = &Stored> {
        let segments = self.files.iter().flat_map(|file| &file.segments).map(|segment| &segment.stored);
        segments.chain(&self.names).chain(self.resolution.iter().flat_map(|resolution| &resolution.stored))
    }

    /// Its bytes on disk: a line that says what it is, one of JSON, and one with the digest of both.
    ///
    /// # Errors
    /// The opaque part cannot be written as JSON.
    pub fn written(&self) -> io::Result<Vec<u8>> {
        let mut bytes = format!("{MAGIC}{LAYOUT_VERSION}\n").into_bytes();
        serde_json::to_writer(&mut bytes, self)?;
        bytes.push(b'\n');
        let digest = Digest::of(&bytes);
        bytes.extend_from_slice(format!("{digest}\n").as_bytes());
        Ok(bytes)
    }

    /// Reads what [`written`](Manifest::written) gives.
    ///
    /// # Errors
    /// The bytes are others, or of another version.
    pub fn read(bytes: &[u8]) -> Result<Manifest, Damage> {
        let Some(rest) = bytes.strip_prefix(MAGIC.as_bytes()) else {
            return Err(if MAGIC.as_bytes().starts_with(bytes) { Damage::Torn } else { Damage::Foreign });
        };
        let mut lines = rest.splitn(2, |byte| *byte == b'\n');
        let (Some(version), Some(rest)) = (lines.next(), lines.next()) else { return Err(Damage::Torn) };
        let version = std::str::from_utf8(version).ok().and_then(|version| version.parse().ok());
        match version {
            Some(LAYOUT_VERSION) => {}
            Some(found) => return Err(Damage::OtherVersion { found }),
            None => return Err(Damage::Foreign),
        }
        let json = rest.len().checked_sub(TRAILER_BYTES).map(|length| &rest[..length]).ok_or(Damage::Torn)?;
        let (sealed, trailer) = bytes.split_at(bytes.len() - TRAILER_BYTES);
        if trailer != format!("{}\n", Digest::of(sealed)).as_bytes() {
            return Err(if trailer.ends_with(b"\n") { Damage::Checksum } else { Damage::Torn });
        }
        let manifest: Manifest = serde_json::from_slice(json).map_err(|_| Damage::Torn)?;
        if manifest.stored().all(Stored::is_here) { Ok(manifest) } else { Err(Damage::Foreign) }
    }
}

impl Stored {
    /// Whether its name is one in the directory of the cache, and leads nowhere else.
    pub(super) fn is_here(&self) -> bool {
        !self.name.starts_with('.') && !self.name.contains(['/', '\0'])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::log::{Stamp, sources, take};
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::Path;

    pub fn stored(name: &str) -> Stored {
        Stored { name: name.to_owned(), seal: u64::MAX - 1 }
    }

    /// A manifest of a log of two lines, with a name that is no text.
    fn manifest() -> Manifest {
        let home = tempfile::tempdir().unwrap();
        let name = Path::new(OsStr::from_bytes(b"\xff%\n.jsonl"));
        std::fs::write(home.path().join(name), "1\n2\nto").unwrap();
        let source = &sources(home.path()).unwrap().0[0];
        let stamp = Stamp::of(&source.path).unwrap();
        let taken = take(source, 0..u64::MAX, true, |_| {}).unwrap();
        let checkpoint = Checkpoint::new(source, stamp, i64::MAX, &[taken]).unwrap();
        let segment = SegmentFile { stored: stored("a.segment"), serial: 3 };
        Manifest {
            program: "0.1.0".to_owned(),
            files: vec![LogFile { path: name.to_owned(), checkpoint, segments: vec![segment] }],
            siblings: Vec::new(),
            names: vec![stored("b.names")],
            lines_named: 7,
            resolution: Some(Resolution { stored: vec![stored("c.resolution")], serials: vec![3] }),
        }
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        for manifest in [manifest(), Manifest::default()] {
            assert_eq!(Manifest::read(&manifest.written().unwrap()).unwrap(), manifest);
        }
        let names: Vec<String> = manifest().stored().map(|stored| stored.name.clone()).collect();
        assert_eq!(names, ["a.segment", "b.names", "c.resolution"]);
    }

    #[test]
    fn a_torn_manifest_is_not_read() {
        let bytes = manifest().written().unwrap();
        for length in 0..bytes.len() {
            let result = Manifest::read(&bytes[..length]);
            assert!(matches!(result, Err(Damage::Torn | Damage::Checksum)), "{length} bytes: {result:?}");
        }
        assert!(Manifest::read(&[&bytes[..], b"\n"].concat()).is_err());
    }

    #[test]
    fn no_bit_flips_unseen() {
        let bytes = manifest().written().unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(Manifest::read(&flipped).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn what_another_version_wrote_is_not_read() {
        let newer = format!("{MAGIC}{}\nwhatever it likes\n", LAYOUT_VERSION + 1);
        let result = Manifest::read(newer.as_bytes());
        assert!(matches!(result, Err(Damage::OtherVersion { found }) if found == LAYOUT_VERSION + 1));
        for foreign in ["{}\n", "prompt-analytics manifest one\n{}\n"] {
            assert!(matches!(Manifest::read(foreign.as_bytes()), Err(Damage::Foreign)), "{foreign}");
        }
    }

    #[test]
    fn a_manifest_names_no_files_elsewhere() {
        for name in ["../x.segment", "/x.segment", ".lock", ".", "a/b.segment"] {
            let manifest = Manifest { names: vec![stored(name)], ..Manifest::default() };
            assert!(matches!(Manifest::read(&manifest.written().unwrap()), Err(Damage::Foreign)), "{name}");
        }
    }
}
