//! Registering, changing and deleting commands, and how many there may be. Runs none of them.

use serde_json::{Value, json};

use super::{
    World, command_form,
    commands::Command,
    refusal::{Problems, Refusal},
};
use crate::{Rate, clock::Moment, snowflake::Snowflake};

// https://docs.discord.com/developers/interactions/application-commands#registering-a-command
/// Chat-input commands an application may have in one scope.
const MOST_COMMANDS: usize = 100;
/// User and message commands, each, in one scope.
const MOST_MENU_COMMANDS: usize = 15;

impl World {
    /// Registers exactly these commands in one scope; others of that scope are gone.
    ///
    /// # Errors
    ///
    /// A form error, two commands of one name, or too many commands. Nothing is changed then.
    pub(crate) fn replace_commands(
        &mut self,
        now: Moment,
        guild: Option<Snowflake>,
        creates: Option<Rate>,
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
        let forms: Vec<Value> = forms.iter().map(command_form::kept).collect();
        refuse_too_many(&forms)?;
        refuse_twins(&forms)?;
        let is_known = |form: &&Value| {
            self.in_scope(guild)
                .any(|command| command.is_the_same_as(form))
        };
        let new = forms.iter().filter(|form| !is_known(form)).count();
        self.count_creates(now, guild, creates, new)?;
        let (mut old, kept): (Vec<Command>, Vec<Command>) = std::mem::take(&mut self.commands)
            .into_iter()
            .partition(|command| command.guild == guild);
        self.commands = kept;
        for form in forms {
            let place = old.iter().position(|command| command.is_the_same_as(&form));
            let before = place.map(|place| old.swap_remove(place));
            let command = self.registered(now, guild, form, before.as_ref());
            self.commands.push(command);
        }
        self.forget_decisions_on_gone_commands();
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
        creates: Option<Rate>,
        form: &Value,
    ) -> Result<(bool, Value), Refusal> {
        let mut problems = Problems::default();
        command_form::check(form, "", &mut problems);
        problems.unless_any(())?;
        let form = command_form::kept(form);
        let place = self
            .commands
            .iter()
            .position(|command| command.guild == guild && command.is_the_same_as(&form));
        if place.is_none() {
            self.refuse_one_more(guild, &form)?;
            self.count_creates(now, guild, creates, 1)?;
        }
        let before = place.map(|place| self.commands.remove(place));
        let command = self.registered(now, guild, form, before.as_ref());
        let json = self.command_json(&command);
        self.commands.push(command);
        self.touch();
        Ok((place.is_none(), json))
    }

    /// Changes the fields of a command that were sent; its type stays.
    ///
    /// # Errors
    ///
    /// There is none of this id, a form error, or the new name is another command's.
    pub(crate) fn change_command(
        &mut self,
        now: Moment,
        guild: Option<Snowflake>,
        id: Snowflake,
        changes: &Value,
    ) -> Result<Value, Refusal> {
        let place = self.place_of_command(guild, id)?;
        let Some(changes) = changes.as_object() else {
            return Err(Refusal::field(
                "",
                "DICT_TYPE_CONVERT",
                "Only dictionaries may be used in a DictType",
            ));
        };
        let (before, others): (Vec<&Command>, Vec<&Command>) =
            self.in_scope(guild).partition(|command| command.id == id);
        let mut form = before
            .first()
            .map_or_else(|| json!({}), |command| command.form.clone());
        let fields = changes.iter().filter(|(name, _)| *name != "type");
        for (name, value) in fields {
            form[name] = value.clone();
        }
        let mut problems = Problems::default();
        command_form::check(&form, "", &mut problems);
        if others.iter().any(|command| command.is_the_same_as(&form)) {
            problems.add(
                "name",
                DUPLICATE,
                "Application command names must be unique",
            );
        }
        problems.unless_any(())?;
        let form = command_form::kept(&form);
        let before = self.commands.remove(place);
        let command = self.registered(now, guild, form, Some(&before));
        let json = self.command_json(&command);
        self.commands.insert(place, command);
        self.touch();
        Ok(json)
    }

    pub(crate) fn delete_command(
        &mut self,
        guild: Option<Snowflake>,
        id: Snowflake,
    ) -> Result<(), Refusal> {
        let place = self.place_of_command(guild, id)?;
        self.commands.remove(place);
        self.forget_decisions_on_gone_commands();
        self.touch();
        Ok(())
    }

    fn place_of_command(&self, guild: Option<Snowflake>, id: Snowflake) -> Result<usize, Refusal> {
        let mut commands = self.commands.iter();
        let place = commands.position(|command| command.guild == guild && command.id == id);
        place.ok_or(Refusal::UnknownCommand)
    }

    fn refuse_one_more(&self, guild: Option<Snowflake>, form: &Value) -> Result<(), Refusal> {
        let there = self.in_scope(guild).map(|command| command.form.clone());
        let all: Vec<Value> = there.chain([form.clone()]).collect();
        refuse_too_many(&all)
    }

    /// Counts new commands of a scope towards what may be new in so much time; nothing is counted without a limit.
    fn count_creates(
        &mut self,
        now: Moment,
        guild: Option<Snowflake>,
        most: Option<Rate>,
        new: usize,
    ) -> Result<(), Refusal> {
        let Some(Rate { limit, per }) = most else {
            return Ok(());
        };
        let creates = self.command_creates.entry(guild).or_default();
        creates.retain(|created| now.since(*created) < per);
        if creates.len() + new > usize::try_from(limit).unwrap_or(usize::MAX) {
            return Err(Refusal::TooManyCreates);
        }
        creates.extend(std::iter::repeat_n(now, new));
        Ok(())
    }

    fn registered(
        &mut self,
        now: Moment,
        guild: Option<Snowflake>,
        form: Value,
        before: Option<&Command>,
    ) -> Command {
        let version = self.ids.next(now);
        Command {
            id: before.map_or(version, |before| before.id),
            guild,
            version,
            form,
        }
    }
}

const DUPLICATE: &str = "APPLICATION_COMMANDS_DUPLICATE_NAME";

fn kind(form: &Value) -> u64 {
    form["type"].as_u64().unwrap_or(command_form::CHAT_INPUT)
}

/// Refuses two commands of one name and type.
fn refuse_twins(forms: &[Value]) -> Result<(), Refusal> {
    let mut problems = Problems::default();
    for (index, form) in forms.iter().enumerate() {
        let is_twin = |other: &Value| other["name"] == form["name"] && kind(other) == kind(form);
        if forms.iter().take(index).any(is_twin) {
            let message = "Application command names must be unique";
            problems.add(&index.to_string(), DUPLICATE, message);
        }
    }
    problems.unless_any(())
}

fn refuse_too_many(forms: &[Value]) -> Result<(), Refusal> {
    let count = |one: u64| forms.iter().filter(|form| kind(form) == one).count();
    let too_many =
        count(1) > MOST_COMMANDS || count(2) > MOST_MENU_COMMANDS || count(3) > MOST_MENU_COMMANDS;
    if too_many {
        Err(Refusal::TooManyCommands)
    } else {
        Ok(())
    }
}
