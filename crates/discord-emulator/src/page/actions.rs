//! What a person does on the page: using a command, writing, coming in. Every refusal is a sentence for them.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use crate::{channel::Channel, person::Person, shared::Shared, snowflake::Snowflake};

/// Longest name a person can have, in code points.
const LONGEST_NAME: usize = 32;
/// The page adds no more people than this.
const MOST_PEOPLE: usize = 100;

/// `POST /page/use`
#[derive(Deserialize)]
pub(crate) struct Use {
    person: String,
    channel: String,
    command: String,
    options: BTreeMap<String, String>,
}

/// `POST /page/say`
#[derive(Deserialize)]
pub(crate) struct Say {
    person: String,
    channel: String,
    text: String,
}

/// `POST /page/people`
#[derive(Deserialize)]
pub(crate) struct ComeIn {
    name: String,
}

pub(crate) async fn uses(State(shared): State<Arc<Shared>>, Json(sent): Json<Use>) -> Response {
    let Some((person, channel)) = place(&shared, &sent.person, &sent.channel) else {
        return refused("This person or channel is gone: reload the page.");
    };
    let options: Vec<(&str, &str)> = sent
        .options
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    match person.uses(&channel, &sent.command, &options).await {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => refused(&error.to_string()),
    }
}

pub(crate) async fn says(State(shared): State<Arc<Shared>>, Json(sent): Json<Say>) -> Response {
    let Some((person, channel)) = place(&shared, &sent.person, &sent.channel) else {
        return refused("This person or channel is gone: reload the page.");
    };
    match person.says(&channel, &sent.text) {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(_) => refused("A message has 1 to 2000 characters."),
    }
}

pub(crate) async fn comes_in(
    State(shared): State<Arc<Shared>>,
    Json(sent): Json<ComeIn>,
) -> Response {
    let name = sent.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return refused(&format!("A name has 1 to {LONGEST_NAME} characters."));
    }
    let id = shared.act(|state, now| {
        let is_full = state.world.persons().count() >= MOST_PEOPLE;
        (!is_full).then(|| state.world.person(now, name))
    });
    id.map_or_else(
        || refused("There are enough people here."),
        |id| Json(json!({"id": id})).into_response(),
    )
}

/// Both must be there: the page does not make people or channels up.
fn place(shared: &Arc<Shared>, person: &str, channel: &str) -> Option<(Person, Channel)> {
    let (person, channel): (Snowflake, Snowflake) = (person.parse().ok()?, channel.parse().ok()?);
    let known = shared.act(|state, _| {
        let is_person = state.world.persons().any(|user| user.id == person);
        is_person && state.world.find_channel(channel).is_ok()
    });
    known.then(|| {
        (
            Person::new(Arc::clone(shared), person),
            Channel::new(Arc::clone(shared), channel),
        )
    })
}

fn refused(sentence: &str) -> Response {
    (
        StatusCode::UNPROCESSABLE_ENTITY,
        Json(json!({"error": sentence})),
    )
        .into_response()
}
