//! A text channel as a test or a terminal sees it. Writes nothing.

use std::sync::Arc;

use crate::{shared::Shared, snowflake::Snowflake};

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

    /// The channel as plain text: one block a message, `name [APP]: content` and its embeds, oldest first.
    pub fn shows(&self) -> String {
        self.shared.act(|state, _| state.world.transcript(self.id))
    }
}
