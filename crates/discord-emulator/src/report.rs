//! What a test looks at before it passes: pings, open ends, refused requests, moments. Judges nothing.

use std::{collections::BTreeMap, time::Duration};

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
    /// The same by the form of the answer.
    pub rate_limits: RateLimitForms,
    /// How many answers count towards a ban for invalid requests: 401, 403, and 429 of the bot's own limits.
    pub invalid_requests: usize,
    /// Names of clients that are not as Discord wants them (`DiscordBot ($url, $version)`), the missing one as an empty
    /// text, and how many requests came under each. The first 100 names are kept, up to 200 characters of each.
    pub odd_user_agents: BTreeMap<String, usize>,
    /// Sessions of the gateway whose bot is connected, or may come back.
    pub open_sessions: usize,
    /// Lines the request log could not take because the disk was too slow.
    pub log_lines_lost: usize,
}

/// Answers with 429, by their form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RateLimitForms {
    /// Of a bucket of the bot's own.
    pub user: usize,
    /// Of what all bots share; they do not count as invalid.
    pub shared: usize,
    /// Of everything the bot sends.
    pub global: usize,
    /// With an error code, such as 30046 for edits of old messages.
    pub coded: usize,
    /// Without any word on when to come back, as an address gets them that is blocked.
    pub blocked: usize,
}

/// A ping that would have gone out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ping {
    /// The message's id; in JSON a text, as every id.
    #[serde(serialize_with = "as_text")]
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
    Person(#[serde(serialize_with = "as_text")] u64),
    /// The role with this id.
    Role(#[serde(serialize_with = "as_text")] u64),
}

/// An interaction that waits for its bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Open {
    /// The interaction's id.
    #[serde(serialize_with = "as_text")]
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

/// Ids are too large for the numbers of many languages.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature serde asks for"
)]
fn as_text<S: Serializer>(id: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

#[expect(clippy::ref_option, reason = "the signature serde asks for")]
fn as_millis<S: Serializer>(moment: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    moment
        .map(|moment| moment.as_secs_f64() * 1000.0)
        .serialize(serializer)
}
