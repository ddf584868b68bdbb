//! The file of the store, as something else than Footnote finds it.

use std::path::Path;

use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

/// Leaves every question in this file as this version cannot read it.
pub(crate) async fn leave_unreadable(file: &Path) {
    let options = SqliteConnectOptions::new().filename(file);
    let mut store = options.connect().await.unwrap();
    let changed = sqlx::query("UPDATE question SET wish = '{\"colour\":\"red\"}'")
        .execute(&mut store)
        .await
        .unwrap();
    assert!(changed.rows_affected() > 0);
}
