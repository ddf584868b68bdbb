//! Why there is no answer, in the protocol's words. Must not hold anything a stranger should not read.

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal or a failure: an HTTP status, the protocol's name for the reason, and one sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The HTTP status.
    pub status: StatusCode,
    /// The protocol's name for the reason, such as `invalid_message`.
    pub kind: &'static str,
    /// One sentence for people.
    pub message: String,
    /// After how many seconds asking again may help: the header `retry-after`.
    pub retry_after: Option<u64>,
    /// Further headers, passed on from a service behind this one.
    pub headers: Vec<(&'static str, String)>,
}

impl Failure {
    /// A failure with its status, name and sentence.
    pub fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            message: message.into(),
            retry_after: None,
            headers: Vec::new(),
        }
    }

    /// Asking again after so many seconds may help.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    /// Whoever asks again pays again, so clients are told not to do it by themselves: some repeat whatever failed in a service.
    #[must_use]
    pub fn not_again(mut self) -> Self {
        self.headers.push(("x-should-retry", "false".to_owned()));
        self
    }

    /// The request is wrong.
    pub fn bad_request(kind: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, kind, message)
    }

    /// The request asks for something that this server does not do; the sentence must name the field.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::bad_request("unsupported_parameter", message)
    }

    /// Nothing is there, or nothing that this client may see.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "resource not found")
    }

    /// Something broke here, and the log says what.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
            "The answer failed inside the server; its log says why.",
        )
    }

    /// The body of the reply, and of the error inside a stream.
    pub(crate) fn body(&self) -> Value {
        json!({
            "error": {
                "message": self.message,
                "type": self.kind,
                "code": self.status.as_u16(),
            }
        })
    }
}

/// Headers of a service behind this one, for a reply of this one. Those that cannot be sent are left out.
pub(crate) fn passed_on(headers: Vec<(&'static str, String)>) -> HeaderMap {
    let readable = headers.into_iter().filter_map(|(name, value)| {
        let value = HeaderValue::from_str(&value).ok()?;
        Some((HeaderName::from_static(name), value))
    });
    readable.collect()
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let retry_after = self
            .retry_after
            .map(|seconds| [(RETRY_AFTER, seconds.to_string())]);
        let body = Json(self.body());
        let passed_on = passed_on(self.headers);
        (self.status, retry_after, passed_on, body).into_response()
    }
}
