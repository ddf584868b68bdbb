//! What a channel changes for a role or a member: setting and removing overwrites. Adds no permissions up.

use serde_json::{Value, json};

use super::{
    World,
    form::Form,
    permissions::{Overwrite, Permissions, overwritten},
    refusal::{Problems, Refusal},
};
use crate::{clock::Moment, snowflake::Snowflake};

impl World {
    /// Sets what a channel changes for somebody. What the bot sees by it is told.
    pub(crate) fn set_overwrite(&mut self, now: Moment, channel: Snowflake, overwrite: Overwrite) {
        self.change_overwrites(now, channel, |overwrites| {
            overwrites.retain(|one| one.id != overwrite.id);
            overwrites.push(overwrite);
        });
    }

    pub(super) fn change_overwrites(
        &mut self,
        now: Moment,
        channel: Snowflake,
        change: impl FnOnce(&mut Vec<Overwrite>),
    ) {
        let Some(guild) = self.guild_of(channel) else {
            return;
        };
        let before = self.sight(now, guild);
        if let Some(channel) = self.channels.get_mut(&channel) {
            change(&mut channel.overwrites);
        }
        if before.contains(&channel) {
            self.tell_of_channel(now, "CHANNEL_UPDATE", channel);
        }
        self.tell_of_sight(now, guild, &before);
        self.touch();
    }

    /// Changes what a channel allows to and denies somebody, leaving other permissions as they are.
    pub(crate) fn shift_overwrite(
        &mut self,
        now: Moment,
        channel: Snowflake,
        (id, kind): (Snowflake, u8),
        allowed: Permissions,
        denied: Permissions,
    ) {
        let present = self
            .find_channel(channel)
            .ok()
            .and_then(|channel| channel.overwrites.iter().find(|one| one.id == id).copied());
        let (allow, deny) = present.map_or_else(Default::default, |one| (one.allow, one.deny));
        let overwrite = Overwrite {
            id,
            kind,
            allow: allow.without(denied) | allowed,
            deny: deny.without(allowed) | denied,
        };
        self.set_overwrite(now, channel, overwrite);
    }

    /// The bot sets an overwrite through its route.
    pub(crate) fn bot_overwrites(
        &mut self,
        now: Moment,
        channel: Snowflake,
        id: Snowflake,
        body: &Value,
    ) -> Result<(), Refusal> {
        let needed = Permissions::MANAGE_ROLES;
        self.require(now, self.find_channel(channel)?, self.application, needed)?;
        let mut body = body.clone();
        if let Some(fields) = body.as_object_mut() {
            fields.insert("id".to_owned(), json!(id));
        }
        let mut problems = Problems::default();
        let overwrite = read(&body, "", &mut problems);
        if let Some(overwrite) = problems.unless_any(overwrite)? {
            self.refuse_beyond_own(now, self.application, channel, &[overwrite])?;
            self.set_overwrite(now, channel, overwrite);
        }
        Ok(())
    }

    /// Refuses what allows or denies anew a permission that its actor has neither in the guild nor in the channel's
    /// category, unless the channel itself lets them manage roles.
    // https://docs.discord.com/developers/resources/channel#edit-channel-permissions
    pub(super) fn refuse_beyond_own(
        &self,
        now: Moment,
        actor: Snowflake,
        channel: Snowflake,
        wanted: &[Overwrite],
    ) -> Result<(), Refusal> {
        let channel = self.find_channel(channel)?;
        let Some(guild) = channel.guild else {
            return Ok(());
        };
        let in_guild = self.guild_permissions(now, guild, actor);
        let in_category = channel
            .parent
            .and_then(|category| self.find_channel(category).ok())
            .map_or(Permissions::NONE, |category| {
                self.permissions_in(now, category, actor)
            });
        let alone = self.member(guild, actor).map(|member| {
            overwritten(Permissions::NONE, &channel.overwrites, guild, actor, member)
        });
        if alone.is_some_and(|alone| alone.contains(Permissions::MANAGE_ROLES)) {
            return Ok(());
        }
        let changed = wanted.iter().fold(Permissions::NONE, |all, one| {
            let mut present = channel.overwrites.iter();
            let present = present.find(|present| present.id == one.id);
            let (allow, deny) =
                present.map_or_else(Default::default, |present| (present.allow, present.deny));
            all | one.allow.without(allow) | one.deny.without(deny)
        });
        if (in_guild | in_category).contains(changed) {
            Ok(())
        } else {
            Err(Refusal::MissingPermissions)
        }
    }

    /// The bot removes an overwrite through its route.
    pub(crate) fn bot_removes_overwrite(
        &mut self,
        now: Moment,
        channel: Snowflake,
        id: Snowflake,
    ) -> Result<(), Refusal> {
        let needed = Permissions::MANAGE_ROLES;
        self.require(now, self.find_channel(channel)?, self.application, needed)?;
        self.change_overwrites(now, channel, |overwrites| {
            overwrites.retain(|one| one.id != id);
        });
        Ok(())
    }
}

/// Reads one overwrite: `id`, `type` 0 role or 1 member, `allow` and `deny` as numbers in strings.
pub(super) fn read(value: &Value, at: &str, problems: &mut Problems) -> Option<Overwrite> {
    let form = Form::read(value, at, problems)?;
    let id = form.id("id", problems);
    if id.is_none() {
        problems.required(&form.path("id"));
    }
    let kind = form.number_in("type", 0..=1, problems).unwrap_or(0);
    let mut bits = |name: &str| {
        let bits = form.large_number(name, problems).unwrap_or(0);
        Permissions::from_bits(bits & Permissions::ALL.bits())
    };
    Some(Overwrite {
        id: id?,
        kind: u8::try_from(kind).unwrap_or(0),
        allow: bits("allow"),
        deny: bits("deny"),
    })
}
