//! A person in the guild: uses commands, writes, and sees what is meant for them. Sees nothing that Discord would hide.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    channel::Channel, emulator::Role, interaction::Interaction, shared::Shared,
    snowflake::Snowflake, world::invocation::UseError,
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

    /// Gets a role of the home guild.
    pub fn gets(&self, role: Role) {
        self.assign(role, true);
    }

    /// Loses a role of the home guild.
    pub fn loses(&self, role: Role) {
        self.assign(role, false);
    }

    fn assign(&self, role: Role, has: bool) {
        self.shared.act(|state, _| {
            let home = state.world.home;
            state.world.assign(home, self.id, role.snowflake(), has);
        });
    }

    /// Switches the language of their client, as Discord names it: `en-US`, `de`.
    pub fn switches_to(&self, locale: &str) {
        self.shared
            .act(|state, _| state.world.switch_locale(self.id, locale));
    }

    /// Uses a command, with its options by name; a subcommand follows its command: `search set`.
    ///
    /// The event is on its way when this returns, and the three seconds run.
    ///
    /// # Errors
    ///
    /// What a Discord client would not send is not sent: an unknown command, a missing or unfitting option. Nor is
    /// anything when no bot is there to receive it.
    pub async fn uses(
        &self,
        channel: &Channel,
        command: &str,
        options: &[(&str, &str)],
    ) -> Result<Interaction, UseError> {
        let given: Vec<(String, String)> = options
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let id = self.shared.act(|state, now| {
            let invocation = state.world.fill_in(now, command, &given)?;
            if !state.sessions.has_bot() {
                return Err(UseError::NoBot);
            }
            state
                .world
                .invoke(now, self.id, channel.snowflake(), invocation)
        })?;
        Ok(Interaction::new(Arc::clone(&self.shared), id))
    }

    /// The channel's messages as the REST API shows them, oldest first, with the ephemeral ones meant for this person.
    pub fn sees(&self, channel: &Channel) -> Vec<Value> {
        self.shared.act(|state, _| {
            let seen = state.world.seen_by(channel.snowflake(), self.id);
            seen.map(|message| state.world.message_json(message))
                .collect()
        })
    }
}
