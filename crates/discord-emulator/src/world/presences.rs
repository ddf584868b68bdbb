//! Who is there: online, idle, not to be disturbed, or offline. Knows nothing of what anybody does.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Event, World, guild::Guild};
use crate::snowflake::Snowflake;

pub(crate) const INTENT_GUILD_PRESENCES: u64 = 1 << 8;

/// What somebody's client shows of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// They are there, as everybody is at the beginning.
    #[default]
    Online,
    /// They are there, but have done nothing for a while.
    Idle,
    /// They do not want to be disturbed.
    Dnd,
    /// They are not there, or do not show it.
    Offline,
}

impl World {
    /// Somebody comes, goes or wants peace; the bot is told in every guild that it shares with them.
    pub(crate) fn set_status(&mut self, person: Snowflake, status: Status) {
        let Some(user) = self.people.get_mut(&person) else {
            return;
        };
        if std::mem::replace(&mut user.status, status) == status {
            return;
        }
        let shared = self.guilds_of_bot();
        let shared: Vec<Snowflake> = shared
            .filter(|guild| guild.members.contains_key(&person))
            .map(|guild| guild.id)
            .collect();
        for guild in shared {
            let payload = presence(guild, person, status);
            let intents = INTENT_GUILD_PRESENCES;
            self.outbox
                .push(Event::of_guild("PRESENCE_UPDATE", guild, intents, payload));
        }
        self.touch();
    }

    /// How one member of a guild is shown; `None` for whoever is not there.
    pub(crate) fn presence_json(&self, guild: Snowflake, person: Snowflake) -> Option<Value> {
        let status = self.user(person)?.status;
        (status != Status::Offline).then(|| presence(guild, person, status))
    }

    /// How the members of a guild are shown that are there.
    pub(crate) fn presences_json(&self, guild: &Guild) -> Value {
        let members = guild.members.keys();
        members
            .filter_map(|person| self.presence_json(guild.id, *person))
            .collect()
    }
}

fn presence(guild: Snowflake, person: Snowflake, status: Status) -> Value {
    let clients = match status {
        Status::Offline => json!({}),
        _ => json!({"web": status}),
    };
    json!({"user": {"id": person}, "guild_id": guild, "status": status, "activities": [], "client_status": clients})
}
