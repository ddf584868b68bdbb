//! The messages and failures of a channel as one person sees them. Draws nothing.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    snowflake::Snowflake,
    world::{
        World,
        channels::Channel,
        interactions::{Interaction, Stage},
        invocation::Kind,
        messages::Message,
    },
};

/// The page shows this many entries of a channel, the newest.
const MOST_ENTRIES: usize = 200;

/// What one person last pressed on each message.
type Presses<'w> = BTreeMap<Snowflake, &'w Interaction>;

/// Messages and failures in the order in which they came.
pub(super) fn entries(world: &World, channel: &Channel, person: Snowflake) -> Vec<Value> {
    let presses = presses(world, channel.id, person);
    let newest = channel.messages.values().rev();
    let seen = newest
        .filter(|message| message.is_seen_by(person))
        .take(MOST_ENTRIES)
        .map(|message| (message.id, message_entry(world, message, person, &presses)));
    let failed = world
        .failed_uses(channel.id)
        .filter(|failed| failed.person == person && failed.invocation.kind == Kind::Command)
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

fn presses(world: &World, channel: Snowflake, person: Snowflake) -> Presses<'_> {
    let newest_last = world
        .presses(channel)
        .filter(|press| press.person == person);
    newest_last
        .filter_map(|press| Some((press.invocation.message?, press)))
        .collect()
}

fn message_entry(
    world: &World,
    message: &Message,
    person: Snowflake,
    presses: &Presses<'_>,
) -> Value {
    let used = message.interaction.and_then(|id| world.interaction(id));
    // Only the first response stands below the line that tells how it came about.
    let first = used.filter(|used| used.original == Some(message.id));
    let failed = first.is_some_and(|used| used.expired && used.stage == Stage::Deferred);
    let press = presses.get(&message.id);
    let stands = |stage| press.filter(|press| press.stage == stage);
    let mut json = world.message_json(message);
    json["reactions"] = world.reactions_for(message, person);
    json!({"id": message.id, "message": json, "failed": failed,
        "use": first.and_then(|used| command(world, used)).map(|used| use_json(world, used)),
        "only_you": message.only_for.is_some(), "thread": thread(world, message),
        "pressed": stands(Stage::New).map(|press| &press.invocation.data["custom_id"]),
        "press_failed": stands(Stage::Dead).is_some()})
}

/// The use of a command that an answer goes back to, by way of a form it may have opened.
fn command<'w>(world: &'w World, used: &'w Interaction) -> Option<&'w Interaction> {
    match used.invocation.kind {
        Kind::Command => Some(used),
        Kind::ModalSubmit => {
            let opener = world.interaction(used.invocation.opened_by?)?;
            (opener.invocation.kind == Kind::Command).then_some(opener)
        }
        Kind::Component | Kind::Autocomplete => None,
    }
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
    json!({"person": person, "command": used.invocation.name, "menu": used.invocation.is_from_menu(), "options": options})
}
