//! What administrators decide about commands in a guild: for roles, members and channels. Registers and offers none of them.

// https://docs.discord.com/developers/interactions/application-commands#permissions
// Since 2023 a decision about one command stands before the same one about all commands, and neither takes the place of
// default_member_permissions for those it does not name:
// https://support.discord.com/hc/en-us/articles/10952896421783-Updates-to-Command-Permissions

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Event, World,
    channels::Channel,
    commands::Command,
    permissions::Permissions,
    refusal::{Problems, Refusal},
};
use crate::{clock::Moment, snowflake::Snowflake};

/// Decisions that one command can have in a guild, and all commands together.
const MOST: usize = 100;

/// Whom or what a decision is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Subject {
    /// The role's, the member's or the channel's; @everyone has the guild's.
    id: Snowflake,
    /// 1 role, 2 member, 3 channel.
    #[serde(rename = "type")]
    kind: u8,
}

impl Subject {
    pub(crate) fn role(id: Snowflake) -> Self {
        Self { id, kind: 1 }
    }

    pub(crate) fn member(id: Snowflake) -> Self {
        Self { id, kind: 2 }
    }

    pub(crate) fn channel(id: Snowflake) -> Self {
        Self { id, kind: 3 }
    }

    /// All channels of a guild that have no decision of their own.
    pub(crate) fn all_channels(guild: Snowflake) -> Self {
        Self::channel(Snowflake::from(guild.get() - 1))
    }
}

/// One decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Decision {
    #[serde(flatten)]
    about: Subject,
    /// Whether the command can be used.
    permission: bool,
}

impl World {
    /// Somebody decides about a command of a guild by its name, or about all commands; `None` takes a decision back.
    ///
    /// # Errors
    ///
    /// They may not manage the guild and its roles, or not use the command themselves; there is no such command; or
    /// there are too many decisions about it.
    pub(crate) fn decide_on_command(
        &mut self,
        now: Moment,
        person: Snowflake,
        guild: Snowflake,
        command: Option<&str>,
        (about, permission): (Subject, Option<bool>),
    ) -> Result<(), Refusal> {
        let needed = Permissions::MANAGE_GUILD | Permissions::MANAGE_ROLES;
        if !self.guild_permissions(now, guild, person).contains(needed) {
            return Err(Refusal::MissingPermissions);
        }
        let target = match command {
            None => self.application,
            Some(name) => self.decidable(now, person, guild, name)?,
        };
        let decisions = self.command_permissions.entry((guild, target)).or_default();
        let others = decisions.iter().filter(|one| one.about != about).copied();
        let decision = permission.map(|permission| Decision { about, permission });
        let changed: Vec<Decision> = others.chain(decision).collect();
        if changed.len() > MOST {
            let mut problems = Problems::default();
            problems.bad_length("permissions", 0, MOST);
            return problems.unless_any(());
        }
        *decisions = changed;
        self.tell_of_decisions(guild, target);
        self.command_permissions
            .retain(|_, decisions| !decisions.is_empty());
        self.touch();
        Ok(())
    }

    /// The command of this name in a guild, for somebody who may use it.
    fn decidable(
        &self,
        now: Moment,
        person: Snowflake,
        guild: Snowflake,
        name: &str,
    ) -> Result<Snowflake, Refusal> {
        let mut there = self.commands().filter(|command| {
            command.name() == name && command.guild.is_none_or(|scope| scope == guild)
        });
        let command = there.next().ok_or(Refusal::UnknownCommand)?;
        let granted = self.guild_permissions(now, guild, person);
        match self.why_not_for_member(guild, person, granted, command) {
            None => Ok(command.id),
            Some(_) => Err(Refusal::MissingPermissions),
        }
    }

    /// The bot always hears of decisions about its commands.
    fn tell_of_decisions(&mut self, guild: Snowflake, target: Snowflake) {
        let payload = self.decisions_json(guild, target);
        let kind = "APPLICATION_COMMAND_PERMISSIONS_UPDATE";
        self.outbox.push(Event::of_guild(kind, guild, 0, payload));
    }

