//! Turns what a person typed after a slash into the data an interaction carries. Sends nothing.

use serde_json::{Map, Value, json};

use super::{World, command_form, commands::Command};
use crate::{clock::Moment, snowflake::Snowflake};

/// Why a command could not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UseError {
    /// The bot has not registered it.
    #[error("there is no command /{command}; registered: {registered}")]
    NoSuchCommand {
        /// What was asked for.
        command: String,
        /// The names there are.
        registered: String,
    },
    /// The command does not take this option.
    #[error("/{command} has no option `{option}`: leave it out, or correct its name")]
    NoSuchOption {
        /// The command.
        command: String,
        /// The option that was given.
        option: String,
    },
    /// A required option was left out.
    #[error("/{command} needs the option `{option}`: give it a value")]
    MissingOption {
        /// The command.
        command: String,
        /// The option that is missing.
        option: String,
    },
    /// The value does not fit the option.
    #[error("`{option}` of /{command} does not take this value: {reason}")]
    BadValue {
        /// The command.
        command: String,
        /// The option.
        option: String,
        /// What is wrong, and what would fit.
        reason: String,
    },
    /// Nobody would receive it.
    #[error("no bot is connected: start the bot and wait until it is ready")]
    NoBot,
    /// The channel does not exist in this emulator.
    #[error("there is no such channel: take one from `Emulator::channel`")]
    NoSuchChannel,
}

/// A command with its options filled in.
#[derive(Clone, Debug)]
pub(crate) struct Invocation {
    /// The words after the slash, such as `ask` or `search set`.
    pub(crate) name: String,
    /// Name and value of each option, as the person gave them.
    pub(crate) options: Vec<(String, String)>,
    /// The field `data` of the interaction.
    pub(crate) data: Value,
}

impl World {
    /// Fills in a command, checking what a Discord client checks before it sends anything.
    ///
    /// `name` is the command, with its subcommand behind it where it has one: `search set`.
    pub(crate) fn fill_in(
        &self,
        now: Moment,
        name: &str,
        given: &[(String, String)],
    ) -> Result<Invocation, UseError> {
        let mut words = name.split_whitespace();
        let first = words.next().unwrap_or_default();
        let command = self
            .slash_command(first)
            .ok_or_else(|| self.no_such_command(name))?;
        let mut resolved = Map::new();
        let options = self.options(
            now,
            name,
            command.options(),
            &mut words,
            given,
            &mut resolved,
        )?;
        let mut data =
            json!({"id": command.id, "name": command.name(), "type": 1, "options": options});
        if command.of_guild {
            data["guild_id"] = json!(self.home);
        }
        if !resolved.is_empty() {
            data["resolved"] = Value::Object(resolved);
        }
        Ok(Invocation {
            name: name.to_owned(),
            options: given.to_vec(),
            data,
        })
    }

    fn slash_command(&self, name: &str) -> Option<&Command> {
        let mut slash = self
            .commands
            .iter()
            .filter(|command| command.kind() == command_form::CHAT_INPUT);
        slash.find(|command| command.name() == name)
    }

