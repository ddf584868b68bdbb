//! What one person sees on the page, as one JSON value. Hides what Discord would hide from them.

use serde_json::{Value, json};

use crate::{
    shared::State,
    snowflake::Snowflake,
    world::{
        World,
        guild::HOME_NAME,
        interactions::{Interaction, Stage},
        messages::Message,
    },
};

/// The page shows this many entries of a channel, the newest.
const MOST_ENTRIES: usize = 200;

/// The page of one person in one channel.
pub(crate) fn view(state: &State, person: Snowflake, channel: Snowflake) -> Value {
    let world = &state.world;
    let people: Vec<Value> = world
        .persons()
        .map(|user| json!({"id": user.id, "name": user.name}))
        .collect();
    let channels: Vec<Value> = world
        .channels_of(world.home)
        .map(|channel| json!({"id": channel.id, "name": channel.name}))
        .collect();
    json!({"guild": HOME_NAME, "bot": {"id": world.application, "name": world.bot()["username"],
        "connected": state.sessions.is_connected()}, "people": people, "channels": channels,
        "commands": world.slash_commands_json(), "entries": entries(world, person, channel)})
}

/// Messages and failures in the order in which they came.
fn entries(world: &World, person: Snowflake, channel: Snowflake) -> Vec<Value> {
    let messages = world
        .seen_by(channel, person)
        .map(|message| (message.id, message_entry(world, message)));
    let failed = world
        .failed_uses(channel)
        .filter(|failed| failed.person == person);
    let failures = failed.map(|failed| {
        (
            failed.id,
            json!({"id": failed.id, "use": use_json(world, failed), "failed": true}),
        )
    });
    let mut entries: Vec<(Snowflake, Value)> = messages.chain(failures).collect();
    entries.sort_by_key(|(id, _)| *id);
    let surplus = entries.len().saturating_sub(MOST_ENTRIES);
    entries
        .into_iter()
        .skip(surplus)
        .map(|(_, entry)| entry)
        .collect()
}

fn message_entry(world: &World, message: &Message) -> Value {
    let used = message.interaction.and_then(|id| world.interaction(id));
    // Only the first response stands below the line that tells how it came about.
    let first = used.filter(|used| used.original == Some(message.id));
    let failed = first.is_some_and(|used| used.expired && used.stage == Stage::Deferred);
    json!({"id": message.id, "message": world.message_json(message), "use": first.map(|used| use_json(world, used)),
        "failed": failed, "only_you": message.only_for.is_some()})
}

fn use_json(world: &World, used: &Interaction) -> Value {
    let person = world
        .user(used.person)
        .map_or("somebody", |user| user.name.as_str());
    let options: Vec<Value> = used
        .invocation
        .options
        .iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    json!({"person": person, "command": used.invocation.name, "options": options})
}
