//! Which commands a person is offered where: permissions, contexts, installations. Runs none of them.

use super::{
    World, channels::Channel, commands::Command, permissions::Permissions, use_error::UseError,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// What a command is used from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CommandKind {
    /// Typed after a slash.
    Slash,
    /// From a person's menu.
    User,
    /// From a message's menu.
    Message,
}

impl CommandKind {
    /// The number on the wire.
    pub(crate) fn number(self) -> u64 {
        match self {
            Self::Slash => 1,
            Self::User => 2,
            Self::Message => 3,
        }
    }

    /// The name as a person would write it.
    pub(crate) fn spelled(self, name: &str) -> String {
        match self {
            Self::Slash => format!("/{name}"),
            Self::User | Self::Message => format!("\"{name}\""),
        }
    }
}

impl World {
    /// The commands of one kind that a person is offered in a channel, in the order of their registration.
    pub(crate) fn commands_for(
        &self,
        now: Moment,
        person: Snowflake,
        channel: Snowflake,
        kind: CommandKind,
    ) -> Vec<&Command> {
        let Ok(place) = self.find_channel(channel) else {
            return Vec::new();
        };
        let of_kind = self
            .commands()
            .filter(|command| command.kind() == kind.number());
        of_kind
            .filter(|command| self.why_not_offered(now, person, place, command).is_none())
            .collect()
    }

    /// The command of this name that a person is offered in a channel.
    pub(crate) fn offered(
        &self,
        now: Moment,
        person: Snowflake,
        channel: Snowflake,
        kind: CommandKind,
        name: &str,
    ) -> Result<&Command, UseError> {
        let place = self
            .find_channel(channel)
            .map_err(|_| UseError::NoSuchChannel)?;
        let offered = self.commands_for(now, person, channel, kind);
        if let Some(command) = offered.into_iter().find(|command| command.name() == name) {
            return Ok(command);
        }
        let mut of_name = self
            .commands()
            .filter(|command| command.kind() == kind.number() && command.name() == name);
        let command = of_name
            .next()
            .ok_or_else(|| self.no_such_command(kind, name))?;
        let reason = self.why_not_offered(now, person, place, command);
        Err(UseError::NotOffered {
            command: kind.spelled(name),
            reason: reason.unwrap_or_default().to_owned(),
        })
    }

    pub(crate) fn no_such_command(&self, kind: CommandKind, name: &str) -> UseError {
        let names: Vec<String> = self
            .commands()
            .filter(|command| command.kind() == kind.number())
            .map(|command| kind.spelled(command.name()))
            .collect();
        let registered = if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        };
        UseError::NoSuchCommand {
            command: kind.spelled(name),
            registered,
        }
    }

    /// What stands against a command in this place for this person.
    fn why_not_offered(
        &self,
        now: Moment,
        person: Snowflake,
        place: &Channel,
        command: &Command,
    ) -> Option<&'static str> {
        let granted = self.permissions_in(now, place, person);
        if !granted.contains(Permissions::VIEW_CHANNEL) {
            return Some("this person does not see the channel");
        }
        if command.guild.is_some() && command.guild != place.guild {
            return Some("it is registered for another guild");
        }
        if let Some(guild) = place.guild {
            if !granted.contains(Permissions::USE_APPLICATION_COMMANDS) {
                return Some("this person may not use commands here");
            }
            let against = self.why_not_permitted(guild, place, person, granted, command);
            if against.is_some() {
                return against;
            }
        }
        if !command.is_for_context(self.context_of(place)) && command.guild.is_none() {
            return Some("its contexts leave out such channels");
        }
        if self.owners_of_command(place, person, command).is_none() {
            return Some("the application is not installed for this guild or person");
        }
        if place
            .thread
            .as_ref()
            .is_some_and(|thread| thread.is_archived)
        {
            return Some("the thread is archived");
        }
        None
    }
}
