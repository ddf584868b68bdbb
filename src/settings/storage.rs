//! Where questions, answers, settings and jobs are kept.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// The `[storage]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageSettings {
    /// `database_url`, `FOOTNOTE_DATABASE_URL`: the Postgres database, with the password for it. Unset: SQLite in the data directory.
    pub database_url: Option<SecretString>,
}

impl StorageSettings {
    /// The Postgres database, if there is one; an empty address is none, as in the environment.
    pub fn postgres(&self) -> Option<&SecretString> {
        let address = self.database_url.as_ref();
        address.filter(|address| !address.expose_secret().trim().is_empty())
    }
}
