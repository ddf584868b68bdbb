//! The guild and its channels as the API shows them. Holds the messages of a channel, but does not write them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Event, World, messages::Message, refusal::Refusal};
use crate::{clock::Moment, snowflake::Snowflake};

/// What the role @everyone may do, which is also all that the bot may do.
pub(crate) const EVERYONE_PERMISSIONS: u64 = 2_248_473_465_835_073;
pub(crate) const GUILD_NAME: &str = "Footnote demo";
pub(crate) const INTENT_GUILDS: u64 = 1;
const JOINED: &str = "2026-01-01T00:00:00.000000+00:00";

/// A text channel with its messages, oldest first.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    position: usize,
    pub(crate) messages: BTreeMap<Snowflake, Message>,
}

impl Channel {
    pub(crate) fn new(id: Snowflake, name: &str, position: usize) -> Self {
        Self {
            id,
            name: name.to_owned(),
            position,
            messages: BTreeMap::new(),
        }
    }
}

impl World {
    pub(crate) fn channels(&self) -> impl Iterator<Item = &Channel> {
        self.channels.values()
    }

    pub(crate) fn find_channel(&self, id: Snowflake) -> Result<&Channel, Refusal> {
        self.channels.get(&id).ok_or(Refusal::UnknownChannel)
    }

    /// Finds a text channel by name, or adds one.
    pub(crate) fn channel(&mut self, now: Moment, name: &str) -> Snowflake {
        if let Some(channel) = self.channels.values().find(|channel| channel.name == name) {
            return channel.id;
        }
        let id = self.ids.next(now);
        let channel = Channel::new(id, name, self.channels.len());
        self.outbox.push(Event {
            kind: "CHANNEL_CREATE",
            payload: self.channel_json(&channel),
            intents: INTENT_GUILDS,
            without_content: None,
            interaction: None,
        });
        self.channels.insert(id, channel);
        self.touch();
        id
    }

    pub(crate) fn channel_json(&self, channel: &Channel) -> Value {
        json!({"id": channel.id, "type": 0, "name": channel.name, "position": channel.position, "topic": null,
            "permission_overwrites": [], "guild_id": self.guild, "parent_id": null, "nsfw": false, "flags": 0,
            "rate_limit_per_user": 0, "last_message_id": channel.messages.keys().next_back()})
    }

    /// The channel as an interaction carries it.
    pub(crate) fn partial_channel_json(&self, channel: &Channel) -> Value {
        json!({"id": channel.id, "type": 0, "name": channel.name, "guild_id": self.guild, "parent_id": null,
            "permissions": EVERYONE_PERMISSIONS.to_string()})
    }

    /// The guild as `GET /guilds/{id}` shows it.
    pub(crate) fn guild_json(&self) -> Value {
        json!({"id": self.guild, "name": GUILD_NAME, "icon": null, "splash": null, "discovery_splash": null,
            "owner_id": self.owner().map(|owner| owner.id), "afk_channel_id": null, "afk_timeout": 300,
            "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0,
            "roles": [self.everyone_json()], "emojis": [], "stickers": [], "features": [], "mfa_level": 0,
            "application_id": null, "system_channel_id": null, "system_channel_flags": 0, "rules_channel_id": null,
            "vanity_url_code": null, "description": null, "banner": null, "premium_tier": 0,
            "preferred_locale": "en-US", "public_updates_channel_id": null, "nsfw_level": 0,
            "premium_progress_bar_enabled": false, "safety_alerts_channel_id": null, "home_header": null, "region": "deprecated",
            "widget_enabled": false, "widget_channel_id": null, "max_presences": null, "max_members": 250_000,
            "max_stage_video_channel_users": 50, "max_video_channel_users": 25, "premium_subscription_count": 0, "nsfw": false,
            "incidents_data": null})
    }

    /// The guild as `GUILD_CREATE` shows it: with what is in it.
    pub(crate) fn full_guild_json(&self) -> Value {
        let channels: Vec<Value> = self
            .channels
            .values()
            .map(|channel| self.channel_json(channel))
            .collect();
        let mut guild = self.guild_json();
        let more = json!({"joined_at": JOINED, "large": false, "unavailable": false, "member_count": self.people.len(),
            "voice_states": [], "members": [self.bot_member_json()], "channels": channels, "threads": [],
            "presences": [], "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": []});
        if let (Some(guild), Value::Object(more)) = (guild.as_object_mut(), more) {
            guild.extend(more);
        }
        guild
    }

    /// The guild as an interaction carries it.
    pub(crate) fn partial_guild_json(&self) -> Value {
        json!({"id": self.guild, "locale": "en-US", "features": []})
    }

    fn bot_member_json(&self) -> Value {
        let mut member = self.member_json();
        member["user"] = self.bot();
        member
    }

    /// The role that everybody has; its id is the guild's.
    fn everyone_json(&self) -> Value {
        json!({"id": self.guild, "name": "@everyone", "color": 0, "hoist": false, "position": 0, "managed": false,
            "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null}, "mentionable": false,
            "permissions": EVERYONE_PERMISSIONS.to_string(), "flags": 0})
    }
}
