//! The typing line: somebody is writing, for ten seconds. Keeps nothing.

use serde_json::json;

use super::{World, messages::Intents, refusal::Refusal};
use crate::{clock::Moment, snowflake::Snowflake};

impl World {
    /// Somebody types.
    pub(crate) fn bot_types(&mut self, now: Moment, channel: Snowflake) -> Result<(), Refusal> {
        self.find_channel(channel)?;
        self.tell_in(
            now,
            channel,
            "TYPING_START",
            Intents::TYPING,
            json!({"channel_id": channel, "user_id": self.application, "timestamp": now.as_duration().as_secs()}),
        );
        Ok(())
    }
}
