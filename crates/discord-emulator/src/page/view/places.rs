//! The guilds, channels, threads and direct messages that a person sees. Shows no message.

use serde_json::{Value, json};

use crate::{
    clock::Moment,
    snowflake::Snowflake,
    world::{
        World,
        channels::{Channel, ChannelKind},
    },
};

/// Guilds offered at most; a person of a load test may be in more.
const MOST_GUILDS: usize = 50;
/// Channels, and threads beside them, shown at most.
const MOST_PLACES: usize = 300;
/// Messages looked through at most for the latest that is somebody else's.
const MOST_SOUGHT: usize = 50;

/// The channel that is opened when none is named: the first in which messages are written.
pub(super) fn first(
    world: &World,
    now: Moment,
    guild: Snowflake,
    person: Snowflake,
) -> Option<&Channel> {
    let mut seen = world
        .channels_of(guild)
        .filter(|channel| world.sees(now, channel, person));
    seen.find(|channel| channel.kind == ChannelKind::Text)
}

/// The guilds that somebody is in, each with its first channel.
pub(super) fn guilds(world: &World, now: Moment, person: Snowflake) -> Vec<Value> {
    let all = world
        .guilds_of(person)
        .take(MOST_GUILDS)
        .map(|guild| (guild.id, guild.name.as_str()));
    all.map(|(id, name)| {
        let first = first(world, now, id, person).map(|channel| channel.id);
        json!({"id": id, "name": name, "first": first})
    })
    .collect()
}

pub(super) fn guild(world: &World, id: Option<Snowflake>) -> Value {
    id.and_then(|id| world.guild(id)).map_or(
        Value::Null,
        |guild| json!({"id": guild.id, "name": guild.name}),
    )
}

/// The roles of a guild by name, @everyone apart.
pub(super) fn roles(world: &World, guild: Option<Snowflake>) -> Vec<Value> {
    let guild = guild.and_then(|id| world.guild(id));
    let roles = guild
        .into_iter()
        .flat_map(|guild| guild.roles.values().filter(move |role| role.id != guild.id));
    roles
        .map(|role| json!({"id": role.id, "name": role.name, "mentionable": role.is_mentionable}))
        .collect()
}

/// The channels and active threads of a guild that somebody sees, and the thread that is open even if archived.
pub(super) fn channels(
    world: &World,
    now: Moment,
    guild: Snowflake,
    person: Snowflake,
    open: Option<&Channel>,
) -> Vec<Value> {
    let open = open.map(|channel| channel.id);
    let shown = world
        .channels_of(guild)
        .filter(|channel| {
            !channel.kind.is_thread() || channel.is_active() || Some(channel.id) == open
        })
        .filter(|channel| world.sees(now, channel, person));
    shown
        .take(MOST_PLACES)
        .map(|channel| place(channel, person))
        .collect()
}

fn place(channel: &Channel, person: Snowflake) -> Value {
    let thread = channel.thread.as_ref();
    json!({"id": channel.id, "type": channel.kind.number(), "name": channel.name, "parent": channel.parent,
        "position": channel.position(), "archived": thread.is_some_and(|thread| thread.is_archived),
        "locked": thread.is_some_and(|thread| thread.is_locked), "last": last(channel, person)})
}

/// The latest message that somebody else wrote and this person may see: what makes a place unread.
fn last(channel: &Channel, person: Snowflake) -> Option<Snowflake> {
    let newest = channel.messages.values().rev().take(MOST_SOUGHT);
    let mut theirs =
        newest.filter(|message| message.author != person && message.is_seen_by(person));
    theirs.next().map(|message| message.id)
}

/// Somebody's direct messages, by whom they are with.
pub(super) fn directs(world: &World, person: Snowflake) -> Vec<Value> {
    let own = world
        .direct_channels()
        .filter(|channel| channel.recipients.contains(&person));
    own.map(|channel| json!({"id": channel.id, "name": with_whom(world, channel, person), "last": last(channel, person)}))
        .collect()
}

/// The others of a direct message, by name.
pub(super) fn with_whom(world: &World, channel: &Channel, person: Snowflake) -> String {
    let others = channel.recipients.iter().filter(|id| **id != person);
    let names: Vec<&str> = others
        .filter_map(|id| world.user(*id))
        .map(|user| user.name.as_str())
        .collect();
    names.join(", ")
}
