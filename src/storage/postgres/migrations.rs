//! Brings a database's tables up to date, one process at a time. Keeps everything that is in them.

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, SqlSafeStr as _};

use super::OpenError;

/// Every change of the tables, in order. One that was released never changes again.
const CHANGES: [(i64, &str, &str); 1] = [(
    5,
    "everything",
    include_str!("../migrations/postgres/0005_everything.sql"),
)];

/// Makes the changes that are still to be made, over a connection of its own: they may take their time.
pub(super) async fn run(options: &PgConnectOptions) -> Result<(), OpenError> {
    let mut connection = super::connect(options).await?;
    let change = |(version, name, sql): &(i64, &'static str, &'static str)| {
        let sql = sql.into_sql_str();
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
    };
    // It holds a lock of Postgres' meanwhile, so that two processes that start together do not both make them.
    let migrator = Migrator::with_migrations(CHANGES.iter().map(change).collect());
    let made = migrator.run_direct(None, &mut connection, false).await;
    // The server notices by itself when this does not reach it.
    let _closed = connection.close().await;
    made.map_err(|error| match error {
        MigrateError::VersionMissing(_) => OpenError::Newer,
        other => OpenError::Damaged {
            reason: other.to_string(),
        },
    })
}
