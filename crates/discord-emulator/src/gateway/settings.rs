//! What a test may set about the gateway. Does nothing with it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How the gateway behaves. Heartbeats and lives of sessions are in real time, since a bot's heart beats in it.
///
/// In JSON, what is left out is as in the default, and times are seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GatewaySettings {
    /// How often bots are asked to beat, 41.25 s by default. A connection is closed with 4000 when no beat has come for
    /// 1.25 times as long and a second. It holds for connections made from now on.
    #[serde(with = "crate::seconds")]
    pub heartbeat: Duration,
    /// How long a session waits for its bot to come back, 120 s by default.
    #[serde(with = "crate::seconds")]
    pub session_life: Duration,
    /// How many guilds one shard may have, 2 500 by default; a bot with more is closed with 4011.
    pub most_guilds: usize,
    /// Whether payloads are compressed for bots that identify with `compress`, unless their transport is.
    pub payload_compression: PayloadCompression,
}

/// Which payloads are compressed, each by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayloadCompression {
    /// None; all are text.
    #[default]
    Never,
    /// All.
    Always,
    /// Every second.
    Mixed,
}

impl Default for GatewaySettings {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_millis(41_250),
            session_life: Duration::from_secs(120),
            most_guilds: 2_500,
            payload_compression: PayloadCompression::Never,
        }
    }
}

impl GatewaySettings {
    /// How long after the last heartbeat a connection counts as dead.
    pub(crate) fn overdue(&self) -> Duration {
        self.heartbeat
            .saturating_add(self.heartbeat / 4)
            .saturating_add(Duration::from_secs(1))
    }
}
