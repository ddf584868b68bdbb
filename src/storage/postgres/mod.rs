//! The store on Postgres, which several processes may share. Its clock is the one that leases are timed by.
//!
//! What is withdrawn is overwritten in its row; the server keeps the room of what was there until it is vacuumed, and its log and its backups as long as
//! its operator has them kept.
//!
//! A transaction whose caller goes away in mid-air would leave its connection within it, for whoever has it next. So every transaction runs to its end in
//! a task of its own, and every connection is brought out of any transaction before it is used again.

mod questions;

mod posts;

mod conversations;

mod heard;

mod settings;

mod jobs;

mod migrations;

use std::borrow::Cow;
use std::str::FromStr as _;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use super::trouble;
use crate::conversation::ports::{Store, StoreError};

/// How many connections are open at the same time, unless something else is said.
const CONNECTIONS: u32 = 8;

/// As long as it is waited for a connection: who asks something is to be told within three seconds that it cannot be kept.
const ACQUIRE: Duration = Duration::from_secs(2);

/// As long as a server that is not on this machine may take to answer at the start.
const CONNECT: Duration = Duration::from_secs(10);

/// What a connection does not wait for longer: a statement, a lock, and us in the middle of a transaction.
const TIMEOUTS: &str = concat!(
    "SET statement_timeout = '5s'; SET lock_timeout = '2s'; ",
    "SET idle_in_transaction_session_timeout = '10s'",
);

/// What transactions hold that must not run beside others of their like, wherever these run: each is a key of Postgres' advisory locks.
#[derive(Clone, Copy, Debug)]
enum Alone {
    /// Questions are taken on: each goes on from the one before it.
    Accepting = 7_021_001,
    /// Settings are changed: the ids of changes rise in the order in which they can be read.
    Setting = 7_021_002,
    /// Turns are given.
    Admitting = 7_021_003,
}

/// The store on Postgres.
pub struct PostgresStore {
    pool: PgPool,
    transactions: TaskTracker,
}

/// Why the database cannot be opened. Holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// What names it is no address of one.
    #[error(
        "storage.database_url (FOOTNOTE_DATABASE_URL) is not the address of a Postgres database: write postgres://user:password@host/database"
    )]
    Address,
    /// It does not answer, or not to us.
    #[error(
        "the database cannot be reached ({reason}): start Postgres, or mend storage.database_url (FOOTNOTE_DATABASE_URL)"
    )]
    Unreachable {
        /// What Postgres or the network said.
        reason: String,
    },
    /// A newer Footnote wrote it.
    #[error(
        "the database was written by a newer Footnote: start that one again, or restore a backup"
    )]
    Newer,
    /// Its tables cannot be brought up to date. They are left as they are.
    #[error(
        "the tables of the database cannot be brought up to date ({reason}): restore it from a backup, or name an empty database"
    )]
    Damaged {
        /// What Postgres said.
        reason: String,
    },
}

impl PostgresStore {
    /// Opens the database that an address names, such as `postgres://user:password@host/database`, making its tables or bringing them up to date as
    /// needed.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub async fn open(address: &SecretString) -> Result<Self, OpenError> {
        Self::open_with(address, CONNECTIONS).await
    }

    /// The same, with at most so many connections at the same time, from 1.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub async fn open_with(address: &SecretString, connections: u32) -> Result<Self, OpenError> {
        let options = options(address)?;
        migrations::run(&options).await?;
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    let set = sqlx::raw_sql(TIMEOUTS).execute(connection).await;
                    set.map(drop)
                })
            })
            // Silent where there is no transaction, ends one that was forgotten, and fails in one that has failed: then the connection is closed.
            .after_release(|connection, _| {
                Box::pin(async move {
                    let ended = sqlx::raw_sql("BEGIN; ROLLBACK").execute(connection).await;
                    ended.map(|_| true)
                })
            })
            .connect_lazy_with(options);
        Ok(Self {
            pool,
            transactions: TaskTracker::new(),
        })
    }

    /// Does something within one transaction, to its end even if nobody waits for it any more. What fails changes nothing.
    async fn transact<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        let pool = self.pool.clone();
        let transaction = self.transactions.spawn(async move {
            let mut transaction = pool.begin().await.map_err(trouble)?;
            match work(&mut transaction).await {
                Ok(done) => transaction.commit().await.map(|()| done).map_err(trouble),
                Err(error) => {
                    // Where this fails too, the connection is closed and the server takes it back.
                    let _taken_back = transaction.rollback().await;
                    Err(error)
                }
            }
        });
        transaction
            .await
            .unwrap_or_else(|ended| Err(StoreError(Box::new(ended))))
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn close(&self) {
        self.transactions.close();
        self.transactions.wait().await;
        self.pool.close().await;
    }
}

/// Whether a database answers, and to us. Changes nothing in it.
///
/// # Errors
///
/// See [`OpenError`].
pub async fn knock(address: &SecretString) -> Result<(), OpenError> {
    let connection = connect(&options(address)?).await?;
    // The server notices by itself when this does not reach it.
    let _closed = connection.close().await;
    Ok(())
}

fn options(address: &SecretString) -> Result<PgConnectOptions, OpenError> {
    PgConnectOptions::from_str(address.expose_secret().trim())
        .map(|options| options.application_name("footnote"))
        .map_err(|_| OpenError::Address)
}

/// A connection of its own, that waits for what it does as long as that takes.
async fn connect(options: &PgConnectOptions) -> Result<PgConnection, OpenError> {
    let connected = timeout(CONNECT, PgConnection::connect_with(options)).await;
    let reason = match connected {
        Ok(Ok(connection)) => return Ok(connection),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", CONNECT.as_secs()),
    };
    Err(OpenError::Unreachable { reason })
}

/// Waits until no other transaction is alone with this, and is it until this one ends.
async fn alone_with(connection: &mut PgConnection, what: Alone) -> Result<(), StoreError> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(what as i64)
        .execute(connection)
        .await
        .map(drop)
        .map_err(trouble)
}

/// A text as Postgres can keep it, which knows no NUL.
fn kept_text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a row was not written because there is one like it.
fn is_there_already(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
