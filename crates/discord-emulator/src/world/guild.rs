//! Guilds, their roles and who is in them, as the API shows them. Knows no message.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Event, World, people::Member, permissions::Permissions, refusal::Refusal};
use crate::{clock::Moment, snowflake::Snowflake};

pub(crate) const HOME_NAME: &str = "Footnote demo";
pub(crate) const INTENT_GUILDS: u64 = 1;
pub(crate) const INTENT_GUILD_MEMBERS: u64 = 1 << 1;
/// Members and guilds are older than every test.
pub(super) const JOINED: &str = "2026-01-01T00:00:00.000000+00:00";

/// One guild.
#[derive(Clone, Debug)]
pub(crate) struct Guild {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) owner: Snowflake,
    /// The language of public texts, as Discord names it. Only a community chooses one.
    pub(crate) locale: String,
    pub(crate) is_community: bool,
    /// By id; @everyone's is the guild's.
    pub(crate) roles: BTreeMap<Snowflake, Role>,
    pub(crate) members: BTreeMap<Snowflake, Member>,
}

/// One role.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) permissions: Permissions,
    /// From the bottom, where @everyone has 0; of several at one position the older are the higher.
    pub(super) position: usize,
    /// Whether everybody may ping it.
    pub(crate) is_mentionable: bool,
    /// The application whose bot the role belongs to.
    pub(super) of_bot: Option<Snowflake>,
}

impl Role {
    pub(crate) fn json(&self) -> Value {
        let mut json = json!({"id": self.id, "name": self.name, "description": null, "color": 0, "hoist": false, "icon": null, "unicode_emoji": null,
            "position": self.position, "managed": self.of_bot.is_some(),
            "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
            "mentionable": self.is_mentionable, "permissions": self.permissions, "flags": 0});
        if let Some(bot) = self.of_bot {
            json["tags"] = json!({"bot_id": bot});
        }
        json
    }
}

impl Guild {
    /// A guild with @everyone and its owner.
    fn new(id: Snowflake, name: &str, owner: Snowflake) -> Self {
        let everyone = Role {
            id,
            name: "@everyone".to_owned(),
            permissions: Permissions::USUAL,
            position: 0,
            is_mentionable: false,
            of_bot: None,
        };
        Self {
            id,
            name: name.to_owned(),
            owner,
            locale: "en-US".to_owned(),
            is_community: false,
            roles: [(id, everyone)].into(),
            members: [(owner, Member::default())].into(),
        }
    }

    fn features(&self) -> &'static [&'static str] {
        if self.is_community {
            &["COMMUNITY"]
        } else {
            &[]
        }
    }

    /// The bot comes in, with the role of its invitation.
    pub(super) fn welcome_bot(&mut self, bot: Snowflake, role: Role) {
        let member = Member {
            roles: [role.id].into(),
            ..Member::default()
        };
        self.roles.insert(role.id, role);
        self.members.insert(bot, member);
    }
}

impl World {
    /// The guilds that the bot is in.
    pub(crate) fn guilds_of_bot(&self) -> impl Iterator<Item = &Guild> {
        let bot = self.application;
        self.guilds
            .values()
            .filter(move |guild| guild.members.contains_key(&bot))
    }

    pub(crate) fn guild(&self, id: Snowflake) -> Option<&Guild> {
        self.guilds.get(&id)
    }

    /// The guilds that somebody is in.
    pub(crate) fn guilds_of(&self, person: Snowflake) -> impl Iterator<Item = &Guild> {
        self.guilds
            .values()
            .filter(move |guild| guild.members.contains_key(&person))
    }

    /// A guild as the bot finds it: one that it is not in is unknown.
    pub(crate) fn guild_for_bot(&self, id: Snowflake) -> Result<&Guild, Refusal> {
        let guild = self.guilds.get(&id).ok_or(Refusal::UnknownGuild)?;
        if guild.members.contains_key(&self.application) {
            Ok(guild)
        } else {
            Err(Refusal::MissingAccess)
        }
    }

    /// Adds a guild with these ids for itself and the bot's role.
    pub(super) fn found(
        &mut self,
        id: Snowflake,
        bot_role: Snowflake,
        name: &str,
        owner: Snowflake,
    ) {
        let mut guild = Guild::new(id, name, owner);
        guild.welcome_bot(self.application, self.bot_role(bot_role));
        self.guilds.insert(id, guild);
        self.touch();
    }

