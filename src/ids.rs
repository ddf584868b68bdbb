//! Our own id types, so that a channel is never taken for a person. Holds no behaviour beyond that.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Reads an id of Discord's, and refuses a number: whoever wrote it may have rounded it.
struct Digits;

impl Visitor<'_> for Digits {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id of Discord's as a text of digits, such as \"41771983423143937\"")
    }

    fn visit_str<E: Error>(self, digits: &str) -> Result<u64, E> {
        let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        match digits.parse() {
            Ok(id) if id > 0 && all_digits => Ok(id),
            _ => Err(E::invalid_value(serde::de::Unexpected::Str(digits), &self)),
        }
    }
}

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

        // As Discord writes them: a text of digits, which no reader of JSON rounds.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let id = deserializer.deserialize_str(Digits)?;
                Ok(Self(id))
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
    /// A role of a server's. That of everyone has the id of the server.
    RoleId
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
stored_id!(
    /// A change of settings in our store. Rises with every change.
    ChangeId
);

impl ChangeId {
    /// Before every change.
    pub const NONE: Self = Self(0);
}
