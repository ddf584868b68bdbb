//! What people do with commands, components and forms, and what came of it. Every refusal is the one of the library.

use std::{collections::BTreeMap, time::Duration};

use axum::{Json, body::Bytes, extract::State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    named,
    wrong::{Wrong, read},
};
use crate::{
    Emulator, Interaction, Person,
    id::Id,
    world::{interactions::Stage, use_error::UseError},
};

/// How long a person waits for choices, in real time, unless the call says otherwise.
const PATIENCE: Duration = Duration::from_secs(3);
/// The longest that a call waits.
const LONGEST: Duration = Duration::from_secs(60);

/// `POST /_emu/command`, and with `focused` `POST /_emu/autocomplete`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Command {
    person: String,
    channel: String,
    command: String,
    #[serde(default)]
    options: BTreeMap<String, Value>,
    #[serde(default)]
    focused: Option<String>,
    #[serde(default = "patience", with = "crate::seconds")]
    within: Duration,
}

/// `POST /_emu/component`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Component {
    person: String,
    channel: String,
    message: Id,
    #[serde(default)]
    button: Option<String>,
    #[serde(default)]
    menu: Option<String>,
    #[serde(default)]
    values: Vec<String>,
}

/// `POST /_emu/modal`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Modal {
    person: String,
    #[serde(default)]
    values: BTreeMap<String, Values>,
    #[serde(default)]
    dismiss: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Many(Vec<String>),
}

/// `POST /_emu/context`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Context {
    person: String,
    channel: String,
    command: String,
    #[serde(default)]
    message: Option<Id>,
    #[serde(default)]
    target: Option<String>,
}

fn patience() -> Duration {
    PATIENCE
}

pub(super) async fn command(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let sent: Command = read(&body)?;
    if sent.focused.is_some() {
        return Err(Wrong::unreadable(
            "`focused` belongs to /_emu/autocomplete.",
        ));
    }
    let person = named::person(&emulator, &sent.person)?;
    let channel = named::channel(&emulator, &sent.channel)?;
    let options = texts(&sent.options);
    used(person.uses(&channel, &sent.command, &pairs(&options)).await)
}

pub(super) async fn autocomplete(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let sent: Command = read(&body)?;
    let Some(focused) = &sent.focused else {
        return Err(Wrong::unreadable(
            "`focused` is missing: it names the option that is being typed.",
        ));
    };
    let person = named::person(&emulator, &sent.person)?;
    let channel = named::channel(&emulator, &sent.channel)?;
    let options = texts(&sent.options);
    let typed = person
        .completes(&channel, &sent.command, &pairs(&options), focused)
        .await;
    let typed = typed.map_err(|error| Wrong::refused(&error))?;
    let offered = typed.offered(sent.within.min(LONGEST)).await;
    let offered = offered.map_err(|error| Wrong::refused(&error))?;
    let choices: Value = offered
        .into_iter()
        .map(|choice| json!({"name": choice.name, "value": choice.value}))
        .collect();
    Ok(Json(
        json!({"interaction": typed.id().to_string(), "choices": choices}),
    ))
}

pub(super) async fn component(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let sent: Component = read(&body)?;
    let person = named::person(&emulator, &sent.person)?;
    let channel = named::channel(&emulator, &sent.channel)?;
    let message = named::message(&channel, sent.message)?;
    match (&sent.button, &sent.menu) {
        (Some(button), None) => used(person.presses(&message, button).await),
        (None, Some(menu)) => {
            let values: Vec<&str> = sent.values.iter().map(String::as_str).collect();
            used(person.chooses(&message, menu, &values).await)
        }
        _ => Err(Wrong::unreadable(
            "Name either a `button`, or a `menu` with its `values`.",
        )),
    }
}

pub(super) async fn modal(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let sent: Modal = read(&body)?;
    let person = named::person(&emulator, &sent.person)?;
    let Some(modal) = person.modal() else {
        return Err(Wrong::missing(format!(
            "No form is open for {}.",
            sent.person
        )));
    };
    if sent.dismiss {
        person
            .dismisses(&modal)
            .map_err(|error| Wrong::refused(&error))?;
        return Ok(Json(json!({})));
    }
    let fields = sent.values.iter().flat_map(|(field, values)| {
        let values = match values {
            Values::One(value) => std::slice::from_ref(value),
            Values::Many(values) => values.as_slice(),
        };
        values
            .iter()
            .map(move |value| (field.as_str(), value.as_str()))
    });
    let fields: Vec<(&str, &str)> = fields.collect();
    used(person.fills(&modal, &fields).await)
}

pub(super) async fn context(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let sent: Context = read(&body)?;
    let person = named::person(&emulator, &sent.person)?;
    let channel = named::channel(&emulator, &sent.channel)?;
    match (sent.message, &sent.target) {
        (Some(id), None) => {
            let message = named::message(&channel, id)?;
            used(person.uses_on_message(&message, &sent.command).await)
        }
        (None, Some(target)) => {
            let target: Person = named::person(&emulator, target)?;
            used(
                person
                    .uses_on_person(&channel, &target, &sent.command)
                    .await,
            )
        }
        _ => Err(Wrong::unreadable(
            "Name either a `message`, or a `target` person.",
        )),
    }
}

/// Every interaction that is remembered, oldest first.
pub(super) async fn list(State(emulator): State<Emulator>) -> Json<Value> {
    let listed = emulator.shared.act(|state, _| {
        let world = &state.world;
        let entry = |one: &crate::world::interactions::Interaction| {
            let stage = match one.stage {
                Stage::New => "new",
                Stage::Dead => "dead",
                Stage::Deferred | Stage::DeferredUpdate if one.expired => "expired",
                Stage::Deferred => "deferred",
                Stage::DeferredUpdate => "deferred update",
                Stage::Answered => "answered",
            };
            json!({"interaction": one.id, "person": world.user(one.person).map(|user| &user.name),
                "channel": one.channel, "name": one.invocation.name, "state": stage,
                "token_expired": one.expired, "timeline": one.timeline(), "reply": world.reply_json(one.id)})
        };
        world.interactions().map(entry).collect::<Value>()
    });
    Json(listed)
}

fn used(interaction: Result<Interaction, UseError>) -> Result<Json<Value>, Wrong> {
    let interaction = interaction.map_err(|error| Wrong::refused(&error))?;
    Ok(Json(json!({"interaction": interaction.id().to_string()})))
}

/// Options as a person types them: numbers and truths may come as such.
fn texts(options: &BTreeMap<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    options
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

fn pairs(options: &[(String, String)]) -> Vec<(&str, &str)> {
    options
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}
