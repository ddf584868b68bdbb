//! Opcode 8: a bot asks for the members of a guild, and gets them in chunks. Sends nothing itself.

use serde::Deserialize;
use serde_json::{Value, json};

use super::frames::GUILD_MEMBERS;
use crate::{
    snowflake::Snowflake,
    world::{World, guild::Guild, presences::INTENT_GUILD_PRESENCES},
};

/// Members in one chunk.
const CHUNK: usize = 1_000;
/// The most that are found by a name.
const MOST_BY_NAME: usize = 100;
/// The most that can be asked for by id.
const MOST_IDS: usize = 100;
/// A longer nonce is not given back, in bytes.
const LONGEST_NONCE: usize = 32;

/// Whom a bot asks for: everybody (an empty query without limit), by the start of a name, or by id.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct RequestMembers {
    guild_id: String,
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    limit: u64,
    #[serde(default)]
    presences: bool,
    #[serde(default)]
    user_ids: Option<Ids>,
    #[serde(default)]
    nonce: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Ids {
    One(String),
    Many(Vec<String>),
}

impl RequestMembers {
    /// Whether its fields go together: either a name or ids, and no more ids than allowed.
    pub(crate) fn is_sound(&self) -> bool {
        let ids = self.ids().map_or(0, |ids| ids.len());
        self.query.is_some() != self.user_ids.is_some()
            && ids <= MOST_IDS
            && self.guild_id.parse::<u64>().is_ok()
    }

    pub(crate) fn guild(&self) -> Option<Snowflake> {
        self.guild_id.parse().ok()
    }

    /// What a `RATE_LIMITED` event says of it.
    pub(crate) fn meta(&self) -> Value {
        let mut meta = json!({"guild_id": self.guild_id});
        if let Some(nonce) = self.nonce() {
            meta["nonce"] = json!(nonce);
        }
        meta
    }

