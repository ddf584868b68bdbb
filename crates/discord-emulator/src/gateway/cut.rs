//! What a test can do to gateway connections: cut them, and make them misbehave. Does none of it itself.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How every gateway connection is cut, or told to end.
///
/// In JSON: `"reset"`, `{"close": 4000}`, `{"invalid_session": false}` and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GatewayCut {
    /// A close frame with this code.
    Close(u16),
    /// A close frame without any code.
    CloseWithoutCode,
    /// A reset of the connection, without any goodbye.
    Reset,
    /// An orderly end of the connection below, without a close frame.
    Fin,
    /// Opcode 7: the bot should reconnect and resume.
    Reconnect,
    /// Opcode 9: the session is invalid; with `true` the bot may try to resume.
    InvalidSession(bool),
}

/// How all gateway connections misbehave until it is set otherwise. The default is that they do not.
///
/// In JSON, what is left out is as in the default, and times are seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GatewayFaults {
    /// Heartbeats are not acknowledged.
    pub without_acks: bool,
    /// Every attempt to resume is answered with opcode 9 and `false`.
    pub refuse_resumes: bool,
    /// How long READY and RESUMED let wait, by the emulator's clock.
    #[serde(with = "crate::seconds")]
    pub slow_ready: Duration,
}

/// Something one connection is to do, apart from its events.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    Cut(GatewayCut),
    /// Opcode 1: the bot must beat at once.
    DemandHeartbeat,
    /// This text as a payload, whatever it is.
    Raw(String),
    /// The next payload arrives broken.
    CorruptNext,
}
