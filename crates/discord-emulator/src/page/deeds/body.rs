//! What the page sends with a deed: JSON, or a form with the JSON in `payload_json` and files beside it. Judges nothing.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;

use super::Sorry;
use crate::{rest::multipart, world::uploads::Upload};

/// The fields of a deed, and its files.
pub(crate) struct Body<T>(pub(crate) T, pub(crate) Vec<Upload>);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(IntoResponse::into_response)?;
        if multipart::is_multipart(&kind) {
            let parts = multipart::read(&kind, bytes)
                .await
                .map_err(|refusal| Sorry::from(refusal).into_response())?;
            let fields = serde_json::from_value(parts.body).map_err(unreadable)?;
            Ok(Self(fields, parts.files))
        } else if kind.starts_with("application/json") {
            let fields = serde_json::from_slice(&bytes).map_err(unreadable)?;
            Ok(Self(fields, Vec::new()))
        } else {
            Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response())
        }
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "this is what `map_err` hands over"
)]
fn unreadable(error: serde_json::Error) -> Response {
    Sorry(format!(
        "The page has sent something that cannot be read: {error}."
    ))
    .into_response()
}
