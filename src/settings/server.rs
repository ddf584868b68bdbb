//! How `footnote serve` listens.

use std::net::SocketAddr;
use std::num::NonZeroU32;

use secrecy::SecretString;
use serde::Deserialize;

/// The `[server]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServeSettings {
    /// `bind`, `FOOTNOTE_BIND`: the address to listen on.
    pub bind: SocketAddr,
    /// `words_per_second`: the speed at which the built-in server streams. Unset: as fast as it comes.
    pub words_per_second: Option<NonZeroU32>,
    /// `public_url`: the address under which readers reach `footnote serve`, for citations of documents without an address
    /// of their own. Unset: the address it listens on.
    pub public_url: Option<String>,
    /// `keys`, `FOOTNOTE_SERVER_KEYS`: the keys it accepts. Empty: any, and none.
    pub keys: Vec<SecretString>,
}
