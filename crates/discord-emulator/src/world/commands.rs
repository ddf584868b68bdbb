//! The commands an application has registered, global ones and those of the guild. Runs none of them.

use serde_json::{Value, json};

use super::{
    World, command_form,
    installs::{Context, GUILD_INSTALL},
    permissions::Permissions,
    refusal::{Problems, Refusal},
};
use crate::{clock::Moment, snowflake::Snowflake};

/// Chat-input commands an application may have in one scope.
const MOST_COMMANDS: usize = 100;
/// User and message commands, each, in one scope.
const MOST_MENU_COMMANDS: usize = 15;

/// One registered command.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) id: Snowflake,
    /// The guild it is registered for; a global one has none.
    pub(crate) guild: Option<Snowflake>,
    version: Snowflake,
    /// The fields as registered.
    form: Value,
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

    fn is_the_same_as(&self, form: &Value) -> bool {
        let kind = form["type"].as_u64().unwrap_or(command_form::CHAT_INPUT);
        self.name() == form["name"].as_str().unwrap_or_default() && self.kind() == kind
    }
}

impl World {
    /// Registers exactly these commands in one scope; others of that scope are gone.
    ///
    /// # Errors
    ///
    /// A form error, or too many commands. Nothing is changed then.
    pub(crate) fn replace_commands(
        &mut self,
        now: Moment,
        guild: Option<Snowflake>,
        forms: &Value,
    ) -> Result<Value, Refusal> {
        let Some(forms) = forms.as_array() else {
            return Err(Refusal::field(
                "",
                "LIST_TYPE_CONVERT",
                "Only iterables may be used in a ListType",
            ));
        };
        let mut problems = Problems::default();
        for (index, form) in forms.iter().enumerate() {
            command_form::check(form, &index.to_string(), &mut problems);
        }
        problems.unless_any(())?;
        refuse_too_many(forms)?;
        let (old, kept) = std::mem::take(&mut self.commands)
            .into_iter()
            .partition(|command| command.guild == guild);
        self.commands = kept;
        let mut old: Vec<Command> = old;
        for form in forms {
            let place = old.iter().position(|command| command.is_the_same_as(form));
            let before = place.map(|place| old.swap_remove(place));
            let command = self.registered(now, guild, form, before);
            self.commands.push(command);
        }
        self.touch();
        Ok(self.commands_json(guild))
    }

    /// Registers one command; one of the same name and type is replaced. Gives whether it is new.
    ///
    /// # Errors
    ///
    /// A form error, or too many commands.
    pub(crate) fn register_command(
        &mut self,
        now: Moment,
        guild: Option<Snowflake>,
        form: &Value,
    ) -> Result<(bool, Value), Refusal> {
        let mut problems = Problems::default();
        command_form::check(form, "", &mut problems);
        problems.unless_any(())?;
        let place = self
            .commands
            .iter()
            .position(|command| command.guild == guild && command.is_the_same_as(form));
        if place.is_none() {
            let mut all: Vec<Value> = self
                .in_scope(guild)
                .map(|command| command.form.clone())
                .collect();
            all.push(form.clone());
            refuse_too_many(&all)?;
        }
        let before = place.map(|place| self.commands.remove(place));
        let command = self.registered(now, guild, form, before);
        let json = self.command_json(&command);
        self.commands.push(command);
        self.touch();
        Ok((place.is_none(), json))
    }

    pub(crate) fn delete_command(
        &mut self,
        guild: Option<Snowflake>,
        id: Snowflake,
    ) -> Result<(), Refusal> {
        let place = self
            .commands
            .iter()
            .position(|command| command.guild == guild && command.id == id);
        self.commands.remove(place.ok_or(Refusal::UnknownCommand)?);
        self.touch();
        Ok(())
    }

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

    fn in_scope(&self, guild: Option<Snowflake>) -> impl Iterator<Item = &Command> {
        self.commands
            .iter()
            .filter(move |command| command.guild == guild)
    }

    fn registered(
        &mut self,
        now: Moment,
        guild: Option<Snowflake>,
        form: &Value,
        before: Option<Command>,
    ) -> Command {
        let version = self.ids.next(now);
        Command {
            id: before.map_or(version, |before| before.id),
            guild,
            version,
            form: form.clone(),
        }
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
        leave_out_nulls(&mut json["options"]);
        json["id"] = json!(command.id);
        json["application_id"] = json!(self.application);
        json["version"] = json!(command.version);
        if let Some(guild) = command.guild {
            json["guild_id"] = json!(guild);
        }
        json
    }
}

/// What is sent as `null` in an option is not there, and is not shown.
fn leave_out_nulls(option: &mut Value) {
    match option {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(leave_out_nulls);
        }
        Value::Array(list) => list.iter_mut().for_each(leave_out_nulls),
        _ => {}
    }
}

fn refuse_too_many(forms: &[Value]) -> Result<(), Refusal> {
    let count = |kind: u64| {
        let kinds = forms
            .iter()
            .map(|form| form["type"].as_u64().unwrap_or(command_form::CHAT_INPUT));
        kinds.filter(|one| *one == kind).count()
    };
    let too_many =
        count(1) > MOST_COMMANDS || count(2) > MOST_MENU_COMMANDS || count(3) > MOST_MENU_COMMANDS;
    if too_many {
        Err(Refusal::TooManyCommands)
    } else {
        Ok(())
    }
}
