//! How a test cuts gateway connections. Cuts nothing itself.

/// How every gateway connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GatewayCut {
    /// A close frame with this code.
    Close(u16),
    /// A reset of the connection, without any goodbye.
    Reset,
    /// Opcode 7: the bot should reconnect and resume.
    Reconnect,
    /// Opcode 9: the session is invalid; with `true` the bot may try to resume.
    InvalidSession(bool),
}
