//! Everything a person reads: answers, sentences, refusals. Pure: no waiting, no clock, no network.
//!
//! Only this module can make a [`Message`], and the edge sends nothing else, so nothing reaches a person unrendered.

pub mod answer;

pub mod citations;

pub mod link;

pub mod passages;

pub mod sentences;

pub mod split;

/// The most characters (Unicode code points) Discord takes in one message of a bot.
///
/// See <https://discord.com/developers/docs/resources/message#create-message>.
pub const MESSAGE_LIMIT: usize = 2_000;

/// The content of one Discord message, ready to be sent: within the limit, and with nothing in it that pings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    content: String,
}

impl Message {
    /// The text to send.
    pub fn content(&self) -> &str {
        &self.content
    }

    fn new(content: String) -> Self {
        debug_assert!(
            content.chars().count() <= MESSAGE_LIMIT,
            "a message over Discord's limit"
        );
        Self { content }
    }
}
