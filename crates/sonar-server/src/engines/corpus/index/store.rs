//! The bytes behind the index, which are too many to keep in memory: texts and postings. Does not
//! know what they mean.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Mutex;

/// Bytes that are read piece by piece.
#[derive(Debug)]
pub(crate) enum Store {
    /// In memory, when nothing is kept on disk.
    Memory(Vec<u8>),
    /// In a file, from `start` on.
    File {
        /// The lock is held for one short read at a time.
        file: Mutex<File>,
        start: u64,
    },
}

impl Store {
    /// The bytes from `offset` to `end`. A file that can no longer be read gives fewer, and whoever
    /// decodes them then finds nothing there.
    pub(crate) fn read(&self, offset: u64, end: u64) -> Vec<u8> {
        let length = usize::try_from(end.saturating_sub(offset)).unwrap_or(0);
        match self {
            Self::Memory(bytes) => {
                let from = usize::try_from(offset).unwrap_or(usize::MAX);
                let piece = bytes.get(from..from.saturating_add(length));
                piece.unwrap_or_default().to_vec()
            }
            Self::File { file, start } => {
                let mut piece = vec![0; length];
                let Ok(mut file) = file.lock() else {
                    return Vec::new();
                };
                let read = file
                    .seek(SeekFrom::Start(start + offset))
                    .and_then(|_| file.read_exact(&mut piece));
                match read {
                    Ok(()) => piece,
                    Err(error) => {
                        tracing::error!(%error, "the kept index can no longer be read");
                        Vec::new()
                    }
                }
            }
        }
    }
}
