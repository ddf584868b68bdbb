//! What a call answers when it cannot be done: a status, and a sentence in JSON. Decides nothing.

use std::fmt::Display;

use axum::{
    Json,
    body::Bytes,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use serde_json::json;

/// A call that was refused.
#[derive(Debug)]
pub(super) struct Wrong {
    status: StatusCode,
    sentence: String,
}

impl Wrong {
    fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self {
            status,
            sentence: sentence.into(),
        }
    }

    /// What was named is not there.
    pub(super) fn missing(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, sentence)
    }

    /// The body is not what the call takes.
    pub(super) fn unreadable(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, sentence)
    }

    /// Discord's client would not let them.
    pub(super) fn refused(why: &impl Display) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, why.to_string())
    }

    pub(super) fn wrong_method() -> Self {
        let sentence = "This call has another method: GET /_emu lists them all.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, sentence)
    }

    pub(super) fn elsewhere() -> Self {
        let sentence = "The emulator is only steered from this machine: call it as http://127.0.0.1 with its port.";
        Self::new(StatusCode::FORBIDDEN, sentence)
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"error": self.sentence}))).into_response()
    }
}

/// What a call was sent; nothing at all is an empty object.
///
/// # Errors
///
/// Names what is wrong with it.
pub(super) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Wrong> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| {
        Wrong::unreadable(format!("The body is not what this call takes: {error}."))
    })
}
