//! What an administrator decides about the bot's commands, as in the settings of their guild. Uses no command.

use super::Person;
use crate::{
    channel::Channel, guild::Role, refused::Refused, snowflake::Snowflake, world::HOME,
    world::command_permissions::Subject,
};

/// Whom or what a decision about commands is about: a role, a member, or a channel of the home guild with its threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandSubject(Subject);

impl CommandSubject {
    /// All channels that have no decision of their own.
    pub fn all_channels() -> Self {
        Self(Subject::all_channels(Snowflake::from(HOME)))
    }
}

impl From<&Role> for CommandSubject {
    fn from(role: &Role) -> Self {
        Self(Subject::role(role.snowflake()))
    }
}

impl From<&Person> for CommandSubject {
    fn from(person: &Person) -> Self {
        Self(Subject::member(person.id))
    }
}

impl From<&Channel> for CommandSubject {
    fn from(channel: &Channel) -> Self {
        Self(Subject::channel(channel.snowflake()))
    }
}

impl Person {
    /// Lets somebody use a command, or lets it be used somewhere; without a name, all commands of the bot.
    ///
    /// # Errors
    ///
    /// They may not manage the guild and its roles, or not use the command themselves; there is no such command; or 100
    /// decisions about it are there already.
    pub fn allows(
        &self,
        command: Option<&str>,
        whom: impl Into<CommandSubject>,
    ) -> Result<(), Refused> {
        self.decides(command, whom.into(), Some(true))
    }

    /// Keeps somebody from using a command, or keeps it from being used somewhere; administrators still can.
    ///
    /// # Errors
    ///
    /// As for [`Person::allows`].
    pub fn denies(
        &self,
        command: Option<&str>,
        whom: impl Into<CommandSubject>,
    ) -> Result<(), Refused> {
        self.decides(command, whom.into(), Some(false))
    }

    /// Takes a decision about a command back.
    ///
    /// # Errors
    ///
    /// As for [`Person::allows`].
    pub fn leaves_open(
        &self,
        command: Option<&str>,
        whom: impl Into<CommandSubject>,
    ) -> Result<(), Refused> {
        self.decides(command, whom.into(), None)
    }

    pub(crate) fn decides(
        &self,
        command: Option<&str>,
        CommandSubject(about): CommandSubject,
        permission: Option<bool>,
    ) -> Result<(), Refused> {
        self.shared.act(|state, now| {
            let home = state.world.home;
            state
                .world
                .decide_on_command(now, self.id, home, command, (about, permission))?;
            Ok(())
        })
    }
}
