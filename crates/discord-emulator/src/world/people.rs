//! Users and members as the API shows them. Knows no message.

use serde_json::{Value, json};

use super::{World, guild};
use crate::{clock::Moment, snowflake::Snowflake};

const JOINED: &str = "2026-01-01T00:00:00.000000+00:00";
/// Every permission there is: what the guild's owner has.
const ALL_PERMISSIONS: u64 = (1 << 53) - 1;

/// A person or the bot.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) is_bot: bool,
}

impl User {
    pub(crate) fn person(id: Snowflake, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            is_bot: false,
        }
    }

    pub(crate) fn bot(id: Snowflake, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            is_bot: true,
        }
    }

    pub(crate) fn json(&self) -> Value {
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

    /// Everybody but the bot, those who came first first.
    pub(crate) fn persons(&self) -> impl Iterator<Item = &User> {
        self.people.values().filter(|user| !user.is_bot)
    }

    /// Finds a person by name, or adds one.
    pub(crate) fn person(&mut self, now: Moment, name: &str) -> Snowflake {
        if let Some(user) = self.persons().find(|user| user.name == name) {
            return user.id;
        }
        let id = self.ids.next(now);
        self.people.insert(id, User::person(id, name));
        self.touch();
        id
    }

    /// The person that owns the guild.
    pub(crate) fn owner(&self) -> Option<&User> {
        self.persons().next()
    }

    pub(crate) fn user_json(&self, id: Snowflake) -> Value {
        self.people.get(&id).map_or_else(
            || json!({"id": id, "username": "deleted_user", "discriminator": "0", "avatar": null, "global_name": null}),
            User::json,
        )
    }

    /// A member without its user, as messages carry it.
    pub(crate) fn member_json(&self) -> Value {
        json!({"roles": [], "joined_at": JOINED, "deaf": false, "mute": false, "flags": 0, "nick": null, "avatar": null,
            "premium_since": null, "pending": false, "communication_disabled_until": null})
    }

    /// A member as interactions carry it: with user and computed permissions.
    pub(crate) fn acting_member_json(&self, id: Snowflake) -> Value {
        let mut member = self.member_json();
        member["user"] = self.user_json(id);
        member["permissions"] = json!(self.permissions(id).to_string());
        member
    }

    fn permissions(&self, id: Snowflake) -> u64 {
        let owner = self.owner().map(|owner| owner.id);
        if owner == Some(id) {
            ALL_PERMISSIONS
        } else {
            guild::EVERYONE_PERMISSIONS
        }
    }
}
