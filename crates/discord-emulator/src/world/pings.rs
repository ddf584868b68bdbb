//! Whom a written message pings where it stands: its mentions, what is allowed, what its author may. Pings nobody.

use super::{
    World,
    mentions::{Allowed, Mentions},
    messages::Message,
    permissions::Permissions,
};
use crate::{
    clock::Moment,
    report::{Ping, Whom},
    snowflake::Snowflake,
};

impl World {
    /// Works out the mentions anew, as every write does, and notes what the bot's would ping.
    pub(super) fn settle_mentions(
        &mut self,
        now: Moment,
        message: &mut Message,
        allowed: Option<Allowed>,
    ) {
        let default = if message.interaction.is_some() {
            Allowed::only_users()
        } else {
            Allowed::everything()
        };
        let allowed = allowed.unwrap_or(default);
        let mut mentions = Mentions::read(&message.text()).limited_to(&allowed);
        mentions.users.retain(|id| self.people.contains_key(id));
        let pings_all = self.channels.get(&message.channel).is_some_and(|channel| {
            self.permissions_in(now, channel, message.author)
                .contains(Permissions::MENTION_EVERYONE)
        });
        mentions.everyone &= pings_all;
        let guild = self
            .guild_of(message.channel)
            .and_then(|id| self.guilds.get(&id));
        mentions.roles.retain(|id| {
            let role = guild.and_then(|guild| guild.roles.get(id));
            role.is_some_and(|role| role.is_mentionable || pings_all)
        });
        if allowed.replied_user {
            let replied = message
                .replies_to()
                .and_then(|id| self.message(message.channel, id));
            mentions.users.extend(replied.map(|replied| replied.author));
        }
        // Nobody else sees an ephemeral message, and its reader is looking at it.
        if message.author == self.application && message.only_for.is_none() {
            self.note_pings(now, message, &mentions);
        }
        message.mentions = mentions;
    }

    /// Notes whom a message reaches: of people only those who see where it stands.
    fn note_pings(&mut self, now: Moment, message: &Message, mentions: &Mentions) {
        let place = self.channels.get(&message.channel);
        let sees = |id: &Snowflake| place.is_some_and(|place| self.sees(now, place, *id));
        let seeing: Vec<Snowflake> = mentions.users.iter().copied().filter(sees).collect();
        let everyone = mentions.everyone.then_some(Whom::Everyone);
        let people = seeing.iter().map(|id| Whom::Person(id.get()));
        let roles = mentions.roles.iter().map(|id| Whom::Role(id.get()));
        for whom in everyone.into_iter().chain(people).chain(roles) {
            self.note_ping(Ping {
                message: message.id.get(),
                whom,
            });
        }
    }
}
