//! Turns what a person typed after a slash into the data an interaction carries. Sends nothing.

use serde_json::{Value, json};

use super::{
    World,
    command_form::{SUB_COMMAND, SUB_COMMAND_GROUP},
    offers::CommandKind,
    resolved::Resolved,
    use_error::UseError,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// What kind of interaction it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Command,
    Component,
    Autocomplete,
    ModalSubmit,
}

impl Kind {
    /// The number on the wire.
    pub(crate) fn number(self) -> u64 {
        match self {
            Self::Command => 2,
            Self::Component => 3,
            Self::Autocomplete => 4,
            Self::ModalSubmit => 5,
        }
    }
}

/// What a person did with a command, a component or a form, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Invocation {
    pub(crate) kind: Kind,
    /// The words after the slash, such as `ask` or `search set`; otherwise the name, label or title of what was used.
    pub(crate) name: String,
    /// Name and value of each option, as the person gave them.
    pub(crate) options: Vec<(String, String)>,
    /// The field `data` of the interaction.
    pub(crate) data: Value,
    /// The message whose component was used, here or to open the form.
    pub(crate) message: Option<Snowflake>,
    /// The interaction that opened the form.
    pub(crate) opened_by: Option<Snowflake>,
}

impl Invocation {
    /// The use of a command, without options as yet.
    pub(crate) fn of_command(name: &str, data: Value) -> Self {
        Self {
            kind: Kind::Command,
            name: name.to_owned(),
            options: Vec::new(),
            data,
            message: None,
            opened_by: None,
        }
    }

    /// Whether it came from the menu of a person or a message.
    pub(crate) fn is_from_menu(&self) -> bool {
        self.kind == Kind::Command && self.data["type"] != CommandKind::Slash.number()
    }
}

/// What a person has typed so far, and who and where they are.
pub(crate) struct Typed<'a> {
    pub(crate) now: Moment,
    pub(crate) person: Snowflake,
    pub(crate) channel: Snowflake,
    /// The command, with its subcommand behind it where it has one: `search set`.
    pub(crate) command: &'a str,
    /// Options by name.
    pub(crate) options: &'a [(String, String)],
    /// The option that is being typed, if the bot is to complete it.
    pub(crate) focused: Option<&'a str>,
}

impl World {
    /// Fills in a command, checking what a Discord client checks before it sends anything.
    pub(crate) fn fill_in(&self, typed: &Typed<'_>) -> Result<Invocation, UseError> {
        let mut words = typed.command.split_whitespace();
        let first = words.next().unwrap_or_default();
        let slash = CommandKind::Slash;
        let command = self.offered(typed.now, typed.person, typed.channel, slash, first)?;
        let mut resolved = Resolved::in_guild(self.guild_of(typed.channel));
        let options = self.options(typed, command.options(), &mut words, &mut resolved)?;
        let mut data =
            json!({"id": command.id, "name": command.name(), "type": 1, "options": options});
        if let Some(guild) = command.guild {
            data["guild_id"] = json!(guild);
        }
        resolved.into_data(&mut data);
        Ok(Invocation {
            kind: typed.focused.map_or(Kind::Command, |_| Kind::Autocomplete),
            options: typed.options.to_vec(),
            ..Invocation::of_command(typed.command, data)
        })
    }

