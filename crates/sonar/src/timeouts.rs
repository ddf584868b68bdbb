//! The four limits of a call, each enforced for itself. Must not measure anything: the client does.

use std::fmt;
use std::time::Duration;

/// How long a call may take, limit by limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection stands, TLS included. Default 5 s.
    pub connect: Duration,
    /// Of each try, from sending the request until the reply's head arrives. Default 60 s: an unstreamed answer is written before
    /// its head is sent.
    pub first_byte: Duration,
    /// Between two arrivals of the reply's body; any byte counts, a keep-alive comment too. Default 30 s.
    pub idle: Duration,
    /// For the whole call: all tries, the waits between them, and the stream. Default 300 s.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            first_byte: Duration::from_secs(60),
            idle: Duration::from_secs(30),
            total: Duration::from_secs(300),
        }
    }
}

/// The limit that was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`Timeouts::connect`]
    Connect,
    /// [`Timeouts::first_byte`]
    FirstByte,
    /// [`Timeouts::idle`]
    Idle,
    /// [`Timeouts::total`]
    Total,
    /// [`crate::Pace::give_up`]: the watch is over, the job is not.
    Watch,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "no connection in time",
            Self::FirstByte => "no reply in time",
            Self::Idle => "the reply stalled",
            Self::Total => "the whole call took too long",
            Self::Watch => "the job is not done yet",
        })
    }
}
