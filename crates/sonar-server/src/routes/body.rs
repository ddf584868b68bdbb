//! Reads a request's body within its limits. Must not look at what it says.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::Failure;

/// A longer body, in bytes, needs a permit: read as JSON it takes many times its size.
pub(super) const LARGE: usize = 1024 * 1024;
/// How many large bodies may be in memory at once.
pub(super) const LARGE_AT_ONCE: usize = 2;

/// A body, and the permit to hold it if it is large.
pub(super) struct Read {
    pub(super) bytes: Vec<u8>,
    pub(super) large: Option<OwnedSemaphorePermit>,
}

/// The body, unless it is longer than `limit` bytes or takes longer than `time` to arrive, turns of others included.
pub(super) async fn read(
    body: Body,
    limit: usize,
    time: Duration,
    large: &Arc<Semaphore>,
) -> Result<Read, Failure> {
    match timeout(time, collect(body, limit, large)).await {
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
async fn collect(body: Body, limit: usize, large: &Arc<Semaphore>) -> Result<Read, Failure> {
    let mut chunks = body.into_data_stream();
    let mut arrived = 0_usize;
    let mut read = Read {
        bytes: Vec::new(),
        large: None,
    };
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            Failure::bad_request(
                "bad_request",
                "The request's body broke off before its end.",
            )
        })?;
        arrived = arrived.saturating_add(chunk.len());
        if arrived > LARGE && arrived <= limit && read.large.is_none() {
            read.large = Arc::clone(large).acquire_owned().await.ok();
        }
        if arrived <= limit {
            read.bytes.extend_from_slice(&chunk);
        } else if arrived > limit.saturating_mul(2) {
            break;
        }
    }
    if arrived <= limit {
        return Ok(read);
    }
    Err(Failure::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "payload_too_large",
        format!("The request's body is longer than {limit} bytes."),
    ))
}
