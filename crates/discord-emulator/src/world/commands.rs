//! The commands an application has registered, global ones and those of the guild. Runs none of them.

use serde_json::{Value, json};

use super::{
    World, command_form,
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
    /// Whether it belongs to the guild; otherwise it is global.
    pub(crate) of_guild: bool,
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
        of_guild: bool,
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
            .partition(|command| command.of_guild == of_guild);
        self.commands = kept;
        let mut old: Vec<Command> = old;
        for form in forms {
            let place = old.iter().position(|command| command.is_the_same_as(form));
            let before = place.map(|place| old.swap_remove(place));
            let command = self.registered(now, of_guild, form, before);
            self.commands.push(command);
        }
        self.touch();
        Ok(self.commands_json(of_guild))
    }

    /// Registers one command; one of the same name and type is replaced. Gives whether it is new.
    ///
    /// # Errors
    ///
    /// A form error, or too many commands.
    pub(crate) fn register_command(
        &mut self,
        now: Moment,
        of_guild: bool,
        form: &Value,
    ) -> Result<(bool, Value), Refusal> {
        let mut problems = Problems::default();
        command_form::check(form, "", &mut problems);
        problems.unless_any(())?;
        let place = self
            .commands
            .iter()
            .position(|command| command.of_guild == of_guild && command.is_the_same_as(form));
        if place.is_none() {
            let mut all: Vec<Value> = self
                .in_scope(of_guild)
                .map(|command| command.form.clone())
                .collect();
            all.push(form.clone());
            refuse_too_many(&all)?;
        }
        let before = place.map(|place| self.commands.remove(place));
        let command = self.registered(now, of_guild, form, before);
        let json = self.command_json(&command);
        self.commands.push(command);
        self.touch();
        Ok((place.is_none(), json))
    }

    pub(crate) fn delete_command(&mut self, of_guild: bool, id: Snowflake) -> Result<(), Refusal> {
        let place = self
            .commands
            .iter()
            .position(|command| command.of_guild == of_guild && command.id == id);
        self.commands.remove(place.ok_or(Refusal::UnknownCommand)?);
        self.touch();
        Ok(())
    }

    /// The commands a person can choose after a slash, of both scopes.
    pub(crate) fn slash_commands_json(&self) -> Value {
        let slash = self
            .commands
            .iter()
            .filter(|command| command.kind() == command_form::CHAT_INPUT);
        slash.map(|command| self.command_json(command)).collect()
    }

    pub(crate) fn has_commands(&self) -> bool {
        !self.commands.is_empty()
    }

    pub(crate) fn find_command(&self, of_guild: bool, id: Snowflake) -> Result<Value, Refusal> {
        let command = self.in_scope(of_guild).find(|command| command.id == id);
        command
            .map(|command| self.command_json(command))
            .ok_or(Refusal::UnknownCommand)
    }

    pub(crate) fn commands_json(&self, of_guild: bool) -> Value {
        self.in_scope(of_guild)
            .map(|command| self.command_json(command))
            .collect()
    }

    fn in_scope(&self, of_guild: bool) -> impl Iterator<Item = &Command> {
        self.commands
            .iter()
            .filter(move |command| command.of_guild == of_guild)
    }

    fn registered(
        &mut self,
        now: Moment,
        of_guild: bool,
        form: &Value,
        before: Option<Command>,
    ) -> Command {
        let version = self.ids.next(now);
        Command {
            id: before.map_or(version, |before| before.id),
            of_guild,
            version,
            form: form.clone(),
        }
    }

    fn command_json(&self, command: &Command) -> Value {
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
        if command.of_guild {
            json["guild_id"] = json!(self.home);
        }
        json
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
