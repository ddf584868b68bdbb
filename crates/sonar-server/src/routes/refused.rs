//! Refuses a request whose body nobody reads. Must leave the connection as good as new, or say that it ends.

use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::Failure;

/// Longest body, in bytes, that is taken in for nothing. Nothing of it is kept.
const LONGEST: usize = 64 * 1024 * 1024;
/// How long it may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// The refusal. A client that uses its connection again must find it open, so the body is taken in first; when that would
/// be too much, the reply says that the connection ends.
pub(super) async fn refused(body: Body, failure: Failure) -> Response {
    let taken_in = timeout(PATIENCE, take_in(body)).await;
    let mut response = failure.into_response();
    if taken_in != Ok(true) {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    response
}

/// Whether the body came to its end.
async fn take_in(body: Body) -> bool {
    let mut chunks = body.into_data_stream();
    let mut arrived = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let Ok(chunk) = chunk else {
            return false;
        };
        arrived = arrived.saturating_add(chunk.len());
        if arrived > LONGEST {
            return false;
        }
    }
    true
}
