//! How `footnote serve` listens.

use std::net::SocketAddr;

use secrecy::SecretString;
use serde::Deserialize;

/// The `[server]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServeSettings {
    /// `bind`, `FOOTNOTE_BIND`: the address to listen on.
    pub bind: SocketAddr,
    /// `keys`, `FOOTNOTE_SERVER_KEYS`: the keys it accepts. Empty: any, and none.
    pub keys: Vec<SecretString>,
}