    /// The options of one level; the next word chooses a subcommand where there are any.
    fn options<'w>(
        &self,
        typed: &Typed<'_>,
        declared: &[Value],
        words: &mut impl Iterator<Item = &'w str>,
        resolved: &mut Resolved,
    ) -> Result<Vec<Value>, UseError> {
        let is_sub = |option: &&Value| {
            matches!(
                option["type"].as_u64(),
                Some(SUB_COMMAND | SUB_COMMAND_GROUP)
            )
        };
        let unknown = || self.no_such_command(CommandKind::Slash, typed.command);
        match words.next() {
            Some(word) => {
                let mut subs = declared.iter().filter(is_sub);
                let sub = subs
                    .find(|option| option["name"] == word)
                    .ok_or_else(unknown)?;
                let inner = sub["options"].as_array().map_or(&[][..], Vec::as_slice);
                let options = self.options(typed, inner, words, resolved)?;
                Ok(vec![
                    json!({"name": word, "type": sub["type"], "options": options}),
                ])
            }
            None if declared.iter().any(|option| is_sub(&option)) => Err(unknown()),
            None => self.values(typed, declared, resolved),
        }
    }

    fn values(
        &self,
        typed: &Typed<'_>,
        declared: &[Value],
        resolved: &mut Resolved,
    ) -> Result<Vec<Value>, UseError> {
        let known = |name: &str| declared.iter().any(|option| option["name"] == name);
        let named = typed.options.iter().map(|(name, _)| name.as_str());
        if let Some(option) = named.chain(typed.focused).find(|name| !known(name)) {
            return Err(UseError::NoSuchOption {
                command: typed.command.to_owned(),
                option: option.to_owned(),
            });
        }
        let mut values = Vec::new();
        for option in declared {
            let name = option["name"].as_str().unwrap_or_default();
            let given = typed.options.iter().find(|(given, _)| given == name);
            let text = given.map(|(_, text)| text.as_str());
            if typed.focused == Some(name) {
                values.push(focused(typed, option, text.unwrap_or_default())?);
            } else if let Some(text) = text {
                values.push(self.filled(typed, option, text, resolved)?);
            } else if option["required"] == true && typed.focused.is_none() {
                return Err(UseError::MissingOption {
                    command: typed.command.to_owned(),
                    option: name.to_owned(),
                });
            }
        }
        Ok(values)
    }

    fn filled(
        &self,
        typed: &Typed<'_>,
        option: &Value,
        text: &str,
        resolved: &mut Resolved,
    ) -> Result<Value, UseError> {
        let name = option["name"].as_str().unwrap_or_default();
        match self.value(typed, option, text, resolved) {
            Ok(value) => Ok(json!({"name": name, "type": option["type"], "value": value})),
            Err(reason) => Err(UseError::BadValue {
                command: typed.command.to_owned(),
                option: name.to_owned(),
                reason,
            }),
        }
    }

    /// The value as the option's type wants it, or what is wrong with it.
    fn value(
        &self,
        typed: &Typed<'_>,
        option: &Value,
        text: &str,
        resolved: &mut Resolved,
    ) -> Result<Value, String> {
        let choices = option["choices"].as_array();
        if let Some(choices) = choices.filter(|choices| !choices.is_empty()) {
            return choice(choices, text);
        }
        match option["type"].as_u64() {
            Some(3) => checked_text(option, text),
            Some(4) => whole_number(option, text),
            Some(5) => text
                .parse::<bool>()
                .map(Value::from)
                .map_err(|_| "it must be true or false".to_owned()),
            Some(6) => self.resolve_person(typed.now, text, resolved),
            Some(7) => {
                let kinds = option["channel_types"].as_array().into_iter().flatten();
                let kinds: Vec<u64> = kinds.filter_map(Value::as_u64).collect();
                self.resolve_channel(typed.now, typed.person, text, &kinds, resolved)
            }
            Some(8) => self.resolve_role(text, resolved),
            Some(9) => self.resolve_mentionable(typed.now, text, resolved),
            Some(10) => number(option, text),
            Some(11) => self.resolve_file(typed.channel, text, resolved),
            _ => Err("the emulator does not know options of this type".to_owned()),
        }
    }
}

/// The option that is being typed: its text goes out as it is, whatever its type.
fn focused(typed: &Typed<'_>, option: &Value, text: &str) -> Result<Value, UseError> {
    if option["autocomplete"] == true {
        Ok(json!({"name": option["name"], "type": option["type"], "value": text, "focused": true}))
    } else {
        Err(UseError::NotCompleted {
            command: typed.command.to_owned(),
            option: option["name"].as_str().unwrap_or_default().to_owned(),
        })
    }
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

/// Whole numbers that a double can hold.
const LARGEST: i64 = 1 << 53;

fn whole_number(option: &Value, text: &str) -> Result<Value, String> {
    let number = text
        .parse::<i64>()
        .ok()
        .filter(|number| (-LARGEST..=LARGEST).contains(number))
        .ok_or_else(|| "it must be a whole number between -2^53 and 2^53".to_owned())?;
    let least = option["min_value"].as_i64().unwrap_or(-LARGEST);
    let most = option["max_value"].as_i64().unwrap_or(LARGEST);
    if (least..=most).contains(&number) {
        Ok(json!(number))
    } else {
        Err(format!("it must be between {least} and {most}"))
    }
}

fn number(option: &Value, text: &str) -> Result<Value, String> {
    let number = text
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
        .ok_or_else(|| "it must be a number".to_owned())?;
    let least = option["min_value"].as_f64().unwrap_or(f64::NEG_INFINITY);
    let most = option["max_value"].as_f64().unwrap_or(f64::INFINITY);
    if (least..=most).contains(&number) {
        Ok(json!(number))
    } else {
        Err(format!("it must be between {least} and {most}"))
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
                None,
                None,
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
        let world = world();
        world
            .fill_in(&Typed {
                now: Moment::since_epoch(Duration::from_secs(1_800_000_000)),
                person: world.owner().unwrap().id,
                channel: Snowflake::from(crate::world::GENERAL),
                command: name,
                options: &given,
                focused: None,
            })
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
            told(&[("question", "x"), ("count", "many")]).contains("it must be a whole number")
        );
        assert!(told(&[("question", "x"), ("mode", "Fast")]).ends_with("choose one of: Deep"));
        assert!(told(&[("question", "012345678901234567890")]).contains("allowed are 0 to 20"));
        assert_eq!(
            fill_in("sing", &[]).unwrap_err(),
            "there is no command /sing; registered: /ask, /search"
        );
    }
}
