//! Opens the file of the jobs, brings its tables up to date, and puts back what a dead process had begun.

use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlSafeStr, SqliteConnection};
use tokio::sync::Mutex;

use super::Store;
use crate::jobs::handed_over::UNKNOWN;

/// Why the file of the jobs cannot be used. Each is a sentence with its mend.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another server has it.
    #[error(
        "another server keeps its jobs in {path}: stop that one, or give this one another file"
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A newer version wrote it.
    #[error(
        "the jobs in {path} were written by a newer version: start that one again, or move the file away"
    )]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be made, read or written.
    #[error(
        "the file of the jobs {path} cannot be used ({source}): mend its path, or the permissions"
    )]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is damaged, or no database. It is left as it is.
    #[error(
        "the jobs in {path} cannot be read ({reason}): restore the file from a backup, or move it away to begin anew"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
}

impl Store {
    /// Opens the file, or memory for none. Jobs that a dead process had begun wait again, unless they were begun `attempts`
    /// times: those have failed at `now`.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub(in crate::jobs) async fn open(
        file: Option<&Path>,
        attempts: u32,
        now: i64,
    ) -> Result<Self, OpenError> {
        let path = file.unwrap_or(Path::new(":memory:"));
        if file.is_some() {
            make(path).map_err(|source| OpenError::Unusable {
                path: path.to_owned(),
                source,
            })?;
        }
        let refused = |error: sqlx::Error| refusal(path, &error);
        let mut connection = options(path).connect().await.map_err(refused)?;
        migrate(path, &mut connection).await?;
        put_back(&mut connection, attempts, now)
            .await
            .map_err(refused)?;
        Ok(Self(Mutex::new(Some(connection))))
    }
}

/// Makes the file for its owner alone, and so any folder on the way: it holds what people asked.
fn make(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    std::fs::File::options()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map(drop)
}

/// The exclusive lock keeps a second server out, and the system lets go of it however a process ends.
fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .locking_mode(SqliteLockingMode::Exclusive)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::ZERO)
}

async fn migrate(path: &Path, connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let scripts = [
        ("jobs", include_str!("0001_jobs.sql")),
        ("runs", include_str!("0002_runs.sql")),
        ("began", include_str!("0003_began.sql")),
    ];
    let migrations = (1..).zip(scripts).map(|(number, (name, script))| {
        let script = script.into_sql_str();
        Migration::new(number, name.into(), MigrationType::Simple, script, false)
    });
    let migrator = Migrator::with_migrations(migrations.collect());
    migrator
        .run(connection)
        .await
        .map_err(|error| match &error {
            MigrateError::VersionMissing(_) => OpenError::Newer {
                path: path.to_owned(),
            },
            MigrateError::Execute(sqlite) => refusal(path, sqlite),
            other => OpenError::Damaged {
                path: path.to_owned(),
                reason: other.to_string(),
            },
        })
}

fn refusal(path: &Path, error: &sqlx::Error) -> OpenError {
    /// SQLite's code for a file that another has locked; further bits tell in which way.
    const BUSY: u32 = 5;
    let code = error.as_database_error().and_then(|error| error.code());
    let code = code.and_then(|code| code.parse::<u32>().ok());
    let path = path.to_owned();
    if code.is_some_and(|code| code & 0xff == BUSY) {
        return OpenError::InUse { path };
    }
    OpenError::Damaged {
        path,
        reason: error.to_string(),
    }
}

/// What a dead process had begun is begun again, unless it was begun too often.
async fn put_back(
    connection: &mut SqliteConnection,
    attempts: u32,
    now: i64,
) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Which of them the service took, nobody knows. A job without a key is one that nobody was told of.
    sqlx::query("DELETE FROM job WHERE handing_over AND idempotency_key IS NULL")
        .execute(&mut *transaction)
        .await?;
    sqlx::query(
        "UPDATE job SET status = 'FAILED', failed_at = $1, request = NULL, handing_over = 0, error_message = $2 \
         WHERE handing_over",
    )
    .bind(now)
    .bind(UNKNOWN)
    .execute(&mut *transaction)
    .await?;
    let failed = sqlx::query(
        "UPDATE job SET status = 'FAILED', failed_at = $1, request = NULL, \
         error_message = 'The server ended ' || attempts || ' times while it worked on this request, and does not try again.' \
         WHERE status = 'IN_PROGRESS' AND attempts >= $2 AND run IS NULL",
    )
    .bind(now)
    .bind(i64::from(attempts))
    .execute(&mut *transaction)
    .await?;
    let again = sqlx::query(
        "UPDATE job SET status = 'CREATED', started_at = NULL WHERE status = 'IN_PROGRESS'",
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    let (failed, again) = (failed.rows_affected(), again.rows_affected());
    if failed + again > 0 {
        tracing::warn!(
            again,
            failed,
            "the last process died while it worked on jobs"
        );
    }
    Ok(())
}
