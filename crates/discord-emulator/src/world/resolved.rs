//! People, roles, channels and messages as an interaction carries them beside their ids. Finds them by name or id.

use serde_json::{Map, Value, json};

use super::{World, messages::Message, people::User};
use crate::{clock::Moment, snowflake::Snowflake};

/// The field `resolved` while it is filled.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    kinds: Map<String, Value>,
    /// Where members and roles are looked up; direct messages have neither.
    guild: Option<Snowflake>,
}

impl Resolved {
    pub(crate) fn in_guild(guild: Option<Snowflake>) -> Self {
        Self {
            kinds: Map::new(),
            guild,
        }
    }

    /// Puts the field into the data of an interaction, if there is anything in it.
    pub(crate) fn into_data(self, data: &mut Value) {
        if !self.kinds.is_empty() {
            data["resolved"] = Value::Object(self.kinds);
        }
    }

    pub(crate) fn add(&mut self, kind: &str, id: Snowflake, value: Value) {
        let entries = self.kinds.entry(kind).or_insert_with(|| json!({}));
        entries[id.to_string()] = value;
    }
}

impl World {
    /// A person by name or id, or what to say when there is none.
    pub(crate) fn resolve_person(
        &self,
        now: Moment,
        name: &str,
        resolved: &mut Resolved,
    ) -> Result<Value, String> {
        let name = name.trim_start_matches('@');
        let user = self
            .people
            .values()
            .find(|user| self.is_called(user, name, resolved.guild));
        let user = user.ok_or_else(|| format!("nobody here is called {name}"))?;
        self.resolve_user(now, user.id, resolved);
        Ok(json!(user.id))
    }

    /// Whether it is somebody's id, or their name in the guild where they are looked for.
    fn is_called(&self, user: &User, name: &str, guild: Option<Snowflake>) -> bool {
        let is_here = guild.is_none_or(|guild| self.member(guild, user.id).is_some());
        user.id.to_string() == name || (is_here && user.name == name)
    }

    /// The user, and what they are in the guild without what stands in the user.
    pub(crate) fn resolve_user(&self, now: Moment, id: Snowflake, resolved: &mut Resolved) {
        resolved.add("users", id, self.user_json(id));
        let Some(guild) = resolved.guild else {
            return;
        };
        let mut member = self.member_json(guild, id);
        if let Some(fields) = member.as_object_mut() {
            fields.remove("deaf");
            fields.remove("mute");
            fields.insert(
                "permissions".to_owned(),
                json!(self.guild_permissions(now, guild, id)),
            );
            resolved.add("members", id, member);
        }
    }

    /// A role by name or id, or what to say when there is none.
    pub(crate) fn resolve_role(
        &self,
        name: &str,
        resolved: &mut Resolved,
    ) -> Result<Value, String> {
        let wanted = name.trim_start_matches('@');
        let guild = resolved.guild.and_then(|guild| self.guilds.get(&guild));
        let roles = guild.into_iter().flat_map(|guild| guild.roles.values());
        let role = roles
            .into_iter()
            .find(|role| {
                role.name.trim_start_matches('@') == wanted || role.id.to_string() == wanted
            })
            .ok_or_else(|| format!("there is no role called {name}"))?;
        resolved.add("roles", role.id, role.json());
        Ok(json!(role.id))
    }

    /// A person or a role.
    pub(crate) fn resolve_mentionable(
        &self,
        now: Moment,
        name: &str,
        resolved: &mut Resolved,
    ) -> Result<Value, String> {
        self.resolve_person(now, name, resolved)
            .or_else(|_| self.resolve_role(name, resolved))
            .map_err(|_| format!("neither a person nor a role here is called {name}"))
    }

    /// A channel by name or id that fits `kinds` (any, when there are none) and that the person sees.
    pub(crate) fn resolve_channel(
        &self,
        now: Moment,
        person: Snowflake,
        name: &str,
        kinds: &[u64],
        resolved: &mut Resolved,
    ) -> Result<Value, String> {
        let name = name.trim_start_matches('#');
        let mut seen = self.channels.values().filter(|channel| {
            channel.guild.is_some()
                && channel.guild == resolved.guild
                && self.sees(now, channel, person)
        });
        let channel = seen
            .find(|channel| channel.name == name || channel.id.to_string() == name)
            .ok_or_else(|| format!("there is no channel called {name}"))?;
        if !kinds.is_empty() && !kinds.contains(&u64::from(channel.kind.number())) {
            return Err(format!(
                "#{} is not of a kind that can be chosen",
                channel.name
            ));
        }
        let mut json = self.partial_channel_json(now, channel, person);
        json["app_permissions"] = json!(self.permissions_in(now, channel, self.application));
        resolved.add("channels", channel.id, json);
        Ok(json!(channel.id))
    }

    pub(crate) fn resolve_message(&self, message: &Message, resolved: &mut Resolved) {
        resolved.add("messages", message.id, self.used_json(message));
    }
}
