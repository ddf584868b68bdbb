//! Keeps an index in one file and loads it again. A file that is older, damaged or of other
//! documents is not used; nothing here builds an index.

use std::fs::File;
use std::hash::Hasher;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};

use super::head::Head;
use super::store::Store;
use crate::engines::corpus::disk::{self, VERSION};
use crate::engines::corpus::report::Report;

const MAGIC: &[u8; 8] = b"FOOTNOTE";

/// Magic, version, and four numbers, of eight bytes each.
const HEADER_BYTES: usize = 6 * 8;

/// The largest head that is believed.
const MAX_HEAD_BYTES: u64 = 512 * 1024 * 1024;

const CHUNK_BYTES: usize = 1024 * 1024;

/// What is loaded at once; the rest stays in the file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) head: Head,
    pub(crate) report: Report,
}

/// Where the index is kept inside its folder.
pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join("corpus.index")
}

/// Keeps the index in place of the one before.
///
/// # Errors
///
/// What the system says when the folder cannot be written.
pub(crate) fn save(folder: &Path, fingerprint: u64, kept: &Kept, body: &[u8]) -> io::Result<()> {
    let head = postcard::to_allocvec(kept).map_err(io::Error::other)?;
    let mut sum = Checksum::default();
    sum.add(&head);
    sum.add(body);
    let numbers = [
        fingerprint,
        head.len() as u64,
        body.len() as u64,
        sum.value(),
    ];
    disk::replace(&path(folder), |file| {
        file.write_all(MAGIC)?;
        file.write_all(&VERSION.to_le_bytes())?;
        for number in numbers {
            file.write_all(&number.to_le_bytes())?;
        }
        file.write_all(&head)?;
        file.write_all(body)?;
        file.flush()?;
        file.get_ref().sync_all()
    })
}

/// The kept index, when there is one of exactly these documents and every byte of it is as it was
/// written.
pub(crate) fn load(folder: &Path, fingerprint: u64) -> Option<(Kept, Store)> {
    let mut file = File::open(path(folder)).ok()?;
    let mut header = [0; HEADER_BYTES];
    file.read_exact(&mut header).ok()?;
    let (magic, rest) = header.split_first_chunk::<8>()?;
    let (version, mut rest) = rest.split_first_chunk::<8>()?;
    let mut number = || {
        let (number, after) = rest.split_first_chunk::<8>()?;
        rest = after;
        Some(u64::from_le_bytes(*number))
    };
    let (documents, head_bytes, body_bytes, sum) = (number()?, number()?, number()?, number()?);
    let known =
        magic == MAGIC && u64::from_le_bytes(*version) == VERSION && documents == fingerprint;
    let expected = (HEADER_BYTES as u64)
        .checked_add(head_bytes)?
        .checked_add(body_bytes)?;
    if !known || head_bytes > MAX_HEAD_BYTES || file.metadata().ok()?.len() != expected {
        return None;
    }
    let mut head = vec![0; usize::try_from(head_bytes).ok()?];
    file.read_exact(&mut head).ok()?;
    if checksum(&head, &mut file).ok()? != sum {
        return None;
    }
    let kept = postcard::from_bytes(&head).ok()?;
    let start = HEADER_BYTES as u64 + head_bytes;
    file.seek(SeekFrom::Start(start)).ok()?;
    Some((
        kept,
        Store::File {
            file: Mutex::new(file),
            start,
        },
    ))
}

/// The sum of the head and of all that follows in the file.
fn checksum(head: &[u8], file: &mut File) -> io::Result<u64> {
    let mut sum = Checksum::default();
    sum.add(head);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok(sum.value());
        }
        sum.add(chunk.get(..read).unwrap_or_default());
    }
}

/// Sums bytes whatever pieces they come in.
#[derive(Default)]
struct Checksum {
    hasher: FxHasher,
    pending: Vec<u8>,
}

impl Checksum {
    fn add(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let taken = bytes.len().min(CHUNK_BYTES - self.pending.len());
            let (now, later) = bytes.split_at(taken);
            self.pending.extend(now);
            bytes = later;
            if self.pending.len() == CHUNK_BYTES {
                self.hasher.write(&self.pending);
                self.pending.clear();
            }
        }
    }

    fn value(mut self) -> u64 {
        self.hasher.write(&self.pending);
        self.hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn kept() -> Kept {
        Kept {
            head: Head::default(),
            report: Report {
                files: 7,
                ..Report::default()
            },
        }
    }

    #[test]
    fn what_was_kept_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        save(folder.path(), 9, &kept(), b"body").unwrap();
        let (kept, store) = load(folder.path(), 9).unwrap();
        assert_eq!(kept.report.files, 7);
        assert_eq!(store.read(1, 3), b"od");
        assert_eq!(store.read(3, 9), b"");
        assert!(load(folder.path(), 8).is_none(), "other documents");
    }

    #[test]
    fn no_single_damaged_byte_is_believed() {
        let folder = tempfile::tempdir().unwrap();
        save(folder.path(), 9, &kept(), b"body").unwrap();
        let sound = fs::read(path(folder.path())).unwrap();
        for at in 0..sound.len() {
            let mut damaged = sound.clone();
            damaged[at] ^= 0x55;
            fs::write(path(folder.path()), damaged).unwrap();
            assert!(load(folder.path(), 9).is_none(), "byte {at}");
        }
        for length in 0..sound.len() {
            fs::write(path(folder.path()), &sound[..length]).unwrap();
            assert!(load(folder.path(), 9).is_none(), "length {length}");
        }
    }

    #[test]
    fn the_sum_does_not_depend_on_the_pieces() {
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| n as u8).collect();
        let (mut whole, mut pieces) = (Checksum::default(), Checksum::default());
        whole.add(&bytes);
        bytes.chunks(777_777).for_each(|piece| pieces.add(piece));
        assert_eq!(whole.value(), pieces.value());
    }
}