    fn no_such_command(&self, name: &str) -> UseError {
        let names: Vec<String> = self
            .commands
            .iter()
            .map(|command| format!("/{}", command.name()))
            .collect();
        let registered = if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        };
        UseError::NoSuchCommand {
            command: name.to_owned(),
            registered,
        }
    }

    /// The options of one level; the next word chooses a subcommand where there are any.
    fn options<'w>(
        &self,
        now: Moment,
        command: &str,
        declared: &[Value],
        words: &mut impl Iterator<Item = &'w str>,
        given: &[(String, String)],
        resolved: &mut Map<String, Value>,
    ) -> Result<Vec<Value>, UseError> {
        let is_sub = |option: &&Value| {
            matches!(
                option["type"].as_u64(),
                Some(command_form::SUB_COMMAND | command_form::SUB_COMMAND_GROUP)
            )
        };
        match words.next() {
            Some(word) => {
                let sub = declared
                    .iter()
                    .filter(is_sub)
                    .find(|option| option["name"] == word);
                let sub = sub.ok_or_else(|| self.no_such_command(command))?;
                let inner = sub["options"].as_array().map_or(&[][..], Vec::as_slice);
                let options = self.options(now, command, inner, words, given, resolved)?;
                Ok(vec![
                    json!({"name": word, "type": sub["type"], "options": options}),
                ])
            }
            None if declared.iter().any(|option| is_sub(&option)) => {
                Err(self.no_such_command(command))
            }
            None => self.values(now, command, declared, given, resolved),
        }
    }

    fn values(
        &self,
        now: Moment,
        command: &str,
        declared: &[Value],
        given: &[(String, String)],
        resolved: &mut Map<String, Value>,
    ) -> Result<Vec<Value>, UseError> {
        let known = |name: &str| declared.iter().any(|option| option["name"] == name);
        if let Some((option, _)) = given.iter().find(|(name, _)| !known(name)) {
            return Err(UseError::NoSuchOption {
                command: command.to_owned(),
                option: option.clone(),
            });
        }
        let mut values = Vec::new();
        for option in declared {
            let name = option["name"].as_str().unwrap_or_default();
            match given.iter().find(|(given, _)| given == name) {
                Some((_, text)) => {
                    let value = self.value(now, option, text, resolved).map_err(|reason| {
                        UseError::BadValue {
                            command: command.to_owned(),
                            option: name.to_owned(),
                            reason,
                        }
                    })?;
                    values.push(json!({"name": name, "type": option["type"], "value": value}));
                }
                None if option["required"] == true => {
                    return Err(UseError::MissingOption {
                        command: command.to_owned(),
                        option: name.to_owned(),
                    });
                }
                None => {}
            }
        }
        Ok(values)
    }

    /// The value as the option's type wants it, or what is wrong with it.
    fn value(
        &self,
        now: Moment,
        option: &Value,
        text: &str,
        resolved: &mut Map<String, Value>,
    ) -> Result<Value, String> {
        if let Some(choices) = option["choices"]
            .as_array()
            .filter(|choices| !choices.is_empty())
        {
            return choice(choices, text);
        }
        match option["type"].as_u64() {
            Some(3) => checked_text(option, text),
            Some(4) => text
                .parse::<i64>()
                .map(Value::from)
                .map_err(|_| "it must be a whole number".to_owned()),
            Some(5) => text
                .parse::<bool>()
                .map(Value::from)
                .map_err(|_| "it must be true or false".to_owned()),
            Some(6) => self.named_person(now, text, resolved),
            Some(7) => self.named_channel(now, text, resolved),
            Some(10) => text
                .parse::<f64>()
                .map(Value::from)
                .map_err(|_| "it must be a number".to_owned()),
            _ => Err("the emulator cannot fill in options of this type yet".to_owned()),
        }
    }

    fn named_person(
        &self,
        now: Moment,
        name: &str,
        resolved: &mut Map<String, Value>,
    ) -> Result<Value, String> {
        let name = name.trim_start_matches('@');
        let user = self
            .people
            .values()
            .find(|user| user.name == name || user.id.to_string() == name);
        let user = user.ok_or_else(|| format!("nobody here is called {name}"))?;
        resolve(resolved, "users", user.id, user.json());
        resolve(
            resolved,
            "members",
            user.id,
            self.acting_member_json(
                self.home,
                user.id,
                self.guild_permissions(now, self.home, user.id),
            ),
        );
        Ok(json!(user.id))
    }

    fn named_channel(
        &self,
        now: Moment,
        name: &str,
        resolved: &mut Map<String, Value>,
    ) -> Result<Value, String> {
        let name = name.trim_start_matches('#');
        let channel = self
            .channels
            .values()
            .find(|channel| channel.name == name || channel.id.to_string() == name);
        let channel = channel.ok_or_else(|| format!("there is no channel called {name}"))?;
        resolve(
            resolved,
            "channels",
            channel.id,
            self.partial_channel_json(now, channel, self.application),
        );
        Ok(json!(channel.id))
    }
}

