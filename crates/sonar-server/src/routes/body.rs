//! Reads a request's body within its limits. Must not look at what it says.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::Failure;

/// The body, unless it is longer than `limit` bytes or takes longer than `time` to arrive.
pub(super) async fn read(body: Body, limit: usize, time: Duration) -> Result<Vec<u8>, Failure> {
    match timeout(time, collect(body, limit)).await {
        Ok(read) => read,
        Err(_) => Err(Failure::new(
            StatusCode::REQUEST_TIMEOUT,
            "request_timeout",
            format!(
                "The request's body did not arrive within {} seconds.",
                time.as_secs()
            ),
        )),
    }
}

/// Takes in as much again as the limit before refusing: a client that is cut off while it sends often never reads why.
async fn collect(body: Body, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut chunks = body.into_data_stream();
    let (mut kept, mut arrived) = (Vec::new(), 0_usize);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            Failure::bad_request(
                "bad_request",
                "The request's body broke off before its end.",
            )
        })?;
        arrived = arrived.saturating_add(chunk.len());
        if arrived <= limit {
            kept.extend_from_slice(&chunk);
        } else if arrived > limit.saturating_mul(2) {
            break;
        }
    }
    if arrived <= limit {
        return Ok(kept);
    }
    Err(Failure::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "payload_too_large",
        format!("The request's body is longer than {limit} bytes."),
    ))
}
