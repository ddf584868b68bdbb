//! One message as a test or a terminal holds it. Changes nothing; people do.

use std::sync::Arc;

use serde_json::Value;

use crate::{channel::Channel, shared::Shared, snowflake::Snowflake};

/// A message that was written; it may have been changed or deleted since.
#[derive(Clone)]
pub struct Message {
    shared: Arc<Shared>,
    channel: Snowflake,
    id: Snowflake,
}

impl Message {
    pub(crate) fn new(shared: Arc<Shared>, channel: Snowflake, id: Snowflake) -> Self {
        Self {
            shared,
            channel,
            id,
        }
    }

    /// The message's id.
    pub fn id(&self) -> u64 {
        self.id.get()
    }

    pub(crate) fn snowflake(&self) -> Snowflake {
        self.id
    }

    /// Where it stands.
    pub fn channel(&self) -> Channel {
        Channel::new(Arc::clone(&self.shared), self.channel)
    }

    pub(crate) fn place(&self) -> Snowflake {
        self.channel
    }

    /// Its text as it stands; empty once it is deleted.
    pub fn reads(&self) -> String {
        self.shared.act(|state, _| {
            let message = state.world.message(self.channel, self.id);
            message.map_or_else(String::new, |message| message.content.clone())
        })
    }

    /// The message as the REST API shows it; `None` once it is deleted.
    pub fn json(&self) -> Option<Value> {
        self.shared.act(|state, _| {
            let message = state.world.message(self.channel, self.id)?;
            Some(state.world.message_json(message))
        })
    }

    /// The thread that was started from it.
    pub fn thread(&self) -> Option<Channel> {
        // A thread has the id of the message that it was started from.
        let exists = self
            .shared
            .act(|state, _| state.world.find_thread(self.id).is_ok());
        exists.then(|| Channel::new(Arc::clone(&self.shared), self.id))
    }
}
