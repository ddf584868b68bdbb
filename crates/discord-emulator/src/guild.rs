//! The guild as a test sets it up: its people, roles and channels by name, and what befalls it. Knows no rule of Discord's.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use crate::{
    channel::Channel,
    emulator::Emulator,
    message::Message,
    person::Person,
    refused::Refused,
    shared::State,
    snowflake::Snowflake,
    world::{channels::ChannelKind, permissions::Permissions, uploads::Sent},
};

/// A role of the home guild.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role(Snowflake);

impl Role {
    pub(crate) fn new(id: Snowflake) -> Self {
        Self(id)
    }

    /// The role's id.
    pub fn id(&self) -> u64 {
        self.0.get()
    }

    pub(crate) fn snowflake(self) -> Snowflake {
        self.0
    }
}

impl Emulator {
    /// Adds what somebody on the page would like to find: the people "member" and "guest", who may only read in "general";
    /// the forum "questions"; and "staff", which only the owner "you" and the bot see. What is there already stays.
    pub fn furnish(&self) {
        self.shared.act(|state, now| state.world.furnish(now));
    }

    /// Finds the member of this name, or adds one. The page's first person is called "you".
    pub fn person(&self, name: &str) -> Person {
        let id = self.shared.act(|state, now| state.world.person(now, name));
        Person::new(Arc::clone(&self.shared), id)
    }

    /// The bot itself, as a member of the guild: to give it roles, or to add it to a thread.
    pub fn bot(&self) -> Person {
        let id = self.shared.act(|state, _| state.world.application);
        Person::new(Arc::clone(&self.shared), id)
    }

    /// Finds the text channel of this name, or adds one. "general" is there from the start.
    pub fn channel(&self, name: &str) -> Channel {
        let id = self.shared.act(|state, now| state.world.channel(now, name));
        Channel::new(Arc::clone(&self.shared), id)
    }

    /// Finds the forum of this name, or adds one.
    pub fn forum(&self, name: &str) -> Channel {
        self.place(name, ChannelKind::Forum)
    }

    /// Finds the announcement channel of this name, or adds one.
    pub fn announcements(&self, name: &str) -> Channel {
        self.place(name, ChannelKind::Announcement)
    }

    /// Finds the category of this name, or adds one.
    pub fn category(&self, name: &str) -> Channel {
        self.place(name, ChannelKind::Category)
    }

    fn place(&self, name: &str, kind: ChannelKind) -> Channel {
        let id = self
            .shared
            .act(|state, now| state.world.place(now, name, kind));
        Channel::new(Arc::clone(&self.shared), id)
    }

    /// Finds the role of this name, or adds one; it has exactly these permissions from now on.
    pub fn role(&self, name: &str, permissions: Permissions) -> Role {
        let act = |state: &mut State, now| state.world.role(now, name, permissions);
        Role(self.shared.act(act))
    }

    /// Finds another bot of this name, or adds one. It writes as a person does, and with [`Person::says_with`] as a bot does.
    pub fn other_bot(&self, name: &str) -> Person {
        let id = self
            .shared
            .act(|state, now| state.world.other_bot(now, name));
        Person::new(Arc::clone(&self.shared), id)
    }

    /// A webhook of this name writes a message, as `POST /webhooks/{id}/{token}` takes it.
    ///
    /// # Errors
    ///
    /// The message breaks a limit, or the channel takes none.
    pub fn webhook_writes(
        &self,
        name: &str,
        channel: &Channel,
        body: &Value,
    ) -> Result<Message, Refused> {
        let place = channel.snowflake();
        let id = self.shared.act(|state, now| {
            let webhook = state.world.webhook(now, name);
            state
                .world
                .webhook_posts(now, place, webhook, Sent::from(body))
        })?;
        Ok(Message::new(Arc::clone(&self.shared), place, id))
    }

    /// Nobody can write, react or use commands as this person for so long; no time at all ends it.
    pub fn timeout(&self, person: &Person, period: Duration) {
        self.shared.act(|state, now| {
            let until = (!period.is_zero()).then(|| now.plus(period));
            let home = state.world.home;
            state.world.time_out(now, home, person.id, until);
        });
    }

    /// The bot is removed from the guild, as an administrator does.
    pub fn removes_bot(&self) {
        self.shared.act(|state, _| {
            let home = state.world.home;
            // It may be gone already, which is what is wanted.
            let _ = state.world.remove_bot(home);
        });
    }

    /// The bot is invited again, with the permissions of its invitation.
    pub fn invites_bot(&self) {
        self.shared.act(|state, now| {
            let home = state.world.home;
            state.world.invite_bot(now, home);
        });
    }

    /// The guild fails, as in an outage of the service: the bot hears that it is not available and then nothing of it,
    /// until the outage ends.
    pub fn outage(&self, on: bool) {
        self.shared.act(|state, now| {
            let home = state.world.home;
            if on {
                state.world.fail_guild(home);
            } else {
                state.world.restore_guild(now, home);
            }
        });
    }

    /// Whether everybody may ping a role; nobody may at the start.
    pub fn makes_mentionable(&self, role: &Role, mentionable: bool) {
        self.shared.act(|state, _| {
            state.world.set_mentionable(role.snowflake(), mentionable);
        });
    }

    /// Puts a role at this position, from the bottom, where @everyone has 0. Roles start at 1, as the bot's does; of
    /// several at one position the older are the higher. A bot gives and takes only what stands below its own highest.
    pub fn places_role(&self, role: &Role, position: u16) {
        self.shared.act(|state, _| {
            state
                .world
                .place_role(role.snowflake(), usize::from(position));
        });
    }

    /// Deletes a role.
    pub fn deletes_role(&self, role: &Role) {
        self.shared
            .act(|state, now| state.world.delete_role(now, role.snowflake()));
    }

    /// The guild chooses its language for public texts, as Discord names it (`de`, `pt-BR`), and is a community from then on: only those
    /// choose. It begins with `en-US`, as every guild does.
    pub fn speaks(&self, locale: &str) {
        self.shared.act(|state, _| {
            let home = state.world.home;
            state.world.update_guild(home, |guild| {
                locale.clone_into(&mut guild.locale);
                guild.is_community = true;
            });
        });
    }

    /// Gives the guild another name.
    pub fn renames_guild(&self, name: &str) {
        self.shared.act(|state, _| {
            let home = state.world.home;
            state
                .world
                .update_guild(home, |guild| name.clone_into(&mut guild.name));
        });
    }

    /// How many active threads a guild may have; 1 000 at the start.
    pub fn limit_active_threads(&self, most: usize) {
        self.shared
            .act(|state, _| state.world.most_active_threads = most);
    }

    /// The role that everybody has.
    pub fn everyone(&self) -> Role {
        Role(self.shared.act(|state, _| state.world.home))
    }

    /// Adds another guild that the bot is in; gives its id.
    pub fn add_guild(&self, name: &str) -> u64 {
        self.shared
            .act(|state, now| state.world.add_guild(now, name))
            .get()
    }
}
