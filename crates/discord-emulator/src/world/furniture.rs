//! What somebody who opens the page for the first time finds: people who may do less, a forum, a channel not everybody sees.

use super::{
    World,
    channels::{Channel, ChannelKind, Tag},
    permissions::{Overwrite, Permissions},
};
use crate::{clock::Moment, snowflake::Snowflake};

/// What the guest may not do in the channel "general".
const NOT_FOR_GUESTS: Permissions = Permissions::SEND_MESSAGES
    .and(Permissions::SEND_MESSAGES_IN_THREADS)
    .and(Permissions::CREATE_PUBLIC_THREADS)
    .and(Permissions::ADD_REACTIONS)
    .and(Permissions::USE_APPLICATION_COMMANDS);

impl World {
    /// Adds the people "member" and "guest", the forum "questions" and the channel "staff"; what is there already stays.
    ///
    /// The guest may only read in "general". "staff" is hidden from everybody but the owner and the bot.
    pub(crate) fn furnish(&mut self, now: Moment) {
        self.person(now, "member");
        let guest = self.person(now, "guest");
        let general = self.channel(now, "general");
        let less = overwrite(guest, Overwrite::MEMBER, Permissions::NONE, NOT_FOR_GUESTS);
        if let Some(channel) = self.channels.get_mut(&general) {
            channel.overwrites.retain(|one| one.id != guest);
            channel.overwrites.push(less);
        }
        self.tell_of_channel(now, "CHANNEL_UPDATE", general);
        self.add_forum(now);
        self.add_staff(now);
        self.touch();
    }

    fn add_forum(&mut self, now: Moment) {
        let Some(mut forum) = self.unless_there(now, "questions", ChannelKind::Forum) else {
            return;
        };
        for name in ["Answered", "Open"] {
            let id = self.ids.next(now);
            forum.tags.push(Tag::named(id, name));
        }
        self.add_channel(now, forum);
    }

    fn add_staff(&mut self, now: Moment) {
        let Some(mut staff) = self.unless_there(now, "staff", ChannelKind::Text) else {
            return;
        };
        let seeing = Permissions::VIEW_CHANNEL;
        staff.overwrites = vec![
            overwrite(self.home, Overwrite::ROLE, Permissions::NONE, seeing),
            overwrite(
                self.application,
                Overwrite::MEMBER,
                seeing,
                Permissions::NONE,
            ),
        ];
        self.add_channel(now, staff);
    }

    /// A new channel of this name, unless the home guild has it.
    fn unless_there(&mut self, now: Moment, name: &str, kind: ChannelKind) -> Option<Channel> {
        let home = self.home;
        let is_there = self
            .channels_of(home)
            .any(|channel| channel.kind == kind && channel.name == name);
        (!is_there).then(|| Channel::new(self.ids.next(now), kind, Some(home), name))
    }
}

fn overwrite(id: Snowflake, kind: u8, allow: Permissions, deny: Permissions) -> Overwrite {
    Overwrite {
        id,
        kind,
        allow,
        deny,
    }
}
