//! A local Discord that a bot cannot tell from the real one, within the slice it covers. Reaches nothing but loopback.

use std::{net::SocketAddr, time::Duration};

mod settings;

pub use settings::{RateLimits, Settings, StartError};

/// A running emulator; clones are handles to the same one.
#[derive(Clone)]
pub struct Emulator;

impl Emulator {
    /// Starts it.
    pub async fn start(_settings: Settings) -> Result<Emulator, StartError> {
        unimplemented!("being built")
    }
    /// Where it answers as `discord.com`, over TLS.
    pub fn discord_address(&self) -> SocketAddr {
        unimplemented!("being built")
    }
    /// The certificate to trust.
    pub fn ca_pem(&self) -> &str {
        unimplemented!("being built")
    }
    /// `ws://127.0.0.1:P/`
    pub fn gateway_url(&self) -> String {
        unimplemented!("being built")
    }
    /// `http://127.0.0.1:P/`
    pub fn page_url(&self) -> String {
        unimplemented!("being built")
    }
    /// The bot's token.
    pub fn bot_token(&self) -> &str {
        unimplemented!("being built")
    }
    /// The application's id.
    pub fn application_id(&self) -> u64 {
        unimplemented!("being built")
    }
    /// Waits until the bot is there.
    pub async fn bot_is_ready(&self, _within: Duration) -> Result<(), NotReady> {
        unimplemented!("being built")
    }
    /// Finds or adds a member.
    pub fn person(&self, _name: &str) -> Person {
        unimplemented!("being built")
    }
    /// Finds or adds a text channel.
    pub fn channel(&self, _name: &str) -> Channel {
        unimplemented!("being built")
    }
    /// Moves the clock.
    pub fn advance(&self, _by: Duration) {
        unimplemented!("being built")
    }
    /// Queues a fault.
    pub fn fault(&self, _fault: Fault) {
        unimplemented!("being built")
    }
    /// The last requests.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        unimplemented!("being built")
    }
    /// Cuts every gateway connection.
    pub fn drop_gateway(&self, _how: GatewayCut) {
        unimplemented!("being built")
    }
    /// Sends the last event again.
    pub fn repeat_last_dispatch(&self) {
        unimplemented!("being built")
    }
    /// What went wrong so far.
    pub fn report(&self) -> Report {
        unimplemented!("being built")
    }
    /// Ends it.
    pub async fn close(&self) {
        unimplemented!("being built")
    }
}

/// A member of the guild.
#[derive(Clone)]
pub struct Person;

impl Person {
    /// Uses a command.
    pub async fn uses(
        &self,
        _channel: &Channel,
        _command: &str,
        _options: &[(&str, &str)],
    ) -> Result<Interaction, UseError> {
        unimplemented!("being built")
    }
    /// What this person sees, oldest first.
    pub fn sees(&self, _channel: &Channel) -> Vec<serde_json::Value> {
        unimplemented!("being built")
    }
    /// Writes a message.
    pub fn says(&self, _channel: &Channel, _text: &str) -> u64 {
        unimplemented!("being built")
    }
}

/// A text channel.
#[derive(Clone)]
pub struct Channel;

impl Channel {
    /// Its id.
    pub fn id(&self) -> u64 {
        unimplemented!("being built")
    }
    /// The channel as plain text.
    pub fn shows(&self) -> String {
        unimplemented!("being built")
    }
}

/// One use of a command.
#[derive(Clone)]
pub struct Interaction;

impl Interaction {
    /// Its id.
    pub fn id(&self) -> u64 {
        unimplemented!("being built")
    }
    /// Its moments.
    pub fn timeline(&self) -> Timeline {
        unimplemented!("being built")
    }
    /// Waits for the first response.
    pub async fn acknowledged(&self, _within: Duration) -> Result<(), NotYet> {
        unimplemented!("being built")
    }
    /// Waits until the reply satisfies `done`.
    pub async fn until(
        &self,
        _within: Duration,
        _done: impl Fn(&serde_json::Value) -> bool,
    ) -> Result<serde_json::Value, NotYet> {
        unimplemented!("being built")
    }
    /// The `@original` message as it stands.
    pub fn reply(&self) -> Option<serde_json::Value> {
        unimplemented!("being built")
    }
}

