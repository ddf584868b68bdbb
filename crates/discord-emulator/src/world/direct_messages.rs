//! Direct messages: the channel between the bot and one person, and people who want none. Writes no message.

use super::{
    World,
    channels::{Channel, ChannelKind},
    refusal::Refusal,
};
use crate::{clock::Moment, snowflake::Snowflake};

impl World {
    /// The bot's channel with a person; it is made when there is none yet.
    ///
    /// # Errors
    ///
    /// Nobody has this id, it is a bot, or the person wants no direct messages of the bot.
    pub(crate) fn bot_opens_direct(
        &mut self,
        now: Moment,
        person: Snowflake,
    ) -> Result<Snowflake, Refusal> {
        let user = self.user(person).ok_or(Refusal::UnknownUser)?;
        if user.is_bot || user.refuses_direct {
            return Err(Refusal::CannotWriteTo);
        }
        Ok(self.direct_channel(now, person))
    }

    /// The channel between the bot and a person, whoever opens it.
    pub(crate) fn direct_channel(&mut self, now: Moment, person: Snowflake) -> Snowflake {
        self.private_channel(now, self.application, person)
    }

    /// The channel between two, whoever opens it.
    pub(crate) fn private_channel(
        &mut self,
        now: Moment,
        one: Snowflake,
        other: Snowflake,
    ) -> Snowflake {
        let recipients = [one, other].into();
        let known = self.channels.values().find(|channel| {
            channel.kind == ChannelKind::Direct && channel.recipients == recipients
        });
        if let Some(channel) = known {
            return channel.id;
        }
        let id = self.ids.next(now);
        let mut channel = Channel::new(id, ChannelKind::Direct, None, "");
        channel.recipients = recipients;
        self.channels.insert(id, channel);
        self.touch();
        id
    }

    /// Somebody wants no direct messages of the bot, or wants them again.
    pub(crate) fn refuse_direct(&mut self, person: Snowflake, refuses: bool) {
        if let Some(user) = self.people.get_mut(&person) {
            user.refuses_direct = refuses;
        }
        self.touch();
    }

    /// Whoever wants no direct messages gets none, though there is a channel already.
    pub(super) fn refuse_unwanted(
        &self,
        channel: &Channel,
        author: Snowflake,
    ) -> Result<(), Refusal> {
        let others = channel.recipients.iter().filter(|id| **id != author);
        let mut users = others.filter_map(|id| self.user(*id));
        if users.any(|user| user.refuses_direct) {
            Err(Refusal::CannotWriteTo)
        } else {
            Ok(())
        }
    }
}