    /// The role that the bot's invitation makes, with the permissions it asks for.
    pub(super) fn bot_role(&self, id: Snowflake) -> Role {
        Role {
            id,
            name: self
                .user(self.application)
                .map_or_else(String::new, |bot| bot.name.clone()),
            permissions: Permissions::INVITED,
            position: 1,
            is_mentionable: false,
            of_bot: Some(self.application),
        }
    }

    /// Adds a guild and tells the bot, which is in it.
    pub(crate) fn add_guild(&mut self, now: Moment, name: &str) -> Snowflake {
        let (id, bot_role) = (self.ids.next(now), self.ids.next(now));
        let owner = self.owner().map_or(self.application, |owner| owner.id);
        self.found(id, bot_role, name, owner);
        self.tell_of_guild(now, id);
        id
    }

    /// Somebody comes into a guild.
    pub(crate) fn join(&mut self, guild: Snowflake, person: Snowflake) {
        if let Some(guild) = self.guilds.get_mut(&guild) {
            guild.members.entry(person).or_default();
        }
        let mut payload = self.full_member_json(guild, person);
        payload["guild_id"] = json!(guild);
        self.outbox.push(Event::of_guild(
            "GUILD_MEMBER_ADD",
            guild,
            INTENT_GUILD_MEMBERS,
            payload,
        ));
        self.touch();
    }

    /// The role of the home guild with this name.
    pub(crate) fn role_named(&self, name: &str) -> Option<Snowflake> {
        let mut roles = self.guilds.get(&self.home)?.roles.values();
        roles.find(|role| role.name == name).map(|role| role.id)
    }

    /// Finds a role of the home guild by name, or adds one; gives it these permissions.
    pub(crate) fn role(&mut self, now: Moment, name: &str, permissions: Permissions) -> Snowflake {
        let home = self.home;
        let before = self.sight(now, home);
        let found = self.guilds.get(&home).and_then(|guild| {
            guild
                .roles
                .values()
                .find(|role| role.name == name)
                .map(|role| role.id)
        });
        let id = found.unwrap_or_else(|| self.ids.next(now));
        let Some(guild) = self.guilds.get_mut(&home) else {
            return id;
        };
        let role = guild.roles.entry(id).or_insert_with(|| Role {
            id,
            name: name.to_owned(),
            permissions,
            position: 1,
            is_mentionable: false,
            of_bot: None,
        });
        role.permissions = permissions;
        let kind = if found.is_some() {
            "GUILD_ROLE_UPDATE"
        } else {
            "GUILD_ROLE_CREATE"
        };
        let payload = json!({"guild_id": home, "role": role.json()});
        self.outbox
            .push(Event::of_guild(kind, home, INTENT_GUILDS, payload));
        self.tell_of_sight(now, home, &before);
        self.touch();
        id
    }

    /// Whether everybody may ping a role.
    pub(crate) fn set_mentionable(&mut self, role: Snowflake, mentionable: bool) {
        let home = self.home;
        let found = self.guilds.get_mut(&home);
        if let Some(role) = found.and_then(|guild| guild.roles.get_mut(&role)) {
            role.is_mentionable = mentionable;
            let payload = json!({"guild_id": home, "role": role.json()});
            let kind = "GUILD_ROLE_UPDATE";
            self.outbox
                .push(Event::of_guild(kind, home, INTENT_GUILDS, payload));
        }
        self.touch();
    }

    /// A role is no more; nobody has it, and no channel knows it.
    pub(crate) fn delete_role(&mut self, now: Moment, role: Snowflake) {
        let home = self.home;
        let before = self.sight(now, home);
        let Some(guild) = self.guilds.get_mut(&home).filter(|guild| guild.id != role) else {
            return;
        };
        if guild.roles.remove(&role).is_none() {
            return;
        }
        for member in guild.members.values_mut() {
            member.roles.remove(&role);
        }
        let channels = self.channels.values_mut();
        for channel in channels.filter(|channel| channel.guild == Some(home)) {
            channel.overwrites.retain(|one| one.id != role);
        }
        let payload = json!({"guild_id": home, "role_id": role});
        let kind = "GUILD_ROLE_DELETE";
        self.outbox
            .push(Event::of_guild(kind, home, INTENT_GUILDS, payload));
        self.tell_of_sight(now, home, &before);
        self.touch();
    }

