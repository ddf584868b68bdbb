//! Commands from the menu of a person or a message, filled in with their target. Sends nothing.

use serde_json::json;

use super::{
    World, invocation::Invocation, messages::Message, offers::CommandKind, resolved::Resolved,
    use_error::UseError,
};
use crate::{clock::Moment, snowflake::Snowflake};

impl World {
    /// Chooses a command in the menu of a message.
    pub(crate) fn menu_of_message(
        &self,
        now: Moment,
        person: Snowflake,
        message: Snowflake,
        name: &str,
    ) -> Result<(Snowflake, Invocation), UseError> {
        let target = self.message_seen(now, person, message)?;
        let command = self.offered(now, person, target.channel, CommandKind::Message, name)?;
        let mut resolved = Resolved::in_guild(self.guild_of(target.channel));
        self.resolve_message(target, &mut resolved);
        let mut data = json!({"id": command.id, "name": name, "type": 3, "target_id": target.id});
        if let Some(guild) = command.guild {
            data["guild_id"] = json!(guild);
        }
        resolved.into_data(&mut data);
        Ok((target.channel, Invocation::of_command(name, data)))
    }

    /// Chooses a command in the menu of a person.
    pub(crate) fn menu_of_person(
        &self,
        now: Moment,
        person: Snowflake,
        channel: Snowflake,
        target: Snowflake,
        name: &str,
    ) -> Result<Invocation, UseError> {
        self.user(target).ok_or(UseError::NoSuchPerson)?;
        let command = self.offered(now, person, channel, CommandKind::User, name)?;
        let mut resolved = Resolved::in_guild(self.guild_of(channel));
        self.resolve_user(now, target, &mut resolved);
        let mut data = json!({"id": command.id, "name": name, "type": 2, "target_id": target});
        if let Some(guild) = command.guild {
            data["guild_id"] = json!(guild);
        }
        resolved.into_data(&mut data);
        Ok(Invocation::of_command(name, data))
    }

    /// A message that somebody sees, wherever it is.
    pub(crate) fn message_seen(
        &self,
        now: Moment,
        person: Snowflake,
        message: Snowflake,
    ) -> Result<&Message, UseError> {
        let mut places = self.channels.values();
        let (place, message) = places
            .find_map(|place| Some((place, place.messages.get(&message)?)))
            .ok_or(UseError::NoSuchMessage)?;
        let seen = self.sees(now, place, person) && message.is_seen_by(person);
        seen.then_some(message).ok_or(UseError::NoSuchMessage)
    }
}
