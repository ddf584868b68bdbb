//! Keeps jobs in SQLite: one connection, every commit on disk before it returns. Alone names sqlx; reads no clock and
//! decides nothing about answers.

/// The columns that [`job`] reads. The request is not among them: it may be long, and nobody is shown it.
macro_rules! shown {
    () => {
        "id, model, status, created_at, started_at, completed_at, failed_at, error_message, engine, response"
    };
}

mod look;
mod open;
mod submit;
#[cfg(test)]
mod tests;
mod work;

pub use open::OpenError;
pub(super) use submit::{NewJob, Submitted};
pub(super) use work::{Begun, Waiting};

use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row, SqliteConnection};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

use super::job::{Entry, Job, Status};

/// The jobs. One connection makes all who use it queue in order: SQLite lets only one write anyway.
#[derive(Debug)]
pub(super) struct Store(Mutex<Option<SqliteConnection>>);

/// Why the store did not do what it was asked to. The caller can only try again later.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    #[error("it is closed")]
    Closed,
    #[error(transparent)]
    Sqlite(#[from] sqlx::Error),
}

type Result<T> = std::result::Result<T, StoreError>;

impl Store {
    async fn connection(&self) -> Result<MappedMutexGuard<'_, SqliteConnection>> {
        MutexGuard::try_map(self.0.lock().await, Option::as_mut).map_err(|_| StoreError::Closed)
    }

    /// Lets go of the file.
    pub(super) async fn close(&self) {
        let Some(mut connection) = self.0.lock().await.take() else {
            return;
        };
        // Leaves one file behind instead of two; a failure costs nothing but that.
        let _unfolded = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&mut connection)
            .await;
        if let Err(error) = connection.close().await {
            tracing::warn!(%error, "the file of the jobs was not closed in order");
        }
    }
}

fn entry(row: &SqliteRow) -> Result<Entry> {
    let status: &str = row.try_get("status")?;
    let unknown = || sqlx::Error::Decode(format!("no job has the status {status}").into());
    Ok(Entry {
        id: row.try_get("id")?,
        model: row.try_get("model")?,
        status: Status::named(status).ok_or_else(unknown)?,
        created_at: row.try_get("created_at")?,
        started_at: row.try_get("started_at")?,
        completed_at: row.try_get("completed_at")?,
        failed_at: row.try_get("failed_at")?,
    })
}

fn job(row: &SqliteRow) -> Result<Job> {
    let response: Option<String> = row.try_get("response")?;
    let unreadable = |error: serde_json::Error| sqlx::Error::Decode(error.into());
    Ok(Job {
        entry: entry(row)?,
        error_message: row.try_get("error_message")?,
        response: response
            .map(serde_json::value::RawValue::from_string)
            .transpose()
            .map_err(unreadable)?,
        engine: row.try_get("engine")?,
    })
}
