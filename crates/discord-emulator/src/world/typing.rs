//! The typing line: somebody is writing, for ten seconds. Keeps nothing.

use serde_json::{Value, json};

use super::{World, messages::Intents, refusal::Refusal};
use crate::{clock::Moment, snowflake::Snowflake};

impl World {
    /// Somebody types in a channel where they may write.
    pub(crate) fn types(
        &mut self,
        now: Moment,
        channel: Snowflake,
        person: Snowflake,
    ) -> Result<(), Refusal> {
        let place = self.find_channel(channel)?;
        self.require_writing(now, place, person)?;
        let member = place
            .guild
            .map(|guild| self.full_member_json(guild, person));
        let mut payload = json!({"channel_id": channel, "user_id": person, "timestamp": now.as_duration().as_secs()});
        if let Some(member) = member.filter(Value::is_object) {
            payload["member"] = member;
        }
        self.tell_in(now, channel, "TYPING_START", Intents::TYPING, payload);
        Ok(())
    }
}
