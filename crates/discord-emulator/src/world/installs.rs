//! For whom the application is installed, a guild or a person, and what follows for an interaction. Offers nothing itself.

use serde_json::{Value, json};

use super::{
    World, channels::Channel, commands::Command, interactions::Interaction, invocation::Invocation,
    invocation::Kind, permissions::Permissions,
};
use crate::snowflake::Snowflake;

/// Integration types: for whom a command is registered.
pub(crate) const GUILD_INSTALL: u64 = 0;
pub(crate) const USER_INSTALL: u64 = 1;

/// Where an interaction happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    Guild,
    /// In the direct messages of the application's bot.
    BotDirect,
    /// In the direct messages of others.
    Private,
}

impl Context {
    /// The number on the wire.
    pub(crate) fn number(self) -> u64 {
        match self {
            Self::Guild => 0,
            Self::BotDirect => 1,
            Self::Private => 2,
        }
    }
}

/// On whose behalf the application acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Owners {
    /// The guild that has installed it; 0 in the direct messages of its bot.
    guild: Option<Snowflake>,
    /// The person who has installed it.
    user: Option<Snowflake>,
}

impl Owners {
    pub(crate) fn json(self) -> Value {
        let mut json = json!({});
        if let Some(guild) = self.guild {
            json["0"] = json!(guild);
        }
        if let Some(user) = self.user {
            json["1"] = json!(user);
        }
        json
    }

    /// Whether nobody has installed it who could use it.
    pub(crate) fn is_none(self) -> bool {
        self == Self::default()
    }

    /// Whether only the person has installed it: then it may do less.
    pub(crate) fn is_only_user(self) -> bool {
        self.guild.is_none() && self.user.is_some()
    }
}

impl World {
    /// A person installs the application for themselves, or no longer.
    pub(crate) fn install_for(&mut self, person: Snowflake, is_installed: bool) {
        if is_installed {
            self.installed_for.insert(person);
        } else {
            self.installed_for.remove(&person);
        }
        self.touch();
    }

    pub(crate) fn context_of(&self, place: &Channel) -> Context {
        if place.guild.is_some() {
            Context::Guild
        } else if place.recipients.contains(&self.application) {
            Context::BotDirect
        } else {
            Context::Private
        }
    }

    /// On whose behalf a command would run for somebody in some place.
    pub(crate) fn owners_of_command(
        &self,
        place: &Channel,
        person: Snowflake,
        command: &Command,
    ) -> Owners {
        let is_for = |kind: u64| command.guild.is_some() || command.is_for_install(kind);
        let guild = match (self.context_of(place), place.guild) {
            (Context::Guild, Some(guild)) => self
                .member(guild, self.application)
                .is_some()
                .then_some(guild),
            (Context::BotDirect, _) => Some(Snowflake::from(0)),
            _ => None,
        };
        let user = self.installed_for.contains(&person).then_some(person);
        Owners {
            guild: guild.filter(|_| is_for(GUILD_INSTALL)),
            user: user.filter(|_| command.guild.is_none() && is_for(USER_INSTALL)),
        }
    }

    /// On whose behalf an interaction runs: a component's for those of the command whose message it is in.
    pub(super) fn owners_of(
        &self,
        place: &Channel,
        person: Snowflake,
        invocation: &Invocation,
    ) -> Owners {
        let id = invocation.data["id"].as_str().unwrap_or_default();
        let command = || self.commands().find(|command| command.id.to_string() == id);
        let earlier = match invocation.kind {
            Kind::Command | Kind::Autocomplete => {
                let owners =
                    command().map(|command| self.owners_of_command(place, person, command));
                return owners.unwrap_or_default();
            }
            Kind::ModalSubmit => invocation.opened_by,
            Kind::Component => invocation
                .message
                .and_then(|message| self.message(place.id, message)?.interaction),
        };
        let earlier = earlier.and_then(|id| self.interaction(id));
        earlier.map_or(
            Owners {
                guild: place.guild.or(Some(Snowflake::from(0))),
                user: None,
            },
            |earlier| earlier.owners,
        )
    }

    /// Whether everything that answers an interaction is for its person alone, since only they have installed the
    /// application and may not show others what it says.
    pub(super) fn is_kept_private(&self, interaction: &Interaction) -> bool {
        let place = self.find_channel(interaction.channel);
        interaction.owners.is_only_user()
            && place.is_ok_and(|place| {
                let granted = self.permissions_in(interaction.sent, place, interaction.person);
                place.guild.is_some() && !granted.contains(Permissions::USE_EXTERNAL_APPS)
            })
    }
}
