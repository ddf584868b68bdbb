//! Keeps what was read of each file, so that only files that changed are read again. A record that is damaged is as if it
//! had never been kept; nothing here reads a document.

use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHasher};
use serde::{Deserialize, Serialize};

use super::listing::File;
use super::reading::Reading;
use crate::engines::corpus::disk::{self, VERSION};

const MAGIC: &[u8; 8] = b"FOOTREAD";

/// The largest record that is kept, and that is believed.
const MAX_RECORD_BYTES: usize = 64 * 1024 * 1024;

/// What is kept of the files of one place, such as a folder.
#[derive(Debug)]
pub(crate) struct Extracts {
    path: PathBuf,
    kept: FxHashMap<String, Record>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    file: String,
    size_bytes: u64,
    stamp: u64,
    reading: Reading,
}

/// The same, not owned.
#[derive(Serialize)]
struct RecordOf<'a> {
    file: &'a str,
    size_bytes: u64,
    stamp: u64,
    reading: &'a Reading,
}

impl Extracts {
    /// What `folder` keeps of `place`; nothing when there is nothing, or nothing that this version wrote.
    pub(crate) fn load(folder: &Path, place: impl Hash) -> Self {
        let mut name = FxHasher::default();
        place.hash(&mut name);
        let path = folder.join(format!("{:016x}.extracts", name.finish()));
        let mut kept = FxHashMap::default();
        if let Ok(file) = fs::File::open(&path) {
            let mut records = Records(BufReader::new(file));
            if records.begins_well() {
                kept.extend(records.map(|record| (record.file.clone(), record)));
            }
        }
        Self { path, kept }
    }

    /// What is kept of a file, unless it changed since.
    pub(crate) fn take(&mut self, file: &File) -> Option<Reading> {
        let record = self.kept.remove(file.path.to_str()?)?;
        let same = record.size_bytes == file.size_bytes && record.stamp == file.stamp;
        same.then_some(record.reading)
    }

    /// Whether files are kept that nobody took: they are gone.
    pub(crate) fn has_more(&self) -> bool {
        !self.kept.is_empty()
    }

    /// Keeps these readings and no others.
    ///
    /// # Errors
    ///
    /// What the system says when the folder cannot be written.
    pub(crate) fn save(&self, files: &[File], readings: &[Reading]) -> io::Result<()> {
        disk::replace(&self.path, |out| write(out, files, readings))
    }
}

fn write(out: &mut impl Write, files: &[File], readings: &[Reading]) -> io::Result<()> {
    out.write_all(MAGIC)?;
    out.write_all(&VERSION.to_le_bytes())?;
    for (file, reading) in files.iter().zip(readings) {
        // A file whose name is no text is read every time.
        let Some(name) = file.path.to_str() else {
            continue;
        };
        let record = RecordOf {
            file: name,
            size_bytes: file.size_bytes,
            stamp: file.stamp,
            reading,
        };
        let bytes = postcard::to_allocvec(&record).map_err(io::Error::other)?;
        if bytes.len() <= MAX_RECORD_BYTES {
            out.write_all(&(bytes.len() as u64).to_le_bytes())?;
            out.write_all(&sum(&bytes).to_le_bytes())?;
            out.write_all(&bytes)?;
        }
    }
    Ok(())
}

/// The records of a file up to the first that is damaged.
struct Records<R>(R);

impl<R: Read> Records<R> {
    fn begins_well(&mut self) -> bool {
        let magic = self.bytes::<8>();
        let version = self.bytes::<8>();
        magic.as_ref() == Some(MAGIC) && version == Some(VERSION.to_le_bytes())
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let length = u64::from_le_bytes(self.bytes()?);
        let expected = u64::from_le_bytes(self.bytes()?);
        let length = usize::try_from(length).ok()?;
        if length > MAX_RECORD_BYTES {
            return None;
        }
        let mut bytes = Vec::new();
        let mut record = self.0.by_ref().take(length as u64);
        record.read_to_end(&mut bytes).ok()?;
        let whole = bytes.len() == length && sum(&bytes) == expected;
        whole.then(|| postcard::from_bytes(&bytes).ok())?
    }
}

fn sum(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(name: &str, stamp: u64) -> File {
        File {
            path: PathBuf::from(name),
            size_bytes: 3,
            changed: 0,
            stamp,
        }
    }

    /// Three files and what was read of them, as kept in `folder`.
    fn saved(folder: &Path) -> (Vec<File>, Vec<Reading>) {
        let files = vec![file("a.md", 1), file("b.md", 1), file("c.md", 1)];
        let readings = ["one", "two", "three"].map(Reading::nothing).to_vec();
        Extracts::load(folder, "place")
            .save(&files, &readings)
            .unwrap();
        (files, readings)
    }

    #[test]
    fn what_did_not_change_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let (files, readings) = saved(folder.path());
        let mut extracts = Extracts::load(folder.path(), "place");
        assert_eq!(extracts.take(&files[0]).as_ref(), Some(&readings[0]));
        assert_eq!(extracts.take(&file("b.md", 2)), None, "changed since");
        assert_eq!(extracts.take(&file("d.md", 1)), None, "never read");
        assert!(extracts.has_more(), "c.md is gone");
        assert!(!Extracts::load(folder.path(), "other").has_more());
    }

    proptest! {
        /// A file in which anything was changed, cut or added gives what was kept, or less of it: never anything else.
        #[test]
        fn a_damaged_file_gives_nothing_wrong(at in 0_usize..400, to in any::<u8>(), cut in 0_usize..400, tail in proptest::collection::vec(any::<u8>(), 0..30)) {
            let folder = tempfile::tempdir().unwrap();
            let (files, readings) = saved(folder.path());
            let path = Extracts::load(folder.path(), "place").path;
            let mut bytes = fs::read(&path).unwrap();
            bytes.truncate(bytes.len().saturating_sub(cut % 2 * cut));
            if let Some(byte) = bytes.get_mut(at) {
                *byte = to;
            }
            bytes.extend(tail);
            fs::write(&path, bytes).unwrap();
            let mut extracts = Extracts::load(folder.path(), "place");
            for (file, reading) in files.iter().zip(&readings) {
                prop_assert!(extracts.take(file).is_none_or(|kept| kept == *reading));
            }
            prop_assert!(!extracts.has_more());
        }
    }
}
