//! What people do with messages, and what they see. Every refusal is the one of the library.

use axum::{
    Json,
    body::Bytes,
    extract::{Query, State, rejection::QueryRejection},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    named,
    wrong::{Wrong, read},
};
use crate::{Emulator, id::Id};

/// `POST /_emu/message`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Message {
    person: String,
    channel: String,
    text: String,
    #[serde(default)]
    reply_to: Option<Id>,
}

/// `POST /_emu/edit`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edit {
    person: String,
    channel: String,
    message: Id,
    text: String,
}

/// `POST /_emu/delete`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Delete {
    person: String,
    channel: String,
    message: Id,
}

/// `POST /_emu/react`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct React {
    person: String,
    channel: String,
    message: Id,
    emoji: String,
    #[serde(default)]
    remove: bool,
}

/// `POST /_emu/typing`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Typing {
    person: String,
    channel: String,
}

/// `POST /_emu/thread`: from a message, in a channel, or with a text in a forum.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Thread {
    person: String,
    channel: String,
    name: String,
    #[serde(default)]
    message: Option<Id>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
}

/// `GET /_emu/view`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct View {
    person: String,
    channel: String,
}

pub(super) async fn message(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let sent: Message = read(&body)?;
    let person = named::person(&emulator, &sent.person)?;
    let channel = named::channel(&emulator, &sent.channel)?;
    let said = match sent.reply_to {
        Some(id) => person.replies(&named::message(&channel, id)?, &sent.text),
        None => person.says(&channel, &sent.text),
    };
    let message = said.map_err(|error| Wrong::refused(&error))?;
    Ok(Json(json!({"message": message.id().to_string()})))
}

pub(super) async fn edit(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let sent: Edit = read(&body)?;
    let person = named::person(&emulator, &sent.person)?;
    let message = named::message(&named::channel(&emulator, &sent.channel)?, sent.message)?;
    let edited = person.edits(&message, &sent.text);
    edited.map_err(|error| Wrong::refused(&error))?;
    Ok(Json(json!({})))
}

pub(super) async fn deletes(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let sent: Delete = read(&body)?;
    let person = named::person(&emulator, &sent.person)?;
    let message = named::message(&named::channel(&emulator, &sent.channel)?, sent.message)?;
    person
        .deletes(&message)
        .map_err(|error| Wrong::refused(&error))?;
    Ok(Json(json!({})))
}

pub(super) async fn react(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let sent: React = read(&body)?;
    let person = named::person(&emulator, &sent.person)?;
    let message = named::message(&named::channel(&emulator, &sent.channel)?, sent.message)?;
    let reacted = if sent.remove {
        person.takes_back(&message, &sent.emoji)
    } else {
        person.reacts(&message, &sent.emoji)
    };
    reacted.map_err(|error| Wrong::refused(&error))?;
    Ok(Json(json!({})))
}

pub(super) async fn typing(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let sent: Typing = read(&body)?;
    let person = named::person(&emulator, &sent.person)?;
    let channel = named::channel(&emulator, &sent.channel)?;
    person
        .starts_typing(&channel)
        .map_err(|error| Wrong::refused(&error))?;
    Ok(Json(json!({})))
}

pub(super) async fn thread(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let sent: Thread = read(&body)?;
    let person = named::person(&emulator, &sent.person)?;
    let channel = named::channel(&emulator, &sent.channel)?;
    let opened = match (sent.message, &sent.text) {
        (Some(id), _) => person.opens_thread(&named::message(&channel, id)?, &sent.name),
        (None, Some(text)) => {
            let tags: Vec<&str> = sent.tags.iter().map(String::as_str).collect();
            person.posts(&channel, &sent.name, text, &tags)
        }
        (None, None) => person.opens_thread_in(&channel, &sent.name),
    };
    let thread = opened.map_err(|error| Wrong::refused(&error))?;
    Ok(Json(json!({"channel": thread.id().to_string()})))
}

pub(super) async fn view(
    State(emulator): State<Emulator>,
    asked: Result<Query<View>, QueryRejection>,
) -> Result<Json<Value>, Wrong> {
    let Query(asked) = asked.map_err(|error| Wrong::unreadable(error.body_text()))?;
    let person = named::person(&emulator, &asked.person)?;
    let channel = named::channel(&emulator, &asked.channel)?;
    let permissions = emulator.shared.act(|state, now| {
        let found = state.world.find_channel(channel.snowflake()).ok()?;
        Some(state.world.permissions_in(now, found, person.id))
    });
    Ok(Json(
        json!({"channel": channel.json(), "permissions": permissions,
        "messages": person.sees(&channel)}),
    ))
}
