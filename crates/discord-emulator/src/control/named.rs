//! Finds the people, roles, channels and messages that a call names, by id or by name. Adds nobody.

use std::sync::Arc;

use super::wrong::Wrong;
use crate::{
    Channel, Emulator, Message, Person, Role, id::Id, snowflake::Snowflake,
    world::channels::ChannelKind,
};

/// The person with this id or name.
pub(super) fn person(emulator: &Emulator, named: &str) -> Result<Person, Wrong> {
    let shared = &emulator.shared;
    let found = shared.act(|state, _| {
        let is_meant = |id: Snowflake, name: &str| name == named || id.to_string() == named;
        let mut people = state.world.persons();
        people
            .find(|user| is_meant(user.id, &user.name))
            .map(|user| user.id)
    });
    let missing = || {
        Wrong::missing(format!(
            "Nobody is called \"{named}\": POST /_emu/seed adds people."
        ))
    };
    found
        .map(|id| Person::new(Arc::clone(shared), id))
        .ok_or_else(missing)
}

/// The channel with this id, or the one of the home guild with this name; threads too.
pub(super) fn channel(emulator: &Emulator, named: &str) -> Result<Channel, Wrong> {
    let shared = &emulator.shared;
    let found = shared.act(|state, _| {
        let by_id = named
            .parse()
            .ok()
            .filter(|id| state.world.find_channel(*id).is_ok());
        by_id.or_else(|| {
            let mut channels = state.world.channels_of(state.world.home);
            let is_meant =
                |kind: ChannelKind, name: &str| kind != ChannelKind::Category && name == named;
            channels
                .find(|channel| is_meant(channel.kind, &channel.name))
                .map(|channel| channel.id)
        })
    });
    let missing = || {
        Wrong::missing(format!(
            "There is no channel \"{named}\": POST /_emu/seed adds channels."
        ))
    };
    found
        .map(|id| Channel::new(Arc::clone(shared), id))
        .ok_or_else(missing)
}

/// The role of the home guild with this name.
pub(super) fn role(emulator: &Emulator, name: &str) -> Result<Role, Wrong> {
    let found = emulator.shared.act(|state, _| state.world.role_named(name));
    found.map(Role::new).ok_or_else(|| {
        Wrong::missing(format!(
            "There is no role \"{name}\": POST /_emu/seed adds roles."
        ))
    })
}

/// The message with this id in this channel.
pub(super) fn message(channel: &Channel, Id(id): Id) -> Result<Message, Wrong> {
    channel
        .message(id)
        .ok_or_else(|| Wrong::missing(format!("There is no message {id} in this channel.")))
}