    /// The data of the `GUILD_MEMBERS_CHUNK` events that answer it, or why the real service says nothing to it.
    pub(crate) fn chunks(&self, world: &World, intents: u64) -> Result<Vec<Value>, &'static str> {
        let guild = self
            .guild()
            .and_then(|id| world.guild_for_bot(id).ok())
            .ok_or("the bot is not in this guild")?;
        let asks_for_all = self.query.as_deref() == Some("") && self.limit == 0;
        if asks_for_all && intents & GUILD_MEMBERS == 0 {
            return Err("asking for all members needs the intent GUILD_MEMBERS");
        }
        let (found, missing) = self.found(world, guild);
        let members: Vec<Value> = found
            .iter()
            .map(|id| world.full_member_json(guild.id, *id))
            .collect();
        let mut pieces: Vec<&[Value]> = members.chunks(CHUNK).collect();
        if pieces.is_empty() {
            pieces.push(&[]);
        }
        let count = pieces.len();
        let chunk = |(index, members): (usize, &[Value])| {
            let mut chunk = json!({"guild_id": guild.id, "members": members, "chunk_index": index, "chunk_count": count});
            if self.user_ids.is_some() && index == 0 {
                chunk["not_found"] = json!(missing);
            }
            if self.presences && intents & INTENT_GUILD_PRESENCES != 0 {
                let presence = |member: &Value| {
                    let person = member["user"]["id"].as_str()?.parse().ok()?;
                    world.presence_json(guild.id, person)
                };
                chunk["presences"] = members.iter().filter_map(presence).collect();
            }
            if let Some(nonce) = self.nonce() {
                chunk["nonce"] = json!(nonce);
            }
            chunk
        };
        Ok(pieces.into_iter().enumerate().map(chunk).collect())
    }

    /// The members that were asked for, and the ids that are none.
    fn found(&self, world: &World, guild: &Guild) -> (Vec<Snowflake>, Vec<String>) {
        let members = guild.members.keys().copied();
        if let Some(ids) = self.ids() {
            let is_member = |id: &String| {
                let parsed = id.parse().ok();
                parsed.filter(|id| guild.members.contains_key(id))
            };
            let found = ids.iter().filter_map(is_member).collect();
            let missing = ids
                .into_iter()
                .filter(|id| is_member(id).is_none())
                .collect();
            return (found, missing);
        }
        let query = self.query.as_deref().unwrap_or_default().to_lowercase();
        let fits = |id: &Snowflake| {
            let user = world.user(*id);
            user.is_some_and(|user| user.name.to_lowercase().starts_with(&query))
        };
        let most = match usize::try_from(self.limit) {
            Ok(0) if query.is_empty() => usize::MAX,
            Ok(0) | Err(_) => MOST_BY_NAME,
            Ok(limit) => limit.min(MOST_BY_NAME),
        };
        (members.filter(fits).take(most).collect(), Vec::new())
    }

    fn ids(&self) -> Option<Vec<String>> {
        self.user_ids.as_ref().map(|ids| match ids {
            Ids::One(id) => vec![id.clone()],
            Ids::Many(ids) => ids.clone(),
        })
    }

    fn nonce(&self) -> Option<&str> {
        self.nonce
            .as_deref()
            .filter(|nonce| nonce.len() <= LONGEST_NONCE)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{clock::Moment, world::HOME};

    fn asked(request: Value) -> RequestMembers {
        serde_json::from_value(request).unwrap()
    }

    fn crowd(people: u32) -> World {
        let mut world = World::new();
        for number in 0..people {
            world.person(
                Moment::since_epoch(Duration::from_secs(2_000_000_000)),
                &format!("Guest {number}"),
            );
        }
        world
    }

    #[test]
    fn everybody_comes_in_chunks_of_a_thousand() {
        // "you" and the bot are members as well.
        for (guests, sizes) in [(998, vec![1_000]), (999, vec![1_000, 1])] {
            let world = crowd(guests);
            let all =
                asked(json!({"guild_id": HOME.to_string(), "query": "", "limit": 0, "nonce": "n"}));
            let chunks = all.chunks(&world, GUILD_MEMBERS).unwrap();
            let found: Vec<usize> = chunks
                .iter()
                .map(|chunk| chunk["members"].as_array().unwrap().len())
                .collect();
            assert_eq!(found, sizes);
            for (index, chunk) in chunks.iter().enumerate() {
                assert_eq!(
                    (
                        &chunk["chunk_index"],
                        &chunk["chunk_count"],
                        &chunk["nonce"]
                    ),
                    (&json!(index), &json!(sizes.len()), &json!("n"))
                );
            }
            assert!(
                all.chunks(&world, 0).is_err(),
                "all members need the intent"
            );
        }
    }

    #[test]
    fn a_name_finds_at_most_a_hundred() {
        let world = crowd(150);
        for (limit, found) in [(0, 100), (7, 7), (100, 100), (101, 100)] {
            let request =
                asked(json!({"guild_id": HOME.to_string(), "query": "gUEST", "limit": limit}));
            let chunks = request.chunks(&world, 0).unwrap();
            assert_eq!(chunks[0]["members"].as_array().unwrap().len(), found);
        }
    }

    #[test]
    fn ids_that_are_no_members_are_told() {
        let world = crowd(0);
        let you = world.owner().unwrap().id.to_string();
        let request = asked(
            json!({"guild_id": HOME.to_string(), "user_ids": [you, "7", "x"], "presences": true}),
        );
        let chunk = &request.chunks(&world, INTENT_GUILD_PRESENCES).unwrap()[0];
        assert_eq!(chunk["members"][0]["user"]["id"], json!(you));
        assert_eq!(chunk["not_found"], json!(["7", "x"]));
        assert_eq!(chunk["presences"][0]["user"]["id"], json!(you));
        assert!(
            request.chunks(&world, 0).unwrap()[0]
                .get("presences")
                .is_none()
        );
    }

    #[test]
    fn a_request_names_people_in_one_way_and_not_too_many() {
        let guild = HOME.to_string();
        let ids = |count: usize| vec!["1"; count];
        for (request, sound) in [
            (json!({"guild_id": guild, "query": ""}), true),
            (json!({"guild_id": guild, "user_ids": "1"}), true),
            (json!({"guild_id": guild, "user_ids": ids(100)}), true),
            (json!({"guild_id": guild, "user_ids": ids(101)}), false),
            (json!({"guild_id": guild}), false),
            (
                json!({"guild_id": guild, "query": "", "user_ids": "1"}),
                false,
            ),
            (json!({"guild_id": "x", "query": ""}), false),
        ] {
            assert_eq!(asked(request.clone()).is_sound(), sound, "{request}");
        }
    }
}
