//! Opens a session: judges an identify, and makes READY and the guilds that follow it. Sends nothing.

use std::{hash::BuildHasher, sync::Arc};

use serde_json::{Value, json};

use super::{
    close::Close,
    frames::Identify,
    session::Session,
    sessions::{ConnectionId, Held, Sessions},
    told::Told,
};
use crate::{
    clock::Moment,
    shared::State,
    snowflake::Snowflake,
    world::{World, guild::INTENT_GUILDS, presences::INTENT_GUILD_PRESENCES},
};

/// What becomes of an identify.
pub(super) enum Identified {
    Session(Held),
    /// Too many have come lately: opcode 9.
    TooSoon,
}

/// Judges an identify, and opens its session with READY and the guilds of its shard.
pub(super) fn open(
    state: &mut State,
    now: Moment,
    connection: ConnectionId,
    identify: &Identify,
    gateway_url: &str,
) -> Result<Identified, Close> {
    identify.check(state.world.bot_token(), state.world.privileged)?;
    if state.limits.is_token_void(now) {
        return Err(Close::AuthenticationFailed);
    }
    let (shard, _) = identify.shard.unwrap_or((0, 1));
    if !state.limits.may_identify_now(now, shard) {
        return Ok(Identified::TooSoon);
    }
    if state.limits.voids_token(now) {
        state.sessions.void_token();
        return Err(Close::AuthenticationFailed);
    }
    let own: Vec<Snowflake> = state
        .world
        .guilds_of_bot()
        .map(|guild| guild.id)
        .filter(|guild| identify.serves(*guild))
        .collect();
    if own.len() > state.sessions.settings.most_guilds {
        return Err(Close::ShardingRequired);
    }
    let ready = ready(&state.world, gateway_url);
    let guilds: Vec<(Snowflake, Value)> = state
        .world
        .guilds_of_bot()
        .filter(|guild| identify.serves(guild.id))
        .map(|guild| {
            let mut json = state.world.full_guild_json(now, guild);
            if identify.intents & INTENT_GUILD_PRESENCES != 0 && json["presences"].is_array() {
                json["presences"] = state.world.presences_json(guild);
            }
            (guild.id, json)
        })
        .collect();
    let held = state
        .sessions
        .identify(now, connection, identify, &ready, &guilds);
    state.note_event("READY", &ready);
    for (_, guild) in &guilds {
        state.note_event("GUILD_CREATE", guild);
    }
    Ok(Identified::Session(held))
}

impl Sessions {
    /// Opens a session and queues what a bot gets first.
    pub(crate) fn identify(
        &mut self,
        now: Moment,
        connection: ConnectionId,
        identify: &Identify,
        ready: &Value,
        guilds: &[(Snowflake, Value)],
    ) -> Held {
        let id = format!(
            "{:016x}{:016x}",
            self.secret.hash_one(connection),
            self.secret.hash_one((connection, self.revision, "session"))
        );
        let mut session = Session::new(now, connection, identify);
        let mut ready = ready.clone();
        ready["session_id"] = json!(id);
        ready["shard"] = json!([session.shard.0, session.shard.1]);
        let own: Vec<&(Snowflake, Value)> = guilds
            .iter()
            .filter(|(id, _)| session.serves(Some(*id)))
            .collect();
        let unavailable = own
            .iter()
            .map(|(id, _)| json!({"id": id, "unavailable": true}));
        ready["guilds"] = unavailable.collect();
        session.push(Arc::new(Told::new("READY", &ready)));
        if session.intents & INTENT_GUILDS != 0 {
            let available = own.iter().filter(|(_, guild)| guild["unavailable"] != true);
            for (_, guild) in available {
                session.push(Arc::new(Told::new("GUILD_CREATE", guild)));
            }
        }
        let held = Held {
            id: id.clone(),
            intents: session.intents,
            sent: 0,
            wake: Arc::clone(&session.wake),
        };
        self.by_id.insert(id, session);
        self.revision += 1;
        held
    }
}

/// The first event of a session, without the guilds of its shard: they follow as events of their own.
fn ready(world: &World, gateway_url: &str) -> Value {
    json!({"v": 10, "user": world.own_user_json(), "guilds": [],
        "resume_gateway_url": gateway_url, "application": {"id": world.application, "flags": 0},
        "private_channels": [], "relationships": [], "presences": [], "guild_join_requests": [], "_trace": []})
}