fn resolve(resolved: &mut Map<String, Value>, kind: &str, id: Snowflake, value: Value) {
    let entries = resolved.entry(kind).or_insert_with(|| json!({}));
    entries[id.to_string()] = value;
}

fn choice(choices: &[Value], text: &str) -> Result<Value, String> {
    let written = |value: &Value| match value {
        Value::String(text) => text.clone(),
        number => number.to_string(),
    };
    let fits = |choice: &&Value| choice["name"] == text || written(&choice["value"]) == text;
    if let Some(choice) = choices.iter().find(fits) {
        return Ok(choice["value"].clone());
    }
    let names: Vec<&str> = choices
        .iter()
        .filter_map(|choice| choice["name"].as_str())
        .collect();
    Err(format!("choose one of: {}", names.join(", ")))
}

fn checked_text(option: &Value, text: &str) -> Result<Value, String> {
    let length = text.chars().count() as u64;
    let least = option["min_length"].as_u64().unwrap_or(0);
    let most = option["max_length"].as_u64().unwrap_or(6000);
    if text.is_empty() {
        Err("it must not be empty".to_owned())
    } else if length < least || length > most {
        Err(format!(
            "it has {length} characters, allowed are {least} to {most}"
        ))
    } else {
        Ok(json!(text))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn world() -> World {
        let mut world = World::new();
        let commands = json!([
            {"name": "ask", "description": "d", "options": [
                {"type": 3, "name": "question", "description": "d", "required": true, "max_length": 20},
                {"type": 4, "name": "count", "description": "d"},
                {"type": 3, "name": "mode", "description": "d", "choices": [{"name": "Deep", "value": "deep"}]},
                {"type": 6, "name": "who", "description": "d"}]},
            {"name": "search", "description": "d", "options": [
                {"type": 1, "name": "set", "description": "d", "options": [{"type": 5, "name": "on", "description": "d"}]}]}
        ]);
        world
            .replace_commands(
                Moment::since_epoch(Duration::from_secs(1_800_000_000)),
                false,
                &commands,
            )
            .unwrap();
        world
    }

    fn fill_in(name: &str, given: &[(&str, &str)]) -> Result<Value, String> {
        let given: Vec<(String, String)> = given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        world()
            .fill_in(
                Moment::since_epoch(Duration::from_secs(1_800_000_000)),
                name,
                &given,
            )
            .map(|filled| filled.data)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn values_take_the_type_of_their_option() {
        let data = fill_in(
            "ask",
            &[
                ("count", "3"),
                ("question", "Why?"),
                ("mode", "Deep"),
                ("who", "you"),
            ],
        )
        .unwrap();
        assert_eq!(
            data["options"][0],
            json!({"name": "question", "type": 3, "value": "Why?"})
        );
        assert_eq!(data["options"][1]["value"], 3);
        assert_eq!(data["options"][2]["value"], "deep");
        let you = data["options"][3]["value"].as_str().unwrap();
        assert_eq!(data["resolved"]["users"][you]["global_name"], "you");
    }

    #[test]
    fn subcommands_nest() {
        let data = fill_in("search set", &[("on", "true")]).unwrap();
        assert_eq!(data["options"][0]["options"][0]["value"], true);
        assert!(fill_in("search", &[]).is_err());
        assert!(fill_in("search drop", &[]).is_err());
    }

    #[test]
    fn a_wrong_use_is_told_with_its_mend() {
        let told = |given: &[(&str, &str)]| fill_in("ask", given).unwrap_err();
        assert_eq!(
            told(&[]),
            "/ask needs the option `question`: give it a value"
        );
        assert_eq!(
            told(&[("q", "x")]),
            "/ask has no option `q`: leave it out, or correct its name"
        );
        assert!(
            told(&[("question", "x"), ("count", "many")]).ends_with("it must be a whole number")
        );
        assert!(told(&[("question", "x"), ("mode", "Fast")]).ends_with("choose one of: Deep"));
        assert!(told(&[("question", "012345678901234567890")]).contains("allowed are 0 to 20"));
        assert_eq!(
            fill_in("sing", &[]).unwrap_err(),
            "there is no command /sing; registered: /ask, /search"
        );
    }
}