    /// The guild is changed, and its members are told.
    pub(crate) fn update_guild(&mut self, guild: Snowflake, change: impl FnOnce(&mut Guild)) {
        if let Some(guild) = self.guilds.get_mut(&guild) {
            change(guild);
        }
        if let Some(guild) = self.guilds.get(&guild) {
            let payload = self.guild_json(guild);
            let event = Event::of_guild("GUILD_UPDATE", guild.id, INTENT_GUILDS, payload);
            self.outbox.push(event);
        }
        self.touch();
    }

    /// Gives somebody a role of a guild, or takes it away.
    pub(crate) fn assign(
        &mut self,
        now: Moment,
        guild: Snowflake,
        person: Snowflake,
        role: Snowflake,
        has: bool,
    ) {
        let before = self.sight(now, guild);
        let member = self
            .guilds
            .get_mut(&guild)
            .and_then(|guild| guild.members.get_mut(&person));
        let Some(member) = member else {
            return;
        };
        if has {
            member.roles.insert(role);
        } else {
            member.roles.remove(&role);
        }
        self.tell_of_member(guild, person);
        self.tell_of_sight(now, guild, &before);
    }

    /// A member has changed; the bot always hears of itself.
    pub(super) fn tell_of_member(&mut self, guild: Snowflake, person: Snowflake) {
        let mut payload = self.full_member_json(guild, person);
        payload["guild_id"] = json!(guild);
        let intents = if person == self.application {
            0
        } else {
            INTENT_GUILD_MEMBERS
        };
        self.outbox.push(Event::of_guild(
            "GUILD_MEMBER_UPDATE",
            guild,
            intents,
            payload,
        ));
        self.touch();
    }

    /// The guild as `GET /guilds/{id}` shows it.
    pub(crate) fn guild_json(&self, guild: &Guild) -> Value {
        json!({"id": guild.id, "name": guild.name, "icon": null, "splash": null, "discovery_splash": null,
            "owner_id": guild.owner, "afk_channel_id": null, "afk_timeout": 300,
            "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0,
            "roles": self.roles_json(guild), "emojis": [], "stickers": [], "features": guild.features(), "mfa_level": 0,
            "application_id": null, "system_channel_id": null, "system_channel_flags": 0, "rules_channel_id": null,
            "vanity_url_code": null, "description": null, "banner": null, "premium_tier": 0,
            "preferred_locale": guild.locale, "public_updates_channel_id": null, "nsfw_level": 0,
            "premium_progress_bar_enabled": false, "safety_alerts_channel_id": null, "home_header": null, "region": "deprecated",
            "widget_enabled": false, "widget_channel_id": null, "max_presences": null, "max_members": 250_000,
            "max_stage_video_channel_users": 50, "max_video_channel_users": 25, "premium_subscription_count": 0, "nsfw": false,
            "incidents_data": null})
    }

    /// The guild as `GUILD_CREATE` shows it: with the channels and threads that the bot sees, or as not available.
    pub(crate) fn full_guild_json(&self, now: Moment, guild: &Guild) -> Value {
        if self.failing.contains(&guild.id) {
            return json!({"id": guild.id, "unavailable": true});
        }
        let seen = self
            .channels_of(guild.id)
            .filter(|channel| self.sees(now, channel, self.application));
        let (threads, channels): (Vec<_>, Vec<_>) =
            seen.partition(|channel| channel.kind.is_thread());
        let channels: Vec<Value> = channels
            .into_iter()
            .map(|channel| self.channel_json(channel))
            .collect();
        let threads: Vec<Value> = threads
            .into_iter()
            .filter(|thread| thread.is_active())
            .map(|thread| self.channel_json(thread))
            .collect();
        let mut json = self.guild_json(guild);
        let more = json!({"joined_at": JOINED, "large": guild.members.len() > 250, "unavailable": false,
            "member_count": guild.members.len(), "voice_states": [],
            "members": [self.full_member_json(guild.id, self.application)], "channels": channels, "threads": threads,
            "presences": [], "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": []});
        if let (Some(json), Value::Object(more)) = (json.as_object_mut(), more) {
            json.extend(more);
        }
        json
    }

    /// The guild as an interaction carries it.
    pub(crate) fn partial_guild_json(&self, guild: Snowflake) -> Value {
        let known = self.guilds.get(&guild);
        let locale = known.map_or("en-US", |guild| guild.locale.as_str());
        let features = known.map_or(&[][..], Guild::features);
        json!({"id": guild, "locale": locale, "features": features})
    }

    pub(crate) fn roles_json(&self, guild: &Guild) -> Value {
        guild.roles.values().map(Role::json).collect()
    }
}