    fn decisions_json(&self, guild: Snowflake, target: Snowflake) -> Value {
        let decisions = self.command_permissions.get(&(guild, target));
        json!({"id": target, "application_id": self.application, "guild_id": guild,
            "permissions": decisions.map_or(&[][..], Vec::as_slice)})
    }

    /// All decisions of a guild, by what they are about: a command each, or all of them.
    pub(crate) fn all_decisions_json(&self, guild: Snowflake) -> Value {
        let targets = self.command_permissions.keys();
        let targets = targets.filter(|(of, _)| *of == guild);
        targets
            .map(|(_, target)| self.decisions_json(guild, *target))
            .collect()
    }

    /// The decisions about one command, or with the application's id those about all.
    ///
    /// # Errors
    ///
    /// There is no such command in this guild, or nobody has decided anything about it.
    pub(crate) fn decisions_about(
        &self,
        guild: Snowflake,
        target: Snowflake,
    ) -> Result<Value, Refusal> {
        let is_it = |command: &Command| {
            command.id == target && command.guild.is_none_or(|scope| scope == guild)
        };
        if target != self.application && !self.commands().any(is_it) {
            return Err(Refusal::UnknownCommand);
        }
        if self.command_permissions.contains_key(&(guild, target)) {
            Ok(self.decisions_json(guild, target))
        } else {
            Err(Refusal::UnknownCommandPermissions)
        }
    }

    /// Decisions about commands that are no more are forgotten.
    pub(super) fn forget_decisions_on_gone_commands(&mut self) {
        let (commands, application) = (&self.commands, self.application);
        self.command_permissions.retain(|(_, target), _| {
            *target == application || commands.iter().any(|command| command.id == *target)
        });
    }

    /// What stands against a command for a member in a channel of their guild: decisions of administrators, and who it
    /// is meant for. Administrators can use every command everywhere.
    pub(super) fn why_not_permitted(
        &self,
        guild: Snowflake,
        place: &Channel,
        person: Snowflake,
        granted: Permissions,
        command: &Command,
    ) -> Option<&'static str> {
        if granted.contains(Permissions::ADMINISTRATOR) {
            return None;
        }
        let ruling = if place.kind.is_thread() {
            place.parent.unwrap_or(place.id)
        } else {
            place.id
        };
        let here = self
            .decided(guild, command, Subject::channel(ruling))
            .or_else(|| self.decided(guild, command, Subject::all_channels(guild)));
        if here == Some(false) {
            return Some("an administrator has turned it off in this channel");
        }
        self.why_not_for_member(guild, person, granted, command)
    }

    /// The member's own decision comes first, then those for their roles, of which one that allows is enough, then
    /// @everyone's; without any, what the command asks for itself.
    fn why_not_for_member(
        &self,
        guild: Snowflake,
        person: Snowflake,
        granted: Permissions,
        command: &Command,
    ) -> Option<&'static str> {
        if granted.contains(Permissions::ADMINISTRATOR) {
            return None;
        }
        let of_roles = || {
            let roles = &self.member(guild, person)?.roles;
            let decisions = roles
                .iter()
                .filter_map(|role| self.decided(guild, command, Subject::role(*role)));
            decisions.max()
        };
        let own = self
            .decided(guild, command, Subject::member(person))
            .or_else(of_roles)
            .or_else(|| self.decided(guild, command, Subject::role(guild)));
        match own {
            Some(true) => None,
            Some(false) => Some("an administrator does not allow it to this person"),
            None if command.is_for(granted) => None,
            None => Some("its default_member_permissions ask for more than this person has"),
        }
    }

    /// A decision about a command itself, or the one about all commands.
    fn decided(&self, guild: Snowflake, command: &Command, about: Subject) -> Option<bool> {
        let found = |target: Snowflake| {
            let mut decisions = self.command_permissions.get(&(guild, target))?.iter();
            let one = decisions.find(|one| one.about == about)?;
            Some(one.permission)
        };
        found(command.id).or_else(|| found(self.application))
    }
}
