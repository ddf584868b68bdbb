//! A person presses a button or chooses from a menu of a message: what goes out, and what a client would not send. Sends nothing.

use serde_json::{Value, json};

use super::{
    World,
    components::{self, BUTTON, CHANNEL_SELECT, LINK, STRING_SELECT},
    invocation::{Invocation, Kind},
    messages::Message,
    resolved::Resolved,
    use_error::UseError,
};
use crate::{clock::Moment, snowflake::Snowflake};

impl World {
    /// Presses the button with this label or custom id.
    pub(crate) fn press(
        &self,
        now: Moment,
        person: Snowflake,
        message: Snowflake,
        named: &str,
    ) -> Result<(Snowflake, Invocation), UseError> {
        let message = self.message_seen(now, person, message)?;
        let button = self.usable_component(message, "button", named)?;
        if components::kind(button) == BUTTON && button["style"] == LINK {
            return Err(unusable(
                named,
                "it opens a link, of which the bot is not told",
            ));
        }
        let data =
            json!({"custom_id": button["custom_id"], "component_type": BUTTON, "id": button["id"]});
        Ok(self.of_component(message, button, data))
    }

    /// Chooses from the menu with this custom id or placeholder; options go by label or value, everything else by name
    /// or id.
    pub(crate) fn choose(
        &self,
        now: Moment,
        person: Snowflake,
        message: Snowflake,
        named: &str,
        chosen: &[String],
    ) -> Result<(Snowflake, Invocation), UseError> {
        let message = self.message_seen(now, person, message)?;
        let select = self.usable_component(message, "menu", named)?;
        let mut resolved = Resolved::in_guild(self.guild_of(message.channel));
        let values = self
            .selected(now, person, select, chosen, &mut resolved)
            .map_err(|reason| unusable(named, &reason))?;
        let mut data = json!({"custom_id": select["custom_id"], "component_type": select["type"],
            "id": select["id"], "values": values});
        resolved.into_data(&mut data);
        let (channel, invocation) = self.of_component(message, select, data);
        let options = vec![("values".to_owned(), chosen.join(", "))];
        Ok((
            channel,
            Invocation {
                options,
                ..invocation
            },
        ))
    }

    /// What a menu sends for what was chosen in it, or what is wrong with that.
    pub(crate) fn selected(
        &self,
        now: Moment,
        person: Snowflake,
        select: &Value,
        chosen: &[String],
        resolved: &mut Resolved,
    ) -> Result<Vec<Value>, String> {
        let least = select["min_values"].as_u64().unwrap_or(1);
        let most = select["max_values"].as_u64().unwrap_or(1);
        let count = chosen.len() as u64;
        if count < least || count > most {
            return Err(format!(
                "{count} were chosen, allowed are {least} to {most}"
            ));
        }
        let mut values = Vec::new();
        for name in chosen {
            let value = match components::kind(select) {
                STRING_SELECT => option(select, name)?,
                components::USER_SELECT => self.resolve_person(now, name, resolved)?,
                components::ROLE_SELECT => self.resolve_role(name, resolved)?,
                components::MENTIONABLE_SELECT => self.resolve_mentionable(now, name, resolved)?,
                CHANNEL_SELECT => {
                    let kinds = select["channel_types"].as_array().into_iter().flatten();
                    let kinds: Vec<u64> = kinds.filter_map(Value::as_u64).collect();
                    self.resolve_channel(now, person, name, &kinds, resolved)?
                }
                _ => return Err("it is no menu".to_owned()),
            };
            if values.contains(&value) {
                return Err(format!("{name} was chosen twice"));
            }
            values.push(value);
        }
        Ok(values)
    }

    /// A component of the bot's that can be used now.
    fn usable_component<'m>(
        &self,
        message: &'m Message,
        what: &'static str,
        named: &str,
    ) -> Result<&'m Value, UseError> {
        let all = components::flattened(&message.components);
        let fits = |component: &&&Value| {
            let is_button = components::kind(component) == BUTTON;
            is_button == (what == "button") && (is_button || !name_of(component).is_empty())
        };
        let component = all
            .iter()
            .filter(fits)
            .find(|component| names(component).any(|name| name == named));
        let component = component.ok_or_else(|| {
            let there: Vec<&str> = all.iter().filter(fits).map(|one| name_of(one)).collect();
            UseError::NoSuchComponent {
                what,
                wanted: named.to_owned(),
                there: listed(&there),
            }
        })?;
        if message.author != self.application {
            Err(unusable(named, "it belongs to another application"))
        } else if component["disabled"] == true {
            Err(unusable(named, "it is disabled"))
        } else {
            Ok(component)
        }
    }

    fn of_component(
        &self,
        message: &Message,
        component: &Value,
        data: Value,
    ) -> (Snowflake, Invocation) {
        let invocation = Invocation {
            kind: Kind::Component,
            message: Some(message.id),
            ..Invocation::of_command(name_of(component), data)
        };
        (message.channel, invocation)
    }
}

fn unusable(component: &str, reason: &str) -> UseError {
    UseError::Unusable {
        component: component.to_owned(),
        reason: reason.to_owned(),
    }
}

/// What a person or a test may call a component.
fn names(component: &Value) -> impl Iterator<Item = &str> {
    ["label", "custom_id", "placeholder"]
        .into_iter()
        .filter_map(|name| component[name].as_str())
}

fn name_of(component: &Value) -> &str {
    names(component).next().unwrap_or_default()
}

pub(crate) fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

/// The value of an option, by its label or value.
pub(crate) fn option(select: &Value, name: &str) -> Result<Value, String> {
    let options = select["options"].as_array().map_or(&[][..], Vec::as_slice);
    let fits = |option: &&Value| option["label"] == name || option["value"] == name;
    if let Some(option) = options.iter().find(fits) {
        return Ok(option["value"].clone());
    }
    let there: Vec<&str> = options
        .iter()
        .filter_map(|option| option["label"].as_str())
        .collect();
    Err(format!("choose from: {}", listed(&there)))
}
