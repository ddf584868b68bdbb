//! What a test looks at before it passes: pings, open ends, refused requests, moments. Judges nothing.

use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::Value;

/// What has gone wrong, or is not finished, since the start.
///
/// Every list keeps its first 10 000 entries.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Requests for what the emulator does not have, as `METHOD path`.
    pub unimplemented: Vec<String>,
    /// Whom the bot's messages would have pinged, one entry for each write that would.
    pub pings: Vec<Ping>,
    /// Replies that still say "thinking".
    pub left_thinking: Vec<Open>,
    /// Interactions without a first response.
    pub unanswered: Vec<Open>,
    /// Requests that were answered with a status from 400 to 499, those of faults and limits apart.
    pub rejected: Vec<Rejected>,
    /// How many requests met a rate limit, real or as a fault.
    pub rate_limited: usize,
    /// How many answers count towards a ban for invalid requests: 401, 403, and 429 of the bot's own limits.
    pub invalid_requests: usize,
    /// Lines the request log could not take because the disk was too slow.
    pub log_lines_lost: usize,
}

/// A ping that would have gone out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ping {
    /// The message's id.
    pub message: u64,
    /// Whom it would have reached.
    pub whom: Whom,
}

/// Whom a ping reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Whom {
    /// Everyone in the channel, by `@everyone` or `@here`.
    Everyone,
    /// The person with this id.
    Person(u64),
    /// The role with this id.
    Role(u64),
}

/// An interaction that waits for its bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Open {
    /// The interaction's id.
    pub interaction: u64,
    /// The command, without its slash.
    pub command: String,
    /// The name of the person who used it.
    pub person: String,
}

/// A request that was refused.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rejected {
    /// Such as `PATCH`.
    pub method: String,
    /// The path, with tokens cut short.
    pub path: String,
    /// From 400 to 499.
    pub status: u16,
    /// The body of the answer.
    pub body: Value,
}

/// The moments of one interaction, counted from its dispatch by the emulator's clock.
///
/// Serialised, each moment is a number of milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Timeline {
    /// The event went to the bot's socket.
    #[serde(rename = "received_ms", serialize_with = "as_millis")]
    pub received: Option<Duration>,
    /// The first response came.
    #[serde(rename = "acknowledged_ms", serialize_with = "as_millis")]
    pub acknowledged: Option<Duration>,
    /// The reply had something to read for the first time.
    #[serde(rename = "first_text_ms", serialize_with = "as_millis")]
    pub first_text: Option<Duration>,
    /// The reply changed for the last time so far.
    #[serde(rename = "last_change_ms", serialize_with = "as_millis")]
    pub last_change: Option<Duration>,
    /// How often the reply was edited, the filling in of "thinking" included.
    pub edits: u32,
}

#[expect(clippy::ref_option, reason = "the signature serde asks for")]
fn as_millis<S: Serializer>(moment: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    moment
        .map(|moment| moment.as_secs_f64() * 1000.0)
        .serialize(serializer)
}
