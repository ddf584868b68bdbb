//! A conversation: where it lives, and who speaks in it. Plain values; its questions and answers are kept beside it.

use crate::ids::{ChannelId, ConversationId, GuildId, PersonId};

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Its id in the store.
    pub id: ConversationId,
    /// The server; none in a direct conversation.
    pub guild: Option<GuildId>,
    /// Where it began.
    pub began_in: ChannelId,
    /// Where it lives, and nothing else: a thread, a forum post, a direct conversation. None as long as it is a chain of replies.
    pub home: Option<ChannelId>,
    /// Who began it.
    pub starter: PersonId,
    /// The id of the interaction or message that began it. What was written before that was not said to the bot.
    pub first_event: u64,
    /// Whether somebody else has written where it lives.
    pub others_joined: bool,
    /// Whether it was told there how to go on.
    pub told: bool,
}