/// The moments of one interaction, counted from its dispatch.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Timeline {
    /// The event was written to the bot's socket.
    pub received: Option<Duration>,
    /// The first response came.
    pub acknowledged: Option<Duration>,
    /// The reply had text for the first time.
    pub first_text: Option<Duration>,
    /// The reply changed last.
    pub last_change: Option<Duration>,
    /// How often the reply was edited.
    pub edits: u32,
}

/// How a gateway connection ends.
#[derive(Clone, Copy, Debug)]
pub enum GatewayCut {
    /// A close frame with this code.
    Close(u16),
    /// The connection is reset without a close frame.
    Reset,
    /// Opcode 7.
    Reconnect,
    /// Opcode 9; `true` may resume.
    InvalidSession(bool),
}

/// What the next matching requests meet instead of the usual answer.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The method, such as `PATCH`; `None` matches every one.
    pub method: Option<String>,
    /// A part of the path.
    pub path: String,
    /// How many requests it takes.
    pub times: u32,
    /// What happens.
    pub action: FaultAction,
}

/// What a fault does.
#[derive(Clone, Debug)]
pub enum FaultAction {
    /// Answers this and processes nothing.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: serde_json::Value,
    },
    /// Answers 429 as the real service does, with all headers, and processes nothing.
    RateLimited {
        /// How long the bot is told to wait.
        retry_after: Duration,
    },
    /// Waits, then processes as usual.
    Delay(Duration),
    /// Cuts the connection, processes nothing.
    ResetBefore,
    /// Processes, then cuts the connection instead of answering.
    ResetAfter,
}

/// One request as it came, and how it was answered.
#[derive(Clone, Debug, serde::Serialize)]
pub struct LoggedRequest {
    /// The method.
    pub method: String,
    /// The path as sent, tokens cut short.
    pub path: String,
    /// The query without `?`.
    pub query: String,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The body: JSON when it is JSON.
    pub body: serde_json::Value,
    /// The status; 0 when a fault cut the connection.
    pub status: u16,
    /// Milliseconds to the answer.
    pub ms: f64,
}

/// What a test must look at before it passes.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Report {
    /// Requests the emulator has no route for.
    pub unimplemented: Vec<String>,
    /// Who would have been pinged.
    pub pings: Vec<Ping>,
    /// Replies still "thinking".
    pub left_thinking: Vec<Open>,
    /// Interactions without a first response.
    pub unanswered: Vec<Open>,
    /// Answers of 400 to 499, faults apart.
    pub rejected: Vec<Rejected>,
    /// How many requests met a rate limit.
    pub rate_limited: usize,
    /// How many answers count towards the ban for invalid requests.
    pub invalid_requests: usize,
}

/// A ping that would have gone out.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Ping {
    /// The message.
    pub message: u64,
    /// Whom.
    pub whom: Whom,
}

/// Whom a ping reaches.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Whom {
    /// `@everyone` or `@here`.
    Everyone,
    /// A person, by id.
    Person(u64),
    /// A role, by id.
    Role(u64),
}

/// An interaction that still waits.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Open {
    /// The interaction.
    pub interaction: u64,
    /// The command's name.
    pub command: String,
    /// Who used it.
    pub person: String,
}

/// A request that was refused.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Rejected {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The status.
    pub status: u16,
    /// The body of the answer.
    pub body: serde_json::Value,
}

/// Why the bot is not ready.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotReady {
    /// No gateway session was opened.
    #[error(
        "no bot has connected to the gateway within {0:?}: check that it uses this emulator's gateway address and token"
    )]
    NotConnected(Duration),
    /// The bot is there, but registered no command.
    #[error(
        "the bot is connected but has registered no command within {0:?}: check that it registers commands when it is ready"
    )]
    NoCommands(Duration),
}

/// Why a command could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UseError {
    /// No such command.
    #[error("there is no command /{0}: register it first")]
    NoSuchCommand(String),
}

/// What has not happened in time.
#[derive(Debug, thiserror::Error)]
#[error("{what} within {within:?}")]
pub struct NotYet {
    /// What did not happen.
    pub what: String,
    /// How long was waited.
    pub within: Duration,
}
