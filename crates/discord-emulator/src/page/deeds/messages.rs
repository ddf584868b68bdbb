//! Writing, changing and deleting messages, threads and direct messages, as the page asks for it. Knows no rule.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::Deserialize;

use super::{At, Done, Sorry, To, Who, done, leads_to};
use crate::{message::Message, shared::Shared, snowflake::Snowflake};

/// `POST /page/say`
#[derive(Deserialize)]
pub(crate) struct Say {
    #[serde(flatten)]
    at: At,
    text: String,
    /// The message it answers.
    reply_to: Option<Snowflake>,
}

/// `POST /page/edit`
#[derive(Deserialize)]
pub(crate) struct Edit {
    #[serde(flatten)]
    to: To,
    text: String,
}

/// `POST /page/thread`
#[derive(Deserialize)]
pub(crate) struct Open {
    #[serde(flatten)]
    to: To,
    name: String,
}

/// `POST /page/direct`
#[derive(Deserialize)]
pub(crate) struct Direct {
    #[serde(flatten)]
    who: Who,
    /// Whom they would like to write to.
    other: Snowflake,
}

pub(crate) async fn says(State(shared): State<Arc<Shared>>, Json(sent): Json<Say>) -> Done {
    let (person, channel) = sent.at.find(&shared)?;
    match sent.reply_to {
        None => person.says(&channel, &sent.text)?,
        Some(id) => {
            let replied = Message::new(Arc::clone(&shared), channel.snowflake(), id);
            person.replies(&replied, &sent.text)?
        }
    };
    done()
}

pub(crate) async fn edits(State(shared): State<Arc<Shared>>, Json(sent): Json<Edit>) -> Done {
    let (person, message) = sent.to.find(&shared)?;
    person.edits(&message, &sent.text)?;
    done()
}

pub(crate) async fn deletes(State(shared): State<Arc<Shared>>, Json(sent): Json<To>) -> Done {
    let (person, message) = sent.find(&shared)?;
    person.deletes(&message)?;
    done()
}

pub(crate) async fn opens_thread(
    State(shared): State<Arc<Shared>>,
    Json(sent): Json<Open>,
) -> Done {
    let (person, message) = sent.to.find(&shared)?;
    leads_to(&person.opens_thread(&message, &sent.name)?)
}

/// Opens the direct messages with the bot; with people, Discord's API knows none.
pub(crate) async fn writes_directly(
    State(shared): State<Arc<Shared>>,
    Json(sent): Json<Direct>,
) -> Done {
    let person = sent.who.find(&shared)?;
    if shared.act(|state, _| state.world.application) != sent.other {
        return Err(Sorry::from("Only the bot can be written to directly here."));
    }
    leads_to(&person.direct_messages())
}
