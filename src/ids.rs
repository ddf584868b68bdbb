//! Our own id types, so that a channel is never taken for a person. Holds no behaviour beyond that.

use std::fmt;

macro_rules! discord_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

discord_id!(
    /// An application of Discord's: the bot, as the webhook routes name it.
    ApplicationId
);
discord_id!(
    /// A server of Discord's ("guild" in its API).
    GuildId
);
discord_id!(
    /// A channel, a thread or a direct conversation.
    ChannelId
);
discord_id!(
    /// A person, as Discord knows them.
    PersonId
);
discord_id!(
    /// One message.
    MessageId
);
discord_id!(
    /// One interaction: what Discord sends when a person uses a command.
    InteractionId
);

macro_rules! stored_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

stored_id!(
    /// A question in our store. Rises with every question; also the id a person can quote to the operator.
    QuestionId
);
stored_id!(
    /// A conversation in our store.
    ConversationId
);
stored_id!(
    /// A quoted message in our store, kept while somebody writes their question about it.
    QuoteId
);
