//! What a person does with messages and threads. Every deed refuses what Discord's client would not let them do.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    channel::Channel, clock::Moment, message::Message, person::Person, refused::Refused,
    shared::State, snowflake::Snowflake, world::posting::typed, world::refusal::Refusal,
};

impl Person {
    /// Writes a message.
    ///
    /// # Errors
    ///
    /// An empty text, one of more than 2 000 code points, a channel where they may not write.
    pub fn says(&self, channel: &Channel, text: &str) -> Result<Message, Refused> {
        self.writes(channel.snowflake(), &typed(text, None))
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
        self.writes(message.place(), &typed(text, Some(message.snowflake())))
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
        self.acts(|state, now| state.world.edit(now, self.id, place, &body))?;
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

    /// Starts a thread from a message.
    ///
    /// # Errors
    ///
    /// There is one already, the name has not 1 to 100 characters, or they may not.
    pub fn opens_thread(&self, message: &Message, name: &str) -> Result<Channel, Refused> {
        let (channel, id) = (message.place(), message.snowflake());
        let body = json!({"name": name});
        let thread = self.acts(|state, now| {
            state
                .world
                .start_thread_from(now, self.id, channel, id, &body)
        })?;
        Ok(self.at(thread))
    }

    /// Starts a public thread that belongs to no message.
    ///
    /// # Errors
    ///
    /// The name has not 1 to 100 characters, or they may not.
    pub fn opens_thread_in(&self, channel: &Channel, name: &str) -> Result<Channel, Refused> {
        self.starts_thread(channel, &json!({"name": name, "type": 11}))
    }

    /// Starts a private thread.
    ///
    /// # Errors
    ///
    /// As [`Person::opens_thread_in`].
    pub fn opens_private_thread_in(
        &self,
        channel: &Channel,
        name: &str,
    ) -> Result<Channel, Refused> {
        self.starts_thread(channel, &json!({"name": name, "type": 12}))
    }

    fn starts_thread(&self, channel: &Channel, body: &Value) -> Result<Channel, Refused> {
        let parent = channel.snowflake();
        let thread =
            self.acts(|state, now| state.world.start_thread(now, self.id, parent, body))?;
        Ok(self.at(thread))
    }

    /// Joins a thread.
    ///
    /// # Errors
    ///
    /// They do not see it, or it is archived.
    pub fn joins(&self, thread: &Channel) -> Result<(), Refused> {
        let id = thread.snowflake();
        self.acts(|state, now| state.world.join_thread(now, self.id, id, self.id))
    }

    /// Adds somebody to a thread.
    ///
    /// # Errors
    ///
    /// They may not write in it, or it is archived.
    pub fn adds(&self, person: &Self, thread: &Channel) -> Result<(), Refused> {
        let id = thread.snowflake();
        self.acts(|state, now| state.world.join_thread(now, self.id, id, person.id))
    }

    /// Leaves a thread.
    ///
    /// # Errors
    ///
    /// They do not see it, or it is archived.
    pub fn leaves(&self, thread: &Channel) -> Result<(), Refused> {
        let id = thread.snowflake();
        self.acts(|state, now| state.world.leave_thread(now, self.id, id, self.id))
    }

    fn writes(&self, channel: Snowflake, body: &Value) -> Result<Message, Refused> {
        let id = self.acts(|state, now| state.world.person_posts(now, channel, self.id, body))?;
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
