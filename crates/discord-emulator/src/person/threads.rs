//! What a person does with threads, posts and channels. Every deed refuses what Discord's client would not let them do.

use serde_json::{Value, json};

use super::Person;
use crate::{channel::Channel, message::Message, refused::Refused, world::uploads::Sent};

impl Person {
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

    /// Starts a post in a forum, with the names of the tags it carries.
    ///
    /// # Errors
    ///
    /// The title has not 1 to 100 characters, a tag is unknown or lacking, or they may not.
    pub fn posts(
        &self,
        forum: &Channel,
        title: &str,
        text: &str,
        tags: &[&str],
    ) -> Result<Channel, Refused> {
        let forum = forum.snowflake();
        let thread = self.acts(|state, now| {
            let tags = state.world.tags_named(forum, tags)?;
            let body = json!({"name": title, "message": {"content": text}, "applied_tags": tags});
            state
                .world
                .start_post(now, self.id, forum, Sent::from(&body))
        })?;
        Ok(self.at(thread))
    }

    /// Sends a thread to the archive.
    ///
    /// # Errors
    ///
    /// It is somebody else's and they may not manage threads.
    pub fn archives(&self, thread: &Channel) -> Result<(), Refused> {
        self.changes(thread, &json!({"archived": true}))
    }

    /// Locks a thread: only who manages threads can write in it from now on.
    ///
    /// # Errors
    ///
    /// They may not manage threads, or it is archived.
    pub fn locks(&self, thread: &Channel) -> Result<(), Refused> {
        self.changes(thread, &json!({"locked": true}))
    }

    /// Gives a channel or thread another name.
    ///
    /// # Errors
    ///
    /// They may not, or the name has not 1 to 100 characters.
    pub fn renames(&self, channel: &Channel, name: &str) -> Result<(), Refused> {
        self.changes(channel, &json!({"name": name}))
    }

    /// Changes a channel or thread as `PATCH /channels/{id}` does.
    ///
    /// # Errors
    ///
    /// They may not, or a value is not one that the channel takes.
    pub fn changes(&self, channel: &Channel, body: &Value) -> Result<(), Refused> {
        let id = channel.snowflake();
        self.acts(|state, now| state.world.change_channel(now, self.id, id, body))
    }

    /// Deletes a channel with its threads, or a thread.
    ///
    /// # Errors
    ///
    /// They may not.
    pub fn deletes_channel(&self, channel: &Channel) -> Result<(), Refused> {
        let id = channel.snowflake();
        self.acts(|state, now| state.world.delete_channel(now, self.id, id).map(drop))
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
}
