//! The store on SQLite: one connection that writes, a pool that only reads, every commit on disk before it returns.

mod questions;

mod posts;

mod conversations;

mod heard;

mod settings;

mod jobs;

mod migrations;

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::conversation::ports::Store;

/// How many connections may read at the same time.
const READERS: u32 = 4;

/// The store on SQLite.
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// Why the database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer Footnote wrote it.
    #[error(
        "the database {path} was written by a newer Footnote: start that one again, or restore a backup"
    )]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// It is damaged, or no database. It is left as it is.
    #[error(
        "the database {path} cannot be read ({reason}): restore it from a backup, or move it away to begin anew"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
}

impl SqliteStore {
    /// Opens the database, making it and bringing its tables up to date as needed.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let damaged = |error: sqlx::Error| OpenError::Damaged {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // What is withdrawn is overwritten: SQLite would only mark its room as free.
            .pragma("secure_delete", "ON")
            .foreign_keys(true);
        // A second writer would only wait for the first, or fail; one connection makes them queue in order.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(damaged)?;
        migrations::run(path, &writer).await?;
        let reading = options.create_if_missing(false).read_only(true);
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(0)
            .connect_lazy_with(reading);
        Ok(Self { writer, readers })
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn close(&self) {
        self.readers.close().await;
        // Leaves one file behind instead of three; a failure costs nothing but that.
        let _unfolded = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&self.writer)
            .await;
        self.writer.close().await;
    }
}
