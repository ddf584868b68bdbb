//! What an emulator is started with, and why a start can fail. Opens nothing itself.

use std::{io, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::{gateway::settings::GatewaySettings, rest::limit_table::LimitTable};

/// How an emulator is started. The default listens on any free ports, keeps no log and limits nothing.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Loopback port of the TLS side that stands in for `discord.com`; 0 takes any free one.
    pub rest_port: u16,
    /// Loopback port of the gateway and the page; 0 takes any free one.
    pub page_port: u16,
    /// File that gets one JSON line a request. It is created, or appended to.
    pub request_log: Option<PathBuf>,
    /// Which table of rate limits is in force.
    pub rate_limits: RateLimits,
    /// Whether whole requests, answers and events are kept, for [`Emulator::record`](crate::Emulator::record).
    pub record: bool,
    /// How many guilds the bot is in besides "Footnote demo", named "Guild 2" and so on; 0 by default.
    pub more_guilds: u32,
    /// Which privileged intents the application may use; none by default.
    pub privileged_intents: PrivilegedIntents,
    /// How the gateway behaves.
    pub gateway: GatewaySettings,
    /// What chance in faults begins with: the same seed gives the same faults.
    pub seed: u64,
}

/// The switches of the developer portal for intents that not every application gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrivilegedIntents {
    /// `GUILD_MEMBERS`, which listing a guild's members over REST needs as well.
    pub members: bool,
    /// `GUILD_PRESENCES`.
    pub presences: bool,
    /// `MESSAGE_CONTENT`, which decides what REST shows as well.
    pub message_content: bool,
}

/// A table of rate limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one for each emulator, and it can be copied"
)]
pub enum RateLimits {
    /// Nothing is limited and no rate-limit header is sent.
    #[default]
    Calm,
    /// The limits that have been observed on the real service.
    Realistic,
    /// Limits of one's own.
    Table(LimitTable),
}

impl RateLimits {
    pub(crate) fn table(self) -> LimitTable {
        match self {
            Self::Calm => LimitTable::CALM,
            Self::Realistic => LimitTable::REALISTIC,
            Self::Table(table) => table,
        }
    }
}

/// Why an emulator did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Another program listens there already.
    #[error(
        "port {port} is in use: end the program that holds it, or choose another port (0 takes any free one)"
    )]
    PortInUse {
        /// The port that was asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// The file for the request log cannot be opened.
    #[error("the request log {} cannot be written ({source}): name a file in a folder that exists and may be written", path.display())]
    RequestLog {
        /// The file that was asked for.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The certificate for `discord.com` could not be made.
    #[error(
        "the emulator's certificate could not be made ({0}): this is a fault of the emulator, please report it"
    )]
    Tls(String),
    /// A listener could not be opened for another reason than a port in use.
    #[error(
        "the emulator cannot listen on 127.0.0.1 ({0}): check that loopback connections are allowed"
    )]
    Io(#[from] io::Error),
}
