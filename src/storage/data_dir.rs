//! The data directory, and the lock that keeps it with one process. Holds no data itself.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// The name of the lock's file within the directory.
const LOCK: &str = "footnote.lock";

/// The data directory, locked for as long as this lives. The system lets go of the lock when the process ends, however
/// it ends.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another process uses it.
    #[error(
        "another Footnote uses the data directory {path}: stop it, or set FOOTNOTE_DATA_DIR to another one"
    )]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// It cannot be made or written.
    #[error(
        "the data directory {path} cannot be used ({source}): mend FOOTNOTE_DATA_DIR, or the permissions"
    )]
    Unusable {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl DataDir {
    /// Makes the directory when it is missing, and locks it.
    ///
    /// # Errors
    ///
    /// See [`DataDirError`].
    pub fn open(path: &Path) -> Result<Self, DataDirError> {
        let unusable = |source| DataDirError::Unusable {
            path: path.to_owned(),
            source,
        };
        create(path).map_err(unusable)?;
        let lock = File::options()
            .create(true)
            .write(true)
            .truncate(false)
            .open(path.join(LOCK))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(DataDirError::InUse {
                path: path.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// Where the store's database is.
    pub fn database(&self) -> PathBuf {
        self.path.join("footnote.db")
    }
}

/// Makes the directory for its owner alone: it holds what people asked.
fn create(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_process_is_refused_until_the_first_lets_go() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataDir::open(folder.path()).unwrap();
        assert!(matches!(
            DataDir::open(folder.path()),
            Err(DataDirError::InUse { .. })
        ));
        drop(first);
        assert!(DataDir::open(folder.path()).is_ok());
    }

    #[test]
    fn a_file_in_its_place_is_refused_with_a_sentence() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let told = DataDir::open(file.path()).unwrap_err().to_string();
        assert!(told.starts_with("the data directory "), "{told}");
    }
}
