//! Forms that are open for people: shown, filled in, sent, put away. Checks what a client checks before it sends one.

use serde_json::{Value, json};

use super::{
    World,
    components::{
        self, CHECKBOX, CHECKBOX_GROUP, FILE_UPLOAD, LABEL, RADIO_GROUP, ROW, TEXT_INPUT,
    },
    invocation::{Invocation, Kind},
    modal_form::Modal,
    presses::{listed, option},
    resolved::Resolved,
    use_error::UseError,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// Most characters a text input takes when it does not say.
const LONGEST_TEXT: u64 = 4000;

/// A form in front of a person.
#[derive(Clone, Debug)]
pub(crate) struct OpenModal {
    /// The interaction whose answer it is.
    pub(crate) opened_by: Snowflake,
    pub(crate) modal: Modal,
    /// The interaction that carries it to the bot, until that is acknowledged.
    pub(crate) sent: Option<Snowflake>,
    /// The bot has not answered in time; the person may send it again.
    pub(crate) has_failed: bool,
}

impl World {
    /// The form that is open for a person.
    pub(crate) fn open_modal(&self, person: Snowflake) -> Option<&OpenModal> {
        self.open_modals.get(&person)
    }

    /// Shows a form; one that was open is gone.
    pub(super) fn show_modal(&mut self, person: Snowflake, opened_by: Snowflake, modal: Modal) {
        let open = OpenModal {
            opened_by,
            modal,
            sent: None,
            has_failed: false,
        };
        self.open_modals.insert(person, open);
        self.touch();
    }

    /// A person puts a form away; the bot is not told.
    pub(crate) fn dismiss_modal(
        &mut self,
        person: Snowflake,
        opened_by: Snowflake,
    ) -> Result<(), UseError> {
        self.modal_opened_by(person, opened_by)?;
        self.open_modals.remove(&person);
        self.touch();
        Ok(())
    }

    /// The interaction that carried a form was acknowledged, or not in time.
    pub(super) fn settle_modal(
        &mut self,
        person: Snowflake,
        sent: Snowflake,
        is_acknowledged: bool,
    ) {
        let Some(open) = self
            .open_modals
            .get_mut(&person)
            .filter(|open| open.sent == Some(sent))
        else {
            return;
        };
        if is_acknowledged {
            self.open_modals.remove(&person);
        } else {
            open.sent = None;
            open.has_failed = true;
        }
    }

    /// Fills in the form that an interaction has opened, ready to be sent. Fields go by label or custom id; one that
    /// takes several values is named once for each.
    pub(crate) fn fill_modal(
        &self,
        now: Moment,
        person: Snowflake,
        opened_by: Snowflake,
        values: &[(String, String)],
    ) -> Result<(Snowflake, Invocation), UseError> {
        let open = self.modal_opened_by(person, opened_by)?;
        let opener = self.interaction(opened_by).ok_or(UseError::NoForm)?;
        let fields = open.modal.fields();
        let is_field = |name: &str| fields.iter().any(|field| is_called(field, name));
        if let Some((name, _)) = values.iter().find(|(name, _)| !is_field(name)) {
            let there: Vec<&str> = fields.iter().map(|(label, _)| *label).collect();
            return Err(UseError::NoSuchField {
                field: name.clone(),
                there: listed(&there),
            });
        }
        let mut resolved = Resolved::in_guild(self.guild_of(opener.channel));
        let mut sent = Vec::new();
        for top in &open.modal.components {
            sent.push(self.fill_top(now, (person, opener.channel), top, values, &mut resolved)?);
        }
        let mut data = json!({"custom_id": open.modal.custom_id, "components": sent});
        resolved.into_data(&mut data);
        let invocation = Invocation {
            kind: Kind::ModalSubmit,
            options: values.to_vec(),
            message: opener.invocation.message,
            opened_by: Some(opened_by),
            ..Invocation::of_command(&open.modal.title, data)
        };
        Ok((opener.channel, invocation))
    }

    /// The form is on its way to the bot.
    pub(super) fn note_modal_sent(&mut self, person: Snowflake, sent: Snowflake) {
        if let Some(open) = self.open_modals.get_mut(&person) {
            open.sent = Some(sent);
            open.has_failed = false;
        }
    }

    fn modal_opened_by(
        &self,
        person: Snowflake,
        opened_by: Snowflake,
    ) -> Result<&OpenModal, UseError> {
        self.open_modals
            .get(&person)
            .filter(|open| open.opened_by == opened_by && open.sent.is_none())
            .ok_or(UseError::NoForm)
    }

    /// One top-level component as it comes back to the bot.
    fn fill_top(
        &self,
        now: Moment,
        place: (Snowflake, Snowflake),
        top: &Value,
        values: &[(String, String)],
        resolved: &mut Resolved,
    ) -> Result<Value, UseError> {
        let mut sent = json!({"type": top["type"], "id": top["id"]});
        let (label, field) = match components::kind(top) {
            ROW => (&top["components"][0]["label"], &top["components"][0]),
            LABEL => (&top["label"], &top["component"]),
            _ => return Ok(sent),
        };
        let label = label.as_str().unwrap_or_default();
        let given: Vec<String> = values
            .iter()
            .filter(|(name, _)| is_called(&(label, field), name))
            .map(|(_, value)| value.clone())
            .collect();
        let mut inner =
            json!({"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]});
        let (name, value) = self
            .field_value(now, place, field, given, resolved)
            .map_err(|reason| UseError::BadField {
                field: label.to_owned(),
                reason,
            })?;
        inner[name] = value;
        match components::kind(top) {
            ROW => sent["components"] = json!([inner]),
            _ => sent["component"] = inner,
        }
        Ok(sent)
    }

    /// What a field holds when it is sent, and under which name; what was not filled in keeps its default.
    fn field_value(
        &self,
        now: Moment,
        (person, channel): (Snowflake, Snowflake),
        field: &Value,
        given: Vec<String>,
        resolved: &mut Resolved,
    ) -> Result<(&'static str, Value), String> {
        // A field must be filled in unless it says otherwise.
        let is_required = field["required"] != false;
        match components::kind(field) {
            TEXT_INPUT => text_value(field, given, is_required).map(|text| ("value", json!(text))),
            CHECKBOX => checkbox_value(field, &given).map(|on| ("value", json!(on))),
            RADIO_GROUP => {
                let given = or_defaults(field, given);
                match given.as_slice() {
                    [] if is_required => Err("choose one".to_owned()),
                    [] => Ok(("value", Value::Null)),
                    [one] => option(field, one).map(|value| ("value", value)),
                    _ => Err("only one can be chosen".to_owned()),
                }
            }
            CHECKBOX_GROUP => {
                let given = or_defaults(field, given);
                let all = field["options"].as_array().map_or(0, Vec::len) as u64;
                check_count(field, given.len(), is_required, all)?;
                let values = given.iter().map(|one| option(field, one));
                let values = values.collect::<Result<Vec<Value>, String>>()?;
                Ok(("values", json!(values)))
            }
            FILE_UPLOAD => {
                check_count(field, given.len(), is_required, 1)?;
                let files = given
                    .iter()
                    .map(|id| self.resolve_file(channel, id, resolved));
                let values = files.collect::<Result<Vec<Value>, String>>()?;
                Ok(("values", json!(values)))
            }
            _ => {
                let given = or_defaults(field, given);
                if given.is_empty() && !is_required {
                    return Ok(("values", json!([])));
                }
                let values = self.selected(now, person, field, &given, resolved)?;
                Ok(("values", json!(values)))
            }
        }
    }
}

fn is_called((label, field): &(&str, &Value), name: &str) -> bool {
    *label == name || field["custom_id"] == name
}

fn text_value(field: &Value, given: Vec<String>, is_required: bool) -> Result<String, String> {
    if given.len() > 1 {
        return Err("it takes one text".to_owned());
    }
    let text = given
        .into_iter()
        .next()
        .unwrap_or_else(|| field["value"].as_str().unwrap_or_default().to_owned());
    let length = text.chars().count() as u64;
    let least = field["min_length"].as_u64().unwrap_or(0);
    let most = field["max_length"].as_u64().unwrap_or(LONGEST_TEXT);
    if length == 0 && is_required {
        Err("it must not be empty".to_owned())
    } else if length > 0 && !(least..=most).contains(&length) {
        Err(format!(
            "it has {length} characters, allowed are {least} to {most}"
        ))
    } else {
        Ok(text)
    }
}

fn checkbox_value(field: &Value, given: &[String]) -> Result<bool, String> {
    match given {
        [] => Ok(field["default"] == true),
        [one] => one
            .parse()
            .map_err(|_| "it must be true or false".to_owned()),
        _ => Err("it takes one value".to_owned()),
    }
}

/// What is chosen from the start, where nothing else was.
fn or_defaults(field: &Value, given: Vec<String>) -> Vec<String> {
    if !given.is_empty() {
        return given;
    }
    let options = field["options"].as_array().into_iter().flatten();
    let chosen = options.filter(|option| option["default"] == true);
    let options = chosen.filter_map(|option| option["value"].as_str());
    let ids = field["default_values"].as_array().into_iter().flatten();
    let ids = ids.filter_map(|one| one["id"].as_str());
    options.chain(ids).map(str::to_owned).collect()
}

fn check_count(field: &Value, count: usize, is_required: bool, usual: u64) -> Result<(), String> {
    let least = field["min_values"]
        .as_u64()
        .unwrap_or(u64::from(is_required));
    let most = field["max_values"].as_u64().unwrap_or(usual);
    let count = count as u64;
    if (least..=most).contains(&count) || (count == 0 && !is_required) {
        Ok(())
    } else {
        Err(format!(
            "{count} were chosen, allowed are {least} to {most}"
        ))
    }
}
