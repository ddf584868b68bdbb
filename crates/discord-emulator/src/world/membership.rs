//! Who is in a guild: people coming, leaving and being timed out, the bot invited and removed, and guilds that fail for a while.

use serde_json::{Value, json};

use super::{
    Event, World,
    guild::{Guild, INTENT_GUILD_MEMBERS, INTENT_GUILDS},
    people::User,
    refusal::Refusal,
};
use crate::{clock::Moment, snowflake::Snowflake};

impl World {
    /// Somebody leaves a guild, its channels' threads included.
    pub(crate) fn leave_guild(&mut self, guild: Snowflake, person: Snowflake) {
        let there = self.guilds.get_mut(&guild);
        if there.is_none_or(|there| there.members.remove(&person).is_none()) {
            return;
        }
        self.leave_threads(guild, person);
        let payload = json!({"guild_id": guild, "user": self.user_json(person)});
        let kind = "GUILD_MEMBER_REMOVE";
        self.outbox
            .push(Event::of_guild(kind, guild, INTENT_GUILD_MEMBERS, payload));
        self.touch();
    }

    /// Whoever is not in a guild is in none of its threads.
    fn leave_threads(&mut self, guild: Snowflake, person: Snowflake) {
        let own = self
            .channels
            .values_mut()
            .filter(|channel| channel.guild == Some(guild));
        for thread in own.filter_map(|channel| channel.thread.as_mut()) {
            thread.members.remove(&person);
        }
    }

    /// Somebody can do nothing but read until then; `None` ends it.
    pub(crate) fn time_out(
        &mut self,
        now: Moment,
        guild: Snowflake,
        person: Snowflake,
        until: Option<Moment>,
    ) {
        let before = self.sight(now, guild);
        let there = self.guilds.get_mut(&guild);
        if let Some(member) = there.and_then(|there| there.members.get_mut(&person)) {
            member.timed_out_until = until;
            self.tell_of_member(guild, person);
        }
        self.tell_of_sight(now, guild, &before);
    }

    /// The bot is not in a guild any more, by its own will or another's.
    ///
    /// # Errors
    ///
    /// It was not in it.
    pub(crate) fn remove_bot(&mut self, guild: Snowflake) -> Result<(), Refusal> {
        let bot = self.application;
        let there = self.guilds.get_mut(&guild).ok_or(Refusal::UnknownGuild)?;
        if there.members.remove(&bot).is_none() {
            return Err(Refusal::UnknownGuild);
        }
        there.roles.retain(|_, role| role.of_bot != Some(bot));
        self.leave_threads(guild, bot);
        self.command_permissions.retain(|(of, _), _| *of != guild);
        let payload = json!({"id": guild});
        self.outbox.push(Event::of_guild(
            "GUILD_DELETE",
            guild,
            INTENT_GUILDS,
            payload,
        ));
        self.touch();
        Ok(())
    }

    /// The bot is invited into a guild, with the role that its invitation asks for.
    pub(crate) fn invite_bot(&mut self, now: Moment, guild: Snowflake) {
        let (bot, role) = (self.application, self.ids.next(now));
        let role = self.bot_role(role);
        let Some(there) = self.guilds.get_mut(&guild) else {
            return;
        };
        if !there.members.contains_key(&bot) {
            there.welcome_bot(bot, role);
            self.tell_of_guild(now, guild);
        }
    }

    /// A guild fails, as in an outage of the service: nothing is heard of it until it is back.
    pub(crate) fn fail_guild(&mut self, guild: Snowflake) {
        if self.failing.insert(guild) {
            let payload = json!({"id": guild, "unavailable": true});
            self.outbox.push(Event::of_guild(
                "GUILD_DELETE",
                guild,
                INTENT_GUILDS,
                payload,
            ));
            self.touch();
        }
    }

    /// A guild that failed is back.
    pub(crate) fn restore_guild(&mut self, now: Moment, guild: Snowflake) {
        if self.failing.remove(&guild) {
            self.tell_of_guild(now, guild);
        }
    }

    pub(super) fn tell_of_guild(&mut self, now: Moment, guild: Snowflake) {
        if let Some(guild) = self.guilds.get(&guild) {
            let payload = self.full_guild_json(now, guild);
            self.outbox.push(Event::of_guild(
                "GUILD_CREATE",
                guild.id,
                INTENT_GUILDS,
                payload,
            ));
        }
        self.touch();
    }

    /// Finds another bot of the home guild by name, or adds one.
    pub(crate) fn other_bot(&mut self, now: Moment, name: &str) -> Snowflake {
        let home = self.home;
        let known = self.people.values().find(|user| {
            user.is_bot && user.name == name && user.id != self.application && !user.is_webhook
        });
        if let Some(bot) = known {
            return bot.id;
        }
        let id = self.ids.next(now);
        self.people.insert(id, User::bot(id, name));
        self.join(home, id);
        id
    }

    /// Finds a webhook by its name, or adds one. It is a member of nothing.
    pub(crate) fn webhook(&mut self, now: Moment, name: &str) -> Snowflake {
        let known = self
            .people
            .values()
            .find(|user| user.is_webhook && user.name == name);
        if let Some(webhook) = known {
            return webhook.id;
        }
        let id = self.ids.next(now);
        self.people.insert(id, User::webhook(id, name));
        self.touch();
        id
    }

    /// The guilds of the bot as `GET /users/@me/guilds` lists them: by id, between two of them.
    pub(crate) fn own_guilds_json(
        &self,
        now: Moment,
        (after, before): (Option<Snowflake>, Option<Snowflake>),
        limit: usize,
        with_counts: bool,
    ) -> Value {
        let between = |guild: &&Guild| {
            after.is_none_or(|after| guild.id > after)
                && before.is_none_or(|before| guild.id < before)
        };
        let mut found: Vec<&Guild> = self.guilds_of_bot().filter(between).collect();
        if before.is_some() && after.is_none() {
            let surplus = found.len().saturating_sub(limit);
            found.drain(..surplus);
        }
        let one = |guild: &Guild| {
            let permissions = self.guild_permissions(now, guild.id, self.application);
            let mut json = json!({"id": guild.id, "name": guild.name, "icon": null, "banner": null,
                "owner": guild.owner == self.application, "permissions": permissions, "features": []});
            if with_counts {
                json["approximate_member_count"] = json!(guild.members.len());
                json["approximate_presence_count"] = json!(guild.members.len());
            }
            json
        };
        found.into_iter().take(limit).map(one).collect()
    }

    /// The members of a guild by id, behind `after`, for an application that may list them.
    pub(crate) fn members_json(
        &self,
        guild: &Guild,
        after: Option<Snowflake>,
        limit: usize,
    ) -> Result<Value, Refusal> {
        if !self.privileged.members {
            return Err(Refusal::MissingAccess);
        }
        let behind = guild
            .members
            .keys()
            .filter(|id| after.is_none_or(|after| **id > after));
        let shown = behind.take(limit);
        Ok(shown
            .map(|id| self.full_member_json(guild.id, *id))
            .collect())
    }

    /// The members whose name begins with a text.
    pub(crate) fn search_members(&self, guild: &Guild, query: &str, limit: usize) -> Value {
        let query = query.to_lowercase();
        let fits = |id: &&Snowflake| {
            let user = self.user(**id);
            user.is_some_and(|user| user.name.to_lowercase().starts_with(&query))
        };
        let found = guild.members.keys().filter(fits).take(limit);
        found
            .map(|id| self.full_member_json(guild.id, *id))
            .collect()
    }
}
