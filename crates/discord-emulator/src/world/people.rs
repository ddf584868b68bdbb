//! Users, and what each is in a guild, as the API shows them. Knows no message.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{World, guild::JOINED, permissions::Permissions, presences::Status};
use crate::{clock::Moment, snowflake::Snowflake};

/// A person or a bot.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) is_bot: bool,
    /// Webhooks write, and are members of nothing.
    pub(crate) is_webhook: bool,
    /// The language of their client, as Discord names it: `en-US`, `de`.
    pub(crate) locale: String,
    /// Whether they want no direct messages of the bot.
    pub(crate) refuses_direct: bool,
    pub(crate) status: Status,
}

/// What a user is in one guild.
#[derive(Clone, Debug, Default)]
pub(crate) struct Member {
    pub(crate) roles: BTreeSet<Snowflake>,
    /// Until when they can do nothing but read.
    pub(crate) timed_out_until: Option<Moment>,
}

impl Member {
    pub(crate) fn is_timed_out(&self, now: Moment) -> bool {
        self.timed_out_until.is_some_and(|until| until > now)
    }

    fn json(&self) -> Value {
        let roles: Vec<Snowflake> = self.roles.iter().copied().collect();
        json!({"roles": roles, "joined_at": JOINED, "deaf": false, "mute": false, "flags": 0, "nick": null,
            "avatar": null, "banner": null, "premium_since": null, "pending": false,
            "communication_disabled_until": self.timed_out_until.map(Moment::to_iso)})
    }
}

impl User {
    pub(crate) fn person(id: Snowflake, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            is_bot: false,
            is_webhook: false,
            locale: "en-US".to_owned(),
            refuses_direct: false,
            status: Status::default(),
        }
    }

    pub(crate) fn bot(id: Snowflake, name: &str) -> Self {
        Self {
            is_bot: true,
            ..Self::person(id, name)
        }
    }

    pub(crate) fn webhook(id: Snowflake, name: &str) -> Self {
        Self {
            is_webhook: true,
            ..Self::bot(id, name)
        }
    }

    pub(crate) fn json(&self) -> Value {
        if self.is_webhook {
            return json!({"id": self.id, "username": self.name, "discriminator": "0000", "avatar": null,
                "global_name": null, "bot": true, "public_flags": 0, "flags": 0, "primary_guild": null});
        }
        let mut json = json!({"id": self.id, "username": self.username(), "discriminator": "0", "avatar": null,
            "global_name": if self.is_bot { None } else { Some(&self.name) }, "public_flags": 0, "flags": 0, "primary_guild": null});
        if self.is_bot {
            json["bot"] = json!(true);
        }
        json
    }

    /// User names know only lower-case letters, digits, `_` and `.`; what people see is the global name.
    fn username(&self) -> String {
        if self.is_bot {
            return self.name.clone();
        }
        let legal = |c: char| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        };
        self.name.chars().map(legal).collect()
    }
}

impl World {
    pub(crate) fn user(&self, id: Snowflake) -> Option<&User> {
        self.people.get(&id)
    }

    pub(crate) fn bot(&self) -> Value {
        self.people
            .get(&self.application)
            .map_or(Value::Null, User::json)
    }

    /// Everybody but bots, those who came first first.
    pub(crate) fn persons(&self) -> impl Iterator<Item = &User> {
        self.people.values().filter(|user| !user.is_bot)
    }

    /// Everybody, bots included.
    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.people.values()
    }

    /// Finds a person by name, or adds one to the home guild.
    pub(crate) fn person(&mut self, now: Moment, name: &str) -> Snowflake {
        if let Some(user) = self.persons().find(|user| user.name == name) {
            return user.id;
        }
        let id = self.ids.next(now);
        self.people.insert(id, User::person(id, name));
        self.join(self.home, id);
        id
    }

    /// The person that owns the home guild.
    pub(crate) fn owner(&self) -> Option<&User> {
        let guild = self.guilds.get(&self.home)?;
        self.people.get(&guild.owner)
    }

    /// Somebody's client changes its language.
    pub(crate) fn switch_locale(&mut self, person: Snowflake, locale: &str) {
        if let Some(user) = self.people.get_mut(&person) {
            locale.clone_into(&mut user.locale);
        }
        self.touch();
    }

    pub(crate) fn user_json(&self, id: Snowflake) -> Value {
        self.people.get(&id).map_or_else(
            || json!({"id": id, "username": "deleted_user", "discriminator": "0", "avatar": null, "global_name": null}),
            User::json,
        )
    }

    pub(crate) fn member(&self, guild: Snowflake, person: Snowflake) -> Option<&Member> {
        self.guilds.get(&guild)?.members.get(&person)
    }

    /// A member without its user, as messages carry it; `null` for whoever is not there.
    pub(crate) fn member_json(&self, guild: Snowflake, person: Snowflake) -> Value {
        self.member(guild, person).map_or(Value::Null, Member::json)
    }

    /// A member with its user.
    pub(crate) fn full_member_json(&self, guild: Snowflake, person: Snowflake) -> Value {
        let mut member = self.member_json(guild, person);
        if member.is_object() {
            member["user"] = self.user_json(person);
        }
        member
    }

    /// A member as interactions carry it: with user and what they may do where they are.
    pub(crate) fn acting_member_json(
        &self,
        guild: Snowflake,
        person: Snowflake,
        permissions: Permissions,
    ) -> Value {
        let mut member = self.full_member_json(guild, person);
        member["permissions"] = json!(permissions);
        member
    }
}
