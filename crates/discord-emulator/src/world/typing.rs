//! The typing line: somebody is writing, for ten seconds or until their message is there. Writes nothing.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::{World, refusal::Refusal, telling::Intents};
use crate::{clock::Moment, snowflake::Snowflake};

/// How long the line is shown.
const SHOWN: Duration = Duration::from_secs(10);

/// Who types in which channel, and until when that is shown.
pub(super) type Typists = BTreeMap<(Snowflake, Snowflake), Moment>;

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
        self.typists.insert((channel, person), now.plus(SHOWN));
        self.touch();
        Ok(())
    }

    /// Whoever types in a channel.
    pub(crate) fn typists(&self, channel: Snowflake) -> impl Iterator<Item = Snowflake> {
        let here = (channel, Snowflake::from(0))..=(channel, Snowflake::from(u64::MAX));
        self.typists.range(here).map(|((_, person), _)| *person)
    }

    /// The message is there.
    pub(super) fn has_typed(&mut self, channel: Snowflake, person: Snowflake) {
        self.typists.remove(&(channel, person));
    }

    /// Forgets those whose line is no longer shown.
    pub(super) fn forget_typists(&mut self, now: Moment) {
        let before = self.typists.len();
        self.typists.retain(|_, until| *until > now);
        if self.typists.len() < before {
            self.touch();
        }
    }

    /// When the next line is no longer shown.
    pub(super) fn typing_ends(&self) -> Option<Moment> {
        self.typists.values().min().copied()
    }
}
