//! The file of the store, as something else than Footnote changes it.

use std::path::Path;

use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

/// Leaves every question in this file as this version cannot read it.
pub(crate) async fn leave_unreadable(file: &Path) {
    change(file, "UPDATE question SET wish = '{\"colour\":\"red\"}'").await;
}

/// Leaves every question in this file as this version can read it.
pub(crate) async fn leave_readable(file: &Path) {
    change(file, "UPDATE question SET wish = NULL").await;
}

async fn change(file: &Path, statement: &'static str) {
    let options = SqliteConnectOptions::new().filename(file);
    let mut store = options.connect().await.unwrap();
    let changed = sqlx::query(statement).execute(&mut store).await.unwrap();
    assert!(changed.rows_affected() > 0);
}
