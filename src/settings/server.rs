//! How `footnote serve` listens.

use std::net::SocketAddr;
use std::num::NonZeroU32;

use secrecy::SecretString;
use serde::Deserialize;
use sonar_server::{Dialect, Pretend};

use super::jobs::JobsSettings;

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
    /// `hosts`, `FOOTNOTE_SERVER_HOSTS`: further names that it may be asked by when it has no keys.
    pub hosts: Vec<String>,
    /// `requests_per_minute`: how often a visitor may ask. 1 to 1000000.
    pub requests_per_minute: NonZeroU32,
    /// `answers_at_once`: how many answers may be written at once. 1 to 100000.
    pub answers_at_once: usize,
    /// `connections`: how many connections may be open at once. 1 to 100000.
    pub connections: usize,
    /// `dialect`: how the protocol is spoken where it changed over the years.
    pub dialect: Dialect,
    /// `pretend`: troubles to play instead of answering.
    pub pretend: Vec<Pretend>,
    /// `jobs`: how asynchronous jobs are kept and run.
    pub jobs: JobsSettings,
}
