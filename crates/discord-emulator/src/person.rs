//! A person in the guild: writes, and sees what is meant for them. Sees nothing that Discord would hide.

pub(crate) mod command_permissions;
mod commands;
mod messages;
mod threads;

use std::sync::Arc;

use serde_json::Value;

use crate::{
    channel::Channel, guild::Role, shared::Shared, snowflake::Snowflake, world::presences::Status,
};

/// A member of the guild.
#[derive(Clone)]
pub struct Person {
    pub(crate) shared: Arc<Shared>,
    pub(crate) id: Snowflake,
}

impl Person {
    pub(crate) fn new(shared: Arc<Shared>, id: Snowflake) -> Self {
        Self { shared, id }
    }

    /// The person's id.
    pub fn id(&self) -> u64 {
        self.id.get()
    }

    /// Leaves the guild.
    pub fn leaves_guild(&self) {
        self.shared.act(|state, _| {
            let home = state.world.home;
            state.world.leave_guild(home, self.id);
        });
    }

    /// Comes into the guild, after having left it.
    pub fn joins_guild(&self) {
        self.shared.act(|state, _| {
            let home = state.world.home;
            state.world.join(home, self.id);
        });
    }

    /// Gets a role of the home guild.
    pub fn gets(&self, role: Role) {
        self.assign(role, true);
    }

    /// Loses a role of the home guild.
    pub fn loses(&self, role: Role) {
        self.assign(role, false);
    }

    fn assign(&self, role: Role, has: bool) {
        self.shared.act(|state, now| {
            let home = state.world.home;
            state
                .world
                .assign(now, home, self.id, role.snowflake(), has);
        });
    }

    /// Comes online, goes idle or offline, or wants not to be disturbed; everybody is online at the beginning.
    pub fn goes(&self, status: Status) {
        self.shared
            .act(|state, _| state.world.set_status(self.id, status));
    }

    /// Switches the language of their client, as Discord names it: `en-US`, `de`.
    pub fn switches_to(&self, locale: &str) {
        self.shared
            .act(|state, _| state.world.switch_locale(self.id, locale));
    }

    /// The channel's messages as the REST API shows them, oldest first, with the ephemeral ones meant for this person.
    pub fn sees(&self, channel: &Channel) -> Vec<Value> {
        self.shared.act(|state, now| {
            let seen = state.world.seen_by(now, channel.snowflake(), self.id);
            seen.map(|message| state.world.message_json(message))
                .collect()
        })
    }
}
