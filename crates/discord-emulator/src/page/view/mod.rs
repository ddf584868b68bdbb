//! What one person sees on the page, as one JSON value. Hides what Discord would hide from them.

mod entries;
mod here;
mod places;

use serde_json::{Value, json};

use crate::{
    clock::Moment,
    shared::State,
    snowflake::Snowflake,
    world::{World, localizations::LOCALES, modals::OpenModal, offers::CommandKind},
};

/// The page knows this many people by name, those who came first.
const MOST_PEOPLE: usize = 250;

/// Whose view of which place; without a person the owner's.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Viewer {
    pub(crate) person: Option<Snowflake>,
    pub(crate) channel: Option<Snowflake>,
}

/// The page of one person in one channel; of another one when they do not see it.
pub(crate) fn view(state: &State, now: Moment, viewer: Viewer) -> Value {
    let world = &state.world;
    let person = viewer.person.filter(|id| world.user(*id).is_some());
    let Some(person) = person.or_else(|| world.owner().map(|owner| owner.id)) else {
        return Value::Null;
    };
    let channel = viewer
        .channel
        .and_then(|id| world.find_channel(id).ok())
        .filter(|channel| world.sees(now, channel, person))
        .or_else(|| places::first(world, now, world.home, person));
    let guild = match channel {
        Some(channel) => channel.guild,
        None => Some(world.home),
    };
    let mut view = json!({"me": person, "channel": channel.map(|channel| channel.id), "people": people(world, guild),
        "bot": {"id": world.application, "name": world.bot()["username"], "connected": state.sessions.is_connected()},
        "guilds": places::guilds(world, now, person), "guild": places::guild(world, guild),
        "places": places::channels(world, now, guild.unwrap_or(world.home), person, channel),
        "directs": places::directs(world, person), "roles": places::roles(world, guild),
        "locale": world.user(person).map(|user| user.locale.as_str()), "locales": LOCALES.as_slice(),
        "here": null, "entries": [], "typing": [], "commands": [], "modal": null});
    if let Some(channel) = channel {
        view["here"] = here::here(world, now, channel, person);
        view["entries"] = json!(entries::entries(world, channel, person));
        view["typing"] = json!(typing(world, channel.id, person));
        view["commands"] = json!(commands(world, now, person, channel.id));
    }
    view["modal"] = json!(world.open_modal(person).map(modal));
    view
}

/// The others that type, by name.
fn typing(world: &World, channel: Snowflake, person: Snowflake) -> Vec<&str> {
    let others = world.typists(channel).filter(|typist| *typist != person);
    others
        .filter_map(|typist| world.user(typist))
        .map(|user| user.name.as_str())
        .collect()
}

/// The commands of every kind that somebody is offered in a channel.
fn commands(world: &World, now: Moment, person: Snowflake, channel: Snowflake) -> Vec<Value> {
    [CommandKind::Slash, CommandKind::User, CommandKind::Message]
        .into_iter()
        .flat_map(|kind| world.commands_for(now, person, channel, kind))
        .map(|command| world.command_json(command))
        .collect()
}

/// The form in front of somebody.
fn modal(open: &OpenModal) -> Value {
    json!({"id": open.opened_by, "title": open.modal.title, "components": open.modal.components, "failed": open.has_failed})
}

/// Everybody by name, bots included, since their messages and mentions have to be called something.
fn people(world: &World, guild: Option<Snowflake>) -> Vec<Value> {
    let guild = guild.unwrap_or(world.home);
    let owner = world.owner().map(|owner| owner.id);
    let all = world.users().take(MOST_PEOPLE);
    all.map(|user| {
        let standing = (Some(user.id) == owner).then_some("owner");
        json!({"id": user.id, "name": user.name, "bot": user.is_bot, "standing": standing,
            "member": world.member(guild, user.id).is_some()})
    })
    .collect()
}
