//! What a person does on the page, one endpoint for each deed. Every refusal is a sentence for them.

mod body;
pub(super) mod commands;
pub(super) mod messages;
pub(super) mod people;

use std::sync::Arc;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use self::body::Body;
use crate::{
    channel::Channel,
    message::Message,
    person::Person,
    refused::Refused,
    shared::Shared,
    snowflake::Snowflake,
    world::{refusal::Refusal, use_error::UseError},
};

const GONE: &str = "This person or channel is gone: reload the page.";

/// How a deed ended: with an answer, or with a sentence that says why not.
type Done = Result<Response, Sorry>;

/// A deed that was refused.
pub(super) struct Sorry(String);

impl From<Refused> for Sorry {
    fn from(refused: Refused) -> Self {
        Self(refused.to_string())
    }
}

impl From<UseError> for Sorry {
    fn from(error: UseError) -> Self {
        Self(error.to_string())
    }
}

impl From<Refusal> for Sorry {
    fn from(refusal: Refusal) -> Self {
        Refused::from(refusal).into()
    }
}

impl From<&str> for Sorry {
    fn from(sentence: &str) -> Self {
        Self(sentence.to_owned())
    }
}

impl IntoResponse for Sorry {
    fn into_response(self) -> Response {
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            Json(json!({"error": self.0})),
        )
            .into_response()
    }
}

/// There is nothing to say.
fn done() -> Done {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Where a deed leads: the page opens this channel next.
fn leads_to(channel: &Channel) -> Done {
    Ok(Json(json!({"channel": channel.snowflake()})).into_response())
}

/// Who does it.
#[derive(Deserialize)]
pub(super) struct Who {
    person: Snowflake,
}

impl Who {
    /// The page does not make people up.
    fn find(&self, shared: &Arc<Shared>) -> Result<Person, Sorry> {
        let is_person = |user: &crate::world::people::User| user.id == self.person;
        let known = shared.act(|state, _| state.world.persons().any(is_person));
        known
            .then(|| Person::new(Arc::clone(shared), self.person))
            .ok_or(Sorry::from(GONE))
    }
}

/// Who does it, and where.
#[derive(Deserialize)]
pub(super) struct At {
    #[serde(flatten)]
    who: Who,
    channel: Snowflake,
}

impl At {
    fn find(&self, shared: &Arc<Shared>) -> Result<(Person, Channel), Sorry> {
        let person = self.who.find(shared)?;
        let known = shared.act(|state, _| state.world.find_channel(self.channel).is_ok());
        known
            .then(|| (person, Channel::new(Arc::clone(shared), self.channel)))
            .ok_or(Sorry::from(GONE))
    }
}

/// Who does it, and to which message.
#[derive(Deserialize)]
pub(super) struct To {
    #[serde(flatten)]
    at: At,
    message: Snowflake,
}

impl To {
    fn find(&self, shared: &Arc<Shared>) -> Result<(Person, Message), Sorry> {
        let (person, channel) = self.at.find(shared)?;
        let message = Message::new(Arc::clone(shared), channel.snowflake(), self.message);
        Ok((person, message))
    }
}
