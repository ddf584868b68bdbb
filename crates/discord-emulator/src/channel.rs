//! A text channel as a test or a terminal sees it. Writes nothing.

use std::sync::Arc;

use crate::{
    message::Message,
    shared::{Shared, State},
    snowflake::Snowflake,
};

/// A text channel of the guild.
#[derive(Clone)]
pub struct Channel {
    shared: Arc<Shared>,
    id: Snowflake,
}

impl Channel {
    pub(crate) fn new(shared: Arc<Shared>, id: Snowflake) -> Self {
        Self { shared, id }
    }

    /// The channel's id.
    pub fn id(&self) -> u64 {
        self.id.get()
    }

    pub(crate) fn snowflake(&self) -> Snowflake {
        self.id
    }

    /// The message with this id, such as one that the bot has posted; `None` when it is not here.
    pub fn message(&self, id: u64) -> Option<Message> {
        let id = Snowflake::from(id);
        let is_here = |state: &mut State, _| state.world.message(self.id, id).is_some();
        let is_here = self.shared.act(is_here);
        is_here.then(|| Message::new(Arc::clone(&self.shared), self.id, id))
    }

    /// The channel as plain text: one block a message, `name [APP]: content` and its embeds, oldest first.
    pub fn shows(&self) -> String {
        self.shared.act(|state, _| state.world.transcript(self.id))
    }
}
