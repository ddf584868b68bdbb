//! The messages and failures of a channel as one person sees them. Draws nothing.

use serde_json::{Value, json};

use crate::{
    snowflake::Snowflake,
    world::{
        World,
        channels::Channel,
        interactions::{Interaction, Stage},
        messages::Message,
    },
};

/// The page shows this many entries of a channel, the newest.
const MOST_ENTRIES: usize = 200;

/// Messages and failures in the order in which they came.
pub(super) fn entries(world: &World, channel: &Channel, person: Snowflake) -> Vec<Value> {
    let newest = channel.messages.values().rev();
    let seen = newest
        .filter(|message| message.is_seen_by(person))
        .take(MOST_ENTRIES)
        .map(|message| (message.id, message_entry(world, message)));
    let failed = world
        .failed_uses(channel.id)
        .filter(|failed| failed.person == person)
        .map(|failed| {
            (
                failed.id,
                json!({"id": failed.id, "use": use_json(world, failed), "failed": true}),
            )
        });
    let mut entries: Vec<(Snowflake, Value)> = seen.chain(failed).collect();
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
        "failed": failed, "only_you": message.only_for.is_some(), "thread": thread(world, message)})
}

/// The thread that was started from a message; it has the message's id.
fn thread(world: &World, message: &Message) -> Option<Value> {
    let thread = world.find_channel(message.id).ok()?;
    (thread.id != message.channel)
        .then(|| json!({"id": thread.id, "name": thread.name, "messages": thread.messages.len()}))
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
