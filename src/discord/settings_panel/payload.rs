//! The rows and the forms of the panel as Discord takes them. Decides nothing.

use serde_json::{Value, json};

use crate::discord::call::component;
use crate::render::settings::panel::{Button, Form, Input, Options, Picked, PickedOf, Picker, Row};

/// The kinds of channels that have settings: text, voice, categories, announcements, all threads, stages, forums.
///
/// See <https://discord.com/developers/docs/resources/channel#channel-object-channel-types>.
const PLACES: [u8; 9] = [0, 2, 4, 5, 10, 11, 12, 13, 15];

/// The kinds of channels in which the bot can write: text, announcements, and all threads.
const CHANNELS: [u8; 5] = [0, 5, 10, 11, 12];

/// A row of controls.
pub(in crate::discord) fn row(row: &Row) -> Value {
    match row {
        Row::Buttons(buttons) => rowed(&buttons.iter().map(button).collect::<Vec<_>>()),
        Row::Options(menu) => rowed(&[options(menu)]),
        Row::Picker(menu) => rowed(&[picker(menu)]),
    }
}

fn rowed(components: &[Value]) -> Value {
    json!({ "type": component::ROW, "components": components })
}

fn button(button: &Button) -> Value {
    let style = if button.warns {
        component::DANGER
    } else {
        component::SECONDARY
    };
    json!({
        "type": component::BUTTON, "style": style, "label": button.label, "custom_id": button.panel.name(), "disabled": !button.enabled,
    })
}

fn options(menu: &Options) -> Value {
    let options: Vec<Value> = menu
        .options
        .iter()
        .map(|option| {
            let mut told =
                json!({ "label": option.label, "value": option.key, "default": option.chosen });
            if !option.description.is_empty() {
                told["description"] = json!(option.description);
            }
            told
        })
        .collect();
    json!({
        "type": component::STRING_SELECT, "custom_id": menu.panel.name(), "placeholder": menu.placeholder, "options": options,
        "min_values": menu.least, "max_values": menu.most,
    })
}

fn picker(menu: &Picker) -> Value {
    let (kind, channels) = match menu.of {
        PickedOf::Places => (component::CHANNEL_SELECT, Some(&PLACES[..])),
        PickedOf::Channels => (component::CHANNEL_SELECT, Some(&CHANNELS[..])),
        PickedOf::RolesAndPeople => (component::MENTIONABLE_SELECT, None),
        PickedOf::Roles => (component::ROLE_SELECT, None),
    };
    let picked: Vec<Value> = menu.picked.iter().map(picked).collect();
    let mut told = json!({
        "type": kind, "custom_id": menu.panel.name(), "placeholder": menu.placeholder,
        "min_values": menu.least, "max_values": menu.most,
    });
    // As many as the menu takes, or none at all: an empty list is fewer than the fewest.
    if !picked.is_empty() {
        told["default_values"] = json!(picked);
    }
    if let Some(channels) = channels {
        told["channel_types"] = json!(channels);
    }
    told
}

fn picked(picked: &Picked) -> Value {
    let (id, kind) = match picked {
        Picked::Channel(id) => (id.0, "channel"),
        Picked::Role(id) => (id.0, "role"),
        Picked::Person(id) => (id.0, "user"),
    };
    json!({ "id": id.to_string(), "type": kind })
}

/// A form.
pub(in crate::discord) fn form(form: &Form) -> Value {
    let rows: Vec<Value> = form
        .inputs
        .iter()
        .map(|shown| rowed(&[input(shown)]))
        .collect();
    json!({ "title": form.title, "custom_id": form.panel.name(), "components": rows })
}

fn input(input: &Input) -> Value {
    let style = if input.is_long {
        component::PARAGRAPH
    } else {
        component::SHORT
    };
    let mut told = json!({
        "type": component::TEXT_INPUT, "style": style, "custom_id": input.name, "label": input.label,
        "max_length": input.longest, "required": input.is_required,
    });
    // Discord takes neither of them empty.
    for (name, text) in [
        ("value", input.value.as_str()),
        ("placeholder", input.placeholder),
    ] {
        if !text.is_empty() {
            told[name] = json!(text);
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::panel::{Act, Panel};
    use crate::ids::{ChangeId, ChannelId};
    use crate::search::scope::Level;

    #[test]
    fn a_menu_in_which_nothing_is_picked_says_nothing_of_it() {
        let panel = Panel {
            act: Act::Elsewhere,
            place: None,
            level: Level::Server,
            category: None,
            field: None,
            seen: ChangeId::NONE,
        };
        let menu = |picked| {
            picker(&Picker {
                panel,
                placeholder: "Channel".to_owned(),
                of: PickedOf::Places,
                picked,
                least: 1,
                most: 1,
            })
        };
        assert!(menu(Vec::new()).get("default_values").is_none());
        let picked = menu(vec![Picked::Channel(ChannelId(1))]);
        let expected = json!([{ "id": "1", "type": "channel" }]);
        assert_eq!(picked["default_values"], expected);
    }
}
