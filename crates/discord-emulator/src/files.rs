//! Serves the files of messages on the plain port, to the page and to bots. Lets nothing in them run.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{shared::Shared, visitor::is_bot};

/// `GET /files/{channel}/{attachment}/{name}`
pub(crate) async fn file(
    State(shared): State<Arc<Shared>>,
    Path((_, id, _)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    if !is_bot(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let found = id
        .parse()
        .ok()
        .and_then(|id| shared.act(|state, _| state.world.file(id)));
    let Some((content_type, bytes)) = found else {
        return (StatusCode::NOT_FOUND, "There is no such file.").into_response();
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_str(&content_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, kind);
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
