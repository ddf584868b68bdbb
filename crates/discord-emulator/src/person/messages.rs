//! What a person does with messages. Every deed refuses what Discord's client would not let them do.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Person;
use crate::{
    channel::Channel,
    clock::Moment,
    message::Message,
    refused::Refused,
    shared::State,
    snowflake::Snowflake,
    world::{
        emoji::Emoji,
        posting::typed,
        reactions::Target,
        refusal::Refusal,
        uploads::{Sent, Upload},
    },
};

impl Person {
    /// Writes a message.
    ///
    /// # Errors
    ///
    /// An empty text, one of more than 2 000 code points, a channel where they may not write.
    pub fn says(&self, channel: &Channel, text: &str) -> Result<Message, Refused> {
        self.writes(channel.snowflake(), Sent::from(&typed(text, None)))
    }

    /// Writes a message that mentions the bot: `<@id>` and then the text.
    ///
    /// # Errors
    ///
    /// As [`Person::says`].
    pub fn mentions_bot(&self, channel: &Channel, text: &str) -> Result<Message, Refused> {
        let bot = self.shared.act(|state, _| state.world.application);
        self.says(channel, &format!("<@{bot}> {text}"))
    }

    /// Replies to a message, which pings its author as Discord's client does unless told otherwise.
    ///
    /// # Errors
    ///
    /// As [`Person::says`], and where they may not read the history.
    pub fn replies(&self, message: &Message, text: &str) -> Result<Message, Refused> {
        self.writes(
            message.place(),
            Sent::from(&typed(text, Some(message.snowflake()))),
        )
    }

    /// Writes a message with files: their names and what is in them.
    ///
    /// # Errors
    ///
    /// As [`Person::says`], though the text may be empty; more than ten files, or one of more than 10 MiB.
    pub fn attaches(
        &self,
        channel: &Channel,
        text: &str,
        files: &[(&str, &[u8])],
    ) -> Result<Message, Refused> {
        let uploads: Vec<Upload> = files
            .iter()
            .map(|(name, bytes)| Upload::named(name, bytes))
            .collect();
        let body = typed(text, None);
        self.writes(channel.snowflake(), Sent::new(&body, &uploads))
    }

    /// Sends a message as bots do, with the body that `POST /channels/{id}/messages` takes: embeds, components, flags.
    ///
    /// # Errors
    ///
    /// As [`Person::says`], and for every limit that holds for bots.
    pub fn says_with(&self, channel: &Channel, body: &Value) -> Result<Message, Refused> {
        self.writes(channel.snowflake(), Sent::from(body))
    }

    /// Writes to the bot alone.
    ///
    /// # Errors
    ///
    /// As [`Person::says`].
    pub fn writes_directly(&self, text: &str) -> Result<Message, Refused> {
        self.says(&self.direct_messages(), text)
    }

    /// The channel between this person and the bot.
    pub fn direct_messages(&self) -> Channel {
        let id = self
            .shared
            .act(|state, now| state.world.direct_channel(now, self.id));
        self.at(id)
    }

    /// Wants no direct messages of the bot from now on, or wants them again.
    pub fn blocks_direct_messages(&self, blocks: bool) {
        self.shared
            .act(|state, _| state.world.refuse_direct(self.id, blocks));
    }

    /// Changes the text of a message.
    ///
    /// # Errors
    ///
    /// It is somebody else's, is gone, or stands in an archived thread; or the text is empty or too long.
    pub fn edits(&self, message: &Message, text: &str) -> Result<(), Refused> {
        let place = (message.place(), message.snowflake());
        let body = json!({"content": text});
        self.acts(|state, now| state.world.edit(now, self.id, place, Sent::from(&body)))?;
        Ok(())
    }

    /// Deletes a message: their own, or with a permission another's.
    ///
    /// # Errors
    ///
    /// It is gone, or they may not.
    pub fn deletes(&self, message: &Message) -> Result<(), Refused> {
        let (channel, id) = (message.place(), message.snowflake());
        self.acts(|state, now| state.world.delete(now, self.id, channel, id))
    }

    /// Types for a moment.
    ///
    /// # Errors
    ///
    /// They may not write there.
    pub fn starts_typing(&self, channel: &Channel) -> Result<(), Refused> {
        let id = channel.snowflake();
        self.acts(|state, now| state.world.types(now, id, self.id))
    }

    /// Reacts to a message with an emoji of Unicode.
    ///
    /// # Errors
    ///
    /// It is no emoji, they may not, or the message has twenty others already.
    pub fn reacts(&self, message: &Message, emoji: &str) -> Result<(), Refused> {
        let target = target(message);
        self.acts(|state, now| {
            let emoji = Emoji::read(emoji)?;
            state.world.react(now, self.id, target, &emoji)
        })
    }

    /// Takes their reaction away again.
    ///
    /// # Errors
    ///
    /// They have not reacted with this emoji.
    pub fn takes_back(&self, message: &Message, emoji: &str) -> Result<(), Refused> {
        let target = target(message);
        self.acts(|state, now| {
            let emoji = Emoji::read(emoji)?;
            state.world.unreact(now, self.id, target, &emoji, self.id)
        })
    }

    /// Pins a message.
    ///
    /// # Errors
    ///
    /// They may not, or the channel has 250 pins already.
    pub fn pins(&self, message: &Message) -> Result<(), Refused> {
        let (channel, id) = (message.place(), message.snowflake());
        self.acts(|state, now| state.world.pin(now, self.id, channel, id))
    }

    fn writes(&self, channel: Snowflake, sent: Sent<'_>) -> Result<Message, Refused> {
        let id = self.acts(|state, now| state.world.person_posts(now, channel, self.id, sent))?;
        Ok(Message::new(Arc::clone(&self.shared), channel, id))
    }

    pub(crate) fn acts<T>(
        &self,
        deed: impl FnOnce(&mut State, Moment) -> Result<T, Refusal>,
    ) -> Result<T, Refused> {
        self.shared.act(deed).map_err(Refused::from)
    }

    pub(crate) fn at(&self, channel: Snowflake) -> Channel {
        Channel::new(Arc::clone(&self.shared), channel)
    }
}

fn target(message: &Message) -> Target {
    Target {
        channel: message.place(),
        message: message.snowflake(),
    }
}
