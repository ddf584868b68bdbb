//! Who is in a thread: joining, adding, leaving, and what is told of it. Starts no thread.

use serde_json::{Value, json};

use super::{
    Event, World,
    channels::{Channel, ChannelKind, Thread},
    guild::{INTENT_GUILD_MEMBERS, INTENT_GUILDS},
    permissions::Permissions,
    refusal::Refusal,
};
use crate::{clock::Moment, snowflake::Snowflake};

const MOST_MEMBERS: usize = 1_000;

impl World {
    /// Puts somebody among the members of a thread; gives whether they were not there yet.
    pub(super) fn enter(&mut self, now: Moment, thread: Snowflake, person: Snowflake) -> bool {
        let channel = self.channels.get_mut(&thread);
        let thread = channel.and_then(|channel| channel.thread.as_mut());
        thread.is_some_and(|thread| thread.members.insert(person, now).is_none())
    }

    /// Somebody joins a thread, or is added to it by another; `204` either way when they are in it already.
    pub(crate) fn join_thread(
        &mut self,
        now: Moment,
        actor: Snowflake,
        thread: Snowflake,
        person: Snowflake,
    ) -> Result<(), Refusal> {
        let channel = self.find_thread(thread)?;
        let needed = if actor == person {
            Permissions::VIEW_CHANNEL
        } else {
            Permissions::SEND_MESSAGES_IN_THREADS
        };
        self.require(now, channel, actor, needed)?;
        let state = channel.thread.as_ref().ok_or(Refusal::WrongChannelKind)?;
        if state.is_archived {
            return Err(Refusal::ThreadArchived);
        }
        let is_closed = channel.kind == ChannelKind::PrivateThread && !state.is_invitable;
        if is_closed && actor != state.owner && actor != person {
            self.require(now, channel, actor, Permissions::MANAGE_THREADS)?;
        }
        if channel
            .guild
            .is_some_and(|guild| self.member(guild, person).is_none())
        {
            return Err(Refusal::UnknownUser);
        }
        if state.members.len() >= MOST_MEMBERS && !state.members.contains_key(&person) {
            return Err(Refusal::TooManyThreadMembers);
        }
        self.bring_into_thread(now, thread, person);
        Ok(())
    }

    /// Somebody is in a thread from now on, because they joined, were added, wrote or were mentioned.
    pub(super) fn bring_into_thread(&mut self, now: Moment, thread: Snowflake, person: Snowflake) {
        let sees = |world: &Self| {
            let channel = world.channels.get(&thread);
            channel.is_some_and(|channel| world.sees(now, channel, world.application))
        };
        let saw = sees(self);
        if !self.enter(now, thread, person) {
            return;
        }
        let sees = sees(self);
        if sees && !saw {
            // A private thread comes into the bot's sight with its membership.
            self.tell_of_channel(now, "THREAD_CREATE", thread);
        }
        if sees {
            self.tell_of_thread_members(thread, &[person], &[]);
        }
        self.touch();
    }

    /// Somebody leaves a thread, or is taken out of it.
    pub(crate) fn leave_thread(
        &mut self,
        now: Moment,
        actor: Snowflake,
        thread: Snowflake,
        person: Snowflake,
    ) -> Result<(), Refusal> {
        let channel = self.find_thread(thread)?;
        self.require(now, channel, actor, Permissions::VIEW_CHANNEL)?;
        let state = channel.thread.as_ref().ok_or(Refusal::WrongChannelKind)?;
        if state.is_archived {
            return Err(Refusal::ThreadArchived);
        }
        let owns_private = channel.kind == ChannelKind::PrivateThread && state.owner == actor;
        if actor != person && !owns_private {
            self.require(now, channel, actor, Permissions::MANAGE_THREADS)?;
        }
        if !state.members.contains_key(&person) {
            return Ok(());
        }
        let seen = self.sees(now, channel, self.application);
        let left = self.channels.get_mut(&thread);
        if let Some(left) = left.and_then(|channel| channel.thread.as_mut()) {
            left.members.remove(&person);
        }
        if seen {
            self.tell_of_thread_members(thread, &[], &[person]);
        }
        self.touch();
        Ok(())
    }

    /// Tells who came into a thread and who left it; of others than itself the bot hears with the intent for members.
    /// Of itself it hears a second time, as of its own membership.
    pub(super) fn tell_of_thread_members(
        &mut self,
        thread: Snowflake,
        added: &[Snowflake],
        removed: &[Snowflake],
    ) {
        let Some((guild, channel, state)) = self
            .channels
            .get(&thread)
            .and_then(|channel| Some((channel.guild?, channel, channel.thread.as_ref()?)))
        else {
            return;
        };
        let mut payload =
            json!({"id": thread, "guild_id": guild, "member_count": state.shown_members()});
        if !added.is_empty() {
            let members: Vec<Value> = added
                .iter()
                .filter_map(|person| self.thread_member_json(channel, *person, true))
                .collect();
            payload["added_members"] = json!(members);
        }
        if !removed.is_empty() {
            payload["removed_member_ids"] = json!(removed);
        }
        let own = Some(self.application).filter(|bot| added.contains(bot));
        let own = own.and_then(|bot| self.thread_member_json(channel, bot, false));
        let concerns_bot = added
            .iter()
            .chain(removed)
            .any(|id| *id == self.application);
        let intents = if concerns_bot {
            INTENT_GUILDS
        } else {
            INTENT_GUILD_MEMBERS
        };
        if let Some(mut own) = own {
            own["guild_id"] = json!(guild);
            let kind = "THREAD_MEMBER_UPDATE";
            self.outbox
                .push(Event::of_guild(kind, guild, INTENT_GUILDS, own));
        }
        self.outbox.push(Event::of_guild(
            "THREAD_MEMBERS_UPDATE",
            guild,
            intents,
            payload,
        ));
    }

    /// One member of a thread, with who they are in the guild where that is asked for.
    pub(crate) fn thread_member_json(
        &self,
        channel: &Channel,
        person: Snowflake,
        with_member: bool,
    ) -> Option<Value> {
        let joined = channel.thread.as_ref()?.members.get(&person)?;
        let mut json = json!({"id": channel.id, "user_id": person, "join_timestamp": joined.to_iso(), "flags": 0});
        if let Some(guild) = channel.guild.filter(|_| with_member) {
            json["member"] = self.full_member_json(guild, person);
        }
        Some(json)
    }
}

impl Thread {
    /// Discord stops counting members at 50.
    pub(super) fn shown_members(&self) -> usize {
        self.members.len().min(50)
    }
}
