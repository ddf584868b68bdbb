//! The commands an application has registered, global ones and those of guilds. Registers and runs none of them.

use serde_json::{Value, json};

use super::{
    World, command_form,
    installs::{Context, GUILD_INSTALL},
    permissions::Permissions,
    refusal::Refusal,
};
use crate::snowflake::Snowflake;

/// One registered command.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) id: Snowflake,
    /// The guild it is registered for; a global one has none.
    pub(crate) guild: Option<Snowflake>,
    pub(super) version: Snowflake,
    /// The fields as registered.
    pub(super) form: Value,
}

impl Command {
    pub(crate) fn name(&self) -> &str {
        self.form["name"].as_str().unwrap_or_default()
    }

    /// 1 slash, 2 user, 3 message.
    pub(crate) fn kind(&self) -> u64 {
        self.form["type"]
            .as_u64()
            .unwrap_or(command_form::CHAT_INPUT)
    }

    pub(crate) fn options(&self) -> &[Value] {
        self.form["options"].as_array().map_or(&[], Vec::as_slice)
    }

    /// Whether somebody with these permissions is offered it, as long as no administrator has decided otherwise.
    pub(crate) fn is_for(&self, granted: Permissions) -> bool {
        let asked = &self.form["default_member_permissions"];
        let bits = asked
            .as_str()
            .and_then(|bits| bits.parse().ok())
            .or_else(|| asked.as_u64());
        match bits {
            None => true,
            Some(0) => granted.contains(Permissions::ADMINISTRATOR),
            Some(bits) => granted.contains(Permissions::from_bits(bits)),
        }
    }

    /// Whether it was registered for this kind of installation; without a word, for guilds.
    pub(crate) fn is_for_install(&self, kind: u64) -> bool {
        match self.form["integration_types"].as_array() {
            Some(kinds) => kinds.iter().any(|one| one == kind),
            None => kind == GUILD_INSTALL,
        }
    }

    /// Whether it was registered for this context; without a word, for every one.
    pub(crate) fn is_for_context(&self, context: Context) -> bool {
        match self.form["contexts"].as_array() {
            Some(contexts) => contexts.iter().any(|one| one == context.number()),
            None => context == Context::Guild || self.form["dm_permission"] != false,
        }
    }

    pub(super) fn is_the_same_as(&self, form: &Value) -> bool {
        let kind = form["type"].as_u64().unwrap_or(command_form::CHAT_INPUT);
        self.name() == form["name"].as_str().unwrap_or_default() && self.kind() == kind
    }
}

impl World {
    /// All commands, of every scope.
    pub(crate) fn commands(&self) -> impl Iterator<Item = &Command> {
        self.commands.iter()
    }

    pub(crate) fn has_commands(&self) -> bool {
        !self.commands.is_empty()
    }

    pub(crate) fn find_command(
        &self,
        guild: Option<Snowflake>,
        id: Snowflake,
    ) -> Result<Value, Refusal> {
        let command = self.in_scope(guild).find(|command| command.id == id);
        command
            .map(|command| self.command_json(command))
            .ok_or(Refusal::UnknownCommand)
    }

    pub(crate) fn commands_json(&self, guild: Option<Snowflake>) -> Value {
        self.in_scope(guild)
            .map(|command| self.command_json(command))
            .collect()
    }

    pub(super) fn in_scope(&self, guild: Option<Snowflake>) -> impl Iterator<Item = &Command> {
        self.commands
            .iter()
            .filter(move |command| command.guild == guild)
    }

    pub(crate) fn command_json(&self, command: &Command) -> Value {
        let mut json = json!({"type": 1, "description": "", "default_member_permissions": null, "dm_permission": true,
            "nsfw": false, "integration_types": [0], "contexts": null, "options": []});
        if let (Some(json), Some(form)) = (json.as_object_mut(), command.form.as_object()) {
            json.extend(
                form.iter()
                    .map(|(name, value)| (name.clone(), value.clone())),
            );
        }
        json["id"] = json!(command.id);
        json["application_id"] = json!(self.application);
        json["version"] = json!(command.version);
        if let Some(guild) = command.guild {
            json["guild_id"] = json!(guild);
        }
        json
    }
}
